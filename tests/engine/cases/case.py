"""What one row of the table of execution cases says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A document and what it is answered with.

    `errors` are pairs of a path, written with dots, and the error's code or a part of its message. `data` is REFUSED
    where nothing is executed at all.
    """

    sentence: str
    document: str
    data: Any
    errors: tuple[tuple[str, str], ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None


REFUSED = "refused"
