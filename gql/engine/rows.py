"""From a selection on the rows of a level to one generated function that makes dicts of them.

Rows stay what the driver gave: tuples, read by position. Only the expression of a dict is generated, for instance

    return [{'number': r[0], 'contact': {'name': r[2]} if r[1] is not None else None} for r in rows]

which `Shape.source` shows for every selection. What must be read for all rows at once (lists, references in a payload,
batched functions) is `None` there first, and hung in afterwards by `Shape.children`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from graphql import GraphQLEnumType, GraphQLNonNull, SelectionNode
from tortoise import fields
from tortoise.models import Model

from gql.engine.declared import bare
from gql.engine.levels import ABSENT, PRESENT, Bail, Level, Place, bail, reached
from gql.engine.selection import Selected, Unsupported, inner
from gql.engine.sources import GIVEN, Batched, Column, Computed, Each, Many, OneOf, Payload, Relation

if TYPE_CHECKING:
    from gql.engine.plan import Run


MOST_SOURCES = 200
"""Generated functions of which Python's code is kept."""


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


@lru_cache(MOST_SOURCES)
def compiled(source: str) -> CodeType:
    """Python's code of a shape: it is as dear as all the rest, and the same for other sights, for lists that were read
    anew, and for documents that share a fragment."""
    return compile(source, "<shape>", "exec")


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
        exec(compiled(self.source), self._names)  # `_names` become its globals: whatever the text names is in there
        self.made: Callable[[list[Any], Run], list[dict[str, Any]]] = self._names["shape"]
        """The dicts of rows, without what hangs on them."""

    async def dressed(self, run: Run, rows: list[Any]) -> list[dict[str, Any]]:
        """The dicts of the rows, with all that hangs on them."""
        made = self.made(rows, run)
        for child in self.children:
            found = reached(rows, made, child.place)
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
        declared, selection = self.compiler.declared, self.compiler.selection
        types = [t for t in declared.types_of(type_) if declared.model(t) is place.model]
        if len(types) == 1 and declared.kind(types[0]) is None:
            return self._dict(types[0], selection.fields(types[0], selections), place, body)
        if not types:
            raise Unsupported(f"rows of {place.model.__name__} as {type_.name}")
        kind_at = self.level.column(place, "kind")
        made: dict[str, str] = {}
        for together in selection.together(types, selections):
            alike: dict[Any, str] = {}
            selected = selection.fields(together[0], selections)
            for kind_type in together:
                kind = str(declared.kind(kind_type))
                said = tuple([declared.alike(kind_type, nodes[0].name.value) for nodes in selected.values()])
                if said in alike:
                    made[kind] = alike[said]
                    continue
                made[kind], own, hung = f"{kind_type.name}_{len(self._functions)}", _Body(), len(self.children)
                there = place.in_rows((kind_at, kind))
                self._functions.append(_function(made[kind], own, self._dict(kind_type, selected, there, own)))
                if len(self.children) == hung:  # what hangs on a kind's rows is that kind's own
                    alike[said] = made[kind]
        kinds = f"kinds_{len(self._functions)}"
        self._functions.append(f"{kinds} = {{{', '.join(f'{kind!r}: {name}' for kind, name in made.items())}}}")
        return f"{kinds}[r[{kind_at}]](r)"

    def _dict(self, type_: Any, selected: Selected, place: Place, body: _Body) -> str:
        made = [f"{key!r}: {self._field(type_, key, nodes, place, body)}" for key, nodes in selected.items()]
        return "{" + ", ".join(made) + "}"

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
            place = self.level.joined(place, relation, part=True)
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
        kept = self._kept(model, target, selections, stated)
        if kept is not None:
            return f"{kept}[{foreign}]"
        absent = self._fail(type_, name) if isinstance(stated, GraphQLNonNull) else "None"
        of_id = self._of_id(target, model, selections, foreign)
        if of_id is not None:
            return f"({of_id} if {foreign} is not None else {absent})"
        if self.level.is_wide:
            self.children.append(self.compiler.child(self.level, type_, source, nodes, key, place))
            return "None"
        there = self.level.joined(place, source.name).shown_as(key)
        made = self._object(target, selections, there, body)
        return f"({made} if {self._slot(there, model._meta.pk_attr)} is not None else {absent})"

    def _of_id(self, target: Any, model: type[Model], selections: list[Any], foreign: str) -> str | None:
        """The object of a row that is pointed at, where its key says all that is asked and whoever asks sees every row;
        else None."""
        declared, types = self.compiler.declared, self.compiler.declared.types_of(target)
        if len(types) != 1 or self.compiler.rights(model):
            return None
        values = {}
        for key, nodes in self.compiler.selection.fields(types[0], selections).items():
            name = nodes[0].name.value
            if name == "__typename":
                values[key] = repr(types[0].name)
            elif declared.is_global_id(types[0], name):
                values[key] = f"f'{model.__name__}_{{{foreign}}}'"
            else:
                return None
        return "{" + ", ".join(f"{key!r}: {made}" for key, made in values.items()) + "}"

    def _kept(self, model: type[Model], target: Any, selections: list[Any], stated: Any) -> str | None:
        """A table of what was made of the rows in memory, by their id; None where the rows are to be read."""
        kept = self.compiler.values.kept(target, selections)
        if kept is None or kept.asks:
            return None
        return self._constant("kept", _Made(self.compiler.memory[model], kept, isinstance(stated, GraphQLNonNull)))

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
            there = there.shown_as(key).in_rows(*tried, (pk, PRESENT))
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
        kept = self._kept(model, target, inner(nodes), stated)
        if kept is not None:
            return f"{kept}[{expression}]"
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
        if not self.compiler.declared.passes(target):
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


class _Made(dict[Any, Any]):
    """What was made of rows in memory, by their ids. Generated code reads `kept[id]`, which is a plain lookup of a dict
    but for the first time, when Python calls `__missing__`."""

    def __init__(self, rows: Mapping[Any, Any], dress: Callable[[Any, Any], Any], needed: bool) -> None:
        super().__init__()
        self._rows, self._dress, self._needed = rows, dress, needed

    def __missing__(self, id: Any) -> Any:
        row = self._rows.get(id)
        if row is None and (id is not None or self._needed):
            raise Bail("no such row in memory")  # it may have been added a moment ago
        made = self[id] = None if row is None else self._dress(row, None)
        return made


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
