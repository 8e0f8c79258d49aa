"""The tables that every desk begins with."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.enums import Audience, CaseOrigin, CasePriority, NotificationReason, Role
from gql.store.fields import UtcDatetimeField
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=250)),
                ('name_key', fields.CharField(max_length=250)),
                ('words', fields.TextField(default='', unique=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'account', 'app': 'models', 'indexes': [Index(fields=['name_key', 'id'])], 'pk_attr': 'id', 'table_description': 'An organisation that is a customer.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CaseCategory',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(max_length=250)),
                ('description', fields.TextField(default='', unique=False)),
                ('position', fields.SmallIntField()),
                ('in_use', fields.BooleanField(default=True)),
            ],
            options={'table': 'case_category', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Incident, service request, or another kind the administrator added (R-12, R-13).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CaseCounter',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('given_out', fields.BigIntField(default=0)),
            ],
            options={'table': 'case_counter', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The one row that holds the last case number given out (R-8).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CaseStatus',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(max_length=250)),
                ('description', fields.TextField(default='', unique=False)),
                ('position', fields.SmallIntField()),
                ('is_active', fields.BooleanField(default=False)),
                ('is_final', fields.BooleanField(default=False)),
                ('is_resolved', fields.BooleanField(default=False)),
                ('is_paused', fields.BooleanField(default=False)),
                ('next_ids', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('in_use', fields.BooleanField(default=True)),
            ],
            options={'table': 'case_status', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A stage of a case. Code reads the flags; at most one of paused, resolved and final is set (R-24).'},
            bases=['Model'],
        ),
        # Tortoise leaves out the constraints of a model that it creates
        ops.AddConstraint('CaseStatus', CheckConstraint(check='CASE WHEN is_paused THEN 1 ELSE 0 END + CASE WHEN is_resolved THEN 1 ELSE 0 END + CASE WHEN is_final THEN 1 ELSE 0 END <= 1', name='case_status_one_flag')),
        ops.CreateModel(
            name='ClosureCode',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=250)),
                ('position', fields.SmallIntField()),
                ('in_use', fields.BooleanField(default=True)),
            ],
            options={'table': 'closure_code', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Why a case ended.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Contact',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=250)),
                ('name_key', fields.CharField(max_length=250)),
                ('email', fields.CharField(null=True, max_length=250)),
                ('phone', fields.CharField(null=True, max_length=250)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('words', fields.TextField(default='', unique=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'contact', 'app': 'models', 'indexes': [Index(fields=['name_key', 'id']), Index(fields=['account_id', 'name_key', 'id'])], 'pk_attr': 'id', 'table_description': 'A person at a customer.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeskSetting',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('value', fields.TextField(unique=False)),
            ],
            options={'table': 'desk_setting', 'app': 'models', 'pk_attr': 'code', 'table_description': "A setting of the desk itself, by its code; the administrator's, not the operator's."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LogState',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('epoch', fields.CharField(max_length=32)),
                ('fingerprint', fields.CharField(max_length=250)),
                ('secret', fields.CharField(max_length=128)),
            ],
            options={'table': 'log_state', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The one row about the log itself.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='User',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=250)),
                ('name_key', fields.CharField(max_length=250)),
                ('email', fields.CharField(null=True, max_length=250)),
                ('role', fields.CharEnumField(description='AGENT: AGENT\nSUPERVISOR: SUPERVISOR\nADMINISTRATOR: ADMINISTRATOR', enum_type=Role, max_length=32)),
                ('time_zone', fields.CharField(default='', max_length=64)),
                ('active', fields.BooleanField(default=True)),
                ('words', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'desk_user', 'app': 'models', 'indexes': [Index(fields=['name_key', 'id'])], 'pk_attr': 'id', 'table_description': 'An employee who works at the desk.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Group',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=250)),
                ('members', fields.ManyToManyField('models.User', unique=True, db_constraint=True, through='group_member', forward_key='user_id', backward_key='group_id', related_name='groups', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'desk_group', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Colleagues who can be given a case together.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Login',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=250)),
                ('password_hash', fields.CharField(max_length=250)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('contact', fields.ForeignKeyField('models.Contact', source_field='contact_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('active', fields.BooleanField(default=True)),
                ('generation', fields.IntField(default=1)),
            ],
            options={'table': 'login', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A way in: a unique name and a password, for one employee or one contact.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EndedToken',
            fields=[
                ('token', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('login', fields.ForeignKeyField('models.Login', source_field='login_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('expires_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ended_token', 'app': 'models', 'indexes': [Index(fields=['expires_at'])], 'pk_attr': 'token', 'table_description': 'A token that was signed out before its time; kept until it would have expired.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Request',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('login', fields.ForeignKeyField('models.Login', source_field='login_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('mutation', fields.CharField(max_length=64)),
                ('key', fields.CharField(max_length=255)),
                ('digest', fields.CharField(max_length=64)),
                ('object_id', fields.BigIntField(null=True)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'request', 'app': 'models', 'unique_together': [('login_id', 'mutation', 'key')], 'indexes': [Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'One `requestId` of a login on one mutation, and the object that came of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupportLine',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=250)),
                ('level', fields.SmallIntField(unique=True)),
                ('groups', fields.ManyToManyField('models.Group', unique=True, db_constraint=True, through='support_line_group', forward_key='group_id', backward_key='line_id', related_name='support_lines', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'support_line', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A step of the desk: first line, second line, and up.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Case',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=520)),
                ('subject', fields.CharField(max_length=500)),
                ('description', fields.TextField(null=True, unique=False)),
                ('status', fields.ForeignKeyField('models.CaseStatus', source_field='status_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('priority', fields.IntEnumField(description='LOW: 1\nMEDIUM: 2\nHIGH: 3\nCRITICAL: 4', enum_type=CasePriority, generated=False)),
                ('category', fields.ForeignKeyField('models.CaseCategory', source_field='category_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('origin', fields.CharEnumField(description='CALL: CALL\nEMAIL: EMAIL\nPORTAL: PORTAL\nCHAT: CHAT\nWEB: WEB\nAPI: API', enum_type=CaseOrigin, max_length=32)),
                ('contact', fields.ForeignKeyField('models.Contact', source_field='contact_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('assignee', fields.ForeignKeyField('models.User', source_field='assignee_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('assignee_group', fields.ForeignKeyField('models.Group', source_field='assignee_group_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('support_line', fields.ForeignKeyField('models.SupportLine', source_field='support_line_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('resolution', fields.TextField(null=True, unique=False)),
                ('closure_code', fields.ForeignKeyField('models.ClosureCode', source_field='closure_code_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('resolved_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('registered_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
                ('customer_changed_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('customer_version', fields.IntField(default=1)),
                ('words', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'desk_case', 'app': 'models', 'indexes': [Index(fields=['registered_at', 'id']), Index(fields=['changed_at', 'id']), Index(fields=['priority', 'id']), Index(fields=['assignee_id', 'registered_at', 'id']), Index(fields=['contact_id', 'registered_at', 'id']), Index(fields=['account_id', 'registered_at', 'id'])], 'pk_attr': 'id', 'table_description': 'A request or an incident that the desk answers for.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CaseWatch',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('contact', fields.ForeignKeyField('models.Contact', source_field='contact_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'case_watch', 'app': 'models', 'unique_together': [('case_id', 'user_id'), ('case_id', 'contact_id')], 'pk_attr': 'id', 'table_description': 'An employee or a contact hears of everything that happens to a case.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FeedPost',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('body', fields.TextField(unique=False)),
                ('mentions', fields.ManyToManyField('models.User', unique=True, db_constraint=True, through='feed_post_mention', forward_key='user_id', backward_key='post_id', related_name='mentioned_in', on_delete=OnDelete.CASCADE)),
                ('words', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'feed_post', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id'])], 'pk_attr': 'id', 'table_description': 'An internal post in the case feed. No customer ever sees one, by no action.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PortalMessage',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('body', fields.TextField(unique=False)),
                ('words', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'portal_message', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A message on the customer portal, from the desk or from the customer.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Entry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=64)),
                ('audience', fields.CharEnumField(description='STAFF: STAFF\nCUSTOMER: CUSTOMER', enum_type=Audience, max_length=16)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('actor_user', fields.ForeignKeyField('models.User', source_field='actor_user_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('actor_contact', fields.ForeignKeyField('models.Contact', source_field='actor_contact_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('actor_name', fields.CharField(null=True, max_length=250)),
                ('payload', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('was', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('feed_post', fields.ForeignKeyField('models.FeedPost', source_field='feed_post_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('portal_message', fields.ForeignKeyField('models.PortalMessage', source_field='portal_message_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'entry', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id'])], 'pk_attr': 'id', 'table_description': 'One thing that happened; never rewritten. Its id is its position in the log (`log_order`).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Notification',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry', fields.ForeignKeyField('models.Entry', source_field='entry_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('contact', fields.ForeignKeyField('models.Contact', source_field='contact_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharEnumField(description='MENTIONED: MENTIONED\nASSIGNED: ASSIGNED\nGROUP_ASSIGNED: GROUP_ASSIGNED\nCUSTOMER_REPLIED: CUSTOMER_REPLIED\nWATCHING: WATCHING', enum_type=NotificationReason, max_length=32)),
                ('read_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notification', 'app': 'models', 'indexes': [Index(fields=['user_id', 'entry_id']), Index(fields=['contact_id', 'entry_id']), Index(fields=['entry_id'])], 'pk_attr': 'id', 'table_description': 'A word to one employee or contact about an entry that concerns them.'},
            bases=['Model'],
        ),
    ]
