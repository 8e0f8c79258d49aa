"""The limit that delivery is measured against: the same text to every websocket, with nothing between.

A bare ASGI application, run by `bench.serve`. A POST is sent to every socket; with BENCH_REDIS in the environment, so
is what is published on its channel.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from redis.asyncio import Redis

CHANNEL = "bare"

sockets: set[Any] = set()


async def broadcast(text: str) -> None:
    for send in list(sockets):
        await send({"type": "websocket.send", "text": text})


async def forward(url: str) -> None:
    pubsub = Redis.from_url(url).pubsub()
    await pubsub.subscribe(CHANNEL)
    async for message in pubsub.listen():
        if message["type"] == "message":
            await broadcast(message["data"].decode())


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        url = os.environ.get("BENCH_REDIS")
        forwarding = asyncio.create_task(forward(url)) if url else None
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if forwarding:
            forwarding.cancel()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
        sockets.add(send)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        sockets.discard(send)
    else:
        await broadcast((await receive())["body"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
