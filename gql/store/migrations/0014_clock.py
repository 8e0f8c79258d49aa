"""What waits for time: when it is due, and which cases are closed by the desk itself."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.store.fields import UtcDatetimeField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0013_the_conversation_changes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Job',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('due_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('holder', fields.CharField(null=True, max_length=32)),
                ('leased_until', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'job', 'app': 'models', 'pk_attr': 'name', 'table_description': 'One thing that the desk does by itself, again and again.'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='Case',
            index=Index(fields=['status_id', 'resolved_at', 'id']),
        ),
    ]
