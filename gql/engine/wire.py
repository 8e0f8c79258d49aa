"""How bytes reach a client without waiting for it: messages of websockets, and lines that are cut.

ASGI's `send` waits for the client, so writing to thousands takes a task for each of them. Under uvicorn the protocol
classes here hand the application the connection itself: a frame is made once, and written to each transport by one
call. Under another server `PlainWire` does the same by ASGI alone, with a task for each connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

MOST_QUEUED = 64 * 1024
"""Bytes in a queue that make a wire full; as much as a transport's buffer takes."""
WIRE = "caseline.wire"
"""The name of the extension in the scope."""


Headers = Sequence[tuple[bytes, bytes]]


class Wire(Protocol):
    """One websocket."""

    on_shutdown: Callable[[], None] | None
    """Called when the server shuts down, instead of closing: whoever sets it closes when he is done."""

    async def receive(self) -> MutableMapping[str, Any]:
        """What the client sends next, as ASGI has it; at the end a disconnect."""

    def frame(self, message: bytes) -> bytes:
        """What is written for a text message; the same for every wire of the process."""

    def write(self, frame: bytes) -> int:
        """Sends a frame; how many bytes wait to be read by the client now."""

    def full(self) -> bool:
        """Whether the client is to read first before more than items of a stream are written."""

    async def drained(self) -> None:
        """Returns once it is not full any more, or the line is gone."""

    def close(self, code: int, reason: str, *, within: float) -> None:
        """Closes; a client that does not answer is cut after so many seconds."""

    async def closed(self) -> None:
        """Returns once the application may return."""


def wire_of(scope: Scope, receive: Receive, send: Send) -> Wire:
    """The wire of a websocket that was accepted."""
    wire: Wire | None = scope.get("extensions", {}).get(WIRE)
    return wire or PlainWire(receive, send)


async def respond(scope: Scope, send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Sends a whole response over HTTP; `headers` state the length of the body."""
    line: HTTPProtocol | None = scope.get("extensions", {}).get(WIRE)
    if line is None or not line.respond(status, headers, body):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def text_frame(message: bytes) -> bytes:
    """A frame as servers send it: final, text, not masked (RFC 6455, 5.2)."""
    length = len(message)
    if length < 126:
        return bytes((0x81, length)) + message
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2, "big") + message
    return b"\x81\x7f" + length.to_bytes(8, "big") + message


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol for websockets, which is itself the wire."""

    on_shutdown: Callable[[], None] | None = None
    frame = staticmethod(text_frame)

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[WIRE] = self
        await super().run_asgi()
        self.on_shutdown = None

    def write(self, frame: bytes) -> int:
        transport = self.transport
        if self.close_sent or transport.is_closing():
            return 0
        transport.write(frame)
        return transport.get_write_buffer_size()

    def full(self) -> bool:
        return not self.writable.is_set()

    async def drained(self) -> None:
        await self.writable.wait()

    def close(self, code: int, reason: str, *, within: float) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        with suppress(InvalidState):  # the client was faster
            self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.stop_keepalive()
        self.close_timer = self.loop.call_later(within, self.transport.abort)

    async def closed(self) -> None:
        pass

    def shutdown(self) -> None:
        if self.on_shutdown is not None:
            self.on_shutdown()
        else:
            super().shutdown()


class HTTPProtocol(HttpToolsProtocol):
    """uvicorn's protocol for HTTP, which lets the application cut a client, and tells it of a shutdown."""

    on_shutdown: Callable[[], None] | None = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: Any = {WIRE: self}
        self.scope["extensions"] = extensions

    def abort(self) -> None:
        self.transport.abort()

    def respond(self, status: int, headers: Headers, body: bytes) -> bool:
        """Writes a whole response by one call; False, and nothing is written, where `send` has to look closer.

        uvicorn's `send` checks every header, and writes head and body apart: a sixth of a small operation's price. What
        comes after the writing is what it does.
        """
        cycle = self.cycle
        if self.pipeline or cycle.response_started or cycle.disconnected or self.flow.write_paused:
            return False
        if cycle.more_body:  # the line may have to be closed
            return False
        if not cycle.keep_alive or cycle.scope["method"] == "HEAD":
            return False
        head = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            head += (name, b": ", value, b"\r\n")
        self.transport.write(b"".join((*head, b"\r\n", body)))
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
        return True

    def shutdown(self) -> None:
        if self.on_shutdown is not None:
            self.on_shutdown()
        super().shutdown()


UVICORN: dict[str, Any] = {"http": HTTPProtocol, "ws": WebSocketProtocol, "ws_per_message_deflate": False}
"""What `uvicorn.Config` is to be given. Compression would cost each client its own copy of every message."""


class PlainWire:
    """The wire where the server has no extension: frames wait in a queue, from which one task sends."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.on_shutdown: Callable[[], None] | None = None
        self._receive, self._send = receive, send
        self._queue: deque[dict[str, Any]] = deque()
        self._waiting = 0
        self._room, self._more = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._pumping = asyncio.create_task(self._pump())
        self._closing: asyncio.TimerHandle | None = None

    async def receive(self) -> MutableMapping[str, Any]:
        receiving = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait({receiving, self._pumping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not receiving.done():
                receiving.cancel()
        return receiving.result() if receiving.done() else {"type": "websocket.disconnect", "code": 1006}

    def frame(self, message: bytes) -> bytes:
        return message

    def write(self, frame: bytes) -> int:
        if self._closing is not None or self._pumping.done():
            return 0
        self._queue.append({"type": "websocket.send", "text": frame.decode()})
        self._waiting += len(frame)
        if self._waiting > MOST_QUEUED:
            self._room.clear()
        self._more.set()
        return self._waiting

    def full(self) -> bool:
        return not self._room.is_set()

    async def drained(self) -> None:
        await self._room.wait()

    def close(self, code: int, reason: str, *, within: float) -> None:
        if self._closing is None:
            self._queue.append({"type": "websocket.close", "code": code, "reason": reason})
            self._more.set()
            self._closing = asyncio.get_running_loop().call_later(within, self._pumping.cancel)

    async def closed(self) -> None:
        if self._closing is None:
            self._pumping.cancel()
        await asyncio.wait([self._pumping])
        if self._closing is not None:
            self._closing.cancel()

    async def _pump(self) -> None:
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._queue:
                    message = self._queue.popleft()
                    await self._send(message)
                    if message["type"] == "websocket.close":
                        return
                    self._waiting -= len(message["text"].encode())
                self._room.set()
        except (OSError, RuntimeError):  # the line is gone: the reading end hears of it too
            pass
        finally:
            self._room.set()
