"""The grades that customers can give."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

LEVELS = [
    # points, name, colour, code of the status that follows
    (1, "Extremely poor", "#b3261e", "REOPENED"),
    (2, "Poor", "#d9730d", "REOPENED"),
    (3, "Neutral", "#c9a400", "CLOSED"),
    (4, "Good", "#6a994e", "CLOSED"),
    (5, "Excellent", "#2d7d46", "CLOSED"),
]


async def fill_the_scale(apps: Any, editor: Any) -> None:
    db = editor.client
    level, status = apps.get_model("models.SatisfactionLevel"), apps.get_model("models.CaseStatus")
    for points, name, colour, code in LEVELS:
        after = await status.all(using_db=db).get(code=code)
        row = level(name=name, points=points, colour=colour, status_after_id=after.id)
        await row.save(using_db=db, force_create=True)


class Migration(migrations.Migration):
    dependencies = [('models', '0003_status_buttons')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SatisfactionLevel',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=250)),
                ('points', fields.SmallIntField()),
                ('colour', fields.CharField(null=True, max_length=7)),
                ('status_after', fields.ForeignKeyField('models.CaseStatus', source_field='status_after_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('in_use', fields.BooleanField(default=True)),
            ],
            options={'table': 'satisfaction_level', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A grade that customers can give, and the status it leads to; retired, never deleted (R-86, R-87).'},
            bases=['Model'],
        ),
        ops.RunPython(fill_the_scale, reverse_code=ops.RunPython.noop),
    ]
