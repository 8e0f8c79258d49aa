"""What a grade does to a case: the rule itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gql.rules import satisfaction
from tests.rules.statuses import ANSWERED, CLOSED, DELIVERED, REOPENED, RESOLVED, Status

RESOLVED_AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
BEFORE, AFTER = RESOLVED_AT - timedelta(minutes=1), RESOLVED_AT + timedelta(minutes=1)


@pytest.mark.rule("R-87")
@pytest.mark.rule("R-91")
@pytest.mark.parametrize("status", DELIVERED, ids=[status.code for status in DELIVERED])
def test_only_a_resolved_case_is_led_to_another_status(status: Status) -> None:
    for after in (REOPENED, CLOSED):
        assert satisfaction.follows(status, after) == (after if status is RESOLVED else None)


@pytest.mark.rule("R-24")
def test_a_resolved_status_of_the_desks_own_is_led_on_as_the_delivered_one_is() -> None:
    assert satisfaction.follows(ANSWERED, CLOSED) is CLOSED


@pytest.mark.rule("R-87")
def test_a_grade_that_names_no_status_leaves_the_case_where_it_is() -> None:
    assert satisfaction.follows(RESOLVED, None) is None
    assert satisfaction.follows(RESOLVED, RESOLVED) is None


@pytest.mark.rule("R-91")
@pytest.mark.parametrize(
    ("status", "same", "rated_at", "repeats"),
    [
        pytest.param(RESOLVED, True, AFTER, True, id="the same of this resolution"),
        pytest.param(RESOLVED, True, BEFORE, False, id="the same of a resolution before"),
        pytest.param(RESOLVED, False, AFTER, False, id="another"),
        pytest.param(CLOSED, True, BEFORE, True, id="the same of a case that has ended"),
        pytest.param(CLOSED, False, BEFORE, False, id="another of a case that has ended"),
    ],
)
def test_the_same_grade_says_nothing_new(status: Status, same: bool, rated_at: datetime, repeats: bool) -> None:
    assert satisfaction.repeats(status, same=same, rated_at=rated_at, resolved_at=RESOLVED_AT) is repeats
