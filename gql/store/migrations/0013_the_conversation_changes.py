"""Posts are liked and commented on; posts and messages are edited, removed and hidden, and what they said is kept."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.enums import Audience
from gql.store.fields import UtcDatetimeField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0012_parents_and_links')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FormerText',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('feed_post', fields.ForeignKeyField('models.FeedPost', source_field='feed_post_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('portal_message', fields.ForeignKeyField('models.PortalMessage', source_field='portal_message_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('body', fields.TextField(unique=False)),
            ],
            options={'table': 'former_text', 'app': 'models', 'pk_attr': 'id', 'table_description': 'What a post or a message said before it was edited or removed: the trace that is kept (R-71).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Entry',
            name='about',
            field=fields.ForeignKeyField('models.Entry', source_field='about_id', null=True, db_constraint=True, to_field='id', related_name='followed_by', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Entry',
            name='former',
            field=fields.ForeignKeyField('models.FormerText', source_field='former_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Entry',
            name='likes',
            field=fields.ManyToManyField('models.User', unique=True, db_constraint=True, through='feed_post_like', forward_key='user_id', backward_key='entry_id', related_name='liked', on_delete=OnDelete.CASCADE),
        ),
        ops.AddIndex(
            model_name='Entry',
            index=Index(fields=['about_id']),
        ),
        ops.AddField(
            model_name='FeedPost',
            name='edited_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='FeedPost',
            name='like_count',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='FeedPost',
            name='removed_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='PortalMessage',
            name='audience',
            field=fields.CharEnumField(default=Audience.CUSTOMER, description='STAFF: STAFF\nCUSTOMER: CUSTOMER', db_default='CUSTOMER', enum_type=Audience, max_length=16),
        ),
        ops.AddField(
            model_name='PortalMessage',
            name='edited_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='PortalMessage',
            name='removed_at',
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
