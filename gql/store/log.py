"""The log: entries of the processing history, which are the outbox and the stream's items too, and what they notify."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import Audience, NotificationReason
from gql.store.cases import Case
from gql.store.conversation import FeedPost, PortalMessage
from gql.store.fields import UtcDatetimeField
from gql.store.people import Contact, User


class Entry(Model):
    """One thing that happened; never rewritten. Its id is its position in the log (`log_order`)."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", null=True, on_delete=fields.RESTRICT
    )
    case_id: int | None
    kind = fields.CharField(64)
    """Name of the event's entry type, a key of `events.EVENTS`."""
    audience = fields.CharEnumField(Audience, max_length=16)
    at: datetime = UtcDatetimeField()
    actor_user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    actor_user_id: int | None
    actor_contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT
    )
    actor_contact_id: int | None
    actor_name = fields.CharField(250, null=True)
    """An employee's name as it was; never a contact's."""
    payload: Any = fields.JSONField()
    was: Any = fields.JSONField(null=True)
    """Former values of the case's filterable columns, where the event changed the case; null for a new case."""
    feed_post: fields.ForeignKeyNullableRelation[FeedPost] = fields.ForeignKeyField(
        "models.FeedPost", null=True, on_delete=fields.RESTRICT
    )
    feed_post_id: int | None
    portal_message: fields.ForeignKeyNullableRelation[PortalMessage] = fields.ForeignKeyField(
        "models.PortalMessage", null=True, on_delete=fields.RESTRICT
    )
    portal_message_id: int | None

    class Meta:
        table = "entry"
        indexes = [("case_id", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.sees_all:
            return Q(case_id__isnull=False)
        seen = Q(case_id__in=Subquery(Case.filter(Case.visible_to(actor)).values("id")))
        return seen if actor.is_staff else seen & Q(audience=Audience.CUSTOMER)


class Notification(Model):
    """A word to one employee or contact about an entry that concerns them."""

    id = fields.BigIntField(primary_key=True)
    entry: fields.ForeignKeyRelation[Entry] = fields.ForeignKeyField("models.Entry", on_delete=fields.RESTRICT)
    entry_id: int
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    user_id: int | None
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT
    )
    contact_id: int | None
    reason = fields.CharEnumField(NotificationReason, max_length=32)
    read_at: datetime | None = UtcDatetimeField(null=True)

    class Meta:
        table = "notification"
        indexes = [("user_id", "entry_id"), ("contact_id", "entry_id"), ("entry_id",)]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        mine = Q(contact_id=actor.contact_id) if actor.contact_id is not None else Q(user_id=actor.user_id)
        if actor.sees_all:
            return mine
        return mine & Q(entry_id__in=Subquery(Entry.filter(Entry.visible_to(actor)).values("id")))


class LogState(Model):
    """The one row about the log itself."""

    id = fields.IntField(primary_key=True)
    epoch = fields.CharField(32)
    """Drawn anew when the log may have been put back: cursors of another epoch are not resumed."""
    fingerprint = fields.CharField(250)
    """The database the epoch was drawn on."""
    secret = fields.CharField(128)
    """Signs tokens and seals cursors where the operator set no secret."""

    class Meta:
        table = "log_state"
