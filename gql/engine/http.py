"""GraphQL over HTTP: one operation a request, and never a 500 for what a client sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import orjson
import structlog
from graphql import OperationType
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql.engine.answers import Answer, Refused, encode, fault
from gql.engine.documents import Operation, with_cost
from gql.engine.execution import Engine
from gql.engine.limits import TookTooLong, in_time, over

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

Headers = Mapping[bytes, bytes]

Begin = Callable[[str | None], Awaitable[Any]]
"""Makes the context of one operation from the `Authorization` header. Its `limits` are those of who asks."""


class BadRequest(Exception):
    """The request holds no operation, or one that may not come this way."""

    def __init__(self, message: str, status: int = 400, code: str = "INVALID") -> None:
        super().__init__(message)
        self.message, self.status, self.code = message, status, code


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


class GraphQLOverHTTP:
    """The endpoint, an ASGI application by itself, for each layer above it costs as much as a small operation.

    `page` is what a browser gets that asks for HTML; `deadline` is in seconds.
    """

    def __init__(
        self,
        engine: Engine,
        begin: Begin,
        page: Callable[[], Response],
        *,
        deadline: float = DEADLINE,
        largest_body: int = LARGEST_BODY,
    ) -> None:
        self._engine, self._begin, self._page = engine, begin, page
        self._deadline, self._largest_body = deadline, largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        clock = [perf_counter()]
        headers: Headers = dict(scope["headers"])
        accept = headers.get(b"accept", b"")
        if b"text/html" in accept and scope["method"] in ("GET", "HEAD"):
            return await self._page()(scope, receive, send)
        media_type = GRAPHQL_JSON if GRAPHQL_JSON in accept else JSON
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
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": body})
        return None

    async def _answered(
        self, scope: Scope, headers: Headers, receive: Receive, clock: list[float]
    ) -> tuple[int, Answer]:
        """Status and answer; the status is NOT_EXECUTED where the media type decides it. Raises Gone."""
        answers = self._engine.answers
        try:
            operation, size = await self._asked(scope, headers, receive)
            return await in_time(self._deadline, self._performed(operation, size, scope["method"], headers, clock))
        except BadRequest as bad:
            return bad.status, answers.refused([fault(bad.message, bad.code)])
        except TookTooLong as late:
            return 200, {"data": None, **answers.refused(late.errors)}
        except Refused as refused:
            return NOT_EXECUTED, answers.refused(refused.errors)

    async def _performed(
        self, operation: Operation, size: int, method: str, headers: Headers, clock: list[float]
    ) -> tuple[int, Answer]:
        """Status and answer; tells the clock when the operation was begun, prepared and executed. Raises Refused, and
        BadRequest."""
        engine = self._engine
        try:
            context = await self._begin(_text(headers.get(b"authorization")))
        except Exception as error:
            return 503, engine.answers.fault(error)
        limits = context.limits
        if limits is not None and size > limits.body:
            raise _too_large(size, limits.body)
        clock.append(perf_counter())
        prepared = engine.documents.prepare(operation, limits)
        if prepared.type is not OperationType.QUERY:
            _must_come_by(method, prepared.type)
        clock.append(perf_counter())
        answer = await engine.execute(prepared, operation, context)
        clock.append(perf_counter())
        return 200, with_cost(answer, prepared, operation, limits)

    async def _asked(self, scope: Scope, headers: Headers, receive: Receive) -> tuple[Operation, int]:
        """The operation, and how many bytes hold it. Raises BadRequest, and Gone."""
        sent = await self._sent(scope, headers, receive)
        return operation_of(_in_query(sent) if scope["method"] == "GET" else _in_json(sent)), len(sent)

    async def _sent(self, scope: Scope, headers: Headers, receive: Receive) -> bytes | bytearray:
        """The bytes that hold the operation. Raises BadRequest, and Gone."""
        if scope["method"] == "GET":
            return bytes(scope["query_string"])
        if scope["method"] != "POST":
            raise BadRequest("Send operations by POST, as JSON.", 405)
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != JSON:
            raise BadRequest("Send the operation as `application/json`.", 415)
        if headers.get(b"content-encoding", b"identity") != b"identity":
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


def _must_come_by(method: str, type_: OperationType) -> None:
    if type_ is OperationType.SUBSCRIPTION:
        raise BadRequest("Subscriptions run over a websocket, by graphql-transport-ws, at this same path.")
    if method != "POST":
        raise BadRequest("Mutations come by POST.", 405)


def _too_large(size: int, allowed: int) -> BadRequest:
    return BadRequest(over("body", size, allowed, " bytes").errors[0].message, 413, "LIMIT")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _timing(clock: list[float]) -> bytes:
    """The `Server-Timing` header: what took how many milliseconds."""
    total = (perf_counter() - clock[0]) * 1000
    if len(clock) < 4:
        return b"total;dur=%.3f" % total
    _, begun, prepared, executed = clock
    return b"prepare;dur=%.3f, execute;dur=%.3f, total;dur=%.3f" % (
        (prepared - begun) * 1000,
        (executed - prepared) * 1000,
        total,
    )
