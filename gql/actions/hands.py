"""The cases that an action works on: how they are read, as they were, and what is to be recorded of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

from tortoise.expressions import RawSQL

from gql.actor import Actor
from gql.events.event import Event
from gql.store.cases import Case
from gql.store.log import Entry
from gql.store.written import Written, row_of


def seen_case(sight: Actor, key: int, *ids: int | None) -> Any:
    """A case that was not merged, where it is in sight, and whether somebody watches it."""
    here = Case.filter(Case.visible_to(sight.with_ids(*ids)), id=key, merged_into_id__isnull=True)
    return here.annotate(is_watched=IS_WATCHED)


LOCKED_CASE = Written(Case, lambda *asked: seen_case(*asked).select_for_update())


IS_WATCHED = RawSQL("EXISTS (SELECT 1 FROM case_watch w WHERE w.case_id = desk_case.id)")
"""Most cases are watched by nobody, and then nobody is looked for."""


def columns(case: Case) -> dict[str, Any]:
    """The case's columns that change."""
    names, values = _changing()
    return dict(zip(names, values(vars(case)), strict=True))


@cache
def _changing() -> tuple[tuple[str, ...], Callable[[dict[str, Any]], tuple[Any, ...]]]:
    """Their names, and what finds them among a case's attributes."""
    names = tuple(name for name in Case._meta.db_fields if name not in ("id", "number"))
    return names, itemgetter(*names)


@dataclass(slots=True)
class Hand:
    """A case that the action works on: as it was, and what is to be recorded of it."""

    case: Case
    was: Mapping[str, Any] | None
    """Its columns when it was locked; None for one that is being registered."""
    is_watched: bool = False
    """Whether somebody may have watched it when it was locked."""
    events: list[Event] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """What the events become, in the same order; saved when the work is done."""
    mentioned: Sequence[int] = ()
    goes_on: Case | None = None
    """For a case that was merged: the one that goes on, locked in its place."""
    said_on: Case | None = None
    """For a case that goes on: the merged one on which something was said to it."""

    @property
    def thread(self) -> int | None:
        """The history that the case shared with others before the action; whoever watches one hears of them all."""
        return None if self.was is None else self.was["thread_id"]

    @property
    def is_changed(self) -> bool:
        """Whether the case itself changed, beside what was said in it."""
        return any(event.changes_case for event in self.events)

    @property
    def may_be_watched(self) -> bool:
        return self.is_watched or self.thread is not None

    def is_seen_by(self, contact_id: int, event: int) -> bool:
        """Whether a contact of one of these cases may be told of an event: what belongs to a merged case is its own."""
        merged = self.said_on
        return merged is None or self.entries[event].case_id != merged.id or contact_id == merged.contact_id


def held(row: Any) -> Hand:
    """The hand of a case that was read as `seen_case`."""
    case = row_of(Case, row)
    return Hand(case, columns(case), is_watched=bool(row["is_watched"]))
