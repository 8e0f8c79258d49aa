"""What the service tells without being asked again: entries of the log, as each subscriber may see them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import strawberry

from gql import store
from gql.actor import Actor
from gql.api.case_lists import CaseFilter, case_named, could_have_fitted, listed
from gql.api.cases import Case
from gql.api.conversation import FeedPost, PortalMessage
from gql.api.dashboard import Dashboard, alike_in_zone, counted_again, figures, figures_asked, sees_some
from gql.api.history import HistoryEntry, stored_kinds
from gql.api.lookups import Lookups
from gql.api.notifications import Notification, unread_count
from gql.api.presence import CasePresence, at_the_case, room_of, who_is_there
from gql.api.scalars import Cursor, key
from gql.cursor import Reading
from gql.engine.declare import given, live, stream, value
from gql.engine.log import Sifted
from gql.enums import Audience, HistoryKind, LookupKind, Role
from gql.events import EVENTS
from gql.realtime import Concerned, Realtime
from gql.store.cases import was_visible_to
from gql.store.words import tokens

CHANGING = frozenset(name for name, event in EVENTS.items() if event.changes_case or event.changes_parts)

PRESENCE_CHANGES = 0.25
"""Seconds in which changes of who is at a case are told as one."""

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


def sees_every_case(actor: Actor) -> bool:
    return actor.sees_all


async def _seen(batch: Batch, actor: Actor, case_id: strawberry.ID | None, kinds: frozenset[str] | None) -> Told:
    """Entries of cases that are wanted and that the subscriber may see at the moment of delivery (R-160, R-173)."""
    only = key(store.Case, case_id)
    ours = [
        entry
        for entry in batch
        if entry.case_id is not None
        and (only is None or entry.case_id == only or (entry.also_on is not None and only in entry.also_on))
        and (kinds is None or entry.kind in kinds)
        and (actor.is_staff or entry.audience is Audience.CUSTOMER)
    ]
    return [(entry.id, entry) for entry in await _visible(ours, actor)]


async def _visible(entries: Batch, actor: Actor) -> Batch:
    """Those that the subscriber sees now: what is for customers may have been hidden since."""
    if not entries or actor.sees_all:
        return entries
    visible = store.Entry.filter(store.Entry.visible_to(actor), id__in=[entry.id for entry in entries])
    seen: set[Any] = set(await visible.values_list("id", flat=True))
    return [entry for entry in entries if entry.id in seen]


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


async def _without_hidden(entries: Batch, actor: Actor) -> Batch:
    """Those that are about no message which is hidden now, nor only about another case that the customer does not see.

    Where the case itself changed too, its `changedAt` moved for all who see it.
    """
    messages = {entry.portal_message_id for entry in entries if entry.portal_message_id is not None}
    of_others = [entry for entry in entries if entry.other_case_id is not None and not EVENTS[entry.kind].changes_case]
    others = {entry.other_case_id for entry in of_others}
    hidden, seen = set[Any](), set[Any]()
    if messages:
        of_staff = store.PortalMessage.filter(id__in=messages, audience=Audience.STAFF)
        hidden = set(await of_staff.values_list("id", flat=True))
    if others:
        seen = set(await store.Case.filter(store.Case.visible_to(actor), id__in=others).values_list("id", flat=True))
    unseen = {entry.id for entry in of_others if entry.other_case_id not in seen}
    return [entry for entry in entries if entry.portal_message_id not in hidden and entry.id not in unseen]


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
    if not actor.is_staff:
        told = await _without_hidden(told, actor)
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


# ---------------------------------------------------------------- the desk's lists

FOR_EVERYBODY = frozenset(
    (LookupKind.CASE_STATUS, LookupKind.CASE_CATEGORY, LookupKind.CLOSURE_CODE, LookupKind.SATISFACTION_LEVEL)
)
"""Lists that customers see."""


@value
class LookupsChange:
    """A change to the desk's lists or settings, or to its employees."""

    cursor: Cursor
    changed: LookupKind
    """The list that was changed."""
    lookups: Lookups
    """The lists as they are now. Employees are listed by `users`."""


def anybody(sight: Actor) -> bool:
    return True


async def lookups_told(batch: Batch, sight: Actor, reading: Reading) -> Told:
    """What customers do not see they do not hear of; settings are for administrators."""
    items = []
    for entry in batch:
        if "lookup" not in entry.payload:
            continue
        changed = LookupKind(entry.payload["lookup"])
        if changed in FOR_EVERYBODY or sight.may(Role.ADMINISTRATOR if changed is LookupKind.SETTING else Role.AGENT):
            cursor = Cursor(reading.cursor_at(entry.id))
            items.append((entry.id, LookupsChange(cursor=cursor, changed=changed, lookups=Lookups())))
    return items


# ---------------------------------------------------------------- the viewer's own


@value
class UnreadCount:
    """How much waits for the viewer."""

    count: int


def was_told(actor: Actor, concerned: Concerned) -> bool:
    return actor.user_id in concerned.users or actor.contact_id in concerned.contacts


async def unread(actor: Actor) -> UnreadCount:
    return UnreadCount(count=await unread_count(actor))


def unread_again(actor: Actor, log: Realtime) -> Sifted:
    """The count may be another when the viewer was told or read something, or a case came into or left his sight."""

    async def matters(batch: Batch) -> bool:
        concerned = await log.concerned(batch)
        return was_told(actor, concerned) or (not actor.sees_all and sees_some(actor, concerned))

    return Sifted(log, matters)


async def notifications_told(batch: Batch, actor: Actor, log: Realtime) -> Told:
    of_cases = [entry.id for entry in batch if entry.case_id is not None]
    if not of_cases or not was_told(actor, await log.concerned(batch)):
        return []
    mine = store.Notification.filter(store.Notification.visible_to(actor), entry_id__in=of_cases)
    return [(notification.entry_id, notification) for notification in await mine.order_by("entry_id", "id")]


@value
class Subscription:
    """What the service tells without being asked again. Every item carries a cursor; subscribing `after` the last one
    seen repeats nothing and skips nothing. Without `after` the stream starts now.
    Those that tell what is so, `dashboardChanged`, `unreadCountChanged` and `presenceChanged`, have neither: they begin
    with the whole."""

    case_history_added: HistoryEntry = stream(entries_told, begin=case_named, alike=sees_every_case)
    """Everything added to the processing history of one case, or of every case the viewer may see."""
    feed_post_added: FeedPost = stream(posts_told, begin=case_named, alike=sees_every_case)
    """Posts added to the feed of one case, or of every case the viewer may see."""
    portal_message_added: PortalMessage = stream(messages_told, begin=case_named, alike=sees_every_case)
    """Messages added to the portal side of one case, or of every case the viewer may see."""
    cases_changed: CaseChange = stream(changes_told, begin=list_asked, alike=everybodys_list)
    """Cases that came into a list, changed in it, or left it. The filter means what it means in `cases`."""
    lookups_changed: LookupsChange = stream(lookups_told, alike=anybody)
    """Changes to the desk's lists that the viewer sees; to employees also changes of employees, to administrators those
    of settings."""
    notification_received: Notification = stream(notifications_told)
    """Notifications for the viewer."""
    unread_count_changed: UnreadCount = live(unread, on=unread_again)
    """How many of the viewer's notifications are unread: now, and whenever it has changed, by new ones or by reading in
    whatever window; at most once a second."""
    dashboard_changed: Dashboard = live(figures, begin=figures_asked, alike=alike_in_zone, on=counted_again)
    """The dashboard now, and again whenever its figures changed, at most once a second."""
    presence_changed: CasePresence = live(
        who_is_there, begin=at_the_case, alike=sees_every_case, on=room_of, seconds=PRESENCE_CHANGES
    )
    """Who looks at a case, writes, or edits it: everybody at the beginning, and again when that changes. For staff."""
