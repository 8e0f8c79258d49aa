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
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from gql.engine.declare import Cursor, live, stream, value
from gql.engine.execution import Engine
from gql.engine.fanout import Fanout
from gql.engine.http import DEADLINE
from gql.engine.limits import Limits
from gql.engine.referee import Referee, Shape
from gql.engine.socket import GraphQLOverWebSocket, SessionRefused
from gql.engine.sse import KEEP_ALIVE_SECONDS, GraphQLOverSSE
from gql.engine.wire import UVICORN
from tests.running import Server


class Told(Exception):
    """What clients may read."""


def explain(error: BaseException) -> tuple[str, str] | None:
    return ("NOT_NOW", str(error)) if isinstance(error, Told) else None


class Counter:
    """A figure that is not kept."""

    def __init__(self) -> None:
        self.position = self.figure = 0
        self._grown = asyncio.Event()

    def set(self, figure: int) -> None:
        self.figure = figure
        self.position += 1
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def grown(self, position: int) -> None:
        while self.position <= position:
            await self._grown.wait()


@dataclass
class Doings:
    """What the toy was asked to do; the tests look into it."""

    counted: int = 0
    begun: int = 0
    """How many contexts were made."""
    running: set[str] = field(default_factory=set)
    """Streams and slow fields that have begun and not ended."""
    found: list[str] = field(default_factory=list)
    """For whom a stream's function was called with a batch."""
    shown: list[str] = field(default_factory=list)
    """For whom an item was executed."""
    counter: Counter = field(default_factory=Counter)
    saying: list[tuple[int, str]] = field(default_factory=list)
    """What the log holds."""


@dataclass(frozen=True)
class Who:
    """Someone who asks; whose name begins alike sees alike."""

    name: str

    @property
    def sight(self) -> Who:
        return Who(self.name[:1])


class Sayings:
    """A log of what was said, in which every third position is left out, as in a log with gaps."""

    def __init__(self) -> None:
        self.position = self.revision = 0
        self.kept: list[tuple[int, str]] = []
        self._grown = asyncio.Event()

    def say(self, text: str) -> int:
        self.position += 2 if self.position % 3 == 1 else 1
        self.kept.append((self.position, text))
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()
        return self.position

    async def resume(self, cursor: str) -> int:
        if not cursor.isdecimal():
            raise Told("This is no cursor.")
        return int(cursor)

    async def grown(self, position: int) -> None:
        while self.position <= position:
            await self._grown.wait()

    async def after(self, position: int) -> tuple[list[Any], int]:
        upto = self.position
        await asyncio.sleep(0)  # as a database would
        batch = [said for said in self.kept if position < said[0] <= upto][:5]
        return batch, batch[-1][0] if len(batch) == 5 else upto


class Listening:
    """Who listens; a test may change or end them."""

    def __init__(self) -> None:
        self.listeners: dict[Any, tuple[str, Callable[[Any], None]]] = {}
        self.doubted: dict[str, Any] = {}

    def add(self, session: Session, actor: Who, changed: Callable[[Any], None]) -> object:
        listener = object()
        self.listeners[listener] = actor.name, changed
        return listener

    def remove(self, listener: object) -> None:
        del self.listeners[listener]

    def doubt(self, name: str, now: Any) -> None:
        """Whoever has that name is somebody else, or raises, before he hears anything more."""
        self.doubted[name] = now

    async def confirm(self) -> None:
        await asyncio.sleep(0)
        for name, now in self.doubted.items():
            for who, changed in tuple(self.listeners.values()):
                if who == name:
                    changed(now)
        self.doubted.clear()


@dataclass
class Session:
    """A session of the toy's: whoever names himself comes in, but for mallory; unheard waits until somebody looks."""

    doings: Doings
    who: str
    expires_at: datetime | None = None
    limits: Limits | None = None
    log: Sayings = field(default_factory=Sayings)

    async def begin(self) -> Context:
        self.doings.begun += 1
        if self.who == "faulty":
            raise RuntimeError("hunter2")
        if self.who == "unheard":
            await asyncio.sleep(60)
        return Context(self.who, self.doings, limits=self.limits, log=self.log)


@dataclass
class Context:
    who: str
    doings: Doings
    limits: Limits | None = None
    log: Sayings = field(default_factory=Sayings)
    sight: Any = None
    memory: Any = None
    reading: Any = None
    clock: Any = None
    done: Any = None

    @property
    def lookups(self) -> Doings:
        """What declared functions may ask for; these tell that they were called."""
        return self.doings

    @property
    def actor(self) -> Who:
        if self.who == "nobody":
            raise Told("Say who you are.")
        return Who(self.who)

    @property
    def referee(self) -> Referee:
        return Referee(self, {}, Shape([]))


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

    @strawberry.field
    async def soon(self, info: ToyInfo) -> str:
        info.context.doings.running.add("soon")
        try:
            await asyncio.sleep(0.5)
        finally:
            info.context.doings.running.discard("soon")
        return "here"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def count(self, info: ToyInfo) -> int:
        info.context.doings.counted += 1
        return info.context.doings.counted


@value
class Saying:
    """What somebody said, as someone hears it."""

    at: str
    text: str

    @strawberry.field
    def twice(root: Any) -> str:
        return str(root.text * 2)

    @strawberry.field
    def hearer(root: Any, info: ToyInfo) -> str:
        return info.context.who

    @strawberry.field
    def executed(root: Any, info: ToyInfo) -> bool:
        info.context.doings.shown.append(info.context.who)
        return True


async def must_be_a_word(about: str | None = None) -> None:
    if about is not None and not about.isalpha():
        raise Told("Ask about one word.")


async def found(
    batch: list[tuple[int, str]], actor: Who, lookups: Doings, about: str | None = None
) -> list[tuple[int, Saying]]:
    lookups.found.append(actor.name)
    for _, text in batch:
        if text == "unspeakable":
            raise Told("It cannot be said.")
    return [
        (at, Saying(at=str(at), text=part))
        for at, text in batch
        if about is None or about in text
        for part in text.split("; ")
    ]


async def whispered(batch: list[tuple[int, str]], actor: Who, lookups: Doings) -> list[tuple[int, Saying]]:
    lookups.found.append(actor.name)
    return [(at, Saying(at=str(at), text=text)) for at, text in batch if text.startswith(actor.name)]


async def figure(actor: Who, lookups: Doings, times: int = 1) -> Saying:
    lookups.found.append(actor.name)
    figure = lookups.counter.figure
    if figure < 0:
        raise Told("There is no such figure.")
    return Saying(at=str(times * figure), text="x" * figure)


async def last(actor: Who, lookups: Doings, about: str | None = None) -> Saying:
    lookups.found.append(actor.name)
    mine = [said for said in lookups.saying if said[1].startswith(about or actor.name)]
    at, text = mine[-1] if mine else (0, "")
    return Saying(at=str(at), text=text)


def counter(lookups: Doings) -> Counter:
    return lookups.counter


@value
class Subscription:
    said: Saying = stream(found, begin=must_be_a_word, alike=lambda actor: True)
    whispered: Saying = stream(whispered)
    figure: Saying = live(figure, alike=lambda actor: True, on=counter, seconds=0.02)
    last: Saying = live(last, begin=must_be_a_word, seconds=0.02)

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


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("A cursor is text.", extensions={"code": "INVALID"})
    return value


def schema() -> strawberry.Schema:
    scalars: Any = {Cursor: strawberry.scalar(name="Cursor", serialize=str, parse_value=text)}
    return strawberry.Schema(Query, Mutation, Subscription, config=StrawberryConfig(scalar_map=scalars))


@dataclass
class Toy:
    """The application, and what it was asked to do."""

    app: Starlette
    doings: Doings
    log: Sayings
    listening: Listening
    url: str = ""
    stop: Callable[[], None] = lambda: None
    """Shuts the server down."""


def toy(
    *,
    expires_at: datetime | None = None,
    limits: Limits | None = None,
    deadline: float = DEADLINE,
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    **socket_limits: Any,
) -> Toy:
    """An application of its own; `socket_limits` are the arguments of the endpoint for sockets."""
    doings, engine, log, listening = Doings(), Engine(schema(), explain), Sayings(), Listening()
    doings.saying = log.kept
    fanout = Fanout(engine, log, listening, lambda actor: Context(actor.name, doings, log=log))

    def session_of(header: str | None) -> Session:
        return Session(doings, header or "nobody", expires_at, limits, log)

    async def open_session(header: str | None) -> Session:
        if header == "mallory":
            raise SessionRefused
        return session_of(header)

    page = PlainTextResponse("the page", media_type="text/html")
    timing = {name: socket_limits[name] for name in ("send_seconds",) if name in socket_limits}
    endpoint = GraphQLOverSSE(
        engine,
        session_of,
        lambda: page,
        fanout,
        keep_alive_seconds=keep_alive_seconds,
        deadline=deadline,
        **timing,
    )
    socket = GraphQLOverWebSocket(engine, open_session, fanout, deadline=deadline, **socket_limits)
    routes = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", socket),
    ]
    return Toy(Starlette(routes=routes), doings, log, listening)


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
