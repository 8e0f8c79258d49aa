"""From what was done to who is told: pure, computed once on the final state of the action."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gql.actor import Actor
from gql.enums import Audience, NotificationReason
from gql.events import (
    CaseAssigned,
    CaseEscalated,
    CaseRegistered,
    CaseStatusChanged,
    Event,
    PostedToFeed,
    PostedToPortal,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be told: an employee or a contact."""

    user_id: int | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A case's working side, before or after the action."""

    active: bool
    assignee_id: int | None
    group_id: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """All that one action did to one case."""

    actor: Actor
    events: Sequence[Event]
    before: Side | None
    """None for a case that was just registered."""
    after: Side
    members: Collection[int] = ()
    """Active employees of the group that the case has after the action."""
    mentioned: Collection[int] = ()
    watchers: Collection[Person] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Notice:
    """One person is told of one of the events, by its place in the list."""

    person: Person
    reason: NotificationReason
    event: int


def notices(done: Done) -> list[Notice]:
    """Who is told, why and of what: nobody twice, and nobody of his own doing (R-40 to R-49, R-66)."""
    told: dict[Person, Notice] = {}

    def tell(people: Collection[Person], reason: NotificationReason, event: int) -> None:
        for person in people:
            own = person.user_id == done.actor.user_id and person.contact_id == done.actor.contact_id
            if not own:
                told.setdefault(person, Notice(person, reason, event))

    def employees(ids: Collection[int]) -> list[Person]:
        return [Person(user_id=i) for i in ids]

    post = _last(done, PostedToFeed)
    if post is not None:
        tell(employees(done.mentioned), NotificationReason.MENTIONED, post)

    handed = _last(done, CaseAssigned, CaseEscalated)
    moved = handed if handed is not None else _last(done, CaseRegistered, CaseStatusChanged)
    if moved is not None and _handed_over(done):
        if done.after.assignee_id is not None:
            tell(employees([done.after.assignee_id]), NotificationReason.ASSIGNED, moved)
        else:
            tell(employees(done.members), NotificationReason.GROUP_ASSIGNED, moved)

    message = _last(done, PostedToPortal)
    if message is not None and not done.actor.is_staff and done.after.active and done.after.assignee_id is not None:
        tell(employees([done.after.assignee_id]), NotificationReason.CUSTOMER_REPLIED, message)

    if done.events:
        tell([p for p in done.watchers if p.user_id], NotificationReason.WATCHING, len(done.events) - 1)
    shown = [i for i, event in enumerate(done.events) if event.audience is Audience.CUSTOMER]
    if shown:
        tell([p for p in done.watchers if p.contact_id], NotificationReason.WATCHING, shown[-1])
    return list(told.values())


def _handed_over(done: Done) -> bool:
    """Whether an active case came to a new side, was escalated, or a side's case became active (R-40 to R-45, R-59)."""
    before, after = done.before, done.after
    if not after.active:
        return False
    if before is None or not before.active or _last(done, CaseEscalated) is not None:
        return True
    return (before.assignee_id, before.group_id) != (after.assignee_id, after.group_id)


def _last(done: Done, *kinds: type[Event]) -> int | None:
    return next((i for i in range(len(done.events) - 1, -1, -1) if isinstance(done.events[i], kinds)), None)
