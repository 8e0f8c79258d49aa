"""Brief work: an action that only posts to the feed of a case, done without a transaction, and together with others.

In a unit of work a post is BEGIN, the case, the post with its entry, and COMMIT, for each one. Brief work reads the
case without locking it, and writes by a statement that writes only where the case still is as it was read, and locks
it: what the action decided of the case holds when it is done. Both statements are for all who are at it at the moment.
Whatever does not come to that raises Overtaken before anything was written, and a unit of work, the plain twin, does it
instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError, OperationalError

from gql.actions.hands import Hand, seen_case
from gql.actions.unit_of_work import Work
from gql.actor import DESK, Actor
from gql.rules.notifications import concerns_anyone
from gql.store.cases import Case, was_visible_to
from gql.store.conversation import FeedPost
from gql.store.gathered import Gathered
from gql.store.log import Entry
from gql.store.lookups import Lookups
from gql.store.posts import REVISION, append_posts, as_json, wrote
from gql.store.written import Written, is_on_postgres, row_of

CASES_AS_THEY_ARE = Written(Case, lambda key: seen_case(DESK, key, *DESK.ids).annotate(revision=REVISION), several=True)
"""Whoever asks: of each it is seen to afterwards whether he sees it."""


class Overtaken(Exception):
    """It is no brief work, or somebody changed the case meanwhile. Nothing was done."""


class BriefWork(Work):
    """What an action works with that reads a case, and posts to it. Made by `BriefWorks.begin`."""

    def __init__(self, actor: Actor, now: datetime, lookups: Lookups, works: BriefWorks) -> None:
        super().__init__(actor, now, lookups)
        self._works = works
        self._revision = 0

    async def _locked(self, key: int) -> Hand:
        row = await self._works.case_as_it_is(self.actor, key)
        if row is None:
            raise Overtaken
        self._revision = row["revision"]
        return Hand(row_of(Case, row), row, is_watched=row["is_watched"])

    async def finish(self) -> None:
        if not self.others and not any(hand.events for hand in self._hands.values()):
            return
        hand, post = self._post()
        [entry] = hand.entries
        entry.thread_id = hand.case.id
        await self._sign([entry])
        keys = await self._works.append(as_json(entry, post, hand.case, self._revision))
        if keys is None:
            raise Overtaken
        wrote(entry, post, keys)
        self._works.hand(entry)
        self.recorded = True

    def _post(self) -> tuple[Hand, FeedPost]:
        """The case and the post that are all there is to write. Raises Overtaken where there is more."""
        hand = next(iter(self._hands.values()), None)
        if hand is None or not len(self._hands) == len(hand.events) == 1 or hand.is_changed:
            raise Overtaken
        post: FeedPost | None = vars(hand.entries[0]).get("_feed_post")
        if self.others or self._request is not None or post is None or post._saved_in_db:
            raise Overtaken
        if concerns_anyone(hand.events, hand.mentioned, watched=hand.may_be_watched):
            raise Overtaken
        return hand, post


class BriefWorks:
    """The brief work of one process. `hand` takes each entry that was written."""

    def __init__(self, hand: Callable[[Entry], None]) -> None:
        self.hand = hand
        self._are_possible = is_on_postgres(Case)
        self._cases = Gathered(_cases_as_they_are)
        self._posts = Gathered(append_posts)

    @asynccontextmanager
    async def begin(
        self, actor: Actor, now: datetime, lookups: Lookups, ring: Callable[[], None]
    ) -> AsyncIterator[BriefWork]:
        """A unit of work for an action that only records. Raises Overtaken, also where PostgreSQL is not."""
        if not self._are_possible:
            raise Overtaken
        work = BriefWork(actor, now, lookups, self)
        yield work
        await work.finish()
        if work.recorded:
            ring()

    async def case_as_it_is(self, actor: Actor, key: int) -> Any:
        """What `seen_case` tells, and its revision, as a row; None for what is not in sight. Raises Overtaken."""
        try:
            row = await self._cases.of(key)
        except Exception as error:  # which another's question may have had
            raise Overtaken from error
        return row if row is not None and was_visible_to(actor, row) else None

    async def append(self, post: bytes) -> tuple[int, int] | None:
        """Writes a post; answers what `append_posts` does. Raises Overtaken."""
        try:
            return await self._posts.of(post)
        except (IntegrityError, OperationalError) as error:  # PostgreSQL took none of them, for the sake of one
            raise Overtaken from error


async def _cases_as_they_are(keys: list[int]) -> list[Any]:
    found = {row["id"]: row for row in await CASES_AS_THEY_ARE.records(keys)}
    return [found.get(key) for key in keys]
