"""PostgreSQL databases of tests: what was in one can be put back, which is faster than to make it anew."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = "SELECT format('%I', sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'"
LAYOUT = """SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'
  ORDER BY table_name, column_name"""
OTHERS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@dataclass(frozen=True)
class PostgresContents:
    """All that a database held at one moment."""

    address: str
    layout: list[Any]
    """Its tables with their columns."""
    tables: dict[str, bytes]
    """The rows by table, as COPY has them."""
    sequences: dict[str, int | None]
    """The number that each sequence gave last."""

    @classmethod
    async def of(cls, address: str) -> PostgresContents:
        async with connected(address) as connection:
            tables = {}
            for (name,) in await connection.fetch(TABLES):
                rows = io.BytesIO()
                await connection.copy_from_table(name, output=rows, format="binary")
                tables[name] = rows.getvalue()
            contents = cls(address, await connection.fetch(LAYOUT), tables, dict(await connection.fetch(SEQUENCES)))
        await copy(address, contents.spare)
        return contents

    @property
    def spare(self) -> str:
        """A copy, for when a test has broken the tables themselves."""
        return f"{self.address}_spare"

    async def put_back(self) -> None:
        """Ends all other connections, and has the database hold exactly that again."""
        async with connected(self.address) as connection:
            await connection.execute(OTHERS)
            whole = await connection.fetch(LAYOUT) == self.layout
            if whole:
                await self._put_rows_back(connection)
        if not whole:
            await drop(self.address)
            await copy(self.spare, self.address)

    async def _put_rows_back(self, connection: Any) -> None:
        emptied = [f'DELETE FROM "{name}"' for name in self.tables]
        counted = [f"SELECT setval('{name}', {last or 1}, {last is not None})" for name, last in self.sequences.items()]
        async with connection.transaction():
            # neither triggers nor foreign keys mind the order
            await connection.execute("; ".join(["SET session_replication_role = replica", *emptied]))
            for name, rows in self.tables.items():
                await connection.copy_to_table(name, source=io.BytesIO(rows), format="binary")
            await connection.execute("; ".join(counted))

    async def drop(self) -> None:
        await drop(self.address)
        await drop(self.spare)


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Any]:
    """A connection beside any pool."""
    connection = await asyncpg.connect(address, timeout=30, command_timeout=60)
    try:
        yield connection
    finally:
        await connection.close()


async def copy(address: str, other: str) -> None:
    """Makes another database that is alike."""
    await _command(address, f'CREATE DATABASE "{_name(other)}" TEMPLATE "{_name(address)}"')


async def drop(address: str) -> None:
    """Drops a database, whoever uses it."""
    await _command(address, f'DROP DATABASE IF EXISTS "{_name(address)}" WITH (FORCE)')


async def _command(address: str, command: str) -> None:
    async with connected(re.sub(r"/[^/]*$", "/postgres", address)) as connection:
        await connection.execute(command)


def _name(address: str) -> str:
    return address.rpartition("/")[2]
