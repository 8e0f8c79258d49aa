"""What text the desk takes, case by case."""

from __future__ import annotations

import pytest

from gql.errors import DeskError, Invalid, Limit, Required
from gql.rules import text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("", None, id="empty"),
        pytest.param(" \t\r\n", None, id="blanks"),
        pytest.param("\u00a0\u2003", None, id="blanks of other scripts"),
        pytest.param("fire", "fire", id="a word"),
        pytest.param("  on fire\n", "on fire", id="blanks around it"),
        pytest.param("a\n\n  b", "a\n\n  b", id="blanks within it"),
        pytest.param("Ω 🔥 ё", "Ω 🔥 ё", id="characters beyond the first plane"),
        pytest.param("0123456789", "0123456789", id="as long as is taken"),
        pytest.param("🔥" * 10, "🔥" * 10, id="as long as is taken, in characters and not in bytes"),
    ],
)
def test_text_is_kept_without_the_blanks_around_it(given: str | None, kept: str | None) -> None:
    assert text.checked(given, 10, "subject") == kept


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        pytest.param("01234567890", Limit, id="one character too long"),
        pytest.param(" " * 11, Limit, id="too many blanks"),
        pytest.param("fi\0re", Invalid, id="NUL"),
        pytest.param("fire \ud83d", Invalid, id="the first half of a surrogate pair"),
        pytest.param("\udd25 fire", Invalid, id="the second half of a surrogate pair"),
    ],
)
def test_text_that_cannot_be_kept_is_refused_and_the_field_is_named(given: str, refusal: type[DeskError]) -> None:
    with pytest.raises(refusal) as refused:
        text.checked(given, 10, "subject")
    assert refused.value.field == ("subject",)


def test_what_is_too_long_is_told_with_both_lengths() -> None:
    with pytest.raises(Limit) as refused:
        text.checked("x" * 50_001, text.BODY, "body")
    assert refused.value.message == "At most 50,000 characters are taken here; these are 50,001."


@pytest.mark.rule("R-1")
@pytest.mark.parametrize("given", [None, "", "   ", "\n"], ids=["nothing", "empty", "blanks", "a line break"])
def test_text_that_is_needed_must_not_be_blank(given: str | None) -> None:
    with pytest.raises(Required) as refused:
        text.required(given, 10, "subject", "A subject")
    assert (refused.value.message, refused.value.field) == ("A subject is needed.", ("subject",))


def test_text_that_is_needed_is_kept_without_the_blanks_around_it() -> None:
    assert text.required(" fire ", 10, "subject", "A subject") == "fire"
