"""What goes out of sight between the moment it is found for a stream and the moment it is answered is left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs
from tortoise.models import Model

from gql.api.context import Context
from gql.engine.documents import Operation
from gql.engine.fanout import Listeners
from gql.engine.levels import Vanished
from gql.engine.referee import Referee
from gql.enums import Audience
from gql.settings import Settings
from gql.store import Entry, Notification, PortalMessage
from tests.api.busy import begin, engine_of
from tests.api.test_fanout import events
from tests.api.test_rewriting import write
from tests.api.test_streams import now
from tests.running import Desk, running

MESSAGES = "subscription($after: Cursor) { portalMessageAdded(after: $after) { cursor body audience } }"
HISTORY = "subscription { caseHistoryAdded { summary case { number } } }"
NOTIFICATIONS = "subscription { notificationReceived { entry { summary } } }"

SECRET = "Meant for colleagues"

Happening = Callable[[], Awaitable[Any]]


class Overtaken:
    """The desk's listeners, with something that happens whenever items were found for them and are not answered yet."""

    def __init__(self, listeners: Listeners, happens: Happening) -> None:
        self.add, self.remove = listeners.add, listeners.remove
        self._listeners, self._happens = listeners, happens

    async def confirm(self) -> None:
        await self._happens()
        await self._listeners.confirm()


@contextmanager
def overtaken(desk: Desk, happens: Happening) -> Iterator[None]:
    """No fault is logged meanwhile either."""
    fanout = desk.app.socket.fanout
    fanout.listeners = Overtaken(fanout.listeners, happens)
    with capture_logs() as logged:
        yield
    assert "fault" not in [line["event"] for line in logged]


async def secret(desk: Desk) -> Entry | None:
    """The message that should not have been written, while it is seen."""
    with desk.database():
        written = Entry.filter(portal_message__body=SECRET, portal_message__audience=Audience.CUSTOMER)
        return await written.filter(kind="PortalMessage").first()


def hiding(desk: Desk) -> Happening:
    """Has a supervisor hide it."""

    async def hide() -> None:
        if (entry := await secret(desk)) is not None:
            await desk.done("dora", "hideMessage", messageId=f"Entry_{entry.id}")

    return hide


def hiding_unheard(desk: Desk) -> Happening:
    """The same, of which the log has told nothing yet: else who goes over it by himself would look again."""

    async def hide() -> None:
        if (entry := await secret(desk)) is not None:
            with desk.database():
                await PortalMessage.filter(id=entry.portal_message_id).update(audience=Audience.STAFF)

    return hide


# ---------------------------------------------------------------- streams


@pytest.mark.rule("R-173")
async def test_a_message_that_is_hidden_before_it_is_delivered_is_left_out_and_the_stream_goes_on(desk: Desk) -> None:
    case = (await desk.register())["id"]
    with overtaken(desk, hiding(desk)):
        async with desk.stream("vera", MESSAGES) as messages:
            await write(desk, case, "First")
            first = await messages.next()
            await write(desk, case, SECRET)
            await write(desk, case, "Last")
            assert (await messages.next())["body"] == "Last"
        async with desk.stream("vera", MESSAGES, after=first["cursor"]) as again:
            assert (await again.next())["body"] == "Last"
            await again.nothing(0.1)


@pytest.mark.rule("R-173")
async def test_a_message_that_is_hidden_before_it_is_sent_as_an_event_is_left_out(desk: Desk) -> None:
    case = (await desk.register())["id"]
    with overtaken(desk, hiding(desk)):
        async with events(desk, desk.token("vera"), MESSAGES) as told:
            await write(desk, case, "First")
            assert (await anext(told))["data"]["portalMessageAdded"]["body"] == "First"
            await write(desk, case, SECRET)
            await write(desk, case, "Last")
            assert (await anext(told))["data"]["portalMessageAdded"]["body"] == "Last"


@pytest.mark.rule("R-173")
async def test_a_message_that_is_hidden_while_one_catches_up_is_left_out(desk: Desk) -> None:
    case, after = (await desk.register())["id"], await now(desk, "vera")
    for body in ("First", SECRET):
        await write(desk, case, body)
    with overtaken(desk, hiding_unheard(desk)):
        async with desk.stream("vera", MESSAGES, after=after) as messages:
            assert (await messages.next())["body"] == "First"
            await write(desk, case, "Last")
            assert (await messages.next())["body"] == "Last"


async def test_a_client_who_has_a_stream_of_his_own_is_spared_what_vanished(desk: Desk) -> None:
    case, after = (await desk.register())["id"], await now(desk, "vera")
    engine, sessions = engine_of(desk), desk.app.state.desk.sessions
    session, operation = sessions.of_header(f"Bearer {desk.token('vera')}"), Operation(MESSAGES, {"after": after})
    happenings = [hiding(desk), None]

    async def begin_and_hide() -> Context:
        """The first context is the stream's, the second that of an item that was found."""
        happens = happenings.pop() if happenings else None
        if happens is not None:
            await happens()
        return await session.begin()  # type: ignore[no-any-return]

    for body in (SECRET, "Last"):
        await write(desk, case, body)
    with desk.database():
        told = engine.subscribe(engine.documents.prepare(operation), operation, begin_and_hide)
        assert (await anext(told))["data"]["portalMessageAdded"]["body"] == "Last"
        await told.aclose()  # type: ignore[attr-defined]


# ---------------------------------------------------------------- one item


async def item_of(desk: Desk, document: str, who: str) -> tuple[Model, Happening]:
    """A row that a stream could tell somebody, and what takes it out of his sight."""
    third = next(id for name, id in desk.ids.items() if name.startswith("group Third"))
    case = (await desk.register("dora", assigneeGroupId="Group_1"))["id"]
    id = await write(desk, case, SECRET)
    with desk.database():
        if document == NOTIFICATIONS:
            told = await Notification.filter(entry_id=int(id.removeprefix("Entry_")), contact__name="Vera Lindqvist")
            return told[0], lambda: desk.done("dora", "hideMessage", messageId=id)
        entry = await Entry.get(id=int(id.removeprefix("Entry_")))
    if who == "vera":
        return entry, lambda: desk.done("dora", "hideMessage", messageId=id)
    return entry, lambda: desk.done("dora", "assignCase", caseId=case, assigneeId=None, assigneeGroupId=third)


ITEMS = [
    ("vera", "subscription { portalMessageAdded { body } }"),
    ("vera", "subscription { portalMessageAdded { audience } }"),
    ("vera", "subscription { caseHistoryAdded { summary ... on PortalMessage { body } } }"),
    ("vera", NOTIFICATIONS),
    ("anna of one group", HISTORY),
]


@pytest.mark.parametrize(("who", "document"), ITEMS)
async def test_an_item_that_has_left_sight_has_no_answer_and_is_no_fault(desk: Desk, who: str, document: str) -> None:
    engine, operation = engine_of(desk), Operation(document)
    prepared = engine.documents.prepare(operation)
    item, vanishes = await item_of(desk, document, who)
    with desk.database(), capture_logs() as logged:
        answer = await engine.item(prepared, operation, item, await begin(desk, who))
        assert answer is not None
        assert "errors" not in answer
        assert await engine.refer(prepared, operation, await begin(desk, who), item) == answer
        await vanishes()
        assert await engine.item(prepared, operation, item, await begin(desk, who)) is None
        with pytest.raises(Vanished):
            await engine.refer(prepared, operation, await begin(desk, who), item)
    assert "fault" not in [line["event"] for line in logged]


class Interrupted(Referee):
    """Something happens once, between reading an item and reading what it points at."""

    happens: Happening | None = None

    async def now(self, held: Any) -> Any:
        row, happens, self.happens = await super().now(held), self.happens, None
        if happens is not None:
            await happens()
        return row


async def test_an_item_that_leaves_sight_with_what_it_points_at_is_no_fault_either(desk: Desk) -> None:
    item, vanishes = await item_of(desk, NOTIFICATIONS, "vera")
    engine, operation = engine_of(desk), Operation(NOTIFICATIONS)
    with desk.database(), capture_logs() as logged:
        context = await begin(desk, "vera")
        context.referee = Interrupted(context, context.memory, context.desk.shape)
        context.referee.happens = vanishes
        with pytest.raises(Vanished):
            await engine.refer(engine.documents.prepare(operation), operation, context, item)
    assert "fault" not in [line["event"] for line in logged]


async def test_an_item_that_is_seen_and_breaks_a_promise_is_told_as_a_fault(settings: Settings) -> None:
    operation = Operation("subscription { caseHistoryAdded { ... on CaseStatusChanged { from { code } } } }")
    async with running(settings) as desk:
        case = (await desk.register())["id"]
        await desk.done("anna", "takeCase", caseId=case)
        engine = engine_of(desk)
        with desk.database():
            await Entry.filter(kind="CaseStatusChanged").update(payload={})
            item = await Entry.get(kind="CaseStatusChanged")
            answer = await engine.item(engine.documents.prepare(operation), operation, item, await begin(desk, "vera"))
    assert answer is not None
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
