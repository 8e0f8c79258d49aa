"""Which status leads to which. Flags decide, never names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gql.actor import Actor
from gql.enums import CaseAction
from gql.errors import Invalid, NotNow


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


class StatusBook(Protocol):
    """All statuses, and the shipped ones by their code."""

    @property
    def statuses(self) -> Mapping[int, Status]: ...
    def status(self, code: str) -> Status: ...


def leading_to(status: Status, book: StatusBook) -> CaseAction:
    """The one action that leads to the status: its own, where reaching it takes more than naming it."""
    if status.is_resolved:
        return CaseAction.RESOLVE
    if status.id == book.status("REOPENED").id:
        return CaseAction.REOPEN
    return CaseAction.CANCEL if status.id == book.status("CANCELED").id else CaseAction.CHANGE_STATUS


def steps(status: Status, actor: Actor, book: StatusBook) -> list[tuple[CaseAction, Status]]:
    """Where the case may go from here, each with the action that leads there (R-22, R-23).

    Reopening asks the flags of the status, not its list (R-26), and so does a customer's cancelling.
    """
    if status.is_final:
        return []
    if not actor.is_staff:
        return [(CaseAction.CANCEL, book.status("CANCELED"))]
    reopened = book.status("REOPENED")
    following = [book.statuses[i] for i in status.next_ids if i in book.statuses and i != reopened.id]
    if reopens(status):
        following.append(reopened)
    return [(leading_to(to, book), to) for to in following if to.in_use]


def next_statuses(status: Status, actor: Actor, book: StatusBook) -> list[Status]:
    """Where `changeCaseStatus` may lead from here; nowhere for customers."""
    return [to for action, to in steps(status, actor, book) if action is CaseAction.CHANGE_STATUS]


def resolved_statuses(status: Status, actor: Actor, book: StatusBook) -> list[Status]:
    """Where `resolveCase` may lead from here, the shipped Resolved first."""
    led = [to for action, to in steps(status, actor, book) if action is CaseAction.RESOLVE]
    return sorted(led, key=lambda to: to.id != book.status("RESOLVED").id)


def resolved_in(status: Status, to: Status | None, actor: Actor, book: StatusBook) -> Status:
    """The resolved status that a case takes: the one asked for, else the first that follows.

    Raises Invalid for one that is not resolved, NotNow for one that does not follow, naming those that do.
    """
    if to is not None and not to.is_resolved:
        raise Invalid(f"{to.name} is not a status in which a case is resolved.", field="statusId")
    allowed = resolved_statuses(status, actor, book)
    if to is None:
        return allowed[0]
    if to not in allowed:
        raise NotNow(f"{to.name} does not follow {status.name}. These do: {_names(allowed)}.", field="statusId")
    return to


def change_status(status: Status, to: Status, actor: Actor, book: StatusBook) -> None:
    """Whether `changeCaseStatus` may take a case there. Raises NotNow, naming the verb or what is allowed (R-23)."""
    allowed = next_statuses(status, actor, book)
    if any(to.id == s.id for s in allowed):
        return
    if status.is_final:
        raise NotNow(f"The case is {status.name.lower()}, and no status follows that.", field="statusId")
    verb = leading_to(to, book)
    if verb is not CaseAction.CHANGE_STATUS:
        raise NotNow(f"{to.name} is reached by `{verb.lower()}Case`.", field="statusId")
    raise NotNow(f"{to.name} does not follow {status.name}. These do: {_names(allowed)}.", field="statusId")


def _names(statuses: Sequence[Status]) -> str:
    return ", ".join(status.name for status in statuses) or "none"


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
