"""Whether one answer is good for everybody with the same sight.

Safe by default: an answer is one person's unless everything that a selection touches is known to depend on no more than
the sight.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_composite_type,
)
from tortoise.expressions import Q
from tortoise.models import Model

from gql.engine.declared import Declared, bare
from gql.engine.selection import Fragments
from gql.engine.sources import Asked, Column, Computed, Each, Held, Live, Many, One, OneOf, Payload, Relation, Stream

PLAIN = (str, int, float, datetime, type(None))
Models = frozenset[type[Model]]


def models_shown(declared: Declared, operation: OperationDefinitionNode, fragments: Fragments) -> Models | None:
    """The models whose rows a subscription's items may show; None where a field depends on the person who asks."""
    walk = _Walk(declared, fragments)
    try:
        walk.over([declared.graphql.subscription_type], operation.selection_set)
    except _Personal:
        return None
    return frozenset(walk.models)


@lru_cache(maxsize=10_000)
def alike_for_all(models: Models, actor: Any) -> bool:
    """Whether the actor may see the same rows of the models as everybody with his sight."""
    return all(_same(model.visible_to(actor), model.visible_to(actor.sight)) for model in models)  # type: ignore[attr-defined]


def _same(one: Q, other: Q) -> bool:
    """Whether two conditions say the same."""
    return (
        (one.join_type, one._is_negated, one.filters.keys())
        == (other.join_type, other._is_negated, other.filters.keys())
        and len(one.children) == len(other.children)
        and all(_equal(value, other.filters[name]) for name, value in one.filters.items())
        and all(_same(a, b) for a, b in zip(one.children, other.children, strict=True))
    )


def _equal(one: Any, other: Any) -> bool:
    """Whether plain values are equal. Subqueries and expressions count as different: theirs is no plain equality."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return isinstance(one, PLAIN) and isinstance(other, PLAIN) and one == other


class _Personal(Exception):
    """A field depends on more of the person than his sight."""


class _Walk:
    """Goes over a selection once, whatever its directives say."""

    def __init__(self, declared: Declared, fragments: Fragments) -> None:
        self.models: set[type[Model]] = set()
        self._declared, self._fragments = declared, fragments
        self._seen: set[tuple[str, str]] = set()

    def over(self, types: Iterable[Any], selections: SelectionSetNode) -> None:
        for type_ in types:
            self._over(type_, selections)

    def _over(self, type_: GraphQLObjectType, selections: SelectionSetNode) -> None:
        """One object type at a time, so that each field is judged by the declaration that answers it."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self._field(type_, node)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if (type_.name, name) not in self._seen:
                    self._seen.add((type_.name, name))
                    fragment = self._fragments[name]
                    self._within(type_, fragment.type_condition, fragment.selection_set)
            elif isinstance(node, InlineFragmentNode):
                self._within(type_, node.type_condition, node.selection_set)

    def _within(self, type_: GraphQLObjectType, condition: NamedTypeNode | None, selections: SelectionSetNode) -> None:
        declared = self._declared
        if condition is None or type_ in declared.types_of(declared.graphql.type_map[condition.name.value]):
            self._over(type_, selections)

    def _field(self, type_: GraphQLObjectType, node: FieldNode) -> None:
        name = node.name.value
        if name.startswith("__"):
            return
        self._source(type_, name)
        given = bare(type_.fields[name].type)
        if is_composite_type(given):
            source = self._declared.source(type_, name)
            held = source.models if isinstance(source, Held) else ()
            types = [self._declared.type_of(model) for model in held] or self._declared.types_of(given)
            for shown in (given, *types):
                model = self._declared.model(shown)
                if model is not None:
                    self.models.add(model)
            assert node.selection_set is not None
            self.over(types, node.selection_set)

    def _source(self, type_: GraphQLObjectType, name: str) -> None:
        """What a field's value depends on beside the rows that it shows. Raises _Personal."""
        source, model = self._declared.source(type_, name), self._declared.model(type_)
        match source:
            case Stream() | Live() | Column() | Payload() | Relation() | Each() | Held():
                pass
            case Computed():
                self._computed(source, model)
            case OneOf(relations, otherwise):
                for relation in relations:
                    self._relation(model, relation)
                self._computed(otherwise, model)
            case One(where):
                self._asks(where)
            case Asked(function):
                self._asks(function)
            case Many(_, where, order):
                self._asks(where)
                self._asks(order)
            case None:
                self._resolver(self._declared.field(type_, name))
            case _:
                raise _Personal

    def _computed(self, source: Computed, model: type[Model] | None) -> None:
        self._asks(source.function)
        for need in source.needs:
            if model is not None and need in model._meta.fk_fields:
                self._relation(model, need)

    def _relation(self, model: type[Model] | None, name: str) -> None:
        assert model is not None
        self.models.add(model._meta.fields_map[name].related_model)  # type: ignore[attr-defined]

    def _asks(self, function: Any) -> None:
        if callable(function) and "actor" in inspect.signature(function).parameters:
            raise _Personal

    def _resolver(self, field: Any) -> None:
        """A resolver that is handed no more than the object depends on nothing else."""
        resolver = field.base_resolver
        if resolver is not None and len(inspect.signature(resolver.wrapped_func).parameters) > 1:
            raise _Personal
