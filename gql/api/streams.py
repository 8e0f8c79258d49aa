"""What the service tells without being asked again: entries of the log, as each subscriber may see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import groupby
from typing import Any

import strawberry

from gql import store
from gql.api.case_lists import CaseFilter, could_have_fitted, listed
from gql.api.cases import Case
from gql.api.context import Context
from gql.api.history import FeedPost, HistoryEntry, PortalMessage, stored_kinds
from gql.api.mutations import DeskInfo
from gql.api.notifications import Notification
from gql.api.scalars import Cursor, key
from gql.cursor import Reading
from gql.engine.declare import given, value
from gql.enums import Audience, HistoryKind
from gql.errors import NotFound
from gql.events import EVENTS, LoginChanged
from gql.store.cases import was_visible_to
from gql.store.words import tokens

CHANGING = frozenset(name for name, event in EVENTS.items() if event.changes_case)


@value
class CaseChange:
    """A change to a list of cases that a client is looking at."""

    cursor: Cursor
    fits: bool
    """Whether the case now belongs in the list."""
    case: Case | None
    """The case as it is now; null when the viewer may no longer see it."""
    case_id: strawberry.ID


async def _followed(context: Context, after: str | None) -> AsyncIterator[list[store.Entry]]:
    """Batches of the log after a cursor, or from now; asks again for the right to follow before each.

    Raises Invalid, ResyncRequired, and Unauthenticated once the login may not go on.
    """
    realtime, session = context.desk.realtime, context.session
    position = context.reading.position
    context.actor  # noqa: B018 - no stream begins without a token
    if after is not None:
        position = context.desk.cursors.open(after, "after").position
        await realtime.resume(position)
    async for batch in realtime.follow(position):
        mine = any(e.kind == LoginChanged.entry and e.payload["login_id"] == context.actor.login_id for e in batch)
        await session.actor(fresh=mine)
        yield batch


async def _entries(
    context: Context, after: str | None, wanted: Callable[[store.Entry], bool]
) -> AsyncIterator[store.Entry]:
    """Entries of cases that are wanted and that the subscriber may see at the moment of delivery (R-160, R-173)."""
    async for batch in _followed(context, after):
        actor = await context.session.actor()
        ours = [e for e in batch if e.case_id is not None and wanted(e)]
        if not actor.is_staff:
            ours = [e for e in ours if e.audience is Audience.CUSTOMER]
        if ours and not actor.sees_all:
            ids = store.Entry.filter(store.Entry.visible_to(actor), id__in=[e.id for e in ours]).values_list(
                "id", flat=True
            )
            seen = set(await ids)
            ours = [e for e in ours if e.id in seen]
        for entry in ours:
            await _may_go_on(context)
            yield entry


async def _may_go_on(context: Context) -> None:
    """Asks again before each item, for a slow reader may have lost the right meanwhile. Raises Unauthenticated."""
    await context.session.actor()


async def _case_named(context: Context, case_id: str | None) -> int | None:
    """The case that a stream is narrowed to. Raises NotFound."""
    if case_id is None:
        return None
    found = key(store.Case, case_id)
    if await context.referee.row(store.Case, found) is None:
        raise NotFound(field="caseId")
    return found


@strawberry.type(
    description="What the service tells without being asked again. Every item carries a cursor; subscribing `after` "
    "the last one seen repeats nothing and skips nothing. Without `after` the stream starts now."
)
class Subscription:
    @strawberry.subscription(
        description="Everything added to the processing history of one case, or of every case the viewer may see."
    )
    async def case_history_added(
        self,
        info: DeskInfo,
        case_id: strawberry.ID | None = None,
        kinds: list[HistoryKind] | None = None,
        after: Cursor | None = None,
    ) -> AsyncIterator[HistoryEntry]:
        only = await _case_named(info.context, case_id)
        names = None if kinds is None else frozenset(stored_kinds(kinds))
        wanted = _wanted(only, names)
        async for entry in _entries(info.context, after, wanted):
            yield given(HistoryEntry, entry)

    @strawberry.subscription(description="Posts added to the feed of one case, or of every case the viewer may see.")
    async def feed_post_added(
        self, info: DeskInfo, case_id: strawberry.ID | None = None, after: Cursor | None = None
    ) -> AsyncIterator[FeedPost]:
        only = await _case_named(info.context, case_id)
        async for entry in _entries(info.context, after, _wanted(only, frozenset({"FeedPost"}))):
            yield given(FeedPost, entry)

    @strawberry.subscription(
        description="Messages added to the portal side of one case, or of every case the viewer may see."
    )
    async def portal_message_added(
        self, info: DeskInfo, case_id: strawberry.ID | None = None, after: Cursor | None = None
    ) -> AsyncIterator[PortalMessage]:
        only = await _case_named(info.context, case_id)
        async for entry in _entries(info.context, after, _wanted(only, frozenset({"PortalMessage"}))):
            yield given(PortalMessage, entry)

    @strawberry.subscription(
        description="Cases that came into a list, changed in it, or left it. The filter means what it means in `cases`."
    )
    async def cases_changed(
        self, info: DeskInfo, filter: CaseFilter | None = None, after: Cursor | None = None
    ) -> AsyncIterator[CaseChange]:
        context = info.context
        listed(context.actor, context.lookups, filter)  # a wrong filter is told at once
        searching = filter is not None and tokens(filter.search)  # then words that are said bring cases into the list
        async for batch in _followed(context, after):
            actor = await context.session.actor()
            told = [
                entry
                for entry in batch
                if entry.case_id is not None
                and (entry.kind in CHANGING or searching)
                and (actor.is_staff or entry.audience is Audience.CUSTOMER)
            ]
            if not told:
                continue
            lookups = context.lookups
            seen = store.Case.filter(store.Case.visible_to(actor), id__in={entry.case_id for entry in told})
            cases = {row.id: row for row in await seen}
            fitting: set[Any] = set(await seen.filter(listed(actor, lookups, filter)).values_list("id", flat=True))
            reading = Reading(context.desk.cursors, context.desk.realtime.position)
            # Changes of a case in a row are told as one. Were those joined that others lie between, whoever is cut at
            # one of the others would never hear of the first.
            for case_id, row_of_changes in groupby(told, key=lambda entry: entry.case_id):
                entries = list(row_of_changes)
                had = any(
                    entry.was is not None
                    and was_visible_to(actor, entry.was)
                    and could_have_fitted(entry.was, actor, lookups, filter)
                    for entry in entries
                )
                if case_id in fitting or had:
                    await _may_go_on(context)
                    yield CaseChange(
                        cursor=Cursor(reading.cursor_at(entries[-1].id)),
                        fits=case_id in fitting,
                        case=given(Case, cases[case_id]) if case_id in cases else None,
                        case_id=strawberry.ID(f"Case_{case_id}"),
                    )

    @strawberry.subscription(description="Notifications for the viewer.")
    async def notification_received(self, info: DeskInfo, after: Cursor | None = None) -> AsyncIterator[Notification]:
        context = info.context
        async for batch in _followed(context, after):
            actor = await context.session.actor()
            of_cases = [entry.id for entry in batch if entry.case_id is not None]
            if not of_cases:
                continue
            mine = store.Notification.filter(store.Notification.visible_to(actor), entry_id__in=of_cases)
            for notification in await mine.order_by("entry_id", "id"):
                await _may_go_on(context)
                yield given(Notification, notification)


def _wanted(case_id: int | None, kinds: frozenset[str] | None) -> Callable[[store.Entry], bool]:
    return lambda entry: (case_id is None or entry.case_id == case_id) and (kinds is None or entry.kind in kinds)
