"""From the commit to the item on another socket, beside a bare Redis publish and websocket send of the same bytes.

Run: `python -m bench.delivery`. PostgreSQL and Redis as in `bench/desk.py`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect

from bench.bare import CHANNEL
from bench.desk import REDIS, Bench, process, served
from bench.machine import unpinned
from bench.report import short, table
from bench.running import Plan, alone
from gql.actions import conversation
from gql.actions.unit_of_work import unit_of_work
from gql.broadcast import broadcast
from gql.store import Lookups, database, log_order
from gql.store.settings import DeskSetting

ROUNDS = 400
QUERY = "subscription { feedPostAdded { id cursor at body actor { name } } }"
BODY = "The fuse is in the second cabinet on the left, behind the panel. " * 4


def measured(bench: Bench, plan: Plan) -> None:
    """Prints the medians. Nothing is pinned: it is the time of a whole machine that is measured."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # tables alone go to stdout
    rows = []
    for sight, words in (("ALL", "agents see all cases"), ("OWN_GROUPS", "agents see their own groups' cases")):
        asyncio.run(_let_agents_see(bench, sight))
        bare = process(sys.executable, "-m", "bench.serve", "bench.bare:app", BENCH_REDIS=REDIS)
        with served(bench) as desk, bare as limit, unpinned():
            desk_ms, bare_ms, size = asyncio.run(_interleaved(bench, desk.address, limit.address))
        ratio = short(statistics.median(desk_ms) / statistics.median(bare_ms))
        rows += [(f"bare publish and send, {size} bytes", *_told(bare_ms), ""), (words, *_told(desk_ms), ratio)]
    print(f"\nCommit to item on another socket, PostgreSQL and Redis, {ROUNDS} posts in turn\n")
    print(table(["", "median ms", "p99 ms", "times bare (at most 3)"], rows))


def _told(times: list[float]) -> tuple[str, str]:
    return short(statistics.median(times)), short(sorted(times)[int(0.99 * (len(times) - 1))])


async def _let_agents_see(bench: Bench, sight: str) -> None:
    async with database.opened(bench.database_url, pool_size=1):
        await DeskSetting.update_or_create(code="AgentSight", defaults={"value": f'"{sight}"'})


async def _interleaved(bench: Bench, ours: str, bare: str) -> tuple[list[float], list[float], int]:
    """Milliseconds by the desk and bare, a tenth of them left out as warm-up, and the bytes of an item."""
    async with (
        subscribed(ours, bench.token, QUERY) as socket,
        connect(bare.replace("http", "ws")) as bare_socket,
        database.opened(bench.database_url),
        broadcast(REDIS) as bell,
    ):
        lookups, redis = await Lookups.read(), Redis.from_url(REDIS)
        channel = f"caseline {await log_order.fingerprint()}"
        rung = 0.0

        def ring() -> None:
            nonlocal rung
            rung = time.perf_counter()

        desk, plain = [], []
        for n in range(ROUNDS):
            case_id = bench.case_ids[n % len(bench.case_ids)]
            async with unit_of_work(bench.agent, datetime.now(UTC), lookups, ring) as work:
                await conversation.post_to_feed(work, case_id, body=BODY)
            await bell.publish(channel, "bench")
            item = await asyncio.wait_for(socket.recv(), 5)
            desk.append((time.perf_counter() - rung) * 1000)
            await asyncio.sleep(0.005)
            begun = time.perf_counter()
            await redis.publish(CHANNEL, item)
            await asyncio.wait_for(bare_socket.recv(), 5)
            plain.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(0.005)
        await redis.aclose()
    warm = ROUNDS // 10
    return desk[warm:], plain[warm:], len(item)


@asynccontextmanager
async def subscribed(address: str, token: str, query: str) -> AsyncIterator[ClientConnection]:
    """A socket with one subscription that has begun."""
    url = f"{address.replace('http', 'ws')}/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        await socket.send(json.dumps({"type": "ping"}))
        await socket.recv()
        yield socket


if __name__ == "__main__":
    alone(measured)
