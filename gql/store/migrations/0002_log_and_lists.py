"""The order of the log (PostgreSQL), and the rows that every desk begins with."""

from __future__ import annotations

import json
import secrets
from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

# How these keep a reader by position from missing a late commit is told in gql/store/log_order.py.
LOG_ORDER = [
    """
    CREATE FUNCTION log_top() RETURNS bigint LANGUAGE sql VOLATILE AS
      $$ SELECT last_value - (NOT is_called)::int FROM entry_id_seq $$
    """,
    """
    CREATE FUNCTION log_next() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      IF current_setting('caseline.log_open', true) IS DISTINCT FROM '1' THEN      -- once a transaction
        PERFORM pg_advisory_xact_lock_shared((7077::bigint << 48) + log_top());   -- all I shall write is above this
        PERFORM set_config('caseline.log_open', '1', true);
      END IF;
      RETURN nextval('entry_id_seq');                                             -- only after the lock
    END $$
    """,
    """
    CREATE FUNCTION log_horizon() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
    DECLARE top bigint; low bigint;
    BEGIN
      IF pg_is_in_recovery() THEN RAISE 'the log is read on the primary'; END IF;
      top := log_top();                                                           -- first the top,
      SELECT min(((classid::bigint & 65535) << 32) + objid::bigint) INTO low      -- then who is in flight
        FROM pg_locks
       WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = 7077 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
      RETURN least(top, coalesce(low, top));
    END $$
    """,
    "ALTER SEQUENCE entry_id_seq AS bigint CACHE 1 NO CYCLE",
    "ALTER TABLE entry ALTER COLUMN id SET DEFAULT log_next()",
]

# names are ordered by code points, as SQLite does, whatever the server's language
NAME_ORDER = [
    f'ALTER TABLE {table} ALTER COLUMN name_key TYPE varchar(250) COLLATE "C"'
    for table in ("account", "contact", "desk_user")
]

STATUSES = [
    # code, name, flag, codes of the statuses that may follow
    ("NEW", "New", "is_active", ("IN_PROGRESS", "WAITING", "RESOLVED", "CANCELED")),
    ("IN_PROGRESS", "In progress", "is_active", ("WAITING", "RESOLVED", "CANCELED")),
    ("WAITING", "Waiting for response", "is_paused", ("IN_PROGRESS", "REOPENED", "RESOLVED", "CLOSED", "CANCELED")),
    ("RESOLVED", "Resolved", "is_resolved", ("CLOSED", "REOPENED", "IN_PROGRESS")),
    ("REOPENED", "Reopened", "is_active", ("IN_PROGRESS", "WAITING", "RESOLVED", "CANCELED")),
    ("CLOSED", "Closed", "is_final", ()),
    ("CANCELED", "Canceled", "is_final", ()),
]

CATEGORIES = [
    ("INCIDENT", "Incident", "An unplanned disturbance, or a loss of quality."),
    ("SERVICE_REQUEST", "Service request", "Something that is part of normal service operation."),
    ("CONSULTATION", "Consultation", "A question about products and services."),
]

CLOSURE_CODES = [
    "Resolved successfully",
    "Workaround given",
    "Information provided",
    "No fault found",
    "Created by mistake",
    "No longer relevant",
    "Not covered by the agreement",
]

LINES = ["First line", "Second line", "Third line"]

SETTINGS: dict[str, Any] = {
    "CaseCodeMask": "SR{0:00000000}",
    "CaseStatusDef": "NEW",
    "CasePriorityDef": "MEDIUM",
    "CaseOriginDef": "CALL",
    "PortalCaseOriginDef": "PORTAL",
    "CaseCategoryDef": "INCIDENT",
    "CaseServiceLevelDef": 1,
    "CaseClosureCodeDef": "Resolved successfully",
    "CustomerCancelClosureCode": "No longer relevant",
    "ClearAssigneeOnCaseReopening": True,
    "DefaultTimeZone": "",
    "AgentSight": "ALL",
}


async def order_the_log(apps: Any, editor: Any) -> None:
    if editor.client.capabilities.dialect == "postgres":
        for statement in LOG_ORDER + NAME_ORDER:
            await editor.client.execute_script(statement)


async def fill_the_lists(apps: Any, editor: Any) -> None:
    db = editor.client

    async def add(model: str, **values: Any) -> Any:
        row = apps.get_model(f"models.{model}")(**values)
        await row.save(using_db=db, force_create=True)
        return row

    await add("LogState", id=1, epoch="", fingerprint="", secret=secrets.token_hex(32))
    await add("CaseCounter", id=1, given_out=0)
    statuses = {}
    for position, (code, name, flag, _) in enumerate(STATUSES, 1):
        statuses[code] = await add("CaseStatus", code=code, name=name, position=position, **{flag: True})
    for code, _, _, following in STATUSES:
        statuses[code].next_ids = [statuses[next_code].id for next_code in following]
        await statuses[code].save(using_db=db, update_fields=["next_ids"])
    for position, (code, name, description) in enumerate(CATEGORIES, 1):
        await add("CaseCategory", code=code, name=name, description=description, position=position)
    for position, name in enumerate(CLOSURE_CODES, 1):
        await add("ClosureCode", name=name, position=position)
    for level, name in enumerate(LINES, 1):
        group = await add("Group", name=name)
        line = await add("SupportLine", name=name, level=level)
        await db.execute_query(
            f"INSERT INTO support_line_group (line_id, group_id) VALUES ({line.id}, {group.id})"
        )
    for code, value in SETTINGS.items():
        await add("DeskSetting", code=code, value=json.dumps(value))


class Migration(migrations.Migration):
    dependencies = [("models", "0001_tables")]

    operations = [
        ops.RunPython(order_the_log, reverse_code=ops.RunPython.noop),
        ops.RunPython(fill_the_lists, reverse_code=ops.RunPython.noop),
    ]
