"""Outlines: what is known of a subscription's document whoever sends it, and how its arguments are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import get_argument_values
from strawberry.types.arguments import convert_arguments

from gql.engine.answers import Refused
from gql.engine.documents import Operation, Prepared
from gql.engine.execution import Engine
from gql.engine.selection import Selection
from gql.engine.sharing import Models, models_shown
from gql.engine.sources import Live, Stream


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of a stream's field but for `after`, as they are and as a key."""

    values: Mapping[str, Any]
    key: bytes
    after: str | None


@dataclass(slots=True, eq=False)
class Outline:
    """What is known of a subscription's document whoever sends it."""

    name: str
    nodes: list[FieldNode]
    stream: Stream | Live
    cursor: str | None
    """The variable that stands for `after`, and for nothing else."""
    variables: frozenset[str]
    """The other variables."""
    models: Models | None
    """See `sharing.models_shown`."""
    asked: dict[tuple[bytes, bool, bool], Asked] = field(default_factory=dict)
    """Arguments as they were read, by the other variables, whether the cursor was given, and whether it was one: where
    it is left out, the document may have a default, which null overrules."""


def outline_of(engine: Engine, prepared: Prepared) -> Outline | None:
    operation, declared, root = prepared.operation, engine.declared, engine.schema._schema.subscription_type
    assert root is not None
    selection = Selection(declared, prepared.fragments, {})  # no directive may stand at the root of a subscription
    [nodes] = selection.fields(root, operation.selection_set.selections).values()
    source = declared.source(root, nodes[0].name.value)
    if not isinstance(source, Stream | Live):
        return None
    cursor = next((a.value for a in nodes[0].arguments or () if a.name.value == "after"), None)
    stated = [node.variable.name.value for node in operation.variable_definitions or ()]
    used = _Used()
    visit(prepared.document, used)
    after = cursor.name.value if isinstance(cursor, VariableNode) else None
    alone = after if after is not None and used.names.count(after) == 2 else None  # where it is stated, and here
    return Outline(
        name=nodes[0].name.value,
        nodes=nodes,
        stream=source,
        cursor=alone,
        variables=frozenset(stated) - {alone},
        models=models_shown(declared, operation, prepared.fragments),
    )


class _Used(Visitor):
    """Every variable by its name, as often as it stands in a document."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.append(node.name.value)


def variables_key(outline: Outline, operation: Operation) -> bytes:
    """The variables but for the cursor, as one text for equal ones."""
    given = {name: value for name, value in (operation.variables or {}).items() if name in outline.variables}
    return orjson.dumps(given, option=orjson.OPT_SORT_KEYS) if given else b""


def asked_by(engine: Engine, outline: Outline, prepared: Prepared, operation: Operation) -> Asked:
    """The arguments of the stream's field, read anew. Raises Refused."""
    schema = engine.schema
    variables = engine.variables(prepared, operation)
    root = schema._schema.subscription_type
    assert root is not None
    try:
        values = get_argument_values(root.fields[outline.name], outline.nodes[0], variables)
    except GraphQLError as error:
        raise Refused([error]) from None
    after = values.pop("after", None)
    key = orjson.dumps(values, default=repr, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    stated = engine.declared.field(root, outline.name).arguments
    converter = schema.schema_converter
    return Asked(convert_arguments(values, stated, converter.scalar_registry, converter.config), key, after)
