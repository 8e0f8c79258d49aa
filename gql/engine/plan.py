"""Compiles an operation once for all who have the same sight, and runs what was compiled.

The parts: `selection` reads the operation, `rows` makes one SELECT and one generated function of a selection on rows,
`lists` reads what needs a statement of its own, `conditions` renders declared conditions, `values` dresses what is no
row, and `sql` writes the text.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLScalarType,
    OperationType,
    located_error,
)
from graphql.execution.values import VariableValues
from tortoise.expressions import Q
from tortoise.models import Model

from gql.engine.conditions import Condition, rendered
from gql.engine.declared import Declared
from gql.engine.documents import Prepared
from gql.engine.dressers import Dresser
from gql.engine.levels import Level, Place
from gql.engine.lists import InBatch, Referred, Whole, WrongArguments
from gql.engine.pages import Pages
from gql.engine.rows import Child
from gql.engine.selection import Selection, Unsupported, inner
from gql.engine.sources import Batched, Each, Many, Payload, Relation
from gql.engine.sql import Dialect, Env, Sql, Statement
from gql.engine.symbols import symbol
from gql.engine.values import Values

FAILURES, REST_SECONDS = 3, 60.0
"""After every so many failures a plan rests so long."""
MOST_TEXTS = 32
"""Statements kept for one list of one plan, of some 2 kB."""


class Run:
    """One execution of a plan."""

    __slots__ = ("_client", "actor", "context", "variables")

    def __init__(self, context: Any, variables: VariableValues | None, client: Callable[[], Any]) -> None:
        self.context, self.variables, self._client = context, variables, client
        self.actor = context.actor

    @property
    def sight(self) -> Any:
        return self.context.sight

    @property
    def lookups(self) -> Any:
        return self.context.lookups

    @property
    def reading(self) -> Any:
        return self.context.reading

    @property
    def log(self) -> Any:
        return self.context.log

    @property
    def clock(self) -> Any:
        return self.context.clock

    @property
    def board(self) -> Any:
        return self.context.board

    async def rows(self, statement: Statement, env: Env) -> Any:
        """What the database answers, as its driver gives it."""
        _, rows = await self._client().execute_query(statement.text, statement.values(env))
        return rows

    @contextmanager
    def reading_arguments(self) -> Iterator[None]:
        """Tells the mistakes in a field's arguments from all that may happen below it."""
        try:
            yield
        except Unsupported:
            raise
        except Exception as error:
            raise WrongArguments(error) from error


class Texts:
    """The statements of one list, by the form of its condition and of its page."""

    def __init__(self, postgres: bool) -> None:
        self._postgres = postgres
        self._kept: dict[tuple[str, Hashable], tuple[Sql, Statement]] = {}

    def of(self, condition: Sql, form: Hashable, written: Callable[[], Sql]) -> Statement:
        if condition.of_one_request:
            return Statement(written(), self._postgres)
        key = condition.text, form
        known, statement = self._kept.get(key, (None, None))
        if statement is None or known is not condition:  # equal texts may ask for other values
            if len(self._kept) >= MOST_TEXTS:
                self._kept.clear()
            statement = Statement(written(), self._postgres)
            self._kept[key] = condition, statement
        return statement


class Sight:
    """What is alike for all who see the same: rights and conditions, rendered once for all their plans."""

    def __init__(self, sight: Any, context: Any, client: Any, rebuilt: Counter[str]) -> None:
        self.lookups, self.memory = context.lookups, context.memory
        self.dialect = Dialect(client.capabilities.dialect == "postgres")
        self._context = client.query_class.SQL_CONTEXT
        self._actor, self._rebuilt = _symbolic(sight), rebuilt
        self._rights: dict[tuple[type[Model], str], Sql] = {}
        self._conditions: dict[tuple[Any, type[Model]], Condition] = {}

    def rights(self, model: type[Model], alias: str = "t0") -> Sql:
        """Which rows of a model the viewer may see; empty where it is all."""
        place = model, alias
        if place not in self._rights:
            condition: Q = model.visible_to(self._actor)  # type: ignore[attr-defined]
            self._rights[place] = rendered(condition, model, self._context, alias)[0]
        return self._rights[place]

    def condition(self, function: Callable[..., Q] | None, model: type[Model]) -> Condition:
        said = function, model
        if said not in self._conditions:
            self._conditions[said] = Condition(function, model, self._context, self._actor, self.lookups, self._rebuilt)
        return self._conditions[said]


class Compiler:
    """One operation on its way to a plan."""

    def __init__(self, declared: Declared, prepared: Prepared, flags: Mapping[str, Any], sight: Sight) -> None:
        self.declared, self.operation = declared, prepared.operation
        self.lookups, self.memory = sight.lookups, sight.memory
        self.root: Any = {
            OperationType.QUERY: declared.graphql.query_type,
            OperationType.MUTATION: declared.graphql.mutation_type,
            OperationType.SUBSCRIPTION: declared.graphql.subscription_type,
        }[prepared.type]
        self.dialect, self.rights, self.condition = sight.dialect, sight.rights, sight.condition
        self.selection = Selection(declared, prepared.fragments, flags)
        self.values = Values(self)
        self.is_stream = prepared.type is OperationType.SUBSCRIPTION
        """Whether values are items of a stream, whose rows were read with the viewer's rights a moment ago."""

    def statement(self, sql: Sql) -> Statement:
        return Statement(sql, self.dialect.postgres)

    def texts(self) -> Texts:
        return Texts(self.dialect.postgres)

    def child(self, level: Level, type_: Any, source: Any, nodes: list[FieldNode], key: str, place: Place) -> Child:
        """What a field needs that is read for all rows of a level at once."""
        match source:
            case Many():
                return Pages(self, type_, source, nodes, key, place, level)
            case Each():
                return Whole(self, source, type_.fields[nodes[0].name.value].type, inner(nodes), key, place, level)
            case Payload() | Relation():
                return Referred(level, type_, source, nodes, key, place)
            case Batched():
                return InBatch(level, type_, source, nodes, key, place)
        raise Unsupported(type(source).__name__)

    def good_as_it_is(self, stated: Any) -> str | None:
        """A test of a computed value, as code on its first and its later mention: one that JSON holds as it is."""
        scalar = stated.of_type if isinstance(stated, GraphQLNonNull) else stated
        if not isinstance(scalar, GraphQLScalarType):
            return None
        if scalar.name in ("String", "ID"):
            return "{0}.__class__ is str"
        if scalar.name == "Boolean":
            return "{0}.__class__ is bool"
        return "{0}.__class__ is datetime and {1}.tzinfo is UTC" if self.declared.passes(scalar) else None


def _symbolic(sight: Any) -> Any:
    """An actor of that sight whose ids, 0 in it, are found in each execution."""
    ids = [field.name for field in dataclass_fields(sight) if type(getattr(sight, field.name)) is int]
    return replace(sight, **{name: symbol(int, _of_actor(name)) for name in ids})


def _of_actor(name: str) -> Callable[[Env], Any]:
    return lambda env: getattr(env.actor, name)


class Plan:
    """An operation that was compiled."""

    def __init__(self, compiler: Compiler, lookups: Any, client: Callable[[], Any]) -> None:
        root, operation = compiler.root, compiler.operation
        self.lookups, self._client = lookups, client
        self._failures, self._rests_until = 0, 0.0
        self._steps: list[tuple[str, list[FieldNode], Dresser, bool]] = []
        for key, nodes in compiler.selection.fields(root, operation.selection_set.selections).items():
            name = nodes[0].name.value
            if compiler.is_stream and name != "__typename":
                step = compiler.values.item(root.fields[name].type, inner(nodes))
            else:
                step = compiler.values.step(root, key, nodes)
            nullable = name != "__typename" and not isinstance(root.fields[name].type, GraphQLNonNull)
            self._steps.append((key, nodes, step, nullable))

    def failed(self) -> None:
        """Rows broke a promise: when that goes on, the referee is asked at once for a while."""
        self._failures += 1
        if self._failures % FAILURES == 0:
            self._rests_until = time.monotonic() + REST_SECONDS

    def rests(self) -> bool:
        return self._rests_until > 0 and self._rests_until > time.monotonic()

    async def run(self, context: Any, variables: VariableValues | None, item: Any) -> tuple[Any, list[GraphQLError]]:
        """Data and errors. Raises Vanished, and whatever the referee has to look at."""
        run = Run(context, variables, self._client)
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for key, nodes, step, nullable in self._steps:
            try:
                made = step(item, run)
                data[key] = await made if step.waits else made
            except WrongArguments as wrong:
                if not nullable and len(self._steps) > 1:
                    raise wrong.cause from None  # what else graphql-core would tell, the referee knows
                errors.append(located_error(wrong.cause, nodes, [key]))
                if not nullable:
                    return None, errors
                data[key] = None
        return data, errors
