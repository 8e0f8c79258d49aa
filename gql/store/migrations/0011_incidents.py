"""Which categories are of incidents."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

async def flag_incidents(apps: Any, editor: Any) -> None:
    await apps.get_model("models.CaseCategory").filter(code="INCIDENT").using_db(editor.client).update(is_incident=True)


class Migration(migrations.Migration):
    dependencies = [('models', '0010_rate_cases')]

    initial = False

    operations = [
        ops.AddField(
            model_name='CaseCategory',
            name='is_incident',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunPython(flag_incidents, reverse_code=ops.RunPython.noop),
    ]
