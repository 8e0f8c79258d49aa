"""Transactions whose beginning and end survive the cancellation of the task that runs them.

A client that goes away cancels its task anywhere, also in the middle of BEGIN or COMMIT. Tortoise's own contexts then
keep the connection, or SQLite's lock, for ever.
"""

from __future__ import annotations

import abc
import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import TransactionManagementError

T = TypeVar("T")


async def settle(work: Coroutine[Any, Any, T]) -> T:
    """Brings `work` to its end even when the caller is cancelled meanwhile; only then the cancellation goes on."""
    task = asyncio.create_task(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from (None if task.cancelled() else task.exception())
    return task.result()


class SettledTransaction(TransactionContext, abc.ABC):
    """One transaction on a connection of its own: committed, or rolled back, and in any case given back."""

    def __init__(self, client: TransactionalDBClient) -> None:
        self.client = client
        self.token: ConnectionToken | None = None

    @abc.abstractmethod
    async def acquire(self) -> None:
        """Waits for a connection that nobody else uses."""

    @abc.abstractmethod
    async def release(self, *, in_order: bool) -> None:
        """Gives the connection back; `in_order` when all that was asked of it was answered."""

    @abc.abstractmethod
    def is_open(self) -> bool:
        """Whether the database has a transaction open on the connection."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.acquire()
        try:
            await settle(self.client.begin())
        except BaseException:
            await settle(self._end(commit=False))
            raise
        self.token = get_connections().set(self.client.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await settle(self._end(commit=exc_type is None))
        finally:
            get_connections().reset(self.token)

    async def _end(self, *, commit: bool) -> None:
        in_order = False
        try:
            if commit and not self.client._finalized:
                await self.client.commit()
            in_order = commit
        finally:
            try:
                if self.is_open():
                    await self.client.rollback()
            finally:
                await self.release(in_order=in_order)


def must_be_open(client: TransactionalDBClient) -> None:
    """Raises TransactionManagementError when the transaction of `client` has ended."""
    if client._finalized:
        raise TransactionManagementError("the transaction has ended that this task was started in")


class SettledSavepoint(TransactionContext):
    """A transaction within a transaction: what it did is kept or undone as a whole."""

    def __init__(self, client: TransactionalDBClient) -> None:
        self.client = client

    async def __aenter__(self) -> TransactionalDBClient:
        await settle(self.client.savepoint())
        return self.client

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self.client._finalized:
            await settle(self.client.release_savepoint() if exc_type is None else self.client.savepoint_rollback())
