"""Streams of what is so now: the whole at first, then every change, once for all who ask alike, while they may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tests.engine.test_fanout import narrow
from tests.engine.test_socket import acknowledged, start, until
from tests.engine.test_sse import asked
from tests.engine.toy import Told, Toy, Who, served
from tests.running import Stream

FIGURE = "subscription($times: Int! = 1) { figure(times: $times) { at } }"
LAST = "subscription($about: String) { last(about: $about) { text } }"


@pytest.fixture(params=[False, True], ids=["frames", "plain"])
async def toy(request: pytest.FixtureRequest) -> AsyncIterator[Toy]:
    """On our protocol class, and on a server with no more than ASGI."""
    async with served(plain=request.param) as toy:
        yield toy


@asynccontextmanager
async def watching(toy: Toy, who: str, document: str = FIGURE, **variables: Any) -> AsyncIterator[Stream]:
    async with acknowledged(toy, who) as socket:
        yield await socket.subscribe(document, **variables)


async def figure(stream: Stream) -> int:
    return int((await stream.next())["at"])


async def test_it_begins_with_the_whole_and_tells_every_change(toy: Toy) -> None:
    toy.doings.counter.set(3)
    async with watching(toy, "anna") as stream:
        assert await figure(stream) == 3
        toy.doings.counter.set(4)
        assert await figure(stream) == 4


async def test_what_has_not_changed_is_not_told(toy: Toy) -> None:
    async with watching(toy, "anna") as stream:
        assert await figure(stream) == 0
        toy.doings.counter.set(0)
        await stream.nothing(0.1)
        toy.doings.counter.set(1)
        assert await figure(stream) == 1


async def test_many_changes_are_told_as_the_last(toy: Toy) -> None:
    async with watching(toy, "anna") as stream:
        assert await figure(stream) == 0
        for number in range(1, 1_001):
            toy.doings.counter.set(number)
        assert await figure(stream) == 1_000
        await stream.nothing(0.1)
    assert len(toy.doings.found) <= 3


async def test_it_is_asked_again_at_most_so_often(toy: Toy) -> None:
    async with watching(toy, "anna") as stream, asyncio.timeout(5):
        number, last, began = 0, -1, asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < began + 0.3:
            number += 1
            toy.doings.counter.set(number)
            await asyncio.sleep(0.001)
        while last != number:
            last = await figure(stream)
    assert len(toy.doings.found) <= 0.3 / 0.02 + 3


async def test_what_many_ask_alike_is_asked_and_executed_once(toy: Toy) -> None:
    async with AsyncExitStack() as stack:
        names = ["anna", "abel", "anton"] * 5
        streams = [await stack.enter_async_context(watching(toy, who)) for who in names]
        assert [await figure(stream) for stream in streams] == [0] * 15
        toy.doings.found.clear()
        toy.doings.counter.set(1)
        assert [await figure(stream) for stream in streams] == [1] * 15
    assert toy.doings.found == ["a"]


async def test_who_comes_later_is_sent_what_the_others_have(toy: Toy) -> None:
    async with watching(toy, "anna") as first:
        assert await figure(first) == 0
        asked = len(toy.doings.found)
        async with watching(toy, "abel") as second:
            assert await figure(second) == 0
        assert len(toy.doings.found) == asked
        await first.nothing(0.05)


async def test_who_comes_later_is_sent_nothing_that_is_so_no_more(toy: Toy) -> None:
    async with watching(toy, "anna") as first:
        for number in range(1, 20):
            assert await figure(first) == number - 1
            toy.doings.counter.set(number)
            async with watching(toy, "abel") as second:
                assert await figure(second) == number


async def test_each_has_what_his_arguments_say(toy: Toy) -> None:
    toy.doings.counter.set(2)
    async with watching(toy, "anna", times=2) as double, watching(toy, "anna", times=3) as triple:
        assert (await figure(double), await figure(triple)) == (4, 6)
        toy.doings.counter.set(3)
        assert (await figure(double), await figure(triple)) == (6, 9)


async def test_without_a_word_of_its_own_it_is_asked_again_when_the_log_has_grown(toy: Toy) -> None:
    async with watching(toy, "anna", LAST) as anna, watching(toy, "abel", LAST) as abel:
        assert [(await stream.next())["text"] for stream in (anna, abel)] == ["", ""]
        toy.log.say("anna: for you")
        assert (await anna.next())["text"] == "anna: for you"
        toy.log.say("abel: and for you")
        assert (await abel.next())["text"] == "abel: and for you"
        await anna.nothing(0.05)


async def test_it_is_told_by_server_sent_events_too(toy: Toy) -> None:
    toy.doings.counter.set(7)
    async with asked(toy, FIGURE) as events:
        assert await events.next() == ("next", {"data": {"figure": {"at": "7"}}})
        toy.doings.counter.set(8)
        assert await events.next() == ("next", {"data": {"figure": {"at": "8"}}})


# ---------------------------------------------------------------- who cannot begin, or go on


async def test_what_one_cannot_have_is_told_at_the_beginning(toy: Toy) -> None:
    async with watching(toy, "anna", LAST, about="two words") as stream:
        message = await stream.message()
        assert (message["type"], message["payload"][0]["message"]) == ("error", "Ask about one word.")
    async with watching(toy, "nobody") as stream:
        assert (await stream.message())["payload"][0]["message"] == "Say who you are."
    assert not toy.listening.listeners


async def test_what_can_be_answered_no_more_ends_for_all_with_an_error(toy: Toy) -> None:
    async with watching(toy, "anna") as one, watching(toy, "abel") as two:
        assert (await figure(one), await figure(two)) == (0, 0)
        toy.doings.counter.set(-1)
        for stream in (one, two):
            message = await stream.message()
            assert (message["type"], message["payload"][0]["message"]) == ("error", "There is no such figure.")
        assert not toy.listening.listeners
        toy.doings.counter.set(5)
        async with watching(toy, "anna") as again:
            assert await figure(again) == 5


async def test_who_may_no_longer_watch_hears_nothing_that_comes_after(toy: Toy) -> None:
    async with watching(toy, "anna") as anna, watching(toy, "abel") as abel:
        assert (await figure(anna), await figure(abel)) == (0, 0)
        toy.listening.doubt("abel", Told("You were shown out."))
        toy.doings.counter.set(1)
        assert await figure(anna) == 1
        message = await abel.message()
        assert (message["type"], message["payload"][0]["message"]) == ("error", "You were shown out.")


async def test_who_sees_something_else_by_now_is_sent_what_he_sees(toy: Toy) -> None:
    toy.log.say("ben: hello")
    async with watching(toy, "anna", LAST) as stream:
        assert (await stream.next())["text"] == ""
        toy.listening.doubt("anna", Who("ben"))
        toy.log.say("anna: no longer")
        assert (await stream.next())["text"] == "ben: hello"
        await stream.nothing(0.05)


async def test_nothing_is_asked_when_nobody_watches(toy: Toy) -> None:
    async with acknowledged(toy, "anna") as socket:
        for key in "12":
            await start(socket, key, {"query": FIGURE})
            await socket.receive()
        await socket.send({"type": "complete", "id": "1"})
        await until(lambda: len(toy.listening.listeners) == 1)
        toy.doings.counter.set(1)
        assert (await socket.receive())["id"] == "2"
    await until(lambda: not toy.listening.listeners)
    toy.doings.found.clear()
    toy.doings.counter.set(2)
    await asyncio.sleep(0.05)
    assert toy.doings.found == []


async def test_who_reads_late_holds_nobody_up_and_is_sent_the_latest(toy: Toy) -> None:
    document = "subscription { figure { at text } }"
    async with narrow(toy, "anna") as late, watching(toy, "anna", document) as prompt:
        await start(late, "1", {"query": document})
        await until(lambda: len(toy.listening.listeners) == 2)
        assert await figure(prompt) == 0
        for number in range(300_000, 300_100):
            toy.doings.counter.set(number)
            assert await figure(prompt) == number
        heard = 0
        while heard != 300_099:
            message = await late.receive()
            was, heard = heard, int(message["payload"]["data"]["figure"]["at"])
            assert was <= heard
        toy.doings.counter.set(1)
        assert await figure(prompt) == 1
        assert (await late.receive())["payload"]["data"]["figure"]["at"] == "1"
