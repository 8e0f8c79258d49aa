"""Whatever a test of the API asks of the desk is answered by a plan, but for what may not be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.api.busy import engine_of
from tests.running import Desk

FAULTS = {
    "GraphQLError in a plan",
    "Invalid in a plan",
    "Limit in a plan",
    "OperationalError in a plan",
    "Unauthenticated in a plan",
    "a flag that is null",
}
"""The referee tells these with their places: what a client asks wrongly of a list, and a database that is broken."""

MAY_FALL_BACK = {"introspection", "nobody", *FAULTS}
"""Why an operation may be left to graphql-core, beside faults: what the schema tells of itself, and nobody who asks."""


@pytest.fixture
async def desk(desk: Desk) -> AsyncIterator[Desk]:
    """The desk of the cast, which must have compiled what it was asked."""
    yield desk
    left = {reason: times for reason, times in engine_of(desk).fallbacks.items() if reason not in MAY_FALL_BACK}
    assert not left, f"left to graphql-core: {left}"
