"""The unit of work: one action, one transaction, one actor, one now; whatever it records is written together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.transactions import in_transaction

from gql.actions import tasks
from gql.actions.addressees import addressees, watchers
from gql.actions.hands import LOCKED_CASE, Hand, columns, held
from gql.actor import Actor
from gql.cursor import Place, version_of
from gql.enums import Audience, CaseAction, DeskAction, NotificationChannel
from gql.errors import Changed, NotFound
from gql.events import EVENTS
from gql.events.event import Event
from gql.rules.notifications import Done, Notice, Person, Side, concerns_anyone, delivered, notices
from gql.rules.permissions import desk_refusal, refusal
from gql.rules.tasks import Stage
from gql.store.cases import FILTERABLE, Case
from gql.store.conversation import FeedPost, FormerText, PortalMessage
from gql.store.log import Entry, Notification, append
from gql.store.lookups import CaseStatus, Lookups
from gql.store.people import User
from gql.store.requests import Request
from gql.store.words import searchable
from gql.store.written import insert_all, make, point, row_of, update_all

M = TypeVar("M", bound=Model)


SEARCHED = ("subject", "description")
SIDE = ("status_id", "assignee_id", "assignee_group_id")
STAGE = ("category_id", *SIDE)


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

    async def case(
        self, key: int | None, action: CaseAction, *, unless: Place | None = None, field: str = "caseId"
    ) -> Case:
        """Locks a case that the actor sees, for an action that he may do now; `field` is where the input names it.

        Whoever locks several cases takes `joining.one_at_a_time` before.

        Raises NotFound, Forbidden, NotNow, and Changed when it changed after `unless` (R-171).
        """
        hand = await self._locked(key) if key is not None else None
        if hand is None:
            raise NotFound(field=field)
        case = hand.case
        await self._know_lists_of(case)
        self.subject = self.subject or case
        self._hands.setdefault(case.id, hand)
        if unless is not None and await self._changed_since(case, unless):
            raise Changed("Someone changed the case since you read it.", field="unlessChangedSince")
        refused = refusal(action, self.status(case), case.contact_id, self.actor, self.lookups)
        if refused is not None:
            raise refused
        return case

    async def cases(self, condition: Q) -> list[Case]:
        """Locks cases for what the desk does by itself, those that were resolved first before others.

        Whichever somebody else has locked are passed over, so that nobody waits for anybody.
        """
        rows = Case.filter(condition).order_by("resolved_at", "id")
        return self._held(await rows.select_for_update(skip_locked=True))

    async def all_cases(self, condition: Q) -> list[Case]:
        """Locks all such cases, in the order of their ids, for an action that is about something else."""
        return self._held(await Case.filter(condition).order_by("id").select_for_update())

    def _held(self, cases: list[Case]) -> list[Case]:
        for case in cases:  # who watches so many is one question, and no second one whether anybody does
            self._hands.setdefault(case.id, Hand(case, columns(case), is_watched=True))
        return cases

    async def _locked(self, key: int) -> Hand | None:
        for row in await LOCKED_CASE.records(key, *self.actor.ids, form=self.actor.sight):
            return held(row)
        # One that was merged never changes again: the case that goes on is locked instead, whoever sees that.
        merged = await Case.filter(Case.visible_to(self.actor), id=key, merged_into_id__isnull=False).first()
        if merged is None:
            return None
        goes_on = merged
        while goes_on.merged_into_id is not None:  # it may be merged itself while it is waited for
            goes_on = await Case.filter(id=goes_on.merged_into_id).select_for_update().get()
        merged.thread_id = goes_on.id
        return Hand(merged, columns(merged), goes_on=goes_on)

    async def addressed(self, key: int | None, action: CaseAction) -> tuple[Case, Case]:
        """For what is said: the case that it is said on, and the one that it reaches, locked.

        They are one, unless the first was merged: then what is said belongs to it, is shown on both, and what comes of
        it happens to the one that goes on, whether the actor sees that or not. Raises what `case` raises.
        """
        hand = await self._locked(key) if key is not None else None
        if hand is None:
            raise NotFound(field="caseId")
        said_on, reached = hand.case, hand.goes_on or hand.case
        if hand.goes_on is not None:
            hand = Hand(reached, columns(reached), said_on=said_on)
        await self._know_lists_of(reached)
        self.subject = self.subject or said_on
        self._hands.setdefault(reached.id, hand)
        refused = refusal(action, self.status(reached), said_on.contact_id, self.actor, self.lookups)
        if refused is not None:
            raise refused
        return said_on, reached

    async def _know_lists_of(self, case: Case) -> None:
        """Reads the lists anew where the case has a row of them that was added a moment ago, by another process."""
        lists = self.lookups
        known = case.status_id in lists.statuses and case.category_id in lists.categories
        if not known or case.support_line_id not in lists.lines:
            self.lookups = await Lookups.read()

    async def _changed_since(self, case: Case, place: Place) -> bool:
        if place.version:
            version = case.version if self.actor.is_staff else case.customer_version
            return place.version != version_of("Case", case.id, version)
        changing = [name for name, event in EVENTS.items() if event.changes_case]
        later = Entry.filter(Entry.visible_to(self.actor), case_id=case.id, kind__in=changing, id__gt=place.position)
        return await later.exists()

    async def see(self, key: int | None) -> Case:
        """A case that the actor sees, not locked: for what changes nothing of it. Raises NotFound."""
        return await self.find(Case, key, "case", field="caseId")

    def may(self, action: DeskAction) -> None:
        """For what is not about one case. Raises Forbidden when the actor may not do it."""
        refused = desk_refusal(action, self.actor)
        if refused is not None:
            raise refused

    # A key of None names nothing; one that no row has, such as 0, is how an id that is none of ours comes here.

    async def find(self, model: type[M], key: int | None, what: str, *, field: str) -> M:
        """A row that the actor sees and that was not retired. Raises NotFound."""
        rows = model.filter(model.visible_to(self.actor), pk=key)  # type: ignore[attr-defined]
        row = await rows.first() if key is not None else None
        if row is None or not getattr(row, "in_use", True):
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
        about: Entry | None = None,
        former: FormerText | None = None,
        mentioned: Sequence[int] = (),
    ) -> Entry:
        """Records what happened to a case that this work holds; the entry is written when the work is done, and with it
        what was said in it where that was not saved yet.

        `said` is the text that it shows, `about` the entry that it adds to, and `former` what was said before.
        """
        hand = self._hands[case.id]
        belongs_to = hand.said_on if said is not None and hand.said_on is not None else case
        entry = self._entry(event, belongs_to.id)
        if about is not None:
            entry.about_id = about.id
        if former is not None:
            entry.former_id = former.id
        if (event.changes_case or event.unsays) and hand.was is not None:
            entry.was = {name: hand.was[name] for name in FILTERABLE}
        if said is not None:
            point(entry, "feed_post" if isinstance(said, FeedPost) else "portal_message", said)
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

    def _entry(self, event: Event, case_id: int | None = None) -> Entry:
        return make(
            Entry,
            case_id=case_id,
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
        await self._save(hands)
        concerning = [h for h in hands if concerns_anyone(h.events, h.mentioned, watched=h.may_be_watched)]
        told = await self._notices(concerning) if concerning else []
        # after the notices, for nobody is told of an incident's task beside the incident
        await tasks.follow(self, [self._followed(hand) for hand in hands if hand.is_changed])
        for hand in hands:
            await self._place(hand)
        entries = [entry for hand in hands for entry in hand.entries] + self.others
        await self._sign(entries)
        await append(entries)
        notifications = [
            make(
                Notification,
                entry_id=hand.entries[notice.event].id,
                user_id=notice.person.user_id,
                contact_id=notice.person.contact_id,
                reason=notice.reason,
                in_place_of_id=notice.in_place_of,
            )
            for hand, found in zip(concerning, told, strict=True)
            for notice in found
            if notice.person.contact_id is None or hand.is_seen_by(notice.person.contact_id, notice.event)
        ]
        if notifications:
            await insert_all(notifications)
        if self._request is not None:
            request, came_of_it = self._request
            request.object_id = came_of_it.pk
            await request.save(update_fields=["object_id"])
        self.recorded = bool(entries)

    async def _place(self, hand: Hand) -> None:
        """In whose history the entries are shown: that of their case, which merged cases share."""
        thread = hand.case.thread_id
        members: Sequence[Any] = ()
        if thread is not None:
            members = await Case.filter(thread_id=thread).order_by("id").values_list("id", flat=True)
        for entry in hand.entries:
            entry.thread_id = thread or hand.case.id
            if members:
                entry.also_on = [key for key in members if key != entry.case_id] or None

    async def _save(self, hands: Sequence[Hand]) -> None:
        """Writes the cases that changed, those of which the same columns did with one statement."""
        alike: dict[tuple[str, ...], list[Case]] = {}
        for hand in hands:
            case, changing = hand.case, [event for event in hand.events if event.changes_case]
            if hand.was is None or not changing:
                continue
            case.version += 1
            case.changed_at = self.now
            if any(event.audience is Audience.CUSTOMER for event in changing):
                case.customer_version += 1
                case.customer_changed_at = self.now
            if any(getattr(case, name) != hand.was[name] for name in SEARCHED):
                case.words = searchable(case.number, case.subject, case.description)
            changed = tuple([name for name, before in hand.was.items() if getattr(case, name) != before])
            alike.setdefault(changed, []).append(case)
        for names, cases in alike.items():
            await update_all(cases, names)

    async def _notices(self, hands: Sequence[Hand]) -> list[list[Notice]]:
        """Who is told of each: those who are active, want it, or stand in for one who is away."""
        members = await self._members(hands)
        watched = [hand.case.id for hand in hands if hand.is_watched and hand.thread is None]
        watching = await watchers(watched, {hand.case.id: hand.thread for hand in hands if hand.thread is not None})
        found = [notices(self._done(hand, members, watching)) for hand in hands]
        known = await addressees({notice.person for each in found for notice in each}, self.now)
        return [delivered(each, known, self.actor, NotificationChannel.IN_APP) for each in found]

    def _done(self, hand: Hand, members: dict[int, list[int]], watching: dict[int, list[Person]]) -> Done:
        case = hand.case
        customer_id = (hand.said_on or case).contact_id if self.actor.is_staff else case.contact_id
        return Done(
            actor=self.actor,
            events=hand.events,
            before=None if hand.was is None else self._side(*[hand.was[name] for name in SIDE]),
            after=self._side(case.status_id, case.assignee_id, case.assignee_group_id),
            members=members.get(case.assignee_group_id or 0, ()) if case.assignee_id is None else (),
            mentioned=hand.mentioned,
            customer_id=customer_id,
            own_assignment=self.lookups.settings["NotifyOfOwnAssignment"],
            watchers=[who for who in watching.get(case.id, ()) if who.contact_id in (None, customer_id)],
        )

    async def _members(self, hands: Sequence[Hand]) -> dict[int, list[int]]:
        """Active employees of the groups that have cases now which changed and are nobody's in particular."""
        groups = {hand.case.assignee_group_id for hand in hands if hand.case.assignee_id is None and hand.is_changed}
        members: dict[int, list[int]] = {}
        for group in groups - {None}:
            ids: Any = await User.filter(groups=group, active=True).values_list("id", flat=True)
            members[group] = sorted(ids)  # type: ignore[index]
        return members

    def _side(self, status_id: int, assignee_id: int | None, assignee_group_id: int | None) -> Side:
        return Side(self.lookups.statuses[status_id].is_active, assignee_id, assignee_group_id)

    def _followed(self, hand: Hand) -> tasks.Followed:
        case = hand.case
        before = None if hand.was is None else self._stage(*[hand.was[name] for name in STAGE])
        after = self._stage(case.category_id, case.status_id, case.assignee_id, case.assignee_group_id)
        return tasks.Followed(case, before, after, tuple(hand.events))

    def _stage(self, category_id: int, status_id: int, assignee_id: int | None, assignee_group_id: int | None) -> Stage:
        is_incident, status = self.lookups.categories[category_id].is_incident, self.lookups.statuses[status_id]
        return Stage(is_incident, status, assignee_id, assignee_group_id)

    async def _sign(self, entries: Sequence[Entry]) -> None:
        """Puts the name of the employee who acts under the entries."""
        employee = await self._employee() if entries else None
        if employee is not None:
            for entry in entries:
                point(entry, "actor_user", employee)
                entry.actor_name = employee.name

    async def _employee(self) -> User | None:
        """The employee who acts, at least with id and name."""
        if self.actor.user_id is None or self.actor.name is None:
            return None if self.actor.user_id is None else await User.get(id=self.actor.user_id)
        return row_of(User, {"id": self.actor.user_id, "name": self.actor.name})


@asynccontextmanager
async def unit_of_work(actor: Actor, now: datetime, lookups: Lookups, ring: Callable[[], None]) -> AsyncIterator[Work]:
    """One transaction; on its end all that was recorded is in the log and the bell is rung, or nothing was done."""
    work = Work(actor, now, lookups)
    async with in_transaction():
        yield work
        await work.finish()
    if work.recorded:
        ring()
