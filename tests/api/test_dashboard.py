"""Figures about the cases that somebody may see: asked, and watched."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.settings import Settings
from gql.store import Case, User, database
from tests.api.setting_up import bring, put, registered_as, running_after, with_setting
from tests.running import Desk, Statements, running

FIGURES = """period { fromAt toAt } open registered resolved reopened satisfaction
  byStatus { name count node { __typename id } } byCategory { name count }
  byAssignee { name count node { id ... on User { name } } }"""
DASHBOARD = (
    f"query($filter: CaseFilter, $period: Period!) {{ dashboard(filter: $filter, period: $period) {{ {FIGURES} }} }}"
)
CHANGED = (
    f"subscription($filter: CaseFilter, $period: Period!) {{"
    f" dashboardChanged(filter: $filter, period: $period) {{ {FIGURES} }} }}"
)


async def dashboard(desk: Desk, login: str = "dora", period: str = "TODAY", filter: Any = None) -> dict[str, Any]:
    return dict((await desk.run(login, DASHBOARD, filter=filter, period=period))["dashboard"])


def counted(tallies: list[dict[str, Any]]) -> dict[str, int]:
    return {tally["name"]: tally["count"] for tally in tallies}


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


# ---------------------------------------------------------------- the figures


@pytest.mark.rule("R-188")
async def test_a_desk_without_cases_has_figures_of_nothing(desk: Desk) -> None:
    figures = await dashboard(desk)
    del figures["period"]
    numbers = dict.fromkeys(("open", "registered", "resolved", "reopened"), 0)
    assert figures == {**numbers, "satisfaction": None, "byStatus": [], "byCategory": [], "byAssignee": []}


@pytest.mark.rule("R-188")
async def test_what_was_registered_in_the_period_and_what_is_open_now_are_two_figures(desk: Desk) -> None:
    old = await registered_as(desk, "NEW")
    await put(desk, old, registered_at=ago(days=800))
    await registered_as(desk, "CLOSED")
    await registered_as(desk, "WAITING")
    figures = await dashboard(desk, period="YEAR")
    assert (figures["registered"], figures["open"]) == (2, 2)


@pytest.mark.rule("R-188")
async def test_the_open_cases_are_tallied_by_status_category_and_assignee(desk: Desk) -> None:
    incident = {"categoryId": desk.ids["INCIDENT"]}
    await registered_as(desk, "NEW", **incident)
    await registered_as(desk, "NEW", categoryId=desk.ids["CONSULTATION"], assigneeId=desk.ids["ben"])
    await registered_as(desk, "IN_PROGRESS", assigneeId=desk.ids["ben"], **incident)
    await registered_as(desk, "WAITING", assigneeId=desk.ids["ben"], **incident)
    await registered_as(desk, "CANCELED")
    figures = await dashboard(desk)
    assert figures["open"] == 4
    assert list(counted(figures["byStatus"]).items()) == [("New", 2), ("In progress", 1), ("Waiting for response", 1)]
    assert counted(figures["byCategory"]) == {"Incident": 3, "Consultation": 1}
    assert figures["byAssignee"] == [
        {"name": "Ben Castellano", "count": 2, "node": {"id": desk.ids["ben"], "name": "Ben Castellano"}},
        {"name": "Unassigned", "count": 1, "node": None},
        {"name": "Anna Weber", "count": 1, "node": {"id": desk.ids["anna"], "name": "Anna Weber"}},
    ]
    assert figures["byStatus"][0]["node"] == {"__typename": "CaseStatus", "id": desk.ids["NEW"]}


@pytest.mark.rule("R-188")
async def test_a_case_that_was_resolved_twice_counts_once_and_one_that_came_back_does_not(desk: Desk) -> None:
    twice = await registered_as(desk, "RESOLVED")
    back = await registered_as(desk, "RESOLVED")
    for case in (twice, back):
        await desk.done("anna", "reopenCase", caseId=case)
    figures = await dashboard(desk)
    assert (figures["resolved"], figures["reopened"]) == (0, 2)
    await desk.done("anna", "resolveCase", caseId=twice, resolution="Now it is out.")
    await desk.done("anna", "reopenCase", caseId=twice)
    await desk.done("anna", "resolveCase", caseId=twice, resolution="Now it is.")
    figures = await dashboard(desk)
    assert (figures["resolved"], figures["reopened"]) == (1, 2)


@pytest.mark.rule("R-188")
async def test_what_was_resolved_or_brought_back_before_the_period_does_not_count(desk: Desk) -> None:
    resolved, reopened = await registered_as(desk, "RESOLVED"), await registered_as(desk, "REOPENED")
    await put(desk, resolved, resolved_at=ago(days=800))
    await put(desk, reopened, reopened_at=ago(days=800))
    figures = await dashboard(desk, period="YEAR")
    assert (figures["resolved"], figures["reopened"]) == (0, 0)


@pytest.mark.rule("R-188")
async def test_satisfaction_is_the_mean_of_the_grades_of_the_period(desk: Desk) -> None:
    for grade in ("Good", "Good", "Poor"):
        case = await desk.register("vera")
        await bring(desk, case["id"], "RESOLVED")
        await desk.done("vera", "rateCase", by={"caseId": case["id"]}, levelId=desk.ids[grade])
    points = await desk.run("dora", "{ lookups { satisfactionLevels { name points } } }")
    by_name = {level["name"]: level["points"] for level in points["lookups"]["satisfactionLevels"]}
    mean = (2 * by_name["Good"] + by_name["Poor"]) / 3
    assert (await dashboard(desk))["satisfaction"] == pytest.approx(mean)
    with desk.database():
        await Case.all().update(rated_at=ago(days=800))
    assert (await dashboard(desk, period="YEAR"))["satisfaction"] is None


@pytest.mark.rule("R-188")
@pytest.mark.rule("R-11")
async def test_the_period_is_that_of_the_viewers_time_zone(desk: Desk) -> None:
    with desk.database():
        await User.filter(name="Anna Weber").update(time_zone="Pacific/Kiritimati")
        await User.filter(name="Ben Castellano").update(time_zone="Pacific/Pago_Pago")
    await asyncio.sleep(1.1)  # what is known of a login is good for a second
    east, west = [(await dashboard(desk, login))["period"]["fromAt"] for login in ("anna", "ben")]
    assert (east[11:], west[11:]) == ("10:00:00Z", "11:00:00Z")


# ---------------------------------------------------------------- the filter and the rights


@pytest.mark.rule("R-188")
async def test_a_filter_narrows_what_is_counted_to_what_fits_it(desk: Desk) -> None:
    await registered_as(desk, "NEW", priority="HIGH")
    await registered_as(desk, "CLOSED", priority="HIGH")
    await registered_as(desk, "NEW", priority="LOW")
    figures = await dashboard(desk, filter={"priorities": ["HIGH"]})
    assert (figures["registered"], figures["open"]) == (2, 1)


@pytest.mark.rule("R-188")
async def test_a_filter_that_says_nothing_of_ended_cases_leaves_them_in_the_figures_of_the_period(desk: Desk) -> None:
    case = await desk.register("vera")
    await bring(desk, case["id"], "RESOLVED")
    await desk.done("vera", "rateCase", by={"caseId": case["id"]}, levelId=desk.ids["Good"])  # which closes it
    await registered_as(desk, "NEW")

    async def counted_with(filter: dict[str, Any] | None) -> list[Any]:
        figures = await dashboard(desk, filter=filter)
        assert counted(figures["byStatus"]) == {"New": 1}
        return [figures[name] for name in ("open", "registered", "resolved", "satisfaction")]

    whole = await counted_with(None)
    assert whole[:3] == [1, 2, 1]
    assert whole[3] is not None
    assert [await counted_with(filter) for filter in ({}, {"includeFinal": True})] == [whole, whole]
    assert await counted_with({"includeFinal": False}) == [1, 1, 0, None]


@pytest.mark.rule("R-188")
@pytest.mark.parametrize(
    "filter",
    [
        {"search": "printer"},
        {"unassigned": True},
        {"statusIds": ["NEW", "WAITING"]},
        {"categoryIds": ["INCIDENT"], "includeFinal": True},
        {"assigneeIds": ["anna"]},
        {"contactId": "vera"},
        {"assigneeIds": []},
    ],
)
async def test_what_is_open_is_as_many_as_the_list_has(desk: Desk, filter: dict[str, Any]) -> None:
    for code in ("NEW", "IN_PROGRESS", "WAITING", "CLOSED"):
        await registered_as(desk, code)
    await desk.register("dora", subject="A lamp", contactId=desk.ids["paul"])
    narrowed = {
        name: [desk.ids[key] for key in value] if isinstance(value, list) else desk.ids.get(value, value)
        for name, value in filter.items()
    }
    listed = await desk.run(
        "dora",
        "query($filter: CaseFilter) { cases(filter: $filter, first: 100) { nodes { status { isFinal } } } }",
        filter=narrowed,
    )
    still_open = [node for node in listed["cases"]["nodes"] if not node["status"]["isFinal"]]
    assert (await dashboard(desk, filter=narrowed))["open"] == len(still_open)


@pytest.mark.rule("R-160")
async def test_a_customer_counts_his_own_cases_and_nobody_who_works_on_them(desk: Desk) -> None:
    await registered_as(desk, "IN_PROGRESS", contactId=desk.ids["vera"])
    await registered_as(desk, "NEW", contactId=desk.ids["paul"])
    figures = await dashboard(desk, "vera")
    assert (figures["open"], figures["registered"], figures["byAssignee"]) == (1, 1, [])
    assert counted(figures["byStatus"]) == {"In progress": 1}
    assert (await dashboard(desk, "vera", filter={"assigneeIds": [desk.ids["anna"]]}))["open"] == 0


@pytest.mark.rule("R-160")
async def test_an_agent_of_own_groups_counts_what_he_sees(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        await desk.register("dora", assigneeGroupId=desk.ids["group Second line"])
        await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
        await desk.register("dora")
        assert [(await dashboard(desk, login))["open"] for login in ("anna", "ben", "dora")] == [2, 2, 3]


async def test_a_dashboard_costs_few_statements_whatever_there_is(desk: Desk) -> None:
    async def cost() -> int:
        with Statements.counted() as statements:
            await dashboard(desk)
        return len([sql for sql in statements.seen if "FROM entry e" not in sql and 'FROM "login"' not in sql])

    await dashboard(desk)
    for n in range(12):
        assignee = desk.ids[("anna", "ben", "cleo", "dora")[n % 4]]
        await desk.register(assigneeId=assignee, categoryId=desk.ids[("INCIDENT", "CONSULTATION")[n % 2]])
    assert await cost() == 6


# ---------------------------------------------------------------- watching


@pytest.mark.rule("R-188")
async def test_a_watched_dashboard_begins_with_the_whole_and_tells_changes(desk: Desk) -> None:
    case = await desk.register()
    async with desk.stream("dora", CHANGED, period="TODAY") as stream:
        assert await stream.next() == await dashboard(desk)
        await desk.done("anna", "takeCase", caseId=case["id"])
        figures = await stream.next()
        assert counted(figures["byAssignee"]) == {"Anna Weber": 1}
        assert figures == await dashboard(desk)


@pytest.mark.rule("R-188")
async def test_what_changes_no_figure_is_not_told(desk: Desk) -> None:
    case = await desk.register()
    async with desk.stream("dora", CHANGED, period="TODAY") as stream:
        await stream.next()
        await desk.done("anna", "postToFeed", caseId=case["id"], body="Still burning.")
        await desk.done("anna", "editCase", caseId=case["id"], subject="It burns")
        await stream.nothing(1.5)


@pytest.mark.rule("R-188")
@pytest.mark.parametrize("login", ["dora", "vera"])
async def test_a_search_counts_anew_what_is_said_withdrawn_and_taken_away(desk: Desk, login: str) -> None:
    case = await desk.register()
    async with desk.stream(login, CHANGED, filter={"search": "walrus"}, period="TODAY") as stream:
        assert (await stream.next())["open"] == 0
        show = "portalMessage { id }"
        said = await desk.done("anna", "postToPortal", show, caseId=case["id"], body="A walrus sits on it.")
        message = said["portalMessage"]["id"]
        assert (await stream.next())["open"] == 1
        if login == "vera":
            await desk.done("dora", "hideMessage", messageId=message)
            assert (await stream.next())["open"] == 0
            await desk.done("dora", "showMessage", messageId=message)
            assert (await stream.next())["open"] == 1
        await desk.done("anna", "editMessage", messageId=message, body="A seal sits on it.")
        assert (await stream.next())["open"] == 0
        await desk.done("vera", "postToPortal", caseId=case["id"], body="It is a walrus.")
        assert (await stream.next())["open"] == 1


@pytest.mark.rule("R-160")
async def test_a_customer_who_searches_is_not_counted_for_by_what_is_said_to_others(desk: Desk) -> None:
    case = await desk.register(contactId=desk.ids["paul"])
    async with desk.stream("vera", CHANGED, filter={"search": "walrus"}, period="TODAY") as stream:
        await stream.next()
        await asyncio.sleep(1.1)
        with Statements.counted() as statements:
            await desk.done("anna", "postToPortal", caseId=case["id"], body="A walrus sits on it.")
            await desk.done("anna", "markNotifications", notificationIds=[], read=True)
            await stream.nothing(0.6)
        assert not [sql for sql in statements.seen if "GROUP BY" in sql]


@pytest.mark.rule("R-188")
async def test_what_a_figure_goes_by_is_told_by_its_new_name_and_worth(desk: Desk) -> None:
    case = await desk.register("vera")
    await bring(desk, case["id"], "RESOLVED")
    await desk.done("vera", "rateCase", by={"caseId": case["id"]}, levelId=desk.ids["Good"])
    await registered_as(desk, "IN_PROGRESS")
    async with desk.stream("dora", CHANGED, period="TODAY") as stream:
        assert (await stream.next())["satisfaction"] != 99
        await desk.done("otto", "editSatisfactionLevel", satisfactionLevelId=desk.ids["Good"], points=99)
        assert (await stream.next())["satisfaction"] == 99
        await desk.done("otto", "editCaseStatus", caseStatusId=desk.ids["IN_PROGRESS"], name="At work")
        assert "At work" in counted((await stream.next())["byStatus"])
        await desk.done("otto", "editUser", userId=desk.ids["anna"], name="Anna Weber-Lund")
        assert "Anna Weber-Lund" in counted((await stream.next())["byAssignee"])


@pytest.mark.rule("R-188")
async def test_many_changes_are_told_at_most_once_a_second(desk: Desk) -> None:
    async with desk.stream("dora", CHANGED, period="TODAY") as stream:
        assert (await stream.next())["open"] == 0
        told: list[int] = []
        began = asyncio.get_running_loop().time()
        for _ in range(20):
            await desk.register()
        while not told or told[-1] < 20:
            told.append((await stream.next())["open"])
        assert len(told) <= asyncio.get_running_loop().time() - began + 1
        await stream.nothing(1.2)


@pytest.mark.rule("R-188")
async def test_what_is_done_on_one_server_changes_the_dashboards_on_another(desk: Desk, another: Any) -> None:
    async with another() as second, second.stream("dora", CHANGED, period="TODAY") as stream:
        assert (await stream.next())["open"] == 0
        await desk.register()
        assert (await stream.next())["open"] == 1


@pytest.mark.rule("R-188")
async def test_a_thousand_who_watch_the_same_cost_one_counting_a_change(desk: Desk) -> None:
    async with AsyncExitStack() as stack:
        logins = ("anna", "ben", "cleo", "anna", "ben") * 2
        sockets = [await stack.enter_async_context(desk.socket(login)) for login in logins]
        payload = {"query": CHANGED, "variables": {"period": "TODAY"}}
        for socket in sockets:
            for n in range(100):
                await socket.send({"id": str(n), "type": "subscribe", "payload": payload})

        async def told() -> set[int]:
            messages = [await socket.receive() for socket in sockets for _ in range(100)]
            return {message["payload"]["data"]["dashboardChanged"]["open"] for message in messages}

        assert await told() == {0}
        await asyncio.sleep(1.1)
        with Statements.counted() as statements:
            await desk.register()
            assert await told() == {1}
        assert len([sql for sql in statements.seen if "GROUP BY" in sql and "category_id" in sql]) == 1


@pytest.mark.rule("R-160")
async def test_a_customer_watches_his_own_figures_and_is_not_counted_for_by_others_changes(desk: Desk) -> None:
    async with desk.stream("vera", CHANGED, period="TODAY") as stream:
        assert (await stream.next())["open"] == 0
        await asyncio.sleep(1.1)
        with Statements.counted() as statements:
            await desk.register(contactId=desk.ids["paul"])
            await stream.nothing(0.6)
        assert not [sql for sql in statements.seen if "GROUP BY" in sql]
        await desk.register(contactId=desk.ids["vera"])
        assert (await stream.next())["open"] == 1


@pytest.mark.rule("R-188")
async def test_at_midnight_the_period_turns_without_a_change(settings: Settings) -> None:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = midnight - timedelta(seconds=3) - now
    async with database.opened(settings.database_url, pool_size=2):
        await with_setting("DefaultTimeZone", "UTC")()
    turn = midnight.isoformat().replace("+00:00", "Z")
    lasting = settings.model_copy(update={"token_minutes": 3 * 24 * 60})
    async with running(lasting, clock=lambda: datetime.now(UTC) + ahead) as desk:
        await desk.register()
        async with desk.stream("dora", CHANGED, period="TODAY") as stream:
            figures = await stream.next()
            assert (figures["registered"], figures["period"]["toAt"]) == (1, turn)
            figures = await stream.next()
            assert (figures["registered"], figures["period"]["fromAt"]) == (0, turn)
            assert figures["open"] == 1
