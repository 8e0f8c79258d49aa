"""Telephone calls: what of one can be recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

from gql.errors import Invalid, Limit

LONGEST_CALL = 24 * 60
"""In minutes."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much a client's clock may be ahead of the desk's."""


def began(started_at: datetime | None, now: datetime) -> datetime:
    """When a call began: now, where nobody says otherwise. Raises Invalid (R-145)."""
    if started_at is not None and started_at > now + CLOCKS_DIFFER:
        raise Invalid("A call that is recorded does not begin in the future.", field="startedAt")
    return started_at or now


def lasted(minutes: int | None) -> int | None:
    """The length of a call in minutes. Raises Invalid, Limit."""
    if minutes is not None and minutes < 0:
        raise Invalid("A call lasts no minutes or some.", field="durationMinutes")
    if minutes is not None and minutes > LONGEST_CALL:
        raise Limit(f"A call lasts {LONGEST_CALL:,} minutes at most.", field="durationMinutes")
    return minutes
