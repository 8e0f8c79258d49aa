"""GraphQL over HTTP: one operation a request, and never a 500 for what a client sends."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import parse_qsl

import orjson
import structlog
from graphql import OperationType
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql.engine.answers import Answer, Refused, encode, fault
from gql.engine.deadline import TookTooLong, in_time
from gql.engine.documents import Operation, Prepared, with_cost
from gql.engine.execution import Engine
from gql.engine.limits import Limits, over
from gql.engine.wire import respond

log = structlog.get_logger(__name__)

LARGEST_BODY = 1_280_000
"""Bytes of a body that are read at all, whoever sends it."""
DEADLINE = 30.0
REFUSED = 400
"""The status of what was not executed. The draft of GraphQL over HTTP of August 2026 wants 422 for some of it, which
neither the audits of graphql-http nor clients know yet."""

NOT_EXECUTED = 0
"""Stands for REFUSED where the answer is GraphQL's own media type, and for 200 where it is plain JSON."""

GRAPHQL_JSON = b"application/graphql-response+json"
JSON = b"application/json"
HTML = b"text/html"
PLAIN = b"identity"
"""The encoding of a body that has none."""
CLOSING = (b"connection", b"close")
"""Said to whoever took too long to send a request, of which more may come."""
LONGEST_ACCEPT = 1_000
"""Bytes of an Accept header that are looked at; browsers send some 200."""

Headers = Mapping[bytes, bytes]
Accepts = frozenset[bytes]
"""The media types that a request names as acceptable."""


class Session(Protocol):
    """Who asks, and until when."""

    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def limits(self) -> Limits | None:
        """What one operation may ask for, once one was begun."""

    async def begin(self) -> Any:
        """The context of one operation, or of one item of a stream. Raises when the session may not go on."""


Sessions = Callable[[str | None], Session]
"""Finds the session of an `Authorization` header."""


class BadRequest(Refused):
    """The request holds no operation, or one that may not come this way: it has a status of its own."""

    def __init__(self, why: str | Refused, status: int = 400) -> None:
        super().__init__([fault(why)] if isinstance(why, str) else why.errors)
        self.status = status


class Unavailable(Exception):
    """It cannot be found out who asks; `cause` says why."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Gone(Exception):
    """The client left before it had sent everything."""


def operation_of(sent: Any) -> Operation:
    """The operation in a decoded body or payload. Raises BadRequest."""
    if not isinstance(sent, dict):
        raise BadRequest("Send one JSON object with `query`.")
    query, variables, name = sent.get("query"), sent.get("variables"), sent.get("operationName")
    extensions = sent.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest("`extensions` is an object.")
    if not isinstance(query, str) and (query is not None or not extensions or "persistedQuery" not in extensions):
        raise BadRequest("`query` is text.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("`variables` is an object.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("`operationName` is text.")
    return Operation(query or "", variables, name or None, extensions)


Asked = tuple[Operation, Prepared, Session, Any]
"""An operation that may be executed, who asks for it, and its context. No class, which would cost every request."""


class GraphQLOverHTTP:
    """The endpoint, an ASGI application by itself, for each layer above it costs as much as a small operation.

    `page` is what a browser gets that asks for HTML; `deadline` is in seconds.
    """

    def __init__(
        self,
        engine: Engine,
        session_of: Sessions,
        page: Callable[[], Response],
        *,
        deadline: float = DEADLINE,
        largest_body: int = LARGEST_BODY,
    ) -> None:
        self._engine, self._session_of, self._page = engine, session_of, page
        self._deadline, self._largest_body = deadline, largest_body

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        headers = headers_of(scope)
        return self._respond(scope, headers, accepted(headers), receive, send)

    async def _respond(self, scope: Scope, headers: Headers, accepts: Accepts, receive: Receive, send: Send) -> None:
        clock = [perf_counter()]
        if HTML in accepts and scope["method"] in ("GET", "HEAD"):
            return await self._page()(scope, receive, send)
        media_type = GRAPHQL_JSON if GRAPHQL_JSON in accepts else JSON
        try:
            status, answer = await self._answered(scope, headers, receive, clock)
            if status == NOT_EXECUTED:
                status = REFUSED if media_type is GRAPHQL_JSON else 200
            body = encode(answer)
        except Gone:
            return None
        except Exception as error:
            status, body = 500, encode(self._engine.answers.fault(error))
        told = [
            (b"content-type", media_type),
            (b"content-length", b"%d" % len(body)),
            (b"server-timing", _timing(clock)),
        ]
        if status == 405:
            told.append((b"allow", b"GET, POST"))
        elif status == 408:
            told.append(CLOSING)
        await respond(scope, send, status, told, body)
        return None

    async def _answered(
        self, scope: Scope, headers: Headers, receive: Receive, clock: list[float]
    ) -> tuple[int, Answer]:
        """Status and answer; the status is NOT_EXECUTED where the media type decides it. Raises Gone."""
        answers = self._engine.answers
        try:
            return await in_time(self._deadline, self._performed(scope, headers, receive, clock))
        except Refused as refused:
            status, answer = status_of(refused, clock), answers.refused(refused.errors)
            return status, {"data": None, **answer} if status == 200 else answer
        except Unavailable as unavailable:
            return 503, answers.fault(unavailable.cause)

    async def _performed(
        self, scope: Scope, headers: Headers, receive: Receive, clock: list[float]
    ) -> tuple[int, Answer]:
        """Status and answer; tells the clock when the operation was executed. Raises what `_asked` raises."""
        operation, prepared, session, context = await self._asked(scope, headers, receive, clock)
        if prepared.type is OperationType.SUBSCRIPTION:
            raise BadRequest("Subscriptions run over a websocket, by graphql-transport-ws, at this same path.")
        answer = await self._engine.execute(prepared, operation, context)
        clock.append(perf_counter())
        return 200, with_cost(answer, prepared, operation, session.limits)

    async def _asked(self, scope: Scope, headers: Headers, receive: Receive, clock: list[float]) -> Asked:
        """What the request asks for; tells the clock when it was read, begun and prepared. Raises Refused, Unavailable,
        and Gone."""
        sent = await self._sent(scope, headers, receive)
        clock.append(perf_counter())
        operation = operation_in(scope, sent)
        try:
            session = self._session_of(text_of(headers.get(b"authorization")))
            context = await session.begin()
        except Exception as error:
            raise Unavailable(error) from error
        limits = session.limits
        if limits is not None and len(sent) > limits.body:
            raise _too_large(len(sent), limits.body)
        clock.append(perf_counter())
        prepared = self._engine.documents.prepare(operation, limits)
        if prepared.type is OperationType.MUTATION and scope["method"] != "POST":
            raise BadRequest("Mutations come by POST.", 405)
        clock.append(perf_counter())
        return operation, prepared, session, context

    async def _sent(self, scope: Scope, headers: Headers, receive: Receive) -> bytes | bytearray:
        """The bytes that hold the operation. Raises BadRequest, and Gone."""
        if scope["method"] == "GET":
            return bytes(scope["query_string"])
        if scope["method"] != "POST":
            raise BadRequest("Send operations by POST, as JSON.", 405)
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != JSON:
            raise BadRequest("Send the operation as `application/json`.", 415)
        if headers.get(b"content-encoding", PLAIN).lower() != PLAIN:
            raise BadRequest("Send the body without encoding.", 415)
        message = await receive()
        body = bytearray(message.get("body", b""))
        while message.get("more_body", False) and len(body) <= self._largest_body:
            message = await receive()
            body += message.get("body", b"")
        if message["type"] == "http.disconnect":
            raise Gone
        if len(body) > self._largest_body:
            raise _too_large(len(body), self._largest_body)
        return body


def operation_in(scope: Scope, sent: bytes | bytearray) -> Operation:
    """The operation in the bytes that hold it. Raises BadRequest."""
    return operation_of(_in_query(sent) if scope["method"] == "GET" else _in_json(sent))


def _in_json(sent: bytes | bytearray) -> Any:
    try:
        return orjson.loads(sent)
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest("The body is not JSON.") from None


def _in_query(sent: bytes | bytearray) -> dict[str, Any]:
    """What a query string says; `variables` and `extensions` are JSON in it."""
    try:
        said: dict[str, Any] = dict(parse_qsl(sent.decode("latin-1"), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise BadRequest("The query string has too many fields.") from None
    for name in ("variables", "extensions"):
        if said.get(name):
            try:
                said[name] = orjson.loads(said[name])
            except (orjson.JSONDecodeError, RecursionError):
                raise BadRequest(f"`{name}` is not JSON.") from None
        else:
            said.pop(name, None)
    return said


def _too_large(size: int, allowed: int) -> BadRequest:
    return BadRequest(over("body", size, allowed, " bytes"), 413)


def status_of(refused: Refused, clock: list[float]) -> int:
    """The status of a refusal: 200 of what was begun, NOT_EXECUTED where the media type decides it."""
    if isinstance(refused, BadRequest):
        return refused.status
    if isinstance(refused, TookTooLong):
        return 408 if len(clock) == 1 else 200  # not even read, or begun
    return NOT_EXECUTED


def headers_of(scope: Scope) -> Headers:
    """The headers of a request; those that came more than once are one list."""
    sent = scope["headers"]
    headers: dict[bytes, bytes] = dict(sent)
    if len(headers) == len(sent):
        return headers
    values = defaultdict(list)
    for name, value in sent:
        values[name].append(value)
    return {name: b", ".join(several) for name, several in values.items()}


def accepted(headers: Headers) -> Accepts:
    """What a request accepts."""
    return _accepted(headers.get(b"accept", b"")[:LONGEST_ACCEPT])


@lru_cache(256)  # of the few that all clients send
def _accepted(accept: bytes) -> Accepts:
    ranges = [named.partition(b";") for named in accept.lower().split(b",")]
    return frozenset(type_.strip() for type_, _, weight in ranges if not _UNWANTED.search(weight))


_UNWANTED = re.compile(rb"(^|;)\s*q=0(\.0*)?\s*(;|$)")


def text_of(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _timing(clock: list[float]) -> bytes:
    """The `Server-Timing` header: what took how many milliseconds."""
    total = (perf_counter() - clock[0]) * 1000
    if len(clock) < 5:
        return b"total;dur=%.3f" % total
    _, _, begun, prepared, executed = clock
    return b"prepare;dur=%.3f, execute;dur=%.3f, total;dur=%.3f" % (
        (prepared - begun) * 1000,
        (executed - prepared) * 1000,
        total,
    )
