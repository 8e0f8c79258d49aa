"""Handing a case on: to an assignee, a group, or both, on the same support line."""

from __future__ import annotations

from typing import Any

import pytest

from gql.store import User
from tests.running import Desk

HANDS = "assignee { name } assigneeGroup { name }"


def hands(seen: dict[str, Any]) -> tuple[str | None, str | None]:
    """Assignee and group, by name."""
    return seen["assignee"] and seen["assignee"]["name"], seen["assigneeGroup"] and seen["assigneeGroup"]["name"]


async def assigned(desk: Desk, case: dict[str, Any], **input: Any) -> tuple[str | None, str | None]:
    """Assignee and group of a case after dora has handed it on."""
    return hands((await desk.done("dora", "assignCase", f"case {{ {HANDS} }}", caseId=case["id"], **input))["case"])


async def in_hands_of(desk: Desk, case: dict[str, Any]) -> tuple[str | None, str | None]:
    return hands(await desk.case("dora", case["id"], HANDS))


async def deactivate(desk: Desk, login: str) -> None:
    with desk.database():
        await User.filter(id=desk.logins[login].user_id).update(active=False)


async def end(desk: Desk, case: dict[str, Any], how: str) -> None:
    if how == "CLOSED":
        await desk.done("dora", "resolveCase", caseId=case["id"], resolution="Put it out.")
        await desk.done("dora", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["CLOSED"])
    else:
        await desk.done("dora", "cancelCase", caseId=case["id"], closureCodeId=desk.ids["Created by mistake"])


@pytest.mark.rule("R-35")
async def test_what_is_left_out_stays(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert await assigned(desk, case, assigneeId=desk.ids["cleo"]) == ("Cleo Marsh", "First line")
    second = desk.ids["group Second line"]
    assert await assigned(desk, case, assigneeGroupId=second) == ("Cleo Marsh", "Second line")


@pytest.mark.rule("R-35")
async def test_both_are_changed_at_once(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    both = {"assigneeId": desk.ids["ben"], "assigneeGroupId": desk.ids["group Second line"]}
    assert await assigned(desk, case, **both) == ("Ben Castellano", "Second line")
    assert [entry["__typename"] for entry in await desk.history("dora", case["id"])][2:] == ["CaseAssigned"]


@pytest.mark.rule("R-35")
async def test_null_clears_the_one_and_leaves_the_other(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert await assigned(desk, case, assigneeId=None) == (None, "First line")
    assert await assigned(desk, case, assigneeId=desk.ids["anna"], assigneeGroupId=None) == ("Anna Weber", None)


@pytest.mark.rule("R-35")
async def test_null_for_both_leaves_a_case_with_nobody(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert await assigned(desk, case, assigneeId=None, assigneeGroupId=None) == (None, None)
    assert (await desk.history("dora", case["id"]))[-1] == {
        "__typename": "CaseAssigned",
        "summary": "Assigned to nobody.",
    }


@pytest.mark.rule("R-35")
async def test_handing_on_names_somebody_or_something_to_clear(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    error = await desk.refused("ben", "assignCase", caseId=case["id"])
    assert (error["code"], error["field"]) == ("REQUIRED", ["assigneeId"])
    assert await in_hands_of(desk, case) == ("Anna Weber", None)


@pytest.mark.rule("R-35")
async def test_handing_on_leaves_line_and_status_as_they_are(desk: Desk) -> None:
    case = await desk.register()
    show = "status { code } supportLine { level }"
    payload = await desk.done(
        "anna", "assignCase", f"case {{ {show} }}", caseId=case["id"], assigneeGroupId=desk.ids["group Second line"]
    )
    assert payload["case"] == {"status": {"code": "NEW"}, "supportLine": {"level": 1}}


@pytest.mark.rule("R-35")
async def test_the_history_tells_who_has_the_case_now(desk: Desk) -> None:
    case = await desk.register(assigneeGroupId=desk.ids["group First line"])
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["cleo"])
    entry = (
        await desk.history(
            "dora",
            case["id"],
            "summary audience actor { name } ... on CaseAssigned { assignee { name } assigneeGroup { name } }",
        )
    )[-1]
    assert entry == {
        "summary": "Assigned to Cleo Marsh of First line.",
        "audience": "STAFF",
        "actor": {"name": "Anna Weber"},
        "assignee": {"name": "Cleo Marsh"},
        "assigneeGroup": {"name": "First line"},
    }


@pytest.mark.rule("R-35")
async def test_handing_a_case_to_those_who_have_it_succeeds_and_records_nothing(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    before = await desk.case("dora", case["id"], "changedAt history { nodes { id } }")
    assert await assigned(desk, case, assigneeId=desk.ids["anna"]) == ("Anna Weber", "First line")
    assert await desk.case("dora", case["id"], "changedAt history { nodes { id } }") == before
    assert await desk.notified("anna") == []


@pytest.mark.rule("R-35")
@pytest.mark.parametrize("ending", ["CLOSED", "CANCELED"])
async def test_a_case_that_has_ended_is_not_handed_on(desk: Desk, ending: str) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    await end(desk, case, ending)
    payload = await desk.act(
        "dora", "assignCase", f"case {{ status {{ code }} {HANDS} }}", caseId=case["id"], assigneeId=desk.ids["ben"]
    )
    assert [error["code"] for error in payload["errors"]] == ["NOT_NOW"]
    assert payload["case"]["status"]["code"] == ending
    assert hands(payload["case"]) == ("Anna Weber", None)


@pytest.mark.rule("R-35")
@pytest.mark.parametrize("status", ["WAITING", "RESOLVED"])
async def test_a_waiting_or_resolved_case_is_handed_on(desk: Desk, status: str) -> None:
    case = await desk.register()
    if status == "WAITING":
        await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"])
    else:
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution="Put it out.")
    assert await assigned(desk, case, assigneeId=desk.ids["ben"]) == ("Ben Castellano", None)


@pytest.mark.rule("R-35")
async def test_when_one_of_two_cannot_be_had_the_other_is_not_set_either(desk: Desk) -> None:
    case = await desk.register()
    error = await desk.refused(
        "dora", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"], assigneeGroupId="Group_4711"
    )
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["assigneeGroupId"])
    assert await in_hands_of(desk, case) == (None, None)


async def test_a_customer_hands_no_case_on_and_learns_nothing_of_anothers(desk: Desk) -> None:
    case = await desk.register()
    own = await desk.refused("vera", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])
    assert own["code"] == "FORBIDDEN"
    foreign = await desk.refused("paul", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])
    assert foreign["code"] == "NOT_FOUND"
    assert await in_hands_of(desk, case) == (None, None)


NAMING = ("registerCase", "assignCase", "escalateCase", "changeCaseStatus")
"""The mutations that can name an assignee."""


def naming(desk: Desk, mutation: str, case: dict[str, Any], assignee_id: str) -> dict[str, Any]:
    """An input of such a mutation that names the assignee."""
    extra = {
        "assignCase": {"caseId": case["id"]},
        "escalateCase": {"caseId": case["id"], "supportLineId": desk.ids["line 2"]},
        "changeCaseStatus": {"caseId": case["id"], "statusId": desk.ids["IN_PROGRESS"]},
        "registerCase": {"subject": "Smoke", "contactId": desk.ids["vera"]},
    }
    return {**extra[mutation], "assigneeId": assignee_id}


@pytest.mark.rule("R-36")
async def test_one_who_is_not_active_is_made_assignee_by_no_mutation(desk: Desk) -> None:
    case = await desk.register()
    await deactivate(desk, "ben")
    for mutation in NAMING:
        error = await desk.refused("dora", mutation, **naming(desk, mutation, case, desk.ids["ben"]))
        assert (error["code"], error["field"]) == ("INVALID", ["assigneeId"]), mutation
        assert "Ben Castellano" in error["message"]
    assert await in_hands_of(desk, case) == (None, None)


@pytest.mark.rule("R-36")
@pytest.mark.parametrize("who", ["User_4711", "vera", "group First line", "nonsense"])
async def test_whoever_is_no_employee_is_made_assignee_by_no_mutation(desk: Desk, who: str) -> None:
    case = await desk.register()
    for mutation in NAMING:
        error = await desk.refused("dora", mutation, **naming(desk, mutation, case, desk.ids.get(who, who)))
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["assigneeId"]), mutation
    assert await in_hands_of(desk, case) == (None, None)


@pytest.mark.rule("R-36")
@pytest.mark.parametrize("who", ["anna", "dora", "otto"])
async def test_every_active_employee_can_be_made_assignee(desk: Desk, who: str) -> None:
    for mutation in NAMING:
        case = await desk.register()
        input = naming(desk, mutation, case, desk.ids[who])
        payload = await desk.done("dora", mutation, "case { assignee { id } }", **input)
        assert payload["case"]["assignee"]["id"] == desk.ids[who], mutation


@pytest.mark.rule("R-36")
async def test_the_assignee_need_not_belong_to_the_group(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["ben"], assigneeGroupId=desk.ids["group First line"])
    assert await in_hands_of(desk, case) == ("Ben Castellano", "First line")
    third = desk.ids["group Third line"]
    both = {"assigneeId": desk.ids["anna"], "assigneeGroupId": third}
    assert await assigned(desk, case, **both) == ("Anna Weber", "Third line")
    both = {"assigneeId": desk.ids["ben"], "assigneeGroupId": third}
    payload = await desk.done(
        "dora", "escalateCase", f"case {{ {HANDS} }}", caseId=case["id"], supportLineId=desk.ids["line 2"], **both
    )
    assert hands(payload["case"]) == ("Ben Castellano", "Third line")


@pytest.mark.rule("R-36")
async def test_those_who_can_be_made_assignee_are_those_who_are_listed(desk: Desk) -> None:
    await deactivate(desk, "ben")
    users = (await desk.run("dora", "{ users(first: 100) { nodes { name } } }"))["users"]["nodes"]
    assert [user["name"] for user in users] == ["Anna Weber", "Cleo Marsh", "Dora Novak", "Otto Haugen"]
