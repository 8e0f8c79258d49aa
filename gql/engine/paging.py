"""Pages by keyset: page sizes, the cursors inside a list, and what lies beyond one."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import orjson
from tortoise import fields
from tortoise.expressions import Q
from tortoise.fields.data import IntEnumFieldInstance
from tortoise.models import Model

from gql.engine.answers import fault

LARGEST = 100


@dataclass(frozen=True, slots=True)
class PageAsked:
    """How many rows, from which end, and between which cursors."""

    size: int
    backward: bool
    after: str | None
    before: str | None


def page_asked(arguments: dict[str, Any], default: int) -> PageAsked:
    """Takes the paging arguments out of a field's. Raises a coded GraphQLError.

    A null `first` is the default, and a given `last` wins over the default of `first`.
    """
    first, last = arguments.pop("first", None), arguments.pop("last", None)
    after, before = arguments.pop("after", None), arguments.pop("before", None)
    if last is not None and first is not None and first != default:
        raise fault("Give `first` or `last`, not both.")
    size = last if last is not None else default if first is None else first
    if size < 0:
        raise fault("A page has 0 rows or more.")
    if size > LARGEST:
        raise fault(f"A page has at most {LARGEST} rows.", "LIMIT")
    return PageAsked(size, last is not None, after, before)


def order_keys(order: str, model: type[Model]) -> tuple[str, ...]:
    """The columns of an order, last the primary key, so that no two rows are alike."""
    pk = model._meta.pk_attr
    return (order,) if order.lstrip("-") == pk else (order, f"-{pk}" if order.startswith("-") else pk)


def reversed_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key[1:] if key.startswith("-") else f"-{key}" for key in keys)


def encode(row: Model, keys: tuple[str, ...]) -> str:
    """The place of a row in a list of that order."""
    return place_of(keys, [getattr(row, key.lstrip("-")) for key in keys])


def place_of(keys: tuple[str, ...], values: list[Any]) -> str:
    """The place of these values in a list of that order, which it names, so that it is none in a list of another."""
    plain = [int(v) if isinstance(v, IntEnum) else v for v in values]
    return base64.urlsafe_b64encode(orjson.dumps([keys[0], *plain])).decode().rstrip("=")


def decode(cursor: str, keys: tuple[str, ...], model: type[Model]) -> list[Any]:
    """The values of the keys at a place. Raises a coded GraphQLError for anything that is not of this list."""
    try:
        values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(values, list) or values[:1] != [keys[0]] or len(values) != len(keys) + 1:
            raise ValueError
        columns = [model._meta.fields_map[key.lstrip("-")] for key in keys]
        return [_checked(value, column) for value, column in zip(values[1:], columns, strict=True)]
    except (ValueError, TypeError, OverflowError):
        raise fault("This cursor is not of this list.") from None


def _checked(value: Any, column: fields.Field[Any]) -> Any:
    if isinstance(column, fields.DatetimeField):
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    if isinstance(column, fields.CharField) and isinstance(value, str) and "\0" not in value:
        if len(value) > column.max_length:
            raise ValueError
        return value
    if isinstance(column, fields.IntField | fields.SmallIntField) and type(value) is int:
        small = isinstance(column, fields.SmallIntField)
        if abs(value) >= (2**63 if isinstance(column, fields.BigIntField) else 2**15 if small else 2**31):
            raise ValueError
        return column.enum_type(value) if isinstance(column, IntEnumFieldInstance) else value
    raise ValueError


def beyond(keys: tuple[str, ...], values: list[Any], *, before: bool = False) -> Q:
    """Rows after a place in the order, or before it."""
    found: Q | None = None
    same: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        name = key.lstrip("-")
        less = key.startswith("-") != before
        step = Q(**same, **{f"{name}__{'lt' if less else 'gt'}": value})
        found = step if found is None else found | step
        same[name] = value
    assert found is not None
    return found
