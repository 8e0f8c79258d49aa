"""Who works on a case: taking, assigning, escalating."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from gql.actor import Actor
from gql.enums import Role
from gql.errors import Forbidden, Invalid, NotNow, Required
from gql.events.cases import CaseEscalated
from gql.events.event import Named
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


def can_be_assigned(active: bool, name: str, field: str | None) -> None:
    """Only active employees are given cases; of which group they are does not matter. Raises Invalid (R-36)."""
    if not active:
        raise Invalid(f"{name} is not active and cannot be given cases.", field=field)


def is_away(from_at: datetime | None, until_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who set an absence, or none, is out of office (R-186)."""
    return from_at is not None and until_at is not None and from_at <= now < until_at


MOST_PROPOSED = 50
"""Employees who are offered for one line."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active employee, as far as it matters to whom a case is offered."""

    id: int
    name: str
    group_ids: frozenset[int]
    is_away: bool
    open_cases: int


def proposed(colleagues: Iterable[Colleague], group_ids: Collection[int]) -> list[Colleague]:
    """Members of these groups, as a case is offered to them: fewest open cases first, who is away last (R-58)."""
    members = (one for one in colleagues if not one.group_ids.isdisjoint(group_ids))
    return sorted(members, key=lambda one: (one.is_away, one.open_cases, one.name, one.id))[:MOST_PROPOSED]


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
