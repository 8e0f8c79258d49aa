"""Tortoise's PostgreSQL engine, made safe for cancelled tasks and for failed statements that nobody minded."""

from __future__ import annotations

from itertools import count
from typing import Any

from asyncpg import InterfaceError  # type: ignore[import-untyped]
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import TransactionManagementError

from gql.store.settle import SettledSavepoint, SettledTransaction, must_be_open, settle

_savepoint_numbers = count(1)


class Client(AsyncpgDBClient):
    """The pool of a process; a transaction borrows one connection of it."""

    async def create_connection(self, with_db: bool) -> None:
        await settle(super().create_connection(with_db))

    async def create_pool(self, **settings: Any) -> Any:
        return await super().create_pool(reset=_leave_as_it_is, **settings)

    def _in_transaction(self) -> SettledTransaction:
        return _Loan(_Transaction(self))

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


async def _leave_as_it_is(connection: object) -> None:
    """Spares each statement a second round trip: nothing here sets, locks or listens beyond a transaction."""


class _Transaction(TransactionWrapper):
    _savepoint = ""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        must_be_open(self)
        return super().acquire_connection()

    @translate_exceptions
    async def _run(self, command: str) -> str:
        async with self.acquire_connection() as connection:
            return str(await connection.execute(command))

    async def begin(self) -> None:
        await self._run("BEGIN")

    async def commit(self) -> None:
        answer = await self._run("COMMIT")
        self._finalized = True
        if answer == "ROLLBACK":  # PostgreSQL's whole complaint
            raise TransactionManagementError("nothing was saved: a statement of this transaction had failed before")

    async def rollback(self) -> None:
        await self._run("ROLLBACK")
        self._finalized = True

    async def savepoint(self) -> None:
        self._savepoint = f"savepoint_{next(_savepoint_numbers)}"
        await self._run(f"SAVEPOINT {self._savepoint}")

    async def savepoint_rollback(self) -> None:
        await self._run(f"ROLLBACK TO {self._savepoint}")

    async def release_savepoint(self) -> None:
        await self._run(f"RELEASE {self._savepoint}")

    def _in_transaction(self) -> SettledSavepoint:
        return SettledSavepoint(_Transaction(self))


class _Loan(SettledTransaction):
    client: _Transaction
    _pool: Any = None

    async def acquire(self) -> None:
        parent = self.client._parent
        if not parent._pool:
            async with parent._pool_init_lock:
                if not parent._pool:
                    await parent.create_connection(with_db=True)
        self._pool = parent._pool
        self.client._connection = await self._pool.acquire()

    async def release(self) -> None:
        await self._pool.release(self.client._connection)

    def is_open(self) -> bool:
        try:
            return bool(self.client._connection.is_in_transaction())
        except InterfaceError:  # the connection was lost, and the pool has let it go
            return False


client_class = Client
