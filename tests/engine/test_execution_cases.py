"""The table of execution cases, answered by the engine and by graphql-core alone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest
import structlog
from graphql import ExecutionResult, GraphQLError, execute, parse, validate

from gql.engine.answers import Refused
from gql.engine.documents import Operation
from gql.engine.execution import Engine
from tests.engine.cases import MODULES, REFUSED, Case, operations
from tests.engine.cases.schema import SCHEMA, Context, explain

ENGINE = Engine(SCHEMA, explain)

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


async def engine_answers(case: Case) -> dict[str, Any]:
    operation = Operation(case.document, case.variables, case.operation)
    try:
        return await ENGINE.execute(ENGINE.documents.prepare(operation), operation, Context())
    except Refused as refused:
        return {"data": REFUSED, **ENGINE.answers.refused(refused.errors)}


async def graphql_answers(case: Case) -> dict[str, Any]:
    """What graphql-core makes of it without the engine."""
    schema = SCHEMA._schema
    try:
        document = parse(case.document)
    except GraphQLError as error:
        return {"data": REFUSED, **ENGINE.answers.refused([error])}
    if errors := validate(schema, document):
        return {"data": REFUSED, **ENGINE.answers.refused(errors)}
    running = execute(
        schema,
        document,
        context_value=Context(),
        variable_values=dict(case.variables),
        operation_name=case.operation,
    )
    result = await running if isinstance(running, Awaitable) else running
    assert isinstance(result, ExecutionResult)
    if result.data is None and result.errors and not any(error.path for error in result.errors):
        return {"data": REFUSED, **ENGINE.answers.refused(result.errors)}
    return ENGINE.answers.of(result)


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
async def test_a_document_is_answered_as_the_specification_says(case: Case) -> None:
    assert_as_told(case, await engine_answers(case))
    assert_as_told(case, await engine_answers(case))  # once more, when it is known
    if case not in operations.CASES:  # which of several is meant, the engine says in words of its own
        assert_as_told(case, await graphql_answers(case))


def test_the_table_is_long_and_says_nothing_twice() -> None:
    sentences = [str(case.id) for case in TABLE]
    assert len(sentences) == len(set(sentences)) >= 300
