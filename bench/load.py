"""A client that asks as fast as it is answered: a few keep-alive connections, one request on each at a time."""

from __future__ import annotations

import select
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson


@dataclass(frozen=True, slots=True)
class Load:
    """What came of asking for a while. Milliseconds are from sending a request to the last byte of its answer."""

    requests: int
    seconds: float
    median_ms: float
    p99_ms: float


def request(url: str, body: Any, token: str | None = None) -> bytes:
    """The bytes of a POST; a body that is neither text nor bytes is sent as JSON."""
    parts = urlsplit(url)
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else orjson.dumps(body)
    head = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*head, f"Content-Length: {len(data)}", "", ""]).encode() + data


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    made = socket.create_connection((parts.hostname, parts.port), timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class Half:
    """An answer that is still coming in."""

    __slots__ = ("data", "end")

    def __init__(self) -> None:
        self.data, self.end = b"", 0

    def add(self, data: bytes) -> bool:
        """Takes what came; whether the answer is whole. Raises ConnectionError for an answer other than 200."""
        self.data += data
        if not self.end:
            head, blank, _ = self.data.partition(b"\r\n\r\n")
            if not blank:
                return False
            if not head.startswith(b"HTTP/1.1 200"):
                raise ConnectionError(self.data.decode(errors="replace")[:2000])
            _, _, length = head.lower().partition(b"content-length:")
            self.end = len(head) + 4 + int(length.partition(b"\r\n")[0])
        return len(self.data) >= self.end

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def answer(on: socket.socket) -> bytes:
    """The body of the answer that is coming. Raises ConnectionError for one other than 200, and for none."""
    half = Half()
    while data := on.recv(1 << 20):
        if half.add(data):
            return half.body
    raise ConnectionError("closed without an answer")


def ask(on: socket.socket, asked: bytes) -> bytes:
    """One request and the body of its answer. Raises ConnectionError as `answer` does."""
    on.sendall(asked)
    return answer(on)


def post(url: str, body: Any, token: str | None = None) -> Any:
    """One request on a connection of its own; the decoded answer."""
    with connected(url) as on:
        return orjson.loads(ask(on, request(url, body, token)) or b"null")


def run(url: str, bodies: Sequence[Any], token: str | None, *, seconds: float, connections: int) -> Load:
    """Asks with the bodies in turn for some seconds. Raises ConnectionError when one is not answered with 200."""
    asked = [request(url, body, token) for body in bodies]
    poll = select.epoll()
    sockets = {(made := connected(url)).fileno(): made for _ in range(connections)}
    halves: dict[int, Half] = {}
    begun: dict[int, float] = {}
    taken: list[float] = []
    for fd in sockets:
        poll.register(fd, select.EPOLLIN)
    n, first = 0, time.perf_counter()
    for fd, on in sockets.items():
        halves[fd], begun[fd] = Half(), time.perf_counter()
        on.send(asked[n % len(asked)])
        n += 1
    try:
        while halves:
            events = poll.poll(30)
            if not events:
                raise ConnectionError("no answer within 30 seconds")
            for fd, _ in events:
                if not halves[fd].add(sockets[fd].recv(1 << 20)):
                    continue
                now = time.perf_counter()
                taken.append(now - begun[fd])
                if now - first < seconds:
                    halves[fd], begun[fd] = Half(), now
                    sockets[fd].send(asked[n % len(asked)])
                    n += 1
                else:
                    del halves[fd]
    finally:
        for on in sockets.values():
            on.close()
        poll.close()
    taken.sort()
    whole = time.perf_counter() - first
    return Load(n, whole, statistics.median(taken) * 1000, taken[int(0.99 * (len(taken) - 1))] * 1000)
