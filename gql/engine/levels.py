"""The rows of one SELECT: its columns and joins, and where in them and in the answer an object stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import Undefined
from tortoise import fields
from tortoise.models import Model

from gql.engine.sql import Source, Sql, column_of, join, left_join

if TYPE_CHECKING:
    from gql.engine.plan import Compiler


class Bail(Exception):
    """The rows broke a promise of the schema: the referee answers, and tells the error with its path."""


class Vanished(Exception):
    """A row that a stream hands over has left the viewer's sight since: it is no item of his any more."""


def bail(what: str) -> Any:
    raise Bail(what)


PRESENT, ABSENT = object(), object()


MOST_JOINS = 30
"""Tables that one SELECT joins for rows that are pointed at; SQLite takes 64 in all, and each makes planning longer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a level, and where in its answer, an object stands."""

    alias: str
    model: type[Model]
    joins: tuple[str, ...] = ()
    """The relations that lead there."""
    answer: tuple[str, ...] = ()
    """The response keys that lead there."""
    only: tuple[tuple[int, Any], ...] = ()
    """Only in rows where these columns hold these values: a kind, PRESENT or ABSENT."""

    def shown_as(self, key: str) -> Place:
        return Place(self.alias, self.model, self.joins, (*self.answer, key), self.only)

    def in_rows(self, *holding: tuple[int, Any]) -> Place:
        return Place(self.alias, self.model, self.joins, self.answer, (*self.only, *holding))


class Level:
    """The rows of one SELECT, and the columns and joins that all selections on them need."""

    def __init__(self, compiler: Compiler, model: type[Model]) -> None:
        self.compiler, self.model = compiler, model
        self.columns: dict[str, int] = {}
        self.taken: list[tuple[tuple[str, ...], str, Callable[[Any], Any]]] = []
        """Each column once more, as relations and attribute: how a row object has it, and how the driver gives it."""
        self.all_seen = True
        """Whether the viewer may see every row of every joined table."""
        self._joined: dict[tuple[tuple[str, ...], bool], str] = {}
        self._joins: list[Sql] = []

    def column(self, place: Place, name: str) -> int:
        """The position of a column."""
        written = column_of(place.model, name, place.alias)
        if written not in self.columns:
            self.columns[written] = len(self.columns)
            self.taken.append((place.joins, name, _stored(place.model, name, self.compiler.dialect.postgres)))
        return self.columns[written]

    def joined(self, place: Place, relation: str, *, part: bool = False) -> Place:
        """The place of the row that a foreign key points at; a row that the viewer may not see is absent, but for one
        that is `part` of this row."""
        model: type[Model] = place.model._meta.fields_map[relation].related_model  # type: ignore[attr-defined]
        path = (*place.joins, relation)
        if (path, part) not in self._joined:
            alias = self._joined[path, part] = f"t{len(self._joined) + 1}"
            rights = Sql("") if part else self.compiler.rights(model, alias)
            key = column_of(place.model, f"{relation}_id", place.alias)
            self._joins.append(left_join(model, alias, key, rights))
            self.all_seen = self.all_seen and not rights
        return Place(self._joined[path, part], model, path, place.answer, place.only)

    @property
    def is_wide(self) -> bool:
        """Whether further rows that this one points at are better read by themselves."""
        return len(self._joins) >= MOST_JOINS

    @property
    def rights(self) -> Sql:
        return self.compiler.rights(self.model)

    def source(self) -> Source:
        """What the level selects, once all selections on it are known."""
        return Source(self.model, ", ".join(self.columns) or "1", join(*self._joins))

    def at_hand(self, row: Model) -> tuple[Any, ...] | None:
        """The columns taken from a row object; None where it lacks one, or where the viewer might not see one."""
        if not self.all_seen:
            return None
        found = []
        for relations, name, stored in self.taken:
            holder: Any = row
            for relation in relations:
                if getattr(holder, f"{relation}_id") is None:
                    holder = None
                    break
                holder = holder.__dict__.get(f"_{relation}")  # where Tortoise keeps a row that came along
                if holder is None:
                    return None
            value = None if holder is None else getattr(holder, name, Undefined)
            if value is Undefined:  # it came with some of its columns
                return None
            found.append(None if value is None else stored(value))
        return tuple(found)


def _stored(model: type[Model], name: str, postgres: bool) -> Callable[[Any], Any]:
    """Turns the value of a column into what the driver gives of it."""
    column = model._meta.fields_map[name]
    if type(column) in (fields.IntField, fields.BigIntField, fields.CharField, fields.TextField):
        return _as_it_is
    if isinstance(column, fields.DatetimeField) and not postgres:
        return lambda value: str(column.to_db_value(value, model))
    return lambda value: column.to_db_value(value, model)


def _as_it_is(value: Any) -> Any:
    return value


def reached(rows: list[Any], made: list[dict[str, Any]], place: Place) -> list[tuple[Any, dict[str, Any]]]:
    """Rows with the objects of theirs that stand at a place."""
    if not place.only and not place.answer:
        return list(zip(rows, made, strict=True))
    found = []
    for row, there in zip(rows, made, strict=True):
        if all(_holds(row[at], wanted) for at, wanted in place.only):
            for key in place.answer:
                there = there and there[key]
            if there is not None:
                found.append((row, there))
    return found


def _holds(stored: Any, wanted: Any) -> bool:
    if wanted is PRESENT or wanted is ABSENT:
        return (stored is not None) == (wanted is PRESENT)
    return bool(stored == wanted)
