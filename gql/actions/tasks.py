"""Tasks on a case: adding, editing, completing, cancelling; and the task of an incident, which follows its case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gql.actions.edits import LEFT_OUT, unless_changed
from gql.actions.naming import must_see
from gql.cursor import Place
from gql.enums import CaseAction, OpenTasks, TaskStatus
from gql.errors import NotFound, Required
from gql.events.event import Change, Event, Named
from gql.events.tasks import TaskAdded, TaskChanged, TaskEnded
from gql.rules import tasks as rules
from gql.rules import text
from gql.store.cases import Case
from gql.store.people import User, held
from gql.store.tasks import NEVER, Task
from gql.store.words import searchable
from gql.store.written import update_all

if TYPE_CHECKING:
    from gql.actions.unit_of_work import Work


async def add(
    work: Work,
    case_id: int | None,
    *,
    title: str,
    description: str | None = None,
    owner_id: int | None = None,
    due_at: datetime | None = None,
) -> Task:
    """Gives an employee, or the actor himself, something to do about a case (R-53).

    Raises Required, Invalid, NotFound, Limit, and what `Work.case` raises.
    """
    named = await held(work.actor, work.actor.user_id if owner_id is None else owner_id)
    case = await work.case(case_id, CaseAction.ADD_TASK)
    owner = await _owner(work, case, named)
    task = Task(
        title=text.required(title, text.SUBJECT, "title", "A title"),
        description=text.checked(description, text.BODY, "description"),
        due_at=due_at,
    )
    _begin(work, case, task, Named(owner.id, owner.name))
    return task


async def edit(
    work: Work,
    task_id: int | None,
    *,
    title: str | None = LEFT_OUT,
    description: str | None = LEFT_OUT,
    owner_id: int | None = LEFT_OUT,
    due_at: datetime | None = LEFT_OUT,
    unless: Place | None = None,
) -> Task:
    """Changes an open task; what is left out stays, null clears (R-53).

    Raises Required, Invalid, NotFound, NotNow, Changed, Limit.
    """
    named = None if owner_id is LEFT_OUT else await held(work.actor, owner_id)
    case, task = await _task(work, task_id)
    unless_changed(task, unless)
    rules.still_open(task.status)
    before, given_to = _written(task), None
    if title is not LEFT_OUT:
        task.title = text.required(title, text.SUBJECT, "title", "A title")
    if description is not LEFT_OUT:
        task.description = text.checked(description, text.BODY, "description")
    if due_at is not LEFT_OUT:
        task.due_at = due_at
    if owner_id is not LEFT_OUT:
        rules.can_be_given_on(task.is_incident_task)
        if owner_id is None:
            raise Required("A task has an owner.", field="ownerId")
        owner = await _owner(work, case, named)
        if task.owner_id != owner.id:
            task.owner_id, given_to = owner.id, Named(owner.id, owner.name)
    changes = tuple(
        Change(name, before[name], after) for name, after in _written(task).items() if after != before[name]
    )
    if changes:
        await _save(task)
        work.record(case, TaskChanged(task.title, changes, given_to)).task = task
    return task


async def complete(work: Work, task_id: int | None, *, result: str | None = None) -> Task:
    """What was to be done is done. Raises NotFound, NotNow, Limit."""
    return await _ended(work, task_id, TaskStatus.DONE, result)


async def cancel(work: Work, task_id: int | None, *, result: str | None = None) -> Task:
    """It is not to be done any more. Raises NotFound, NotNow, Limit."""
    return await _ended(work, task_id, TaskStatus.CANCELED, result)


async def _ended(work: Work, task_id: int | None, status: TaskStatus, result: str | None) -> Task:
    case, task = await _task(work, task_id)
    rules.still_open(task.status)
    await _end(work, case, task, rules.Ending(status, text.checked(result, text.REASON, "result")))
    return task


async def hand_over(work: Work, owner: User, cases: Sequence[Case]) -> None:
    """Gives the open tasks of one who is deactivated to who has the case, else to nobody; incidents' end by themselves.

    The work holds the cases, from which he was taken already (R-53, R-205).
    """
    left = await Task.filter(owner_id=owner.id, status=TaskStatus.OPEN, is_incident_task=False).order_by("id")
    by_id = {case.id: case for case in cases}
    # who had a case that has ended may be gone himself
    heirs = {case.id: case.assignee_id for case in cases if case.status_id not in work.lookups.final_status_ids}
    named = {user.id: Named(user.id, user.name) for user in await User.filter(id__in=set(heirs.values()) - {None})}
    for task in left:
        before, task.owner_id = _written(task), heirs.get(task.case_id)
        task.version += 1
        changes = (Change("owner", before["owner"], _written(task)["owner"]),)
        given_to = None if task.owner_id is None else named[task.owner_id]
        work.record(by_id[task.case_id], TaskChanged(task.title, changes, given_to)).task = task
    if left:
        await update_all(left, ("owner_id", "version"))


async def leave(work: Work, case: Case, decision: OpenTasks | None) -> None:
    """What becomes of the open tasks of a case that is being resolved. Raises Required when nobody said (R-52)."""
    left = await Task.filter(case_id=case.id, status=TaskStatus.OPEN, is_incident_task=False).order_by("due_key", "id")
    ending = rules.left_open([task.title for task in left], decision)
    if ending:
        for task in left:
            await _end(work, case, task, ending)


async def bring_along(work: Work, ended: Case, into: Case) -> None:
    """What is open on a case that was merged is to be done on the one that goes on; the incident's own task ends."""
    for task in await Task.filter(case_id=ended.id, status=TaskStatus.OPEN, is_incident_task=False).order_by("id"):
        task.case_id = into.id
        await _save(task)
        change = Change("case", f"Case_{ended.id}", f"Case_{into.id}")
        work.record(into, TaskChanged(task.title, (change,), None)).task = task


@dataclass(frozen=True, slots=True)
class Followed:
    """What was done to a case."""

    case: Case
    before: rules.Stage | None
    """None for a case that was just registered."""
    after: rules.Stage
    events: Sequence[Event]


async def follow(work: Work, followed: Sequence[Followed]) -> None:
    """Ends the tasks of incidents and begins the next ones, by what was done to the cases (R-50, R-51).

    The unit of work calls it for the cases that an action changed and holds locked, so that there is never more than
    one open for an assignee.
    """
    decided = [
        (each, rules.ending(each.before, each.after, each.events, work.lookups), begins)
        for each in followed
        for begins in (rules.begins(each.before, each.after, each.events),)
    ]
    asked = [each.case.id for each, ending, begins in decided if each.before is not None and (ending or begins)]
    open_ones: defaultdict[int, list[Task]] = defaultdict(list)
    if asked:
        for task in await Task.filter(case_id__in=asked, status=TaskStatus.OPEN, is_incident_task=True):
            open_ones[task.case_id].append(task)
    for each, ending, begins in decided:
        of_case = open_ones[each.case.id]
        for task in of_case if ending else ():
            assert ending is not None
            await _end(work, each.case, task, ending)
        if begins and (ending or each.after.assignee_id not in [task.owner_id for task in of_case]):
            owner = await User.get(id=each.after.assignee_id)
            task = Task(title=rules.INCIDENT_TASK, is_incident_task=True)
            _begin(work, each.case, task, Named(owner.id, owner.name))


def _begin(work: Work, case: Case, task: Task, owner: Named) -> None:
    """Makes it the owner's; it is written with the entry that tells of it."""
    task.case_id, task.owner_id = case.id, owner.id
    task.status, task.created_at = TaskStatus.OPEN, work.now
    _index(task)
    work.record(case, TaskAdded(task.title, owner)).task = task


async def _end(work: Work, case: Case, task: Task, ending: rules.Ending) -> None:
    task.status, task.result, task.ended_at = ending.status, ending.result, work.now
    await _save(task)
    work.record(case, TaskEnded(task.title, task.status, task.result)).task = task


async def _task(work: Work, key: int | None) -> tuple[Case, Task]:
    """A task that the actor sees, and its case, locked, so that nobody else changes a task of it."""
    found = await work.find(Task, key, "task", field="taskId")
    case = await work.case(found.case_id, CaseAction.CHANGE_TASK)
    return case, await Task.get(id=found.id)


async def _owner(work: Work, case: Case, user: User | None) -> User:
    """The employee who is named and `held` to be given a task of the case. Raises NotFound, also for one who does not
    see the case (R-53), and Invalid."""
    if user is None:
        raise NotFound("employee", field="ownerId")
    rules.can_own(user.active, user.name)
    await must_see(work, case, [user], "ownerId")
    return user


async def _save(task: Task) -> None:
    _index(task)
    task.version += 1
    await task.save()


def _index(task: Task) -> None:
    task.due_key = task.due_at or NEVER
    task.words = searchable(task.title, task.description, task.result)


def _written(task: Task) -> dict[str, str | None]:
    """What an edit may change, as text; the owner by his id."""
    return {
        "title": task.title,
        "description": task.description,
        "owner": f"User_{task.owner_id}" if task.owner_id else None,
        "dueAt": task.due_at.isoformat().replace("+00:00", "Z") if task.due_at else None,
    }
