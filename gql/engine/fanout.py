"""Subscriptions to a log: what many ask for alike is found, executed and encoded once, and written to each of them.

A stream is a function of the log. Whoever watches the same list with the same eyes shares a `Source`, which makes the
items of each batch of the log once; whoever selects the same of them shares a `Group`, which answers and encodes each
item once. A subscriber remembers the position he has seen. One who is behind, because he came with a cursor or does not
read, goes over the log by himself, and joins the group at a moment without an await at which he has caught up with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol
from weakref import WeakValueDictionary

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    located_error,
    visit,
)
from graphql.execution.values import get_argument_values
from strawberry.types.arguments import convert_arguments

from gql.engine.answers import Refused, encode
from gql.engine.declare import Stream
from gql.engine.declared import call
from gql.engine.documents import Operation, Prepared
from gql.engine.execution import Engine, StreamFailed
from gql.engine.log import Log
from gql.engine.sharing import Models, alike_for_all, models_shown

MOST_WAITING = 256 * 1024
"""Bytes that may wait for a subscriber to read them before he is left behind, to go on by himself once he reads."""
AT_ONCE = 500
"""Subscribers who are written to before anything else has its turn."""
BATCHES_KEPT = 4
"""Batches of which a source remembers the items."""
ANSWERS_KEPT = 64 * 1024
"""Bytes of answers that a group remembers."""
REMEMBERED = 100
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


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of a stream's field but for `after`, as they are and as a key."""

    values: Mapping[str, Any]
    key: bytes
    after: str | None


@dataclass(slots=True, eq=False)
class Outline:
    """What is known of a subscription's document whoever sends it."""

    name: str
    nodes: list[FieldNode]
    stream: Stream
    cursor: str | None
    """The variable that stands for `after`, and for nothing else."""
    variables: frozenset[str]
    """The other variables."""
    models: Models | None
    """See `sharing.models_shown`."""
    asked: dict[tuple[bytes, bool], Asked] = field(default_factory=dict)
    """Arguments as they were read, by the other variables, and whether there was a cursor."""


class Fanout:
    """The streams of one server process."""

    def __init__(self, engine: Engine, log: Log, listeners: Listeners, context_of: Callable[[Any], Any]) -> None:
        """`context_of` makes the context of one item for an actor."""
        self.engine, self.log, self.listeners, self.context_of = engine, log, listeners, context_of
        self._groups: WeakValueDictionary[Hashable, Group] = WeakValueDictionary()
        self._sources: WeakValueDictionary[Hashable, Source] = WeakValueDictionary()

    def outline(self, prepared: Prepared) -> Outline | None:
        """What is known of a subscription; None when it is not to a stream of the log."""
        known = prepared.plans.get(Outline, ...)
        if known is ...:
            known = prepared.plans[Outline] = _outline(self.engine, prepared)
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

    def group(self, prepared: Prepared, operation: Operation, actor: Any) -> Group:
        """The group of all who would be sent the same."""
        outline = self.outline(prepared)
        assert outline is not None
        asked, _ = self._asked(outline, prepared, operation)
        shared = (
            outline.stream.alike is not None
            and outline.models is not None
            and alike_for_all(outline.models, actor)
            and call(outline.stream.alike, self.context_of(actor), asked.values)
        )
        whose = actor.sight if shared else actor
        key = prepared, whose, _key(outline, operation)
        group = self._groups.get(key)
        if group is None:
            of = outline.name, whose, asked.key
            source = self._sources.get(of)
            if source is None:
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
        cursor = (operation.variables or {}).get(outline.cursor) if outline.cursor else None
        key = _key(outline, operation), cursor is not None
        known = outline.asked.get(key) if cursor is None or isinstance(cursor, str) else None
        if known is None:
            known = self._read(outline, prepared, operation)
            if len(key[0]) <= REMEMBERED_LENGTH:
                if len(outline.asked) >= REMEMBERED:
                    outline.asked.clear()
                outline.asked[key] = known
        return known, known.after if cursor is None else cursor

    def _read(self, outline: Outline, prepared: Prepared, operation: Operation) -> Asked:
        schema = self.engine.schema
        variables = self.engine.variables(prepared, operation)
        root = schema._schema.subscription_type
        assert root is not None
        try:
            values = get_argument_values(root.fields[outline.name], outline.nodes[0], variables)
        except GraphQLError as error:
            raise Refused([error]) from None
        after = values.pop("after", None)
        key = orjson.dumps(values, default=repr, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        stated = self.engine.declared.field(root, outline.name).arguments
        converter = schema.schema_converter
        return Asked(convert_arguments(values, stated, converter.scalar_registry, converter.config), key, after)


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
        at = position if self.shared else (position, self._fanout.log.position)
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
        self._answers: dict[int, list[bytes]] = {}
        """The latest answers, for those who come back at once, as after a restart; only of what is shared."""
        self._weight = 0

    @property
    def position(self) -> int:
        """Whoever has seen everything up to here may join. Without members, that is whoever has seen all there is."""
        return self._position if self.members else self._fanout.log.position

    def join(self, subscriber: Subscriber) -> None:
        self._position = self.position
        self.members[subscriber] = None
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    def leave(self, subscriber: Subscriber) -> None:
        self.members.pop(subscriber, None)
        if not self.members and self._following is not None:
            self._following.cancel()
            self._following = None

    async def answers(self, position: int, items: list[Any]) -> list[bytes]:
        """The answers to all items of one position, encoded."""
        known = self._answers.get(position)
        if known is not None:
            return known
        answers = [await self._answer(item) for item in items]
        if self.source.shared and position not in self._answers:
            self._answers[position] = answers
            self._weight += sum(map(len, answers))
            while self._weight > ANSWERS_KEPT:
                self._weight -= sum(map(len, self._answers.pop(next(iter(self._answers)))))
        return answers

    async def _answer(self, item: Any) -> bytes:
        context = self._fanout.context_of(self.source.whose)
        return encode(await self._fanout.engine.item(self._prepared, self._operation, item, context))

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

    __slots__ = ("_alone", "_fanout", "_group", "_operation", "_prepared", "actor", "listener", "position", "sink")

    def __init__(self, fanout: Fanout, prepared: Prepared, operation: Operation, sink: Sink, position: int) -> None:
        self.sink, self.position = sink, position
        self.actor: Any = None
        self.listener: Any = None
        self._fanout, self._prepared, self._operation = fanout, prepared, operation
        self._group: Group | None = None
        self._alone: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Joins the group at once, or goes over the log until it can be joined. Raises what ended it meanwhile."""
        if isinstance(self.actor, Exception):
            raise self.actor
        self._group = self._fanout.group(self._prepared, self._operation, self.actor)
        if self.position >= self._group.position:
            self._group.join(self)
        else:
            self.fall_behind()

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
        if self in self._group.members:
            self.position = max(self.position, self._group.position)
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

    async def _catch_up(self, group: Group) -> None:
        try:
            while True:
                await self.sink.drained()
                if self.position >= group.position:
                    self._alone = None
                    group.join(self)
                    return
                found_at = self._fanout.log.position
                items, reached = await group.source.after(self.position)
                await self._fanout.listeners.confirm()
                for position, these in _by_position(items):
                    await self.sink.drained()
                    if not group.source.shared and self._fanout.log.position != found_at:
                        break  # he may see something else by now
                    answers = await group.answers(position, these)
                    await self._fanout.listeners.confirm()
                    self.position = position
                    for answer in answers:
                        self.sink.write(answer, {})
                else:
                    self.position = max(self.position, reached)
        except Exception as error:
            self._alone = None
            self.fail(self._fanout.errors_of(self._prepared, error))


def _by_position(items: list[tuple[int, Any]]) -> Iterator[tuple[int, list[Any]]]:
    for position, these in groupby(items, key=itemgetter(0)):
        yield position, [item for _, item in these]


def _key(outline: Outline, operation: Operation) -> bytes:
    """The variables but for the cursor, as one text for equal ones."""
    given = {name: value for name, value in (operation.variables or {}).items() if name in outline.variables}
    return orjson.dumps(given, option=orjson.OPT_SORT_KEYS) if given else b""


def _outline(engine: Engine, prepared: Prepared) -> Outline | None:
    document, operation = prepared.document, prepared.operation
    fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
    nodes = list(_fields(operation.selection_set, fragments))
    declared, root = engine.declared, engine.schema._schema.subscription_type
    source = declared.source(root, nodes[0].name.value)
    if not isinstance(source, Stream):
        return None
    cursor = next((a.value for a in nodes[0].arguments or () if a.name.value == "after"), None)
    stated = [node.variable.name.value for node in operation.variable_definitions or ()]
    used = _Used()
    visit(document, used)
    after = cursor.name.value if isinstance(cursor, VariableNode) else None
    alone = after if after is not None and used.names.count(after) == 2 else None  # where it is stated, and here
    return Outline(
        name=nodes[0].name.value,
        nodes=nodes,
        stream=source,
        cursor=alone,
        variables=frozenset(stated) - {alone},
        models=models_shown(declared, document, operation),
    )


def _fields(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The field of a subscription, as often as it stands there."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments)


class _Used(Visitor):
    """Every variable by its name, as often as it stands in a document."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.append(node.name.value)
