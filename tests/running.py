"""A desk that runs on loopback, and clients of it as programs would write them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from gql.app import create_app
from gql.engine.wire import UVICORN
from gql.settings import Settings
from gql.store import Contact, Group, Login, SupportLine, User, database, log_order

PROTOCOL = "graphql-transport-ws"
PATIENCE = 30.0
"""Seconds after which a test gives up, which a machine with other work does not reach."""

REGISTER = """mutation($input: RegisterCaseInput!) { registerCase(input: $input) {
  case { id number subject status { code } cursor } errors { code message field } } }"""


class Desk:
    """A running server, and short ways to speak to it as one of the cast."""

    def __init__(self, url: str, app: Any, client: httpx2.AsyncClient) -> None:
        self.url, self.app, self._client = url, app, client
        self.logins: dict[str, Login] = {}
        self.ids: dict[str, str] = {}
        """Global ids by name: logins (`anna` is a User, `vera` a Contact), `Nils Free`, accounts, groups, lines,
        statuses, categories, closure codes and grades."""

    @contextmanager
    def database(self) -> Iterator[None]:
        """Lets the test look into the desk's own tables."""
        with database.using(self.app.orm):
            yield

    def token(self, login: str) -> str:
        """A token that the desk signs for one of the cast."""
        known = self.logins[login]
        text, _ = self.app.state.desk.tokens.issue(known.id, known.generation, datetime.now(UTC))
        return str(text)

    async def post(self, body: Any, *, login: str | None = None, **headers: str) -> httpx2.Response:
        """Any HTTP body at all."""
        if login is not None:
            headers["authorization"] = f"Bearer {self.token(login)}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self._client.post(
            f"{self.url}/graphql", content=content, headers={"content-type": "application/json", **headers}
        )

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self._client.get(f"{self.url}{path}", headers=headers)

    async def answer(self, login: str | None, document: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, errors and all."""
        response = await self.post({"query": document, "variables": variables}, login=login)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def run(self, login: str | None, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without top-level errors."""
        answer = await self.answer(login, document, **variables)
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])

    async def code(self, login: str | None, document: str, **variables: Any) -> str:
        """The code of the first top-level error."""
        answer = await self.answer(login, document, **variables)
        assert "errors" in answer, answer
        return str(answer["errors"][0]["extensions"]["code"])

    async def act(self, login: str, mutation: str, show: str = "", /, **input: Any) -> dict[str, Any]:
        """The payload of a mutation; `show` is selected beside `errors { code message field }`."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"""mutation($input: {kind}!) {{ {mutation}(input: $input) {{
          {show} errors {{ code message field }} }} }}"""
        return dict((await self.run(login, document, input=input))[mutation])

    async def done(self, login: str, mutation: str, show: str = "", /, **input: Any) -> dict[str, Any]:
        """The same, for what must succeed."""
        payload = await self.act(login, mutation, show, **input)
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def refused(self, login: str, mutation: str, show: str = "", /, **input: Any) -> dict[str, Any]:
        """The one error of a mutation that must not succeed."""
        payload = await self.act(login, mutation, show, **input)
        assert len(payload["errors"]) == 1, payload
        return dict(payload["errors"][0])

    async def register(self, login: str = "anna", **input: Any) -> dict[str, Any]:
        """A case with id, number, subject, status and cursor: a service request for vera, unless told otherwise."""
        given = {"categoryId": self.ids["SERVICE_REQUEST"], **input}
        if login not in ("vera", "paul"):
            given = {"subject": "The printer is on fire", **given}
            if "contactId" not in given and "accountId" not in given:
                given["contactId"] = self.ids["vera"]
        payload = (await self.run(login, REGISTER, input=given))["registerCase"]
        assert payload["errors"] == [], payload["errors"]
        return dict(payload["case"])

    async def case(self, login: str, id: str, show: str) -> Any:
        """What somebody sees of a case; None when he does not see it."""
        return (await self.run(login, f"query($id: ID!) {{ case(by: {{id: $id}}) {{ {show} }} }}", id=id))["case"]

    async def history(self, login: str, id: str, show: str = "__typename summary") -> list[dict[str, Any]]:
        """The processing history of a case, as somebody sees it."""
        seen = await self.case(login, id, f"history(first: 100) {{ nodes {{ {show} }} }}")
        return list(seen["history"]["nodes"])

    async def notified(self, login: str) -> list[tuple[str, str]]:
        """Reason and case number of somebody's notifications, oldest first."""
        data = await self.run(
            login, "{ viewer { notifications(first: 100) { nodes { reason entry { case { number } } } } } }"
        )
        nodes = data["viewer"]["notifications"]["nodes"]
        return [(node["reason"], node["entry"]["case"]["number"]) for node in reversed(nodes)]

    @asynccontextmanager
    async def socket(self, login: str | None = None, *, token: str | None = None) -> AsyncIterator[Socket]:
        """An initialised websocket."""
        address = f"{self.url.replace('http', 'ws')}/graphql"
        # without pings of its own: a client in the server's loop is not to judge how soon they come back
        async with connect(address, subprotocols=[PROTOCOL], ping_interval=None) as connection:  # type: ignore[list-item]
            socket = Socket(connection)
            text = token or (self.token(login) if login else None)
            await socket.send(
                {"type": "connection_init", "payload": {"authorization": f"Bearer {text}"} if text else None}
            )
            ack = await socket.receive()
            assert ack["type"] == "connection_ack", ack
            yield socket

    async def caught_up(self) -> None:
        """Returns once this server's streams know all that has happened: a cursor or a stream of now is behind it."""
        realtime = self.app.state.desk.realtime
        with self.database():
            while (await log_order.settled_after(realtime.position, limit=1)).upto > realtime.position:
                await asyncio.sleep(0.005)

    @asynccontextmanager
    async def stream(self, login: str, document: str, **variables: Any) -> AsyncIterator[Stream]:
        """A subscription on a socket of its own, which the server has begun to serve."""
        await self.caught_up()
        async with self.socket(login) as socket:
            yield await socket.subscribe(document, **variables)


class Socket:
    """One end of graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._count = 0

    async def send(self, message: Any) -> None:
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def receive(self, patience: float = PATIENCE) -> dict[str, Any]:
        async with asyncio.timeout(patience):
            return dict(json.loads(await self.connection.recv()))

    async def subscribe(self, document: str, **variables: Any) -> Stream:
        self._count += 1
        key = str(self._count)
        await self.send({"id": key, "type": "subscribe", "payload": {"query": document, "variables": variables}})
        # the server takes messages in turn and begins a stream at once: its pong says that it has
        await self.send({"type": "ping"})
        stream = Stream(self, key)
        while (message := await self.receive())["type"] != "pong":
            stream.early.append(message)
        await asyncio.sleep(0.05)
        return stream


class Stream:
    """The items of one subscription."""

    def __init__(self, socket: Socket, key: str) -> None:
        self.socket, self.key = socket, key
        self.early: list[dict[str, Any]] = []

    async def message(self, patience: float = PATIENCE) -> dict[str, Any]:
        message = self.early.pop(0) if self.early else await self.socket.receive(patience)
        assert message["id"] == self.key, message
        return message

    async def next(self, patience: float = PATIENCE) -> Any:
        """The next item: the value of the subscription's one field."""
        message = await self.message(patience)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        [item] = message["payload"]["data"].values()
        return item

    async def take(self, count: int) -> list[Any]:
        return [await self.next() for _ in range(count)]

    async def error(self, patience: float = PATIENCE) -> str:
        """The code of the error that ends the stream."""
        message = await self.message(patience)
        assert message["type"] == "error", message
        return str(message["payload"][0]["extensions"]["code"])

    async def nothing(self, seconds: float = 0.5) -> None:
        """Nothing comes for a while, though the stream lives."""
        try:
            message = await self.message(seconds)
        except TimeoutError:
            return
        raise AssertionError(f"nothing was to come, but {message}")


class Server(uvicorn.Server):
    """A server in the test's own loop, which leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Looks ten times as often as uvicorn's whether it is to stop, which thousands of tests wait for."""
        ticks = 0
        while not self.should_exit:
            if ticks % 10 == 0:
                await self.on_tick(ticks // 10)
            ticks += 1
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> AsyncIterator[Desk]:
    """A desk that is served until left."""
    app = create_app(settings, clock)
    server = Server(
        uvicorn.Config(
            app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=2, lifespan="on", **UVICORN
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(30):
            while not server.started:
                assert not serving.done(), "the server did not start"
                await asyncio.sleep(0.005)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        async with httpx2.AsyncClient(timeout=PATIENCE, verify=False) as client:
            desk = Desk(f"http://{host}:{port}", app, client)
            await _learn(desk)
            yield desk
    finally:
        server.should_exit = True
        try:
            async with asyncio.timeout(20):
                await asyncio.shield(serving)
        except TimeoutError:  # a run of thousands of servers must not wait for ever for one
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _learn(desk: Desk) -> None:
    with desk.database():
        desk.logins = {login.name: login for login in await Login.all()}
        lookups = app_lookups(desk)
        named: list[Any] = [
            *await User.all(),
            *await Contact.all(),
            *await Group.all(),
            *await Contact.all().select_related("account"),
        ]
        for row in named:
            desk.ids[row.name] = f"{type(row).__name__}_{row.pk}"
            if isinstance(row, Contact) and row.account_id is not None:
                desk.ids[f"account of {row.name}"] = f"Account_{row.account_id}"
        for line in await SupportLine.all():
            desk.ids[f"line {line.level}"] = f"SupportLine_{line.pk}"
        for group in await Group.all():
            desk.ids[f"group {group.name}"] = f"Group_{group.pk}"
        for status in lookups.statuses.values():
            desk.ids[status.code] = f"CaseStatus_{status.id}"
        for category in lookups.categories.values():
            desk.ids[category.code] = f"CaseCategory_{category.id}"
        for code in lookups.closure_codes.values():
            desk.ids[code.name] = f"ClosureCode_{code.id}"
        for level in lookups.satisfaction_levels.values():
            desk.ids[level.name] = f"SatisfactionLevel_{level.id}"
        for login in desk.logins.values():
            desk.ids[login.name] = f"User_{login.user_id}" if login.user_id else f"Contact_{login.contact_id}"


def app_lookups(desk: Desk) -> Any:
    """The lists that the desk holds in memory."""
    return desk.app.state.desk.lookups


class Statements(logging.Handler):
    """Counts the SQL statements that Tortoise's clients run."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())

    @classmethod
    @contextmanager
    def counted(cls) -> Iterator[Statements]:
        """The statements run meanwhile, by anybody in this process."""
        counter, logger = cls(), logging.getLogger("tortoise.db_client")
        level = logger.level
        logger.addHandler(counter)
        logger.setLevel(logging.DEBUG)
        try:
            yield counter
        finally:
            logger.removeHandler(counter)
            logger.setLevel(level)
