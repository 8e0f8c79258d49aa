"""Transactions on both databases: cancelled ones, failing ones, and those of several writers."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import closing
from typing import Any

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from gql.store import database
from gql.store.settle import settle
from tests.store import toy
from tests.store.toy import Book, Shelf

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        toy.use("second", patch)
        async with toy.nowhere(request.param, tmp_path_factory.mktemp("engines")) as url:
            await database.migrate(url)
            yield url


only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True, scope="module")
only_postgres = pytest.mark.parametrize("url", ["postgres"], indirect=True, scope="module")


@pytest.fixture
async def orm(url: str) -> AsyncIterator[TortoiseContext]:
    async with database.opened(url, pool_size=3) as orm:
        await Shelf.all().delete()
        yield orm


async def fill_shelf(number: int) -> None:
    async with in_transaction():
        shelf = await Shelf.create(name=str(number))
        await Book.create(shelf=shelf, title="first")
        await Book.create(shelf=shelf, title="second")


async def storm(rounds: int, work: Callable[[int], Coroutine[Any, Any, None]]) -> int:
    """Does `work` four at a time and cancels each somewhere in the middle; how many did not come to their end."""
    chance = random.Random(7)
    cancelled = 0
    for first in range(0, 4 * rounds, 4):
        tasks = [asyncio.create_task(work(number)) for number in range(first, first + 4)]
        for task in tasks:
            await asyncio.sleep(chance.random() * 0.002)
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError), repr(outcome)
            cancelled += outcome is not None
    return cancelled


async def assert_everything_is_free(orm: TortoiseContext) -> None:
    client: Any = orm.db()
    if client.capabilities.dialect == "sqlite":
        assert not client._lock.locked()
        assert not client._connection.in_transaction
    else:
        async with asyncio.timeout(10):
            while client.lent:  # asyncpg brings a cancelled statement to its end in a task of its own
                await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        await asyncio.gather(*(fill_shelf(-number) for number in range(1, 5)))


async def test_cancelling_transactions_holds_no_connection_and_leaves_no_half_done_row(orm: TortoiseContext) -> None:
    async with asyncio.timeout(20):
        assert await storm(100, fill_shelf) > 100

    await assert_everything_is_free(orm)
    books = Counter(await Book.all().values_list("shelf_id", flat=True))
    assert books == dict.fromkeys(await Shelf.all().values_list("id", flat=True), 2)


async def test_cancelling_a_bulk_create_outside_a_transaction_holds_nothing(orm: TortoiseContext) -> None:
    shelf = await Shelf.create(name="long")

    async def fill(number: int) -> None:
        await Book.bulk_create([Book(shelf=shelf, title=f"{number}") for _ in range(50)])

    async with asyncio.timeout(20):
        assert await storm(30, fill) > 30

    await assert_everything_is_free(orm)
    assert await Book.filter(shelf=shelf).count() % 50 == 0


async def test_cancelling_single_statements_holds_nothing(orm: TortoiseContext) -> None:
    async def label(number: int) -> None:
        await Shelf.create(name=str(number))
        await Shelf.filter(name=str(number)).update(room="cellar")

    async with asyncio.timeout(20):
        assert await storm(30, label) > 30

    await assert_everything_is_free(orm)


async def test_a_time_limit_within_a_transaction_undoes_just_its_savepoint(orm: TortoiseContext) -> None:
    async def linger() -> None:
        async with asyncio.timeout(0.05), in_transaction():
            await Shelf.create(name="undone")
            await asyncio.sleep(1)

    async with in_transaction():
        kept = await Shelf.create(name="kept")
        with pytest.raises(TimeoutError):
            await linger()
        await Book.create(shelf=kept, title="after")

    assert await Shelf.all().values_list("name", flat=True) == ["kept"]
    assert await Book.all().count() == 1


async def test_an_error_within_a_nested_transaction_undoes_just_that(orm: TortoiseContext) -> None:
    async def repeat() -> None:
        async with in_transaction():
            await Shelf.create(name="three")
            await Shelf.create(name="one")

    await Shelf.create(name="one")
    async with in_transaction():
        await Shelf.create(name="two")
        with pytest.raises(IntegrityError):
            await repeat()

    assert await Shelf.all().order_by("id").values_list("name", flat=True) == ["one", "two"]


async def test_cancelling_those_who_wait_for_a_connection_takes_nothing_from_the_others(orm: TortoiseContext) -> None:
    enough = asyncio.Event()

    async def linger(number: int) -> None:
        async with in_transaction():
            await Shelf.create(name=str(number))
            await enough.wait()

    tasks = [asyncio.create_task(linger(number)) for number in range(8)]
    await asyncio.sleep(0.1)
    for task in tasks[3:]:
        task.cancel()
    enough.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert await Shelf.all().order_by("name").values_list("name", flat=True) == ["0", "1", "2"]
    await assert_everything_is_free(orm)


async def test_a_task_that_outlives_its_transaction_is_refused(orm: TortoiseContext) -> None:
    ended = asyncio.Event()

    async def come_late() -> None:
        await ended.wait()
        await Shelf.create(name="late")

    async with in_transaction():
        late = asyncio.create_task(come_late())
        await Shelf.create(name="in time")
    ended.set()
    with pytest.raises(TransactionManagementError, match="has ended"):
        await late

    assert await Shelf.all().values_list("name", flat=True) == ["in time"]


@only_postgres
async def test_a_commit_that_saved_nothing_raises(orm: TortoiseContext) -> None:
    async def go_on_after_an_error() -> None:
        async with in_transaction():
            await Shelf.create(name="two")
            with pytest.raises(IntegrityError):
                await Shelf.create(name="one")

    await Shelf.create(name="one")
    with pytest.raises(TransactionManagementError, match="nothing was saved"):
        await go_on_after_an_error()

    await assert_everything_is_free(orm)
    assert not await Shelf.exists(name="two")


@only_postgres
async def test_a_lost_connection_is_replaced(orm: TortoiseContext) -> None:
    async def hang_up() -> None:
        async with in_transaction() as transaction:
            await Shelf.create(name="lost")
            await transaction.execute_query("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(asyncpg.PostgresConnectionError):
        await hang_up()

    await assert_everything_is_free(orm)
    assert not await Shelf.exists(name="lost")


@only_sqlite
async def test_a_commit_that_fails_is_rolled_back(orm: TortoiseContext) -> None:
    async def shelve_nowhere() -> None:
        async with in_transaction() as transaction:
            await transaction.execute_query("PRAGMA defer_foreign_keys = ON")
            await Book.create(shelf_id=404, title="on no shelf")

    with pytest.raises(IntegrityError):
        await shelve_nowhere()

    await assert_everything_is_free(orm)
    assert not await Book.exists(title="on no shelf")


@only_sqlite
async def test_waiting_in_vain_for_another_writer_holds_nothing(orm: TortoiseContext, url: str) -> None:
    await orm.db().execute_script("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked"):
            await fill_shelf(1)

    await assert_everything_is_free(orm)


@only_sqlite
async def test_a_script_within_a_transaction_is_undone_with_it(orm: TortoiseContext) -> None:
    async def run_and_fail() -> None:
        async with in_transaction() as transaction:
            await transaction.execute_script(
                """
                INSERT INTO toy_shelf (name, room, height) VALUES ('semi;colon', '', 0);
                CREATE TRIGGER toy_trigger AFTER INSERT ON toy_book BEGIN
                    UPDATE toy_shelf SET height = height + 1; DELETE FROM toy_shelf WHERE height > 9;
                END;
                -- that was all
                """
            )
            assert await Shelf.exists(name="semi;colon")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run_and_fail()

    assert not await Shelf.exists(name="semi;colon")
    assert not await orm.db().execute_query_dict("SELECT * FROM sqlite_master WHERE type = 'trigger'")


RAISING = """
import asyncio
from tortoise.transactions import in_transaction
from tests.store.toy import Shelf

async def main():
    async with database.opened({url!r}):
        for _ in range(40):
            async with in_transaction():
                shelf = await Shelf.get(name="counted").select_for_update()
                await Shelf.filter(id=shelf.id).update(height=shelf.height + 1)

asyncio.run(main())
"""


async def test_two_processes_write_the_same_row_without_losing_a_change(orm: TortoiseContext, url: str) -> None:
    await Shelf.create(name="counted")
    script = toy.SETTING + RAISING.format(url=url)
    async with asyncio.timeout(20):
        writers = [await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=toy.ROOT) for _ in range(2)]
        assert [await writer.wait() for writer in writers] == [0, 0]

    assert (await Shelf.get(name="counted")).height == 80


async def test_work_comes_to_its_end_before_the_cancellation_goes_on() -> None:
    done = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.append("work")

    task = asyncio.create_task(settle(work()))
    for _ in range(3):
        await asyncio.sleep(0.01)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert done == ["work"]


async def test_what_settled_work_raises_is_raised_to_its_caller() -> None:
    async def work() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await settle(work())
