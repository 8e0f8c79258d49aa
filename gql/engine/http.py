"""GraphQL over HTTP: one operation a POST, and never a 500 for what a client sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response

from gql.engine.answers import Refused, fault
from gql.engine.documents import Operation
from gql.engine.execution import Engine

LARGEST_BODY = 640_000
GRAPHQL_JSON = "application/graphql-response+json"

Begin = Callable[[str | None], Awaitable[Any]]
"""Makes the context of one operation from the `Authorization` header."""


class BadRequest(Exception):
    """The body holds no operation."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.status = message, status


def operation_of(sent: Any) -> Operation:
    """The operation in a decoded body or payload. Raises BadRequest."""
    if not isinstance(sent, Mapping):
        raise BadRequest("Send one JSON object with `query`.")
    query, variables, name = sent.get("query"), sent.get("variables"), sent.get("operationName")
    if not isinstance(query, str):
        raise BadRequest("`query` is text.")
    if variables is not None and not isinstance(variables, Mapping):
        raise BadRequest("`variables` is an object.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("`operationName` is text.")
    if not isinstance(sent.get("extensions"), Mapping | None):
        raise BadRequest("`extensions` is an object.")
    return Operation(query, variables, name or None)


class GraphQLOverHTTP:
    """The endpoint. `page` is what a browser gets that asks for HTML."""

    def __init__(self, engine: Engine, begin: Begin, page: Callable[[], Response]) -> None:
        self._engine, self._begin, self._page = engine, begin, page

    async def get(self, request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return self._page()
        told = self._engine.answers.refused([fault("Send operations by POST, as JSON; a browser gets GraphiQL here.")])
        return _json(request, told, 405, {"allow": "GET, POST"})

    async def post(self, request: Request) -> Response:
        try:
            operation = operation_of(await _sent(request))
            prepared = self._engine.documents.prepare(operation)
            if prepared.type is OperationType.SUBSCRIPTION:
                raise BadRequest("Subscriptions run over a websocket, by graphql-transport-ws, at this same path.")
            try:
                context = await self._begin(request.headers.get("authorization"))
            except Exception as error:
                return _json(request, self._engine.answers.fault(error), 503)
            return _json(request, await self._engine.execute(prepared, operation, context))
        except BadRequest as bad:
            code = "LIMIT" if bad.status == 413 else "INVALID"
            return _json(request, self._engine.answers.refused([fault(bad.message, code)]), bad.status)
        except Refused as refused:
            status = 400 if _media_type(request) == GRAPHQL_JSON else 200
            return _json(request, self._engine.answers.refused(refused.errors), status)


async def _sent(request: Request) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise BadRequest("Send the operation as `application/json`.", 415)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise BadRequest("Send the body without encoding.", 415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise BadRequest(f"A body has at most {LARGEST_BODY:,} bytes.", 413)
    try:
        return orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest("The body is not JSON.") from None


def _media_type(request: Request) -> str:
    return GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else "application/json"


def _json(request: Request, told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(told), status, headers, media_type=_media_type(request))
