"""GraphQL over websockets: each demand of the protocol graphql-transport-ws, read strictly."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gql.engine.socket import MOST_OPERATIONS
from tests.engine.toy import Toy, served
from tests.running import PATIENCE, PROTOCOL, Desk, Socket

WHO = {"query": "{ who }"}
FOR_EVER = {"query": "subscription { up(to: 0) }"}


@pytest.fixture(scope="module")
async def whole_module() -> AsyncIterator[Toy]:
    async with served() as toy:
        yield toy


@pytest.fixture
async def server(whole_module: Toy) -> Toy:
    """One server for all, on which nothing runs and nothing was counted yet."""
    await until(lambda: not whole_module.doings.running)
    whole_module.doings.counted = whole_module.doings.begun = 0
    return whole_module


@asynccontextmanager
async def opened(toy: Toy, *protocols: str, **how: Any) -> AsyncIterator[Socket]:
    """A socket on which nothing was said yet."""
    async with connect(toy.url, subprotocols=protocols or (PROTOCOL,), **how) as connection:  # type: ignore[arg-type]
        yield Socket(connection)


@asynccontextmanager
async def acknowledged(toy: Toy, who: str = "vera", **how: Any) -> AsyncIterator[Socket]:
    """A socket that the server has let in."""
    async with opened(toy, **how) as socket:
        await socket.send({"type": "connection_init", "payload": {"Authorization": who}})
        assert await socket.receive() == {"type": "connection_ack"}
        yield socket


async def close_code(socket: Socket) -> int:
    """The code that the server closes with, whatever it sends before."""
    return (await closing(socket))[0]


async def closing(socket: Socket) -> tuple[int, str]:
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                await socket.connection.recv()
    except ConnectionClosed:
        connection: ClientConnection = socket.connection
        assert connection.close_code is not None
        return connection.close_code, connection.close_reason or ""


async def start(socket: Socket, key: str, payload: Any) -> None:
    await socket.send({"id": key, "type": "subscribe", "payload": payload})


async def lives(socket: Socket) -> None:
    """Nothing is left to be told on the socket, and it still answers."""
    await socket.send({"type": "ping", "payload": {"alive": True}})
    assert await socket.receive() == {"type": "pong", "payload": {"alive": True}}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


async def answers(socket: Socket, key: str, payload: Any) -> list[Any]:
    """What an operation brings until it is complete."""
    await start(socket, key, payload)
    found = []
    while (message := await socket.receive())["type"] == "next":
        assert (set(message), message["id"]) == ({"type", "id", "payload"}, key)
        found.append(message["payload"])
    assert message == {"type": "complete", "id": key}
    return found


async def refusal(socket: Socket, key: str, payload: Any) -> dict[str, Any]:
    """The one error that an operation ends with."""
    await start(socket, key, payload)
    message = await socket.receive()
    assert (message["type"], message["id"]) == ("error", key)
    [error] = message["payload"]
    return dict(error)


# ---------------------------------------------------------------- the subprotocol


async def test_the_server_chooses_the_subprotocol(server: Toy) -> None:
    async with opened(server, "graphql-ws", PROTOCOL) as socket:
        assert socket.connection.subprotocol == PROTOCOL


@pytest.mark.parametrize("protocols", [("graphql-ws",), ("graphql-transport-ws2", "chat")])
async def test_a_socket_without_the_subprotocol_is_closed_with_4406(server: Toy, protocols: tuple[str, ...]) -> None:
    async with opened(server, *protocols) as socket:
        assert await closing(socket) == (4406, "Subprotocol not acceptable")


async def test_a_socket_that_names_no_subprotocol_is_closed_with_4406(server: Toy) -> None:
    async with connect(server.url) as connection:
        assert await close_code(Socket(connection)) == 4406


# ---------------------------------------------------------------- initialising


@pytest.mark.parametrize(
    "message", [{}, {"payload": None}, {"payload": {}}, {"payload": {"authorization": 7}}, {"more": 1}]
)
async def test_an_initialisation_is_acknowledged(server: Toy, message: dict[str, Any]) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init", **message})
        assert await socket.receive() == {"type": "connection_ack"}
        assert await answers(socket, "1", WHO) == [{"data": {"who": "nobody"}}]


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
async def test_the_payload_says_who_comes(server: Toy, name: str) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init", "payload": {name: "vera"}})
        assert await socket.receive() == {"type": "connection_ack"}
        assert await answers(socket, "1", WHO) == [{"data": {"who": "vera"}}]


async def test_a_refused_initialisation_closes_with_4403() -> None:
    async with served() as toy, opened(toy) as socket:
        await socket.send({"type": "connection_init", "payload": {"authorization": "mallory"}})
        assert await closing(socket) == (4403, "Forbidden")


async def test_a_second_initialisation_closes_with_4429(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await socket.send({"type": "connection_init"})
        assert await closing(socket) == (4429, "Too many initialisation requests")


async def test_a_second_initialisation_before_the_acknowledgement_closes_with_4429(server: Toy) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init"})
        await socket.send({"type": "connection_init"})
        assert await close_code(socket) == 4429


async def test_no_initialisation_in_time_closes_with_4408() -> None:
    async with served(init_seconds=0.1) as toy, opened(toy) as socket:
        assert await closing(socket) == (4408, "Connection initialisation timeout")


async def test_a_ping_is_no_initialisation() -> None:
    async with served(init_seconds=0.3) as toy, opened(toy) as socket:
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        assert await close_code(socket) == 4408


async def test_an_initialisation_in_time_is_not_cut_later() -> None:
    async with served(init_seconds=0.1) as toy, acknowledged(toy) as socket:
        await asyncio.sleep(0.2)  # longer than the time that is allowed
        await lives(socket)


async def test_an_operation_before_the_acknowledgement_closes_with_4401(server: Toy) -> None:
    async with opened(server) as socket:
        await start(socket, "1", {"query": "mutation { count }"})
        assert await closing(socket) == (4401, "Unauthorized")
    assert server.doings.counted == 0


# ---------------------------------------------------------------- malformed messages

MALFORMED: list[Any] = [
    "",
    " ",
    "hello",
    "{",
    '{"type": "ping"',
    "{'type': 'ping'}",
    '{"type": "ping"} {"type": "ping"}',
    '{"type": NaN}',
    "null",
    "true",
    "7",
    '"ping"',
    "[]",
    '[{"type": "ping"}]',
    "[" * 20_000,
    '{"type": "ping", "payload": ' + '{"a": ' * 20_000 + "1" + "}" * 20_001,
    '{"type": "ping", "payload": {"a": "\\ud800"}}',
    b"",
    b"\xff\x00",
    b"\x1f\x8b\x08",
    {},
    {"payload": {}},
    {"type": None},
    {"type": 7},
    {"type": ["ping"]},
    {"type": {"ping": 1}},
    {"type": ""},
    {"type": "Ping"},
    {"type": "ping "},
    {"type": "start", "id": "1", "payload": WHO},
    {"type": "stop", "id": "1"},
    {"type": "connection_terminate"},
    {"type": "ka"},
    {"type": "connection_ack"},
    {"type": "next", "id": "1", "payload": {"data": None}},
    {"type": "error", "id": "1", "payload": [{"message": "no"}]},
    {"type": "\N{GRINNING FACE}" * 1_000},
    {"type": "\0" * 1_000},
    {"type": "connection_init", "payload": "vera"},
    {"type": "connection_init", "payload": ["vera"]},
    {"type": "connection_init", "payload": 7},
    {"type": "connection_init", "payload": False},
    {"type": "ping", "payload": "now"},
    {"type": "ping", "payload": [1]},
    {"type": "ping", "payload": 0},
    {"type": "pong", "payload": "now"},
    {"type": "pong", "payload": True},
]


@pytest.mark.parametrize("message", MALFORMED, ids=lambda message: repr(message)[:40])
async def test_a_message_that_the_protocol_does_not_know_closes_with_4400(server: Toy, message: Any) -> None:
    with capture_logs() as logged:
        async with opened(server) as socket:
            await socket.send(message)
            code, reason = await closing(socket)
    assert code == 4400
    assert reason
    assert logged == []


MALFORMED_LATER: list[Any] = [
    {"type": "subscribe", "payload": WHO},
    {"type": "subscribe", "id": None, "payload": WHO},
    {"type": "subscribe", "id": "", "payload": WHO},
    {"type": "subscribe", "id": 1, "payload": WHO},
    {"type": "subscribe", "id": True, "payload": WHO},
    {"type": "subscribe", "id": ["1"], "payload": WHO},
    {"type": "subscribe", "id": {}, "payload": WHO},
    {"type": "subscribe", "id": "1"},
    {"type": "subscribe", "id": "1", "payload": None},
    {"type": "subscribe", "id": "1", "payload": "{ who }"},
    {"type": "subscribe", "id": "1", "payload": [WHO]},
    {"type": "subscribe", "id": "1", "payload": 7},
    {"type": "subscribe", "id": "1", "payload": {}},
    {"type": "subscribe", "id": "1", "payload": {"query": None}},
    {"type": "subscribe", "id": "1", "payload": {"query": 7}},
    {"type": "subscribe", "id": "1", "payload": {"query": ["{ who }"]}},
    {"type": "subscribe", "id": "1", "payload": {**WHO, "variables": []}},
    {"type": "subscribe", "id": "1", "payload": {**WHO, "variables": "{}"}},
    {"type": "subscribe", "id": "1", "payload": {**WHO, "operationName": 7}},
    {"type": "subscribe", "id": "1", "payload": {**WHO, "operationName": ["A"]}},
    {"type": "subscribe", "id": "1", "payload": {**WHO, "extensions": []}},
    {"type": "subscribe", "id": "1", "payload": {**WHO, "extensions": "x"}},
    {"type": "complete"},
    {"type": "complete", "id": None},
    {"type": "complete", "id": ""},
    {"type": "complete", "id": 1},
    {"type": "complete", "id": ["1"]},
    *[message for message in MALFORMED if message not in ("", " ")],
]


@pytest.mark.parametrize("message", MALFORMED_LATER, ids=lambda message: repr(message)[:80])
async def test_it_closes_an_acknowledged_socket_too_and_ends_its_streams(server: Toy, message: Any) -> None:
    with capture_logs() as logged:
        async with acknowledged(server) as socket:
            await start(socket, "0", FOR_EVER)
            await until(lambda: server.doings.running == {"up"})
            await socket.send(message)
            assert await close_code(socket) == 4400
    await until(lambda: not server.doings.running)
    assert logged == []


async def test_text_that_is_not_utf_8_closes_with_1007(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await socket.connection.send(b'{"type": "\xff"}', text=True)
        assert await close_code(socket) == 1007


async def test_a_message_may_come_in_several_frames(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await socket.connection.send(['{"type": "pi', 'ng", "payload"', ': {"a": 1}}'])
        assert await socket.receive() == {"type": "pong", "payload": {"a": 1}}


async def test_a_socket_that_is_closed_does_not_touch_another(server: Toy) -> None:
    async with acknowledged(server) as one, acknowledged(server) as other:
        await one.send("hello")
        assert await close_code(one) == 4400
        await lives(other)


# ---------------------------------------------------------------- ping and pong


@pytest.mark.parametrize("payload", [{}, {"at": 1}, {"deep": [{"a": None}], "é": "\N{GRINNING FACE}"}])
async def test_a_ping_is_answered_by_a_pong_with_what_it_brought(server: Toy, payload: dict[str, Any]) -> None:
    async with acknowledged(server) as socket:
        await socket.send({"type": "ping", "payload": payload})
        assert await socket.receive() == {"type": "pong", "payload": payload}


@pytest.mark.parametrize("message", [{"type": "ping"}, {"type": "ping", "payload": None}])
async def test_a_ping_that_brings_nothing_is_answered_by_a_plain_pong(server: Toy, message: dict[str, Any]) -> None:
    async with opened(server) as socket:
        await socket.send(message)
        assert await socket.receive() == {"type": "pong"}


async def test_a_ping_is_answered_while_operations_run(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", {"query": "{ slow }"})
        await start(socket, "2", FOR_EVER)
        await lives(socket)


@pytest.mark.parametrize(
    "message", [{"type": "pong"}, {"type": "pong", "payload": None}, {"type": "pong", "payload": {}}]
)
async def test_a_pong_may_come_at_any_time_and_is_not_answered(server: Toy, message: dict[str, Any]) -> None:
    async with opened(server) as socket:
        await socket.send(message)
        await socket.send({"type": "connection_init"})
        assert await socket.receive() == {"type": "connection_ack"}
        await socket.send(message)
        await lives(socket)


# ---------------------------------------------------------------- operations


async def test_a_query_is_answered_by_one_item_and_complete(server: Toy) -> None:
    async with acknowledged(server) as socket:
        assert await answers(socket, "q", WHO) == [{"data": {"who": "vera"}}]
        await lives(socket)


async def test_a_mutation_is_answered_by_one_item_and_complete(server: Toy) -> None:
    async with acknowledged(server) as socket:
        assert await answers(socket, "m", {"query": "mutation { count }"}) == [{"data": {"count": 1}}]
    assert server.doings.counted == 1


async def test_a_subscription_brings_its_items_in_order_and_then_complete(server: Toy) -> None:
    async with acknowledged(server) as socket:
        found = await answers(socket, "s", {"query": "subscription { up(to: 5) }"})
        assert [item["data"]["up"] for item in found] == [1, 2, 3, 4, 5]
        await lives(socket)


async def test_a_subscription_without_items_is_complete_at_once(server: Toy) -> None:
    async with acknowledged(server) as socket:
        assert await answers(socket, "s", {"query": "subscription { up(to: -1) }"}) == []


async def test_variables_and_the_operations_name_are_heeded(server: Toy) -> None:
    two = "query A($n: Int!) { double(number: $n) } query B { who }"
    async with acknowledged(server) as socket:
        payload: dict[str, Any] = {"query": two, "operationName": "A", "variables": {"n": 21}, "extensions": {"x": 1}}
        assert await answers(socket, "1", payload) == [{"data": {"double": 42}}]
        payload = {"query": two, "operationName": "B", "variables": None, "extensions": None}
        assert await answers(socket, "2", payload) == [{"data": {"who": "vera"}}]


@pytest.mark.parametrize("key", ["1", "a b", "é\N{GRINNING FACE}", "\0", '"', "x" * 5_000])
async def test_any_text_is_an_id(server: Toy, key: str) -> None:
    async with acknowledged(server) as socket:
        assert await answers(socket, key, WHO) == [{"data": {"who": "vera"}}]


async def test_operations_run_beside_each_other(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "slow", {"query": "{ slow }"})
        await start(socket, "ever", FOR_EVER)
        assert await answers(socket, "quick", WHO) == [{"data": {"who": "vera"}}]
        assert server.doings.running == {"slow", "up"}


async def test_each_operation_and_each_item_has_a_context_of_its_own(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await answers(socket, "1", WHO)
        await answers(socket, "2", WHO)
        assert server.doings.begun == 2
        await answers(socket, "3", {"query": "subscription { up(to: 4) }"})
        assert server.doings.begun == 2 + 1 + 4


# ---------------------------------------------------------------- errors of operations

REFUSED = [
    ("{ who", "INVALID"),
    ("", "INVALID"),
    ("{ nothing }", "INVALID"),
    ("subscription { up }", "INVALID"),
    ("subscription { up(to: 1) partly { who } }", "INVALID"),
    ("query A { who } query B { who }", "INVALID"),
    ("query($n: Int!) { double(number: $n) }", "INVALID"),
    ("subscription($n: Int!) { up(to: $n) }", "INVALID"),
    (f"{{ double(number: {'9' * 20_000}) }}", "INVALID"),
    ("{ again " * 1_000 + "{ who }" + " }" * 1_000, "LIMIT"),
]


@pytest.mark.parametrize(("query", "code"), REFUSED, ids=[query[:40] for query, _ in REFUSED])
async def test_what_cannot_be_executed_is_an_error_without_complete(server: Toy, query: str, code: str) -> None:
    async with acknowledged(server) as socket:
        error = await refusal(socket, "1", {"query": query})
        assert error["extensions"] == {"code": code}
        await lives(socket)
        assert await answers(socket, "1", WHO) == [{"data": {"who": "vera"}}]


async def test_an_operation_that_is_not_there_is_an_error(server: Toy) -> None:
    async with acknowledged(server) as socket:
        error = await refusal(socket, "1", {**WHO, "operationName": "B"})
        assert error["message"] == "There is no operation 'B'."


async def test_a_field_that_fails_is_told_within_the_item(server: Toy) -> None:
    async with acknowledged(server) as socket:
        [item] = await answers(socket, "1", {"query": "{ who refused }"})
        assert item["data"] == {"who": "vera", "refused": None}
        assert item["errors"][0]["extensions"] == {"code": "NOT_NOW"}
        [item] = await answers(socket, "2", {"query": "subscription { partly { who refused } }"})
        assert item["data"] == {"partly": {"who": "vera", "refused": None}}
        assert item["errors"][0]["path"] == ["partly", "refused"]


async def test_a_stream_that_cannot_go_on_ends_with_an_error_and_no_complete(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", {"query": 'subscription { ends(how: "told") }'})
        assert (await socket.receive())["payload"] == {"data": {"ends": 1}}
        ended = await socket.receive()
        assert (ended["type"], ended["id"]) == ("error", "1")
        assert [(error["message"], error["extensions"]) for error in ended["payload"]] == [
            ("The right was withdrawn.", {"code": "NOT_NOW"})
        ]
        await lives(socket)


async def test_a_fault_in_a_stream_is_masked_and_logged(server: Toy) -> None:
    with capture_logs() as logged:
        async with acknowledged(server) as socket:
            await start(socket, "1", {"query": 'subscription { ends(how: "fault") }'})
            assert (await socket.receive())["type"] == "next"
            ended = await socket.receive()
            assert ended["type"] == "error"
            assert "hunter2" not in json.dumps(ended)
            [error] = ended["payload"]
            assert error["extensions"]["code"] == "INTERNAL"
            await lives(socket)
    assert error["extensions"]["errorId"] in [entry.get("error_id") for entry in logged]


@pytest.mark.parametrize("payload", [WHO, FOR_EVER], ids=["query", "subscription"])
async def test_a_fault_before_anything_is_executed_closes_with_4500(server: Toy, payload: Any) -> None:
    with capture_logs() as logged:
        async with acknowledged(server, "faulty") as socket:
            await start(socket, "1", payload)
            assert await closing(socket) == (4500, "Internal server error")
    assert [entry["event"] for entry in logged] == ["operation failed"]


# ---------------------------------------------------------------- ids, and completing


@pytest.mark.parametrize("second", [WHO, FOR_EVER, {"query": "{ nothing }"}], ids=["query", "subscription", "refused"])
@pytest.mark.parametrize("first", [FOR_EVER, {"query": "{ slow }"}], ids=["subscription", "query"])
async def test_an_id_that_is_in_use_closes_with_4409(server: Toy, first: Any, second: Any) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "twice", first)
        await start(socket, "twice", second)
        assert await closing(socket) == (4409, "Subscriber for twice already exists")
    await until(lambda: not server.doings.running)


@pytest.mark.parametrize("key", ["x" * 5_000, "\N{GRINNING FACE}" * 100, "\0" * 100])
async def test_an_id_of_any_length_closes_with_4409(server: Toy, key: str) -> None:
    async with acknowledged(server) as socket:
        await start(socket, key, FOR_EVER)
        await start(socket, key, FOR_EVER)
        assert await close_code(socket) == 4409


async def test_an_id_is_in_use_on_its_own_socket_only(server: Toy) -> None:
    async with acknowledged(server) as one, acknowledged(server) as other:
        await start(one, "1", FOR_EVER)
        await start(other, "1", FOR_EVER)
        await lives(one)
        await lives(other)


async def test_an_id_is_free_again_once_its_operation_is_complete(server: Toy) -> None:
    async with acknowledged(server) as socket:
        for _ in range(3):
            assert await answers(socket, "1", WHO) == [{"data": {"who": "vera"}}]
            assert len(await answers(socket, "1", {"query": "subscription { up(to: 2) }"})) == 2
            await refusal(socket, "1", {"query": "{ nothing }"})


async def test_an_id_is_free_again_once_the_client_completed_it(server: Toy) -> None:
    async with acknowledged(server) as socket:
        for _ in range(5):
            await start(socket, "1", FOR_EVER)
            await socket.send({"type": "complete", "id": "1"})
        assert await answers(socket, "1", WHO) == [{"data": {"who": "vera"}}]
        await until(lambda: not server.doings.running)


async def test_completing_stops_the_stream_and_is_not_answered(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", FOR_EVER)
        await until(lambda: server.doings.running == {"up"})
        await socket.send({"type": "complete", "id": "1"})
        await until(lambda: not server.doings.running)
        await lives(socket)


async def test_nothing_of_a_stream_is_sent_after_it_was_completed(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", {"query": "subscription { flood(size: 10) }"})
        for _ in range(20):
            assert (await socket.receive())["id"] == "1"
        await socket.send({"type": "complete", "id": "1"})
        await socket.send({"type": "ping"})
        while (message := await socket.receive())["type"] == "next":
            assert message["id"] == "1"
        assert message == {"type": "pong"}
        await lives(socket)
        await until(lambda: not server.doings.running)


async def test_a_query_that_was_completed_is_cut_and_not_answered(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", {"query": "{ slow }"})
        await until(lambda: server.doings.running == {"slow"})
        await socket.send({"type": "complete", "id": "1"})
        await until(lambda: not server.doings.running)
        await lives(socket)


@pytest.mark.parametrize("key", ["never", "done"])
async def test_completing_what_does_not_run_is_ignored(server: Toy, key: str) -> None:
    async with acknowledged(server) as socket:
        await answers(socket, "done", WHO)
        await socket.send({"type": "complete", "id": key})
        await socket.send({"type": "complete", "id": key})
        await lives(socket)


async def test_completing_one_stream_leaves_the_others(server: Toy) -> None:
    async with acknowledged(server) as socket:
        for name in ("one", "two"):
            await start(socket, name, {"query": f'subscription {{ up(to: 0, name: "{name}") }}'})
        await until(lambda: server.doings.running == {"one", "two"})
        await socket.send({"type": "complete", "id": "one"})
        await until(lambda: server.doings.running == {"two"})
        await lives(socket)


async def test_closing_the_socket_stops_all_that_runs_on_it(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", FOR_EVER)
        await start(socket, "2", {"query": "{ slow }"})
        await until(lambda: server.doings.running == {"up", "slow"})
    await until(lambda: not server.doings.running)


async def test_a_lost_connection_stops_all_that_runs_on_it(server: Toy) -> None:
    async with acknowledged(server) as socket:
        await start(socket, "1", FOR_EVER)
        await start(socket, "2", {"query": "subscription { flood(size: 10) }"})
        await until(lambda: server.doings.running == {"up", "flood"})
        socket.connection.transport.abort()
        await until(lambda: not server.doings.running)


async def test_one_socket_runs_so_many_operations_and_not_one_more(server: Toy) -> None:
    async with acknowledged(server) as socket:
        for number in range(MOST_OPERATIONS):
            await start(socket, str(number), FOR_EVER)
        await lives(socket)
        await start(socket, "one more", FOR_EVER)
        code, reason = await closing(socket)
        assert (code, str(MOST_OPERATIONS) in reason) == (4400, True)


# ---------------------------------------------------------------- the end of a socket


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def test_a_session_that_expires_closes_with_4403() -> None:
    async with served(expires_at=soon(0.4)) as toy, acknowledged(toy) as socket:
        await start(socket, "1", FOR_EVER)
        await lives(socket)
        assert await closing(socket) == (4403, "The token has expired")
        assert datetime.now(UTC) >= soon(-0.4)
        await until(lambda: not toy.doings.running)


async def test_a_session_that_expires_far_ahead_goes_on() -> None:
    async with served(expires_at=soon(3e9)) as toy, acknowledged(toy) as socket:
        await lives(socket)


async def test_a_token_that_expires_closes_its_socket_with_4403(desk: Desk) -> None:
    login, now = desk.logins["anna"], datetime.now(UTC)
    tokens = desk.app.state.desk.tokens
    almost = now - timedelta(minutes=desk.app.state.desk.settings.token_minutes, seconds=-2)
    text, expires_at = tokens.issue(login.id, login.generation, almost)
    async with desk.socket(token=text) as socket:
        await socket.subscribe("subscription { notificationReceived { id } }")
        assert await close_code(socket) == 4403
    assert expires_at <= datetime.now(UTC) < expires_at + timedelta(seconds=1)


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "bearer e30.e30.e30"])
async def test_a_token_that_is_not_good_closes_with_4403(desk: Desk, header: str) -> None:
    url = f"{desk.url.replace('http', 'ws')}/graphql"
    async with connect(url, subprotocols=[PROTOCOL]) as connection:  # type: ignore[list-item]
        socket = Socket(connection)
        await socket.send({"type": "connection_init", "payload": {"authorization": header}})
        assert await close_code(socket) == 4403


async def test_a_socket_without_a_token_may_still_sign_in(desk: Desk) -> None:
    document = 'mutation { signIn(input: {login: "anna", password: "demo"}) { viewer { user { name } } } }'
    async with desk.socket() as socket:
        [item] = await answers(socket, "1", {"query": document})
        assert item["data"]["signIn"]["viewer"]["user"]["name"] == "Anna Weber"
        error = await refusal(socket, "2", {"query": "subscription { notificationReceived { id } }"})
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_client_that_does_not_read_is_cut_with_4413() -> None:
    async with served(send_seconds=0.5) as toy, acknowledged(toy, max_queue=1, compression=None) as slow:
        async with acknowledged(toy) as healthy:
            begun = time.monotonic()
            await start(slow, "1", {"query": "subscription { flood(size: 100000) }"})
            await until(lambda: "flood" in toy.doings.running)
            await until(lambda: "flood" not in toy.doings.running)
            assert 0.5 <= time.monotonic() - begun < 5
            await lives(healthy)
        assert await closing(slow) == (4413, "The client does not read")


async def test_a_client_that_never_reads_again_costs_no_running_stream() -> None:
    async with served(send_seconds=0.2) as toy, acknowledged(toy, max_queue=1, compression=None) as slow:
        for number in range(5):
            query = f"subscription {{ flood(size: {100_000 + number}) }}"
            await start(slow, str(number), {"query": query})
        await until(lambda: "flood" in toy.doings.running)
        await until(lambda: not toy.doings.running)
        slow.connection.transport.abort()


async def test_a_server_that_shuts_down_closes_with_1012() -> None:
    async with served() as toy, acknowledged(toy) as socket:
        await start(socket, "1", FOR_EVER)
        await lives(socket)
        toy.stop()
        assert await close_code(socket) == 1012
        await until(lambda: not toy.doings.running)
