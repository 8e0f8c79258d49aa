"""What becomes of tasks."""

from __future__ import annotations

from dataclasses import dataclass

from gql.enums import HistoryKind
from gql.events.event import Change, Event, Named


@dataclass(frozen=True, slots=True)
class TaskAdded(Event):
    """An employee was given something to do about the case."""

    entry = "TaskAdded"
    kind = HistoryKind.TASK
    title: str
    owner: Named

    def summary(self) -> str:
        return f"Task for {self.owner.name}: {self.title}"


@dataclass(frozen=True, slots=True)
class TaskChanged(Event):
    """A task was described otherwise, put off, or given to someone else."""

    entry = "TaskChanged"
    kind = HistoryKind.TASK
    title: str
    changes: tuple[Change, ...]
    owner: Named | None
    """To whom it was given, if it was."""

    def summary(self) -> str:
        given = f"given to {self.owner.name}" if self.owner else ", ".join(change.field for change in self.changes)
        return f"Task changed ({given}): {self.title}"


@dataclass(frozen=True, slots=True)
class TaskEnded(Event):
    """A task was done, or is not to be done any more."""

    entry = "TaskEnded"
    kind = HistoryKind.TASK
    title: str
    status: str
    result: str | None

    def summary(self) -> str:
        because = f" {self.result}" if self.result else ""
        return f"Task {self.status.lower()}: {self.title}.{because}"
