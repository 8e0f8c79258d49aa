"""From what was done to who is told: pure, computed once on the final state of the action."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gql.actor import Actor
from gql.enums import Audience, NotificationChannel, NotificationReason
from gql.events.cases import CaseAssigned, CaseEscalated, CaseRegistered, CaseStatusChanged, RatingRequested
from gql.events.conversation import FeedPostEdited, PostedToFeed, PostedToPortal
from gql.events.event import Event
from gql.events.tasks import TaskAdded, TaskChanged


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
    customer_id: int | None = None
    """The contact of the case."""
    watchers: Collection[Person] = field(default_factory=tuple)
    own_assignment: bool = False
    """Whether whoever assigns a case to himself is told of it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One person is told of one of the events, by its place in the list."""

    person: Person
    reason: NotificationReason
    event: int
    in_place_of: int | None = None
    """The absent colleague whom it is meant for."""


def concerns_anyone(events: Sequence[Event], mentioned: Collection[int], *, watched: bool) -> bool:
    """Whether `notices` may tell somebody. Most posts are for nobody in particular and not looked at further."""
    return watched or bool(mentioned) or not all(isinstance(event, PostedToFeed | FeedPostEdited) for event in events)


def notices(done: Done) -> list[Notice]:
    """Who is told, why and of what: nobody twice, and nobody of his own doing (R-40 to R-49, R-66, R-143).

    `delivered` says whom of them it reaches.
    """
    told: dict[Person, Notice] = {}

    def tell(people: Collection[Person], reason: NotificationReason, event: int) -> None:
        of_own_doing = done.own_assignment and reason is NotificationReason.ASSIGNED
        for person in people:
            if of_own_doing or not _is(person, done.actor):
                told.setdefault(person, Notice(person, reason, event))

    def employees(ids: Collection[int]) -> list[Person]:
        return [Person(user_id=i) for i in ids]

    post = _last(done, PostedToFeed, FeedPostEdited)
    if post is not None:
        tell(employees(done.mentioned), NotificationReason.MENTIONED, post)

    handed = _last(done, CaseAssigned, CaseEscalated)
    moved = handed if handed is not None else _last(done, CaseRegistered, CaseStatusChanged)
    if moved is not None and _handed_over(done):
        if done.after.assignee_id is not None:
            tell(employees([done.after.assignee_id]), NotificationReason.ASSIGNED, moved)
        else:
            tell(employees(done.members), NotificationReason.GROUP_ASSIGNED, moved)

    for place, event in enumerate(done.events):
        if isinstance(event, TaskAdded | TaskChanged) and event.owner is not None:
            tell(employees([event.owner.id]), NotificationReason.TASK_ASSIGNED, place)

    message = _last(done, PostedToPortal)
    if message is not None and not done.actor.is_staff and done.after.active and done.after.assignee_id is not None:
        tell(employees([done.after.assignee_id]), NotificationReason.CUSTOMER_REPLIED, message)

    customer = [Person(contact_id=done.customer_id)] if done.customer_id is not None else []
    asked = _last(done, RatingRequested)
    if asked is not None:
        tell(customer, NotificationReason.RATING_REQUESTED, asked)
    news = _last_such(done, lambda event: is_news_to_the_customer(event, done.actor))
    if news is not None:
        tell(customer, NotificationReason.OWN_CASE, news)

    loud = [i for i, event in enumerate(done.events) if not event.quiet]
    if loud:
        tell([p for p in done.watchers if p.user_id], NotificationReason.WATCHING, loud[-1])
    shown = [i for i in loud if done.events[i].audience is Audience.CUSTOMER]
    if shown:
        tell([p for p in done.watchers if p.contact_id], NotificationReason.WATCHING, shown[-1])
    return list(told.values())


def is_news_to_the_customer(event: Event, actor: Actor) -> bool:
    """Whether the contact of the case is told though he does not watch it: a new status, a word of the desk (R-143)."""
    return isinstance(event, CaseStatusChanged) or (isinstance(event, PostedToPortal) and actor.is_staff)


def _handed_over(done: Done) -> bool:
    """Whether an active case came to a new side, was escalated, or a side's case became active (R-40 to R-45, R-59)."""
    before, after = done.before, done.after
    if not after.active:
        return False
    if before is None or not before.active or _last(done, CaseEscalated) is not None:
        return True
    return (before.assignee_id, before.group_id) != (after.assignee_id, after.group_id)


def _last(done: Done, *kinds: type[Event]) -> int | None:
    return _last_such(done, lambda event: isinstance(event, kinds))


def _last_such(done: Done, fits: Callable[[Event], bool]) -> int | None:
    return next((i for i in range(len(done.events) - 1, -1, -1) if fits(done.events[i])), None)


# ---------------------------------------------------------------- whom it reaches


Preferences = Mapping[str, Mapping[str, bool]]
"""What somebody wants otherwise than by default, by channel and reason."""

BY_DEFAULT = {NotificationChannel.IN_APP: True}
"""Whether a channel carries what nobody has decided about."""
OF_CUSTOMERS_ALONE = (NotificationReason.RATING_REQUESTED, NotificationReason.OWN_CASE)
OF_CUSTOMERS = (*OF_CUSTOMERS_ALONE, NotificationReason.WATCHING)
OF_EMPLOYEES = tuple(reason for reason in NotificationReason if reason not in OF_CUSTOMERS_ALONE)


def reasons_for(actor: Actor) -> Sequence[NotificationReason]:
    """The reasons for which somebody like the actor can be told."""
    return OF_EMPLOYEES if actor.is_staff else OF_CUSTOMERS


def wants(preferences: Preferences | None, reason: NotificationReason, channel: NotificationChannel) -> bool:
    return (preferences or {}).get(channel, {}).get(reason, BY_DEFAULT[channel])


def with_preference(
    preferences: Preferences | None, reason: NotificationReason, channel: NotificationChannel, wanted: bool
) -> Preferences | None:
    """The preferences with one decision more; what is as it would be anyway is not kept."""
    kept = {name: dict(reasons) for name, reasons in (preferences or {}).items()}
    of_channel = kept.setdefault(channel.value, {})
    if wanted is BY_DEFAULT[channel]:
        of_channel.pop(reason.value, None)
    else:
        of_channel[reason.value] = wanted
    return {name: reasons for name, reasons in kept.items() if reasons} or None


@dataclass(frozen=True, slots=True)
class Addressee:
    """What is known of somebody who may be told."""

    preferences: Preferences | None = None
    away: bool = False
    replacement_id: int | None = None
    """The colleague who stands in."""


def delivered(
    found: Sequence[Notice], known: Mapping[Person, Addressee], actor: Actor, channel: NotificationChannel
) -> list[Notice]:
    """Those that reach somebody by a channel, and what the replacements of the absent get besides (R-47, R-185, R-186).

    Whoever is not `known` is not active, or a customer who cannot sign in. A replacement is told of what the absent
    would be told, but for what he only watches; who hears of it himself is not told twice.
    """

    def reaches(person: Person, reason: NotificationReason) -> bool:
        return person in known and wants(known[person].preferences, reason, channel)

    told = {notice.person: notice for notice in found if reaches(notice.person, notice.reason)}
    for notice in list(told.values()):
        if notice.reason is NotificationReason.WATCHING or not known[notice.person].away:
            continue
        instead = stand_in(notice.person, known)
        if instead is None or _is(instead, actor) or not reaches(instead, notice.reason):
            continue
        told.setdefault(instead, replace(notice, person=instead, in_place_of=notice.person.user_id))
    return list(told.values())


def stand_in(absent: Person, known: Mapping[Person, Addressee]) -> Person | None:
    """The first one down the line of replacements who is there; None where the line ends or goes in a circle."""
    passed, now = {absent}, absent
    while known[now].away:
        now = Person(user_id=known[now].replacement_id)
        if now in passed or now not in known:
            return None
        passed.add(now)
    return now


def _is(person: Person, actor: Actor) -> bool:
    return person.user_id == actor.user_id and person.contact_id == actor.contact_id
