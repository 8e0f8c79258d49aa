"""What a request costs, beside the peers: `python -m bench.requests`."""

from __future__ import annotations

from collections import defaultdict

import orjson

from bench import load, machine
from bench.desk import Bench
from bench.report import Row
from bench.running import Plan, alone
from bench.servers import DESK, Server, all_started, available
from bench.work import BY_HAND, CONSTANT, MERCURIUS, NAIVE, POSTGRAPHILE, WORKS, Work, same

CONNECTIONS = 16
WARM_SECONDS = 0.7


def measured(bench: Bench, plan: Plan) -> list[Row]:
    """Asks every server in turn, round by round, for the CPU of its process per request."""
    names = available([DESK, NAIVE, MERCURIUS, POSTGRAPHILE, BY_HAND, CONSTANT], plan.say)
    rounds: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    with all_started(names, bench) as servers:
        agree(bench, servers)
        if not machine.pin_postgres(bench.database_url):
            plan.say("PostgreSQL could not be pinned: it may run on the core of the servers.")
        for work in WORKS:
            for server in able(servers, work):
                load.run(
                    server.url, bodies(server, work, bench), bench.token, seconds=WARM_SECONDS, connections=CONNECTIONS
                )
        for n in range(plan.rounds):
            for work in WORKS:
                taken = {s.name: _cpu_ms(s, work, bench, plan.seconds) for s in able(servers, work)}
                rounds[work.name].append(taken)
            plan.say(f"requests: round {n + 1} of {plan.rounds}")
    return [Row(f"{work.title}, CPU", "ms", rounds[work.name], work.peers, work.limits) for work in WORKS]


def _cpu_ms(server: Server, work: Work, bench: Bench, seconds: float) -> float:
    before = machine.cpu_seconds([server.pid])
    done = load.run(server.url, bodies(server, work, bench), bench.token, seconds=seconds, connections=CONNECTIONS)
    return (machine.cpu_seconds([server.pid]) - before) / done.requests * 1000


def able(servers: list[Server], work: Work) -> list[Server]:
    """The servers that a work is measured on: no constant bytes where the limit is another, and the other way round."""
    limits = {BY_HAND, CONSTANT} - work.limits.keys()
    return [server for server in servers if server.name not in limits]


def bodies(server: Server, work: Work, bench: Bench) -> list[bytes]:
    """What a server is asked in turn, as JSON."""
    return [orjson.dumps(body) for body in work.bodies(bench, server.name)]


def agree(bench: Bench, servers: list[Server]) -> None:
    """Raises Different when servers do not answer the same."""
    for work in WORKS:
        expected = load.post(servers[0].url, bodies(servers[0], work, bench)[0], bench.token)
        for server in able(servers, work):
            told = load.post(server.url, bodies(server, work, bench)[0], bench.token)
            same(work.title, server.name, expected, told)


if __name__ == "__main__":
    alone(measured)
