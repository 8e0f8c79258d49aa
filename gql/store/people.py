"""Customers (accounts and their contacts), employees with their groups, and logins."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import Role
from gql.store.fields import UtcDatetimeField
from gql.store.sight import staff_only


class Account(Model):
    """An organisation that is a customer."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250)
    name_key = fields.CharField(250)
    words = fields.TextField(default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "account"
        indexes = [("name_key", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.is_staff:
            return Q()
        return Q(id__in=Subquery(Contact.filter(id=actor.contact_id).values("account_id")))


class Contact(Model):
    """A person at a customer."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250)
    name_key = fields.CharField(250)
    email = fields.CharField(250, null=True)
    phone = fields.CharField(250, null=True)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", null=True, on_delete=fields.RESTRICT
    )
    account_id: int | None
    words = fields.TextField(default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "contact"
        indexes = [("name_key", "id"), ("account_id", "name_key", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q() if actor.is_staff else Q(id=actor.contact_id)


class Group(Model):
    """Colleagues who can be given a case together."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    members: fields.ManyToManyRelation[User] = fields.ManyToManyField(
        "models.User", through="group_member", forward_key="user_id", backward_key="group_id", related_name="groups"
    )

    class Meta:
        table = "desk_group"
        ordering = ["id"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return staff_only(actor)


class User(Model):
    """An employee who works at the desk."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250)
    name_key = fields.CharField(250)
    email = fields.CharField(250, null=True)
    role = fields.CharEnumField(Role, max_length=32)
    time_zone = fields.CharField(64, default="")
    """Empty where the employee has none of his own (R-11)."""
    active = fields.BooleanField(default=True)
    words = fields.TextField(default="")
    groups: fields.ManyToManyRelation[Group]

    class Meta:
        table = "desk_user"
        indexes = [("name_key", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return staff_only(actor)


class Login(Model):
    """A way in: a unique name and a password, for one employee or one contact."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    """Casefolded."""
    password_hash = fields.CharField(250)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    user_id: int | None
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT
    )
    contact_id: int | None
    active = fields.BooleanField(default=True)
    generation = fields.IntField(default=1)
    """Tokens of an older generation are ended."""

    class Meta:
        table = "login"


class EndedToken(Model):
    """A token that was signed out before its time; kept until it would have expired."""

    token = fields.CharField(64, primary_key=True)
    login: fields.ForeignKeyRelation[Login] = fields.ForeignKeyField("models.Login", on_delete=fields.CASCADE)
    login_id: int
    expires_at: datetime = UtcDatetimeField()

    class Meta:
        table = "ended_token"
        indexes = [("expires_at",)]
