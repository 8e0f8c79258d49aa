"""Who can be mentioned, who may change what was said, and when there is nothing left of it to change."""

from __future__ import annotations

from datetime import datetime

from gql.actor import Actor
from gql.enums import Role
from gql.errors import Forbidden, Invalid, NotNow


def may_rewrite(author_id: int | None, actor: Actor) -> bool:
    """Employees edit and remove what they wrote themselves, administrators what anybody did, customers nothing (R-71).

    `author_id` is that of the employee who wrote it; None where a customer or the desk did.
    """
    return actor.may(Role.ADMINISTRATOR) or (actor.user_id is not None and actor.user_id == author_id)


def rewrite(author_id: int | None, actor: Actor) -> None:
    """Raises Forbidden where the actor may not edit or remove it."""
    if not may_rewrite(author_id, actor):
        raise Forbidden("What others wrote is edited and removed by administrators only.")


def can_be_mentioned(active: bool, name: str) -> None:
    """Only active employees are mentioned: nobody else would be told. Raises Invalid (R-66)."""
    if not active:
        raise Invalid(f"{name} is not active and cannot be mentioned.", field="mentionIds")


def must_be_there(removed_at: datetime | None, what: str) -> None:
    """Raises NotNow for what was removed: nothing is added to it any more, and it does not come back."""
    if removed_at is not None:
        raise NotNow(f"The {what} was removed.")
