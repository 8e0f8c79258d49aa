"""The log: entries of the processing history, which are the outbox and the stream's items too, and what they notify."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import Audience, NotificationReason
from gql.store.calls import Call
from gql.store.cases import Case, of_cases_seen
from gql.store.conversation import FeedPost, FormerText, PortalMessage
from gql.store.fields import UtcDatetimeField
from gql.store.people import Contact, User
from gql.store.tasks import Task
from gql.store.written import insert, insert_all


class Entry(Model):
    """One thing that happened; never rewritten, but for where it is shown. Its id is its position in the log
    (`log_order`)."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", null=True, on_delete=fields.RESTRICT
    )
    case_id: int | None
    """The case it belongs to: who sees that sees this, wherever it is shown."""
    other_case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", null=True, on_delete=fields.RESTRICT, related_name="named_in"
    )
    """Another case that it tells of: of customers, only who sees that too sees this."""
    other_case_id: int | None
    thread_id: int | None = fields.IntField(null=True)
    """The history it is shown in: that of its case, or of the one that goes on since they were merged."""
    also_on: Any = fields.JSONField(null=True)
    """Ids of the other cases that shared the history when it was written, where there were any."""
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
    task: fields.ForeignKeyNullableRelation[Task] = fields.ForeignKeyField(
        "models.Task", null=True, on_delete=fields.RESTRICT
    )
    task_id: int | None
    about: fields.ForeignKeyNullableRelation[Entry] = fields.ForeignKeyField(
        "models.Entry", null=True, on_delete=fields.RESTRICT, related_name="followed_by"
    )
    """The post that is commented on or liked; what was edited, removed, hidden or shown."""
    about_id: int | None
    former: fields.ForeignKeyNullableRelation[FormerText] = fields.ForeignKeyField(
        "models.FormerText", null=True, on_delete=fields.RESTRICT
    )
    """What it said before."""
    former_id: int | None
    likes: fields.ManyToManyRelation[User] = fields.ManyToManyField(
        "models.User", through="feed_post_like", forward_key="user_id", backward_key="entry_id", related_name="liked"
    )
    """Employees who like the post."""
    call: fields.ForeignKeyNullableRelation[Call] = fields.ForeignKeyField(
        "models.Call", null=True, on_delete=fields.RESTRICT
    )
    call_id: int | None

    class Meta:
        table = "entry"
        indexes = [("thread_id", "id"), ("about_id",)]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        if actor.sees_all:
            return Q(case_id__isnull=False)
        seen = of_cases_seen(actor)
        if actor.is_staff:
            return seen
        shown = PortalMessage.filter(PortalMessage.visible_to(actor))  # by its present audience, not that of the entry
        said = Q(portal_message_id__isnull=True) | Q(portal_message_id__in=Subquery(shown.values("id")))
        told_of = Q(other_case_id__isnull=True) | of_cases_seen(actor, "other_case_id")
        return seen & Q(audience=Audience.CUSTOMER) & said & told_of


async def append(entries: Sequence[Entry]) -> None:
    """Writes entries in their order, and with each what is said in it where that is new."""
    for new, several in groupby(entries, key=lambda entry: bool(_new_parts(entry))):
        row = list(several)
        if new or len(row) == 1:
            for entry in row:
                await insert(entry, **_new_parts(entry))
        else:
            await insert_all(row)


def _new_parts(entry: Entry) -> dict[str, Model]:
    """What is said in an entry and was not saved yet, by the names of the relations to it."""
    parts = ((name, entry.__dict__.get(f"_{name}")) for name in ("feed_post", "portal_message", "task", "call"))
    return {name: part for name, part in parts if part is not None and not part._saved_in_db}


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
    in_place_of: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, on_delete=fields.RESTRICT, related_name="notifications_passed_on"
    )
    """The absent colleague whom it is meant for, where it went to a replacement."""
    in_place_of_id: int | None
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
