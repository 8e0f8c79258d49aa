"""Tortoise's SQLite engine, made safe for cancelled tasks and for several processes on one file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from pypika_tortoise.terms import Function, Term
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper
from tortoise.backends.sqlite.executor import SqliteExecutor
from tortoise.filters import json_filter

from gql.store.settle import SettledSavepoint, SettledTransaction, must_be_open, settle


def _json_filter(column: Term, wanted: dict[str, Any]) -> Any:
    [(name, value)] = wanted.items()
    return Function("json_extract", column, column.wrap_constant(f"$.{name}")) == value


class _Executor(SqliteExecutor):
    """Knows a filter on JSON that Tortoise has for PostgreSQL only: one name with its value."""

    FILTER_FUNC_OVERRIDE = {**SqliteExecutor.FILTER_FUNC_OVERRIDE, json_filter: _json_filter}


class Client(SqliteClient):
    """The one connection of a process, which its transactions take in turn."""

    executor_class = _Executor

    async def create_connection(self, with_db: bool) -> None:
        if not self._connection:
            try:
                await settle(super().create_connection(with_db))
            except BaseException:
                await settle(self.close())  # half of the pragmas would be worse than none
                raise

    def _in_transaction(self) -> SettledTransaction:
        return _Turn(_Transaction(self))

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class _Transaction(SqliteTransactionWrapper):
    executor_class = _Executor
    _connection: Any
    _parent: SqliteClient

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        must_be_open(self)  # or a statement would fall into the transaction of somebody else
        return super().acquire_connection()

    async def begin(self) -> None:
        # Taking the write lock later, after a read, fails at once when another process writes, busy_timeout or not.
        await self.execute_query("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        await self.execute_query("COMMIT")
        self._finalized = True

    async def rollback(self) -> None:
        await self.execute_query("ROLLBACK")
        self._finalized = True

    def _in_transaction(self) -> SettledSavepoint:
        return SettledSavepoint(_Transaction(self))

    async def execute_script(self, query: str) -> None:
        for statement in _statements(query):  # executescript would commit first
            await self.execute_query(statement)


class _Turn(SettledTransaction):
    client: _Transaction

    async def acquire(self) -> None:
        parent = self.client._parent
        await parent._lock.acquire()
        try:
            await parent.create_connection(with_db=True)
        except BaseException:
            parent._lock.release()
            raise
        self.client._connection = parent._connection

    async def release(self, *, in_order: bool) -> None:
        self.client._parent._lock.release()

    def is_open(self) -> bool:
        return bool(self.client._connection.in_transaction)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; a trigger's body, with semicolons inside, is one of them."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip("; \n"):
        yield statement.removesuffix(";")


client_class = Client
