"""How a migration rebuilds a SQLite table without losing what hangs on it.

SQLite cannot alter a column, so Tortoise copies the rows into a new table and drops the old one. With that go its
indexes, its triggers and its UNIQUE constraints over several columns; here they come back.
"""

from __future__ import annotations

from typing import Any

from tortoise.fields.base import Field
from tortoise.indexes import Index
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor
from tortoise.models import Model

Alteration = tuple[Field[Any], Field[Any]]


class RebuildingEditor(SqliteSchemaEditor):
    """Tortoise's editor of SQLite schemas, for a connection whose foreign_keys are off."""

    async def _run_sql(self, sql: str) -> None:
        if self.collect_sql:
            self.collected_sql.append(sql)
        else:
            await self.client.execute_script(sql)  # which, unlike Tortoise here, keeps a trigger in one piece

    async def _remake_table(
        self,
        model: type[Model],
        create_field: Field[Any] | None = None,
        delete_field: Field[Any] | None = None,
        alter_fields: list[Alteration] | None = None,
    ) -> None:
        altered = alter_fields or []
        dropped = {_column(delete_field)} if delete_field else set()
        unindexed = {_column(old) for old, new in altered if old.index and not new.index}
        hanging = await self._hanging_on(model, dropped, unindexed)

        await self._run_sql("PRAGMA legacy_alter_table = ON")  # or triggers elsewhere that name the table forbid it
        await super()._remake_table(model, create_field, delete_field, alter_fields)
        await self._run_sql("PRAGMA legacy_alter_table = OFF")

        for statement in hanging:
            await self._run_sql(statement)
        for old, new in altered:
            if new.index and not old.index:
                await self.add_index(model, Index(fields=(_column(new),)))

    async def _hanging_on(self, model: type[Model], dropped: set[str], unindexed: set[str]) -> list[str]:
        """Statements that make the table's indexes and triggers again; those of a column alone follow its field."""
        table = model._meta.db_table
        statements = await self._texts(f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND type = 'trigger'")
        for index in await self.client.execute_query_dict(f'PRAGMA index_list("{table}")'):
            name = index["name"]
            columns = await self._texts(f'SELECT name FROM pragma_index_info("{name}")')
            alone = len(columns) == 1 and not index["partial"]
            if (
                index["origin"] == "pk"
                or not dropped.isdisjoint(columns)
                or (alone and (columns[0] in unindexed or (index["unique"] and columns[0])))
            ):
                continue
            if index["origin"] == "u":
                made = self._generate_index_name("uid", model, columns)
                listed = ", ".join(self.quote(column) for column in columns)
                statements.append(f'CREATE UNIQUE INDEX "{made}" ON "{table}" ({listed})')
            else:
                statements += await self._texts(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
        return statements

    async def _texts(self, query: str) -> list[str]:
        return [next(iter(row.values())) for row in await self.client.execute_query_dict(query)]


def _column(field: Field[Any]) -> str:
    return field.source_field or field.model_field_name
