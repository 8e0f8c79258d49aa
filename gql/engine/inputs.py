"""Reads what clients send: variables as their types want them, and inputs as the objects that resolvers take.

graphql-core and strawberry ask a type what it is in every request; here each type is asked once. Whatever does not fit
is left to graphql-core, which tells what is wrong with it. What fits is taken however deep it is; graphql-core would
refuse inputs within inputs of their own type that are some 100 deep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from functools import cache
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_argument_values,
    get_variable_values,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal
from strawberry import ID, Schema
from strawberry.schema.name_converter import NameConverter
from strawberry.types.arguments import InputContext, StrawberryArgument, convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

if TYPE_CHECKING:
    from gql.engine.documents import Prepared

MOST_ERRORS = 50
"""Told of the variables of one operation; graphql-core's own bound where it executes by itself."""

Read = Callable[[Any], Any]
"""Answers a value as its type wants it; Undefined, or anything raised, for one that is not plainly good."""


class Variables:
    """The variables of operations of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._reads: dict[str, Read] = {}

    def of(self, prepared: Prepared, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values of an operation's variables, or what is wrong with them."""
        if prepared.variables is None:
            prepared.variables = self._signed(prepared)
        sources, coerced = {}, {}
        for name, signature, read in prepared.variables:
            if name in given:
                value = _tried(read, given[name])
                if value is Undefined:
                    break
                sources[name], coerced[name] = VariableValueSource(signature, given[name]), value
            elif signature is None or signature.default is not None or isinstance(signature.type, GraphQLNonNull):
                break
            else:
                sources[name] = VariableValueSource(signature)
        else:
            return VariableValues(sources, coerced)
        stated = prepared.operation.variable_definitions or ()
        return get_variable_values(self._schema, stated, dict(given), max_errors=MOST_ERRORS)

    def _signed(self, prepared: Prepared) -> list[tuple[str, Any, Read]]:
        signed: list[tuple[str, Any, Read]] = []
        for definition in prepared.operation.variable_definitions or ():
            signature = get_variable_signature(self._schema, definition)
            if isinstance(signature, GraphQLError):
                return [("", None, lambda value: Undefined)]
            signed.append((signature.name, signature, self._read(signature.type)))
        return signed

    def _read(self, type_: Any) -> Read:
        name = str(type_)
        if name not in self._reads:
            self._reads[name] = self._made(type_)
        return self._reads[name]

    def _made(self, type_: Any) -> Read:
        if isinstance(type_, GraphQLNonNull):
            read = self._read(type_.of_type)
            return lambda value: Undefined if value is None else read(value)
        if isinstance(type_, GraphQLList):
            return _or_null(_list(self._read(type_.of_type)))
        if isinstance(type_, GraphQLInputObjectType):
            return _or_null(self._object(type_))
        return _or_null(_leaf(type_))

    def _object(self, type_: GraphQLInputObjectType) -> Read:
        fields: list[tuple[str, Read, bool, Any]] = []

        def read(value: Any) -> Any:
            if value.__class__ is not dict or type_.is_one_of:
                return Undefined
            if not fields:  # not before, for a type may hold itself
                for name, field in type_.fields.items():
                    required = is_required_input_field(field)
                    fields.append((name, self._read(field.type), required, coerce_default_value(field)))
            made, left = {}, len(value)
            for name, read_field, required, default in fields:
                if name in value:
                    made[name] = read_field(value[name])
                    if made[name] is Undefined:
                        return Undefined
                    left -= 1
                elif required:
                    return Undefined
                elif default is not Undefined:
                    made[name] = default
            return Undefined if left else type_.out_type(made)

        return read


def _or_null(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _list(read: Read) -> Read:
    def read_list(value: Any) -> Any:
        if value.__class__ is not list:
            return Undefined
        made = [read(one) for one in value]
        return Undefined if any(one is Undefined for one in made) else made

    return read_list


def _leaf(type_: Any) -> Read:
    if type_.name in ("String", "ID"):
        return lambda value: value if value.__class__ is str else type_.coerce_input_value(value)
    return type_.coerce_input_value  # type: ignore[no-any-return]


def _tried(read: Read, value: Any) -> Any:
    try:
        return read(value)
    except Exception:  # what a scalar says of a value that it does not take
        return Undefined


# ---------------------------------------------------------------- arguments


class PlainArguments:
    """The arguments of a field as graphql-core gives them, where only the values of variables are left to find."""

    def __init__(self, field: GraphQLField, node: FieldNode) -> None:
        self._field, self._node = field, node
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        try:
            self._read: Fill | None = _filled(field.args, given)
        except _NotPlain:
            self._read = None

    def of(self, variables: VariableValues | None) -> dict[str, Any]:
        """The arguments of one execution. Raises GraphQLError."""
        if self._read is not None and (variables is not None or not self._node.arguments):
            try:
                plain: dict[str, Any] = self._read(variables.coerced if variables is not None else {})
                return plain
            except _NotPlain:
                pass
        return get_argument_values(self._field, self._node, variables)


Fill = Callable[[Mapping[str, Any]], Any]
"""A value of which everything is known but what the variables hold. Raises _NotPlain."""


class _NotPlain(Exception):
    """A default, a null, a variable that was left out: graphql-core knows what to do."""


def _filled(fields: Mapping[str, Any], given: Mapping[str, Any]) -> Fill:
    """The values of an input's fields, or of a field's arguments."""
    parts: list[tuple[str, Fill]] = []
    constant: dict[str, Any] = {}
    for name, field in fields.items():
        if field.out_name is not None or (name not in given and isinstance(field.type, GraphQLNonNull)):
            raise _NotPlain
        if name not in given:
            default = coerce_default_value(field)
            if default is not Undefined:
                constant[name] = default
        else:
            parts.append((name, _fill(given[name], field.type)))
    return lambda coerced: {**constant, **{name: part(coerced) for name, part in parts}}


def _fill(node: ValueNode, type_: Any) -> Fill:
    if isinstance(node, VariableNode):
        name, needed = node.name.value, isinstance(type_, GraphQLNonNull)

        def variable(coerced: Mapping[str, Any]) -> Any:
            value = coerced.get(name, Undefined)
            if value is Undefined or (value is None and needed):
                raise _NotPlain
            return value

        return variable
    named = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(node, ObjectValueNode) and isinstance(named, GraphQLInputObjectType) and not named.is_one_of:
        filled = _filled(named.fields, {field.name.value: field.value for field in node.fields})
        return lambda coerced: named.out_type(filled(coerced))
    if isinstance(node, ObjectValueNode | ListValueNode):
        raise _NotPlain
    value = coerce_input_literal(node, type_)
    if value is Undefined:
        raise _NotPlain
    return lambda coerced: value


# ---------------------------------------------------------------- inputs


def converted(arguments: Sequence[StrawberryArgument], schema: Schema) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Makes arguments as graphql-core gives them into those that functions take: strawberry's `convert_arguments`."""
    reads = [(schema.config.name_converter.from_argument(a), a.python_name, _converts(a, schema)) for a in arguments]
    return lambda plain: {
        python_name: plain[name] if convert is None else convert(plain[name])
        for name, python_name, convert in reads
        if name in plain
    }


def _converts(argument: StrawberryArgument, schema: Schema) -> Read | None:
    """What converts an argument; None where it is taken as it is."""
    type_, bare = argument.type, _or_null_of(argument.type)
    if bare in AS_THEY_ARE:
        return None
    registry, config = schema.schema_converter.scalar_registry, schema.config
    path = (config.name_converter.from_argument(argument),)
    definition = getattr(bare, "__strawberry_definition__", None)
    if getattr(definition, "from_input", None) is made_of:
        context = InputContext(None, config, registry, path)
        return lambda value: None if value is None else made_of(bare, value, context)
    return lambda value: convert_argument(value, type_, registry, config, path=path)


def _or_null_of(type_: Any) -> Any:
    """The type of what is not null."""
    is_optional = isinstance(type_, StrawberryOptional) and not isinstance(type_, StrawberryMaybe)
    return type_.of_type if is_optional else type_


AS_THEY_ARE = (str, bool, int, ID)
"""Types whose values graphql-core has made already what functions take."""


def made_of(cls: type, value: Mapping[str, Any], context: InputContext) -> Any:
    """The object of an input, of what it holds by the names of the schema: strawberry's `from_input`."""
    left_out, fields = _fields(cls, context.config.name_converter)
    given: dict[str, Any] = dict(left_out)
    for name, attribute, type_ in fields:
        if name in value:
            held = value[name]
            given[attribute] = held if type_ is None else context.convert(held, type_, name)
    return cls(**given)


@cache
def _fields(cls: Any, names: NameConverter) -> tuple[dict[str, None], list[tuple[str, str, Any]]]:
    """The attributes that are None when left out, and all by their names, with the type where it must be looked at."""
    definition = cls.__strawberry_definition__
    left_out = [f for f in definition.fields if f.default_value is MISSING and f.default_factory is MISSING]
    fields = []
    for field in definition.fields:
        type_ = field.resolve_type(type_definition=definition)
        is_plain = _or_null_of(type_) in AS_THEY_ARE
        fields.append((names.from_field(field), field.python_name, None if is_plain else type_))
    return dict.fromkeys(field.python_name for field in left_out), fields
