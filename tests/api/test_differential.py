"""Documents made at random for the desk's schema are answered as by graphql-core and the referee alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gql.api.context import Context
from gql.api.schema import make_schema
from gql.engine.documents import Operation
from tests.api.busy import LOOKING, begin, engine_of, make_busy
from tests.engine.comparing import cursors_in, ids_in, must_be_alike
from tests.engine.documents_made import Made, Pools, documents
from tests.running import Desk

HARVEST = """{
  cases(filter: {includeFinal: true}, first: 50) { edges { cursor node {
    id cursor status { id } category { id } history(first: 5) { edges { cursor node { id cursor } } } } } }
  cases_byPriority: cases(filter: {includeFinal: true}, orderBy: {field: PRIORITY}) { edges { cursor } }
  contacts { edges { cursor node { id cases(first: 5) { edges { cursor } } } } }
  accounts { edges { cursor node { id contacts { edges { cursor } } } } }
  users { edges { cursor node { id } } }
  lookups { closureCodes { id } supportLines { id groups { id members { edges { cursor } } } } }
}"""

POOLS = Pools(
    words=("print", "lamp", "ümlauts", "vera", "westhaven", "hurry", "No. 3", "anna", "first line"),
    scalars={
        "DateTime": st.sampled_from(["2024-03-01T00:00:00Z", "2100-01-01T00:00:00+02:00", "yesterday"]),
        "Cursor": st.sampled_from(["", "broken"]),
    },
)
DOCUMENTS = documents(make_schema()._schema, POOLS)
HOW: Any = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

some_looking = st.permutations(LOOKING).map(lambda names: names[:2])
all_looking = st.permutations(LOOKING)


class Seen:
    """A busy desk, and the ids and cursors that are seen there."""

    def __init__(self, desk: Desk, answer: Any) -> None:
        self.desk, self.ids, self.cursors = desk, sorted(set(ids_in(answer))), cursors_in(answer)


@pytest.fixture
async def seen(desk: Desk) -> Seen:
    await make_busy(desk)
    harvest, engine = Operation(HARVEST), engine_of(desk)
    with desk.database():
        answer = await engine.refer(engine.documents.prepare(harvest), harvest, await begin(desk, "otto"))
    assert "errors" not in answer, answer["errors"]
    return Seen(desk, answer)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


async def compare(seen: Seen, made: Made, order: list[str]) -> None:
    """The first of those who look does so once more in the end, by the plan that was made for him."""

    async def begun(who: str) -> Context:
        return await begin(seen.desk, who)

    with seen.desk.database():
        real = made.filled(seen.ids, seen.cursors)
        await must_be_alike(engine_of(seen.desk), real, begun, [*order, order[0]])


@settings(max_examples=150, derandomize=True, **HOW)
@given(made=DOCUMENTS, order=some_looking)
async def test_documents_are_answered_as_by_the_referee(seen: Seen, made: Made, order: list[str]) -> None:
    await compare(seen, made, order)


@pytest.mark.slow
@settings(max_examples=2000, **HOW)
@given(made=DOCUMENTS, order=all_looking)
async def test_thousands_of_documents_are_answered_as_by_the_referee(seen: Seen, made: Made, order: list[str]) -> None:
    await compare(seen, made, order)
