"""Cases and who watches them."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.expressions import Q
from tortoise.indexes import Index
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import CaseOrigin, CasePriority
from gql.store.fields import UtcDatetimeField
from gql.store.lookups import CaseCategory, CaseStatus, ClosureCode, SupportLine
from gql.store.people import Account, Contact, Group, User

LONGEST_NUMBER = 520
"""A mask and the digits in it."""


class Case(Model):
    """A request or an incident that the desk answers for."""

    id = fields.IntField(primary_key=True)
    number = fields.CharField(LONGEST_NUMBER, unique=True)
    subject = fields.CharField(500)
    description: str | None = fields.TextField(null=True)
    status: fields.ForeignKeyRelation[CaseStatus] = fields.ForeignKeyField(
        "models.CaseStatus", on_delete=fields.RESTRICT
    )
    status_id: int
    priority = fields.IntEnumField(CasePriority)
    category: fields.ForeignKeyRelation[CaseCategory] = fields.ForeignKeyField(
        "models.CaseCategory", on_delete=fields.RESTRICT
    )
    category_id: int
    origin = fields.CharEnumField(CaseOrigin, max_length=32)
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT
    )
    contact_id: int | None
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", null=True, on_delete=fields.RESTRICT
    )
    account_id: int | None
    assignee: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    assignee_id: int | None
    assignee_group: fields.ForeignKeyNullableRelation[Group] = fields.ForeignKeyField(
        "models.Group", null=True, on_delete=fields.RESTRICT
    )
    assignee_group_id: int | None
    support_line: fields.ForeignKeyRelation[SupportLine] = fields.ForeignKeyField(
        "models.SupportLine", on_delete=fields.RESTRICT
    )
    support_line_id: int

    resolution: str | None = fields.TextField(null=True)
    closure_code: fields.ForeignKeyNullableRelation[ClosureCode] = fields.ForeignKeyField(
        "models.ClosureCode", null=True, on_delete=fields.RESTRICT
    )
    closure_code_id: int | None
    resolved_at: datetime | None = UtcDatetimeField(null=True)
    ended_at: datetime | None = UtcDatetimeField(null=True)

    registered_at: datetime = UtcDatetimeField()
    changed_at: datetime = UtcDatetimeField()
    version = fields.IntField(default=1)
    """Raised by each change of the case's own columns; posts leave it."""
    customer_changed_at: datetime = UtcDatetimeField()
    customer_version = fields.IntField(default=1)
    """The same, for those who see only what is for customers."""
    words = fields.TextField(default="")

    class Meta:
        table = "desk_case"
        indexes = [
            Index(fields=("registered_at", "id")),
            Index(fields=("changed_at", "id")),
            Index(fields=("priority", "id")),
            Index(fields=("assignee_id", "registered_at", "id")),
            Index(fields=("contact_id", "registered_at", "id")),
            Index(fields=("account_id", "registered_at", "id")),
        ]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if not actor.is_staff:
            return Q(contact_id=actor.contact_id)
        if actor.own_groups is None:
            return Q()
        mine = Q(assignee_id=actor.user_id) | Q(assignee_group_id__isnull=True)
        return mine | Q(assignee_group_id__in=list(actor.own_groups)) if actor.own_groups else mine


FILTERABLE = (
    "status_id",
    "priority",
    "category_id",
    "contact_id",
    "account_id",
    "assignee_id",
    "assignee_group_id",
    "support_line_id",
)
"""Columns that lists are narrowed by, and that an entry keeps the former values of."""


def was_visible_to(actor: Actor, former: dict[str, int | None]) -> bool:
    """The plain twin of `Case.visible_to`, on columns as they were."""
    if not actor.is_staff:
        return former["contact_id"] == actor.contact_id
    if actor.own_groups is None:
        return True
    group = former["assignee_group_id"]
    return former["assignee_id"] == actor.user_id or group is None or group in actor.own_groups


class CaseWatch(Model):
    """An employee or a contact hears of everything that happens to a case."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", on_delete=fields.RESTRICT)
    case_id: int
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    user_id: int | None
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT
    )
    contact_id: int | None

    class Meta:
        table = "case_watch"
        unique_together = [("case_id", "user_id"), ("case_id", "contact_id")]
