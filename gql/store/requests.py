"""What clients asked for with a key of their own, so that asking twice does it once (R-170)."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from gql.store.fields import UtcDatetimeField
from gql.store.people import Login


class Request(Model):
    """One `requestId` of a login on one mutation, and the object that came of it."""

    id = fields.IntField(primary_key=True)
    login: fields.ForeignKeyRelation[Login] = fields.ForeignKeyField("models.Login", on_delete=fields.CASCADE)
    login_id: int
    mutation = fields.CharField(64)
    key = fields.CharField(255)
    digest = fields.CharField(64)
    """Of the other fields of the input: the same key with other content is a mistake."""
    object_id = fields.BigIntField(null=True)
    at: datetime = UtcDatetimeField()

    class Meta:
        table = "request"
        unique_together = [("login_id", "mutation", "key")]
        indexes = [("at",)]
