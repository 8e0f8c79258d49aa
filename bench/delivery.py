"""From the commit to the item on another socket, beside a bare Redis publish and websocket send of the same bytes.

Run: `python -m bench.delivery`. PostgreSQL and Redis as in `bench/desk.py`.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime

from redis.asyncio import Redis
from websockets.asyncio.client import connect

from bench.bare import CHANNEL
from bench.desk import REDIS, fill, fresh_postgres, process, served, subscribed, table
from gql.actions import conversation
from gql.actions.unit_of_work import unit_of_work
from gql.broadcast import broadcast
from gql.store import Lookups, database, log_order

ROUNDS = 400
QUERY = "subscription { feedPostAdded { id cursor at body actor { name } } }"
BODY = "The fuse is in the second cabinet on the left, behind the panel. " * 4


async def main() -> None:
    async with fresh_postgres() as address:
        bench = await fill(address)
        async with (
            served(bench) as ours,
            process("-m", "bench.bare", REDIS) as bare,
            subscribed(ours, bench.token, QUERY) as socket,
            connect(bare.replace("http", "ws")) as bare_socket,
            database.opened(address),
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
                desk.append(time.perf_counter() - rung)
                await asyncio.sleep(0.005)
                begun = time.perf_counter()
                await redis.publish(CHANNEL, item)
                await asyncio.wait_for(bare_socket.recv(), 5)
                plain.append(time.perf_counter() - begun)
                await asyncio.sleep(0.005)
            await redis.aclose()
    warm = ROUNDS // 10
    ours_ms, bare_ms = (statistics.median(times[warm:]) * 1000 for times in (desk, plain))
    p99 = [sorted(times[warm:])[int(0.99 * (ROUNDS - warm))] * 1000 for times in (desk, plain)]
    table(
        f"commit to item on another socket, PostgreSQL and Redis, {ROUNDS} posts of {len(item)} bytes, interleaved",
        [
            ("", "median ms", "p99 ms"),
            ("bare publish and send", f"{bare_ms:.2f}", f"{p99[1]:.2f}"),
            ("caseline", f"{ours_ms:.2f}", f"{p99[0]:.2f}"),
            ("ratio (at most 3)", f"{ours_ms / bare_ms:.2f}", ""),
        ],
    )


if __name__ == "__main__":
    asyncio.run(main())
