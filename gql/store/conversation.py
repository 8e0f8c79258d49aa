"""What is said about a case: posts for colleagues, messages for the customer. Two tables, so that none is mistaken."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import Audience, Role
from gql.store.cases import Case, of_cases_seen, of_cases_seen_by_staff
from gql.store.fields import UtcDatetimeField
from gql.store.people import User
from gql.store.sight import NOTHING


class FeedPost(Model):
    """An internal post in the case feed. No customer ever sees one, by no action."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", on_delete=fields.RESTRICT)
    case_id: int
    body = fields.TextField()
    mentions: fields.ManyToManyRelation[User] = fields.ManyToManyField(
        "models.User",
        through="feed_post_mention",
        forward_key="user_id",
        backward_key="post_id",
        related_name="mentioned_in",
    )
    words = fields.TextField(default="")
    like_count = fields.IntField(default=0, db_default=0)
    """How many employees like it (R-67)."""
    edited_at: datetime | None = UtcDatetimeField(null=True)
    removed_at: datetime | None = UtcDatetimeField(null=True)
    """When its text was taken away; the row stays (R-71)."""

    class Meta:
        table = "feed_post"
        indexes = [("case_id", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return of_cases_seen_by_staff(actor)


class PortalMessage(Model):
    """A message on the customer portal, from the desk or from the customer."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", on_delete=fields.RESTRICT)
    case_id: int
    body = fields.TextField()
    words = fields.TextField(default="")
    audience = fields.CharEnumField(
        Audience, max_length=16, default=Audience.CUSTOMER, db_default=Audience.CUSTOMER.value
    )
    """Who may see it at present; a message that was hidden is for staff (R-173)."""
    edited_at: datetime | None = UtcDatetimeField(null=True)
    removed_at: datetime | None = UtcDatetimeField(null=True)
    """When its text was taken away; the row stays (R-71)."""

    class Meta:
        table = "portal_message"
        indexes = [("case_id", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        seen = of_cases_seen(actor)
        return seen if actor.is_staff else seen & Q(audience=Audience.CUSTOMER)


class FormerText(Model):
    """What a post or a message said before it was edited or removed: the trace that is kept (R-71)."""

    id = fields.IntField(primary_key=True)
    feed_post: fields.ForeignKeyNullableRelation[FeedPost] = fields.ForeignKeyField(
        "models.FeedPost", null=True, on_delete=fields.RESTRICT
    )
    feed_post_id: int | None
    portal_message: fields.ForeignKeyNullableRelation[PortalMessage] = fields.ForeignKeyField(
        "models.PortalMessage", null=True, on_delete=fields.RESTRICT
    )
    portal_message_id: int | None
    body = fields.TextField()

    class Meta:
        table = "former_text"

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q() if actor.may(Role.ADMINISTRATOR) else NOTHING
