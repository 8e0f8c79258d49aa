"""Fragments, named and inline."""

from tests.engine.cases.case import REFUSED, Case

CASES = [
    Case("a named fragment stands for its fields", "{ ...F } fragment F on Query { word }", {"word": "word"}),
    Case(
        "a fragment may be defined before it is used",
        "fragment F on Query { word } query { ...F }",
        {"word": "word"},
    ),
    Case(
        "a fragment may be used in several places",
        "{ box { ...F inner { ...F } } } fragment F on Box { number }",
        {"box": {"number": 1, "inner": {"number": 2}}},
    ),
    Case(
        "fragments may use fragments",
        "{ ...A } fragment A on Query { word ...B } fragment B on Query { nothing }",
        {"word": "word", "nothing": None},
    ),
    Case(
        "a fragment stands where it is used, not where it is defined",
        "{ nothing ...F lateWord } fragment F on Query { word }",
        {"nothing": None, "word": "word", "lateWord": "late word"},
    ),
    Case("a fragment used twice counts once", "{ ...F ...F } fragment F on Query { word }", {"word": "word"}),
    Case(
        "a fragment's object is joined with the field's own",
        "{ box { label } ...F } fragment F on Query { box { number } }",
        {"box": {"label": "large", "number": 1}},
    ),
    Case(
        "two fragments' objects are joined",
        "{ ...A ...B } fragment A on Query { box { number inner { number } } } "
        "fragment B on Query { box { inner { label } label } }",
        {"box": {"number": 1, "inner": {"number": 2, "label": None}, "label": "large"}},
    ),
    Case("an inline fragment stands for its fields", "{ ... on Query { word } }", {"word": "word"}),
    Case("an inline fragment needs no type", "{ ... { word } nothing }", {"word": "word", "nothing": None}),
    Case(
        "inline fragments may be nested",
        "{ ... { ... on Query { ... { word } } nothing } }",
        {"word": "word", "nothing": None},
    ),
    Case(
        "an inline fragment's object is joined with the field's own",
        "{ box { inner { number } ... on Box { inner { label } } } }",
        {"box": {"inner": {"number": 2, "label": None}}},
    ),
    Case(
        "an alias in a fragment is joined with the same outside",
        "{ b: box { number } ...F } fragment F on Query { b: box { label } }",
        {"b": {"number": 1, "label": "large"}},
    ),
    Case(
        "the type's name can be asked for in a fragment",
        "{ ...F } fragment F on Query { __typename box { ...G } } fragment G on Box { __typename }",
        {"__typename": "Query", "box": {"__typename": "Box"}},
    ),
    Case(
        "a fragment may use the operation's variables",
        "query($n: Int!) { ...F } fragment F on Query { boxes(count: $n) { number } }",
        {"boxes": [{"number": 1}]},
        variables={"n": 1},
    ),
    Case(
        "a fragment's variable may be left to its default",
        "query($n: Int! = 1) { ...F } fragment F on Query { boxes(count: $n) { number } }",
        {"boxes": [{"number": 1}]},
    ),
    Case(
        "fragments in lists apply to each item",
        "{ boxes { ...F } } fragment F on Box { number }",
        {"boxes": [{"number": 1}, {"number": 2}]},
    ),
    Case(
        "a fragment deep in another is joined with its places",
        "{ chain { ...A link { fine } } } fragment A on Link { link { ...B } } fragment B on Link { name }",
        {"chain": {"link": {"name": "link", "fine": "fine"}}},
    ),
    Case(
        "a fragment that nobody defined is refused",
        "{ ...F }",
        REFUSED,
        (("", "Unknown fragment 'F'"),),
    ),
    Case(
        "a fragment that nobody uses is refused",
        "{ word } fragment F on Query { word }",
        REFUSED,
        (("", "never used"),),
    ),
    Case(
        "a fragment that uses itself is refused",
        "{ ...F } fragment F on Query { ...F }",
        REFUSED,
        (("", "spread fragment 'F' within itself"),),
    ),
    Case(
        "fragments that use each other are refused",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        REFUSED,
        (("", "within itself"),),
    ),
    Case(
        "a fragment on a type that cannot be here is refused",
        "{ ...F } fragment F on Box { number }",
        REFUSED,
        (("", "can never be of type"),),
    ),
    Case(
        "a fragment on a type that is not there is refused",
        "{ ... on Nobody { word } }",
        REFUSED,
        (("", "Unknown type 'Nobody'"),),
    ),
    Case(
        "a fragment on a leaf is refused",
        "{ ... on String { word } }",
        REFUSED,
        (("", "non composite type"),),
    ),
    Case(
        "two fragments of one name are refused",
        "{ ...F } fragment F on Query { word } fragment F on Query { nothing }",
        REFUSED,
        (("", "only one fragment named 'F'"),),
    ),
]
