"""How the task of an incident follows its case, and what becomes of the other tasks."""

from __future__ import annotations

import pytest

from gql.enums import OpenTasks, TaskStatus
from gql.errors import Invalid, NotNow, Required
from gql.events.cases import CaseAssigned, CaseEscalated, CaseStatusChanged
from gql.events.event import Event, Named
from gql.rules.tasks import (
    CANCELED,
    HANDED_ON,
    SOLVED,
    WAITS,
    Ending,
    Stage,
    begins,
    can_be_given_on,
    can_own,
    ending,
    left_open,
    still_open,
)
from tests.rules import statuses
from tests.rules.statuses import (
    BOOK,
    CLOSED,
    IN_PROGRESS,
    JUNK,
    LONGER,
    NEW,
    ON_HOLD,
    REOPENED,
    RESOLVED,
    WAITING,
    Status,
)

ANNA, BEN = Named(1, "Anna"), Named(2, "Ben")
FIRST, SECOND = Named(1, "First line"), Named(2, "Second line")
ASSIGNED: list[Event] = [CaseAssigned(BEN, None)]
ESCALATED: list[Event] = [CaseEscalated(FIRST, SECOND, BEN, None)]
MOVED: list[Event] = [CaseStatusChanged(Named(1, "One"), Named(2, "Another"))]


def incident(status: Status, assignee: Named | None = None, group: Named | None = None) -> Stage:
    return Stage(True, status, assignee.id if assignee else None, group.id if group else None)


def request(status: Status, assignee: Named | None = None) -> Stage:
    return Stage(False, status, assignee.id if assignee else None, None)


@pytest.mark.rule("R-50")
@pytest.mark.rule("R-51")
@pytest.mark.parametrize(
    ("before", "after", "events", "ends", "begun"),
    [
        pytest.param(None, incident(NEW), [], None, False, id="registered for nobody"),
        pytest.param(None, incident(NEW, ANNA), ASSIGNED, None, True, id="registered for Anna"),
        pytest.param(incident(NEW), incident(NEW, ANNA), ASSIGNED, HANDED_ON, True, id="assigned while new"),
        pytest.param(incident(NEW), incident(IN_PROGRESS, ANNA), ASSIGNED, HANDED_ON, True, id="taken"),
        pytest.param(incident(NEW, ANNA), incident(IN_PROGRESS, ANNA), MOVED, None, False, id="taken by its assignee"),
        pytest.param(
            incident(IN_PROGRESS, ANNA), incident(IN_PROGRESS, BEN), ASSIGNED, HANDED_ON, True, id="handed to Ben"
        ),
        pytest.param(
            incident(IN_PROGRESS, ANNA), incident(IN_PROGRESS), ASSIGNED, HANDED_ON, False, id="put back into the queue"
        ),
        pytest.param(
            incident(REOPENED), incident(REOPENED, BEN), ASSIGNED, HANDED_ON, True, id="assigned after it came back"
        ),
        pytest.param(
            incident(IN_PROGRESS, ANNA),
            incident(IN_PROGRESS, ANNA, SECOND),
            ASSIGNED,
            HANDED_ON,
            True,
            id="given to another group, and Anna still",
        ),
        pytest.param(
            incident(IN_PROGRESS, ANNA), incident(IN_PROGRESS, BEN), ESCALATED, HANDED_ON, True, id="escalated to Ben"
        ),
        pytest.param(
            incident(IN_PROGRESS, ANNA),
            incident(IN_PROGRESS, None, SECOND),
            [CaseEscalated(FIRST, SECOND, None, SECOND)],
            HANDED_ON,
            False,
            id="escalated to a group",
        ),
        pytest.param(
            incident(WAITING, ANNA), incident(WAITING, BEN), ESCALATED, HANDED_ON, True, id="escalated while it waits"
        ),
        pytest.param(
            incident(WAITING, ANNA), incident(WAITING, BEN), ASSIGNED, HANDED_ON, False, id="assigned while it waits"
        ),
        pytest.param(incident(IN_PROGRESS, ANNA), incident(RESOLVED, ANNA), MOVED, SOLVED, False, id="resolved"),
        pytest.param(incident(WAITING, ANNA), incident(CLOSED, ANNA), MOVED, SOLVED, False, id="closed at once"),
        pytest.param(incident(NEW, ANNA), incident(statuses.CANCELED, ANNA), MOVED, CANCELED, False, id="canceled"),
        pytest.param(incident(IN_PROGRESS, ANNA), incident(WAITING, ANNA), MOVED, WAITS, False, id="made to wait"),
        pytest.param(incident(WAITING, ANNA), incident(IN_PROGRESS, ANNA), MOVED, None, True, id="goes on"),
        pytest.param(
            incident(WAITING, ANNA), incident(IN_PROGRESS, BEN), ASSIGNED, HANDED_ON, True, id="goes on with Ben"
        ),
        pytest.param(incident(RESOLVED, ANNA), incident(REOPENED), MOVED, HANDED_ON, False, id="came back for nobody"),
        pytest.param(incident(RESOLVED, ANNA), incident(REOPENED, ANNA), MOVED, None, True, id="came back to Anna"),
        pytest.param(incident(NEW, ANNA), incident(NEW, ANNA), [], None, False, id="edited"),
        pytest.param(request(NEW), request(NEW, BEN), ASSIGNED, None, False, id="a service request is assigned"),
        pytest.param(
            request(NEW, ANNA), request(NEW, BEN), ESCALATED, None, False, id="a service request is escalated"
        ),
        pytest.param(incident(NEW, ANNA), request(NEW, ANNA), [], CANCELED, False, id="it was no incident after all"),
        pytest.param(request(NEW, ANNA), incident(NEW, ANNA), [], None, True, id="it was an incident after all"),
    ],
)
def test_the_task_of_an_incident_follows_the_case_that_is(
    before: Stage | None, after: Stage, events: list[Event], ends: Ending | None, begun: bool
) -> None:
    assert (ending(before, after, events, BOOK), begins(before, after, events)) == (ends, begun)


@pytest.mark.rule("R-24")
@pytest.mark.rule("R-51")
@pytest.mark.parametrize(("own", "ends"), [(ON_HOLD, WAITS), (statuses.ANSWERED, SOLVED), (JUNK, SOLVED)])
def test_in_a_status_of_the_desks_own_the_flag_decides_how_the_task_ends(own: Status, ends: Ending) -> None:
    assert ending(incident(NEW, ANNA), incident(own, ANNA), MOVED, LONGER) == ends


@pytest.mark.rule("R-51")
def test_the_results_of_the_task_of_an_incident_are_told_in_words() -> None:
    assert {(e.status, e.result) for e in (SOLVED, CANCELED, WAITS, HANDED_ON)} == {
        (TaskStatus.DONE, "Solution found"),
        (TaskStatus.CANCELED, "Canceled"),
        (TaskStatus.DONE, "Additional information required"),
        (TaskStatus.DONE, "Escalation required"),
    }


@pytest.mark.rule("R-52")
def test_what_becomes_of_other_open_tasks_must_be_said() -> None:
    assert left_open([], None) is left_open([], OpenTasks.KEEP) is left_open(["A"], OpenTasks.KEEP) is None
    assert left_open(["A"], OpenTasks.COMPLETE) == SOLVED
    assert left_open(["A"], OpenTasks.CANCEL) == CANCELED
    with pytest.raises(Required, match="that are open: “A”, “B”"):
        left_open(["A", "B"], None)
    with pytest.raises(Required, match=r"“5”, \.\.\."):
        left_open([str(n) for n in range(1, 9)], None)


@pytest.mark.rule("R-53")
def test_a_task_is_owned_by_who_is_active_and_changed_while_it_is_open() -> None:
    can_own(True, "Anna")
    can_be_given_on(False)
    still_open(TaskStatus.OPEN)
    with pytest.raises(Invalid, match="Anna is not active"):
        can_own(False, "Anna")
    with pytest.raises(Invalid, match="follows the case"):
        can_be_given_on(True)
    with pytest.raises(NotNow, match="The task is done"):
        still_open(TaskStatus.DONE)
