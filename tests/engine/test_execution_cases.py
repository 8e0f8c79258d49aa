"""The table of execution cases, answered by the engine and by graphql-core alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

import pytest
import structlog
from graphql import ExecutionResult, GraphQLError, execute, parse, validate
from tortoise.context import TortoiseContext

from gql.engine.answers import Refused
from gql.engine.documents import Operation
from gql.engine.execution import Engine
from gql.store import database
from tests.engine.cases import MODULES, REFUSED, Case, introspection, operations, schema

MAY_FALL_BACK = {"Animal of which a type asks for rows", "Pet of which a type asks for rows"}
"""An interface or a union of values whose types lead to others late."""

TABLE = [
    pytest.param(case, id=f"{module.__name__.rpartition('.')[2]}: {case.sentence}")
    for module in MODULES
    for case in module.CASES
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Faults are meant here; to print each with its traceback takes longer than all the rest."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="module")
async def opened() -> AsyncIterator[tuple[Engine, TortoiseContext]]:
    """The engine, on a database with some rows."""
    async with TortoiseContext() as orm:
        await orm.init(db_url="sqlite://:memory:", modules={"cases": [schema.__name__]})
        await orm.generate_schemas()
        await schema.lay_stones()
        yield Engine(schema.SCHEMA, schema.explain), orm


async def engine_answers(engine: Engine, case: Case) -> dict[str, Any]:
    operation = Operation(case.document, case.variables, case.operation)
    try:
        return await engine.execute(engine.documents.prepare(operation), operation, schema.Context(engine.shape))
    except Refused as refused:
        return {"data": REFUSED, **engine.answers.refused(refused.errors)}


async def graphql_answers(engine: Engine, case: Case) -> dict[str, Any]:
    """What graphql-core makes of it without the engine."""
    graphql = schema.SCHEMA._schema
    try:
        document = parse(case.document)
    except GraphQLError as error:
        return {"data": REFUSED, **engine.answers.refused([error])}
    if errors := validate(graphql, document):
        return {"data": REFUSED, **engine.answers.refused(errors)}
    running = execute(
        graphql,
        document,
        context_value=schema.Context(engine.shape),
        variable_values=dict(case.variables),
        operation_name=case.operation,
    )
    result = await running if isinstance(running, Awaitable) else running
    assert isinstance(result, ExecutionResult)
    if result.data is None and result.errors and not any(error.path for error in result.errors):
        return {"data": REFUSED, **engine.answers.refused(result.errors)}
    return engine.answers.of(result)


def errors_of(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Path, code and message of the errors; the specification gives them no order."""
    return sorted(
        (".".join(map(str, error.get("path", ()))), error["extensions"]["code"], error["message"])
        for error in answer.get("errors", ())
    )


def assert_as_told(case: Case, answer: dict[str, Any]) -> None:
    assert json.dumps(answer["data"]) == json.dumps(case.data), answer
    told = errors_of(answer)
    assert [path for path, _, _ in told] == sorted(path for path, _ in case.errors), told
    for path, part in case.errors:
        assert any(path == p and (part == code or part in message) for p, code, message in told), (part, told)


@pytest.mark.parametrize("case", TABLE)
async def test_a_document_is_answered_as_the_specification_says(
    opened: tuple[Engine, TortoiseContext], case: Case
) -> None:
    engine, orm = opened
    with database.using(orm):
        assert_as_told(case, await engine_answers(engine, case))
        assert_as_told(case, await engine_answers(engine, case))  # once more, when it is known
        if case not in operations.CASES:  # which of several is meant, the engine says in words of its own
            assert_as_told(case, await graphql_answers(engine, case))


def test_the_table_is_long_and_says_nothing_twice() -> None:
    sentences = [str(case.id) for case in TABLE]
    assert len(sentences) == len(set(sentences)) >= 300


async def test_only_what_fails_or_tells_of_the_schema_is_left_to_graphql_core(
    opened: tuple[Engine, TortoiseContext],
) -> None:
    engine, orm = opened
    with database.using(orm):
        for module in MODULES:
            for case in module.CASES:
                if case.errors or module is introspection:
                    continue
                compiled, engine.fallbacks = engine.compiled, Counter()
                await engine_answers(engine, case)
                assert engine.compiled > compiled or set(engine.fallbacks) <= MAY_FALL_BACK, (
                    case,
                    engine.fallbacks,
                )
