"""Who works on a case, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from gql.actor import Actor
from gql.errors import DeskError, Forbidden, Invalid, NotNow, Required
from gql.events.cases import CaseEscalated
from gql.events.event import Named
from gql.rules.assignment import can_be_assigned, escalate, names_someone, take
from tests.rules.statuses import (
    ADMINISTRATOR,
    AGENT,
    IN_PROGRESS,
    NEW,
    REOPENED,
    RESOLVED,
    SUPERVISOR,
    WAITING,
    Status,
)

ANNA, BEN = Named(1, "Anna"), Named(2, "Ben")
FIRST, SECOND = Named(1, "First line"), Named(2, "Second line")
GROUP = Named(8, "Second line")


@pytest.mark.rule("R-30")
@pytest.mark.parametrize(
    ("status", "assignee", "changes"),
    [
        pytest.param(NEW, None, True, id="nobody's new one"),
        pytest.param(NEW, ANNA, True, id="a new one of one's own"),
        pytest.param(NEW, BEN, True, id="another's new one"),
        pytest.param(WAITING, BEN, True, id="another's waiting one"),
        pytest.param(RESOLVED, BEN, True, id="another's resolved one"),
        pytest.param(REOPENED, None, True, id="a reopened one"),
        pytest.param(IN_PROGRESS, None, True, id="one in progress that is nobody's"),
        pytest.param(IN_PROGRESS, ANNA, False, id="one's own in progress"),
    ],
)
def test_taking_changes_everything_but_ones_own_case_in_progress(
    status: Status, assignee: Named | None, changes: bool
) -> None:
    assert take(status, IN_PROGRESS, assignee, AGENT) is changes


@pytest.mark.rule("R-30")
@pytest.mark.rule("R-34")
def test_what_someone_else_has_in_progress_is_not_taken_and_he_is_named() -> None:
    with pytest.raises(NotNow) as refused:
        take(IN_PROGRESS, IN_PROGRESS, BEN, AGENT)
    assert refused.value.message == "Ben has the case in progress. To take it over, assign it to yourself."


@pytest.mark.rule("R-55")
def test_an_assignee_or_a_group_must_be_named() -> None:
    with pytest.raises(Required) as refused:
        names_someone(None, None)
    assert refused.value.field == ("assigneeId",)


@pytest.mark.rule("R-55")
@pytest.mark.parametrize(("assignee", "group"), [(1, None), (None, 8), (1, 8)], ids=["assignee", "group", "both"])
def test_either_or_both_may_be_named(assignee: int | None, group: int | None) -> None:
    names_someone(assignee, group)  # raises nothing
    assert moved(assignee=ANNA if assignee else None, group=GROUP if group else None).to == SECOND


@pytest.mark.rule("R-36")
def test_only_an_active_employee_is_given_cases() -> None:
    can_be_assigned(True, "Ben", "assigneeId")
    with pytest.raises(Invalid) as refused:
        can_be_assigned(False, "Ben", "assigneeId")
    assert (refused.value.message, refused.value.field) == (
        "Ben is not active and cannot be given cases.",
        ("assigneeId",),
    )


def moved(**changed: Any) -> CaseEscalated:
    """Anna's case of the first line, escalated to the second line's group unless told otherwise."""
    usual: dict[str, Any] = {
        "line": FIRST,
        "level": 1,
        "to": SECOND,
        "to_level": 2,
        "before": (ANNA.id, None),
        "assignee": None,
        "group": GROUP,
        "reason": None,
        "actor": AGENT,
    }
    return escalate(**{**usual, **changed})


BACK = {"line": SECOND, "level": 2, "to": FIRST, "to_level": 1}
STAYING = {"to": FIRST, "to_level": 1}


@pytest.mark.rule("R-56")
@pytest.mark.rule("R-57")
@pytest.mark.rule("R-59")
@pytest.mark.parametrize(
    ("changed", "event"),
    [
        pytest.param({}, CaseEscalated(FIRST, SECOND, None, GROUP, None), id="to a group, which clears the assignee"),
        pytest.param(
            {"before": (None, GROUP.id), "assignee": BEN, "group": None},
            CaseEscalated(FIRST, SECOND, BEN, None, None),
            id="to an assignee, which clears the group",
        ),
        pytest.param(
            {"assignee": BEN}, CaseEscalated(FIRST, SECOND, BEN, GROUP, None), id="to an assignee and a group"
        ),
        pytest.param(
            {"reason": "It smokes."}, CaseEscalated(FIRST, SECOND, None, GROUP, "It smokes."), id="with a reason"
        ),
        pytest.param(
            {"assignee": ANNA, "group": None},
            CaseEscalated(FIRST, SECOND, ANNA, None, None),
            id="to another line, with the same assignee",
        ),
        pytest.param(STAYING, CaseEscalated(FIRST, FIRST, None, GROUP, None), id="to the same line, with a group"),
        pytest.param(
            {**STAYING, "assignee": ANNA},
            CaseEscalated(FIRST, FIRST, ANNA, GROUP, None),
            id="to the same line, with a group besides",
        ),
        pytest.param(
            {**BACK, "actor": SUPERVISOR}, CaseEscalated(SECOND, FIRST, None, GROUP, None), id="down, by a supervisor"
        ),
        pytest.param(
            {**BACK, "actor": ADMINISTRATOR},
            CaseEscalated(SECOND, FIRST, None, GROUP, None),
            id="down, by an administrator",
        ),
    ],
)
def test_a_case_is_escalated(changed: dict[str, Any], event: CaseEscalated) -> None:
    assert moved(**changed) == event


@pytest.mark.rule("R-55")
@pytest.mark.rule("R-57")
@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        pytest.param({"group": None}, Required, "assigneeId", id="to nobody"),
        pytest.param({**STAYING, "assignee": ANNA, "group": None}, NotNow, "supportLineId", id="with nothing changed"),
        pytest.param(
            {**STAYING, "before": (None, GROUP.id), "actor": SUPERVISOR},
            NotNow,
            "supportLineId",
            id="with nothing changed, by a supervisor",
        ),
        pytest.param(BACK, Forbidden, "supportLineId", id="down, by an agent"),
    ],
)
def test_a_case_is_not_escalated(changed: dict[str, Any], refusal: type[DeskError], field: str) -> None:
    with pytest.raises(refusal) as refused:
        moved(**changed)
    assert refused.value.field == (field,)


def test_the_desk_itself_may_move_a_case_down() -> None:
    assert moved(**BACK, actor=Actor()).to == FIRST
