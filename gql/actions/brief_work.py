"""Brief work: an action that comes to one statement is done without a transaction around it, in half the round trips.

In a unit of work a post is BEGIN, the case, the post with its entry, and COMMIT. Brief work reads the case without
locking it, and writes by a statement that locks the case and writes only where it still is as it was read: what the
action decided of the case holds when it is done, and the entries of a case are in order as ever. Whatever does not come
to that one statement raises Overtaken before anything was written, and a unit of work, the plain twin, does it instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from gql.actions.hands import Hand, held, seen_case
from gql.actions.unit_of_work import Work
from gql.actor import Actor
from gql.rules.notifications import concerns_anyone
from gql.store.cases import Case
from gql.store.log import append_beside
from gql.store.lookups import Lookups
from gql.store.written import REVISION, Written, is_on_postgres

CASE_AS_IT_IS = Written(Case, lambda *asked: seen_case(*asked).annotate(revision=REVISION))


class Overtaken(Exception):
    """It is no brief work, or somebody changed the case meanwhile. Nothing was done."""


class BriefWork(Work):
    """What an action works with that reads a case, and adds an entry to it. Made by `brief_work`."""

    def __init__(self, actor: Actor, now: datetime, lookups: Lookups) -> None:
        super().__init__(actor, now, lookups)
        self._revisions: dict[int, int] = {}

    async def _locked(self, key: int) -> Hand:
        for row in await CASE_AS_IT_IS.records(key, *self.actor.ids, form=self.actor.sight):
            self._revisions[key] = row["revision"]
            return held(row)
        raise Overtaken

    async def finish(self) -> None:
        for hand in self._hands.values():
            if not hand.events:
                continue
            if not self._is_brief(hand):
                raise Overtaken
            [entry] = hand.entries
            entry.thread_id = hand.case.id
            await self._sign([entry])
            if not await append_beside(entry, hand.case, self._revisions[hand.case.id]):
                raise Overtaken
            self.recorded = True

    def _is_brief(self, hand: Hand) -> bool:
        """Whether one entry is all that there is to write."""
        alone = len(self._hands) == len(hand.events) == 1 and not self.others
        quiet = not concerns_anyone(hand.events, hand.mentioned, watched=hand.may_be_watched)
        return alone and quiet and not hand.is_changed


@asynccontextmanager
async def brief_work(
    actor: Actor, now: datetime, lookups: Lookups, ring: Callable[[], None]
) -> AsyncIterator[BriefWork]:
    """A unit of work for an action that writes nothing by itself. Raises Overtaken, also where PostgreSQL is not."""
    if not is_on_postgres(Case):
        raise Overtaken
    work = BriefWork(actor, now, lookups)
    yield work
    await work.finish()
    if work.recorded:
        ring()
