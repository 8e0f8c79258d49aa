"""The customer's grade, as a case shows it."""

from __future__ import annotations

from datetime import datetime

from gql import store
from gql.api.lookups import SatisfactionLevel
from gql.engine.declare import given, value


@value
class Satisfaction:
    """The customer's grade."""

    level: SatisfactionLevel
    comment: str | None
    rated_at: datetime


def satisfaction_of(
    satisfaction_level: store.SatisfactionLevel | None, satisfaction_comment: str | None, rated_at: datetime | None
) -> Satisfaction | None:
    """Null until a grade was given."""
    if satisfaction_level is None or rated_at is None:
        return None
    level = given(SatisfactionLevel, satisfaction_level)
    return Satisfaction(level=level, comment=satisfaction_comment, rated_at=rated_at)
