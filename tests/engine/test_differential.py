"""Documents made at random are answered by the engine as by graphql-core and the referee alone, on a nasty schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gql.engine.documents import Operation
from gql.store import database
from tests.engine import nasty
from tests.engine.comparing import cursors_in, differences, ids_in, must_be_alike
from tests.engine.documents_made import Made, Pools, documents
from tests.running import Statements

RARE = frozenset(
    f"{type_}.{name}"
    for type_, names in {
        "Beast": ("born", "brittle", "strict", "sureLuck", "badLuck", "keeper"),
        "Pen": ("keeper", "town"),
        "Event": ("beast",),
        "Fed": ("amount",),
        "Arrived": ("from",),
        "Measures": ("keeper",),
        "Office": ("hiddenNeeded", "uncountedNeeded"),
        "Query": ("fails",),
    }.items()
    for name in names
)
"""Fields that fail for many rows, and take all that they stand in with them."""

HARVEST = """{
  towns { edges { cursor node { id } } } keepers { edges { cursor node { id crew { edges { cursor } } } } }
  beasts(first: 20) { edges { cursor node { id children { edges { cursor } } } } }
  beasts_byMood: beasts(order: {by: "mood"}) { edges { cursor } }
  beasts_byName: beasts(order: {by: "name"}) { edges { cursor } }
  pens { edges { cursor node { id beasts { edges { cursor } } } } } events { edges { cursor node { id } } }
  clubs { edges { cursor node { id members { edges { cursor } } } } } ranks { id }
  office { beasts { edges { cursor } } events { edges { cursor } } }
}"""

POOLS = Pools(
    words=("Ada", "Bo", "x" * 300, "name", "mood", "born", "seen_at", "diet", "Town 1", "Swimmers", "Arrived", "Spoke"),
    scalars={"DateTime": st.sampled_from(["2024-03-01T00:00:00Z", "2024-03-02T06:00:00.25+02:00"])},
    rare=RARE,
)
DOCUMENTS = documents(nasty.make_schema()._schema, POOLS)
HOW: Any = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

some_askers = st.permutations(list(nasty.ASKERS)).map(lambda names: names[:2])
all_askers = st.permutations(list(nasty.ASKERS))


@pytest.fixture
async def zoo(database_url: str) -> AsyncIterator[nasty.Zoo]:
    async with nasty.zoo(database.orm_config(database_url)["connections"]) as zoo:
        yield zoo


class Seen:
    """Ids and cursors of the database."""

    def __init__(self, answer: Any) -> None:
        self.ids, self.cursors = sorted(set(ids_in(answer))), cursors_in(answer)


@pytest.fixture
async def seen(zoo: nasty.Zoo) -> Seen:
    harvest = Operation(HARVEST)
    with database.using(zoo.orm):
        answer = await zoo.engine.refer(zoo.engine.documents.prepare(harvest), harvest, zoo.begin("keeper"))
    assert "errors" not in answer, answer["errors"]
    return Seen(answer)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Faults are meant here; to print each with its traceback takes longer than all the rest."""
    with structlog.testing.capture_logs():
        yield


async def compare(zoo: nasty.Zoo, seen: Seen, made: Made, order: list[str]) -> None:
    """The first of those who ask does so once more in the end, by the plan that was made for him."""

    async def begin(who: str) -> nasty.Context:
        return zoo.begin(who)

    with database.using(zoo.orm):
        await must_be_alike(zoo.engine, made.filled(seen.ids, seen.cursors), begin, [*order, order[0]])


@settings(max_examples=150, derandomize=True, **HOW)
@given(made=DOCUMENTS, order=some_askers)
async def test_documents_are_answered_as_by_the_referee(
    zoo: nasty.Zoo, seen: Seen, made: Made, order: list[str]
) -> None:
    await compare(zoo, seen, made, order)


@pytest.mark.slow
@settings(max_examples=2000, **HOW)
@given(made=DOCUMENTS, order=all_askers)
async def test_thousands_of_documents_are_answered_as_by_the_referee(
    zoo: nasty.Zoo, seen: Seen, made: Made, order: list[str]
) -> None:
    await compare(zoo, seen, made, order)


COMPANIES = """query($first: Int!) { beasts(first: $first) { nodes { name
  small: company(size: 1) { leader { name } deputy { name class } guests { keepers { name } } }
  company { keepers { name town { name } } ranks { id } } } } }"""


async def test_rows_within_what_a_batch_answers_are_read_together_however_many_there_are(zoo: nasty.Zoo) -> None:
    counts: dict[int, int] = {}
    for first in (2, 20):
        operation = Operation(COMPANIES, {"first": first})
        prepared = zoo.engine.documents.prepare(operation)
        with database.using(zoo.orm):
            await zoo.engine.execute(prepared, operation, zoo.begin("keeper"))
            with Statements.counted() as statements:
                by_engine = await zoo.engine.execute(prepared, operation, zoo.begin("keeper"))
            by_referee = await zoo.engine.refer(prepared, operation, zoo.begin("keeper"))
        assert differences(by_engine, by_referee) == []
        counts[first] = len(statements.seen)
    # the beasts, what each of the two fields asks for itself, three places with keepers in one and one in the other
    assert counts == {2: 7, 20: 7}


LONG = """query($long: String!, $f: BeastFilter!) { town(name: $long) { name } beast(by: {name: $long}) { name }
  among: beasts(filter: {inClub: $long}) { totalCount } beasts(filter: $f) { totalCount nodes { name } } }"""


async def test_a_text_that_is_longer_than_a_column_is_compared_and_found_in_no_row(zoo: nasty.Zoo) -> None:
    long = "x" * 300
    operation = Operation(LONG, {"long": long, "f": {"name": long, "either": [{"name": long}, {"inClub": long}]}})
    prepared = zoo.engine.documents.prepare(operation)
    with database.using(zoo.orm):
        by_engine = await zoo.engine.execute(prepared, operation, zoo.begin("keeper"))
        by_referee = await zoo.engine.refer(prepared, operation, zoo.begin("keeper"))
    none = {"totalCount": 0}
    assert by_engine["data"] == {"town": None, "beast": None, "among": none, "beasts": {**none, "nodes": []}}
    assert differences(by_engine, by_referee) == []


FRAGMENTS = " ".join(f"fragment F{i} on Beast {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30))


@pytest.mark.parametrize("first", [0, 2])
async def test_fragments_that_spread_each_other_are_compiled_as_fast_as_what_they_come_to(
    zoo: nasty.Zoo, first: int
) -> None:
    """There are 2 to the power of 30 ways through them."""
    document = f"query($n: Int!) {{ beasts(first: $n) {{ nodes {{ ...F0 }} }} }} {FRAGMENTS}"
    operation = Operation(document + " fragment F30 on Beast { name }", {"n": first})
    compiled = zoo.engine.compiled
    with database.using(zoo.orm):
        prepared = zoo.engine.documents.prepare(operation)
        told = await zoo.engine.execute(prepared, operation, zoo.begin("keeper"))
    assert [list(beast) for beast in told["data"]["beasts"]["nodes"]] == [["name"]] * first
    assert zoo.engine.compiled == compiled + 1


MUTATIONS = [
    (1, 'rename(id: "Beast_1", name: "Eve") { times beast { name } }'),
    (2, 'a: rename(id: "Beast_1", name: "A") { times } b: rename(id: "Beast_2", name: "B") { beast { id } }'),
    (1, 'rename(id: "Beast_1", name: "Bo") { beast { name fragile } measures { legs } __typename }'),
    (1, 'rename(id: "Beast_1", name: "brittle") { times beast { brittle } }'),
    (1, 'rename(id: "Beast_4", name: "void") { times beast { brittle name } }'),
    (1, 'rename(id: "Beast_4", name: "Wild") { beast { name keeper { name } mother { name } } }'),
    (1, 'rename(id: "Beast_7", name: "Old") { beast { born } times }'),
    (0, 'rename(id: "Beast_99", name: "None") { beast { name } } __typename'),
    (1, 'a: rename(id: "none", name: "None") { times } b: rename(id: "Beast_3", name: "Some") { times }'),
    (1, 'rename(id: "Beast_3", name: "Zed") { times } rename(id: "Beast_3", name: "Zed") { beast { badLuck } }'),
]
"""How many are done, and the document."""


async def test_a_mutation_is_done_once_and_answered_as_by_the_referee(zoo: nasty.Zoo) -> None:
    for times, selection in MUTATIONS:
        operation = Operation(f"mutation {{ {selection} }}")
        prepared = zoo.engine.documents.prepare(operation)
        with database.using(zoo.orm):
            for who in nasty.ASKERS:
                context = zoo.begin(who)
                nasty.RENAMED.clear()
                by_engine = await zoo.engine.execute(prepared, operation, context)
                # what it did is kept with the context, so that the referee only answers for it
                by_referee = await zoo.engine.refer(prepared, operation, context)
                assert differences(by_engine, by_referee) == [], (who, selection)
                assert len(nasty.RENAMED) == times, (who, selection)
