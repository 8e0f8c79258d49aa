"""Resolved cases that nobody grades: the desk asks their customers again by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gql.settings import Settings
from gql.store import Case, Entry, Job, Login, Notification, database
from tests.api.setting_up import put, registered_as, row_id, with_setting, with_status
from tests.api.test_closing_by_itself import Clock, clock, day_passes, desk, settings, started, status
from tests.running import Desk, running

__all__ = ["clock", "desk", "settings"]  # fixtures, which pytest finds here by their names

SHOWN = "__typename summary actor { __typename name }"
REQUEST = {
    "__typename": "RatingRequested",
    "summary": "Asked for a grade.",
    "actor": {"__typename": "SystemActor", "name": "Desk"},
}
TOLD = "{ viewer { notifications { nodes { reason entry { __typename case { id } } } } } }"


async def asked(desk: Desk, id: str) -> int:
    """How often the customer was asked."""
    with desk.database():
        return await Entry.filter(case_id=row_id(id), kind="RatingRequested").count()


async def told(desk: Desk, login: str) -> list[tuple[str, str]]:
    """For which requests somebody was told why: the reason and the case."""
    nodes = (await desk.run(login, TOLD))["viewer"]["notifications"]["nodes"]
    requests = [node for node in nodes if node["entry"]["__typename"] == "RatingRequested"]
    return [(node["reason"], node["entry"]["case"]["id"]) for node in requests]


@pytest.mark.rule("R-93")
async def test_whoever_has_not_graded_for_a_day_is_asked_in_the_night_after_and_once(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")  # Monday noon
    for at, times in (
        (datetime(2026, 5, 5, 3, tzinfo=UTC), 0),
        (datetime(2026, 5, 5, 13, tzinfo=UTC), 0),  # a day has passed, and it waits for the night
        (datetime(2026, 5, 6, 2, 59, tzinfo=UTC), 0),
        (datetime(2026, 5, 6, 3, tzinfo=UTC), 1),
        (datetime(2026, 5, 7, 3, tzinfo=UTC), 1),
    ):
        clock.now = at
        await day_passes(desk, clock)
        assert await asked(desk, id) == times, at
    assert await status(desk, id) == "CLOSED"


@pytest.mark.rule("R-93")
async def test_the_customer_reads_in_the_history_and_in_his_notifications_that_he_was_asked(
    desk: Desk, clock: Clock
) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=1)
    await day_passes(desk, clock)
    for login in ("vera", "anna"):
        assert (await desk.history(login, id, SHOWN))[-1] == REQUEST
    assert await told(desk, "vera") == [("RATING_REQUESTED", id)]


@pytest.mark.rule("R-93")
async def test_the_customer_is_asked_live(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=1)
    added = "subscription($id: ID!) { caseHistoryAdded(caseId: $id) { __typename } }"
    received = "subscription { notificationReceived { reason entry { __typename } } }"
    async with desk.stream("vera", added, id=id) as history, desk.stream("vera", received) as notifications:
        await day_passes(desk, clock)
        assert await history.next() == {"__typename": "RatingRequested"}
        assert await notifications.next() == {
            "reason": "RATING_REQUESTED",
            "entry": {"__typename": "RatingRequested"},
        }


@pytest.mark.rule("R-93")
async def test_those_who_watch_the_case_are_left_in_peace(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    for login in ("ben", "vera"):
        await desk.done(login, "watchCase", caseId=id, watch=True)
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert await told(desk, "ben") == []
    assert await told(desk, "vera") == [("RATING_REQUESTED", id)]  # as the one who is asked


@pytest.mark.rule("R-93")
@pytest.mark.rule("R-171")
async def test_to_be_asked_about_a_case_is_no_change_of_it(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    before = await desk.case("anna", id, "cursor changedAt")
    clock.forward(days=1)
    async with desk.stream("anna", "subscription { casesChanged(filter: {}) { caseId } }") as changes:
        await day_passes(desk, clock)
        assert await asked(desk, id) == 1
        await changes.nothing()
    assert (await desk.case("anna", id, "changedAt"))["changedAt"] == before["changedAt"]
    await desk.done("anna", "reopenCase", caseId=id, unlessChangedSince=before["cursor"])


# ---------------------------------------------------------------- who is not asked


@pytest.mark.rule("R-93")
async def test_whoever_graded_meanwhile_is_not_asked(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    nowhere = {"satisfactionLevelId": desk.ids["Good"], "statusAfterId": None}
    await desk.done("otto", "editSatisfactionLevel", **nowhere)
    await desk.done("vera", "rateCase", by={"caseId": id}, levelId=desk.ids["Good"])
    assert await status(desk, id) == "RESOLVED"
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert await asked(desk, id) == 0


@pytest.mark.rule("R-93")
async def test_of_a_case_that_was_resolved_anew_the_customer_is_asked_anew(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=1)
    await day_passes(desk, clock)
    await desk.done("vera", "rateCase", by={"caseId": id}, levelId=desk.ids["Poor"])
    assert await status(desk, id) == "REOPENED"
    clock.forward(days=5)
    await day_passes(desk, clock)
    assert await asked(desk, id) == 1  # it is worked on
    await desk.done("anna", "resolveCase", caseId=id, resolution="Once more.")
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert await asked(desk, id) == 2


async def without_contact(desk: Desk, id: str) -> None:
    await put(desk, id, contact_id=None)


async def erased(desk: Desk, id: str) -> None:
    await desk.done("otto", "eraseContact", contactId=desk.ids["vera"])


async def waiting(desk: Desk, id: str) -> None:
    await desk.done("anna", "reopenCase", caseId=id)
    await desk.done("anna", "changeCaseStatus", caseId=id, statusId=desk.ids["WAITING"])


async def canceled(desk: Desk, id: str) -> None:
    await desk.done("anna", "reopenCase", caseId=id)
    await desk.done("anna", "cancelCase", caseId=id, closureCodeId=desk.ids["No fault found"])


@pytest.mark.rule("R-93")
@pytest.mark.parametrize("became", [without_contact, erased, waiting, canceled])
async def test_nobody_is_asked_about_a_case_that_became(
    desk: Desk, clock: Clock, became: Callable[[Desk, str], Awaitable[None]]
) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    await became(desk, id)
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert await asked(desk, id) == 0


@pytest.mark.rule("R-93")
async def test_of_cases_that_were_merged_the_customer_of_the_one_that_goes_on_is_asked(
    desk: Desk, clock: Clock
) -> None:
    await started(desk, clock)
    merged = await desk.register("anna", contactId=desk.ids["paul"])
    id = await registered_as(desk, "IN_PROGRESS")
    await desk.done("dora", "mergeCases", caseId=merged["id"], intoCaseId=id)
    await desk.done("anna", "resolveCase", caseId=id, resolution="For both.")
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert (await asked(desk, merged["id"]), await asked(desk, id)) == (0, 1)
    assert (await told(desk, "paul"), await told(desk, "vera")) == ([], [("RATING_REQUESTED", id)])
    assert "RatingRequested" not in [entry["__typename"] for entry in await desk.history("paul", merged["id"])]


@pytest.mark.rule("R-93")
@pytest.mark.rule("R-143")
async def test_whoever_cannot_sign_in_or_does_not_want_it_is_not_told(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    other = await registered_as(desk, "RESOLVED", contactId=desk.ids["paul"])
    unwanted = {"reason": "RATING_REQUESTED", "channel": "IN_APP", "wanted": False}
    await desk.done("vera", "changeNotificationPreferences", preferences=[unwanted])
    with desk.database():
        await Login.filter(name="paul").update(active=False)
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert (await asked(desk, id), await asked(desk, other)) == (1, 1)
    with desk.database():
        assert not await Notification.filter(reason="RATING_REQUESTED").exists()


# ---------------------------------------------------------------- settings


@pytest.mark.rule("R-93")
@pytest.mark.rule("R-98")
@pytest.mark.parametrize(
    ("changed", "asked_on", "closed_on"),
    [
        pytest.param({}, 2, 3, id="as delivered"),
        pytest.param({"RequestRatingAgain": False}, None, 3, id="switched off alone"),
        pytest.param({"CloseResolvedCases": False}, 2, None, id="none are closed"),
        pytest.param({"FirstReevaluationWaitingDays": 0}, None, 2, id="no first period"),
        pytest.param({"SecondReevaluationWaitingDays": 0}, 2, None, id="no second period"),
        pytest.param({"FirstReevaluationWaitingDays": 3, "SecondReevaluationWaitingDays": 2}, 4, 6, id="longer"),
    ],
)
async def test_settings_say_whether_and_when_it_is_asked(
    settings: Settings, clock: Clock, changed: dict[str, Any], asked_on: int | None, closed_on: int | None
) -> None:
    async with database.opened(settings.database_url, pool_size=2):
        for code, value in changed.items():
            await with_setting(code, value)()
    async with running(settings, clock) as desk:
        await started(desk, clock)
        id = await registered_as(desk, "RESOLVED")
        for day in range(1, 9):
            clock.now = datetime(2026, 5, 4 + day, 3, tzinfo=UTC)
            await day_passes(desk, clock)
            assert await asked(desk, id) == (1 if asked_on is not None and day >= asked_on else 0), day
            closed = closed_on is not None and day >= closed_on
            assert await status(desk, id) == ("CLOSED" if closed else "RESOLVED"), day


@pytest.mark.rule("R-93")
async def test_a_resolved_status_of_the_desks_own_is_asked_about_like_the_delivered_one(
    settings: Settings, clock: Clock
) -> None:
    async with database.opened(settings.database_url, pool_size=2):
        await with_status("ANSWERED", like="RESOLVED", name="Answered")()
    async with running(settings, clock) as desk:
        await started(desk, clock)
        case = await desk.register()
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution="So.", statusId=desk.ids["ANSWERED"])
        clock.forward(days=1)
        await day_passes(desk, clock)
        assert await asked(desk, case["id"]) == 1


# ---------------------------------------------------------------- late, twice, beside each other


@pytest.mark.rule("R-93")
@pytest.mark.rule("R-98")
@pytest.mark.parametrize(("late", "times"), [(6, 1), (8, 0)])
async def test_a_clock_that_stood_still_asks_once_when_it_runs_again_and_nobody_after_more_than_a_week(
    settings: Settings, clock: Clock, late: int, times: int
) -> None:
    async with database.opened(settings.database_url, pool_size=2):
        await with_setting("CloseResolvedCases", False)()
    async with running(settings, clock) as desk:
        await started(desk, clock)
        id = await registered_as(desk, "RESOLVED")
        clock.forward(days=1 + late)
        for _ in range(3):
            await day_passes(desk, clock)
        assert await asked(desk, id) == times


@pytest.mark.rule("R-93")
async def test_nobody_is_asked_about_a_case_that_is_closed_the_same_night(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=3)
    await day_passes(desk, clock)
    assert (await status(desk, id), await asked(desk, id)) == ("CLOSED", 0)


@pytest.mark.rule("R-93")
@pytest.mark.rule("R-98")
async def test_clocks_that_run_beside_each_other_ask_each_customer_once(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    ids = [await registered_as(desk, "RESOLVED") for _ in range(5)]
    clock.forward(days=1)
    await asyncio.gather(*(day_passes(desk, clock) for _ in range(4)))
    assert [await asked(desk, id) for id in ids] == [1] * 5
    assert sorted(await told(desk, "vera")) == sorted(("RATING_REQUESTED", id) for id in ids)
    with desk.database():  # as if its worker had died before it said that it was done
        await Job.filter(name="ask again for grades").update(due_at=clock(), holder=None, leased_until=None)
        assert await Case.filter(rating_requested_at=clock(), version=2).count() == 5
    await day_passes(desk, clock)
    assert [await asked(desk, id) for id in ids] == [1] * 5
