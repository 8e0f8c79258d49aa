"""Every fact that can be recorded, one frozen dataclass each.

The row an event becomes is the entry of the processing history, the outbox, and the item that a stream delivers.
Names of lookups and employees are kept as they were; contact data never is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from gql.enums import Audience, HistoryKind


@dataclass(frozen=True, slots=True)
class Named:
    """An employee or a lookup row, with the name it had when the event was recorded."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a case, before and after, as text. For contacts and accounts the text is their id."""

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
    changes_case: ClassVar[bool] = False
    """Whether the case's own columns changed: raises its version and moves it in lists."""

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


@dataclass(frozen=True, slots=True)
class CaseRegistered(Event):
    """The case came to the desk."""

    entry = "CaseRegistered"
    audience = Audience.CUSTOMER
    changes_case = True
    origin: str

    def summary(self) -> str:
        return f"Registered, by {self.origin.lower()}."


@dataclass(frozen=True, slots=True)
class CaseEdited(Event):
    """What is written on the case was changed."""

    entry = "CaseEdited"
    audience = Audience.CUSTOMER
    changes_case = True
    changes: tuple[Change, ...]

    def summary(self) -> str:
        return f"Edited: {', '.join(change.field for change in self.changes)}."


@dataclass(frozen=True, slots=True)
class CaseStatusChanged(Event):
    """The case went from one status to another."""

    entry = "CaseStatusChanged"
    audience = Audience.CUSTOMER
    changes_case = True
    from_: Named
    to: Named
    reason: str | None = None

    def summary(self) -> str:
        return f"Status changed from {self.from_.name} to {self.to.name}."


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    """The case was given to someone, or put back in the queue."""

    entry = "CaseAssigned"
    changes_case = True
    assignee: Named | None
    assignee_group: Named | None

    def summary(self) -> str:
        return f"Assigned to {_whom(self.assignee, self.assignee_group)}."


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    """The case went to another support line."""

    entry = "CaseEscalated"
    changes_case = True
    from_: Named
    to: Named
    assignee: Named | None
    assignee_group: Named | None
    reason: str | None = None

    def summary(self) -> str:
        whom = _whom(self.assignee, self.assignee_group)
        because = f" {self.reason}" if self.reason else ""
        return f"Escalated from {self.from_.name} to {self.to.name}, to {whom}.{because}"


def _whom(assignee: Named | None, group: Named | None) -> str:
    if assignee and group:
        return f"{assignee.name} of {group.name}"
    return assignee.name if assignee else group.name if group else "nobody"


@dataclass(frozen=True, slots=True)
class PostedToFeed(Event):
    """A colleague wrote to the case feed."""

    entry = "FeedPost"
    kind = HistoryKind.FEED_POST

    def summary(self) -> str:
        return "Posted to the feed."


@dataclass(frozen=True, slots=True)
class PostedToPortal(Event):
    """The desk wrote to the customer, or the customer to the desk."""

    entry = "PortalMessage"
    audience = Audience.CUSTOMER
    kind = HistoryKind.PORTAL_MESSAGE

    def summary(self) -> str:
        return "Wrote on the portal."


@dataclass(frozen=True, slots=True)
class LoginChanged(Event):
    """A login was ended everywhere, or what it may do was changed; running streams ask again."""

    entry = "LoginChanged"
    of_case = False
    login_id: int

    def summary(self) -> str:
        return "The login changed."


EVENTS: dict[str, type[Event]] = {
    event.entry: event
    for event in (
        CaseRegistered,
        CaseEdited,
        CaseStatusChanged,
        CaseAssigned,
        CaseEscalated,
        PostedToFeed,
        PostedToPortal,
        LoginChanged,
    )
}
"""Every event by the kind that is stored."""
