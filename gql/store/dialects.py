"""Lets desks on SQLite and on PostgreSQL live in one process, which Tortoise does not foresee.

A starting Tortoise context writes into each model class what suits its database: the name of the connection, the query
that others are built from, how columns are read. Here these attributes hold a value for each dialect. Connections
bear the dialect's name, since Tortoise remembers INSERT statements by connection name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pypika_tortoise.queries import Query
from tortoise.models import MetaInfo

_spoken = ContextVar("dialect", default="sqlite")

_DIALECT_BOUND: dict[str, Callable[[], Any]] = {
    "default_connection": lambda: None,
    "basequery": Query,
    "basequery_all_fields": Query,
    "filters": dict,
    "db_native_fields": list,
    "db_default_fields": list,
    "db_complex_fields": list,
}
"""Attributes of a model's meta that depend on the dialect, and what they are before a context has started."""


class _ByDialect(dict[str, Any]):
    """What a slot of MetaInfo holds instead of one value."""


class _Slot:
    """Takes the place of a slot of MetaInfo, and answers with the value for the dialect spoken."""

    def __init__(self, slot: Any, beginning: Callable[[], Any]) -> None:
        self._slot = slot
        self._beginning = beginning

    def _values(self, meta: MetaInfo) -> _ByDialect:
        try:
            values = self._slot.__get__(meta)
        except AttributeError:  # the meta is just being made
            values = None
        if not isinstance(values, _ByDialect):  # or it is older than this module
            values = _ByDialect()
            self._slot.__set__(meta, values)
        return values

    def __get__(self, meta: MetaInfo, owner: type[MetaInfo]) -> Any:
        values, dialect = self._values(meta), _spoken.get()
        if dialect not in values:
            values[dialect] = self._beginning()
        return values[dialect]

    def __set__(self, meta: MetaInfo, value: Any) -> None:
        self._values(meta)[_spoken.get()] = value


for _name, _beginning in _DIALECT_BOUND.items():
    if not isinstance(MetaInfo.__dict__[_name], _Slot):
        setattr(MetaInfo, _name, _Slot(MetaInfo.__dict__[_name], _beginning))


@contextmanager
def speaking(dialect: str) -> Iterator[None]:
    """Shows the models as they are for `dialect` to the calling task and to the tasks it starts."""
    token = _spoken.set(dialect)
    try:
        yield
    finally:
        _spoken.reset(token)
