"""Compares what the engine answers with what graphql-core and the referee answer alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from gql.engine.answers import Refused, encode
from gql.engine.documents import Operation, Prepared
from gql.engine.execution import Engine
from tests.engine.documents_made import Made

MASKED = "The desk made a mistake and has logged it."

Begin = Callable[[str], Awaitable[Any]]
"""Makes the context of one operation of somebody's, by his name."""


async def must_be_alike(engine: Engine, made: Made, begin: Begin, order: Sequence[str]) -> None:
    """One document, prepared once, is answered to each of them in that order as the referee answers him."""
    operation = Operation(made.text, made.variables, made.name)
    prepared = engine.documents.prepare(operation)
    for who in order:
        by_engine = await _answered(engine, engine.execute, prepared, operation, await begin(who))
        by_referee = await _answered(engine, engine.refer, prepared, operation, await begin(who))
        assert by_engine == by_referee, f"{who} is answered differently"


async def _answered(
    engine: Engine, answer: Callable[..., Awaitable[Any]], prepared: Prepared, operation: Operation, context: Any
) -> tuple[str, list[Any]]:
    try:
        return comparable(await answer(prepared, operation, context))
    except Refused as refused:
        return comparable(engine.answers.refused(refused.errors))


def comparable(answer: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The data as JSON, in which the order of keys counts, and the errors, whose order does not and whose ids are drawn
    anew each time."""
    read = orjson.loads(encode(dict(answer)))
    errors = read.pop("errors", [])
    for error in errors:
        if error["extensions"].pop("errorId", None):
            error["message"] = MASKED
    return orjson.dumps(read).decode(), sorted(errors, key=lambda error: orjson.dumps([error.get("path"), error]))


def cursors_in(answer: Any) -> Iterator[str]:
    """Every cursor in an answer."""
    if isinstance(answer, dict):
        for name, held in answer.items():
            if isinstance(held, str) and name.lower().endswith("cursor"):
                yield held
            yield from cursors_in(held)
    elif isinstance(answer, list):
        for item in answer:
            yield from cursors_in(item)


def ids_in(answer: Any) -> Iterator[str]:
    """Every id in an answer."""
    if isinstance(answer, dict):
        for name, held in answer.items():
            if isinstance(held, str) and name == "id":
                yield held
            yield from ids_in(held)
    elif isinstance(answer, list):
        for item in answer:
            yield from ids_in(item)
