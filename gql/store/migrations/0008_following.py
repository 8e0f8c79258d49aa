"""What people want to be told of, when they are away, and who is told in their place."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.store.fields import UtcDatetimeField
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0007_tasks')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OutOfOffice',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('from_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('until_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('replacement', fields.ForeignKeyField('models.User', source_field='replacement_id', null=True, db_constraint=True, to_field='id', related_name='stands_in', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'out_of_office', 'app': 'models', 'pk_attr': 'id', 'table_description': 'When an employee is away, and who stands in meanwhile.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Contact',
            name='notification_preferences',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Notification',
            name='in_place_of',
            field=fields.ForeignKeyField('models.User', source_field='in_place_of_id', null=True, db_constraint=True, to_field='id', related_name='notifications_passed_on', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='User',
            name='notification_preferences',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='User',
            name='out_of_office',
            field=fields.ForeignKeyField('models.OutOfOffice', source_field='out_of_office_id', null=True, db_constraint=True, to_field='id', related_name='absentees', on_delete=OnDelete.RESTRICT),
        ),
    ]
