"""Which other case an entry tells of, so that no customer hears of one that he does not see."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0021_versions_of_lists')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Entry',
            name='other_case',
            field=fields.ForeignKeyField('models.Case', source_field='other_case_id', null=True, db_constraint=True, to_field='id', related_name='named_in', on_delete=OnDelete.RESTRICT),
        ),
    ]
