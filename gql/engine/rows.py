"""From a selection on rows to the columns and joins of one SELECT, and one generated function that makes dicts of rows.

Rows stay what the driver gave: tuples, read by position. Only the expression of a dict is generated, for instance

    return [{'number': r[0], 'contact': {'name': r[2]} if r[1] is not None else None} for r in rows]

which `Shape.source` shows for every selection. What must be read for all rows at once (lists, references in a payload,
batched functions) is `None` there first, and hung in afterwards by `Shape.children`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from graphql import GraphQLEnumType, GraphQLNonNull, SelectionNode
from tortoise import fields
from tortoise.models import Model

from gql.engine.declare import (
    GIVEN,
    Batched,
    Column,
    Computed,
    Each,
    Many,
    OneOf,
    Payload,
    Relation,
)
from gql.engine.declared import bare
from gql.engine.selection import Unsupported, inner
from gql.engine.sql import Source as Selected
from gql.engine.sql import Sql, join

if TYPE_CHECKING:
    from gql.engine.plan import Compiler, Run


class Bail(Exception):
    """The rows broke a promise of the schema: the referee answers, and tells the error with its path."""


def bail(what: str) -> Any:
    raise Bail(what)


PRESENT, ABSENT = object(), object()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a level, and where in its answer, an object stands."""

    alias: str
    model: type[Model]
    joins: tuple[str, ...] = ()
    """The relations that lead there."""
    answer: tuple[str, ...] = ()
    """The response keys that lead there."""
    only: tuple[tuple[int, Any], ...] = ()
    """Only in rows where these columns hold these values: a kind, PRESENT or ABSENT."""


class Level:
    """The rows of one SELECT, and the columns and joins that all selections on them need."""

    def __init__(self, compiler: Compiler, model: type[Model]) -> None:
        self.compiler, self.model = compiler, model
        self.columns: dict[str, int] = {}
        self.taken: list[tuple[tuple[str, ...], str]] = []
        """Each column once more, as relations and attribute: how a row object has it."""
        self.all_seen = True
        """Whether the viewer may see every row of every joined table."""
        self._joined: dict[tuple[str, ...], str] = {}
        self._joins: list[Sql] = []

    def column(self, place: Place, name: str) -> int:
        """The position of a column."""
        source = place.model._meta.fields_map[name].source_field or name
        written = f'{place.alias}."{source}"'
        if written not in self.columns:
            self.columns[written] = len(self.columns)
            self.taken.append((place.joins, name))
        return self.columns[written]

    def joined(self, place: Place, relation: str) -> Place:
        """The place of the row that a foreign key points at; a row that the viewer may not see is absent."""
        model: type[Model] = place.model._meta.fields_map[relation].related_model  # type: ignore[attr-defined]
        path = (*place.joins, relation)
        if path not in self._joined:
            alias = self._joined[path] = f"t{len(self._joined) + 1}"
            rights = self.compiler.rights(model, alias)
            on = f'{alias}."{model._meta.db_pk_column}" = {place.alias}."{relation}_id"'
            self._joins.append(join(f' LEFT JOIN "{model._meta.db_table}" {alias} ON {on}', _and(rights)))
            self.all_seen = self.all_seen and not rights
        return replace(place, alias=self._joined[path], model=model, joins=path)

    @property
    def rights(self) -> Sql:
        return self.compiler.rights(self.model)

    def source(self) -> Selected:
        """What the level selects, once all selections on it are known."""
        return Selected(self.model, ", ".join(self.columns) or "1", join(*self._joins))

    def at_hand(self, row: Model) -> tuple[Any, ...] | None:
        """The columns taken from a row object; None where it lacks one, or where the viewer might not see one."""
        if not self.all_seen:
            return None
        found = []
        for relations, name in self.taken:
            holder: Any = row
            for relation in relations:
                if getattr(holder, f"{relation}_id") is None:
                    holder = None
                    break
                holder = holder.__dict__.get(f"_{relation}")  # where Tortoise keeps a row that came along
                if holder is None:
                    return None
            found.append(None if holder is None else _as_stored(holder, name))
        return tuple(found)


def _as_stored(row: Model, name: str) -> Any:
    """A column as the driver gives it."""
    column = row._meta.fields_map[name]
    stored = column.to_db_value(getattr(row, name), row)
    if isinstance(column, fields.DatetimeField) and row._meta.db.capabilities.dialect == "sqlite":
        return None if stored is None else str(stored)
    return stored


def _and(condition: Sql) -> Sql:
    return join(" AND (", condition, ")") if condition else condition


class Child(Protocol):
    """What is read for all rows of a level at once and hung into their dicts."""

    key: str
    place: Place

    async def hang(self, run: Run, found: list[tuple[Any, dict[str, Any]]]) -> None:
        """Sets `key` in each dict, by its row."""
        ...


class _Body:
    """One generated function: what it computes first, and what it answers."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}

    def local(self, expression: str, name: str) -> str:
        """A name for an expression that is used several times."""
        return self.first.setdefault(expression, f"{name}{len(self.first)}")


class Shape:
    """One selection on the rows of a level."""

    def __init__(self, level: Level, type_: Any, selections: list[SelectionNode]) -> None:
        self.level, self.compiler = level, level.compiler
        self.children: list[Child] = []
        self._names: dict[str, Any] = {"loads": orjson.loads, "datetime": datetime, "UTC": UTC}
        self._given: set[str] = set()
        self._functions: list[str] = []
        body = _Body()
        expression = self._object(type_, selections, Place("t0", level.model), body)
        if body.first:
            self._functions.append(_function("row", body, expression))
            expression = "row(r)"
        given = [f"{name} = run.{name}" for name in sorted(self._given)]
        lines = [*given, *self._functions, f"return [{expression} for r in rows]"]
        self.source = "def shape(rows, run):\n" + "\n".join(_indented(line) for line in lines)
        exec(compile(self.source, "<shape>", "exec"), self._names)
        self._make: Callable[[list[Any], Run], list[dict[str, Any]]] = self._names["shape"]

    async def dressed(self, run: Run, rows: list[Any]) -> list[dict[str, Any]]:
        """The dicts of the rows, with all that hangs on them."""
        made = self._make(rows, run)
        for child in self.children:
            found = _reached(rows, made, child.place)
            if found:
                await child.hang(run, found)
        return made

    # ---- what is generated

    def _constant(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self._names)}"
        self._names[name] = value
        return name

    def _slot(self, place: Place, name: str) -> str:
        return f"r[{self.level.column(place, name)}]"

    def _fail(self, type_: Any, name: str) -> str:
        self._names["bail"] = bail
        return f"bail({f'null in {type_.name}.{name}'!r})"

    def _object(self, type_: Any, selections: list[SelectionNode], place: Place, body: _Body) -> str:
        """The expression of one object of a type, or of the kinds that share its table."""
        types = [t for t in self.compiler.declared.types_of(type_) if self.compiler.declared.model(t) is place.model]
        if len(types) == 1 and self.compiler.declared.kind(types[0]) is None:
            return self._dict(types[0], selections, place, body)
        if not types:
            raise Unsupported(f"rows of {place.model.__name__} as {type_.name}")
        kind_at = self.level.column(place, "kind")
        made: dict[str, str] = {}
        alike: dict[Any, str] = {}
        for kind_type in types:
            kind, said = str(self.compiler.declared.kind(kind_type)), self._said(kind_type, selections)
            if said in alike:
                made[kind] = alike[said]
                continue
            made[kind], own, hung = f"{kind_type.name}_{len(self._functions)}", _Body(), len(self.children)
            expression = self._dict(kind_type, selections, replace(place, only=(*place.only, (kind_at, kind))), own)
            self._functions.append(_function(made[kind], own, expression))
            if len(self.children) == hung:  # what hangs on a kind's rows is that kind's own
                alike[said] = made[kind]
        kinds = f"kinds_{len(self._functions)}"
        self._functions.append(f"{kinds} = {{{', '.join(f'{kind!r}: {name}' for kind, name in made.items())}}}")
        return f"{kinds}[r[{kind_at}]](r)"

    def _said(self, type_: Any, selections: list[SelectionNode]) -> Any:
        """What is selected on one kind: others of whom the same is said share its function."""
        declared = self.compiler.declared
        said: list[Any] = []
        for key, nodes in self.compiler.selection.fields(type_, selections).items():
            name = nodes[0].name.value
            if name == "__typename":
                said.append((key, None if declared.kind(type_) == type_.name else type_.name))
            else:
                said.append((key, id(declared.source(type_, name)), str(type_.fields[name].type), *map(id, nodes)))
        return tuple(said)

    def _dict(self, type_: Any, selections: list[SelectionNode], place: Place, body: _Body) -> str:
        selected = self.compiler.selection.fields(type_, selections)
        return (
            "{"
            + ", ".join(f"{key!r}: {self._field(type_, key, nodes, place, body)}" for key, nodes in selected.items())
            + "}"
        )

    def _field(self, type_: Any, key: str, nodes: list[Any], place: Place, body: _Body) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            at, kind = place.only[-1] if place.only else (0, None)
            return f"r[{at}]" if kind == type_.name else repr(type_.name)
        if self.compiler.declared.is_global_id(type_, name):
            return f"f'{place.model.__name__}_{{{self._slot(place, place.model._meta.pk_attr)}}}'"
        source = self.compiler.declared.source(type_, name)
        stated = type_.fields[name].type
        match source:
            case Column():
                return self._column(type_, name, source, place, body)
            case Relation():
                return self._relation(type_, name, source, nodes, key, place, body)
            case Computed():
                return self._computed(source, stated, inner(nodes), place, body)
            case OneOf():
                return self._one_of(source, stated, inner(nodes), key, place, body)
            case Payload():
                return self._payload(type_, name, source, stated, nodes, key, place, body)
            case Many() | Each() | Batched():
                self.children.append(self.compiler.child(self.level, type_, source, nodes, key, place))
                return "None"
        raise Unsupported(f"{type_.name}.{name} has a resolver of its own")

    def _column(self, type_: Any, name: str, source: Column, place: Place, body: _Body) -> str:
        stated = type_.fields[name].type
        *relations, column = source.path.split(".")
        for relation in relations:
            place = self.level.joined(place, relation)
        expression = self._leaf(self._slot(place, column), place.model._meta.fields_map[column], bare(stated), body)
        if relations and isinstance(stated, GraphQLNonNull):
            pk = self._slot(place, place.model._meta.pk_attr)
            return f"({expression} if {pk} is not None else {self._fail(type_, name)})"
        return expression

    def _relation(
        self, type_: Any, name: str, source: Relation, nodes: list[Any], key: str, place: Place, body: _Body
    ) -> str:
        stated, selections = type_.fields[name].type, inner(nodes)
        target = bare(stated)
        model: type[Model] = place.model._meta.fields_map[source.name].related_model  # type: ignore[attr-defined]
        foreign = self._slot(place, f"{source.name}_id")
        if model in self.compiler.memory:
            return f"{self._kept(model, target, selections, stated)}[{foreign}]"
        absent = self._fail(type_, name) if isinstance(stated, GraphQLNonNull) else "None"
        if self._only_id(target, model, selections):
            pk = self._dict_of_id(target, model, selections, foreign)
            return f"({pk} if {foreign} is not None else {absent})"
        there = replace(self.level.joined(place, source.name), answer=(*place.answer, key))
        made = self._object(target, selections, there, body)
        return f"({made} if {self._slot(there, model._meta.pk_attr)} is not None else {absent})"

    def _only_id(self, target: Any, model: type[Model], selections: list[Any]) -> bool:
        """Whether the foreign key says all that is asked, and whoever asks may see every row."""
        types = self.compiler.declared.types_of(target)
        if len(types) != 1 or self.compiler.rights(model):
            return False
        named = [nodes[0].name.value for nodes in self.compiler.selection.fields(types[0], selections).values()]
        return all(n == "__typename" or self.compiler.declared.is_global_id(types[0], n) for n in named)

    def _dict_of_id(self, target: Any, model: type[Model], selections: list[Any], foreign: str) -> str:
        [type_] = self.compiler.declared.types_of(target)
        values = {
            key: repr(type_.name) if nodes[0].name.value == "__typename" else f"f'{model.__name__}_{{{foreign}}}'"
            for key, nodes in self.compiler.selection.fields(type_, selections).items()
        }
        return "{" + ", ".join(f"{key!r}: {made}" for key, made in values.items()) + "}"

    def _kept(self, model: type[Model], target: Any, selections: list[Any], stated: Any) -> str:
        """A table of what was made of the rows in memory, by their id."""
        rows, dress = self.compiler.memory[model], self.compiler.values.dresser(target, selections)

        class Made(dict[Any, Any]):
            def __missing__(self, id: Any) -> Any:
                row = rows.get(id)
                if row is None and isinstance(stated, GraphQLNonNull):
                    raise Bail(f"no {model.__name__}")
                made = self[id] = None if row is None else dress(row, None)
                return made

        if dress.waits or dress.asks:
            raise Unsupported(f"{target.name} in memory asks for more than is there")
        return self._constant("kept", Made())

    def _computed(self, source: Computed, stated: Any, selections: list[Any], place: Place, body: _Body) -> str:
        needed = ", ".join(self._need(name, place, body) for name in source.needs)
        called = f"{self._constant('call', source.function)}({needed})"
        return self._completed(called, stated, selections)

    def _need(self, name: str, place: Place, body: _Body) -> str:
        if name in GIVEN:
            self._given.add(name)
            return name
        if name in place.model._meta.fk_fields:
            model: type[Model] = place.model._meta.fields_map[name].related_model  # type: ignore[attr-defined]
            if model not in self.compiler.memory:
                raise Unsupported(f"a function that needs rows of {model.__name__}")
            return f"{self._constant('rows', self.compiler.memory[model].get)}({self._slot(place, f'{name}_id')})"
        return self._python(self._slot(place, name), place.model._meta.fields_map[name], body)

    def _completed(self, expression: str, stated: Any, selections: list[Any]) -> str:
        """What a function gave, checked: it promises nothing."""
        dress = self.compiler.values.dresser(stated, selections)
        if dress.waits:
            raise Unsupported(f"{bare(stated).name} within computed values asks for rows")
        done, good = self._constant("done", dress), self.compiler.good_as_it_is(stated)
        if good is None:
            return f"{done}({expression}, run)"
        held = f"v{len(self._names)}"
        test = good.format(f"({held} := {expression})", held)
        return f"({held} if {test} else {done}({held}, run))"

    def _one_of(self, source: OneOf, stated: Any, selections: list[Any], key: str, place: Place, body: _Body) -> str:
        tried: list[tuple[int, Any]] = []
        made = ""
        for relation in source.relations:
            there = self.level.joined(place, relation)
            pk = self.level.column(there, there.model._meta.pk_attr)
            there = replace(there, answer=(*place.answer, key), only=(*place.only, *tried, (pk, PRESENT)))
            shown = self._object(self.compiler.declared.type_of(there.model), selections, there, body)
            made += f"{shown} if r[{pk}] is not None else "
            tried.append((pk, ABSENT))
        return f"({made}{self._computed(source.otherwise, stated, selections, place, body)})"

    def _payload(
        self, type_: Any, name: str, source: Payload, stated: Any, nodes: list[Any], key: str, place: Place, body: _Body
    ) -> str:
        expression = self._json(self._slot(place, "payload"), body)
        for step in source.path.split("."):
            expression = f"({expression} or {{}}).get({step!r})"
        target = bare(stated)
        model = self.compiler.declared.model(target)
        if model is None:
            return self._completed(expression, stated, inner(nodes))
        if model in self.compiler.memory:
            return f"{self._kept(model, target, inner(nodes), stated)}[{expression}]"
        self.children.append(self.compiler.child(self.level, type_, source, nodes, key, place))
        return "None"

    def _json(self, expression: str, body: _Body) -> str:
        # SQLite gives a bare number as a number
        return body.local(f"loads({expression}) if {expression}.__class__ is str else {expression}", "payload")

    def _leaf(self, expression: str, column: fields.Field[Any], target: Any, body: _Body) -> str:
        """A column as JSON wants it; what the database promises is not checked again."""
        if isinstance(target, GraphQLEnumType):
            names = {_plain(shown.value): name for name, shown in target.values.items()}
            if column.null:
                names[None] = None
            return f"{self._constant('enum', names)}[{expression}]"
        if not self.compiler.passes(target):
            return f"{self._constant('scalar', _or_null(target))}({self._python(expression, column, body)})"
        if not self.compiler.dialect.postgres:
            if isinstance(column, fields.DatetimeField):
                return f"{self._constant('instant', instant)}({expression})"
            if isinstance(column, fields.BooleanField):
                return f"({expression} if {expression} is None else {expression} == 1)"
        if isinstance(column, fields.UUIDField):
            return f"{expression} and str({expression})"
        return expression

    def _python(self, expression: str, column: fields.Field[Any], body: _Body) -> str:
        """A column as Python wants it."""
        if isinstance(column, fields.JSONField):
            return self._json(expression, body)
        members = getattr(column, "enum_type", None)
        if members is not None:
            known = {member.value: member for member in members} | ({None: None} if column.null else {})
            return f"{self._constant('enum', known)}[{expression}]"
        if not self.compiler.dialect.postgres and isinstance(column, fields.DatetimeField | fields.BooleanField):
            return f"{self._constant('python', column.to_python_value)}({expression})"
        return expression


def instant(text: str | None) -> str | None:
    """An instant as SQLite keeps it, in RFC 3339."""
    return None if text is None else f"{text[:10]}T{text[11:].removesuffix('+00:00')}Z"


def _or_null(scalar: Any) -> Callable[[Any], Any]:
    serialize = scalar.serialize
    return lambda value: None if value is None else serialize(value)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _function(name: str, body: _Body, expression: str) -> str:
    first = "".join(f" {local} = {computed}\n" for computed, local in body.first.items())
    return f"def {name}(r):\n{first} return {expression}"


def _indented(lines: str) -> str:
    return "\n".join(f" {line}" for line in lines.split("\n"))


def _reached(rows: list[Any], made: list[dict[str, Any]], place: Place) -> list[tuple[Any, dict[str, Any]]]:
    """Rows with the objects of theirs that stand at a place."""
    if not place.only and not place.answer:
        return list(zip(rows, made, strict=True))
    found = []
    for row, there in zip(rows, made, strict=True):
        if all(_holds(row[at], wanted) for at, wanted in place.only):
            for key in place.answer:
                there = there and there[key]
            if there is not None:
                found.append((row, there))
    return found


def _holds(stored: Any, wanted: Any) -> bool:
    if wanted is PRESENT or wanted is ABSENT:
        return (stored is not None) == (wanted is PRESENT)
    return bool(stored == wanted)
