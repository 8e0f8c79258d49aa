"""Stand-ins for values that are not known yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from gql.engine.symbols import Symbol, Unkept, asking, symbol


def found(env: dict[str, Any]) -> Any:
    return env["found"]


@pytest.mark.parametrize(
    "look",
    [
        lambda it: it == 1,
        lambda it: it != 1,
        lambda it: it < 2,
        lambda it: it in (1, 2),
        lambda it: f"{it}",
        lambda it: str(it),
        lambda it: repr(it),
        lambda it: it + it,
    ],
)
@pytest.mark.parametrize("kind", [int, str])
def test_a_symbol_refuses_to_be_looked_at_while_a_condition_is_made(kind: type, look: Callable[[Any], Any]) -> None:
    with asking(), pytest.raises(Unkept):
        look(symbol(kind, found))


@pytest.mark.parametrize(
    "look",
    [
        len,
        list,
        lambda it: it.strip(),
        lambda it: it.split(),
        lambda it: "a" in it,
        lambda it: it[:2],
        lambda it: it.lower(),
        lambda it: it % 1,
    ],
)
def test_so_does_a_text(look: Callable[[Any], Any]) -> None:
    with asking(), pytest.raises((Unkept, TypeError)):
        look(symbol(str, found))


@pytest.mark.parametrize(("kind", "empty"), [(int, 0), (str, "")])
def test_whether_it_is_empty_may_be_asked(kind: type, empty: Any) -> None:
    with asking():
        assert symbol(kind, found)
        assert not symbol(kind, found, empty=True)
    assert symbol(kind, found, empty=True) == empty


def test_one_made_through_a_function_finds_what_the_function_makes() -> None:
    number = symbol(str, found).through(lambda text: int(re.sub(r"\D", "", text)))

    assert isinstance(number, Symbol)
    assert isinstance(number, int)
    assert number.find({"found": "Case_17"}) == 17


def test_after_the_condition_is_made_it_is_a_value_like_any_other() -> None:
    with asking():
        pass

    assert symbol(int, found) == 1
    assert symbol(str, found).upper() == "1"
