"""Runs an ASGI application as the desk is run, and tells its address: `python -m bench.serve MODULE:NAME`."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn


class Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"http://{host}:{port}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    Server(uvicorn.Config(sys.argv[1], host="127.0.0.1", port=0, log_config=None, access_log=False)).run()
