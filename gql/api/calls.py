"""Telephone calls: recording one on a case, and finding out who is calling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from gql import store
from gql.actions import calls
from gql.actor import Actor
from gql.api.history import HistoryEntry
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import Contact
from gql.api.scalars import key
from gql.engine.declare import column, computed, form, given, node, payload, value
from gql.enums import CallDirection
from gql.rules import text
from gql.store.phones import phone_key

MOST_CALLERS = 20


def direction_of(payload: dict[str, Any]) -> CallDirection:
    return CallDirection(payload["direction"])


def call_started_at(payload: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(payload["started_at"])


@node(store.Entry, kind="Call")
class Call(HistoryEntry):
    """A telephone call about the case, as an employee noted it."""

    direction: CallDirection = computed(direction_of)
    started_at: datetime = computed(call_started_at)
    duration_minutes: int | None = payload("duration_minutes")
    contact: Contact | None = payload("contact_id")
    """With whom, where it was noted."""
    result: str = column("call.result")
    """What came of it."""
    notes: str | None = column("call.notes")


async def callers(actor: Actor, lookups: store.Lookups, phone: str) -> list[Contact]:
    """Contacts with the number, however it is written; for employees only. Raises Invalid, Limit."""
    sought = phone_key(text.checked(phone, text.NAME, "phone"), lookups.settings["DefaultPhoneRegion"])
    if sought is None or not actor.is_staff:
        return []
    found = store.Contact.filter(store.Contact.visible_to(actor), phone_key=sought).order_by("id").limit(MOST_CALLERS)
    return [given(Contact, row) for row in await found]


@form
class RecordCallInput:
    """For recordCall."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the call is recorded once."""
    case_id: strawberry.ID
    direction: CallDirection
    started_at: datetime | None = None
    """Not in the future. Left out: now."""
    duration_minutes: int | None = None
    """How long it lasted, in whole minutes, up to a day."""
    result: str
    """What came of it, up to 2,000 characters."""
    notes: str | None = None
    """Markdown, up to 50,000 characters."""
    contact_id: strawberry.ID | None = None
    """With whom."""


@value
class CallPayload(Payload):
    """The call as it was recorded."""

    call: Call | None


@strawberry.type
class CallMutations:
    @action
    async def record_call(self, info: DeskInfo, input: RecordCallInput) -> CallPayload:
        """Notes a telephone call about a case, for colleagues only; also when the case has ended."""
        entry = await calls.record(
            work_of(info),
            key(store.Case, input.case_id),
            direction=input.direction,
            result=input.result,
            notes=input.notes,
            contact_id=key(store.Contact, input.contact_id),
            started_at=input.started_at,
            duration_minutes=input.duration_minutes,
        )
        return CallPayload(call=given(Call, entry))
