"""Real processes on loopback: servers of the desk, and a Redis that a test may kill."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest


class Process:
    """A server process that has said where it listens."""

    def __init__(self, running: asyncio.subprocess.Process, url: str) -> None:
        self.running, self.url = running, url
        self.said: list[str] = []

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process; its exit code."""
        with suppress(ProcessLookupError):
            self.running.send_signal(how)
        async with asyncio.timeout(20):
            return await self.running.wait()


@asynccontextmanager
async def process(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`python ARGUMENTS`, once it has printed an address."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE
    )
    stream = running.stderr
    assert stream is not None
    said: list[str] = []
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(r"http://[\d.:]+", said[-1] if said else "")):
                line = (await stream.readline()).decode()
                assert line, f"{arguments} did not start: {''.join(said)}"
                said.append(line)
        started = Process(running, found[0])
        started.said = said

        async def listen() -> None:
            async for line in stream:
                said.append(line.decode())

        listening = asyncio.create_task(listen())
        yield started
        if running.returncode is None:
            await started.stop()
        await listening
    finally:
        with suppress(ProcessLookupError):
            running.kill()
        await running.wait()


@asynccontextmanager
async def serving(database_url: str, broadcast_url: str = "memory://", port: int = 0) -> AsyncIterator[Process]:
    """`caseline serve` on a database."""
    given = {"CASELINE_DATABASE_URL": database_url, "CASELINE_BROADCAST_URL": broadcast_url}
    async with process("-m", "gql", "serve", "--port", str(port), **given) as started:
        yield started


class OwnRedis:
    """A Redis of the test's own, to be killed and started again."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self._folder = port, folder
        self.url = f"redis://127.0.0.1:{port}"
        self._running: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._running = await asyncio.create_subprocess_exec(
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", str(self._folder), stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        if self._running is not None and self._running.returncode is None:
            self._running.kill()
            await self._running.wait()


@asynccontextmanager
async def own_redis(folder: Path) -> AsyncIterator[OwnRedis]:
    """Skips where no redis-server is installed; in CI that is a failure."""
    if shutil.which("redis-server") is None:
        assert not os.environ.get("CI"), "CI needs redis-server"
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    redis = OwnRedis(port, folder)
    await redis.start()
    try:
        yield redis
    finally:
        await redis.kill()
