"""Websockets as bytes: what is no frame closes with the code that RFC 6455 names, and the server's end drains."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from gql.engine.wire import text_frame
from tests.engine.test_socket import FOR_EVER, WHO, acknowledged, answers, close_code, lives, opened, start, until
from tests.engine.toy import Toy, served
from tests.running import PATIENCE, PROTOCOL

TEXT, BINARY, CLOSE, PING, PONG, CONTINUED, FIN = 0x1, 0x2, 0x8, 0x9, 0xA, 0x0, 0x80
INIT = b'{"type":"connection_init"}'


def masked(first: int, payload: bytes = b"", *, length: int | None = None, mask: bool = True) -> bytes:
    """A frame as a client sends it, `first` being its first byte; the length may be a lie."""
    stated = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    if stated < 126:
        head = bytes((first, bit | stated))
    elif stated < 1 << 16:
        head = bytes((first, bit | 126)) + struct.pack("!H", stated)
    else:
        head = bytes((first, bit | 127)) + struct.pack("!Q", stated)
    return head + (b"\0\0\0\0" if mask else b"") + payload


class Line:
    """A websocket of which the test writes every byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def frame(self) -> tuple[int, bytes]:
        """The next frame of the server's: its first byte, and what it holds."""
        async with asyncio.timeout(PATIENCE):
            first, length = await self._reader.readexactly(2)
            assert not length & 0x80, "a server does not mask"
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            elif length == 127:
                length = int.from_bytes(await self._reader.readexactly(8), "big")
            return first, await self._reader.readexactly(length)

    async def close_code(self) -> int:
        while (frame := await self.frame())[0] != FIN | CLOSE:
            pass
        return int.from_bytes(frame[1][:2], "big")

    async def ended(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            return await self._reader.read() == b""


@asynccontextmanager
async def line(toy: Toy) -> AsyncIterator[Line]:
    address = urlsplit(toy.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n".encode()
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Toy]:
    async with served() as toy:
        yield toy


@pytest.mark.parametrize(
    ("sent", "code"),
    {
        "a frame that is not masked": (masked(FIN | TEXT, INIT, mask=False), 1002),
        "the first reserved bit, as if compressed": (masked(FIN | 0x40 | TEXT, INIT), 1002),
        "the second reserved bit": (masked(FIN | 0x20 | TEXT, INIT), 1002),
        "the third reserved bit": (masked(FIN | 0x10 | TEXT, INIT), 1002),
        "an opcode of data that is not defined": (masked(FIN | 0x3, INIT), 1002),
        "an opcode of control that is not defined": (masked(FIN | 0xB), 1002),
        "a ping in parts": (masked(PING, b"x"), 1002),
        "a ping of more than 125 bytes": (masked(FIN | PING, b"x" * 126), 1002),
        "a close in parts": (masked(CLOSE, b"\x03\xe8"), 1002),
        "a close of one byte": (masked(FIN | CLOSE, b"\x03"), 1002),
        "a close with a code that is not for the wire": (masked(FIN | CLOSE, struct.pack("!H", 1005)), 1002),
        "a close with a code below all": (masked(FIN | CLOSE, struct.pack("!H", 999)), 1002),
        "a close with a reason that is not UTF-8": (masked(FIN | CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007),
        "going on with nothing": (masked(FIN | CONTINUED, INIT), 1002),
        "a message within a message": (masked(TEXT, b"{") + masked(FIN | TEXT, INIT), 1002),
        "text that is not UTF-8": (masked(FIN | TEXT, b'{"type": "\xff"}'), 1007),
        "text in parts that is not UTF-8": (masked(TEXT, b'{"type": "\xc3') + masked(FIN | CONTINUED, b'("}'), 1007),
        "a message that is too long": (masked(FIN | TEXT, b"{", length=1 << 26), 1009),
        "a message whose parts are too long": (masked(TEXT, b"{") + masked(FIN | CONTINUED, b"", length=1 << 26), 1009),
        "binary": (masked(FIN | BINARY, INIT), 4400),
        "nothing": (masked(FIN | TEXT), 4400),
    }.values(),
)  # fmt: skip
async def test_what_is_no_message_closes_with_the_code_that_is_named_for_it(
    server: Toy, sent: bytes, code: int
) -> None:
    with capture_logs() as logged:
        async with line(server) as line_:
            line_.writer.write(sent)
            assert await line_.close_code() == code
    assert logged == []
    async with acknowledged(server) as socket:
        await lives(socket)


async def test_it_ends_what_runs_too(server: Toy) -> None:
    async with line(server) as line_:
        line_.writer.write(masked(FIN | TEXT, INIT))
        assert await line_.frame() == (FIN | TEXT, b'{"type":"connection_ack"}')
        line_.writer.write(
            masked(FIN | TEXT, b'{"type":"subscribe","id":"1","payload":{"query":"subscription { up(to: 0) }"}}')
        )
        await until(lambda: server.doings.running == {"up"})
        line_.writer.write(masked(FIN | TEXT, INIT, mask=False))
        assert await line_.close_code() == 1002
    await until(lambda: not server.doings.running)


async def test_a_ping_of_the_websocket_is_answered_by_a_pong_with_what_it_brought(server: Toy) -> None:
    async with line(server) as line_:
        for brought in (b"", b"\0\xff", os.urandom(125)):
            line_.writer.write(masked(FIN | PING, brought))
            assert await line_.frame() == (FIN | PONG, brought)


async def test_a_ping_may_come_within_a_message_in_parts(server: Toy) -> None:
    async with line(server) as line_:
        line_.writer.write(masked(TEXT, INIT[:5]) + masked(FIN | PING, b"x") + masked(FIN | CONTINUED, INIT[5:]))
        assert {await line_.frame(), await line_.frame()} == {
            (FIN | PONG, b"x"),
            (FIN | TEXT, b'{"type":"connection_ack"}'),
        }


async def test_a_message_may_come_byte_by_byte_and_many_may_come_at_once(server: Toy) -> None:
    async with line(server) as line_:
        for byte in masked(FIN | TEXT, INIT):
            line_.writer.write(bytes((byte,)))
            await asyncio.sleep(0)
        assert await line_.frame() == (FIN | TEXT, b'{"type":"connection_ack"}')
        line_.writer.write(masked(FIN | TEXT, b'{"type":"ping"}') * 200)
        for _ in range(200):
            assert await line_.frame() == (FIN | TEXT, b'{"type":"pong"}')


async def test_a_close_is_answered_with_the_same_code_and_the_line_ends(server: Toy) -> None:
    async with line(server) as line_:
        line_.writer.write(masked(FIN | CLOSE, struct.pack("!H", 1000)))
        assert await line_.close_code() == 1000
        assert await line_.ended()


async def test_a_client_that_does_not_answer_a_close_is_cut() -> None:
    async with served(send_seconds=0.2) as toy, line(toy) as line_:
        line_.writer.write(masked(FIN | TEXT, b"nonsense"))
        assert await line_.close_code() == 4400
        assert await line_.ended()


async def test_half_a_frame_and_then_nothing_leaves_nothing(server: Toy) -> None:
    with capture_logs() as logged:
        async with line(server) as line_:
            line_.writer.write(masked(FIN | TEXT, INIT)[:7])
            line_.writer.transport.abort()
        async with acknowledged(server) as socket:
            await lives(socket)
    assert logged == []


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_the_length_of_a_frame_takes_as_few_bytes_as_it_can(length: int) -> None:
    frame = text_frame(b"x" * length)
    assert frame[0] == FIN | TEXT
    assert len(frame) - length == (2 if length < 126 else 4 if length < 65_536 else 10)


# ---------------------------------------------------------------- a server with no more than ASGI


async def test_a_server_with_no_more_than_asgi_is_spoken_to_alike() -> None:
    async with served(plain=True) as toy:
        async with acknowledged(toy) as socket:
            assert await answers(socket, "1", WHO) == [{"data": {"who": "vera"}}]
            assert len(await answers(socket, "2", {"query": "subscription { up(to: 3) }"})) == 3
            await start(socket, "3", FOR_EVER)
            await until(lambda: toy.doings.running == {"up"})
            await socket.send("nonsense")
            assert await close_code(socket) == 4400
        await until(lambda: not toy.doings.running)
        async with opened(toy, "graphql-ws") as socket:
            assert await close_code(socket) == 4406
        async with acknowledged(toy) as socket:
            await start(socket, "1", FOR_EVER)
            await until(lambda: toy.doings.running == {"up"})
        await until(lambda: not toy.doings.running)


# ---------------------------------------------------------------- shutting down


async def test_what_is_being_answered_at_a_shutdown_is_answered_and_then_the_socket_closes() -> None:
    async with served() as toy, acknowledged(toy) as socket:
        await start(socket, "stream", FOR_EVER)
        await start(socket, "said", {"query": "subscription { said { text } }"})
        await start(socket, "query", {"query": "{ soon }"})
        await until(lambda: toy.doings.running == {"up", "soon"} and len(toy.listening.listeners) == 1)
        toy.stop()
        await until(lambda: toy.doings.running == {"soon"} and not toy.listening.listeners)
        await start(socket, "too late", {"query": "mutation { count }"})
        assert (await socket.receive())["payload"] == {"data": {"soon": "here"}}
        assert await socket.receive() == {"id": "query", "type": "complete"}
        assert await close_code(socket) == 1012
        assert toy.doings.counted == 0
