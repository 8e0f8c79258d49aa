"""Contacts can be erased."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.store.fields import UtcDatetimeField

class Migration(migrations.Migration):
    dependencies = [('models', '0015_dashboard')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Contact',
            name='erased_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
