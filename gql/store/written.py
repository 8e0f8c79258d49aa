"""Statements that Tortoise writes once and that are run with other keys: to write one takes longer than to run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from tortoise.models import Model

M = TypeVar("M", bound=Model)

STANDING_IN = (987_654_321, 987_654_322, "any text", 987_654_323)
"""What stands for the keys, by their place, while a statement is written; no query holds these otherwise."""


class Written(Generic[M]):
    """The rows of a model that `query` answers for its keys; the third key is a text, the others are numbers."""

    def __init__(self, model: type[M], query: Callable[..., Any]) -> None:
        self._model, self._query = model, query
        self._texts: dict[str, tuple[str, list[Any]]] = {}

    async def rows(self, *keys: Any) -> list[M]:
        """The rows as objects."""
        return [self._model._init_from_db(**dict(row)) for row in await self.records(*keys)]

    async def records(self, *keys: Any) -> Any:
        """The rows as the driver gives them."""
        client = self._model._meta.db
        text, values = self._written(client.capabilities.dialect, len(keys))
        by_place = dict(zip(STANDING_IN, keys, strict=False))
        _, rows = await client.execute_query(text, [by_place.get(value, value) for value in values])
        return rows

    def _written(self, dialect: str, keys: int) -> tuple[str, list[Any]]:
        if dialect not in self._texts:
            queryset = self._query(*STANDING_IN[:keys])
            queryset._choose_db_if_not_chosen()
            queryset._make_query()
            self._texts[dialect] = queryset.query.get_parameterized_sql()
        return self._texts[dialect]
