"""The task of an incident: it appears, follows the case, and ends by itself; and what becomes of other tasks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gql.settings import Settings
from tests.api.setting_up import bring, running_after, with_setting
from tests.running import Desk

TASKS = "tasks(first: 100) { nodes { title status result isIncidentTask endedAt owner { name } } }"
TITLE = "Diagnose and resolve the incident"


async def incident(desk: Desk, login: str = "anna", **input: Any) -> str:
    """The id of a case that is an incident."""
    return str((await desk.register(login, categoryId=desk.ids["INCIDENT"], **input))["id"])


async def tasks(desk: Desk, case: str) -> list[tuple[str, str, str | None]]:
    """Owner, status and result of the incident's tasks, in the order in which they came."""
    nodes = (await desk.case("dora", case, TASKS))["tasks"]["nodes"]
    assert all((node["endedAt"] is None) == (node["status"] == "OPEN") for node in nodes)
    return [(n["owner"]["name"].split()[0], n["status"], n["result"]) for n in nodes if n["isIncidentTask"]]


async def change_status(desk: Desk, login: str, case: str, status: str) -> None:
    await desk.done(login, "changeCaseStatus", caseId=case, statusId=desk.ids[status])


@pytest.mark.rule("R-50")
async def test_whoever_is_assigned_an_incident_gets_a_task_for_it(desk: Desk) -> None:
    case = await incident(desk)
    assert await tasks(desk, case) == []
    await desk.done("anna", "assignCase", caseId=case, assigneeId=desk.ids["ben"])
    assert await tasks(desk, case) == [("Ben", "OPEN", None)]
    assert await tasks(desk, await incident(desk, assigneeId=desk.ids["ben"])) == [("Ben", "OPEN", None)]
    mine = (await desk.run("ben", "{ tasks { nodes { title isIncidentTask } } }"))["tasks"]["nodes"]
    assert mine == [{"title": TITLE, "isIncidentTask": True}] * 2


@pytest.mark.rule("R-14")
@pytest.mark.rule("R-50")
async def test_no_other_case_gets_one(desk: Desk) -> None:
    case = (await desk.register(assigneeId=desk.ids["ben"]))["id"]
    await desk.done("anna", "escalateCase", caseId=case, supportLineId=desk.ids["line 2"], assigneeId=desk.ids["cleo"])
    assert await tasks(desk, case) == []
    shown = (await desk.run("anna", "{ lookups { caseCategories { code isIncident } } }"))["lookups"]["caseCategories"]
    assert [category["code"] for category in shown if category["isIncident"]] == ["INCIDENT"]


@pytest.mark.rule("R-14")
@pytest.mark.rule("R-50")
async def test_a_category_of_the_desks_own_that_is_flagged_has_incidents_too(desk: Desk) -> None:
    input = {"code": "OUTAGE", "name": "Outage", "isIncident": True}
    outage = (await desk.done("otto", "addCaseCategory", "caseCategory { id }", **input))["caseCategory"]["id"]
    case = (await desk.register(categoryId=outage, assigneeId=desk.ids["ben"]))["id"]
    assert await tasks(desk, case) == [("Ben", "OPEN", None)]
    await desk.done("ben", "resolveCase", caseId=case, resolution="Power is back.")
    assert await tasks(desk, case) == [("Ben", "DONE", "Solution found")]


@pytest.mark.rule("R-50")
@pytest.mark.rule("R-51")
async def test_a_case_that_becomes_an_incident_gives_its_assignee_a_task_which_is_canceled_when_it_is_none(
    desk: Desk,
) -> None:
    case = (await desk.register(assigneeId=desk.ids["ben"]))["id"]
    await desk.done("anna", "reclassifyCase", caseId=case, categoryId=desk.ids["INCIDENT"])
    assert await tasks(desk, case) == [("Ben", "OPEN", None)]
    await desk.done("anna", "reclassifyCase", caseId=case, categoryId=desk.ids["CONSULTATION"])
    assert await tasks(desk, case) == [("Ben", "CANCELED", "Canceled")]


@pytest.mark.rule("R-50")
async def test_taking_what_one_has_already_gives_no_second_task(desk: Desk) -> None:
    case = await incident(desk, assigneeId=desk.ids["anna"])
    await desk.done("anna", "takeCase", caseId=case)
    await desk.done("anna", "takeCase", caseId=case)
    await desk.done("anna", "editCase", caseId=case, priority="HIGH")
    assert await tasks(desk, case) == [("Anna", "OPEN", None)]


@pytest.mark.rule("R-51")
async def test_handing_an_incident_on_ends_the_task_and_begins_the_next_assignees(desk: Desk) -> None:
    case = await incident(desk)
    await desk.done("anna", "takeCase", caseId=case)
    await desk.done("anna", "assignCase", caseId=case, assigneeId=desk.ids["ben"])
    input = {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["cleo"]}
    await desk.done("ben", "escalateCase", caseId=case, **input)
    group = {"supportLineId": desk.ids["line 3"], "assigneeGroupId": desk.ids["group Third line"]}
    assert await tasks(desk, case) == [
        ("Anna", "DONE", "Escalation required"),
        ("Ben", "DONE", "Escalation required"),
        ("Cleo", "OPEN", None),
    ]
    await desk.done("cleo", "escalateCase", caseId=case, **group)
    assert [status for _, status, _ in await tasks(desk, case)] == ["DONE"] * 3


@pytest.mark.rule("R-51")
async def test_a_resolved_incident_has_its_task_done(desk: Desk) -> None:
    case = await incident(desk, assigneeId=desk.ids["ben"])
    await desk.done("ben", "resolveCase", caseId=case, resolution="Extinguished.")
    assert await tasks(desk, case) == [("Ben", "DONE", "Solution found")]


@pytest.mark.rule("R-51")
async def test_a_canceled_incident_has_its_task_canceled_also_by_the_customer(desk: Desk) -> None:
    case = await incident(desk, "vera")
    await desk.done("anna", "takeCase", caseId=case)
    await desk.done("vera", "cancelCase", caseId=case)
    assert await tasks(desk, case) == [("Anna", "CANCELED", "Canceled")]


@pytest.mark.rule("R-50")
@pytest.mark.rule("R-51")
async def test_an_incident_that_waits_has_no_open_task_until_it_goes_on(desk: Desk) -> None:
    case = await incident(desk, assigneeId=desk.ids["ben"])
    await change_status(desk, "ben", case, "WAITING")
    assert await tasks(desk, case) == [("Ben", "DONE", "Additional information required")]
    await change_status(desk, "ben", case, "IN_PROGRESS")
    assert await tasks(desk, case) == [("Ben", "DONE", "Additional information required"), ("Ben", "OPEN", None)]


@pytest.mark.rule("R-50")
async def test_an_incident_that_the_customer_brings_back_waits_for_its_group(desk: Desk) -> None:
    case = await incident(desk, "vera")
    await desk.done("anna", "takeCase", caseId=case)
    await change_status(desk, "anna", case, "WAITING")
    await desk.done("vera", "postToPortal", caseId=case, body="It burns again.")
    assert [status for _, status, _ in await tasks(desk, case)] == ["DONE"]
    await desk.done("ben", "takeCase", caseId=case)
    assert (await tasks(desk, case))[1:] == [("Ben", "OPEN", None)]


@pytest.mark.rule("R-50")
async def test_an_incident_that_comes_back_to_its_assignee_gives_him_a_task_again(settings: Settings) -> None:
    async with running_after(settings, with_setting("ClearAssigneeOnCaseReopening", False)) as desk:
        case = await incident(desk, "vera")
        await desk.done("anna", "takeCase", caseId=case)
        await desk.done("anna", "resolveCase", caseId=case, resolution="Extinguished.")
        await desk.done("vera", "postToPortal", caseId=case, body="It burns again.")
        assert await tasks(desk, case) == [("Anna", "DONE", "Solution found"), ("Anna", "OPEN", None)]


@pytest.mark.rule("R-50")
async def test_an_incident_that_is_escalated_while_it_waits_gives_a_task_that_ends_with_it(desk: Desk) -> None:
    case = await incident(desk)
    await change_status(desk, "anna", case, "WAITING")
    input = {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["ben"]}
    await desk.done("anna", "escalateCase", caseId=case, **input)
    await change_status(desk, "ben", case, "IN_PROGRESS")
    assert await tasks(desk, case) == [("Ben", "OPEN", None)]
    await change_status(desk, "ben", case, "WAITING")
    await bring_to_an_end(desk, case)
    assert [status for _, status, _ in await tasks(desk, case)] == ["DONE"]


async def bring_to_an_end(desk: Desk, case: str) -> None:
    await desk.done("anna", "cancelCase", caseId=case, closureCodeId=desk.ids["No fault found"])


@pytest.mark.rule("R-50")
async def test_of_many_who_assign_and_take_an_incident_at_once_one_task_is_left_open(desk: Desk, another: Any) -> None:
    case = await incident(desk)
    async with another() as second:
        for n in range(4):
            await asyncio.gather(
                *(server.act("anna", "takeCase", caseId=case) for server in (desk, second)),
                *(second.act("dora", "assignCase", caseId=case, assigneeId=desk.ids[to]) for to in ("ben", "anna")),
                desk.act("ben", "changeCaseStatus", caseId=case, statusId=desk.ids["IN_PROGRESS"]),
                desk.act("dora", "assignCase", caseId=case, assigneeId=desk.ids[("cleo", "ben")[n % 2]]),
            )
    assignee = (await desk.case("dora", case, "assignee { name }"))["assignee"]["name"].split()[0]
    assert [owner for owner, status, _ in await tasks(desk, case) if status == "OPEN"] == [assignee]


@pytest.mark.rule("R-50")
async def test_nobody_is_told_of_the_task_beside_the_incident(desk: Desk) -> None:
    case = await desk.register(categoryId=desk.ids["INCIDENT"], assigneeId=desk.ids["ben"])
    assert await desk.notified("ben") == [("ASSIGNED", case["number"])]
    assert [entry["summary"] for entry in await desk.history("ben", case["id"])] == [
        "Registered, by call.",
        "Assigned to Ben Castellano.",
        f"Task for Ben Castellano: {TITLE}",
    ]


@pytest.mark.rule("R-50")
async def test_a_task_that_the_assignee_ends_himself_stays_ended_until_the_incident_moves_on(desk: Desk) -> None:
    case = await incident(desk, assigneeId=desk.ids["ben"])
    [task] = (await desk.run("ben", "{ tasks { nodes { id } } }"))["tasks"]["nodes"]
    refused = await desk.refused("dora", "editTask", taskId=task["id"], ownerId=desk.ids["anna"])
    assert (refused["code"], refused["field"]) == ("INVALID", ["ownerId"])
    await desk.done("ben", "completeTask", taskId=task["id"], result="It was the fuse.")
    await desk.done("ben", "takeCase", caseId=case)
    assert await tasks(desk, case) == [("Ben", "DONE", "It was the fuse.")]
    await desk.done("ben", "resolveCase", caseId=case, resolution="A new fuse.")
    assert await tasks(desk, case) == [("Ben", "DONE", "It was the fuse.")]


# ---------------------------------------------------------------- other open tasks


async def with_tasks(desk: Desk) -> str:
    """An incident that anna works on, with two tasks beside its own."""
    case = await incident(desk, assigneeId=desk.ids["anna"])
    await desk.done("anna", "addTask", caseId=case, title="Order a fuse")
    await desk.done("anna", "addTask", caseId=case, title="Write a warning", ownerId=desk.ids["ben"])
    return case


@pytest.mark.rule("R-52")
async def test_resolving_a_case_with_open_tasks_needs_a_word_about_them(desk: Desk) -> None:
    case = await with_tasks(desk)
    payload = await desk.act("anna", "resolveCase", "case { id }", caseId=case, resolution="A new fuse.")
    assert payload == {
        "case": None,
        "errors": [
            {
                "code": "REQUIRED",
                "message": "Say what becomes of the tasks that are open: “Order a fuse”, “Write a warning”.",
                "field": ["openTasks"],
            }
        ],
    }
    assert (await desk.case("anna", case, "status { code }"))["status"]["code"] == "NEW"


@pytest.mark.rule("R-52")
@pytest.mark.parametrize(
    ("decision", "left"),
    [("COMPLETE", ("DONE", "Solution found")), ("CANCEL", ("CANCELED", "Canceled")), ("KEEP", ("OPEN", None))],
)
async def test_the_open_tasks_of_a_resolved_case_are(desk: Desk, decision: str, left: tuple[str, str | None]) -> None:
    case = await with_tasks(desk)
    await desk.done("anna", "resolveCase", caseId=case, resolution="A new fuse.", openTasks=decision)
    nodes = (await desk.case("anna", case, TASKS))["tasks"]["nodes"]
    others = [(node["status"], node["result"]) for node in nodes if not node["isIncidentTask"]]
    assert others == [left, left]
    assert await tasks(desk, case) == [("Anna", "DONE", "Solution found")]


@pytest.mark.rule("R-52")
async def test_a_case_without_other_open_tasks_is_resolved_without_a_word_about_them(desk: Desk) -> None:
    case = (await desk.register())["id"]
    task = (await desk.done("anna", "addTask", "task { id }", caseId=case, title="Order a fuse"))["task"]["id"]
    await desk.done("anna", "completeTask", taskId=task)
    await bring(desk, case, "RESOLVED")
