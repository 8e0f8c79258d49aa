"""Which status leads to which, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gql.actor import Actor
from gql.enums import CaseAction
from gql.errors import Invalid, NotNow
from gql.rules.lifecycle import change_status, leading_to, leads_to, next_statuses, reopens, resolved_in, stamps, steps
from tests.rules.statuses import (
    AGENT,
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
    RETIRED,
    TESTING,
    WAITING,
    Book,
    Status,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = datetime(2026, 2, 1, 12, tzinfo=UTC)


def codes(*statuses: Status) -> list[str]:
    return [status.code for status in statuses]


@pytest.mark.rule("R-23")
@pytest.mark.parametrize(
    ("status", "following"),
    [
        (NEW, [IN_PROGRESS, WAITING]),
        (IN_PROGRESS, [WAITING]),
        (WAITING, [IN_PROGRESS, CLOSED]),
        (RESOLVED, [CLOSED, IN_PROGRESS]),
        (REOPENED, [IN_PROGRESS, WAITING]),
        (CLOSED, []),
        (CANCELED, []),
    ],
    ids=codes(*DELIVERED),
)
def test_an_employee_may_change_the_status_to_those_that_follow_and_have_no_verb_of_their_own(
    status: Status, following: list[Status]
) -> None:
    assert next_statuses(status, AGENT, BOOK) == following


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("status", DELIVERED, ids=codes(*DELIVERED))
def test_no_status_is_open_to_a_customer(status: Status) -> None:
    assert next_statuses(status, CUSTOMER, BOOK) == []


@pytest.mark.rule("R-24")
def test_a_status_of_the_desks_own_is_listed_where_it_follows_unless_resolved_or_retired() -> None:
    assert next_statuses(LONGER.statuses[NEW.id], AGENT, LONGER) == [IN_PROGRESS, WAITING, ON_HOLD, JUNK, TESTING]


def test_a_status_that_is_no_longer_there_is_passed_over() -> None:
    assert next_statuses(replace(NEW, next_ids=(99, 3)), AGENT, BOOK) == [WAITING]


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("status", DELIVERED, ids=codes(*DELIVERED))
@pytest.mark.parametrize("to", DELIVERED, ids=codes(*DELIVERED))
def test_a_change_of_status_goes_to_the_next_statuses_only(status: Status, to: Status) -> None:
    if to in next_statuses(status, AGENT, BOOK):
        change_status(status, to, AGENT, BOOK)
        return
    with pytest.raises(NotNow) as refused:
        change_status(status, to, AGENT, BOOK)
    assert refused.value.field == ("statusId",)


@pytest.mark.rule("R-22")
@pytest.mark.rule("R-23")
@pytest.mark.parametrize(
    ("status", "to", "book", "message"),
    [
        pytest.param(NEW, RESOLVED, BOOK, "Resolved is reached by `resolveCase`.", id="resolved"),
        pytest.param(WAITING, REOPENED, BOOK, "Reopened is reached by `reopenCase`.", id="reopened"),
        pytest.param(NEW, CANCELED, BOOK, "Canceled is reached by `cancelCase`.", id="canceled"),
        pytest.param(
            IN_PROGRESS,
            NEW,
            BOOK,
            "New does not follow In progress. These do: Waiting for response.",
            id="one that does not follow",
        ),
        pytest.param(
            WAITING,
            NEW,
            BOOK,
            "New does not follow Waiting for response. These do: In progress, Closed.",
            id="one that does not follow, where several do",
        ),
        pytest.param(
            replace(NEW, next_ids=(4,)), WAITING, BOOK, "Waiting for response does not follow New. These do: none.",
            id="none that follows",
        ),
        pytest.param(CLOSED, WAITING, BOOK, "The case is closed, and no status follows that.", id="from the end"),
        pytest.param(CLOSED, REOPENED, BOOK, "The case is closed, and no status follows that.", id="back from the end"),
        pytest.param(ANSWERED, RESOLVED, LONGER, "Resolved is reached by `resolveCase`.", id="from one of its own"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_leads_there_or_what_is_allowed(
    status: Status, to: Status, book: Book, message: str
) -> None:
    with pytest.raises(NotNow) as refused:
        change_status(status, to, AGENT, book)
    assert refused.value.message == message


@pytest.mark.rule("R-22")
@pytest.mark.parametrize("final", [CLOSED, CANCELED, JUNK], ids=codes(CLOSED, CANCELED, JUNK))
@pytest.mark.parametrize("actor", EVERYBODY.values(), ids=EVERYBODY.keys())
def test_nothing_leads_out_of_a_final_status_whatever_its_list_says(final: Status, actor: Actor) -> None:
    leaky = replace(final, next_ids=tuple(LONGER.statuses))
    assert next_statuses(leaky, actor, LONGER) == []
    assert not any(leads_to(leaky, to) for to in LONGER.statuses.values())
    assert not reopens(leaky)


@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (NEW, CaseAction.CHANGE_STATUS),
        (IN_PROGRESS, CaseAction.CHANGE_STATUS),
        (WAITING, CaseAction.CHANGE_STATUS),
        (RESOLVED, CaseAction.RESOLVE),
        (REOPENED, CaseAction.REOPEN),
        (CLOSED, CaseAction.CHANGE_STATUS),
        (CANCELED, CaseAction.CANCEL),
        (ON_HOLD, CaseAction.CHANGE_STATUS),
        (ANSWERED, CaseAction.RESOLVE),
        (JUNK, CaseAction.CHANGE_STATUS),
        (TESTING, CaseAction.CHANGE_STATUS),
    ],
    ids=lambda value: value.code if isinstance(value, Status) else str(value),
)
def test_which_statuses_have_a_verb_of_their_own(status: Status, verb: CaseAction) -> None:
    assert leading_to(status, LONGER) is verb


def led(status: Status, actor: Actor, book: Book = BOOK) -> list[tuple[str, str]]:
    return [(action.value, book.statuses[to.id].code) for action, to in steps(status, actor, book)]


@pytest.mark.rule("R-23")
@pytest.mark.rule("R-26")
@pytest.mark.rule("R-27")
def test_the_steps_from_a_status_name_where_they_lead_and_by_which_action() -> None:
    assert led(WAITING, AGENT) == [
        ("CHANGE_STATUS", "IN_PROGRESS"),
        ("RESOLVE", "RESOLVED"),
        ("CHANGE_STATUS", "CLOSED"),
        ("CANCEL", "CANCELED"),
        ("REOPEN", "REOPENED"),
    ]
    assert led(NEW, CUSTOMER) == [("CANCEL", "CANCELED")]
    for actor in EVERYBODY.values():
        assert led(replace(CLOSED, next_ids=tuple(BOOK.statuses)), actor) == []


@pytest.mark.rule("R-26")
def test_reopening_is_a_step_by_the_flags_and_not_by_the_list() -> None:
    assert ("REOPEN", "REOPENED") in led(replace(WAITING, next_ids=()), AGENT)
    assert ("REOPEN", "REOPENED") not in led(replace(NEW, next_ids=(REOPENED.id,)), AGENT)


@pytest.mark.rule("R-24")
def test_a_case_is_resolved_in_resolved_unless_another_resolved_status_is_asked_for() -> None:
    new = LONGER.statuses[NEW.id]
    assert resolved_in(new, None, AGENT, LONGER) == RESOLVED
    assert resolved_in(new, ANSWERED, AGENT, LONGER) == ANSWERED
    assert resolved_in(replace(new, next_ids=(ANSWERED.id,)), None, AGENT, LONGER) == ANSWERED


@pytest.mark.rule("R-23")
def test_a_resolved_status_that_does_not_follow_is_refused_and_those_that_do_are_named() -> None:
    with pytest.raises(NotNow) as refused:
        resolved_in(IN_PROGRESS, ANSWERED, AGENT, LONGER)
    assert refused.value.message == "Answered does not follow In progress. These do: Resolved."
    with pytest.raises(Invalid):
        resolved_in(NEW, WAITING, AGENT, LONGER)


@pytest.mark.rule("R-24")
def test_a_verb_is_found_by_the_flag_or_the_code_and_not_by_the_name() -> None:
    renamed = BOOK.with_(
        replace(RESOLVED, name="New"), replace(REOPENED, name="Closed"), replace(CANCELED, name="Waiting")
    )
    found = {status.code: leading_to(status, renamed) for status in renamed.statuses.values()}
    assert {code: verb for code, verb in found.items() if verb is not CaseAction.CHANGE_STATUS} == {
        "RESOLVED": CaseAction.RESOLVE,
        "REOPENED": CaseAction.REOPEN,
        "CANCELED": CaseAction.CANCEL,
    }


@pytest.mark.rule("R-24")
@pytest.mark.rule("R-26")
@pytest.mark.parametrize("status", LONGER.statuses.values(), ids=codes(*LONGER.statuses.values()))
def test_a_case_comes_back_from_paused_and_resolved_statuses_alone(status: Status) -> None:
    assert reopens(status) is (status in (WAITING, RESOLVED, ON_HOLD, ANSWERED, RETIRED))


@pytest.mark.parametrize(
    ("to", "resolved_at", "stamped"),
    [
        pytest.param(RESOLVED, None, (NOW, None), id="resolved"),
        pytest.param(RESOLVED, EARLIER, (NOW, None), id="resolved once more"),
        pytest.param(ANSWERED, None, (NOW, None), id="a resolved one of its own"),
        pytest.param(CLOSED, EARLIER, (EARLIER, NOW), id="closed after it was resolved"),
        pytest.param(CLOSED, None, (NOW, NOW), id="closed without having been resolved"),
        pytest.param(JUNK, None, (NOW, NOW), id="a final one of its own"),
        pytest.param(REOPENED, EARLIER, (None, None), id="reopened"),
        pytest.param(IN_PROGRESS, EARLIER, (None, None), id="back to work"),
    ],
)
def test_when_a_case_was_resolved_and_ended(
    to: Status, resolved_at: datetime | None, stamped: tuple[datetime | None, datetime | None]
) -> None:
    assert stamps(to, NOW, resolved_at) == stamped
