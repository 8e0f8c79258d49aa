"""Erasing a contact: what is known of the person is blanked, and what happened stays (decision 31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Q, Subquery

from gql.actions import logins
from gql.actions.cases import complaint_subject
from gql.actions.unit_of_work import Work
from gql.enums import CaseLinkKind, DeskAction
from gql.errors import NotFound
from gql.events.cases import CaseComplainedAbout, CaseEdited, CaseLinked, CaseRated, CaseRegistered
from gql.events.conversation import PortalMessageRemoved, PostedToPortal
from gql.events.customers import ContactErased
from gql.events.event import Change
from gql.store.cases import Case, CaseWatch
from gql.store.conversation import FormerText
from gql.store.joining import one_at_a_time
from gql.store.log import Entry, Notification
from gql.store.people import Contact, Login, alone_with
from gql.store.requests import Request
from gql.store.words import name_key, searchable

NAME = "Erased contact"
"""What an erased contact is called."""
WRITTEN = ("subject", "description")
"""What a case says in the words of the customer."""
BY_HAND = ("reason", "comment")
"""What the person may have written into an entry."""
AT_ONCE = 5_000
"""Cases that are asked about in one go, for a statement takes only so many parameters."""
MADE_FROM = (CaseComplainedAbout.entry, CaseLinked.entry)
"""Entries of a case that tell of another into which words of it may have come."""


async def erase_contact(work: Work, contact_id: int | None) -> Contact:
    """Blanks what is known of a contact and what he wrote; entries and cases stay. Raises Forbidden, NotFound.

    Gone are name, addresses, login and notifications; his messages and what they said before; subject and description
    of his cases and of those he registered, also as they were, and where they were copied into other cases; his reasons
    and comments, also those that were taken down for him. What colleagues wrote beside that stays, be it about him.
    What he is doing at that moment is waited for and goes too, and what he begins meanwhile is refused.
    """
    work.may(DeskAction.ERASE_CONTACT)
    await one_at_a_time()
    if contact_id is not None:
        await alone_with(contact_id)
    # without the key: colleagues who name him on a case that they hold do not wait for whoever waits for that case
    named = Contact.filter(Contact.visible_to(work.actor), id=contact_id).select_for_update(no_key=True)
    contact = await named.first()
    if contact is None:
        raise NotFound("contact", field="contactId")
    if contact.erased_at is not None:
        return contact
    contact.name, contact.name_key, contact.words = NAME, name_key(NAME), searchable(NAME)
    contact.email, contact.phone, contact.phone_key, contact.notification_preferences = None, None, None, None
    contact.erased_at = work.now
    contact.version += 1
    await contact.save()
    await _shut_out(work, contact)
    theirs = Entry.filter(actor_contact_id=contact.id, case_id__isnull=False)
    cases = await work.all_cases(Q(contact_id=contact.id) | Q(id__in=Subquery(theirs.values("case_id"))))
    said = await _unsay(work, contact, {case.id: case for case in cases})
    await _blank_cases(work, contact, cases, said)
    for entry in await theirs:
        if any(entry.payload.get(field) for field in BY_HAND):
            entry.payload = {field: None if field in BY_HAND else value for field, value in entry.payload.items()}
            await entry.save(update_fields=["payload"])
    work.record_elsewhere(ContactErased(contact.id))
    return contact


async def _shut_out(work: Work, contact: Contact) -> None:
    for login in await Login.filter(contact_id=contact.id).select_for_update():
        login.name, login.password_hash, login.active = f"erased {login.id}", "", False
        await logins.end_all(work, login)
        await Request.filter(login_id=login.id).delete()
    await CaseWatch.filter(contact_id=contact.id).delete()
    await Notification.filter(contact_id=contact.id).delete()


async def _unsay(work: Work, contact: Contact, cases: dict[int, Case]) -> set[str]:
    """Takes away what the person wrote on the portal, or an employee took down as his comment, and the trace of what it
    said before; answers all that it said."""
    in_his_place = Q(kind=CaseRated.entry, actor_contact_id__isnull=True, case__contact_id=contact.id)
    told = Entry.filter(Q(actor_contact_id=contact.id) | in_his_place, portal_message_id__isnull=False)
    said: set[str] = set()
    for entry in await told.select_related("portal_message").order_by("id"):
        message = entry.portal_message
        assert message is not None
        former = FormerText.filter(portal_message_id=message.id)
        said |= {message.body, *[text.body for text in await former]}
        await former.update(body="")
        if message.removed_at is None:
            message.body, message.words, message.removed_at = "", "", work.now
            await message.save(update_fields=["body", "words", "removed_at"])
            if entry.kind == PostedToPortal.entry and entry.case_id is not None:
                work.record(cases[entry.case_id], PortalMessageRemoved(), said=message, about=entry)
    return said - {""}


async def _blank_cases(work: Work, contact: Contact, cases: list[Case], said: set[str]) -> None:
    """Takes away what the person's cases and those he registered say, what came from there or from `said` into others,
    and comments that are among it."""
    registered: Any = Entry.filter(actor_contact_id=contact.id, kind=CaseRegistered.entry)
    his: set[Any] = {*await registered.values_list("case_id", flat=True)}
    every = sorted([*cases, *await _made_from(work, cases)], key=lambda case: case.id)
    edits = await _edits(every)
    for case in every:  # a copy was registered after what it is of
        own = case.id in his or case.contact_id == contact.id
        names = [name for name in WRITTEN if own or _texts(case, name, edits[case.id]) & said]
        if case.satisfaction_comment in said:
            names.append("satisfactionComment")
        said |= await _blank(work, case, names, edits[case.id])


async def _blank(work: Work, case: Case, names: Sequence[str], edits: Sequence[Entry]) -> set[str]:
    """Takes away what a case says under some names, now and in the entries of its edits; answers what it said."""
    if not names:
        return set()
    said = {text for name in WRITTEN if name in names for text in _texts(case, name, edits)}
    if "subject" in names:
        said |= {complaint_subject(text) for text in _texts(case, "subject", edits)}
        case.subject = work.lookups.categories[case.category_id].name
    if "description" in names:
        case.description = None
    if "satisfactionComment" in names:
        case.satisfaction_comment = None
    work.record(case, CaseEdited(tuple(Change(name, None, None) for name in names)))
    for entry in edits:
        for change in entry.payload["changes"]:
            if change["field"] in names:
                change["before"] = change["after"] = None
        await entry.save(update_fields=["payload"])
    return said


def _texts(case: Case, name: str, edits: Sequence[Entry]) -> set[str]:
    """What a case says under a name, and said before."""
    changes = [change for entry in edits for change in entry.payload["changes"] if change["field"] == name]
    texts = {getattr(case, name), *(change[side] for change in changes for side in ("before", "after"))}
    return texts - {None, ""}


async def _edits(cases: Sequence[Case]) -> defaultdict[int, list[Entry]]:
    """The entries of the cases' edits, by case."""
    edits: defaultdict[int, list[Entry]] = defaultdict(list)
    for begin in range(0, len(cases), AT_ONCE):
        ids = [case.id for case in cases[begin : begin + AT_ONCE]]
        for entry in await Entry.filter(case_id__in=ids, kind=CaseEdited.entry):
            edits[entry.case_id or 0].append(entry)
    return edits


async def _made_from(work: Work, cases: Sequence[Case]) -> list[Case]:
    """Complaints about cases and what was split from them, and from those again: locked, without the cases themselves.

    By their histories, for a link may have been taken away since.
    """
    known = {case.id for case in cases}
    found, new = set[int](), known
    while new:
        at, made = sorted(new), set[int]()
        for begin in range(0, len(at), AT_ONCE):
            for entry in await Entry.filter(case_id__in=at[begin : begin + AT_ONCE], kind__in=MADE_FROM):
                if "complaint" in entry.payload:
                    made.add(entry.payload["complaint"]["id"])
                elif entry.payload["link"] == CaseLinkKind.SPLIT_INTO.value:
                    made.add(entry.payload["other"]["id"])
        new = made - known - found
        found |= new
    return await work.all_cases(Q(id__in=sorted(found))) if found else []
