"""Cases and who watches them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.indexes import Index
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import CaseOrigin, CasePriority, Role
from gql.store.fields import UtcDatetimeField
from gql.store.lookups import CaseCategory, CaseStatus, ClosureCode, SatisfactionLevel, SupportLine
from gql.store.people import Account, Contact, Group, User
from gql.store.sight import NOTHING
from gql.store.written import Written

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
    parent: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", null=True, on_delete=fields.RESTRICT, related_name="children"
    )
    """The case that this one is part of. Nothing is its own ancestor (`joining.one_at_a_time`)."""
    parent_id: int | None
    merged_into: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", null=True, on_delete=fields.RESTRICT, related_name="merged"
    )
    """The case that goes on in its place."""
    merged_into_id: int | None
    thread_id: int | None = fields.IntField(null=True, db_index=True)
    """Cases that were merged share a history, which goes by the id of the one that goes on; null for all others."""

    resolution: str | None = fields.TextField(null=True)
    closure_code: fields.ForeignKeyNullableRelation[ClosureCode] = fields.ForeignKeyField(
        "models.ClosureCode", null=True, on_delete=fields.RESTRICT
    )
    closure_code_id: int | None
    resolved_at: datetime | None = UtcDatetimeField(null=True)
    ended_at: datetime | None = UtcDatetimeField(null=True)
    reopened_at: datetime | None = UtcDatetimeField(null=True)
    """When it was last brought back."""

    satisfaction_level: fields.ForeignKeyNullableRelation[SatisfactionLevel] = fields.ForeignKeyField(
        "models.SatisfactionLevel", null=True, on_delete=fields.RESTRICT
    )
    satisfaction_level_id: int | None
    satisfaction_comment: str | None = fields.TextField(null=True)
    rated_at: datetime | None = UtcDatetimeField(null=True)
    rating_requested_at: datetime | None = UtcDatetimeField(null=True)
    """When the desk last asked for a grade by itself, which is no change of the case."""

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
            Index(fields=("parent_id", "registered_at", "id")),
            Index(fields=("status_id", "resolved_at", "id")),
            Index(fields=("status_id", "category_id", "assignee_id")),
            Index(fields=("resolved_at",)),
            Index(fields=("reopened_at",)),
            Index(fields=("rated_at",)),
        ]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if not actor.is_staff:
            own = Q(contact_id=actor.contact_id)
            return own if actor.account_id is None else own | Q(account_id=actor.account_id)
        if actor.own_groups is None:
            return Q()
        mine = Q(assignee_id=actor.user_id) | Q(assignee_group_id__isnull=True)
        return mine | Q(assignee_group_id__in=list(actor.own_groups)) if actor.own_groups else mine


def _seen(sight: Actor, key: int, *ids: int) -> Any:
    return Case.filter(Case.visible_to(sight.with_ids(*ids)), id=key).only("id")


SEEN = Written(Case, _seen)


async def is_seen(actor: Actor, key: int) -> bool:
    """Whether there is such a case in the actor's sight."""
    return bool(await SEEN.records(key, *actor.ids, form=actor.sight))


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


def was_visible_to(actor: Actor, former: Mapping[str, Any]) -> bool:
    """The plain twin of `Case.visible_to`, on columns as they were."""
    if not actor.is_staff:
        of_account = actor.account_id is not None and former["account_id"] == actor.account_id
        return former["contact_id"] == actor.contact_id or of_account
    if actor.own_groups is None:
        return True
    group = former["assignee_group_id"]
    return former["assignee_id"] == actor.user_id or group is None or group in actor.own_groups


def of_cases_seen(actor: Actor, column: str = "case_id") -> Q:
    """Rows whose column names a case that the actor sees."""
    if actor.sees_all:
        return Q()
    return Q(**{f"{column}__in": Subquery(Case.filter(Case.visible_to(actor)).values("id"))})  # type: ignore[arg-type]


def of_cases_seen_by_staff(actor: Actor, column: str = "case_id") -> Q:
    """The same, of what no customer ever sees."""
    return of_cases_seen(actor, column) if actor.is_staff else NOTHING


def employees_who_see(case: Case, *, own_groups: bool) -> Q:
    """Employees in whose sight a case is, the other side of `Case.visible_to`. With `own_groups`, agents see their own
    cases, those of their groups, and those of no group."""
    if not own_groups or case.assignee_group_id is None:
        return Q()
    members = User.filter(groups=case.assignee_group_id)
    return ~Q(role=Role.AGENT) | Q(id=case.assignee_id or 0) | Q(id__in=Subquery(members.values("id")))


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

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return of_cases_seen_by_staff(actor)
