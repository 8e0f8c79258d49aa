"""The command `caseline`: serving, the demo, migrations, the schema, and a look at the desk's health."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import structlog
import typer
import uvicorn

from gql.actions import logins, users
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.api.schema import manifest, printed
from gql.app import GRAPHQL, NotMigrated, create_app, must_be_migrated, running_clock, trusted_documents
from gql.broadcast import broadcast, connected
from gql.demo import play as demo_data
from gql.engine.wire import UVICORN
from gql.enums import Role
from gql.errors import DeskError
from gql.settings import Settings, WrongSettings, read_settings
from gql.store import Job, Login, Lookups, database, log_order

T = TypeVar("T")

LATE = timedelta(minutes=15)
"""After which what waits for time is said to be late."""

cli = typer.Typer(
    help="Caseline, a headless service desk with one GraphQL API and a live feed.\n\n"
    "Settings are environment variables that begin with CASELINE_; docs/settings.md lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="CASELINE_HOST, or 127.0.0.1")]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; 0 takes a free one.", show_default="CASELINE_PORT, or 8000")
]


def main() -> None:
    """The command's entry: what a person can mend is told in words, without a traceback."""
    try:
        cli()
    except (
        WrongSettings,
        NotMigrated,
        demo_data.NotADemo,
        log_order.LogUnsound,
        FileNotFoundError,
        ConnectionError,
        DeskError,
    ) as wrong:
        typer.echo(f"caseline: {wrong}", err=True)
        sys.exit(2)


@cli.command()
def serve(
    host: Host = None,
    port: Port = None,
    migrate_first: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Serve the API at /graphql. Any number of processes may serve one PostgreSQL database with one Redis."""
    settings = _settings(host=host, port=port)
    if migrate_first:
        _run(database.migrate(settings.database_url, _say))
    _serve(settings)


@cli.command()
def worker() -> None:
    """Do what waits for time, such as closing cases that stay resolved, and serve nobody. Stops on SIGTERM.

    Any number may run; each thing is done once. Set CASELINE_CLOCK=false for the servers then. It runs at a low
    priority, so that on a machine that it shares with servers nobody waits for it.
    """
    if hasattr(os, "nice"):
        os.nice(10)
    _run(_work(_settings()))


@cli.command()
def demo(host: Host = None, port: Port = None) -> None:
    """Serve a desk with people, cases and conversations to try things on; the password of all is `demo`.

    The data is made once, in the database of CASELINE_DATABASE_URL (default: caseline-demo.db, here).
    """
    given = "CASELINE_DATABASE_URL" in os.environ
    settings = _settings(host=host, port=port, database_url=None if given else "sqlite://caseline-demo.db")
    _run(_make_demo(settings))
    _serve(settings, demo=True)


@cli.command()
def migrate() -> None:
    """Bring the database up to date, and create it when there is none. Safe to run twice and by several at once."""
    applied = _run(database.migrate(_settings().database_url, _say))
    _say(f"{len(applied)} migrations applied" if applied else "the database is up to date")


@cli.command()
def schema(
    check: Annotated[Path | None, typer.Option(help="Fail when this file does not hold what would be printed.")] = None,
    documents: Annotated[
        Path | None,
        typer.Option(
            help="Print the manifest of this folder's *.graphql files instead, for CASELINE_TRUSTED_DOCUMENTS. Fails "
            "when one of them does not fit the schema."
        ),
    ] = None,
) -> None:
    """Print the GraphQL schema, or the documents of a folder that fit it by their SHA-256."""
    text = printed() if documents is None else _manifest(documents)
    if check is None:
        typer.echo(text, nl=False)
    elif not check.exists() or check.read_text() != text:
        how = "caseline schema" if documents is None else f"caseline schema --documents {documents}"
        typer.echo(f"caseline: {check} is stale; run `{how} > {check}`", err=True)
        raise typer.Exit(1)


@cli.command()
def doctor(
    restored: Annotated[
        bool,
        typer.Option(
            "--restored", help="A backup was put back: draw a new epoch, so that clients read anew before they resume."
        ),
    ] = False,
) -> None:
    """Look at database, log and broadcaster, and say what is wrong. Answers 1 when something is."""
    settings = _settings()
    if not _run(_examine(settings, restored=restored)):
        raise typer.Exit(1)


@cli.command()
def admin(
    login: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str | None, typer.Option(help="Name to show; the login when left out.")] = None,
) -> None:
    """Make an administrator, or give a login a new password. The password is asked for."""
    settings = _settings()
    _run(must_be_migrated(settings))
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    _run(_make_admin(settings, login, name or login, password))


@cli.command()
def deactivate(login: Annotated[str, typer.Argument(help="The login to shut out.")]) -> None:
    """Shut a login out, everywhere and at once."""

    async def shut_out() -> None:
        settings = _settings()
        await must_be_migrated(settings)
        async with (
            database.opened(settings.database_url),
            unit_of_work(DESK, datetime.now(UTC), await Lookups.read(), ring=lambda: None) as work,
        ):
            await users.shut_out(work, login)

    _run(shut_out())
    _say(f"{login} is shut out")


def _settings(**given: Any) -> Settings:
    """Settings whose addresses can be understood; from now on they say how to log. Raises WrongSettings."""
    settings = read_settings(**given)
    _log_as(settings.log_format)
    for name, understand in (("database_url", database.database_at), ("broadcast_url", broadcast)):
        try:
            understand(getattr(settings, name))
        except ValueError as wrong:
            raise WrongSettings(f"CASELINE_{name.upper()}: {wrong}") from None
    trusted_documents(settings)
    return settings


def _manifest(folder: Path) -> str:
    try:
        return json.dumps(manifest(folder), indent=2, ensure_ascii=False) + "\n"
    except ValueError as wrong:
        typer.echo(f"caseline: these documents cannot be trusted\n{wrong}", err=True)
        raise typer.Exit(1) from None


def _say(line: str) -> None:
    typer.echo(f"caseline: {line}", err=True)


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    async with running_clock(settings):
        _say("the clock runs")
        await stop.wait()
    _say("the clock has stopped")


async def _make_demo(settings: Settings) -> None:
    await database.migrate(settings.database_url, _say)
    async with database.opened(settings.database_url):
        if await demo_data.is_played():
            return
        _say("making the demo data (some seconds, the first time only) ...")
        count = await demo_data.play(await Lookups.read(), datetime.now(UTC), _say)
        _say(f"{count} cases are there")


async def _make_admin(settings: Settings, login: str, name: str, password: str) -> None:
    hashed = await logins.hashed(password)
    async with database.opened(settings.database_url):
        lookups = await Lookups.read()
        async with unit_of_work(DESK, datetime.now(UTC), lookups, ring=lambda: None) as work:
            if await Login.exists(name=login.casefold()):
                await logins.reset_password(work, login, password_hash=hashed)
                _say(f"{login} has a new password")
            else:
                await logins.add_employee(work, login=login, password_hash=hashed, name=name, role=Role.ADMINISTRATOR)
                _say(f"{login} is an administrator")


async def _examine(settings: Settings, *, restored: bool) -> bool:
    waiting = await database.pending(settings.database_url)
    if waiting:
        _say(f"migrations: {', '.join(waiting)} not applied; run `caseline migrate`")
        return False
    _say("migrations: all applied")
    good = True
    async with database.opened(settings.database_url):
        try:
            await log_order.self_test()
            _say("log: a number in flight holds the horizon back, as it must")
        except log_order.LogUnsound as unsound:
            _say(f"log: {unsound}")
            good = False
        state = await log_order.current_state(restored=restored)
        top, horizon = await log_order.top(), await log_order.horizon()
        drawn = " (new; restart every running server)" if restored else ""
        _say(f"log: top {top}, settled to {horizon}, epoch {state.epoch}{drawn}")
        holder = await log_order.held_by()
        if holder is None:
            _say("log: nothing holds it back")
        else:
            who = f"pid {holder.pid}, {holder.application}" if holder.pid else "a prepared transaction"
            _say(f"log: held back by {who} ({holder.state}) for {holder.seconds:.1f} s: {holder.query}")
            good = good and holder.seconds < 30
        now = datetime.now(UTC)
        late = now - (await Job.late_since(now) or now)
        if late < LATE:
            _say("clock: what waits for time is done in time")
        else:
            _say(f"clock: {late} late; does any server run it (CASELINE_CLOCK), or `caseline worker`?")
            good = False
    bell = broadcast(settings.broadcast_url)
    async with bell:
        await asyncio.sleep(0.5 if settings.broadcast_url != "memory://" else 0)
        heard = connected(bell)
    if settings.broadcast_url == "memory://":
        _say("broadcaster: memory://, for this process alone; with several set CASELINE_BROADCAST_URL")
    else:
        _say(f"broadcaster: {'connected' if heard else 'not connected'}")
    if settings.secret is None:
        _say("secret: kept in the database; in production set CASELINE_SECRET")
    return good and heard


def _serve(settings: Settings, *, demo: bool = False) -> None:
    _run(must_be_migrated(settings))
    server = Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            proxy_headers=False,  # nothing asks for a client's address, and a layer costs every request
            ws_max_size=2 * settings.limit_body,
            ws_ping_interval=20,
            timeout_graceful_shutdown=10,
            **UVICORN,
        ),
        demo=demo,
    )
    server.run()
    if not server.started:
        raise typer.Exit(3)


class Server(uvicorn.Server):
    """Says where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, *, demo: bool) -> None:
        super().__init__(config)
        self._demo = demo

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        # What was made until now lives as long as the process: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        for listening in self.servers:
            for socket in listening.sockets:
                host, port = socket.getsockname()[:2]
                address = f"http://{f'[{host}]' if ':' in host else host}:{port}{GRAPHQL}"
                _say(f"GraphiQL and the API: {address}")
        if self._demo and self.started:
            typer.echo(WELCOME, err=True)

    async def shutdown(self, sockets: Any = None) -> None:
        await super().shutdown(sockets)
        self._captured_signals.clear()  # to stop when asked to is no failure: the exit code is 0


WELCOME = """
  logins   anna (agent, first line)      ben (agent, second line)
           dora (supervisor)             otto (administrator)
           vera, paul (customers of two accounts)
           the password of each is: demo

  paste this first, and run it:

    mutation { signIn(input: {login: "anna", password: "demo"}) { token errors { message } } }

  GraphiQL keeps the token by itself; other clients send it as `Authorization: Bearer <token>`. Then:

    { cases(first: 5) { totalCount nodes { number subject status { name } contact { name account { name } } } } }
"""


def _log_as(form: str) -> None:
    coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    shown: Any = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=coloured)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if form == "json" else []),
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
