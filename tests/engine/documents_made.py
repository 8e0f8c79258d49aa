"""Strategies that make valid documents, with variables, for any schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_input_type,
    is_leaf_type,
    is_object_type,
    parse,
    validate,
)
from hypothesis import assume
from hypothesis import strategies as st

FIELDS, DEPTH = 24, 8
"""How many fields a document has at most, and how deep they are."""


@dataclass(frozen=True)
class Pools:
    """Values to draw from, beside wrong ones, that only the schema's authors know."""

    words: Sequence[str] = ()
    scalars: Mapping[str, st.SearchStrategy[Any]] = field(default_factory=dict)
    """Strategies of the JSON that the schema's own scalars are read from."""
    rare: frozenset[str] = frozenset()
    """Fields, as `Type.field`, to ask for only now and then: those that fail for many rows."""


@dataclass(frozen=True)
class Made:
    """A document with its variables, and which of its operations is meant.

    Ids and cursors are not known while it is made: `id 7` stands in both for the eighth of the ids that there will be,
    and `cursor cases 7` for the eighth of the cursors of lists of that name.
    """

    text: str
    variables: dict[str, Any]
    name: str | None

    def filled(self, ids: Sequence[str], cursors: Mapping[str, Sequence[str]]) -> Made:
        """The same with real ids and cursors."""

        def real(found: re.Match[str]) -> str:
            of = ids if found[1] is None else cursors.get(found[1], ("none",))
            return f'"{of[int(found[2]) % len(of)]}"'

        text, variables = (
            re.sub(r'"(?:id|cursor (\w+)) (\d+)"', real, part) for part in (self.text, json.dumps(self.variables))
        )
        return Made(text, json.loads(variables), self.name)

    def __repr__(self) -> str:
        return f"\n{self.text}\nvariables: {json.dumps(self.variables)}, operation: {self.name}\n"


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, pools: Pools) -> Made:
    """A query that graphql-core finds nothing wrong with, and values for its variables that mostly fit."""
    made = _Document(draw, schema, pools).made()
    assume(not validate(schema, parse(made.text)))
    return made


@dataclass(frozen=True)
class _Variable:
    name: str


@dataclass(frozen=True)
class _Word:
    """An enum's value."""

    name: str


@dataclass
class _Asked:
    """A field in the answer: what it stands for, and what is asked of it."""

    parent: Any
    field: str
    arguments: str
    type: str
    within: _Scope

    def joins(self, other: _Asked) -> bool:
        """Whether both may have one name in the answer."""
        if (self.field, self.arguments, self.type) == (other.field, other.arguments, other.type):
            return True
        apart = is_object_type(self.parent) and is_object_type(other.parent) and self.parent is not other.parent
        return apart and self.type == other.type and not self.within.composite


@dataclass
class _Scope:
    """The names of one object in the answer."""

    composite: bool = True
    prefix: str = ""
    """What every name begins with, in a fragment that is spread in several places."""
    asked: dict[str, list[_Asked]] = field(default_factory=dict)


class _Document:
    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema, pools: Pools) -> None:
        self._draw, self._schema, self._pools = draw, schema, pools
        self._left = draw(st.integers(3, FIELDS))
        self._declared: list[str] = []
        self._variables: dict[str, Any] = {}
        self._of_type: dict[str, list[str]] = {}
        self._fragments: list[str] = []
        self._spreadable: list[tuple[Any, str]] = []
        self._count = 0
        self._list = ""
        """The name of the field that arguments are made for."""

    # draws: the simpler comes first, towards which an example that fails is shrunk

    def _chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent

    def _one(self, of: Sequence[Any]) -> Any:
        return of[self._draw(st.integers(0, len(of) - 1))]

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def made(self) -> Made:
        root = self._schema.query_type
        assert root is not None
        body = self._selection(root, _Scope(), 0)
        name = "Asked" if self._chance(30) else None
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        head = f"query {name or ''}{declared} " if name or declared else ""
        parts = [f"{head}{body}", *self._fragments]
        if name and self._chance(30):
            parts.insert(self._draw(st.integers(0, len(parts))), "query Other { __typename }")
        elif name and self._chance(50):
            name = None
        return Made("\n".join(parts), self._variables, name)

    # ------------------------------------------------------------ selections

    def _selection(self, parent: Any, scope: _Scope, depth: int) -> str:
        parts: list[str] = []
        for _ in range(self._draw(st.integers(1, 5 if depth else 3))):
            if self._left <= 0:
                break
            part = self._part(parent, scope, depth)
            if part:
                parts.append(part)
        return "{ " + " ".join(parts or [f"{scope.prefix}kind: __typename" if scope.prefix else "__typename"]) + " }"

    def _part(self, parent: Any, scope: _Scope, depth: int) -> str:
        chosen = self._draw(st.integers(0, 19))
        if chosen >= 18:
            return self._spread(parent, scope, depth)
        if chosen >= 15 or (is_abstract_type(parent) and chosen >= 9):
            return self._inline(parent, scope, depth)
        if chosen == 14 and scope.asked:
            return self._again(scope, depth)
        if chosen == 13 or not getattr(parent, "fields", None):
            name = f"{scope.prefix}kind: __typename" if scope.prefix or self._chance(20) else "__typename"
            return name + self._directives()
        return self._field(parent, scope, depth)

    def _field(self, parent: Any, scope: _Scope, depth: int) -> str:
        names = [n for n, f in parent.fields.items() if depth < DEPTH or is_leaf_type(get_named_type(f.type))]
        if not names:
            return ""
        name = self._one(names)
        if f"{parent.name}.{name}" in self._pools.rare and not self._chance(4):
            return ""
        self._left -= 1
        stated = parent.fields[name]
        self._list = name
        arguments = self._arguments(stated.args)
        composite = is_composite_type(get_named_type(stated.type))
        asked = _Asked(parent, name, arguments, str(stated.type), _Scope(composite, scope.prefix))
        key = scope.prefix + name
        if self._chance(15):
            key = scope.prefix + self._one(("a", "b", "class", "_"))
        if not all(asked.joins(other) for other in scope.asked.get(key, ())):
            key = scope.prefix + self._name("x")
        same = [other for other in scope.asked.get(key, ()) if other.field == name and other.type == asked.type]
        if same:
            asked.within = same[0].within
        scope.asked.setdefault(key, []).append(asked)
        return self._written(key, asked, depth)

    def _again(self, scope: _Scope, depth: int) -> str:
        """A field that was asked for before, asked for once more, for other things."""
        key = self._one(list(scope.asked))
        asked = scope.asked[key][0]
        if (
            any(other.field != asked.field for other in scope.asked[key])
            or asked.parent is not scope.asked[key][-1].parent
        ):
            return ""
        self._left -= 1
        return f"... on {asked.parent.name} {{ {self._written(key, asked, depth)} }}"

    def _written(self, key: str, asked: _Asked, depth: int) -> str:
        alias = "" if key == asked.field else f"{key}: "
        text = f"{alias}{asked.field}{asked.arguments}{self._directives()}"
        if asked.within.composite:
            held = get_named_type(asked.parent.fields[asked.field].type)
            text += " " + self._selection(held, asked.within, depth + 1)
        return text

    def _narrower(self, parent: Any) -> Any:
        """A type that a fragment may be for here."""
        possible = set(self._possible(parent))
        fitting = [
            type_
            for type_ in self._schema.type_map.values()
            if is_composite_type(type_) and not type_.name.startswith("__") and possible & set(self._possible(type_))
        ]
        return self._one(sorted(fitting, key=lambda type_: (type_ is not parent, type_.name)))

    def _possible(self, type_: Any) -> list[GraphQLObjectType]:
        return list(self._schema.get_possible_types(type_)) if is_abstract_type(type_) else [type_]

    def _inline(self, parent: Any, scope: _Scope, depth: int) -> str:
        if self._chance(20):
            return f"...{self._directives()} {self._selection(parent, scope, depth)}"
        type_ = self._narrower(parent)
        return f"... on {type_.name}{self._directives()} {self._selection(type_, scope, depth)}"

    def _spread(self, parent: Any, scope: _Scope, depth: int) -> str:
        possible = set(self._possible(parent))
        known = [name for type_, name in self._spreadable if possible & set(self._possible(type_))]
        if known and self._chance(50):
            return f"...{self._one(known)}{self._directives()}"
        name, type_ = self._name("F"), self._narrower(parent)
        elsewhere = self._chance(50)
        within = _Scope(prefix=f"{name.lower()}_") if elsewhere else scope
        body = self._selection(type_, within, depth)
        self._fragments.append(f"fragment {name} on {type_.name} {body}")
        if elsewhere:
            self._spreadable.append((type_, name))
        return f"...{name}{self._directives()}"

    def _directives(self) -> str:
        said = ""
        if self._chance(8):
            said += f" @include(if: {self._condition()})"
        if self._chance(8):
            said += f" @skip(if: {self._condition()})"
        return said

    def _condition(self) -> str:
        if self._chance(60):
            if self._chance(80):
                return f"${self._variable('Boolean!', lambda: self._chance(50), needed=True).name}"
            return f"${self._variable('Boolean', lambda: self._chance(50), needed=False, fallback=True).name}"
        return "true" if self._chance(50) else "false"

    # ------------------------------------------------------------ arguments

    def _arguments(self, stated: Mapping[str, Any]) -> str:
        given = []
        for name, argument in stated.items():
            needed = isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
            if needed or self._chance(35):
                value = self._value(argument.type, name, default=argument.default_value is not Undefined)
                given.append(f"{name}: {_literal(value)}")
        return f"({', '.join(given)})" if given else ""

    def _value(self, type_: Any, name: str, *, default: bool = False, constant: bool = False, depth: int = 0) -> Any:
        if not constant and self._chance(20):
            return self._variable_for(type_, name, default=default)
        if isinstance(type_, GraphQLNonNull):
            return self._given(type_.of_type, name, constant=constant, depth=depth)
        return None if self._chance(7) else self._given(type_, name, constant=constant, depth=depth)

    def _given(self, type_: Any, name: str, *, constant: bool, depth: int) -> Any:
        if isinstance(type_, GraphQLList):
            if self._chance(10):
                return self._given_item(type_, name, constant=constant, depth=depth)
            size = self._draw(st.integers(0, 3))
            return [self._value(type_.of_type, name, constant=constant, depth=depth) for _ in range(size)]
        if isinstance(type_, GraphQLInputObjectType):
            return self._input(type_, constant=constant, depth=depth)
        if isinstance(type_, GraphQLEnumType):
            return _Word(self._one(list(type_.values)))
        return self._scalar(type_.name, name)

    def _given_item(self, type_: Any, name: str, *, constant: bool, depth: int) -> Any:
        item = type_.of_type
        item = item.of_type if isinstance(item, GraphQLNonNull) else item
        return self._given(item, name, constant=constant, depth=depth)

    def _input(self, type_: GraphQLInputObjectType, *, constant: bool, depth: int) -> dict[str, Any]:
        definition = (type_.extensions or {}).get("strawberry-definition")
        if type_.is_one_of or getattr(definition, "is_one_of", False):
            name = self._one(list(type_.fields))
            return {name: self._given(type_.fields[name].type, name, constant=constant, depth=depth + 1)}
        given = {}
        for name, stated in type_.fields.items():
            needed = isinstance(stated.type, GraphQLNonNull) and stated.default_value is Undefined
            if needed or (depth < 3 and self._chance(25)):
                default = stated.default_value is not Undefined
                given[name] = self._value(stated.type, name, default=default, constant=constant, depth=depth + 1)
        return given

    def _scalar(self, type_: str, name: str) -> Any:
        if name in ("first", "last"):
            return self._one((2, 1, 3, 5, 0, 100, 101, -1) if self._chance(10) else (2, 1, 3, 5, 4, 10))
        if name in ("after", "before"):
            return (
                self._one(("broken", "", "é"))
                if self._chance(5)
                else f"cursor {self._list} {self._draw(st.integers(0, 99))}"
            )
        if type_ in self._pools.scalars:
            return self._draw(self._pools.scalars[type_])
        match type_:
            case "Int":
                return self._one((1, 0, 2, 3, -1, 2**31 - 1, -(2**31)))
            case "Float":
                return self._one((1.5, 0, -2.25, 1e100))
            case "Boolean":
                return self._chance(50)
            case "ID":
                wrong = ("", "nothing", "Case_0", 7)
                return self._one(wrong) if self._chance(5) else f"id {self._draw(st.integers(0, 99))}"
            case _:
                return (
                    self._one(("", "ü", "100%", 'a"b'))
                    if not self._pools.words or self._chance(10)
                    else self._one(self._pools.words)
                )

    # ------------------------------------------------------------ variables

    def _variable_for(self, type_: Any, name: str, *, default: bool) -> _Variable:
        assert is_input_type(type_)
        if not isinstance(type_, GraphQLNonNull):
            needed = self._chance(20)
            kind = f"{type_}!" if needed else str(type_)
            inner = GraphQLNonNull(type_) if needed else type_
            return self._variable(kind, lambda: self._value(inner, name, constant=True), needed=needed)
        loose = self._chance(30)
        if not loose:
            return self._variable(str(type_), lambda: self._value(type_, name, constant=True), needed=True)
        # a variable that may be null fits where something is needed, if either of them has a default
        return self._variable(
            str(type_.of_type), lambda: self._value(type_, name, constant=True), needed=False, fallback=not default
        )

    def _variable(self, type_: str, value: Callable[[], Any], *, needed: bool, fallback: bool = False) -> _Variable:
        known = self._of_type.setdefault(f"{type_} {fallback}", [])
        if known and self._chance(40):
            return _Variable(self._one(known))
        name = self._name("v")
        known.append(name)
        has_default = fallback or self._chance(25)
        said = f"${name}: {type_}"
        if has_default:
            said += f" = {_literal(value())}"
        self._declared.append(said)
        if not (has_default or not needed) or self._chance(70):
            self._variables[name] = None if not needed and self._chance(10) else _plain(value())
        return _Variable(name)


def _literal(value: Any) -> str:
    """A value as it stands in a document."""
    match value:
        case _Variable(name):
            return f"${name}"
        case _Word(name):
            return name
        case dict():
            return "{" + ", ".join(f"{name}: {_literal(held)}" for name, held in value.items()) + "}"
        case list():
            return "[" + ", ".join(_literal(held) for held in value) + "]"
        case _:
            return json.dumps(value)


def _plain(value: Any) -> Any:
    """A value as it stands in the JSON of variables."""
    match value:
        case _Word(name):
            return name
        case dict():
            return {name: _plain(held) for name, held in value.items()}
        case list():
            return [_plain(held) for held in value]
        case _:
            return value
