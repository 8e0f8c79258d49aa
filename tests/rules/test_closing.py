"""When the desk asks again about what stayed resolved, and when it closes that by itself: the rules themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.rules import closing

NOW = datetime(2026, 5, 4, 3, tzinfo=UTC)
DEFAULT = {
    "CloseResolvedCases": True,
    "RequestRatingAgain": True,
    "FirstReevaluationWaitingDays": 1,
    "SecondReevaluationWaitingDays": 1,
}


@pytest.mark.rule("R-97")
@pytest.mark.parametrize(
    ("after", "zone", "runs_at"),
    [
        ("2026-05-04T02:59:59+00:00", "", "2026-05-04T03:00:00+00:00"),
        ("2026-05-04T03:00:00+00:00", "", "2026-05-05T03:00:00+00:00"),
        ("2026-05-04T12:00:00+00:00", "UTC", "2026-05-05T03:00:00+00:00"),
        ("2026-05-04T12:00:00+00:00", "Europe/Berlin", "2026-05-05T01:00:00+00:00"),
        ("2026-05-04T00:30:00+00:00", "Europe/Berlin", "2026-05-04T01:00:00+00:00"),
        ("2026-03-28T12:00:00+00:00", "Europe/Berlin", "2026-03-29T01:00:00+00:00"),  # the clocks go forward at two
        ("2026-10-24T12:00:00+00:00", "Europe/Berlin", "2026-10-25T02:00:00+00:00"),  # and back at three
        ("2026-05-04T12:00:00+00:00", "America/New_York", "2026-05-05T07:00:00+00:00"),
        ("2026-05-04T12:00:00+00:00", "Pacific/Auckland", "2026-05-04T15:00:00+00:00"),
    ],
)
def test_it_is_done_every_day_at_three_in_the_desks_zone(after: str, zone: str, runs_at: str) -> None:
    assert closing.next_run(datetime.fromisoformat(after), zone) == datetime.fromisoformat(runs_at)


@pytest.mark.rule("R-97")
@pytest.mark.rule("R-98")
@pytest.mark.parametrize(
    ("changed", "days"),
    [
        pytest.param({}, 2, id="by default"),
        pytest.param({"FirstReevaluationWaitingDays": 3, "SecondReevaluationWaitingDays": 4}, 7, id="a week"),
        pytest.param({"FirstReevaluationWaitingDays": 0}, 1, id="nobody is asked again"),
        pytest.param({"SecondReevaluationWaitingDays": 0}, None, id="none are closed"),
        pytest.param({"CloseResolvedCases": False}, None, id="switched off"),
    ],
)
def test_what_stayed_resolved_for_both_periods_is_closed(changed: dict[str, Any], days: int | None) -> None:
    until = closing.resolved_until({**DEFAULT, **changed}, NOW)
    assert until == (None if days is None else NOW - timedelta(days=days))


@pytest.mark.rule("R-93")
@pytest.mark.rule("R-98")
@pytest.mark.parametrize(
    ("changed", "days"),
    [
        pytest.param({}, (2, 1), id="by default"),
        pytest.param({"FirstReevaluationWaitingDays": 3, "SecondReevaluationWaitingDays": 4}, (7, 3), id="a week"),
        pytest.param({"SecondReevaluationWaitingDays": 30}, (8, 1), id="nobody after more than a week"),
        pytest.param({"SecondReevaluationWaitingDays": 0}, (8, 1), id="no second period"),
        pytest.param({"CloseResolvedCases": False}, (8, 1), id="none are closed"),
        pytest.param({"FirstReevaluationWaitingDays": 0}, None, id="no first period"),
        pytest.param({"RequestRatingAgain": False}, None, id="switched off"),
    ],
)
def test_what_stayed_resolved_for_the_first_period_is_asked_about_until_it_is_closed(
    changed: dict[str, Any], days: tuple[int, int] | None
) -> None:
    between = closing.asked_again({**DEFAULT, **changed}, NOW)
    assert between == (None if days is None else tuple(NOW - timedelta(days=number) for number in days))
