"""Follows the log: one reader a process, woken by the broadcaster, from which all streams of the process are fed."""

from __future__ import annotations

import asyncio
import secrets
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import structlog
from broadcaster import Broadcast

from gql.cursor import Cursors
from gql.errors import ResyncRequired
from gql.store import log_order
from gql.store.log import Entry

log = structlog.get_logger(__name__)

KEPT = 1_000
"""Newest entries that are kept in memory."""
BATCH = 200


class Realtime:
    """The tail of the log, and the bell that tells other processes that it has grown.

    The broadcaster's message only says "look": what is delivered comes from the log, so a lost message costs time and
    never an entry.
    """

    def __init__(
        self, broadcast: Broadcast, channel: str, cursors: Cursors, *, poll_seconds: float, replay_days: int
    ) -> None:
        self.position = 0
        """Everything up to here is settled and known to this process."""
        self.heeding: list[Callable[[list[Entry]], None]] = []
        """Is told of entries before any stream hears of them."""
        self._broadcast, self._channel, self._cursors = broadcast, channel, cursors
        self._poll_seconds, self._replay_days = poll_seconds, replay_days
        self._name = secrets.token_hex(4)
        self._kept: list[Entry] = []
        self._kept_after = 0
        self._wake = asyncio.Event()
        self._grown = asyncio.Event()
        self._ringing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Realtime]:
        """Reads the log and listens to the broadcaster until left."""
        self.position = self._kept_after = await log_order.horizon()
        tasks = [asyncio.create_task(self._tail()), asyncio.create_task(self._listen())]
        try:
            yield self
        finally:
            for task in (*tasks, *self._ringing):
                task.cancel()
            await asyncio.gather(*tasks, *self._ringing, return_exceptions=True)

    def ring(self) -> None:
        """The log has grown: wakes this process at once and tells the others."""
        self._wake.set()
        task = asyncio.create_task(self._publish())
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)

    async def _publish(self) -> None:
        try:
            await self._broadcast.publish(self._channel, self._name)
        except Exception as error:  # the others find out by their poll
            log.warning("broadcast failed", error=str(error))

    async def _listen(self) -> None:
        while True:
            try:
                async with self._broadcast.subscribe(self._channel) as messages:
                    while True:
                        if (await messages.get()).message != self._name:
                            self._wake.set()
            except Exception as error:
                log.warning("listening to the broadcaster failed", error=str(error))
            await asyncio.sleep(self._poll_seconds)

    async def _tail(self) -> None:
        pause = 0.0
        while True:
            self._wake.clear()
            try:
                read = await log_order.settled_after(self.position)
            except Exception as error:
                log.warning("the log could not be read", error=str(error))
                pause = min(max(pause * 2, 0.1), 5)
                await asyncio.sleep(pause)
                continue
            self._grow(read)
            if read.more:
                pause = 0.0
            elif read.in_flight:
                pause = min(max(pause * 2, 0.005), 0.1)
                await asyncio.sleep(pause)
            else:
                pause = 0.0
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await self._wake.wait()

    def _grow(self, read: log_order.Settled) -> None:
        if read.upto == self.position:
            return
        self._kept += read.entries
        surplus = len(self._kept) - KEPT
        if surplus > 0:
            self._kept_after = self._kept[surplus - 1].id
            del self._kept[:surplus]
        for heed in self.heeding:
            heed(read.entries)
        self.position = read.upto
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def resume(self, cursor: str) -> int:
        """The position of a cursor that a stream is to go on after. Raises Invalid and ResyncRequired."""
        position = self._cursors.open(cursor, "after").position
        if position > self.position and position > await log_order.top():
            raise ResyncRequired("The cursor is ahead of the log: read anew, then subscribe after what you read.")
        if position < self._kept_after:
            missed = await log_order.read_after(position, 1)
            if missed and missed[0].at < datetime.now(UTC) - timedelta(days=self._replay_days):
                back = f"Streams resume up to {self._replay_days} days back"
                raise ResyncRequired(f"{back}: read anew, then subscribe after what you read.")
        return position

    async def grown(self, position: int) -> None:
        """Returns once the log reaches beyond the position."""
        while self.position <= position:
            await self._grown.wait()

    async def after(self, position: int) -> tuple[list[Entry], int]:
        """The next entries after a position, and the position that is reached with them."""
        upto = self.position
        if position >= self._kept_after:
            begin = bisect_right(self._kept, position, key=lambda entry: entry.id)
            entries = self._kept[begin : begin + BATCH]
        else:
            entries = await log_order.read_after(position, BATCH, upto=upto)
        return entries, entries[-1].id if len(entries) == BATCH else max(position, upto)
