"""What live windows cost, beside the peers: `python -m bench.fanout`."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass

import orjson

from bench import load, machine
from bench.desk import Bench
from bench.report import Row
from bench.running import Plan, alone
from bench.servers import BARE, DESK, Server, available, started
from bench.sockets import Subscribers, text_of
from bench.work import FEED, MERCURIUS, NAIVE, WORKS, Goal, same

WARM_POSTS = 30
"""Posts before any is measured: the first are slower, and would be taken off what deliveries cost."""
TEXT = (
    '{"id":"1","type":"next","payload":{"data":{"feedPostAdded":{"id":"Entry_1000","cursor":"ewJ1AFqBWzUecvUzakrFMA",'
    '"at":"2026-01-01T00:00:00.000000Z","body":"The fuse is in the second cabinet, behind the panel.",'
    '"actor":{"name":"Anna"}}}}}'
)
"""What is sent bare: as many bytes as the desk sends."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one server took with some subscribers."""

    post_ms: float
    """CPU for one post with all its deliveries."""
    delivery_us: float
    """CPU for one delivery, without what the same post costs when nobody listens."""
    last_ms: float
    """From sending the post until the last client has it."""
    subscribing_ms: float
    """CPU for one connection with its subscription."""
    memory_kb: float
    told: bytes
    """What was delivered."""


class Announcer:
    """Posts to one case, or to a bare server; each time on a connection of its own, for servers end idle ones."""

    def __init__(self, server: Server, bench: Bench) -> None:
        self._url = server.url
        if server.name == BARE:
            self._asked = load.request(server.url, TEXT)
        else:
            post = next(work for work in WORKS if work.name == "Post")
            self._asked = load.request(server.url, post.bodies(bench)[0], bench.token)

    def send(self) -> None:
        """Sends the post; the answer comes with the deliveries, or after."""
        self._on = load.connected(self._url)
        self._on.sendall(self._asked)

    def answered(self) -> None:
        """Waits for the answer. Raises ConnectionError for one other than 200."""
        load.answer(self._on)
        self._on.close()


def take(server: Server, bench: Bench, count: int, posts: int = 5) -> Taken:
    """Opens subscribers on a server that has just started, posts some times, and closes them."""
    machine.pin_postgres(bench.database_url)
    pids, announcer, subscribers = [server.pid], Announcer(server, bench), Subscribers()

    def cost_of_post() -> tuple[float, float]:
        before = machine.cpu_seconds(pids)
        last = subscribers.told(announcer.send)
        announcer.answered()
        machine.wait_until_idle(pids, subscribers.heed)
        return machine.cpu_seconds(pids) - before, last

    for _ in range(WARM_POSTS):
        announcer.send()
        announcer.answered()
    unheard = statistics.median(cost_of_post()[0] for _ in range(posts))
    machine.wait_until_idle(pids, subscribers.heed)
    memory, cpu = machine.memory_kb(pids), machine.cpu_seconds(pids)
    token = None if server.name == BARE else bench.token
    try:
        subscribers.open(server.url, count, token, FEED, {"id": f"Case_{bench.case_ids[0]}"})
        machine.wait_until_idle(pids, subscribers.heed)
        subscribing = machine.cpu_seconds(pids) - cpu
        grown = machine.memory_kb(pids) - memory
        cost_of_post()  # the first is slower: it is compiled, and buffers are made
        costs = [cost_of_post() for _ in range(posts)]
        post = statistics.median(cpu for cpu, _ in costs)
        last = statistics.median(last for _, last in costs)
        told = text_of(subscribers.last)
    finally:
        subscribers.close()
    delivery_us = (post - unheard) / count * 1e6
    return Taken(post * 1e3, delivery_us, last * 1e3, subscribing / count * 1e3, grown / count, told)


def measured(bench: Bench, plan: Plan) -> list[Row]:
    """Each round starts every server afresh, one after the other, for memory that was used once is not given back."""
    names = available([DESK, NAIVE, MERCURIUS, BARE], plan.say)
    taken: defaultdict[int, list[dict[str, Taken]]] = defaultdict(list)
    for count, rounds, posts in ((1_000, plan.rounds, 5), (5_000, 3 if plan.big else 1, 3)):
        for n in range(rounds):
            in_round: dict[str, Taken] = {}
            for name in names:
                with started(name, bench) as server:
                    in_round[name] = take(server, bench, count, posts)
            agree(in_round)
            taken[count].append(in_round)
            plan.say(f"{count:,} subscribers: round {n + 1} of {rounds}")

    def row(title: str, unit: str, figure: str, count: int, peers: dict[str, Goal], limits: dict[str, Goal]) -> Row:
        rounds = [{name: getattr(one, figure) for name, one in in_round.items()} for in_round in taken[count]]
        return Row(title, unit, rounds, peers, limits)

    rows = []
    for count in taken:
        rows.append(
            row(
                f"a delivery to {count:,} subscribers, CPU", "µs", "delivery_us", count,
                {NAIVE: Goal(7, 10), MERCURIUS: Goal(2.3, 3.5)}, {BARE: Goal(1.3, 0.9)},
            )
        )  # fmt: skip
        rows.append(row(f"until the last of {count:,} has it", "ms", "last_ms", count, {}, {}))
    rows.append(row("connecting and subscribing, CPU", "ms", "subscribing_ms", 1_000, {NAIVE: Goal(5, 8)}, {}))
    rows.append(row("memory per subscribed connection", "kB", "memory_kb", 5_000, {}, {BARE: Goal(1.5, 1.25)}))
    return rows


def agree(taken: dict[str, Taken]) -> None:
    """Raises Different when servers deliver something else than the desk."""
    payloads = {name: orjson.loads(one.told)["payload"] for name, one in taken.items() if name != BARE}
    for name, payload in payloads.items():
        same("a delivery", name, payloads[DESK], payload)


if __name__ == "__main__":
    alone(measured)
