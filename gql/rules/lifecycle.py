"""Which status leads to which. Flags decide, never names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from gql.actor import Actor
from gql.errors import NotNow


class Status(Protocol):
    """A status, as far as rules look at one."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_paused(self) -> bool: ...
    @property
    def is_resolved(self) -> bool: ...
    @property
    def is_final(self) -> bool: ...
    @property
    def in_use(self) -> bool: ...
    @property
    def next_ids(self) -> Sequence[int]: ...


S = TypeVar("S", bound=Status)


class StatusBook(Protocol):
    """All statuses, and the shipped ones by their code."""

    @property
    def statuses(self) -> Mapping[int, Status]: ...
    def status(self, code: str) -> Status: ...


def own_verb(status: Status, book: StatusBook) -> str | None:
    """The mutation that alone leads to the status, where reaching it takes more than naming it."""
    if status.is_resolved:
        return "resolveCase"
    if status.id == book.status("REOPENED").id:
        return "reopenCase"
    return "cancelCase" if status.id == book.status("CANCELED").id else None


def next_statuses(status: Status, actor: Actor, lookups: StatusBook) -> list[Status]:
    """Where `changeCaseStatus` may lead from here; nowhere for customers (R-22, R-23)."""
    if not actor.is_staff or status.is_final:
        return []
    following = [lookups.statuses[i] for i in status.next_ids if i in lookups.statuses]
    return [s for s in following if s.in_use and own_verb(s, lookups) is None]


def change_status(status: Status, to: Status, actor: Actor, book: StatusBook) -> None:
    """Whether `changeCaseStatus` may take a case there. Raises NotNow, naming the verb or what is allowed (R-23)."""
    allowed = next_statuses(status, actor, book)
    if any(to.id == s.id for s in allowed):
        return
    if status.is_final:
        raise NotNow(f"The case is {status.name.lower()}, and no status follows that.", field="statusId")
    verb = own_verb(to, book)
    if verb is not None:
        raise NotNow(f"{to.name} is reached by `{verb}`.", field="statusId")
    names = ", ".join(s.name for s in allowed) or "none"
    raise NotNow(f"{to.name} does not follow {status.name}. These do: {names}.", field="statusId")


def leads_to(status: Status, to: Status) -> bool:
    """Whether the lists of following statuses allow the step; a final status is never left (R-22)."""
    return not status.is_final and to.id in status.next_ids


def stamps(to: Status, now: datetime, resolved_at: datetime | None) -> tuple[datetime | None, datetime | None]:
    """When the case was resolved and when it ended, once it has the status."""
    if to.is_resolved:
        return now, None
    if to.is_final:
        return resolved_at or now, now
    return None, None


def reopens(status: Status) -> bool:
    """Whether a customer's word, or an agent's, brings the case back from here (R-26, R-95, R-96)."""
    return status.is_paused or status.is_resolved
