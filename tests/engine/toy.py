"""A small schema without a database, and an application that serves it, so that the engine is tested by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry
import uvicorn
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from strawberry.types import Info

from gql.engine.execution import Engine
from gql.engine.http import DEADLINE, GraphQLOverHTTP
from gql.engine.limits import Limits
from gql.engine.socket import GraphQLOverWebSocket, SessionRefused
from gql.engine.wire import UVICORN
from tests.running import Server


class Told(Exception):
    """What clients may read."""


def explain(error: BaseException) -> tuple[str, str] | None:
    return ("NOT_NOW", str(error)) if isinstance(error, Told) else None


@dataclass
class Doings:
    """What the toy was asked to do; the tests look into it."""

    counted: int = 0
    begun: int = 0
    """How many contexts were made."""
    running: set[str] = field(default_factory=set)
    """Streams and slow fields that have begun and not ended."""


@dataclass
class Session:
    """A session of the toy's: whoever names himself comes in, but for mallory."""

    doings: Doings
    who: str
    expires_at: datetime | None = None
    limits: Limits | None = None

    async def begin(self) -> Context:
        self.doings.begun += 1
        if self.who == "faulty":
            raise RuntimeError("hunter2")
        return Context(self.who, self.doings, limits=self.limits)


@dataclass
class Context:
    who: str
    doings: Doings
    referee: Any = None
    limits: Limits | None = None


ToyInfo = Info[Context, Any]


@strawberry.type
class Query:
    @strawberry.field
    def double(self, number: int) -> int:
        return number * 2

    @strawberry.field
    def numbers(self, of: list[int]) -> list[int]:
        return of

    @strawberry.field
    def said(self, text: str | None = None) -> str | None:
        return text

    @strawberry.field
    def who(self, info: ToyInfo) -> str:
        return info.context.who

    @strawberry.field
    def again(self) -> Query:
        return Query()

    @strawberry.field
    async def later(self) -> Query:
        return Query()

    @strawberry.field
    def refused(self) -> str | None:
        raise Told("Not on a Sunday.")

    @strawberry.field
    def coded(self) -> str | None:
        raise GraphQLError("Too much of it.", extensions={"code": "LIMIT"})

    @strawberry.field
    def broken(self) -> str:
        raise RuntimeError("the password of the database is hunter2")

    @strawberry.field
    async def slow(self, info: ToyInfo) -> str:
        info.context.doings.running.add("slow")
        try:
            await asyncio.sleep(60)
        finally:
            info.context.doings.running.discard("slow")
        return "at last"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def count(self, info: ToyInfo) -> int:
        info.context.doings.counted += 1
        return info.context.doings.counted


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def up(self, info: ToyInfo, to: int, name: str = "up") -> AsyncGenerator[int, None]:
        """Counts up, and then waits for ever when it counts to 0."""
        running = info.context.doings.running
        running.add(name)
        try:
            for number in range(1, to + 1):
                yield number
            if to == 0:
                await asyncio.Event().wait()
        finally:
            running.discard(name)

    @strawberry.subscription
    async def flood(self, info: ToyInfo, size: int) -> AsyncGenerator[str, None]:
        """Sends without end, whether it is read or not."""
        running = info.context.doings.running
        running.add("flood")
        try:
            while True:
                yield "x" * size
                await asyncio.sleep(0)
        finally:
            running.discard("flood")

    @strawberry.subscription
    async def ends(self, how: str) -> AsyncGenerator[int, None]:
        """One item, and then it cannot go on."""
        yield 1
        raise Told("The right was withdrawn.") if how == "told" else RuntimeError("hunter2")

    @strawberry.subscription
    async def partly(self) -> AsyncGenerator[Query, None]:
        """An item of which a field can fail."""
        yield Query()


def schema() -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription)


@dataclass
class Toy:
    """The application, and what it was asked to do."""

    app: Starlette
    doings: Doings
    url: str = ""
    stop: Callable[[], None] = lambda: None
    """Shuts the server down."""


def toy(
    *,
    expires_at: datetime | None = None,
    limits: Limits | None = None,
    deadline: float = DEADLINE,
    **socket_limits: Any,
) -> Toy:
    """An application of its own; `socket_limits` are the arguments of the endpoint for sockets."""
    doings, engine = Doings(), Engine(schema(), explain)

    async def begin(header: str | None) -> Context:
        return await Session(doings, header or "nobody", limits=limits).begin()

    async def open_session(header: str | None) -> Session:
        if header == "mallory":
            raise SessionRefused
        return Session(doings, header or "nobody", expires_at, limits)

    endpoint = GraphQLOverHTTP(
        engine, begin, lambda: PlainTextResponse("the page", media_type="text/html"), deadline=deadline
    )
    socket = GraphQLOverWebSocket(engine, open_session, **socket_limits)

    routes = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", socket),
    ]
    return Toy(Starlette(routes=routes), doings)


@asynccontextmanager
async def served(*, plain: bool = False, **how: Any) -> AsyncIterator[Toy]:
    """The application on loopback until left; on a `plain` server it has no more than ASGI."""
    made = toy(**how)
    server = Server(
        uvicorn.Config(
            made.app,
            port=0,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            lifespan="off",
            **({} if plain else UVICORN),
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not serving.done(), "the server did not start"
            await asyncio.sleep(0.005)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        made.url = f"ws://{host}:{port}/graphql"
        made.stop = lambda: setattr(server, "should_exit", True)
        yield made
    finally:
        server.should_exit = True
        await serving
