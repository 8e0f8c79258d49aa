"""Grading a case: on the portal, or by the token of a letter, without a login."""

from __future__ import annotations

import strawberry

from gql import store
from gql.actions import satisfaction
from gql.actor import Actor
from gql.api.cases import CasePayload, answered
from gql.api.context import Context
from gql.api.history import HistoryEntry
from gql.api.lookups import SatisfactionLevel, grades
from gql.api.mutations import DeskInfo, action, work_of
from gql.api.satisfaction import Satisfaction, satisfaction_of
from gql.api.scalars import key
from gql.engine.declare import choice, column, form, node, payload, value
from gql.errors import NotFound


@node(store.Entry, kind="CaseRated")
class CaseRated(HistoryEntry):
    """The customer graded the case."""

    level: SatisfactionLevel = payload("level.id")
    comment: str | None = column("portal_message.body")


@node(store.Entry, kind="RatingRequested")
class RatingRequested(HistoryEntry):
    """The desk itself asked the customer again for a grade."""


@choice
class RatingKey:
    """Exactly one of case and token."""

    case_id: strawberry.ID | None = strawberry.UNSET
    token: str | None = strawberry.UNSET


@form
class RateCaseInput:
    """For rateCase."""

    by: RatingKey
    """Id of the case, for a customer on the portal; or the token of the letter."""
    level_id: strawberry.ID
    comment: str | None = None


@value
class RatingAsked:
    """What a letter asks its reader to grade."""

    case_number: str
    case_subject: str
    levels: list[SatisfactionLevel]
    """Grades that can be given, fewest points first."""
    satisfaction: Satisfaction | None
    """The grade as it was given so far."""


async def rating_asked(info: DeskInfo, token: str) -> RatingAsked | None:
    context = info.context
    asked = satisfaction.rater(context.desk.tokens, token, context.now)
    if asked is None:
        return None
    customer, case_id = asked
    mine = store.Case.filter(store.Case.visible_to(customer), contact__erased_at__isnull=True)
    case = await mine.filter(id=case_id).first()
    if case is None:
        return None
    level = context.lookups.satisfaction_levels.get(case.satisfaction_level_id or 0)
    return RatingAsked(
        case_number=case.number,
        case_subject=case.subject,
        levels=grades(context.lookups),
        satisfaction=satisfaction_of(level, case.satisfaction_comment, case.rated_at),
    )


def asked_by(context: Context, by: RatingKey) -> tuple[Actor, int | None, str]:
    """Who grades (with a token its contact, whoever is signed in), which case, and the field that says so.

    Raises NotFound, for every token that is not good alike, and Unauthenticated.
    """
    if not isinstance(by.token, str):
        return context.actor, key(store.Case, by.case_id), "by.caseId"
    asked = satisfaction.rater(context.desk.tokens, by.token, context.now)
    if asked is None:
        raise NotFound(field="by.token")
    return *asked, "by.token"


def who_rates(context: Context, input: RateCaseInput) -> Actor:
    return asked_by(context, input.by)[0]


@strawberry.type
class RatingMutations:
    @action(who=who_rates)
    async def rate_case(self, info: DeskInfo, input: RateCaseInput) -> CasePayload:
        """The customer's grade for a resolved case; the grade may close or reopen it. With the token of a letter no
        login is needed, and without one the case is not shown."""
        _, case_id, field = asked_by(info.context, input.by)
        level_id = key(store.SatisfactionLevel, input.level_id)
        case = await satisfaction.rate(work_of(info), case_id, level_id=level_id, comment=input.comment, field=field)
        return CasePayload(case=None) if info.context.sight is None else answered(case)
