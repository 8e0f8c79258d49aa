"""All that stands in a desk's tables, to be compared."""

from __future__ import annotations

from functools import cache
from typing import Any

from tortoise.models import Model

from gql import store
from tests.running import Desk


def models() -> list[type[Model]]:
    return [
        value for name in store.__all__ if isinstance(value := getattr(store, name), type) and issubclass(value, Model)
    ]


async def all_rows(desk: Desk) -> frozenset[str]:
    """Every row of every table as text, read at one moment."""
    with desk.database():
        rows = await store.Entry._meta.db.execute_query_dict(_all_rows())
    return frozenset(row["shown"] for row in rows)


@cache
def _all_rows() -> str:
    """One statement for all, for it is asked before and after thousands of refusals."""
    tables: dict[str, set[str]] = {}
    for model in models():
        tables.setdefault(model._meta.db_table, set()).update(model._meta.db_fields)
        for name in model._meta.m2m_fields:
            relation: Any = model._meta.fields_map[name]
            tables[relation.through] = {relation.forward_key, relation.backward_key}
    return " UNION ALL ".join(_rows(table, sorted(columns)) for table, columns in tables.items())


def _rows(table: str, columns: list[str]) -> str:
    shown = "".join(f""" || ' {column}=' || COALESCE(CAST("{column}" AS TEXT), 'NULL')""" for column in columns)
    return f"""SELECT '{table}'{shown} AS shown FROM "{table}\""""
