"""Tortoise's PostgreSQL engine, made safe for cancelled tasks and for failed statements that nobody minded."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.exceptions import TransactionManagementError

from gql.store.settle import SettledSavepoint, SettledTransaction, must_be_open, settle

_savepoint_numbers = count(1)


class _Direct(AsyncpgDBClient):
    """Runs the statements of most requests without the layers that Tortoise has around them, which cost as much."""

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, list[Any]]:
        if not query.startswith(("SELECT", "WITH")):
            return await super().execute_query(query, values)  # type: ignore[no-any-return]
        self.log.debug("%s: %s", query, values)
        try:
            async with self.acquire_connection() as connection:
                rows = await connection.fetch(query, *values or ())
        except PostgresError as error:
            return await self._translate_exceptions(_told, error)  # type: ignore[return-value]
        return len(rows), rows

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        self.log.debug("%s: %s", query, values)
        try:
            async with self.acquire_connection() as connection:
                return await connection.fetchrow(query, *values)
        except PostgresError as error:
            return await self._translate_exceptions(_told, error)


async def _told(client: object, error: Exception) -> None:
    raise error


class Client(_Direct):
    """The pool of a process; a transaction borrows one connection of it.

    A connection that is given back in good order is kept at hand, because to take one from asyncpg's pool and to put it
    back costs as much as a small statement. The pool gets back what may be out of order, and at the end all.
    """

    _pool: Any
    _places: asyncio.LifoQueue[Any]
    """One for each connection that nobody uses: that connection, or None for one that the pool still has."""

    @property
    def lent(self) -> int:
        """How many connections somebody uses."""
        return 0 if self._pool is None else self._pool.get_max_size() - self._places.qsize()

    async def borrow(self) -> Any:
        """A connection that nobody else uses; waits for one."""
        if not self._pool:
            async with self._pool_init_lock:
                if not self._pool:
                    await self.create_connection(with_db=True)
        connection = await self._places.get()
        if connection is not None and not connection.is_closed():
            return connection
        try:
            if connection is not None:
                await self._pool.release(connection)  # which has the pool open another
            return await self._pool.acquire()
        except BaseException:
            self._places.put_nowait(None)
            raise

    async def give_back(self, connection: Any, *, in_order: bool) -> None:
        place = connection if in_order else None
        try:
            if not in_order:
                await self._pool.release(connection)
        finally:
            self._places.put_nowait(place)

    def acquire_connection(self) -> Any:
        return _Borrowed(self)

    async def _close(self) -> None:
        while self._pool and not self._places.empty():
            connection = self._places.get_nowait()
            if connection is not None:
                await self._pool.release(connection)
        await super()._close()

    async def create_connection(self, with_db: bool) -> None:
        await settle(super().create_connection(with_db))

    async def create_pool(self, **settings: Any) -> Any:
        pool = await super().create_pool(reset=_leave_as_it_is, **settings)
        self._places = asyncio.LifoQueue()
        for _ in range(pool.get_max_size()):
            self._places.put_nowait(None)
        return pool

    def _in_transaction(self) -> SettledTransaction:
        return _Loan(_Transaction(self))

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class _Borrowed:
    """One connection for one statement."""

    __slots__ = ("_client", "_connection")

    def __init__(self, client: Client) -> None:
        self._client = client

    async def __aenter__(self) -> Any:
        self._connection = await self._client.borrow()
        return self._connection

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        # after anything but PostgreSQL's own word, a cancellation for instance, the pool looks at it first
        await self._client.give_back(self._connection, in_order=error is None or isinstance(error, PostgresError))


async def _leave_as_it_is(connection: object) -> None:
    """Spares each statement a second round trip: nothing here sets, locks or listens beyond a transaction."""


class _Transaction(_Direct, TransactionWrapper):
    _parent: Client
    _savepoint = ""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        must_be_open(self)
        return super().acquire_connection()

    async def _run(self, command: str) -> str:
        try:
            async with self.acquire_connection() as connection:
                return str(await connection.execute(command))
        except PostgresError as error:
            return await self._translate_exceptions(_told, error)  # type: ignore[return-value]

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

    async def acquire(self) -> None:
        self.client._connection = await self.client._parent.borrow()

    async def release(self, *, in_order: bool) -> None:
        await self.client._parent.give_back(self.client._connection, in_order=in_order)

    def is_open(self) -> bool:
        try:
            return bool(self.client._connection.is_in_transaction())
        except InterfaceError:  # the connection was lost, and the pool has let it go
            return False


client_class = Client
