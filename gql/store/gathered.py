"""Answers many who ask at the same moment by one question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
T = TypeVar("T")

MOST = 100
"""Asked at once."""


class Gathered(Generic[A, T]):
    """`answer` is asked for several at once, and tells of each in their order.

    Nobody waits for others to come: who asks while nothing is under way is asked for at once, and who asks while
    something is goes with the next. So a lone question costs no time, and many of them little of it.
    """

    def __init__(self, answer: Callable[[list[A]], Awaitable[Sequence[T]]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[A, asyncio.Future[T]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def of(self, asked: A) -> T:
        """What is told of one. Raises what `answer` raised, which all hear who were asked for together."""
        told: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, told))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await told

    async def _ask(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._ask_for(some)
        finally:
            self._asking = None

    async def _ask_for(self, some: list[tuple[A, asyncio.Future[T]]]) -> None:
        try:
            answers = await self._answer([asked for asked, _ in some])
        except BaseException as error:
            for _, told in some:
                if not told.done():  # whoever asked may have been cancelled
                    told.set_exception(error) if isinstance(error, Exception) else told.cancel()
            if not isinstance(error, Exception):
                raise
            return
        for (_, told), answer in zip(some, answers, strict=True):
            if not told.done():
                told.set_result(answer)
