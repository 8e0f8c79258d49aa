"""What an operation asks for, measured in one pass over its document before it is validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionNode,
    TypeMetaFieldDef,
    ValueNode,
    VariableNode,
    get_named_type,
)

from gql.engine.limits import Limits, must_be_within
from gql.engine.selection import Fragments

OBJECT, SCALAR = 2, 1
"""What a field costs, with and without fields of its own."""


UNPAGED = 3
"""How many rows a list counts for that has no `first` and no `last`: such lists are short."""


INTROSPECTION_DEPTH = 15
"""How deep `__schema` and `__type` may go, as developers' tools ask; they add nothing to the depth of the rest."""


REPETITIONS = 500
"""How many pairs there may be of an object that is selected twice in one place, for validation compares each with each
and all that is in them. 32 times the same are 496 pairs."""


LARGEST_INT = 2**31 - 1
"""GraphQL's. Whatever asks for more will be refused as no Int."""


ENDLESS = 10**12
"""Sums are not followed further than this."""


@dataclass(frozen=True, slots=True)
class Page:
    """The length of a list, where variables say it: the largest number asked for, or the default."""

    names: tuple[str, ...]
    stated: int | None
    default: int

    def of(self, variables: Mapping[str, Any]) -> int:
        asked = [n for n in (_rows(variables.get(name)) for name in self.names) if n is not None]
        if self.stated is not None:
            asked.append(self.stated)
        return max(asked, default=self.default)


Parts = list[tuple[int | Page, int]]
"""Amounts that are not known before the variables are: how often, and which step before says of what."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What one operation asks for. Only its cost may depend on variables, and is a few sums then."""

    depth: int
    introspection: int
    """Depth of `__schema` and `__type`."""
    aliases: int
    directives: int
    repetitions: int
    """Pairs of an object that is selected more than once in one place."""
    fixed: int
    steps: tuple[tuple[int, Parts], ...]
    """Sums that refer to sums before them, the last of which is the cost; none where the cost is `fixed`."""
    defaults: Mapping[str, Any]
    """What the operation says its variables are when they are left out."""

    def cost(self, variables: Mapping[str, Any] | None) -> int:
        if not self.steps:
            return self.fixed
        given = {**self.defaults, **(variables or {})}
        sums: list[int] = []
        for fixed, parts in self.steps:
            for times, step in parts:
                fixed += (times if isinstance(times, int) else times.of(given)) * sums[step]
            sums.append(min(fixed, ENDLESS))
        return sums[-1]

    def must_be_within(self, limits: Limits, variables: Mapping[str, Any] | None, *, is_trusted: bool = False) -> None:
        """Raises Refused. Of a trusted document only the cost counts: its text is the choice of whoever trusts it."""
        if not is_trusted:
            must_be_within("depth", self.depth, limits.depth)
            must_be_within("introspection depth", self.introspection, INTROSPECTION_DEPTH)
            must_be_within("aliases", self.aliases, limits.aliases)
            must_be_within("directives", self.directives, limits.directives)
            must_be_within("repetitions", self.repetitions, REPETITIONS)
        must_be_within("cost", self.cost(variables), limits.cost)


def measure(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> Measure:
    """Measures an operation and the fragments it uses, each of them once, in time proportional to the document.

    A field costs 1, with fields of its own 2 and what they cost. What is in a list counts as often as the list may have
    rows, and once where that is 0: `first` or `last` of the list, or of the field around it when this is a connection;
    3 where there is neither.
    Nothing is assumed of the document but that it was parsed: what does not fit the schema counts as if it did.
    """
    return _Measuring(schema, fragments).of(operation)


class _Sum:
    """An amount: a number, and parts that depend on variables."""

    __slots__ = ("fixed", "parts")

    def __init__(self, fixed: int = 0) -> None:
        self.fixed = fixed
        self.parts: Parts = []


class _Level:
    """One selection set that is being measured."""

    __slots__ = ("each", "fragment", "height", "objects", "once", "place", "rest", "type")

    def __init__(
        self,
        selections: tuple[SelectionNode, ...],
        type_: GraphQLNamedType | None,
        *,
        place: _Place | None = None,
        fragment: str | None = None,
    ) -> None:
        self.rest: Iterator[SelectionNode] = iter(selections)
        self.type, self.place, self.fragment = type_, place, fragment
        self.height = 0
        self.objects: dict[str, int] = {}
        """How often each is selected, by the name it has in the answer."""
        self.once, self.each = _Sum(), _Sum()
        """What is there once, and what is there for each row of the page around it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """How a field counts that has fields of its own."""

    is_list: bool
    page: int | Page | None
    is_introspection: bool


class _Measuring:
    """Goes through one operation without recursion, as fragments may be inside each other by the thousand."""

    def __init__(self, schema: GraphQLSchema, fragments: Fragments) -> None:
        self._schema, self._fragments = schema, fragments
        self._known: dict[str, _Level] = {}
        self._steps: list[tuple[int, Parts]] = []
        self._aliases = self._directives = self._introspection = self._repetitions = 0

    def of(self, operation: OperationDefinitionNode) -> Measure:
        variables = operation.variable_definitions or ()
        self._directives += len(operation.directives or ()) + sum(len(node.directives or ()) for node in variables)
        root = _Level(operation.selection_set.selections, self._schema.get_root_type(operation.operation))
        levels = [root]
        while levels:
            level = levels[-1]
            for node in level.rest:
                inner = self._met(node, level)
                if inner is not None:
                    levels.append(inner)  # and on with this level when that one is done
                    break
            else:
                levels.pop()
                if levels:
                    self._done(level, levels[-1])
        cost = self._whole(root, UNPAGED)
        if cost.parts:
            self._step(cost)
        return Measure(
            depth=root.height,
            introspection=self._introspection,
            aliases=self._aliases,
            directives=self._directives,
            repetitions=self._repetitions,
            fixed=cost.fixed,
            steps=tuple(self._steps),
            defaults={
                node.variable.name.value: _stated(node.default_value) for node in variables if node.default_value
            },
        )

    def _met(self, node: SelectionNode, level: _Level) -> _Level | None:
        """Counts a selection. Answers the level that is to be measured before the next selection, if there is one."""
        self._directives += len(node.directives or ())
        if isinstance(node, FieldNode):
            return self._field(node, level)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            type_ = level.type if condition is None else self._schema.get_type(condition.name.value)
            return _Level(node.selection_set.selections, type_)
        assert isinstance(node, FragmentSpreadNode)
        return self._spread(node.name.value, level)

    def _field(self, node: FieldNode, level: _Level) -> _Level | None:
        if node.alias is not None:
            self._aliases += 1
        name = node.name.value
        introspecting = _INTROSPECTION.get(name)
        field: GraphQLField | None = introspecting or getattr(level.type, "fields", {}).get(name)
        is_list = field is not None and _is_list(field)
        if node.selection_set is None:
            (level.each if is_list else level.once).fixed += SCALAR
            level.height = max(level.height, 1)
            return None
        self._select(level, name if node.alias is None else node.alias.value, 1)
        return _Level(
            node.selection_set.selections,
            get_named_type(field.type) if field is not None else None,
            place=_Place(is_list, _page(field, node), introspecting is not None),
        )

    def _spread(self, name: str, level: _Level) -> _Level | None:
        known, fragment = self._known.get(name), self._fragments.get(name)
        if known is not None:
            self._join(known, level)
        elif fragment is not None:
            self._known[name] = _Level((), None)  # inside itself it adds nothing, and is refused by validation
            self._directives += len(fragment.directives or ())
            type_ = self._schema.get_type(fragment.type_condition.name.value)
            return _Level(fragment.selection_set.selections, type_, fragment=name)
        return None

    def _done(self, level: _Level, outer: _Level) -> None:
        """Counts a level in the one around it."""
        place = level.place
        if place is None:
            if level.fragment is not None:
                self._known[level.fragment] = level
                self._as_one(level.once)
                self._as_one(level.each)
            return self._join(level, outer)
        height = level.height + 1
        if place.is_introspection:
            self._introspection = max(self._introspection, height)
            height = 1
        outer.height = max(outer.height, height)
        if place.page is None or place.is_list:
            cost, times = self._whole(level, UNPAGED), place.page or 1
        else:
            cost, times = self._whole(level, place.page), 1
        cost.fixed += OBJECT
        self._add(outer.each if place.is_list and place.page is None else outer.once, cost, times)
        return None

    def _join(self, fragment: _Level, level: _Level) -> None:
        level.height = max(level.height, fragment.height)
        for name, times in fragment.objects.items():
            self._select(level, name, times)
        self._add(level.once, fragment.once, 1)
        self._add(level.each, fragment.each, 1)

    def _select(self, level: _Level, name: str, times: int) -> None:
        before = level.objects.get(name, 0)
        self._repetitions = min(self._repetitions + before * times, ENDLESS)
        level.objects[name] = min(before + times, ENDLESS)

    def _whole(self, level: _Level, page: int | Page) -> _Sum:
        self._add(level.once, level.each, page)
        return level.once

    def _as_one(self, amount: _Sum) -> None:
        """Makes an amount that may be added often as short as it can be."""
        if amount.parts:
            amount.parts = [(1, self._step(amount))]
            amount.fixed = 0

    def _add(self, to: _Sum, amount: _Sum, times: int | Page) -> None:
        if times == 1 or (isinstance(times, int) and not amount.parts):
            to.fixed = min(to.fixed + amount.fixed * times, ENDLESS)
            to.parts += amount.parts
        else:
            to.parts.append((times, self._step(amount)))

    def _step(self, amount: _Sum) -> int:
        self._steps.append((amount.fixed, amount.parts))
        return len(self._steps) - 1


_INTROSPECTION = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def _page(field: GraphQLField | None, node: FieldNode) -> int | Page | None:
    """How many rows the field may be asked for; None when it has no pages."""
    sizes = [field.args[name] for name in ("first", "last") if name in field.args] if field is not None else []
    if not sizes:
        return None
    default = max((_rows(size.default_value) or 0 for size in sizes), default=0) or UNPAGED
    asked = [argument.value for argument in node.arguments or () if argument.name.value in ("first", "last")]
    names = tuple(value.name.value for value in asked if isinstance(value, VariableNode))
    stated = [rows for rows in map(_stated, asked) if rows is not None]
    largest = max(stated, default=None)
    if names:
        return Page(names, largest, default)
    return default if largest is None else largest


def _stated(value: ValueNode) -> int | None:
    # Python refuses to read numbers of thousands of digits
    return _rows(int(value.value)) if isinstance(value, IntValueNode) and len(value.value) < 12 else None


def _rows(value: Any) -> int | None:
    """How many rows a page of that size counts for; None when it would be refused. What is below a page of none is
    compiled all the same, so that it counts once."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_INT:
        return None
    return max(int(value), 1)
