"""Cases that are part of another, and links between cases."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from gql.enums import CaseLinkKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0011_incidents')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CaseLink',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.RESTRICT)),
                ('to_case', fields.ForeignKeyField('models.Case', source_field='to_case_id', db_constraint=True, to_field='id', related_name='linked_from', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='RELATED: RELATED\nDUPLICATES: DUPLICATES\nDUPLICATED_BY: DUPLICATED_BY\nCAUSED_BY: CAUSED_BY\nCAUSES: CAUSES\nBLOCKED_BY: BLOCKED_BY\nBLOCKS: BLOCKS\nSPLIT_FROM: SPLIT_FROM\nSPLIT_INTO: SPLIT_INTO', enum_type=CaseLinkKind, max_length=32)),
            ],
            options={'table': 'case_link', 'app': 'models', 'unique_together': [('case_id', 'to_case_id', 'kind')], 'pk_attr': 'id', 'table_description': "One side of a link between two cases; the other side is a row of its own. Staff's alone."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Case',
            name='parent',
            field=fields.ForeignKeyField('models.Case', source_field='parent_id', null=True, db_constraint=True, to_field='id', related_name='children', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddIndex(
            model_name='Case',
            index=Index(fields=['parent_id', 'registered_at', 'id']),
        ),
    ]
