"""The servers of a comparison: the desk and its peers, each one process on the core that is kept for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.desk import ROOT, Bench, process, served
from bench.machine import SERVER_CORE, node_version
from bench.work import BY_HAND, CONSTANT, MERCURIUS, NAIVE, POSTGRAPHILE

DESK, BARE = "caseline", "bare websocket"
NODE_AT_LEAST = {MERCURIUS: (20, 9), POSTGRAPHILE: (22,)}
FOLDERS = {MERCURIUS: "mercurius", POSTGRAPHILE: "postgraphile"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and where it answers."""

    name: str
    url: str
    pid: int


@contextmanager
def _python(bench: Bench, application: str) -> Iterator[tuple[str, int]]:
    """An ASGI application under uvicorn, as the desk runs under it."""
    with process(
        sys.executable, "-m", "bench.serve", application,
        cores=SERVER_CORE, BENCH_DATABASE_URL=bench.database_url, BENCH_SECRET=bench.secret,
    ) as running:  # fmt: skip
        yield running.address, running.pid


@contextmanager
def _node(bench: Bench, name: str) -> Iterator[tuple[str, int]]:
    folder = ROOT / "bench" / "peers" / FOLDERS[name]
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=folder, check=True)
    with process(
        shutil.which("node") or "node", str(folder / "server.js"),
        cores=SERVER_CORE, BENCH_DATABASE_URL=bench.database_url, BENCH_SECRET=bench.secret, NODE_ENV="production",
    ) as running:  # fmt: skip
        yield running.address, running.pid


@contextmanager
def started(name: str, bench: Bench) -> Iterator[Server]:
    """One of the servers, of that name, on the bench's database."""
    with ExitStack() as stack:
        if name == DESK:
            desk = stack.enter_context(served(bench, "memory://", SERVER_CORE))
            yield Server(name, f"{desk.address}/graphql", desk.pid)
            return
        if name in FOLDERS:
            address, pid = stack.enter_context(_node(bench, name))
            path = "/graphql"
        else:
            application, path = PYTHON[name]
            address, pid = stack.enter_context(_python(bench, application))
        yield Server(name, address + path, pid)


PYTHON = {
    NAIVE: ("bench.peers.naive:app", "/graphql"),
    BY_HAND: ("bench.peers.limits:app", "/graphql"),
    CONSTANT: ("bench.peers.limits:app", "/constant"),
    BARE: ("bench.bare:app", "/"),
}
"""Applications, and the path at which they answer."""


def available(names: list[str], say: Callable[[str], object]) -> list[str]:
    """The servers that can run here; says which cannot, and why."""
    for name, version in NODE_AT_LEAST.items():
        if name in names and node_version() < version:
            wanted = ".".join(map(str, version))
            say(f"{name} is left out: it needs Node {wanted} or newer.")
    return [name for name in names if node_version() >= NODE_AT_LEAST.get(name, (0,))]


@contextmanager
def all_started(names: list[str], bench: Bench) -> Iterator[list[Server]]:
    """Several servers at once, to be visited in turn."""
    with ExitStack() as stack:
        yield [stack.enter_context(started(name, bench)) for name in names]
