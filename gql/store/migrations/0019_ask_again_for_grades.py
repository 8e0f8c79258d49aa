"""When the desk asked again for the grade of a case, and why its customer is told."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.enums import NotificationReason
from gql.store.fields import UtcDatetimeField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0018_merged_cases')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Case',
            name='rating_requested_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name='Notification',
            name='reason',
            field=fields.CharEnumField(description='MENTIONED: MENTIONED\nASSIGNED: ASSIGNED\nGROUP_ASSIGNED: GROUP_ASSIGNED\nTASK_ASSIGNED: TASK_ASSIGNED\nCUSTOMER_REPLIED: CUSTOMER_REPLIED\nRATING_REQUESTED: RATING_REQUESTED\nOWN_CASE: OWN_CASE\nWATCHING: WATCHING', enum_type=NotificationReason, max_length=32),
        ),
    ]
