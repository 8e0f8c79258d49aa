"""The customer's grade on a case."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.store.fields import UtcDatetimeField
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0009_portal_roles')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Case',
            name='rated_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Case',
            name='satisfaction_comment',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Case',
            name='satisfaction_level',
            field=fields.ForeignKeyField('models.SatisfactionLevel', source_field='satisfaction_level_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT),
        ),
    ]

