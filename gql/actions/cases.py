"""The life of a case: registering, taking, assigning, escalating, editing, changing its status, ending."""

from __future__ import annotations

from typing import Any, TypeVar

from tortoise.expressions import F
from tortoise.models import Model

from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import CaseAction, CaseOrigin, CasePriority
from gql.errors import Forbidden, Invalid, NotFound, NotNow, Required
from gql.events import CaseAssigned, CaseEdited, CaseRegistered, CaseStatusChanged, Change, Named
from gql.rules import assignment, customers, lifecycle, text
from gql.rules.numbering import case_number
from gql.store.cases import Case
from gql.store.lookups import CaseCategory, CaseCounter, CaseStatus, ClosureCode, SupportLine
from gql.store.people import Account, Contact, Group, User
from gql.store.words import searchable

M = TypeVar("M", bound=Model)

LEFT_OUT: Any = object()
"""Stands where a field was left out, which is not the same as null."""


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
) -> Case:
    """Registers a case (R-1, R-2, R-7 to R-9).

    A customer registers for himself only, must give a category, and assigns nobody. Raises Required, Invalid, NotFound,
    Forbidden, Limit.
    """
    staff = work.actor.is_staff
    if not staff:
        if assignee_id is not None or assignee_group_id is not None or origin is not None:
            raise Forbidden("Customers neither assign a case nor choose its origin.")
        if contact_id not in (None, work.actor.contact_id):
            raise NotFound("contact", field="contactId")
        contact_id = work.actor.contact_id

    contact = await _found(work, Contact, contact_id, "contact", "contactId")
    account = await _found(work, Account, account_id, "account", "accountId")
    customer_contact_id, customer_account_id = customers.registered_for(contact, account.id if account else None)
    title = text.checked(subject, text.SUBJECT, "subject")
    if title is None and staff:
        raise Required("A subject is needed.", field="subject")
    category = _category(work, category_id)
    title = title or category.name
    written = text.checked(description, text.BODY, "description")
    assignee = await _assignee(work, assignee_id)
    group = await _found(work, Group, assignee_group_id, "group", "assigneeGroupId")

    default_origin = CaseOrigin[work.lookups.settings["CaseOriginDef" if staff else "PortalCaseOriginDef"]]
    number = await _next_number(work)
    case = await Case.create(
        number=number,
        subject=title,
        description=written,
        status_id=work.lookups.status(work.lookups.settings["CaseStatusDef"]).id,
        priority=priority or CasePriority[work.lookups.settings["CasePriorityDef"]],
        category_id=category.id,
        origin=origin or default_origin,
        contact_id=customer_contact_id,
        account_id=customer_account_id,
        assignee_id=assignee.id if assignee else None,
        assignee_group_id=group.id if group else None,
        support_line_id=(await _line_at(work.lookups.settings["CaseServiceLevelDef"])).id,
        registered_at=work.now,
        changed_at=work.now,
        customer_changed_at=work.now,
        words=searchable(number, title, written),
    )
    work.registered(case)
    work.record(case, CaseRegistered(origin=case.origin.value))
    if assignee or group:
        work.record(case, CaseAssigned(_named(assignee), _named(group)))
    return case


async def take(work: Work, case_id: int | None) -> Case:
    """The actor becomes the assignee and the case goes in progress; taking one's own again does nothing (R-30)."""
    case = await work.case(case_id, CaseAction.TAKE)
    in_progress = work.lookups.status("IN_PROGRESS")
    if assignment.take(work.status(case), in_progress, await _name_of(User, case.assignee_id), work.actor):
        await _assign_to(work, case, await _myself(work))
        _move(work, case, in_progress)
    return case


async def assign(
    work: Work,
    case_id: int | None,
    *,
    assignee_id: int | None = LEFT_OUT,
    assignee_group_id: int | None = LEFT_OUT,
    unless: Place | None = None,
) -> Case:
    """Hands a case on within its line; what is left out stays, null clears (R-32, R-35, R-36).

    Raises Required, Invalid, NotFound, and what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.ASSIGN, unless=unless)
    if assignee_id is LEFT_OUT and assignee_group_id is LEFT_OUT:
        raise Required("Name an assignee, an assignee group, or both.", field="assigneeId")
    before = case.assignee_id, case.assignee_group_id
    if assignee_id is not LEFT_OUT:
        assignee = await _assignee(work, assignee_id)
        case.assignee_id = assignee.id if assignee else None
    if assignee_group_id is not LEFT_OUT:
        group = await _found(work, Group, assignee_group_id, "group", "assigneeGroupId")
        case.assignee_group_id = group.id if group else None
    if (case.assignee_id, case.assignee_group_id) != before:
        work.record(case, await _assigned(case))
    return case


async def escalate(
    work: Work,
    case_id: int | None,
    *,
    support_line_id: int | None,
    assignee_id: int | None = None,
    assignee_group_id: int | None = None,
    reason: str | None = None,
    unless: Place | None = None,
) -> Case:
    """Moves to another support line; whoever is not named there is cleared (R-55 to R-59).

    Raises Required, Invalid, NotFound, and what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.ESCALATE, unless=unless)
    to = await work.find(SupportLine, support_line_id, "support line", field="supportLineId")
    line = await SupportLine.get(id=case.support_line_id)
    assignee = await _assignee(work, assignee_id)
    group = await _found(work, Group, assignee_group_id, "group", "assigneeGroupId")
    event = assignment.escalate(
        line=Named(line.id, line.name),
        level=line.level,
        to=Named(to.id, to.name),
        to_level=to.level,
        before=(case.assignee_id, case.assignee_group_id),
        assignee=_named(assignee),
        group=_named(group),
        reason=text.checked(reason, text.REASON, "reason"),
        actor=work.actor,
    )
    case.support_line_id = to.id
    case.assignee_id = assignee.id if assignee else None
    case.assignee_group_id = group.id if group else None
    work.record(case, event)
    return case


async def edit(
    work: Work,
    case_id: int | None,
    *,
    subject: str | None = LEFT_OUT,
    description: str | None = LEFT_OUT,
    contact_id: int | None = LEFT_OUT,
    account_id: int | None = LEFT_OUT,
    priority: CasePriority | None = LEFT_OUT,
    unless: Place | None = None,
) -> Case:
    """Changes what is written on a case; what is left out stays, null clears (R-2, R-3).

    Raises Required, Invalid, NotFound, Limit, and what `Work.case` raises.
    """
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
    return case


async def _change_customer(work: Work, case: Case, contact_id: int | None, account_id: int | None) -> None:
    if contact_id is LEFT_OUT:
        contact = await Contact.get_or_none(id=case.contact_id)
    else:
        contact = await _found(work, Contact, contact_id, "contact", "contactId")
    if account_id is LEFT_OUT:
        account = case.account_id
    else:
        found = await _found(work, Account, account_id, "account", "accountId")
        account = found.id if found else None
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


async def change_status(
    work: Work,
    case_id: int | None,
    *,
    status_id: int | None,
    assignee_id: int | None = None,
    reason: str | None = None,
    unless: Place | None = None,
) -> Case:
    """Moves to another of the next statuses; in progress, the actor or whom he names becomes the assignee (R-31).

    Raises Invalid, NotFound, NotNow, Limit, and what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.CHANGE_STATUS, unless=unless)
    to = work.lookups.statuses.get(status_id) if status_id is not None else None
    if to is None:
        raise NotFound("status", field="statusId")
    lifecycle.change_status(work.status(case), to, work.actor, work.lookups)
    because = text.checked(reason, text.REASON, "reason")
    if to.id == work.lookups.status("IN_PROGRESS").id:
        await _assign_to(work, case, await _assignee(work, assignee_id) or await _myself(work))
    elif assignee_id is not None:
        raise Invalid("An assignee is named only with the status in progress.", field="assigneeId")
    _move(work, case, to, because)
    return case


async def resolve(
    work: Work,
    case_id: int | None,
    *,
    resolution: str | None,
    closure_code_id: int | None = None,
    unless: Place | None = None,
) -> Case:
    """Records the resolution, in words for the customer. Raises Required, NotFound, Limit, and as `Work.case`."""
    case = await work.case(case_id, CaseAction.RESOLVE, unless=unless)
    case.resolution = text.required(resolution, text.BODY, "resolution", "A resolution")
    case.closure_code_id = _closure_code(work, closure_code_id, "CaseClosureCodeDef").id
    _move(work, case, work.lookups.status("RESOLVED"))
    return case


async def reopen(work: Work, case_id: int | None, *, reason: str | None = None, unless: Place | None = None) -> Case:
    """Brings a waiting or resolved case back, for its group (R-26). Raises Limit, and what `Work.case` raises."""
    case = await work.case(case_id, CaseAction.REOPEN, unless=unless)
    await bring_back(work, case, text.checked(reason, text.REASON, "reason"))
    return case


async def bring_back(work: Work, case: Case, reason: str | None = None) -> None:
    """Clears the assignee, sees that some group is there to be told, and reopens: in this order (R-95)."""
    before = case.assignee_id, case.assignee_group_id
    if work.lookups.settings["ClearAssigneeOnCaseReopening"]:
        case.assignee_id = None
    if case.assignee_id is None and case.assignee_group_id is None:
        first = await Group.filter(support_lines=case.support_line_id).order_by("id").first()
        case.assignee_group_id = first.id if first else None
    if (case.assignee_id, case.assignee_group_id) != before:
        work.record(case, await _assigned(case))
    _move(work, case, work.lookups.status("REOPENED"), reason)


async def cancel(
    work: Work,
    case_id: int | None,
    *,
    closure_code_id: int | None = None,
    reason: str | None = None,
    unless: Place | None = None,
) -> Case:
    """Ends a case that needs no answer (R-62); for customers a setting supplies the closure code.

    Raises Required, NotFound, Limit, and what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.CANCEL, unless=unless)
    if closure_code_id is None and work.actor.is_staff:
        raise Required("Name the closure code.", field="closureCodeId")
    code, resolved_at = _closure_code(work, closure_code_id, "CustomerCancelClosureCode"), case.resolved_at
    _move(work, case, work.lookups.status("CANCELED"), text.checked(reason, text.REASON, "reason"))
    case.closure_code_id, case.resolved_at = code.id, resolved_at  # cancelling resolves nothing
    return case


def _move(work: Work, case: Case, to: CaseStatus, reason: str | None = None) -> None:
    """Puts the case into a status; a final one is never left (R-22)."""
    status = work.status(case)
    if status.is_final:
        raise NotNow(f"The case is {status.name.lower()}, and no status follows that.")
    if status.id == to.id:
        return
    case.status_id = to.id
    if to.is_final and case.resolved_at is None:  # a resolution that was given before it came back did not end it
        case.resolution = case.closure_code_id = None
    case.resolved_at, case.ended_at = lifecycle.stamps(to, work.now, case.resolved_at)
    work.record(case, CaseStatusChanged(Named(status.id, status.name), Named(to.id, to.name), reason))


async def _assign_to(work: Work, case: Case, assignee: User) -> None:
    if case.assignee_id != assignee.id:
        case.assignee_id = assignee.id
        work.record(case, await _assigned(case))


async def _assigned(case: Case) -> CaseAssigned:
    return CaseAssigned(await _name_of(User, case.assignee_id), await _name_of(Group, case.assignee_group_id))


async def _name_of(model: type[User] | type[Group], key: int | None) -> Named | None:
    row = await model.get_or_none(id=key) if key is not None else None
    return _named(row)


def _named(row: User | Group | None) -> Named | None:
    return Named(row.id, row.name) if row else None


async def _myself(work: Work) -> User:
    return await User.get(id=work.actor.user_id)


async def _found(work: Work, model: type[M], key: int | None, what: str, field: str) -> M | None:
    """A row that is named, where one is. Raises NotFound."""
    return None if key is None else await work.find(model, key, what, field=field)


async def _assignee(work: Work, key: int | None) -> User | None:
    """An employee who can be given cases, where one is named. Raises NotFound, Invalid."""
    user = await _found(work, User, key, "employee", "assigneeId")
    if user is not None:
        assignment.can_be_assigned(user.active, user.name, "assigneeId")
    return user


def _category(work: Work, key: int | None) -> CaseCategory:
    if key is None:
        if not work.actor.is_staff:
            raise Required("Choose a category.", field="categoryId")
        return work.lookups.category(work.lookups.settings["CaseCategoryDef"])
    category = work.lookups.categories.get(key)
    if category is None or not category.in_use:
        raise NotFound("category", field="categoryId")
    return category


def _closure_code(work: Work, key: int | None, default: str) -> ClosureCode:
    """The closure code that is named, or the one that a setting names."""
    if key is None:
        return work.lookups.closure_code(work.lookups.settings[default])
    code = work.lookups.closure_codes.get(key)
    if code is None or not code.in_use:
        raise NotFound("closure code", field="closureCodeId")
    return code


async def _line_at(level: int) -> SupportLine:
    return await SupportLine.get(level=level)


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
