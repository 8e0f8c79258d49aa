"""The bell between server processes: a message on it means no more than "look again".

Broadcaster's own Redis backend stays deaf on its first subscription with today's client, never comes back when Redis
restarts and tells nobody, so one of our own takes its place.
"""

from __future__ import annotations

import asyncio
import random
import re
from contextlib import suppress
from typing import Any

import structlog
from broadcaster import Broadcast, BroadcastBackend, Event
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PREFIX = "caseline:"
"""Before each channel's name on Redis. One subscription takes in all of them, so none can come too late."""

SILENCE = 2.0
"""Seconds after which a Redis that says nothing is asked whether it is there, and then given up."""

REDIS_ADDRESS = re.compile(r"rediss?://([^@/]*@)?(\[[\da-fA-F:]+\]|[^@/:?#\s]+)(:\d{1,5})?(/\d*)?")


def broadcast(url: str) -> Broadcast:
    """The bell at `memory://`, for one process, or at `redis://host:port`, for any number.

    On Redis, each subscriber gets an empty message whenever Redis is found again: it may have missed something. To
    publish there never raises and takes a second at most. Raises ValueError for an address that cannot be meant.
    """
    if url == "memory://":
        return Broadcast(url)
    if not REDIS_ADDRESS.fullmatch(url):
        raise ValueError("the broadcast address cannot be understood; write memory:// or redis://host:port")
    return Broadcast(backend=RedisBackend(url))


def connected(broadcast: Broadcast) -> bool:
    """Whether other processes can be heard. Within one process they always can."""
    return bool(getattr(broadcast._backend, "connected", True))


def unheard(broadcast: Broadcast) -> int:
    """How many messages were published while there was nobody to take them."""
    return int(getattr(broadcast._backend, "unheard", 0))


class RedisBackend(BroadcastBackend):
    """Broadcasts by Redis while there is one, and looks for it while there is none."""

    def __init__(self, url: str) -> None:
        self.connected = False
        self.unheard = 0
        # By retrying, the client would subscribe again without a word that something was missed. When it publishes it
        # has to, since its idle connections are dead after a restart of Redis.
        self._listener = Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        self._publisher = Redis.from_url(url, retry=Retry(NoBackoff(), 1))
        self._channels: set[str] = set()
        self._arrived: asyncio.Queue[Event] = asyncio.Queue()
        self._tried = asyncio.Event()

    async def connect(self) -> None:
        self._listening = asyncio.create_task(self._listen())
        try:
            await self._tried.wait()
        except asyncio.CancelledError:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self._listener.aclose()
        await self._publisher.aclose()

    # Nothing is awaited in these two: Broadcast loses one of two first subscribers who come while it waits here.
    async def subscribe(self, channel: str) -> None:
        self._channels.add(channel)

    async def unsubscribe(self, channel: str) -> None:
        self._channels.discard(channel)

    async def publish(self, channel: str, message: Any) -> None:
        try:
            if self.connected:
                async with asyncio.timeout(1):
                    await self._publisher.publish(PREFIX + channel, message)
                return
        except (RedisError, OSError):
            pass
        self.unheard += 1

    async def next_published(self) -> Event:
        return await self._arrived.get()

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._hear()
            except Exception as error:  # whatever it was, a process that stopped listening would be deaf for good
                if self.connected:
                    pause = 0.1
                self._lost(error)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 2)

    async def _hear(self) -> None:
        """Hears messages until Redis is lost, which includes one that neither speaks nor answers a ping."""
        async with self._listener.pubsub() as messages:
            async with asyncio.timeout(SILENCE):
                await messages.psubscribe(PREFIX + "*")
            asked = True
            while True:
                message = await messages.get_message(timeout=SILENCE)
                if message is None and asked:
                    raise TimeoutError(f"no answer within {SILENCE} s")
                asked = message is None
                if message is None:
                    await messages.ping()
                elif message["type"] == "psubscribe":
                    self._found()
                elif message["type"] == "pmessage":
                    channel = message["channel"].removeprefix(PREFIX)
                    self._arrived.put_nowait(Event(channel, message["data"]))

    # A log that cannot be written, to a pipe that was closed, must not make the process deaf.

    def _found(self) -> None:
        self.connected = True
        self._tried.set()
        for channel in self._channels:
            self._arrived.put_nowait(Event(channel, ""))
        with suppress(ValueError, OSError):
            log.info("redis found")

    def _lost(self, error: Exception) -> None:
        is_news = self.connected or not self._tried.is_set()
        self.connected = False
        self._tried.set()
        if is_news:
            with suppress(ValueError, OSError):
                log.warning("redis lost", error=str(error))
