"""Runs operations of a schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from inspect import isawaitable
from typing import Any, Protocol

import strawberry
import structlog
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLObjectType,
    GraphQLResolveInfo,
    create_source_event_stream,
    execute_root_selection_set,
)
from graphql.execution.values import VariableValues
from tortoise.models import Model

from gql.engine.answers import Answer, Answers, Explain, Refused
from gql.engine.check import check
from gql.engine.conditions import admit_long_texts
from gql.engine.declare import AtHand
from gql.engine.declared import Declared
from gql.engine.documents import Documents, Operation, Prepared
from gql.engine.inputs import Variables
from gql.engine.levels import Vanished
from gql.engine.plan import Compiler, Plan, Sight
from gql.engine.referee import Shape
from gql.engine.resolvers import once
from gql.engine.selection import Unsupported

log = structlog.get_logger(__name__)

MOST_SIGHTS = 1_000
"""Kept at once, of which a desk has as many as roles and sets of groups."""


class Context(Protocol):
    """What a request, or one item of a stream, is run with."""

    @property
    def referee(self) -> Any: ...
    @property
    def sight(self) -> Any:
        """Who asks, as a dataclass with 0 for his ids; None for nobody. Equal ones are answered by the same plan."""

    @property
    def actor(self) -> Any:
        """Who asks. Raises for nobody."""

    @property
    def lookups(self) -> Any:
        """The lists in memory, another object whenever they change."""

    @property
    def memory(self) -> Any:
        """Their rows, by model and id."""

    @property
    def reading(self) -> Any: ...
    @property
    def board(self) -> Any:
        """What is known for the moment and kept nowhere."""

    @property
    def done(self) -> dict[str, Any]:
        """What the mutations of the operation answered, by response key."""


class StreamFailed(Exception):
    """A stream cannot begin, or cannot go on; holds the errors as clients get them."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class Engine:
    """Executes operations of one schema. `explain` gives code and words of exceptions that clients may read."""

    def __init__(self, schema: strawberry.Schema, explain: Explain) -> None:
        self.schema = schema
        self._graphql = schema._schema
        self._variables = Variables(schema._schema)
        self.declared = Declared(schema)
        self.documents = Documents(self._graphql)
        self.answers = Answers(explain)
        origins = [self.declared.origin(type_) for type_ in self.declared.types]
        check([cls for cls in origins if getattr(cls, "__sources__", None)])
        models = self.declared.models()
        for model in models:
            admit_long_texts(model)
        self._client = (lambda: models[0]._meta.db) if models else None
        if models and "referee" not in self._graphql.extensions:
            self._graphql.extensions["referee"] = "ready"
            self._prepare_for_referee()
        self._sights: dict[Any, Sight] = {}
        self.compiled, self.fallbacks = 0, Counter[str]()
        """How many operations a plan answered, and how many the referee, by reason."""
        self.rebuilt = Counter[str]()
        """How many conditions were rendered for one request only, by the name of their function."""
        self.shape = Shape(origins)

    def _prepare_for_referee(self) -> None:
        """What graphql-core does not know of mutations and of rows in values."""
        for field in self._graphql.mutation_type.fields.values() if self._graphql.mutation_type else ():
            field.resolve = _once(field.resolve)
        for type_ in self.declared.types:
            if isinstance(type_, GraphQLObjectType) and getattr(self.declared.origin(type_), "__model__", 0) is None:
                for name, field in type_.fields.items():
                    if self.declared.is_plain(type_, name):
                        field.resolve = _again(field.resolve)

    def execute(self, prepared: Prepared, operation: Operation, context: Any) -> Coroutine[Any, Any, Answer]:
        """Answers a query or a mutation. Raises Refused for variables that do not fit."""
        return self._answer(prepared, operation, context, None)

    async def item(self, prepared: Prepared, operation: Operation, item: Any, context: Any) -> Answer | None:
        """Answers a subscription for one item of its source; None for a row that has left the viewer's sight since it
        was found, as if it had been looked for a moment later."""
        try:
            return await self._answer(prepared, operation, context, item)
        except Vanished:
            return None

    async def _answer(self, prepared: Prepared, operation: Operation, context: Any, item: Any) -> Answer:
        """By a plan where there is one; else, and where a plan cannot answer, by the referee."""
        variables = self.variables(prepared, operation)
        plan = None
        try:
            plan = self._plan(prepared, variables, context)
            data, errors = await plan.run(context, variables, item)
            if plan.lookups is not context.lookups:  # a mutation changed them: what it answers is as they are now
                data, errors = await self._plan(prepared, variables, context).run(context, variables, item)
        except Vanished:
            raise
        except Unsupported as reason:
            self.fallbacks[str(reason)] += 1
        except Exception as error:
            # The referee tells the error with its place. What a mutation did, it answers without doing it again.
            if plan is not None and not self.answers.is_of_the_client(error):
                plan.failed()
            self.fallbacks[f"{type(error).__name__} in a plan"] += 1
            log.debug("a plan failed", error=str(error))
        else:
            self.compiled += 1
            return self.answers.of(ExecutionResult(data, errors)) if errors else {"data": data}
        return await self.refer(prepared, operation, context, item)

    def variables(self, prepared: Prepared, operation: Operation) -> VariableValues | None:
        """The variables as the operation states them; None where it states none. Raises Refused."""
        if not prepared.operation.variable_definitions:
            return None
        read = self._variables.of(prepared, operation.variables or {})
        if isinstance(read, list):
            raise Refused(read)
        return read

    def _plan(self, prepared: Prepared, variables: VariableValues | None, context: Any) -> Plan:
        """The plan for the sight of who asks, compiled when first needed. Raises Unsupported."""
        flags: dict[str, Any] = {}
        if prepared.flags and variables is not None:
            flags = {name: variables.coerced.get(name, False) for name in prepared.flags}  # or another operation's
            if None in flags.values():
                raise Unsupported("a flag that is null")  # which has a place in the answer
        sight = context.sight
        key = (sight, *flags.values()) if flags else sight
        plan = prepared.plans.get(key)
        if plan.__class__ is Plan and plan.lookups is context.lookups:
            if plan.rests():
                raise Unsupported("a plan that rests")
            return plan
        if isinstance(plan, str):
            raise Unsupported(plan)
        if self._client is None:
            raise Unsupported("no rows in the schema")
        if sight is None:
            raise Unsupported("nobody")
        compiler = Compiler(self.declared, prepared, flags, self._sight(sight, context))
        try:
            plan = prepared.plans[key] = Plan(compiler, context.lookups, self._client)
        except Unsupported as reason:
            prepared.plans[key] = str(reason)
            raise
        return plan

    def _sight(self, sight: Any, context: Any) -> Sight:
        """What was rendered for a sight, begun anew when the lists in memory are others."""
        known = self._sights.get(sight)
        if known is None or known.lookups is not context.lookups:
            if len(self._sights) >= MOST_SIGHTS:
                self._sights.clear()
            assert self._client is not None
            known = self._sights[sight] = Sight(sight, context, self._client(), self.rebuilt)
        return known

    async def refer(self, prepared: Prepared, operation: Operation, context: Any, item: Any = None) -> Answer:
        """The same by graphql-core and the referee alone. Raises Vanished, and Refused for what does not fit."""
        is_row = isinstance(item, Model | AtHand)
        if is_row and (item := await context.referee.now(item)) is None:
            raise Vanished
        result: Any = execute_root_selection_set(self._executor(prepared, operation, context, item))
        if isawaitable(result):
            result = await result
        # A row that had to have another may have gone together with it, between the two statements.
        if is_row and _has_nothing(result) and await context.referee.now(item) is None:
            raise Vanished
        return self.answers.of(result)

    def _executor(self, prepared: Prepared, operation: Operation, context: Any, item: Any = None) -> Executor[Any]:
        """graphql-core's. Raises Refused for variables that do not fit."""
        built = Executor.build(
            self._graphql,
            prepared.document,
            root_value=item,
            context_value=context,
            raw_variable_values=dict(operation.variables or {}),
            operation_name=operation.name,
        )
        if isinstance(built, list):
            raise Refused(built)
        return built

    async def subscribe(
        self, prepared: Prepared, operation: Operation, begin: Callable[[], Awaitable[Any]]
    ) -> AsyncIterator[Answer]:
        """Answers a subscription for one client: one answer for each item, each with a context of its own.

        Raises Refused for variables that do not fit, and StreamFailed when the source cannot begin or go on.
        """
        source = create_source_event_stream(self._executor(prepared, operation, await begin()))
        if isinstance(source, Awaitable):
            source = await source
        if isinstance(source, ExecutionResult):
            raise StreamFailed(self.answers.of(source)["errors"])
        try:
            async for item in source:
                answer = await self.item(prepared, operation, item, await begin())
                if answer is not None:
                    yield answer
        except Exception as error:
            raise StreamFailed(self.answers.fault(error)["errors"]) from error
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()


def _has_nothing(result: ExecutionResult) -> bool:
    """Whether an error has left nothing of an item."""
    return bool(result.errors) and not any((result.data or {}).values())


def _once(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A mutation's field, which does what it does once."""
    return lambda root, info, **arguments: once(
        info.context.done, str(info.path.key), lambda: resolve(root, info, **arguments)
    )


def _again(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A value's field, whose rows are read again with the viewer's rights."""

    def resolve_again(root: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        held = resolve(root, info, **arguments)
        return info.context.referee.again(held) if isinstance(held, Model | AtHand | list) else held

    return resolve_again
