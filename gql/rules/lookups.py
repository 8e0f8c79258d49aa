"""What a row of the desk's lists may be, so that the desk stays sound whatever an administrator changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from gql.errors import Invalid, Limit, NotNow, Required
from gql.rules import text

MOST_ROWS = 500
"""Of one list, those that were retired among them."""
MOST_GROUPS = 50
"""Of one support line."""
MOST_MEMBERS = 500
"""Of one group."""
MOST_MEMBERSHIPS = 50
"""Groups of one employee."""
HIGHEST = 1_000
"""Of places, levels and points."""

LONGEST_CODE = 64
CODE = re.compile(r"[A-Z][A-Z0-9_]*")
COLOUR = re.compile(r"#[0-9a-f]{6}")

SHIPPED = ("NEW", "IN_PROGRESS", "WAITING", "RESOLVED", "REOPENED", "CLOSED", "CANCELED")
"""Codes of the statuses that the desk's verbs lead to."""
STAGES = ("is_active", "is_paused", "is_resolved", "is_final")
"""The flags of a status, of which it has one or none (R-24)."""


class InUse(Protocol):
    """A row, as far as others rely on it."""

    name: str
    in_use: bool


class Stage(Protocol):
    """A status, as far as these rules look at one."""

    id: int
    code: str
    name: str
    is_active: bool
    is_paused: bool
    is_resolved: bool
    is_final: bool
    in_use: bool
    next_ids: list[int]


# ---------------------------------------------------------------- values of single fields


def code(value: str | None, field: str) -> str:
    """A stable name for programs. Raises Required, Invalid."""
    given = text.required(value, LONGEST_CODE, field, "A code")
    if not CODE.fullmatch(given):
        raise Invalid("A code is made of capitals, digits and underscores, such as ON_HOLD.", field=field)
    return given


def name(value: str | None, field: str) -> str:
    return text.required(value, text.NAME, field, "A name")


def caption(value: str | None, field: str) -> str:
    return text.checked(value, text.NAME, field) or ""


def description(value: str | None, field: str) -> str:
    return text.checked(value, text.BODY, field) or ""


def colour(value: str | None, field: str) -> str | None:
    """As `#rrggbb`. Raises Invalid."""
    given = text.checked(value, len("#rrggbb"), field)
    if given is not None and not COLOUR.fullmatch(given.lower()):
        raise Invalid("A colour is written as #rrggbb.", field=field)
    return given and given.lower()


def counted(value: int | None, field: str) -> int:
    """A place, a level or a number of points. Raises Required, Invalid."""
    if value is None:
        raise Required("A number is needed.", field=field)
    if not 1 <= value <= HIGHEST:
        raise Invalid(f"Give a number from 1 to {HIGHEST:,}.", field=field)
    return value


def flag(value: bool | None, field: str) -> bool:
    if value is None:
        raise Required("Say true or false.", field=field)
    return value


# ---------------------------------------------------------------- rows among others


def there_is_room(rows: int) -> None:
    """Raises Limit for a list that is full."""
    if rows >= MOST_ROWS:
        raise Limit(f"A list has at most {MOST_ROWS} rows, retired ones among them.")


def not_taken(value: object, taken: Iterable[object], field: str) -> None:
    """Raises Invalid for a code, a name or a level that another row has."""
    folded = value.casefold() if isinstance(value, str) else value
    if any(folded == (other.casefold() if isinstance(other, str) else other) for other in taken):
        raise Invalid(f"There is another with {value!s} already.", field=field)


def placed(ids: list[int], id: int, place: int | None) -> list[int]:
    """The order of a list once the row stands at a place, from 1; at the end where none is given."""
    others = [other for other in ids if other != id]
    at = len(others) if place is None else place - 1
    return [*others[:at], id, *others[at:]]


# ---------------------------------------------------------------- statuses


def sound_status(status: Stage) -> None:
    """Whether a status may become what it now is. Raises Invalid, NotNow.

    It has one stage or none (R-24) and leads nowhere when it is final (R-22). The seven shipped ones stay in use.
    """
    stages = [flag for flag in STAGES if getattr(status, flag)]
    if len(stages) > 1:
        raise Invalid("A status is one of active, paused, resolved and final, or none of them.", field=stages[-1])
    if status.is_final and status.next_ids:
        raise Invalid("Nothing follows a final status.", field="next_status_ids")
    if status.id in status.next_ids:
        raise Invalid("A status does not follow itself.", field="next_status_ids")
    if status.code in SHIPPED and not status.in_use:
        raise NotNow(f"{status.name} is part of the desk and stays in use.", field="in_use")


def not_needed(in_use: bool, needed_by: Iterable[str]) -> None:
    """Raises NotNow when what is retired is still needed: says by what."""
    for by in needed_by if not in_use else ():
        raise NotNow(f"{by} needs it: change that first.", field="in_use")


def not_without(in_use: bool, needed: InUse | None) -> None:
    """Raises NotNow when what comes back needs what is still retired: says what."""
    if in_use and needed is not None and not needed.in_use:
        raise NotNow(f"It needs {needed.name}, which is retired: bring that back first.", field="in_use")
