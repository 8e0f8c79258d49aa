"""Who is told of what and why, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gql.actor import DESK, Actor
from gql.enums import NotificationChannel, NotificationReason
from gql.events.cases import CaseAssigned, CaseEdited, CaseEscalated, CaseRegistered, CaseStatusChanged, RatingRequested
from gql.events.conversation import PostedToFeed, PostedToPortal
from gql.events.event import Event, Named
from gql.rules.notifications import (
    Addressee,
    Done,
    Notice,
    Person,
    Preferences,
    Side,
    concerns_anyone,
    delivered,
    notices,
    wants,
    with_preference,
)
from tests.rules.statuses import AGENT, CUSTOMER

MENTIONED, ASSIGNED, GROUP_ASSIGNED, TASK_ASSIGNED, CUSTOMER_REPLIED, RATING_REQUESTED, OWN_CASE, WATCHING = (
    NotificationReason
)

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
POST, MESSAGE, REQUEST = PostedToFeed(), PostedToPortal(), RatingRequested()

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
    looked_at = concerns_anyone(events, more.get("mentioned", ()), watched=bool(more.get("watchers")))
    assert looked_at or not found, "nobody is told whom nobody looks for"
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


def test_a_post_that_mentions_nobody_on_a_case_that_nobody_watches_is_not_looked_at_further() -> None:
    assert not concerns_anyone([POST], (), watched=False)
    assert concerns_anyone([POST], (BEN.id,), watched=False)
    assert concerns_anyone([POST], (), watched=True)
    assert concerns_anyone([POST, PAUSED], (), watched=False)


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
        pytest.param([REQUEST], {}, id="not of a request for a grade"),
        pytest.param([], {}, id="of nothing"),
    ],
)
def test_watchers_are_told_of_what_is_for_them(
    events: Sequence[Event], expected: dict[Person, NotificationReason]
) -> None:
    watchers = (employee(BEN), VERA, PAUL)
    assert told(*events, before=active(), after=active(), watchers=watchers) == expected


@pytest.mark.rule("R-143")
@pytest.mark.parametrize(
    ("events", "actor", "expected"),
    [
        pytest.param([STARTED], AGENT, {VERA: OWN_CASE}, id="of a new status"),
        pytest.param([STARTED], DESK, {VERA: OWN_CASE}, id="of a new status, by the desk itself"),
        pytest.param([MESSAGE], AGENT, {VERA: OWN_CASE}, id="of a word of the desk"),
        pytest.param([REQUEST], DESK, {VERA: RATING_REQUESTED}, id="that a grade is asked for"),
        pytest.param([MESSAGE], CUSTOMER, {}, id="not of his own word"),
        pytest.param([PAUSED], CUSTOMER, {}, id="not of his own doing"),
        pytest.param([EDITED, TO_NOBODY, POST], AGENT, {}, id="not of edits and of what is for staff"),
    ],
)
def test_the_customer_of_a_case_is_told(
    events: Sequence[Event], actor: Actor, expected: dict[Person, NotificationReason]
) -> None:
    assert told(*events, before=active(), after=active(), actor=actor, customer_id=VERA.contact_id) == expected


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


# ---------------------------------------------------------------- whom it reaches


UNWANTED: Preferences = {"IN_APP": {"ASSIGNED": False}}
TO = {named.id: Notice(employee(named), ASSIGNED, 0) for named in (ANNA, BEN, CLEO)}


def reached(
    found: Sequence[Notice], known: dict[Named, Addressee], actor: Actor = DESK
) -> dict[int | None, int | None]:
    """Whom something reaches, each with the one he is told in place of."""
    people = {employee(named): addressee for named, addressee in known.items()}
    came = delivered(found, people, actor, NotificationChannel.IN_APP)
    return {notice.person.user_id: notice.in_place_of for notice in came}


def away(replacement: Named | None = None, preferences: Preferences | None = None) -> Addressee:
    return Addressee(preferences, away=True, replacement_id=replacement.id if replacement else None)


HERE = Addressee()


@pytest.mark.rule("R-185")
def test_whoever_does_not_want_to_be_told_for_a_reason_is_told_for_the_others_only() -> None:
    assert reached([TO[BEN.id]], {BEN: Addressee(UNWANTED)}) == {}
    assert reached([Notice(employee(BEN), MENTIONED, 0)], {BEN: Addressee(UNWANTED)}) == {BEN.id: None}


@pytest.mark.rule("R-185")
def test_only_what_differs_from_the_default_is_kept() -> None:
    kept = with_preference(None, ASSIGNED, NotificationChannel.IN_APP, False)
    assert kept == UNWANTED
    assert not wants(kept, ASSIGNED, NotificationChannel.IN_APP)
    assert with_preference(kept, ASSIGNED, NotificationChannel.IN_APP, True) is None
    assert with_preference(kept, MENTIONED, NotificationChannel.IN_APP, True) == UNWANTED


@pytest.mark.rule("R-47")
def test_whoever_is_not_active_is_not_reached() -> None:
    assert reached([TO[ANNA.id], TO[BEN.id]], {BEN: HERE}) == {BEN.id: None}


@pytest.mark.rule("R-186")
def test_the_replacement_is_told_besides_the_absent() -> None:
    assert reached([TO[BEN.id]], {BEN: away(CLEO), CLEO: HERE}) == {BEN.id: None, CLEO.id: BEN.id}


@pytest.mark.rule("R-186")
def test_the_replacement_of_a_replacement_who_is_away_too_is_told() -> None:
    known = {ANNA: away(BEN), BEN: away(CLEO), CLEO: HERE}
    assert reached([TO[ANNA.id]], known) == {ANNA.id: None, CLEO.id: ANNA.id}


@pytest.mark.rule("R-186")
@pytest.mark.parametrize(
    "known",
    [
        pytest.param({ANNA: away(BEN), BEN: away(ANNA)}, id="a circle"),
        pytest.param({ANNA: away(BEN), BEN: away(CLEO), CLEO: away(BEN)}, id="a circle further on"),
        pytest.param({ANNA: away(BEN), BEN: away()}, id="nobody at the end"),
        pytest.param({ANNA: away(BEN)}, id="a replacement who is not active"),
        pytest.param({ANNA: away(BEN), BEN: Addressee(UNWANTED)}, id="a replacement who does not want it"),
        pytest.param({ANNA: away()}, id="no replacement"),
    ],
)
def test_a_line_of_replacements_ends_with_the_absent_alone_at(known: dict[Named, Addressee]) -> None:
    assert reached([TO[ANNA.id]], known) == {ANNA.id: None}


@pytest.mark.rule("R-186")
def test_a_replacement_is_told_once_and_not_of_his_own_doing() -> None:
    known = {ANNA: HERE, BEN: away(ANNA)}
    assert reached([TO[ANNA.id], TO[BEN.id]], known) == {ANNA.id: None, BEN.id: None}
    assert reached([TO[BEN.id]], known, AGENT) == {BEN.id: None}


@pytest.mark.rule("R-186")
def test_what_the_absent_only_watches_and_what_he_does_not_want_goes_to_nobody_else() -> None:
    assert reached([Notice(employee(BEN), WATCHING, 0)], {BEN: away(CLEO), CLEO: HERE}) == {BEN.id: None}
    assert reached([TO[BEN.id]], {BEN: away(CLEO, UNWANTED), CLEO: HERE}) == {}


@pytest.mark.rule("R-47")
def test_where_the_desk_wants_it_one_who_assigns_to_himself_is_told_of_that_alone() -> None:
    given = told(TO_ANNA, before=active(), after=active(ANNAS), own_assignment=True)
    assert given == {employee(ANNA): ASSIGNED}
    watching = told(EDITED, before=active(), after=active(), own_assignment=True, watchers=[employee(ANNA)])
    assert watching == {}
