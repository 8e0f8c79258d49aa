"""GraphQL over websockets by the protocol graphql-transport-ws: each operation and each item has its own context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
import structlog
from graphql import OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect

from gql.engine.answers import Refused
from gql.engine.documents import Operation, Prepared
from gql.engine.execution import Engine
from gql.engine.http import BadRequest, operation_of

log = structlog.get_logger(__name__)

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
SEND_SECONDS = 10.0
"""How long a client may leave what was sent unread before it is cut."""
MOST_OPERATIONS = 100


class Session(Protocol):
    """Who opened a socket, and until when."""

    @property
    def expires_at(self) -> datetime | None: ...
    async def begin(self) -> Any:
        """The context of one operation or item. Raises when the session may not go on."""


Open = Callable[[str | None], Awaitable[Session]]
"""Opens a session with the `authorization` of connection_init; raises SessionRefused."""


class SessionRefused(Exception):
    """The token of connection_init is not good."""


class Closed(Exception):
    """The socket is to be closed, with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason.encode()[:123].decode(errors="ignore")  # a close frame holds no more


class GraphQLOverWebSocket:
    """The endpoint."""

    def __init__(
        self,
        engine: Engine,
        open_session: Open,
        *,
        init_seconds: float = INIT_SECONDS,
        send_seconds: float = SEND_SECONDS,
    ) -> None:
        self._engine, self._open = engine, open_session
        self._init_seconds, self._send_seconds = init_seconds, send_seconds

    async def __call__(self, websocket: WebSocket) -> None:
        if PROTOCOL not in websocket.scope.get("subprotocols", []):
            await websocket.accept()
            await websocket.close(4406, "Subprotocol not acceptable")
            return
        await websocket.accept(PROTOCOL)
        conversation = Conversation(self._engine, self._open, websocket, self._init_seconds, self._send_seconds)
        await conversation.run()


class Conversation:
    """One socket from its acceptance to its end."""

    def __init__(
        self, engine: Engine, open_session: Open, websocket: WebSocket, init_seconds: float, send_seconds: float
    ) -> None:
        self._engine, self._open, self._websocket = engine, open_session, websocket
        self._init_seconds, self._send_seconds = init_seconds, send_seconds
        self._session: Session | None = None
        self._initialised = False
        self._opened = asyncio.Event()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._ending: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        reading = asyncio.create_task(self._read())
        clock = asyncio.create_task(self._watch_the_clock())
        try:
            ends: set[asyncio.Future[Any]] = {reading, self._ending}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = [reading, clock, *self._operations.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._ending.done():
            closed = self._ending.result()
            with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                await asyncio.wait_for(self._websocket.close(closed.code, closed.reason), self._send_seconds)

    def _end(self, closed: Closed) -> None:
        if not self._ending.done():
            self._ending.set_result(closed)

    async def _watch_the_clock(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._opened.wait(), self._init_seconds)
        if not self._initialised:
            return self._end(Closed(4408, "Connection initialisation timeout"))
        await self._opened.wait()
        while self._session is not None and self._session.expires_at is not None:
            left = (self._session.expires_at - datetime.now(UTC)).total_seconds()
            if left <= 0:
                return self._end(Closed(4403, "The token has expired"))
            await asyncio.sleep(min(left, 60))
        return None

    async def _read(self) -> None:
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                text = message.get("text")
                await self._take(text if text is not None else message.get("bytes") or b"")
        except Closed as closed:
            self._end(closed)
        except WebSocketDisconnect:
            return
        except Exception:
            log.exception("socket failed")
            self._end(Closed(4500, "Internal server error"))

    async def _take(self, frame: str | bytes) -> None:
        try:
            message = orjson.loads(frame)
        except (orjson.JSONDecodeError, RecursionError):
            raise Closed(4400, "A message is a JSON object") from None
        if not isinstance(message, Mapping):
            raise Closed(4400, "A message is a JSON object")
        key: Any = message.get("id")
        payload = message.get("payload")
        match message.get("type"):
            case "connection_init" | "ping" | "pong" if not isinstance(payload, Mapping | None):
                raise Closed(4400, "A payload is an object")
            case "subscribe" | "complete" if not isinstance(key, str) or not key:
                raise Closed(4400, "The id of an operation is text")
            case "connection_init":
                await self._initialise(payload)
            case "ping":
                await self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case "pong":
                pass
            case "subscribe":
                self._start(key, payload)
            case "complete":
                operation = self._operations.pop(key, None)
                if operation is not None:
                    operation.cancel()
            case unknown:
                raise Closed(4400, f"Unknown message type {str(unknown)[:40]!r}")

    async def _initialise(self, payload: Any) -> None:
        if self._initialised:
            raise Closed(4429, "Too many initialisation requests")
        token = next((v for k, v in (payload or {}).items() if k.lower() == "authorization"), None)
        self._initialised = True
        try:
            self._session = await self._open(token if isinstance(token, str) else None)
        except SessionRefused:
            raise Closed(4403, "Forbidden") from None
        self._opened.set()
        await self._send({"type": "connection_ack"})

    def _start(self, key: str, payload: Any) -> None:
        if self._session is None:
            raise Closed(4401, "Unauthorized")
        if key in self._operations:
            raise Closed(4409, f"Subscriber for {key[:40]} already exists")
        if len(self._operations) >= MOST_OPERATIONS:
            raise Closed(4400, f"At most {MOST_OPERATIONS} operations run on one socket")
        try:
            operation = operation_of(payload)
        except BadRequest as bad:
            raise Closed(4400, bad.message) from None
        task = asyncio.create_task(self._operate(key, operation, self._session))
        self._operations[key] = task

    async def _operate(self, key: str, operation: Operation, session: Session) -> None:
        try:
            prepared = self._engine.documents.prepare(operation)
            if prepared.type is OperationType.SUBSCRIPTION:
                await self._stream(key, prepared, operation, session)
            else:
                answer = await self._engine.execute(prepared, operation, await session.begin())
                await self._send({"id": key, "type": "next", "payload": answer})
                await self._complete(key)
        except Refused as refused:
            await self._fail(key, self._engine.answers.refused(refused.errors)["errors"])
        except WebSocketDisconnect:
            return
        except Closed as closed:
            self._end(closed)
        except Exception:
            log.exception("operation failed")
            self._end(Closed(4500, "Internal server error"))
        return

    async def _stream(self, key: str, prepared: Prepared, operation: Operation, session: Session) -> None:
        answers = self._engine.subscribe(prepared, operation, session.begin)
        try:
            async for answer in answers:
                if answer.get("data") is None and answer.get("errors"):  # it cannot go on: an error, not an item
                    await self._fail(key, answer["errors"])
                    return
                await self._send({"id": key, "type": "next", "payload": answer})
        finally:
            await answers.aclose()  # type: ignore[attr-defined]
        await self._complete(key)

    async def _fail(self, key: str, errors: list[Any]) -> None:
        if self._operations.pop(key, None) is not None:
            await self._send({"id": key, "type": "error", "payload": errors})

    async def _complete(self, key: str) -> None:
        if self._operations.pop(key, None) is not None:
            await self._send({"id": key, "type": "complete"})

    async def _send(self, message: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._send_seconds), self._sending:
                await self._websocket.send_text(orjson.dumps(message).decode())
        except TimeoutError:
            raise Closed(4413, "The client does not read") from None
        except RuntimeError:  # starlette's word for a socket that was closed meanwhile
            raise WebSocketDisconnect(1006) from None
