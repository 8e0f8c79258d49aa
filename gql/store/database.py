"""Where the desk keeps its rows: how to reach the database, and how it is brought up to the models."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg  # type: ignore[import-untyped]
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext, _current_context
from tortoise.exceptions import DBConnectionError, IntegrityError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_editor import BaseSchemaEditor, SqliteSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.transactions import in_transaction

from gql.store.rebuild import RebuildingEditor
from gql.store.settle import settle

MODELS = (
    "gql.store.people",
    "gql.store.lookups",
    "gql.store.calls",
    "gql.store.cases",
    "gql.store.conversation",
    "gql.store.joining",
    "gql.store.jobs",
    "gql.store.log",
    "gql.store.requests",
    "gql.store.settings",
    "gql.store.tasks",
)
"""The models that the tables are made by."""
READ_ALONE = ("gql.store.audit",)
"""Models that show tables of others."""
MIGRATIONS = "gql.store.migrations"

MIGRATING = int.from_bytes(b"caseline")
"""The advisory lock on PostgreSQL that the one process holds that migrates."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database in a file, for the processes of one machine."""

    path: Path

    def config(self, *, application_name: str = "", pool_size: int = 1, migrating: bool = False) -> dict[str, Any]:
        credentials = {
            "file_path": str(self.path),
            "busy_timeout": 5000,  # milliseconds
            "synchronous": "FULL",
            # Switched on, the rebuilding of a table would delete the rows of others that point to it.
            "foreign_keys": "OFF" if migrating else "ON",
        }
        return _config("sqlite", credentials)

    async def exists(self) -> bool:
        return self.path.exists()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits until no other process migrates, and keeps them waiting."""
        _have_folder(self.path)
        with _told(f"{self.path}.migrating"):
            lock = sqlite3.connect(f"{self.path}.migrating", timeout=0, isolation_level=None)
        with closing(lock):
            while True:
                try:
                    lock.execute("BEGIN EXCLUSIVE")
                    break
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                        raise
                    await asyncio.sleep(0.05)
            yield

    def copy(self, target: Path) -> None:
        """Copies the database as it stands, with what is still in its write-ahead log."""
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A database on a PostgreSQL server."""

    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    name: str

    def config(self, *, application_name: str, pool_size: int, migrating: bool = False) -> dict[str, Any]:
        settings = {
            "timezone": "UTC",
            "statement_timeout": "0" if migrating else "30s",
            # A transaction that wrote the log and then stalls holds back every stream; so does one whose machine is
            # gone, until the server notices. A migration computes between its statements.
            "idle_in_transaction_session_timeout": "10min" if migrating else "10s",
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        }
        credentials = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.name,
            # All are opened at once and stay: to cancel a task while asyncpg connects for it leaves noise in the log.
            "minsize": pool_size,
            "maxsize": pool_size,
            "max_inactive_connection_lifetime": 0,
            "application_name": application_name,
            "server_settings": settings,
        }
        return _config("postgres", credentials)

    async def connect(self, name: str) -> Any:
        """A connection of asyncpg's, outside any pool, to one of the server's databases."""
        with _told(f"{self.host}:{self.port}/{name}"):
            return await asyncpg.connect(
                host=self.host, port=self.port, user=self.user, password=self.password, database=name
            )

    async def exists(self) -> bool:
        try:
            connection = await self.connect(self.name)
        except ConnectionError as error:
            if isinstance(error.__cause__, asyncpg.InvalidCatalogNameError):
                return False
            raise
        await connection.close()
        return True

    async def create(self) -> None:
        """Creates the database, unless another process has just done so."""
        connection = await self.connect("postgres")
        try:
            quoted = self.name.replace('"', '""')
            await connection.execute(f"CREATE DATABASE \"{quoted}\" ENCODING 'UTF8' TEMPLATE template0")
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass
        finally:
            await connection.close()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits until no other process migrates, and keeps them waiting. Creates the database when there is none."""
        if not await self.exists():
            await self.create()
        connection = await self.connect(self.name)
        try:
            await connection.execute(f"SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATING})")
            yield
        finally:
            await connection.close()


def database_at(url: str) -> SqliteFile | PostgresDatabase:
    """The database that an address means. Raises ValueError in words for people, which never repeat a password."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        if not rest or "?" in rest or rest.endswith((":memory:", "/")):
            raise ValueError(f"{url} names no file; write sqlite:///absolute/path.db or sqlite://relative.db")
        return SqliteFile(Path(rest))
    if scheme not in ("postgres", "postgresql"):
        raise ValueError("a database address begins with sqlite:// or postgres://")
    wanted = "write postgres://user:password@host:port/name"
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        raise ValueError(f"the database address has no valid host and port; {wanted}") from None
    name = parts.path.removeprefix("/")
    for part, what in ((parts.username, "user"), (parts.hostname, "host"), (name, "database name")):
        if not part:
            raise ValueError(f"the database address has no {what}; {wanted}")
    if parts.query or parts.fragment or "/" in name:
        raise ValueError(f"the database address goes on after the name of the database; {wanted}")
    password = unquote(parts.password) if parts.password else None
    return PostgresDatabase(str(parts.hostname), port, unquote(str(parts.username)), password, unquote(name))


def orm_config(url: str, *, application_name: str = "caseline", pool_size: int = 10) -> dict[str, Any]:
    """Tortoise's configuration for the database at `url`. Raises ValueError for an address that cannot be meant.

    `pool_size` is how many PostgreSQL connections the process takes at most; of a SQLite file it takes one.
    """
    return database_at(url).config(application_name=application_name, pool_size=pool_size)


def _config(dialect: str, credentials: dict[str, Any]) -> dict[str, Any]:
    return {
        "connections": {dialect: {"engine": f"gql.store.engine_{dialect}", "credentials": credentials}},
        "apps": {"models": {"models": list(MODELS), "default_connection": dialect, "migrations": MIGRATIONS}},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def opened(
    url: str, *, application_name: str = "caseline", pool_size: int = 10
) -> AsyncIterator[TortoiseContext]:
    """The models on the database at `url`, for the calling task and those it starts; closes all connections after.

    Raises ValueError for a wrong address, FileNotFoundError for a SQLite file in no folder, and ConnectionError when
    the database is not there or does not let us in.
    """
    config = orm_config(url, application_name=application_name, pool_size=pool_size)
    config["apps"]["models"]["models"] += READ_ALONE
    async with _running(config) as orm:
        yield orm


@asynccontextmanager
async def _running(config: dict[str, Any]) -> AsyncIterator[TortoiseContext]:
    [(dialect, connection)] = config["connections"].items()
    place = connection["credentials"]
    if dialect == "sqlite":
        _have_folder(Path(place["file_path"]))
    orm = TortoiseContext()
    with orm:
        try:
            await orm.init(config)
            with _told(place["file_path"] if dialect == "sqlite" else "{host}:{port}/{database}".format(**place)):
                await orm.db().create_connection(with_db=True)
            yield orm
        finally:
            await settle(orm.close_connections())


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, asyncpg.PostgresError, DBConnectionError) as error:
        raise ConnectionError(f"the database {place} cannot be opened: {error}") from error


def _have_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent.absolute()} for the database {path.name}")


class using:
    """Lets the calling task, and those it starts, use a database that another task opened."""

    __slots__ = ("_orm", "_token")

    def __init__(self, orm: TortoiseContext) -> None:
        self._orm = orm

    def __enter__(self) -> None:
        self._token = _current_context.set(self._orm)  # Tortoise's own `with orm` works only once at a time

    def __exit__(self, *raised: object) -> None:
        _current_context.reset(self._token)


async def migrate(url: str, say: Callable[[str], object] = lambda line: None) -> list[str]:
    """Brings the database at `url` up to the models, and creates it when there is none; the migrations applied.

    Each migration happens as a whole or not at all. Of processes that start at once, one does it and the others wait.
    A SQLite file is copied before it changes. `say` hears what is done, in lines for people. Raises what `opened`
    does, and IntegrityError when a migration would leave rows on SQLite that point to nothing.
    """
    database = database_at(url)
    config = database.config(application_name="caseline migrate", pool_size=1, migrating=True)
    async with database.turn():
        existed = await database.exists()
        async with _running(config) as orm:
            executor = _Executor(orm.db(), config["apps"])
            await executor.keep_record()
            waiting = await executor.waiting()
            if waiting and existed and isinstance(database, SqliteFile):
                copy = database.path.with_name(f"{database.path.name}.before-{waiting[0]}")
                await asyncio.to_thread(database.copy, copy)
                say(f"kept a copy of the database as it was in {copy}")
            for name in waiting:
                async with in_transaction() as transaction:
                    await executor.apply(name, transaction)
                say(f"applied the migration {name}")
            return waiting


async def pending(url: str) -> list[str]:
    """Names of the migrations that the database at `url` still needs; all of them when there is no database."""
    database = database_at(url)
    if not await database.exists():
        database = SqliteFile(Path(":memory:"))
    config = database.config(application_name="caseline pending", pool_size=1)
    async with _running(config) as orm:
        return await _Executor(orm.db(), config["apps"]).waiting()


async def drift() -> list[str]:
    """What the models say and the migrations do not; empty when they agree. Asks no database."""
    config = SqliteFile(Path(":memory:")).config()
    async with _running(config) as orm:
        assert orm.apps is not None
        missing = await MigrationAutodetector(orm.apps, config["apps"]).changes()
        return [operation.describe() for migration in missing for operation in migration.operations]


class _Executor(MigrationExecutor):
    _reached: State | None = None
    """The models as the migrations that were applied made them; to make them all again takes longer than to go on."""

    async def keep_record(self) -> None:
        await self.recorder.ensure_schema(self._schema_editor(atomic=False))

    async def waiting(self) -> list[str]:
        return [step.migration.name for step in await self.plan()]

    async def apply(self, name: str, transaction: BaseDBAsyncClient) -> None:
        """Applies the next migration on the connection of a transaction."""
        self.connection = self.recorder.connection = transaction
        EXECUTOR_CACHE.clear()  # Tortoise keeps statements by the table's name, whatever its columns were
        try:
            await self.migrate([MigrationTarget("models", name)], direction="forward")
        finally:
            EXECUTOR_CACHE.clear()
        if self.connection.capabilities.dialect == "sqlite":
            lost = await self.connection.execute_query_dict("PRAGMA foreign_key_check")
            if lost:
                tables = ", ".join(sorted({f"{row['table']} to {row['parent']}" for row in lost}))
                raise IntegrityError(f"the migration {name} leaves {len(lost)} rows that point to nothing: {tables}")

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        if self._reached is None or upto is not None:
            self._reached = await super()._project_state(applied, upto=upto)
        return self._reached

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        editor = super()._schema_editor(atomic, collect_sql)
        return RebuildingEditor(self.connection, atomic) if isinstance(editor, SqliteSchemaEditor) else editor
