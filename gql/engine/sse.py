"""GraphQL over server-sent events, for clients behind proxies that know no websockets: graphql-sse, distinct
connections mode."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graphql import OperationType
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql.engine.answers import Answer, Refused, encode, fault
from gql.engine.documents import Operation, Prepared, with_cost
from gql.engine.execution import Engine, StreamFailed
from gql.engine.fanout import Fanout, Subscriber
from gql.engine.http import BadRequest, Begin, Gone, GraphQLOverHTTP
from gql.engine.limits import in_time, over
from gql.engine.socket import LONGEST_WAIT, SEND_SECONDS, Open, Session
from gql.engine.wire import MOST_QUEUED, WIRE

EVENT_STREAM = b"text/event-stream"
KEEP_ALIVE_SECONDS = 12.0
"""After so long a silence a comment is sent, so that proxies keep the line and a dead one is noticed."""
COMMENT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


class GraphQLOverSSE(GraphQLOverHTTP):
    """GraphQL over HTTP, and over server-sent events for whoever accepts them."""

    def __init__(
        self,
        engine: Engine,
        begin: Begin,
        page: Callable[[], Response],
        open_session: Open,
        fanout: Fanout | None = None,
        *,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
        send_seconds: float = SEND_SECONDS,
        **limits: Any,
    ) -> None:
        """`limits` are those of GraphQLOverHTTP."""
        super().__init__(engine, begin, page, **limits)
        self._open_session, self._fanout = open_session, fanout
        self._keep_alive_seconds, self._send_seconds = keep_alive_seconds, send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
        if EVENT_STREAM not in accept:
            await super().__call__(scope, receive, send)
            return
        stream = EventStream(send, self._keep_alive_seconds, self._send_seconds)
        status, expires_at = 200, None
        answering: asyncio.Task[None] | None = None
        try:
            headers = dict(scope["headers"])
            operation, size = await self._asked(scope, headers, receive)
            token = headers.get(b"authorization")
            session = await self._open_session(None if token is None else token.decode("latin-1"))
            if session.limits is not None and size > session.limits.body:
                raise over("body", size, session.limits.body, " bytes")
            prepared = self._engine.documents.prepare(operation, session.limits)
            if prepared.type is OperationType.MUTATION and scope["method"] != "POST":
                raise BadRequest("Mutations come by POST.", 405)
            expires_at = session.expires_at
            answering = asyncio.create_task(self._answer(stream, prepared, operation, session))
        except Gone:
            return
        except BadRequest as bad:
            status = bad.status
            stream.end(self._engine.answers.refused([fault(bad.message, bad.code)]))
        except Refused as refused:
            stream.end(self._engine.answers.refused(refused.errors))
        try:
            await stream.run(status, expires_at, receive, scope.get("extensions", {}).get(WIRE))
        finally:
            if stream.subscriber is not None:
                stream.subscriber.cancel()
            if answering is not None:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)

    async def _answer(self, stream: EventStream, prepared: Prepared, operation: Operation, session: Session) -> None:
        engine, fanout = self._engine, self._fanout
        try:
            if prepared.type is not OperationType.SUBSCRIPTION:
                answer = await in_time(self._deadline, engine.execute(prepared, operation, await session.begin()))
                stream.end(with_cost(answer, prepared, operation, session.limits))
            elif fanout is not None and fanout.outline(prepared) is not None:
                stream.subscriber = await fanout.subscribe(prepared, operation, session, stream, fanout.log.position)
            else:
                async for answer in engine.subscribe(prepared, operation, session.begin):
                    stream.write(encode(answer), {})
                    await stream.drained()
                stream.end()
        except Refused as refused:
            stream.end(engine.answers.refused(refused.errors))
        except StreamFailed as failed:
            stream.fail(failed.errors)
        except Exception as error:
            stream.end(engine.answers.fault(error))


class EventStream:
    """One response, from its beginning until it is complete, the client leaves or does not read, or the token ends."""

    def __init__(self, send: Send, keep_alive_seconds: float, send_seconds: float) -> None:
        self.subscriber: Subscriber | None = None
        self._send = send
        self._keep_alive_seconds, self._send_seconds = keep_alive_seconds, send_seconds
        self._waiting = bytearray(COMMENT)  # at once, so that the client hears that it is heard
        self._ended = False
        self._more, self._room = asyncio.Event(), asyncio.Event()
        self._more.set()

    # ------------------------------------------------------------ what is written

    def write(self, answer: bytes, made: dict[Any, bytes]) -> int:
        event = made.get(EVENT_STREAM)
        if event is None:
            event = made[EVENT_STREAM] = b"event: next\ndata: " + answer + b"\n\n"
        return self._put(event)

    async def drained(self) -> None:
        while len(self._waiting) > MOST_QUEUED:
            self._room.clear()
            await self._room.wait()

    def fail(self, errors: list[Any]) -> None:
        self.end({"errors": errors})

    def end(self, answer: Answer | None = None) -> None:
        """Completes the stream, with a last answer if there is one."""
        if not self._ended:
            if answer is not None:
                self.write(encode(answer), {})
            self._put(COMPLETE)
            self.stop()

    def stop(self) -> None:
        """Ends the response, without a word that the stream is complete."""
        self._ended = True
        self._more.set()

    def _put(self, event: bytes) -> int:
        if not self._ended:
            self._waiting += event
            self._more.set()
        return len(self._waiting)

    # ------------------------------------------------------------ how it is sent

    async def run(self, status: int, expires_at: datetime | None, receive: Receive, line: Any) -> None:
        """`line` is the connection where the server gives it to the application."""
        if line is not None:
            line.on_shutdown = self.stop
        sending = asyncio.create_task(self._sending(status))
        leaving = asyncio.create_task(_left(receive))
        try:
            while not sending.done() and not leaving.done():
                left = None if expires_at is None else (expires_at - datetime.now(UTC)).total_seconds()
                if left is not None and left <= 0:
                    expires_at = None
                    expired = fault("The token has expired: sign in again.", "UNAUTHENTICATED")
                    self.fail([expired.formatted])
                else:
                    seconds = None if left is None else min(left, LONGEST_WAIT)
                    await asyncio.wait({sending, leaving}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if line is not None:
                line.on_shutdown = None
            for task in (sending, leaving):
                task.cancel()
            unread, _ = await asyncio.gather(sending, leaving, return_exceptions=True)
            if isinstance(unread, TimeoutError) and line is not None:
                line.abort()

    async def _sending(self, status: int) -> None:
        """Raises TimeoutError when the client does not read."""
        headers = [
            (b"content-type", EVENT_STREAM),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),  # nginx would keep what is sent until it has enough
        ]
        if status == 405:
            headers.append((b"allow", b"POST"))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        while not self._ended or self._waiting:
            try:
                async with asyncio.timeout(self._keep_alive_seconds):
                    await self._more.wait()
            except TimeoutError:
                self._put(COMMENT)
            self._more.clear()
            sent, self._waiting = bytes(self._waiting), bytearray()
            async with asyncio.timeout(self._send_seconds):
                await self._send({"type": "http.response.body", "body": sent, "more_body": True})
            self._room.set()
        await self._send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
