"""Answers as clients get them: every error has a code, and faults of ours are masked."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError

log = structlog.get_logger(__name__)

LONGEST_MESSAGE = 300
"""Characters told of what is wrong with a document or its variables: graphql-core repeats what the client wrote."""

Answer = dict[str, Any]

Explain = Callable[[BaseException], tuple[str, str] | None]
"""Gives code and words of exceptions that clients may read."""


def encode(answer: Answer) -> bytes:
    """The answer as JSON; instants end in Z."""
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


class Refused(Exception):
    """The operation cannot be executed at all; holds the coded errors."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(str(errors[0]))
        self.errors = errors


def fault(message: str, code: str = "INVALID") -> GraphQLError:
    """A mistake of the client's."""
    return GraphQLError(message, extensions={"code": code})


class Answers:
    """Makes answers of results and errors."""

    def __init__(self, explain: Explain) -> None:
        self._explain = explain

    def of(self, result: ExecutionResult) -> Answer:
        """The answer as clients get it: every error has a code, and faults of ours are masked."""
        if not result.errors:
            return {"data": result.data}
        return {"data": result.data, "errors": [self._coded(error) for error in result.errors]}

    def is_of_the_client(self, error: Exception) -> bool:
        """Whether an exception is a mistake of the client's, or says what he may read."""
        return isinstance(error, GraphQLError) or self._explain(error) is not None

    def fault(self, error: Exception) -> Answer:
        """The answer to what failed before it could be executed."""
        return {"errors": [self._coded(GraphQLError(str(error), original_error=error))]}

    def refused(self, errors: list[GraphQLError]) -> Answer:
        """The answer to what was not executed."""
        told = [self._coded(_of_the_client(error)) for error in errors]
        for error in told:
            if len(error["message"]) > LONGEST_MESSAGE:
                error["message"] = f"{error['message'][:LONGEST_MESSAGE]}..."
        return {"errors": told}

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
