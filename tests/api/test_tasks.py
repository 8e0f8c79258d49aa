"""Tasks: what employees give each other to do about a case."""

from __future__ import annotations

from typing import Any

import pytest

from gql.settings import Settings
from tests.api.setting_up import bring, running_after, with_setting
from tests.running import Desk

SHOW = "task { id title description dueAt status result isIncidentTask endedAt owner { name } case { number } cursor }"
TITLES = "tasks { nodes { title } }"
TASKS = "query($filter: TaskFilter) { tasks(filter: $filter) { nodes { title } } }"
OTHERS = {"isIncidentTask": False}


async def add(desk: Desk, case: dict[str, Any], login: str = "anna", **input: Any) -> dict[str, Any]:
    """A task, of anna's unless told otherwise."""
    given = {"caseId": case["id"], "title": "Call the plumber", **input}
    return dict((await desk.done(login, "addTask", SHOW, **given))["task"])


async def titles(desk: Desk, login: str, **filter: Any) -> list[str]:
    """Somebody's list of tasks; without a filter the one that is his own."""
    variables = {"filter": filter} if filter else {}
    return [node["title"] for node in (await desk.run(login, TASKS, **variables))["tasks"]["nodes"]]


@pytest.mark.rule("R-53")
async def test_an_agent_gives_himself_a_task_on_a_case(desk: Desk) -> None:
    case = await desk.register()
    task = await add(desk, case, description="The one in *Mill Lane*.", dueAt="2030-05-01T09:00:00Z")
    assert task == {
        "id": task["id"],
        "title": "Call the plumber",
        "description": "The one in *Mill Lane*.",
        "dueAt": "2030-05-01T09:00:00Z",
        "status": "OPEN",
        "result": None,
        "isIncidentTask": False,
        "endedAt": None,
        "owner": {"name": "Anna Weber"},
        "case": {"number": case["number"]},
        "cursor": task["cursor"],
    }
    assert await desk.case("anna", case["id"], TITLES) == {"tasks": {"nodes": [{"title": "Call the plumber"}]}}


@pytest.mark.rule("R-53")
async def test_tasks_appear_in_the_processing_history(desk: Desk) -> None:
    case = await desk.register()
    task = await add(desk, case, ownerId=desk.ids["ben"])
    await desk.done("anna", "editTask", taskId=task["id"], title="Call the roofer", ownerId=desk.ids["cleo"])
    await desk.done("cleo", "completeTask", taskId=task["id"], result="Comes on Monday.")
    show = """__typename summary audience
      ... on TaskAdded { task { title } } ... on TaskEnded { task { status result } }
      ... on TaskChanged { changes { field before after } }"""
    [_, *told] = await desk.history("ben", case["id"], show)
    assert told == [
        {
            "__typename": "TaskAdded",
            "summary": "Task for Ben Castellano: Call the plumber",
            "audience": "STAFF",
            "task": {"title": "Call the roofer"},
        },
        {
            "__typename": "TaskChanged",
            "summary": "Task changed (given to Cleo Marsh): Call the roofer",
            "audience": "STAFF",
            "changes": [
                {"field": "title", "before": "Call the plumber", "after": "Call the roofer"},
                {"field": "owner", "before": desk.ids["ben"], "after": desk.ids["cleo"]},
            ],
        },
        {
            "__typename": "TaskEnded",
            "summary": "Task done: Call the roofer. Comes on Monday.",
            "audience": "STAFF",
            "task": {"status": "DONE", "result": "Comes on Monday."},
        },
    ]


@pytest.mark.rule("R-65")
async def test_a_history_is_narrowed_to_tasks_and_searched_for_their_words(desk: Desk) -> None:
    case = await desk.register()
    await add(desk, case)
    task = await add(desk, case, title="Order paint", description="Blue")
    await desk.done("anna", "cancelTask", taskId=task["id"], result="There is some left.")

    async def found(**filter: Any) -> list[str]:
        document = """query($id: ID!, $filter: HistoryFilter) {
          case(by: {id: $id}) { history(filter: $filter) { nodes { summary } } } }"""
        seen = (await desk.run("anna", document, id=case["id"], filter=filter))["case"]["history"]["nodes"]
        return [node["summary"] for node in seen]

    added, ended = "Task for Anna Weber: Order paint", "Task canceled: Order paint. There is some left."
    assert await found(kinds=["TASK"]) == ["Task for Anna Weber: Call the plumber", added, ended]
    assert await found(search="blu") == [added, ended]
    assert await found(search="left paint") == [added, ended]


@pytest.mark.rule("R-53")
async def test_whoever_is_given_a_task_by_another_is_told(desk: Desk) -> None:
    case = await desk.register()
    task = await add(desk, case, ownerId=desk.ids["ben"])
    await add(desk, case, "cleo")
    assert await desk.notified("ben") == [("TASK_ASSIGNED", case["number"])]
    await desk.done("anna", "editTask", taskId=task["id"], dueAt="2030-05-01T09:00:00Z")
    await desk.done("anna", "editTask", taskId=task["id"], ownerId=desk.ids["cleo"])
    assert await desk.notified("ben") == [("TASK_ASSIGNED", case["number"])]
    assert await desk.notified("cleo") == [("TASK_ASSIGNED", case["number"])]


@pytest.mark.rule("R-53")
async def test_the_tasks_that_are_listed_unasked_are_ones_own_open_ones_the_next_due_first(desk: Desk) -> None:
    case = await desk.register()
    await add(desk, case, title="Some day")
    await add(desk, case, title="Late", dueAt="2030-05-02T09:00:00Z")
    await add(desk, case, title="Soon", dueAt="2030-05-01T09:00:00Z")
    await add(desk, case, title="Of Ben's", ownerId=desk.ids["ben"])
    over = await add(desk, case, title="Over")
    await desk.done("anna", "completeTask", taskId=over["id"])
    assert await titles(desk, "anna") == ["Soon", "Late", "Some day"]
    assert await titles(desk, "anna", ownerId=desk.ids["ben"]) == ["Of Ben's"]
    assert await titles(desk, "anna", status="DONE") == ["Over"]
    assert await titles(desk, "anna", dueBeforeAt="2030-05-02T00:00:00Z") == ["Soon"]
    assert await titles(desk, "dora") == []
    assert sorted(await titles(desk, "dora", **OTHERS)) == ["Late", "Of Ben's", "Over", "Some day", "Soon"]


@pytest.mark.rule("R-142")
async def test_a_customer_sees_no_task_by_any_road(desk: Desk) -> None:
    case = await desk.register("vera")
    task = await add(desk, case)
    assert await desk.case("vera", case["id"], TITLES) == {"tasks": {"nodes": []}}
    assert await titles(desk, "vera") == await titles(desk, "vera", **OTHERS) == []
    assert [entry["__typename"] for entry in await desk.history("vera", case["id"])] == ["CaseRegistered"]
    for mutation in ("editTask", "completeTask", "cancelTask"):
        assert (await desk.refused("vera", mutation, taskId=task["id"]))["code"] == "NOT_FOUND"
    assert (await desk.refused("vera", "addTask", caseId=case["id"], title="Hurry"))["code"] == "FORBIDDEN"


@pytest.mark.rule("R-53")
async def test_what_has_ended_is_neither_changed_nor_ended_again(desk: Desk) -> None:
    task = await add(desk, await desk.register())
    await desk.done("anna", "cancelTask", taskId=task["id"], result="It stopped raining.")
    for mutation in ("editTask", "completeTask", "cancelTask"):
        assert await desk.refused("anna", mutation, taskId=task["id"]) == {
            "code": "NOT_NOW",
            "message": "The task is canceled.",
            "field": [],
        }


@pytest.mark.rule("R-53")
async def test_on_a_final_case_no_task_is_begun_and_those_left_over_can_be_ended(desk: Desk) -> None:
    case = await desk.register()
    task = await add(desk, case)
    await bring(desk, case["id"], "CLOSED")
    refused = await desk.refused("anna", "addTask", caseId=case["id"], title="Sweep up")
    assert (refused["code"], refused["message"]) == ("NOT_NOW", "A case that is closed is given no task.")
    assert (await desk.done("anna", "completeTask", SHOW, taskId=task["id"]))["task"]["status"] == "DONE"


@pytest.mark.rule("R-53")
async def test_only_active_employees_own_tasks(desk: Desk) -> None:
    from gql.store import User

    case = await desk.register()
    with desk.database():
        await User.filter(name="Cleo Marsh").update(active=False)
    refused = await desk.refused("anna", "addTask", caseId=case["id"], title="Sweep up", ownerId=desk.ids["cleo"])
    assert refused == {
        "code": "INVALID",
        "message": "Cleo Marsh is not active and cannot be given tasks.",
        "field": ["ownerId"],
    }
    task = await add(desk, case)
    assert (await desk.refused("anna", "editTask", taskId=task["id"], ownerId=None))["code"] == "REQUIRED"


@pytest.mark.rule("R-53")
@pytest.mark.rule("R-160")
async def test_a_task_is_given_to_nobody_who_does_not_see_the_case(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        case = await desk.register("dora", assigneeGroupId=desk.ids["group Second line"])
        task = await add(desk, case, "dora", ownerId=desk.ids["ben"])
        told = await desk.notified("anna")
        to_anna = {"ownerId": desk.ids["anna"]}
        for refused in (
            await desk.refused("dora", "addTask", caseId=case["id"], title="Sweep up", **to_anna),
            await desk.refused("dora", "editTask", taskId=task["id"], **to_anna),
        ):
            assert refused == {
                "code": "NOT_FOUND",
                "message": "There is no such employee among those who see the case: Anna Weber.",
                "field": ["ownerId"],
            }
        assert await titles(desk, "dora", **OTHERS) == ["Call the plumber"]
        assert await desk.notified("anna") == told
        await desk.done("ben", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])
        await desk.done("dora", "editTask", taskId=task["id"], **to_anna)
        assert await titles(desk, "anna") == ["Call the plumber"]


@pytest.mark.rule("R-171")
async def test_a_task_that_was_changed_since_it_was_read_is_not_overwritten(desk: Desk) -> None:
    task = await add(desk, await desk.register())
    first = await desk.done("anna", "editTask", SHOW, taskId=task["id"], title="A", unlessChangedSince=task["cursor"])
    refused = await desk.refused("ben", "editTask", taskId=task["id"], title="B", unlessChangedSince=task["cursor"])
    assert (refused["code"], refused["field"]) == ("CHANGED", ["unlessChangedSince"])
    await desk.done("ben", "editTask", taskId=task["id"], title="B", unlessChangedSince=first["task"]["cursor"])


async def test_an_edit_that_changes_nothing_is_not_told(desk: Desk) -> None:
    case = await desk.register()
    task = await add(desk, case, dueAt="2030-05-01T09:00:00Z")
    await desk.done("anna", "editTask", taskId=task["id"], title="Call the plumber", dueAt="2030-05-01T11:00:00+02:00")
    assert len(await desk.history("anna", case["id"])) == 2
    done = await desk.done("anna", "editTask", SHOW, taskId=task["id"], dueAt=None)
    assert done["task"]["dueAt"] is None
