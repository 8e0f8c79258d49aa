"""The limits of what one operation may ask for."""

from __future__ import annotations

from dataclasses import dataclass, fields

from graphql import (
    GraphQLError,
)

from gql.engine.answers import Refused


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for."""

    body: int
    """Bytes of the request."""
    characters: int
    """Length of the document."""
    tokens: int
    """Names, numbers, texts and signs of the document."""
    depth: int
    """Fields inside each other."""
    aliases: int
    directives: int
    cost: int
    """Sum of the fields, those in lists as often as the list may have rows; see `measure`."""

    def times(self, factor: int) -> Limits:
        return Limits(*(getattr(self, field.name) * factor for field in fields(self)))


def over(name: str, asked: int | str, allowed: int, unit: str = "") -> Refused:
    """The refusal of what is over a limit, in words and for programs."""
    told = f"{asked:,}" if isinstance(asked, int) else asked
    return Refused(
        [
            GraphQLError(
                f"Over the limit of {name}: {told}{unit}, where {allowed:,}{unit} is allowed.",
                extensions={"code": "LIMIT", "limit": name, "allowed": allowed},
            )
        ]
    )


def must_be_within(name: str, asked: int, allowed: int) -> None:
    """Raises Refused."""
    if asked > allowed:
        raise over(name, asked, allowed)
