"""Cursors: sealed places that nobody but the desk can read or make."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gql.cursor import Cursors, Place, Reading
from gql.errors import Invalid, ResyncRequired

CURSORS = Cursors("a secret of thirty-two characters", "epoch one")
PLACES = st.builds(Place, st.integers(0, 2**48 - 1), st.integers(0, 2**32 - 1))


def seal(place: Place) -> str:
    return CURSORS.seal(place.position, place.version)


@given(PLACES)
def test_a_cursor_opens_to_the_place_it_was_sealed_from(place: Place) -> None:
    assert CURSORS.open(seal(place), "after") == place


@given(PLACES, PLACES)
def test_two_cursors_are_alike_exactly_when_their_places_are(one: Place, other: Place) -> None:
    assert (seal(one) == seal(other)) == (one == other)


@given(PLACES)
def test_a_cursor_is_text_that_needs_no_escaping_in_an_address(place: Place) -> None:
    assert len(seal(place)) == 22
    assert set(seal(place)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_neighbouring_places_have_nothing_in_common_to_be_read() -> None:
    shared = sum(a == b for a, b in zip(CURSORS.seal(1), CURSORS.seal(2), strict=True))
    assert shared < 8


@given(st.text(max_size=40))
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        CURSORS.open(text, "after")
    assert refused.value.field == ("after",)


@given(PLACES, st.integers(0, 127))
def test_a_cursor_with_one_bit_changed_leads_nowhere(place: Place, bit: int) -> None:
    sealed = bytearray(base64.urlsafe_b64decode(seal(place) + "=="))
    sealed[bit // 8] ^= 1 << bit % 8
    # of 65,536 blocks that are no cursors one begins like a cursor by chance, and then its epoch is wrong
    with pytest.raises((Invalid, ResyncRequired)):
        CURSORS.open(base64.urlsafe_b64encode(sealed).decode().rstrip("="), "after")


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: text[:-1], id="cut"),
        pytest.param(lambda text: text + "A", id="longer"),
        pytest.param(lambda text: text + "==", id="padded"),
        pytest.param(lambda text: f" {text}", id="with a blank"),
        pytest.param(lambda text: text.swapcase(), id="in the other case"),
        pytest.param(lambda text: text[::-1], id="backwards"),
        pytest.param(lambda text: text[:-1] + chr(ord(text[-1]) + 1), id="another last letter"),
        pytest.param(lambda text: text[:10] + "é" + text[11:], id="not ASCII"),
        pytest.param(lambda text: text[:10] + "\0" + text[11:], id="with a NUL"),
        pytest.param(lambda text: text + text, id="twice"),
    ],
)
def test_a_spoilt_cursor_is_invalid(spoilt: object) -> None:
    assert callable(spoilt)
    with pytest.raises(Invalid):
        CURSORS.open(spoilt(CURSORS.seal(7, 3)), "unlessChangedSince")


@given(PLACES)
def test_a_cursor_of_another_epoch_asks_to_read_anew(place: Place) -> None:
    restored = Cursors("a secret of thirty-two characters", "epoch two")
    with pytest.raises(ResyncRequired):
        restored.open(seal(place), "after")


def test_a_cursor_under_another_secret_is_invalid() -> None:
    other = Cursors("another secret of more characters", "epoch one")
    for position in range(100):
        with pytest.raises(Invalid):
            other.open(CURSORS.seal(position), "after")


def test_a_reading_seals_where_the_log_stood_and_the_version_of_the_row() -> None:
    reading = Reading(CURSORS, 41)
    assert CURSORS.open(reading.cursor(), "after") == Place(41)
    assert CURSORS.open(reading.cursor(6), "after") == Place(41, 6)
    assert CURSORS.open(reading.cursor_at(12), "after") == Place(12)
