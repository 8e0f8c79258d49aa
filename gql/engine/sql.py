"""Writes SELECTs: pieces of text with the values that belong to them, put together for PostgreSQL or for SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from tortoise import fields
from tortoise.fields.relational import ManyToManyFieldInstance
from tortoise.models import Model

MARK = "\0"
"""Stands in a piece of text for a value; no text that we write holds it otherwise."""


class Env:
    """What one execution of a statement is given."""

    __slots__ = ("actor", "after", "arguments", "before", "keys", "limit")

    def __init__(self, actor: Any, arguments: Any = None, keys: Any = None, limit: int = 0) -> None:
        self.actor, self.arguments, self.keys, self.limit = actor, arguments, keys, limit
        self.after: list[Any] = []
        self.before: list[Any] = []


Value = Callable[[Env], Any]
"""Finds one value of a statement."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement: text with a mark for each value, and the values in the order of their marks."""

    text: str = ""
    values: tuple[Value, ...] = ()
    of_one_request: bool = False
    """Whether it holds a request's own values, so that nothing may be kept that is made of it."""

    def __bool__(self) -> bool:
        return bool(self.text)


def join(*pieces: str | Sql, by: str = "") -> Sql:
    """Pieces one after the other."""
    texts = [piece if isinstance(piece, str) else piece.text for piece in pieces]
    return Sql(by.join(texts), tuple(value for piece in pieces if isinstance(piece, Sql) for value in piece.values))


def both(*conditions: Sql) -> Sql:
    """All of the conditions; empty where none is said."""
    return join(*(join("(", condition, ")") for condition in conditions if condition), by=" AND ")


def where(condition: Sql) -> Sql:
    return join(" WHERE ", condition) if condition else condition


def column_of(model: type[Model], name: str, alias: str = "t0") -> str:
    """The column of an attribute, of the row that has this alias."""
    return f'{alias}."{model._meta.fields_map[name].source_field or name}"'


def left_join(model: type[Model], alias: str, key: str, rights: Sql) -> Sql:
    """The row whose primary key that is, where the viewer may see it; else nothing but nulls."""
    table, pk = model._meta.db_table, model._meta.db_pk_column
    on = join(" AND (", rights, ")") if rights else rights
    return join(f' LEFT JOIN "{table}" {alias} ON {alias}."{pk}" = {key}', on)


def value(find: Value) -> Sql:
    """A value by itself."""
    return Sql(MARK, (find,))


class Statement:
    """A statement as the database takes it."""

    __slots__ = ("_values", "text")

    def __init__(self, sql: Sql, postgres: bool) -> None:
        first, *others = sql.text.split(MARK)
        sign = "$" if postgres else "?"
        self.text = first + "".join(f"{sign}{n}{text}" for n, text in enumerate(others, 1))
        self._values = sql.values

    def values(self, env: Env) -> list[Any]:
        return [find(env) for find in self._values]


# ---------------------------------------------------------------- what the two databases say differently


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database says what the standard leaves open."""

    postgres: bool

    def among(self, column: str, model: type[Model], name: str) -> Sql:
        """The column has one of the keys; `model` and `name` say of which type they are."""
        if self.postgres:
            return join(f"{column} = ANY(", _keys_as_array(model, name), ")")
        return join(f"{column} IN (SELECT value FROM json_each(", value(_keys_as_json), "))")


def _keys_as_array(model: type[Model], name: str) -> Sql:
    known = model._meta.fields_map.get(name)
    of = "bigint" if isinstance(known, fields.BigIntField) else "int" if _is_int(known) else "text"
    return join(value(lambda env: env.keys), f"::{of}[]")


def _keys_as_json(env: Env) -> str:
    return orjson.dumps(env.keys).decode()


def _is_int(column: Any) -> bool:
    return isinstance(column, fields.IntField | fields.SmallIntField) or getattr(column, "field_type", None) is int


# ---------------------------------------------------------------- who holds a row


@dataclass(frozen=True, slots=True)
class Holder:
    """How rows of a list find the row that holds them: a column of theirs, or one of a table between."""

    column: str
    """As the statement writes it."""
    model: type[Model]
    name: str
    """Model and column whose type the keys of holders have."""
    joined: str = ""
    """The tables between."""


def holder(model: type[Model], via: str) -> Holder:
    """By the path `via` of foreign keys and many-to-many relations."""
    joined, alias, here = "", "t0", f't0."{model._meta.db_pk_column}"'
    held: tuple[type[Model], str] = (model, via)
    for n, name in enumerate(via.split("__"), 1):
        relation: Any = model._meta.fields_map[name]
        if isinstance(relation, ManyToManyFieldInstance):
            joined += f' JOIN "{relation.through}" j{n} ON j{n}."{relation.backward_key}" = {here}'
            alias, here = "", f'j{n}."{relation.forward_key}"'
            held = relation.related_model, relation.related_model._meta.pk_attr
        elif name not in model._meta.fk_fields:  # a plain column
            return Holder(f'{alias}."{name}"', model, name, joined)
        else:
            if not alias:  # only the key of the row is known so far
                alias = f"j{n}"
                joined += f' JOIN "{model._meta.db_table}" j{n} ON j{n}."{model._meta.db_pk_column}" = {here}'
            here, held, alias = f'{alias}."{name}_id"', (model, f"{name}_id"), ""
        model = relation.related_model
    return Holder(here, *held, joined)


def ordering(model: type[Model]) -> str:
    """The order of a short list: the model's own, or that of the primary key."""
    stated = model._meta.ordering or ((model._meta.pk_attr, None),)
    return ", ".join(
        f't0."{name}"{" DESC" if order is not None and order.value == "DESC" else ""}' for name, order in stated
    )


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Source:
    """What is selected, from where."""

    model: type[Model]
    columns: str
    joins: Sql

    def flat(self, condition: Sql, order: str = "", limit: Sql | str = "") -> Sql:
        """Rows that fit."""
        return join(
            f'SELECT {self.columns} FROM "{self.model._meta.db_table}" t0',
            self.joins,
            where(condition),
            f" ORDER BY {order}" if order else "",
            join(" LIMIT ", limit) if limit else "",
        )

    def whole(self, dialect: Dialect, held: Holder, condition: Sql, order: str) -> Sql:
        """All rows that fit, of each of the keys' lists; the last column is the key."""
        among = dialect.among(held.column, held.model, held.name)
        if not held.joined:
            return join(
                f'SELECT {self.columns}, {held.column} FROM "{self.model._meta.db_table}" t0',
                self.joins,
                where(both(condition, among)),
                f" ORDER BY {order}",
            )
        table, pk = self.model._meta.db_table, self.model._meta.db_pk_column
        pairs = join(
            f'SELECT DISTINCT t0."{pk}" AS item, {held.column} AS holder FROM "{table}" t0{held.joined} WHERE ', among
        )
        return join(
            f'SELECT {self.columns}, p.holder FROM "{table}" t0 JOIN (',
            pairs,
            f') p ON p.item = t0."{pk}"',
            self.joins,
            where(condition),
            f" ORDER BY {order}",
        )

    def page_of_each(self, dialect: Dialect, held: Holder, condition: Sql, order: str, limit: Sql) -> Sql:
        """The first rows that fit of each of the keys' lists; the last column is the key."""
        table = self.model._meta.db_table
        if dialect.postgres:
            keys = _keys_as_array(held.model, held.name)
            inner = join(
                f'SELECT t0.* FROM "{table}" t0{held.joined} WHERE ',
                both(Sql(f"{held.column} = p.id"), condition),
                f" ORDER BY {order} LIMIT ",
                limit,
            )
            return join(
                f"SELECT {self.columns}, p.id FROM unnest(", keys, ") p(id) CROSS JOIN LATERAL (", inner, ") t0",
                self.joins, f" ORDER BY {order}",
            )  # fmt: skip
        inner = join(
            f"SELECT t0.*, {held.column} AS holder, "
            f"row_number() OVER (PARTITION BY {held.column} ORDER BY {order}) AS place "
            f'FROM "{table}" t0{held.joined} WHERE ',
            both(dialect.among(held.column, held.model, held.name), condition),
        )
        return join(
            f"SELECT {self.columns}, t0.holder FROM (", inner, ") t0", self.joins, " WHERE t0.place <= ", limit,
            f" ORDER BY {order}",
        )  # fmt: skip


def count(model: type[Model], condition: Sql) -> Sql:
    """How many rows fit."""
    return join(f'SELECT count(*) FROM "{model._meta.db_table}" t0', where(condition))


def count_of_each(dialect: Dialect, model: type[Model], held: Holder, condition: Sql) -> Sql:
    """How many rows fit in each of the keys' lists: pairs of key and number."""
    among = dialect.among(held.column, held.model, held.name)
    return join(
        f'SELECT {held.column}, count(*) FROM "{model._meta.db_table}" t0{held.joined}',
        where(both(among, condition)),
        " GROUP BY 1",
    )


def beyond(columns: Iterable[str], less: bool, find: Callable[[Env], list[Any]]) -> Sql:
    """Rows whose key columns lie behind a place in the order."""
    names = list(columns)
    places = [value(lambda env, n=n: find(env)[n]) for n in range(len(names))]  # type: ignore[misc]
    return join(f"({', '.join(names)}) {'<' if less else '>'} (", join(*places, by=", "), ")")
