"""The audit trail: what was changed about the desk itself, by whom, and what it was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

from gql import store
from gql.api.history import FieldChange, entry_cursor, summary, unseen_actor
from gql.api.people import Actor
from gql.api.scalars import Cursor, key
from gql.engine.declare import Node, computed, form, node, one_of
from gql.enums import AuditKind, LookupKind
from gql.events import EVENTS
from gql.store.sight import NOTHING


def kind_of(kind: str) -> AuditKind | None:
    return EVENTS[kind].audited


def lookup_of(payload: dict[str, Any]) -> LookupKind | None:
    return LookupKind(payload["lookup"]) if "lookup" in payload else None


def changes_in(payload: dict[str, Any]) -> list[FieldChange]:
    return [FieldChange(**change) for change in payload.get("changes", ())]


@node(store.AuditEntry, listed="Audit")
class AuditEntry(Node):
    """Something that was changed about the desk itself, or about its customers. For administrators; nobody can change
    it."""

    cursor: Cursor = computed(entry_cursor)
    at: datetime
    actor: Actor = one_of("actor_user", "actor_contact", otherwise=unseen_actor)
    """Who did it; the desk itself has a name too."""
    kind: AuditKind = computed(kind_of)
    lookup: LookupKind | None = computed(lookup_of)
    """The list that was changed; null where it was none."""
    summary: str = computed(summary)
    """One line of plain text that says what happened."""
    changes: list[FieldChange] = computed(changes_in)
    """Every field that was changed, before and after; a setting by its code, and of a customer only which fields."""


@form
class AuditFilter:
    """Narrows the audit trail."""

    kinds: list[AuditKind] | None = None
    lookups: list[LookupKind] | None = None
    """Lists that were changed."""
    actor_id: strawberry.ID | None = None
    """A user or a contact."""
    from_at: datetime | None = None
    to_at: datetime | None = None


def audited(filter: AuditFilter | None = None) -> Q:
    found, wanted = Q(), filter or AuditFilter()
    if wanted.kinds is not None:
        kinds = [name for name, event in EVENTS.items() if event.audited in wanted.kinds]
        found &= Q(kind__in=kinds) if kinds else NOTHING
    if wanted.lookups is not None:
        one_of_them = Q(*(Q(payload__filter={"lookup": lookup.value}) for lookup in wanted.lookups), join_type=Q.OR)
        found &= one_of_them if wanted.lookups else NOTHING
    if wanted.actor_id is not None:
        contact = Q(actor_contact_id=key(store.Contact, wanted.actor_id))
        found &= contact | Q(actor_user_id=key(store.User, wanted.actor_id))
    if wanted.from_at is not None:
        found &= Q(at__gte=wanted.from_at)
    if wanted.to_at is not None:
        found &= Q(at__lt=wanted.to_at)
    return found
