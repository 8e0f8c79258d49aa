"""Many subscribers in one process: bare websocket clients that count what they are told, and look at little of it."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.load import connected

AT_ONCE = 50
"""How many sockets are opened at the same time."""
NEXT = b'"next"'
CLOSE, PING, PONG = 0x88, 0x89, 0x8A
"""How the frames begin that are no text."""


def frame(text: bytes) -> bytes:
    """A client's text frame. It is masked with zeros, so the text stays as it is."""
    length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + text


def text_of(data: bytes) -> bytes:
    """The text of a server's frame that came whole."""
    return data[4:] if data[1] == 126 else data[2:]


class Subscribers:
    """Open sockets of one server, each with one subscription."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self.last = b""
        """The last frame that was told."""

    def __len__(self) -> int:
        return len(self._sockets)

    def open(self, url: str, count: int, token: str | None, document: str, variables: dict[str, Any]) -> None:
        """Opens sockets and subscribes by graphql-transport-ws; without a token the socket alone is opened."""
        parts = urlsplit(url)
        upgrade = (
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        ).encode()
        begin = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        payload = {"query": document, "variables": variables, "operationName": "Feed"}
        subscribe = {"id": "1", "type": "subscribe", "payload": payload}
        steps = [(upgrade, b"HTTP/1.1 101")]
        if token is not None:
            steps.append((frame(orjson.dumps(begin)), b"connection_ack"))
            steps.append((frame(orjson.dumps(subscribe)) + frame(b'{"type":"ping"}'), b'"pong"'))
        for begun in range(0, count, AT_ONCE):
            opened = [connected(url) for _ in range(min(AT_ONCE, count - begun))]
            for sent, expected in steps:
                for one in opened:
                    one.sendall(sent)
                for one in opened:
                    _await(one, expected)
            for one in opened:
                self._poll.register(one.fileno(), select.EPOLLIN)
                self._sockets[one.fileno()] = one
            self.heed()

    def told(self, announce: Callable[[], object], *, within: float = 60) -> float:
        """Announces something and waits until every subscriber was told: seconds until the last was.

        Raises TimeoutError.
        """
        waiting = set(self._sockets)
        begun = time.perf_counter()
        announce()
        while waiting:
            if time.perf_counter() - begun > within:
                raise TimeoutError(f"{len(waiting)} of {len(self)} subscribers were told nothing")
            for fd, _ in self._poll.poll(1):
                if NEXT in (data := self._read(fd)):
                    waiting.discard(fd)
                    self.last = data
        return time.perf_counter() - begun

    def heed(self) -> None:
        """Answers the pings that have come, or a server cuts the silent."""
        for fd, _ in self._poll.poll(0):
            self._read(fd)

    def _read(self, fd: int) -> bytes:
        data = self._sockets[fd].recv(65536)
        if not data or data[0] == CLOSE or b'"error' in data:
            raise ConnectionError(f"a subscriber was cut: {data!r}")
        if data[0] == PING:
            end = 2 + data[1]
            self._sockets[fd].sendall(bytes([PONG, 0x80 | data[1]]) + bytes(4) + data[2:end])
            data = data[end:]
        return data

    def close(self) -> None:
        for one in self._sockets.values():
            one.close()
        self._sockets.clear()
        self._poll.close()
        self._poll = select.epoll()


def _await(on: socket.socket, expected: bytes) -> None:
    got = b""
    while expected not in got:
        data = on.recv(65536)
        if not data:
            raise ConnectionError(f"closed instead of {expected!r}: {got!r}")
        got += data
