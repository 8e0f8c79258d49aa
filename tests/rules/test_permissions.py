"""Who may do what and in which state of a case: the whole table."""

from __future__ import annotations

import pytest

from gql.actor import DESK, Actor
from gql.enums import CaseAction, DeskAction, Role
from gql.errors import Forbidden, NotNow
from gql.rules.permissions import DESK_PERMISSIONS, PERMISSIONS, desk_refusal, open_actions, open_desk_actions, refusal
from tests.rules.statuses import (
    ANSWERED,
    BOOK,
    CANCELED,
    CLOSED,
    CUSTOMER,
    DELIVERED,
    EVERYBODY,
    IN_PROGRESS,
    JUNK,
    LONGER,
    NEW,
    ON_HOLD,
    REOPENED,
    RESOLVED,
    TESTING,
    WAITING,
    Status,
)

TAKE, ASSIGN, ESCALATE, RECLASSIFY, EDIT, CHANGE_STATUS, RESOLVE, REOPEN, CANCEL, MERGE, *MORE = CaseAction
LINK, POST_TO_FEED, POST_TO_PORTAL, ADD_TASK, CHANGE_TASK, RECORD_CALL, RATE, REWRITE, EDIT_MESSAGE, *LAST = MORE
HIDE_MESSAGE, COMPLAIN = LAST

ANYTIME = {LINK, POST_TO_FEED, CHANGE_TASK, RECORD_CALL, REWRITE, COMPLAIN}
UNFINISHED = ANYTIME | {ASSIGN, ESCALATE, RECLASSIFY, EDIT, POST_TO_PORTAL, EDIT_MESSAGE, ADD_TASK}
STAFF = {
    NEW: UNFINISHED | {TAKE, CHANGE_STATUS, RESOLVE, CANCEL},
    IN_PROGRESS: UNFINISHED | {TAKE, CHANGE_STATUS, RESOLVE, CANCEL},
    WAITING: UNFINISHED | {TAKE, CHANGE_STATUS, RESOLVE, CANCEL, REOPEN},
    RESOLVED: UNFINISHED | {TAKE, CHANGE_STATUS, REOPEN},
    REOPENED: UNFINISHED | {TAKE, CHANGE_STATUS, RESOLVE, CANCEL},
    CLOSED: ANYTIME,
    CANCELED: ANYTIME,
}
SUPERVISORS = {RATE, HIDE_MESSAGE}
"""Beside what every employee may, in any state; what has not ended they merge, too."""
CUSTOMERS = {
    status: {RATE, COMPLAIN} if status.is_final else {RATE, COMPLAIN, CANCEL, POST_TO_PORTAL} for status in DELIVERED
}
EMPLOYEES = {name: actor for name, actor in EVERYBODY.items() if actor is not CUSTOMER}
CODES = [status.code for status in DELIVERED]


def allowed(status: Status, actor: Actor) -> set[CaseAction]:
    return {action for action in CaseAction if refusal(action, status, CUSTOMER.contact_id, actor, LONGER) is None}


@pytest.mark.rule("R-22")
@pytest.mark.rule("R-26")
@pytest.mark.rule("R-70")
@pytest.mark.rule("R-92")
@pytest.mark.parametrize("status", DELIVERED, ids=CODES)
@pytest.mark.parametrize("actor", EMPLOYEES.values(), ids=EMPLOYEES.keys())
def test_what_an_employee_may_do_to_a_case_that_is(status: Status, actor: Actor) -> None:
    also = SUPERVISORS | (set() if status.is_final else {MERGE}) if actor.may(Role.SUPERVISOR) else set()
    assert allowed(status, actor) == STAFF[status] | also


@pytest.mark.rule("R-22")
@pytest.mark.rule("R-62")
@pytest.mark.rule("R-70")
@pytest.mark.rule("R-92")
@pytest.mark.parametrize("status", DELIVERED, ids=CODES)
def test_what_a_customer_may_do_to_a_case_of_his_that_is(status: Status) -> None:
    assert allowed(status, CUSTOMER) == CUSTOMERS[status]


@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    ("own", "delivered"),
    [(ON_HOLD, WAITING), (ANSWERED, RESOLVED), (JUNK, CLOSED), (TESTING, IN_PROGRESS)],
    ids=["paused", "resolved", "final", "active"],
)
@pytest.mark.parametrize("actor", EVERYBODY.values(), ids=EVERYBODY.keys())
def test_a_status_of_the_desks_own_permits_what_the_delivered_one_with_its_flag_does(
    own: Status, delivered: Status, actor: Actor
) -> None:
    # where In progress does not follow In progress, it can be taken only by the rule for what is in progress
    following = allowed(delivered, actor) - ({TAKE} if delivered is IN_PROGRESS else set())
    assert allowed(own, actor) == following


@pytest.mark.parametrize(
    ("action", "actor", "status", "message"),
    [
        pytest.param(RESOLVE, "the customer", NEW, "A customer may not do this.", id="a customer resolves"),
        pytest.param(TAKE, "the customer", CLOSED, "A customer may not do this.", id="a customer takes a closed one"),
    ],
)
def test_what_one_may_never_do_is_forbidden_whatever_the_state(
    action: CaseAction, actor: str, status: Status, message: str
) -> None:
    refused = refusal(action, status, CUSTOMER.contact_id, EVERYBODY[actor], BOOK)
    assert isinstance(refused, Forbidden)
    assert refused.message == message


@pytest.mark.parametrize(
    ("action", "actor", "status", "message"),
    [
        pytest.param(TAKE, "the agent", CLOSED, "A case that is closed cannot be taken.", id="taking"),
        pytest.param(ASSIGN, "the agent", CANCELED, "A case that is canceled cannot be assigned.", id="assigning"),
        pytest.param(ESCALATE, "the agent", CLOSED, "A case that is closed cannot be escalated.", id="escalating"),
        pytest.param(EDIT, "the agent", CLOSED, "A case that is closed cannot be edited.", id="editing"),
        pytest.param(CHANGE_STATUS, "the agent", CLOSED, "No status follows closed.", id="changing the status"),
        pytest.param(
            RESOLVE,
            "the agent",
            RESOLVED,
            "A case that is resolved cannot be resolved. These follow: Closed, In progress, Reopened.",
            id="resolving",
        ),
        pytest.param(
            REOPEN,
            "the agent",
            NEW,
            "A case that is new cannot be reopened. "
            "These follow: In progress, Waiting for response, Resolved, Canceled.",
            id="reopening",
        ),
        pytest.param(
            CANCEL,
            "the agent",
            RESOLVED,
            "A case that is resolved cannot be cancelled. These follow: Closed, In progress, Reopened.",
            id="cancelling",
        ),
        pytest.param(
            POST_TO_PORTAL,
            "the customer",
            CLOSED,
            "The case is closed: the conversation with the customer has ended.",
            id="a customer's message",
        ),
    ],
)
def test_what_cannot_be_done_now_is_told_with_the_state(
    action: CaseAction, actor: str, status: Status, message: str
) -> None:
    refused = refusal(action, status, CUSTOMER.contact_id, EVERYBODY[actor], BOOK)
    assert isinstance(refused, NotNow)
    assert refused.message == message


def test_every_action_stands_in_the_table() -> None:
    assert set(PERMISSIONS) == set(CaseAction)
    assert set(DESK_PERMISSIONS) == set(DeskAction)


@pytest.mark.parametrize("actor", EVERYBODY.values(), ids=EVERYBODY.keys())
def test_what_is_not_about_one_case_is_offered_to_those_whose_role_may_do_it(actor: Actor) -> None:
    may = {
        action: actor.may(permission.role) if actor.is_staff else permission.customers
        for action, permission in DESK_PERMISSIONS.items()
    }
    assert {action: desk_refusal(action, actor) is None for action in DeskAction} == may
    assert open_desk_actions(actor) == [action for action in DeskAction if may[action]]


def test_the_desk_itself_may_do_everything() -> None:
    assert open_desk_actions(DESK) == list(DeskAction)


@pytest.mark.parametrize("status", DELIVERED, ids=CODES)
@pytest.mark.parametrize("actor", EVERYBODY.values(), ids=EVERYBODY.keys())
def test_the_viewer_is_offered_just_what_is_not_refused(status: Status, actor: Actor) -> None:
    assert set(open_actions(status, None, CUSTOMER.contact_id, None, actor, BOOK)) == allowed(status, actor)


@pytest.mark.rule("R-30")
@pytest.mark.parametrize(
    ("status", "assignee", "offered"),
    [
        pytest.param(NEW, None, True, id="nobody's new one"),
        pytest.param(NEW, 1, True, id="one's own that is new"),
        pytest.param(WAITING, 2, True, id="another's that waits"),
        pytest.param(IN_PROGRESS, None, True, id="one in progress that is nobody's"),
        pytest.param(IN_PROGRESS, 1, False, id="one's own in progress"),
        pytest.param(IN_PROGRESS, 2, False, id="another's in progress"),
    ],
)
def test_taking_is_offered_where_it_would_change_something(status: Status, assignee: int | None, offered: bool) -> None:
    assert (TAKE in open_actions(status, assignee, None, None, EVERYBODY["the agent"], BOOK)) is offered
