"""When a case was last brought back, which the log knows of those that are there; and indexes that figures are counted by."""

from __future__ import annotations

from typing import Any

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from gql.store.fields import UtcDatetimeField

AT_ONCE = 10_000


async def recall(apps: Any, editor: Any) -> None:
    statuses = apps.get_model("models.CaseStatus").filter(code="REOPENED").using_db(editor.client)
    reopened = {status.id for status in await statuses}
    cases, entries = apps.get_model("models.Case"), apps.get_model("models.Entry")
    last: dict[int, Any] = {}
    position = 0
    while True:
        changes = entries.filter(kind="CaseStatusChanged", id__gt=position).order_by("id").limit(AT_ONCE)
        rows = await changes.using_db(editor.client).values_list("id", "case_id", "at", "payload")
        last.update({case_id: at for _, case_id, at, payload in rows if payload["to"]["id"] in reopened})
        if len(rows) < AT_ONCE:
            break
        position = rows[-1][0]
    for case_id, at in last.items():
        await cases.filter(id=case_id).using_db(editor.client).update(reopened_at=at)


class Migration(migrations.Migration):
    dependencies = [("models", "0014_clock")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Case",
            name="reopened_at",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(model_name="Case", index=Index(fields=["status_id", "category_id", "assignee_id"])),
        ops.AddIndex(model_name="Case", index=Index(fields=["resolved_at"])),
        ops.AddIndex(model_name="Case", index=Index(fields=["reopened_at"])),
        ops.AddIndex(model_name="Case", index=Index(fields=["rated_at"])),
        ops.RunPython(recall, reverse_code=ops.RunPython.noop),
    ]
