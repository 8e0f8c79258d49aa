"""Runs operations of a schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import strawberry
from graphql import ExecutionResult, Executor, create_source_event_stream, execute, execute_root_selection_set

from gql.engine.answers import Answer, Answers, Explain, Refused
from gql.engine.check import check
from gql.engine.documents import Documents, Operation, Prepared
from gql.engine.referee import Shape


class Context(Protocol):
    """What a request, or one item of a stream, is run with."""

    @property
    def referee(self) -> Any: ...


class Engine:
    """Executes operations of one schema. `explain` gives code and words of exceptions that clients may read."""

    def __init__(self, schema: strawberry.Schema, explain: Explain) -> None:
        self.schema = schema
        self._graphql = schema._schema
        self.documents = Documents(self._graphql)
        self.answers = Answers(explain)
        origins = [
            definition.origin
            for definition in (
                (type_.extensions or {}).get("strawberry-definition") for type_ in self._graphql.type_map.values()
            )
            if definition is not None and hasattr(definition, "origin")
        ]
        check([cls for cls in origins if getattr(cls, "__sources__", None)])
        self.shape = Shape(origins)

    async def execute(self, prepared: Prepared, operation: Operation, context: Any) -> Answer:
        """Answers a query or a mutation. Raises Refused for variables that do not fit."""
        built = Executor.build(
            self._graphql,
            prepared.document,
            context_value=context,
            raw_variable_values=dict(operation.variables or {}),
            operation_name=operation.name,
        )
        if isinstance(built, list):
            raise Refused(built)
        result = execute_root_selection_set(built)
        return self.answers.of(await result if isinstance(result, Awaitable) else result)

    async def subscribe(
        self, prepared: Prepared, operation: Operation, begin: Callable[[], Awaitable[Any]]
    ) -> AsyncIterator[Answer]:
        """Answers a subscription: one answer for each item, each with a context of its own.

        Ends after an answer without data when the source raises. Raises Refused for variables that do not fit.
        """
        variables = dict(operation.variables or {})
        built = Executor.build(
            self._graphql,
            prepared.document,
            context_value=await begin(),
            raw_variable_values=variables,
            operation_name=operation.name,
        )
        if isinstance(built, list):
            raise Refused(built)
        source = create_source_event_stream(built)
        if isinstance(source, Awaitable):
            source = await source
        if isinstance(source, ExecutionResult):
            yield self.answers.of(source)
            return
        try:
            async for item in source:
                context = await begin()
                result = execute(
                    self._graphql,
                    prepared.document,
                    root_value=item,
                    context_value=context,
                    variable_values=variables,
                    operation_name=operation.name,
                )
                yield self.answers.of(await result if isinstance(result, Awaitable) else result)
        except Exception as error:
            yield {"data": None, **self.answers.fault(error)}
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()
