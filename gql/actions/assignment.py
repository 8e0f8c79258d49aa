"""Who works on a case: assigning, escalating."""

from __future__ import annotations

from gql.actions.edits import LEFT_OUT
from gql.actions.naming import assignee_named, found, name_of, named
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import CaseAction
from gql.errors import Required
from gql.events.cases import CaseAssigned
from gql.events.event import Named
from gql.rules import assignment, text
from gql.store.cases import Case
from gql.store.lookups import SupportLine
from gql.store.people import Group, User, held


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
    assignee = None if assignee_id is LEFT_OUT else await held(work.actor, assignee_id)
    case = await work.case(case_id, CaseAction.ASSIGN, unless=unless)
    if assignee_id is LEFT_OUT and assignee_group_id is LEFT_OUT:
        raise Required("Name an assignee, an assignee group, or both.", field="assigneeId")
    before = case.assignee_id, case.assignee_group_id
    if assignee_id is not LEFT_OUT:
        case.assignee_id = None if assignee_id is None else assignee_named(assignee).id
    if assignee_group_id is not LEFT_OUT:
        group = await found(work, Group, assignee_group_id, "group", "assigneeGroupId")
        case.assignee_group_id = group.id if group else None
    if (case.assignee_id, case.assignee_group_id) != before:
        work.record(case, await assigned(case))
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
    assignee = await held(work.actor, assignee_id)
    case = await work.case(case_id, CaseAction.ESCALATE, unless=unless)
    to = await work.find(SupportLine, support_line_id, "support line", field="supportLineId")
    line = await SupportLine.get(id=case.support_line_id)
    assignee = None if assignee_id is None else assignee_named(assignee)
    group = await found(work, Group, assignee_group_id, "group", "assigneeGroupId")
    event = assignment.escalate(
        line=Named(line.id, line.name),
        level=line.level,
        to=Named(to.id, to.name),
        to_level=to.level,
        before=(case.assignee_id, case.assignee_group_id),
        assignee=named(assignee),
        group=named(group),
        reason=text.checked(reason, text.REASON, "reason"),
        actor=work.actor,
    )
    case.support_line_id = to.id
    case.assignee_id = assignee.id if assignee else None
    case.assignee_group_id = group.id if group else None
    work.record(case, event)
    return case


async def assign_to(work: Work, case: Case, assignee: User) -> None:
    """Makes somebody the assignee, and records it where it changes anything."""
    if case.assignee_id != assignee.id:
        case.assignee_id = assignee.id
        work.record(case, CaseAssigned(named(assignee), await name_of(Group, case.assignee_group_id)))


async def assigned(case: Case) -> CaseAssigned:
    """What the history says of who has the case now."""
    return CaseAssigned(await name_of(User, case.assignee_id), await name_of(Group, case.assignee_group_id))
