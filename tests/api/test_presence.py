"""Who looks at a case, writes, or edits it: seen live by colleagues on any server, by customers never."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.setting_up import with_setting
from tests.running import Desk

WATCH = "subscription($id: ID!) { presenceChanged(caseId: $id) { people { user { name } doing } } }"


def there(item: Any) -> dict[str, str]:
    return {one["user"]["name"]: one["doing"] for one in item["people"]}


async def say(desk: Desk, login: str, case: str, doing: str | None) -> dict[str, str]:
    show = "presence { people { user { name } doing } }"
    return there((await desk.done(login, "setPresence", show, caseId=case, doing=doing))["presence"])


async def test_a_colleague_sees_at_once_who_is_there_and_every_change(desk: Desk) -> None:
    case = (await desk.register())["id"]
    assert await say(desk, "anna", case, "VIEWING") == {"Anna Weber": "VIEWING"}
    async with desk.stream("ben", WATCH, id=case) as presence:
        assert there(await presence.next()) == {"Anna Weber": "VIEWING"}
        await say(desk, "anna", case, "TYPING")
        assert there(await presence.next()) == {"Anna Weber": "TYPING"}
        await say(desk, "dora", case, "EDITING")
        assert there(await presence.next()) == {"Anna Weber": "TYPING", "Dora Novak": "EDITING"}
        await say(desk, "anna", case, None)
        assert there(await presence.next()) == {"Dora Novak": "EDITING"}


async def test_saying_it_again_and_what_happens_elsewhere_bring_no_item(desk: Desk) -> None:
    case, other = (await desk.register())["id"], (await desk.register())["id"]
    async with desk.stream("ben", WATCH, id=case) as presence:
        assert there(await presence.next()) == {}
        await say(desk, "anna", case, "VIEWING")
        assert there(await presence.next()) == {"Anna Weber": "VIEWING"}
        await say(desk, "anna", case, "VIEWING")
        await say(desk, "anna", other, "TYPING")
        await presence.nothing(0.5)


async def test_whoever_says_nothing_more_is_gone_by_himself(desk: Desk) -> None:
    case = (await desk.register())["id"]
    desk.app.state.desk.presence.seconds = 3.0
    async with desk.stream("ben", WATCH, id=case) as presence:
        assert there(await presence.next()) == {}
        await say(desk, "anna", case, "TYPING")
        assert there(await presence.next()) == {"Anna Weber": "TYPING"}
        assert there(await presence.next()) == {}


async def test_presence_leaves_no_trace_on_the_case(desk: Desk) -> None:
    case = (await desk.register())["id"]
    before = await desk.history("anna", case)
    await say(desk, "anna", case, "EDITING")
    assert await desk.history("anna", case) == before
    assert await desk.notified("anna") == []


@pytest.mark.rule("R-174")
async def test_customers_neither_see_nor_say_who_is_at_their_case(desk: Desk) -> None:
    case = (await desk.register("vera"))["id"]
    await say(desk, "anna", case, "TYPING")
    for login, code in (("vera", "FORBIDDEN"), ("paul", "NOT_FOUND")):
        async with desk.stream(login, WATCH, id=case) as presence:
            assert await presence.error() == code
        assert (await desk.refused(login, "setPresence", caseId=case, doing="TYPING"))["code"] == code


@pytest.mark.rule("R-160")
async def test_presence_at_a_case_out_of_sight_is_not_found_and_ends_when_the_case_leaves_it(
    desk: Desk, another: Any
) -> None:
    with desk.database():
        await with_setting("AgentSight", "OWN_GROUPS")()
    async with another() as narrow:
        first, second = narrow.ids["group First line"], narrow.ids["group Second line"]
        case = (await narrow.register("dora", assigneeGroupId=first))["id"]
        async with narrow.stream("anna", WATCH, id=case) as presence:
            assert there(await presence.next()) == {}
            await narrow.done("dora", "assignCase", caseId=case, assigneeGroupId=second)
            await say(narrow, "ben", case, "VIEWING")
            assert await presence.error() == "NOT_FOUND"
        error = await narrow.refused("anna", "setPresence", caseId=case, doing="VIEWING")
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["caseId"])
