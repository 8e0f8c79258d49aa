"""Shared streams of the desk: made once for those who see alike, never shared with those who do not."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from graphql import parse
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from gql.actor import Actor
from gql.api.schema import make_schema
from gql.engine.declared import Declared
from gql.engine.documents import Operation
from gql.engine.selection import fragments_of
from gql.engine.sharing import alike_for_all, models_shown
from gql.enums import Audience, Role
from gql.settings import Settings
from gql.store import Entry, Group, Login, LogState, User, database
from gql.tokens import Tokens
from tests.api.setting_up import with_setting
from tests.api.test_streams import STREAMS, cursor_at, entries_in_order, now, posts
from tests.processes import serving
from tests.running import PROTOCOL, Desk, Socket, Statements, Stream, running

SHOWN = "{ id cursor at body actor { name } case { id number } }"
POSTS = f"subscription($id: ID, $after: Cursor) {{ feedPostAdded(caseId: $id, after: $after) {SHOWN} }}"
CHANGES = """subscription($filter: CaseFilter) { casesChanged(filter: $filter) {
  cursor fits caseId case { id number subject priority status { name } contact { name } assignee { name } } } }"""


@asynccontextmanager
async def all_of(desk: Desk, document: str, *logins: str, **variables: Any) -> AsyncIterator[list[Stream]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(desk.stream(login, document, **variables)) for login in logins]


def executed(desk: Desk) -> int:
    """How many operations and items the engine has executed."""
    engine = desk.app.socket.engine
    return int(engine.compiled + engine.fallbacks.total())


# ---------------------------------------------------------------- which answers are for everybody with the same sight


DECLARED = Declared(make_schema())
AGENT = Actor(1, Role.AGENT, 1)
OWN_GROUPS = Actor(1, Role.AGENT, 1, own_groups=(1, 2))
CUSTOMER = Actor(7, contact_id=1)


def shared(field: str, selection: str, actor: Actor) -> bool:
    selection, _, fragments = selection.partition(" fragments: ")
    document = parse(f"subscription {{ {field} {selection} }} {fragments}")
    models = models_shown(DECLARED, document.definitions[0], fragments_of(document))  # type: ignore[arg-type]
    return models is not None and alike_for_all(models, actor)


ALIKE = [
    ("casesChanged", "{ case { changedAt } }"),
    ("caseHistoryAdded", "{ id ... on HistoryEntry { ... on CaseStatusChanged { reason } } }"),
    ("caseHistoryAdded", "{ id ... on CaseEdited { changes { field } } }"),
    ("feedPostAdded", "{ case { id cursor } }"),
    ("feedPostAdded", "{ id cursor at body actor { name } case { id number } }"),
    ("feedPostAdded", "{ mentions { id name email groups { name } } audience summary __typename }"),
    (
        "feedPostAdded",
        "{ case { contact { name email account { name } } assignee { timeZone } outcome { resolution } } }",
    ),
    ("caseHistoryAdded", "{ __typename id ... on CaseStatusChanged { from { name } to { name } } }"),
    ("caseHistoryAdded", "{ actor { __typename ... on User { email } ... on Contact { phone } } }"),
    ("casesChanged", "{ case { nextStatuses { name } } }"),
    ("casesChanged", "{ fits caseId cursor case { status { name } category { name } supportLine { name } } }"),
]
PERSONAL = [
    ("feedPostAdded", "{ case { viewerActions } }"),
    ("feedPostAdded", "{ case { viewerWatches } }"),
    ("feedPostAdded", "{ case { history { nodes { id } } } }"),
    (
        "feedPostAdded",
        "{ ...F } fragments: fragment F on FeedPost { case { ...C } } fragment C on Case { viewerWatches }",
    ),
    ("feedPostAdded", "{ case { contact { cases { totalCount } } } }"),
    ("caseHistoryAdded", "{ case { viewerActions @skip(if: true) } }"),
    ("notificationReceived", "{ id reason }"),
]


async def test_what_depends_on_the_sight_alone_is_shared_by_all_who_see_everything(desk: Desk) -> None:
    with desk.database():
        for field, selection in ALIKE:
            for role in Role:
                assert shared(field, selection, Actor(1, role, 1)), selection


@pytest.mark.rule("R-160")
async def test_nothing_is_shared_by_customers_and_by_agents_who_see_their_groups_only(desk: Desk) -> None:
    with desk.database():
        for field, selection in ALIKE:
            for actor in (CUSTOMER, OWN_GROUPS):
                assert not shared(field, selection, actor), selection


async def test_what_asks_who_it_is_for_is_shared_by_nobody(desk: Desk) -> None:
    with desk.database():
        for field, selection in PERSONAL:
            assert not shared(field, selection, AGENT), selection


def test_a_sight_is_of_nobody_in_particular() -> None:
    assert AGENT.sight == Actor(9, Role.AGENT, 9).sight
    assert len({actor.sight for actor in (AGENT, OWN_GROUPS, CUSTOMER, Actor(1, Role.SUPERVISOR, 1))}) == 4
    for actor in (AGENT, OWN_GROUPS, CUSTOMER):
        assert (actor.is_staff, actor.sees_all) == (actor.sight.is_staff, actor.sight.sees_all)


# ---------------------------------------------------------------- made once


@pytest.mark.rule("R-172")
async def test_a_post_is_executed_once_for_all_agents_who_watch(desk: Desk) -> None:
    case = await desk.register()
    watchers = ["anna", "ben", "cleo"] * 4
    async with all_of(desk, POSTS, *watchers) as streams:
        for body in ("one", "two"):
            before = executed(desk)
            await posts(desk, case["id"], body)
            items = [await stream.next() for stream in streams]
            assert items == [items[0]] * 12
            assert (items[0]["body"], items[0]["actor"]) == (body, {"name": "Anna Weber"})
            assert executed(desk) - before == 2  # the mutation, and the item


async def test_each_distinct_filter_is_evaluated_once_a_change_however_many_watch(desk: Desk) -> None:
    case = await desk.register()
    filters: list[dict[str, Any]] = [{}, {"priorities": ["LOW", "HIGH"]}]

    async def statements(times: int) -> int:
        async with AsyncExitStack() as stack:
            streams = [
                (await stack.enter_async_context(all_of(desk, CHANGES, "anna", "ben", filter=filter)))[n % 2]
                for filter in filters
                for n in range(times)
            ]
            await asyncio.sleep(0.05)  # who they are was asked
            with Statements.counted() as counted:
                for priority in ("LOW", "HIGH"):
                    await desk.done("dora", "editCase", caseId=case["id"], priority=priority)
                    assert {(await stream.next())["fits"] for stream in streams} == {True}
            return sum("desk_case" in statement and statement.startswith("SELECT") for statement in counted.seen)

    assert await statements(1) == await statements(5)


async def test_two_sockets_of_one_person_share_what_is_his(desk: Desk) -> None:
    case = await desk.register()
    document = "subscription { feedPostAdded { case { viewerActions viewerWatches } } }"
    await desk.done("ben", "watchCase", caseId=case["id"], watch=True)
    async with all_of(desk, document, "ben", "ben", "cleo", "otto") as streams:
        before = executed(desk)
        await posts(desk, case["id"], "x")
        ben, again, cleo, otto = [(await stream.next())["case"] for stream in streams]
        assert executed(desk) - before == 4
        assert ben == again
        assert (ben["viewerWatches"], cleo["viewerWatches"]) == (True, False)
        assert otto["viewerActions"]


# ---------------------------------------------------------------- never shared


@pytest.mark.rule("R-173")
async def test_no_customer_hears_what_is_anothers(desk: Desk) -> None:
    """The same documents, with the same variables, at the same time, for two customers and for staff."""
    canaries = {login: await desk.register(login, subject=f"canary of {login}") for login in ("vera", "paul")}
    documents = {
        "portalMessageAdded": "subscription { portalMessageAdded { body case { subject } } }",
        "caseHistoryAdded": "subscription { caseHistoryAdded { summary case { subject } } }",
        "casesChanged": "subscription { casesChanged(filter: {}) { caseId case { subject } } }",
    }
    async with AsyncExitStack() as stack:
        streams = [
            (login, await stack.enter_async_context(desk.stream(login, document)))
            for document in documents.values()
            for login in ("vera", "anna", "paul", "vera", "ben", "paul")
        ]
        for login, case in canaries.items():
            await desk.done("anna", "postToPortal", caseId=case["id"], body=f"for {login}")
            await desk.done("ben", "editCase", caseId=case["id"], priority="LOW")
        await asyncio.sleep(0.3)
        for login, stream in streams:
            heard = []
            with suppress(TimeoutError):
                while True:
                    heard.append(str(await stream.message(0.1)))
            assert heard
            others = {"vera": ["paul"], "paul": ["vera"]}.get(login, [])
            for other in others:
                assert not [item for item in heard if f"of {other}" in item or canaries[other]["id"] in item], login


@pytest.mark.rule("R-160")
async def test_an_agent_who_joins_a_group_hears_of_its_cases_from_then_on(settings: Settings) -> None:
    async with database.opened(settings.database_url):
        await with_setting("AgentSight", "OWN_GROUPS")()
    async with running(settings) as desk:
        second = desk.ids["group Second line"]
        case = await desk.register("dora", assigneeGroupId=second)
        async with desk.stream("anna", POSTS) as anna, desk.stream("ben", POSTS) as ben:
            await posts(desk, case["id"], "one", login="dora")
            assert (await ben.next())["body"] == "one"
            with desk.database():
                group = await Group.get(id=int(second.removeprefix("Group_")))
                user = await User.get(name="Anna Weber")
                await group.members.add(user)
            await asyncio.sleep(1.1)  # what is known of her sight is a second old at most
            await posts(desk, case["id"], "two", login="dora")
            assert (await ben.next())["body"] == (await anna.next())["body"] == "two"
            with desk.database():
                await group.members.remove(user)
            await asyncio.sleep(1.1)
            await posts(desk, case["id"], "three", login="dora")
            assert (await ben.next())["body"] == "three"
            await anna.nothing(0.2)


@pytest.mark.rule("R-162")
async def test_of_many_who_share_a_stream_only_those_who_lost_the_right_are_ended(desk: Desk) -> None:
    case = await desk.register()
    async with all_of(desk, POSTS, "anna", "ben", "cleo", "ben") as (anna, ben, cleo, ben_too):
        with desk.database():
            await Login.filter(name="ben").update(active=False)  # as somebody does who works on the database itself
        await asyncio.sleep(1.1)
        await posts(desk, case["id"], "not for ben")
        assert await ben.error() == await ben_too.error() == "UNAUTHENTICATED"
        assert (await anna.next())["body"] == (await cleo.next())["body"] == "not for ben"


# ---------------------------------------------------------------- nothing lost, nothing twice


@pytest.mark.rule("R-172")
@pytest.mark.parametrize("seed", [1, 2])
async def test_whoever_joins_anywhere_while_others_write_hears_everything_once_and_in_order(
    desk: Desk, another: Any, seed: int
) -> None:
    rng = random.Random(seed)
    cases = [await desk.register("vera") for _ in range(3)]
    beginning = await now(desk)
    before = len(await entries_in_order(desk))
    heard: list[tuple[str, list[str], list[str]]] = []
    coming = set(range(12))

    async def write(server: Desk, login: str) -> None:
        n = 0
        while coming or n < 8:
            n += 1
            await posts(server, rng.choice(cases)["id"], f"{login} {n}", login=login)
            await asyncio.sleep(rng.random() * 0.05)

    async def listen(server: Desk, number: int) -> None:
        """Comes at any time with any cursor, and is cut and comes back, until the end was said."""
        await asyncio.sleep(rng.random() * 0.3)
        login = rng.choice(["anna", "ben", "cleo", "vera"])
        position = server.app.state.desk.realtime.position
        known = [id for id in await entries_in_order(server) if int(id[6:]) <= position]
        skipped = rng.randint(before, len(known))
        cursor = cursor_at(server, int(known[skipped - 1][6:])) if skipped > before else beginning
        seen: list[str] = []
        ended = False
        while not ended:
            async with server.stream(login, document, after=cursor) as stream:
                coming.discard(number)
                for _ in range(rng.randint(3, 15)):
                    item = await stream.next()
                    seen.append(item["id"])
                    cursor, ended = item["cursor"], item.get("body") == "the end"
                    if ended:
                        break
        heard.append((login, known[before:skipped], seen))

    document = """subscription($after: Cursor) { caseHistoryAdded(after: $after) {
      id cursor ... on PortalMessage { body } } }"""
    async with another() as second:
        listening = [asyncio.create_task(listen(rng.choice([desk, second]), number)) for number in tuple(coming)]
        await asyncio.gather(write(desk, "anna"), write(second, "ben"))
        await desk.done("dora", "postToPortal", caseId=cases[0]["id"], body="the end")
        await asyncio.gather(*listening)
    written = (await entries_in_order(desk))[before:]
    theirs = {f"Entry_{id}" for id in await customers_entries(desk)}
    for login, skipped, seen in heard:
        expected = [id for id in written if id not in skipped]
        assert seen == (expected if login != "vera" else [id for id in expected if id in theirs])


async def customers_entries(desk: Desk) -> list[int]:
    with desk.database():
        found: Any = await Entry.filter(audience=Audience.CUSTOMER).values_list("id", flat=True)
        return list(found)


async def test_every_stream_is_the_same_by_graphql_core_alone(desk: Desk) -> None:
    """The plain twin of each declaration: the same items, by strawberry's resolver and one context an item."""
    beginning = await now(desk, "vera")
    case = await desk.register()
    await desk.done("vera", "watchCase", caseId=case["id"], watch=True)
    await posts(desk, case["id"], "post", login="ben")
    await desk.done("ben", "postToPortal", caseId=case["id"], body="message")
    await desk.done("otto", "addCaseCategory", code="COMPLAINT", name="Complaint")
    engine, sessions = desk.app.socket.engine, desk.app.state.desk.sessions
    for field, document in STREAMS.items():
        login = "vera" if field == "notificationReceived" else "anna"
        operation = Operation(document, {"after": beginning})
        session = sessions.of_header(f"Bearer {desk.token(login)}")
        async with desk.stream(login, document, after=beginning) as stream:
            expected = [await stream.next() for _ in range({"caseHistoryAdded": 3}.get(field, 1))]
        with desk.database():
            answers = engine.subscribe(engine.documents.prepare(operation), operation, session.begin)
            assert [(await anext(answers))["data"][field] for _ in expected] == expected
            await answers.aclose()


# ---------------------------------------------------------------- server-sent events


@asynccontextmanager
async def events(desk: Desk, token: str, document: str, **variables: Any) -> AsyncIterator[AsyncIterator[Any]]:
    """The data of `next` events, until `complete`."""

    async def each(lines: AsyncIterator[str]) -> AsyncIterator[Any]:
        async for line in lines:
            if line == "event: complete":
                return
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

    asked = {"query": document, "variables": json.dumps(variables)}
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient() as client,
        client.stream("GET", f"{desk.url}/graphql", params=asked, headers=headers) as response,
    ):
        yield each(response.aiter_lines())


@pytest.mark.rule("R-172")
async def test_a_stream_comes_by_server_sent_events_and_is_resumed(desk: Desk) -> None:
    case = await desk.register()
    after = await now(desk)
    await posts(desk, case["id"], "one")
    async with events(desk, desk.token("ben"), POSTS, after=after) as told:
        item = (await anext(told))["data"]["feedPostAdded"]
        assert item["body"] == "one"
        await posts(desk, case["id"], "two")
        assert (await anext(told))["data"]["feedPostAdded"]["body"] == "two"
    await posts(desk, case["id"], "three")
    async with events(desk, desk.token("ben"), POSTS, after=item["cursor"]) as told:
        assert [(await anext(told))["data"]["feedPostAdded"]["body"] for _ in range(2)] == ["two", "three"]


@pytest.mark.rule("R-162")
async def test_events_end_when_the_login_is_signed_out_everywhere(desk: Desk) -> None:
    async with events(desk, desk.token("ben"), POSTS) as told:
        await asyncio.sleep(0.1)  # it has begun
        await desk.done("ben", "signOut", everywhere=True)
        async with asyncio.timeout(2):
            answers = [answer async for answer in told]
    assert [answer["errors"][0]["extensions"]["code"] for answer in answers] == ["UNAUTHENTICATED"]


async def test_events_need_a_token_that_is_good(desk: Desk) -> None:
    for token in ("nonsense", "e30.e30.e30"):
        async with events(desk, token, POSTS) as told:
            answers = [answer async for answer in told]
        assert [answer["errors"][0]["extensions"]["code"] for answer in answers] == ["UNAUTHENTICATED"]


# ---------------------------------------------------------------- a server that is told to stop


async def test_a_server_that_is_told_to_stop_closes_its_sockets_and_nothing_is_missed_on_the_next(
    database_url: str,
) -> None:
    register = 'mutation($k: ID!) { registerCase(input: {subject: "x", contactId: $k}) { case { id cursor } } }'
    post = "mutation($c: ID!, $b: String!) { postToFeed(input: {caseId: $c, body: $b}) { errors { code } } }"
    async with database.opened(database_url):
        anna = await Login.get(name="anna")
        tokens = Tokens((await LogState.get(id=1)).secret, minutes=60)
        token, _ = tokens.issue(anna.id, anna.generation, datetime.now(UTC))

    async def ask(url: str, query: str, **variables: Any) -> Any:
        async with httpx2.AsyncClient() as client:
            body, headers = {"query": query, "variables": variables}, {"authorization": f"Bearer {token}"}
            return (await client.post(f"{url}/graphql", json=body, headers=headers)).json()["data"]

    async def follow(url: str, cursor: str, heard: list[str]) -> int | None:
        """Until the line is closed: with which code."""
        with suppress(ConnectionClosed, TimeoutError):
            async with connect(f"{url.replace('http', 'ws')}/graphql", subprotocols=[PROTOCOL]) as connection:  # type: ignore[list-item]
                socket = Socket(connection)
                await socket.send({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
                await socket.receive()
                payload = {"query": POSTS, "variables": {"after": cursor}}
                await socket.send({"id": "1", "type": "subscribe", "payload": payload})
                while len(heard) < 30:
                    heard.append((await socket.receive())["payload"]["data"]["feedPostAdded"]["body"])
        return connection.close_code

    heard: list[list[str]] = [[] for _ in range(20)]
    async with serving(database_url) as server:
        case = (await ask(server.url, register, k="Contact_1"))["registerCase"]["case"]
        following = [asyncio.create_task(follow(server.url, case["cursor"], mine)) for mine in heard]
        for n in range(15):
            await ask(server.url, post, c=case["id"], b=str(n))
        assert await server.stop() == 0
        assert set(await asyncio.gather(*following)) == {1012}
    async with serving(database_url) as server:
        seen = [list(mine) for mine in heard]
        assert all(mine == [str(n) for n in range(len(mine))] for mine in seen)
        for n in range(15, 30):
            await ask(server.url, post, c=case["id"], b=str(n))
        rest: list[list[str]] = [[] for _ in range(20)]
        following = [asyncio.create_task(follow(server.url, case["cursor"], mine)) for mine in rest]
        await asyncio.gather(*following)
    assert rest == [[str(n) for n in range(30)]] * 20
