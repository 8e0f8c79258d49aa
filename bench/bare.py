"""The limit that delivery is measured against: Redis publish to websocket, with nothing between."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

CHANNEL = "bare"


def app(redis_url: str) -> Starlette:
    sockets: set[WebSocket] = set()

    async def forward() -> None:
        pubsub = Redis.from_url(redis_url).pubsub()
        await pubsub.subscribe(CHANNEL)
        async for message in pubsub.listen():
            if message["type"] == "message":
                for socket in sockets:
                    await socket.send_text(message["data"].decode())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(forward())
        yield
        task.cancel()

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        sockets.add(websocket)
        try:
            async for _ in websocket.iter_text():
                pass
        finally:
            sockets.discard(websocket)

    return Starlette(lifespan=lifespan, routes=[WebSocketRoute("/", socket)])


class Server(uvicorn.Server):
    async def startup(self, sockets: object = None) -> None:
        await super().startup(None)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        print(f"http://{host}:{port}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    Server(uvicorn.Config(app(sys.argv[1]), host="127.0.0.1", port=0, log_config=None, access_log=False)).run()
