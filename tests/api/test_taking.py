"""Taking a case, setting it in progress and assigning it to oneself: three things that are not the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from gql.actions import logins
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.enums import Role
from gql.store import Group, Login
from tests.running import Desk, app_lookups

STATE = "case { id status { code } assignee { name } }"


async def standing(desk: Desk, case: dict[str, Any]) -> tuple[str, str | None]:
    """Status and assignee of a case."""
    return state(await desk.case("dora", case["id"], "status { code } assignee { name }"))


def state(seen: dict[str, Any]) -> tuple[str, str | None]:
    return seen["status"]["code"], seen["assignee"] and seen["assignee"]["name"]


async def kinds(desk: Desk, case: dict[str, Any]) -> list[str]:
    return [entry["__typename"] for entry in await desk.history("dora", case["id"])]


async def hired(desk: Desk, count: int) -> list[str]:
    """So many more agents of the first line, by their logins."""
    names = [f"agent{number}" for number in range(1, count + 1)]
    with desk.database():
        group = await Group.get(name="First line")
        async with unit_of_work(DESK, datetime.now(UTC), app_lookups(desk), ring=lambda: None) as work:
            for name in names:
                await logins.add_employee(
                    work, login=name, password_hash="-", name=name.title(), role=Role.AGENT, group_ids=[group.id]
                )
        desk.logins |= {login.name: login for login in await Login.filter(name__in=names)}
    return names


async def set_waiting(desk: Desk, case: dict[str, Any]) -> None:
    await desk.done("dora", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"])


@pytest.mark.rule("R-30")
async def test_taking_makes_the_viewer_the_assignee_and_sets_the_case_in_progress(desk: Desk) -> None:
    case = await desk.register()
    payload = await desk.done("anna", "takeCase", STATE, caseId=case["id"])
    assert state(payload["case"]) == ("IN_PROGRESS", "Anna Weber")
    assert await standing(desk, case) == ("IN_PROGRESS", "Anna Weber")


@pytest.mark.rule("R-30")
async def test_taking_is_one_step_that_the_history_tells_in_two_entries_of_one_moment(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("anna", "takeCase", caseId=case["id"])
    _, assigned, moved = await desk.history("ben", case["id"], "summary at actor { name }")
    assert assigned["summary"] == "Assigned to Anna Weber."
    assert moved["summary"] == "Status changed from New to In progress."
    assert assigned["at"] == moved["at"]
    assert assigned["actor"] == moved["actor"] == {"name": "Anna Weber"}


@pytest.mark.rule("R-30")
@pytest.mark.parametrize("before", ["NEW", "WAITING", "RESOLVED", "REOPENED"])
async def test_a_case_that_another_has_but_not_in_progress_can_be_taken(desk: Desk, before: str) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"])
    if before == "WAITING":
        await set_waiting(desk, case)
    if before in ("RESOLVED", "REOPENED"):
        await desk.done("ben", "resolveCase", caseId=case["id"], resolution="Put it out.")
    if before == "REOPENED":
        await desk.done("ben", "reopenCase", caseId=case["id"])
        await desk.done("dora", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    assert await standing(desk, case) == (before, "Ben Castellano")

    payload = await desk.done("anna", "takeCase", STATE, caseId=case["id"])
    assert state(payload["case"]) == ("IN_PROGRESS", "Anna Weber")


@pytest.mark.rule("R-30")
async def test_a_case_that_another_has_in_progress_cannot_be_taken_but_be_assigned(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("ben", "takeCase", caseId=case["id"])
    before = await kinds(desk, case)

    payload = await desk.act("anna", "takeCase", STATE, caseId=case["id"])
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert "Ben Castellano" in payload["errors"][0]["message"]
    assert state(payload["case"]) == ("IN_PROGRESS", "Ben Castellano")
    assert await kinds(desk, case) == before

    payload = await desk.done("anna", "assignCase", STATE, caseId=case["id"], assigneeId=desk.ids["anna"])
    assert state(payload["case"]) == ("IN_PROGRESS", "Anna Weber")


@pytest.mark.rule("R-30")
async def test_a_supervisor_takes_nothing_out_of_anothers_hands_either(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("ben", "takeCase", caseId=case["id"])
    assert (await desk.refused("dora", "takeCase", caseId=case["id"]))["code"] == "NOT_NOW"
    assert await standing(desk, case) == ("IN_PROGRESS", "Ben Castellano")


@pytest.mark.rule("R-30")
async def test_taking_ones_own_again_succeeds_and_records_nothing(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("anna", "takeCase", caseId=case["id"])
    before = await desk.case("anna", case["id"], "changedAt history(first: 100) { nodes { id } }")

    payload = await desk.done("anna", "takeCase", STATE, caseId=case["id"])
    assert state(payload["case"]) == ("IN_PROGRESS", "Anna Weber")
    assert await desk.case("anna", case["id"], "changedAt history(first: 100) { nodes { id } }") == before
    assert await desk.notified("anna") == []


@pytest.mark.rule("R-30")
async def test_a_case_in_progress_with_nobody_is_taken_and_stays_in_progress(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("ben", "takeCase", caseId=case["id"])
    await desk.done("ben", "assignCase", caseId=case["id"], assigneeId=None)
    payload = await desk.done("anna", "takeCase", STATE, caseId=case["id"])
    assert state(payload["case"]) == ("IN_PROGRESS", "Anna Weber")
    assert (await kinds(desk, case))[-2:] == ["CaseAssigned", "CaseAssigned"]


@pytest.mark.rule("R-30")
async def test_a_case_that_has_ended_is_neither_assigned_nor_set_in_progress_by_taking_it(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"])
    await desk.done("ben", "resolveCase", caseId=case["id"], resolution="Put it out.")
    await desk.done("ben", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["CLOSED"])
    payload = await desk.act("anna", "takeCase", STATE, caseId=case["id"])
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert state(payload["case"]) == ("CLOSED", "Ben Castellano")


@pytest.mark.rule("R-30")
async def test_taking_keeps_the_group_and_the_line(desk: Desk) -> None:
    case = await desk.register(assigneeGroupId=desk.ids["group Second line"])
    payload = await desk.done(
        "anna", "takeCase", "case { assigneeGroup { name } supportLine { level } }", caseId=case["id"]
    )
    assert payload["case"] == {"assigneeGroup": {"name": "Second line"}, "supportLine": {"level": 1}}


@pytest.mark.rule("R-30")
async def test_taking_is_offered_only_where_it_would_change_something(desk: Desk) -> None:
    async def offered(login: str) -> bool:
        return "TAKE" in (await desk.case(login, case["id"], "viewerActions"))["viewerActions"]

    case = await desk.register()
    assert await offered("anna")
    assert not await offered("vera")
    await desk.done("anna", "takeCase", caseId=case["id"])
    assert not await offered("anna")
    assert not await offered("ben")
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=None)
    assert await offered("ben")


async def test_a_customer_takes_no_case_and_learns_nothing_of_anothers(desk: Desk) -> None:
    case = await desk.register()
    assert (await desk.refused("vera", "takeCase", caseId=case["id"]))["code"] == "FORBIDDEN"
    foreign = await desk.refused("paul", "takeCase", caseId=case["id"])
    assert foreign["code"] == "NOT_FOUND"
    assert foreign == await desk.refused("paul", "takeCase", caseId="Case_4711")
    assert await standing(desk, case) == ("NEW", None)


@pytest.mark.rule("R-31")
@pytest.mark.parametrize("before", ["NEW", "WAITING"])
async def test_setting_a_case_in_progress_makes_the_viewer_its_assignee_in_place_of_another(
    desk: Desk, before: str
) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"])
    if before == "WAITING":
        await set_waiting(desk, case)
    payload = await desk.done("anna", "changeCaseStatus", STATE, caseId=case["id"], statusId=desk.ids["IN_PROGRESS"])
    assert state(payload["case"]) == ("IN_PROGRESS", "Anna Weber")


@pytest.mark.rule("R-31")
async def test_setting_a_case_in_progress_for_a_colleague_makes_the_colleague_its_assignee(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"])
    payload = await desk.done(
        "dora",
        "changeCaseStatus",
        STATE,
        caseId=case["id"],
        statusId=desk.ids["IN_PROGRESS"],
        assigneeId=desk.ids["cleo"],
    )
    assert state(payload["case"]) == ("IN_PROGRESS", "Cleo Marsh")


@pytest.mark.rule("R-31")
async def test_an_earlier_assignee_stays_in_progress_only_when_named(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"])
    await desk.done(
        "dora", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["IN_PROGRESS"], assigneeId=desk.ids["ben"]
    )
    assert await standing(desk, case) == ("IN_PROGRESS", "Ben Castellano")
    assert (await kinds(desk, case))[2:] == ["CaseStatusChanged"], "nobody was assigned who was not before"


@pytest.mark.rule("R-31")
async def test_an_assignee_is_named_with_no_other_status_than_in_progress(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"])
    error = await desk.refused(
        "anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"], assigneeId=desk.ids["anna"]
    )
    assert (error["code"], error["field"]) == ("INVALID", ["assigneeId"])
    assert await standing(desk, case) == ("NEW", "Ben Castellano")


@pytest.mark.rule("R-31")
async def test_an_assignee_whom_nobody_knows_leaves_the_status_as_it_is(desk: Desk) -> None:
    case = await desk.register()
    error = await desk.refused(
        "anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["IN_PROGRESS"], assigneeId="User_4711"
    )
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["assigneeId"])
    assert await standing(desk, case) == ("NEW", None)


@pytest.mark.rule("R-32")
@pytest.mark.parametrize("before", ["NEW", "WAITING", "RESOLVED"])
async def test_assigning_to_oneself_leaves_the_status_as_it_is(desk: Desk, before: str) -> None:
    case = await desk.register()
    if before == "WAITING":
        await set_waiting(desk, case)
    if before == "RESOLVED":
        await desk.done("ben", "resolveCase", caseId=case["id"], resolution="Put it out.")
    payload = await desk.done("anna", "assignCase", STATE, caseId=case["id"], assigneeId=desk.ids["anna"])
    assert state(payload["case"]) == (before, "Anna Weber")


@pytest.mark.rule("R-34")
async def test_of_twenty_who_take_one_case_at_once_one_gets_it_and_the_others_see_who(desk: Desk) -> None:
    agents = await hired(desk, 20)
    case = await desk.register()
    payloads = await asyncio.gather(*(desk.act(name, "takeCase", STATE, caseId=case["id"]) for name in agents))

    [winner] = [name.title() for name, payload in zip(agents, payloads, strict=True) if not payload["errors"]]
    lost = [payload for payload in payloads if payload["errors"]]
    assert [error["code"] for payload in lost for error in payload["errors"]] == ["NOT_NOW"] * 19
    assert {state(payload["case"]) for payload in payloads} == {("IN_PROGRESS", winner)}
    assert await kinds(desk, case) == ["CaseRegistered", "CaseAssigned", "CaseStatusChanged"]


@pytest.mark.rule("R-34")
async def test_of_many_who_take_a_case_on_two_servers_one_gets_it(desk: Desk, another: Any) -> None:
    agents = await hired(desk, 10)
    case = await desk.register()
    async with another() as second:
        second.logins = desk.logins
        payloads = await asyncio.gather(
            *(
                (second if number % 2 else desk).act(name, "takeCase", STATE, caseId=case["id"])
                for number, name in enumerate(agents)
            )
        )
    [winner] = [name.title() for name, payload in zip(agents, payloads, strict=True) if not payload["errors"]]
    assert {state(payload["case"]) for payload in payloads} == {("IN_PROGRESS", winner)}
    assert await standing(desk, case) == ("IN_PROGRESS", winner)


@pytest.mark.rule("R-34")
async def test_several_cases_are_taken_at_once_each_by_one(desk: Desk) -> None:
    agents = await hired(desk, 6)
    cases = [await desk.register() for _ in range(3)]
    payloads = await asyncio.gather(
        *(desk.act(name, "takeCase", STATE, caseId=case["id"]) for case in cases for name in agents)
    )
    assert sum(not payload["errors"] for payload in payloads) == len(cases)
    for case in cases:
        assert {state(p["case"]) for p in payloads if p["case"]["id"] == case["id"]} == {await standing(desk, case)}


@pytest.mark.rule("R-30")
@pytest.mark.rule("R-34")
async def test_one_who_takes_a_case_twice_at_once_gets_it_and_it_is_recorded_once(desk: Desk) -> None:
    case = await desk.register()
    payloads = await asyncio.gather(*(desk.done("anna", "takeCase", STATE, caseId=case["id"]) for _ in range(5)))
    assert {state(payload["case"]) for payload in payloads} == {("IN_PROGRESS", "Anna Weber")}
    assert await kinds(desk, case) == ["CaseRegistered", "CaseAssigned", "CaseStatusChanged"]
