"""What the benchmarks share: a database of their own, filled, and real desks that serve it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

from bench import machine
from gql.actions import cases, logins, people
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK, Actor
from gql.enums import Role
from gql.store import Login, LogState, Lookups, database
from gql.tokens import Tokens, hash_password

POSTGRES = (
    os.environ.get("CASELINE_TEST_POSTGRES_URL")
    or os.environ.get("CASELINE_TEST_DATABASE_URL")
    or "postgres://root@127.0.0.1:5432/caseline_bench"
)
REDIS = os.environ.get("CASELINE_TEST_BROADCAST_URL") or "redis://127.0.0.1:6379"
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a database is filled with; entries are spread over the cases."""

    cases: int
    entries: int
    contacts: int = 10_000
    accounts: int = 500
    users: int = 200


SMALL = Size(cases=40, entries=120, contacts=30, accounts=5, users=10)
QUICK = Size(cases=10_000, entries=100_000)
BIG = Size(cases=50_000, entries=500_000)


@dataclass(frozen=True, slots=True)
class Bench:
    """A filled database, and an agent who sees the cases of his own groups, his own, and those of no group."""

    database_url: str
    secret: str
    token: str
    agent: Actor
    case_ids: list[int]
    """Cases to post to."""
    history_ids: list[int] = field(default_factory=list)
    """Cases with long histories, to be read only."""


@contextmanager
def fresh_postgres(name: str = "bench") -> Iterator[str]:
    """The address of a PostgreSQL database that is dropped afterwards."""
    name = f"caseline_{name}_{os.getpid()}"
    address = re.sub(r"/[^/]*$", f"/{name}", POSTGRES)
    try:
        yield address
    finally:
        asyncio.run(_drop(name))


async def _drop(name: str) -> None:
    server = await asyncpg.connect(re.sub(r"/[^/]*$", "/postgres", POSTGRES))
    await server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await server.close()


async def fill(database_url: str, size: Size | None = None, cases_count: int = 20) -> Bench:
    """Makes the tables, the cast and some cases by the desk's own actions, then rows in bulk up to `size`."""
    await database.migrate(database_url)
    async with database.opened(database_url):
        lookups, now, hashed = await Lookups.read(), datetime.now(UTC), await hash_password("bench")
        async with unit_of_work(DESK, now, lookups, ring=lambda: None) as work:
            user = await logins.add_employee(work, login="anna", password_hash=hashed, name="Anna", role=Role.AGENT)
            account = await people.add_account(work, name="Account")
            contact = await people.add_contact(work, name="Vera", account_id=account.id)
            await logins.let_in(work, contact, login="vera", password_hash=hashed)
        login = await Login.get(name="anna")
        agent = Actor(login.id, Role.AGENT, user.id)
        made = []
        for n in range(cases_count):
            async with unit_of_work(agent, now, lookups, ring=lambda: None) as work:
                made.append(await cases.register(work, subject=f"Case {n}", contact_id=contact.id))
        secret = (await LogState.get(id=1)).secret
        token, _ = Tokens(secret, minutes=720).issue(login.id, login.generation, now)
    case_ids = [case.id for case in made]
    history_ids = await _grow(database_url, size, agent) if size else []
    return Bench(database_url, secret, token, agent, case_ids, history_ids)


async def _grow(database_url: str, size: Size, agent: Actor) -> list[int]:
    """Fills the tables in bulk; ids of cases that then have 40 entries more than others."""
    connection = await asyncpg.connect(database_url)
    script = (Path(__file__).parent / "grow.sql").read_text()
    values = {"agent": agent.user_id, **{name: getattr(size, name) for name in size.__slots__}}
    await connection.execute(re.sub(r"(?<!:):([a-z]+)", lambda found: str(values[found[1]]), script))
    rows = await connection.fetch("SELECT case_id FROM entry GROUP BY 1 HAVING count(*) >= 40 ORDER BY 1")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Process:
    """A server that runs."""

    address: str
    pid: int


@contextmanager
def process(*command: str, cores: set[int] | None = None, **environment: str) -> Iterator[Process]:
    """A server process, once it has told its address; `cores` says where it runs. Raises RuntimeError otherwise."""
    with tempfile.TemporaryFile() as told:
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdout=told,
            stderr=told,
            preexec_fn=lambda: os.sched_setaffinity(0, cores or set(machine.CORES)),
        )
        try:
            yield Process(_address(running, told.fileno()), running.pid)
        finally:
            running.terminate()
            try:
                running.wait(15)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _address(running: subprocess.Popen[bytes], told: int) -> str:
    until = time.monotonic() + 30
    while True:
        text = os.pread(told, 1 << 20, 0).decode(errors="replace")
        if found := re.search(r"http://[\d.]+:\d+", text):
            return found[0]
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{running.args!r} did not start:\n{text}")
        time.sleep(0.05)


@contextmanager
def served(bench: Bench, broadcast_url: str = REDIS, cores: set[int] | None = None) -> Iterator[Process]:
    """`caseline serve` on the bench's database."""
    with process(
        sys.executable, "-m", "gql", "serve", "--port", "0",
        cores=cores, CASELINE_DATABASE_URL=bench.database_url, CASELINE_BROADCAST_URL=broadcast_url,
    ) as running:  # fmt: skip
        yield running
