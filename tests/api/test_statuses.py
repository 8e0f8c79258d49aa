"""Statuses: what their flags mean, which comes next, and how a case comes back."""

from __future__ import annotations

from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from gql.settings import Settings
from gql.store import Case, CaseStatus, Group, SupportLine
from tests.api.setting_up import DELIVERED, FINAL, bring, put, registered_as, row_id, running_after, with_status
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
ON_HOLD = with_status("ON_HOLD", like="WAITING", name="On hold")


async def status_of(desk: Desk, case_id: str) -> str:
    return str((await desk.case("dora", case_id, "status { code }"))["status"]["code"])


async def offered(desk: Desk, login: str, case_id: str) -> list[str]:
    """Codes of the statuses that the case may be taken to."""
    shown = await desk.case(login, case_id, "nextStatuses { code }")
    return [status["code"] for status in shown["nextStatuses"]]


async def numbers(desk: Desk, login: str, **filter: Any) -> set[str]:
    document = "query($f: CaseFilter) { cases(filter: $f, first: 100) { nodes { id } } }"
    return {case["id"] for case in (await desk.run(login, document, f=filter))["cases"]["nodes"]}


def on(desk: Desk, case_id: str) -> dict[str, dict[str, Any]]:
    """The inputs with which an employee could do anything to a case, by mutation."""
    inputs: dict[str, dict[str, Any]] = {
        "takeCase": {},
        "assignCase": {"assigneeId": desk.ids["ben"]},
        "escalateCase": {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["ben"]},
        "editCase": {"subject": "Smoke"},
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
        assert await numbers(desk, login, contactId=desk.ids["vera"]) == still_open, login
        assert await numbers(desk, login, includeFinal=False) == still_open, login
        assert await numbers(desk, login, includeFinal=True) == set(cases.values()), login


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
    assert shown["viewerActions"] == ["POST_TO_FEED"]


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
    assert (await desk.case("vera", case, "viewerActions"))["viewerActions"] == []


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
        payload = await desk.act("anna", "changeCaseStatus", "case { status { code } }", caseId=case, statusId=desk.ids[to])
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
    error = await desk.refused(
        "anna", "changeCaseStatus", caseId=case, statusId=desk.ids["WAITING"], reason="x" * 2001
    )
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
                await CaseStatus.create(code="BOTH", name="Both", position=9, **{first: True, second: True})
        with pytest.raises(IntegrityError):
            await CaseStatus.filter(code="WAITING").update(is_final=True)
        await CaseStatus.create(code="NEITHER", name="Neither", position=9)


async def life_of(desk: Desk, code: str) -> list[Any]:
    """What is seen of cases that come into a paused status and out of it, with the status's name left out."""
    seen: list[Any] = []
    name = (await desk.run("anna", "{ lookups { caseStatuses { code name } } }"))["lookups"]["caseStatuses"]
    name = next(status["name"] for status in name if status["code"] == code)

    async def look(case: str) -> None:
        show = """status { isActive isFinal isPaused isResolved } viewerActions nextStatuses { code }
          assignee { name } assigneeGroup { name } outcome { resolvedAt }"""
        seen.append([await desk.case(login, case, show) for login in ("anna", "dora", "vera")])
        seen.append([entry["summary"].replace(name, "..") for entry in await desk.history("anna", case)])

    async def paused(**input: Any) -> str:
        case = (await desk.register("anna", **input))["id"]
        await bring(desk, case, code)
        await look(case)
        return case

    # told of nothing while it waits, then of what becomes active
    case = await paused()
    await desk.done("anna", "assignCase", caseId=case, assigneeId=desk.ids["ben"])
    seen.append(len(await desk.notified("ben")))
    await desk.done("anna", "changeCaseStatus", caseId=case, statusId=desk.ids["IN_PROGRESS"], assigneeId=desk.ids["ben"])
    seen.append([reason for reason, _ in await desk.notified("ben")])
    await look(case)
    # the customer's answer reopens it
    case = await paused(assigneeId=desk.ids["cleo"])
    await desk.done("vera", "postToPortal", caseId=case, body="It burns again.")
    await look(case)
    # an employee's does not, and an employee reopens it
    case = await paused(assigneeId=desk.ids["cleo"], assigneeGroupId=desk.ids["group Second line"])
    await desk.done("anna", "postToPortal", caseId=case, body="Does it burn?")
    await look(case)
    await desk.done("anna", "reopenCase", caseId=case)
    await look(case)
    # taken, resolved, closed and cancelled from there
    for verb in ("takeCase", "resolveCase", "cancelCase"):
        case = await paused()
        await desk.done("anna", verb, **on(desk, case)[verb])
        await look(case)
    case = await paused()
    await desk.done("anna", "changeCaseStatus", caseId=case, statusId=desk.ids["CLOSED"])
    shown = await desk.case("anna", case, "status { code } viewerActions")
    seen.append(shown)
    # refused alike, and open like any that waits
    case = await paused()
    error = await desk.refused("anna", "changeCaseStatus", caseId=case, statusId=desk.ids["NEW"])
    seen.append(error["message"].replace(name, ".."))
    seen.append(case in await numbers(desk, "vera", includeFinal=False))
    seen.append(await desk.notified("cleo") and [reason for reason, _ in await desk.notified("cleo")])
    await desk.done("anna", "readNotifications", upTo=(await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"])
    return seen


@pytest.mark.rule("R-24")
async def test_a_status_of_the_desks_own_with_the_flag_paused_is_treated_just_like_waiting(
    database_url: str, settings: Settings
) -> None:
    lives = []
    async with running_after(settings, ON_HOLD) as desk:
        for code in ("WAITING", "ON_HOLD"):
            before = {login: len(await desk.notified(login)) for login in ("ben", "cleo")}
            lives.append((code, await life_of(desk, code), before))
    assert lives
