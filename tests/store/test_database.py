"""Addresses, connections and migrations of both databases, and two desks in one process."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from gql.store.database import PostgresDatabase, SqliteFile, database_at, drift, migrate, opened, pending, using
from tests.store import toy
from tests.store.toy import Book, Shelf

pytestmark = pytest.mark.anyio

ALL = ["0001_initial", "0002_name_every_shelf"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    toy.use("second", monkeypatch)


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with toy.nowhere(request.param, tmp_path) as url:
        yield url


only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("url", ["postgres"], indirect=True)


def read(url: str, query: str) -> list[Any]:
    """What a SQLite file holds, asked from outside."""
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection:
        return connection.execute(query).fetchall()


# Addresses


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("sqlite:///var/desk.db", SqliteFile(Path("/var/desk.db"))),
        ("sqlite://desk.db", SqliteFile(Path("desk.db"))),
        ("sqlite://data/desk.db", SqliteFile(Path("data/desk.db"))),
        ("postgres://ann@db:5433/desk", PostgresDatabase("db", 5433, "ann", None, "desk")),
        ("postgresql://ann:p%40ss@db/desk", PostgresDatabase("db", 5432, "ann", "p@ss", "desk")),
    ],
)
def test_an_address_says_where_the_database_is(url: str, meant: object) -> None:
    assert database_at(url) == meant


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("desk.db", "begins with sqlite:// or postgres://"),
        ("mysql://ann:secret@db/desk", "begins with sqlite:// or postgres://"),
        ("sqlite://", "names no file"),
        ("sqlite://:memory:", "names no file"),
        ("sqlite:///var/desk.db?mode=ro", "names no file"),
        ("postgres://db/desk", "has no user"),
        ("postgres://ann:secret@/desk", "has no host"),
        ("postgres://ann:secret@db", "has no database name"),
        ("postgres://ann:secret@db:port/desk", "no valid host and port"),
        ("postgres://ann:se/cret@db/desk", "no valid host and port"),
        ("postgres://ann:secret@db/desk?sslmode=require", "goes on after the name"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_in_words(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        database_at(url)

    assert "secret" not in str(refused.value)


def test_a_password_is_not_shown_with_the_database() -> None:
    assert "secret" not in repr(database_at("postgres://ann:secret@db/desk"))


# Connections


async def test_models_work_while_the_database_is_open_and_not_after(url: str) -> None:
    await migrate(url)
    async with opened(url):
        await Shelf.create(name="one")
    async with opened(url):
        assert await Shelf.all().count() == 1

    with pytest.raises(RuntimeError, match="No TortoiseContext"):
        await Shelf.all().count()


async def test_an_error_inside_still_closes_the_database(url: str) -> None:
    clients: list[Any] = []

    async def open_and_fail() -> None:
        async with opened(url) as orm:
            clients.append(orm.db())
            raise ZeroDivisionError

    await migrate(url)
    with pytest.raises(ZeroDivisionError):
        await open_and_fail()

    assert clients[0]._connection is None
    assert getattr(clients[0], "_pool", None) is None


async def test_a_file_in_no_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        async with opened(f"sqlite://{tmp_path}/nowhere/toy.db"):
            pass
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        await migrate(f"sqlite://{tmp_path}/nowhere/toy.db")


@only_postgres
async def test_a_database_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(ConnectionError, match=r"/caseline_toy_\w+ cannot be opened: .*caseline_toy"):
        async with opened(url):
            pass


async def test_a_server_that_is_not_there_is_told() -> None:
    nobody = "postgres://ann:secret@127.0.0.1:1/desk"
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:1/desk cannot be opened: .*Connect call failed"):
        async with opened(nobody):
            pass
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:1/desk cannot be opened"):
        await migrate(nobody)
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:1/desk cannot be opened"):
        await pending(nobody)


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "toy.db").write_text("a letter, and by no means rows and columns" * 100)
    with pytest.raises(ConnectionError, match=r"toy\.db cannot be opened: file is not a database"):
        async with opened(f"sqlite://{tmp_path}/toy.db"):
            pass


@only_postgres
async def test_a_session_on_postgresql_has_its_limits(url: str) -> None:
    await migrate(url)
    async with opened(url, application_name="desk of a test", pool_size=2) as orm:
        client = orm.db()
        settings = {
            name: (await client.execute_query_dict(f"SHOW {name}"))[0][name]
            for name in ("application_name", "statement_timeout", "idle_in_transaction_session_timeout")
        }
        await asyncio.gather(*(client.execute_query("SELECT pg_sleep(0.01)") for _ in range(6)))
        [count] = await client.execute_query_dict(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'desk of a test'"
        )

    assert settings == {
        "application_name": "desk of a test",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "10s",
    }
    assert count["n"] == 2


@only_sqlite
async def test_a_commit_on_sqlite_is_on_the_disk(url: str) -> None:
    await migrate(url)
    async with opened(url) as orm:
        [[synchronous]] = [row.values() for row in await orm.db().execute_query_dict("PRAGMA synchronous")]
        [[journal]] = [row.values() for row in await orm.db().execute_query_dict("PRAGMA journal_mode")]

    assert (synchronous, journal) == (2, "wal")


async def test_two_desks_on_two_files_live_in_one_process(tmp_path: Path) -> None:
    urls = [f"sqlite://{tmp_path}/{name}.db" for name in ("one", "two")]
    for url in urls:
        await migrate(url)
    async with opened(urls[0]) as one, opened(urls[1]) as two:
        with using(one):
            await Shelf.create(name="of the first")
        with using(two):
            assert await Shelf.all().count() == 0
            with using(one):
                assert await Shelf.all().count() == 1


# Instants


async def test_instants_from_any_zone_compare_and_sort_as_time_does(url: str) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-8))
    await migrate(url)
    async with opened(url):
        shelf = await Shelf.create()
        await Book.create(shelf=shelf, title="third", at=(noon + timedelta(hours=1)).astimezone(west))
        await Book.bulk_create([Book(shelf=shelf, title="first", at=noon.astimezone(east))])
        await Book.create(shelf=shelf, title="none")
        await Book.filter(title="none").update(title="second", at=(noon + timedelta(microseconds=1)).astimezone(west))

        assert await Book.all().order_by("at").values_list("title", flat=True) == ["first", "second", "third"]
        assert await Book.filter(at=noon.astimezone(west)).values_list("title", flat=True) == ["first"]
        assert await Book.filter(at__lt=(noon + timedelta(minutes=1)).astimezone(east)).count() == 2
        first = await Book.get(title="first")
        assert (first.at, first.at and first.at.utcoffset()) == (noon, timedelta(0))


async def test_an_instant_without_a_zone_is_refused(url: str) -> None:
    await migrate(url)
    async with opened(url):
        shelf = await Shelf.create()
        with pytest.raises(ValueError, match="at takes an instant with its time zone"):
            await Book.create(shelf=shelf, title="when", at=datetime(2026, 3, 1, 12))  # noqa: DTZ001
        with pytest.raises(ValueError, match="at takes an instant with its time zone"):
            await Book.filter(at__lt=datetime(2026, 3, 1, 12)).count()  # noqa: DTZ001


# Migrations


async def test_migrating_creates_the_database_once(url: str) -> None:
    said: list[str] = []

    assert await pending(url) == ALL
    assert await migrate(url, said.append) == ALL
    assert await pending(url) == []
    assert await migrate(url) == []
    assert said == [f"applied the migration {name}" for name in ALL]


async def test_a_process_that_used_one_desk_makes_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.use("writing", monkeypatch)  # it writes a row before the table has its last column
    for name in ("one", "two"):
        url = f"sqlite://{tmp_path}/{name}.db"
        await migrate(url)
        async with opened(url):
            assert (await Shelf.get(name="first")).height == 0


@only_sqlite
async def test_asking_what_is_pending_creates_no_file(url: str, tmp_path: Path) -> None:
    await pending(url)

    assert not list(tmp_path.iterdir())


async def test_two_starters_at_once_both_succeed(url: str) -> None:
    script = f"{toy.SETTING}\nimport asyncio\nprint(len(asyncio.run(database.migrate({url!r}))))"
    async with asyncio.timeout(20):
        starters = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", script, cwd=toy.ROOT, stdout=asyncio.subprocess.PIPE
            )
            for _ in range(2)
        ]
        told = sorted([(await starter.communicate())[0] for starter in starters])

    assert told == [b"0\n", b"2\n"]
    assert await pending(url) == []


async def test_rows_that_point_to_a_rebuilt_table_survive(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.use("first", monkeypatch)
    await migrate(url)
    async with opened(url) as orm:
        await orm.db().execute_script(
            "INSERT INTO toy_shelf (id, name, room, height) VALUES (1, 'one', '', 7);"
            "INSERT INTO toy_book (shelf_id, title, bound, notes) VALUES (1, 'kept', true, '{}')"
        )
    toy.use("second", monkeypatch)

    assert await pending(url) == ALL[1:]
    assert await migrate(url) == ALL[1:]
    async with opened(url):
        assert [book.title for book in await Book.filter(shelf__name="one")] == ["kept"]


@only_sqlite
async def test_what_hangs_on_a_rebuilt_table_survives(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def hanging() -> set[str]:
        columns = "SELECT group_concat(coalesce(name, '')) FROM pragma_index_info(hanging.name)"
        rows = read(url, f"SELECT *, ({columns}) FROM sqlite_master AS hanging WHERE type IN ('index', 'trigger')")
        return {f"{table} ({columns})" if kind == "index" else name for kind, name, table, _, _, columns in rows}

    toy.use("first", monkeypatch)
    await migrate(url)
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection:
        connection.executescript(
            """
            CREATE INDEX by_length ON toy_shelf (height, length(name)) WHERE height > 0;
            CREATE TRIGGER heard_here AFTER INSERT ON toy_shelf BEGIN UPDATE toy_book SET bound = 0; SELECT 1; END;
            CREATE TRIGGER heard_there AFTER INSERT ON toy_book BEGIN UPDATE toy_shelf SET height = 9; SELECT 1; END;
            """
        )
    before = hanging()
    toy.use("second", monkeypatch)
    await migrate(url)

    assert before >= {"heard_here", "heard_there", "toy_shelf (room,name)", "toy_shelf (height,)", "toy_shelf (height)"}
    assert hanging() == before - {"toy_shelf (height)"} | {"toy_book (title)"}
    async with opened(url):
        await Shelf.create(room="cellar", name="one")
        with pytest.raises(IntegrityError):
            await Shelf.create(room="cellar", name="one")


@only_sqlite
async def test_a_file_is_copied_before_it_changes(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    toy.use("first", monkeypatch)
    await migrate(url)
    async with opened(url):
        await Book.filter(title="none").count()
    toy.use("second", monkeypatch)
    await migrate(url, said.append)

    copy = f"{url}.before-{ALL[1]}"
    assert said[0] == f"kept a copy of the database as it was in {copy.removeprefix('sqlite://')}"
    assert read(copy, "SELECT name FROM tortoise_migrations") == [(ALL[0],)]


async def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.use("broken", monkeypatch)
    with pytest.raises(OperationalError):
        await migrate(url)

    assert await pending(url) == ["0002_break"]
    async with opened(url) as orm:
        with pytest.raises(OperationalError):
            await orm.db().execute_query("SELECT * FROM toy_half")


@only_sqlite
async def test_a_migration_that_leaves_rows_pointing_to_nothing_is_undone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.use("first", monkeypatch)
    await migrate(url)
    async with opened(url) as orm:
        await orm.db().execute_script(
            "INSERT INTO toy_shelf (id, name, room, height) VALUES (1, 'one', '', 7);"
            "INSERT INTO toy_book (shelf_id, title, bound, notes) VALUES (1, 'kept', true, '{}')"
        )
    toy.use("orphaning", monkeypatch)
    with pytest.raises(IntegrityError, match="0002_orphan leaves 1 rows that point to nothing: toy_book to toy_shelf"):
        await migrate(url)

    assert read(url, "SELECT count(*) FROM toy_shelf") == [(1,)]
    assert await pending(url) == ["0002_orphan"]


async def test_drift_says_what_the_migrations_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await drift() == []

    toy.use("first", monkeypatch)
    altered = ("height on Shelf", "name on Shelf", "title on Book")
    assert sorted(await drift()) == [f"Alter field {field}" for field in altered]
