"""Who is told of what is done to a case, why, how often, and how they read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gql.store import CaseStatus, Group, Notification, User
from tests.api.setting_up import with_setting
from tests.running import Desk

COLLEAGUES = ("anna", "ben", "cleo", "dora", "otto")
EVERYBODY = (*COLLEAGUES, "vera", "paul")

NOTIFICATIONS = """query($unreadOnly: Boolean!, $first: Int, $after: String) { viewer { unreadCount
  notifications(unreadOnly: $unreadOnly, first: $first, after: $after) {
    nodes { id cursor reason readAt entry { __typename summary case { id } } }
    pageInfo { hasNextPage endCursor } } } }"""

RECEIVED = "subscription($after: Cursor) { notificationReceived(after: $after) { id cursor reason entry { summary } } }"


async def all_told(desk: Desk, whom: tuple[str, ...]) -> dict[str, list[str]]:
    return {login: [reason for reason, _ in await desk.notified(login)] for login in whom}


@asynccontextmanager
async def telling(desk: Desk, whom: tuple[str, ...] = EVERYBODY) -> AsyncIterator[dict[str, list[str]]]:
    """The reasons that were told meanwhile, oldest first, by login; those who were told nothing are left out."""
    before, told = await all_told(desk, whom), dict[str, list[str]]()
    yield told
    now = await all_told(desk, whom)
    told |= {login: now[login][len(before[login]) :] for login in whom if now[login] != before[login]}


async def inbox(desk: Desk, login: str, unread_only: bool = False, **paging: Any) -> dict[str, Any]:
    return dict((await desk.run(login, NOTIFICATIONS, unreadOnly=unread_only, **paging))["viewer"])


async def newest(desk: Desk, login: str) -> dict[str, Any]:
    return dict((await inbox(desk, login))["notifications"]["nodes"][0])


async def assign(desk: Desk, case: dict[str, Any], by: str = "dora", **to: str | None) -> None:
    """Hands a case on: `to=anna`, `group=First line`."""
    input: dict[str, Any] = {}
    if "to" in to:
        input["assigneeId"] = desk.ids[to["to"]] if to["to"] else None
    if "group" in to:
        input["assigneeGroupId"] = desk.ids[f"group {to['group']}"] if to["group"] else None
    await desk.done(by, "assignCase", caseId=case["id"], **input)


async def set_status(desk: Desk, case: dict[str, Any], code: str, by: str = "dora", **input: Any) -> None:
    if code == "RESOLVED":
        await desk.done(by, "resolveCase", caseId=case["id"], resolution="Put it out.", **input)
    elif code == "REOPENED":
        await desk.done(by, "reopenCase", caseId=case["id"], **input)
    else:
        await desk.done(by, "changeCaseStatus", caseId=case["id"], statusId=desk.ids[code], **input)


async def watch(desk: Desk, case: dict[str, Any], *logins: str, on: bool = True) -> None:
    for login in logins:
        await desk.done(login, "watchCase", caseId=case["id"], watch=on)


async def write(desk: Desk, case: dict[str, Any], by: str, body: str = "It burns again.") -> None:
    await desk.done(by, "postToPortal", caseId=case["id"], body=body)


# ---------------------------------------------------------------- assignments


@pytest.mark.rule("R-40")
async def test_an_assignment_is_told_when_a_case_is_registered_with_it(desk: Desk) -> None:
    async with telling(desk) as told:
        await desk.register("dora", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED"]}
    async with telling(desk) as told:
        await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
    assert told == {"anna": ["GROUP_ASSIGNED"], "cleo": ["GROUP_ASSIGNED"]}


@pytest.mark.rule("R-40")
@pytest.mark.parametrize("status", ["NEW", "IN_PROGRESS", "REOPENED"])
async def test_an_assignment_is_told_when_it_is_made_on_a_case_that_is_active(desk: Desk, status: str) -> None:
    case = await desk.register("dora")
    if status == "IN_PROGRESS":
        await set_status(desk, case, "IN_PROGRESS")
    if status == "REOPENED":
        await set_status(desk, case, "WAITING")
        await set_status(desk, case, "REOPENED")
    async with telling(desk) as told:
        await assign(desk, case, to="ben")
    assert told == {"ben": ["ASSIGNED"]}


@pytest.mark.rule("R-40")
async def test_an_assignment_is_told_when_the_case_that_has_it_becomes_active(desk: Desk) -> None:
    case = await desk.register("dora")
    await set_status(desk, case, "WAITING")
    await assign(desk, case, group="First line")
    async with telling(desk, COLLEAGUES) as told:
        await set_status(desk, case, "REOPENED")
    assert told == {"anna": ["GROUP_ASSIGNED"], "cleo": ["GROUP_ASSIGNED"]}


@pytest.mark.rule("R-40")
async def test_an_assignment_that_is_changed_is_told_to_the_new_assignee_alone(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    async with telling(desk) as told:
        await assign(desk, case, to="ben")
    assert told == {"ben": ["ASSIGNED"]}


@pytest.mark.rule("R-41")
async def test_when_there_is_an_assignee_the_group_is_not_told(desk: Desk) -> None:
    async with telling(desk) as told:
        case = await desk.register("dora", assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    assert told == {"anna": ["ASSIGNED"]}
    async with telling(desk) as told:
        await assign(desk, case, to="ben", group="Third line")
    assert told == {"ben": ["ASSIGNED"]}


@pytest.mark.rule("R-41")
async def test_another_group_beside_the_assignee_is_told_to_the_assignee_alone(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    async with telling(desk) as told:
        await assign(desk, case, group="Second line")
    assert told == {"anna": ["ASSIGNED"]}


@pytest.mark.rule("R-42")
async def test_every_member_of_the_group_is_told_when_there_is_no_assignee(desk: Desk) -> None:
    case = await desk.register("dora")
    async with telling(desk) as told:
        await assign(desk, case, group="First line")
    assert told == {"anna": ["GROUP_ASSIGNED"], "cleo": ["GROUP_ASSIGNED"]}


@pytest.mark.rule("R-42")
async def test_a_case_that_loses_its_assignee_is_told_to_its_group(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group Second line"])
    async with telling(desk) as told:
        await assign(desk, case, to=None)
    assert told == {"ben": ["GROUP_ASSIGNED"]}


@pytest.mark.rule("R-42")
async def test_a_group_without_members_is_told_to_nobody(desk: Desk) -> None:
    async with telling(desk) as told:
        await desk.register("dora", assigneeGroupId=desk.ids["group Third line"])
    assert told == {}


@pytest.mark.rule("R-43")
async def test_a_case_with_neither_assignee_nor_group_is_told_to_no_colleague(desk: Desk) -> None:
    async with telling(desk, COLLEAGUES) as told:
        case = await desk.register("dora")
        await set_status(desk, case, "WAITING")
        with_nobody = await desk.register("dora", assigneeId=desk.ids["dora"])
        await assign(desk, with_nobody, to=None)
    assert told == {}


@pytest.mark.rule("R-43")
@pytest.mark.parametrize("status", ["WAITING", "RESOLVED"])
async def test_an_assignment_of_a_case_that_is_not_active_is_told_to_no_colleague(desk: Desk, status: str) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    async with telling(desk, COLLEAGUES) as told:
        await set_status(desk, case, status)
        await assign(desk, case, to="ben")
        await assign(desk, case, to=None, group="First line")
    assert told == {}


@pytest.mark.rule("R-43")
async def test_a_case_that_ends_is_told_to_no_colleague(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    async with telling(desk, COLLEAGUES) as told:
        await desk.done("dora", "cancelCase", caseId=case["id"], closureCodeId=desk.ids["Created by mistake"])
    assert told == {}


@pytest.mark.rule("R-45")
async def test_from_new_to_in_progress_nobody_is_told_of_an_assignment(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["ben"], assigneeGroupId=desk.ids["group First line"])
    async with telling(desk, COLLEAGUES) as told:
        await set_status(desk, case, "IN_PROGRESS", assigneeId=desk.ids["ben"])
    assert told == {}


@pytest.mark.rule("R-45")
async def test_from_waiting_to_in_progress_the_assignee_is_told(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["ben"])
    await set_status(desk, case, "WAITING")
    async with telling(desk, COLLEAGUES) as told:
        await set_status(desk, case, "IN_PROGRESS", assigneeId=desk.ids["ben"])
    assert told == {"ben": ["ASSIGNED"]}


@pytest.mark.rule("R-45")
@pytest.mark.rule("R-46")
async def test_a_new_case_set_in_progress_for_another_is_told_to_the_other_once(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["ben"])
    async with telling(desk, COLLEAGUES) as told:
        await set_status(desk, case, "IN_PROGRESS", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED"]}


# ---------------------------------------------------------------- one action, one notification


@pytest.mark.rule("R-46")
async def test_an_action_that_changes_status_and_assignee_tells_each_person_once(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["ben"])
    await set_status(desk, case, "WAITING")
    await watch(desk, case, "anna", "ben", "otto", "vera")
    async with telling(desk) as told:
        await set_status(desk, case, "IN_PROGRESS", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED"], "ben": ["WATCHING"], "otto": ["WATCHING"], "vera": ["OWN_CASE"]}


@pytest.mark.rule("R-46")
async def test_what_is_told_is_the_assignment_as_the_action_leaves_it(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group Second line"])
    await set_status(desk, case, "WAITING")
    async with telling(desk, COLLEAGUES) as told:
        await set_status(desk, case, "REOPENED", by="anna")
    assert told == {"ben": ["GROUP_ASSIGNED"]}, "reopening clears the assignee, so the group is told and anna is not"
    entry = (await newest(desk, "ben"))["entry"]
    assert (entry["__typename"], entry["summary"]) == ("CaseAssigned", "Assigned to Second line.")


@pytest.mark.rule("R-46")
async def test_being_mentioned_comes_before_watching(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["ben"])
    await watch(desk, case, "ben", "anna")
    async with telling(desk) as told:
        await desk.done("dora", "postToFeed", caseId=case["id"], body="@Ben?", mentionIds=[desk.ids["ben"]])
    assert told == {"ben": ["MENTIONED"], "anna": ["WATCHING"]}


@pytest.mark.rule("R-46")
async def test_being_assigned_comes_before_watching(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "anna", "ben", "cleo")
    async with telling(desk) as told:
        await assign(desk, case, to="anna")
    assert told == {"anna": ["ASSIGNED"], "ben": ["WATCHING"], "cleo": ["WATCHING"]}
    async with telling(desk) as told:
        await assign(desk, case, to=None, group="Second line")
    assert told == {"anna": ["WATCHING"], "ben": ["GROUP_ASSIGNED"], "cleo": ["WATCHING"]}


@pytest.mark.rule("R-46")
async def test_the_customers_answer_comes_before_watching(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    await watch(desk, case, "anna", "ben")
    async with telling(desk) as told:
        await write(desk, case, "vera")
    assert told == {"anna": ["CUSTOMER_REPLIED"], "ben": ["WATCHING"]}


@pytest.mark.rule("R-46")
async def test_an_answer_that_reopens_is_told_to_the_group_as_an_assignment(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["ben"], assigneeGroupId=desk.ids["group First line"])
    await set_status(desk, case, "WAITING")
    await watch(desk, case, "anna", "ben")
    async with telling(desk) as told:
        await write(desk, case, "vera")
    assert told == {"anna": ["GROUP_ASSIGNED"], "cleo": ["GROUP_ASSIGNED"], "ben": ["WATCHING"]}


@pytest.mark.rule("R-46")
async def test_where_reopening_keeps_the_assignee_the_assignment_comes_before_the_answer(
    desk: Desk, another: Any
) -> None:
    with desk.database():
        await with_setting("ClearAssigneeOnCaseReopening", False)()
    async with another() as second:
        case = await second.register("dora", assigneeId=second.ids["anna"])
        await set_status(second, case, "WAITING")
        async with telling(second) as told:
            await write(second, case, "vera")
    assert told == {"anna": ["ASSIGNED"]}


# ---------------------------------------------------------------- who is left out


@pytest.mark.rule("R-47")
async def test_nobody_is_told_of_having_taken_or_assigned_to_himself(desk: Desk) -> None:
    async with telling(desk, COLLEAGUES) as told:
        taken = await desk.register("anna", assigneeGroupId=desk.ids["group Third line"])
        await desk.done("anna", "takeCase", caseId=taken["id"])
        assigned = await desk.register("anna", assigneeId=desk.ids["anna"])
        await set_status(desk, assigned, "WAITING", by="anna")
        await set_status(desk, assigned, "IN_PROGRESS", by="anna")
    assert told == {}


@pytest.mark.rule("R-47")
async def test_one_who_gives_a_case_to_his_own_group_is_the_only_member_not_told(desk: Desk) -> None:
    case = await desk.register("anna")
    async with telling(desk) as told:
        await assign(desk, case, by="anna", group="First line")
    assert told == {"cleo": ["GROUP_ASSIGNED"]}


@pytest.mark.rule("R-47")
async def test_one_who_mentions_himself_or_watches_is_not_told_of_what_he_does(desk: Desk) -> None:
    case = await desk.register("anna")
    await watch(desk, case, "anna", "vera")
    async with telling(desk) as told:
        await desk.done("anna", "postToFeed", caseId=case["id"], body="Me?", mentionIds=[desk.ids["anna"]])
        await desk.done("anna", "editCase", caseId=case["id"], description="Smoke, too")
        await write(desk, case, "vera")
    assert told == {"anna": ["WATCHING"], "vera": ["WATCHING"]}, "each of what the other did, and of no more"


@pytest.mark.rule("R-47")
async def test_users_who_are_not_active_are_not_told(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["cleo"], assigneeGroupId=desk.ids["group First line"])
    watched = await desk.register("dora")
    await watch(desk, watched, "cleo", "ben")
    with desk.database():
        cleo = await User.get(name="Cleo Marsh")
        cleo.active = False
        await cleo.save()
        before = await Notification.filter(user_id=cleo.id).count()

    await write(desk, case, "vera")
    await assign(desk, case, to=None)
    await desk.done("dora", "editCase", caseId=watched["id"], description="Smoke, too")

    assert [reason for reason, _ in await desk.notified("anna")] == ["GROUP_ASSIGNED"]
    assert [reason for reason, _ in await desk.notified("ben")] == ["WATCHING"]
    with desk.database():
        assert await Notification.filter(user_id=cleo.id).count() == before


@pytest.mark.rule("R-47")
async def test_what_was_not_done_is_told_to_nobody(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "anna", "vera")
    async with telling(desk) as told:
        error = await desk.refused(
            "dora", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"], assigneeGroupId="Group_4711"
        )
        assert error["code"] == "NOT_FOUND"
        await desk.done("dora", "editCase", caseId=case["id"], subject="The printer is on fire")
    assert told == {}


# ---------------------------------------------------------------- watching


@pytest.mark.rule("R-46")
async def test_an_employee_who_watches_hears_of_everything(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "ben")
    await desk.done("dora", "postToFeed", caseId=case["id"], body="Water?")
    await write(desk, case, "dora")
    await write(desk, case, "vera")
    await desk.done("dora", "editCase", caseId=case["id"], priority="HIGH")
    await assign(desk, case, to="anna")
    await set_status(desk, case, "WAITING")
    nodes = (await inbox(desk, "ben"))["notifications"]["nodes"]
    assert {node["reason"] for node in nodes} == {"WATCHING"}
    assert [node["entry"]["__typename"] for node in reversed(nodes)] == [
        "FeedPost",
        "PortalMessage",
        "PortalMessage",
        "CaseEdited",
        "CaseAssigned",
        "CaseStatusChanged",
    ]


@pytest.mark.rule("R-46")
async def test_a_customer_who_watches_hears_of_what_is_for_customers_only(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "vera")
    await desk.done("dora", "postToFeed", caseId=case["id"], body="Water?")
    await assign(desk, case, to="anna")
    lifted = {"supportLineId": desk.ids["line 2"], "assigneeGroupId": desk.ids["group Third line"]}
    await desk.done("dora", "escalateCase", caseId=case["id"], **lifted)
    assert await desk.notified("vera") == []

    await write(desk, case, "dora")
    await set_status(desk, case, "IN_PROGRESS")
    await desk.done("dora", "editCase", caseId=case["id"], priority="HIGH")
    nodes = (await inbox(desk, "vera"))["notifications"]["nodes"]
    assert [(node["reason"], node["entry"]["__typename"]) for node in reversed(nodes)] == [
        ("OWN_CASE", "PortalMessage"),
        ("OWN_CASE", "CaseStatusChanged"),
        ("WATCHING", "CaseEdited"),
    ], "setting in progress assigns, too, and a customer is told of the status"


async def test_one_who_watches_no_more_is_told_no_more(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "ben", "vera")
    assert (await desk.case("ben", case["id"], "viewerWatches"))["viewerWatches"]
    assert not (await desk.case("anna", case["id"], "viewerWatches"))["viewerWatches"]
    await watch(desk, case, "ben", "vera", on=False)
    async with telling(desk, COLLEAGUES) as told:
        await write(desk, case, "dora")
    assert told == {}


async def test_watching_twice_tells_once(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "ben", "ben")
    async with telling(desk, COLLEAGUES) as told:
        await write(desk, case, "dora")
    assert told == {"ben": ["WATCHING"]}


async def test_a_customer_watches_no_case_of_anothers(desk: Desk) -> None:
    case = await desk.register("dora")
    error = await desk.refused("paul", "watchCase", caseId=case["id"], watch=True)
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["caseId"])


@pytest.mark.rule("R-160")
async def test_a_customer_whose_case_became_anothers_is_told_no_more_and_reads_no_more_of_it(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "vera")
    await write(desk, case, "dora")
    assert (await inbox(desk, "vera"))["unreadCount"] == 1
    await desk.done("dora", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
    await write(desk, case, "dora", "For Paul alone.")
    viewer = await inbox(desk, "vera")
    assert (viewer["unreadCount"], viewer["notifications"]["nodes"]) == (0, [])
    with desk.database():
        assert await Notification.filter(contact_id=desk.logins["vera"].contact_id).count() == 1


# ---------------------------------------------------------------- the customer's own case


@pytest.mark.rule("R-143")
async def test_a_customer_is_told_of_a_new_status_and_of_the_desks_word_without_watching(desk: Desk) -> None:
    case = await desk.register("vera")
    await write(desk, case, "vera")
    await desk.done("dora", "postToFeed", caseId=case["id"], body="Water?")
    await desk.done("dora", "editCase", caseId=case["id"], priority="HIGH")
    await assign(desk, case, to="anna")
    async with desk.stream("vera", RECEIVED) as stream:
        await write(desk, case, "dora")
        await desk.done("anna", "takeCase", caseId=case["id"])
        await set_status(desk, case, "WAITING")
        await write(desk, case, "vera")
        await desk.done("vera", "cancelCase", caseId=case["id"])
        told = [(item["reason"], item["entry"]["summary"]) for item in await stream.take(3)]
        await stream.nothing(0.3)
    assert told == [
        ("OWN_CASE", "Wrote on the portal."),
        ("OWN_CASE", "Status changed from New to In progress."),
        ("OWN_CASE", "Status changed from In progress to Waiting for response."),
    ], "what the customer does himself, and what is for staff, is not told"


@pytest.mark.rule("R-143")
@pytest.mark.rule("R-174")
async def test_nobody_but_the_contact_of_the_case_is_told_as_its_customer(desk: Desk) -> None:
    case = await desk.register("vera")
    await desk.done("dora", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
    async with telling(desk) as told:
        await write(desk, case, "dora")
    assert told == {"paul": ["OWN_CASE"]}


@pytest.mark.rule("R-143")
async def test_a_contact_who_cannot_sign_in_is_not_told(desk: Desk) -> None:
    case = await desk.register("dora", contactId=desk.ids["Nils Free"])
    await write(desk, case, "dora")
    with desk.database():
        assert not await Notification.all().exists()


# ---------------------------------------------------------------- the customer has answered


@pytest.mark.rule("R-49")
@pytest.mark.parametrize("status", ["NEW", "IN_PROGRESS"])
async def test_a_customers_message_on_an_active_case_is_told_to_its_assignee(desk: Desk, status: str) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    if status == "IN_PROGRESS":
        await set_status(desk, case, "IN_PROGRESS", assigneeId=desk.ids["anna"])
    async with telling(desk) as told:
        await write(desk, case, "vera")
    assert told == {"anna": ["CUSTOMER_REPLIED"]}
    assert (await newest(desk, "anna"))["entry"]["__typename"] == "PortalMessage"


@pytest.mark.rule("R-49")
async def test_a_customers_message_on_a_case_without_an_assignee_is_told_to_nobody(desk: Desk) -> None:
    case = await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
    async with telling(desk) as told:
        await write(desk, case, "vera")
    assert told == {}


@pytest.mark.rule("R-20")
@pytest.mark.rule("R-49")
async def test_a_customers_message_in_a_status_that_is_neither_active_nor_final_is_told_to_nobody(
    desk: Desk, another: Any
) -> None:
    with desk.database():
        new = await CaseStatus.get(code="NEW")
        own = await CaseStatus.create(code="PARKED", name="Parked", position=99, next_ids=[])
        new.next_ids = [*new.next_ids, own.id]
        await new.save()
    async with another() as second:
        case = await second.register("dora", assigneeId=second.ids["anna"])
        await set_status(second, case, "PARKED")
        async with telling(second) as told:
            await write(second, case, "vera")
        assert (await second.case("dora", case["id"], "status { code }"))["status"]["code"] == "PARKED"
    assert told == {}


@pytest.mark.rule("R-49")
async def test_a_colleagues_message_to_the_customer_is_not_told_to_the_assignee(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    async with telling(desk, COLLEAGUES) as told:
        await write(desk, case, "ben")
    assert told == {}


# ---------------------------------------------------------------- reading them


@pytest.mark.rule("R-48")
async def test_everyone_who_is_told_has_a_notification_of_his_own(desk: Desk) -> None:
    case = await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
    annas, cleos = await newest(desk, "anna"), await newest(desk, "cleo")
    assert annas["entry"] == cleos["entry"]
    assert annas["entry"]["case"]["id"] == case["id"]
    assert annas["id"] != cleos["id"]

    asked = "query($id: ID!) { node(id: $id) { id } }"
    assert (await desk.run("anna", asked, id=annas["id"]))["node"] == {"id": annas["id"]}
    for login in ("cleo", "dora", "otto", "vera"):
        assert (await desk.run(login, asked, id=annas["id"]))["node"] is None, login


@pytest.mark.rule("R-48")
async def test_a_notification_comes_by_the_stream_to_whom_it_is_for_and_stays(desk: Desk) -> None:
    async with desk.stream("anna", RECEIVED) as annas, desk.stream("ben", RECEIVED) as bens:
        await desk.register("dora", assigneeId=desk.ids["anna"])
        await desk.register("dora", assigneeId=desk.ids["ben"])
        told = await annas.next()
        assert (told["reason"], told["entry"]["summary"]) == ("ASSIGNED", "Assigned to Anna Weber.")
        assert (await bens.next())["entry"]["summary"] == "Assigned to Ben Castellano.", "the first that ben is told"
    kept = await newest(desk, "anna")
    assert (kept["id"], kept["cursor"]) == (told["id"], told["cursor"])


@pytest.mark.rule("R-48")
async def test_a_customer_who_watches_is_told_by_the_stream(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "vera")
    async with desk.stream("vera", RECEIVED) as stream:
        await desk.done("dora", "postToFeed", caseId=case["id"], body="Water?")
        await write(desk, case, "dora")
        assert (await stream.next())["entry"]["summary"] == "Wrote on the portal."


@pytest.mark.rule("R-48")
@pytest.mark.rule("R-172")
async def test_notifications_that_came_in_between_come_when_the_stream_is_resumed(desk: Desk) -> None:
    async with desk.stream("anna", RECEIVED) as stream:
        await desk.register("dora", assigneeId=desk.ids["anna"])
        first = await stream.next()
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    await write(desk, case, "vera")
    async with desk.stream("anna", RECEIVED, after=first["cursor"]) as stream:
        assert [told["reason"] for told in await stream.take(2)] == ["ASSIGNED", "CUSTOMER_REPLIED"]
        await write(desk, case, "vera")
        assert (await stream.next())["reason"] == "CUSTOMER_REPLIED"


@pytest.mark.rule("R-48")
async def test_notifications_are_read_up_to_a_cursor(desk: Desk) -> None:
    for _ in range(3):
        await desk.register("dora", assigneeId=desk.ids["anna"])
    third, second, first = (await inbox(desk, "anna"))["notifications"]["nodes"]
    assert (await inbox(desk, "anna"))["unreadCount"] == 3

    payload = await desk.done("anna", "readNotifications", "unreadCount", upTo=second["cursor"])
    assert payload["unreadCount"] == 1
    viewer = await inbox(desk, "anna")
    assert viewer["unreadCount"] == 1
    assert [node["id"] for node in viewer["notifications"]["nodes"]] == [third["id"], second["id"], first["id"]]
    assert [node["readAt"] is None for node in viewer["notifications"]["nodes"]] == [True, False, False]
    unread = (await inbox(desk, "anna", unread_only=True))["notifications"]["nodes"]
    assert [node["id"] for node in unread] == [third["id"]]


@pytest.mark.rule("R-48")
async def test_what_was_read_once_keeps_the_time_when_it_was_read_first(desk: Desk) -> None:
    await desk.register("dora", assigneeId=desk.ids["anna"])
    await desk.done("anna", "readNotifications", upTo=(await newest(desk, "anna"))["cursor"])
    read = (await newest(desk, "anna"))["readAt"]
    assert read is not None
    payload = await desk.done("anna", "readNotifications", "unreadCount", upTo=(await newest(desk, "anna"))["cursor"])
    assert payload["unreadCount"] == 0
    assert (await newest(desk, "anna"))["readAt"] == read


@pytest.mark.rule("R-48")
async def test_a_notification_is_marked_as_read_by_its_owner_alone(desk: Desk) -> None:
    await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
    await desk.done("anna", "readNotifications", upTo=(await newest(desk, "anna"))["cursor"])
    await desk.done("dora", "readNotifications", upTo=(await newest(desk, "anna"))["cursor"])
    assert (await inbox(desk, "anna"))["unreadCount"] == 0
    assert (await inbox(desk, "cleo"))["unreadCount"] == 1
    assert (await newest(desk, "cleo"))["readAt"] is None


@pytest.mark.rule("R-48")
async def test_a_customer_reads_notifications_too(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "vera")
    await write(desk, case, "dora")
    payload = await desk.done("vera", "readNotifications", "unreadCount", upTo=(await newest(desk, "vera"))["cursor"])
    assert payload["unreadCount"] == 0
    assert (await inbox(desk, "vera", unread_only=True))["notifications"]["nodes"] == []


@pytest.mark.rule("R-48")
async def test_everything_known_so_far_is_read_by_the_cursor_of_the_viewer(desk: Desk) -> None:
    await desk.register("dora", assigneeId=desk.ids["anna"])
    async with desk.stream("anna", RECEIVED, after=None) as stream:
        await desk.register("dora", assigneeId=desk.ids["anna"])
        await stream.next()  # so that the server's own place in the log has come this far
    cursor = (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]
    payload = await desk.done("anna", "readNotifications", "unreadCount", upTo=cursor)
    assert payload["unreadCount"] == 0


async def test_what_is_no_cursor_marks_nothing_as_read(desk: Desk) -> None:
    await desk.register("dora", assigneeId=desk.ids["anna"])
    error = await desk.refused("anna", "readNotifications", upTo="the end")
    assert (error["code"], error["field"]) == ("INVALID", ["upTo"])
    assert (await inbox(desk, "anna"))["unreadCount"] == 1


async def test_notifications_are_paged_newest_first(desk: Desk) -> None:
    cases = [await desk.register("dora", assigneeId=desk.ids["anna"]) for _ in range(3)]
    page = (await inbox(desk, "anna", first=2))["notifications"]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await inbox(desk, "anna", first=2, after=page["pageInfo"]["endCursor"]))["notifications"]
    assert not rest["pageInfo"]["hasNextPage"]
    shown = [node["entry"]["case"]["id"] for node in page["nodes"] + rest["nodes"]]
    assert shown == [case["id"] for case in reversed(cases)]


@pytest.mark.rule("R-160")
async def test_a_notification_of_a_case_out_of_ones_sight_is_neither_listed_counted_nor_streamed(
    desk: Desk, another: Any
) -> None:
    with desk.database():
        await with_setting("AgentSight", "OWN_GROUPS")()
        third = await Group.get(name="Third line")
    async with another() as narrow, narrow.stream("anna", RECEIVED) as stream:
        hidden = await narrow.register("dora", assigneeGroupId=f"Group_{third.id}")
        both = [desk.ids["anna"], desk.ids["otto"]]  # where she still sees it, or she could not be mentioned
        await desk.done("dora", "postToFeed", caseId=hidden["id"], body="Anna?", mentionIds=both)
        assert [reason for reason, _ in await narrow.notified("otto")] == ["MENTIONED"]
        viewer = await inbox(narrow, "anna")
        assert (viewer["unreadCount"], viewer["notifications"]["nodes"]) == (0, [])
        seen = await narrow.register("dora", assigneeId=narrow.ids["anna"])
        assert (await stream.next())["reason"] == "ASSIGNED", "the mention that came before is passed over"
        assert await narrow.notified("anna") == [("ASSIGNED", seen["number"])]
