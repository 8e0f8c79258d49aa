"""Documents: read once for all their operations, remembered within a bound of memory, named by their hash."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from graphql import Token
from starlette.testclient import TestClient

from gql.engine.answers import Refused
from gql.engine.documents import Documents, Operation, Prepared, read_manifest
from gql.engine.limits import Limits
from gql.settings import WrongSettings, read_settings
from tests.commands import typed
from tests.engine.test_limits import socket
from tests.engine.toy import schema, served, toy

SCHEMA = schema()._schema
LIMITS = Limits(body=10_000, characters=200, tokens=40, depth=4, aliases=3, directives=3, cost=50)


def documents(memory: int = 1_000_000) -> Documents:
    return Documents(SCHEMA, memory=memory)


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def persisted(hashed: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hashed}}


def by_hash(hashed: str, query: str = "") -> Operation:
    return Operation(query, extensions=persisted(hashed))


def code(kept: Documents, operation: Operation, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as refused:
        kept.prepare(operation, limits)
    [error] = refused.value.errors
    return str((error.extensions or {}).get("code", "INVALID"))


# ---------------------------------------------------------------- remembering


def test_a_document_is_read_once_for_all_its_operations() -> None:
    kept, text = documents(), "query A { who } query B { again { who } }"
    first, second = kept.prepare(Operation(text, name="A")), kept.prepare(Operation(text, name="B"))
    assert first.document is second.document
    assert first.operation is not second.operation
    assert kept.prepare(Operation(text, name="A")) is first
    assert (first.measure.depth, second.measure.depth) == (1, 2)


def test_an_operation_is_one_whether_it_is_named_or_not() -> None:
    kept, text = documents(), "query A { who }"
    assert kept.prepare(Operation(text)) is kept.prepare(Operation(text, name="A"))


def numbered(count: int) -> Iterator[Operation]:
    return (Operation(f'{{ said(text: "{number:05}") }}') for number in range(count))


def test_documents_are_remembered_within_a_bound_of_memory() -> None:
    kept = documents(memory=100_000)
    often, *others = numbered(200)
    first = kept.prepare(often)
    for operation in others:
        kept.prepare(operation)
        assert kept.taken <= 100_000
        assert kept.prepare(often) is first  # what is used is not forgotten
    early, late = others[0], others[-1]
    assert kept.prepare(late) is kept.prepare(late)
    before = kept.taken
    kept.prepare(early)
    assert kept.taken == before, "one came, and one as large went"


def test_a_document_that_would_take_the_place_of_most_others_is_not_remembered() -> None:
    kept = documents(memory=100_000)
    large = Operation("{ %s }" % ("who " * 50))
    assert kept.prepare(large) is not kept.prepare(large)
    assert kept.taken == 0


def test_what_cannot_be_executed_is_not_remembered() -> None:
    kept = documents()
    for text in ("{ nothing }", "{ who", "query A { who } query B { who }"):
        assert code(kept, Operation(text)) == "INVALID"
    assert kept.taken == 0


def tokens() -> int:
    return sum(type(there) is Token for there in gc.get_objects())  # isinstance asks weak proxies, which may be dead


def test_what_was_forgotten_or_refused_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gql.engine.documents.SEARCHED_AFTER", 100_000)
    kept = documents(memory=100_000)
    held = []
    for operation in numbered(100):
        kept.prepare(operation)
        assert code(kept, Operation(operation.query.replace("said", "unsaid"))) == "INVALID"
        held.append(tokens())
    assert max(held[50:]) <= max(held[:50])


def test_plans_take_memory_too() -> None:
    kept = documents(memory=1_000_000)
    operation, other = numbered(2)
    prepared = kept.prepare(operation)
    kept.prepare(other)
    alone = kept.taken
    prepared.plans.update({number: object() for number in range(2)})
    assert kept.prepare(operation) is prepared
    assert kept.taken > alone
    prepared.plans.update({number: object() for number in range(50)})
    assert kept.prepare(operation) is prepared
    assert kept.taken < alone, "with so many plans it is too large to be remembered"
    assert kept.prepare(operation) is not prepared


SENT = [
    "{ who }",
    'query($to: Int!) { double(number: $to) again { said(text: "x") later { who numbers(of: [1, 2, 3]) } } }',
    "{" + " ".join(f"a{number}: again {{ who }}" for number in range(20)) + "}",
    '{ said(text: "%s") }' % ("x" * 5_000),
    "{ numbers(of: [%s]) }" % ("1 " * 80),
    "fragment A on Query { who } query($a: Boolean = true) { ...A @include(if: $a) again { ...A @skip(if: $a) } }",
]


@pytest.mark.parametrize("text", SENT, ids=lambda text: text[:20])
def test_the_estimate_of_memory_is_near_what_is_taken(text: str) -> None:
    kept = documents(memory=100_000_000)
    variants = [Operation(text + " " * number) for number in range(60)]

    def held() -> tuple[int, int]:
        gc.collect()
        return kept.taken, tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        for operation in variants[:30]:  # the first ones make what is made once
            kept.prepare(operation)
        estimated, real = held()
        for operation in variants[30:]:
            kept.prepare(operation)
        estimated_later, real_later = held()
    finally:
        tracemalloc.stop()
    assert 0.6 < (estimated_later - estimated) / (real_later - real) < 2


# ---------------------------------------------------------------- persisted by clients


WHO = "{ who }"


def test_a_document_is_sent_once_and_named_by_its_hash_from_then_on() -> None:
    kept = documents()
    assert code(kept, by_hash(hash_of(WHO))) == "PERSISTED_QUERY_NOT_FOUND"
    prepared = kept.prepare(by_hash(hash_of(WHO), WHO))
    assert kept.prepare(by_hash(hash_of(WHO))) is prepared
    assert kept.prepare(Operation(WHO)) is prepared


def test_a_document_that_is_known_by_its_text_still_has_to_be_sent_with_its_hash() -> None:
    kept = documents()
    prepared = kept.prepare(Operation(WHO))
    assert code(kept, by_hash(hash_of(WHO))) == "PERSISTED_QUERY_NOT_FOUND"
    assert kept.prepare(by_hash(hash_of(WHO), WHO)) is prepared
    assert kept.prepare(by_hash(hash_of(WHO))) is prepared


@pytest.mark.parametrize("known", [False, True])
def test_a_hash_of_something_else_is_refused(known: bool) -> None:
    kept = documents()
    if known:
        kept.prepare(by_hash(hash_of(WHO), WHO))
    other = hash_of("{ again { who } }")
    assert code(kept, by_hash(other, WHO)) == "INVALID"
    assert code(kept, by_hash(other)) == "PERSISTED_QUERY_NOT_FOUND"


def test_only_what_can_be_executed_within_the_limits_is_registered() -> None:
    kept = documents()
    for text, wrong in (("{ nothing }", "INVALID"), ("{ who", "INVALID"), ("{ again " * 4 + WHO + "}" * 4, "LIMIT")):
        assert code(kept, by_hash(hash_of(text), text), LIMITS) == wrong
        assert code(kept, by_hash(hash_of(text)), LIMITS) == "PERSISTED_QUERY_NOT_FOUND"


def test_what_staff_registered_is_over_the_limits_of_customers_by_its_hash_too() -> None:
    kept, text = documents(), "{ again " * 4 + WHO + "}" * 4
    kept.prepare(by_hash(hash_of(text), text), LIMITS.times(2))
    assert code(kept, by_hash(hash_of(text)), LIMITS) == "LIMIT"


def test_what_was_forgotten_has_to_be_sent_again() -> None:
    kept = documents(memory=50_000)
    kept.prepare(by_hash(hash_of(WHO), WHO))
    for operation in numbered(50):
        kept.prepare(by_hash(hash_of(operation.query), operation.query))
    assert code(kept, by_hash(hash_of(WHO))) == "PERSISTED_QUERY_NOT_FOUND"
    assert len(kept._by_hash) == len(kept._by_text) < 50


@pytest.mark.parametrize(
    "wrong",
    [
        *(7, "x", [], {}, {"version": 1}, {"version": 1, "sha256Hash": 7}),
        *({"version": version, "sha256Hash": hash_of(WHO)} for version in (2, "1", True)),
    ],
)
def test_a_hash_in_another_form_is_refused(wrong: Any) -> None:
    assert code(documents(), Operation("", extensions={"persistedQuery": wrong})) == "INVALID"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_over_http(method: str) -> None:
    client = TestClient(toy().app)

    def send(**said: Any) -> Any:
        if method == "POST":
            return client.post("/graphql", json=said)
        return client.get("/graphql", params={k: v if k == "query" else json.dumps(v) for k, v in said.items()})

    extensions = persisted(hash_of(WHO))
    [error] = send(extensions=extensions).json()["errors"]
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}
    assert send(query=WHO, extensions=extensions).json() == {"data": {"who": "nobody"}}
    assert send(extensions=extensions).json() == {"data": {"who": "nobody"}}
    assert send(extensions={}).status_code == 400


async def test_on_a_socket() -> None:
    async with served() as made, socket(made.url) as one:

        async def send(**payload: Any) -> dict[str, Any]:
            await one.send({"id": "1", "type": "subscribe", "payload": payload})
            return await one.receive()

        text = "subscription { up(to: 1) }"
        extensions = persisted(hash_of(text))
        refused = await send(extensions=extensions)
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        for payload in ({"query": text, "extensions": extensions}, {"extensions": extensions}):
            assert (await send(**payload))["payload"] == {"data": {"up": 1}}
            assert (await one.receive())["type"] == "complete"


# ---------------------------------------------------------------- trusted


LONG = "{" + " ".join(f"a{number}: who" for number in range(30)) + "}"
"""Over the limits of LIMITS in every way but its cost."""


def trusting(*texts: str, only: bool = False) -> Documents:
    kept = documents()
    kept.trust({hash_of(text): text for text in texts}, only=only)
    return kept


def test_a_trusted_document_needs_not_be_sent() -> None:
    kept = trusting(WHO)
    prepared: Prepared = kept.prepare(by_hash(hash_of(WHO)))
    assert kept.prepare(Operation(WHO)) is prepared
    kept.prepare(Operation("{ again { who } }"))


def test_where_only_trusted_documents_are_admitted_others_are_forbidden() -> None:
    kept = trusting(WHO, only=True)
    assert kept.prepare(by_hash(hash_of(WHO))) is kept.prepare(Operation(WHO))
    other = "{ again { who } }"
    assert code(kept, Operation(other)) == "FORBIDDEN"
    assert code(kept, by_hash(hash_of(other), other)) == "FORBIDDEN"
    assert code(kept, by_hash(hash_of(other))) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(kept, Operation("{ who")) == "FORBIDDEN"


def test_a_trusted_document_is_held_to_its_cost_alone() -> None:
    expensive = "{ %s }" % ("who " * 51)
    kept = trusting(LONG, expensive)
    kept.prepare(by_hash(hash_of(LONG)), LIMITS)
    assert code(kept, by_hash(hash_of(expensive)), LIMITS) == "LIMIT"
    assert code(documents(), Operation(LONG), LIMITS) == "LIMIT"


def test_a_trusted_document_that_was_forgotten_is_read_again() -> None:
    kept = documents(memory=50_000)
    kept.trust({hash_of(WHO): WHO})
    kept.prepare(by_hash(hash_of(WHO)))
    for operation in numbered(50):
        kept.prepare(operation)
    kept.prepare(by_hash(hash_of(WHO)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "app" / "cases"
    inner.mkdir(parents=True)
    (tmp_path / "app" / "viewer.graphql").write_text("query Viewer { viewer { user { name } } }\n")
    (inner / "cases.graphql").write_text("# fünf\nquery Cases { cases(first: 5) { nodes { number } } }\n")
    (inner / "notes.txt").write_text("{ nothing }")
    return tmp_path / "app"


def test_the_command_makes_a_manifest_of_a_folder(folder: Path) -> None:
    told = typed("schema", "--documents", str(folder))
    assert told.exit_code == 0, told.stderr
    manifest = json.loads(told.stdout)
    texts = [path.read_text() for path in folder.rglob("*.graphql")]
    assert manifest == {hash_of(text): text for text in texts}
    kept = folder / "documents.json"
    kept.write_text(told.stdout)
    assert read_manifest(kept) == manifest
    assert typed("schema", "--documents", str(folder), "--check", str(kept)).exit_code == 0
    (folder / "new.graphql").write_text("{ viewer { user { id } } }")
    stale = typed("schema", "--documents", str(folder), "--check", str(kept))
    assert stale.exit_code == 1
    assert f"caseline schema --documents {folder} > {kept}" in stale.stderr


def test_all_that_does_not_fit_the_schema_is_told_at_once(folder: Path) -> None:
    (folder / "a.graphql").write_text("query A {\n  viewer { nickname }\n  weather\n}\n")
    (folder / "b.graphql").write_text("query B {")
    told = typed("schema", "--documents", str(folder))
    assert told.exit_code == 1
    assert told.stdout == ""
    lines = told.stderr.splitlines()[1:]
    assert [line.split(": ")[0] for line in lines] == [
        f"{folder}/a.graphql:2",
        f"{folder}/a.graphql:3",
        f"{folder}/b.graphql:1",
    ]
    assert "'nickname'" in lines[0]
    assert "'weather'" in lines[1]
    assert "Syntax Error" in lines[2]


def test_a_folder_without_documents_is_a_mistake(tmp_path: Path) -> None:
    told = typed("schema", "--documents", str(tmp_path / "nowhere"))
    assert told.exit_code == 1
    assert "no file" in told.stderr


@pytest.mark.parametrize(
    ("held", "wrong"),
    [
        (None, "cannot be read"),
        ("{", "is not a JSON object"),
        ("[]", "is not a JSON object"),
        ('{"a": 7}', "is not a JSON object"),
        ('{"0000": "{ who }"}', "0000 is not the SHA-256"),
    ],
)
def test_a_wrong_manifest_is_told_when_the_server_starts(tmp_path: Path, held: str | None, wrong: str) -> None:
    path = tmp_path / "documents.json"
    if held is not None:
        path.write_text(held)
    told = typed("serve", CASELINE_TRUSTED_DOCUMENTS=str(path)).exception
    assert isinstance(told, WrongSettings)
    assert str(told).startswith("CASELINE_TRUSTED_DOCUMENTS: ")
    assert wrong in str(told)


def test_only_trusted_documents_are_admitted_where_there_are_some() -> None:
    with pytest.raises(WrongSettings, match="CASELINE_TRUSTED_DOCUMENTS"):
        read_settings(only_trusted_documents=True)


async def test_a_desk_that_trusts_a_folder(another: Any, folder: Path) -> None:
    path = folder / "documents.json"
    path.write_text(typed("schema", "--documents", str(folder)).stdout)
    async with another(trusted_documents=path, only_trusted_documents=True) as desk:
        text = (folder / "viewer.graphql").read_text()
        told = (await desk.post({"extensions": persisted(hash_of(text))}, login="anna")).json()
        assert told == {"data": {"viewer": {"user": {"name": "Anna Weber"}}}}
        assert await desk.code("anna", "{ viewer { user { id } } }") == "FORBIDDEN"
