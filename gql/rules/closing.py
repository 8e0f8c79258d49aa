"""When the desk itself asks again for a grade of cases that were resolved, and when it closes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

RUNS_AT = time(3)
"""Once a day, in the desk's zone."""
DAY = timedelta(hours=24)
"""Whatever the clocks of the zone do meanwhile."""
LATEST = 7 * DAY
"""How long after the first period a customer is still asked: later he does not remember."""


def next_run(after: datetime, zone: str) -> datetime:
    """The next time of day at which resolved cases are closed, and what else waits for the night is done.

    `zone` is an IANA name, empty for UTC.
    """
    local = after.astimezone(ZoneInfo(zone or "UTC"))
    today = datetime.combine(local.date(), RUNS_AT, local.tzinfo)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), RUNS_AT, local.tzinfo)


def resolved_until(settings: Mapping[str, Any], now: datetime) -> datetime | None:
    """Cases that were resolved by then, and stayed so, are closed now (R-97); None where none are.

    The first period waits for the customer's grade, the second after asking again; without a second none are closed
    (R-98).
    """
    first: int
    second: int
    first, second = settings["FirstReevaluationWaitingDays"], settings["SecondReevaluationWaitingDays"]
    if not settings["CloseResolvedCases"] or not second:
        return None
    return now - (first + second) * DAY


def asked_again(settings: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime] | None:
    """Of cases that were resolved after the first and by the second of these times, and stayed so without a grade, the
    customers are asked again now (R-93); None where nobody is.

    Nobody is asked about a case that is to be closed now.
    """
    first: int = settings["FirstReevaluationWaitingDays"]
    if not settings["RequestRatingAgain"] or not first:
        return None
    until = now - first * DAY
    after, closed = until - LATEST, resolved_until(settings, now)
    return (after if closed is None else max(after, closed)), until
