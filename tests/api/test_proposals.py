"""Whom a case is offered to: the groups of a support line, and the employees in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.enums import Role
from gql.settings import Settings
from gql.store import Group, User
from tests.api.setting_up import bring, running_after, with_setting
from tests.running import Desk, Statements

PROPOSALS = """supportLine { level } groups { name } assignees { isOutOfOffice user { name } }"""
WHOLE_PAGE = """query($first: Int!, $line: ID!) { cases(filter: {}, first: $first) { nodes {
  assignmentProposals { supportLine { name } groups { name members(first: 3) { nodes { name } } }
    assignees { isOutOfOffice user { name groups { name } outOfOffice { untilAt } } } }
  above: assignmentProposals(line: $line) { groups { name } assignees { user { name } } } } } }"""

ANNA, BEN, CLEO, DORA = "Anna Weber", "Ben Castellano", "Cleo Marsh", "Dora Novak"


async def proposals(desk: Desk, case: dict[str, Any], line: int | None = None, login: str = "anna") -> Any:
    asked = "" if line is None else f'(line: "{desk.ids[f"line {line}"]}")'
    shown = await desk.case(login, case["id"], f"assignmentProposals{asked} {{ {PROPOSALS} }}")
    return shown["assignmentProposals"]


async def groups(desk: Desk, case: dict[str, Any], line: int | None = None) -> list[str]:
    return [group["name"] for group in (await proposals(desk, case, line))["groups"]]


async def people(desk: Desk, case: dict[str, Any], line: int | None = None) -> list[str]:
    return [one["user"]["name"] for one in (await proposals(desk, case, line))["assignees"]]


def in_days(number: float) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()


async def staffed(desk: Desk, group: str, *logins: str) -> None:
    """These are the members of a group."""
    ids = [desk.ids[login] for login in logins]
    await desk.done("otto", "editGroup", groupId=desk.ids[f"group {group}"], memberIds=ids)


async def lined(desk: Desk, line: int, *named: str) -> None:
    """These groups work on a line."""
    ids = [desk.ids[f"group {name}"] for name in named]
    await desk.done("otto", "editSupportLine", supportLineId=desk.ids[f"line {line}"], groupIds=ids)


async def set_to(desk: Desk, code: str, value: str | None) -> None:
    await desk.done("otto", "changeSetting", code=code, value=value)


# ---------------------------------------------------------------- groups


@pytest.mark.rule("R-58")
async def test_a_case_is_offered_to_the_group_of_its_line_and_its_members(desk: Desk) -> None:
    case = await desk.register()
    assert await proposals(desk, case) == {
        "supportLine": {"level": 1},
        "groups": [{"name": "First line"}],
        "assignees": [{"isOutOfOffice": False, "user": {"name": name}} for name in (ANNA, CLEO)],
    }


@pytest.mark.rule("R-58")
async def test_whoever_is_about_to_escalate_names_another_line_and_is_offered_its_people(desk: Desk) -> None:
    case = await desk.register()
    assert (await groups(desk, case, 2), await people(desk, case, 2)) == (["Second line"], [BEN])
    await desk.done(
        "anna", "escalateCase", caseId=case["id"], supportLineId=desk.ids["line 2"], assigneeId=desk.ids["ben"]
    )
    assert (await groups(desk, case), await people(desk, case)) == (["Second line"], [BEN])


@pytest.mark.rule("R-58")
async def test_on_a_line_that_there_is_not_nobody_is_offered(desk: Desk) -> None:
    case = await desk.register()
    for nonsense in ("SupportLine_99", desk.ids["anna"], "nonsense"):
        shown = await desk.case("anna", case["id"], f'assignmentProposals(line: "{nonsense}") {{ {PROPOSALS} }}')
        assert shown["assignmentProposals"] is None


@pytest.mark.rule("R-58")
async def test_on_a_line_that_was_retired_nobody_is_offered_but_for_the_cases_that_are_there(desk: Desk) -> None:
    there, elsewhere = await desk.register(), await desk.register()
    second = {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["ben"]}
    await desk.done("anna", "escalateCase", caseId=there["id"], **second)
    await desk.done("otto", "editSupportLine", supportLineId=desk.ids["line 2"], inUse=False)
    assert await proposals(desk, elsewhere, 2) is None
    assert (await desk.refused("anna", "escalateCase", caseId=elsewhere["id"], **second))["code"] == "NOT_FOUND"
    assert (await groups(desk, there), await people(desk, there)) == (["Second line"], [BEN])


@pytest.mark.rule("R-58")
async def test_on_a_line_without_groups_nobody_is_offered(desk: Desk) -> None:
    await lined(desk, 1)
    assert await proposals(desk, await desk.register()) == {"supportLine": {"level": 1}, "groups": [], "assignees": []}


@pytest.mark.rule("R-58")
async def test_a_setting_names_the_default_group_of_a_line_which_is_offered_first(desk: Desk) -> None:
    case = await desk.register()
    await lined(desk, 2, "First line", "Second line", "Third line")
    assert await groups(desk, case, 2) == ["First line", "Second line", "Third line"]
    await set_to(desk, "SecondSupportLine", "Second line")
    assert await groups(desk, case, 2) == ["Second line", "First line", "Third line"]
    assert await groups(desk, case, 1) == ["First line"]
    await set_to(desk, "SecondSupportLine", None)
    assert await groups(desk, case, 2) == ["First line", "Second line", "Third line"]


@pytest.mark.rule("R-58")
async def test_the_default_group_need_not_be_among_the_groups_of_the_line(desk: Desk) -> None:
    case = await desk.register()
    await set_to(desk, "FirstSupportLine", "Third line")
    assert await groups(desk, case) == ["Third line", "First line"]


@pytest.mark.rule("R-58")
async def test_a_line_above_the_third_has_its_first_group_for_default(desk: Desk) -> None:
    ids = [desk.ids["group Third line"], desk.ids["group Second line"]]
    line = await desk.done("otto", "addSupportLine", "supportLine { id }", name="Vendor", level=4, groupIds=ids)
    case, desk.ids["line 4"] = await desk.register(), line["supportLine"]["id"]
    assert await groups(desk, case, 4) == ["Second line", "Third line"]


@pytest.mark.rule("R-58")
async def test_a_retired_group_is_not_offered(desk: Desk) -> None:
    await lined(desk, 1, "First line", "Third line")
    await desk.done("otto", "editGroup", groupId=desk.ids["group First line"], inUse=False)
    assert await groups(desk, await desk.register()) == ["Third line"]


@pytest.mark.rule("R-58")
async def test_the_default_group_is_one_that_there_is_and_is_neither_retired_nor_renamed(desk: Desk) -> None:
    error = await desk.refused("otto", "changeSetting", code="SecondSupportLine", value="Nobody's")
    assert (error["code"], error["field"]) == ("INVALID", ["value"])
    await set_to(desk, "SecondSupportLine", "Third line")
    for change in ({"inUse": False}, {"name": "Another"}):
        error = await desk.refused("otto", "editGroup", groupId=desk.ids["group Third line"], **change)
        assert (error["code"], error["field"]) == ("NOT_NOW", list(change))
    await set_to(desk, "SecondSupportLine", None)
    await desk.done("otto", "editGroup", groupId=desk.ids["group Third line"], name="Another", inUse=False)


@pytest.mark.rule("R-58")
async def test_what_would_be_nobodys_goes_to_the_default_group(settings: Settings) -> None:
    async with running_after(settings, with_setting("FirstSupportLine", "Third line")) as desk:
        reopened, released = [await desk.register(assigneeId=desk.ids["anna"]) for _ in range(2)]
        await desk.done("anna", "changeCaseStatus", caseId=reopened["id"], statusId=desk.ids["WAITING"])
        await desk.done("anna", "reopenCase", caseId=reopened["id"])
        complaint = await desk.done("vera", "complain", "case { id }", caseId=released["id"], body="Nobody came.")
        await desk.done("otto", "deactivateUser", userId=desk.ids["anna"])
        for case in (reopened, released, complaint["case"]):
            shown = await desk.case("dora", case["id"], "assignee { name } assigneeGroup { name }")
            assert shown == {"assignee": None, "assigneeGroup": {"name": "Third line"}}


# ---------------------------------------------------------------- people


@pytest.mark.rule("R-58")
async def test_each_active_member_is_offered_once(desk: Desk) -> None:
    case = await desk.register()
    await lined(desk, 1, "First line", "Second line")
    await staffed(desk, "Second line", "anna", "ben", "dora")
    assert await people(desk, case) == [ANNA, BEN, CLEO, DORA]
    await desk.done("otto", "deactivateUser", userId=desk.ids["ben"])
    assert await people(desk, case) == [ANNA, CLEO, DORA]


@pytest.mark.rule("R-58")
async def test_who_has_the_fewest_open_cases_is_offered_first(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    assert await people(desk, case) == [CLEO, ANNA]
    for _ in range(2):
        await desk.register(assigneeId=desk.ids["cleo"])
    assert await people(desk, case) == [ANNA, CLEO]
    for _ in range(2):
        ended = await desk.register(assigneeId=desk.ids["anna"])
        await bring(desk, ended["id"], "CLOSED")
    assert await people(desk, case) == [ANNA, CLEO], "cases that have ended are no load"


@pytest.mark.rule("R-58")
async def test_who_is_out_of_office_now_is_offered_last_and_marked(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["cleo"])

    async def offered() -> list[tuple[str, bool]]:
        return [(one["user"]["name"], one["isOutOfOffice"]) for one in (await proposals(desk, case))["assignees"]]

    soon = {"fromAt": in_days(1), "untilAt": in_days(2)}
    await desk.done("anna", "setOutOfOffice", **soon)
    assert await offered() == [(ANNA, False), (CLEO, False)]
    await desk.done("anna", "setOutOfOffice", untilAt=in_days(1))
    assert await offered() == [(CLEO, False), (ANNA, True)]
    await desk.done("anna", "endOutOfOffice")
    assert await offered() == [(ANNA, False), (CLEO, False)]


@pytest.mark.rule("R-58")
async def test_no_more_than_fifty_people_are_offered(desk: Desk) -> None:
    case = await desk.register()
    with desk.database():
        group = await Group.get(name="First line")
        for n in range(51):
            name = f"Temp {n:02}"
            await group.members.add(await User.create(name=name, name_key=name.casefold(), role=Role.AGENT))
    offered = await people(desk, case)
    assert (len(offered), offered[:3], offered[-1]) == (50, [ANNA, CLEO, "Temp 00"], "Temp 47")


# ---------------------------------------------------------------- who is told, and what it costs


@pytest.mark.rule("R-58")
async def test_customers_are_offered_nothing(desk: Desk) -> None:
    case = await desk.register("vera")
    assert await proposals(desk, case, login="vera") is None
    assert await proposals(desk, case, 2, login="vera") is None


@pytest.mark.rule("R-58")
async def test_an_agent_of_own_groups_is_offered_whom_others_are_for_the_cases_that_he_sees(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        case = await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
        assert await proposals(desk, case, 2) == await proposals(desk, case, 2, login="dora")
        hidden = await desk.run(
            "ben", f'{{ case(by: {{id: "{case["id"]}"}}) {{ assignmentProposals {{ {PROPOSALS} }} }} }}'
        )
        assert hidden["case"] is None


async def test_the_proposals_of_a_page_cost_the_same_whatever_its_size(desk: Desk) -> None:
    for n in range(25):
        case = await desk.register(assigneeId=desk.ids[("anna", "cleo")[n % 2]])
        if n % 3:
            line, to = desk.ids[f"line {n % 3 + 1}"], desk.ids["ben"]
            await desk.done("anna", "escalateCase", caseId=case["id"], supportLineId=line, assigneeId=to)

    async def cost(first: int) -> int:
        with Statements.counted() as statements:
            await desk.run("anna", WHOLE_PAGE, first=first, line=desk.ids["line 2"])
        others = ("FROM entry e", 'FROM "login"', '"job"', '"desk_setting"')
        return len([sql for sql in statements.seen if not any(other in sql for other in others)])

    await cost(3)
    assert await cost(3) == await cost(25) == 10
