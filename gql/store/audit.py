"""The audit trail: the log's entries that belong to no case, as administrators read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import Role
from gql.events import EVENTS
from gql.store.fields import UtcDatetimeField
from gql.store.people import Contact, User
from gql.store.sight import NOTHING

AUDITED = [name for name, event in EVENTS.items() if event.audited is not None]
"""Kinds of entries that stand in the audit trail."""


class AuditEntry(Model):
    """An entry of the log, of those that an administrator may read and nobody may change. The table is that of `Entry`,
    which has all its columns and makes its migrations."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(64)
    at: datetime = UtcDatetimeField()
    actor_user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    actor_user_id: int | None
    actor_contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    actor_contact_id: int | None
    actor_name = fields.CharField(250, null=True)
    payload: Any = fields.JSONField()
    case_id = fields.IntField(null=True)

    class Meta:
        table = "entry"

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.is_staff and actor.may(Role.ADMINISTRATOR):
            return Q(case_id__isnull=True, kind__in=AUDITED)
        return NOTHING
