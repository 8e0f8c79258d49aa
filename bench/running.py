"""How the parts of the benchmark are run, together or one alone."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg  # type: ignore[import-untyped]

from bench import machine
from bench.desk import BIG, QUICK, Bench, Size, fill, fresh_postgres
from bench.report import Row, compared


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    size: Size
    rounds: int
    seconds: float
    """How long a server is asked in a round."""
    table_sizes: tuple[int, ...]
    """Numbers of cases of the desks that pages are compared on."""
    big: bool = False

    def say(self, line: str) -> None:
        """Tells how far things are, beside the tables."""
        print(line, file=sys.stderr, flush=True)


QUICK_PLAN = Plan(QUICK, rounds=3, seconds=0.6, table_sizes=(10_000, 100_000))
BIG_PLAN = Plan(BIG, rounds=7, seconds=2, table_sizes=(10_000, 100_000, 1_000_000), big=True)

Compared = Callable[[Bench, Plan], Sequence[Row]]
"""A part that answers rows of the one table."""
Printed = Callable[[Bench, Plan], None]
"""A part that prints tables of its own."""


def asked(**more: Sequence[str]) -> tuple[Plan, argparse.Namespace]:
    """The plan of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--big", action="store_true", help="larger tables, more and longer rounds")
    if more:
        parser.add_argument(
            "--only", metavar="NAME", action="append", choices=more["only"], help=", ".join(more["only"])
        )
    told = parser.parse_args()
    return BIG_PLAN if told.big else QUICK_PLAN, told


@contextmanager
def filled(plan: Plan) -> Iterator[Bench]:
    """The clients' place, and a filled database."""
    machine.settle_in()
    with fresh_postgres() as address:
        plan.say(f"filling a database with {plan.size.cases:,} cases and {plan.size.entries:,} entries")
        yield asyncio.run(fill(address, plan.size))


def heading(bench: Bench) -> str:
    """Where and with what the figures were taken."""

    async def version() -> str:
        connection = await asyncpg.connect(bench.database_url)
        told = await connection.fetchval("SHOW server_version")
        await connection.close()
        return str(told).split()[0]

    return machine.described(asyncio.run(version()))


def alone(part: Compared | Printed) -> None:
    """Runs one part by itself and prints its table."""
    plan, _ = asked()
    with filled(plan) as bench:
        print(heading(bench))
        rows = part(bench, plan)
        if rows:
            print(f"\n{compared(rows)}")
