from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


async def fill(apps: Any, editor: Any) -> None:
    await apps.get_model("models.Shelf")(name="first").save(using_db=editor.client, force_create=True)


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Shelf",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(default="", max_length=120)),
                ("room", fields.CharField(default="", max_length=20)),
            ],
            options={"table": "toy_shelf", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.RunPython(fill, reverse_code=ops.RunPython.noop),
    ]
