"""What happens to a case itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from gql.enums import Audience
from gql.events.event import Change, Event, Named


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
    resolution: str | None = None
    """What was done, as it was told when the case was resolved."""
    closure_code: Named | None = None

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
class CaseReclassified(Event):
    """The case is of another category."""

    entry = "CaseReclassified"
    audience = Audience.CUSTOMER
    changes_case = True
    former_category: Named
    category: Named

    def summary(self) -> str:
        return f"Reclassified from {self.former_category.name} to {self.category.name}."


@dataclass(frozen=True, slots=True)
class OfTwoCases(Event):
    """Something between the case and another, whose name is its number. Customers who see both hear of it
    (`Entry.other_case`)."""

    for_customer: bool = field(kw_only=True)
    """Whether there may be a customer who sees both."""

    @property
    def audience(self) -> Audience:  # type: ignore[override]
        return Audience.CUSTOMER if self.for_customer else Audience.STAFF


@dataclass(frozen=True, slots=True)
class CaseParentChanged(OfTwoCases):
    """The case became part of another, or is so no more. One that goes from one to another records both, in turn."""

    entry = "CaseParentChanged"
    changes_case = True
    parent: Named | None
    former_parent: Named | None

    def summary(self) -> str:
        return "Became part of another case." if self.parent else "Is no longer part of another case."


@dataclass(frozen=True, slots=True)
class CaseChildAdded(OfTwoCases):
    """Another case became part of this one."""

    entry = "CaseChildAdded"
    changes_parts = True
    child: Named

    def summary(self) -> str:
        return "Another case became part of this one."


@dataclass(frozen=True, slots=True)
class CaseChildRemoved(OfTwoCases):
    """Another case is no longer part of this one."""

    entry = "CaseChildRemoved"
    changes_parts = True
    child: Named

    def summary(self) -> str:
        return "Another case is no longer part of this one."


@dataclass(frozen=True, slots=True)
class CaseComplainedAbout(Event):
    """The customer complained about the case; the complaint is part of it. The name of the complaint is its number."""

    entry = "CaseComplainedAbout"
    audience = Audience.CUSTOMER
    changes_parts = True
    complaint: Named

    def summary(self) -> str:
        return f"Complained about: {self.complaint.name}."


@dataclass(frozen=True, slots=True)
class CaseMerged(OfTwoCases):
    """Another case was joined to this one, whose history shows from now on what was and will be said there."""

    entry = "CaseMerged"
    changes_case = True
    from_: Named

    def summary(self) -> str:
        return "Another case was merged into this one."


@dataclass(frozen=True, slots=True)
class CaseLinked(Event):
    """The case was linked with another; told in the history of each, from its own side."""

    entry = "CaseLinked"
    link: str
    other: Named

    def summary(self) -> str:
        return f"Linked with {self.other.name}: {_spoken(self.link)}."


@dataclass(frozen=True, slots=True)
class CaseUnlinked(Event):
    """A link with another case was taken away; told in the history of each."""

    entry = "CaseUnlinked"
    link: str
    other: Named

    def summary(self) -> str:
        return f"No longer linked with {self.other.name}: {_spoken(self.link)}."


def _spoken(link: str) -> str:
    return link.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class CaseRated(Event):
    """The customer graded the case, or somebody did who may in his place."""

    entry = "CaseRated"
    audience = Audience.CUSTOMER
    changes_case = True
    level: Named

    def summary(self) -> str:
        return f"Graded: {self.level.name}."


@dataclass(frozen=True, slots=True)
class RatingRequested(Event):
    """The desk itself asked the customer again for a grade."""

    entry = "RatingRequested"
    audience = Audience.CUSTOMER
    quiet = True

    def summary(self) -> str:
        return "Asked for a grade."
