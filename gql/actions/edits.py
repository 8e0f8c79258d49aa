"""What edits have in common: fields that are left out, and what somebody else changed meanwhile."""

from __future__ import annotations

from typing import Any, Protocol

from gql.cursor import Place, version_of
from gql.errors import Changed, Invalid
from gql.store.log import LogState

LEFT_OUT: Any = object()
"""Stands where a field was left out, which is not the same as null."""


class Versioned(Protocol):
    id: int
    version: int


def unless_changed(row: Versioned, unless: Place | None) -> None:
    """Raises Changed for a row that changed after it was read, Invalid for a cursor that was not read with it."""
    unless_another(version_of(type(row).__name__, row.id, row.version), unless, row)


def unless_another(version: int, unless: Place | None, now: object) -> None:
    """The same for what has this version `now`, as cursors hold it."""
    if unless is not None and not unless.version:
        raise Invalid("Give back the cursor that was read with it.", field="unlessChangedSince")
    if unless is not None and unless.version != version:
        raise Changed("Someone changed it since you read it.", field="unlessChangedSince", now=now)


async def alone() -> None:
    """Nobody else changes the desk's lists and settings, or who is in which group, until the work is done."""
    await LogState.filter(id=1).select_for_update().get()
