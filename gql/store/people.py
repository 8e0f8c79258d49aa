"""Customers (accounts and their contacts), employees with their groups, and logins."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import PortalRole, Role
from gql.store.fields import UtcDatetimeField
from gql.store.phones import LONGEST_PHONE_KEY
from gql.store.sight import staff_only
from gql.store.written import is_on_postgres, row_of

if TYPE_CHECKING:
    from gql.store.lookups import SupportLine


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
    """As somebody typed it."""
    phone_key = fields.CharField(LONGEST_PHONE_KEY, null=True, db_index=True)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", null=True, on_delete=fields.RESTRICT
    )
    account_id: int | None
    words = fields.TextField(default="")
    version = fields.IntField(default=1)
    notification_preferences: Any = fields.JSONField(null=True)
    """What is wanted otherwise than by default, by channel and reason; null where nothing is."""

    erased_at: datetime | None = UtcDatetimeField(null=True)
    """When what was known of the person was blanked."""

    class Meta:
        table = "contact"
        indexes = [("name_key", "id"), ("account_id", "name_key", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.is_staff:
            return Q()
        own = Q(id=actor.contact_id)
        return own if actor.account_id is None else own | Q(account_id=actor.account_id)


async def is_known(contact_id: int) -> bool:
    """Whether a contact who does something was not erased; nobody erases him until the transaction ends.

    Asked before any row is locked, so that whoever waits here holds nobody up.
    """
    await _excluding("pg_advisory_xact_lock_shared", contact_id)
    return await Contact.exists(id=contact_id, erased_at__isnull=True)


async def alone_with(contact_id: int) -> None:
    """Waits until a contact does nothing, and lets him begin nothing until the transaction ends (`is_known`)."""
    await _excluding("pg_advisory_xact_lock", contact_id)


async def _excluding(lock: str, contact_id: int) -> None:
    if is_on_postgres(Contact):  # SQLite has one writer anyway
        await Contact._meta.db.execute_query(f"SELECT {lock}(7079, $1)", [contact_id])


class Group(Model):
    """Colleagues who can be given a case together."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    members: fields.ManyToManyRelation[User] = fields.ManyToManyField(
        "models.User", through="group_member", forward_key="user_id", backward_key="group_id", related_name="groups"
    )
    in_use = fields.BooleanField(default=True, db_default=True)
    version = fields.IntField(default=1, db_default=1)
    support_lines: fields.ManyToManyRelation[SupportLine]

    class Meta:
        table = "desk_group"
        ordering = ["id"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return staff_only(actor)


class OutOfOffice(Model):
    """When an employee is away, and who stands in meanwhile."""

    id = fields.IntField(primary_key=True)
    from_at: datetime = UtcDatetimeField()
    until_at: datetime = UtcDatetimeField()
    replacement: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT, related_name="stands_in"
    )
    replacement_id: int | None

    class Meta:
        table = "out_of_office"

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
    version = fields.IntField(default=1, db_default=1)
    notification_preferences: Any = fields.JSONField(null=True)
    """As a contact's."""
    out_of_office: fields.ForeignKeyNullableRelation[OutOfOffice] = fields.ForeignKeyField(
        "models.OutOfOffice", null=True, on_delete=fields.RESTRICT, related_name="absentees"
    )
    """The absence that was set last; it may lie ahead or be over."""
    out_of_office_id: int | None
    groups: fields.ManyToManyRelation[Group]

    class Meta:
        table = "desk_user"
        indexes = [("name_key", "id")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return staff_only(actor)


async def held(actor: Actor, key: int | None) -> User | None:
    """An employee whom the actor names to be given something, if there is one: until the transaction ends nobody
    deactivates him, and others may hold him too.

    Taken before any case is locked, for whoever deactivates him holds him alone and then locks his cases (R-205).
    """
    if key is None or not actor.is_staff:
        return None
    which = "$1 FOR SHARE" if is_on_postgres(User) else "?"  # SQLite has one writer anyway
    _, rows = await User._meta.db.execute_query(f'SELECT * FROM "desk_user" WHERE "id" = {which}', [key])
    return row_of(User, rows[0]) if rows else None


class Login(Model):
    """A way in: a unique name and a password, for one employee or one contact."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    """Casefolded."""
    password_hash = fields.CharField(250)
    """Empty until the one who was invited sets a password; none fits it."""
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT
    )
    user_id: int | None
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "models.Contact", null=True, on_delete=fields.RESTRICT
    )
    contact_id: int | None
    portal_role = fields.CharEnumField(PortalRole, max_length=32, null=True)
    """What the contact may do within his account; null for employees."""
    active = fields.BooleanField(default=True)
    generation = fields.IntField(default=1)
    """Tokens of an older generation are ended."""

    class Meta:
        table = "login"
        indexes = [("contact_id",)]


class EndedToken(Model):
    """A token that was signed out before its time; kept until it would have expired."""

    token = fields.CharField(64, primary_key=True)
    login: fields.ForeignKeyRelation[Login] = fields.ForeignKeyField("models.Login", on_delete=fields.CASCADE)
    login_id: int
    expires_at: datetime = UtcDatetimeField()

    class Meta:
        table = "ended_token"
        indexes = [("expires_at",)]
