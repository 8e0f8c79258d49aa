"""How many notifications are unread, told in every window while it changes."""

from __future__ import annotations

from typing import Any

import pytest

from gql.settings import Settings
from tests.api.setting_up import running_after, with_setting
from tests.api.test_who_is_told import newest, watch, write
from tests.running import Desk, Statements, Stream

UNREAD = "subscription { unreadCountChanged { count } }"


async def count(stream: Stream) -> int:
    return int((await stream.next())["count"])


@pytest.mark.rule("R-187")
async def test_it_begins_with_the_present_count_and_goes_up_with_what_is_new(desk: Desk) -> None:
    await desk.register("dora", assigneeId=desk.ids["anna"])
    async with desk.stream("anna", UNREAD) as stream:
        assert await count(stream) == 1
        await desk.register("dora", assigneeId=desk.ids["anna"])
        assert await count(stream) == 2


@pytest.mark.rule("R-187")
async def test_what_is_read_in_one_window_is_told_in_the_others(desk: Desk, another: Any) -> None:
    for _ in range(3):
        await desk.register("dora", assigneeId=desk.ids["anna"])
    async with another() as second, desk.stream("anna", UNREAD) as here, second.stream("anna", UNREAD) as there:
        assert [await count(here), await count(there)] == [3, 3]
        id = (await newest(desk, "anna"))["id"]
        await desk.done("anna", "markNotifications", notificationIds=[id], read=True)
        assert [await count(here), await count(there)] == [2, 2]
        await second.done("anna", "markNotifications", notificationIds=[id], read=False)
        assert [await count(here), await count(there)] == [3, 3]
        await desk.done("anna", "readNotifications", upTo=(await newest(desk, "anna"))["cursor"])
        assert [await count(here), await count(there)] == [0, 0]


@pytest.mark.rule("R-187")
async def test_whoever_is_not_concerned_is_neither_told_nor_counted_for(desk: Desk) -> None:
    async with desk.stream("anna", UNREAD) as anna, desk.stream("ben", UNREAD) as ben:
        assert [await count(anna), await count(ben)] == [0, 0]
        with Statements.counted() as statements:
            await desk.register("dora", assigneeId=desk.ids["ben"])
            assert await count(ben) == 1
            await anna.nothing(1.2)
        counts = [sql for sql in statements.seen if "COUNT(" in sql and 'FROM "notification"' in sql]
        assert len(counts) == 1


@pytest.mark.rule("R-187")
async def test_a_customer_has_a_count_too(desk: Desk) -> None:
    case = await desk.register("dora")
    async with desk.stream("vera", UNREAD) as stream:
        assert await count(stream) == 0
        await write(desk, case, "dora")
        assert await count(stream) == 1


@pytest.mark.rule("R-160")
async def test_what_leaves_the_sight_leaves_the_count_and_comes_back_with_it(desk: Desk) -> None:
    case = await desk.register("dora")
    await write(desk, case, "dora")
    async with desk.stream("vera", UNREAD) as stream:
        assert await count(stream) == 1
        await desk.done("dora", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
        assert await count(stream) == 0
        await desk.done("dora", "editCase", caseId=case["id"], contactId=desk.ids["vera"])
        assert await count(stream) == 1


@pytest.mark.rule("R-160")
async def test_an_agent_of_own_groups_counts_what_is_in_sight(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        case = await desk.register("dora", assigneeId=desk.ids["anna"])
        async with desk.stream("anna", UNREAD) as stream:
            assert await count(stream) == 1
            group = {"assigneeId": None, "assigneeGroupId": desk.ids["group Third line"]}
            await desk.done("dora", "assignCase", caseId=case["id"], **group)
            assert await count(stream) == 0


@pytest.mark.rule("R-187")
async def test_one_that_changes_nothing_is_not_told(desk: Desk) -> None:
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    async with desk.stream("anna", UNREAD) as stream:
        assert await count(stream) == 1
        await watch(desk, case, "anna")
        await desk.done("anna", "postToFeed", caseId=case["id"], body="I am on it.")
        await desk.done("anna", "readNotifications", upTo=case["cursor"])
        await stream.nothing(1.2)
