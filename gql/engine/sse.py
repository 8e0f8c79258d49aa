"""GraphQL over server-sent events, for clients behind proxies that know no websockets: graphql-sse, distinct
connections mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from graphql import OperationType
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql.engine.answers import Answer, Refused, encode, fault
from gql.engine.deadline import in_time
from gql.engine.documents import with_cost
from gql.engine.execution import Engine, StreamFailed
from gql.engine.fanout import Fanout, Subscriber
from gql.engine.http import (
    CLOSING,
    Asked,
    Gone,
    GraphQLOverHTTP,
    Headers,
    Sessions,
    Unavailable,
    accepted,
    headers_of,
    status_of,
)
from gql.engine.socket import LONGEST_WAIT, SEND_SECONDS
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
        session_of: Sessions,
        page: Callable[[], Response],
        fanout: Fanout | None = None,
        *,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
        send_seconds: float = SEND_SECONDS,
        **limits: Any,
    ) -> None:
        """`limits` are those of GraphQLOverHTTP."""
        super().__init__(engine, session_of, page, **limits)
        self._fanout = fanout
        self._keep_alive_seconds, self._send_seconds = keep_alive_seconds, send_seconds

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        headers = headers_of(scope)
        accepts = accepted(headers)
        if EVENT_STREAM in accepts:
            return self._stream(scope, headers, receive, send)
        return self._respond(scope, headers, accepts, receive, send)

    async def _stream(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        stream = EventStream(send, self._keep_alive_seconds, self._send_seconds)
        status, expires_at = 200, None
        answers, clock = self._engine.answers, [perf_counter()]
        answering: asyncio.Task[None] | None = None
        try:
            asked = await in_time(self._deadline, self._asked(scope, headers, receive, clock))
            _, _, session, _ = asked
            expires_at = session.expires_at
            answering = asyncio.create_task(self._answer(stream, asked))
        except Gone:
            return
        except Refused as refused:
            status = status_of(refused, clock) or 200
            stream.end(answers.refused(refused.errors))
        except Unavailable as unavailable:
            status = 503
            stream.end(answers.fault(unavailable.cause))
        except Exception as error:
            status = 500
            stream.end(answers.fault(error))
        try:
            await stream.run(status, expires_at, receive, scope.get("extensions", {}).get(WIRE))
        finally:
            if stream.subscriber is not None:
                stream.subscriber.cancel()
            if answering is not None:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)

    async def _answer(self, stream: EventStream, asked: Asked) -> None:
        engine, fanout = self._engine, self._fanout
        operation, prepared, session, context = asked
        try:
            if prepared.type is not OperationType.SUBSCRIPTION:
                answer = await in_time(self._deadline, engine.execute(prepared, operation, context))
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
        elif status == 408:
            headers.append(CLOSING)
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
