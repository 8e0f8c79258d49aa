"""Documents as clients send them: parsed and validated once, and the operation that is meant found in each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from gql.engine.answers import Refused, fault

MAX_TOKENS = 4_000
REMEMBERED = 256
"""Documents whose parsing and validation are kept, the longest-unused forgotten first."""
REMEMBERED_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a client sent it."""

    query: str
    variables: Mapping[str, Any] | None = None
    name: str | None = None


@dataclass(slots=True, eq=False)
class Prepared:
    """A document that was parsed and validated, and the operation of it that is meant. One object as long as both are
    remembered, so that what is worked out from them may be kept with them."""

    document: DocumentNode
    operation: OperationDefinitionNode
    plans: dict[Hashable, Any] = field(default_factory=dict)
    """What the operation was compiled to, by what a plan depends on."""

    @property
    def type(self) -> OperationType:
        return self.operation.operation


class Documents:
    """The documents of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._read: OrderedDict[tuple[str, str | None], Prepared | list[GraphQLError]] = OrderedDict()

    def prepare(self, operation: Operation) -> Prepared:
        """Finds the operation in its document. Raises Refused."""
        key = operation.query, operation.name
        known = self._read.get(key)
        if known is None:
            known = self._prepared(operation)
            if len(operation.query) <= REMEMBERED_LENGTH:
                self._read[key] = known
                if len(self._read) > REMEMBERED:
                    self._read.popitem(last=False)
        else:
            self._read.move_to_end(key)
        if isinstance(known, list):
            raise Refused(known)
        return known

    def _prepared(self, operation: Operation) -> Prepared | list[GraphQLError]:
        try:
            document = parse(operation.query, max_tokens=MAX_TOKENS)
            errors = validate(self._schema, document)
        except GraphQLError as error:
            return [error]
        except RecursionError:
            return [fault("The document is nested too deeply.", "LIMIT")]
        if errors:
            return errors
        found = [
            node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
            and (operation.name is None or (node.name is not None and node.name.value == operation.name))
        ]
        if len(found) != 1:
            wrong = f"There is no operation {operation.name!r}." if operation.name else "Name one of the operations."
            return [fault(wrong)]
        return Prepared(document, found[0])
