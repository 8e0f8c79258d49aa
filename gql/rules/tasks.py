"""Tasks: who can own one, what can still be done about it, and how the task of an incident follows its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gql.enums import OpenTasks, TaskStatus
from gql.errors import Invalid, NotNow, Required
from gql.events.cases import CaseEscalated
from gql.events.event import Event
from gql.rules.lifecycle import Status, StatusBook

INCIDENT_TASK = "Diagnose and resolve the incident"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a task ends. The result is in words, for people: nothing branches on it."""

    status: TaskStatus
    result: str | None


SOLVED = Ending(TaskStatus.DONE, "Solution found")
CANCELED = Ending(TaskStatus.CANCELED, "Canceled")
WAITS = Ending(TaskStatus.DONE, "Additional information required")
HANDED_ON = Ending(TaskStatus.DONE, "Escalation required")


def can_own(active: bool, name: str) -> None:
    """Only active employees are given tasks. Raises Invalid."""
    if not active:
        raise Invalid(f"{name} is not active and cannot be given tasks.", field="ownerId")


def can_be_given_on(is_incident_task: bool) -> None:
    """The incident task is always its assignee's. Raises Invalid."""
    if is_incident_task:
        raise Invalid("The task follows the case: assign the case to someone else.", field="ownerId")


def still_open(status: TaskStatus) -> None:
    """What has ended is neither changed nor ended again. Raises NotNow."""
    if status is not TaskStatus.OPEN:
        raise NotNow(f"The task is {status.lower()}.")


def left_open(titles: Sequence[str], decision: OpenTasks | None) -> Ending | None:
    """How the tasks end that a resolved case leaves open; None where they stay. Raises Required (R-52)."""
    if decision is None and titles:
        named = ", ".join(f"“{title}”" for title in titles[:5]) + (", ..." if len(titles) > 5 else "")
        raise Required(f"Say what becomes of the tasks that are open: {named}.", field="openTasks")
    return {OpenTasks.COMPLETE: SOLVED, OpenTasks.CANCEL: CANCELED}.get(decision) if decision else None


# ---------------------------------------------------------------- the task of an incident


@dataclass(frozen=True, slots=True)
class Stage:
    """A case before or after an action, as far as the task of an incident depends on it."""

    is_incident: bool
    status: Status
    assignee_id: int | None
    group_id: int | None

    @property
    def active_incident(self) -> bool:
        return self.is_incident and self.status.is_active


def ending(before: Stage | None, after: Stage, events: Sequence[Event], book: StatusBook) -> Ending | None:
    """How the incident task that is open ends by what was done; None where it goes on (R-51)."""
    if before is None or not before.is_incident:
        return None
    if not after.is_incident:
        return CANCELED
    if before.status.id != after.status.id:
        if after.status.id == book.status("CANCELED").id:
            return CANCELED
        if after.status.is_resolved or after.status.is_final:
            return SOLVED
        if after.status.is_paused:
            return WAITS
    return HANDED_ON if _handed_on(before, after, events) else None


def begins(before: Stage | None, after: Stage, events: Sequence[Event]) -> bool:
    """Whether the assignee has a task of the incident from now on, if none of his is open (R-50)."""
    if not after.is_incident or after.assignee_id is None:
        return False
    if any(isinstance(event, CaseEscalated) for event in events):
        return True
    if not after.active_incident:
        return False
    return before is None or not before.active_incident or _handed_on(before, after, events)


def _handed_on(before: Stage, after: Stage, events: Sequence[Event]) -> bool:
    escalated = any(isinstance(event, CaseEscalated) for event in events)
    return escalated or (before.assignee_id, before.group_id) != (after.assignee_id, after.group_id)
