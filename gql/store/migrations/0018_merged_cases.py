"""Cases that were merged, and the histories that they share."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

async def show_each_in_its_own(apps: Any, editor: Any) -> None:
    await editor.client.execute_query("UPDATE entry SET thread_id = case_id")


async def add_closure_code(apps: Any, editor: Any) -> None:
    await editor.client.execute_query(
        "INSERT INTO closure_code (code, name, position, in_use) "
        "SELECT 'MERGED', 'Merged with another case', (SELECT coalesce(max(position), 0) + 1 FROM closure_code), TRUE "
        "WHERE NOT EXISTS (SELECT 1 FROM closure_code WHERE code = 'MERGED' OR name = 'Merged with another case')"
    )


class Migration(migrations.Migration):
    dependencies = [("models", "0017_calls")]

    initial = False

    operations = [
        ops.AddField(
            model_name='Case',
            name='merged_into',
            field=fields.ForeignKeyField('models.Case', source_field='merged_into_id', null=True, db_constraint=True, to_field='id', related_name='merged', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Case',
            name='thread_id',
            field=fields.IntField(null=True, db_index=True),
        ),
        ops.RemoveIndex(
            model_name='Entry',
            name=None,
            fields=['case_id', 'id'],
        ),
        ops.AlterModelOptions(
            name='Entry',
            options={'table': 'entry', 'app': 'models', 'indexes': [Index(fields=['thread_id', 'id']), Index(fields=['about_id'])], 'pk_attr': 'id', 'table_description': 'One thing that happened; never rewritten, but for where it is shown. Its id is its position in the log'},
        ),
        ops.AddField(
            model_name='Entry',
            name='also_on',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Entry',
            name='thread_id',
            field=fields.IntField(null=True),
        ),
        ops.RunPython(show_each_in_its_own, reverse_code=ops.RunPython.noop),
        ops.RunPython(add_closure_code, reverse_code=ops.RunPython.noop),
        ops.AddIndex(
            model_name='Entry',
            index=Index(fields=['thread_id', 'id']),
        ),
    ]
