"""Compares what the engine answers with what graphql-core and the referee answer alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import orjson

from gql.engine.answers import Answer, Refused, encode
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
        compiled = engine.compiled
        by_engine = await _answered(engine, engine.execute, prepared, operation, await begin(who))
        by_core_too = engine.compiled == compiled
        by_referee = await _answered(engine, engine.refer, prepared, operation, await begin(who))
        assert differences(by_engine, by_referee, both_by_core=by_core_too) == [], f"{who} is answered differently"


async def _answered(
    engine: Engine, answer: Callable[..., Awaitable[Answer]], prepared: Prepared, operation: Operation, context: Any
) -> Answer:
    try:
        return await answer(prepared, operation, context)
    except Refused as refused:
        return engine.answers.refused(refused.errors)


def differences(one: Answer, other: Answer, *, both_by_core: bool = False) -> list[Any]:
    """What tells two answers apart: first their data as JSON, in which the order of keys counts; then their errors.

    Errors have no order. Of those that take the same object with them, each answer tells at least one that the other
    tells too: graphql-core gives up what is beside the first, so that how many are told is a matter of time. Where
    graphql-core answered both times, so is which item of a list within that object tells it. Of what was not executed
    at all, the errors are the same, one by one.
    """
    told, told_too = _read(one), _read(other)
    if "data" not in one and "data" not in other:
        return [] if told == told_too else [told, told_too]
    if orjson.dumps(told["data"]) != orjson.dumps(told_too["data"]):
        return [told, told_too]
    errors, errors_too = (_by_place(read["data"], read["errors"], both_by_core) for read in (told, told_too))
    return [
        (place, errors.get(place), errors_too.get(place))
        for place in errors.keys() | errors_too.keys()
        if not errors.get(place, set()) & errors_too.get(place, set())
    ]


def _read(answer: Answer) -> dict[str, Any]:
    """The answer as a client has it, but for the ids of masked errors, which are drawn anew each time."""
    read = {"data": None, "errors": [], **orjson.loads(encode(answer))}
    for error in read["errors"]:
        if error["extensions"].pop("errorId", None):
            error["message"] = MASKED
    return read


def _by_place(data: Any, errors: list[dict[str, Any]], from_any_item: bool) -> dict[str, set[str]]:
    """The errors by the place of the null that each has left in the data; `from_any_item` of the lists within that."""
    found: dict[str, set[str]] = {}
    for error in errors:
        here, place = data, list[Any]()
        for key in error.get("path", ()):
            if here is None:
                break
            place.append(key)
            here = here[key]
        if from_any_item and "path" in error:
            within = error["path"][len(place) :]
            error = {**error, "path": [*place, *("item" if isinstance(key, int) else key for key in within)]}
        found.setdefault(repr(place), set()).add(orjson.dumps(error, option=orjson.OPT_SORT_KEYS).decode())
    return found


def cursors_in(answer: Any, of: str = "") -> dict[str, list[str]]:
    """The cursors in an answer by the lists that they are of; of an alias counts what stands before the underscore."""
    found: dict[str, list[str]] = {}
    for name, held in answer.items() if isinstance(answer, dict) else ():
        if name == "cursor":
            found.setdefault(of, []).append(held)
        for item in held if isinstance(held, list) else [held]:
            for known, cursors in cursors_in(item, of if name == "edges" else name.partition("_")[0]).items():
                found[known] = sorted({*found.get(known, ()), *cursors})
    return found


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
