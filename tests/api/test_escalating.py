"""Escalating: a case goes to another support line, to whoever is named there and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.running import Desk

PLACE = "supportLine { level } assignee { name } assigneeGroup { name }"

ENTRY = """__typename audience summary actor { name } ... on CaseEscalated {
  from { level } to { level } assignee { name } assigneeGroup { name } reason }"""


def place(seen: dict[str, Any]) -> tuple[int, str | None, str | None]:
    """Line, assignee and group."""
    assignee, group = seen["assignee"], seen["assigneeGroup"]
    return seen["supportLine"]["level"], assignee and assignee["name"], group and group["name"]


def to(desk: Desk, line: int, assignee: str | None = None, group: str | None = None, **more: Any) -> dict[str, Any]:
    """The input of an escalation, without the case."""
    input = {"supportLineId": desk.ids[f"line {line}"], **more}
    if assignee:
        input["assigneeId"] = desk.ids[assignee]
    if group:
        input["assigneeGroupId"] = desk.ids[f"group {group}"]
    return input


async def escalated(
    desk: Desk, login: str, case: dict[str, Any], line: int, assignee: str | None = None, group: str | None = None
) -> tuple[int, str | None, str | None]:
    input = to(desk, line, assignee, group)
    return place((await desk.done(login, "escalateCase", f"case {{ {PLACE} }}", caseId=case["id"], **input))["case"])


async def refusal(
    desk: Desk, login: str, case: dict[str, Any], line: int, assignee: str | None = None, group: str | None = None
) -> tuple[str, list[str]]:
    error = await desk.refused(login, "escalateCase", caseId=case["id"], **to(desk, line, assignee, group))
    return error["code"], error["field"]


async def where(desk: Desk, case: dict[str, Any]) -> tuple[int, str | None, str | None]:
    return place(await desk.case("dora", case["id"], PLACE))


async def last_entry(desk: Desk, case: dict[str, Any], show: str = ENTRY) -> dict[str, Any]:
    return (await desk.history("dora", case["id"], show))[-1]


@pytest.mark.rule("R-55")
async def test_a_case_is_escalated_to_an_assignee_or_a_group_or_both(desk: Desk) -> None:
    case = await desk.register()
    assert await escalated(desk, "anna", case, 2, assignee="ben") == (2, "Ben Castellano", None)
    assert await escalated(desk, "anna", case, 3, group="Third line") == (3, None, "Third line")
    case = await desk.register()
    assert await escalated(desk, "anna", case, 3, "ben", "Second line") == (3, "Ben Castellano", "Second line")


@pytest.mark.rule("R-55")
async def test_an_escalation_that_names_nobody_is_refused(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    assert await refusal(desk, "anna", case, 2) == ("REQUIRED", ["assigneeId"])
    nulls: dict[str, Any] = {"assigneeId": None, "assigneeGroupId": None}
    error = await desk.refused("dora", "escalateCase", caseId=case["id"], supportLineId=desk.ids["line 2"], **nulls)
    assert error["code"] == "REQUIRED"
    assert await where(desk, case) == (1, "Anna Weber", None)


@pytest.mark.rule("R-55")
async def test_an_escalation_to_what_does_not_exist_changes_nothing(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    for field, input in {
        "supportLineId": {"supportLineId": "SupportLine_4711", "assigneeId": desk.ids["ben"]},
        "assigneeId": {"supportLineId": desk.ids["line 2"], "assigneeId": "User_4711"},
        "assigneeGroupId": {"supportLineId": desk.ids["line 2"], "assigneeGroupId": "Group_4711"},
    }.items():
        error = await desk.refused("anna", "escalateCase", caseId=case["id"], **input)
        assert (error["code"], error["field"]) == ("NOT_FOUND", [field])
    assert await where(desk, case) == (1, "Anna Weber", None)


@pytest.mark.rule("R-56")
async def test_escalating_clears_the_assignee_who_is_not_named(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert await escalated(desk, "anna", case, 2, group="Second line") == (2, None, "Second line")


@pytest.mark.rule("R-56")
async def test_escalating_clears_the_group_that_is_not_named(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert await escalated(desk, "anna", case, 2, assignee="ben") == (2, "Ben Castellano", None)


@pytest.mark.rule("R-56")
async def test_the_group_is_told_of_an_escalation_and_not_the_one_who_had_the_case(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["cleo"])
    before = await desk.notified("cleo")
    await escalated(desk, "anna", case, 2, group="Second line")
    assert await desk.notified("ben") == [("GROUP_ASSIGNED", case["number"])]
    assert await desk.notified("cleo") == before


@pytest.mark.rule("R-57")
async def test_agents_escalate_to_any_higher_line(desk: Desk) -> None:
    case = await desk.register()
    assert await escalated(desk, "anna", case, 3, group="Third line") == (3, None, "Third line")


@pytest.mark.rule("R-57")
async def test_a_lower_line_is_forbidden_to_agents_and_open_to_supervisors(desk: Desk) -> None:
    case = await desk.register()
    await escalated(desk, "anna", case, 3, group="Third line")
    assert await refusal(desk, "ben", case, 2, group="Second line") == ("FORBIDDEN", ["supportLineId"])
    assert await where(desk, case) == (3, None, "Third line")
    assert await escalated(desk, "dora", case, 2, group="Second line") == (2, None, "Second line")
    assert await refusal(desk, "ben", case, 1, group="First line") == ("FORBIDDEN", ["supportLineId"])
    assert await escalated(desk, "otto", case, 1, assignee="anna") == (1, "Anna Weber", None)


@pytest.mark.rule("R-57")
async def test_the_same_line_is_accepted_when_it_brings_somebody_else(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert await escalated(desk, "anna", case, 1, "cleo", "First line") == (1, "Cleo Marsh", "First line")
    assert await escalated(desk, "anna", case, 1, "cleo") == (1, "Cleo Marsh", None), "it clears the group"
    assert await escalated(desk, "anna", case, 1, None, "First line") == (1, None, "First line")


@pytest.mark.rule("R-57")
async def test_the_same_line_with_nothing_changed_is_refused(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    before = await desk.history("dora", case["id"], "id")
    for login in ("anna", "dora"):
        input = to(desk, 1, "anna", "First line", reason="Nothing helps.")
        payload = await desk.act(login, "escalateCase", f"case {{ {PLACE} }}", caseId=case["id"], **input)
        assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
        assert place(payload["case"]) == (1, "Anna Weber", "First line")
    assert await desk.history("dora", case["id"], "id") == before


@pytest.mark.rule("R-58")
async def test_a_support_line_lists_the_groups_that_work_on_it(desk: Desk) -> None:
    networks = (await desk.done("otto", "addGroup", "group { id }", name="Networks"))["group"]["id"]
    ids = [desk.ids["group Second line"], desk.ids["group Third line"], networks]
    await desk.done("otto", "editSupportLine", supportLineId=desk.ids["line 2"], groupIds=ids)
    lines = (await desk.run("anna", "{ lookups { supportLines { level groups { name } } } }"))["lookups"][
        "supportLines"
    ]
    assert [(line["level"], [group["name"] for group in line["groups"]]) for line in lines] == [
        (1, ["First line"]),
        (2, ["Second line", "Third line", "Networks"]),
        (3, ["Third line"]),
    ]


@pytest.mark.rule("R-58")
async def test_the_group_that_is_listed_first_is_the_lines_default(desk: Desk) -> None:
    ids = [desk.ids["group Third line"], desk.ids["group Second line"]]
    await desk.done("otto", "editSupportLine", supportLineId=desk.ids["line 3"], groupIds=ids)
    lines = (await desk.run("anna", "{ lookups { supportLines { level groups { id name } } } }"))["lookups"]
    first = lines["supportLines"][2]["groups"][0]["name"]

    case = await desk.register()
    assert await escalated(desk, "anna", case, 3, assignee="ben") == (3, "Ben Castellano", None)
    await desk.done("ben", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"])
    await desk.done("ben", "reopenCase", caseId=case["id"])
    assert await where(desk, case) == (3, None, first), "the desk itself takes it where it needs a group of the line"


@pytest.mark.rule("R-59")
@pytest.mark.parametrize("status", ["NEW", "IN_PROGRESS", "WAITING", "RESOLVED", "REOPENED"])
async def test_escalating_leaves_the_status_as_it_is(desk: Desk, status: str) -> None:
    case = await desk.register()
    if status in ("IN_PROGRESS", "WAITING"):
        await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids[status])
    if status in ("RESOLVED", "REOPENED"):
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution="Put it out.")
    if status == "REOPENED":
        await desk.done("anna", "reopenCase", caseId=case["id"])
    payload = await desk.done(
        "anna", "escalateCase", "case { status { code } }", caseId=case["id"], **to(desk, 2, "ben")
    )
    assert payload["case"]["status"]["code"] == status


@pytest.mark.rule("R-59")
async def test_on_an_active_case_whoever_is_named_is_told(desk: Desk) -> None:
    case = await desk.register()
    await escalated(desk, "anna", case, 2, "ben", "First line")
    assert await desk.notified("ben") == [("ASSIGNED", case["number"])]
    assert await desk.notified("cleo") == [], "the assignee alone"


@pytest.mark.rule("R-59")
async def test_one_who_had_the_case_and_is_named_again_on_another_line_is_told(desk: Desk) -> None:
    case = await desk.register("ben", assigneeId=desk.ids["ben"])
    await escalated(desk, "anna", case, 2, assignee="ben")
    assert await desk.notified("ben") == [("ASSIGNED", case["number"])]
    await escalated(desk, "anna", case, 3, group="Second line")
    await escalated(desk, "dora", case, 2, group="Second line")
    assert [reason for reason, _ in await desk.notified("ben")] == ["ASSIGNED", "GROUP_ASSIGNED", "GROUP_ASSIGNED"]


@pytest.mark.rule("R-59")
@pytest.mark.parametrize("status", ["WAITING", "RESOLVED"])
async def test_on_a_case_that_is_not_active_nobody_is_told(desk: Desk, status: str) -> None:
    case = await desk.register()
    if status == "WAITING":
        await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"])
    else:
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution="Put it out.")
    await escalated(desk, "anna", case, 2, assignee="ben")
    assert await desk.notified("ben") == []


@pytest.mark.rule("R-59")
async def test_the_history_tells_of_an_escalation_from_where_to_where_to_whom_and_why(desk: Desk) -> None:
    case = await desk.register()
    input = to(desk, 2, "ben", "Second line", reason="The fuser is broken.")
    await desk.done("anna", "escalateCase", caseId=case["id"], **input)
    assert await last_entry(desk, case) == {
        "__typename": "CaseEscalated",
        "audience": "STAFF",
        "summary": "Escalated from First line to Second line, to Ben Castellano of Second line. The fuser is broken.",
        "actor": {"name": "Anna Weber"},
        "from": {"level": 1},
        "to": {"level": 2},
        "assignee": {"name": "Ben Castellano"},
        "assigneeGroup": {"name": "Second line"},
        "reason": "The fuser is broken.",
    }
    assert [entry["__typename"] for entry in await desk.history("dora", case["id"])] == [
        "CaseRegistered",
        "CaseEscalated",
    ]


@pytest.mark.rule("R-59")
async def test_an_escalation_without_a_reason_has_none(desk: Desk) -> None:
    case = await desk.register()
    for line, reason in ((2, None), (3, "   ")):
        await desk.done("anna", "escalateCase", caseId=case["id"], **to(desk, line, group="Third line", reason=reason))
        entry = await last_entry(desk, case, "summary ... on CaseEscalated { reason assignee { name } }")
        assert (entry["reason"], entry["assignee"]) == (None, None)
        assert entry["summary"].endswith(", to Third line.")


@pytest.mark.rule("R-59")
@pytest.mark.rule("R-65")
async def test_a_customer_hears_nothing_of_an_escalation_nor_of_its_reason(desk: Desk) -> None:
    case = await desk.register()
    before = await desk.case("vera", case["id"], "changedAt")
    await desk.done("anna", "escalateCase", caseId=case["id"], **to(desk, 2, "ben", reason="She is a nuisance."))
    assert await desk.history("vera", case["id"], "__typename") == [{"__typename": "CaseRegistered"}]
    assert await desk.case("vera", case["id"], f"changedAt {PLACE}") == {
        **before,
        "supportLine": None,
        "assignee": None,
        "assigneeGroup": None,
    }


@pytest.mark.rule("R-59")
@pytest.mark.parametrize("ending", ["CLOSED", "CANCELED"])
async def test_a_case_that_has_ended_is_not_escalated(desk: Desk, ending: str) -> None:
    case = await desk.register()
    if ending == "CLOSED":
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution="Put it out.")
        await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["CLOSED"])
    else:
        await desk.done("anna", "cancelCase", caseId=case["id"], closureCodeId=desk.ids["Created by mistake"])
    for login in ("anna", "dora"):
        payload = await desk.act(
            login, "escalateCase", f"case {{ status {{ code }} {PLACE} }}", caseId=case["id"], **to(desk, 2, "ben")
        )
        assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
        assert payload["case"]["status"]["code"] == ending
        assert place(payload["case"]) == (1, None, None)


async def test_a_customer_escalates_no_case_and_learns_nothing_of_anothers(desk: Desk) -> None:
    case = await desk.register()
    assert (await refusal(desk, "vera", case, 2, assignee="ben"))[0] == "FORBIDDEN"
    assert await refusal(desk, "paul", case, 2, assignee="ben") == ("NOT_FOUND", ["caseId"])


async def test_a_reason_that_is_too_long_is_refused(desk: Desk) -> None:
    case = await desk.register()
    error = await desk.refused("anna", "escalateCase", caseId=case["id"], **to(desk, 2, "ben", reason="x" * 2_001))
    assert (error["code"], error["field"]) == ("LIMIT", ["reason"])
    await desk.done("anna", "escalateCase", caseId=case["id"], **to(desk, 2, "ben", reason="x" * 2_000))
