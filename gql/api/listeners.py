"""Who listens to streams: asks in one go whether each of them still may, and with which sight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from gql import store
from gql.actions import logins
from gql.actor import Actor
from gql.api.context import RECHECK_SECONDS, Desk, Session, logins_changed, sights_changed
from gql.errors import Unauthenticated
from gql.tokens import Token

log = structlog.get_logger(__name__)

Changed = Callable[[Actor | Unauthenticated], None]


@dataclass(slots=True, eq=False)
class Watched:
    """A token that somebody listens with, who it made him when it was last asked, and whom to tell of a change."""

    token: Token
    actor: Actor
    listeners: dict[Listener, None] = field(default_factory=dict)


class Listener:
    """One of those who listen with a token."""

    __slots__ = ("changed", "watched")

    def __init__(self, watched: Watched, changed: Changed) -> None:
        self.watched, self.changed = watched, changed


class Listeners:
    """Everybody who listens to a stream of this process.

    `heed` takes in what the log tells of logins, before it is delivered to anybody; beside that, all are asked about
    when something is to be delivered and the last answer is older than RECHECK_SECONDS.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._watched: dict[str, Watched] = {}
        self._of_login: dict[int, set[str]] = {}
        self._doubted: set[str] = set()
        self._asked = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None

    def add(self, session: Session, actor: Actor, changed: Changed) -> Listener:
        token = session.token
        assert token is not None
        watched = self._watched.get(token.id)
        if watched is None:
            watched = self._watched[token.id] = Watched(token, actor)
            self._of_login.setdefault(token.login_id, set()).add(token.id)
            self._doubt({token.id})  # what the session knows may be from a moment ago
        listener = Listener(watched, changed)
        watched.listeners[listener] = None
        return listener

    def remove(self, listener: Listener) -> None:
        watched = listener.watched
        watched.listeners.pop(listener, None)
        if not watched.listeners and self._watched.pop(watched.token.id, None) is not None:
            self._doubted.discard(watched.token.id)
            of_login = self._of_login[watched.token.login_id]
            of_login.discard(watched.token.id)
            if not of_login:
                del self._of_login[watched.token.login_id]

    async def heed(self, entries: list[store.Entry]) -> None:
        """What is new in the log: asks again about logins that were changed, or all when what groups see may have."""
        doubted = {token for login_id in logins_changed(entries) for token in self._of_login.get(login_id, ())}
        if sights_changed(entries):
            doubted = set(self._watched)
        if doubted:
            self._doubt(doubted)

    def _doubt(self, tokens: set[str]) -> None:
        self._doubted |= tokens
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        while self._doubted:
            try:
                await self.confirm()
            except Exception as error:
                log.warning("logins could not be asked about", error=str(error))
                await asyncio.sleep(RECHECK_SECONDS)

    async def confirm(self) -> None:
        """Returns when what is known is RECHECK_SECONDS old at most, and nothing that was doubted before is open."""
        for _ in range(2):  # what is being asked now may have been asked too early
            if self._asking is None:
                if not self._watched or not (self._doubted or time.monotonic() - self._asked > RECHECK_SECONDS):
                    return
                self._asking = asyncio.create_task(self._ask())
            await asyncio.shield(self._asking)  # others wait for the same

    async def _ask(self) -> None:
        try:
            await self._ask_about()
        finally:
            self._asking = None

    async def _ask_about(self) -> None:
        now = time.monotonic()
        everybody = now - self._asked > RECHECK_SECONDS
        asked = list(self._watched) if everybody else list(self._doubted)
        self._doubted.clear()
        try:
            actors = await logins.actors_of([self._watched[id].token for id in asked], self._desk.lookups)
        except BaseException:
            self._doubted |= self._watched.keys() & asked
            raise
        if everybody:
            self._asked = now
        for id in asked:
            watched = self._watched.get(id)
            if watched is None:
                continue
            actor = actors.get(id)
            if actor is None:
                for listener in tuple(watched.listeners):
                    listener.changed(Unauthenticated("The token was ended: sign in again."))
            elif actor != watched.actor:
                watched.actor = actor
                for listener in tuple(watched.listeners):
                    listener.changed(actor)
