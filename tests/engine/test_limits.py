"""What an operation may ask for: measured before it is validated, and the same over HTTP and on a socket."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_introspection_query, parse
from starlette.testclient import TestClient
from tortoise.transactions import in_transaction
from websockets.asyncio.client import connect

from gql.api.schema import make_schema
from gql.app import limits_of
from gql.engine.answers import LONGEST_MESSAGE, Refused
from gql.engine.deadline import TookTooLong, in_time
from gql.engine.declared import Declared
from gql.engine.documents import Documents, Operation
from gql.engine.limits import Limits
from gql.engine.measure import ENDLESS, Measure, measure
from gql.engine.selection import Selection, fragments_of
from gql.settings import Settings
from gql.store import Case
from tests.engine.toy import schema, served, toy
from tests.running import PROTOCOL, Desk, Socket

DESK = make_schema()._schema
CUSTOMERS = limits_of(Settings())
ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]

SCHEMA = build_schema(
    """
    type Query { cases(first: Int = 25, last: Int): Cases!  people(first: Int! = 10): [Person!]!  tags: [Tag!]!
                 again: Query!  name: String  names: [String!]! }
    type Cases { nodes: [Case!]!  edges: [Edge!]!  total: Int  numbers: [Int!]! }
    type Edge { node: Case! }
    type Case { id: ID  contact: Person  tags: [Tag!]!  history(first: Int, last: Int = 50): History! }
    type History { nodes: [Entry!]! }
    interface Entry { id: ID }
    type Post implements Entry { id: ID  body: String }
    type Person { name: String  cases(first: Int = 25): Cases! }
    type Tag { name: String }
    """
)
for type_ in SCHEMA.type_map.values():
    for field in getattr(type_, "fields", {}).values():
        for argument in getattr(field, "args", {}).values():
            if argument.default is not None and argument.default.literal is not None:  # as strawberry leaves it
                argument.default_value = int(argument.default.literal.value)


def measured(document: str, schema: GraphQLSchema = SCHEMA) -> Measure:
    node = parse(document)
    return measure(schema, node.definitions[0], fragments_of(node))  # type: ignore[arg-type]


# ---------------------------------------------------------------- cost


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{ name }", 1),
        ("{ name name again { name } }", 5),
        ("{ cases(first: 10) { total } }", 3),
        ("{ cases(first: 10) { total nodes { id } } }", 33),
        ("{ cases(first: 10) { numbers } }", 12),
        ("{ cases(first: 0) { total nodes { id } } }", 6),
        ("{ cases(last: 4) { nodes { id } } }", 14),
        ("{ cases { nodes { id } } }", 77),
        ("{ cases(first: null) { nodes { id } } }", 77),
        ("{ cases(first: 10) { edges { node { id } } } }", 52),
        ("{ cases(first: 10) { nodes { contact { name } } } }", 52),
        ("{ cases(first: 2) { nodes { history(last: 3) { nodes { id } } } } }", 28),
        ("{ people(first: 2) { name cases(first: 5) { nodes { id } } } }", 40),
        ("{ tags { name } }", 9),
        ("{ names }", 3),
        ("{ cases(first: 10) { nodes { tags { name } } } }", 112),
        ("{ ...A ...A } fragment A on Query { cases(first: 10) { nodes { id } } }", 64),
        ("{ cases(first: 10) { ...A } } fragment A on Cases { total nodes { id } }", 33),
        ("{ cases(first: 10) { ... { nodes { id } ... on Cases { total } } } }", 33),
        (
            "{ cases(first: 2) { ...A } } fragment A on Cases { nodes { ...B } } fragment B on Case { tags { name } }",
            24,
        ),
    ],
)
def test_a_field_costs_1_or_2_and_as_often_as_its_list_may_have_rows(document: str, cost: int) -> None:
    assert measured(document).cost(None) == cost


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": 10}, 33),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {}, 78),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": None}, 78),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": 0}, 6),
        ("query($n: Int = 2) { cases(first: $n) { total nodes { id } } }", {}, 9),
        ("query($n: Int = 2) { cases(first: $n) { total nodes { id } } }", {"n": 10}, 33),
        ("query($n: Int = 2) { cases(first: $n) { total nodes { id } } }", {"n": None}, 78),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": 10.0}, 33),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": "10"}, 78),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": True}, 78),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": -1}, 78),
        ("query($n: Int) { cases(first: $n) { total nodes { id } } }", {"n": float("inf")}, 78),
        ("query($n: Int) { people(first: $n) { name } }", {"n": 4}, 12),
        ("query($n: Int, $m: Int) { cases(first: $n, last: $m) { nodes { id } } }", {"m": 4}, 14),
        ("query($n: Int, $m: Int) { cases(first: $n) { nodes { history(last: $m) { nodes { id } } } } }",
         {"n": 2, "m": 3}, 28),
        ("query($n: Int) { cases(first: 2) { ...A } name } fragment A on Cases { nodes { history(last: $n) { ...B } } }"
         " fragment B on History { nodes { id } }", {"n": 3}, 29),
        ("query($n: Int) { ...A again { ...A } } fragment A on Query { cases(first: $n) { nodes { id } } }",
         {"n": 10}, 66),
    ],
)  # fmt: skip
def test_the_values_of_variables_count(document: str, variables: dict[str, Any], cost: int) -> None:
    assert measured(document).cost(variables) == cost


@pytest.mark.parametrize(
    "document",
    [
        "{ nothing { of { it } } }",
        "{ name { of } cases }",
        "{ ...Nowhere }",
        "{ ...A } fragment A on Nothing { ...A nodes { id } }",
        "{ ...A } fragment A on Query { again { ...B } } fragment B on Query { again { ...A } }",
        "{ cases(first: {a: 1}) { nodes { id } } }",
        "{ cases(first: $nothing) { nodes { id } } }",
        "{ cases(first: %s) { nodes { id } } }" % ("9" * 20_000),
        "subscription { name }",
        "mutation { a { b } }",
    ],
)
def test_what_does_not_fit_the_schema_is_measured_too(document: str) -> None:
    assert 0 <= measured(document).cost({}) < 1_000


def test_a_cost_without_end_is_a_number_all_the_same() -> None:
    around = "again { people(first: 2147483647) { cases(first: $n) { nodes { contact { "
    told = measured("query($n: Int) { " + around * 20 + "name" + " } } } } }" * 20 + " }")
    assert told.cost({"n": 2**31 - 1}) == ENDLESS


# ---------------------------------------------------------------- depth, aliases, directives


@pytest.mark.parametrize(
    ("document", "depth", "introspection"),
    [
        ("{ name }", 1, 0),
        ("{ again { again { name } } name }", 3, 0),
        ("{ again { ... { ... on Query { name } } } }", 2, 0),
        ("{ ...A } fragment A on Query { again { ...B } } fragment B on Query { name }", 2, 0),
        ("{ again { ...B } ...A } fragment A on Query { again { ...B } } fragment B on Query { again { name } }", 3, 0),
        ("{ name __schema { types { name } } }", 1, 3),
        ('{ __type(name: "Case") { name fields { name } } again { name } }', 2, 3),
        ("{ again { __typename } }", 2, 0),
    ],
)
def test_depth_is_fields_inside_each_other_and_that_of_introspection_is_its_own(
    document: str, depth: int, introspection: int
) -> None:
    told = measured(document)
    assert (told.depth, told.introspection) == (depth, introspection)


def test_aliases_and_directives_are_counted_where_they_are_written() -> None:
    told = measured(
        "query A($n: Int @a) @b { a: name ... @c { b: name } ...F @d again { ...F } }"
        " fragment F on Query @e { c: name @f } query B { d: name @g } fragment G on Query { e: name @h }"
    )
    assert (told.aliases, told.directives) == (3, 6)


@pytest.mark.parametrize(
    ("document", "repetitions"),
    [
        ("{ again { name } again { name } name name }", 1),
        ("{ again { name } other: again { name } tags { name } }", 0),
        ("{" + " again { name }" * 32 + "}", 496),
        ("{ ...A ...A ... { again { name } } } fragment A on Query { again { name } }", 3),
        ("{ again { again { name } } again { again { name } } }", 1),
    ],
)
def test_objects_that_are_selected_twice_in_one_place_are_counted_in_pairs(document: str, repetitions: int) -> None:
    assert measured(document).repetitions == repetitions


@pytest.mark.parametrize("frame", ["{ %s }", "{ ... { %s } }"])
def test_a_document_that_takes_long_to_validate_is_refused_before(frame: str) -> None:
    kept, staff = Documents(schema()._schema), CUSTOMERS.times(2)
    kept.prepare(Operation(frame % ("again { again { who } } " * 32)), staff)
    many = Operation(frame % ("again { again { who } } " * 280))
    with pytest.raises(Refused, match="Over the limit of repetitions: 39,060, where 500 is allowed"):
        kept.prepare(many, staff)


def test_each_fragment_is_visited_once() -> None:
    """Each of 2,000 fragments spreads the next one twice: there are 2 to the power of 2,000 ways through."""
    chain = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} again {{ ...F{i + 1} }} }}" for i in range(2_000))
    document = parse(f"{{ ...F0 }} {chain} fragment F2000 on Query {{ cases(first: $n) {{ total }} }}")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    told = measure(SCHEMA, operation, fragments_of(document))
    assert told.depth == 2_002
    assert told.cost({"n": 10}) == ENDLESS


def through(levels: int, last: str) -> str:
    """Fragments on a case of which each spreads the next one twice, and the last of which asks for something."""
    chain = " ".join(f"fragment F{i} on Case {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels))
    return f"{chain} fragment F{levels} on Case {{ {last} }}"


def test_each_fragment_is_collected_once() -> None:
    schema = make_schema()
    document = parse("{ case { ...F0 ...F0 } } " + through(12, "number"))
    operation: Any = document.definitions[0]
    selected = Selection(Declared(schema), fragments_of(document), {}).fields(
        DESK.get_type("Case"),  # type: ignore[arg-type]
        operation.selection_set.selections[0].selection_set.selections,
    )
    assert [len(nodes) for nodes in selected.values()] == [1], "of 2 to the power of 13 ways to it"


@pytest.mark.parametrize("cases", ["{ cases(first: 0)", "query($n: Int) { cases(first: $n)"])
async def test_fragments_within_an_empty_page_cost_what_it_takes_to_compile_them(desk: Desk, cases: str) -> None:
    cases += " { nodes { ...F0 id } } } "
    assert (await desk.run("vera", cases + through(3, "number"), n=0))["cases"]["nodes"] == []
    assert await desk.code("vera", cases + through(14, "number"), n=0) == "LIMIT"


# ---------------------------------------------------------------- each limit at n and at n + 1

LIMITS = Limits(body=3_000, characters=600, tokens=200, depth=8, aliases=15, directives=10, cost=100)

ASKING: dict[str, Callable[[int], str]] = {
    "characters": lambda n: "{ who }".ljust(n),
    "tokens": lambda n: "{ numbers ( of : [ %s ] ) }" % ("1 " * (n - 9)),
    "depth": lambda n: "{ again " * (n - 1) + "{ who }" + " }" * (n - 1),
    "aliases": lambda n: "{" + " ".join(f"a{i}: who" for i in range(n)) + "}",
    "directives": lambda n: "{ %s }" % ("who @skip(if: false) " * n),
    "cost": lambda n: "{ %s }" % ("who " * n),
}
"""Documents that ask for exactly so much of one thing, and for less than is allowed of the others."""


@pytest.mark.parametrize("name", ASKING)
def test_so_much_is_allowed_and_not_one_more(name: str) -> None:
    client = TestClient(toy(limits=LIMITS).app)
    allowed = getattr(LIMITS, name)
    within = client.post("/graphql", json={"query": ASKING[name](allowed)})
    assert "errors" not in within.json()
    [error] = client.post("/graphql", json={"query": ASKING[name](allowed + 1)}).json()["errors"]
    assert error["extensions"] == {"code": "LIMIT", "limit": name, "allowed": allowed}
    asked = f"more than {allowed}" if name == "tokens" else str(allowed + 1)
    assert error["message"] == f"Over the limit of {name}: {asked}, where {allowed} is allowed."


def test_a_document_that_is_known_is_over_the_limits_of_those_who_may_less() -> None:
    documents = Documents(schema()._schema)
    for name, asking in ASKING.items():
        operation = Operation(asking(getattr(LIMITS, name) + 1))
        documents.prepare(operation, LIMITS.times(2))
        with pytest.raises(Refused, match=f"Over the limit of {name}"):
            documents.prepare(operation, LIMITS)


def test_a_body_may_have_so_many_bytes_and_not_one_more() -> None:
    client = TestClient(toy(limits=LIMITS).app)

    def post(size: int) -> Any:
        frame = b'{"query": "{ who }", "more": "%s"}'
        body = frame % (b"x" * (size - len(frame) + 2))
        return client.post("/graphql", content=body, headers={"content-type": "application/json"})

    assert post(LIMITS.body).json() == {"data": {"who": "nobody"}}
    refused = post(LIMITS.body + 1)
    assert refused.status_code == 413
    [error] = refused.json()["errors"]
    assert error["extensions"] == {"code": "LIMIT", "limit": "body", "allowed": LIMITS.body}
    assert error["message"] == "Over the limit of body: 3,001 bytes, where 3,000 bytes is allowed."


def test_limits_come_before_validation() -> None:
    client = TestClient(toy(limits=LIMITS).app)
    many = "{" + " ".join(f"a{i}: nothing" for i in range(16)) + "}"
    [error] = client.post("/graphql", json={"query": many}).json()["errors"]
    assert error["extensions"]["limit"] == "aliases"


# ---------------------------------------------------------------- what is told of what is refused

WRONG: dict[str, tuple[Any, int]] = {
    "variables": ({"query": "query($of: [Int!]!) { numbers(of: $of) }", "variables": {"of": ["x" * 900] * 500}}, 51),
    "literals": ({"query": "{ numbers(of: {%s}) }" % ("a: 1 " * 300)}, 11),
    "repeated arguments": ({"query": "{ %s }" % ("said(%s) " % ('text: "x" ' * 25) * 12)}, 11),
    "a text where a sign is due": ({"query": '{ who "%s" }' % ("x" * 9_000)}, 1),
    "a type that nobody knows": ({"query": "query($a: %s) { said(text: $a) }" % ("A" * 9_000)}, 1),
}
"""Operations with ever so many mistakes, or with a long one, and how many are told."""


@pytest.mark.parametrize("mistakes", WRONG)
def test_of_many_mistakes_the_first_are_told_and_of_a_long_one_its_beginning(mistakes: str) -> None:
    body, count = WRONG[mistakes]
    refused = TestClient(toy().app).post("/graphql", json=body)
    errors = refused.json()["errors"]
    assert len(errors) == count
    assert max(len(error["message"]) for error in errors) <= LONGEST_MESSAGE + len("...")
    assert len(refused.content) < 30_000
    last = errors[-1]
    assert (last["extensions"]["code"] == "LIMIT") == (count > 1), last


@asynccontextmanager
async def socket(url: str, who: str = "vera") -> AsyncIterator[Socket]:
    async with connect(url, subprotocols=[PROTOCOL]) as connection:  # type: ignore[list-item]
        one = Socket(connection)
        await one.send({"type": "connection_init", "payload": {"authorization": who}})
        assert (await one.receive())["type"] == "connection_ack"
        yield one


async def test_the_same_limits_hold_on_a_socket() -> None:
    async with served(limits=LIMITS) as made, socket(made.url) as one:
        for name, asking in ASKING.items():
            allowed = getattr(LIMITS, name)
            await one.send({"id": name, "type": "subscribe", "payload": {"query": asking(allowed)}})
            assert (await one.receive())["type"] == "next", name
            assert (await one.receive())["type"] == "complete"
            await one.send({"id": name, "type": "subscribe", "payload": {"query": asking(allowed + 1)}})
            message = await one.receive()
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"] == {"code": "LIMIT", "limit": name, "allowed": allowed}


async def test_a_message_on_a_socket_may_have_so_many_bytes_and_not_one_more() -> None:
    async with served(limits=LIMITS) as made, socket(made.url) as one:

        async def send(size: int) -> dict[str, Any]:
            head, tail = '{"id": "1", "type": "subscribe", "payload": {"query": "{ who }", "more": "', '"}}'
            letters, odd = divmod(size - len(head) - len(tail), len("é".encode()))
            await one.send(head + "é" * letters + "x" * odd + tail)
            return await one.receive()

        assert (await send(LIMITS.body))["type"] == "next"
        assert (await one.receive())["type"] == "complete"
        [error] = (await send(LIMITS.body + 1))["payload"]
        assert error["message"] == "Over the limit of body: 3,001 bytes, where 3,000 bytes is allowed."
        assert error["extensions"] == {"code": "LIMIT", "limit": "body", "allowed": LIMITS.body}


# ---------------------------------------------------------------- what an operation costs, told to who asks


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_cost_is_told_to_who_asks_for_it(method: str) -> None:
    client = TestClient(toy(limits=LIMITS).app)
    query = "{ who again { who } }"
    if method == "GET":
        told = client.get("/graphql", params={"query": query, "extensions": '{"cost": true}'}).json()
    else:
        told = client.post("/graphql", json={"query": query, "extensions": {"cost": True}}).json()
    assert told["extensions"] == {"cost": {"used": 4, "left": 96}}
    assert "extensions" not in client.post("/graphql", json={"query": query}).json()


# ---------------------------------------------------------------- the deadline


async def test_what_is_in_time_is_given_and_what_is_not_is_stopped() -> None:
    stopped = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    assert await in_time(1, asyncio.sleep(0, "done")) == "done"
    with pytest.raises(TookTooLong, match=re.escape("The operation took longer than 0.01 s.")):
        await in_time(0.01, slow())
    assert stopped.is_set()


async def test_a_time_limit_inside_is_not_taken_for_the_deadline() -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await in_time(5, impatient())


async def test_who_cancels_what_is_late_is_heeded_all_the_same() -> None:
    begun = asyncio.Event()

    async def slow_to_end() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)

    waiting = asyncio.create_task(in_time(0.01, slow_to_end()))
    await begun.wait()
    await asyncio.sleep(0.03)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_an_operation_that_takes_too_long_is_stopped() -> None:
    made = toy(deadline=0.05)
    told = TestClient(made.app).post("/graphql", json={"query": "{ who slow }"})
    assert told.status_code == 200
    assert told.json()["data"] is None
    [error] = told.json()["errors"]
    assert error["message"] == "The operation took longer than 0.05 s."
    assert error["extensions"] == {"code": "LIMIT", "limit": "time", "allowed": 0.05}
    assert made.doings.running == set()


def test_who_cannot_be_recognised_in_time_is_answered_at_the_deadline() -> None:
    made = toy(deadline=0.05)
    told = TestClient(made.app).post("/graphql", json={"query": "{ who }"}, headers={"authorization": "unheard"})
    assert told.status_code == 200
    assert told.json()["errors"][0]["extensions"] == {"code": "LIMIT", "limit": "time", "allowed": 0.05}


async def test_the_deadline_is_the_same_on_a_socket() -> None:
    async with served(deadline=0.05) as made:
        for who, query in (("vera", "{ slow }"), ("unheard", "{ who }")):
            async with socket(made.url, who) as one:
                await one.send({"id": "1", "type": "subscribe", "payload": {"query": query}})
                message = await one.receive(10)
                assert message["type"] == "error"
                assert message["payload"][0]["extensions"] == {"code": "LIMIT", "limit": "time", "allowed": 0.05}


TAKE = "mutation($id: ID!) { takeCase(input: {caseId: $id}) { errors { code } } }"


async def test_what_is_stopped_leaves_nothing_in_the_database(another: Any) -> None:
    async with another(deadline_seconds=1) as desk:
        case = await desk.register()
        with desk.database():
            async with in_transaction() as transaction:  # whoever else writes the case waits for its end
                await Case.filter(number=case["number"]).using_db(transaction).update(origin="CALL")
                taking = asyncio.create_task(desk.answer("anna", TAKE, id=case["id"]))
                await asyncio.sleep(1.5)
        answer = await taking
        assert answer["errors"][0]["extensions"]["code"] == "LIMIT"
        assert await desk.case("dora", case["id"], "assignee { name }") == {"assignee": None}
        assert (await desk.run("anna", TAKE, id=case["id"]))["takeCase"] == {"errors": []}


# ---------------------------------------------------------------- honest clients


def fits(document: str, limits: Limits, **variables: Any) -> None:
    node = parse(document, max_tokens=limits.tokens)
    assert len(document) <= limits.characters
    for definition in node.definitions:
        if definition.kind == "operation_definition":
            measure(DESK, definition, fragments_of(node)).must_be_within(limits, variables)  # type: ignore[arg-type]


@pytest.mark.parametrize("depth", [0, 7, 9])
def test_introspection_by_a_tool_of_developers_fits(depth: int) -> None:
    fits(
        get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
            one_of=True,
            type_depth=depth,
        ),
        CUSTOMERS,
    )


def test_introspection_goes_no_deeper() -> None:
    deep = "{ __schema { types { fields { type {" + " ofType {" * 11 + " name " + "}" * 16
    with pytest.raises(Refused, match="introspection depth: 16, where 15"):
        fits(deep, CUSTOMERS)


def test_ten_aliases_fit() -> None:
    cases = (f'c{i}: case(by: {{number: "{i}"}}) {{ number status {{ code }} }}' for i in range(10))
    fits("{" + " ".join(cases) + "}", CUSTOMERS)


ENTRIES = """id at summary audience cursor actor { name } ... on FeedPost { body } ... on PortalMessage { body }
  ... on CaseAssigned { assignee { name } assigneeGroup { name } }
  ... on CaseStatusChanged { from { code } to { code } reason }
  ... on CaseEscalated { from { name } to { name } assignee { name } assigneeGroup { name } reason }
  ... on CaseEdited { changes { field before after } }"""


@pytest.mark.parametrize(
    "document",
    [
        """{ cases(first: 100) { totalCount cursor nodes { id number subject priority status { id code name }
             contact { id name account { id name } } account { id name } assignee { id name } } } }""",
        "{ contacts(first: 20) { nodes { id name cases(first: 5) { nodes { number subject status { code } } } } } }",
        '{ case(by: {number: "1"}) { number history(first: 100) { nodes { ' + ENTRIES + "} } } }",
    ],
    ids=["100 cases", "20 contacts with 5 cases each", "100 entries of a history"],
)
def test_the_work_of_an_agent_fits(document: str) -> None:
    fits(document, CUSTOMERS.times(2))


def test_every_documented_example_fits_the_limits_of_customers() -> None:
    examples = [found for page in PAGES for found in re.findall(r"```graphql\n(.*?)```", page.read_text("utf-8"), re.S)]
    assert len(examples) >= 5
    for example in examples:
        fits(example, CUSTOMERS)


async def test_staff_may_ask_for_twice_as_much(desk: Desk) -> None:
    deep = "{ viewer { notifications { nodes { entry { case { history { nodes { case { id } } } } } } } } }"
    assert measured(deep, DESK).depth == 9
    assert await desk.code("vera", deep) == "LIMIT"
    assert await desk.code(None, deep) == "LIMIT"
    await desk.run("anna", deep)


def test_the_page_about_limits_has_their_figures() -> None:
    page = (ROOT / "docs" / "limits.md").read_text("utf-8")
    for field in fields(Limits):
        limit = getattr(CUSTOMERS, field.name)
        assert f"| {limit:,} | {2 * limit:,} | `CASELINE_LIMIT_{field.name.upper()}` |" in page
    example = next(text for text in re.findall(r"```graphql\n(.*?)```", page, re.S) if "cases(first: $n)" in text)
    cost = measured(example, DESK).cost({})
    assert f"costs {cost:,}." in page
    assert f'{{"used": {cost}, "left": {CUSTOMERS.cost - cost}}}' in page


def test_the_limits_are_settings() -> None:
    settings = Settings(limit_depth=3, limit_cost=200)
    assert limits_of(settings) == replace(CUSTOMERS, depth=3, cost=200)
    assert limits_of(settings).times(2).cost == 400
