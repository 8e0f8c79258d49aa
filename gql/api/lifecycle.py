"""Where a case stands: taking it, its status, and how it ends."""

from __future__ import annotations

from typing import Any

import strawberry

from gql import store
from gql.actions import lifecycle
from gql.actor import Actor as Asking
from gql.api.cases import CasePayload, answered
from gql.api.history import HistoryEntry
from gql.api.lookups import CaseStatus, ClosureCode
from gql.api.mutations import DeskInfo, action, work_of
from gql.api.scalars import Cursor, key
from gql.engine.declare import computed, form, node, payload
from gql.enums import OpenTasks


def given_reason(payload: dict[str, Any], actor_contact_id: int | None, sight: Asking) -> str | None:
    """The reason, which is for staff when staff gave it."""
    return payload.get("reason") if sight.is_staff or actor_contact_id is not None else None


@node(store.Entry, kind="CaseStatusChanged")
class CaseStatusChanged(HistoryEntry):
    """The case went from one status to another."""

    from_: CaseStatus = payload("from.id")
    to: CaseStatus = payload("to.id")
    reason: str | None = computed(given_reason)
    """Null for customers when staff gave it."""
    resolution: str | None = payload("resolution")
    """What was done, where the case was resolved by this; it stays here when the case is resolved anew."""
    closure_code: ClosureCode | None = payload("closure_code.id")
    """Where the case was resolved or ended by this."""


@form
class TakeCaseInput:
    """For takeCase."""

    case_id: strawberry.ID


@form
class ChangeCaseStatusInput:
    """For changeCaseStatus."""

    case_id: strawberry.ID
    status_id: strawberry.ID
    assignee_id: strawberry.ID | None = None
    """With IN_PROGRESS: who, when it is not the viewer."""
    closure_code_id: strawberry.ID | None = None
    """With a final status: why the case ends. Left out: what it was resolved with, else the default of the status, else
    the desk's."""
    reason: str | None = None
    """For staff only."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class ResolveCaseInput:
    """For resolveCase."""

    case_id: strawberry.ID
    resolution: str
    """What was done, in words for the customer."""
    closure_code_id: strawberry.ID | None = None
    """Left out: the default of the status, else the desk's, which is Resolved successfully."""
    status_id: strawberry.ID | None = None
    """One of those that `steps` leads to by RESOLVE. Left out: Resolved, or where that does not follow, the first."""
    open_tasks: OpenTasks | None = None
    """What becomes of the open tasks of the case; needed when there are any beside the incident's own, which ends by
    itself."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class ReopenCaseInput:
    """For reopenCase."""

    case_id: strawberry.ID
    reason: str | None = None
    """For staff only."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class CancelCaseInput:
    """For cancelCase."""

    case_id: strawberry.ID
    closure_code_id: strawberry.ID | None = None
    """Required of employees."""
    reason: str | None = None
    """For staff only, when staff gives it."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@strawberry.type
class LifecycleMutations:
    @action
    async def take_case(self, info: DeskInfo, input: TakeCaseInput) -> CasePayload:
        """Starts processing: the viewer becomes the assignee and the case goes in progress."""
        return answered(await lifecycle.take(work_of(info), key(store.Case, input.case_id)))

    @action
    async def change_case_status(self, info: DeskInfo, input: ChangeCaseStatusInput) -> CasePayload:
        """Moves a case to another of its `nextStatuses`: on hold, back to work, closed, or a status the administrator
        added. Steps that carry more than a status have a mutation of their own."""
        return answered(
            await lifecycle.change_status(
                work_of(info),
                key(store.Case, input.case_id),
                status_id=key(store.CaseStatus, input.status_id),
                assignee_id=key(store.User, input.assignee_id),
                closure_code_id=key(store.ClosureCode, input.closure_code_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def resolve_case(self, info: DeskInfo, input: ResolveCaseInput) -> CasePayload:
        """Records the resolution; the status is Resolved, or a resolved one that the administrator added."""
        return answered(
            await lifecycle.resolve(
                work_of(info),
                key(store.Case, input.case_id),
                resolution=input.resolution,
                closure_code_id=key(store.ClosureCode, input.closure_code_id),
                status_id=key(store.CaseStatus, input.status_id),
                open_tasks=input.open_tasks,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def reopen_case(self, info: DeskInfo, input: ReopenCaseInput) -> CasePayload:
        """Brings a resolved or waiting case back; the assignee is cleared."""
        return answered(
            await lifecycle.reopen(
                work_of(info),
                key(store.Case, input.case_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def cancel_case(self, info: DeskInfo, input: CancelCaseInput) -> CasePayload:
        """Ends a case that needs no answer, with the reason."""
        return answered(
            await lifecycle.cancel(
                work_of(info),
                key(store.Case, input.case_id),
                closure_code_id=key(store.ClosureCode, input.closure_code_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )
