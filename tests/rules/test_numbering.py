"""The mask of case numbers, case by case."""

from __future__ import annotations

import pytest

from gql.errors import Invalid
from gql.rules.numbering import case_number


@pytest.mark.rule("R-8")
@pytest.mark.parametrize(
    ("mask", "count", "number"),
    [
        pytest.param("SR{0:00000000}", 12, "SR00000012", id="the mask as delivered"),
        pytest.param("SR{0:00000000}", 99_999_999, "SR99999999", id="the last that fits the zeros"),
        pytest.param("SR{0:00000000}", 100_000_000, "SR100000000", id="one that is longer than the zeros"),
        pytest.param("{0}", 7, "7", id="nothing but the number"),
        pytest.param("Case {0}", 7, "Case 7", id="no zeros asked for"),
        pytest.param("{0:000}/2026-IT", 7, "007/2026-IT", id="text after the number"),
        pytest.param(r"\1\g<0>{0}", 7, r"\1\g<0>7", id="text with backslashes"),
        pytest.param("№{0}{}", 7, "№7{}", id="other braces are text"),
        pytest.param("{0}{1}", 7, "7{1}", id="another place is text"),
        pytest.param("x" * 497 + "{0}", 7, "x" * 497 + "7", id="500 characters"),
    ],
)
def test_the_number_stands_in_the_one_place_of_the_mask(mask: str, count: int, number: str) -> None:
    assert case_number(mask, count) == number


@pytest.mark.rule("R-8")
@pytest.mark.parametrize(
    "mask",
    [
        pytest.param("", id="empty"),
        pytest.param("SR", id="no place"),
        pytest.param("{0}-{0}", id="two places"),
        pytest.param("{0}-{0:000}", id="two places, one with zeros"),
        pytest.param("{1}", id="another place"),
        pytest.param("{0:###}", id="another format"),
        pytest.param("{0:}", id="a format of nothing"),
        pytest.param("x" * 498 + "{0}", id="501 characters"),
    ],
)
def test_a_mask_has_500_characters_and_one_place(mask: str) -> None:
    with pytest.raises(Invalid):
        case_number(mask, 1)
