"""What becomes of the desk's lists and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gql.enums import AuditKind, LookupKind
from gql.events.event import Change, Event, Named


@dataclass(frozen=True, slots=True)
class LookupChanged(Event):
    """An administrator added a row to one of the desk's lists, or changed one."""

    entry = "LookupChanged"
    of_case = False
    audited = AuditKind.LOOKUP
    changes_lookups = True
    lookup: str
    """A `LookupKind`."""
    row: Named
    added: bool
    changes: tuple[Change, ...]

    def summary(self) -> str:
        what = f"the {self.lookup.replace('_', ' ').lower()} {self.row.name}"
        if self.added:
            return f"Added {what}."
        return f"Changed {what}: {', '.join(change.field for change in self.changes)}."


@dataclass(frozen=True, slots=True)
class SettingChanged(Event):
    """An administrator changed a setting of the desk."""

    entry = "SettingChanged"
    of_case = False
    audited = AuditKind.SETTING
    changes_lookups = True
    lookup: str
    """Always `SETTING`, as for any other list."""
    changes: tuple[Change, ...]
    """The one change, whose field is the setting's code."""

    @classmethod
    def of(cls, code: str, before: str, after: str) -> Self:
        return cls(LookupKind.SETTING.value, (Change(code, before, after),))

    def summary(self) -> str:
        return f"Changed the setting {', '.join(change.field for change in self.changes)}."
