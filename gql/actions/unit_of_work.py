"""The unit of work: one action, one transaction, one actor, one now; whatever it records is written together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from tortoise.models import Model
from tortoise.transactions import in_transaction

from gql.actor import Actor
from gql.cursor import Place
from gql.enums import Audience, CaseAction
from gql.errors import Changed, NotFound
from gql.events import EVENTS, Event
from gql.rules.notifications import Done, Notice, Person, Side, notices
from gql.rules.permissions import refusal
from gql.store.cases import FILTERABLE, Case, CaseWatch
from gql.store.conversation import FeedPost, PortalMessage
from gql.store.log import Entry, Notification
from gql.store.lookups import CaseStatus, Lookups
from gql.store.people import User
from gql.store.requests import Request
from gql.store.words import searchable
from gql.store.written import Written

M = TypeVar("M", bound=Model)

LOCKED_CASE = Written(Case, lambda key: Case.filter(id=key).select_for_update())
WATCHES_OF_CASE = Written(CaseWatch, lambda key: CaseWatch.filter(case_id=key))


def columns(case: Case) -> dict[str, Any]:
    """The case's columns that change."""
    return {name: getattr(case, name) for name in case._meta.db_fields if name not in ("id", "number")}


@dataclass(slots=True)
class Hand:
    """A case that the action works on: as it was, and what is to be recorded of it."""

    case: Case
    was: dict[str, Any] | None
    """Its columns when it was locked; None for one that is being registered."""
    events: list[Event] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """What the events become, in the same order; saved when the work is done."""
    mentioned: Sequence[int] = ()


class Work:
    """What an action works with. Made by `unit_of_work`."""

    def __init__(self, actor: Actor, now: datetime, lookups: Lookups) -> None:
        self.actor, self.now, self.lookups = actor, now, lookups
        self.subject: Case | None = None
        """The case that the action was asked to change, once it was found."""
        self.recorded = False
        self._hands: dict[int, Hand] = {}
        self.others: list[Entry] = []
        self._request: tuple[Request, Model] | None = None

    async def case(self, key: int | None, action: CaseAction, *, unless: Place | None = None) -> Case:
        """Locks a case that the actor sees, for an action that he may do now.

        Raises NotFound, Forbidden, NotNow, and Changed when it changed after `unless` (R-171).
        """
        case = await self._locked(key) if key is not None else None
        if case is None:
            raise NotFound(field="caseId")
        self.subject = case
        self._hands.setdefault(case.id, Hand(case, columns(case)))
        if unless is not None and await self._changed_since(case, unless):
            raise Changed("Someone changed the case since you read it.", field="unlessChangedSince")
        refused = refusal(action, self.status(case), self.actor, self.lookups)
        if refused is not None:
            raise refused
        return case

    async def _locked(self, key: int) -> Case | None:
        if self.actor.sees_all:
            return next(iter(await LOCKED_CASE.rows(key)), None)
        return await Case.filter(Case.visible_to(self.actor), id=key).select_for_update().first()

    async def _changed_since(self, case: Case, place: Place) -> bool:
        if place.version:
            return place.version != (case.version if self.actor.is_staff else case.customer_version)
        changing = [name for name, event in EVENTS.items() if event.changes_case]
        later = Entry.filter(Entry.visible_to(self.actor), case_id=case.id, kind__in=changing, id__gt=place.position)
        return await later.exists()

    async def see(self, key: int | None) -> Case:
        """A case that the actor sees, not locked: for what changes nothing of it. Raises NotFound."""
        return await self.find(Case, key, "case", field="caseId")

    # A key of None names nothing; one that no row has, such as 0, is how an id that is none of ours comes here.

    async def find(self, model: type[M], key: int | None, what: str, *, field: str) -> M:
        """A row that the actor sees. Raises NotFound."""
        rows = model.filter(model.visible_to(self.actor), pk=key)  # type: ignore[attr-defined]
        row = await rows.first() if key is not None else None
        if row is None:
            raise NotFound(what, field=field)
        return row

    def status(self, case: Case) -> CaseStatus:
        """The case's status, from memory."""
        return self.lookups.statuses[case.status_id]

    def registered(self, case: Case) -> None:
        """A case that this action makes; it was saved already."""
        self.subject = case
        self._hands[case.id] = Hand(case, None)

    def record(
        self,
        case: Case,
        event: Event,
        *,
        said: FeedPost | PortalMessage | None = None,
        mentioned: Sequence[int] = (),
    ) -> Entry:
        """Records what happened to a case that this work holds; the entry is written when the work is done."""
        hand = self._hands[case.id]
        entry = self._entry(event)
        entry.case_id = case.id
        if event.changes_case and hand.was is not None:
            entry.was = {name: hand.was[name] for name in FILTERABLE}
        if isinstance(said, FeedPost):
            entry.feed_post_id = said.id
        elif said is not None:
            entry.portal_message_id = said.id
        hand.events.append(event)
        hand.entries.append(entry)
        hand.mentioned = (*hand.mentioned, *mentioned)
        return entry

    def record_elsewhere(self, event: Event) -> None:
        """Records what happened to no case."""
        self.others.append(self._entry(event))

    def remember(self, request: Request, came_of_it: Model) -> None:
        """What came of a client's request id; kept when the work is done."""
        self._request = request, came_of_it

    def _entry(self, event: Event) -> Entry:
        return Entry(
            kind=event.entry,
            audience=event.audience,
            at=self.now,
            actor_user_id=self.actor.user_id,
            actor_contact_id=self.actor.contact_id,
            payload=event.payload(),
        )

    async def finish(self) -> None:
        """Writes the cases that changed, then entries, then who is told of them; nothing but COMMIT is to follow."""
        hands = [hand for hand in self._hands.values() if hand.events]
        for hand in hands:
            await self._save(hand)
        told = [(hand, await self._notices(hand)) for hand in hands]
        entries = [entry for hand in hands for entry in hand.entries] + self.others
        name = await self._actor_name() if entries else None
        for entry in entries:
            entry.actor_name = name
            await entry.save(force_create=True)
        notifications = [
            Notification(
                entry_id=hand.entries[notice.event].id,
                user_id=notice.person.user_id,
                contact_id=notice.person.contact_id,
                reason=notice.reason,
            )
            for hand, found in told
            for notice in found
        ]
        if notifications:
            await Notification.bulk_create(notifications)
        if self._request is not None:
            request, came_of_it = self._request
            request.object_id = came_of_it.pk
            await request.save(update_fields=["object_id"])
        self.recorded = bool(entries)

    async def _save(self, hand: Hand) -> None:
        case, changing = hand.case, [event for event in hand.events if event.changes_case]
        if hand.was is None or not changing:
            return
        case.version += 1
        case.changed_at = self.now
        if any(event.audience is Audience.CUSTOMER for event in changing):
            case.customer_version += 1
            case.customer_changed_at = self.now
        case.words = searchable(case.number, case.subject, case.description)
        changed = [name for name, before in hand.was.items() if getattr(case, name) != before]
        await case.save(update_fields=changed)

    async def _notices(self, hand: Hand) -> list[Notice]:
        """Who is told; of employees those who are active (R-47)."""
        found = notices(await self._done(hand))
        employees = [notice.person.user_id for notice in found if notice.person.user_id]
        rows = User.filter(id__in=employees, active=True)
        active: set[Any] = set(await rows.values_list("id", flat=True)) if employees else set()
        return [notice for notice in found if not notice.person.user_id or notice.person.user_id in active]

    async def _done(self, hand: Hand) -> Done:
        case = hand.case
        members: list[int] = []
        if case.assignee_id is None and case.assignee_group_id is not None:
            members = await User.filter(groups=case.assignee_group_id, active=True).values_list("id", flat=True)  # type: ignore[assignment]
        watches = await WATCHES_OF_CASE.rows(case.id) if hand.was is not None else []
        return Done(
            actor=self.actor,
            events=hand.events,
            before=None if hand.was is None else self._side(hand.was),
            after=self._side(columns(case)),
            members=sorted(members),
            mentioned=hand.mentioned,
            watchers=[
                Person(watch.user_id, watch.contact_id)
                for watch in watches
                if watch.contact_id is None or watch.contact_id == case.contact_id
            ],
        )

    def _side(self, columns: dict[str, Any]) -> Side:
        active = self.lookups.statuses[columns["status_id"]].is_active
        return Side(active, columns["assignee_id"], columns["assignee_group_id"])

    async def _actor_name(self) -> str | None:
        if self.actor.user_id is None or self.actor.name is not None:
            return self.actor.name
        return (await User.get(id=self.actor.user_id)).name


@asynccontextmanager
async def unit_of_work(actor: Actor, now: datetime, lookups: Lookups, ring: Callable[[], None]) -> AsyncIterator[Work]:
    """One transaction; on its end all that was recorded is in the log and the bell is rung, or nothing was done."""
    work = Work(actor, now, lookups)
    async with in_transaction():
        yield work
        await work.finish()
    if work.recorded:
        ring()
