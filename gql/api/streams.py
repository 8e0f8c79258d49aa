"""What the service tells without being asked again: entries of the log, as each subscriber may see them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import strawberry

from gql import store
from gql.actor import Actor
from gql.api.case_lists import CaseFilter, could_have_fitted, listed
from gql.api.cases import Case
from gql.api.history import FeedPost, HistoryEntry, PortalMessage, stored_kinds
from gql.api.notifications import Notification
from gql.api.scalars import Cursor, key
from gql.cursor import Reading
from gql.engine.declare import given, stream, value
from gql.enums import Audience, HistoryKind
from gql.errors import NotFound
from gql.events import EVENTS
from gql.store.cases import was_visible_to
from gql.store.words import tokens

CHANGING = frozenset(name for name, event in EVENTS.items() if event.changes_case)

Batch = list[store.Entry]
Told = list[tuple[int, Any]]
"""Items, each with its position in the log."""


@value
class CaseChange:
    """A change to a list of cases that a client is looking at."""

    cursor: Cursor
    fits: bool
    """Whether the case now belongs in the list."""
    case: Case | None
    """The case as it is now; null when the viewer may no longer see it."""
    case_id: strawberry.ID


# ---------------------------------------------------------------- entries of cases


async def case_named(actor: Actor, case_id: strawberry.ID | None = None) -> None:
    """Raises NotFound for a case that is not there for the viewer."""
    if case_id is not None:
        named = store.Case.filter(store.Case.visible_to(actor), id=key(store.Case, case_id))
        if not await named.exists():
            raise NotFound(field="caseId")


def sees_every_case(actor: Actor) -> bool:
    return actor.sees_all


async def _seen(batch: Batch, actor: Actor, case_id: strawberry.ID | None, kinds: frozenset[str] | None) -> Told:
    """Entries of cases that are wanted and that the subscriber may see at the moment of delivery (R-160, R-173)."""
    only = key(store.Case, case_id)
    ours = [
        entry
        for entry in batch
        if entry.case_id is not None
        and (only is None or entry.case_id == only)
        and (kinds is None or entry.kind in kinds)
        and (actor.is_staff or entry.audience is Audience.CUSTOMER)
    ]
    if ours and not actor.sees_all:
        visible = store.Entry.filter(store.Entry.visible_to(actor), id__in=[entry.id for entry in ours])
        seen: set[Any] = set(await visible.values_list("id", flat=True))
        ours = [entry for entry in ours if entry.id in seen]
    return [(entry.id, entry) for entry in ours]


async def entries_told(
    batch: Batch, actor: Actor, case_id: strawberry.ID | None = None, kinds: list[HistoryKind] | None = None
) -> Told:
    return await _seen(batch, actor, case_id, None if kinds is None else frozenset(stored_kinds(kinds)))


async def posts_told(batch: Batch, actor: Actor, case_id: strawberry.ID | None = None) -> Told:
    return await _seen(batch, actor, case_id, frozenset({"FeedPost"}))


async def messages_told(batch: Batch, actor: Actor, case_id: strawberry.ID | None = None) -> Told:
    return await _seen(batch, actor, case_id, frozenset({"PortalMessage"}))


# ---------------------------------------------------------------- lists of cases


async def list_asked(actor: Actor, lookups: store.Lookups, filter: CaseFilter | None = None) -> None:
    """Raises what is wrong with the filter."""
    listed(actor, lookups, filter)


def everybodys_list(actor: Actor, filter: CaseFilter | None = None) -> bool:
    """Without a filter the list is the viewer's own (R-150)."""
    return actor.sees_all and filter is not None


async def changes_told(
    batch: Batch, actor: Actor, lookups: store.Lookups, reading: Reading, filter: CaseFilter | None = None
) -> Told:
    searching = filter is not None and tokens(filter.search)  # then words that are said bring cases into the list
    told = [
        entry
        for entry in batch
        if entry.case_id is not None
        and (entry.kind in CHANGING or searching)
        and (actor.is_staff or entry.audience is Audience.CUSTOMER)
    ]
    if not told:
        return []
    seen = store.Case.filter(store.Case.visible_to(actor), id__in={entry.case_id for entry in told})
    cases = {row.id: row for row in await seen}
    fitting = set(await seen.filter(listed(actor, lookups, filter)).values_list("id", flat=True)) & cases.keys()
    items = []
    # Changes of a case in a row are told as one. Were those joined that others lie between, whoever is cut at one of
    # the others would never hear of the first.
    for case_id, row_of_changes in groupby(told, key=lambda entry: entry.case_id):
        entries = list(row_of_changes)
        had = any(
            entry.was is not None
            and was_visible_to(actor, entry.was)
            and could_have_fitted(entry.was, actor, lookups, filter)
            for entry in entries
        )
        if case_id in fitting or had:
            change = CaseChange(
                cursor=Cursor(reading.cursor_at(entries[-1].id)),
                fits=case_id in fitting,
                case=given(Case, cases[case_id]) if case_id in cases else None,
                case_id=strawberry.ID(f"Case_{case_id}"),
            )
            items.append((entries[-1].id, change))
    return items


# ---------------------------------------------------------------- the viewer's own


async def notifications_told(batch: Batch, actor: Actor) -> Told:
    of_cases = [entry.id for entry in batch if entry.case_id is not None]
    if not of_cases:
        return []
    mine = store.Notification.filter(store.Notification.visible_to(actor), entry_id__in=of_cases)
    return [(notification.entry_id, notification) for notification in await mine.order_by("entry_id", "id")]


@value
class Subscription:
    """What the service tells without being asked again. Every item carries a cursor; subscribing `after` the last one
    seen repeats nothing and skips nothing. Without `after` the stream starts now."""

    case_history_added: HistoryEntry = stream(entries_told, begin=case_named, alike=sees_every_case)
    """Everything added to the processing history of one case, or of every case the viewer may see."""
    feed_post_added: FeedPost = stream(posts_told, begin=case_named, alike=sees_every_case)
    """Posts added to the feed of one case, or of every case the viewer may see."""
    portal_message_added: PortalMessage = stream(messages_told, begin=case_named, alike=sees_every_case)
    """Messages added to the portal side of one case, or of every case the viewer may see."""
    cases_changed: CaseChange = stream(changes_told, begin=list_asked, alike=everybodys_list)
    """Cases that came into a list, changed in it, or left it. The filter means what it means in `cases`."""
    notification_received: Notification = stream(notifications_told)
    """Notifications for the viewer."""
