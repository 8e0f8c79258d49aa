"""Tasks: what is to be done about a case besides the case itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from gql import store
from gql.actions import tasks
from gql.actor import Actor
from gql.api.history import FieldChange, HistoryEntry
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import User
from gql.api.scalars import Cursor, key, maybe, row_cursor
from gql.engine.declare import Node, always, computed, form, given, node, value
from gql.enums import TaskStatus
from gql.events.tasks import TaskChanged as TaskWasChanged

if TYPE_CHECKING:
    from gql.api.cases import Case


@node(store.Task)
class Task(Node):
    """A piece of work on a case that an employee owns."""

    case: Annotated[Case, strawberry.lazy("gql.api.cases")]
    title: str
    description: str | None
    owner: User | None
    """Who is to do it. Null where the owner was deactivated and nobody has been named since."""
    due_at: datetime | None
    status: TaskStatus
    result: str | None
    """What came of it, in words; null while it is open."""
    is_incident_task: bool
    """Whether the desk gave it to the assignee of an incident. Such a task ends by itself when the case is resolved,
    canceled, put on hold or handed on."""
    created_at: datetime
    ended_at: datetime | None
    """When it was done or canceled."""
    cursor: Cursor = computed(row_cursor(store.Task))
    """Where the task stood; give it back as `unlessChangedSince`."""


@node(store.Entry, kind="TaskAdded")
class TaskAdded(HistoryEntry):
    """An employee was given something to do about the case."""

    task: Task = always("task")
    """The task as it is now."""


def task_changes_of(payload: dict[str, Any]) -> list[FieldChange]:
    changed = TaskWasChanged.of_payload(payload)
    return [FieldChange(field=c.field, before=c.before, after=c.after) for c in changed.changes]


@node(store.Entry, kind="TaskChanged")
class TaskChanged(HistoryEntry):
    """A task was described otherwise, put off, or given to someone else."""

    task: Task = always("task")
    """The task as it is now."""
    changes: list[FieldChange] = computed(task_changes_of)


@node(store.Entry, kind="TaskEnded")
class TaskEnded(HistoryEntry):
    """A task was done, or is not to be done any more."""

    task: Task = always("task")
    """The task with its result."""


@form
class TaskFilter:
    """Narrows a list of tasks. Fields are joined by and."""

    owner_id: strawberry.ID | None = None
    unowned: bool | None = None
    """Whether nobody is to do it."""
    status: TaskStatus | None = None
    due_before_at: datetime | None = None
    is_incident_task: bool | None = None


def tasks_matching(filter: TaskFilter | None = None) -> Q:
    """Tasks that the filter lets through."""
    found, wanted = Q(), filter or TaskFilter()
    if wanted.owner_id is not None:
        found &= Q(owner_id=key(store.User, wanted.owner_id))
    if wanted.unowned is not None:
        found &= Q(owner_id__isnull=wanted.unowned)
    if wanted.status is not None:
        found &= Q(status=wanted.status)
    if wanted.due_before_at is not None:
        found &= Q(due_at__lt=wanted.due_before_at)
    if wanted.is_incident_task is not None:
        found &= Q(is_incident_task=wanted.is_incident_task)
    return found


def tasks_listed(actor: Actor, filter: TaskFilter | None = None) -> Q:
    """The same, but without a filter the viewer's own open ones."""
    if filter is not None:
        return tasks_matching(filter)
    return Q(owner_id=actor.user_id, status=TaskStatus.OPEN)


# ---------------------------------------------------------------- mutations


@form
class AddTaskInput:
    """For addTask."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the task is added once."""
    case_id: strawberry.ID
    title: str
    description: str | None = None
    """Markdown, up to 50,000 characters."""
    owner_id: strawberry.ID | None = None
    """Who is to do it, who is told: one who sees the case. The viewer when left out."""
    due_at: datetime | None = None


@form
class EditTaskInput:
    """For editTask. A field that is left out stays as it is; null takes the value away."""

    task_id: strawberry.ID
    title: strawberry.Maybe[str | None]
    description: strawberry.Maybe[str | None]
    owner_id: strawberry.Maybe[strawberry.ID | None]
    """Who is to do it from now on, who is told: one who sees the case. An incident task is always its assignee's."""
    due_at: strawberry.Maybe[datetime | None]
    unless_changed_since: Cursor | None = None
    """Refuse when the task changed after this."""


@form
class CompleteTaskInput:
    """For completeTask."""

    task_id: strawberry.ID
    result: str | None = None
    """What came of it, up to 2,000 characters."""


@form
class CancelTaskInput:
    """For cancelTask."""

    task_id: strawberry.ID
    result: str | None = None
    """Why it is not needed, up to 2,000 characters."""


@value
class TaskPayload(Payload):
    """The task as it now is, also beside CHANGED; null for other errors."""

    task: Task | None


@strawberry.type
class TaskMutations:
    @action
    async def add_task(self, info: DeskInfo, input: AddTaskInput) -> TaskPayload:
        """Gives somebody at the desk something to do about a case, and a date by which it is due."""
        task = await tasks.add(
            work_of(info),
            key(store.Case, input.case_id),
            title=input.title,
            description=input.description,
            owner_id=key(store.User, input.owner_id),
            due_at=input.due_at,
        )
        return TaskPayload(task=given(Task, task))

    @action
    async def edit_task(self, info: DeskInfo, input: EditTaskInput) -> TaskPayload:
        """Describes an open task otherwise, puts it off, or gives it to someone else."""
        task = await tasks.edit(
            work_of(info),
            key(store.Task, input.task_id),
            title=maybe(input.title),
            description=maybe(input.description),
            owner_id=maybe(input.owner_id, lambda id: key(store.User, id)),
            due_at=maybe(input.due_at),
            unless=info.context.place(input.unless_changed_since),
        )
        return TaskPayload(task=given(Task, task))

    @action
    async def complete_task(self, info: DeskInfo, input: CompleteTaskInput) -> TaskPayload:
        """Says that a task is done, and what came of it."""
        task = await tasks.complete(work_of(info), key(store.Task, input.task_id), result=input.result)
        return TaskPayload(task=given(Task, task))

    @action
    async def cancel_task(self, info: DeskInfo, input: CancelTaskInput) -> TaskPayload:
        """Says that a task is not needed any more."""
        task = await tasks.cancel(work_of(info), key(store.Task, input.task_id), result=input.result)
        return TaskPayload(task=given(Task, task))
