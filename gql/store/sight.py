"""Conditions that several models say when asked who may see a row."""

from __future__ import annotations

from tortoise.expressions import Q

from gql.actor import Actor

NOTHING = Q(id__isnull=True)
"""No row at all: a primary key is never null."""


def staff_only(actor: Actor) -> Q:
    """Rows that no customer ever sees."""
    return Q() if actor.is_staff else NOTHING
