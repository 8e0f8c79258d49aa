"""Tasks on cases, and where the history tells of them."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.enums import NotificationReason, TaskStatus
from gql.store.fields import UtcDatetimeField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0006_lists_to_administer')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Task',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('title', fields.CharField(max_length=500)),
                ('description', fields.TextField(null=True, unique=False)),
                ('owner', fields.ForeignKeyField('models.User', source_field='owner_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('due_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_key', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('status', fields.CharEnumField(description='OPEN: OPEN\nDONE: DONE\nCANCELED: CANCELED', enum_type=TaskStatus, max_length=16)),
                ('result', fields.TextField(null=True, unique=False)),
                ('is_incident_task', fields.BooleanField(default=False)),
                ('created_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
                ('words', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'task', 'app': 'models', 'constraints': [UniqueConstraint(fields=('case_id', 'owner_id'), name='task_one_open_incident_task', condition="is_incident_task AND status = 'OPEN'")], 'indexes': [Index(fields=['case_id', 'due_key', 'id']), Index(fields=['owner_id', 'status', 'due_key', 'id']), Index(fields=['due_key', 'id'])], 'pk_attr': 'id', 'table_description': 'A piece of work on a case that an employee owns. No customer ever sees one.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Entry',
            name='task',
            field=fields.ForeignKeyField('models.Task', source_field='task_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT),
        ),
        ops.AlterField(
            model_name='Notification',
            name='reason',
            field=fields.CharEnumField(description='MENTIONED: MENTIONED\nASSIGNED: ASSIGNED\nGROUP_ASSIGNED: GROUP_ASSIGNED\nTASK_ASSIGNED: TASK_ASSIGNED\nCUSTOMER_REPLIED: CUSTOMER_REPLIED\nOWN_CASE: OWN_CASE\nWATCHING: WATCHING', enum_type=NotificationReason, max_length=32),
        ),
    ]
