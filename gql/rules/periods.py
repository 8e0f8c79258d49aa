"""The stretches of time that figures are counted over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gql.enums import Period

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to another, which is no part of it."""

    from_at: datetime
    to_at: datetime


def span_of(period: Period, now: datetime, zone: ZoneInfo) -> Span:
    """The day, week, month, quarter or year of the zone's calendar that the instant lies in (R-188).

    Its days begin at the zone's midnight, so they may have 23 or 25 hours; where clocks are set at midnight, a day
    begins at the first moment of its date.
    """
    first, after = _dates(period, now.astimezone(zone).date())
    return Span(_begin(first, zone), _begin(after, zone))


def _dates(period: Period, today: date) -> tuple[date, date]:
    if period is Period.TODAY:
        return today, today + timedelta(days=1)
    if period is Period.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=7)
    months = MONTHS[period]
    first = date(today.year, today.month - (today.month - 1) % months, 1)
    year, month = divmod(first.month - 1 + months, 12)
    return first, date(first.year + year, month + 1, 1)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
