"""What a request is answered with: the desk's parts, who asks, and where the log stands."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tortoise.models import Model

from gql import store
from gql.actions import logins
from gql.actions.brief_work import BriefWorks
from gql.actor import Actor
from gql.cursor import NOWHERE, Cursors, Place, Reading
from gql.engine.limits import Limits
from gql.engine.referee import Referee, Shape
from gql.engine.socket import SessionRefused
from gql.enums import LookupKind
from gql.errors import ResyncRequired, Unauthenticated
from gql.events import EVENTS
from gql.events.people import LoginChanged
from gql.presence import Presence
from gql.realtime import Realtime
from gql.settings import Settings
from gql.store import Lookups
from gql.tokens import Token, Tokens

if TYPE_CHECKING:
    from gql.actions.unit_of_work import Work

RECHECK_SECONDS = 1.0
"""How long a session may rely on what it last knew of its login; a change that the log tells of is heeded at once."""
MOST_SESSIONS = 10_000


@dataclass(slots=True)
class Desk:
    """The parts of a running desk that requests are answered with."""

    settings: Settings
    tokens: Tokens
    cursors: Cursors
    realtime: Realtime
    presence: Presence
    lookups: Lookups
    shape: Shape
    limits: Limits
    """What one operation of a customer's, or of nobody's, may ask for."""
    staff_limits: Limits
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    is_heard: Callable[[], bool] = lambda: True
    """Whether other processes can be heard."""
    brief_works: BriefWorks = field(init=False)
    sessions: Sessions = field(init=False)
    _reading_lookups: asyncio.Lock = field(init=False)

    def __post_init__(self) -> None:
        self.brief_works = BriefWorks(self.realtime.hand)
        self.sessions = Sessions(self)
        self._reading_lookups = asyncio.Lock()

    async def heed(self, entries: list[store.Entry]) -> None:
        """What is new in the log, or what this process is about to answer of its own doing: reads the lists anew when
        they changed, and asks again about logins."""
        if any(EVENTS[entry.kind].changes_lookups for entry in entries):
            async with self._reading_lookups:  # what is read last is what was there last
                self.lookups = await Lookups.read()
        self.sessions.heed(entries)


class Session:
    """One token over time: a request has one, and a socket keeps one for all its operations."""

    def __init__(self, desk: Desk, token: Token | None, refusal: Unauthenticated | None = None) -> None:
        self.desk, self.token = desk, token
        self._refusal = refusal or Unauthenticated()
        self._actor: Actor | None = None
        self._checked, self._doubts = 0.0, 0

    @property
    def expires_at(self) -> datetime | None:
        return self.token.expires_at if self.token else None

    @property
    def limits(self) -> Limits:
        """What one operation may ask for, by who asks, as it is known by now."""
        return self.desk.staff_limits if self._actor is not None and self._actor.is_staff else self.desk.limits

    async def actor(self, *, fresh: bool = False) -> Actor:
        """Who asks, as the database has it now or had it a moment ago. Raises Unauthenticated."""
        if self.token is None:
            raise self._refusal
        if self.token.expires_at <= self.desk.clock():
            raise Unauthenticated("The token has expired: sign in again.")
        now = time.monotonic()
        if self._actor is None or fresh or now - self._checked > RECHECK_SECONDS:
            doubts = self._doubts
            if self._checked:  # without a doubt: who comes meanwhile goes by what was known, and need not ask too
                self._checked = now
            try:
                self._actor = await logins.actor_of(self.token, self.desk.lookups)
            except BaseException:
                self._checked = 0.0
                raise
            if doubts == self._doubts:  # else what was read may be from before the change
                self._checked = now
        return self._actor

    async def begin(self) -> Context:
        """The context of one operation, or of one item of a stream. Raises Unauthenticated for a token that ended."""
        try:
            return Context(self, await self.actor(), None)
        except Unauthenticated as refusal:
            return Context(self, None, refusal)

    def doubt(self) -> None:
        """Asks again before anything more is answered."""
        self._checked, self._doubts = 0.0, self._doubts + 1


def logins_changed(entries: list[store.Entry]) -> set[int]:
    """The ids of the logins that entries tell a change of."""
    return {entry.payload["login_id"] for entry in entries if entry.kind == LoginChanged.entry}


def sights_changed(entries: list[store.Entry]) -> bool:
    """Whether entries tell of something by which anybody may see other cases than before: groups, settings."""
    kinds = (LookupKind.GROUP, LookupKind.SETTING)
    return any(entry.payload["lookup"] in kinds for entry in entries if EVENTS[entry.kind].changes_lookups)


class Sessions:
    """The sessions of a process by their `Authorization` header, so that a token is read once, and asked about once a
    second rather than once a request. What the log tells of a login is heeded before that."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: OrderedDict[str, Session] = OrderedDict()

    def of_header(self, header: str | None) -> Session:
        """The session of a header, or of none; a bad token is told when something needs one."""
        if not header:
            return Session(self._desk, None)
        session = self._known.get(header)
        if session is not None:
            self._known.move_to_end(header)
            return session
        session = self._opened(header)
        if session.token is not None:
            self._known[header] = session
            if len(self._known) > MOST_SESSIONS:
                self._known.popitem(last=False)
        return session

    def _opened(self, header: str) -> Session:
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer":
            return Session(self._desk, None)
        try:
            return Session(self._desk, self._desk.tokens.read(text.strip(), self._desk.clock()))
        except Unauthenticated as refusal:
            return Session(self._desk, None, refusal)

    async def of_socket(self, header: str | None) -> Session:
        """The session of a socket; a bad token is told at once. Raises SessionRefused."""
        session = self.of_header(header)
        if header:
            try:
                await session.actor()
            except Unauthenticated:
                raise SessionRefused from None
        return session

    def heed(self, entries: list[store.Entry]) -> None:
        """What is new in the log: asks again about logins that were changed."""
        changed, everybody = logins_changed(entries), sights_changed(entries)
        for session in self._known.values() if changed or everybody else ():
            if session.token is not None and (everybody or session.token.login_id in changed):
                session.doubt()


class Context:
    """Everything one operation, or one item of a stream, is answered with; nothing outlives it."""

    def __init__(self, session: Session, actor: Actor | None, refusal: Unauthenticated | None) -> None:
        desk = session.desk
        self.desk, self.session = desk, session
        self._actor, self._refusal = actor, refusal
        self.now = desk.clock()
        self.lookups = desk.lookups
        self.reading = Reading(desk.cursors, desk.realtime.position)
        self.done: dict[str, Any] = {}
        self.work: Work | None = None

    @cached_property
    def referee(self) -> Referee:
        return Referee(self, self.memory, self.desk.shape)

    @property
    def memory(self) -> Mapping[type[Model], Mapping[int, Any]]:
        """The lists in memory that the viewer sees, as the engine wants them."""
        seen_by_staff = self._actor is not None and self._actor.is_staff
        return self.lookups.by_model_for_staff if seen_by_staff else self.lookups.by_model

    @property
    def sight(self) -> Actor | None:
        """What of the viewer an answer's form depends on; None for nobody."""
        return None if self._actor is None else self._actor.sight

    @property
    def board(self) -> Presence:
        """Who is at which case at the moment."""
        return self.desk.presence

    @property
    def log(self) -> Realtime:
        """What streams are made of."""
        return self.desk.realtime

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells the time at the desk."""
        return self.desk.clock

    @property
    def limits(self) -> Limits:
        return self.session.limits

    @property
    def actor(self) -> Actor:
        """Who asks. Raises Unauthenticated, so that whatever touches data needs a token."""
        if self._actor is None:
            raise self._refusal or Unauthenticated()
        return self._actor

    def sign_in(self, session: Session, actor: Actor) -> None:
        """Goes on as someone who has just signed in."""
        self.session, self._actor, self._refusal = session, actor, None
        self.afresh()

    def place(self, unless_changed_since: str | None) -> Place | None:
        """The place of an input's `unlessChangedSince`; NOWHERE when the log was put back since. Raises Invalid."""
        if unless_changed_since is None:
            return None
        try:
            return self.desk.cursors.open(unless_changed_since, "unlessChangedSince")
        except ResyncRequired:
            return NOWHERE

    async def heed(self, work: Work) -> None:
        """What a mutation has done: it is answered with the lists as they are now."""
        await self.desk.heed(work.others)
        self.lookups = self.desk.lookups
        self.afresh()

    def afresh(self) -> None:
        """Forgets the rows that were read: something is about to change them."""
        self.__dict__.pop("referee", None)
