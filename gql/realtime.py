"""Follows the log: one reader a process, woken by the broadcaster, from which all streams of the process are fed."""

from __future__ import annotations

import asyncio
import secrets
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from broadcaster import Broadcast

from gql.cursor import Cursors
from gql.errors import ResyncRequired
from gql.events import EVENTS
from gql.events.customers import ContactErased
from gql.events.people import NotificationsMarked
from gql.store import log_order
from gql.store.cases import FILTERABLE, Case
from gql.store.log import Entry, Notification

log = structlog.get_logger(__name__)

UNSAYING = frozenset(name for name, event in EVENTS.items() if event.unsays)
KEPT = 1_000
"""Newest entries that are kept in memory."""
BATCH = 200
BATCHES_KEPT = 8


@dataclass(frozen=True, slots=True)
class Concerned:
    """People whom something that happened is about, by id."""

    users: frozenset[int]
    """Employees who were notified, or marked what they had been notified of."""
    contacts: frozenset[int]
    """Customers, likewise."""
    cases: Sequence[Mapping[str, Any]]
    """What decides about the sight of the cases that changed, as it was and as it is now; see `was_visible_to`."""


async def _concerned(batch: list[Entry]) -> Concerned:
    users = {entry.actor_user_id for entry in batch if entry.kind == NotificationsMarked.entry}
    contacts = {entry.actor_contact_id for entry in batch if entry.kind == NotificationsMarked.entry}
    of_cases = [entry for entry in batch if entry.case_id is not None]
    if not of_cases:
        return Concerned(_ids(users), _ids(contacts), ())
    told = Notification.filter(entry_id__in=[entry.id for entry in of_cases])
    for user_id, contact_id in await told.values_list("user_id", "contact_id"):
        users.add(user_id)
        contacts.add(contact_id)
    were = [entry.was for entry in of_cases if entry.was is not None]
    changed = {entry.case_id for entry in of_cases if EVENTS[entry.kind].changes_case}
    are = await Case.filter(id__in=changed).values(*FILTERABLE) if changed else []
    return Concerned(_ids(users), _ids(contacts), [*were, *are])


def _ids(found: set[int | None]) -> frozenset[int]:
    return frozenset(id for id in found if id is not None)


@asynccontextmanager
async def _beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs what never ends by itself until left."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
        self.revision = 0
        """Raised when something that was said before says something else by now."""
        self.heeding: list[Callable[[list[Entry]], Awaitable[None]]] = []
        """Is told of entries before any stream hears of them."""
        self._broadcast, self._channel, self._cursors = broadcast, channel, cursors
        self._poll_seconds, self._replay_days = poll_seconds, replay_days
        self._name = secrets.token_hex(4)
        self._kept: list[Entry] = []
        self._kept_after = 0
        self._handed: list[Entry] = []
        self._wake = asyncio.Event()
        self._grown = asyncio.Event()
        self._rung = asyncio.Event()
        self._concerned: dict[tuple[int, int], asyncio.Task[Concerned]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Realtime]:
        """Reads the log and listens to the broadcaster until left."""
        self.position = self._kept_after = await log_order.horizon()
        async with _beside(self._tail(), self._listen(), self._publish()):
            yield self

    @asynccontextmanager
    async def ringing(self) -> AsyncIterator[None]:
        """Only tells other processes that the log has grown until left, for one that does not read it."""
        async with _beside(self._publish()):
            yield

    def ring(self) -> None:
        """The log has grown: wakes this process at once and tells the others."""
        self._wake.set()
        self._rung.set()

    def hand(self, entry: Entry) -> None:
        """Takes the entry of a post that this process has just written: where it comes next, it need not be read."""
        self._handed.append(log_order.as_read(entry))

    def _next_handed(self) -> log_order.Settled | None:
        """What comes next of what was handed in: without a gap, nothing else can come before it."""
        handed = sorted((entry for entry in self._handed if entry.id > self.position), key=lambda entry: entry.id)
        self._handed.clear()
        run = [entry for place, entry in enumerate(handed, self.position + 1) if entry.id == place]
        if not run:
            return None
        return log_order.Settled(run, run[-1].id, more=len(run) < len(handed))

    async def _publish(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
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
                read = self._next_handed() or await log_order.settled_after(self.position)
                await self._grow(read)
            except Exception as error:
                log.warning("the log could not be read", error=str(error))
                pause = min(max(pause * 2, 0.1), 5)
                await asyncio.sleep(pause)
                continue
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

    async def _grow(self, read: log_order.Settled) -> None:
        if read.upto == self.position:
            return
        for heed in self.heeding:
            await heed(read.entries)
        self._kept += read.entries
        if any(entry.kind == ContactErased.entry for entry in read.entries):  # what was kept may hold what is gone
            self._kept, self._kept_after = [], read.upto
        surplus = len(self._kept) - KEPT
        if surplus > 0:
            self._kept_after = self._kept[surplus - 1].id
            del self._kept[:surplus]
        self._unsay(read.entries)
        self.position = read.upto
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    def _unsay(self, entries: list[Entry]) -> None:
        """What was edited or removed is not told again as it was."""
        unsaid = {entry.about_id for entry in entries if entry.kind in UNSAYING}
        if unsaid:
            self.revision += 1
            for kept in self._kept:
                if kept.id in unsaid or kept.about_id in unsaid:
                    log_order.forget_what_was_said(kept)

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

    async def concerned(self, batch: list[Entry]) -> Concerned:
        """Whom entries are told to, and whose cases they are about; read once for all who listen."""
        if not batch:
            return Concerned(frozenset(), frozenset(), ())
        place = batch[0].id, batch[-1].id
        reading = self._concerned.get(place)
        if reading is None:
            while len(self._concerned) >= BATCHES_KEPT:
                del self._concerned[next(iter(self._concerned))]
            reading = self._concerned[place] = asyncio.create_task(_concerned(batch))
        try:
            return await asyncio.shield(reading)  # others may wait for the same
        except Exception:
            self._concerned.pop(place, None)
            raise

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
