"""Finds what was declared behind each type and field of a schema, and calls declared functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType
from tortoise.models import Model

from gql.engine.declare import GIVEN, Node, Source, needs_of


class Declared:
    """The declarations behind the types of one schema, each looked up once."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.schema = schema
        self.graphql = schema._schema
        self.types: list[Any] = [t for t in self.graphql.type_map.values() if self.definition(t) is not None]
        self._fields: dict[str, dict[str, Any]] = {}
        self._sources: dict[tuple[str, str], Source | None] = {}
        self._models: dict[str, type[Model] | None] = {}
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
        return getattr(self.origin(type_), "__kind__", None)

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
        return self.source(type_, name) is None and self.field(type_, name).base_resolver is None

    def is_global_id(self, type_: Any, name: str) -> bool:
        return name == "id" and self.source(type_, name) is None and issubclass(self.origin(type_), Node)

    def type_of(self, model: type[Model]) -> Any:
        """The type made of a model's rows: the one of all kinds where several share the table."""
        if model not in self._of_model:
            found = [type_ for type_ in self.types if self.model(type_) is model and self.kind(type_) is None]
            self._of_model[model] = found[0] if found else None
        return self._of_model[model]

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


def bare(type_: Any) -> Any:
    """The named type within lists and promises."""
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    return type_
