"""Workers that close cases or ask about them, beside each other and killed anywhere: each once, and none is left."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from gql.actions import cases
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.scheduler import DUTIES, Duty
from gql.store import Case, Contact, Entry, Job, Lookups, Notification, database

pytestmark = pytest.mark.slow

CASES = int(os.environ.get("CASELINE_PROOF_CASES", "2000"))
WORKERS, KILLED = 3, 3


async def _due(lookups: Lookups, job: str, resolved_for: timedelta) -> None:
    """Cases of vera's that have been resolved for a while, and a night that is over."""
    vera, now = await Contact.get(name="Vera Lindqvist"), datetime.now(UTC)
    for begin in range(0, CASES, 100):
        async with unit_of_work(DESK, now, lookups, ring=lambda: None) as work:
            for number in range(begin, min(begin + 100, CASES)):
                await cases.register(work, subject=f"Case {number}", contact_id=vera.id)
    resolved = lookups.status("RESOLVED")
    await Case.all().update(status_id=resolved.id, resolved_at=now - resolved_for)
    await Job.create(name=job, due_at=now - timedelta(hours=1))


@asynccontextmanager
async def _workers(database_url: str) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "gql", "worker"),
            env={**os.environ, "CASELINE_DATABASE_URL": database_url},
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(WORKERS)
    ]
    try:
        yield started
    finally:
        for worker in started:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()


@pytest.mark.parametrize(
    ("duty", "hours", "kind", "status", "version"),
    [
        pytest.param(DUTIES[0], 72, "CaseStatusChanged", "CLOSED", 2, id="closing"),
        pytest.param(DUTIES[1], 36, "RatingRequested", "RESOLVED", 1, id="asking"),  # which changes no case
    ],
)
async def test_workers_that_are_killed_anywhere_do_it_once_to_each_case_and_leave_none(
    database_url: str, duty: Duty, hours: int, kind: str, status: str, version: int
) -> None:
    chance = random.Random(7)
    async with database.opened(database_url, pool_size=3), asyncio.timeout(270):
        lookups = await Lookups.read()
        await _due(lookups, duty.name, timedelta(hours=hours))
        job, told = Job.get(name=duty.name), Entry.filter(kind=kind)
        for _ in range(KILLED):
            before = await told.count()
            async with _workers(database_url):  # killed at the end
                while await told.count() == before:
                    await asyncio.sleep(0.02)
                await asyncio.sleep(chance.uniform(0, 0.1))
            # nobody waits a minute here for the lease of the dead
            await Job.filter(name=duty.name).update(leased_until=datetime.now(UTC))
        assert await told.count() < CASES, "they were too fast to be killed at work"
        async with _workers(database_url) as workers:
            while (await job).due_at < datetime.now(UTC):
                await asyncio.sleep(0.1)
            for worker in workers:
                assert worker.stderr is not None
                assert b"the clock runs" in await worker.stderr.readline()
                worker.send_signal(signal.SIGTERM)
            assert [await worker.wait() for worker in workers] == [0] * WORKERS
        entries = await told
        assert len({entry.case_id for entry in entries}) == len(entries) == CASES
        assert await Case.filter(status_id=lookups.status(status).id, version=version).count() == CASES
        notified = await Notification.filter(entry_id__gte=min(entry.id for entry in entries))
        assert len({row.entry_id for row in notified}) == len(notified) == CASES
        assert (await job).holder is None
    print(f"\n{CASES:,} cases, {WORKERS} workers killed {KILLED} times: {duty.name}, each once")
