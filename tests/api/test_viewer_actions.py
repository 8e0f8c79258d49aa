"""What a case offers its viewer is what the mutations then do: by role and by status, on the real API."""

from __future__ import annotations

from typing import Any

import pytest

from gql.enums import CaseAction, PortalRole, TaskStatus
from gql.store import Task
from tests.api.setting_up import DELIVERED, bring, row_id
from tests.api.test_organisations import let_in
from tests.running import Desk

OFFERED = "viewerActions nextStatuses { id }"

STAFF, CUSTOMERS = ("anna", "dora", "otto"), ("vera", "vida")


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    """The desk, with vida, who observes vera's organisation."""
    await let_in(desk, "Vida Holm", "vida", PortalRole.OBSERVER, desk.ids["account of Vera Lindqvist"])
    return desk


async def standing(desk: Desk, login: str, status: str) -> dict[str, str]:
    """Ids of a case of vera's in a status, of a message on it that is the employee's own, and of an open task."""
    author, case = login if login in STAFF else "anna", (await desk.register())["id"]
    said = await desk.done(author, "postToPortal", "portalMessage { id }", caseId=case, body="A word.")
    task = (await desk.done(author, "addTask", "task { id }", caseId=case, title="A task"))["task"]["id"]
    await desk.done(author, "completeTask", taskId=task)  # or the case could not be resolved
    await bring(desk, case, status)
    with desk.database():
        await Task.filter(id=row_id(task)).update(status=TaskStatus.OPEN, ended_at=None)
    return {"caseId": case, "messageId": said["portalMessage"]["id"], "taskId": task}


def attempts(desk: Desk, login: str, following: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """For each action the mutation that does it, and an input beside ids that is right wherever the case allows it."""
    ids = desk.ids
    ended = {} if login in CUSTOMERS else {"closureCodeId": ids["No fault found"]}
    return {
        "TAKE": ("takeCase", {}),
        "ASSIGN": ("assignCase", {"assigneeId": ids["cleo"]}),
        "ESCALATE": ("escalateCase", {"supportLineId": ids["line 3"], "assigneeId": ids["cleo"]}),
        "RECLASSIFY": ("reclassifyCase", {"categoryId": ids["CONSULTATION"]}),
        "EDIT": ("editCase", {"subject": "Another"}),
        "CHANGE_STATUS": ("changeCaseStatus", {"statusId": following}),
        "RESOLVE": ("resolveCase", {"resolution": "Done.", "openTasks": "KEEP"}),
        "REOPEN": ("reopenCase", {}),
        "CANCEL": ("cancelCase", ended),
        "LINK": ("linkCases", {"kind": "RELATED"}),
        "MERGE": ("mergeCases", {}),
        "POST_TO_FEED": ("postToFeed", {"body": "A word."}),
        "POST_TO_PORTAL": ("postToPortal", {"body": "A word."}),
        "ADD_TASK": ("addTask", {"title": "A task"}),
        "CHANGE_TASK": ("editTask", {"title": "Another"}),
        "RECORD_CALL": ("recordCall", {"direction": "INCOMING", "result": "Calmed him."}),
        "REWRITE": ("removeMessage", {}),
        "EDIT_MESSAGE": ("editMessage", {"body": "Another word."}),
        "HIDE_MESSAGE": ("hideMessage", {}),
        "RATE": ("rateCase", {"levelId": ids["Neutral"]}),
        "COMPLAIN": ("complain", {"body": "A word."}),
    }


def object_of(mutation: str, there: dict[str, str], other: str) -> dict[str, Any]:
    """The part of the input that says on what it is tried."""
    if mutation == "rateCase":
        return {"by": {"caseId": there["caseId"]}}
    name = "taskId" if mutation == "editTask" else "messageId" if mutation.endswith("Message") else "caseId"
    second = {"linkCases": "toCaseId", "mergeCases": "intoCaseId"}.get(mutation)
    return {name: there[name], **({second: other} if second else {})}


async def test_every_action_is_tried_here(desk: Desk) -> None:
    assert {*CaseAction} == {CaseAction(name) for name in attempts(desk, "anna", "")}


@pytest.mark.parametrize("status", DELIVERED)
@pytest.mark.parametrize("login", [*STAFF, *CUSTOMERS])
async def test_what_is_offered_is_done_and_what_is_not_offered_is_refused(desk: Desk, login: str, status: str) -> None:
    other = (await desk.register())["id"]
    there = await standing(desk, login, status)
    seen = await desk.case(login, there["caseId"], OFFERED)
    following = next((to["id"] for to in seen["nextStatuses"]), desk.ids["WAITING"])
    for action, (mutation, input) in attempts(desk, login, following).items():
        errors = (await desk.act(login, mutation, **object_of(mutation, there, other), **input))["errors"]
        if action in seen["viewerActions"]:
            assert errors == [], (action, errors)
            there = await standing(desk, login, status)  # the next is tried on a case that stands where this one stood
        elif (action, status) != ("TAKE", "IN_PROGRESS"):  # one's own is taken again and nothing happens
            unseen = {"NOT_FOUND"} if login in CUSTOMERS and action == "CHANGE_TASK" else set()
            [error] = errors
            assert error["code"] in {"FORBIDDEN", "NOT_NOW"} | unseen, (action, error)
