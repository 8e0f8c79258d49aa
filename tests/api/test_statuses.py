"""Statuses: what their flags mean, which comes next, and how a case comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from gql.settings import Settings
from gql.store import CaseStatus, ClosureCode, Group, SupportLine
from tests.api.setting_up import (
    DELIVERED,
    FINAL,
    bring,
    put,
    registered_as,
    row_id,
    running_after,
    with_setting,
    with_status,
)
from tests.running import Desk

NEXT = {
    "NEW": ["IN_PROGRESS", "WAITING"],
    "IN_PROGRESS": ["WAITING"],
    "WAITING": ["IN_PROGRESS", "CLOSED"],
    "RESOLVED": ["CLOSED", "IN_PROGRESS"],
    "REOPENED": ["IN_PROGRESS", "WAITING"],
    "CLOSED": [],
    "CANCELED": [],
}
VERBS = {"RESOLVED": "resolveCase", "REOPENED": "reopenCase", "CANCELED": "cancelCase"}
WAITING = "Waiting for response"
ON_HOLD = with_status("ON_HOLD", like="WAITING", name="On hold")


async def status_of(desk: Desk, case_id: str) -> str:
    return str((await desk.case("dora", case_id, "status { code }"))["status"]["code"])


async def offered(desk: Desk, login: str, case_id: str) -> list[str]:
    """Codes of the statuses that the case may be taken to."""
    shown = await desk.case(login, case_id, "nextStatuses { code }")
    return [status["code"] for status in shown["nextStatuses"]]


async def matching(desk: Desk, login: str, **filter: Any) -> set[str]:
    document = "query($f: CaseFilter) { cases(filter: $f, first: 100) { nodes { id } } }"
    return {case["id"] for case in (await desk.run(login, document, f=filter))["cases"]["nodes"]}


def on(desk: Desk, case_id: str) -> dict[str, dict[str, Any]]:
    """The inputs with which an employee could do anything to a case, by mutation."""
    inputs: dict[str, dict[str, Any]] = {
        "takeCase": {},
        "assignCase": {"assigneeId": desk.ids["ben"]},
        "escalateCase": {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["ben"]},
        "editCase": {"subject": "Smoke"},
        "reclassifyCase": {"categoryId": desk.ids["CONSULTATION"]},
        "resolveCase": {"resolution": "Put out."},
        "reopenCase": {},
        "cancelCase": {"closureCodeId": desk.ids["No fault found"]},
        **{f"changeCaseStatus to {code}": {"statusId": desk.ids[code]} for code in DELIVERED},
    }
    return {name: {"caseId": case_id, **input} for name, input in inputs.items()}


# ---------------------------------------------------------------- active and closed


@pytest.mark.rule("R-20")
@pytest.mark.rule("R-24")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_the_flags_of_the_statuses_as_delivered(desk: Desk, login: str) -> None:
    shown = await desk.run(login, "{ lookups { caseStatuses { code isActive isPaused isResolved isFinal } } }")
    flags = {
        row.pop("code"): [flag for flag, is_set in row.items() if is_set] for row in shown["lookups"]["caseStatuses"]
    }
    assert flags == {
        "NEW": ["isActive"],
        "IN_PROGRESS": ["isActive"],
        "WAITING": ["isPaused"],
        "RESOLVED": ["isResolved"],
        "REOPENED": ["isActive"],
        "CLOSED": ["isFinal"],
        "CANCELED": ["isFinal"],
    }


@pytest.mark.rule("R-20")
@pytest.mark.rule("R-43")
@pytest.mark.parametrize(
    ("code", "active"),
    [("NEW", True), ("IN_PROGRESS", True), ("REOPENED", True), ("WAITING", False), ("RESOLVED", False)],
)
async def test_an_assignment_is_told_where_the_flag_says_active(desk: Desk, code: str, active: bool) -> None:
    case = await desk.register("anna")
    await bring(desk, case["id"], code)
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    assert await desk.notified("ben") == ([("ASSIGNED", case["number"])] if active else [])


@pytest.mark.rule("R-20")
async def test_the_flag_and_not_the_status_decides_what_is_active(settings: Settings) -> None:
    async def make_new_inactive() -> None:
        await CaseStatus.filter(code="NEW").update(is_active=False)

    async with running_after(settings, make_new_inactive) as desk:
        await desk.register("anna", assigneeId=desk.ids["ben"])
        assert await desk.notified("ben") == []


@pytest.mark.rule("R-21")
async def test_waiting_and_resolved_cases_are_open_and_those_in_a_final_status_closed(desk: Desk) -> None:
    cases = {code: await registered_as(desk, code) for code in DELIVERED}
    still_open = {case for code, case in cases.items() if code not in FINAL}
    for login in ("anna", "vera"):
        assert await matching(desk, login, contactId=desk.ids["vera"]) == still_open, login
        assert await matching(desk, login, includeFinal=False) == still_open, login
        assert await matching(desk, login, includeFinal=True) == set(cases.values()), login


@pytest.mark.rule("R-21")
async def test_a_case_has_ended_when_its_status_is_final(desk: Desk) -> None:
    for code in DELIVERED:
        case = await registered_as(desk, code)
        outcome = (await desk.case("vera", case, "outcome { resolvedAt endedAt }"))["outcome"]
        if code == "RESOLVED":
            assert outcome["resolvedAt"] is not None
            assert outcome["endedAt"] is None
        elif code in FINAL:
            assert outcome["endedAt"] is not None, code
        else:
            assert outcome is None, code


# ---------------------------------------------------------------- the end


@pytest.mark.rule("R-22")
@pytest.mark.parametrize("final", FINAL)
async def test_no_action_of_an_employee_leads_out_of_a_final_status(desk: Desk, final: str) -> None:
    case = await registered_as(desk, final)
    show = "case { status { code } assignee { id } subject }"
    for login in ("anna", "dora", "otto"):
        for name, input in on(desk, case).items():
            payload = await desk.act(login, name.partition(" ")[0], show, **input)
            assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"], (login, name)
            assert payload["case"] == {
                "status": {"code": final},
                "assignee": None,
                "subject": "The printer is on fire",
            }, (login, name)
        assert await offered(desk, login, case) == []
    shown = await desk.case("otto", case, "viewerActions")
    at_any_time = "LINK POST_TO_FEED CHANGE_TASK RECORD_CALL RATE REWRITE HIDE_MESSAGE COMPLAIN"
    assert shown["viewerActions"] == at_any_time.split()


@pytest.mark.rule("R-22")
@pytest.mark.rule("R-70")
@pytest.mark.parametrize("final", FINAL)
async def test_no_action_of_a_customer_leads_out_of_a_final_status(desk: Desk, final: str) -> None:
    case = await registered_as(desk, final)
    before = await desk.history("dora", case)
    assert (await desk.refused("vera", "cancelCase", caseId=case))["code"] == "NOT_NOW"
    assert (await desk.refused("vera", "postToPortal", caseId=case, body="It burns!"))["code"] == "NOT_NOW"
    assert await status_of(desk, case) == final
    assert await desk.history("dora", case) == before
    assert (await desk.case("vera", case, "viewerActions"))["viewerActions"] == ["RATE", "COMPLAIN"]


@pytest.mark.rule("R-22")
async def test_a_final_status_is_the_end_even_where_its_list_names_others(settings: Settings) -> None:
    async def let_closed_lead_everywhere() -> None:
        everything = await CaseStatus.all().values_list("id", flat=True)
        await CaseStatus.filter(code="CLOSED").update(next_ids=everything)

    async with running_after(settings, let_closed_lead_everywhere) as desk:
        case = await registered_as(desk, "CLOSED")
        assert await offered(desk, "otto", case) == []
        for name, input in on(desk, case).items():
            assert (await desk.refused("otto", name.partition(" ")[0], **input))["code"] == "NOT_NOW", name
        assert await status_of(desk, case) == "CLOSED"


@pytest.mark.rule("R-22")
async def test_posting_to_the_feed_of_a_closed_case_does_not_open_it(desk: Desk) -> None:
    case = await registered_as(desk, "CLOSED")
    await desk.done("anna", "postToFeed", caseId=case, body="That was the toner.")
    assert await status_of(desk, case) == "CLOSED"


# ---------------------------------------------------------------- which comes next


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("code", DELIVERED)
async def test_a_change_of_status_leads_to_the_next_statuses_only(desk: Desk, code: str) -> None:
    reached = []
    for to in DELIVERED:
        case = await registered_as(desk, code)
        assert await offered(desk, "anna", case) == NEXT[code]
        payload = await desk.act(
            "anna", "changeCaseStatus", "case { status { code } }", caseId=case, statusId=desk.ids[to]
        )
        if payload["errors"]:
            assert payload["errors"][0]["code"] == "NOT_NOW"
            assert payload["case"]["status"]["code"] == code, "the case as it is"
        else:
            assert payload["case"]["status"]["code"] == to
            reached.append(to)
    assert sorted(reached) == sorted(NEXT[code])


@pytest.mark.rule("R-23")
async def test_the_message_names_the_statuses_that_are_allowed(desk: Desk) -> None:
    case = await registered_as(desk, "WAITING")
    error = await desk.refused("anna", "changeCaseStatus", caseId=case, statusId=desk.ids["NEW"])
    assert error == {
        "code": "NOT_NOW",
        "message": "New does not follow Waiting for response. These do: In progress, Closed.",
        "field": ["statusId"],
    }


@pytest.mark.rule("R-23")
@pytest.mark.parametrize(("code", "verb"), VERBS.items(), ids=VERBS)
async def test_a_step_with_a_mutation_of_its_own_is_refused_and_the_mutation_named(
    desk: Desk, code: str, verb: str
) -> None:
    case = await registered_as(desk, "WAITING")
    error = await desk.refused("anna", "changeCaseStatus", caseId=case, statusId=desk.ids[code])
    assert (error["code"], error["field"]) == ("NOT_NOW", ["statusId"])
    assert f"`{verb}`" in error["message"]
    inputs = on(desk, case)[verb]
    done = await desk.done("anna", verb, "case { status { code } }", **inputs)
    assert done["case"]["status"]["code"] == code, "and by that mutation it is reached"


@pytest.mark.rule("R-23")
async def test_a_status_that_is_not_there_is_not_found(desk: Desk) -> None:
    case = await registered_as(desk, "NEW")
    for id in ("CaseStatus_999", desk.ids["INCIDENT"], "nonsense"):
        error = await desk.refused("anna", "changeCaseStatus", caseId=case, statusId=id)
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["statusId"])


@pytest.mark.rule("R-23")
async def test_a_customer_changes_no_status(desk: Desk) -> None:
    case = await registered_as(desk, "WAITING")
    assert await offered(desk, "vera", case) == []
    error = await desk.refused("vera", "changeCaseStatus", caseId=case, statusId=desk.ids["CLOSED"])
    assert error["code"] == "FORBIDDEN"
    assert await status_of(desk, case) == "WAITING"


@pytest.mark.rule("R-23")
async def test_a_change_of_status_stands_in_the_history_with_its_reason(desk: Desk) -> None:
    case = (await desk.register("anna"))["id"]
    await desk.done(
        "anna", "changeCaseStatus", caseId=case, statusId=desk.ids["WAITING"], reason="  The toner is ordered. "
    )
    show = "summary ... on CaseStatusChanged { from { code } to { code } reason }"
    entry = (await desk.history("anna", case, show))[-1]
    assert entry == {
        "summary": "Status changed from New to Waiting for response.",
        "from": {"code": "NEW"},
        "to": {"code": "WAITING"},
        "reason": "The toner is ordered.",
    }
    assert (await desk.history("vera", case, show))[-1] == {**entry, "reason": None}


@pytest.mark.rule("R-23")
async def test_a_reason_is_no_longer_than_a_reason_may_be(desk: Desk) -> None:
    case = (await desk.register("anna"))["id"]
    error = await desk.refused("anna", "changeCaseStatus", caseId=case, statusId=desk.ids["WAITING"], reason="x" * 2001)
    assert (error["code"], error["field"]) == ("LIMIT", ["reason"])
    assert await status_of(desk, case) == "NEW"


@pytest.mark.rule("R-23")
@pytest.mark.rule("R-95")
async def test_where_the_desk_itself_reopens_it_does_not_ask_what_comes_next(settings: Settings) -> None:
    async def let_nothing_follow() -> None:
        await CaseStatus.filter(code="WAITING").update(next_ids=[])

    async with running_after(settings, let_nothing_follow) as desk:
        case = await registered_as(desk, "WAITING")
        assert await offered(desk, "anna", case) == []
        await desk.done("vera", "postToPortal", caseId=case, body="It burns again.")
        assert await status_of(desk, case) == "REOPENED"


async def test_an_assignee_is_named_only_with_the_status_in_progress(desk: Desk) -> None:
    case = (await desk.register("anna"))["id"]
    error = await desk.refused(
        "anna", "changeCaseStatus", caseId=case, statusId=desk.ids["WAITING"], assigneeId=desk.ids["ben"]
    )
    assert (error["code"], error["field"]) == ("INVALID", ["assigneeId"])
    assert await status_of(desk, case) == "NEW"


# ---------------------------------------------------------------- statuses of the desk's own


@pytest.mark.rule("R-24")
async def test_a_status_has_at_most_one_of_the_flags(desk: Desk) -> None:
    flags = ("is_final", "is_resolved", "is_paused")
    with desk.database():
        for first, second in ((flags[0], flags[1]), (flags[0], flags[2]), (flags[1], flags[2])):
            with pytest.raises(IntegrityError):
                await CaseStatus(code="BOTH", name="Both", position=9, **{first: True, second: True}).save()
        with pytest.raises(IntegrityError):
            await CaseStatus.filter(code="WAITING").update(is_final=True)
        await CaseStatus.create(code="NEITHER", name="Neither", position=9)


async def seen_of(desk: Desk, code: str, deeds: list[tuple[str, str, dict[str, str]]]) -> str:
    """All that anybody sees of a case that waits in some status while this is done to it, but for the status's name.

    In the inputs of the deeds, names of the cast, of groups and of statuses stand for their ids.
    """
    case = await desk.register("anna", assigneeId=desk.ids["cleo"], assigneeGroupId=desk.ids["group Second line"])
    await bring(desk, case["id"], code)
    answers = []
    for login, mutation, named in deeds:
        input = {field: desk.ids.get(value, value) for field, value in named.items()}
        answers.append((await desk.act(login, mutation, caseId=case["id"], **input))["errors"])
    show = """status { name isActive isFinal isPaused isResolved } viewerActions nextStatuses { name }
      assignee { name } assigneeGroup { name } outcome { resolution closureCode { name } }
      history { nodes { summary } }"""
    seen = {login: await desk.case(login, case["id"], show) for login in ("anna", "cleo", "dora", "vera")}
    for shown in seen.values():  # both of them follow wherever one does
        shown["nextStatuses"] = [s["name"] for s in shown["nextStatuses"] if s["name"] not in ("On hold", WAITING)]
    told = {
        login: [reason for reason, number in await desk.notified(login) if number == case["number"]]
        for login in ("anna", "ben", "cleo", "vera")
    }
    listed = case["id"] in await matching(desk, "vera", includeFinal=False)
    with desk.database():
        name = (await CaseStatus.get(code=code)).name
    return json.dumps([answers, seen, told, listed], indent=1).replace(name, "its name")


@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([], id="nothing"),
        pytest.param([("anna", "assignCase", {"assigneeId": "ben"})], id="assigned"),
        pytest.param(
            [("anna", "escalateCase", {"supportLineId": "line 2", "assigneeGroupId": "group Second line"})],
            id="escalated",
        ),
        pytest.param([("vera", "postToPortal", {"body": "It burns again."})], id="answered by the customer"),
        pytest.param([("anna", "postToPortal", {"body": "Does it burn?"})], id="answered by an employee"),
        pytest.param([("anna", "reopenCase", {})], id="reopened"),
        pytest.param([("ben", "takeCase", {})], id="taken"),
        pytest.param(
            [("anna", "changeCaseStatus", {"statusId": "IN_PROGRESS", "assigneeId": "ben"})], id="set in progress"
        ),
        pytest.param([("anna", "changeCaseStatus", {"statusId": "CLOSED"})], id="closed"),
        pytest.param([("anna", "changeCaseStatus", {"statusId": "NEW"})], id="taken where it cannot go"),
        pytest.param([("anna", "resolveCase", {"resolution": "Put out."})], id="resolved"),
        pytest.param([("anna", "cancelCase", {"closureCodeId": "No fault found"})], id="cancelled by an employee"),
        pytest.param([("vera", "cancelCase", {})], id="cancelled by the customer"),
        pytest.param([("anna", "editCase", {"subject": "Smoke"})], id="edited"),
    ],
)
async def test_a_status_of_the_desks_own_that_is_paused_is_treated_just_like_waiting(
    settings: Settings, deeds: list[tuple[str, str, dict[str, str]]]
) -> None:
    async with running_after(settings, ON_HOLD) as desk:
        waiting = await seen_of(desk, "WAITING", deeds)
        on_hold = await seen_of(desk, "ON_HOLD", deeds)
    assert on_hold == waiting


@pytest.mark.rule("R-24")
async def test_a_status_of_the_desks_own_is_shown_with_its_code_and_flags(settings: Settings) -> None:
    async with running_after(settings, ON_HOLD) as desk:
        case = await registered_as(desk, "ON_HOLD")
        for login in ("anna", "vera"):
            shown = await desk.case(login, case, "status { code name isActive isPaused isResolved isFinal }")
            assert shown["status"] == {
                "code": "ON_HOLD",
                "name": "On hold",
                "isActive": False,
                "isPaused": True,
                "isResolved": False,
                "isFinal": False,
            }
        fresh = await registered_as(desk, "NEW")
        assert await offered(desk, "anna", fresh) == ["IN_PROGRESS", "WAITING", "ON_HOLD"]


@pytest.mark.rule("R-22")
@pytest.mark.rule("R-24")
async def test_a_status_of_the_desks_own_that_is_final_is_an_end_too(settings: Settings) -> None:
    async with running_after(settings, with_status("JUNK", like="CLOSED", name="Junk", next_ids=[1, 2])) as desk:
        case = await registered_as(desk, "WAITING")
        await bring(desk, case, "JUNK")
        for name, input in on(desk, case).items():
            assert (await desk.refused("otto", name.partition(" ")[0], **input))["code"] == "NOT_NOW", name
        assert (await desk.refused("vera", "postToPortal", caseId=case, body="Why?"))["code"] == "NOT_NOW"
        assert await matching(desk, "vera", includeFinal=False) == set()
        assert (await desk.case("vera", case, "outcome { endedAt }"))["outcome"]["endedAt"] is not None


@pytest.mark.rule("R-24")
async def test_a_status_of_the_desks_own_that_is_active_has_assignments_told(settings: Settings) -> None:
    async with running_after(settings, with_status("TESTING", like="IN_PROGRESS", name="Testing")) as desk:
        case = await desk.register("anna")
        await bring(desk, case["id"], "TESTING")
        await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
        assert await desk.notified("ben") == [("ASSIGNED", case["number"])]
        assert (await desk.refused("anna", "reopenCase", caseId=case["id"]))["code"] == "NOT_NOW"


@pytest.mark.rule("R-24")
async def test_a_case_that_is_resolved_in_a_status_of_the_desks_own_comes_back_too(settings: Settings) -> None:
    async with running_after(settings, with_status("ANSWERED", like="RESOLVED", name="Answered")) as desk:
        by_employee, by_customer = await registered_as(desk, "NEW"), await registered_as(desk, "NEW")
        error = await desk.refused("anna", "changeCaseStatus", caseId=by_customer, statusId=desk.ids["ANSWERED"])
        assert (error["code"], "`resolveCase`" in error["message"]) == ("NOT_NOW", True)
        for case in (by_employee, by_customer):
            await put(desk, case, status_id=row_id(desk.ids["ANSWERED"]))
        await desk.done("anna", "reopenCase", caseId=by_employee)
        await desk.done("vera", "postToPortal", caseId=by_customer, body="It burns again.")
        assert await status_of(desk, by_employee) == await status_of(desk, by_customer) == "REOPENED"


@pytest.mark.rule("R-24")
async def test_the_delivered_statuses_are_found_by_their_code_whatever_they_are_called(settings: Settings) -> None:
    async def shift_names() -> None:
        names = {status.code: status.name for status in await CaseStatus.all()}
        for code, other in zip(DELIVERED, DELIVERED[1:] + DELIVERED[:1], strict=True):
            await CaseStatus.filter(code=code).update(name=names[other])

    async with running_after(settings, shift_names) as desk:
        for code in DELIVERED:
            assert await status_of(desk, await registered_as(desk, code)) == code


# ---------------------------------------------------------------- reopening


SHOWN = "case { status { code } assignee { name } assigneeGroup { name } outcome { resolution } }"


@pytest.mark.rule("R-26")
@pytest.mark.parametrize("code", ["WAITING", "RESOLVED"])
async def test_reopening_brings_a_case_back_and_clears_the_assignee(desk: Desk, code: str) -> None:
    name = {"WAITING": "Waiting for response", "RESOLVED": "Resolved"}[code]
    case = await registered_as(desk, code, assigneeId=desk.ids["ben"], assigneeGroupId=desk.ids["group Second line"])
    assert "REOPEN" in (await desk.case("cleo", case, "viewerActions"))["viewerActions"]
    done = await desk.done("cleo", "reopenCase", SHOWN, caseId=case, reason="It burns again.")
    assert done["case"] == {
        "status": {"code": "REOPENED"},
        "assignee": None,
        "assigneeGroup": {"name": "Second line"},
        "outcome": None,
    }
    show = "__typename summary ... on CaseStatusChanged { reason }"
    assert (await desk.history("cleo", case, show))[-2:] == [
        {"__typename": "CaseAssigned", "summary": "Assigned to Second line."},
        {
            "__typename": "CaseStatusChanged",
            "summary": f"Status changed from {name} to Reopened.",
            "reason": "It burns again.",
        },
    ]


@pytest.mark.rule("R-26")
@pytest.mark.parametrize("code", ["NEW", "IN_PROGRESS", "REOPENED", "CLOSED", "CANCELED"])
async def test_from_any_other_status_reopening_is_not_possible_now(desk: Desk, code: str) -> None:
    case = await registered_as(desk, code)
    before = await desk.history("dora", case)
    payload = await desk.act("dora", "reopenCase", "case { status { code } }", caseId=case)
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert payload["case"]["status"]["code"] == code, "with the case as it is"
    assert await desk.history("dora", case) == before
    assert "REOPEN" not in (await desk.case("dora", case, "viewerActions"))["viewerActions"]


@pytest.mark.rule("R-26")
async def test_a_reopened_case_without_a_group_gets_the_first_of_its_line_which_is_told(desk: Desk) -> None:
    case = await desk.register("anna", assigneeId=desk.ids["ben"])
    await bring(desk, case["id"], "WAITING")
    done = await desk.done("dora", "reopenCase", SHOWN, caseId=case["id"])
    assert (done["case"]["assignee"], done["case"]["assigneeGroup"]) == (None, {"name": "First line"})
    for login in ("anna", "cleo"):
        assert await desk.notified(login) == [("GROUP_ASSIGNED", case["number"])], login
    assert await desk.notified("ben") == [("ASSIGNED", case["number"])], "of the registration, and of nothing since"


@pytest.mark.rule("R-26")
async def test_the_first_group_is_that_of_the_line_that_the_case_has_come_to(desk: Desk) -> None:
    case = (await desk.register("anna"))["id"]
    await desk.done("anna", "escalateCase", caseId=case, supportLineId=desk.ids["line 2"], assigneeId=desk.ids["ben"])
    await bring(desk, case, "WAITING")
    done = await desk.done("anna", "reopenCase", SHOWN, caseId=case)
    assert done["case"]["assigneeGroup"] == {"name": "Second line"}


@pytest.mark.rule("R-26")
@pytest.mark.rule("R-58")
async def test_of_several_groups_of_a_line_the_first_is_taken(settings: Settings) -> None:
    async def add_groups() -> None:
        line = await SupportLine.get(level=1)
        await line.groups.add(await Group.create(name="Afterhours"), await Group.get(name="Third line"))

    async with running_after(settings, add_groups) as desk:
        case = await registered_as(desk, "WAITING")
        lines = (await desk.run("anna", "{ lookups { supportLines { groups { name } } } }"))["lookups"]["supportLines"]
        done = await desk.done("anna", "reopenCase", SHOWN, caseId=case)
        assert done["case"]["assigneeGroup"] == lines[0]["groups"][0] == {"name": "First line"}


@pytest.mark.rule("R-26")
async def test_a_case_of_a_line_without_groups_is_reopened_for_nobody(settings: Settings) -> None:
    async def take_the_groups_away() -> None:
        await (await SupportLine.get(level=1)).groups.clear()

    async with running_after(settings, take_the_groups_away) as desk:
        case = await registered_as(desk, "RESOLVED", assigneeId=desk.ids["ben"])
        done = await desk.done("anna", "reopenCase", SHOWN, caseId=case)
        assert done["case"] == {
            "status": {"code": "REOPENED"},
            "assignee": None,
            "assigneeGroup": None,
            "outcome": None,
        }


@pytest.mark.rule("R-26")
async def test_a_setting_lets_the_assignee_stay(settings: Settings) -> None:
    async with running_after(settings, with_setting("ClearAssigneeOnCaseReopening", False)) as desk:
        case = await registered_as(desk, "WAITING", assigneeId=desk.ids["ben"])
        done = await desk.done("anna", "reopenCase", SHOWN, caseId=case)
        assert (done["case"]["assignee"], done["case"]["assigneeGroup"]) == ({"name": "Ben Castellano"}, None)
        assert [reason for reason, _ in await desk.notified("ben")] == ["ASSIGNED", "ASSIGNED"]


@pytest.mark.rule("R-26")
async def test_a_customer_reopens_by_writing_and_not_by_the_mutation(desk: Desk) -> None:
    case = await registered_as(desk, "RESOLVED")
    assert (await desk.refused("vera", "reopenCase", caseId=case))["code"] == "FORBIDDEN"
    assert await status_of(desk, case) == "RESOLVED"
    assert (await desk.refused("paul", "reopenCase", caseId=case))["code"] == "NOT_FOUND"


@pytest.mark.rule("R-26")
async def test_a_case_that_was_brought_back_is_resolved_anew(desk: Desk) -> None:
    case = await registered_as(desk, "RESOLVED")
    first = (await desk.case("anna", case, "outcome { resolvedAt }"))["outcome"]["resolvedAt"]
    await desk.done("anna", "reopenCase", caseId=case)
    show = "case { outcome { resolution resolvedAt endedAt } }"
    done = await desk.done("anna", "resolveCase", show, caseId=case, resolution="The fuse was changed.")
    outcome = done["case"]["outcome"]
    assert (outcome["resolution"], outcome["endedAt"]) == ("The fuse was changed.", None)
    assert outcome["resolvedAt"] > first


# ---------------------------------------------------------------- what clients draw


@pytest.mark.rule("R-27")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_each_status_says_what_its_button_is_called(desk: Desk, login: str) -> None:
    shown = await desk.run(login, "{ lookups { caseStatuses { code order buttonCaption closeOnSave inUse } } }")
    rows = shown["lookups"]["caseStatuses"]
    assert [row["code"] for row in rows] == list(DELIVERED)
    assert [row["order"] for row in rows] == sorted(row["order"] for row in rows)
    assert {row["code"]: row["buttonCaption"] for row in rows} == {
        "NEW": "New",  # nothing leads to it, so the name will do
        "IN_PROGRESS": "Start work",
        "WAITING": "Put on hold",
        "RESOLVED": "Resolve",
        "REOPENED": "Reopen",
        "CLOSED": "Close",
        "CANCELED": "Cancel",
    }
    assert all(row["inUse"] and not row["closeOnSave"] for row in rows)


@pytest.mark.rule("R-27")
async def test_a_status_of_the_desks_own_has_a_caption_a_description_and_a_closure_code(settings: Settings) -> None:
    async def code() -> None:
        await CaseStatus.filter(code="REFUSED").update(
            default_closure_code_id=(await ClosureCode.get(name="No fault found")).id
        )

    refused = with_status(
        "REFUSED",
        like="CLOSED",
        name="Refused",
        button_caption="Refuse",
        close_on_save=True,
        description="Not what we do.",
    )
    async with running_after(settings, refused, code) as desk:
        document = """query($id: ID!) { node(id: $id) { ... on CaseStatus {
          code description buttonCaption closeOnSave defaultClosureCode { name } } } }"""
        assert (await desk.run("anna", document, id=desk.ids["REFUSED"]))["node"] == {
            "code": "REFUSED",
            "description": "Not what we do.",
            "buttonCaption": "Refuse",
            "closeOnSave": True,
            "defaultClosureCode": {"name": "No fault found"},
        }
