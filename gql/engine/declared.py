"""Finds what was declared behind each type and field of a schema, and calls declared functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLScalarType, GraphQLUnionType
from tortoise.models import Model

from gql.engine.declare import Node
from gql.engine.sources import GIVEN, Held, Source, needs_of


class Declared:
    """The declarations behind the types of one schema, each looked up once."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.schema = schema
        self.graphql = schema._schema
        self.types: list[Any] = [t for t in self.graphql.type_map.values() if self.definition(t) is not None]
        self._fields: dict[str, dict[str, Any]] = {}
        self._sources: dict[tuple[str, str], Source | None] = {}
        self._models: dict[str, type[Model] | None] = {}
        self._kinds: dict[str, str | None] = {}
        self._is_a: dict[tuple[str, str], bool] = {}
        self._passes = dict.fromkeys(("String", "Int", "Float", "Boolean", "ID"), True)
        self._alike: dict[tuple[str, str], Hashable] = {}
        self._of_model: dict[type[Model], Any] = {}

    def definition(self, type_: Any) -> Any:
        found = (getattr(type_, "extensions", None) or {}).get("strawberry-definition")
        return found if hasattr(found, "origin") else None

    def origin(self, type_: Any) -> type:
        """The class that a type was declared by."""
        return self.definition(type_).origin  # type: ignore[no-any-return]

    def model(self, type_: Any) -> type[Model] | None:
        """The model whose rows a type is made of."""
        if type_.name not in self._models:
            known = self.definition(type_) is not None
            self._models[type_.name] = getattr(self.origin(type_), "__model__", None) if known else None
        return self._models[type_.name]

    def kind(self, type_: Any) -> str | None:
        """What stands in the column `kind` of the type's rows, where it shares a table."""
        if type_.name not in self._kinds:
            self._kinds[type_.name] = getattr(self.origin(type_), "__kind__", None)
        return self._kinds[type_.name]

    def field(self, type_: Any, name: str) -> Any:
        """strawberry's field of that name in the schema."""
        if type_.name not in self._fields:
            called = self.schema.config.name_converter.get_graphql_name
            self._fields[type_.name] = {called(field): field for field in self.definition(type_).fields}
        return self._fields[type_.name][name]

    def source(self, type_: Any, name: str) -> Source | None:
        """Where a field's value comes from; None for an attribute or a resolver of its own."""
        place = type_.name, name
        if place not in self._sources:
            attribute = self.field(type_, name).python_name
            stated = [cls.__dict__.get("__sources__", {}) for cls in self.origin(type_).__mro__]
            self._sources[place] = next((sources[attribute] for sources in stated if attribute in sources), None)
        return self._sources[place]

    def is_plain(self, type_: Any, name: str) -> bool:
        """Whether a field is what the attribute of that name holds."""
        source = self.source(type_, name)
        return isinstance(source, Held | None) and self.field(type_, name).base_resolver is None

    def is_global_id(self, type_: Any, name: str) -> bool:
        return name == "id" and self.source(type_, name) is None and issubclass(self.origin(type_), Node)

    def type_of(self, model: type[Model]) -> Any:
        """The type made of a model's rows: the one of all kinds where several share the table."""
        if model not in self._of_model:
            found = [type_ for type_ in self.types if self.model(type_) is model and self.kind(type_) is None]
            self._of_model[model] = found[0] if found else None
        return self._of_model[model]

    def is_a(self, type_: GraphQLObjectType, name: str) -> bool:
        """Whether objects of a type are what a fragment on the type of that name asks for."""
        asked = type_.name, name
        if asked not in self._is_a:
            condition: Any = self.graphql.get_type(name)
            self._is_a[asked] = condition is type_ or (
                not isinstance(condition, GraphQLObjectType) and self.graphql.is_sub_type(condition, type_)
            )
        return self._is_a[asked]

    def alike(self, type_: Any, name: str) -> Hashable:
        """What was declared of a field, as a key: equal for kinds that answer it in the same way."""
        place = type_.name, name
        if place not in self._alike:
            if name == "__typename":
                self._alike[place] = None if self.kind(type_) == type_.name else type_.name
            else:
                self._alike[place] = id(self.source(type_, name)), str(type_.fields[name].type)
        return self._alike[place]

    def passes(self, leaf: Any) -> bool:
        """Whether JSON holds the values of a column as they are: the leaf's type would say the same."""
        if leaf.name not in self._passes:
            self._passes[leaf.name] = not isinstance(leaf, GraphQLScalarType) or _is_in_json(leaf)
        return self._passes[leaf.name]

    def types_of(self, abstract: Any) -> list[GraphQLObjectType]:
        """The object types that a type may turn out to be."""
        if isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType):
            return list(self.graphql.get_possible_types(abstract))
        return [abstract]

    def models(self) -> list[type[Model]]:
        """The models behind the schema's types."""
        return list(dict.fromkeys(m for type_ in self.types if (m := self.model(type_)) is not None))


def call(function: Callable[..., Any], context: Any, arguments: Mapping[str, Any], **given: Any) -> Any:
    """Calls a declared function with what it asks for of the context and the field's arguments, and what is given."""
    for name in needs_of(function):
        if name in GIVEN:
            given[name] = getattr(context, name)
        elif name in arguments:
            given[name] = arguments[name]
    return function(**given)


SAMPLES = (datetime(2026, 1, 2, 3, 4, 5, 678, UTC), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def _is_in_json(scalar: GraphQLScalarType) -> bool:
    """Whether a scalar writes instants as orjson does."""
    try:
        return all(scalar.serialize(at) == orjson.loads(orjson.dumps(at, option=orjson.OPT_UTC_Z)) for at in SAMPLES)
    except Exception:  # a scalar of something else
        return False


def bare(type_: Any) -> Any:
    """The named type within lists and promises."""
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    return type_
