"""Where a case stands: taking, its status, resolving, reopening, cancelling."""

from __future__ import annotations

from gql.actions import tasks
from gql.actions.assignment import assign_to, assigned
from gql.actions.naming import assignee_named, closure_code_named, name_of
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import CaseAction, OpenTasks
from gql.errors import Invalid, NotFound, NotNow, Required
from gql.events.cases import CaseStatusChanged
from gql.events.event import Named
from gql.rules import assignment, lifecycle, text
from gql.store.cases import Case
from gql.store.lookups import CaseStatus, ClosureCode
from gql.store.people import User, held


async def take(work: Work, case_id: int | None) -> Case:
    """The actor becomes the assignee and the case goes in progress; taking one's own again does nothing (R-30).

    Raises Invalid when the actor was deactivated meanwhile, and what `Work.case` raises.
    """
    me = await held(work.actor, work.actor.user_id)
    case = await work.case(case_id, CaseAction.TAKE)
    in_progress = work.lookups.status("IN_PROGRESS")
    if assignment.take(work.status(case), in_progress, await name_of(User, case.assignee_id), work.actor):
        await assign_to(work, case, assignee_named(me, field=None))
        move(work, case, in_progress)
    return case


async def change_status(
    work: Work,
    case_id: int | None,
    *,
    status_id: int | None,
    assignee_id: int | None = None,
    closure_code_id: int | None = None,
    reason: str | None = None,
    unless: Place | None = None,
) -> Case:
    """Moves to another of the next statuses; in progress, the actor or whom he names becomes the assignee (R-31).

    A closure code is named with a final status only; left out, the desk finds one (R-25, R-63).

    Raises Invalid, NotFound, NotNow, Limit, and what `Work.case` raises.
    """
    in_progress = work.lookups.status("IN_PROGRESS")
    given_to = work.actor.user_id if assignee_id is None else assignee_id
    assignee = await held(work.actor, given_to) if status_id == in_progress.id else None
    case = await work.case(case_id, CaseAction.CHANGE_STATUS, unless=unless)
    to = _status_named(work, status_id)
    if to is None:
        raise NotFound("status", field="statusId")
    lifecycle.change_status(work.status(case), to, work.actor, work.lookups)
    because = text.checked(reason, text.REASON, "reason")
    if to.id == in_progress.id:
        await assign_to(work, case, assignee_named(assignee))
    elif assignee_id is not None:
        raise Invalid("An assignee is named only with the status in progress.", field="assigneeId")
    code = closure_code_named(work, closure_code_id)
    if code is not None and not to.is_final:
        raise Invalid("A closure code is named only with a final status.", field="closureCodeId")
    move(work, case, to, because, closure_code=code)
    return case


async def resolve(
    work: Work,
    case_id: int | None,
    *,
    resolution: str | None,
    closure_code_id: int | None = None,
    status_id: int | None = None,
    open_tasks: OpenTasks | None = None,
    unless: Place | None = None,
) -> Case:
    """Records the resolution, in words for the customer, and what becomes of open tasks (R-52).

    The status is Resolved, or a resolved one of the desk's own. Raises Required, Invalid, NotFound, NotNow, Limit, and
    what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.RESOLVE, unless=unless)
    asked = _status_named(work, status_id)
    if asked is None and status_id is not None:
        raise NotFound("status", field="statusId")
    to = work.lookups.statuses[lifecycle.resolved_in(work.status(case), asked, work.actor, work.lookups).id]
    words = text.required(resolution, text.BODY, "resolution", "A resolution")
    code = closure_code_named(work, closure_code_id)
    await tasks.leave(work, case, open_tasks)
    move(work, case, to, resolution=words, closure_code=code)
    return case


async def reopen(work: Work, case_id: int | None, *, reason: str | None = None, unless: Place | None = None) -> Case:
    """Brings a waiting or resolved case back, for its group (R-26). Raises Limit, and what `Work.case` raises."""
    case = await work.case(case_id, CaseAction.REOPEN, unless=unless)
    await bring_back(work, case, text.checked(reason, text.REASON, "reason"))
    return case


async def bring_back(work: Work, case: Case, reason: str | None = None) -> None:
    """Reopens, as `lead_to` does."""
    await lead_to(work, case, work.lookups.status("REOPENED"), reason)


async def lead_to(work: Work, case: Case, to: CaseStatus, reason: str | None = None) -> None:
    """A step that need not be among those that may follow (R-23); a final status is never left (R-22).

    To where work goes on: clears the assignee, sees that some group is there to be told, and moves: in this order
    (R-95).
    """
    if to.is_active:
        await _give_back(work, case)
    move(work, case, to, reason)


async def _give_back(work: Work, case: Case) -> None:
    before = case.assignee_id, case.assignee_group_id
    if work.lookups.settings["ClearAssigneeOnCaseReopening"]:
        case.assignee_id = None
    if case.assignee_id is None and case.assignee_group_id is None:
        group = work.lookups.default_group(case.support_line_id)
        case.assignee_group_id = group.id if group else None
    if (case.assignee_id, case.assignee_group_id) != before:
        work.record(case, await assigned(case))


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
    code = closure_code_named(work, closure_code_id) or _closure_code_set(work, "CustomerCancelClosureCode")
    because = text.checked(reason, text.REASON, "reason")
    call_off(work, case, code, because)
    return case


def call_off(work: Work, case: Case, code: ClosureCode, reason: str | None = None) -> None:
    """Puts the case into Canceled, which resolves nothing."""
    resolved_at = case.resolved_at
    move(work, case, work.lookups.status("CANCELED"), reason, closure_code=code)
    case.resolved_at = resolved_at


def move(
    work: Work,
    case: Case,
    to: CaseStatus,
    reason: str | None = None,
    *,
    resolution: str | None = None,
    closure_code: ClosureCode | None = None,
) -> None:
    """Puts the case into a status; a final one is never left (R-22).

    Where it is resolved or ends without a closure code, it gets that of the status, else the desk's (R-25, R-63).
    """
    status = work.status(case)
    if status.is_final:
        raise NotNow(f"The case is {status.name.lower()}, and no status follows that.")
    if status.id == to.id:
        return
    case.status_id = to.id
    if to.is_resolved or (to.is_final and case.resolved_at is None):  # how it had been resolved before is history
        case.resolution, case.closure_code_id = resolution, None
    case.resolved_at, case.ended_at = lifecycle.stamps(to, work.now, case.resolved_at)
    if to.id == work.lookups.status("REOPENED").id:
        case.reopened_at = work.now
    code = None
    if to.is_resolved or to.is_final:
        known = work.lookups.closure_codes.get(case.closure_code_id or to.default_closure_code_id or 0)
        code = closure_code or known or _closure_code_set(work, "CaseClosureCodeDef")
        case.closure_code_id = code.id
    named = Named(code.id, code.name) if code else None
    work.record(case, CaseStatusChanged(_name(status), _name(to), reason, resolution, named))


def _name(status: CaseStatus) -> Named:
    return Named(status.id, status.name)


def _status_named(work: Work, key: int | None) -> CaseStatus | None:
    return work.lookups.statuses.get(key) if key is not None else None


def _closure_code_set(work: Work, setting: str) -> ClosureCode:
    return work.lookups.closure_code(work.lookups.settings[setting])
