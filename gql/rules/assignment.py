"""Who works on a case: taking, assigning, escalating."""

from __future__ import annotations

from gql.actor import Actor
from gql.enums import Role
from gql.errors import Forbidden, Invalid, NotNow, Required
from gql.events import CaseEscalated, Named
from gql.rules.lifecycle import Status


def take(status: Status, in_progress: Status, assignee: Named | None, actor: Actor) -> bool:
    """Whether taking changes anything; taking one's own again does not. Raises NotNow (R-30, R-34)."""
    if status.id != in_progress.id:
        return True
    if assignee is not None and assignee.id != actor.user_id:
        raise NotNow(f"{assignee.name} has the case in progress. To take it over, assign it to yourself.")
    return assignee is None


def names_someone(assignee_id: int | None, group_id: int | None) -> None:
    """Assigning and escalating name an assignee, a group, or both. Raises Required (R-55)."""
    if assignee_id is None and group_id is None:
        raise Required("Name an assignee, an assignee group, or both.", field="assigneeId")


def can_be_assigned(active: bool, name: str, field: str) -> None:
    """Only active employees are given cases; of which group they are does not matter. Raises Invalid (R-36)."""
    if not active:
        raise Invalid(f"{name} is not active and cannot be given cases.", field=field)


def escalate(
    *,
    line: Named,
    level: int,
    to: Named,
    to_level: int,
    before: tuple[int | None, int | None],
    assignee: Named | None,
    group: Named | None,
    reason: str | None,
    actor: Actor,
) -> CaseEscalated:
    """Moves to another line, with whoever is named there and nobody else (R-55 to R-57).

    `before` is the id of assignee and group until now. Raises Required, NotNow, Forbidden.
    """
    named = (assignee.id if assignee else None, group.id if group else None)
    names_someone(*named)
    if to.id == line.id and before == named:
        raise NotNow("The case is on that line already, with the same assignee and group.", field="supportLineId")
    if to_level < level and not actor.may(Role.SUPERVISOR):
        raise Forbidden("Only a supervisor moves a case to a lower line.", field="supportLineId")
    return CaseEscalated(from_=line, to=to, assignee=assignee, assignee_group=group, reason=reason)
