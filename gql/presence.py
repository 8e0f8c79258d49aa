"""Who looks at a case and who writes on it: told between processes by the bell, kept nowhere, and gone by itself."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import orjson
import structlog
from broadcaster import Broadcast

from gql.enums import Doing

log = structlog.get_logger(__name__)

PRESENCE_SECONDS = 15.0
"""How long what somebody does at a case is believed: whoever goes on says so again, well before."""
AGAIN_SECONDS = 1.0


class Room:
    """Those who are at one case. Grows with whoever comes, goes, or begins to do something else."""

    def __init__(self) -> None:
        self.position = 0
        self.doing: dict[int, Doing] = {}
        """What the employees do, by their ids."""
        self.leaving: dict[int, asyncio.TimerHandle] = {}
        self._grown = asyncio.Event()

    def put(self, user_id: int, doing: Doing | None) -> None:
        """Somebody does this now; None where he left."""
        timer = self.leaving.pop(user_id, None)
        if timer is not None:
            timer.cancel()
        before = self.doing.pop(user_id, None) if doing is None else self.doing.get(user_id)
        if doing is not None:
            self.doing[user_id] = doing
        if doing is not before:
            self.position += 1
            grown, self._grown = self._grown, asyncio.Event()
            grown.set()

    async def grown(self, position: int) -> None:
        """Returns once something has changed after the position."""
        while self.position <= position:
            await self._grown.wait()


class Presence:
    """What is said of who is where, by this process and by all others that can be heard.

    Nothing of it is stored: a process that starts hears of everybody within the time that they say it again in, and
    whoever says nothing more, because his client or his server died, is gone after PRESENCE_SECONDS.
    """

    def __init__(self, broadcast: Broadcast, channel: str, *, seconds: float = PRESENCE_SECONDS) -> None:
        self._broadcast, self._channel = broadcast, channel
        self.seconds = seconds
        """How long what is said holds."""
        self._name = secrets.token_hex(4)
        self._rooms: WeakValueDictionary[int, Room] = WeakValueDictionary()
        self._taken: dict[int, Room] = {}
        """Rooms with somebody in them, which nobody may be watching."""
        self._telling: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Presence]:
        """Listens to the other processes until left."""
        listening = asyncio.create_task(self._listen())
        try:
            yield self
        finally:
            for task in (listening, *self._telling):
                task.cancel()
            await asyncio.gather(listening, *self._telling, return_exceptions=True)
            for room in self._taken.values():
                for timer in room.leaving.values():
                    timer.cancel()

    def at(self, case_id: int) -> Room:
        """Those who are at a case. Lives as long as somebody holds it."""
        room = self._rooms.get(case_id)
        if room is None:
            room = self._rooms[case_id] = Room()
        return room

    def say(self, case_id: int, user_id: int, doing: Doing | None) -> None:
        """An employee does this at a case now, or has left it: known here at once, and told to the other processes."""
        self._put(case_id, user_id, doing)
        task = asyncio.create_task(self._tell(case_id, user_id, doing))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _put(self, case_id: int, user_id: int, doing: Doing | None) -> None:
        room = self.at(case_id)
        room.put(user_id, doing)
        if doing is not None:
            loop = asyncio.get_running_loop()
            room.leaving[user_id] = loop.call_later(self.seconds, self._put, case_id, user_id, None)
        if room.doing:
            self._taken[case_id] = room
        else:
            self._taken.pop(case_id, None)

    async def _tell(self, case_id: int, user_id: int, doing: Doing | None) -> None:
        try:
            await self._broadcast.publish(self._channel, orjson.dumps([self._name, case_id, user_id, doing]).decode())
        except Exception as error:  # he says it again soon
            log.warning("broadcast failed", error=str(error))

    async def _listen(self) -> None:
        while True:
            try:
                async with self._broadcast.subscribe(self._channel) as messages:
                    while True:
                        self._hear((await messages.get()).message)
            except Exception as error:
                log.warning("listening to the broadcaster failed", error=str(error))
            await asyncio.sleep(AGAIN_SECONDS)

    def _hear(self, message: str) -> None:
        if not message:  # the bell was found again, and may have missed something: it will be said again
            return
        name, case_id, user_id, doing = orjson.loads(message)
        if name != self._name:
            self._put(case_id, user_id, None if doing is None else Doing(doing))
