"""Runs operations of a schema: parses and validates each document once, executes it, and codes every error."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import strawberry
import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    execute,
    execute_root_selection_set,
    parse,
    validate,
)

from gql.engine.check import check
from gql.engine.paging import fault
from gql.engine.referee import Shape

log = structlog.get_logger(__name__)

MAX_TOKENS = 4_000
REMEMBERED = 256
"""Documents whose parsing and validation are kept, the longest-unused forgotten first."""
REMEMBERED_LENGTH = 20_000

Answer = dict[str, Any]


class Context(Protocol):
    """What a request, or one item of a stream, is run with."""

    @property
    def referee(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a client sent it."""

    query: str
    variables: Mapping[str, Any] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that was parsed and validated, and the operation of it that is meant."""

    document: DocumentNode
    type: OperationType


class Refused(Exception):
    """The operation cannot be executed at all; holds the coded errors."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(str(errors[0]))
        self.errors = errors


class Engine:
    """Executes operations of one schema. `explain` gives code and words of exceptions that clients may read."""

    def __init__(self, schema: strawberry.Schema, explain: Callable[[BaseException], tuple[str, str] | None]) -> None:
        self.schema = schema
        self._graphql = schema._schema
        self._explain = explain
        self._documents: OrderedDict[str, DocumentNode | list[GraphQLError]] = OrderedDict()
        origins = [
            definition.origin
            for definition in (
                (type_.extensions or {}).get("strawberry-definition") for type_ in self._graphql.type_map.values()
            )
            if definition is not None and hasattr(definition, "origin")
        ]
        check([cls for cls in origins if getattr(cls, "__sources__", None)])
        self.shape = Shape(origins)

    def prepare(self, operation: Operation) -> Prepared:
        """Finds the operation in its document. Raises Refused."""
        document = self._document(operation.query)
        found = [
            node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
            and (operation.name is None or (node.name is not None and node.name.value == operation.name))
        ]
        if len(found) != 1:
            wrong = f"There is no operation {operation.name!r}." if operation.name else "Name one of the operations."
            raise Refused([fault(wrong)])
        return Prepared(document, found[0].operation)

    def _document(self, query: str) -> DocumentNode:
        known = self._documents.get(query)
        if known is None:
            known = self._read(query)
            if len(query) <= REMEMBERED_LENGTH:
                self._documents[query] = known
                if len(self._documents) > REMEMBERED:
                    self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(query)
        if isinstance(known, list):
            raise Refused(known)
        return known

    def _read(self, query: str) -> DocumentNode | list[GraphQLError]:
        try:
            document = parse(query, max_tokens=MAX_TOKENS)
            return validate(self._graphql, document) or document
        except GraphQLError as error:
            return [error]
        except RecursionError:
            return [fault("The document is nested too deeply.", "LIMIT")]

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
        return self.answer(await result if isinstance(result, Awaitable) else result)

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
            yield self.answer(source)
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
                yield self.answer(await result if isinstance(result, Awaitable) else result)
        except Exception as error:
            yield {"data": None, **self.fault(error)}
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    def answer(self, result: ExecutionResult) -> Answer:
        """The answer as clients get it: every error has a code, and faults of ours are masked."""
        if not result.errors:
            return {"data": result.data}
        return {"data": result.data, "errors": [self._coded(error) for error in result.errors]}

    def fault(self, error: Exception) -> Answer:
        """The answer to what failed before it could be executed."""
        return {"errors": [self._coded(GraphQLError(str(error), original_error=error))]}

    def refused(self, errors: list[GraphQLError]) -> Answer:
        """The answer to what was not executed."""
        return {"errors": [self._coded(_of_the_client(error)) for error in errors]}

    def _coded(self, error: GraphQLError) -> dict[str, Any]:
        told: dict[str, Any] = dict(error.formatted)
        cause = error.original_error
        while isinstance(cause, GraphQLError) and cause.original_error is not None:
            cause = cause.original_error
        if cause is None or isinstance(cause, GraphQLError):
            given = error.extensions or (cause.extensions if cause else None) or {}
            return {**told, "extensions": {"code": "INVALID", **given}}
        explained = self._explain(cause)
        if explained is not None:
            code, message = explained
            return {**told, "message": message, "extensions": {"code": code}}
        error_id = secrets.token_hex(8)
        log.error("fault", error_id=error_id, path=error.path, exc_info=cause)
        words = f"The desk made a mistake and has logged it as {error_id}."
        return {**told, "message": words, "extensions": {"code": "INTERNAL", "errorId": error_id}}


def _of_the_client(error: GraphQLError) -> GraphQLError:
    """An error from before the execution, which is the client's to mend whatever tripped over what he wrote."""
    if error.message.endswith("aborted."):  # graphql-core's word for too long, too deep, too many
        return GraphQLError(error.message, error.nodes, extensions={"code": "LIMIT"})
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return error
    return GraphQLError("A value cannot be read as one of its type.", error.nodes, extensions={"code": "INVALID"})
