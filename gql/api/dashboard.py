"""Figures about the cases that somebody may see, asked once or watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from gql import store
from gql.actor import Actor
from gql.api.case_lists import CaseFilter, narrowed
from gql.api.people import zone_of
from gql.engine.declare import Node, at_hand, given, held, value
from gql.engine.log import Sifted
from gql.enums import AuditKind, Period
from gql.events import EVENTS
from gql.events.people import LoginChanged, NotificationsMarked
from gql.realtime import Concerned, Realtime
from gql.rules.periods import Span, span_of
from gql.store.cases import was_visible_to
from gql.store.words import tokens

MOST_ASSIGNEES = 25
COUNTED = frozenset(
    name
    for name, event in EVENTS.items()
    if event.changes_case or event.changes_lookups or event.audited is AuditKind.USER
)
"""Entries after which figures may be others, or are given under another name."""
SEARCHED = EVENTS.keys() - {LoginChanged.entry, NotificationsMarked.entry}
"""Entries after which a search may find other cases: all but those of people coming, going and reading."""


@value
class Timespan:
    """A stretch of time that was asked for, worked out."""

    from_at: datetime
    to_at: datetime
    """The first instant that is no part of it."""


@value
class Tally:
    """A count under a name."""

    name: str
    node: Node | None = held(store.CaseStatus, store.CaseCategory, store.User)
    """What is counted under; null for cases that nobody has."""
    count: int


@value
class Dashboard:
    """Figures about cases over a period."""

    period: Timespan
    open: int
    """Cases that are in no final status now, whenever they were registered."""
    registered: int
    """Cases that were registered in the period."""
    resolved: int
    """Cases whose resolution is from the period. One that was resolved several times counts once, by the last; one that
    came back does not count until it is resolved again."""
    reopened: int
    """Cases that were brought back in the period. One that was brought back several times counts once, by the last."""
    satisfaction: float | None
    """Mean of the grades given in the period, in points; null when there were none. A case has one grade, the last."""
    by_status: list[Tally]
    """The open cases by status, in the order of the list of statuses; only those that have any."""
    by_category: list[Tally]
    """The open cases by category, in the order of the list of categories; only those that have any."""
    by_assignee: list[Tally]
    """The open cases by assignee, the most first; at most 25. Empty for customers."""


# ---------------------------------------------------------------- counting


async def figures(
    actor: Actor,
    lookups: store.Lookups,
    clock: Callable[[], datetime],
    period: Period,
    filter: CaseFilter | None = None,
) -> Dashboard:
    cases = store.Case.filter(store.Case.visible_to(actor) & narrowed(actor, lookups, of_a_period(filter)))
    span = spanned(actor, lookups, clock, period)
    counts = await _open(cases, lookups)

    def by(place: int) -> Counter[Any]:
        counted = Counter[Any]()
        for key, count in counts.items():
            counted[key[place]] += count
        return counted

    return Dashboard(
        period=Timespan(from_at=span.from_at, to_at=span.to_at),
        open=sum(counts.values()),
        registered=await cases.filter(within("registered_at", span)).count(),
        resolved=await cases.filter(within("resolved_at", span)).count(),
        reopened=await cases.filter(within("reopened_at", span)).count(),
        satisfaction=await _mean_grade(cases.filter(within("rated_at", span)), lookups),
        by_status=_tallies(by(0), lookups.statuses.values()),
        by_category=_tallies(by(1), lookups.categories.values()),
        by_assignee=await _assignees(by(2), actor) if actor.is_staff else [],
    )


def of_a_period(filter: CaseFilter | None) -> CaseFilter:
    """The filter as figures mean it: what happened to cases that have ended since counts, unless they are left out."""
    wanted = filter or CaseFilter()
    return replace(wanted, include_final=wanted.include_final is not False)


def spanned(actor: Actor, lookups: store.Lookups, clock: Callable[[], datetime], period: Period) -> Span:
    """The period in the viewer's time zone (R-11)."""
    return span_of(period, clock(), ZoneInfo(zone_of(actor.time_zone, lookups)))


def within(column: str, span: Span) -> Q:
    return Q(**{f"{column}__gte": span.from_at, f"{column}__lt": span.to_at})  # type: ignore[arg-type]


async def _open(cases: QuerySet[store.Case], lookups: store.Lookups) -> dict[tuple[int, int, int | None], int]:
    """How many cases are open, by status, category and assignee."""
    columns = ("status_id", "category_id", "assignee_id")
    # what the index holds is counted, so that no row is looked at
    counted = cases.filter(status_id__in=lookups.open_status_ids).annotate(number=Count("status_id")).group_by(*columns)
    rows: Iterable[Any] = await counted.values_list(*columns, "number")
    return {(status, category, assignee): number for status, category, assignee, number in rows}


async def _mean_grade(rated: QuerySet[store.Case], lookups: store.Lookups) -> float | None:
    counted = rated.annotate(number=Count("id")).group_by("satisfaction_level_id")
    rows: list[Any] = await counted.values_list("satisfaction_level_id", "number")
    points = [(lookups.satisfaction_levels[level].points, number) for level, number in rows if level is not None]
    given_in_all = sum(number for _, number in points)
    return sum(point * number for point, number in points) / given_in_all if given_in_all else None


def _tallies(counted: Counter[Any], rows: Iterable[Any]) -> list[Tally]:
    return [Tally(name=row.name, node=given(Node, row), count=counted[row.id]) for row in rows if counted[row.id]]


async def _assignees(counted: Counter[Any], actor: Actor) -> list[Tally]:
    most = sorted(counted.items(), key=lambda item: (-item[1], item[0] or 0))[:MOST_ASSIGNEES]
    users = store.User.filter(store.User.visible_to(actor), id__in=[key for key, _ in most if key is not None])
    named = {user.id: user for user in await users}
    return [
        Tally(name="Unassigned", node=None, count=count)
        if key is None
        else Tally(name=named[key].name, node=at_hand(Node, named[key]), count=count)
        for key, count in most
    ]


# ---------------------------------------------------------------- watching


async def figures_asked(actor: Actor, lookups: store.Lookups, filter: CaseFilter | None = None) -> None:
    """Raises what is wrong with the filter."""
    narrowed(actor, lookups, filter)


def alike_in_zone(actor: Actor) -> Actor | None:
    """Who sees every case gets the figures of all who do in his time zone."""
    return replace(actor.sight, time_zone=actor.time_zone) if actor.sees_all else None


def counted_again(
    actor: Actor,
    lookups: store.Lookups,
    log: Realtime,
    clock: Callable[[], datetime],
    period: Period,
    filter: CaseFilter | None = None,
) -> Sifted:
    """Figures may be others when cases that one sees were changed, when what they are counted by was, and when the
    period turns; with a search, also when something was said."""

    def until_the_turn() -> float:
        return (spanned(actor, lookups, clock, period).to_at - clock()).total_seconds()

    searching = filter is not None and bool(tokens(filter.search))
    return Sifted(log, changes_seen(actor, log, searching=searching), until_the_turn)


def changes_seen(actor: Actor, log: Realtime, *, searching: bool) -> Callable[[list[store.Entry]], Awaitable[bool]]:
    """Whether entries change what somebody counts: cases that he sees or saw, or what is no case's alone."""
    counted = SEARCHED if searching else COUNTED

    async def matters(batch: list[store.Entry]) -> bool:
        entries = [entry for entry in batch if entry.kind in counted]
        if not entries:
            return False
        if actor.sees_all or any(entry.case_id is None for entry in entries):
            return True
        return sees_some(actor, await log.concerned(batch)) or (searching and await _sees_one_of(entries, actor))

    return matters


def sees_some(actor: Actor, concerned: Concerned) -> bool:
    return any(was_visible_to(actor, case) for case in concerned.cases)


async def _sees_one_of(entries: list[store.Entry], actor: Actor) -> bool:
    """Whether something was said on a case that he sees."""
    said_on = store.Case.filter(store.Case.visible_to(actor), id__in={entry.case_id for entry in entries})
    return await said_on.exists()
