"""GraphQL over server-sent events: each demand of graphql-sse for distinct connections, by a client that reads HTTP."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.engine.test_limits import LIMITS
from tests.engine.test_socket import soon, until
from tests.engine.toy import Told, Toy, served
from tests.running import PATIENCE

SAID = "subscription($after: Cursor) { said(after: $after) { at text } }"
STREAM = {"accept": "text/event-stream"}


@pytest.fixture(scope="module")
async def whole_module() -> AsyncIterator[Toy]:
    async with served() as toy:
        yield toy


@pytest.fixture
async def server(whole_module: Toy) -> Toy:
    await until(lambda: not whole_module.doings.running and not whole_module.listening.listeners)
    return whole_module


@dataclass
class Events:
    """A response as it comes."""

    response: httpx2.Response
    lines: AsyncIterator[str]

    async def next(self) -> tuple[str, Any]:
        """The next event and its data, comments left out."""
        name, data = "", ""
        async with asyncio.timeout(PATIENCE):
            while line := await self.line():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
        return (name, json.loads(data) if data else None) if name else await self.next()

    async def line(self) -> str:
        return await anext(self.lines)

    async def all(self) -> list[tuple[str, Any]]:
        """Every event until the response ends."""
        found = []
        try:
            while True:
                found.append(await self.next())
        except StopAsyncIteration:
            return found


@asynccontextmanager
async def asked(
    toy: Toy, query: str, who: str = "anna", *, get: bool = False, **variables: Any
) -> AsyncIterator[Events]:
    body = {"query": query, "variables": variables}
    async with sent(toy, body, who, get=get) as events:
        assert events.response.status_code == 200
        yield events


@asynccontextmanager
async def sent(toy: Toy, body: Any, who: str = "anna", *, get: bool = False) -> AsyncIterator[Events]:
    url = toy.url.replace("ws", "http")
    headers = {**STREAM, "authorization": who}
    said: dict[str, Any] = {"method": "POST", "json": body}
    if get:
        said = {"method": "GET", "params": {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}}
    async with (
        httpx2.AsyncClient(timeout=PATIENCE) as client,
        client.stream(url=url, headers=headers, **said) as response,
    ):
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-cache"
        yield Events(response, response.aiter_lines())


# ---------------------------------------------------------------- what comes


@pytest.mark.parametrize("get", [False, True], ids=["POST", "GET"])
async def test_a_stream_brings_its_items_as_next_events(server: Toy, get: bool) -> None:
    async with asked(server, SAID, get=get) as events:
        await until(lambda: len(server.listening.listeners) == 1)
        for text in ("one", "two\nlines", "é\N{GRINNING FACE}"):
            server.log.say(text)
            name, answer = await events.next()
            assert (name, answer["data"]["said"]["text"]) == ("next", text)
    await until(lambda: not server.listening.listeners)


@pytest.mark.parametrize("get", [False, True], ids=["POST", "GET"])
async def test_a_query_is_one_next_event_and_complete(server: Toy, get: bool) -> None:
    async with asked(server, "query($n: Int!) { double(number: $n) who }", get=get, n=21) as events:
        assert await events.all() == [("next", {"data": {"double": 42, "who": "anna"}}), ("complete", None)]


async def test_a_mutation_is_one_next_event_and_complete(server: Toy) -> None:
    before = server.doings.counted
    async with asked(server, "mutation { count }") as events:
        assert await events.all() == [("next", {"data": {"count": before + 1}}), ("complete", None)]


async def test_a_mutation_does_not_come_by_get(server: Toy) -> None:
    before = server.doings.counted
    async with sent(server, {"query": "mutation { count }"}, get=True) as events:
        assert (events.response.status_code, events.response.headers["allow"]) == (405, "POST")
        [(name, answer), complete] = await events.all()
    assert (name, answer["errors"][0]["message"], complete) == ("next", "Mutations come by POST.", ("complete", None))
    assert server.doings.counted == before


async def test_a_stream_of_a_resolvers_own_is_complete_at_its_end(server: Toy) -> None:
    async with asked(server, "subscription { up(to: 3) }") as events:
        assert await events.all() == [*(("next", {"data": {"up": n}}) for n in (1, 2, 3)), ("complete", None)]


async def test_a_stream_goes_on_after_a_cursor(server: Toy) -> None:
    cursor = str(server.log.say("one"))
    server.log.say("two")
    async with asked(server, SAID, after=cursor) as events:
        assert (await events.next())[1]["data"]["said"]["text"] == "two"
        server.log.say("three")
        assert (await events.next())[1]["data"]["said"]["text"] == "three"


async def test_sockets_and_events_share_what_is_made() -> None:
    from tests.engine.test_fanout import hearing

    document = "subscription { said { text executed } }"
    async with served() as toy, hearing(toy, "anna", document) as stream, asked(toy, document) as events:
        await until(lambda: len(toy.listening.listeners) == 2)
        toy.log.say("x")
        assert (await stream.next())["text"] == (await events.next())[1]["data"]["said"]["text"] == "x"
        assert toy.doings.shown == ["anna"]


async def test_a_comment_comes_at_once_and_whenever_it_is_silent_for_long() -> None:
    async with served(keep_alive_seconds=0.1) as toy, asked(toy, SAID) as events:
        for _ in range(3):
            assert (await events.line(), await events.line()) == (":", "")


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ who", "INVALID"),
        ("{ nothing }", "INVALID"),
        ("subscription { up }", "INVALID"),
        ("subscription($n: Int!) { up(to: $n) }", "INVALID"),
        ("query($n: Int!) { double(number: $n) }", "INVALID"),
        ("{ again " * 1_000 + "{ who }" + " }" * 1_000, "LIMIT"),
        ('subscription { said(about: "two words") { text } }', "NOT_NOW"),
        ('subscription { said(after: "nonsense") { text } }', "NOT_NOW"),
    ],
)
async def test_what_cannot_be_executed_is_told_in_the_stream(server: Toy, query: str, code: str) -> None:
    async with asked(server, query) as events:
        [(name, answer), complete] = await events.all()
    assert (name, complete) == ("next", ("complete", None))
    assert answer["errors"][0]["extensions"] == {"code": code}
    assert answer.get("data") is None


@pytest.mark.parametrize(("body", "status"), [([], 400), ({"query": 7}, 400), ({}, 400)])
async def test_what_is_no_operation_is_told_in_the_stream_too(server: Toy, body: Any, status: int) -> None:
    async with sent(server, body) as events:
        assert events.response.status_code == status
        [(name, answer), complete] = await events.all()
    assert (name, complete) == ("next", ("complete", None))
    assert answer["errors"][0]["extensions"] == {"code": "INVALID"}


async def test_a_body_over_the_limit_is_told_in_the_stream_with_its_status() -> None:
    async with served(limits=LIMITS) as toy, sent(toy, {"query": "{ who }", "more": "x" * LIMITS.body}) as events:
        assert events.response.status_code == 413
        [(_, answer), complete] = await events.all()
    assert answer["errors"][0]["extensions"] == {"code": "LIMIT", "limit": "body", "allowed": LIMITS.body}
    assert complete == ("complete", None)


async def test_who_asks_is_found_out_within_the_deadline_too() -> None:
    async with served(deadline=0.05) as toy, asked(toy, "{ who }", "unheard") as events:
        [(_, answer), complete] = await events.all()
    assert answer["errors"][0]["extensions"] == {"code": "LIMIT", "limit": "time", "allowed": 0.05}
    assert complete == ("complete", None)


async def test_a_fault_before_anything_is_executed_is_masked_and_told_with_its_status(server: Toy) -> None:
    async with sent(server, {"query": "{ who }"}, "faulty") as events:
        assert events.response.status_code == 503
        [(_, answer), complete] = await events.all()
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in str(answer)
    assert complete == ("complete", None)


async def test_a_stream_that_cannot_go_on_ends_with_its_errors(server: Toy) -> None:
    async with asked(server, SAID) as events:
        await until(lambda: len(server.listening.listeners) == 1)
        server.log.say("unspeakable")
        [(name, answer), complete] = await events.all()
    assert (name, complete) == ("next", ("complete", None))
    assert [error["message"] for error in answer["errors"]] == ["It cannot be said."]


async def test_who_may_no_longer_listen_hears_nothing_that_comes_after() -> None:
    async with served() as toy, asked(toy, SAID) as events:
        await until(lambda: len(toy.listening.listeners) == 1)
        toy.listening.doubt("anna", Told("You were shown out."))
        toy.log.say("x")
        [(_, answer), complete] = await events.all()
        assert (answer["errors"][0]["message"], complete) == ("You were shown out.", ("complete", None))


async def test_a_stream_ends_when_the_token_expires() -> None:
    async with served(expires_at=soon(0.4)) as toy, asked(toy, SAID) as events:
        [(_, answer), complete] = await events.all()
        assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert complete == ("complete", None)
        await until(lambda: not toy.listening.listeners)


async def test_a_client_that_leaves_leaves_nothing_running(server: Toy) -> None:
    async with asked(server, "subscription { up(to: 0) }"):
        await until(lambda: server.doings.running == {"up"})
    await until(lambda: not server.doings.running)


async def test_a_client_that_does_not_read_is_cut_and_holds_nobody_up() -> None:
    async with served(send_seconds=0.5) as toy, asked(toy, SAID) as prompt:
        address = urlsplit(toy.url)
        plain = sockets.socket()
        plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (address.hostname, address.port))
        _, writer = await asyncio.open_connection(sock=plain, limit=1)
        body = json.dumps({"query": SAID}).encode()
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\nauthorization: anna\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"  # fmt: skip # noqa: E501
        writer.write(head.encode() + body)
        await until(lambda: len(toy.listening.listeners) == 2)
        for n in range(100):
            toy.log.say(f"{n} " + "x" * 40_000)
            assert (await prompt.next())[1]["data"]["said"]["text"].startswith(f"{n} ")
        await until(lambda: len(toy.listening.listeners) == 1)
        toy.log.say("and on")
        assert (await prompt.next())[1]["data"]["said"]["text"] == "and on"
        writer.transport.abort()


async def test_a_server_that_shuts_down_ends_the_response_and_does_not_call_it_complete() -> None:
    async with served() as toy, asked(toy, SAID) as events:
        await until(lambda: len(toy.listening.listeners) == 1)
        toy.log.say("x")
        await events.next()
        toy.stop()
        assert await events.all() == []
