"""Automatic closing of many cases beside the bare statements it needs, with a server that answers meanwhile.

Run: `python -m bench.closing`. PostgreSQL and Redis as in `bench/desk.py`. A database of its own is filled with cases
that have been resolved for three days, and an employee watches each. `caseline worker` closes them: a change of the
case, an entry of the log and a notification each. The bare figure is what these three statements take by themselves,
prepared, one after the other, in transactions of as many cases; the second one is the same rows by statements for many
rows at once, which is what the desk does too.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import orjson

from bench import load, machine
from bench.desk import REDIS, Bench, Size, fill, fresh_postgres, process
from bench.machine import LOAD_CORES, SERVER_CORE
from bench.report import short, table
from bench.running import Plan, alone
from bench.work import WORKS
from gql.scheduler import DUTIES

DUE = 100_000
BARE = 5_000
"""Cases that each bare run closes, before the desk and after it."""
IDLE = 3
"""Times that the server is asked for two seconds, before the desk closes and after; meanwhile it is asked on and on."""
STEP = DUTIES[0].most
MOST_TIMES_BARE, MOST_TIMES_IDLE = 3, 3

PREPARED = """
UPDATE desk_case SET status_id = (SELECT id FROM case_status WHERE code = 'RESOLVED'), ended_at = NULL,
    resolved_at = now() - interval '3 days' + id * interval '1 microsecond', resolution = 'A new fuse.',
    closure_code_id = (SELECT min(id) FROM closure_code) WHERE id > 1000;
INSERT INTO case_watch (case_id, user_id) SELECT id, {watcher} FROM desk_case WHERE id > 1000;
INSERT INTO job (name, due_at) VALUES ('{job}', now() - interval '1 hour')
    ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at;
"""
CHANGED = """UPDATE desk_case SET status_id = $2, ended_at = $3, changed_at = $3, version = version + 1,
    customer_changed_at = $3, customer_version = customer_version + 1 WHERE id = $1"""
TOLD = """INSERT INTO entry (case_id, kind, audience, at, payload, was) VALUES
    ($1, 'CaseStatusChanged', 'CUSTOMER', $2, $3, $4) RETURNING id"""
NOTIFIED = "INSERT INTO notification (entry_id, user_id, reason) VALUES ($1, $2, 'WATCHING')"
TOLD_ALL = """INSERT INTO entry (case_id, kind, audience, at, payload, was)
    SELECT id, 'CaseStatusChanged', 'CUSTOMER', $2, $3, $4 FROM unnest($1::int[]) id RETURNING id"""
NOTIFIED_ALL = """INSERT INTO notification (entry_id, user_id, reason)
    SELECT id, $2, 'WATCHING' FROM unnest($1::bigint[]) id"""

PAYLOAD = orjson.dumps(
    {"from": {"id": 4, "name": "Resolved"}, "to": {"id": 6, "name": "Closed"}, "reason": None, "resolution": None}
).decode()
WAS = orjson.dumps(dict.fromkeys(("status_id", "priority", "category_id", "contact_id", "account_id"), 1)).decode()


def measured(bench: Bench, plan: Plan) -> None:
    """Prints what closing takes, and how long the page of a case takes meanwhile."""
    with fresh_postgres("closing") as address:
        plan.say(f"filling a database with {DUE:,} cases that are due")
        due = asyncio.run(fill(address, Size(DUE + 4 * BARE, entries=1_000)))
        with asyncio.Runner() as runner:
            connection = runner.run(_prepared(due))
            print(f"\n{_told(due, plan, runner.run, connection)}", flush=True)
            runner.run(connection.close())


async def _prepared(bench: Bench) -> Any:
    connection = await asyncpg.connect(bench.database_url)
    await connection.execute(PREPARED.format(watcher=bench.agent.user_id, job=DUTIES[0].name))
    await connection.execute("VACUUM ANALYZE")
    return connection


def _told(bench: Bench, plan: Plan, run: Callable[[Any], Any], connection: Any) -> str:
    closed = run(connection.fetchval("SELECT id FROM case_status WHERE code = 'CLOSED'"))
    alone_us, together_us = [], []

    def bare() -> None:
        alone_us.append(run(_bare(connection, bench, closed, _one_by_one)))
        together_us.append(run(_bare(connection, bench, closed, _many_at_once)))

    bare()
    with ExitStack() as stack:
        environment = {"CASELINE_DATABASE_URL": bench.database_url, "CASELINE_BROADCAST_URL": REDIS}
        served = process(
            sys.executable, "-m", "gql", "serve", "--port", "0",
            cores=SERVER_CORE, CASELINE_CLOCK="false", **environment,
        )  # fmt: skip
        url = f"{stack.enter_context(served).address}/graphql"
        machine.pin_postgres(bench.database_url)
        [page] = [work for work in WORKS if work.name == "OneCase"]
        bodies = page.bodies(bench)

        def answered() -> load.Load:
            return load.run(url, bodies, bench.token, seconds=2, connections=1)

        answered()
        idle, busy = [answered() for _ in range(IDLE)], []
        plan.say(f"{BARE * 2:,} closed by bare statements; now the desk closes {DUE:,}")
        # what the bare statements are to close after the desk is not due before
        run(
            connection.execute(
                "UPDATE desk_case SET resolved_at = now() WHERE id IN (SELECT id FROM desk_case WHERE ended_at IS NULL "
                "ORDER BY resolved_at DESC LIMIT $1)",
                2 * BARE,
            )
        )
        begun_at = run(connection.fetchval("SELECT clock_timestamp()"))
        worker = subprocess.Popen(
            [sys.executable, "-m", "gql", "worker"],
            env={**os.environ, **environment},
            preexec_fn=lambda: os.sched_setaffinity(0, LOAD_CORES),
        )
        try:
            while run(_is_due(connection)):
                busy.append(answered())
                plan.say(f"{run(_left(connection)):,} left")
        finally:
            worker.terminate()
            worker.wait()
        idle += [answered() for _ in range(IDLE)]
    due, first, last = run(
        connection.fetchrow("SELECT count(*), min(at), max(at) FROM entry WHERE at > $1 AND was IS NOT NULL", begun_at)
    )
    desk_us = (last - first).total_seconds() / due * 1e6
    bare()
    one, many = sum(alone_us) / len(alone_us), sum(together_us) / len(together_us)
    closing = table(
        ["closing a case", "µs", "times the bare statements"],
        [
            (f"the desk, {due:,} cases", short(desk_us), f"{short(desk_us / one)} (at most {MOST_TIMES_BARE})"),
            ("bare statements, one by one", short(one), ""),
            ("bare statements for many rows", short(many), f"the desk takes {short(desk_us / many)} times this"),
        ],
    )
    answering = table(
        ["the page of a case", "median ms", "p99 ms", "p99, times idle"],
        [
            ("idle", short(_median(idle, "median_ms")), short(_median(idle, "p99_ms")), ""),
            (
                "while the worker closes",
                short(_median(busy, "median_ms")),
                short(_median(busy, "p99_ms")),
                f"{short(_median(busy, 'p99_ms') / _median(idle, 'p99_ms'))} (at most {MOST_TIMES_IDLE})",
            ),
        ],
    )
    return f"Automatic closing, steps of {STEP} cases\n\n{closing}\n\n{answering}"


def _median(loads: list[load.Load], figure: str) -> float:
    return statistics.median(getattr(each, figure) for each in loads)


async def _left(connection: Any) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM desk_case WHERE ended_at IS NULL AND id > 1000"))


async def _is_due(connection: Any) -> bool:
    return bool(await connection.fetchval("SELECT due_at <= now() FROM job WHERE name = $1", DUTIES[0].name))


Closing = Callable[[Any, list[int], int, int], Awaitable[None]]


async def _bare(connection: Any, bench: Bench, closed: int, close: Closing) -> float:
    """Microseconds a case."""
    rows = await connection.fetch(
        "SELECT id FROM desk_case WHERE ended_at IS NULL AND id > 1000 ORDER BY resolved_at LIMIT $1", BARE
    )
    ids, begun = [row[0] for row in rows], time.perf_counter()
    for begin in range(0, len(ids), STEP):
        async with connection.transaction():
            await close(connection, ids[begin : begin + STEP], closed, bench.agent.user_id or 0)
    return (time.perf_counter() - begun) / len(ids) * 1e6


async def _one_by_one(connection: Any, ids: list[int], closed: int, watcher: int) -> None:
    at = await connection.fetchval("SELECT now()")
    for id in ids:
        await connection.execute(CHANGED, id, closed, at)
        entry = await connection.fetchval(TOLD, id, at, PAYLOAD, WAS)
        await connection.execute(NOTIFIED, entry, watcher)


async def _many_at_once(connection: Any, ids: list[int], closed: int, watcher: int) -> None:
    at = await connection.fetchval("SELECT now()")
    await connection.executemany(CHANGED, [(id, closed, at) for id in ids])
    entries = await connection.fetch(TOLD_ALL, ids, at, PAYLOAD, WAS)
    await connection.execute(NOTIFIED_ALL, [row[0] for row in entries], watcher)


if __name__ == "__main__":
    alone(measured)
