"""Tortoise's PostgreSQL engine, made safe for cancelled tasks and for failed statements that nobody minded."""

from __future__ import annotations

from itertools import count
from typing import Any

from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import TransactionManagementError

from gql.store.settle import SettledSavepoint, SettledTransaction, must_be_open, settle

_savepoint_numbers = count(1)


class Client(AsyncpgDBClient):
    """The pool of a process; a transaction borrows one connection of it.

    A connection that is given back in good order is kept at hand, because to take one from asyncpg's pool and to put it
    back costs as much as a small statement. The pool gets it back when somebody waits there, and at the end.
    """

    _pool: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._at_hand: list[Any] = []
        self._waiting = 0

    @property
    def lent(self) -> int:
        """How many connections somebody uses."""
        return 0 if self._pool is None else self._pool.get_size() - self._pool.get_idle_size() - len(self._at_hand)

    async def borrow(self) -> Any:
        """A connection that nobody else uses; waits for one."""
        while self._at_hand:
            connection = self._at_hand.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)  # which has the pool open another when it is needed
        if not self._pool:
            async with self._pool_init_lock:
                if not self._pool:
                    await self.create_connection(with_db=True)
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    async def give_back(self, connection: Any, *, in_order: bool) -> None:
        if in_order and not self._waiting:
            self._at_hand.append(connection)
        else:
            await self._pool.release(connection)

    def acquire_connection(self) -> Any:
        return _Borrowed(self)

    async def _close(self) -> None:
        while self._at_hand:
            await self._pool.release(self._at_hand.pop())
        await super()._close()

    async def create_connection(self, with_db: bool) -> None:
        await settle(super().create_connection(with_db))

    async def create_pool(self, **settings: Any) -> Any:
        return await super().create_pool(reset=_leave_as_it_is, **settings)

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


class _Transaction(TransactionWrapper):
    _parent: Client
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
