"""Column types of our own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tortoise import fields
from tortoise.fields.data import T_DATETIME


class UtcDatetimeField(fields.DatetimeField[T_DATETIME]):
    """An instant, kept in UTC whatever zone it comes in, so that SQLite's text sorts and compares as time does.

    Raises ValueError for a datetime without a zone.
    """

    def to_python_value(self, value: Any) -> Any:
        if value.__class__ is datetime and value.tzinfo is UTC:
            return value
        self._have_zone(value)
        return super().to_python_value(value)

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if value.__class__ is datetime and value.tzinfo is UTC:
            return value
        self._have_zone(value)
        kept = super().to_db_value(value, instance)
        return kept.astimezone(UTC) if isinstance(kept, datetime) else kept

    def _have_zone(self, value: Any) -> None:
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError(f"{self.model_field_name} takes an instant with its time zone, not {value}")
