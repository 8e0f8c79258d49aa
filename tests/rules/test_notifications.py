"""Who is told of what and why, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gql.actor import DESK, Actor
from gql.enums import NotificationReason
from gql.events import (
    CaseAssigned,
    CaseEdited,
    CaseEscalated,
    CaseRegistered,
    CaseStatusChanged,
    Event,
    Named,
    PostedToFeed,
    PostedToPortal,
)
from gql.rules.notifications import Done, Notice, Person, Side, notices
from tests.rules.statuses import AGENT, CUSTOMER

MENTIONED, ASSIGNED, GROUP_ASSIGNED, CUSTOMER_REPLIED, WATCHING = NotificationReason

ANNA, BEN, CLEO, DORA = (Named(number, name) for number, name in enumerate(("Anna", "Ben", "Cleo", "Dora"), 1))
VERA = Person(contact_id=1)
PAUL = Person(contact_id=2)
GROUP = Named(8, "First line")
NEW, IN_PROGRESS, WAITING = (Named(number, name) for number, name in enumerate(("New", "In progress", "Waiting"), 1))
FIRST, SECOND = Named(1, "First line"), Named(2, "Second line")

REGISTERED = CaseRegistered("CALL")
EDITED = CaseEdited(())
STARTED = CaseStatusChanged(NEW, IN_PROGRESS)
PAUSED = CaseStatusChanged(IN_PROGRESS, WAITING)
RESUMED = CaseStatusChanged(WAITING, IN_PROGRESS)
TO_BEN = CaseAssigned(BEN, None)
TO_ANNA = CaseAssigned(ANNA, None)
TO_NOBODY = CaseAssigned(None, None)
TO_GROUP = CaseAssigned(None, GROUP)
ESCALATED = CaseEscalated(FIRST, SECOND, None, GROUP)
POST, MESSAGE = PostedToFeed(), PostedToPortal()

NOBODY: tuple[int | None, int | None] = (None, None)
BENS, ANNAS, GROUPS, BENS_OF_GROUP = (BEN.id, None), (ANNA.id, None), (None, GROUP.id), (BEN.id, GROUP.id)
MEMBERS = (ANNA.id, BEN.id, CLEO.id)


def active(of: tuple[int | None, int | None] = NOBODY) -> Side:
    return Side(True, *of)


def at_rest(of: tuple[int | None, int | None] = NOBODY) -> Side:
    """A case that waits, or is resolved, or has ended."""
    return Side(False, *of)


def employee(named: Named) -> Person:
    return Person(user_id=named.id)


def told(
    *events: Event, before: Side | None, after: Side, actor: Actor = AGENT, **more: Any
) -> dict[Person, NotificationReason]:
    """Who is told of what Anna, or whoever it is, did."""
    members = MEMBERS if after.group_id is not None else ()
    found = notices(
        Done(**{"actor": actor, "events": events, "before": before, "after": after, "members": members, **more})
    )
    assert len({notice.person for notice in found}) == len(found), "nobody is told twice"
    return {notice.person: notice.reason for notice in found}


GROUP_IS_TOLD = {employee(BEN): GROUP_ASSIGNED, employee(CLEO): GROUP_ASSIGNED}
BEN_IS_TOLD = {employee(BEN): ASSIGNED}


@pytest.mark.rule("R-9")
@pytest.mark.rule("R-40")
@pytest.mark.rule("R-41")
@pytest.mark.rule("R-42")
@pytest.mark.rule("R-43")
@pytest.mark.rule("R-45")
@pytest.mark.parametrize(
    ("events", "before", "after", "expected"),
    [
        pytest.param([REGISTERED], None, active(), {}, id="registered for nobody"),
        pytest.param([REGISTERED, TO_BEN], None, active(BENS), BEN_IS_TOLD, id="registered for Ben"),
        pytest.param([REGISTERED, TO_GROUP], None, active(GROUPS), GROUP_IS_TOLD, id="registered for the group"),
        pytest.param([REGISTERED, TO_BEN], None, active(BENS_OF_GROUP), BEN_IS_TOLD, id="registered for both"),
        pytest.param([TO_BEN], active(), active(BENS), BEN_IS_TOLD, id="an active case given to Ben"),
        pytest.param([TO_BEN], active(ANNAS), active(BENS), BEN_IS_TOLD, id="an active case handed on to Ben"),
        pytest.param([TO_GROUP], active(), active(GROUPS), GROUP_IS_TOLD, id="an active case given to the group"),
        pytest.param([TO_BEN], active(BENS), active(BENS_OF_GROUP), BEN_IS_TOLD, id="a group set beside the assignee"),
        pytest.param(
            [TO_GROUP], active(BENS_OF_GROUP), active(GROUPS), GROUP_IS_TOLD, id="the assignee cleared, so the group's"
        ),
        pytest.param([TO_NOBODY], active(BENS), active(), {}, id="put back into the queue"),
        pytest.param([TO_BEN], at_rest(), at_rest(BENS), {}, id="a waiting case given to Ben"),
        pytest.param([TO_GROUP], at_rest(BENS), at_rest(GROUPS), {}, id="a waiting case given to the group"),
        pytest.param([STARTED], active(BENS), active(BENS), {}, id="from active to active"),
        pytest.param([RESUMED], at_rest(BENS), active(BENS), BEN_IS_TOLD, id="a waiting case becomes active"),
        pytest.param([RESUMED], at_rest(GROUPS), active(GROUPS), GROUP_IS_TOLD, id="a group's case becomes active"),
        pytest.param([RESUMED], at_rest(), active(), {}, id="nobody's case becomes active"),
        pytest.param([PAUSED], active(BENS), at_rest(BENS), {}, id="an active case begins to wait"),
        pytest.param([TO_BEN, PAUSED], active(), at_rest(BENS), {}, id="given to Ben and made to wait at once"),
        pytest.param([TO_BEN, STARTED], active(), active(BENS), BEN_IS_TOLD, id="given to Ben and begun at once"),
        pytest.param([EDITED], active(BENS), active(BENS), {}, id="edited"),
        pytest.param([EDITED], active(GROUPS), active(GROUPS), {}, id="edited while the group has it"),
    ],
)
def test_who_is_told_of_an_assignment(
    events: Sequence[Event], before: Side | None, after: Side, expected: dict[Person, NotificationReason]
) -> None:
    assert told(*events, before=before, after=after) == expected


@pytest.mark.rule("R-56")
@pytest.mark.rule("R-59")
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(active(BENS), active(GROUPS), GROUP_IS_TOLD, id="to a group"),
        pytest.param(active(GROUPS), active(BENS), BEN_IS_TOLD, id="to an assignee"),
        pytest.param(at_rest(BENS), at_rest(GROUPS), {}, id="while it waits"),
        pytest.param(active(BENS), active(BENS), BEN_IS_TOLD, id="to the one who has it"),
        pytest.param(active(GROUPS), active(GROUPS), GROUP_IS_TOLD, id="to the group that has it"),
        pytest.param(active(), active(ANNAS), {}, id="to oneself"),
    ],
)
def test_who_is_told_of_an_escalation(before: Side, after: Side, expected: dict[Person, NotificationReason]) -> None:
    assert told(ESCALATED, before=before, after=after) == expected


@pytest.mark.rule("R-49")
@pytest.mark.rule("R-96")
@pytest.mark.parametrize(
    ("actor", "side", "expected"),
    [
        pytest.param(
            CUSTOMER, active(BENS), {employee(BEN): CUSTOMER_REPLIED}, id="a customer's, on Ben's active case"
        ),
        pytest.param(CUSTOMER, active(BENS_OF_GROUP), {employee(BEN): CUSTOMER_REPLIED}, id="the same, with a group"),
        pytest.param(CUSTOMER, active(GROUPS), {}, id="a customer's, on the group's case"),
        pytest.param(CUSTOMER, active(), {}, id="a customer's, on nobody's case"),
        pytest.param(CUSTOMER, at_rest(BENS), {}, id="a customer's, on a case that is not active"),
        pytest.param(AGENT, active(BENS), {}, id="a colleague's"),
    ],
)
def test_who_is_told_of_a_portal_message(actor: Actor, side: Side, expected: dict[Person, NotificationReason]) -> None:
    assert told(MESSAGE, before=side, after=side, actor=actor) == expected


@pytest.mark.rule("R-95")
def test_an_answer_that_reopens_tells_the_group_and_not_the_former_assignee() -> None:
    reopened = CaseStatusChanged(WAITING, Named(5, "Reopened"))
    found = told(
        MESSAGE,
        TO_GROUP,
        reopened,
        before=at_rest((DORA.id, GROUP.id)),
        after=active(GROUPS),
        actor=CUSTOMER,
    )
    assert found == dict.fromkeys(map(employee, (ANNA, BEN, CLEO)), GROUP_ASSIGNED)


@pytest.mark.rule("R-66")
def test_those_who_are_mentioned_are_told() -> None:
    found = told(POST, before=active(), after=active(), mentioned=(BEN.id, CLEO.id))
    assert found == {employee(BEN): MENTIONED, employee(CLEO): MENTIONED}


@pytest.mark.rule("R-46")
@pytest.mark.rule("R-174")
@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([MESSAGE], {employee(BEN): WATCHING, VERA: WATCHING, PAUL: WATCHING}, id="of a portal message"),
        pytest.param([PAUSED], {employee(BEN): WATCHING, VERA: WATCHING, PAUL: WATCHING}, id="of a change of status"),
        pytest.param([POST], {employee(BEN): WATCHING}, id="of a post, which is for staff"),
        pytest.param([TO_NOBODY], {employee(BEN): WATCHING}, id="of an assignment, which is for staff"),
        pytest.param([], {}, id="of nothing"),
    ],
)
def test_watchers_are_told_of_what_is_for_them(
    events: Sequence[Event], expected: dict[Person, NotificationReason]
) -> None:
    watchers = (employee(BEN), VERA, PAUL)
    assert told(*events, before=active(), after=active(), watchers=watchers) == expected


@pytest.mark.rule("R-46")
@pytest.mark.parametrize(
    ("done", "reason"),
    [
        pytest.param(
            {"events": [POST, TO_BEN], "before": active(), "after": active(BENS), "mentioned": (BEN.id,)},
            MENTIONED,
            id="mentioned before assigned",
        ),
        pytest.param(
            {"events": [MESSAGE, RESUMED], "before": at_rest(BENS), "after": active(BENS), "actor": CUSTOMER},
            ASSIGNED,
            id="assigned before the customer's answer",
        ),
        pytest.param(
            {"events": [TO_GROUP], "before": active(), "after": active(GROUPS), "members": (BEN.id,)},
            GROUP_ASSIGNED,
            id="the group before watching",
        ),
        pytest.param(
            {"events": [MESSAGE], "before": active(BENS), "after": active(BENS), "actor": CUSTOMER},
            CUSTOMER_REPLIED,
            id="the customer's answer before watching",
        ),
    ],
)
def test_of_several_reasons_the_first_that_fits_is_told(done: dict[str, Any], reason: NotificationReason) -> None:
    found = notices(Done(**{"actor": AGENT, "watchers": (employee(BEN),), **done}))
    assert [(notice.person, notice.reason) for notice in found] == [(employee(BEN), reason)]


@pytest.mark.rule("R-47")
@pytest.mark.parametrize(
    ("events", "after", "more"),
    [
        pytest.param([TO_ANNA], active(ANNAS), {}, id="assigned to oneself"),
        pytest.param([TO_GROUP], active(GROUPS), {"members": (ANNA.id,)}, id="given to one's own group"),
        pytest.param([POST], active(), {"mentioned": (ANNA.id,)}, id="mentioning oneself"),
        pytest.param([EDITED], active(), {"watchers": (employee(ANNA),)}, id="watching what one does"),
    ],
)
def test_nobody_is_told_of_his_own_doing(events: Sequence[Event], after: Side, more: dict[str, Any]) -> None:
    assert told(*events, before=active(), after=after, **more) == {}


@pytest.mark.rule("R-47")
def test_a_customer_is_not_told_of_his_own_message_but_others_who_watch_are() -> None:
    found = told(MESSAGE, before=active(), after=active(), actor=CUSTOMER, watchers=(VERA, PAUL))
    assert found == {PAUL: WATCHING}


@pytest.mark.rule("R-47")
def test_what_the_desk_does_by_itself_is_nobodys_own_doing() -> None:
    found = told(TO_BEN, before=active(), after=active(BENS), actor=DESK)
    assert found == {employee(BEN): ASSIGNED}


def test_an_employee_and_a_contact_of_the_same_number_are_two_people() -> None:
    found = told(MESSAGE, before=active(), after=active(), actor=AGENT, watchers=(employee(ANNA), VERA))
    assert found == {VERA: WATCHING}


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        pytest.param(
            {"events": [TO_BEN, STARTED], "before": active(), "after": active(BENS)},
            [Notice(employee(BEN), ASSIGNED, 0)],
            id="of the assignment, not of the status that came with it",
        ),
        pytest.param(
            {"events": [REGISTERED, TO_BEN], "before": None, "after": active(BENS)},
            [Notice(employee(BEN), ASSIGNED, 1)],
            id="of the assignment, not of the registration",
        ),
        pytest.param(
            {"events": [RESUMED], "before": at_rest(BENS), "after": active(BENS)},
            [Notice(employee(BEN), ASSIGNED, 0)],
            id="of the status, where nothing else happened",
        ),
        pytest.param(
            {
                "events": [STARTED, TO_ANNA],
                "before": active(),
                "after": active(ANNAS),
                "watchers": (VERA, employee(BEN)),
            },
            [Notice(employee(BEN), WATCHING, 1), Notice(VERA, WATCHING, 0)],
            id="each watcher of the last that is for him",
        ),
    ],
)
def test_which_entry_one_is_told_of(done: dict[str, Any], expected: list[Notice]) -> None:
    found = notices(Done(**{"actor": AGENT, **done}))
    assert sorted(found, key=lambda n: n.person.user_id or 99) == expected
