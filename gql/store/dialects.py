"""Lets desks on SQLite and on PostgreSQL live in one process, which Tortoise does not foresee.

A starting Tortoise context writes into each model class what suits its database: the name of the connection, the query
that others are built from, how columns are read. Here these attributes hold a value for each dialect. Connections
bear the dialect's name, since Tortoise remembers INSERT statements by connection name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from typing import Any

from tortoise.models import MetaInfo

_spoken = ContextVar("dialect", default="sqlite")


class _ByDialect(dict[str, Any]):
    """What a slot of MetaInfo holds instead of one value."""


class _Slot:
    """Takes the place of a slot of MetaInfo, and answers with the value for the dialect that is spoken."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def _values(self, meta: MetaInfo) -> _ByDialect:
        values = self._slot.__get__(meta)
        if not isinstance(values, _ByDialect):  # of a class that is older than this module
            values = _ByDialect({_spoken.get(): values})
            self._slot.__set__(meta, values)
        return values

    def __get__(self, meta: MetaInfo, owner: type[MetaInfo]) -> Any:
        values, dialect = self._values(meta), _spoken.get()
        if dialect not in values:  # a context is starting, and changes a part of what is there
            values[dialect] = copy(next(iter(values.values())))
        return values[dialect]

    def __set__(self, meta: MetaInfo, value: Any) -> None:
        try:
            self._values(meta)[_spoken.get()] = value
        except AttributeError:  # the meta is being made
            self._slot.__set__(meta, _ByDialect({_spoken.get(): value}))


for _name in (
    "default_connection",
    "basequery",
    "basequery_all_fields",
    "filters",
    "db_native_fields",
    "db_default_fields",
    "db_complex_fields",
):
    setattr(MetaInfo, _name, _Slot(MetaInfo.__dict__[_name]))


@contextmanager
def speaking(dialect: str) -> Iterator[None]:
    """Shows the models as they are for `dialect` to the calling task and to the tasks it starts."""
    token = _spoken.set(dialect)
    try:
        yield
    finally:
        _spoken.reset(token)
