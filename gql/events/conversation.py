"""What is said about a case: posts, messages, calls, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

from gql.enums import Audience, HistoryKind
from gql.events.event import Event


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
class FeedPostEdited(Event):
    """What a post says was changed."""

    entry = "FeedPostEdited"
    unsays = True

    def summary(self) -> str:
        return "Edited a post."


@dataclass(frozen=True, slots=True)
class FeedPostRemoved(Event):
    """The text of a post was taken away."""

    entry = "FeedPostRemoved"
    unsays = True

    def summary(self) -> str:
        return "Removed a post."


@dataclass(frozen=True, slots=True)
class FeedPostLiked(Event):
    """Somebody likes a post, or does so no more."""

    entry = "FeedPostLiked"
    quiet = True
    liked: bool

    def summary(self) -> str:
        return "Liked a post." if self.liked else "Took a like back."


@dataclass(frozen=True, slots=True)
class PortalMessageEdited(Event):
    """What a message on the portal says was changed."""

    entry = "PortalMessageEdited"
    audience = Audience.CUSTOMER
    unsays = True

    def summary(self) -> str:
        return "Edited a message on the portal."


@dataclass(frozen=True, slots=True)
class PortalMessageRemoved(Event):
    """The text of a message on the portal was taken away."""

    entry = "PortalMessageRemoved"
    audience = Audience.CUSTOMER
    unsays = True

    def summary(self) -> str:
        return "Removed a message on the portal."


@dataclass(frozen=True, slots=True)
class PortalMessageHidden(Event):
    """A message on the portal is for staff alone from now on."""

    entry = "PortalMessageHidden"
    audience = Audience.CUSTOMER  # those who lose sight of it are told
    unsays = True

    def summary(self) -> str:
        return "Withdrew a message from the portal."


@dataclass(frozen=True, slots=True)
class PortalMessageShown(Event):
    """A message that was hidden is on the portal again."""

    entry = "PortalMessageShown"
    audience = Audience.CUSTOMER

    def summary(self) -> str:
        return "Put a message back on the portal."


@dataclass(frozen=True, slots=True)
class CallRecorded(Event):
    """An employee telephoned about the case."""

    entry = "Call"
    kind = HistoryKind.CALL
    direction: str
    started_at: str
    """As RFC 3339."""
    duration_minutes: int | None
    contact_id: int | None

    def summary(self) -> str:
        lasted = {None: "", 1: ", 1 minute"}.get(self.duration_minutes, f", {self.duration_minutes} minutes")
        return f"{self.direction.capitalize()} call{lasted}."
