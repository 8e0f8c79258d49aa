"""The log that streams are functions of, and a stream as one client follows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from gql.engine.declared import call
from gql.engine.sources import Live, Stream


class Growing(Protocol):
    """Something to which more is added."""

    @property
    def position(self) -> int:
        """Everything up to here is at hand."""

    async def grown(self, position: int) -> None:
        """Returns once there may be something after the position."""


class Log(Growing, Protocol):
    """Entries in an order in which nothing comes late."""

    @property
    def revision(self) -> int:
        """Another one when what earlier entries show is no longer what it was: it is made anew for whoever asks."""

    async def resume(self, cursor: str) -> int:
        """The position of a cursor. Raises what clients may read when a stream cannot go on from it."""

    async def after(self, position: int) -> tuple[list[Any], int]:
        """The next entries, and the position that is reached with them, which is beyond when the log has grown."""


async def followed(stream: Stream, log: Log, context: Any, arguments: Mapping[str, Any]) -> AsyncIterator[Any]:
    """The items of a stream, without end: the plain twin of `fanout`."""
    asked = {name: value for name, value in arguments.items() if name != "after"}
    position = log.position
    if stream.begin is not None:
        await call(stream.begin, context, asked)
    if arguments.get("after") is not None:
        position = await log.resume(arguments["after"])
    while True:
        await log.grown(position)
        batch, position = await log.after(position)
        for _, item in await call(stream.function, context, asked, batch=batch):
            yield item


def growing(live: Live, log: Log, context: Any, arguments: Mapping[str, Any]) -> Growing:
    """What has to grow for a live answer to change."""
    if live.on is None:
        return log
    found: Growing = call(live.on, context, arguments)
    return found


async def watched(live: Live, log: Log, context: Any, arguments: Mapping[str, Any]) -> AsyncIterator[Any]:
    """What is so at the beginning and after each change, without end: the plain twin of `live.Watch`."""
    if live.begin is not None:
        await call(live.begin, context, arguments)
    what = growing(live, log, context, arguments)
    while True:
        at = what.position
        yield await call(live.function, context, arguments)
        await asyncio.sleep(live.seconds)
        await what.grown(at)


class Sifted:
    """What of a log matters to somebody: grows with those entries alone, and where it is said, as time goes by."""

    def __init__(
        self,
        log: Log,
        matters: Callable[[list[Any]], Awaitable[bool]],
        seconds_left: Callable[[], float] | None = None,
    ) -> None:
        """`seconds_left` answers when it grows next though nothing is added."""
        self.position = self._sifted = log.position
        self._log, self._matters, self._seconds_left = log, matters, seconds_left

    async def grown(self, position: int) -> None:
        with suppress(TimeoutError):  # then it is time
            async with asyncio.timeout(self._seconds_left() if self._seconds_left is not None else None):
                while self.position <= position:
                    await self._log.grown(self._sifted)
                    batch, reached = await self._log.after(self._sifted)
                    if await self._matters(batch):
                        self.position = reached
                    self._sifted = reached
