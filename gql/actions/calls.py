"""Recording telephone calls on a case."""

from __future__ import annotations

from datetime import datetime

from gql.actions.naming import found
from gql.actions.unit_of_work import Work
from gql.enums import CallDirection, CaseAction
from gql.events.conversation import CallRecorded
from gql.rules import calls as rules
from gql.rules import text
from gql.store.calls import Call
from gql.store.log import Entry
from gql.store.people import Contact
from gql.store.words import searchable


async def record(
    work: Work,
    case_id: int | None,
    *,
    direction: CallDirection,
    result: str,
    notes: str | None = None,
    contact_id: int | None = None,
    started_at: datetime | None = None,
    duration_minutes: int | None = None,
) -> Entry:
    """Notes a call about a case, and what came of it (R-53, R-145); a case that has ended takes it too.

    Raises Required, Invalid, NotFound, Limit, and what `Work.case` raises.
    """
    case = await work.case(case_id, CaseAction.RECORD_CALL)
    contact = await found(work, Contact, contact_id, "contact", "contactId")
    call = Call(
        case_id=case.id,
        result=text.required(result, text.REASON, "result", "A result"),
        notes=text.checked(notes, text.BODY, "notes"),
    )
    call.words = searchable(call.result, call.notes)
    event = CallRecorded(
        direction=direction,
        started_at=rules.began(started_at, work.now).isoformat(),
        duration_minutes=rules.lasted(duration_minutes),
        contact_id=contact.id if contact else None,
    )
    entry = work.record(case, event)
    entry.call = call
    return entry
