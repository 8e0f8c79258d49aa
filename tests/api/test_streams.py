"""The live feed: what comes, in what order, after which cursor, until when, and that it keeps a list as a read has it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from gql.actions import conversation, logins
from gql.actions.unit_of_work import Work, columns, unit_of_work
from gql.actor import DESK, Actor
from gql.api.case_lists import CaseFilter, could_have_fitted, listed
from gql.enums import CasePriority, Role
from gql.settings import Settings
from gql.store import Case, DeskSetting, Entry, LogState, database
from gql.store.cases import was_visible_to
from tests.running import Desk, Stream, app_lookups, running

HISTORY = "subscription($after: Cursor) { caseHistoryAdded(after: $after) { __typename id cursor } }"
POSTS = "subscription($after: Cursor) { feedPostAdded(after: $after) { body cursor } }"
STREAMS = {
    "caseHistoryAdded": "subscription($after: Cursor) { caseHistoryAdded(after: $after) { cursor } }",
    "feedPostAdded": "subscription($after: Cursor) { feedPostAdded(after: $after) { cursor } }",
    "portalMessageAdded": "subscription($after: Cursor) { portalMessageAdded(after: $after) { cursor } }",
    "casesChanged": "subscription($after: Cursor) { casesChanged(filter: {}, after: $after) { cursor } }",
    "notificationReceived": "subscription($after: Cursor) { notificationReceived(after: $after) { cursor } }",
}
SHOWN = "id subject priority changedAt status { code } assignee { id } assigneeGroup { id } contact { id } account { id }"
LIST = f"query($filter: CaseFilter) {{ cases(filter: $filter, first: 100) {{ cursor nodes {{ {SHOWN} }} }} }}"
CHANGES = f"""subscription($filter: CaseFilter, $after: Cursor) {{
  casesChanged(filter: $filter, after: $after) {{ cursor fits caseId case {{ {SHOWN} }} }} }}"""


@asynccontextmanager
async def working(desk: Desk, *, as_: str | None = None, ring: bool = True) -> AsyncIterator[Work]:
    """An action beside the API: of the desk itself, or of an employee; `ring` as the command line does not."""
    actor = DESK
    if as_ is not None:
        login = desk.logins[as_]
        actor = Actor(login.id, Role.AGENT, login.user_id, login.contact_id)
    bell = desk.app.state.desk.realtime.ring if ring else lambda: None
    with desk.database():
        async with unit_of_work(actor, datetime.now(UTC), app_lookups(desk), bell) as work:
            yield work


def cursor_at(desk: Desk, position: int) -> str:
    return str(desk.app.state.desk.cursors.seal(position))


async def now(desk: Desk, login: str = "anna") -> str:
    """The cursor of a read that was made now."""
    return str((await desk.run(login, "{ viewer { cursor } }"))["viewer"]["cursor"])


async def posts(desk: Desk, case: str, *bodies: str, login: str = "anna") -> None:
    for body in bodies:
        await desk.done(login, "postToFeed", caseId=case, body=body)


async def bodies(stream: Stream, count: int) -> list[str]:
    return [item["body"] for item in await stream.take(count)]


async def entries_in_order(desk: Desk) -> list[str]:
    """Global ids of all entries of cases, as the log has them."""
    with desk.database():
        return [f"Entry_{id}" for id in await Entry.filter(case_id__isnull=False).order_by("id").values_list("id", flat=True)]


# ---------------------------------------------------------------- what comes, and after which cursor


@pytest.mark.rule("R-172")
async def test_a_stream_without_a_cursor_begins_now(desk: Desk) -> None:
    case = await desk.register()
    await posts(desk, case["id"], "before")
    async with desk.stream("ben", POSTS) as stream:
        await posts(desk, case["id"], "after")
        assert await bodies(stream, 1) == ["after"]
        await stream.nothing(0.2)


@pytest.mark.rule("R-172")
async def test_what_is_subscribed_after_a_read_brings_all_that_came_later_once_and_in_order(desk: Desk) -> None:
    case = await desk.register()
    for document in (
        "{ viewer { cursor } }",
        "{ cases(filter: {}) { cursor } }",
        "{ cases(filter: {}) { nodes { cursor } } }",
        'query { case(by: {number: "SR00000001"}) { cursor } }',
        'query { case(by: {number: "SR00000001"}) { history(last: 1) { nodes { cursor } } } }',
        "{ contacts(first: 1) { nodes { cursor } } }",
    ):
        cursor: Any = await desk.run("ben", document)
        while not isinstance(cursor, str):
            [cursor] = cursor.values() if isinstance(cursor, dict) else cursor
        await posts(desk, case["id"], "one", "two")
        async with desk.stream("ben", POSTS, after=cursor) as stream:
            await posts(desk, case["id"], "three")
            assert await bodies(stream, 3) == ["one", "two", "three"], document
            await stream.nothing(0.1)


@pytest.mark.rule("R-172")
async def test_the_cursor_of_an_answer_to_a_mutation_is_good_to_subscribe_after(desk: Desk) -> None:
    done = await desk.done(
        "anna", "registerCase", "case { id cursor }", subject="Lamp", contactId=desk.ids["vera"]
    )
    await posts(desk, done["case"]["id"], "one")
    async with desk.stream("ben", POSTS, after=done["case"]["cursor"]) as stream:
        assert await bodies(stream, 1) == ["one"]


@pytest.mark.rule("R-172")
async def test_a_stream_that_is_cut_again_and_again_brings_each_item_once_and_in_order(
    desk: Desk, another: Any
) -> None:
    case = await desk.register()
    cursor, seen = await now(desk), []
    written = [f"post {n}" for n in range(24)]
    writing = asyncio.create_task(posts(desk, case["id"], *written))
    async with another() as second:
        for server, count in ((desk, 1), (second, 2), (desk, 3), (second, 4), (second, 1), (desk, 5), (second, 8)):
            async with server.stream("ben", POSTS, after=cursor) as stream:
                items = await stream.take(count)
            seen += [item["body"] for item in items]
            cursor = items[-1]["cursor"]
        await writing
        async with second.stream("ben", POSTS, after=cursor) as stream:
            await stream.nothing(0.3)
    assert seen == written


@pytest.mark.rule("R-172")
async def test_a_stream_goes_on_after_the_server_was_restarted(settings: Settings) -> None:
    async with running(settings) as desk:
        case = await desk.register()
        async with desk.stream("ben", POSTS) as stream:
            await posts(desk, case["id"], "one", "two", "three")
            cursor = (await stream.take(2))[-1]["cursor"]
        await posts(desk, case["id"], "four")
    async with running(settings) as desk:
        async with desk.stream("ben", POSTS, after=cursor) as stream:
            assert await bodies(stream, 2) == ["three", "four"]
            await posts(desk, case["id"], "five")
            assert await bodies(stream, 1) == ["five"]
            await stream.nothing(0.2)


@pytest.mark.rule("R-172")
async def test_what_is_done_on_one_server_arrives_at_those_who_listen_on_another(desk: Desk, another: Any) -> None:
    case = await desk.register()
    async with another() as second, second.stream("ben", POSTS) as there, desk.stream("ben", POSTS) as here:
        await posts(desk, case["id"], "one")
        await posts(second, case["id"], "two")
        await posts(desk, case["id"], "three")
        assert await bodies(there, 3) == await bodies(here, 3) == ["one", "two", "three"]


@pytest.mark.rule("R-172")
async def test_what_many_do_at_once_is_delivered_once_each_and_in_the_order_of_each_case(
    desk: Desk, another: Any
) -> None:
    cases = [await desk.register() for _ in range(4)]
    async with another() as second, desk.stream("dora", HISTORY) as here, second.stream("dora", HISTORY) as there:
        before = len(await entries_in_order(desk))
        await asyncio.gather(
            *(posts(server, case["id"], *"abc", login=login) for case in cases for server, login in ((desk, "anna"), (second, "ben"))),
            *(desk.done("vera", "postToPortal", caseId=case["id"], body="!") for case in cases),
            *(second.done("cleo", "takeCase", caseId=case["id"]) for case in cases),
        )
        expected = (await entries_in_order(desk))[before:]
        assert len(expected) == 4 * 9
        assert [item["id"] for item in await here.take(36)] == expected
        assert [item["id"] for item in await there.take(36)] == expected
        await here.nothing(0.2)


@pytest.mark.rule("R-172")
async def test_every_stream_resumed_after_an_item_repeats_nothing_and_skips_nothing(desk: Desk) -> None:
    """Two of everything that the five streams carry; after the first of each, exactly the second comes."""
    beginning = await now(desk, "vera")
    for subject in ("one", "two"):
        case = await desk.register(subject=subject)
        await desk.done("vera", "watchCase", caseId=case["id"], watch=True)
        await posts(desk, case["id"], "post", login="ben")
        await desk.done("ben", "postToPortal", caseId=case["id"], body="message")
    for field, document in STREAMS.items():
        login = "vera" if field == "notificationReceived" else "anna"
        async with desk.stream(login, document, after=beginning) as stream:
            whole = [(await stream.next())["cursor"] for _ in range(6 if field == "caseHistoryAdded" else 2)]
            await stream.nothing(0.1)
        for place, cursor in enumerate(whole):
            async with desk.stream(login, document, after=cursor) as stream:
                assert [item["cursor"] for item in await stream.take(len(whole) - place - 1)] == whole[place + 1 :], field
                await stream.nothing(0.05)


async def test_every_stream_of_the_schema_is_resumed_here(desk: Desk) -> None:
    schema = await desk.run(None, "{ __schema { subscriptionType { fields { name args { name } } } } }")
    fields = schema["__schema"]["subscriptionType"]["fields"]
    assert {field["name"] for field in fields} == STREAMS.keys()
    assert all("after" in {argument["name"] for argument in field["args"]} for field in fields)


@pytest.mark.rule("R-172")
async def test_a_stream_is_narrowed_to_a_case_and_to_kinds(desk: Desk) -> None:
    first, second = await desk.register(), await desk.register()
    document = """subscription($id: ID, $kinds: [HistoryKind!], $after: Cursor) {
      caseHistoryAdded(caseId: $id, kinds: $kinds, after: $after) { summary case { id } } }"""
    after = await now(desk)
    for case in (first, second):
        await posts(desk, case["id"], "x")
        await desk.done("anna", "postToPortal", caseId=case["id"], body="x")
        await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    told = {"FEED_POST": "Posted to the feed.", "PORTAL_MESSAGE": "Wrote on the portal.", "SYSTEM": "Assigned to Ben Castellano."}
    for kinds in (None, ["FEED_POST"], ["SYSTEM", "PORTAL_MESSAGE"], []):
        expected = [summary for kind, summary in told.items() if kinds is None or kind in kinds]
        async with desk.stream("dora", document, id=second["id"], kinds=kinds, after=after) as stream:
            items = await stream.take(len(expected))
            assert items == [{"summary": summary, "case": {"id": second["id"]}} for summary in expected]
            await stream.nothing(0.05)
        async with desk.stream("dora", document, kinds=kinds, after=after) as stream:
            assert [item["summary"] for item in await stream.take(2 * len(expected))] == expected * 2
            await stream.nothing(0.05)


@pytest.mark.rule("R-172")
async def test_what_was_rolled_back_is_never_delivered(desk: Desk) -> None:
    case = await desk.register()
    key = int(case["id"].removeprefix("Case_"))
    async with desk.stream("ben", POSTS) as stream:
        with pytest.raises(ZeroDivisionError):
            async with working(desk, as_="anna") as work:
                await conversation.post_to_feed(work, key, body="never")
                await work.finish()
                raise ZeroDivisionError
        await posts(desk, case["id"], "once")
        assert await bodies(stream, 1) == ["once"]


# ---------------------------------------------------------------- cursors that cannot be resumed after


async def ends(desk: Desk, after: str) -> set[str]:
    """With which codes the five streams end after a cursor."""
    codes = set()
    for document in STREAMS.values():
        async with desk.stream("anna", document, after=after) as stream:
            codes.add(await stream.error())
    return codes


@pytest.mark.rule("R-172")
async def test_a_broken_cursor_is_invalid(desk: Desk) -> None:
    good = await now(desk)
    for broken in ("nonsense", "", "❄", good[:-1], good + "A", good.swapcase(), "A" * 22):
        assert await ends(desk, broken) == {"INVALID"}, broken


@pytest.mark.rule("R-172")
async def test_a_cursor_ahead_of_the_log_needs_a_new_read(desk: Desk) -> None:
    await desk.register()
    assert await ends(desk, cursor_at(desk, 1_000)) == {"RESYNC_REQUIRED"}


@pytest.mark.rule("R-172")
async def test_a_cursor_of_another_log_needs_a_new_read(settings: Settings) -> None:
    async with running(settings) as desk:
        await desk.register()
        cursor = await now(desk)
    async with database.opened(settings.database_url):
        await LogState.filter(id=1).update(epoch="put back")
    async with running(settings) as desk:
        assert await ends(desk, cursor) == {"RESYNC_REQUIRED"}
        async with desk.stream("anna", HISTORY, after=await now(desk)) as stream:
            await desk.register()
            assert (await stream.next())["__typename"] == "CaseRegistered"


@pytest.mark.rule("R-172")
async def test_a_cursor_that_is_older_than_a_stream_may_resume_from_needs_a_new_read(settings: Settings) -> None:
    async with running(settings) as desk:
        case = await desk.register()
        old = await now(desk)
        await posts(desk, case["id"], "old", "less old")
        recent = await now(desk)
        await posts(desk, case["id"], "new")
    async with database.opened(settings.database_url):
        for body, days in (("old", 31), ("less old", 29)):
            await Entry.filter(feed_post__body=body).update(at=datetime.now(UTC) - timedelta(days=days))
        less_old = (await Entry.get(feed_post__body="old")).id
    async with running(settings) as desk:
        assert await ends(desk, old) == {"RESYNC_REQUIRED"}
        async with desk.stream("ben", POSTS, after=cursor_at(desk, less_old)) as stream:
            assert await bodies(stream, 2) == ["less old", "new"]
    async with running(settings.model_copy(update={"replay_days": 7})) as desk:
        assert await ends(desk, cursor_at(desk, less_old)) == {"RESYNC_REQUIRED"}
        async with desk.stream("ben", POSTS, after=recent) as stream:
            assert await bodies(stream, 1) == ["new"]


# ---------------------------------------------------------------- sight at the moment of delivery


@pytest.mark.rule("R-173")
async def test_what_left_the_subscribers_sight_is_delivered_no_more_and_not_after_an_old_cursor(desk: Desk) -> None:
    document = "subscription($after: Cursor) { portalMessageAdded(after: $after) { body } }"
    beginning = await now(desk, "vera")
    case = await desk.register("vera")
    async with desk.stream("vera", document) as vera, desk.stream("paul", document) as paul:
        await desk.done("anna", "postToPortal", caseId=case["id"], body="one")
        assert await bodies(vera, 1) == ["one"]
        await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
        await desk.done("anna", "postToPortal", caseId=case["id"], body="two")
        assert await bodies(paul, 1) == ["two"]
        await vera.nothing(0.2)
    async with desk.stream("vera", document, after=beginning) as vera:
        await vera.nothing(0.2)
    async with desk.stream("paul", document, after=beginning) as paul:
        assert await bodies(paul, 2) == ["one", "two"]


@pytest.mark.rule("R-173")
async def test_a_stream_of_one_case_falls_silent_when_the_case_leaves_sight(desk: Desk) -> None:
    document = "subscription($id: ID!) { portalMessageAdded(caseId: $id) { body } }"
    case = await desk.register("vera")
    async with desk.stream("vera", document, id=case["id"]) as stream:
        await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
        await desk.done("anna", "postToPortal", caseId=case["id"], body="two")
        await stream.nothing(0.3)
        await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["vera"])
        await desk.done("anna", "postToPortal", caseId=case["id"], body="three")
        assert await bodies(stream, 1) == ["three"]


# ---------------------------------------------------------------- losing a right


@asynccontextmanager
async def all_streams(desk: Desk, second: Desk, login: str) -> AsyncIterator[list[Stream]]:
    """Every stream of a login, on two servers, each on a socket of its own."""
    async with contexts(desk.stream(login, d) for d in STREAMS.values()) as here, contexts(
        second.stream(login, d) for d in STREAMS.values()
    ) as there:
        yield here + there
