"""Builds the application: the only place where all parts meet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from broadcaster import Broadcast
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from tortoise.context import TortoiseContext

from gql.api.context import Context, Desk, Session
from gql.api.listeners import Listeners
from gql.api.schema import make_schema
from gql.broadcast import broadcast, connected
from gql.cursor import Cursors
from gql.engine.documents import read_manifest
from gql.engine.execution import Engine
from gql.engine.fanout import Fanout
from gql.engine.limits import Limits
from gql.engine.socket import GraphQLOverWebSocket
from gql.engine.sse import GraphQLOverSSE
from gql.errors import DeskError
from gql.presence import Presence
from gql.realtime import Realtime
from gql.scheduler import Scheduler
from gql.settings import Settings, WrongSettings
from gql.static_pages import graphiql_page, static_routes
from gql.store import Job, Lookups, database, log_order
from gql.tokens import Tokens

GRAPHQL = "/graphql"
HELD_TOO_LONG = 30.0
"""Seconds after which a transaction that holds the log back makes the desk unhealthy."""


class NotMigrated(Exception):
    """The database lacks migrations; names them and what to do."""


def explain(error: BaseException) -> tuple[str, str] | None:
    """Code and words of what clients may read; all else is a fault."""
    return (str(error.code), error.message) if isinstance(error, DeskError) else None


async def must_be_migrated(settings: Settings) -> None:
    """Raises NotMigrated where migrations are pending."""
    waiting = await database.pending(settings.database_url)
    if waiting:
        raise NotMigrated(f"The database lacks {', '.join(waiting)}. Run `caseline migrate`, then start again.")


def trusted_documents(settings: Settings) -> dict[str, str]:
    """The documents that clients may name by their SHA-256. Raises WrongSettings."""
    try:
        return read_manifest(settings.trusted_documents)
    except ValueError as wrong:
        raise WrongSettings(f"CASELINE_TRUSTED_DOCUMENTS: {wrong}") from None


def limits_of(settings: Settings) -> Limits:
    """What one operation of a customer's may ask for."""
    return Limits(*(getattr(settings, f"limit_{field.name}") for field in fields(Limits)))


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """The database and the bell, with what they say of the log."""

    orm: TortoiseContext
    bell: Broadcast
    secret: str
    cursors: Cursors
    realtime: Realtime
    presence: Presence


@asynccontextmanager
async def opened_log(settings: Settings) -> AsyncIterator[OpenedLog]:
    """Raises NotMigrated, and LogUnsound when the log's order fails."""
    await must_be_migrated(settings)
    pool = database.opened(settings.database_url, pool_size=settings.database_pool)
    async with pool as orm, broadcast(settings.broadcast_url) as bell:
        await log_order.self_test()
        state = await log_order.current_state()
        secret = settings.secret.get_secret_value() if settings.secret else state.secret
        cursors = Cursors(secret, state.epoch)
        realtime = Realtime(
            bell,
            f"caseline {state.fingerprint}",
            cursors,
            poll_seconds=settings.poll_seconds,
            replay_days=settings.replay_days,
        )
        presence = Presence(bell, f"caseline presence {state.fingerprint}")
        yield OpenedLog(orm, bell, secret, cursors, realtime, presence)


@asynccontextmanager
async def opened_desk(
    settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[tuple[Desk, Engine, TortoiseContext]]:
    """A running desk on its database and broadcaster. Raises what `opened_log` raises."""
    async with opened_log(settings) as opened:
        realtime, secret = opened.realtime, opened.secret
        engine = Engine(make_schema(), explain)
        engine.documents.memory = settings.document_megabytes * 1_000_000
        engine.documents.trust(trusted_documents(settings), only=settings.only_trusted_documents)
        customers = limits_of(settings)
        desk = Desk(
            settings=settings,
            tokens=Tokens(secret, minutes=settings.token_minutes),
            cursors=opened.cursors,
            realtime=realtime,
            presence=opened.presence,
            lookups=await Lookups.read(),
            shape=engine.shape,
            limits=customers,
            staff_limits=customers.times(2),
            clock=clock,
            is_heard=lambda: connected(opened.bell),
        )
        realtime.heeding.append(desk.heed)
        async with realtime.running(), opened.presence.running():
            desk.lookups = await Lookups.read()  # what changed before the log was followed
            yield desk, engine, opened.orm


@asynccontextmanager
async def running_clock(
    settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[Scheduler]:
    """The clock alone, which serves nobody. Raises what `opened_log` raises."""
    async with (
        opened_log(settings) as opened,
        opened.realtime.ringing(),
        Scheduler(clock, opened.realtime.ring).running() as scheduler,
    ):
        yield scheduler


def create_app(settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Application:
    """The ASGI application of one server process."""

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            desk, engine, orm = await stack.enter_async_context(opened_desk(settings, clock))
            app.state.desk, app.orm, app.engine = desk, orm, engine
            if settings.clock:
                scheduler = Scheduler(clock, desk.realtime.ring)
                await stack.enter_async_context(scheduler.running())

            listeners = Listeners(desk)
            desk.realtime.heeding.append(listeners.heed)
            fanout = Fanout(engine, desk.realtime, listeners, lambda actor: Context(Session(desk, None), actor, None))
            app.http = GraphQLOverSSE(
                engine,
                desk.sessions.of_header,
                graphiql_page,
                fanout,
                deadline=settings.deadline_seconds,
                largest_body=desk.staff_limits.body,
            )
            app.socket = GraphQLOverWebSocket(
                engine, desk.sessions.of_socket, fanout, deadline=settings.deadline_seconds
            )
            yield

    async def health(request: Request) -> Response:
        return await healthy(app.state.desk, app.engine)

    app = Application(
        lifespan=lifespan,
        middleware=[Middleware(OnDatabase)],
        routes=[
            Route("/health", health),
            *static_routes(),
        ],
    )
    return app


class Application(Starlette):
    """Starlette, with the API in front of it: its router alone would take as long as a small operation."""

    orm: TortoiseContext
    engine: Engine
    http: ASGIApp
    socket: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] == GRAPHQL:
            with database.using(self.orm):
                await (self.socket if scope["type"] == "websocket" else self.http)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class OnDatabase:
    """Lets each request use the database that its app opened, so that several apps live in one process."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        with database.using(scope["app"].orm):
            await self._app(scope, receive, send)


async def healthy(desk: Desk, engine: Engine) -> Response:
    """How far streams are behind the log and what holds them, whether other processes are heard, whether what waits for
    time is done in time, and how many operations went the fast way, or why not."""
    holder = await log_order.held_by()
    held = holder.seconds if holder else 0.0
    now = desk.clock()
    told = {
        "log": {"top": await log_order.top(), "read": desk.realtime.position, "heldSeconds": round(held, 1)},
        "broadcaster": "connected" if desk.is_heard() else "not connected",
        "clock": {"lateSeconds": round((now - (await Job.late_since(now) or now)).total_seconds(), 1)},
        "engine": {"compiled": engine.compiled, "referred": engine.fallbacks, "rebuilt": engine.rebuilt},
    }
    return JSONResponse(told, 503 if held > HELD_TOO_LONG else 200)
