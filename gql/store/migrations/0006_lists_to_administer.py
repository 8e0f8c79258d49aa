"""Closure codes have codes for programs, lines and groups can be retired, and only settings that were set are kept."""

from __future__ import annotations

import json
from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

SHIPPED = {
    "Resolved successfully": "RESOLVED_SUCCESSFULLY",
    "Workaround given": "WORKAROUND_GIVEN",
    "Information provided": "INFORMATION_PROVIDED",
    "No fault found": "NO_FAULT_FOUND",
    "Created by mistake": "CREATED_BY_MISTAKE",
    "No longer relevant": "NO_LONGER_RELEVANT",
    "Not covered by the agreement": "NOT_COVERED_BY_THE_AGREEMENT",
}

WRITTEN = {
    # settings that were written when the desk was made: they have these values by themselves
    "CaseCodeMask": "SR{0:00000000}",
    "CaseStatusDef": "NEW",
    "CasePriorityDef": "MEDIUM",
    "CaseOriginDef": "CALL",
    "PortalCaseOriginDef": "PORTAL",
    "CaseCategoryDef": "INCIDENT",
    "CaseServiceLevelDef": 1,
    "CaseClosureCodeDef": "RESOLVED_SUCCESSFULLY",
    "CustomerCancelClosureCode": "NO_LONGER_RELEVANT",
    "ClearAssigneeOnCaseReopening": True,
    "DefaultTimeZone": "",
    "AgentSight": "ALL",
}


async def name_by_codes(apps: Any, editor: Any) -> None:
    db = editor.client
    codes = {}
    for row in await apps.get_model("models.ClosureCode").all(using_db=db):
        row.code = codes[row.name] = SHIPPED.get(row.name, f"CODE_{row.id}")
        await row.save(using_db=db, update_fields=["code"])
    for row in await apps.get_model("models.DeskSetting").all(using_db=db):
        value = json.loads(row.value)
        if row.code in ("CaseClosureCodeDef", "CustomerCancelClosureCode"):
            value = codes[value]
            row.value = json.dumps(value)
            await row.save(using_db=db, update_fields=["value"])
        if WRITTEN.get(row.code) == value:
            await row.delete(using_db=db)


class Migration(migrations.Migration):
    dependencies = [("models", "0005_customers_are_told")]

    operations = [
        ops.AddField(model_name="ClosureCode", name="code", field=fields.CharField(null=True, max_length=64)),
        ops.RunPython(name_by_codes, reverse_code=ops.RunPython.noop),
        ops.AlterField(model_name="ClosureCode", name="code", field=fields.CharField(unique=True, max_length=64)),
        ops.AddField(
            model_name="Group", name="in_use", field=fields.BooleanField(default=True, db_default=True)
        ),
        ops.AddField(
            model_name="SupportLine", name="in_use", field=fields.BooleanField(default=True, db_default=True)
        ),
    ]
