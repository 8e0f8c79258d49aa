"""Telephone calls, and the form in which telephone numbers of contacts are compared."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

from gql.store.phones import phone_key


async def compare_numbers(apps: Any, editor: Any) -> None:
    contact = apps.get_model("models.Contact")
    rows = await contact.filter(phone__isnull=False).using_db(editor.client)
    for row in rows:
        row.phone_key = phone_key(row.phone, "")
    if rows:
        await contact.bulk_update(rows, ["phone_key"], batch_size=1_000, using_db=editor.client)


class Migration(migrations.Migration):
    dependencies = [('models', '0016_erased_contacts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Call',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('result', fields.TextField(unique=False)),
                ('notes', fields.TextField(null=True, unique=False)),
                ('words', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'call', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id'])], 'pk_attr': 'id', 'table_description': 'What an employee noted of a call; when and with whom stands in its entry. No customer ever sees one.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Contact',
            name='phone_key',
            field=fields.CharField(null=True, db_index=True, max_length=32),
        ),
        ops.AddField(
            model_name='Entry',
            name='call',
            field=fields.ForeignKeyField('models.Call', source_field='call_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT),
        ),
        ops.RunPython(compare_numbers, reverse_code=ops.RunPython.noop),
    ]
