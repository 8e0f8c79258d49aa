"""A customer complains about a case, also after it has ended."""

from __future__ import annotations

from typing import Any

import pytest

from tests.running import Desk

COMPLAINT = "case { id number subject description status { code } parent { id number } }"


async def ended(desk: Desk) -> dict[str, Any]:
    """A case of vera's that was closed, with the second line's group."""
    case = await desk.register("vera", subject="Broken door")
    group = desk.ids["group Second line"]
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeGroupId=group)
    await desk.done("vera", "cancelCase", caseId=case["id"])
    return case


@pytest.mark.rule("R-70")
async def test_a_customer_complains_about_a_case_that_has_ended_and_the_complaint_is_a_case_of_its_own(
    desk: Desk,
) -> None:
    case = await ended(desk)
    payload = await desk.done("vera", "complain", COMPLAINT, caseId=case["id"], body="It fell off its hinges.")
    complaint = payload["case"]
    assert complaint["number"] != case["number"]
    assert (complaint["subject"], complaint["description"]) == ("Complaint: Broken door", "It fell off its hinges.")
    assert complaint["status"]["code"] == "NEW"
    assert complaint["parent"] == {"id": case["id"], "number": case["number"]}
    show = "status { code isFinal }"
    assert (await desk.case("vera", case["id"], show))["status"]["isFinal"] is True


@pytest.mark.rule("R-70")
async def test_a_complaint_reaches_the_group_that_had_the_case(desk: Desk) -> None:
    case = await ended(desk)
    complaint = (await desk.done("vera", "complain", COMPLAINT, caseId=case["id"], body="No!"))["case"]
    assert (await desk.notified("ben"))[-1] == ("GROUP_ASSIGNED", complaint["number"])
    show = "assigneeGroup { name } contact { name } category { code }"
    shown = await desk.case("anna", complaint["id"], show)
    assert shown == await desk.case("anna", case["id"], show)
    assert shown["assigneeGroup"] == {"name": "Second line"}


@pytest.mark.rule("R-70")
async def test_a_complaint_about_a_case_without_a_group_reaches_the_first_line(desk: Desk) -> None:
    case = await desk.register("vera")
    complaint = (await desk.done("vera", "complain", COMPLAINT, caseId=case["id"], body="No!"))["case"]
    assert (await desk.case("anna", complaint["id"], "assigneeGroup { name }"))["assigneeGroup"]["name"] == "First line"
    assert ("GROUP_ASSIGNED", complaint["number"]) in await desk.notified("anna")


@pytest.mark.rule("R-28")
@pytest.mark.rule("R-70")
async def test_a_complaint_about_a_case_of_a_group_that_was_retired_reaches_the_first_line(desk: Desk) -> None:
    case = await ended(desk)
    await desk.done("otto", "editGroup", groupId=desk.ids["group Second line"], inUse=False)
    complaint = (await desk.done("vera", "complain", COMPLAINT, caseId=case["id"], body="No!"))["case"]
    assert (await desk.case("anna", complaint["id"], "assigneeGroup { name }"))["assigneeGroup"]["name"] == "First line"
    assert ("GROUP_ASSIGNED", complaint["number"]) in await desk.notified("anna")


@pytest.mark.rule("R-70")
async def test_both_histories_tell_of_the_complaint_to_the_customer_too(desk: Desk) -> None:
    case = await ended(desk)
    document = "subscription($id: ID) { caseHistoryAdded(caseId: $id) { __typename summary } }"
    async with desk.stream("anna", document, id=case["id"]) as entries:
        complaint = (await desk.done("vera", "complain", COMPLAINT, caseId=case["id"], body="No!"))["case"]
        assert (await entries.next())["__typename"] == "CaseComplainedAbout"
    show = (
        "__typename ... on CaseComplainedAbout { complaint { number } } ... on CaseParentChanged { parent { number } }"
    )
    for login in ("vera", "anna"):
        assert (await desk.history(login, case["id"], show))[-1] == {
            "__typename": "CaseComplainedAbout",
            "complaint": {"number": complaint["number"]},
        }
        assert (await desk.history(login, complaint["id"], show))[-1] == {
            "__typename": "CaseParentChanged",
            "parent": {"number": case["number"]},
        }


@pytest.mark.rule("R-70")
@pytest.mark.rule("R-161")
async def test_nobody_complains_about_a_case_of_anothers_and_not_without_a_word(desk: Desk) -> None:
    case = await desk.register("vera")
    assert (await desk.refused("paul", "complain", caseId=case["id"], body="No!"))["code"] == "NOT_FOUND"
    error = await desk.refused("vera", "complain", caseId=case["id"], body=" ")
    assert (error["code"], error["field"]) == ("REQUIRED", ["body"])


@pytest.mark.rule("R-142")
async def test_a_customer_is_offered_to_complain_whatever_the_state(desk: Desk) -> None:
    case = await desk.register("vera")
    assert "COMPLAIN" in (await desk.case("vera", case["id"], "viewerActions"))["viewerActions"]
    await desk.done("vera", "cancelCase", caseId=case["id"])
    assert (await desk.case("vera", case["id"], "viewerActions"))["viewerActions"] == ["RATE", "COMPLAIN"]


@pytest.mark.rule("R-173")
async def test_of_a_hidden_message_no_case_is_made_that_its_customer_reads(desk: Desk) -> None:
    case = await desk.register("vera")
    of = {"caseId": case["id"], "body": "Hush."}
    message = (await desk.done("anna", "postToPortal", "portalMessage { id }", **of))["portalMessage"]["id"]
    await desk.done("dora", "hideMessage", messageId=message)
    assert (await desk.refused("anna", "registerCase", fromEntryId=message, subject="Split"))["code"] == "INVALID"
