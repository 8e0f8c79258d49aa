"""What every event is: a fact that was recorded, as a frozen dataclass."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from gql.enums import Audience, AuditKind, HistoryKind


@dataclass(frozen=True, slots=True)
class Named:
    """An employee or a lookup row, with the name it had when the event was recorded."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, as text. People, accounts and cases are told by their id; of what is known of a
    customer it is told only that it changed, with neither."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the past tense."""

    entry: ClassVar[str]
    """Name of the GraphQL type that shows it; also the kind that is stored."""
    audience: ClassVar[Audience] = Audience.STAFF
    kind: ClassVar[HistoryKind] = HistoryKind.SYSTEM
    of_case: ClassVar[bool] = True
    """Whether it belongs to a case's processing history."""
    audited: ClassVar[AuditKind | None] = None
    """Where it stands in the audit trail, when it belongs to no case. A field `changes` of it is shown there; a field
    `lookup` is the list that it changed, and is told to all who see that."""
    changes_lookups: ClassVar[bool] = False
    """Whether it changed the desk's lists or settings, so that every process reads them anew."""
    changes_case: ClassVar[bool] = False
    """Whether the case's own columns changed: raises its version and moves it in lists."""
    changes_parts: ClassVar[bool] = False
    """Whether other cases are part of it now: lists, which may show them, hear of that too."""
    unsays: ClassVar[bool] = False
    """Whether words that were said can be read no more: lists that were found by them hear of it."""
    quiet: ClassVar[bool] = False
    """Whether those who watch the case are left in peace."""

    def summary(self) -> str:
        """One line of plain text that says what happened, fit for everyone of the audience."""
        raise NotImplementedError

    def payload(self) -> dict[str, Any]:
        """What is stored of the event, as JSON has it."""
        return {name.rstrip("_"): value for name, value in asdict(self).items()}

    @classmethod
    def of_payload(cls, payload: dict[str, Any]) -> Self:
        """The event again, from what was stored."""
        given = {field.name: payload.get(field.name.rstrip("_")) for field in fields(cls)}
        return cls(**{name: _restored(value) for name, value in given.items()})


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return Named(**value) if value.keys() == {"id", "name"} else Change(**value)
    return tuple(_restored(item) for item in value) if isinstance(value, list) else value
