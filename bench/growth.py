"""How the desk's costs grow with pages, tables, sockets and processes: `python -m bench.growth`."""

from __future__ import annotations

import asyncio
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import asyncpg  # type: ignore[import-untyped]
import httpx2

from bench import load, machine
from bench.desk import REDIS, Bench, Size, fill, fresh_postgres, served
from bench.fanout import Announcer, take
from bench.machine import SERVER_CORE
from bench.report import short, table
from bench.running import Plan, alone
from bench.servers import DESK, Server, started
from bench.sockets import Subscribers
from bench.work import FEED, PAGE
from gql.app import create_app
from gql.settings import read_settings

PAGES = (10, 50, 100)
SOCKETS = (1, 10, 100, 1_000, 5_000, 10_000)
SPREAD = 1_000
"""Subscribers that are spread over the processes."""


def page(first: int) -> dict[str, Any]:
    return {"query": PAGE, "operationName": "Page", "variables": {"first": first}}


def measured(bench: Bench, plan: Plan) -> None:
    """Prints a table for each way to grow."""
    for told in (pages, tables, sockets, processes):
        print(f"\n{told(bench, plan)}", flush=True)


def cost(server: Server, bench: Bench, body: Any, seconds: float) -> tuple[float, float]:
    """CPU milliseconds of the server for a request, and the median milliseconds until it is answered, one at a time."""
    before = machine.cpu_seconds([server.pid])
    done = load.run(server.url, [body], bench.token, seconds=seconds, connections=1)
    return (machine.cpu_seconds([server.pid]) - before) / done.requests * 1000, done.median_ms


def pages(bench: Bench, plan: Plan) -> str:
    """Pages of several sizes."""
    taken: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    with started(DESK, bench) as desk:
        machine.pin_postgres(bench.database_url)
        for first in PAGES * (plan.rounds + 1):
            taken[first].append(cost(desk, bench, page(first), plan.seconds / 2))
    rows = [(f"{first} cases", *medians(taken[first][1:])) for first in PAGES]
    return table(["a page of", "CPU ms", "answered after ms"], rows)


def medians(taken: list[tuple[float, float]]) -> list[str]:
    return [short(statistics.median(column)) for column in zip(*taken, strict=True)]


def tables(bench: Bench, plan: Plan) -> str:
    """The same page of desks that grow; and how PostgreSQL finds it in the largest."""
    taken: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    ratios: defaultdict[int, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        desks = {}
        for count in plan.table_sizes:
            address = stack.enter_context(fresh_postgres(f"bench_{count}"))
            plan.say(f"filling a database with {count:,} cases")
            desks[count] = asyncio.run(fill(address, Size(count, entries=1000)))
        largest = desks[plan.table_sizes[-1]]
        servers = {count: stack.enter_context(started(DESK, desk)) for count, desk in desks.items()}
        for desk in desks.values():
            machine.pin_postgres(desk.database_url)
        for n in range(plan.rounds + 1):
            for count, server in servers.items():
                one = cost(server, desks[count], page(50), plan.seconds / 2)
                if n:  # the first warms up
                    taken[count].append(one)
                    ratios[count].append(one[1] / taken[plan.table_sizes[0]][-1][1])
        explained = asyncio.run(explain(largest))
    rows = [
        (f"{count:,} cases", *medians(taken[count]), short(statistics.median(ratios[count])))
        for count in plan.table_sizes
    ]
    told = table(["a page of 50 of", "CPU ms", "answered after ms", "times the smallest (at most 1.5)"], rows)
    return f"{told}\n\nThe list's statement on {plan.table_sizes[-1]:,} cases:\n\n{explained}"


async def explain(bench: Bench) -> str:
    """How PostgreSQL runs the statement that finds the page, with the desk in this process to listen to it."""
    with listening() as statements:
        app = create_app(read_settings(database_url=bench.database_url))
        transport = httpx2.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport) as client:
            head = {"authorization": f"Bearer {bench.token}"}
            told = await client.post("http://desk/graphql", json=page(50), headers=head)
            assert len(told.json()["data"]["cases"]["nodes"]) == 50
    query, arguments = next(
        (query, arguments) for query, arguments in statements if "desk_case" in query and "ORDER BY" in query
    )
    connection = await asyncpg.connect(bench.database_url)
    lines = await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {query}", *arguments)
    await connection.close()
    plan = "\n".join(line[0] for line in lines)
    return f"```sql\n{query}\n```\n\n```\n{plan}\n```"


@contextmanager
def listening() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """The statements, with their arguments, of the connections that are opened meanwhile."""
    seen: list[tuple[str, tuple[Any, ...]]] = []
    plain = asyncpg.Connection.__init__

    def heard(self: Any, *args: Any, **kwargs: Any) -> None:
        plain(self, *args, **kwargs)
        self.add_query_logger(lambda told: seen.append((told.query, told.args)))

    with patch.object(asyncpg.Connection, "__init__", heard):
        yield seen


def sockets(bench: Bench, plan: Plan) -> str:
    """Subscribers of one feed, more and more."""
    rows: list[tuple[str, ...]] = []
    for count in SOCKETS:
        if count > machine.most_sockets():
            rows.append((f"{count:,}", f"not reached: the limit of open files is {machine.most_sockets() + 500:,}"))
            continue
        with started(DESK, bench) as desk:
            one = take(desk, bench, count, 3)
        # What one delivery adds to a post can be told apart only where there are many.
        delivery = short(one.delivery_us) if count >= 100 else ""
        figures = (one.post_ms, one.last_ms, one.subscribing_ms, one.memory_kb)
        rows.append((f"{count:,}", delivery, *map(short, figures)))
        plan.say(f"{count:,} sockets")
    heading = [
        "sockets",
        "CPU µs a delivery",
        "CPU ms a post with its deliveries",
        "ms until the last has it",
        "CPU ms to subscribe",
        "kB a connection",
    ]
    return table(heading, [(*row, *[""] * (len(heading) - len(row))) for row in rows])


def processes(bench: Bench, plan: Plan) -> str:
    """One process and two on Redis, all on one core: what the second costs. A post goes to the first."""
    rows = []
    for count in (1, 2):
        with ExitStack() as stack:
            desks = [stack.enter_context(served(bench, REDIS, SERVER_CORE)) for _ in range(count)]
            servers = [Server(DESK, f"{desk.address}/graphql", desk.pid) for desk in desks]
            machine.pin_postgres(bench.database_url)
            requests = spread_requests(servers, bench, plan)
            delivery, last = spread_deliveries(servers, bench)
        rows.append((count, short(requests), short(delivery), short(last)))
        plan.say(f"{count} processes")
    return table(
        [
            "processes",
            "CPU ms, a page of 50",
            f"CPU µs a delivery, {SPREAD:,} sockets spread over them",
            "ms until the last has it",
        ],
        rows,
    )


def spread_requests(servers: list[Server], bench: Bench, plan: Plan) -> float:
    """CPU milliseconds for a page, the processes asked in turn."""
    taken = []
    for server in servers * (plan.rounds + 1):
        before = machine.cpu_seconds([one.pid for one in servers])
        done = load.run(server.url, [page(50)], bench.token, seconds=plan.seconds / 2, connections=8)
        taken.append((machine.cpu_seconds([one.pid for one in servers]) - before) / done.requests * 1000)
    return statistics.median(taken[len(servers) :])


def spread_deliveries(servers: list[Server], bench: Bench) -> tuple[float, float]:
    """CPU microseconds for a delivery, the post included, and milliseconds until the last subscriber has it."""
    pids, announcer, subscribers = [server.pid for server in servers], Announcer(servers[0], bench), Subscribers()
    taken = []
    try:
        for server in servers:
            variables = {"id": f"Case_{bench.case_ids[0]}"}
            subscribers.open(server.url, SPREAD // len(servers), bench.token, FEED, variables)
        for _ in range(6):
            machine.wait_until_idle(pids, subscribers.heed)
            before = machine.cpu_seconds(pids)
            last = subscribers.told(announcer.send)
            announcer.answered()
            machine.wait_until_idle(pids, subscribers.heed)
            taken.append(((machine.cpu_seconds(pids) - before) / SPREAD * 1e6, last * 1e3))
    finally:
        subscribers.close()
    return statistics.median(cpu for cpu, _ in taken[1:]), statistics.median(last for _, last in taken[1:])


if __name__ == "__main__":
    alone(measured)
