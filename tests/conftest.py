"""The cast everybody knows, on a desk that really runs: a server on loopback, on SQLite or, when asked, PostgreSQL."""

from __future__ import annotations

import gc
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import pytest

from gql.actions import logins, people
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.enums import Role
from gql.settings import Settings
from gql.store import Entry, Group, Lookups, SupportLine, database
from gql.tokens import hash_password
from tests.postgres import PostgresContents
from tests.running import Desk, running

DATABASE = os.environ.get("CASELINE_TEST_DATABASE_URL", "")
BROADCAST = os.environ.get("CASELINE_TEST_BROADCAST_URL", "memory://")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_configure() -> None:
    """Has the garbage collector look as seldom as in a server: it takes a fifth of the suite's time otherwise."""
    gc.set_threshold(50_000, 20, 20)


def pytest_report_header() -> list[str]:
    return [
        f"database: {DATABASE or 'SQLite (set CASELINE_TEST_DATABASE_URL to run on PostgreSQL)'}",
        f"broadcaster: {BROADCAST}{'' if BROADCAST != 'memory://' else ' (set CASELINE_TEST_BROADCAST_URL for Redis)'}",
    ]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI, where everything is there, a skip is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | PostgresContents]:
    """What each test begins with, a database with the cast in it: a file to copy, or one that is put back."""
    if not DATABASE:
        yield _filled_once(tmp_path_factory)
        return
    address = re.sub(r"/[^/]*$", f"/caseline_test_{os.getpid()}_{uuid4().hex[:8]}", DATABASE)
    anyio.run(_fill, address)
    contents = anyio.run(PostgresContents.of, address)
    yield contents
    anyio.run(contents.drop)


def _filled_once(places: pytest.TempPathFactory) -> Path:
    """The file of a filled database; of several workers, whoever comes first makes it."""
    own = places.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    path = shared / "desk.db"
    try:
        (shared / "desk.making").touch(exist_ok=False)
    except FileExistsError:
        for _ in range(1_000):
            if path.exists():
                return path
            time.sleep(0.1)
        raise
    making = own / "desk.db"
    anyio.run(_fill, f"sqlite:///{making}")
    return making.rename(path)


@pytest.fixture
async def database_url(filled: Path | PostgresContents, tmp_path: Path) -> AsyncIterator[str]:
    """A database of the test's own, with the cast in it."""
    if isinstance(filled, PostgresContents):
        yield filled.address
        await filled.put_back()
    else:
        shutil.copy(filled, tmp_path / "desk.db")
        yield f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, broadcast_url=BROADCAST, port=0, poll_seconds=0.2, database_pool=3)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """A running desk: anna and ben (agents), dora (supervisor), otto (administrator), vera and paul (customers)."""
    async with running(settings) as desk:
        yield desk


@pytest.fixture
def another(settings: Settings) -> Any:
    """Starts a further server process's worth of desk on the same database: `async with another() as second`."""

    @asynccontextmanager
    async def start(**changed: Any) -> AsyncIterator[Desk]:
        async with running(settings.model_copy(update=changed)) as desk:
            yield desk

    return start


async def _fill(address: str) -> None:
    await database.migrate(address)
    async with database.opened(address):
        now, lookups = datetime.now(UTC), await Lookups.read()
        hashed = await hash_password("demo")
        async with unit_of_work(DESK, now, lookups, ring=lambda: None) as work:
            groups = {line.level: await Group.get(support_lines=line.id) for line in await SupportLine.all()}
            for login, name, role, line in (
                ("anna", "Anna Weber", Role.AGENT, 1),
                ("ben", "Ben Castellano", Role.AGENT, 2),
                ("cleo", "Cleo Marsh", Role.AGENT, 1),
                ("dora", "Dora Novak", Role.SUPERVISOR, None),
                ("otto", "Otto Haugen", Role.ADMINISTRATOR, None),
            ):
                await logins.add_employee(
                    work,
                    login=login,
                    password_hash=hashed,
                    name=name,
                    role=role,
                    email=f"{login}@caseline.example",
                    group_ids=[groups[line].id] if line else [],
                )
            for login, name, company in (
                ("vera", "Vera Lindqvist", "Westhaven Hospital"),
                ("paul", "Paul Okafor", "Okafor Bakeries"),
            ):
                account = await people.add_account(work, name=company)
                contact = await people.add_contact(
                    work, name=name, email=f"{login}@customer.example", phone=None, account_id=account.id
                )
                await logins.let_in(work, contact, login=login, password_hash=hashed)
            await people.add_contact(work, name="Nils Free", email="nils@free.example", account_id=None)
        await Entry.all().delete()  # they have always been there
