"""The processing history: entries of a case, of every kind, as far as the viewer may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from gql import store
from gql.actor import Actor as Asking
from gql.api.people import Actor, OtherContact, Staff, SystemActor
from gql.api.scalars import Cursor, key
from gql.cursor import Reading
from gql.engine.declare import (
    Node,
    always,
    computed,
    form,
    node,
    one_of,
    value,
)
from gql.enums import Audience, HistoryKind
from gql.events import EVENTS
from gql.store.sight import NOTHING
from gql.store.words import begins_word, sought

if TYPE_CHECKING:
    from gql.api.cases import Case


def entry_cursor(id: int, reading: Reading) -> Cursor:
    return Cursor(reading.cursor_at(id))


def summary(kind: str, payload: dict[str, Any]) -> str:
    return EVENTS[kind].of_payload(payload).summary()


def unseen_actor(actor_user_id: int | None, actor_contact_id: int | None, actor_name: str | None) -> Actor:
    """Who acted, for a viewer who may not see the person."""
    if actor_user_id is not None:
        return Staff(name=actor_name or "Staff")
    return OtherContact(name="Another contact") if actor_contact_id is not None else SystemActor(name="Desk")


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


@value
class FieldChange:
    """One field of a case or a task, before and after, as text; people, accounts and cases by their id."""

    field: str
    before: str | None
    after: str | None


@form
class HistoryFilter:
    """Narrows a processing history."""

    kinds: list[HistoryKind] | None = None
    actor_id: strawberry.ID | None = None
    """A user or a contact."""
    from_at: datetime | None = None
    to_at: datetime | None = None
    search: str | None = None
    """Words that posts, messages, tasks and calls have words beginning with."""


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
        tasks = store.Task.filter(store.Task.visible_to(actor) & begins_word(word, "words"))
        in_task = Q(task_id__in=Subquery(tasks.values("id")))
        calls = store.Call.filter(store.Call.visible_to(actor) & begins_word(word, "words"))
        in_call = Q(call_id__in=Subquery(calls.values("id")))
        said = Q(kind__in=("PortalMessage", "CaseRated"))  # and not that it was edited, hidden or shown
        in_message = said & Q(portal_message_id__in=Subquery(messages.values("id")))
        found &= in_post | in_message | in_task | in_call
    return found
