"""Lists in every nullability, holding all their items or none, a null or a fault, or failing as a whole."""

from typing import Any

from tests.engine.cases.case import Case

SAID = {"loose": "[Int]", "items": "[Int!]", "whole": "[Int]!", "strict": "[Int!]!"}

ALL, EMPTY, HOLE, GONE = [1, 2], [], [1, None, 2], None
TAKEN = object()
"""The list takes the object that it is in with it."""

TABLE: dict[str, dict[str, tuple[Any, str, str]]] = {
    # what the list holds: for each nullability, what is shown, where it fails, and how
    "ALL": dict.fromkeys(SAID, (ALL, "", "")),
    "NONE": dict.fromkeys(SAID, (EMPTY, "", "")),
    "HOLE": {
        "loose": (HOLE, "", ""),
        "items": (GONE, ".1", "INTERNAL"),
        "whole": (HOLE, "", ""),
        "strict": (TAKEN, ".1", "INTERNAL"),
    },
    "FAULT": {
        "loose": (HOLE, ".1", "TOLD"),
        "items": (GONE, ".1", "TOLD"),
        "whole": (HOLE, ".1", "TOLD"),
        "strict": (TAKEN, ".1", "TOLD"),
    },
    "NULL": {
        "loose": (GONE, "", ""),
        "items": (GONE, "", ""),
        "whole": (TAKEN, "", "INTERNAL"),
        "strict": (TAKEN, "", "INTERNAL"),
    },
    "FAILS": {
        "loose": (GONE, "", "TOLD"),
        "items": (GONE, "", "TOLD"),
        "whole": (TAKEN, "", "TOLD"),
        "strict": (TAKEN, "", "TOLD"),
    },
}

WORDS = {
    "ALL": "with all its items",
    "NONE": "without items",
    "HOLE": "with a null in it",
    "FAULT": "with an item that fails",
    "NULL": "that is null",
    "FAILS": "that fails",
}


def _case(holds: str, name: str, *, late: bool) -> Case:
    value, place, why = TABLE[holds][name]
    field = f"late{name.capitalize()}" if late else name
    return Case(
        f"{SAID[name]} {WORDS[holds]}{', come late' if late else ''}",
        f"{{ lists(holds: {holds}) {{ {field} }} word }}",
        {"lists": None if value is TAKEN else {field: value}, "word": "word"},
        ((f"lists.{field}{place}", why),) if why else (),
    )


MATRIX = [_case(holds, name, late=late) for holds in TABLE for name in SAID for late in (False, True)]

CASES = [
    *MATRIX,
    Case("items may each come late", "{ lists { promises } }", {"lists": {"promises": [1, 2]}}),
    Case("a null may come late", "{ lists(holds: HOLE) { promises } }", {"lists": {"promises": [1, None, 2]}}),
    Case(
        "an item may fail late",
        "{ lists(holds: FAULT) { promises } }",
        {"lists": {"promises": [1, None, 2]}},
        (("lists.promises.1", "TOLD"),),
    ),
    Case(
        "a needed item that is null late takes the list's object",
        "{ lists(holds: HOLE) { promisesStrict } }",
        {"lists": None},
        (("lists.promisesStrict.1", "INTERNAL"),),
    ),
    Case(
        "a needed item that fails late takes the list's object",
        "{ lists(holds: FAULT) { promisesStrict } }",
        {"lists": None},
        (("lists.promisesStrict.1", "TOLD"),),
    ),
    Case("lists may hold lists", "{ lists { grid } }", {"lists": {"grid": [[1, 2], [3, 4]]}}),
    Case("lists in lists may be empty", "{ lists(holds: NONE) { grid } }", {"lists": {"grid": [[1, 2], []]}}),
    Case(
        "lists in lists may hold null", "{ lists(holds: HOLE) { grid } }", {"lists": {"grid": [[1, 2], [3, None, 4]]}}
    ),
    Case(
        "an item deep in lists may fail",
        "{ lists(holds: FAULT) { grid } }",
        {"lists": {"grid": [[1, 2], [3, None, 4]]}},
        (("lists.grid.1.1", "TOLD"),),
    ),
    Case(
        "a needed list in a list takes the outer list",
        "{ lists(holds: NULL) { grid } }",
        {"lists": {"grid": None}},
        (("lists.grid.1", "INTERNAL"),),
    ),
    Case(
        "a needed item in a needed list takes both lists",
        "{ lists(holds: FAULT) { gridStrict } }",
        {"lists": {"gridStrict": None}},
        (("lists.gridStrict.1.1", "TOLD"),),
    ),
    Case(
        "objects in a list may be null",
        "{ lists(holds: HOLE) { boxes { number } } }",
        {"lists": {"boxes": [{"number": 1}, None, {"number": 2}]}},
    ),
    Case(
        "one of the objects in a list may fail",
        "{ lists(holds: FAULT) { boxes { number } } }",
        {"lists": {"boxes": [{"number": 1}, None, {"number": 2}]}},
        (("lists.boxes.1", "TOLD"),),
    ),
    Case(
        "a needed object that is null takes the list",
        "{ lists(holds: HOLE) { boxesStrict { number } } }",
        {"lists": {"boxesStrict": None}},
        (("lists.boxesStrict.1", "INTERNAL"),),
    ),
    Case(
        "a needed object that fails takes the list",
        "{ lists(holds: FAULT) { boxesStrict { number } } }",
        {"lists": {"boxesStrict": None}},
        (("lists.boxesStrict.1", "TOLD"),),
    ),
    Case("a tuple is a list", "{ lists { tuple } }", {"lists": {"tuple": [1, 2, 3]}}),
    Case("what is made one by one is a list", "{ lists { generated } }", {"lists": {"generated": [1, 2, 3]}}),
    Case("text is no list", "{ lists { text } }", {"lists": {"text": None}}, (("lists.text", "Expected Iterable"),)),
    Case(
        "a number is no list",
        "{ lists { number } }",
        {"lists": {"number": None}},
        (("lists.number", "Expected Iterable"),),
    ),
    Case(
        "one list that fails spoils no other",
        "{ a: lists(holds: FAILS) { loose } b: lists { loose } }",
        {"a": {"loose": None}, "b": {"loose": [1, 2]}},
        (("a.loose", "TOLD"),),
    ),
]
