"""Customers are told of their own cases; logins are found by their contact."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.enums import NotificationReason
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_satisfaction_levels')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Login',
            index=Index(fields=['contact_id']),
        ),
        ops.AlterField(
            model_name='Notification',
            name='reason',
            field=fields.CharEnumField(description='MENTIONED: MENTIONED\nASSIGNED: ASSIGNED\nGROUP_ASSIGNED: GROUP_ASSIGNED\nCUSTOMER_REPLIED: CUSTOMER_REPLIED\nOWN_CASE: OWN_CASE\nWATCHING: WATCHING', enum_type=NotificationReason, max_length=32),
        ),
    ]
