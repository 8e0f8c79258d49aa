"""Who works on a case: assigning and escalating."""

from __future__ import annotations

import strawberry

from gql import store
from gql.actions import assignment
from gql.api.cases import CasePayload, answered
from gql.api.history import HistoryEntry
from gql.api.lookups import Group, SupportLine
from gql.api.mutations import DeskInfo, action, work_of
from gql.api.people import User
from gql.api.scalars import Cursor, key, maybe
from gql.engine.declare import form, node, payload


@node(store.Entry, kind="CaseAssigned")
class CaseAssigned(HistoryEntry):
    """The case was given to someone, or put back in the queue."""

    assignee: User | None = payload("assignee.id")
    assignee_group: Group | None = payload("assignee_group.id")


@node(store.Entry, kind="CaseEscalated")
class CaseEscalated(HistoryEntry):
    """The case went to another support line."""

    from_: SupportLine = payload("from.id")
    to: SupportLine = payload("to.id")
    assignee: User | None = payload("assignee.id")
    assignee_group: Group | None = payload("assignee_group.id")
    reason: str | None = payload("reason")


@form
class AssignCaseInput:
    """For assignCase. At least one of assignee and assignee group is given; what is left out stays, null clears."""

    case_id: strawberry.ID
    assignee_id: strawberry.Maybe[strawberry.ID | None]
    assignee_group_id: strawberry.Maybe[strawberry.ID | None]
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class EscalateCaseInput:
    """For escalateCase. At least one of assignee and assignee group is given; the one left out is cleared."""

    case_id: strawberry.ID
    support_line_id: strawberry.ID
    assignee_id: strawberry.ID | None = None
    assignee_group_id: strawberry.ID | None = None
    reason: str | None = None
    """For staff only."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@strawberry.type
class AssignmentMutations:
    @action
    async def assign_case(self, info: DeskInfo, input: AssignCaseInput) -> CasePayload:
        """Hands a case to an assignee, a group, or both, on the same support line."""
        return answered(
            await assignment.assign(
                work_of(info),
                key(store.Case, input.case_id),
                assignee_id=maybe(input.assignee_id, lambda id: key(store.User, id)),
                assignee_group_id=maybe(input.assignee_group_id, lambda id: key(store.Group, id)),
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def escalate_case(self, info: DeskInfo, input: EscalateCaseInput) -> CasePayload:
        """Moves a case to another support line with a new assignee, group, or both; the one not named is cleared."""
        return answered(
            await assignment.escalate(
                work_of(info),
                key(store.Case, input.case_id),
                support_line_id=key(store.SupportLine, input.support_line_id),
                assignee_id=key(store.User, input.assignee_id),
                assignee_group_id=key(store.Group, input.assignee_group_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )
