"""The live feed: what comes, in what order, after which cursor, until when, and what it makes of a list."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st
from websockets.asyncio.client import connect

from gql.actions import conversation, users
from gql.actions.hands import columns
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import DESK, Actor
from gql.api.case_lists import CaseFilter, could_have_fitted, listed
from gql.enums import CasePriority, Role
from gql.settings import Settings
from gql.store import Case, Entry, LogState, database
from gql.store.cases import was_visible_to
from tests.api.setting_up import with_setting
from tests.running import PROTOCOL, Desk, Socket, Stream, app_lookups, running

HISTORY = "subscription($after: Cursor) { caseHistoryAdded(after: $after) { __typename id cursor } }"
POSTS = "subscription($after: Cursor) { feedPostAdded(after: $after) { body cursor } }"
STREAMS = {
    "caseHistoryAdded": "subscription($after: Cursor) { caseHistoryAdded(after: $after) { cursor } }",
    "feedPostAdded": "subscription($after: Cursor) { feedPostAdded(after: $after) { cursor } }",
    "portalMessageAdded": "subscription($after: Cursor) { portalMessageAdded(after: $after) { cursor } }",
    "casesChanged": "subscription($after: Cursor) { casesChanged(filter: {}, after: $after) { cursor } }",
    "notificationReceived": "subscription($after: Cursor) { notificationReceived(after: $after) { cursor } }",
    "lookupsChanged": "subscription($after: Cursor) { lookupsChanged(after: $after) { cursor } }",
}
SHOWN = (
    "id subject priority changedAt status { code } assignee { id } assigneeGroup { id } contact { id } account { id }"
)
LIST = f"query($filter: CaseFilter) {{ cases(filter: $filter, first: 100) {{ cursor nodes {{ {SHOWN} }} }} }}"
CHANGES = f"""subscription($filter: CaseFilter, $after: Cursor) {{
  casesChanged(filter: $filter, after: $after) {{ cursor fits caseId case {{ {SHOWN} }} }} }}"""


@asynccontextmanager
async def working(
    desk: Desk, *, as_: str | None = None, role: Role = Role.AGENT, ring: bool = True
) -> AsyncIterator[Work]:
    """An action beside the API: of the desk itself, or of an employee; `ring` as the command line does not."""
    actor = DESK
    if as_ is not None:
        login = desk.logins[as_]
        actor = Actor(login.id, role, login.user_id, login.contact_id)
    bell = desk.app.state.desk.realtime.ring if ring else lambda: None
    with desk.database():
        async with unit_of_work(actor, datetime.now(UTC), app_lookups(desk), bell) as work:
            yield work


def cursor_at(desk: Desk, position: int) -> str:
    return str(desk.app.state.desk.cursors.seal(position))


async def now(desk: Desk, login: str = "anna") -> str:
    """The cursor of a read that was made now, behind all that has happened."""
    await desk.caught_up()
    return str((await desk.run(login, "{ viewer { cursor } }"))["viewer"]["cursor"])


async def posts(desk: Desk, case: str, *bodies: str, login: str = "anna") -> None:
    for body in bodies:
        await desk.done(login, "postToFeed", caseId=case, body=body)


async def bodies(stream: Stream, count: int) -> list[str]:
    return [item["body"] for item in await stream.take(count)]


def cut(stream: Stream) -> None:
    """Breaks the connection off, as a cable does that is pulled out."""
    stream.socket.connection.transport.abort()


async def entries_in_order(desk: Desk) -> list[str]:
    """Global ids of all entries of cases, as the log has them."""
    with desk.database():
        return [
            f"Entry_{id}"
            for id in await Entry.filter(case_id__isnull=False).order_by("id").values_list("id", flat=True)
        ]


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
    done = await desk.done("anna", "registerCase", "case { id cursor }", subject="Lamp", contactId=desk.ids["vera"])
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
                cut(stream)
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
    async with running(settings) as desk, desk.stream("ben", POSTS, after=cursor) as stream:
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
            *(
                posts(server, case["id"], *"abc", login=login)
                for case in cases
                for server, login in ((desk, "anna"), (second, "ben"))
            ),
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
        await desk.done("otto", "addCaseCategory", code=f"OF_{case['number']}", name=f"Of {case['number']}")
    for field, document in STREAMS.items():
        login = "vera" if field == "notificationReceived" else "anna"
        async with desk.stream(login, document, after=beginning) as stream:
            whole = [(await stream.next())["cursor"] for _ in range(6 if field == "caseHistoryAdded" else 2)]
            await stream.nothing(0.1)
        for place, cursor in enumerate(whole):
            async with desk.stream(login, document, after=cursor) as stream:
                assert [item["cursor"] for item in await stream.take(len(whole) - place - 1)] == whole[place + 1 :], (
                    field
                )
                await stream.nothing(0.05)


async def test_every_stream_of_the_schema_is_resumed_here(desk: Desk) -> None:
    schema = await desk.run(None, "{ __schema { subscriptionType { fields { name args { name } } } } }")
    fields = schema["__schema"]["subscriptionType"]["fields"]
    resumed = {f["name"] for f in fields if "after" in {argument["name"] for argument in f["args"]}}
    assert resumed == STREAMS.keys()


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
    told = {
        "FEED_POST": "Posted to the feed.",
        "PORTAL_MESSAGE": "Wrote on the portal.",
        "SYSTEM": "Assigned to Ben Castellano.",
    }
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
        with suppress(ZeroDivisionError):
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
async def all_streams(login: str, *desks: Desk) -> AsyncIterator[list[Stream]]:
    """Every stream of a login on each of the servers, each on a socket of its own."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(desk.stream(login, document))
            for desk in desks
            for document in STREAMS.values()
        ]


async def all_end(streams: list[Stream]) -> None:
    """All of them end within two seconds, by an `error` message that asks to sign in."""
    async with asyncio.timeout(2):
        assert {await stream.error() for stream in streams} == {"UNAUTHENTICATED"}


@pytest.mark.rule("R-162")
async def test_the_streams_of_a_login_that_is_deactivated_end_within_two_seconds_on_every_server(
    desk: Desk, another: Any
) -> None:
    for login in ("ben", "vera"):
        async with another(poll_seconds=1.0) as second, all_streams(login, desk, second) as streams:
            async with working(desk, ring=False) as work:  # as `caseline deactivate` does, from a process of its own
                await users.shut_out(work, login)
            await all_end(streams)


@pytest.mark.rule("R-162")
async def test_the_streams_of_a_login_that_signs_out_everywhere_end_on_every_server(desk: Desk, another: Any) -> None:
    async with another(poll_seconds=1.0) as second, all_streams("ben", desk, second) as streams:
        await desk.done("ben", "signOut", everywhere=True)
        await all_end(streams)


@pytest.mark.rule("R-162")
async def test_the_streams_of_a_login_whose_password_changes_end_and_the_new_token_goes_on(
    desk: Desk, another: Any
) -> None:
    case = await desk.register()
    async with another(poll_seconds=1.0) as second, all_streams("ben", desk, second) as streams:
        input = {"oldPassword": "demo", "newPassword": "correct horse"}
        token = (await desk.done("ben", "changePassword", "token", **input))["token"]
        async with desk.socket(token=token) as renewed:
            stream = await renewed.subscribe(POSTS)
            await all_end(streams)
            await posts(desk, case["id"], "one")
            assert await bodies(stream, 1) == ["one"]


@pytest.mark.rule("R-162")
async def test_the_streams_of_a_login_whose_role_changes_end_within_two_seconds_on_every_server(
    desk: Desk, another: Any
) -> None:
    async with another(poll_seconds=1.0) as second, all_streams("dora", desk, second) as streams:
        async with working(desk, ring=False) as work:
            await users.edit(work, desk.logins["dora"].user_id, role=Role.AGENT)
        await all_end(streams)


@pytest.mark.rule("R-162")
async def test_signing_out_of_one_token_ends_the_streams_of_that_token_only(desk: Desk, another: Any) -> None:
    case = await desk.register()
    token = desk.token("ben")
    sign_out = {"query": "mutation { signOut(input: {}) { errors { code } } }"}
    async with (
        another(poll_seconds=1.0) as second,
        desk.socket(token=token) as here,
        second.socket(token=token) as there,
        desk.stream("ben", POSTS) as on,
    ):
        ending = [await here.subscribe(POSTS), await there.subscribe(HISTORY)]
        answer = await desk.post(sign_out, authorization=f"Bearer {token}")
        assert answer.json() == {"data": {"signOut": {"errors": []}}}
        await all_end(ending)
        await posts(desk, case["id"], "one")
        assert await bodies(on, 1) == ["one"]


@pytest.mark.rule("R-162")
async def test_what_comes_after_the_right_was_lost_is_not_delivered(desk: Desk) -> None:
    case = await desk.register()
    async with desk.stream("ben", POSTS) as stream:
        async with working(desk, ring=False) as work:
            await users.shut_out(work, "ben")
        await posts(desk, case["id"], "not for ben")
        assert await stream.error() == "UNAUTHENTICATED"


@asynccontextmanager
async def narrow_socket(desk: Desk, login: str) -> AsyncIterator[Socket]:
    """A websocket whose end here takes in little while nobody reads."""
    address = urlsplit(desk.url)
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (address.hostname, address.port))
    url = f"{desk.url.replace('http', 'ws')}/graphql"
    subprotocols: Any = [PROTOCOL]
    async with connect(url, sock=plain, subprotocols=subprotocols, compression=None, max_queue=1) as connection:
        narrow = Socket(connection)
        await narrow.send({"type": "connection_init", "payload": {"authorization": f"Bearer {desk.token(login)}"}})
        assert (await narrow.receive())["type"] == "connection_ack"
        yield narrow


@pytest.mark.rule("R-162")
async def test_a_slow_reader_who_lost_the_right_gets_no_more_of_what_was_waiting(desk: Desk) -> None:
    case = await desk.register()
    key = int(case["id"].removeprefix("Case_"))
    after = await now(desk, "ben")
    async with working(desk, as_="anna") as work:
        for _ in range(190):  # more than the sockets take in while nobody reads
            await conversation.post_to_feed(work, key, body="x" * 49_000)
    async with narrow_socket(desk, "ben") as narrow:
        payload = {"query": POSTS, "variables": {"after": after}}
        await narrow.send({"id": "1", "type": "subscribe", "payload": payload})
        async with working(desk) as work:
            await users.shut_out(work, "ben")
        await asyncio.sleep(2)  # nobody reads meanwhile, so what is not sent by now must not be sent any more
        count = 0
        while (message := await narrow.receive())["type"] == "next":
            count += 1
        assert message["type"] == "error"
        assert count < 190


# ---------------------------------------------------------------- lists that change


async def told(
    desk: Desk, login: str, filter: dict[str, Any] | None, after: str, *expected: tuple[str | None, bool]
) -> None:
    """`casesChanged` tells exactly this after a cursor: subjects, where the case is seen, and whether it fits."""
    document = """subscription($filter: CaseFilter, $after: Cursor) {
      casesChanged(filter: $filter, after: $after) { fits case { subject } } }"""
    async with desk.stream(login, document, filter=filter, after=after) as stream:
        items = await stream.take(len(expected))
        assert [(item["case"] and item["case"]["subject"], item["fits"]) for item in items] == list(expected), filter
        await stream.nothing(0.1)


@pytest.mark.rule("R-172")
@pytest.mark.rule("R-150")
async def test_a_list_is_told_what_comes_into_it_changes_in_it_and_leaves_it(desk: Desk) -> None:
    case = await desk.register(subject="Lamp")
    document = "subscription { casesChanged { fits caseId case { subject assignee { name } status { code } } } }"
    id, ids = case["id"], desk.ids

    def item(fits: bool, assignee: str | None, status: str = "NEW", subject: str = "Lamp") -> dict[str, Any]:
        shown = {"subject": subject, "status": {"code": status}, "assignee": {"name": assignee} if assignee else None}
        return {"fits": fits, "caseId": id, "case": shown}

    async with desk.stream("anna", document) as stream:
        await desk.done("ben", "editCase", caseId=id, priority="LOW")
        await stream.nothing(0.1)  # it is not in anna's list
        await desk.done("ben", "assignCase", caseId=id, assigneeId=ids["anna"])
        assert await stream.next() == item(True, "Anna Weber")
        await desk.done("ben", "editCase", caseId=id, subject="Lamp!")
        assert await stream.next() == item(True, "Anna Weber", subject="Lamp!")
        await desk.done("ben", "editCase", caseId=id, subject="Lamp")
        assert await stream.next() == item(True, "Anna Weber")
        await posts(desk, id, "posts change no list")
        await desk.done("ben", "assignCase", caseId=id, assigneeId=ids["ben"])
        assert await stream.next() == item(False, "Ben Castellano")
        await desk.done("ben", "editCase", caseId=id, priority="HIGH")
        await stream.nothing(0.1)  # it is not there any more
        await desk.done("ben", "assignCase", caseId=id, assigneeId=ids["anna"])
        assert await stream.next() == item(True, "Anna Weber")
        await desk.done("ben", "cancelCase", caseId=id, closureCodeId=ids["No fault found"])
        assert await stream.next() == item(False, "Anna Weber", "CANCELED")
        await desk.register(assigneeId=ids["anna"])
        assert (await stream.next())["fits"] is True
        await stream.nothing(0.2)


@pytest.mark.rule("R-172")
async def test_entries_of_one_action_and_changes_in_a_row_are_told_as_one_item(desk: Desk) -> None:
    after = await now(desk)
    case = await desk.register(subject="Lamp")
    await desk.done("anna", "takeCase", caseId=case["id"])
    await desk.done("anna", "editCase", caseId=case["id"], priority="LOW")
    await told(desk, "anna", None, after, ("Lamp", True))


@pytest.mark.rule("R-172")
async def test_a_list_that_is_cut_between_changes_of_several_cases_is_told_all_the_same(desk: Desk) -> None:
    """The first case leaves the list, the second changes, the first changes again: told in this order, and resumed."""
    first = await desk.register(subject="first", assigneeId=desk.ids["anna"])
    second = await desk.register(subject="second", assigneeId=desk.ids["anna"])
    after = await now(desk)
    await desk.done("ben", "assignCase", caseId=first["id"], assigneeId=desk.ids["ben"])
    await desk.done("ben", "editCase", caseId=second["id"], priority="LOW")
    await desk.done("ben", "editCase", caseId=first["id"], priority="LOW")

    for subject, fits in (("first", False), ("second", True)):
        async with desk.stream("anna", CHANGES, after=after) as stream:
            item = await stream.next()
            cut(stream)
        assert (item["case"]["subject"], item["fits"]) == (subject, fits)
        after = item["cursor"]
    await told(desk, "anna", None, after)


@pytest.mark.rule("R-172")
async def test_each_filter_is_told_what_leaves_it_by_the_values_as_they_were(desk: Desk) -> None:
    ids = desk.ids
    filters: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
        "statusIds": ({"statusIds": [ids["NEW"]]}, "changeCaseStatus", {"statusId": ids["WAITING"]}),
        "includeFinal": ({}, "cancelCase", {"closureCodeId": ids["No fault found"]}),
        "priorities": ({"priorities": ["MEDIUM"]}, "editCase", {"priority": "LOW"}),
        "assigneeIds": ({"assigneeIds": [ids["cleo"]]}, "assignCase", {"assigneeId": ids["ben"]}),
        "unassigned": ({"unassigned": False}, "assignCase", {"assigneeId": None}),
        "assigneeGroupIds": (
            {"assigneeGroupIds": [ids["group First line"]]},
            "assignCase",
            {"assigneeGroupId": None},
        ),
        "supportLineIds": (
            {"supportLineIds": [ids["line 1"]]},
            "escalateCase",
            {"supportLineId": ids["line 2"], "assigneeId": ids["ben"]},
        ),
        "contactId": ({"contactId": ids["vera"]}, "editCase", {"contactId": ids["paul"]}),
        "accountId": ({"accountId": ids["account of Vera Lindqvist"]}, "editCase", {"contactId": ids["paul"]}),
        "search": ({"search": "lamp"}, "editCase", {"subject": "Light"}),
    }
    for field, (filter, mutation, input) in filters.items():
        case = await desk.register(subject="Lamp", assigneeId=ids["cleo"], assigneeGroupId=ids["group First line"])
        after = await now(desk)
        await desk.done("dora", mutation, caseId=case["id"], **input)
        await told(desk, "dora", filter, after, ("Light" if field == "search" else "Lamp", False))


@pytest.mark.rule("R-172")
async def test_words_that_cannot_be_known_afterwards_count_as_having_fitted(desk: Desk) -> None:
    case = await desk.register(subject="Lamp", priority="LOW")
    after = await now(desk)
    await desk.done("anna", "editCase", caseId=case["id"], subject="Light")
    await told(desk, "anna", {"search": "chair"}, after, ("Light", False))
    await told(desk, "anna", {"search": "chair", "priorities": ["HIGH"]}, after)


@pytest.mark.rule("R-172")
@pytest.mark.rule("R-153")
async def test_a_message_that_brings_a_case_into_a_search_is_told_to_those_who_may_read_it(desk: Desk) -> None:
    case = await desk.register("vera", subject="Lamp")
    after = await now(desk)
    await posts(desk, case["id"], "It is the capacitor.")
    await told(desk, "anna", {"search": "capacitor"}, after, ("Lamp", True))
    await told(desk, "vera", {"search": "capacitor"}, after)
    await desk.done("anna", "postToPortal", caseId=case["id"], body="A capacitor is on its way.")
    await told(desk, "vera", {"search": "capacitor"}, after, ("Lamp", True))
    await told(desk, "anna", {}, after)


@pytest.mark.rule("R-172")
@pytest.mark.rule("R-173")
async def test_a_case_that_goes_from_one_customer_to_another_leaves_and_comes(desk: Desk) -> None:
    case = await desk.register("vera", subject="Lamp")
    document = "subscription { casesChanged { fits caseId case { number } } }"
    async with desk.stream("vera", document) as vera, desk.stream("paul", document) as paul:
        await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
        assert await vera.next() == {"fits": False, "caseId": case["id"], "case": None}
        assert await paul.next() == {"fits": True, "caseId": case["id"], "case": {"number": case["number"]}}
        await desk.done("anna", "editCase", caseId=case["id"], priority="LOW")
        assert (await paul.next())["fits"] is True
        await vera.nothing(0.2)


@pytest.mark.rule("R-174")
async def test_a_customers_list_moves_by_what_the_customer_sees_only(desk: Desk) -> None:
    case = await desk.register("vera", subject="Lamp")
    after = await now(desk)
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    await desk.done(
        "dora", "escalateCase", caseId=case["id"], supportLineId=desk.ids["line 2"], assigneeId=desk.ids["ben"]
    )
    await told(desk, "vera", None, after)
    await desk.done("ben", "takeCase", caseId=case["id"])
    await told(desk, "vera", None, after, ("Lamp", True))
    await desk.done("ben", "cancelCase", caseId=case["id"], closureCodeId=desk.ids["No fault found"])
    await told(desk, "vera", None, after, ("Lamp", True))
    await told(desk, "vera", {}, after, ("Lamp", False))


# ---------------------------------------------------------------- the law: a list and its stream are the list later


class Following:
    """A list that somebody read once and keeps by its stream, from servers in turn, cut again and again."""

    def __init__(self, desks: list[Desk], login: str, filter: dict[str, Any] | None, rng: random.Random) -> None:
        self.desks, self.login, self.filter, self.rng = desks, login, filter, rng
        self.cases: dict[str, Any] = {}
        self.cursor = ""

    async def read(self) -> dict[str, Any]:
        page = (await self.desks[0].run(self.login, LIST, filter=self.filter))["cases"]
        self.cursor = page["cursor"]
        return {node["id"]: node for node in page["nodes"]}

    async def follow(self) -> None:
        """Applies what the stream brings, until cancelled."""
        while True:
            server = self.rng.choice(self.desks)
            async with server.stream(self.login, CHANGES, filter=self.filter, after=self.cursor) as stream:
                for _ in range(self.rng.randint(1, 8)):
                    self.apply(await stream.next(patience=60))
                cut(stream)
            await asyncio.sleep(self.rng.random() * 0.3)  # something happens meanwhile

    def apply(self, item: dict[str, Any]) -> None:
        self.cursor = item["cursor"]
        if item["fits"]:
            self.cases[item["caseId"]] = item["case"]
        else:
            self.cases.pop(item["caseId"], None)


async def act_at_random(desk: Desk, login: str, rng: random.Random, count: int) -> int:
    """Does this and that to any case; answers how often it was allowed."""
    ids, done = desk.ids, 0
    staff = login not in ("vera", "paul")
    for _ in range(count):
        with desk.database():
            keys = await Case.all().values_list("id", flat=True)
        case = {"caseId": f"Case_{rng.choice(keys)}"}
        worker = {"assigneeId": rng.choice([None, ids["anna"], ids["anna"], ids["ben"]])}
        group = {"assigneeGroupId": rng.choice([None, ids["group First line"], ids["group Second line"]])}
        customer = {"contactId": rng.choice([ids["vera"], ids["vera"], ids["paul"]])}
        subject = {"subject": f"{rng.choice(['Lamp', 'Chair'])} {rng.randint(1, 99)}"}
        priority = {"priority": rng.choice(["LOW", "HIGH", "CRITICAL"])}
        said = {"body": rng.choice(["The lamp.", "The chair."])}
        line = {"supportLineId": ids[rng.choice(["line 1", "line 2"])]}
        ways: list[tuple[str, dict[str, Any]]] = [
            ("postToPortal", {**case, **said}),
            ("registerCase", {**subject, **priority, "categoryId": ids["INCIDENT"]}),
            ("cancelCase", case),
        ]
        if staff:
            ways = [
                ("postToPortal", {**case, **said}),
                ("postToFeed", {**case, **said}),
                ("registerCase", {**subject, **priority, **customer, **worker, **group}),
                ("takeCase", case),
                ("takeCase", case),
                ("assignCase", {**case, **worker}),
                ("assignCase", {**case, **worker, **group}),
                ("escalateCase", {**case, **line, **worker, **group}),
                ("editCase", {**case, **subject}),
                ("editCase", {**case, **priority}),
                ("editCase", {**case, **customer}),
                ("changeCaseStatus", {**case, "statusId": ids[rng.choice(["WAITING", "IN_PROGRESS", "CLOSED"])]}),
                ("resolveCase", {**case, "resolution": "Lamp and chair."}),
                ("reopenCase", case),
            ]
            if rng.random() < 0.3:
                ways.append(("cancelCase", {**case, "closureCodeId": ids["No fault found"]}))
        mutation, input = rng.choice(ways)
        done += (await desk.act(login, mutation, **input))["errors"] == []
    return done


LAW = [
    ("anna", None),
    ("anna", {"unassigned": True, "priorities": ["HIGH", "CRITICAL"]}),
    ("anna", {"search": "lamp", "includeFinal": True}),
    ("dora", {"assigneeGroupIds": ["group First line"], "statusIds": ["NEW", "IN_PROGRESS", "REOPENED"]}),
    ("vera", None),
    ("vera", {"search": "chair"}),
    ("paul", {}),
]
"""Whose list, and how it is narrowed, by names of `desk.ids`."""


async def the_law_holds(desk: Desk, second: Desk, seed: int) -> None:
    rng = random.Random(seed)
    for subject in ("Lamp 1", "Chair 2", "Lamp 3"):
        await desk.register("dora", subject=subject)
    lists = []
    for login, narrowing in LAW:
        filter: dict[str, Any] | None = narrowing
        if filter is not None:
            filter = {
                name: [desk.ids[one] for one in value] if name.endswith("Ids") else value
                for name, value in filter.items()
            }
        lists.append(Following([desk, second], login, filter, random.Random(rng.random())))
    for following in lists:
        following.cases = await following.read()
    tasks = [asyncio.create_task(following.follow()) for following in lists]
    try:
        done = await asyncio.gather(
            *(
                act_at_random(server, login, random.Random(rng.random()), 12)
                for login, server in (("anna", desk), ("ben", second), ("dora", desk), ("vera", second))
            )
        )
        assert sum(done) >= 12
        reader = [Following([desk], following.login, following.filter, rng) for following in lists]
        expected = [await reading.read() for reading in reader]
        try:
            async with asyncio.timeout(5):
                while [following.cases for following in lists] != expected:
                    assert not any(task.done() for task in tasks), [task for task in tasks if task.done()]
                    await asyncio.sleep(0.02)
        except TimeoutError:
            for following, present in zip(lists, expected, strict=True):
                assert following.cases == present, (following.login, following.filter)
        await asyncio.sleep(0.2)
        assert [following.cases for following in lists] == expected
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.rule("R-172")
@pytest.mark.rule("R-173")
async def test_a_list_with_all_that_its_stream_brings_is_the_list_read_later(desk: Desk, another: Any) -> None:
    async with another() as second:
        await the_law_holds(desk, second, 1)


@pytest.mark.rule("R-172")
@pytest.mark.rule("R-160")
async def test_a_list_and_its_stream_are_the_list_read_later_where_agents_see_their_own_groups_cases_only(
    settings: Settings,
) -> None:
    async with database.opened(settings.database_url):
        await with_setting("AgentSight", "OWN_GROUPS")()
    async with running(settings) as desk, running(settings) as second:
        await the_law_holds(desk, second, 3)


@pytest.mark.slow
@pytest.mark.rule("R-172")
@pytest.mark.parametrize("seed", range(10, 30))
async def test_a_list_and_its_stream_are_the_list_read_later_whatever_happens(
    desk: Desk, another: Any, seed: int
) -> None:
    async with another() as second:
        await the_law_holds(desk, second, seed)


# ---------------------------------------------------------------- twins: what is asked of rows, and of rows that were


@st.composite
def filters(draw: st.DrawFn) -> CaseFilter | None:
    if draw(st.integers(0, 9)) == 0:
        return None

    def ids(type: str) -> Any:
        known = st.sampled_from([f"{type}_{n}" for n in range(1, 8)] + ["nonsense"])
        return draw(st.none() | st.lists(known, max_size=5))

    def one(type: str) -> Any:
        return draw(st.none() | st.none() | st.sampled_from([f"{type}_{n}" for n in range(1, 4)]))

    return CaseFilter(
        status_ids=ids("CaseStatus"),
        include_final=draw(st.sampled_from([None, True, False])),
        priorities=draw(st.none() | st.lists(st.sampled_from(CasePriority), max_size=3)),
        category_ids=ids("CaseCategory"),
        assignee_ids=ids("User"),
        assignee_group_ids=ids("Group"),
        support_line_ids=ids("SupportLine"),
        contact_id=one("Contact"),
        account_id=one("Account"),
        unassigned=draw(st.sampled_from([None, None, True, False])),
        search=draw(st.sampled_from([None, None, None, "", "lamp"])),
    )


ACTORS = st.one_of(
    st.builds(Actor, login_id=st.just(1), role=st.sampled_from(Role), user_id=st.integers(1, 5)),
    st.builds(
        Actor,
        login_id=st.just(1),
        role=st.just(Role.AGENT),
        user_id=st.integers(1, 5),
        own_groups=st.lists(st.integers(1, 3), unique=True).map(tuple),
    ),
    st.builds(Actor, login_id=st.just(1), contact_id=st.integers(1, 3)),
)


async def all_sorts_of_cases(desk: Desk) -> None:
    """Cases with any values in the columns that lists are narrowed by."""
    rng = random.Random(0)
    for n in range(60):
        await Case.create(
            number=f"T{n}",
            subject="x",
            status_id=rng.randint(1, 7),
            priority=rng.choice(list(CasePriority)),
            category_id=rng.randint(1, 3),
            origin="CALL",
            contact_id=rng.choice([None, 1, 2, 3]),
            account_id=rng.choice([None, 1, 2]),
            assignee_id=rng.choice([None, 1, 2, 3]),
            assignee_group_id=rng.choice([None, 1, 2, 3]),
            support_line_id=rng.randint(1, 3),
            registered_at=datetime.now(UTC),
            changed_at=datetime.now(UTC),
            customer_changed_at=datetime.now(UTC),
            words=rng.choice([" lamp", " chair"]),
        )


@pytest.mark.rule("R-172")
@run(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filter=filters(), actor=ACTORS)
async def test_a_list_that_is_read_and_a_list_that_was_are_judged_alike(
    desk: Desk, filter: CaseFilter | None, actor: Actor
) -> None:
    lookups = app_lookups(desk)
    with desk.database():
        if not await Case.exists():
            await all_sorts_of_cases(desk)
        cases = {case.id: columns(case) for case in await Case.all()}
        seen = {case.id for case in await Case.filter(Case.visible_to(actor))}
        read = {case.id for case in await Case.filter(listed(actor, lookups, filter))}
    assert seen == {id for id, was in cases.items() if was_visible_to(actor, was)}
    fitted = {id for id, was in cases.items() if could_have_fitted(was, actor, lookups, filter)}
    assert read <= fitted if filter is not None and filter.search else read == fitted
