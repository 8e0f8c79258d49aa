"""What a client draws of a status: captions, and whether the page is left; and the closure code it brings along."""

from __future__ import annotations

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

CAPTIONS = {
    # code of a shipped status: what its button says, what it is for
    "NEW": ("", "Registered, and nobody works on it yet."),
    "IN_PROGRESS": ("Start work", "Someone works on it."),
    "WAITING": ("Put on hold", "Work waits for an answer."),
    "RESOLVED": ("Resolve", "The resolution is with the customer, who may answer."),
    "REOPENED": ("Reopen", "It came back, and waits for someone to work on it."),
    "CLOSED": ("Close", "Ended; nothing follows."),
    "CANCELED": ("Cancel", "Ended without an answer; nothing follows."),
}


async def caption(apps: Any, editor: Any) -> None:
    for code, (said, meaning) in CAPTIONS.items():
        for row in await apps.get_model("models.CaseStatus").filter(code=code).using_db(editor.client):
            row.button_caption = said
            row.description = row.description or meaning
            await row.save(using_db=editor.client, update_fields=["button_caption", "description"])


class Migration(migrations.Migration):
    dependencies = [("models", "0002_log_and_lists")]

    operations = [
        ops.AddField(
            model_name="CaseStatus",
            name="button_caption",
            field=fields.CharField(default="", db_default="", max_length=250),
        ),
        ops.AddField(
            model_name="CaseStatus", name="close_on_save", field=fields.BooleanField(default=False, db_default=False)
        ),
        ops.AddField(
            model_name="CaseStatus",
            name="default_closure_code",
            field=fields.ForeignKeyField(
                "models.ClosureCode",
                source_field="default_closure_code_id",
                null=True,
                db_constraint=True,
                to_field="id",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.RunPython(caption, reverse_code=ops.RunPython.noop),
    ]
