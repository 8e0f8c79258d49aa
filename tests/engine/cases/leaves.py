"""Leaves of an answer: what each scalar and enum can show, and what it cannot."""

from typing import Any

from tests.engine.cases.case import Case


def shown(sentence: str, field: str, value: Any) -> Case:
    return Case(sentence, f"{{ leaves {{ {field} }} }}", {"leaves": {field: value}})


def not_shown(sentence: str, field: str, why: str) -> Case:
    return Case(sentence, f"{{ leaves {{ {field} }} }}", {"leaves": {field: None}}, ((f"leaves.{field}", why),))


CASES = [
    shown("true is shown as one where a number is promised", "intOfBool", 1),
    shown("a fraction without a rest is shown as a whole number", "intOfWholeFloat", 3),
    not_shown("a fraction is not shown as a whole number", "intOfFloat", "non-integer"),
    shown("digits are shown as a number", "intOfText", 12),
    not_shown("words are not shown as a number", "intOfWords", "non-integer"),
    not_shown("a number above the largest is not shown", "intTooLarge", "non 32-bit"),
    shown("the largest number is shown", "intLargest", 2**31 - 1),
    shown("the smallest number is shown", "intSmallest", -(2**31)),
    shown("a whole number is shown as a fraction", "floatOfInt", 3.0),
    shown("digits are shown as a fraction", "floatOfText", 3.5),
    not_shown("what is no number is not shown", "floatOfNothing", "non numeric"),
    not_shown("what has no end is not shown", "floatWithoutEnd", "non numeric"),
    shown("a number is shown as text", "textOfInt", "12"),
    shown("true is shown as text", "textOfBool", "true"),
    shown("a fraction is shown as text", "textOfFloat", "1.5"),
    not_shown("a list is not shown as text", "textOfList", "String cannot represent"),
    not_shown("a mapping is not shown as text", "textOfBox", "String cannot represent"),
    shown("empty text is text", "textEmpty", ""),
    shown("text of all sorts is shown as it is", "textOfAllSorts", 'a "quoted" \\ line\n\tand 🜁 ünïcode'),
    shown("one is shown as true", "boolOfInt", True),
    shown("nought is shown as false", "boolOfZero", False),
    not_shown("text is not shown as true", "boolOfText", "non boolean"),
    shown("a number is shown as an id", "idOfInt", "7"),
    not_shown("a fraction is not shown as an id", "idOfFloat", "ID cannot represent"),
    shown("a colour is shown by its name", "colour", "DARK_BLUE"),
    shown("colours are shown by their names", "colours", ["RED", "RED", "GREEN"]),
    not_shown("what is no colour is not shown", "noColour", "cannot represent value"),
    shown("a scalar of one's own is shown", "even", 4),
    not_shown("a scalar of one's own may refuse to show", "odd", "TOLD"),
    Case(
        "a scalar that refuses where it is needed takes its object with it",
        "{ leaves { even oddNeeded } word }",
        None,
        (("leaves.oddNeeded", "TOLD"),),
    ),
    Case(
        "a scalar refuses one item of a list",
        "{ leaves { evens } }",
        {"leaves": {"evens": [2, None, 4]}},
        (("leaves.evens.1", "TOLD"),),
    ),
    shown("a day is shown", "day", "2024-02-29"),
    Case(
        "a colour in a value is shown by its name",
        "{ box { colour inner { inner { colour } } } }",
        {"box": {"colour": None, "inner": {"inner": {"colour": "GREEN"}}}},
    ),
    Case(
        "what cannot be shown spoils nothing beside it",
        "{ leaves { intOfWords textOfInt floatOfNothing } }",
        {"leaves": {"intOfWords": None, "textOfInt": "12", "floatOfNothing": None}},
        (("leaves.intOfWords", "non-integer"), ("leaves.floatOfNothing", "non numeric")),
    ),
]
