"""Writers, readers that come and go, and a broadcaster that dies: every entry reaches every reader once, in order."""

from __future__ import annotations

import asyncio
import json
import os
import random
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from gql.store import Entry, Login, LogState, database
from gql.tokens import Tokens
from tests.processes import own_redis, serving

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("CASELINE_PROOF_SECONDS", "30"))
WRITERS = READERS = 20
HISTORY = "subscription($after: Cursor!) { caseHistoryAdded(after: $after) { id cursor } }"
CURSOR = "{ viewer { cursor } }"
POST = "mutation($c: ID!, $b: String!) { postToFeed(input: {caseId: $c, body: $b}) { errors { code } } }"
ASSIGN = """mutation($c: ID!, $u: ID!) { assignCase(input: {caseId: $c, assigneeId: $u}) { errors { code } } }"""
REGISTER = """mutation($k: ID!) { registerCase(input: {subject: "Load", contactId: $k}) { case { id } } }"""


class Reader:
    """Follows the whole history, and now and then drops the line to come back where it was."""

    def __init__(self, urls: list[str], token: str, cursor: str, seed: int) -> None:
        self._urls, self._token, self._cursor = urls, token, cursor
        self._chance = random.Random(seed)
        self.seen: list[str] = []
        self.lines = 0

    async def follow(self) -> None:
        while True:
            with suppress(ConnectionClosed, OSError):
                self.lines += 1
                await self._connected(self._chance.uniform(0.2, 5))

    async def _connected(self, seconds: float) -> None:
        url = self._chance.choice(self._urls).replace("http", "ws")
        async with connect(f"{url}/graphql", subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            init = {"type": "connection_init", "payload": {"authorization": f"Bearer {self._token}"}}
            await socket.send(json.dumps(init))
            await socket.recv()
            asked = {"query": HISTORY, "variables": {"after": self._cursor}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": asked}))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while True:
                        message = json.loads(await socket.recv())
                        assert message["type"] == "next", message
                        item = message["payload"]["data"]["caseHistoryAdded"]
                        self.seen.append(item["id"])
                        self._cursor = item["cursor"]


async def _tokens(database_url: str) -> dict[str, str]:
    from datetime import UTC, datetime

    async with database.opened(database_url):
        tokens = Tokens((await LogState.get(id=1)).secret, minutes=60)
        return {
            login.name: tokens.issue(login.id, login.generation, datetime.now(UTC))[0] for login in await Login.all()
        }


async def test_writers_readers_and_a_dying_broadcaster_lose_repeat_and_reorder_nothing(
    database_url: str, tmp_path: Path
) -> None:
    tokens = await _tokens(database_url)
    servers = 2 if database_url.startswith("postgres") else 1
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(own_redis(tmp_path))
        urls = [(await stack.enter_async_context(serving(database_url, redis.url))).url for _ in range(servers)]
        client = await stack.enter_async_context(httpx2.AsyncClient(timeout=30))
        chance = random.Random(1)

        async def ask(query: str, **variables: Any) -> dict[str, Any]:
            headers = {"authorization": f"Bearer {tokens['anna']}"}
            body = {"query": query, "variables": variables}
            answer = (await client.post(f"{chance.choice(urls)}/graphql", json=body, headers=headers)).json()
            assert "errors" not in answer, answer
            return dict(answer["data"])

        registered = [await ask(REGISTER, k="Contact_1") for _ in range(10)]
        case_ids = [answer["registerCase"]["case"]["id"] for answer in registered]
        begun = (await ask(CURSOR))["viewer"]["cursor"]
        async with database.opened(database_url):
            before = await Entry.all().count()
        readers = [Reader(urls, tokens["anna" if n % 2 else "ben"], begun, n) for n in range(READERS)]
        following = [asyncio.create_task(reader.follow()) for reader in readers]
        ending = asyncio.Event()

        async def write() -> None:
            while not ending.is_set():
                case_id = chance.choice(case_ids)
                if chance.random() < 0.7:
                    await ask(POST, c=case_id, b="word " * chance.randint(1, 200))
                else:
                    await ask(ASSIGN, c=case_id, u=chance.choice(["User_1", "User_2", "User_3"]))
                await asyncio.sleep(chance.uniform(0, 0.8))

        writing = [asyncio.create_task(write()) for _ in range(WRITERS)]
        await asyncio.sleep(SECONDS / 3)
        await redis.kill()
        await asyncio.sleep(SECONDS / 3)
        await redis.start()
        await asyncio.sleep(SECONDS / 3)
        ending.set()
        await asyncio.gather(*writing)

        async with database.opened(database_url):
            log = [f"Entry_{entry.id}" for entry in await Entry.filter(case_id__isnull=False).order_by("id")]
        written = log[before:]
        with suppress(TimeoutError):  # the comparison below tells what is missing
            async with asyncio.timeout(60):
                while any(reader.seen[-1:] != written[-1:] for reader in readers):
                    await asyncio.sleep(0.2)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    assert len(written) > SECONDS * WRITERS / 4, "too little was written to prove anything"
    for reader in readers:
        # a cursor that was read may bring once more what the answer showed already; never does it skip anything
        begin = log.index(reader.seen[0])
        assert begin <= before
        assert reader.seen == log[begin:]
    lines = sum(reader.lines for reader in readers)
    print(
        f"\n{len(written)} entries by {WRITERS} writers on {servers} servers, the broadcaster killed and started again "
        f"in between: each of {READERS} readers, over {lines} connections in all, got every entry once and in order"
    )
