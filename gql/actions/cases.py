"""What a case is and says: registering, editing, reclassifying."""

from __future__ import annotations

from tortoise.expressions import F

from gql.actions.edits import LEFT_OUT
from gql.actions.joining import add_link, numbered, set_parent, tell_of
from gql.actions.naming import assignee_named, category_named, found, named
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import Audience, CaseAction, CaseLinkKind, CaseOrigin, CasePriority, DeskAction
from gql.errors import Forbidden, Invalid, Required
from gql.events.cases import (
    CaseAssigned,
    CaseComplainedAbout,
    CaseEdited,
    CaseParentChanged,
    CaseReclassified,
    CaseRegistered,
)
from gql.events.event import Change, Named
from gql.rules import customers, text
from gql.rules.numbering import case_number
from gql.store.cases import Case
from gql.store.conversation import PortalMessage
from gql.store.joining import one_at_a_time
from gql.store.log import Entry
from gql.store.lookups import CaseCategory, CaseCounter, SupportLine
from gql.store.people import Account, Contact, Group, User, held
from gql.store.words import searchable


async def register(
    work: Work,
    *,
    subject: str | None,
    description: str | None = None,
    contact_id: int | None = None,
    account_id: int | None = None,
    category_id: int | None = None,
    priority: CasePriority | None = None,
    origin: CaseOrigin | None = None,
    assignee_id: int | None = None,
    assignee_group_id: int | None = None,
    from_entry_id: int | None = None,
) -> Case:
    """Registers a case (R-1, R-2, R-7 to R-9), by itself or from something that was said on another (R-10).

    A customer registers for himself only, must give a category, and assigns nobody. Raises Required, Invalid, NotFound,
    Forbidden, Limit.
    """
    work.may(DeskAction.REGISTER_CASE)
    staff = work.actor.is_staff
    if not staff:
        if (assignee_id, assignee_group_id, origin, from_entry_id) != (None, None, None, None):
            raise Forbidden("Customers neither assign a case nor choose its origin, nor split one.")
        if contact_id not in (None, work.actor.contact_id):
            await work.find(Contact, contact_id, "contact", field="contactId")
            raise Forbidden("Customers register cases of their own.", field="contactId")
        contact_id = work.actor.contact_id
    assignee = await held(work.actor, assignee_id)
    source, said = (None, None) if from_entry_id is None else await _source(work, from_entry_id)
    if source is not None:
        if contact_id is None and account_id is None:
            contact_id, account_id = source.contact_id, source.account_id
        subject, description = subject or source.subject, description or said
        category_id, origin = category_id or source.category_id, origin or source.origin

    contact = await found(work, Contact, contact_id, "contact", "contactId")
    account = await found(work, Account, account_id, "account", "accountId")
    customer_contact_id, customer_account_id = customers.registered_for(contact, account.id if account else None)
    title = text.checked(subject, text.SUBJECT, "subject")
    if title is None and staff:
        raise Required("A subject is needed.", field="subject")
    category = category_named(work, category_id)
    title = title or category.name
    written = text.checked(description, text.BODY, "description")
    assignee = None if assignee_id is None else assignee_named(assignee)
    group = await found(work, Group, assignee_group_id, "group", "assigneeGroupId")

    case = await _begun(
        work,
        subject=title,
        description=written,
        priority=priority,
        category=category,
        origin=origin,
        contact_id=customer_contact_id,
        account_id=customer_account_id,
        assignee=assignee,
        group=group,
    )
    if source is not None:
        await add_link(work, case, source, CaseLinkKind.SPLIT_FROM, field="fromEntryId")
    return case


async def complain(work: Work, case_id: int | None, *, body: str) -> Case:
    """Registers a customer's complaint about a case, open or ended, as part of it (R-70).

    It goes to the group of the case, where that is in use, else to the default group of the line where cases begin.
    Raises Required, Limit, and what `Work.case` raises.
    """
    about = await work.case(case_id, CaseAction.COMPLAIN)
    written = text.required(body, text.BODY, "body", "A text")
    group = await Group.get_or_none(id=about.assignee_group_id or 0, in_use=True)
    complaint = await _begun(
        work,
        subject=complaint_subject(about.subject),
        description=written,
        category=work.lookups.categories[about.category_id],
        contact_id=about.contact_id,
        account_id=about.account_id,
        group=group or work.lookups.default_group(_first_line(work).id),
        parent_id=about.id,
    )
    tell_of(work, complaint, about, CaseParentChanged(numbered(about), None, for_customer=True))
    tell_of(work, about, complaint, CaseComplainedAbout(numbered(complaint)))
    return complaint


def complaint_subject(about: str) -> str:
    """The subject of a complaint about a case."""
    return f"Complaint: {about}"[: text.SUBJECT]


async def _begun(
    work: Work,
    *,
    subject: str,
    description: str | None,
    category: CaseCategory,
    contact_id: int | None,
    account_id: int | None,
    priority: CasePriority | None = None,
    origin: CaseOrigin | None = None,
    assignee: User | None = None,
    group: Group | None = None,
    parent_id: int | None = None,
) -> Case:
    """A case with a number, in the status and on the line where cases begin, and its first entries."""
    by_default = "CaseOriginDef" if work.actor.is_staff else "PortalCaseOriginDef"
    number = await _next_number(work)
    case = await Case.create(
        number=number,
        subject=subject,
        description=description,
        status_id=work.lookups.status(work.lookups.settings["CaseStatusDef"]).id,
        priority=priority or CasePriority[work.lookups.settings["CasePriorityDef"]],
        category_id=category.id,
        origin=origin or CaseOrigin[work.lookups.settings[by_default]],
        contact_id=contact_id,
        account_id=account_id,
        assignee_id=assignee.id if assignee else None,
        assignee_group_id=group.id if group else None,
        parent_id=parent_id,
        support_line_id=_first_line(work).id,
        registered_at=work.now,
        changed_at=work.now,
        customer_changed_at=work.now,
        words=searchable(number, subject, description),
    )
    work.registered(case)
    work.record(case, CaseRegistered(origin=case.origin.value))
    if assignee or group:
        work.record(case, CaseAssigned(named(assignee), named(group)))
    return case


async def _source(work: Work, entry_id: int) -> tuple[Case, str | None]:
    """The case that an entry belongs to, and what its customer could read there: nothing else may come into a new case.

    Raises NotFound, Invalid.
    """
    await one_at_a_time()
    entry = await work.find(Entry, entry_id, "entry", field="fromEntryId")
    case = await work.case(entry.case_id, CaseAction.LINK, field="fromEntryId")
    message = None if entry.portal_message_id is None else await PortalMessage.get(id=entry.portal_message_id)
    if message is not None and message.audience is Audience.CUSTOMER:
        return case, message.body
    if entry.kind == CaseRegistered.entry:
        return case, case.description
    raise Invalid("A case is made from a portal message, or from how another was registered.", field="fromEntryId")


async def edit(
    work: Work,
    case_id: int | None,
    *,
    subject: str | None = LEFT_OUT,
    description: str | None = LEFT_OUT,
    contact_id: int | None = LEFT_OUT,
    account_id: int | None = LEFT_OUT,
    priority: CasePriority | None = LEFT_OUT,
    parent_id: int | None = LEFT_OUT,
    unless: Place | None = None,
) -> Case:
    """Changes what is written on a case; what is left out stays, null clears (R-2, R-3, R-156).

    Raises Required, Invalid, NotFound, Limit, and what `Work.case` raises.
    """
    if parent_id is not LEFT_OUT:
        await one_at_a_time()
    case = await work.case(case_id, CaseAction.EDIT, unless=unless)
    before = _written(case)
    if subject is not LEFT_OUT:
        case.subject = text.required(subject, text.SUBJECT, "subject", "A subject")
    if description is not LEFT_OUT:
        case.description = text.checked(description, text.BODY, "description")
    if priority is not LEFT_OUT:
        if priority is None:
            raise Required("A case has a priority.", field="priority")
        case.priority = priority
    if contact_id is not LEFT_OUT or account_id is not LEFT_OUT:
        await _change_customer(work, case, contact_id, account_id)
    changes = tuple(
        Change(name, before[name], after) for name, after in _written(case).items() if after != before[name]
    )
    if changes:
        work.record(case, CaseEdited(changes))
    if parent_id is not LEFT_OUT:
        await set_parent(work, case, parent_id)
    return case


async def reclassify(
    work: Work, case_id: int | None, *, category_id: int | None = LEFT_OUT, unless: Place | None = None
) -> Case:
    """Changes what kind of case it is; what is left out stays (R-60).

    Raises Required, NotFound, and what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.RECLASSIFY, unless=unless)
    if category_id is LEFT_OUT or category_id == case.category_id:
        return case
    if category_id is None:
        raise Required("A case has a category.", field="categoryId")
    former, category = work.lookups.categories[case.category_id], category_named(work, category_id)
    case.category_id = category.id
    work.record(case, CaseReclassified(Named(former.id, former.name), Named(category.id, category.name)))
    return case


async def _change_customer(work: Work, case: Case, contact_id: int | None, account_id: int | None) -> None:
    if contact_id is LEFT_OUT:
        contact = await Contact.get_or_none(id=case.contact_id)
    else:
        contact = await found(work, Contact, contact_id, "contact", "contactId")
    if account_id is LEFT_OUT:
        account = case.account_id
    else:
        row = await found(work, Account, account_id, "account", "accountId")
        account = row.id if row else None
    case.contact_id, case.account_id = customers.edited_to(
        contact=contact,
        contact_given=contact_id is not LEFT_OUT,
        account_id=account,
        account_given=account_id is not LEFT_OUT,
    )


def _written(case: Case) -> dict[str, str | None]:
    """What an edit may change, as text; a contact and an account by their id, for names of customers are not kept."""
    return {
        "subject": case.subject,
        "description": case.description,
        "priority": case.priority.name,
        "contact": f"Contact_{case.contact_id}" if case.contact_id else None,
        "account": f"Account_{case.account_id}" if case.account_id else None,
    }


def _first_line(work: Work) -> SupportLine:
    """The line where cases begin."""
    return work.lookups.line_at(work.lookups.settings["CaseServiceLevelDef"])


async def number_after(last: int) -> None:
    """Has the count of cases go on after a number. Raises Invalid when it is beyond that already (R-8)."""
    if not await CaseCounter.filter(id=1, given_out__lte=last).update(given_out=last):
        counter = await CaseCounter.get(id=1)
        raise Invalid(f"Numbers up to {counter.given_out} have been given, and none is given twice.", field="value")


async def _next_number(work: Work) -> str:
    """Counts up under the row's lock: numbers have no gap, and a registration that fails leaves none (R-8).

    What an older mask gave at another count is passed over.
    """
    while True:
        await CaseCounter.filter(id=1).update(given_out=F("given_out") + 1)
        counter = await CaseCounter.get(id=1)
        number = case_number(work.lookups.settings["CaseCodeMask"], counter.given_out)
        if not await Case.exists(number=number):
            return number
