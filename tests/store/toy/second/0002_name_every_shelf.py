from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [
        ops.AlterField(model_name="Shelf", name="name", field=fields.CharField(default="", max_length=120)),
        ops.AlterField(model_name="Shelf", name="height", field=fields.IntField(default=0)),
        ops.AlterField(model_name="Book", name="title", field=fields.CharField(max_length=80, db_index=True)),
    ]
