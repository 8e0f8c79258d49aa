"""Who asks while a question is under way goes with the next one; each hears what is told of his own."""

from __future__ import annotations

import asyncio

import pytest

from gql.store.gathered import MOST, Gathered


class Clerk:
    """Doubles numbers, one question at a time, each as slow as told."""

    def __init__(self) -> None:
        self.questions: list[list[int]] = []
        self.may_answer = asyncio.Event()
        self.asked = Gathered(self.answer)

    async def answer(self, numbers: list[int]) -> list[int]:
        self.questions.append(numbers)
        await self.may_answer.wait()
        if 13 in numbers:
            raise ValueError("13")
        return [number * 2 for number in numbers]


@pytest.fixture
async def clerk() -> Clerk:
    return Clerk()


async def test_who_comes_meanwhile_is_asked_for_together(clerk: Clerk) -> None:
    first = asyncio.create_task(clerk.asked.of(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(clerk.asked.of(number)) for number in (2, 3, 2)]
    await asyncio.sleep(0.01)
    assert clerk.questions == [[1]]
    clerk.may_answer.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 4]
    assert clerk.questions == [[1], [2, 3, 2]]


async def test_a_lone_question_waits_for_nobody(clerk: Clerk) -> None:
    clerk.may_answer.set()
    assert [await clerk.asked.of(number) for number in (1, 2)] == [2, 4]
    assert clerk.questions == [[1], [2]]


async def test_at_most_so_many_are_asked_for_at_once(clerk: Clerk) -> None:
    clerk.may_answer.set()
    assert await asyncio.gather(*map(clerk.asked.of, range(14, 14 + 2 * MOST + 1))) == [
        2 * number for number in range(14, 14 + 2 * MOST + 1)
    ]
    assert [len(question) for question in clerk.questions] == [MOST, MOST, 1]


async def test_what_went_wrong_is_told_to_those_it_went_wrong_for_and_nobody_later(clerk: Clerk) -> None:
    clerk.may_answer.set()
    told = await asyncio.gather(clerk.asked.of(13), clerk.asked.of(1), return_exceptions=True)
    assert [str(error) for error in told] == ["13", "13"]
    assert await clerk.asked.of(1) == 2


async def test_whoever_leaves_keeps_nobody_else_from_the_answer(clerk: Clerk) -> None:
    first, second = (asyncio.create_task(clerk.asked.of(number)) for number in (1, 2))
    await asyncio.sleep(0.01)
    first.cancel()
    clerk.may_answer.set()
    assert await second == 4
    assert clerk.questions == [[1, 2]]
    with pytest.raises(asyncio.CancelledError):
        await first
