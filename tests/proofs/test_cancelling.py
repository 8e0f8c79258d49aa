"""A thousand clients that go away in the middle leave nothing behind: no lock, no connection, no half-done case."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from gql.store import Case, Entry, FeedPost, log_order
from tests.running import PROTOCOL, Desk

pytestmark = pytest.mark.slow

ROUNDS, AT_ONCE = 1_000, 20


def _operation(chance: random.Random, desk: Desk, case_ids: list[str]) -> dict[str, Any]:
    """Something that a client might ask for and not wait for."""
    case_id = chance.choice(case_ids)
    post = 'mutation($c: ID!) { postToFeed(input: {caseId: $c, body: "gone"}) { feedPost { id } } }'
    register = 'mutation($k: ID!) { registerCase(input: {subject: "Gone", contactId: $k}) { case { id } } }'
    assign = "mutation($c: ID!, $u: ID!) { assignCase(input: {caseId: $c, assigneeId: $u}) { case { id } } }"
    follow = "subscription($c: ID!) { caseHistoryAdded(caseId: $c) { summary actor { name } } }"
    query, variables = chance.choice(
        [
            (post, {"c": case_id}),
            (register, {"k": desk.ids["vera"]}),
            (assign, {"c": case_id, "u": chance.choice([desk.ids["anna"], desk.ids["ben"]])}),
            (follow, {"c": case_id}),
            ("subscription { casesChanged(filter: {}) { fits case { number } } }", {}),
        ]
    )
    return {"query": query, "variables": variables}


async def _come_and_go(desk: Desk, chance: random.Random, case_ids: list[str], rounds: int) -> None:
    url = f"{desk.url.replace('http', 'ws')}/graphql"
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {desk.token('anna')}"}}
    left = rounds
    while left:
        with suppress(ConnectionClosed, OSError):
            async with connect(url, subprotocols=[PROTOCOL]) as socket:  # type: ignore[list-item]
                await socket.send(json.dumps(init))
                await socket.recv()
                for n in range(min(left, 10)):
                    left -= 1
                    asked = {"id": str(n), "type": "subscribe", "payload": _operation(chance, desk, case_ids)}
                    await socket.send(json.dumps(asked))
                    await asyncio.sleep(chance.uniform(0, 0.02))
                    if chance.random() < 0.1:
                        socket.transport.abort()
                        break
                    await socket.send(json.dumps({"id": str(n), "type": "complete"}))


async def test_a_thousand_cancelled_operations_leave_no_lock_and_no_connection_held(desk: Desk) -> None:
    chance = random.Random(7)
    case_ids = [(await desk.register())["id"] for _ in range(5)]
    await asyncio.gather(*(_come_and_go(desk, chance, case_ids, ROUNDS // AT_ONCE) for _ in range(AT_ONCE)))

    async with asyncio.timeout(10):  # what was begun settles, and the desk answers
        await desk.done("ben", "postToFeed", caseId=case_ids[0], body="still here")
        await desk.register()
    with desk.database():
        async with asyncio.timeout(10):
            while await log_order.held_by() is not None:
                await asyncio.sleep(0.05)
        async with asyncio.timeout(10):
            while getattr(Case._meta.db, "lent", 0):
                await asyncio.sleep(0.05)
        posts = await FeedPost.all().count()
        assert posts == await Entry.filter(feed_post_id__isnull=False).count(), "a post without its entry"
        numbers = sorted(int(case.number.removeprefix("SR")) for case in await Case.all())
        assert numbers == list(range(1, len(numbers) + 1)), "a number without its case"
        for case in await Case.all():
            changes = await Entry.filter(case_id=case.id, was__isnull=False).count()
            assert case.version == 1 + changes, "a change without its entry"
    print(
        f"\n{ROUNDS} operations cancelled by {AT_ONCE} clients: {len(numbers)} cases and {posts} posts were completed, "
        "no lock and no connection is held"
    )
