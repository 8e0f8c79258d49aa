"""The bell between processes, in memory and by Redis."""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from broadcaster import Broadcast
from broadcaster._base import Subscriber

from gql.broadcast import broadcast, connected, unheard

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def redis() -> str:
    url = os.environ.get("CASELINE_TEST_REDIS_URL") or os.environ.get("CASELINE_TEST_BROADCAST_URL")
    if url is None:
        pytest.skip("CASELINE_TEST_BROADCAST_URL names no Redis")
    return url


@pytest.fixture
def channel() -> str:
    return f"test-{secrets.token_hex(4)}"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def redis_server(port: int) -> Iterator[subprocess.Popen[str]]:
    """A Redis of our own, which answers."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server to start and kill")
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--appendonly", "no"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        while "Ready to accept connections" not in (line := server.stdout.readline()):
            assert line
        yield server
    finally:
        server.kill()
        server.communicate()


async def next_message(subscriber: Subscriber) -> str:
    async with asyncio.timeout(5):
        return str((await subscriber.get()).message)


async def until_lost(bell: Broadcast) -> None:
    for _ in range(1000):
        if not connected(bell):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the loss of Redis goes unnoticed")


@pytest.mark.parametrize("url", ["", "redis://", "redis://:secret@", "redis://host:port", "kafka://host", "memory://x"])
def test_an_address_that_cannot_be_meant_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="write memory:// or redis://host:port") as refused:
        broadcast(url)

    assert "secret" not in str(refused.value)


async def test_in_memory_a_message_reaches_every_subscriber() -> None:
    async with broadcast("memory://") as bell, bell.subscribe("desk") as one, bell.subscribe("desk") as two:
        await bell.publish("desk", "look")

        assert [await next_message(one), await next_message(two)] == ["look", "look"]
        assert connected(bell)


async def test_the_first_subscriber_of_a_fresh_process_gets_the_first_message(redis: str, channel: str) -> None:
    script = f"""
import asyncio
from gql.broadcast import broadcast

async def main():
    async with broadcast({redis!r}) as bell, bell.subscribe({channel!r}) as subscriber:
        print("subscribed", flush=True)
        print((await subscriber.get()).message, flush=True)

asyncio.run(main())
"""
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert other.stdout is not None
        async with broadcast(redis) as bell:
            while await other.stdout.readline() != b"subscribed\n":
                pass
            await bell.publish(channel, "event 1")
            assert await other.stdout.readline() == b"event 1\n"
            assert await other.wait() == 0
    finally:
        if other.returncode is None:
            other.kill()


async def test_of_two_first_subscribers_at_once_both_hear(redis: str, channel: str) -> None:
    async def hear(bell: Broadcast, listening: asyncio.Semaphore) -> str:
        async with bell.subscribe(channel) as subscriber:
            listening.release()
            return await next_message(subscriber)

    listening = asyncio.Semaphore(0)
    async with broadcast(redis) as bell:
        both = [asyncio.create_task(hear(bell, listening)) for _ in range(2)]
        await listening.acquire()
        await listening.acquire()
        await bell.publish(channel, "look")

        assert await asyncio.gather(*both) == ["look", "look"]


async def test_channels_are_told_apart(redis: str, channel: str) -> None:
    async with broadcast(redis) as bell, bell.subscribe(channel) as subscriber:
        await bell.publish(f"{channel}-other", "not for us")
        await bell.publish(channel, "for us")

        assert await next_message(subscriber) == "for us"


async def test_who_left_and_came_back_hears_again(redis: str, channel: str) -> None:
    async with broadcast(redis) as bell:
        for turn in ("first", "second"):
            async with bell.subscribe(channel) as subscriber:
                await bell.publish(channel, turn)
                assert await next_message(subscriber) == turn


async def test_without_redis_a_process_starts_and_publishing_fails_in_silence(port: int) -> None:
    async with asyncio.timeout(5), broadcast(f"redis://127.0.0.1:{port}") as bell, bell.subscribe("desk"):
        await bell.publish("desk", "look")

        assert not connected(bell)
        assert unheard(bell) == 1


async def test_when_redis_is_found_subscribers_are_told_to_look_and_then_hear(port: int) -> None:
    async with broadcast(f"redis://127.0.0.1:{port}") as bell, bell.subscribe("desk") as subscriber:
        for _ in range(2):  # found for the first time, and again after it was killed
            with redis_server(port):
                assert await next_message(subscriber) == ""
                await bell.publish("desk", "look")
                assert await next_message(subscriber) == "look"
            await until_lost(bell)
            await bell.publish("desk", "unheard")

        assert unheard(bell) == 2


async def test_publishing_to_a_redis_that_hangs_gives_up_soon(port: int) -> None:
    with redis_server(port) as server:
        async with broadcast(f"redis://127.0.0.1:{port}") as bell:
            server.send_signal(signal.SIGSTOP)
            async with asyncio.timeout(3):
                await bell.publish("desk", "look")

            assert unheard(bell) == 1


async def test_a_redis_that_hangs_is_lost_and_one_that_wakes_is_found(port: int) -> None:
    with redis_server(port) as server:
        async with broadcast(f"redis://127.0.0.1:{port}") as bell, bell.subscribe("desk") as subscriber:
            server.send_signal(signal.SIGSTOP)
            await until_lost(bell)
            server.send_signal(signal.SIGCONT)

            assert await next_message(subscriber) == ""
            assert connected(bell)


async def test_a_redis_that_hangs_keeps_no_process_from_starting(port: int) -> None:
    with redis_server(port) as server:
        server.send_signal(signal.SIGSTOP)
        async with asyncio.timeout(5), broadcast(f"redis://127.0.0.1:{port}") as bell:
            assert not connected(bell)


async def test_a_quiet_redis_is_not_lost(redis: str) -> None:
    async with broadcast(redis) as bell:
        for _ in range(25):
            assert connected(bell)
            await asyncio.sleep(0.1)


async def test_a_log_that_cannot_be_written_makes_nobody_deaf(redis: str, channel: str) -> None:
    closed = io.StringIO()
    closed.close()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(closed), cache_logger_on_first_use=False)
    try:
        async with asyncio.timeout(5), broadcast(redis) as bell, bell.subscribe(channel) as subscriber:
            await bell.publish(channel, "look")
            assert await next_message(subscriber) == "look"
    finally:
        structlog.reset_defaults()
