"""Sources: where the value of a declared field comes from. `declare` makes them; the engine reads them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tortoise.models import Model

GIVEN = ("actor", "sight", "lookups", "reading", "log", "clock", "board")
"""Parameters of a declared function that the context of the request fills: who asks, what of him decides what he may
see, the lists in memory, the place in the log that the answer was begun at, the log itself, a function that tells the
time, and what is known for the moment and kept nowhere. A field that asks for no more than the sight can be answered
once for many who watch."""
BATCH = "batch"
"""The parameter of a stream's function that is handed the entries of the log."""
KEYS = "keys"
"""The parameter of a batched function that is handed the column of all rows."""


@dataclass(frozen=True)
class Column:
    """A column of the row, or of a part of it that a to-one relation leads to (`post.body`): seen by whoever sees the
    row."""

    path: str


@dataclass(frozen=True)
class Relation:
    """The row that a foreign key points at, if the viewer may see it.

    `always` where the column may be null, but not in the rows that `visible_to` shows anyone.
    """

    name: str
    always: bool = False


@dataclass(frozen=True)
class Computed:
    """The value of a function whose parameters name what it needs: columns, lookup relations, or GIVEN; in a type that
    is no row, its other attributes.

    In rows it is pure; in a type that is no row it may be async.
    """

    function: Callable[..., Any]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Payload:
    """A value in the row's JSON column, or the row of the id that stands there."""

    path: str


@dataclass(frozen=True)
class OneOf:
    """The first of several relations that leads to a row the viewer may see; else what the function answers."""

    relations: tuple[str, ...]
    otherwise: Computed


@dataclass(frozen=True)
class Each:
    """All rows whose relation `via` holds this row, or without it all there are; a short list, whole."""

    via: str | None
    of: str


@dataclass(frozen=True)
class One:
    """The row that fits a condition."""

    where: Callable[..., Any]


@dataclass(frozen=True)
class Many:
    """A page of the rows that fit a condition and, where `via` is given, belong to this row."""

    via: str | None
    where: Callable[..., Any] | None
    order: Any
    page: int
    backward: bool
    of: Callable[..., Any] | None = None


@dataclass(frozen=True)
class AtKey:
    """The row whose primary key a pure function answers; there is one where it answers any."""

    function: Callable[..., Any]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What an async function answers to arguments; in a type that is no row."""

    function: Callable[..., Any]


@dataclass(frozen=True)
class Held:
    """A row of one of several models, which a value holds under the field's name."""

    models: tuple[type[Model], ...]


@dataclass(frozen=True)
class Total:
    """How many rows the list has in all that the page is of."""


@dataclass(frozen=True)
class AnyNode:
    """The row of a global id, whatever its type."""


@dataclass(frozen=True)
class Batched:
    """What one async function answers for many rows at once, in their order, from one column of each and arguments.

    For what is neither SQL that can be declared nor pure; rare.
    """

    function: Callable[..., Any]
    of: str


@dataclass(frozen=True)
class Stream:
    """Items that a function makes of what is added to a log, for as long as a client wants more."""

    function: Callable[..., Any]
    begin: Callable[..., Any] | None
    alike: Callable[..., Any] | None


@dataclass(frozen=True)
class Live:
    """What is so now: the whole at first, and again whenever it has become something else."""

    function: Callable[..., Any]
    begin: Callable[..., Any] | None
    alike: Callable[..., Any] | None
    on: Callable[..., Any] | None
    seconds: float


Rows = (
    Column
    | Relation
    | Computed
    | Payload
    | OneOf
    | Each
    | One
    | Many
    | AtKey
    | Asked
    | Held
    | Total
    | AnyNode
    | Batched
)
Source = Rows | Stream | Live


@cache
def needs_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """What a declared function asks for: the names of its parameters."""
    return tuple(inspect.signature(function).parameters)
