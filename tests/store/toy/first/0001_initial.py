from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from gql.store.fields import UtcDatetimeField


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Shelf",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(null=True, max_length=80)),
                ("room", fields.CharField(default="", max_length=20)),
                ("height", fields.IntField(default=0, db_index=True)),
            ],
            options={
                "table": "toy_shelf",
                "app": "models",
                "unique_together": [("room", "name")],
                "indexes": [Index(fields=["height", "id"]), Index(fields=["room"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Book",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("shelf", fields.ForeignKeyField("models.Shelf", source_field="shelf_id", on_delete=OnDelete.CASCADE)),
                (
                    "guests_on",
                    fields.ManyToManyField(
                        "models.Shelf",
                        through="toy_guest",
                        forward_key="shelf_id",
                        backward_key="toy_book_id",
                        related_name="guests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("title", fields.CharField(max_length=80)),
                ("bound", fields.BooleanField(default=True)),
                ("notes", fields.JSONField(default=dict)),
                ("at", UtcDatetimeField(null=True)),
            ],
            options={"table": "toy_book", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
