"""Scalars and enums of the schema, and how ids and left-out fields of inputs become plain values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, overload

import strawberry
from graphql import GraphQLError
from tortoise.models import Model

from gql.actions.edits import LEFT_OUT
from gql.cursor import Reading, version_of
from gql.engine import declare
from gql.engine.declare import Cursor as Cursor
from gql.enums import (
    Audience,
    AuditKind,
    CallDirection,
    CaseAction,
    CaseLinkKind,
    CaseOrderField,
    CaseOrigin,
    CasePriority,
    DeskAction,
    Direction,
    Doing,
    HistoryKind,
    LookupKind,
    NotificationChannel,
    NotificationReason,
    OpenTasks,
    Period,
    PortalRole,
    Role,
    SettingType,
    TaskStatus,
)
from gql.errors import ErrorCode, Limit

T = TypeVar("T")
V = TypeVar("V")

for shown in (
    Audience,
    AuditKind,
    CallDirection,
    CaseAction,
    CaseLinkKind,
    CaseOrderField,
    CaseOrigin,
    CasePriority,
    DeskAction,
    Direction,
    Doing,
    ErrorCode,
    HistoryKind,
    LookupKind,
    NotificationChannel,
    NotificationReason,
    OpenTasks,
    Period,
    PortalRole,
    Role,
    SettingType,
    TaskStatus,
):
    declare.enum(shown)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("A cursor is text.", extensions={"code": "INVALID"})
    return value


def _instant(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise GraphQLError("An instant is RFC 3339 text.", extensions={"code": "INVALID"}) from None
    raise GraphQLError("An instant names its offset from UTC, or ends in Z.", extensions={"code": "INVALID"})


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: dict[Any, Any] = {
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in the desk's log, opaque to clients. Cursors of one log can be handed from a query to a "
        "subscription: read something with its cursor, subscribe `after` it, and nothing is missed.",
        serialize=str,
        parse_value=_text,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, as RFC 3339 text. Always answered in UTC. Fields that hold one end in `At`.",
        serialize=_utc,
        parse_value=_instant,
    ),
}

MOST_IDS = 500
UNKNOWN = 0
"""The primary key that no row has: what an id becomes that is none of the model's."""


@overload
def key(model: type[Model], id: str) -> int: ...
@overload
def key(model: type[Model], id: str | None) -> int | None: ...
def key(model: type[Model], id: str | None) -> int | None:
    """The primary key in an id; UNKNOWN for one that is none of the model's, None for none."""
    return None if id is None else declare.row_id(model, id) or UNKNOWN


def keys(model: type[Model], ids: list[strawberry.ID] | None) -> list[int]:
    """The primary keys in a list of ids. Raises Limit."""
    if ids is not None and len(ids) > MOST_IDS:
        raise Limit(f"At most {MOST_IDS} ids are named in one list.")
    return [key(model, id) for id in ids or ()]


def row_cursor(model: type[Model]) -> Callable[[int, int, Reading], Cursor]:
    """The cursor of a row that has versions, for `unlessChangedSince`."""

    def cursor(id: int, version: int, reading: Reading) -> Cursor:
        return Cursor(reading.cursor(version_of(model.__name__, id, version)))

    return cursor


def maybe(given: strawberry.Some[V] | None, plain: Callable[[V], Any] = lambda value: value) -> Any:
    """What a field holds that may be left out: LEFT_OUT, or its plain value."""
    return LEFT_OUT if given is None else plain(given.value)
