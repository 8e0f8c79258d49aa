"""What the benchmarks share: a database of their own with a small cast, real server processes, and bare clients."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect

from gql.actions import cases, logins, people
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK, Actor
from gql.enums import Role
from gql.store import Login, LogState, Lookups, database
from gql.tokens import Tokens, hash_password

POSTGRES = os.environ.get("CASELINE_TEST_DATABASE_URL") or "postgres://root@127.0.0.1:5432/caseline_bench"
REDIS = os.environ.get("CASELINE_TEST_BROADCAST_URL") or "redis://127.0.0.1:6379"


@dataclass(frozen=True, slots=True)
class Bench:
    """A database with one agent, one customer and some cases."""

    database_url: str
    token: str
    agent: Actor
    case_ids: list[int]


@asynccontextmanager
async def fresh_postgres() -> AsyncIterator[str]:
    """The address of a PostgreSQL database that is dropped afterwards."""
    name = f"caseline_bench_{os.getpid()}"
    address = re.sub(r"/[^/]*$", f"/{name}", POSTGRES)
    try:
        yield address
    finally:
        server = await asyncpg.connect(re.sub(r"/[^/]*$", "/postgres", POSTGRES))
        await server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await server.close()


async def fill(database_url: str, cases_count: int = 20) -> Bench:
    """Makes the tables, the cast and some cases."""
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
    return Bench(database_url, token, agent, [case.id for case in made])


@asynccontextmanager
async def process(*command: str, **environment: str) -> AsyncIterator[str]:
    """A server process; its address is read from what it prints."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, *command, env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE
    )
    assert running.stderr is not None
    try:
        async with asyncio.timeout(30):
            while True:
                line = (await running.stderr.readline()).decode()
                if found := re.search(r"http://[\d.:]+", line):
                    break
                if not line:
                    raise RuntimeError(f"{command} did not start")
        draining = asyncio.create_task(_drain(running.stderr))
        yield found[0]
        draining.cancel()
    finally:
        with suppress(ProcessLookupError):
            running.terminate()
        await running.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


@asynccontextmanager
async def served(bench: Bench, broadcast_url: str = REDIS) -> AsyncIterator[str]:
    """`caseline serve` on the bench's database."""
    async with process(
        "-m", "gql", "serve", "--port", "0",
        CASELINE_DATABASE_URL=bench.database_url, CASELINE_BROADCAST_URL=broadcast_url,
    ) as address:  # fmt: skip
        yield address


@asynccontextmanager
async def subscribed(address: str, token: str, query: str) -> AsyncIterator[ClientConnection]:
    """A socket with one subscription that has begun."""
    url = f"{address.replace('http', 'ws')}/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        await socket.send(json.dumps({"type": "ping"}))
        await socket.recv()
        yield socket


def table(title: str, rows: list[tuple[Any, ...]]) -> None:
    """Prints rows, the first of them the heading."""
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    print(f"\n{title}")
    for row in rows:
        print("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
