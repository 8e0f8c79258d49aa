"""The log that streams are functions of, and a stream as one client follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from gql.engine.declare import Stream
from gql.engine.declared import call


class Log(Protocol):
    """Entries in an order in which nothing comes late."""

    @property
    def position(self) -> int:
        """Everything up to here is at hand."""

    async def resume(self, cursor: str) -> int:
        """The position of a cursor. Raises what clients may read when a stream cannot go on from it."""

    async def grown(self, position: int) -> None:
        """Returns once there may be something after the position."""

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
