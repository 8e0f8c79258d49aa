"""What is said about a case: posts for colleagues, messages for the customer. Two tables, so that none is mistaken."""

from __future__ import annotations

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from gql.actor import Actor
from gql.store.cases import Case
from gql.store.people import User
from gql.store.sight import staff_only


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

    class Meta:
        table = "feed_post"
        indexes = [("case_id", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.is_staff and not actor.sees_all:
            return Q(case_id__in=Subquery(Case.filter(Case.visible_to(actor)).values("id")))
        return staff_only(actor)


class PortalMessage(Model):
    """A message on the customer portal, from the desk or from the customer."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", on_delete=fields.RESTRICT)
    case_id: int
    body = fields.TextField()
    words = fields.TextField(default="")

    class Meta:
        table = "portal_message"
        indexes = [("case_id", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.sees_all:
            return Q()
        return Q(case_id__in=Subquery(Case.filter(Case.visible_to(actor)).values("id")))
