"""Subscriptions: what many ask for alike is found, executed and encoded once, and written to each of them.

A stream is a function of the log. Whoever watches the same list with the same eyes shares a `Source`, which makes the
items of each batch of the log once; whoever selects the same of them shares a `Group`, which answers and encodes each
item once. A subscriber remembers the position he has seen. One who is behind, because he came with a cursor or does not
read, goes over the log by himself, and joins the group at a moment without an await at which he has caught up with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol
from weakref import WeakValueDictionary

from graphql import (
    ExecutionResult,
    located_error,
)

from gql.engine.answers import Refused, encode
from gql.engine.declared import call
from gql.engine.documents import Operation, Prepared
from gql.engine.execution import Engine, StreamFailed
from gql.engine.live import AT_ONCE, MOST_WAITING, Watch
from gql.engine.log import Log
from gql.engine.outlines import Asked, Outline, asked_by, outline_of, variables_key
from gql.engine.sharing import alike_for_all
from gql.engine.sources import Live, Stream

BATCHES_KEPT = 4
"""Batches of which a source remembers the items."""
ANSWERS_KEPT = 64 * 1024
"""Bytes of answers that a group remembers."""
REMEMBERED = 32
"""Arguments of one document that are kept as they were read."""
REMEMBERED_LENGTH = 1_000


class Listeners(Protocol):
    """Knows who listens, and tells each of them when he may no longer, or sees something else."""

    def add(self, session: Any, actor: Any, changed: Callable[[Any], None]) -> Any:
        """`changed` is called with the actor as he is now, or with what is raised to one who may not go on."""

    def remove(self, listener: Any) -> None: ...

    async def confirm(self) -> None:
        """Returns when what is known of all who listen is a second old at most, and nothing that the log has told is
        left to be heeded."""


class Sink(Protocol):
    """Where the items of one subscriber go."""

    def write(self, answer: bytes, made: dict[Any, bytes]) -> int:
        """Sends an encoded answer; how many bytes wait to be read now. `made` keeps what is alike for several."""

    async def drained(self) -> None:
        """Returns once the client has taken in most of what was written, or is gone."""

    def fail(self, errors: list[Any]) -> None:
        """The stream has ended with errors."""


class Fanout:
    """The streams of one server process."""

    def __init__(self, engine: Engine, log: Log, listeners: Listeners, context_of: Callable[[Any], Any]) -> None:
        """`context_of` makes the context of one item for an actor."""
        self.engine, self.log, self.listeners, self.context_of = engine, log, listeners, context_of
        self._groups: WeakValueDictionary[Hashable, Group | Watch] = WeakValueDictionary()
        self._sources: WeakValueDictionary[Hashable, Source] = WeakValueDictionary()

    def outline(self, prepared: Prepared) -> Outline | None:
        """What is known of a subscription; None when it is not a declared one."""
        known = prepared.plans.get(Outline, ...)
        if known is ...:
            known = prepared.plans[Outline] = outline_of(self.engine, prepared)
        return known  # type: ignore[no-any-return]

    async def subscribe(
        self, prepared: Prepared, operation: Operation, session: Any, sink: Sink, position: int
    ) -> Subscriber:
        """Begins a stream, with what comes after the position unless the client names another.

        Raises Refused for variables that do not fit, and StreamFailed for what the client cannot have.
        """
        outline = self.outline(prepared)
        assert outline is not None
        subscriber = Subscriber(self, prepared, operation, sink, position)
        try:
            context = await session.begin()
            subscriber.actor = context.actor
            subscriber.listener = self.listeners.add(session, context.actor, subscriber.changed)
            asked, after = self._asked(outline, prepared, operation)
            if outline.stream.begin is not None:
                await call(outline.stream.begin, context, asked.values)
            if after is not None:
                subscriber.position = await self.log.resume(after)
            subscriber.start()
        except BaseException as error:
            subscriber.cancel()
            if isinstance(error, Exception) and not isinstance(error, Refused):
                raise StreamFailed(self.errors_of(prepared, error)) from error
            raise
        return subscriber

    def group(self, prepared: Prepared, operation: Operation, actor: Any) -> Group | Watch:
        """The group of all who would be sent the same."""
        outline = self.outline(prepared)
        assert outline is not None
        asked, _ = self._asked(outline, prepared, operation)
        alike = (
            outline.stream.alike is not None
            and outline.models is not None
            and alike_for_all(outline.models, actor)
            and call(outline.stream.alike, self.context_of(actor), asked.values)
        )
        shared = bool(alike)
        whose = actor.sight if alike is True else alike or actor
        key = prepared, whose, variables_key(outline, operation)
        group = self._groups.get(key)
        if group is None and isinstance(outline.stream, Live):
            group = self._groups[key] = Watch(self, outline.stream, whose, asked.values, prepared, operation)
        elif group is None:
            of = outline.name, whose, asked.key
            source = self._sources.get(of)
            if source is None:
                assert isinstance(outline.stream, Stream)
                source = self._sources[of] = Source(self, outline.stream, whose, asked.values, shared=shared)
            group = self._groups[key] = Group(self, source, prepared, operation)
        return group

    def errors_of(self, prepared: Prepared, error: Exception) -> list[Any]:
        """The errors, as clients get them, of a stream that cannot go on."""
        outline = self.outline(prepared)
        assert outline is not None
        key = outline.nodes[0].alias or outline.nodes[0].name
        located = located_error(error, outline.nodes, [key.value])
        errors: list[Any] = self.engine.answers.of(ExecutionResult(None, [located]))["errors"]
        return errors

    def _asked(self, outline: Outline, prepared: Prepared, operation: Operation) -> tuple[Asked, str | None]:
        """The field's arguments, and the cursor to go on after. Raises Refused."""
        given = operation.variables or {}
        cursor = given.get(outline.cursor) if outline.cursor else None
        key = variables_key(outline, operation), outline.cursor in given, cursor is not None
        known = outline.asked.get(key) if cursor is None or isinstance(cursor, str) else None
        if known is None:
            known = asked_by(self.engine, outline, prepared, operation)
            if len(key[0]) <= REMEMBERED_LENGTH:
                if len(outline.asked) >= REMEMBERED:
                    outline.asked.clear()
                outline.asked[key] = known
        return known, known.after if cursor is None else cursor


class Source:
    """What a stream's function makes of the log for one pair of eyes, once for all who ask from the same position.

    What is `shared` is seen by everybody with that sight at any time. What one person sees may have changed with
    whatever the log has told since, and is found again then.
    """

    def __init__(
        self, fanout: Fanout, stream: Stream, whose: Any, arguments: Mapping[str, Any], *, shared: bool
    ) -> None:
        self.whose, self.shared = whose, shared
        self._fanout, self._stream, self._arguments = fanout, stream, arguments
        self._made: dict[Hashable, asyncio.Task[tuple[list[tuple[int, Any]], int]]] = {}

    async def after(self, position: int) -> tuple[list[tuple[int, Any]], int]:
        """The items of the next entries, with their positions, and the position that is reached with them."""
        log = self._fanout.log
        at = (position, log.revision) if self.shared else (position, log.position)
        making = self._made.get(at)
        if making is None:
            while len(self._made) >= BATCHES_KEPT:
                del self._made[next(iter(self._made))]
            making = self._made[at] = asyncio.create_task(self._make(position))
        try:
            items, reached = await asyncio.shield(making)  # others may wait for the same
        except Exception:
            self._made.pop(at, None)
            raise
        if reached <= position:
            self._made.pop(at, None)
        return items, reached

    async def _make(self, position: int) -> tuple[list[tuple[int, Any]], int]:
        batch, reached = await self._fanout.log.after(position)
        if not batch:
            return [], reached
        context = self._fanout.context_of(self.whose)
        return await call(self._stream.function, context, self._arguments, batch=batch), reached


class Group:
    """All who select the same of one source: each item is answered and encoded once for them."""

    def __init__(self, fanout: Fanout, source: Source, prepared: Prepared, operation: Operation) -> None:
        self.source = source
        self.members: dict[Subscriber, None] = {}
        self._position = 0
        self._fanout, self._prepared, self._operation = fanout, prepared, operation
        self._following: asyncio.Task[None] | None = None
        self._revision = fanout.log.revision
        self._answers: dict[int, list[bytes]] = {}
        """The latest answers, for those who come back at once, as after a restart; only of what is shared."""
        self._weight = 0

    @property
    def position(self) -> int:
        """Whoever has seen everything up to here may join. Without members, that is whoever has seen all there is."""
        return self._position if self.members else self._fanout.log.position

    def admit(self, subscriber: Subscriber) -> None:
        """Lets him join at once, or sends him over the log until he can."""
        if subscriber.position >= self.position:
            self.join(subscriber)
        else:
            subscriber.fall_behind()

    def join(self, subscriber: Subscriber) -> None:
        self._position = self.position
        self.members[subscriber] = None
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    def leave(self, subscriber: Subscriber) -> None:
        if subscriber in self.members:
            subscriber.position = max(subscriber.position, self._position)
            del self.members[subscriber]
        if not self.members and self._following is not None:
            self._following.cancel()
            self._following = None

    async def catch_up(self, subscriber: Subscriber) -> None:
        """Returns once he has been sent all that the members were."""
        listeners, log = self._fanout.listeners, self._fanout.log
        while True:
            await subscriber.sink.drained()
            if subscriber.position >= self.position:
                return
            found_at = log.position
            items, reached = await self.source.after(subscriber.position)
            await listeners.confirm()
            for position, these in _by_position(items):
                await subscriber.sink.drained()
                if not self.source.shared and log.position != found_at:
                    break  # he may see something else by now
                answers = await self.answers(position, these)
                await listeners.confirm()
                subscriber.position = position
                for answer in answers:
                    subscriber.sink.write(answer, {})
            else:
                subscriber.position = max(subscriber.position, reached)

    async def answers(self, position: int, items: list[Any]) -> list[bytes]:
        """The answers to the items of one position that are still to be seen, encoded."""
        revision = self._fanout.log.revision
        if self._revision != revision:
            self._answers.clear()
            self._revision, self._weight = revision, 0
        known = self._answers.get(position)
        if known is not None:
            return known
        answers = [answer for item in items if (answer := await self._answer(item)) is not None]
        if self.source.shared and revision == self._revision and position not in self._answers:
            self._answers[position] = answers
            self._weight += sum(map(len, answers))
            while self._weight > ANSWERS_KEPT:
                self._weight -= sum(map(len, self._answers.pop(next(iter(self._answers)))))
        return answers

    async def _answer(self, item: Any) -> bytes | None:
        context = self._fanout.context_of(self.source.whose)
        answer = await self._fanout.engine.item(self._prepared, self._operation, item, context)
        return None if answer is None else encode(answer)

    async def _follow(self) -> None:
        listeners, log = self._fanout.listeners, self._fanout.log
        try:
            while True:
                await log.grown(self._position)
                items, reached = await self.source.after(self._position)
                await listeners.confirm()  # whoever sees something else by now goes over the same entries again
                for position, these in _by_position(items):
                    answers = await self.answers(position, these)
                    await listeners.confirm()
                    await self._deliver(position, answers)
                self._position = reached
        except Exception as error:
            self._following = None
            errors = self._fanout.errors_of(self._prepared, error)
            for subscriber in tuple(self.members):
                subscriber.fail(errors)

    async def _deliver(self, position: int, answers: list[bytes]) -> None:
        self._position = position  # whoever joins from now on has seen the items already
        made: list[dict[Any, bytes]] = [{} for _ in answers]
        members = tuple(self.members)
        for begin in range(0, len(members), AT_ONCE):
            for subscriber in members[begin : begin + AT_ONCE]:
                if subscriber.position < position and subscriber in self.members:
                    subscriber.position = position
                    waiting = 0
                    for answer, known in zip(answers, made, strict=True):
                        waiting = subscriber.sink.write(answer, known)
                    if waiting > MOST_WAITING:
                        subscriber.fall_behind()
            await asyncio.sleep(0)


class Subscriber:
    """One operation of one client, from its beginning to its end."""

    __slots__ = (
        "_alone",
        "_fanout",
        "_group",
        "_operation",
        "_prepared",
        "actor",
        "listener",
        "position",
        "seen",
        "sink",
    )

    def __init__(self, fanout: Fanout, prepared: Prepared, operation: Operation, sink: Sink, position: int) -> None:
        self.sink, self.position = sink, position
        self.actor: Any = None
        self.listener: Any = None
        self._fanout, self._prepared, self._operation = fanout, prepared, operation
        self.seen: bytes | None = None
        """The last answer, where only the latest counts."""
        self._group: Group | Watch | None = None
        self._alone: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Joins the group at once, or goes over the log until it can be joined. Raises what ended it meanwhile."""
        if isinstance(self.actor, Exception):
            raise self.actor
        self._group = self._fanout.group(self._prepared, self._operation, self.actor)
        self._group.admit(self)

    def cancel(self) -> None:
        """Ends the stream."""
        if self.listener is not None:
            self._fanout.listeners.remove(self.listener)
            self.listener = None
        if self._group is not None:
            self._group.leave(self)
            self._group = None
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None

    def fail(self, errors: list[Any]) -> None:
        self.cancel()
        self.sink.fail(errors)

    def changed(self, now: Any) -> None:
        """The listeners' word on who the subscriber is now: goes on with the eyes he has now, or ends."""
        self.actor = now
        if self._group is None:
            return  # it has not started yet
        if isinstance(now, Exception):
            self.fail(self._fanout.errors_of(self._prepared, now))
            return
        self._group.leave(self)
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        self.start()

    def fall_behind(self) -> None:
        """Leaves the others, and goes on alone at the pace the client reads at."""
        assert self._group is not None
        self._group.leave(self)
        self._alone = asyncio.create_task(self._catch_up(self._group))

    async def _catch_up(self, group: Group | Watch) -> None:
        try:
            await group.catch_up(self)
        except Exception as error:
            self._alone = None
            self.fail(self._fanout.errors_of(self._prepared, error))
        else:
            self._alone = None
            group.join(self)


def _by_position(items: list[tuple[int, Any]]) -> Iterator[tuple[int, list[Any]]]:
    for position, these in groupby(items, key=itemgetter(0)):
        yield position, [item for _, item in these]
