"""GraphQL over websockets by the protocol graphql-transport-ws: each operation and each item has its own context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from gql.engine.answers import Answer, Refused, encode
from gql.engine.deadline import in_time
from gql.engine.documents import Operation, Prepared, with_cost
from gql.engine.execution import Engine, StreamFailed
from gql.engine.fanout import Fanout, Subscriber
from gql.engine.http import DEADLINE, BadRequest, Session, operation_of
from gql.engine.limits import over
from gql.engine.wire import Wire, wire_of

log = structlog.get_logger(__name__)

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
SEND_SECONDS = 10.0
"""How long a client may leave what was sent unread before it is cut."""
MOST_OPERATIONS = 100
LONGEST_WAIT = 86_400.0
"""Seconds that a timer is set to at most: an event loop cannot wait for centuries."""


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
    """The endpoint, an ASGI application by itself, for each layer above it costs memory for each socket.

    `fanout` has the streams of the log, where there is one.
    """

    def __init__(
        self,
        engine: Engine,
        open_session: Open,
        fanout: Fanout | None = None,
        *,
        init_seconds: float = INIT_SECONDS,
        send_seconds: float = SEND_SECONDS,
        deadline: float = DEADLINE,
    ) -> None:
        self.engine, self.open_session, self.fanout = engine, open_session, fanout
        self.init_seconds, self.send_seconds, self.deadline = init_seconds, send_seconds, deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        wire = wire_of(scope, receive, send)
        try:
            await Conversation(self, wire).run()
        finally:
            await wire.closed()


class Conversation:
    """One socket from its acceptance to its end.

    One task reads. An operation has a task of its own while it is executed; a stream of the log only until it began.
    """

    __slots__ = ("_answering", "_draining", "_endpoint", "_initialised", "_operations", "_session", "_timer", "wire")

    def __init__(self, endpoint: GraphQLOverWebSocket, wire: Wire) -> None:
        self.wire = wire
        self._endpoint = endpoint
        self._session: Session | None = None
        self._initialised = self._draining = False
        self._operations: dict[str, asyncio.Task[None] | Subscriber] = {}
        self._answering: set[str] = set()
        """Those of them that are queries or mutations."""
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Takes messages until the socket is closed by either side."""
        self.wire.on_shutdown = self.drain
        self._set_timer(self._endpoint.init_seconds, self._not_initialised)
        try:
            while (message := await self.wire.receive())["type"] == "websocket.receive":
                await self._take(message)
                await self.room()
        except Closed as closed:
            self.close(closed)
        finally:
            if self._timer is not None:
                self._timer.cancel()
            running = [operation for operation in self._operations.values() if isinstance(operation, asyncio.Task)]
            for operation in self._operations.values():
                operation.cancel()
            self._operations.clear()
            if running:
                await asyncio.gather(*running, return_exceptions=True)

    def close(self, closed: Closed) -> None:
        self.wire.close(closed.code, closed.reason, within=self._endpoint.send_seconds)

    def drain(self) -> None:
        """Begins nothing more, ends the streams, and closes once what is being answered has its answer."""
        self._draining = True
        for key in [key for key in self._operations if key not in self._answering]:
            self._operations.pop(key).cancel()
        self._close_when_drained()

    def _close_when_drained(self) -> None:
        if self._draining and not self._answering:
            self.close(Closed(1012, "The server restarts"))

    # ------------------------------------------------------------ timers

    def _set_timer(self, seconds: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(min(seconds, LONGEST_WAIT), then)

    def _not_initialised(self) -> None:
        if not self._initialised:
            self.close(Closed(4408, "Connection initialisation timeout"))

    def _watch_expiry(self) -> None:
        assert self._session is not None
        expires_at = self._session.expires_at
        if expires_at is None:
            return
        left = (expires_at - datetime.now(UTC)).total_seconds()
        if left > 0:
            self._set_timer(left, self._watch_expiry)
        else:
            self.close(Closed(4403, "The token has expired"))

    # ------------------------------------------------------------ messages from the client

    async def _take(self, received: Mapping[str, Any]) -> None:
        text = received.get("text")
        if text is None:
            raise Closed(4400, "A message is text")
        try:
            message = orjson.loads(text)
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
                self.send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case "pong":
                pass
            case "subscribe":
                self._start(key, payload, _bytes(text))
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
            self._session = await self._endpoint.open_session(token if isinstance(token, str) else None)
        except SessionRefused:
            raise Closed(4403, "Forbidden") from None
        self._watch_expiry()
        self.send({"type": "connection_ack"})

    def _start(self, key: str, payload: Any, length: int) -> None:
        if self._session is None:
            raise Closed(4401, "Unauthorized")
        if key in self._operations:
            raise Closed(4409, f"Subscriber for {key[:40]} already exists")
        if len(self._operations) >= MOST_OPERATIONS:
            raise Closed(4400, f"At most {MOST_OPERATIONS} operations run on one socket")
        try:
            operation = operation_of(payload)
        except BadRequest as bad:
            raise Closed(4400, str(bad)) from None
        if self._draining:
            return
        fanout = self._endpoint.fanout
        position = fanout.log.position if fanout is not None else 0
        self._operations[key] = asyncio.create_task(self._operate(key, operation, length, self._session, position))

    # ------------------------------------------------------------ operations

    async def _operate(self, key: str, operation: Operation, length: int, session: Session, position: int) -> None:
        try:
            if session.limits is not None and length > session.limits.body:
                raise over("body", length, session.limits.body, " bytes")
            prepared = self._endpoint.engine.documents.prepare(operation, session.limits)
            if prepared.type is not OperationType.SUBSCRIPTION:
                await self._answer(key, prepared, operation, session)
            elif self._endpoint.fanout is not None and self._endpoint.fanout.outline(prepared) is not None:
                outlet = Outlet(self, key)
                began = await self._endpoint.fanout.subscribe(prepared, operation, session, outlet, position)
                self._operations[key] = began
            else:
                await self._stream(key, prepared, operation, session)
        except Refused as refused:
            self.fail(key, self._endpoint.engine.answers.refused(refused.errors)["errors"])
        except StreamFailed as failed:
            self.fail(key, failed.errors)
        except Closed as closed:
            self.close(closed)
        except Exception:
            log.exception("operation failed")
            self.close(Closed(4500, "Internal server error"))

    async def _answer(self, key: str, prepared: Prepared, operation: Operation, session: Session) -> None:
        self._answering.add(key)
        try:
            work = self._performed(prepared, operation, session)
            self._next(key, encode(await in_time(self._endpoint.deadline, work)))
            self._complete(key)
            await self.room()
        finally:
            self._answering.discard(key)
            self._close_when_drained()

    async def _performed(self, prepared: Prepared, operation: Operation, session: Session) -> Answer:
        answer = await self._endpoint.engine.execute(prepared, operation, await session.begin())
        return with_cost(answer, prepared, operation, session.limits)

    async def _stream(self, key: str, prepared: Prepared, operation: Operation, session: Session) -> None:
        """A stream of a resolver's own, with a task of its own."""
        answers = self._endpoint.engine.subscribe(prepared, operation, session.begin)
        try:
            async for answer in answers:
                self._next(key, encode(answer))
                await self.room()
        finally:
            await answers.aclose()  # type: ignore[attr-defined]
        self._complete(key)

    # ------------------------------------------------------------ messages to the client

    def send(self, message: Mapping[str, Any]) -> None:
        self.wire.write(self.wire.frame(orjson.dumps(message)))

    async def room(self) -> None:
        """Returns once the client has read most of what was sent. Raises Closed."""
        if not self.wire.full():
            return
        try:
            async with asyncio.timeout(self._endpoint.send_seconds):
                await self.wire.drained()
        except TimeoutError:
            raise Closed(4413, "The client does not read") from None

    def _next(self, key: str, answer: bytes) -> None:
        self.wire.write(self.wire.frame(_next_head(key) + answer + b"}"))

    def _complete(self, key: str) -> None:
        if self._operations.pop(key, None) is not None:
            self.send({"id": key, "type": "complete"})

    def fail(self, key: str, errors: list[Any]) -> None:
        if self._operations.pop(key, None) is not None:
            self.send({"id": key, "type": "error", "payload": errors})


class Outlet:
    """Where the items of one stream go out of a socket."""

    __slots__ = ("_conversation", "_head", "_key")

    def __init__(self, conversation: Conversation, key: str) -> None:
        self._conversation, self._key, self._head = conversation, key, _next_head(key)

    def write(self, answer: bytes, made: dict[Any, bytes]) -> int:
        wire = self._conversation.wire
        frame = made.get(self._head)
        if frame is None:
            frame = made[self._head] = wire.frame(self._head + answer + b"}")
        return wire.write(frame)

    async def drained(self) -> None:
        try:
            await self._conversation.room()
        except Closed as closed:
            self._conversation.close(closed)
            await asyncio.Event().wait()  # until the end of the conversation ends the stream

    def fail(self, errors: list[Any]) -> None:
        self._conversation.fail(self._key, errors)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _next_head(key: str) -> bytes:
    return b'{"id":' + orjson.dumps(key) + b',"type":"next","payload":'
