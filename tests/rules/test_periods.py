"""The stretches that figures are counted over, in somebody's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gql.enums import Period
from gql.rules.periods import span_of


def spanned(period: Period, now: str, zone: str) -> tuple[str, str]:
    span = span_of(period, datetime.fromisoformat(now), ZoneInfo(zone))
    return span.from_at.isoformat().replace("+00:00", "Z"), span.to_at.isoformat().replace("+00:00", "Z")


@pytest.mark.rule("R-188")
@pytest.mark.parametrize(
    ("period", "from_at", "to_at"),
    [
        (Period.TODAY, "2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"),
        (Period.WEEK, "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"),
        (Period.MONTH, "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"),
        (Period.QUARTER, "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z"),
        (Period.YEAR, "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
    ],
)
def test_a_period_is_one_of_the_calendar_where_the_viewer_is(period: Period, from_at: str, to_at: str) -> None:
    assert spanned(period, "2026-11-22T09:00:00Z", "Europe/Berlin") == (from_at, to_at)


@pytest.mark.rule("R-188")
def test_the_same_instant_is_of_another_day_elsewhere() -> None:
    assert spanned(Period.TODAY, "2026-11-22T09:00:00Z", "Pacific/Kiritimati")[0] == "2026-11-21T10:00:00Z"
    assert spanned(Period.TODAY, "2026-11-22T09:00:00Z", "Pacific/Pago_Pago")[0] == "2026-11-21T11:00:00Z"


@pytest.mark.rule("R-188")
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param("Europe/Berlin", "2026-03-29", 23, id="clocks are put forward"),
        pytest.param("Europe/Berlin", "2026-10-25", 25, id="clocks are put back"),
        pytest.param("Africa/Cairo", "2026-04-24", 23, id="the day has no midnight"),
        pytest.param("America/Havana", "2026-11-01", 25, id="the day has midnight twice"),
    ],
)
def test_a_day_on_which_clocks_are_set_has_other_hours(zone: str, day: str, hours: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo(zone))
    span = span_of(Period.TODAY, noon, ZoneInfo(zone))
    assert span.to_at - span.from_at == timedelta(hours=hours)
    assert span.from_at.astimezone(ZoneInfo(zone)).date().isoformat() == day


@pytest.mark.rule("R-188")
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Asia/Kolkata"])
@pytest.mark.parametrize("period", list(Period))
def test_periods_follow_each_other_without_a_gap(period: Period, zone: str) -> None:
    at = datetime.fromisoformat("2025-12-31T23:59:59Z")
    for _ in range(500 if period is Period.TODAY else 60):
        span = span_of(period, at, ZoneInfo(zone))
        assert span.from_at <= at < span.to_at
        following = span_of(period, span.to_at, ZoneInfo(zone))
        assert following.from_at == span.to_at
        at = span.to_at
