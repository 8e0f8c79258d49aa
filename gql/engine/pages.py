"""Lists that are read in pages: the page of a root or of a row, its cursors, and its total."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

from graphql import SelectionNode
from tortoise import fields

from gql.engine.declared import bare, call
from gql.engine.levels import Level, Place
from gql.engine.paging import PageAsked, decode, order_keys, page_asked, place_of
from gql.engine.rows import Shape
from gql.engine.selection import Unsupported, inner
from gql.engine.sources import Computed, Many, Total, needs_of
from gql.engine.sql import (
    Env,
    Holder,
    Sql,
    Statement,
    beyond,
    both,
    column_of,
    count,
    count_of_each,
    holder,
    value,
)

if TYPE_CHECKING:
    from gql.engine.plan import Compiler, Run


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
        held_by = needs_of(source.of) if source.of is not None else (self.place.model._meta.pk_attr,)
        self._at = [level.column(self.place, name) for name in held_by] if level is not None else []
        self._arguments = compiler.selection.arguments(type_, nodes[0])
        self._condition = compiler.condition(source.where, model)
        self._texts, self._orders = compiler.texts(), dict[str, _Ordered]()
        self._parts = [self._part(page, response, asked) for response, asked in self._fields(page, inner(nodes))]
        self._counts = any(part.counts for part in self._parts)
        self._reads = any(part.reads for part in self._parts)
        self._tells_cursors = any(part.tells_cursors for part in self._parts)
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
            return self._page_info(bare(page.fields[name].type), key, inner(nodes))
        if attribute == "edges":
            return self._edges(bare(page.fields[name].type), key, inner(nodes))
        raise Unsupported(f"{page.name}.{name} has a resolver of its own")

    def _edges(self, edge: Any, key: str, selections: list[SelectionNode]) -> _Part:
        parts: list[tuple[str, Callable[[_Cut, int], Any]]] = []
        shown: dict[str, list[SelectionNode]] = {}
        cursors = False
        for response, nodes in self._fields(edge, selections):
            if nodes[0].name.value == "node":
                shown[f"{key}.{response}"] = inner(nodes)
                parts.append((response, lambda cut, n, at=f"{key}.{response}": cut.made[at][n]))  # type: ignore[misc]
            elif nodes[0].name.value == "cursor":
                parts.append((response, lambda cut, n: cut.cursor(n)))
                cursors = True
            else:
                parts.append((response, lambda cut, n: edge.name))

        def edges(run: Run, cut: _Cut) -> list[dict[str, Any]]:
            return [{response: part(cut, n) for response, part in parts} for n in range(len(cut.rows))]

        return _Part(key, edges, reads=True, tells_cursors=cursors, shown_in_edges=shown)

    def _page_info(self, info: Any, key: str, selections: list[SelectionNode]) -> _Part:
        told: dict[str, Callable[[_Cut], Any]] = {
            "hasNextPage": lambda cut: cut.asked.before is not None if cut.asked.backward else cut.more,
            "hasPreviousPage": lambda cut: cut.more if cut.asked.backward else cut.asked.after is not None,
            "startCursor": lambda cut: cut.cursor(0) if cut.rows else None,
            "endCursor": lambda cut: cut.cursor(-1) if cut.rows else None,
            "__typename": lambda cut: info.name,
        }
        asked = [(response, nodes[0].name.value) for response, nodes in self._fields(info, selections)]
        parts = [(response, told[name]) for response, name in asked]
        return _Part(
            key,
            lambda run, cut: {response: part(cut) for response, part in parts},
            reads=True,
            tells_cursors=any(name in ("startCursor", "endCursor") for _, name in asked),
        )

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
            columns = tuple(column_of(self._model, name) for name in names)
            columns_at = tuple(level.column(here, name) for name in names if self._tells_cursors)
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
        keys = [self._key(row) for row, _ in found]
        env.keys = list(dict.fromkeys(keys))
        lists: dict[Any, list[Any]] = {key: [] for key in env.keys}
        totals: dict[Any, int] = {}
        if self._reads:
            for row in await run.rows(self._rows_statement(ordered, condition, asked), env):
                lists[row[-1]].append(row)
        if self._counts:
            totals = dict([tuple(row) for row in await run.rows(self._count_statement(condition), env)])
        pages = await self._cut(run, ordered, asked, list(lists.values()), [totals.get(key, 0) for key in env.keys])
        of_row = dict(zip(env.keys, pages, strict=True))
        for key, (_, made) in zip(keys, found, strict=True):
            made[self.key] = of_row[key]

    def _key(self, row: Any) -> Any:
        """What the rows of this row's list hold."""
        of = self._source.of
        return row[self._at[0]] if of is None else of(*[row[at] for at in self._at])

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
    tells_cursors: bool = False
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
