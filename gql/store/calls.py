"""Telephone calls about cases."""

from __future__ import annotations

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from gql.actor import Actor
from gql.store.cases import Case, of_cases_seen_by_staff


class Call(Model):
    """What an employee noted of a call; when and with whom stands in its entry. No customer ever sees one."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", on_delete=fields.RESTRICT)
    case_id: int
    result = fields.TextField()
    notes: str | None = fields.TextField(null=True)
    words = fields.TextField(default="")

    class Meta:
        table = "call"
        indexes = [("case_id", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return of_cases_seen_by_staff(actor)
