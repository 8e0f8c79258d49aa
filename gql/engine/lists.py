"""What is read by a statement of its own: rows by their keys, pages, short lists, and what batched functions answer.

Below a list, each of these is read once for all rows of the level above, and hung into their dicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLNonNull, SelectionNode
from tortoise.models import Model

from gql.engine.declared import bare, call
from gql.engine.levels import Bail, Level, Place
from gql.engine.rows import Shape
from gql.engine.selection import inner
from gql.engine.sources import Batched, Each, One, Payload, Relation
from gql.engine.sql import (
    Env,
    both,
    column_of,
    holder,
    ordering,
)

if TYPE_CHECKING:
    from gql.engine.plan import Compiler, Run


class WrongArguments(Exception):
    """The arguments of a field are wrong: at the root, a mistake of the client's that needs no second look."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class ByKey:
    """Rows of one model by their primary keys, as one selection shows them."""

    def __init__(self, compiler: Compiler, model: type[Model], type_: Any, selections: list[SelectionNode]) -> None:
        self.level = Level(compiler, model)
        self.shape = Shape(self.level, type_, selections)
        pk = model._meta.pk_attr
        self._at = self.level.column(Place("t0", model), pk)
        among = compiler.dialect.among(column_of(model, pk), model, pk)
        self._statement = compiler.statement(self.level.source().flat(both(among, self.level.rights)))
        self.needs_keys_alone = len(self.level.columns) == 1 and not self.level.rights and not self.shape.children
        """Whether rows that are known to exist are shown without a statement: their keys say it all."""

    async def read(self, run: Run, keys: list[Any]) -> dict[Any, dict[str, Any]]:
        """What was made of the rows that the viewer may see, by key."""
        if not keys:
            return {}
        rows = await run.rows(self._statement, Env(run.actor, keys=keys))
        at = self._at
        return {row[at]: made for row, made in zip(rows, await self.shape.dressed(run, rows), strict=True)}

    def of_key(self, run: Run, key: Any) -> dict[str, Any]:
        """What is made of a row that is known to exist, where keys alone are needed."""
        return self.shape.made([(key,)], run)[0]

    async def at_hand(self, run: Run, row: Model) -> dict[str, Any] | None:
        """The same for a row object that the viewer may see, where it has all that is asked; else None."""
        taken = self.level.at_hand(row)
        return None if taken is None else (await self.shape.dressed(run, [taken]))[0]


class Referred:
    """Rows whose keys the level above holds, in a column or in its JSON."""

    def __init__(
        self, level: Level, type_: Any, source: Payload | Relation, nodes: list[Any], key: str, place: Place
    ) -> None:
        stated = type_.fields[nodes[0].name.value].type
        model = level.compiler.declared.model(bare(stated))
        assert model is not None
        self.key, self.place = key, place
        self._needed = isinstance(stated, GraphQLNonNull)
        if isinstance(source, Payload):
            self._at, self._path = level.column(place, "payload"), source.path.split(".")
        else:
            self._at, self._path = level.column(place, f"{source.name}_id"), []
        self._rows = ByKey(level.compiler, model, bare(stated), inner(nodes))

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        keys = [self._key(row) for row, _ in found]
        read = await self._rows.read(run, list({key for key in keys if key is not None}))
        for key, (_, made) in zip(keys, found, strict=True):
            made[self.key] = read.get(key)
            if made[self.key] is None and self._needed:
                raise Bail(f"null in {self.key}")

    def _key(self, row: Any) -> Any:
        held = row[self._at]
        if not self._path:
            return held
        held = orjson.loads(held)
        for step in self._path:
            held = held.get(step) if held is not None else None
        return held


class InBatch:
    """What one async function answers for all rows at once."""

    def __init__(self, level: Level, type_: Any, source: Batched, nodes: list[Any], key: str, place: Place) -> None:
        self.key, self.place = key, place
        self._function, self._at = source.function, level.column(place, source.of)
        self._arguments = level.compiler.selection.arguments(type_, nodes[0])
        self._dress = level.compiler.values.dresser(type_.fields[nodes[0].name.value].type, inner(nodes))

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        keys = list(dict.fromkeys(row[self._at] for row, _ in found))
        answered = await call(self._function, run, self._arguments.of(run.variables), keys=keys)
        dressed = dict(zip(keys, await self._dress.all(answered, run), strict=True))
        for row, made in found:
            made[self.key] = dressed[row[self._at]]


class Whole:
    """Short lists, each whole: all rows that a row holds, or all that the viewer may see."""

    def __init__(
        self, compiler: Compiler, source: Each, stated: Any, selections: list[SelectionNode], key: str = "",
        place: Place | None = None, level: Level | None = None,
    ) -> None:  # fmt: skip
        type_ = bare(stated)
        model = compiler.declared.model(type_)
        assert model is not None
        self.key, self.place = key, place or Place("", model)
        self._level = Level(compiler, model)
        self._shape = Shape(self._level, type_, selections)
        self._at = level.column(self.place, source.of) if level is not None else -1
        selected, rights = self._level.source(), self._level.rights
        self._statement = compiler.statement(
            selected.flat(rights, ordering(model))
            if source.via is None
            else selected.whole(compiler.dialect, holder(model, source.via), rights, ordering(model))
        )

    async def read(self, run: Run) -> list[dict[str, Any]]:
        """All that the viewer may see."""
        return await self._shape.dressed(run, await run.rows(self._statement, Env(run.actor)))

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        lists: dict[Any, list[Any]] = {row[self._at]: [] for row, _ in found}
        rows = await run.rows(self._statement, Env(run.actor, keys=[key for key in lists if key is not None]))
        for row, made in zip(rows, await self._shape.dressed(run, rows), strict=True):
            lists[row[-1]].append(made)
        for row, made in found:
            made[self.key] = list(lists.get(row[self._at], ()))


class Single:
    """The row that fits a condition."""

    def __init__(self, compiler: Compiler, type_: Any, source: One, nodes: list[Any]) -> None:
        shown = bare(type_.fields[nodes[0].name.value].type)
        model = compiler.declared.model(shown)
        assert model is not None
        self._compiler, self._level = compiler, Level(compiler, model)
        self._shape = Shape(self._level, shown, inner(nodes))
        self._arguments = compiler.selection.arguments(type_, nodes[0])
        self._condition = compiler.condition(source.where, model)
        self._texts = compiler.texts()

    async def read(self, run: Run) -> dict[str, Any] | None:
        with run.reading_arguments():
            arguments = self._arguments.of(run.variables)
            condition = self._condition.of(arguments, run)
        statement = self._texts.of(
            condition, (), lambda: self._level.source().flat(both(self._level.rights, condition), limit="1")
        )
        rows = await run.rows(statement, Env(run.actor, arguments))
        return (await self._shape.dressed(run, rows))[0] if rows else None
