"""@skip and @include, said outright and by variables, on fields and fragments."""

from tests.engine.cases.case import REFUSED, Case

BOTH = {"word": "word", "nothing": None}
ONE = {"nothing": None}

CASES = [
    Case("what is included is answered", "{ word @include(if: true) nothing }", BOTH),
    Case("what is not included is left out", "{ word @include(if: false) nothing }", ONE),
    Case("what is skipped is left out", "{ word @skip(if: true) nothing }", ONE),
    Case("what is not skipped is answered", "{ word @skip(if: false) nothing }", BOTH),
    Case("included and not skipped is answered", "{ word @include(if: true) @skip(if: false) nothing }", BOTH),
    Case("included but skipped is left out", "{ word @include(if: true) @skip(if: true) nothing }", ONE),
    Case("not included and skipped is left out", "{ word @include(if: false) @skip(if: true) nothing }", ONE),
    Case("not included though not skipped is left out", "{ word @skip(if: false) @include(if: false) nothing }", ONE),
    Case("an alias can be skipped", "{ said: word @skip(if: true) nothing }", ONE),
    Case("a whole object can be skipped", "{ box @skip(if: true) { number } nothing }", ONE),
    Case(
        "a field of an object can be skipped", "{ box { number @skip(if: true) label } }", {"box": {"label": "large"}}
    ),
    Case("the type's name can be skipped", "{ __typename @skip(if: true) nothing }", ONE),
    Case("a document may leave everything out", "{ word @skip(if: true) }", {}),
    Case("an object may have everything left out", "{ box { number @skip(if: true) } }", {"box": {}}),
    Case(
        "items may have everything left out",
        "{ boxes { number @include(if: false) } }",
        {"boxes": [{}, {}]},
    ),
    Case(
        "what is skipped once and asked for once is answered",
        "{ word @skip(if: true) nothing word }",
        {"nothing": None, "word": "word"},
    ),
    Case(
        "an object skipped once shows only what was asked for elsewhere",
        "{ box @skip(if: true) { number } box { label } }",
        {"box": {"label": "large"}},
    ),
    Case(
        "a named fragment can be included",
        "{ ...F @include(if: true) nothing } fragment F on Query { word }",
        BOTH,
    ),
    Case(
        "a named fragment can be left out",
        "{ ...F @include(if: false) nothing } fragment F on Query { word }",
        ONE,
    ),
    Case("a named fragment can be skipped", "{ ...F @skip(if: true) nothing } fragment F on Query { word }", ONE),
    Case(
        "a fragment skipped in one place is answered in another",
        "{ ...F @skip(if: true) nothing ...F } fragment F on Query { word }",
        {"nothing": None, "word": "word"},
    ),
    Case("an inline fragment can be included", "{ ... on Query @include(if: true) { word } nothing }", BOTH),
    Case("an inline fragment can be left out", "{ ... on Query @include(if: false) { word } nothing }", ONE),
    Case("an inline fragment can be skipped", "{ ... on Query @skip(if: true) { word } nothing }", ONE),
    Case("an inline fragment without a type can be skipped", "{ ... @skip(if: true) { word } nothing }", ONE),
    Case("an inline fragment without a type can be included", "{ ... @include(if: true) { word } nothing }", BOTH),
    Case(
        "a directive inside a fragment is heeded",
        "{ ...F nothing } fragment F on Query { word @skip(if: true) }",
        ONE,
    ),
    Case(
        "a variable can include",
        "query($if: Boolean!) { word @include(if: $if) nothing }",
        BOTH,
        variables={"if": True},
    ),
    Case(
        "a variable can leave out",
        "query($if: Boolean!) { word @include(if: $if) nothing }",
        ONE,
        variables={"if": False},
    ),
    Case("a variable can skip", "query($if: Boolean!) { word @skip(if: $if) nothing }", ONE, variables={"if": True}),
    Case("a variable can keep", "query($if: Boolean!) { word @skip(if: $if) nothing }", BOTH, variables={"if": False}),
    Case("a variable's default can skip", "query($if: Boolean = true) { word @skip(if: $if) nothing }", ONE),
    Case(
        "a variable can overrule its default",
        "query($if: Boolean = true) { word @skip(if: $if) nothing }",
        BOTH,
        variables={"if": False},
    ),
    Case(
        "a condition cannot be null though its variable has a default",
        "query($if: Boolean = true) { nothing box { number label @include(if: $if) } }",
        None,
        (("box", "not to be None"),),
        variables={"if": None},
    ),
    Case(
        "a condition of another operation does not matter",
        "query A($if: Boolean!) { word @skip(if: $if) } query B($b: Boolean!) { word @skip(if: $b) nothing }",
        BOTH,
        variables={"b": False},
        operation="B",
    ),
    Case(
        "a variable may do one thing here and another there",
        "query($if: Boolean!) { word @skip(if: $if) nothing @include(if: $if) }",
        ONE,
        variables={"if": True},
    ),
    Case(
        "a variable can leave out a fragment",
        "query($if: Boolean!) { ...F @include(if: $if) nothing } fragment F on Query { word }",
        ONE,
        variables={"if": False},
    ),
    Case(
        "a variable can leave out an inline fragment",
        "query($if: Boolean!) { ... @include(if: $if) { word } nothing }",
        ONE,
        variables={"if": False},
    ),
    Case(
        "what is skipped does not fail",
        "{ refusedNeeded @skip(if: true) nothing }",
        ONE,
    ),
    Case(
        "a variable for a condition must be given",
        "query($if: Boolean!) { word @skip(if: $if) }",
        REFUSED,
        (("", "to be provided"),),
    ),
    Case(
        "a variable for a condition is no text",
        "query($if: Boolean!) { word @skip(if: $if) }",
        REFUSED,
        (("", "Boolean cannot represent"),),
        variables={"if": "true"},
    ),
    Case("a condition is needed", "{ word @skip }", REFUSED, (("", "of type 'Boolean!' is required"),)),
    Case("a condition is no number", "{ word @skip(if: 1) }", REFUSED, (("", "Boolean cannot represent"),)),
    Case("a directive that nobody knows is refused", "{ word @later }", REFUSED, (("", "Unknown directive"),)),
    Case(
        "a directive cannot be said twice",
        "{ word @skip(if: true) @skip(if: false) }",
        REFUSED,
        (("", "only be used once"),),
    ),
    Case("an operation cannot be skipped", "query @skip(if: true) { word }", REFUSED, (("", "may not be used on"),)),
]
