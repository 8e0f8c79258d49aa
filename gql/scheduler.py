"""The desk's clock: wakes what is due, in one process at a time, however many run one."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from gql.actions import closing, requests
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import DESK
from gql.rules.closing import next_run
from gql.store.jobs import Job
from gql.store.lookups import Lookups

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""After which another process takes a job over from one that is dead or stuck."""
EVERY, AT_MOST = 1.0, 60.0
"""Seconds between two looks at the clock, and after failures."""
QUIET = timedelta(seconds=60)
"""For which a process believes at most that nothing will be due."""
REST = 0.4
"""Of the time that a step took, until the next: people who wait for the database go before what nobody waits for."""
LOOKED_FOR = 10_000
"""Rows that are looked for at once, for many steps: on its way to them a database passes all that it did before."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the desk does by itself, again and again."""

    name: str
    due: Callable[[Lookups, datetime, int], Awaitable[Sequence[int]]]
    """Keys of the rows that it is to be done to, at most so many."""
    do: Callable[[Work, Sequence[int]], Awaitable[int]]
    """Does it to those of the rows that are due still, in a short transaction; to how many. Doing it again, late or
    beside another process, must do nothing twice: the lease only spares the trouble."""
    most: int
    """How many rows a step takes."""
    next_after: Callable[[datetime, Lookups], datetime]


def _daily(after: datetime, lookups: Lookups) -> datetime:
    return next_run(after, lookups.settings["DefaultTimeZone"])


DUTIES = (
    Duty("close resolved cases", closing.due, closing.close, 30, _daily),
    Duty("ask again for grades", closing.ungraded, closing.ask_again, 30, _daily),
    Duty("forget old requests", requests.old, requests.forget, 1_000, _daily),
)


class Scheduler:
    """The clock of one process."""

    def __init__(self, clock: Callable[[], datetime], ring: Callable[[], None]) -> None:
        self._clock, self._ring = clock, ring
        self._name = secrets.token_hex(8)
        self._stopping = asyncio.Event()
        self._quiet: tuple[datetime, datetime] | None = None
        """From when until when nothing is due, as far as is known: a clock that is set back is looked at anew too."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Scheduler]:
        """Does what is due until left; what it is at by then it brings to the end of a step, and gives back."""
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            self._stopping.set()
            await task

    async def _run(self) -> None:
        pause = EVERY
        while not self._stopping.is_set():
            try:
                await self.run_due()
                pause = EVERY
            except Exception as error:
                pause = min(pause * 2, AT_MOST)
                log.error("what is due could not be done", error=str(error), again_after=pause, exc_info=True)
            await self._wait(pause)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def run_due(self) -> None:
        """Does all that is due now and that no other process is at."""
        if self._quiet is not None and self._quiet[0] <= self._clock() < self._quiet[1]:
            return
        self._quiet = None
        lookups = await Lookups.read()
        known = await self._known(lookups)
        for duty in DUTIES:
            if known[duty.name].due_at <= self._clock():
                await self._do(duty)
        known = await self._known(lookups)
        if not self._stopping.is_set():
            now = self._clock()
            self._quiet = now, min(now + QUIET, *(max(job.due_at, job.leased_until or now) for job in known.values()))

    async def _known(self, lookups: Lookups) -> dict[str, Job]:
        """Every duty's job, due when its time comes next at the latest: what was never done before, and what was last
        done while a clock was wrong or the desk in another zone."""
        now = self._clock()
        known = {job.name: job for job in await Job.all()}
        latest = {duty.name: duty.next_after(now, lookups) for duty in DUTIES}
        wrong = [name for name, due_at in latest.items() if name not in known or known[name].due_at > due_at]
        if wrong:
            await Job.bulk_create([Job(name=name, due_at=latest[name]) for name in wrong], ignore_conflicts=True)
            for name in wrong:
                await Job.bring_forward(name, latest[name])
            known = {job.name: job for job in await Job.all()}
        return known

    async def _do(self, duty: Duty) -> None:
        """Step by step to its end, or until this process is to stop or another one has taken it over."""
        now = self._clock()
        if not await Job.claim(duty.name, self._name, now, LEASE):
            return
        left: Sequence[int] = ()
        while not self._stopping.is_set():
            now, began = self._clock(), time.monotonic()
            if not left:
                lookups = await Lookups.read()  # what an administrator changes meanwhile counts from here on
                left = await duty.due(lookups, now, LOOKED_FOR)
            async with unit_of_work(DESK, now, lookups, self._ring) as work:
                if not await Job.keep(duty.name, self._name, now + LEASE):
                    return
                if not left:
                    await Job.done(duty.name, self._name, duty.next_after(now, lookups))
                    return
                done = await duty.do(work, left[: duty.most])
            left = left[duty.most :]
            # what others have locked is waited for; otherwise whoever waits for the database has his turn
            await self._wait(REST * (time.monotonic() - began) if done else EVERY)
        await Job.give_back(duty.name, self._name)
