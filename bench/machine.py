"""What figures are taken with: the cores that work is pinned to, the CPU time and memory of a process, and versions."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = {CORES[0]}
"""Where the server that is measured runs, alone."""
LOAD_CORES = set(CORES[1:]) or SERVER_CORE
"""Where its clients run, and PostgreSQL."""

PEERS = Path(__file__).parent / "peers"
PACKAGES = ("strawberry-graphql", "graphql-core", "tortoise-orm", "asyncpg", "uvicorn", "orjson")


def settle_in() -> None:
    """Pins this process, which plays the clients, and lets it and its servers open many sockets."""
    os.sched_setaffinity(0, LOAD_CORES)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def unpinned() -> Iterator[None]:
    """Lets this process run wherever the machine likes."""
    os.sched_setaffinity(0, CORES)
    yield
    os.sched_setaffinity(0, LOAD_CORES)


def most_sockets() -> int:
    """How many sockets one process may have."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time that the processes have used, all threads, those that ended too."""
    # Linux numbers the CPU clock of a process so (clock_getcpuclockid); it counts nanoseconds, /proc only ticks.
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)


def memory_kb(pids: Iterable[int]) -> int:
    """Resident memory of the processes in kB."""
    statuses = (Path(f"/proc/{pid}/status").read_text() for pid in pids)
    found = (re.search(r"VmRSS:\s+(\d+)", status) for status in statuses)
    return sum(int(resident[1]) for resident in found if resident)


def wait_until_idle(pids: list[int], meanwhile: Callable[[], object] = lambda: None, *, at_most: float = 60) -> None:
    """Waits until the processes use less than 3 % of a core. Raises TimeoutError."""
    until = time.monotonic() + at_most
    while time.monotonic() < until:
        meanwhile()
        before = cpu_seconds(pids)
        time.sleep(0.1)
        if cpu_seconds(pids) - before < 0.003:
            return
    raise TimeoutError("a server does not come to rest")


def pin_postgres(database_url: str) -> bool:
    """Pins the connections of a database to where the clients run; whether that was allowed."""

    async def connections() -> list[int]:
        postgres = await asyncpg.connect(database_url)
        rows = await postgres.fetch("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        await postgres.close()
        return [row[0] for row in rows]

    try:
        for pid in asyncio.run(connections()):
            os.sched_setaffinity(pid, LOAD_CORES)
    except ProcessLookupError:
        pass  # a connection that has just ended
    except PermissionError:
        return False
    return True


def node_version() -> tuple[int, ...]:
    """The version of Node.js; (0,) where there is none."""
    if not (node := shutil.which("node")):
        return (0,)
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in told.strip().lstrip("v").split("."))


def described(postgres_version: str) -> str:
    """Date, machine and versions, in one line."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    python = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    node = ".".join(map(str, node_version()))
    pinned = {
        name: version
        for package in sorted(PEERS.glob("*/package.json"))
        for name, version in json.loads(package.read_text())["dependencies"].items()
    }
    node += "".join(f", {name} {pinned[name]}" for name in ("mercurius", "postgraphile", "pg"))
    where = model[1] if model else platform.machine()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {where}, {len(CORES)} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {python}; Node {node}; PostgreSQL {postgres_version}"
    )
