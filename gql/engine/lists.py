"""What is read by a statement of its own: rows by their keys, pages, short lists, and what batched functions answer.

Below a list, each of these is read once for all rows of the level above, and hung into their dicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLNonNull, SelectionNode
from tortoise import fields
from tortoise.models import Model

from gql.engine.declare import Batched, Computed, Each, Many, One, Payload, Total
from gql.engine.declared import bare, call
from gql.engine.paging import PageAsked, decode, order_keys, page_asked, place_of
from gql.engine.rows import Bail, Level, Place, Shape
from gql.engine.selection import Unsupported, inner
from gql.engine.sql import (
    Env,
    Holder,
    Sql,
    Statement,
    beyond,
    both,
    count,
    count_of_each,
    holder,
    ordering,
    value,
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
        among = compiler.dialect.among(f't0."{model._meta.db_pk_column}"', model, pk)
        self._statement = compiler.statement(self.level.source().flat(both(among, self.level.rights)))
        self._needs_nothing = len(self.level.columns) == 1 and not self.level.rights and not self.shape.children

    async def read(self, run: Run, keys: list[Any]) -> dict[Any, dict[str, Any]]:
        """What was made of the rows that the viewer may see, by key."""
        if not keys:
            return {}
        rows = await run.rows(self._statement, Env(run.actor, keys=keys))
        at = self._at
        return {row[at]: made for row, made in zip(rows, await self.shape.dressed(run, rows), strict=True)}

    async def again(self, run: Run, row: Model) -> dict[str, Any] | None:
        """The same for one row object, read again with the viewer's rights."""
        return (await self.read(run, [row.pk])).get(row.pk)

    async def known(self, run: Run, key: Any) -> dict[str, Any] | None:
        """The same for one row that is known to exist: without a statement where its key says it all."""
        if self._needs_nothing:
            return (await self.shape.dressed(run, [(key,)]))[0]
        return (await self.read(run, [key])).get(key)

    async def at_hand(self, run: Run, row: Model) -> dict[str, Any] | None:
        """The same for a row object that the viewer may see: without a statement where it has all that is asked."""
        taken = self.level.at_hand(row)
        if taken is not None:
            return (await self.shape.dressed(run, [taken]))[0]
        return await self.again(run, row)


class Referred:
    """Rows whose keys lie in a JSON column of the level above."""

    def __init__(self, level: Level, type_: Any, source: Payload, nodes: list[Any], key: str, place: Place) -> None:
        stated = type_.fields[nodes[0].name.value].type
        model = level.compiler.declared.model(bare(stated))
        assert model is not None
        self.key, self.place = key, place
        self._needed = isinstance(stated, GraphQLNonNull)
        self._at, self._path = level.column(place, "payload"), source.path.split(".")
        self._rows = ByKey(level.compiler, model, bare(stated), inner(nodes))

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        keys = [self._key(row) for row, _ in found]
        read = await self._rows.read(run, list({key for key in keys if key is not None}))
        for key, (_, made) in zip(keys, found, strict=True):
            made[self.key] = read.get(key)
            if made[self.key] is None and self._needed:
                raise Bail(f"null in {self.key}")

    def _key(self, row: Any) -> Any:
        held = orjson.loads(row[self._at])
        for step in self._path:
            held = held.get(step) if held is not None else None
        return held


class InBatch:
    """What one async function answers for all rows at once."""

    def __init__(self, level: Level, type_: Any, source: Batched, nodes: list[Any], key: str, place: Place) -> None:
        self.key, self.place = key, place
        self._function, self._at = source.function, level.column(place, source.of)
        self._dress = level.compiler.values.dresser(type_.fields[nodes[0].name.value].type, inner(nodes))
        if self._dress.waits:
            raise Unsupported("a batched function that gives rows")

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        keys = list(dict.fromkeys(row[self._at] for row, _ in found))
        answered = dict(zip(keys, await self._function(run.actor, keys), strict=True))
        for row, made in found:
            made[self.key] = self._dress(answered[row[self._at]], run)


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


@dataclass(frozen=True, slots=True)
class _Ordered:
    """The rows of a list in one order, as the parts of a page show them."""

    level: Level
    shapes: dict[str, Shape]
    keys: tuple[str, ...]
    key_columns: tuple[str, ...]
    keys_at: tuple[int, ...]
    instants: tuple[bool, ...]
    """Which keys are instants that the driver gives as text."""


class Pages:
    """Pages of a list: one for all, or one of each row of the level above."""

    def __init__(
        self, compiler: Compiler, type_: Any, source: Many, nodes: list[Any], key: str = "", place: Place | None = None,
        level: Level | None = None,
    ) -> None:  # fmt: skip
        self._compiler, self._source, self.key = compiler, source, key
        page = bare(type_.fields[nodes[0].name.value].type)
        self._item = bare(page.fields["nodes"].type)
        model = compiler.declared.model(self._item)
        assert model is not None
        self._model, self.place = model, place or Place("", model)
        self._held: Holder | None = holder(model, source.via) if source.via is not None else None
        self._at = level.column(self.place, self.place.model._meta.pk_attr) if level is not None else -1
        self._arguments = compiler.selection.arguments(type_, nodes[0])
        self._condition = compiler.condition(source.where, model)
        self._texts, self._orders = compiler.texts(), dict[str, _Ordered]()
        self._parts = [self._part(page, response, asked) for response, asked in self._fields(page, inner(nodes))]
        self._counts = any(part.counts for part in self._parts)
        self._reads = any(part.reads for part in self._parts)
        if not callable(source.order):
            self._ordered(str(source.order))  # what cannot be compiled is told now

    def _fields(self, page: Any, selections: list[SelectionNode]) -> list[tuple[str, list[Any]]]:
        return list(self._compiler.selection.fields(page, selections).items())

    # ---- the parts of a page

    def _part(self, page: Any, key: str, nodes: list[Any]) -> _Part:
        name = nodes[0].name.value
        if name == "__typename":
            return _Part(key, lambda run, cut: page.name)
        attribute = self._compiler.declared.field(page, name).python_name
        source = self._compiler.declared.source(page, name)
        if isinstance(source, Total):
            return _Part(key, lambda run, cut: cut.total, counts=True)
        if isinstance(source, Computed):
            computed, dress = source, self._compiler.values.dresser(page.fields[name].type, inner(nodes))
            return _Part(
                key, lambda run, cut: dress(computed.function(*[getattr(run, n) for n in computed.needs]), run)
            )
        if attribute == "nodes":
            return _Part(key, lambda run, cut: cut.made[key], reads=True, shown=inner(nodes))
        if attribute == "page_info":
            return _Part(key, self._page_info(bare(page.fields[name].type), inner(nodes)), reads=True)
        if attribute == "edges":
            return self._edges(bare(page.fields[name].type), key, inner(nodes))
        raise Unsupported(f"{page.name}.{name} has a resolver of its own")

    def _edges(self, edge: Any, key: str, selections: list[SelectionNode]) -> _Part:
        parts: list[tuple[str, Callable[[_Cut, int], Any]]] = []
        shown: dict[str, list[SelectionNode]] = {}
        for response, nodes in self._fields(edge, selections):
            if nodes[0].name.value == "node":
                shown[f"{key}.{response}"] = inner(nodes)
                parts.append((response, lambda cut, n, at=f"{key}.{response}": cut.made[at][n]))  # type: ignore[misc]
            elif nodes[0].name.value == "cursor":
                parts.append((response, lambda cut, n: cut.cursor(n)))
            else:
                parts.append((response, lambda cut, n: edge.name))

        def edges(run: Run, cut: _Cut) -> list[dict[str, Any]]:
            return [{response: part(cut, n) for response, part in parts} for n in range(len(cut.rows))]

        return _Part(key, edges, reads=True, shown_in_edges=shown)

    def _page_info(self, info: Any, selections: list[SelectionNode]) -> Callable[[Run, _Cut], Any]:
        told: dict[str, Callable[[_Cut], Any]] = {
            "hasNextPage": lambda cut: cut.asked.before is not None if cut.asked.backward else cut.more,
            "hasPreviousPage": lambda cut: cut.more if cut.asked.backward else cut.asked.after is not None,
            "startCursor": lambda cut: cut.cursor(0) if cut.rows else None,
            "endCursor": lambda cut: cut.cursor(-1) if cut.rows else None,
            "__typename": lambda cut: info.name,
        }
        parts = [(response, told[nodes[0].name.value]) for response, nodes in self._fields(info, selections)]
        return lambda run, cut: {response: part(cut) for response, part in parts}

    # ---- the rows

    def _ordered(self, order: str) -> _Ordered:
        if order not in self._orders:
            keys, level = order_keys(order, self._model), Level(self._compiler, self._model)
            shapes = {}
            for part in self._parts:
                if part.shown is not None:
                    shapes[part.key] = Shape(level, self._item, part.shown)
                for at, selections in part.shown_in_edges.items():
                    shapes[at] = Shape(level, self._item, selections)
            here, names = Place("t0", self._model), [key.removeprefix("-") for key in keys]
            columns = tuple(f't0."{self._model._meta.fields_map[name].source_field or name}"' for name in names)
            columns_at = tuple(level.column(here, name) for name in names)
            self._orders[order] = _Ordered(level, shapes, keys, columns, columns_at, self._instants(names))
        return self._orders[order]

    def _instants(self, names: list[str]) -> tuple[bool, ...]:
        known, as_text = self._model._meta.fields_map, not self._compiler.dialect.postgres
        return tuple(as_text and isinstance(known[name], fields.DatetimeField) for name in names)

    async def read(self, run: Run) -> Any:
        """The one page of a list that nothing holds."""
        with run.reading_arguments():
            asked, ordered, condition, env = self._asked(run)
        rows = await run.rows(self._rows_statement(ordered, condition, asked), env) if self._reads else []
        total = (await run.rows(self._count_statement(condition), env))[0][0] if self._counts else 0
        return (await self._cut(run, ordered, asked, [rows], [total]))[0]

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        asked, ordered, condition, env = self._asked(run)
        env.keys = list(dict.fromkeys(row[self._at] for row, _ in found))
        lists: dict[Any, list[Any]] = {key: [] for key in env.keys}
        totals: dict[Any, int] = {}
        if self._reads:
            for row in await run.rows(self._rows_statement(ordered, condition, asked), env):
                lists[row[-1]].append(row)
        if self._counts:
            totals = dict([tuple(row) for row in await run.rows(self._count_statement(condition), env)])
        pages = await self._cut(run, ordered, asked, list(lists.values()), [totals.get(key, 0) for key in env.keys])
        of_row = dict(zip(env.keys, pages, strict=True))
        for row, made in found:
            made[self.key] = of_row[row[self._at]]

    def _asked(self, run: Run) -> tuple[PageAsked, _Ordered, Sql, Env]:
        arguments = self._arguments.of(run.variables)
        asked = page_asked(arguments, self._source.page)
        order = self._source.order
        ordered = self._ordered(order if isinstance(order, str) else str(call(order, run, arguments)))
        env = Env(run.actor, arguments, limit=asked.size + 1)
        for cursor, into in ((asked.after, env.after), (asked.before, env.before)):
            if cursor is not None:
                places = zip(ordered.keys, decode(cursor, ordered.keys, self._model), strict=True)
                known = self._model._meta.fields_map
                into += [known[key.removeprefix("-")].to_db_value(at, self._model) for key, at in places]
        return asked, ordered, self._condition.of(arguments, run), env

    def _rows_statement(self, ordered: _Ordered, condition: Sql, asked: PageAsked) -> Statement:
        form = (ordered.keys, asked.after is not None, asked.before is not None, asked.backward)

        def written() -> Sql:
            descending = ordered.keys[0].startswith("-")
            conditions = [ordered.level.rights, condition]
            if asked.after is not None:
                conditions.append(beyond(ordered.key_columns, descending, lambda env: env.after))
            if asked.before is not None:
                conditions.append(beyond(ordered.key_columns, not descending, lambda env: env.before))
            order = ", ".join(f"{c} DESC" if descending != asked.backward else c for c in ordered.key_columns)
            limit, selected = value(lambda env: env.limit), ordered.level.source()
            if self._held is None:
                return selected.flat(both(*conditions), order, limit)
            return selected.page_of_each(self._compiler.dialect, self._held, both(*conditions), order, limit)

        return self._texts.of(condition, form, written)

    def _count_statement(self, condition: Sql) -> Statement:
        fitting = both(self._compiler.rights(self._model), condition)
        return self._texts.of(
            condition,
            "count",
            lambda: (
                count(self._model, fitting)
                if self._held is None
                else count_of_each(self._compiler.dialect, self._model, self._held, fitting)
            ),
        )

    async def _cut(
        self, run: Run, ordered: _Ordered, asked: PageAsked, lists: list[list[Any]], totals: list[int]
    ) -> list[dict[str, Any]]:
        """Pages of the lists, whose rows are dressed all at once."""
        more = [len(rows) > asked.size for rows in lists]
        lists = [rows[: asked.size] for rows in lists]
        if asked.backward:
            lists = [rows[::-1] for rows in lists]
        together = [row for rows in lists for row in rows] if len(lists) > 1 else lists[0] if lists else []
        dressed = {at: await shape.dressed(run, together) for at, shape in ordered.shapes.items()}
        pages, begin = [], 0
        makers = [(part.key, part.make) for part in self._parts]
        for n, rows in enumerate(lists):
            end = begin + len(rows)
            made = {at: whole[begin:end] for at, whole in dressed.items()} if len(lists) > 1 else dressed
            cut = _Cut(rows, made, asked, more[n], totals[n], ordered)
            pages.append({key: make(run, cut) for key, make in makers})
            begin = end
        return pages


@dataclass(frozen=True, slots=True)
class _Part:
    """One selected field of a page."""

    key: str
    make: Callable[[Run, _Cut], Any]
    counts: bool = False
    reads: bool = False
    shown: list[SelectionNode] | None = None
    """What is selected of each row."""
    shown_in_edges: dict[str, list[SelectionNode]] = dataclass_field(default_factory=dict)


@dataclass(slots=True)
class _Cut:
    """One page, before it takes the form that was asked for. Not frozen, which would make making it twice as dear."""

    rows: list[Any]
    made: dict[str, list[Any]]
    asked: PageAsked
    more: bool
    total: int
    ordered: _Ordered

    def cursor(self, n: int) -> str:
        row, ordered = self.rows[n], self.ordered
        places = zip(ordered.keys_at, ordered.instants, strict=True)
        return place_of(ordered.keys, [row[at].replace(" ", "T") if instant else row[at] for at, instant in places])
