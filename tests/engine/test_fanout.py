"""Streams of a log: made once for all who ask alike; in order, nothing lost, nothing twice; and only while they may."""

from __future__ import annotations

import asyncio
import random
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.engine.test_socket import acknowledged, start, until
from tests.engine.toy import Told, Toy, Who, served
from tests.running import PROTOCOL, Socket, Stream

SAID = "subscription($about: String, $after: Cursor) { said(about: $about, after: $after) { at text } }"


@pytest.fixture(params=[False, True], ids=["frames", "plain"])
async def toy(request: pytest.FixtureRequest) -> AsyncIterator[Toy]:
    """On our protocol class, and on a server with no more than ASGI."""
    async with served(plain=request.param) as toy:
        yield toy


@pytest.fixture
async def framed() -> AsyncIterator[Toy]:
    async with served() as toy:
        yield toy


@asynccontextmanager
async def hearing(toy: Toy, who: str, document: str = SAID, **variables: Any) -> AsyncIterator[Stream]:
    async with acknowledged(toy, who) as socket:
        yield await socket.subscribe(document, **variables)


async def texts(stream: Stream, count: int) -> list[str]:
    return [item["text"] for item in await stream.take(count)]


# ---------------------------------------------------------------- made once


async def test_what_many_ask_alike_is_found_and_executed_once(toy: Toy) -> None:
    document = "subscription { said { text hearer executed } }"
    async with AsyncExitStack() as stack:
        # who sees alike and asks what does not depend on who he is would share; `hearer` is told the context
        streams = [await stack.enter_async_context(hearing(toy, "anna", document)) for _ in range(20)]
        for text in "abc":
            toy.log.say(text)
        for stream in streams:
            assert await texts(stream, 3) == ["a", "b", "c"]
    assert len(toy.doings.shown) == 3
    assert len(toy.doings.found) <= 3


async def test_what_depends_on_no_more_than_the_sight_is_made_once_for_all_who_have_it(framed: Toy) -> None:
    async with (
        hearing(framed, "anna") as anna,
        hearing(framed, "abel") as abel,
        hearing(framed, "ben") as ben,
    ):
        framed.log.say("x")
        assert await texts(anna, 1) == await texts(abel, 1) == await texts(ben, 1) == ["x"]
    assert sorted(framed.doings.found) == ["a", "b"]


async def test_what_depends_on_the_person_is_made_for_each(framed: Toy) -> None:
    document = "subscription { said { text hearer executed } }"
    async with hearing(framed, "anna", document) as anna, hearing(framed, "abel", document) as abel:
        framed.log.say("x")
        assert (await anna.next())["hearer"] == "anna"
        assert (await abel.next())["hearer"] == "abel"
    assert sorted(framed.doings.shown) == ["abel", "anna"]


async def test_a_stream_that_is_not_said_to_be_alike_is_made_for_each(framed: Toy) -> None:
    document = "subscription { whispered { text } }"
    async with hearing(framed, "anna", document) as anna, hearing(framed, "abel", document) as abel:
        framed.log.say("anna: for you")
        framed.log.say("abel: and for you")
        assert await texts(anna, 1) == ["anna: for you"]
        assert await texts(abel, 1) == ["abel: and for you"]
        await anna.nothing(0.05)
        await abel.nothing(0.05)


async def test_different_selections_share_what_was_found(framed: Toy) -> None:
    documents = ["subscription { said { text } }", "subscription { said { at text twice } }", SAID]
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(hearing(framed, "anna", document)) for document in documents]
        framed.log.say("x")
        assert [await texts(stream, 1) for stream in streams] == [["x"]] * 3
    assert framed.doings.found == ["a"]


async def test_each_has_what_his_arguments_say(framed: Toy) -> None:
    async with (
        hearing(framed, "anna", about="lamp") as lamps,
        hearing(framed, "anna", about="chair") as chairs,
        hearing(framed, "anna", about=None) as both,
        hearing(framed, "anna", "subscription { said { text } }") as all_,
    ):
        for text in ("a lamp", "a chair", "a lamp on a chair"):
            framed.log.say(text)
        assert await texts(lamps, 2) == ["a lamp", "a lamp on a chair"]
        assert await texts(chairs, 2) == ["a chair", "a lamp on a chair"]
        assert await texts(both, 3) == await texts(all_, 3)
        await lamps.nothing(0.05)


async def test_each_operation_has_its_id_and_a_socket_may_hear_twice(toy: Toy) -> None:
    async with acknowledged(toy, "anna") as socket:
        for key in ("1", "é\N{GRINNING FACE}", '"', "x" * 200):
            await start(socket, key, {"query": SAID})
        await until(lambda: len(toy.listening.listeners) == 4)
        toy.log.say("x")
        heard = [await socket.receive() for _ in range(4)]
        assert {message["id"] for message in heard} == {"1", "é\N{GRINNING FACE}", '"', "x" * 200}
        assert len({str(message["payload"]) for message in heard}) == 1


@pytest.mark.parametrize("length", [1, 20, 125, 126, 127, 65_500, 65_535, 65_536, 70_000, 200_000])
async def test_an_item_may_be_of_any_length(framed: Toy, length: int) -> None:
    async with hearing(framed, "anna") as stream:
        framed.log.say("é" * length)
        assert await texts(stream, 1) == ["é" * length]


# ---------------------------------------------------------------- nothing lost, nothing twice


@pytest.mark.parametrize("seed", range(5))
async def test_whoever_joins_anywhere_hears_everything_once_and_in_order(toy: Toy, seed: int) -> None:
    rng = random.Random(seed)

    async def listen(socket: Socket, key: str) -> None:
        await asyncio.sleep(rng.random() * 0.3)
        about = rng.choice([None, None, "e"])
        at = toy.log.position
        after: int | None = rng.randint(0, at) if rng.random() < 0.8 else None
        await socket.send({"id": key, "type": "subscribe", "payload": {"query": SAID, "variables": {
            "about": about, **({} if after is None else {"after": str(after)})}}})  # fmt: skip
        heard: list[int] = []
        coming.discard(key)
        while not heard or heard[-1] != end:
            message = await socket.receive()
            assert message["type"] == "next", message
            item = message["payload"]["data"]["said"]
            assert item["text"] == said[int(item["at"])]
            heard.append(int(item["at"]))
        first = heard[0] - 1 if after is None else after
        assert heard == [place for place in said if place > first and (about is None or about in said[place])]

    coming = {str(n) for n in range(25)}
    said: dict[int, str] = {}
    end = 0

    async def speak() -> None:
        nonlocal end
        n = 0
        while coming or n < 150:
            n += 1
            text = rng.choice(["one", "four", "six", "nine"]) + str(n)
            said[toy.log.say(text)] = text
            if rng.random() < 0.3:
                await asyncio.sleep(rng.random() * 0.01)
        await asyncio.sleep(0.1)  # the last who came has begun
        end = toy.log.say("the end")
        said[end] = "the end"

    async with AsyncExitStack() as stack:
        listening = [await stack.enter_async_context(acknowledged(toy, rng.choice(["anna", "ben"]))) for _ in range(25)]
        async with asyncio.timeout(30):
            await asyncio.gather(speak(), *(listen(socket, str(n)) for n, socket in enumerate(listening)))


async def test_an_entry_may_have_several_items(framed: Toy) -> None:
    async with hearing(framed, "anna") as stream, hearing(framed, "anna", after="0") as behind:
        for text in ("one; two", "three", "four; five; six"):
            framed.log.say(text)
        expected = ["one", "two", "three", "four", "five", "six"]
        assert await texts(stream, 6) == await texts(behind, 6) == expected
    async with hearing(framed, "anna", after="0") as later:
        assert await texts(later, 6) == expected


async def test_those_who_all_come_back_at_once_are_sent_what_was_made_once(framed: Toy) -> None:
    document = "subscription($after: Cursor) { said(after: $after) { text twice } }"
    for n in range(4):
        framed.log.say(str(n))
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(hearing(framed, "anna", document, after="0")) for _ in range(10)]
        assert [await texts(stream, 4) for stream in streams] == [["0", "1", "2", "3"]] * 10
    assert framed.doings.found == ["a"]


async def test_what_was_said_otherwise_afterwards_is_not_told_again_as_it_was(framed: Toy) -> None:
    first, second = framed.log.say("secret"), framed.log.say("known")
    async with hearing(framed, "anna", after="0") as stream:
        assert await texts(stream, 2) == ["secret", "known"]
        framed.log.kept[:] = [(first, "nothing"), (second, "known")]
        framed.log.revision += 1
        async with hearing(framed, "abel", after="0") as later:
            assert await texts(later, 2) == ["nothing", "known"]
        framed.log.say("and on")
        assert await texts(stream, 1) == ["and on"]


async def test_what_is_one_persons_is_found_again_whenever_the_log_has_grown(framed: Toy) -> None:
    document = "subscription($after: Cursor) { whispered(after: $after) { text } }"
    framed.log.say("anna: one")
    async with hearing(framed, "anna", document, after="0") as first:
        assert await texts(first, 1) == ["anna: one"]
        framed.log.kept.clear()  # as if it had left her sight
        framed.log.say("anna: two")
        assert await texts(first, 1) == ["anna: two"]
        async with hearing(framed, "anna", document, after="0") as second:
            assert await texts(second, 1) == ["anna: two"]


async def test_who_comes_back_goes_on_after_what_he_heard(framed: Toy) -> None:
    framed.log.say("before")
    async with hearing(framed, "anna") as stream:
        framed.log.say("one")
        cursor = (await stream.next())["at"]
    framed.log.say("two")
    async with hearing(framed, "anna", after=cursor) as stream:
        framed.log.say("three")
        assert await texts(stream, 2) == ["two", "three"]


async def test_a_cursor_may_stand_in_the_document_or_be_its_default(framed: Toy) -> None:
    for text in "abc":
        framed.log.say(text)
    for document in (
        'subscription { said(after: "1") { text } }',
        'subscription($after: Cursor = "1") { said(after: $after) { text } }',
        "subscription($after: Cursor!) { ...S } fragment S on Subscription { said(after: $after) { text } }",
    ):
        for _ in range(2):  # the second time it is remembered
            variables = {"after": "1"} if "!" in document else {}
            async with hearing(framed, "anna", document, **variables) as stream:
                assert await texts(stream, 2) == ["b", "c"], document


async def test_a_cursor_that_is_null_overrules_its_default_and_one_that_is_left_out_does_not(framed: Toy) -> None:
    document = 'subscription($after: Cursor = "1") { said(after: $after) { text } }'
    for text in "abc":
        framed.log.say(text)
    for _ in range(2):  # the second time both are remembered
        async with hearing(framed, "anna", document, after=None) as stream:
            await stream.nothing(0.05)
        async with hearing(framed, "anna", document) as stream:
            assert await texts(stream, 2) == ["b", "c"]


async def test_those_with_different_cursors_end_up_together(framed: Toy) -> None:
    for n in range(12):
        framed.log.say(str(n))
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(hearing(framed, "anna", after=str(framed.log.kept[n][0])))
            for n in range(0, 12, 3)
        ]
        for n, stream in zip(range(0, 12, 3), streams, strict=True):
            assert await texts(stream, 11 - n) == [str(m) for m in range(n + 1, 12)]
        framed.doings.found.clear()
        framed.log.say("x")
        assert [await texts(stream, 1) for stream in streams] == [["x"]] * 4
    assert framed.doings.found == ["a"]


# ---------------------------------------------------------------- who cannot begin, or go on


@pytest.mark.parametrize(
    ("who", "variables", "words"),
    [
        ("anna", {"about": "two words"}, "Ask about one word."),
        ("anna", {"after": "nonsense"}, "This is no cursor."),
        ("nobody", {}, "Say who you are."),
    ],
)
async def test_what_one_cannot_have_is_told_at_the_beginning(
    framed: Toy, who: str, variables: dict[str, Any], words: str
) -> None:
    async with acknowledged(framed, who) as socket:
        for _ in range(2):
            await start(socket, "1", {"query": SAID, "variables": variables})
            message = await socket.receive()
            assert (message["type"], message["id"]) == ("error", "1")
            [error] = message["payload"]
            assert (error["message"], error["path"], error["extensions"]) == (words, ["said"], {"code": "NOT_NOW"})
    assert not framed.listening.listeners


@pytest.mark.parametrize("variables", [{"about": 7}, {"after": 7}, {"about": ["x"]}, {"after": {}}])
async def test_variables_that_do_not_fit_are_told(framed: Toy, variables: dict[str, Any]) -> None:
    async with hearing(framed, "anna"), acknowledged(framed, "anna") as socket:
        await start(socket, "1", {"query": SAID, "variables": variables})
        message = await socket.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"] == {"code": "INVALID"}


async def test_a_stream_that_cannot_go_on_ends_for_all_of_the_group_with_an_error(framed: Toy) -> None:
    async with hearing(framed, "anna") as one, hearing(framed, "abel") as two, hearing(framed, "anna") as three:
        framed.log.say("speakable")
        framed.log.say("unspeakable")
        for stream in (one, two, three):
            messages = [await stream.message()]
            if messages[-1]["type"] == "next":
                messages.append(await stream.message())
            assert messages[-1]["type"] == "error"
            assert messages[-1]["payload"][0]["message"] == "It cannot be said."
    assert not framed.listening.listeners


async def test_who_may_no_longer_listen_hears_nothing_that_comes_after(framed: Toy) -> None:
    async with hearing(framed, "anna") as anna, hearing(framed, "abel") as abel:
        framed.listening.doubt("abel", Told("You were shown out."))
        framed.log.say("x")
        assert await texts(anna, 1) == ["x"]
        message = await abel.message()
        assert (message["type"], message["payload"][0]["message"]) == ("error", "You were shown out.")
        framed.log.say("y")
        assert await texts(anna, 1) == ["y"]
        await abel.socket.send({"type": "ping"})
        assert (await abel.socket.receive())["type"] == "pong"


async def test_who_sees_something_else_by_now_goes_on_with_the_eyes_he_has(framed: Toy) -> None:
    document = "subscription { whispered { text } }"
    async with hearing(framed, "anna", document) as stream:
        framed.log.say("anna: one")
        framed.log.say("ben: not for anna")
        assert await texts(stream, 1) == ["anna: one"]
        await stream.nothing(0.05)
        framed.listening.doubt("anna", Who("ben"))
        framed.log.say("anna: no longer")
        framed.log.say("ben: two")
        assert await texts(stream, 1) == ["ben: two"]
        await stream.nothing(0.05)


async def test_nothing_is_kept_of_those_who_left(framed: Toy) -> None:
    async with acknowledged(framed, "anna") as socket:
        for key in "123":
            await start(socket, key, {"query": SAID})
        await until(lambda: len(framed.listening.listeners) == 3)
        await socket.send({"type": "complete", "id": "2"})
        await until(lambda: len(framed.listening.listeners) == 2)
        framed.log.say("x")
        assert {(await socket.receive())["id"] for _ in range(2)} == {"1", "3"}
    await until(lambda: not framed.listening.listeners)
    framed.doings.found.clear()
    framed.log.say("nobody hears it")
    await asyncio.sleep(0.05)
    assert framed.doings.found == []


# ---------------------------------------------------------------- who does not read


@asynccontextmanager
async def narrow(toy: Toy, who: str) -> AsyncIterator[Socket]:
    """A socket whose end here takes in little while nobody reads."""
    address = urlsplit(toy.url)
    plain = sockets.socket()
    plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (address.hostname, address.port))
    subprotocols: Any = [PROTOCOL]
    async with connect(toy.url, sock=plain, subprotocols=subprotocols, compression=None, max_queue=1) as connection:
        socket = Socket(connection)
        await socket.send({"type": "connection_init", "payload": {"Authorization": who}})
        await socket.receive()
        yield socket


@pytest.mark.parametrize("plain", [False, True], ids=["frames", "plain"])
async def test_who_reads_late_holds_nobody_up_and_hears_everything(plain: bool) -> None:
    async with served(plain=plain) as toy, narrow(toy, "anna") as late, hearing(toy, "anna") as prompt:
        await start(late, "1", {"query": SAID})
        await until(lambda: len(toy.listening.listeners) == 2)
        for n in range(300):
            toy.log.say(f"{n} " + "x" * 40_000)
            assert (await texts(prompt, 1))[0].startswith(f"{n} ")
        heard = [(await late.receive())["payload"]["data"]["said"]["text"].partition(" ")[0] for _ in range(300)]
        assert heard == [str(n) for n in range(300)]
        toy.log.say("and on")
        assert await texts(prompt, 1) == ["and on"]
        assert (await late.receive())["payload"]["data"]["said"]["text"] == "and on"


async def test_what_left_ones_sight_while_one_did_not_read_is_not_sent_later(framed: Toy) -> None:
    for n in range(100):
        framed.log.say(f"anna: {n} " + "x" * 40_000)
    async with narrow(framed, "anna") as late:
        query = 'subscription { whispered(after: "0") { text } }'
        await start(late, "1", {"query": query})
        await until(lambda: bool(framed.doings.found))
        await asyncio.sleep(0.2)  # nobody reads meanwhile
        framed.log.kept.clear()
        framed.log.say("anna: the end")
        count = 0
        while (await late.receive())["payload"]["data"]["whispered"]["text"] != "anna: the end":
            count += 1
        assert 0 < count < 100


@pytest.mark.parametrize("plain", [False, True], ids=["frames", "plain"])
async def test_who_does_not_read_at_all_is_cut_with_4413(plain: bool) -> None:
    async with (
        served(plain=plain, send_seconds=0.5) as toy,
        narrow(toy, "anna") as never,
        hearing(toy, "anna") as prompt,
    ):
        await start(never, "1", {"query": SAID})
        await until(lambda: len(toy.listening.listeners) == 2)
        for n in range(200):
            toy.log.say(f"{n} " + "x" * 40_000)
            await texts(prompt, 1)
        await until(lambda: len(toy.listening.listeners) == 1)
        toy.log.say("and on")
        assert await texts(prompt, 1) == ["and on"]
        never.connection.transport.abort()


async def test_pings_that_nobody_reads_the_answers_of_are_no_way_to_fill_the_memory() -> None:
    async with served(send_seconds=0.5) as toy, narrow(toy, "anna") as never:
        payload = {"x": "x" * 50_000}
        with pytest.raises(ConnectionClosed):  # noqa: PT012 - the server stops reading, and then cuts
            async with asyncio.timeout(10):
                while True:
                    await never.send({"type": "ping", "payload": payload})
        never.connection.transport.abort()
