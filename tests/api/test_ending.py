"""How a case ends, by being resolved, closed or cancelled, and how it is brought back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from gql.settings import Settings
from gql.store import CaseStatus, ClosureCode
from tests.api.setting_up import running_after, with_setting, with_status
from tests.running import Desk

OUTCOME = "status { code } outcome { resolution closureCode { name } resolvedAt endedAt }"
HANDS = "status { code } assignee { name } assigneeGroup { name }"


async def set_status(desk: Desk, case: dict[str, Any], code: str, by: str = "anna", **input: Any) -> dict[str, Any]:
    payload = await desk.done(
        by, "changeCaseStatus", f"case {{ {OUTCOME} }}", caseId=case["id"], statusId=desk.ids[code], **input
    )
    return dict(payload["case"])


async def resolve(desk: Desk, case: dict[str, Any], resolution: str = "Put it out.", **input: Any) -> dict[str, Any]:
    payload = await desk.done(
        "anna", "resolveCase", f"case {{ {OUTCOME} }}", caseId=case["id"], resolution=resolution, **input
    )
    return dict(payload["case"])


async def reopen(desk: Desk, case: dict[str, Any], by: str = "anna", **input: Any) -> dict[str, Any]:
    return dict((await desk.done(by, "reopenCase", f"case {{ {HANDS} }}", caseId=case["id"], **input))["case"])


async def cancel(desk: Desk, case: dict[str, Any], by: str = "anna", **input: Any) -> dict[str, Any]:
    if by not in ("vera", "paul"):
        input = {"closureCodeId": desk.ids["Created by mistake"], **input}
    return dict((await desk.done(by, "cancelCase", f"case {{ {OUTCOME} }}", caseId=case["id"], **input))["case"])


async def bring_to(desk: Desk, code: str, **input: Any) -> dict[str, Any]:
    """A case in a status."""
    case = await desk.register(**input)
    if code in ("RESOLVED", "CLOSED"):
        await resolve(desk, case)
    if code == "REOPENED":
        await set_status(desk, case, "WAITING")
        await reopen(desk, case)
    if code == "CANCELED":
        await cancel(desk, case)
    if code in ("IN_PROGRESS", "WAITING", "CLOSED"):
        await set_status(desk, case, code)
    return case


async def outcome(desk: Desk, case: dict[str, Any], login: str = "anna") -> dict[str, Any]:
    return dict(await desk.case(login, case["id"], OUTCOME))


async def status_changes(desk: Desk, case: dict[str, Any], login: str = "dora") -> list[dict[str, Any]]:
    show = "__typename summary ... on CaseStatusChanged { reason from { code } to { code } at }"
    return [
        entry for entry in await desk.history(login, case["id"], show) if entry["__typename"] == "CaseStatusChanged"
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ---------------------------------------------------------------- resolving


async def test_resolving_records_what_was_done_and_when(desk: Desk) -> None:
    case = await desk.register()
    assert (await outcome(desk, case))["outcome"] is None
    resolved = await resolve(desk, case, "Changed the fuser.", closureCodeId=desk.ids["Workaround given"])
    assert resolved["status"]["code"] == "RESOLVED"
    [change] = await status_changes(desk, case)
    assert resolved["outcome"] == {
        "resolution": "Changed the fuser.",
        "closureCode": {"name": "Workaround given"},
        "resolvedAt": change["at"],
        "endedAt": None,
    }


async def test_a_resolution_without_a_closure_code_takes_the_desks_default(desk: Desk) -> None:
    assert (await resolve(desk, await desk.register()))["outcome"]["closureCode"] == {"name": "Resolved successfully"}


async def test_the_customer_reads_the_resolution(desk: Desk) -> None:
    case = await desk.register()
    await resolve(desk, case, "Changed the fuser.")
    seen = await outcome(desk, case, "vera")
    assert seen == await outcome(desk, case)
    assert seen["outcome"]["resolution"] == "Changed the fuser."


@pytest.mark.parametrize("before", ["NEW", "IN_PROGRESS", "WAITING", "REOPENED"])
async def test_a_case_that_is_worked_on_or_waits_can_be_resolved(desk: Desk, before: str) -> None:
    case = await bring_to(desk, before)
    assert (await resolve(desk, case))["status"]["code"] == "RESOLVED"


@pytest.mark.parametrize("before", ["RESOLVED", "CLOSED", "CANCELED"])
async def test_a_case_that_is_resolved_or_has_ended_is_not_resolved_again(desk: Desk, before: str) -> None:
    case = await bring_to(desk, before)
    was = await outcome(desk, case)
    payload = await desk.act(
        "anna", "resolveCase", f"case {{ {OUTCOME} }}", caseId=case["id"], resolution="Bought a new one."
    )
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert payload["case"] == was == await outcome(desk, case)


async def test_a_resolution_says_something_in_no_more_than_fifty_thousand_characters(desk: Desk) -> None:
    case = await desk.register()
    for resolution, code in (("", "REQUIRED"), (" \n ", "REQUIRED"), ("x" * 50_001, "LIMIT"), ("a\0b", "INVALID")):
        error = await desk.refused("anna", "resolveCase", caseId=case["id"], resolution=resolution)
        assert (error["code"], error["field"]) == (code, ["resolution"])
    assert (await outcome(desk, case))["status"]["code"] == "NEW"
    assert (await resolve(desk, case, "x" * 50_000))["outcome"]["resolution"] == "x" * 50_000


async def test_an_unknown_closure_code_ends_nothing(desk: Desk) -> None:
    case = await desk.register()
    for mutation, more in (("resolveCase", {"resolution": "Put it out."}), ("cancelCase", {})):
        for code in ("ClosureCode_4711", desk.ids["anna"]):
            error = await desk.refused("anna", mutation, caseId=case["id"], closureCodeId=code, **more)
            assert (error["code"], error["field"]) == ("NOT_FOUND", ["closureCodeId"])
    assert await outcome(desk, case) == {"status": {"code": "NEW"}, "outcome": None}


async def test_a_customer_resolves_no_case(desk: Desk) -> None:
    case = await desk.register()
    error = await desk.refused("vera", "resolveCase", caseId=case["id"], resolution="It went out by itself.")
    assert error["code"] == "FORBIDDEN"


# ---------------------------------------------------------------- closing


@pytest.mark.rule("R-21")
async def test_closing_a_resolved_case_keeps_its_outcome_and_records_when_it_ended(desk: Desk) -> None:
    case = await desk.register()
    resolved = (await resolve(desk, case, closureCodeId=desk.ids["Workaround given"]))["outcome"]
    closed = await set_status(desk, case, "CLOSED")
    assert closed["status"]["code"] == "CLOSED"
    assert closed["outcome"] == {**resolved, "endedAt": (await status_changes(desk, case))[-1]["at"]}
    assert at(closed["outcome"]["endedAt"]) > at(resolved["resolvedAt"])


async def test_a_case_that_is_closed_while_it_waits_was_resolved_when_it_ended(desk: Desk) -> None:
    case = await bring_to(desk, "WAITING")
    closed = await set_status(desk, case, "CLOSED")
    ended_at = (await status_changes(desk, case))[-1]["at"]
    assert (closed["outcome"]["resolvedAt"], closed["outcome"]["endedAt"]) == (ended_at, ended_at)
    assert closed["outcome"]["resolution"] is None


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("before", ["NEW", "IN_PROGRESS", "REOPENED"])
async def test_a_case_that_is_worked_on_is_resolved_before_it_is_closed(desk: Desk, before: str) -> None:
    case = await bring_to(desk, before)
    payload = await desk.act(
        "anna", "changeCaseStatus", f"case {{ {OUTCOME} }}", caseId=case["id"], statusId=desk.ids["CLOSED"]
    )
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert payload["case"] == {"status": {"code": before}, "outcome": None}


@pytest.mark.rule("R-22")
@pytest.mark.parametrize("ending", ["CLOSED", "CANCELED"])
async def test_nothing_brings_a_case_back_that_has_ended(desk: Desk, ending: str) -> None:
    case = await bring_to(desk, ending)
    was = await outcome(desk, case)
    for login, mutation, input in (
        ("anna", "takeCase", {}),
        ("anna", "reopenCase", {}),
        ("dora", "reopenCase", {}),
        ("anna", "changeCaseStatus", {"statusId": desk.ids["IN_PROGRESS"]}),
        ("anna", "changeCaseStatus", {"statusId": desk.ids["REOPENED"]}),
        ("otto", "changeCaseStatus", {"statusId": desk.ids["CLOSED"]}),
        ("anna", "cancelCase", {"closureCodeId": desk.ids["Created by mistake"]}),
        ("vera", "cancelCase", {}),
    ):
        payload = await desk.act(login, mutation, f"case {{ {OUTCOME} }}", caseId=case["id"], **input)
        assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"], (login, mutation)
        assert payload["case"] == was
    assert await desk.case("dora", case["id"], "nextStatuses { code }") == {"nextStatuses": []}


# ---------------------------------------------------------------- cancelling


@pytest.mark.rule("R-62")
async def test_cancelling_sets_the_status_and_records_the_closure_code(desk: Desk) -> None:
    case = await desk.register()
    canceled = await cancel(desk, case, closureCodeId=desk.ids["No fault found"])
    [change] = await status_changes(desk, case)
    assert canceled == {
        "status": {"code": "CANCELED"},
        "outcome": {
            "resolution": None,
            "closureCode": {"name": "No fault found"},
            "resolvedAt": None,
            "endedAt": change["at"],
        },
    }


@pytest.mark.rule("R-62")
async def test_an_employee_names_the_closure_code(desk: Desk) -> None:
    case = await desk.register()
    for login in ("anna", "dora", "otto"):
        error = await desk.refused(login, "cancelCase", caseId=case["id"], reason="Nobody cares.")
        assert (error["code"], error["field"]) == ("REQUIRED", ["closureCodeId"])
    assert await outcome(desk, case) == {"status": {"code": "NEW"}, "outcome": None}


@pytest.mark.rule("R-62")
@pytest.mark.parametrize("before", ["NEW", "IN_PROGRESS", "WAITING", "REOPENED"])
async def test_employees_cancel_a_case_that_is_worked_on_or_waits(desk: Desk, before: str) -> None:
    case = await bring_to(desk, before)
    assert (await cancel(desk, case))["status"]["code"] == "CANCELED"


@pytest.mark.rule("R-62")
async def test_employees_do_not_cancel_a_case_that_is_resolved(desk: Desk) -> None:
    case = await bring_to(desk, "RESOLVED")
    code = desk.ids["Created by mistake"]
    assert (await desk.refused("anna", "cancelCase", caseId=case["id"], closureCodeId=code))["code"] == "NOT_NOW"


@pytest.mark.rule("R-62")
async def test_a_customer_cancels_his_own_case_without_a_code_and_a_setting_supplies_it(desk: Desk) -> None:
    case = await desk.register("vera")
    canceled = await cancel(desk, case, by="vera")
    assert canceled["status"]["code"] == "CANCELED"
    assert canceled["outcome"]["closureCode"] == {"name": "No longer relevant"}


@pytest.mark.rule("R-62")
async def test_the_closure_code_of_a_customers_cancelling_is_the_one_of_the_setting(desk: Desk, another: Any) -> None:
    with desk.database():
        await with_setting("CustomerCancelClosureCode", "CREATED_BY_MISTAKE")()
    async with another() as second:
        case = await second.register("vera")
        assert (await cancel(second, case, by="vera"))["outcome"]["closureCode"] == {"name": "Created by mistake"}


@pytest.mark.rule("R-62")
@pytest.mark.parametrize("before", ["NEW", "IN_PROGRESS", "WAITING", "RESOLVED", "REOPENED"])
async def test_a_customer_cancels_a_case_that_the_desk_registered_for_him_until_it_has_ended(
    desk: Desk, before: str
) -> None:
    case = await bring_to(desk, before)
    assert "CANCEL" in (await desk.case("vera", case["id"], "viewerActions"))["viewerActions"]
    assert (await cancel(desk, case, by="vera"))["status"]["code"] == "CANCELED"
    assert "CANCEL" not in (await desk.case("vera", case["id"], "viewerActions"))["viewerActions"]


@pytest.mark.rule("R-62")
async def test_a_resolved_case_that_the_customer_cancels_was_resolved_all_the_same(desk: Desk) -> None:
    case = await desk.register()
    resolved = (await resolve(desk, case, "Changed the fuser."))["outcome"]
    canceled = (await cancel(desk, case, by="vera"))["outcome"]
    assert (canceled["resolution"], canceled["resolvedAt"]) == (resolved["resolution"], resolved["resolvedAt"])
    assert canceled["closureCode"] == {"name": "No longer relevant"}


@pytest.mark.rule("R-62")
@pytest.mark.rule("R-161")
async def test_a_customer_cancels_no_case_of_anothers(desk: Desk) -> None:
    case = await desk.register("vera")
    error = await desk.refused("paul", "cancelCase", caseId=case["id"])
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["caseId"])
    assert (await outcome(desk, case))["status"]["code"] == "NEW"


@pytest.mark.rule("R-62")
async def test_the_reason_that_an_employee_gives_for_cancelling_is_for_colleagues(desk: Desk) -> None:
    case = await desk.register()
    await cancel(desk, case, reason="He only wanted to chat.")
    [colleagues], [customers] = await status_changes(desk, case), await status_changes(desk, case, "vera")
    assert colleagues["reason"] == "He only wanted to chat."
    assert customers["reason"] is None
    assert colleagues["summary"] == customers["summary"] == "Status changed from New to Canceled."


@pytest.mark.rule("R-62")
async def test_the_reason_that_a_customer_gives_for_cancelling_is_for_all(desk: Desk) -> None:
    case = await desk.register()
    await cancel(desk, case, by="vera", reason="We bought a new one.")
    for login in ("anna", "vera"):
        assert [change["reason"] for change in await status_changes(desk, case, login)] == ["We bought a new one."]


@pytest.mark.rule("R-62")
@pytest.mark.parametrize("mutation", ["changeCaseStatus", "reopenCase"])
async def test_the_reason_for_any_change_of_status_is_for_colleagues_too(desk: Desk, mutation: str) -> None:
    case = await bring_to(desk, "WAITING")
    status = {"statusId": desk.ids["CLOSED"]} if mutation == "changeCaseStatus" else {}
    await desk.done("anna", mutation, caseId=case["id"], reason="She never answers.", **status)
    assert [c["reason"] for c in await status_changes(desk, case)] == [None, "She never answers."]
    assert [c["reason"] for c in await status_changes(desk, case, "vera")] == [None, None]


# ---------------------------------------------------------------- reopening


@pytest.mark.rule("R-26")
@pytest.mark.parametrize("before", ["WAITING", "RESOLVED"])
async def test_a_waiting_or_resolved_case_is_reopened_and_loses_its_assignee(desk: Desk, before: str) -> None:
    case = await bring_to(desk, before, assigneeGroupId=desk.ids["group Second line"])
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["cleo"])
    assert await reopen(desk, case, by="cleo") == {
        "status": {"code": "REOPENED"},
        "assignee": None,
        "assigneeGroup": {"name": "Second line"},
    }
    assert ("GROUP_ASSIGNED", case["number"]) in await desk.notified("ben")


@pytest.mark.rule("R-26")
async def test_the_history_tells_of_reopening_who_has_the_case_and_then_its_status(desk: Desk) -> None:
    case = await bring_to(desk, "RESOLVED", assigneeId=desk.ids["anna"])
    await reopen(desk, case, reason="It burns again.")
    entries = await desk.history("dora", case["id"], "__typename summary at ... on CaseStatusChanged { reason }")
    assigned, moved = entries[-2:]
    assert (assigned["__typename"], assigned["summary"]) == ("CaseAssigned", "Assigned to First line.")
    assert moved["summary"] == "Status changed from Resolved to Reopened."
    assert moved["reason"] == "It burns again."
    assert assigned["at"] == moved["at"]


@pytest.mark.rule("R-26")
@pytest.mark.parametrize("before", ["NEW", "IN_PROGRESS", "REOPENED", "CLOSED", "CANCELED"])
async def test_from_any_other_status_a_case_is_not_reopened(desk: Desk, before: str) -> None:
    case = await bring_to(desk, before)
    was = await desk.case("anna", case["id"], HANDS)
    assert "REOPEN" not in (await desk.case("anna", case["id"], "viewerActions"))["viewerActions"]
    payload = await desk.act("anna", "reopenCase", f"case {{ {HANDS} }}", caseId=case["id"])
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert payload["case"] == was == await desk.case("anna", case["id"], HANDS)


@pytest.mark.rule("R-26")
@pytest.mark.parametrize("line", [1, 2, 3])
async def test_a_case_without_a_group_is_reopened_for_the_first_group_of_its_line(desk: Desk, line: int) -> None:
    case = await desk.register()
    if line > 1:
        lifted = {"supportLineId": desk.ids[f"line {line}"], "assigneeId": desk.ids["cleo"]}
        await desk.done("dora", "escalateCase", caseId=case["id"], **lifted)
    await set_status(desk, case, "WAITING")
    name = {1: "First line", 2: "Second line", 3: "Third line"}[line]
    assert (await reopen(desk, case, by="dora"))["assigneeGroup"] == {"name": name}
    told = {
        login for login in ("anna", "ben", "cleo") if ("GROUP_ASSIGNED", case["number"]) in await desk.notified(login)
    }
    assert told == {1: {"anna", "cleo"}, 2: {"ben"}, 3: set()}[line]


@pytest.mark.rule("R-26")
async def test_on_a_line_without_groups_a_case_is_reopened_for_nobody(desk: Desk) -> None:
    await desk.done("otto", "editSupportLine", supportLineId=desk.ids["line 1"], groupIds=[])
    case = await bring_to(desk, "WAITING", assigneeId=desk.ids["cleo"])
    assert await reopen(desk, case) == {"status": {"code": "REOPENED"}, "assignee": None, "assigneeGroup": None}


@pytest.mark.rule("R-26")
async def test_a_case_that_waits_in_a_status_of_the_desks_own_is_reopened_too(desk: Desk, another: Any) -> None:
    with desk.database():
        waiting, new = await CaseStatus.get(code="WAITING"), await CaseStatus.get(code="NEW")
        own = await CaseStatus.create(
            code="PARTS", name="Waiting for parts", position=99, is_paused=True, next_ids=waiting.next_ids
        )
        new.next_ids = [*new.next_ids, own.id]
        await new.save()
    async with another() as second:
        case = await second.register()
        await set_status(second, case, "PARTS")
        assert (await reopen(second, case))["status"]["code"] == "REOPENED"


@pytest.mark.rule("R-26")
async def test_a_case_that_was_brought_back_has_no_outcome_until_it_ends_again(desk: Desk) -> None:
    case = await bring_to(desk, "RESOLVED")
    await reopen(desk, case)
    assert (await outcome(desk, case))["outcome"] is None
    assert (await outcome(desk, case, "vera"))["outcome"] is None
    again = await resolve(desk, case, "Bought a new one.", closureCodeId=desk.ids["Workaround given"])
    assert again["outcome"] == {
        "resolution": "Bought a new one.",
        "closureCode": {"name": "Workaround given"},
        "resolvedAt": (await status_changes(desk, case))[-1]["at"],
        "endedAt": None,
    }


@pytest.mark.rule("R-26")
async def test_a_case_that_is_set_in_progress_after_it_was_resolved_has_no_outcome_either(desk: Desk) -> None:
    case = await bring_to(desk, "RESOLVED")
    assert (await set_status(desk, case, "IN_PROGRESS"))["outcome"] is None


@pytest.mark.rule("R-26")
async def test_how_a_case_had_been_resolved_before_it_was_brought_back_is_not_how_it_ended(desk: Desk) -> None:
    case = await bring_to(desk, "RESOLVED")
    await reopen(desk, case)
    canceled = (await cancel(desk, case))["outcome"]
    assert (canceled["resolution"], canceled["resolvedAt"]) == (None, None)
    assert canceled["closureCode"] == {"name": "Created by mistake"}

    case = await bring_to(desk, "RESOLVED")
    await reopen(desk, case)
    await set_status(desk, case, "WAITING")
    closed = (await set_status(desk, case, "CLOSED"))["outcome"]
    assert (closed["resolution"], closed["closureCode"]) == (None, {"name": "Resolved successfully"})
    assert closed["resolvedAt"] == closed["endedAt"]


@pytest.mark.rule("R-26")
async def test_a_customer_reopens_by_writing_and_not_by_the_employees_mutation(desk: Desk) -> None:
    case = await bring_to(desk, "RESOLVED")
    assert (await desk.refused("vera", "reopenCase", caseId=case["id"]))["code"] == "FORBIDDEN"
    assert (await desk.refused("paul", "reopenCase", caseId=case["id"]))["code"] == "NOT_FOUND"
    await desk.done("vera", "postToPortal", caseId=case["id"], body="It burns again.")
    assert (await outcome(desk, case))["status"]["code"] == "REOPENED"


# ---------------------------------------------------------------- closure codes, and what the history keeps


OWN_CODE = "No fault found"


async def refused_has_a_code() -> None:
    code = await ClosureCode.get(name=OWN_CODE)
    assert await CaseStatus.filter(code="REFUSED").update(default_closure_code_id=code.id) == 1


REFUSED = with_status("REFUSED", like="CLOSED", name="Refused")


@pytest.mark.rule("R-63")
async def test_a_case_that_is_closed_without_a_code_gets_the_desks_own(settings: Settings) -> None:
    async with running_after(settings, with_setting("CaseClosureCodeDef", "INFORMATION_PROVIDED")) as desk:
        case = await bring_to(desk, "WAITING")
        closed = (await set_status(desk, case, "CLOSED"))["outcome"]
        assert closed["closureCode"] == {"name": "Information provided"}


@pytest.mark.rule("R-25")
async def test_a_final_status_brings_its_closure_code_along_where_there_is_none(settings: Settings) -> None:
    async with running_after(settings, REFUSED, refused_has_a_code) as desk:
        refused = await set_status(desk, await bring_to(desk, "WAITING"), "REFUSED")
        assert refused["outcome"]["closureCode"] == {"name": OWN_CODE}

        case = await desk.register()
        await resolve(desk, case, closureCodeId=desk.ids["Workaround given"])
        kept = await set_status(desk, case, "REFUSED")
        assert kept["outcome"]["closureCode"] == {"name": "Workaround given"}


@pytest.mark.rule("R-25")
async def test_the_closure_code_is_named_with_a_final_status_and_with_no_other(desk: Desk) -> None:
    case, code = await bring_to(desk, "WAITING"), desk.ids["Not covered by the agreement"]
    error = await desk.refused(
        "anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["IN_PROGRESS"], closureCodeId=code
    )
    assert (error["code"], error["field"]) == ("INVALID", ["closureCodeId"])
    closed = await set_status(desk, case, "CLOSED", closureCodeId=code)
    assert closed["outcome"]["closureCode"] == {"name": "Not covered by the agreement"}


@pytest.mark.rule("R-24")
async def test_a_case_is_resolved_in_a_status_of_the_desks_own(settings: Settings) -> None:
    answered = with_status("ANSWERED", like="RESOLVED", name="Answered")
    async with running_after(settings, answered) as desk:
        case = await desk.register()
        led = (await desk.case("anna", case["id"], "steps { action status { code } }"))["steps"]
        assert {"action": "RESOLVE", "status": {"code": "ANSWERED"}} in led
        shown = await resolve(desk, case, "Told him.", statusId=desk.ids["ANSWERED"])
        assert shown["status"] == {"code": "ANSWERED"}
        assert shown["outcome"]["resolution"] == "Told him."
        assert shown["outcome"]["resolvedAt"] is not None
        error = await desk.refused(
            "anna", "resolveCase", caseId=case["id"], resolution="Again.", statusId=desk.ids["RESOLVED"]
        )
        assert error["code"] == "NOT_NOW"


@pytest.mark.rule("R-24")
async def test_a_case_is_resolved_in_no_status_that_is_not_resolved(desk: Desk) -> None:
    case = await desk.register()
    for status, code in ((desk.ids["WAITING"], "INVALID"), (desk.ids["anna"], "NOT_FOUND")):
        error = await desk.refused("anna", "resolveCase", caseId=case["id"], resolution="Out.", statusId=status)
        assert (error["code"], error["field"]) == (code, ["statusId"])
    assert await outcome(desk, case) == {"status": {"code": "NEW"}, "outcome": None}


@pytest.mark.rule("R-112")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_how_a_case_was_resolved_stays_in_the_history_when_it_comes_back(desk: Desk, login: str) -> None:
    case = await desk.register()
    await resolve(desk, case, "Put it out.", closureCodeId=desk.ids["Workaround given"])
    await reopen(desk, case)
    assert (await outcome(desk, case, login))["outcome"] is None
    await resolve(desk, case, "Bought a new one.")
    await set_status(desk, case, "CLOSED")
    told = await desk.history(
        login, case["id"], "... on CaseStatusChanged { to { code } resolution closureCode { name } }"
    )
    assert [(e["to"]["code"], e["resolution"], e["closureCode"] and e["closureCode"]["name"]) for e in told if e] == [
        ("RESOLVED", "Put it out.", "Workaround given"),
        ("REOPENED", None, None),
        ("RESOLVED", "Bought a new one.", "Resolved successfully"),
        ("CLOSED", None, "Resolved successfully"),
    ]
