"""The deadline of an operation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar

from graphql import (
    GraphQLError,
)

from gql.engine.answers import Refused

T = TypeVar("T")


async def in_time(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives; after so many seconds it is cancelled. Raises TookTooLong.

    What `asyncio.timeout` does, but the timer is set when the work first waits: for a small operation, which never
    does, it would be a tenth of the price.
    """
    try:
        waits_for = work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    task = asyncio.current_task()
    assert task is not None
    cancelled_before, is_late = task.cancelling(), False

    def stop() -> None:
        nonlocal is_late
        is_late = True
        task.cancel()

    timer = asyncio.get_running_loop().call_later(seconds, stop)
    try:
        return await _going_on(work, waits_for)
    except asyncio.CancelledError:
        if is_late and task.uncancel() <= cancelled_before:  # nobody else cancels it too
            raise TookTooLong(seconds) from None
        raise
    finally:
        timer.cancel()


@coroutine
def _going_on(work: Coroutine[Any, Any, T], waits_for: Any) -> Generator[Any, Any, T]:
    """What a coroutine gives that was begun by hand and waits for something now: `await work` cannot be said of it."""
    while True:
        try:
            told = yield waits_for
        except GeneratorExit:
            work.close()
            raise
        except BaseException as thrown:
            go_on = partial(work.throw, thrown)
        else:
            go_on = partial(work.send, told)
        try:
            waits_for = go_on()
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


class TookTooLong(Refused):
    """The operation was begun, and stopped at its deadline."""

    def __init__(self, seconds: float) -> None:
        words = f"The operation took longer than {seconds:g} s."
        super().__init__([GraphQLError(words, extensions={"code": "LIMIT", "limit": "time", "allowed": seconds})])
