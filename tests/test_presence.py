"""Who is where, told between processes: known at once, gone by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from gql.broadcast import broadcast
from gql.enums import Doing
from gql.presence import Presence, Room
from tests.conftest import BROADCAST

CASE, ANNA, BEN = 7, 1, 2


@pytest.fixture
async def two() -> AsyncIterator[tuple[Presence, Presence]]:
    """Two that hear each other, as two processes do on Redis; what is said holds for half a second."""
    channel = f"presence {uuid4().hex}"
    async with AsyncExitStack() as stack:
        bell = await stack.enter_async_context(broadcast(BROADCAST))
        made = [Presence(bell, channel, seconds=0.5) for _ in range(2)]
        one, other = [await stack.enter_async_context(presence.running()) for presence in made]
        await asyncio.sleep(0.1)  # both listen
        yield one, other


async def becomes(room: Room, doing: dict[int, Doing]) -> None:
    async with asyncio.timeout(5):
        while room.doing != doing:
            await room.grown(room.position)


async def test_what_is_said_is_known_at_once_here_and_soon_in_the_other_process(two: tuple[Presence, Presence]) -> None:
    one, other = two
    one.say(CASE, ANNA, Doing.VIEWING)
    assert one.at(CASE).doing == {ANNA: Doing.VIEWING}
    room = other.at(CASE)
    await becomes(room, {ANNA: Doing.VIEWING})
    other.say(CASE, BEN, Doing.TYPING)
    await becomes(one.at(CASE), {ANNA: Doing.VIEWING, BEN: Doing.TYPING})
    assert other.at(CASE + 1).doing == {}


async def test_whoever_leaves_is_gone_everywhere(two: tuple[Presence, Presence]) -> None:
    one, other = two
    one.say(CASE, ANNA, Doing.EDITING)
    room = other.at(CASE)
    await becomes(room, {ANNA: Doing.EDITING})
    one.say(CASE, ANNA, None)
    assert one.at(CASE).doing == {}
    await becomes(room, {})


async def test_whoever_says_nothing_more_is_gone_by_himself_and_whoever_says_it_again_stays(
    two: tuple[Presence, Presence],
) -> None:
    one, other = two
    rooms = [one.at(CASE), other.at(CASE)]
    one.say(CASE, ANNA, Doing.VIEWING)
    for _ in range(4):
        one.say(CASE, BEN, Doing.VIEWING)
        await asyncio.sleep(0.2)
    for room in rooms:
        assert room.doing == {BEN: Doing.VIEWING}
    for room in rooms:
        await becomes(room, {})


async def test_saying_the_same_again_is_no_news(two: tuple[Presence, Presence]) -> None:
    one, _ = two
    room = one.at(CASE)
    one.say(CASE, ANNA, Doing.VIEWING)
    position = room.position
    one.say(CASE, ANNA, Doing.VIEWING)
    one.say(CASE, BEN, None)
    assert room.position == position
    one.say(CASE, ANNA, Doing.TYPING)
    assert room.position == position + 1


async def test_nothing_is_kept_of_a_room_that_nobody_is_in_or_watches(two: tuple[Presence, Presence]) -> None:
    one, _ = two
    one.say(CASE, ANNA, Doing.VIEWING)
    assert one.at(CASE).doing
    one.say(CASE, ANNA, None)
    assert len(one._rooms) == len(one._taken) == 0
