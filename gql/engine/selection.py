"""Reads an operation for the compiler: which fields are selected on a type, and with which arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    SelectionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import VariableValues

from gql.engine.declared import Declared
from gql.engine.inputs import PlainArguments, converted


class Unsupported(Exception):
    """The operation asks for something that is not compiled. Its text is a reason, which is counted."""


MOST_KEPT = 32
"""Sets of arguments kept for one field of one plan, of some 200 bytes."""

Fragments = Mapping[str, FragmentDefinitionNode]
"""The fragments of a document by their names."""
Selected = dict[str, list[FieldNode]]
"""The fields of one object by their response key, in the order of the answer."""


class Selection:
    """One operation, for one set of values of the variables that @skip and @include ask."""

    def __init__(self, declared: Declared, fragments: Fragments, flags: Mapping[str, Any]) -> None:
        self._declared, self.fragments, self._flags = declared, fragments, flags

    def fields(self, type_: GraphQLObjectType, selections: Iterable[SelectionNode]) -> Selected:
        """What is selected on an object of that type."""
        found: Selected = {}
        self._collect(type_, selections, found, set())
        return found

    def _collect(
        self, type_: GraphQLObjectType, selections: Iterable[SelectionNode], found: Selected, met: set[str]
    ) -> None:
        """Finds the fields; fragments that were `met` add nothing, and each would double the way through the next."""
        for selection in selections:
            if selection.directives and not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                found.setdefault((selection.alias or selection.name).value, []).append(selection)
                continue
            fragment: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in met:
                    continue
                met.add(name)
                fragment = self.fragments[name]
            condition = fragment.type_condition
            if condition is None or self._declared.is_a(type_, condition.name.value):
                self._collect(type_, fragment.selection_set.selections, found, met)

    def together(
        self, types: Iterable[GraphQLObjectType], selections: Iterable[SelectionNode]
    ) -> Iterable[list[GraphQLObjectType]]:
        """The types in groups of which the same is selected."""
        conditions: set[str] = set()
        self._conditions(selections, conditions, set())
        groups: dict[tuple[bool, ...], list[GraphQLObjectType]] = {}
        for type_ in types:
            fits = tuple([self._declared.is_a(type_, name) for name in conditions])
            groups.setdefault(fits, []).append(type_)
        return groups.values()

    def _conditions(self, selections: Iterable[SelectionNode], found: set[str], met: set[str]) -> None:
        """Finds the types that fragments on one object name; those `met` are not gone into once more."""
        for selection in selections:
            if isinstance(selection, FieldNode):
                continue
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in met:
                    continue
                met.add(name)
                fragment: FragmentDefinitionNode | InlineFragmentNode = self.fragments[name]
            else:
                assert isinstance(selection, InlineFragmentNode)
                fragment = selection
            if fragment.type_condition is not None:
                found.add(fragment.type_condition.name.value)
            self._conditions(fragment.selection_set.selections, found, met)

    def _included(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                raise Unsupported("directive")
            [argument] = directive.arguments or ()
            asked: Any = argument.value
            stated = self._flags[asked.name.value] if isinstance(asked, VariableNode) else asked.value
            if stated == (name == "skip"):
                return False
        return True

    def arguments(self, type_: GraphQLObjectType, node: FieldNode) -> Arguments:
        """The arguments of a field as its declared functions take them."""
        return Arguments(self._declared, type_, node)

    def plain_arguments(self, type_: GraphQLObjectType, node: FieldNode) -> Callable[[Any], dict[str, Any]]:
        """The arguments of a field as a resolver of its own takes them from graphql-core."""
        return PlainArguments(type_.fields[node.name.value], node).of


class Arguments:
    """The arguments of one field. To read them takes as long as a statement, so they are kept for small variables."""

    def __init__(self, declared: Declared, type_: GraphQLObjectType, node: FieldNode) -> None:
        self._plain = PlainArguments(type_.fields[node.name.value], node)
        self._converted = converted(declared.field(type_, node.name.value).arguments, declared.schema)
        self._variables = sorted({name for argument in node.arguments or () for name in _variables_in(argument.value)})
        self._kept: dict[tuple[Any, ...], dict[str, Any]] = {}

    def of(self, variables: VariableValues | None) -> dict[str, Any]:
        """The arguments of one execution; the caller may take some out."""
        given = variables.coerced if variables is not None else {}
        key = tuple(given.get(name, _ABSENT) for name in self._variables)
        if not all(_is_small(value) for value in key):
            return self.read(variables)
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[key] = self.read(variables)
        return dict(kept)

    def read(self, variables: VariableValues | None) -> dict[str, Any]:
        """The same, of which nothing is kept: for what is asked but once in this way."""
        return self._converted(self._plain.of(variables))


def inner(nodes: Iterable[FieldNode]) -> list[SelectionNode]:
    """What is selected below a field, however often it is named."""
    return [selection for node in nodes if node.selection_set for selection in node.selection_set.selections]


def fragments_of(document: DocumentNode) -> Fragments:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def flags_of(document: DocumentNode) -> tuple[str, ...]:
    """The variables that @skip and @include ask."""
    found: list[str] = []

    class Flags(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> None:
            found.extend(a.value.name.value for a in node.arguments or () if isinstance(a.value, VariableNode))

    visit(document, Flags())
    return tuple(sorted(set(found)))


_ABSENT = object()


def _is_small(value: Any) -> bool:
    """Whether it is worth keeping what a variable led to: a number, or a text as short as an id."""
    kind = value.__class__
    return kind is int or value is None or value is _ABSENT or kind is bool or (kind is str and len(value) < 64)


def _variables_in(value: Any) -> list[str]:
    if isinstance(value, VariableNode):
        return [value.name.value]
    held = [*(getattr(value, "values", None) or ()), *(field.value for field in getattr(value, "fields", None) or ())]
    return [name for item in held for name in _variables_in(item)]
