"""A post is brief work where it can be, which is on PostgreSQL, and comes to what a unit of work makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gql.actions import conversation
from gql.actions.brief_work import Overtaken
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import Actor
from gql.enums import CaseAction, Role
from gql.store import Case, Entry, FeedPost
from gql.store.written import is_on_postgres
from tests.running import Desk, Statements, app_lookups

POST = """mutation($input: PostToFeedInput!) { postToFeed(input: $input) {
  feedPost { body case { id } } errors { code field } } }"""

Act = Callable[[Work], Awaitable[Any]]


async def anna_does(desk: Desk, begin: Any, *acts: Act) -> list[Any]:
    """Actions of anna's within one work, begun in that way."""
    login = desk.logins["anna"]
    anna = Actor(login.id, Role.AGENT, login.user_id, name="Anna Weber")
    with desk.database():
        async with begin(anna, datetime.now(UTC), app_lookups(desk), desk.app.state.desk.realtime.ring) as work:
            return [await act(work) for act in acts]


def posting(case: dict[str, Any], body: str) -> Act:
    return lambda work: conversation.post_to_feed(work, int(case["id"].partition("_")[2]), body=body)


def briefly(desk: Desk) -> Any:
    """How brief work is begun."""
    return desk.app.state.desk.brief_works.begin


async def stored(desk: Desk) -> tuple[int, int]:
    """How many entries and posts there are."""
    with desk.database():
        return await Entry.all().count(), await FeedPost.all().count()


async def test_brief_work_writes_what_a_unit_of_work_writes(desk: Desk) -> None:
    case = await desk.register()
    with desk.database():
        begins = (briefly(desk), unit_of_work) if is_on_postgres(Case) else (unit_of_work, unit_of_work)
    written = []
    for begin in begins:
        [entry] = await anna_does(desk, begin, posting(case, "The fuse is in the cabinet."))
        with desk.database():
            row, post = dict(await Entry.get(id=entry.id)), dict(await FeedPost.get(id=entry.feed_post_id))
        assert (row.pop("id"), row.pop("feed_post_id"), row.pop("at")) == (entry.id, post.pop("id"), entry.at)
        written.append((row, post))
    assert written[0] == written[1]
    assert [e["summary"] for e in await desk.history("ben", case["id"])][1:] == ["Posted to the feed."] * 2


async def test_what_somebody_else_changed_meanwhile_is_not_written_to(desk: Desk) -> None:
    case = await desk.register()
    before = await stored(desk)

    async def change(work: Work) -> None:
        await desk.done("ben", "editCase", caseId=case["id"], priority="HIGH")

    with pytest.raises(Overtaken):
        await anna_does(desk, briefly(desk), posting(case, "Late."), change)
    edited = 0 if (await desk.case("anna", case["id"], "priority"))["priority"] == "MEDIUM" else 1
    assert await stored(desk) == (before[0] + edited, before[1])


async def test_brief_work_waits_for_whoever_holds_the_case(desk: Desk) -> None:
    case = await desk.register()
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(work: Work) -> None:
        await work.case(int(case["id"].partition("_")[2]), CaseAction.POST_TO_FEED)
        held.set()
        await let_go.wait()

    holding = asyncio.create_task(anna_does(desk, unit_of_work, hold, posting(case, "first")))
    await held.wait()
    later = asyncio.create_task(desk.run("ben", POST, input={"caseId": case["id"], "body": "second"}))
    await asyncio.wait([later], timeout=0.2)
    too_early = later.done()
    let_go.set()
    await asyncio.gather(holding, later)
    assert not too_early
    posts = await desk.history("anna", case["id"], "... on FeedPost { body }")
    assert [post["body"] for post in posts if post] == ["first", "second"]


@pytest.mark.parametrize("reason", ["mentions", "a watcher", "a merged case", "a request id", "nothing"])
async def test_whatever_needs_more_than_one_statement_is_done_by_a_unit_of_work(desk: Desk, reason: str) -> None:
    case = await desk.register()
    given: dict[str, Any] = {"caseId": case["id"], "body": "Look."}
    if reason == "mentions":
        given["mentionIds"] = [desk.ids["ben"]]
    elif reason == "a watcher":
        await desk.done("ben", "watchCase", caseId=case["id"], watch=True)
    elif reason == "a merged case":
        other = await desk.register()
        await desk.done("dora", "mergeCases", caseId=case["id"], intoCaseId=other["id"])
    elif reason == "a request id":
        given["requestId"] = "once"
    with Statements.counted() as statements:
        posted = (await desk.run("anna", POST, input=given))["postToFeed"]
    assert posted == {"feedPost": {"body": "Look.", "case": {"id": case["id"]}}, "errors": []}
    with desk.database():
        is_brief = is_on_postgres(Case) and reason == "nothing"
    locks_first = any(sql.startswith("SELECT") and "FOR UPDATE" in sql for sql in statements.seen)
    with desk.database():
        assert locks_first == (is_on_postgres(Case) and not is_brief)
    told = [number for reason_, number in await desk.notified("ben") if reason_ in ("MENTIONED", "WATCHING")]
    assert told == ([case["number"]] if reason in ("mentions", "a watcher") else [])
