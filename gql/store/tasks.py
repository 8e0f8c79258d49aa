"""What is to be done about a case besides the case itself."""

from __future__ import annotations

from datetime import UTC, datetime

from tortoise import fields
from tortoise.expressions import Q
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import TaskStatus
from gql.store.cases import Case, of_cases_seen_by_staff
from gql.store.fields import UtcDatetimeField
from gql.store.people import User

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a task falls due that has no date: after all others."""


class Task(Model):
    """A piece of work on a case that an employee owns. No customer ever sees one."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", on_delete=fields.RESTRICT)
    case_id: int
    title = fields.CharField(500)
    description: str | None = fields.TextField(null=True)
    owner: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    owner_id: int | None
    """Null where the owner was deactivated and nobody has been named since (R-205)."""
    due_at: datetime | None = UtcDatetimeField(null=True)
    due_key: datetime = UtcDatetimeField()
    """What tasks are ordered by: when they are due, or NEVER."""
    status = fields.CharEnumField(TaskStatus, max_length=16)
    result: str | None = fields.TextField(null=True)
    is_incident_task = fields.BooleanField(default=False)
    """Whether the desk itself gave it to the assignee, and ends it (R-50, R-51)."""
    created_at: datetime = UtcDatetimeField()
    ended_at: datetime | None = UtcDatetimeField(null=True)
    version = fields.IntField(default=1)
    words = fields.TextField(default="")

    class Meta:
        table = "task"
        indexes = [
            Index(fields=("case_id", "due_key", "id")),
            Index(fields=("owner_id", "status", "due_key", "id")),
            Index(fields=("due_key", "id")),
        ]
        constraints = [
            UniqueConstraint(
                fields=("case_id", "owner_id"),
                name="task_one_open_incident_task",
                condition="is_incident_task AND status = 'OPEN'",
            )
        ]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return of_cases_seen_by_staff(actor)
