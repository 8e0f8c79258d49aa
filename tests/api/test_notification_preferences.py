"""What each person wants to be told of, and how notifications are put away one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.setting_up import running_after, with_setting
from tests.api.test_who_is_told import inbox, newest, telling, watch, write
from tests.running import Desk, Statements

PREFERENCES = "{ viewer { notificationPreferences { reason channel wanted } } }"
EMPLOYEES_HEAR = {"MENTIONED", "ASSIGNED", "GROUP_ASSIGNED", "CUSTOMER_REPLIED", "WATCHING"}


async def preferences(desk: Desk, login: str) -> dict[str, bool]:
    """What somebody wants to be told of in the app, by reason."""
    rows = (await desk.run(login, PREFERENCES))["viewer"]["notificationPreferences"]
    assert {row["channel"] for row in rows} == {"IN_APP"}
    return {row["reason"]: row["wanted"] for row in rows}


async def prefer(desk: Desk, login: str, **wanted: bool) -> list[dict[str, Any]]:
    decided = [{"reason": reason, "channel": "IN_APP", "wanted": yes} for reason, yes in wanted.items()]
    show = "preferences { reason wanted }"
    payload = await desk.done(login, "changeNotificationPreferences", show, preferences=decided)
    return list(payload["preferences"])


# ---------------------------------------------------------------- what is wanted


@pytest.mark.rule("R-185")
async def test_an_employee_is_told_for_every_reason_until_he_says_otherwise(desk: Desk) -> None:
    wanted = await preferences(desk, "anna")
    assert wanted.keys() >= EMPLOYEES_HEAR
    assert wanted.keys().isdisjoint({"RATING_REQUESTED", "OWN_CASE"})
    assert set(wanted.values()) == {True}


@pytest.mark.rule("R-185")
async def test_a_customer_decides_about_what_customers_are_told_of_and_about_nothing_else(desk: Desk) -> None:
    assert await preferences(desk, "vera") == {"RATING_REQUESTED": True, "OWN_CASE": True, "WATCHING": True}
    assigned = {"reason": "ASSIGNED", "channel": "IN_APP", "wanted": False}
    error = await desk.refused("vera", "changeNotificationPreferences", preferences=[assigned])
    assert (error["code"], error["field"]) == ("FORBIDDEN", ["preferences"])


@pytest.mark.rule("R-185")
async def test_what_is_not_wanted_is_not_told_and_all_else_is(desk: Desk) -> None:
    answered = await prefer(desk, "anna", ASSIGNED=False, WATCHING=False)
    assert {row["reason"] for row in answered if not row["wanted"]} == {"ASSIGNED", "WATCHING"}
    async with telling(desk) as told:
        case = await desk.register("dora", assigneeId=desk.ids["anna"])
        await watch(desk, case, "anna", "ben")
        await desk.done("dora", "editCase", caseId=case["id"], description="Smoke, too")
        await desk.done("dora", "postToFeed", caseId=case["id"], body="Anna?", mentionIds=[desk.ids["anna"]])
        await write(desk, case, "vera")
    assert told == {"anna": ["MENTIONED", "CUSTOMER_REPLIED"], "ben": ["WATCHING"] * 3}


@pytest.mark.rule("R-185")
async def test_what_is_wanted_again_is_told_again_and_the_rest_stays_as_it_was(desk: Desk) -> None:
    await prefer(desk, "anna", ASSIGNED=False, MENTIONED=False)
    await prefer(desk, "anna", ASSIGNED=True)
    kept = await preferences(desk, "anna")
    assert [reason for reason, wanted in kept.items() if not wanted] == ["MENTIONED"]
    async with telling(desk) as told:
        await desk.register("dora", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED"]}


@pytest.mark.rule("R-185")
async def test_each_person_decides_for_himself(desk: Desk) -> None:
    await prefer(desk, "anna", GROUP_ASSIGNED=False)
    async with telling(desk) as told:
        await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
    assert told == {"cleo": ["GROUP_ASSIGNED"]}
    assert (await preferences(desk, "cleo"))["GROUP_ASSIGNED"]


@pytest.mark.rule("R-185")
async def test_a_customer_who_does_not_want_to_be_told_is_not(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "vera")
    await prefer(desk, "vera", OWN_CASE=False)
    async with telling(desk) as told:
        await write(desk, case, "dora")
    assert told == {}, "it is her own case before it is one that she watches"
    await prefer(desk, "vera", OWN_CASE=True, WATCHING=False)
    async with telling(desk) as told:
        await desk.done("dora", "editCase", caseId=case["id"], description="Smoke, too")
        await write(desk, case, "dora")
    assert told == {"vera": ["OWN_CASE"]}


@pytest.mark.rule("R-185")
async def test_to_look_at_preferences_costs_no_statement_beside_the_one_that_looks_who_is_active(desk: Desk) -> None:
    case = await desk.register("dora")
    await desk.done("dora", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    with Statements.counted() as seen:
        await desk.done("dora", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])
    about_people = [sql for sql in seen.seen if 'JOIN "out_of_office"' in sql]
    assert len(about_people) == 1, seen.seen


@pytest.mark.rule("R-47")
async def test_where_the_desk_wants_it_one_is_told_of_having_assigned_to_himself(settings: Any) -> None:
    async with running_after(settings, with_setting("NotifyOfOwnAssignment", True)) as desk:
        async with telling(desk) as told:
            case = await desk.register("anna", contactId=desk.ids["Nils Free"])
            await desk.done("anna", "takeCase", caseId=case["id"])
            await desk.done("anna", "editCase", caseId=case["id"], description="Smoke, too")
        assert told == {"anna": ["ASSIGNED"]}


# ---------------------------------------------------------------- read and unread


@pytest.mark.rule("R-187")
async def test_single_notifications_are_marked_as_read_and_as_unread_again(desk: Desk) -> None:
    for _ in range(3):
        await desk.register("dora", assigneeId=desk.ids["anna"])
    third, second, first = (await inbox(desk, "anna"))["notifications"]["nodes"]

    show = "unreadCount notifications { id readAt }"
    ids = [first["id"], third["id"]]
    payload = await desk.done("anna", "markNotifications", show, notificationIds=ids, read=True)
    assert payload["unreadCount"] == 1
    assert [node["id"] for node in payload["notifications"]] == ids
    assert all(node["readAt"] for node in payload["notifications"])
    unread = (await inbox(desk, "anna", unread_only=True))["notifications"]["nodes"]
    assert [node["id"] for node in unread] == [second["id"]]

    payload = await desk.done("anna", "markNotifications", show, notificationIds=[third["id"]], read=False)
    assert (payload["unreadCount"], payload["notifications"]) == (2, [{"id": third["id"], "readAt": None}])


@pytest.mark.rule("R-187")
async def test_marking_twice_keeps_the_time_when_it_was_read_first(desk: Desk) -> None:
    await desk.register("dora", assigneeId=desk.ids["anna"])
    id, show = (await newest(desk, "anna"))["id"], "notifications { readAt }"
    first = await desk.done("anna", "markNotifications", show, notificationIds=[id], read=True)
    again = await desk.done("anna", "markNotifications", show, notificationIds=[id, id], read=True)
    assert again["notifications"] == first["notifications"]


@pytest.mark.rule("R-187")
@pytest.mark.rule("R-160")
async def test_anothers_notification_is_not_found_and_with_it_none_is_marked(desk: Desk) -> None:
    await desk.register("dora", assigneeId=desk.ids["anna"])
    await desk.register("dora", assigneeId=desk.ids["ben"])
    ids = [(await newest(desk, login))["id"] for login in ("anna", "ben")]
    error = await desk.refused("anna", "markNotifications", notificationIds=ids, read=True)
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["notificationIds"])
    assert [(await inbox(desk, login))["unreadCount"] for login in ("anna", "ben")] == [1, 1]


# ---------------------------------------------------------------- who watches


@pytest.mark.rule("R-160")
async def test_employees_see_who_watches_a_case_and_customers_do_not(desk: Desk) -> None:
    case = await desk.register("dora")
    await watch(desk, case, "ben", "vera")
    show = "watchers { nodes { watcher { __typename name } } }"
    seen = (await desk.case("anna", case["id"], show))["watchers"]["nodes"]
    assert [node["watcher"] for node in seen] == [
        {"__typename": "User", "name": "Ben Castellano"},
        {"__typename": "Contact", "name": "Vera Lindqvist"},
    ]
    assert (await desk.case("vera", case["id"], show))["watchers"]["nodes"] == []
    await watch(desk, case, "ben", on=False)
    seen = (await desk.case("anna", case["id"], show))["watchers"]["nodes"]
    assert [node["watcher"]["name"] for node in seen] == ["Vera Lindqvist"]
