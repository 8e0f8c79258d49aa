"""What a row of the desk's lists may be, whatever is tried."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gql.errors import Invalid, Limit, NotNow
from gql.rules import lookups


@dataclass
class Status:
    id: int
    code: str
    name: str = "A status"
    is_active: bool = False
    is_paused: bool = False
    is_resolved: bool = False
    is_final: bool = False
    in_use: bool = True
    next_ids: list[int] = field(default_factory=list)


FLAG = st.booleans()
STATUS = st.builds(
    Status,
    id=st.integers(1, 9),
    code=st.sampled_from([*lookups.SHIPPED, "ON_HOLD"]),
    is_active=FLAG,
    is_paused=FLAG,
    is_resolved=FLAG,
    is_final=FLAG,
    in_use=FLAG,
    next_ids=st.lists(st.integers(1, 9), max_size=3),
)


@pytest.mark.rule("R-22")
@pytest.mark.rule("R-24")
@pytest.mark.rule("R-28")
@given(STATUS)
def test_a_status_that_is_taken_is_sound(status: Status) -> None:
    try:
        lookups.sound_status(status)
    except (Invalid, NotNow):
        return
    assert sum(getattr(status, flag) for flag in lookups.STAGES) <= 1
    assert not (status.is_final and status.next_ids)
    assert status.id not in status.next_ids
    assert status.in_use or status.code not in lookups.SHIPPED


@pytest.mark.rule("R-200")
@given(st.lists(st.integers(1, 50), unique=True), st.integers(1, 50), st.one_of(st.none(), st.integers(1, 60)))
def test_a_row_stands_at_its_place_and_the_others_keep_their_order(ids: list[int], id: int, place: int | None) -> None:
    order = lookups.placed(ids, id, place)
    others = [other for other in ids if other != id]
    assert sorted(order) == sorted([*others, id])
    assert [other for other in order if other != id] == others
    assert order.index(id) == (len(others) if place is None else min(place - 1, len(others)))


@pytest.mark.rule("R-200")
@pytest.mark.parametrize("code", ["ON_HOLD", "A", "A1", "X" * 64])
def test_a_code_is_made_of_capitals(code: str) -> None:
    assert lookups.code(code, "code") == code


@pytest.mark.rule("R-200")
@pytest.mark.parametrize("code", ["on_hold", "1A", "_A", "A B", "Ä", "A-B"])
def test_anything_else_is_no_code(code: str) -> None:
    with pytest.raises(Invalid):
        lookups.code(code, "code")


@pytest.mark.rule("R-200")
def test_a_list_is_full_at_500_rows() -> None:
    lookups.there_is_room(499)
    with pytest.raises(Limit):
        lookups.there_is_room(500)
