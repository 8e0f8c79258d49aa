"""A post is brief work where it can be, which is on PostgreSQL, and comes to what a unit of work makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from gql.actions import conversation
from gql.actions.brief_work import Overtaken
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import Actor
from gql.enums import CaseAction, Role
from gql.settings import Settings
from gql.store import Case, Entry, FeedPost
from gql.store.posts import REVISION
from gql.store.written import is_on_postgres
from tests.api.setting_up import running_after, with_setting
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


async def post(desk: Desk, login: str, case: dict[str, Any], body: str) -> Any:
    return (await desk.run(login, POST, input={"caseId": case["id"], "body": body}))["postToFeed"]


async def bodies(desk: Desk, case: dict[str, Any]) -> list[str]:
    """What was posted to a case, oldest first."""
    told = await desk.history("dora", case["id"], "... on FeedPost { body }")
    return [entry["body"] for entry in told if entry]


async def test_posts_of_one_moment_are_written_together(desk: Desk) -> None:
    cases = [await desk.register() for _ in range(4)]
    said = [(login, case, f"{login} on {case['number']}") for case in cases for login in ("anna", "ben", "dora")]
    with Statements.counted() as statements:
        told = await asyncio.gather(*[post(desk, *each) for each in said])
    assert [answer["feedPost"] for answer in told] == [
        {"body": body, "case": {"id": case["id"]}} for _, case, body in said
    ]
    for case in cases:
        assert sorted(await bodies(desk, case)) == [body for _, where, body in said if where is case]
    writing = [sql for sql in statements.seen if "INSERT INTO" in sql]
    with desk.database():
        assert (len(writing) < len(said)) == is_on_postgres(Case)


async def test_of_posts_of_one_moment_each_is_seen_with_the_rights_of_its_author(
    settings: Settings,
) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        unseen = await desk.register("dora", assigneeGroupId=desk.ids["group Second line"])
        open_to_all = await desk.register("dora")
        told = await asyncio.gather(
            post(desk, "anna", unseen, "by anna"),
            post(desk, "anna", open_to_all, "by anna"),
            post(desk, "ben", unseen, "by ben"),
            post(desk, "dora", unseen, "by dora"),
        )
        assert [[error["code"] for error in answer["errors"]] for answer in told] == [["NOT_FOUND"], [], [], []]
        assert sorted(await bodies(desk, unseen)) == ["by ben", "by dora"]
        assert await bodies(desk, open_to_all) == ["by anna"]


async def test_a_case_that_somebody_holds_keeps_no_post_on_another_waiting(desk: Desk) -> None:
    held_case, other = await desk.register(), await desk.register()
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(work: Work) -> None:
        await work.case(int(held_case["id"].partition("_")[2]), CaseAction.POST_TO_FEED)
        held.set()
        await let_go.wait()

    with desk.database():
        if not is_on_postgres(Case):  # SQLite has one writer
            return
    holding = asyncio.create_task(anna_does(desk, unit_of_work, hold, posting(held_case, "first")))
    await held.wait()
    later = asyncio.create_task(post(desk, "ben", held_case, "second"))
    async with asyncio.timeout(10):
        assert not (await post(desk, "dora", other, "at once"))["errors"]
        assert not later.done()
        let_go.set()
        await asyncio.gather(holding, later)
    assert (await bodies(desk, held_case), await bodies(desk, other)) == (["first", "second"], ["at once"])


async def test_what_the_database_takes_not_is_told_to_all_it_came_with_and_leaves_nothing(desk: Desk) -> None:
    case = await desk.register()
    before = await stored(desk)
    with desk.database():
        if not is_on_postgres(Case):
            return
        works = desk.app.state.desk.brief_works
        row = (await Case.filter(number=case["number"]).annotate(revision=REVISION).values("id", "revision"))[0]
        good = orjson.dumps({"case_id": row["id"], "revision": row["revision"], "post": {}, "entry": {}})
        for bad in (good, b'{"case_id": "x"}'):
            told = await asyncio.gather(works.append(good), works.append(bad), return_exceptions=True)
            assert [type(error) for error in told] == [Overtaken, Overtaken]
    assert await stored(desk) == before
    assert not (await post(desk, "anna", case, "still well"))["errors"]


@pytest.mark.rule("R-172")
async def test_streams_hear_the_posts_of_two_servers_in_the_order_of_the_log(desk: Desk, another: Any) -> None:
    cases = [await desk.register() for _ in range(3)]
    feed = "subscription { feedPostAdded { id body actor { name } case { number } } }"
    await desk.caught_up()
    async with another() as second, desk.stream("ben", feed) as here, second.stream("dora", feed) as there:
        said = [(server, case, f"{name} {n}") for n in range(8) for case in cases
                for name, server in (("one", desk), ("two", second))]  # fmt: skip
        await asyncio.gather(*[post(server, "anna", case, body) for server, case, body in said])
        heard, heard_there = await here.take(len(said)), await there.take(len(said))
    with desk.database():
        rows = await Entry.filter(kind="FeedPost").order_by("id").prefetch_related("feed_post", "case", "actor_user")
        in_order = [
            {"id": f"Entry_{row.id}", "body": row.feed_post.body, "actor": {"name": row.actor_user.name},
             "case": {"number": row.case.number}} for row in rows
        ]  # fmt: skip
    assert sorted(item["body"] for item in in_order) == sorted(body for _, _, body in said)
    assert heard == heard_there == in_order


async def test_who_resumes_hears_of_a_post_as_it_is_by_then(desk: Desk) -> None:
    case = await desk.register()
    await desk.caught_up()
    before = (await desk.run("ben", "{ viewer { cursor } }"))["viewer"]["cursor"]
    posted = (await desk.done("anna", "postToFeed", "feedPost { id }", caseId=case["id"], body="Found it."))["feedPost"]
    await desk.done("ben", "likePost", postId=posted["id"], like=True)
    feed = "subscription($after: Cursor) { feedPostAdded(after: $after) { body likeCount removedAt } }"
    async with desk.stream("ben", feed, after=before) as stream:
        assert await stream.next() == {"body": "Found it.", "likeCount": 1, "removedAt": None}


async def test_an_entry_that_was_handed_in_waits_for_what_comes_before_it(desk: Desk) -> None:
    """Another process may have a lower number in flight."""
    case = await desk.register()
    await desk.caught_up()
    realtime = desk.app.state.desk.realtime
    async with desk.stream("ben", "subscription { feedPostAdded { body } }") as stream:
        with desk.database():
            for body in ("handed in late", "handed in early"):
                entries = await anna_does_unheard(desk, posting(case, body))
                if body == "handed in early":
                    realtime.hand(entries[0])
                    realtime.ring()
            assert [item["body"] for item in await stream.take(2)] == ["handed in late", "handed in early"]
        await stream.nothing(0.3)


async def anna_does_unheard(desk: Desk, act: Act) -> list[Any]:
    """The same by a process whose bell nobody hears."""
    login = desk.logins["anna"]
    anna = Actor(login.id, Role.AGENT, login.user_id, name="Anna Weber")
    async with unit_of_work(anna, datetime.now(UTC), app_lookups(desk), lambda: None) as work:
        return [await act(work)]
