"""Statements that Tortoise writes once and that are run with other keys: to write one takes longer than to run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from tortoise.models import Model
from tortoise.queryset import QuerySet

M = TypeVar("M", bound=Model)

ANY_KEY = 987_654_321
"""Stands for the key while the statement is written; no query holds this number otherwise."""


class Written(Generic[M]):
    """The rows of a model that `query` answers for a key."""

    def __init__(self, model: type[M], query: Callable[[int], QuerySet[M]]) -> None:
        self._model, self._query = model, query
        self._texts: dict[str, tuple[str, list[Any]]] = {}

    async def rows(self, key: int) -> list[M]:
        client = self._model._meta.db
        text, values = self._written(client.capabilities.dialect)
        _, rows = await client.execute_query(text, [key if value == ANY_KEY else value for value in values])
        return [self._model._init_from_db(**dict(row)) for row in rows]

    def _written(self, dialect: str) -> tuple[str, list[Any]]:
        if dialect not in self._texts:
            queryset = self._query(ANY_KEY)
            queryset._choose_db_if_not_chosen()
            queryset._make_query()
            self._texts[dialect] = queryset.query.get_parameterized_sql()
        return self._texts[dialect]
