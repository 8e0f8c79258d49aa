"""The table: what was measured, as ratios beside what was promised, in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.servers import DESK
from bench.work import MERCURIUS, NAIVE, POSTGRAPHILE, Goal

PEERS = (NAIVE, MERCURIUS, POSTGRAPHILE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what each server took in each round, visited in turn, so that a round's ratio is of one moment."""

    title: str
    unit: str
    rounds: Sequence[dict[str, float]]
    peers: dict[str, Goal] = field(default_factory=dict)
    limits: dict[str, Goal] = field(default_factory=dict)

    def ratio(self, of: str, to: str) -> float | None:
        """The median of the ratios of the rounds; None where it was not measured."""
        found = [taken[of] / taken[to] for taken in self.rounds if of in taken and to in taken and taken[to] > 0]
        return statistics.median(found) if found else None

    def taken(self, server: str) -> float | None:
        """The median of what a server took."""
        found = [taken[server] for taken in self.rounds if server in taken]
        return statistics.median(found) if found else None

    def beside(self, peer: str) -> str:
        """How many times the desk's a peer takes, and whether that is enough."""
        ratio = self.ratio(peer, DESK)
        if ratio is None:
            return ""
        goal = self.peers.get(peer)
        return short(ratio) + (_judged(ratio >= goal.must, ratio >= goal.aim, goal) if goal else "")

    def of_limits(self) -> str:
        """How many times a limit the desk takes, and whether that is little enough."""
        told = []
        for limit, goal in self.limits.items():
            ratio = self.ratio(DESK, limit)
            if ratio is not None:
                told.append(f"{short(ratio)}{_judged(ratio <= goal.must, ratio <= goal.aim, goal)} of {limit}")
        return ", ".join(told)


def _judged(must: bool, aim: bool, goal: Goal) -> str:
    return f" {'✓✓' if aim else '✓' if must else '✗'} ({goal.must:g}; {goal.aim:g})"


def short(value: float | None) -> str:
    """A figure with about three digits."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(heading: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def compared(rows: Sequence[Row]) -> str:
    """The table of the ratios, and below it the figures that they are of."""
    peers = [peer for peer in PEERS if any(peer in taken for row in rows for taken in row.rounds)]
    ratios = table(
        ["", "caseline", *(f"{peer} takes, times caseline" for peer in peers), "caseline takes, times the limit"],
        [
            [row.title, f"{short(row.taken(DESK))} {row.unit}", *(row.beside(peer) for peer in peers), row.of_limits()]
            for row in rows
        ],
    )
    servers = list(dict.fromkeys(server for row in rows for taken in row.rounds for server in taken))
    figures = table(
        ["medians", "", *servers],
        [[row.title, row.unit, *(short(row.taken(name)) for name in servers)] for row in rows],
    )
    told = "In brackets what must be reached and what is aimed at: ✗ missed, ✓ reached, ✓✓ the aim too."
    return f"{ratios}\n\n{told}\n\n{figures}"
