"""What the desk does to resolved cases by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise.expressions import F, Q, Subquery

from gql.actions.lifecycle import lead_to
from gql.actions.unit_of_work import Work
from gql.events.cases import RatingRequested
from gql.rules import closing
from gql.store.cases import Case
from gql.store.lookups import Lookups
from gql.store.people import Contact
from gql.store.sight import NOTHING


async def due(lookups: Lookups, now: datetime, most: int) -> Sequence[int]:
    """Ids of cases that have been resolved for long enough, the longest first, at most so many (R-97 to R-99)."""
    return await _longest(_due(lookups, now), most)


async def close(work: Work, ids: Sequence[int]) -> int:
    """Closes those of the cases that are due still; how many. What somebody else is changing now is passed over."""
    cases = await work.cases(Q(id__in=ids) & _due(work.lookups, work.now))
    closed = work.lookups.status("CLOSED")
    for case in cases:
        await lead_to(work, case, closed)
    return len(cases)


async def ungraded(lookups: Lookups, now: datetime, most: int) -> Sequence[int]:
    """Ids of cases about whose grade the customer is to be asked again, the longest resolved first, at most so many
    (R-93)."""
    return await _longest(_ungraded(lookups, now), most)


async def ask_again(work: Work, ids: Sequence[int]) -> int:
    """Asks about those of the cases that are ungraded still, and not asked about since they were resolved; how many."""
    cases = await work.cases(Q(id__in=ids) & _ungraded(work.lookups, work.now))
    for case in cases:
        work.record(case, RatingRequested())
    # not by the unit of work, which writes what changes a case
    await Case.filter(id__in=[case.id for case in cases]).update(rating_requested_at=work.now)
    return len(cases)


async def _longest(condition: Q, most: int) -> Sequence[int]:
    rows: Any = Case.filter(condition).order_by("resolved_at", "id").limit(most).values_list("id", flat=True)
    return await rows  # type: ignore[no-any-return]


def _due(lookups: Lookups, now: datetime) -> Q:
    until = closing.resolved_until(lookups.settings, now)
    return NOTHING if until is None else _resolved(lookups, until)


def _ungraded(lookups: Lookups, now: datetime) -> Q:
    between = closing.asked_again(lookups.settings, now)
    if between is None:
        return NOTHING
    after, until = between
    people = Subquery(Contact.filter(erased_at__isnull=True).values("id"))
    not_rated = Q(rated_at__isnull=True) | Q(rated_at__lt=F("resolved_at"))
    not_asked = Q(rating_requested_at__isnull=True) | Q(rating_requested_at__lt=F("resolved_at"))
    return _resolved(lookups, until) & Q(resolved_at__gt=after, contact_id__in=people) & not_rated & not_asked


def _resolved(lookups: Lookups, until: datetime) -> Q:
    """Cases that were resolved by then, and are still."""
    statuses = [status.id for status in lookups.statuses.values() if status.is_resolved]
    return Q(status_id__in=statuses, resolved_at__lte=until)
