"""Resolved cases that nobody grades or answers: the desk closes them by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gql import scheduler
from gql.actions.unit_of_work import Work
from gql.app import running_clock
from gql.scheduler import DUTIES, Scheduler
from gql.settings import Settings
from gql.store import Case, Entry, Job, Lookups, Notification, database
from tests.api.setting_up import DELIVERED, registered_as, row_id, with_setting, with_status
from tests.processes import own_redis
from tests.running import Desk, running

OUTCOME = "status { code } outcome { closureCode { name } resolvedAt endedAt }"
TOLD = "{ viewer { notifications { nodes { reason entry { __typename case { id } } } } } }"


class Clock:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Servers without a clock: the tests run one, when it suits the story. Tokens last through the days."""
    return settings.model_copy(update={"clock": False, "token_minutes": 10**6})


@pytest.fixture
async def desk(settings: Settings, clock: Clock) -> AsyncIterator[Desk]:
    async with running(settings, clock) as desk:
        yield desk


async def day_passes(desk: Desk, clock: Callable[[], datetime]) -> None:
    """What is due by now is done."""
    with desk.database():
        await Scheduler(clock, desk.app.state.desk.realtime.ring).run_due()


async def started(desk: Desk, clock: Callable[[], datetime]) -> None:
    """A clock ran before, so that the first run of each duty has its time."""
    await day_passes(desk, clock)


async def status(desk: Desk, id: str) -> str:
    return str((await desk.case("dora", id, "status { code }"))["status"]["code"])


@pytest.mark.rule("R-97")
async def test_a_case_that_stays_resolved_for_two_days_is_closed_in_the_night_after(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")  # Monday noon
    for at, code in (
        (datetime(2026, 5, 5, 3, tzinfo=UTC), "RESOLVED"),
        (datetime(2026, 5, 6, 3, tzinfo=UTC), "RESOLVED"),
        (datetime(2026, 5, 6, 13, tzinfo=UTC), "RESOLVED"),  # two days have passed, and it waits for the night
        (datetime(2026, 5, 7, 2, 59, tzinfo=UTC), "RESOLVED"),
        (datetime(2026, 5, 7, 3, tzinfo=UTC), "CLOSED"),
    ):
        clock.now = at
        await day_passes(desk, clock)
        assert await status(desk, id) == code, at


@pytest.mark.rule("R-97")
@pytest.mark.rule("R-99")
async def test_the_desk_itself_closes_with_the_usual_closure_code_and_the_customer_is_told(
    desk: Desk, clock: Clock
) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    await desk.done("ben", "watchCase", caseId=id, watch=True)
    resolved = await desk.case("vera", id, OUTCOME)
    clock.forward(days=3)
    await day_passes(desk, clock)
    closed = await desk.case("vera", id, OUTCOME)
    assert closed["outcome"]["closureCode"] == {"name": "Resolved successfully"}
    assert closed["outcome"]["resolvedAt"] == resolved["outcome"]["resolvedAt"]
    show = "summary actor { __typename name }"
    assert (await desk.history("vera", id, show))[-1] == {
        "summary": "Status changed from Resolved to Closed.",
        "actor": {"__typename": "SystemActor", "name": "Desk"},
    }
    for login, reason in (("vera", "OWN_CASE"), ("ben", "WATCHING")):
        told = (await desk.run(login, TOLD))["viewer"]["notifications"]["nodes"][0]
        assert told == {"reason": reason, "entry": {"__typename": "CaseStatusChanged", "case": {"id": id}}}


@pytest.mark.rule("R-97")
async def test_the_closing_is_told_live(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=3)
    async with desk.stream("anna", "subscription { casesChanged(filter: {}) { caseId fits } }") as stream:
        await day_passes(desk, clock)
        assert await stream.next() == {"caseId": id, "fits": False}


async def test_what_a_worker_closes_is_told_live_by_the_servers_at_once(
    settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    async with own_redis(tmp_path) as redis:
        settings = settings.model_copy(update={"broadcast_url": redis.url, "poll_seconds": 60})
        async with running(settings, clock) as desk:
            await started(desk, clock)
            id = await registered_as(desk, "RESOLVED")
            clock.forward(days=3)
            watching = "subscription { casesChanged(filter: {}) { caseId } }"
            async with desk.stream("anna", watching) as stream, running_clock(settings, clock):
                assert await stream.next() == {"caseId": id}


@pytest.mark.rule("R-99")
@pytest.mark.parametrize("code", [code for code in DELIVERED if code != "RESOLVED"])
async def test_no_other_case_is_touched(desk: Desk, clock: Clock, code: str) -> None:
    await started(desk, clock)
    id = await registered_as(desk, code)
    before = await desk.case("dora", id, "changedAt status { code }")
    clock.forward(days=30)
    await day_passes(desk, clock)
    assert await desk.case("dora", id, "changedAt status { code }") == before


@pytest.mark.rule("R-98")
async def test_a_case_that_was_reopened_in_between_is_left(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=1)
    await desk.done("anna", "reopenCase", caseId=id)
    clock.forward(days=2)
    await day_passes(desk, clock)
    assert await status(desk, id) == "REOPENED"
    await desk.done("anna", "resolveCase", caseId=id, resolution="Once more.")
    clock.forward(days=1)
    await day_passes(desk, clock)
    assert await status(desk, id) == "RESOLVED"  # its days begin anew
    clock.forward(days=2)
    await day_passes(desk, clock)
    assert await status(desk, id) == "CLOSED"


@pytest.mark.rule("R-97")
@pytest.mark.rule("R-98")
@pytest.mark.parametrize(
    ("changed", "days"),
    [
        pytest.param({"CloseResolvedCases": False}, None, id="switched off"),
        pytest.param({"SecondReevaluationWaitingDays": 0}, None, id="no second period"),
        pytest.param({"FirstReevaluationWaitingDays": 0}, 1, id="no first period"),
        pytest.param({"FirstReevaluationWaitingDays": 5, "SecondReevaluationWaitingDays": 2}, 7, id="a week"),
    ],
)
async def test_settings_say_how_long_it_is_waited(
    settings: Settings, clock: Clock, changed: dict[str, Any], days: int | None
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
            assert await status(desk, id) == ("CLOSED" if days is not None and day > days else "RESOLVED"), day


@pytest.mark.rule("R-97")
async def test_a_resolved_status_of_the_desks_own_is_closed_like_the_delivered_one(
    settings: Settings, clock: Clock
) -> None:
    async with database.opened(settings.database_url, pool_size=2):
        await with_status("ANSWERED", like="RESOLVED", name="Answered")()
    async with running(settings, clock) as desk:
        await started(desk, clock)
        case = await desk.register()
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution="So.", statusId=desk.ids["ANSWERED"])
        clock.forward(days=3)
        await day_passes(desk, clock)
        assert await status(desk, case["id"]) == "CLOSED"


# ---------------------------------------------------------------- late, twice, beside each other


@pytest.mark.rule("R-98")
async def test_a_clock_that_stood_still_for_a_month_does_it_once_when_it_runs_again(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=30)
    for _ in range(3):
        await day_passes(desk, clock)
    changes = [entry for entry in await desk.history("dora", id) if entry["__typename"] == "CaseStatusChanged"]
    assert len(changes) == 2
    with desk.database():
        job = await Job.get(name=DUTIES[0].name)
    assert (job.due_at, job.holder) == (datetime(2026, 6, 4, 3, tzinfo=UTC), None)


@pytest.mark.rule("R-98")
async def test_clocks_that_run_beside_each_other_close_each_case_once(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    ids = [await registered_as(desk, "RESOLVED") for _ in range(5)]
    clock.forward(days=3)
    await asyncio.gather(*(day_passes(desk, clock) for _ in range(4)))
    with desk.database():
        closed = desk.app.state.desk.lookups.status("CLOSED")
        assert await Case.filter(status_id=closed.id).count() == 5
        for id in ids:
            changes = await Entry.filter(case_id=row_id(id), kind="CaseStatusChanged", actor_user_id=None)
            assert len(changes) == 1
            assert await Notification.filter(entry_id=changes[0].id).count() == 1


@pytest.mark.rule("R-98")
async def test_what_a_clock_left_when_it_died_another_goes_on_with_when_its_lease_has_ended(
    desk: Desk, clock: Clock
) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=3)
    with desk.database():
        assert await Job.claim(DUTIES[0].name, "the dead one", clock(), timedelta(seconds=60))
    clock.forward(seconds=59)
    await day_passes(desk, clock)
    assert await status(desk, id) == "RESOLVED"
    clock.forward(seconds=1)
    await day_passes(desk, clock)
    assert await status(desk, id) == "CLOSED"


@pytest.mark.rule("R-98")
async def test_a_clock_that_was_stuck_for_longer_than_its_lease_leaves_the_rest_to_its_successor(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=3)
    first, *others = scheduler.DUTIES

    async def stuck(lookups: Lookups, now: datetime, most: int) -> Sequence[int]:
        found = await first.due(lookups, now, most)
        clock.forward(seconds=61)
        assert await Job.claim(first.name, "its successor", clock(), timedelta(seconds=60))
        return found

    monkeypatch.setattr(scheduler, "DUTIES", (replace(first, due=stuck), *others))
    await day_passes(desk, clock)
    assert await status(desk, id) == "RESOLVED"
    with desk.database():
        assert (await Job.get(name=first.name)).holder == "its successor"


@pytest.mark.rule("R-98")
async def test_a_clock_that_ran_a_year_ahead_and_was_set_right_goes_on_in_the_next_night(
    desk: Desk, clock: Clock
) -> None:
    with desk.database():
        one = Scheduler(clock, desk.app.state.desk.realtime.ring)
        clock.forward(days=365)
        await one.run_due()
        clock.forward(days=-365)
        await one.run_due()
        assert (await Job.get(name=DUTIES[0].name)).due_at == datetime(2026, 5, 5, 3, tzinfo=UTC)
        id = await registered_as(desk, "RESOLVED")
        clock.forward(days=3)
        await one.run_due()
    assert await status(desk, id) == "CLOSED"


@pytest.mark.rule("R-98")
async def test_a_lease_that_was_taken_by_a_clock_far_ahead_holds_nobody_up(desk: Desk, clock: Clock) -> None:
    await started(desk, clock)
    id = await registered_as(desk, "RESOLVED")
    clock.forward(days=3)
    with desk.database():
        ahead = clock() + timedelta(days=365)
        assert await Job.claim(DUTIES[0].name, "the dead one", ahead, timedelta(seconds=60))
    await day_passes(desk, clock)
    assert await status(desk, id) == "CLOSED"


@pytest.mark.rule("R-97")
async def test_what_an_administrator_changes_while_cases_are_closed_counts_from_the_next_look_on(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LOOKED_FOR", 2)
    await started(desk, clock)
    for _ in range(5):
        await registered_as(desk, "RESOLVED")
    clock.forward(days=3)
    close = scheduler.DUTIES[0].do

    async def close_and_switch_off(work: Work, ids: Sequence[int]) -> int:
        await with_setting("CloseResolvedCases", False)()
        return await close(work, ids)

    duty = replace(scheduler.DUTIES[0], do=close_and_switch_off)
    monkeypatch.setattr(scheduler, "DUTIES", (duty, *scheduler.DUTIES[1:]))
    await day_passes(desk, clock)
    with desk.database():
        assert await Case.filter(ended_at__isnull=False).count() == 2


async def test_a_server_runs_the_clock_unless_a_setting_says_no(settings: Settings, clock: Clock) -> None:
    async with running(settings, clock) as desk:
        await started(desk, clock)
        id = await registered_as(desk, "RESOLVED")
        clock.forward(days=3)
        late = (await desk.get("/health")).json()["clock"]
        assert late == {"lateSeconds": 2 * 86_400 + 9 * 3_600}
    async with running(settings.model_copy(update={"clock": True}), clock) as desk:
        async with asyncio.timeout(10):
            while await status(desk, id) != "CLOSED":
                await asyncio.sleep(0.05)
        while (await desk.get("/health")).json()["clock"] != {"lateSeconds": 0}:
            await asyncio.sleep(0.05)
