"""When a plan leaves an operation to the referee, and that it takes the next one all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog

from gql.engine import plan
from gql.engine.documents import Operation
from gql.store import database
from tests.engine import nasty
from tests.engine.comparing import differences


@pytest.fixture
async def zoo(database_url: str) -> AsyncIterator[nasty.Zoo]:
    async with nasty.zoo(database.orm_config(database_url)["connections"]) as zoo:
        yield zoo


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Faults are meant here."""
    with structlog.testing.capture_logs():
        yield


async def asked(zoo: nasty.Zoo, document: str, **variables: Any) -> str:
    """Why the referee answered, or nothing where a plan did; the answer is the referee's either way."""
    operation, engine = Operation(document, variables), zoo.engine
    engine.fallbacks = Counter()
    with database.using(zoo.orm):
        prepared = engine.documents.prepare(operation)
        answer = await engine.execute(prepared, operation, zoo.begin("keeper"))
        referee = await engine.refer(prepared, operation, zoo.begin("keeper"))
    assert differences(answer, referee) == []
    return "".join(engine.fallbacks)


TWO = """query($n: Int, $m: Int, $after: String) {
  a: beasts(first: $n) { totalCount } b: beasts(first: $m, after: $after) { totalCount } }"""


@pytest.mark.parametrize("wrong", [{"n": 1000}, {"m": -1}, {"after": "nowhere"}, {"n": 1000, "m": 1000}])
async def test_what_one_asks_wrongly_of_several_lists_is_told_and_the_plan_goes_on(
    zoo: nasty.Zoo, wrong: dict[str, Any]
) -> None:
    for _ in range(2 * plan.FAILURES):
        assert await asked(zoo, TWO, **wrong) == "GraphQLError in a plan"
    assert await asked(zoo, TWO, n=1) == ""


@pytest.mark.parametrize(("seconds", "then"), [(60.0, "a plan that rests"), (0.0, "")])
async def test_a_plan_whose_rows_break_promises_rests_and_then_goes_on(
    zoo: nasty.Zoo, monkeypatch: pytest.MonkeyPatch, seconds: float, then: str
) -> None:
    monkeypatch.setattr(plan, "REST_SECONDS", seconds)
    document = "query($n: Int) { beasts(first: $n) { nodes { strict } } }"
    for _ in range(plan.FAILURES):
        assert await asked(zoo, document, n=20) == "Bail in a plan"
    assert await asked(zoo, document, n=0) == then


async def test_a_condition_that_is_null_is_an_error_with_a_place_and_no_plan_is_kept_for_it(zoo: nasty.Zoo) -> None:
    for document in (
        "query($x: Boolean = true) { beasts(first: 1) { nodes { name diet @include(if: $x) tag @skip(if: $x) } } }",
        "query($x: Boolean = true) { __typename @skip(if: $x) beasts(first: 1) { totalCount } }",
    ):
        assert await asked(zoo, document, x=None) == "a flag that is null"
        prepared = zoo.engine.documents.prepare(Operation(document))
        assert not prepared.plans
        assert await asked(zoo, document) == ""
        assert await asked(zoo, document, x=False) == ""
