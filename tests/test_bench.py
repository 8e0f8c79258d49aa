"""The benchmark measures servers that answer and deliver the same, and judges them by the rounds' own ratios."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator

import pytest

from bench import fanout, requests
from bench.desk import SMALL, Bench, fill, fresh_postgres
from bench.report import Row
from bench.servers import BARE, DESK, all_started, available, started
from bench.work import BY_HAND, CONSTANT, MERCURIUS, NAIVE, POSTGRAPHILE, Different, Goal

NODE = [MERCURIUS, POSTGRAPHILE] if shutil.which("npm") else []


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    if not (os.environ.get("CASELINE_TEST_POSTGRES_URL") or os.environ.get("CASELINE_TEST_DATABASE_URL")):
        pytest.skip("CASELINE_TEST_DATABASE_URL names no PostgreSQL server")
    with fresh_postgres("bench_test") as address:
        yield asyncio.run(fill(address, SMALL))


@pytest.mark.slow
def test_every_peer_answers_as_the_desk_does(bench: Bench) -> None:
    names = available([DESK, NAIVE, *NODE, BY_HAND, CONSTANT], print)
    with all_started(names, bench) as servers:
        requests.agree(bench, servers)


@pytest.mark.slow
def test_every_peer_delivers_what_the_desk_delivers(bench: Bench) -> None:
    taken = {}
    for name in available([DESK, NAIVE, *NODE[:1], BARE], print):
        with started(name, bench) as server:
            taken[name] = fanout.take(server, bench, 3, posts=1)
    fanout.agree(taken)
    assert len(taken[BARE].told) == pytest.approx(len(taken[DESK].told), abs=8)


def test_answers_that_differ_in_a_text_are_told() -> None:
    desk = {"data": {"case": {"subject": "Printer", "registeredAt": "2026-01-01T00:00:00.100000Z"}}}
    same = {"data": {"case": {"subject": "Printer", "registeredAt": "2026-01-01T00:00:00.1+00:00"}}}
    other = {"data": {"case": {"subject": "Plotter", "registeredAt": "2026-01-01T00:00:00.1+00:00"}}}
    requests.same("a case", NAIVE, desk, same)
    with pytest.raises(Different, match="Plotter"):
        requests.same("a case", NAIVE, desk, other)


def test_what_a_peer_takes_is_the_median_of_the_rounds_own_ratios() -> None:
    quiet, busy, odd = {DESK: 1.0, NAIVE: 10.0}, {DESK: 3.0, NAIVE: 30.0}, {DESK: 2.0, NAIVE: 2.0}
    row = Row("a page", "ms", [quiet, busy, odd], {NAIVE: Goal(8, 12)})
    assert row.ratio(NAIVE, DESK) == 10
    assert row.beside(NAIVE) == "10.0 ✓ (8; 12)"
    assert row.beside(MERCURIUS) == ""
