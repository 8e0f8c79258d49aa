"""What a grade does to a case."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from gql.rules.lifecycle import Status

S = TypeVar("S", bound=Status)


def follows(status: Status, after: S | None) -> S | None:
    """The status that a grade, whose own is `after`, leads to: only a resolved case is led anywhere (R-87, R-91)."""
    return after if status.is_resolved and after is not None and after.id != status.id else None


def repeats(status: Status, *, same: bool, rated_at: datetime | None, resolved_at: datetime | None) -> bool:
    """Whether the same grade with the same comment says nothing new; of another resolution it does."""
    answered = not status.is_resolved or rated_at is None or resolved_at is None or rated_at >= resolved_at
    return same and answered
