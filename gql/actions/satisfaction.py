"""The customer's word on how it went."""

from __future__ import annotations

from datetime import datetime, timedelta

from gql.actions.lifecycle import lead_to
from gql.actions.unit_of_work import Work
from gql.actor import Actor
from gql.enums import CaseAction
from gql.errors import NotFound
from gql.events.cases import CaseRated
from gql.events.event import Named
from gql.rules import satisfaction, text
from gql.store.cases import Case
from gql.store.conversation import PortalMessage
from gql.store.lookups import Lookups
from gql.store.people import Contact
from gql.store.words import searchable
from gql.tokens import RatingToken, Tokens


async def rate(
    work: Work, case_id: int | None, *, level_id: int | None, comment: str | None = None, field: str = "caseId"
) -> Case:
    """Keeps the grade, in the place of an earlier one, and leads the case where the grade leads (R-86 to R-92).

    `field` is what names the case in the input. Raises NotFound, Limit, and what `Work.case` raises.
    """
    if not work.actor.is_staff and await Contact.exists(id=work.actor.contact_id, erased_at__isnull=False):
        raise NotFound(field=field)  # by a letter from before
    case = await work.case(case_id, CaseAction.RATE, field=field)
    level = work.lookups.satisfaction_levels.get(level_id) if level_id is not None else None
    if level is None or not level.in_use:
        raise NotFound("grade", field="levelId")
    written = text.checked(comment, text.BODY, "comment")
    status = work.status(case)
    same = (case.satisfaction_level_id, case.satisfaction_comment) == (level.id, written)
    if satisfaction.repeats(status, same=same, rated_at=case.rated_at, resolved_at=case.resolved_at):
        return case
    case.satisfaction_level_id, case.satisfaction_comment, case.rated_at = level.id, written, work.now
    said = None
    if written is not None:  # kept beside the entry, which is never rewritten, for a contact's words can be erased
        said = PortalMessage(case_id=case.id, body=written, words=searchable(written))
    work.record(case, CaseRated(Named(level.id, level.name)), said=said)
    after = work.lookups.statuses[level.status_after_id] if level.status_after_id is not None else None
    to = satisfaction.follows(status, after)
    if to is not None:
        await lead_to(work, case, to)
    return case


def rating_token(case: Case, tokens: Tokens, now: datetime, lookups: Lookups) -> str | None:
    """The token for a letter that asks the case's contact for a grade; None where there is no contact (R-90).

    It is for that letter alone: whoever has it grades in the customer's name.
    """
    if case.contact_id is None:
        return None
    until = now + timedelta(days=lookups.settings["RatingLinkDays"])
    return tokens.issue_rating(RatingToken(case.id, case.contact_id, until))


def rater(tokens: Tokens, token: str, now: datetime) -> tuple[Actor, int] | None:
    """The contact whom a letter's token stands for, and the id of the case; None for a token that is not good (now)."""
    asked = tokens.read_rating(token, now)
    return None if asked is None else (Actor(contact_id=asked.contact_id), asked.case_id)
