"""The processing history: entries of a case, of every kind, as far as the viewer may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from gql import events, store
from gql.actor import Actor as Asking
from gql.api.lookups import CaseStatus, Group, SupportLine
from gql.api.people import Actor, OtherContact, Staff, SystemActor, User
from gql.api.scalars import Cursor, key
from gql.cursor import Reading
from gql.engine.declare import Node, always, column, computed, each, form, node, one_of, payload, value
from gql.enums import Audience, CaseOrigin, HistoryKind
from gql.events import EVENTS
from gql.store.sight import NOTHING
from gql.store.words import begins_word, sought

if TYPE_CHECKING:
    from gql.api.cases import Case

CUSTOMERS_ONLY_ID = ("contact", "account")
"""Fields whose change shows ids of people and companies, which other customers do not see."""


def entry_cursor(id: int, reading: Reading) -> Cursor:
    return Cursor(reading.cursor_at(id))


def summary(kind: str, payload: dict[str, Any]) -> str:
    return EVENTS[kind].of_payload(payload).summary()


def unseen_actor(actor_user_id: int | None, actor_contact_id: int | None, actor_name: str | None) -> Actor:
    """Who acted, for a viewer who may not see the person."""
    if actor_user_id is not None:
        return Staff(name=actor_name or "Staff")
    return OtherContact(name="Another contact") if actor_contact_id is not None else SystemActor(name="Desk")


def given_reason(payload: dict[str, Any], actor_contact_id: int | None, sight: Asking) -> str | None:
    """The reason, which is for staff when staff gave it."""
    return payload.get("reason") if sight.is_staff or actor_contact_id is not None else None


@node(store.Entry, interface=True, listed="History")
class HistoryEntry(Node):
    """Something that happened to a case. New kinds appear over time: a client that does not know one shows its
    `summary`."""

    cursor: Cursor = computed(entry_cursor)
    at: datetime
    actor: Actor = one_of("actor_user", "actor_contact", otherwise=unseen_actor)
    """Who did it; the desk itself has a name too."""
    case: Annotated[Case, strawberry.lazy("gql.api.cases")] = always("case")
    audience: Audience
    summary: str = computed(summary)
    """One line of plain text that says what happened."""


@node(store.Entry, kind="FeedPost")
class FeedPost(HistoryEntry):
    """An internal post in the case feed."""

    body: str = column("feed_post.body")
    mentions: list[User] = each("mentioned_in", of="feed_post_id")
    """Colleagues named in `mentionIds`, who were told. At most 50."""


@node(store.Entry, kind="PortalMessage")
class PortalMessage(HistoryEntry):
    """A message on the customer portal, from the desk or from the customer."""

    body: str = column("portal_message.body")


def origin_of(payload: dict[str, Any]) -> CaseOrigin:
    return CaseOrigin(payload["origin"])


@node(store.Entry, kind="CaseRegistered")
class CaseRegistered(HistoryEntry):
    """The case came to the desk."""

    origin: CaseOrigin = computed(origin_of)


@value
class FieldChange:
    """One field of a case, before and after, as text; a contact and an account by their id."""

    field: str
    before: str | None
    after: str | None


def changes_of(payload: dict[str, Any], sight: Asking) -> list[FieldChange]:
    edited = events.CaseEdited.of_payload(payload)
    shown = [c for c in edited.changes if sight.is_staff or c.field not in CUSTOMERS_ONLY_ID]
    return [FieldChange(field=c.field, before=c.before, after=c.after) for c in shown]


@node(store.Entry, kind="CaseEdited")
class CaseEdited(HistoryEntry):
    """What is written on the case was changed."""

    changes: list[FieldChange] = computed(changes_of)


@node(store.Entry, kind="CaseStatusChanged")
class CaseStatusChanged(HistoryEntry):
    """The case went from one status to another."""

    from_: CaseStatus = payload("from.id")
    to: CaseStatus = payload("to.id")
    reason: str | None = computed(given_reason)
    """Null for customers when staff gave it."""


@node(store.Entry, kind="CaseAssigned")
class CaseAssigned(HistoryEntry):
    """The case was given to someone, or put back in the queue."""

    assignee: User | None = payload("assignee.id")
    assignee_group: Group | None = payload("assignee_group.id")


@node(store.Entry, kind="CaseEscalated")
class CaseEscalated(HistoryEntry):
    """The case went to another support line."""

    from_: SupportLine = payload("from.id")
    to: SupportLine = payload("to.id")
    assignee: User | None = payload("assignee.id")
    assignee_group: Group | None = payload("assignee_group.id")
    reason: str | None = payload("reason")


@form
class HistoryFilter:
    """Narrows a processing history."""

    kinds: list[HistoryKind] | None = None
    actor_id: strawberry.ID | None = None
    """A user or a contact."""
    from_at: datetime | None = None
    to_at: datetime | None = None
    search: str | None = None
    """Words that posts and messages have words beginning with."""


def stored_kinds(kinds: list[HistoryKind]) -> list[str]:
    """The kinds of entries that a tab of a history shows."""
    return [name for name, event in EVENTS.items() if event.of_case and event.kind in kinds]


def entries_matching(actor: Asking, filter: HistoryFilter | None = None) -> Q:
    found, wanted = Q(), filter or HistoryFilter()
    if wanted.kinds is not None:
        found &= Q(kind__in=stored_kinds(wanted.kinds)) if wanted.kinds else NOTHING
    if wanted.actor_id is not None:
        contact = Q(actor_contact_id=key(store.Contact, wanted.actor_id))
        found &= contact | Q(actor_user_id=key(store.User, wanted.actor_id)) if actor.is_staff else contact
    if wanted.from_at is not None:
        found &= Q(at__gte=wanted.from_at)
    if wanted.to_at is not None:
        found &= Q(at__lt=wanted.to_at)
    for word in sought(wanted.search):
        posts = store.FeedPost.filter(store.FeedPost.visible_to(actor) & begins_word(word, "words"))
        messages = store.PortalMessage.filter(store.PortalMessage.visible_to(actor) & begins_word(word, "words"))
        in_post = Q(feed_post_id__in=Subquery(posts.values("id")))
        found &= in_post | Q(portal_message_id__in=Subquery(messages.values("id")))
    return found


ENTRY_TYPES = [
    FeedPost,
    PortalMessage,
    CaseRegistered,
    CaseEdited,
    CaseStatusChanged,
    CaseAssigned,
    CaseEscalated,
]
