"""Statements that Tortoise writes once and that are run with other keys: to write one takes longer than to run it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from tortoise.fields import Field
from tortoise.models import Model

M = TypeVar("M", bound=Model)


def standing_in(place: int, key: Any) -> Any:
    """What stands for the key of that place while a statement is written; no query holds these otherwise."""
    return f"any text {place}" if isinstance(key, str) else 987_654_321 + place


MOST_FORMS = 1_000
"""Kept of one statement."""


class Written(Generic[M]):
    """The rows of a model that `query` answers for its keys, each of which is always a text or always a number.

    What changes the text itself is its `form`, which `query` is told first where one is given. With `several` the first
    key is a list, on PostgreSQL: `query` says what is asked of one of it.
    """

    def __init__(self, model: type[M], query: Callable[..., Any], *, several: bool = False) -> None:
        self._model, self._query, self._several = model, query, several
        self._texts: dict[Hashable, tuple[str, list[Any]]] = {}

    async def rows(self, *keys: Any, form: Hashable = None) -> list[M]:
        """The rows as objects."""
        return [row_of(self._model, row) for row in await self.records(*keys, form=form)]

    async def records(self, *keys: Any, form: Hashable = None) -> Any:
        """The rows as the driver gives them."""
        client = self._model._meta.db
        one = (keys[0][0], *keys[1:]) if self._several else keys
        by_place = dict(zip(map(standing_in, count(), one), keys, strict=False))
        text, values = self._written(client.capabilities.dialect, by_place, form)
        _, rows = await client.execute_query(text, [by_place.get(value, value) for value in values])
        return rows

    def _written(self, dialect: str, keys: Collection[Any], form: Hashable) -> tuple[str, list[Any]]:
        known = self._texts.get((dialect, form))
        if known is None:
            if len(self._texts) >= MOST_FORMS:
                self._texts.clear()
            queryset = self._query(*keys) if form is None else self._query(form, *keys)
            queryset._choose_db_if_not_chosen()
            queryset._make_query()
            text, values = queryset.query.get_parameterized_sql()
            if self._several:
                place = values.index(next(iter(keys))) + 1
                text = re.sub(rf"=\${place}\b", f"=ANY(${place})", text)
            known = self._texts[dialect, form] = text, values
        return known


def row_of(model: type[M], columns: Mapping[str, Any]) -> M:
    """A row object of what the driver gave, whole or in part: Tortoise's own way at a third of its price."""
    row, meta = model.__new__(model), model._meta
    attributes = vars(row)
    attributes.update(_inside(model), _partial=len(columns) < len(meta.db_fields))
    attributes.update(columns)
    for _, name, field in meta.db_default_fields:
        if attributes.get(name) is not None:
            attributes[name] = field.field_type(attributes[name])
    for _, name, field in meta.db_complex_fields:
        if attributes.get(name) is not None:
            attributes[name] = field.to_python_value(attributes[name])
    return row


@cache
def _inside(model: type[Model]) -> dict[str, Any]:
    """What Tortoise keeps in a row object beside the columns."""
    return {name: value for name, value in vars(model._init_from_db()).items() if name.startswith("_")}


def make(model: type[M], **attributes: Any) -> M:
    """A new row object, not saved, with defaults for what is left out: `model(...)` at a tenth of its price.

    The values are taken as they are: an instant in UTC, a member of an enum.
    """
    row = model.__new__(model)
    vars(row).update(_blank(model), **attributes)
    return row


def point(row: Model, relation: str, to: Model) -> None:
    """Sets a relation of a row object: what an assignment does, without looking whether `to` is of the right model."""
    vars(row).update({f"_{relation}": to, f"{relation}_id": to.pk})


@cache
def _blank(model: type[Model]) -> dict[str, Any]:
    """What Tortoise keeps in a row object that is not saved."""
    fields = model._meta.fields_map
    reverse = model._meta.fields_db_projection_reverse
    row = model._init_from_db(**{column: fields[name].default for column, name in reverse.items()})
    return {**vars(row), "_saved_in_db": False}


def is_on_postgres(model: type[Model]) -> bool:
    return bool(model._meta.db.capabilities.dialect == "postgres")


async def insert(row: Model, **new: Model) -> None:
    """Writes a new row, and before it the new rows that its relations of those names are to point at.

    On PostgreSQL that is one statement. The database gives the primary keys, and the rows have them afterwards.
    """
    if is_on_postgres(type(row)):
        await _insert_with(row, new)
        return
    for relation, other in new.items():
        await insert(other)
        setattr(row, f"{relation}_id", other.pk)
    row.pk = await row._meta.db.execute_insert(_into(type(row)).replace("$", "?"), _values(row))
    row._saved_in_db = True


async def _insert_with(row: Model, new: Mapping[str, Model]) -> None:
    text = _insert(type(row), tuple([(relation, type(other)) for relation, other in new.items()]))
    values = [value for other in new.values() for value in _values(other)]
    row.pk, *keys = await row._meta.db.execute_insert(text, values + _values(row, new))
    row._saved_in_db = True
    for (relation, other), key in zip(new.items(), keys, strict=True):
        other.pk, other._saved_in_db = key, True
        setattr(row, f"{relation}_id", key)


async def insert_new(row: Model) -> bool:
    """Writes a new row unless another has what is to be unique of it; whether it was written.

    Waits for a transaction that is writing such a row at the moment.
    """
    text = _insert_new(type(row), is_on_postgres(type(row)))
    written = await row._meta.db.execute_query_dict(text, _values(row))
    if written:
        row.pk, row._saved_in_db = written[0][row._meta.db_pk_column], True
    return bool(written)


ROWS_AT_ONCE = 500
"""Written with one statement, which takes only so many parameters."""


async def insert_all(rows: Sequence[Model]) -> None:
    """Writes new rows of one model in their order, with few statements; the rows have their primary keys afterwards."""
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[begin : begin + ROWS_AT_ONCE]
        model = type(some[0])
        text = _insert_many(model, len(some), is_on_postgres(model))
        written = await model._meta.db.execute_query_dict(text, [value for row in some for value in _values(row)])
        # keys are drawn in the order of the rows, and answered in any
        for row, key in zip(some, sorted(one[model._meta.db_pk_column] for one in written), strict=True):
            row.pk, row._saved_in_db = key, True


async def update_all(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Writes these columns of rows of one model, with one statement that is run for each."""
    if len(rows) == 1:
        await rows[0].save(update_fields=list(names))
        return
    meta, client = rows[0]._meta, rows[0]._meta.db
    stored = [(name, meta.fields_map[name].to_db_value) for name in (*names, meta.pk_attr)]
    postgres = is_on_postgres(type(rows[0]))
    marks = [f"${number}" if postgres else "?" for number in range(1, len(stored) + 1)]
    settings = ", ".join(
        f'"{meta.fields_db_projection[name]}"={mark}' for name, mark in zip(names, marks, strict=False)
    )
    text = f'UPDATE "{meta.db_table}" SET {settings} WHERE "{meta.db_pk_column}"={marks[-1]}'
    await client.execute_many(text, [[to_db(getattr(row, name), row) for name, to_db in stored] for row in rows])


@lru_cache(maxsize=100)
def _insert_many(model: type[Model], rows: int, postgres: bool) -> str:
    columns, number = columns_of(model), count(1)
    one = [[f"${next(number)}" if postgres else "?" for _ in columns] for _ in range(rows)]
    values = ", ".join(f"({', '.join(marks)})" for marks in one)
    named = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({named}) VALUES {values} RETURNING "{model._meta.db_pk_column}"'


@cache
def _insert_new(model: type[Model], postgres: bool) -> str:
    text = f'{_into(model)} ON CONFLICT DO NOTHING RETURNING "{model._meta.db_pk_column}"'
    return text if postgres else text.replace("$", "?")


@cache
def _insert(model: type[Model], new: tuple[tuple[str, type[Model]], ...]) -> str:
    """An INSERT that answers the primary keys of its own row and of the new ones that it points at."""
    first, made, begin = [], {}, 1
    for relation, other in new:
        key = other._meta.db_pk_column
        first.append(f'new_{relation} AS ({_into(other, begin=begin)} RETURNING "{key}")')
        made[f"{relation}_id"] = f'(SELECT "{key}" FROM new_{relation})'
        begin += len(columns_of(other))
    returning = ", ".join(f'"{column}"' for column in (model._meta.db_pk_column, *made))
    beginning = f"WITH {', '.join(first)} " if first else ""
    return f"{beginning}{_into(model, made, begin)} RETURNING {returning}"


def _into(model: type[Model], made: Mapping[str, str] = MappingProxyType({}), begin: int = 1) -> str:
    """INSERT INTO, with parameters from `begin` on for the columns that nothing else is said of."""
    number = count(begin)
    values = {column: made.get(column) or f"${next(number)}" for column in columns_of(model)}
    columns, given = ", ".join(f'"{column}"' for column in values), ", ".join(values.values())
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({given})'


@cache
def columns_of(model: type[Model]) -> dict[str, tuple[str, Callable[..., Any] | None]]:
    """The columns that the database does not give, with their attributes and how these are stored: None for as is."""
    meta = model._meta
    stored = ((name, meta.fields_map[name]) for name in meta.fields_db_projection)
    return {
        meta.fields_db_projection[name]: (name, None if _is_plain(field) else field.to_db_value)
        for name, field in stored
        if not field.generated
    }


def _is_plain(field: Field[Any]) -> bool:
    """Whether a driver takes what an attribute holds: Tortoise would only look whether it is of the field's type."""
    return type(field).to_db_value is Field.to_db_value and not field.validators and field.field_type in (int, str)


def _values(row: Model, new: Collection[str] = ()) -> list[Any]:
    """What is stored of a row, but for what points at new rows."""
    pointing = {f"{relation}_id" for relation in new}
    held, columns = vars(row), columns_of(type(row)).items()
    return [
        held[name] if to_db_value is None else to_db_value(held[name], row)
        for column, (name, to_db_value) in columns
        if column not in pointing
    ]
