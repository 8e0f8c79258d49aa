"""Subscriptions to what is so now: asked once for all who watch the same with the same eyes, sent when it has changed.

Nothing is kept, so there is nothing to go on from: whoever begins, or begins again, is sent the whole. Who does not
read is sent the latest once he does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gql.engine.answers import encode
from gql.engine.declared import call
from gql.engine.documents import Operation, Prepared
from gql.engine.log import growing
from gql.engine.sources import Live

if TYPE_CHECKING:
    from gql.engine.fanout import Fanout, Subscriber

MOST_WAITING = 256 * 1024
"""Bytes that may wait for a subscriber to read them before he is left behind, to go on by himself once he reads."""
AT_ONCE = 500
"""Subscribers who are written to before anything else has its turn."""
NEVER = -1


class Watch:
    """All who watch the same: the group of `fanout` for what is declared `live`."""

    def __init__(
        self,
        fanout: Fanout,
        live: Live,
        whose: Any,
        arguments: Mapping[str, Any],
        prepared: Prepared,
        operation: Operation,
    ) -> None:
        self.members: dict[Subscriber, None] = {}
        self._fanout, self._live, self._whose, self._arguments = fanout, live, whose, arguments
        self._prepared, self._operation = prepared, operation
        self._growing = growing(live, fanout.log, fanout.context_of(whose), arguments)
        self._asked_at = NEVER
        """Where what is watched stood when the latest answer was asked for."""
        self._latest: bytes | None = None
        self._following: asyncio.Task[None] | None = None

    def admit(self, subscriber: Subscriber) -> None:
        self.join(subscriber)

    def join(self, subscriber: Subscriber) -> None:
        """He is sent the latest answer, unless it is the one that he has, or is not the latest any more."""
        self.members[subscriber] = None
        if self._asked_at >= self._growing.position:
            self._show(subscriber, {})
        if self._following is None and subscriber in self.members:
            self._following = asyncio.create_task(self._follow())

    def leave(self, subscriber: Subscriber) -> None:
        self.members.pop(subscriber, None)
        if not self.members and self._following is not None:
            self._following.cancel()
            self._following = None
            self._asked_at = NEVER

    async def catch_up(self, subscriber: Subscriber) -> None:
        """Returns once he has read what he was sent."""
        await subscriber.sink.drained()

    async def _follow(self) -> None:
        try:
            while True:
                at = self._growing.position
                answer = await self._answer()
                await self._fanout.listeners.confirm()  # whoever sees something else by now has left
                self._asked_at, self._latest = at, answer
                await self._tell()
                await asyncio.sleep(self._live.seconds)
                await self._growing.grown(at)
        except Exception as error:
            self._following = None
            self._asked_at = NEVER
            errors = self._fanout.errors_of(self._prepared, error)
            for subscriber in tuple(self.members):
                subscriber.fail(errors)

    async def _answer(self) -> bytes | None:
        context = self._fanout.context_of(self._whose)
        found = await call(self._live.function, context, self._arguments)
        answer = await self._fanout.engine.item(self._prepared, self._operation, found, context)
        return None if answer is None else encode(answer)

    async def _tell(self) -> None:
        made: dict[Any, bytes] = {}
        members = tuple(self.members)
        for begin in range(0, len(members), AT_ONCE):
            for subscriber in members[begin : begin + AT_ONCE]:
                if subscriber in self.members:
                    self._show(subscriber, made)
            await asyncio.sleep(0)

    def _show(self, subscriber: Subscriber, made: dict[Any, bytes]) -> None:
        """`made` keeps what is alike for several."""
        if self._latest is not None and subscriber.seen != self._latest:
            subscriber.seen = self._latest
            if subscriber.sink.write(self._latest, made) > MOST_WAITING:
                subscriber.fall_behind()
