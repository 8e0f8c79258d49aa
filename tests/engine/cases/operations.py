"""Which operation of a document is meant."""

from tests.engine.cases.case import REFUSED, Case

TWO = "query A { word } query B { nothing }"

CASES = [
    Case("the only operation is meant", "{ word }", {"word": "word"}),
    Case("the only operation is meant by its keyword too", "query { word }", {"word": "word"}),
    Case("the only operation is meant though it has a name", "query A { word }", {"word": "word"}),
    Case("the only operation can be named", "query A { word }", {"word": "word"}, operation="A"),
    Case("the first of two can be named", TWO, {"word": "word"}, operation="A"),
    Case("the second of two can be named", TWO, {"nothing": None}, operation="B"),
    Case("one of two must be named", TWO, REFUSED, (("", "Name one of the operations."),)),
    Case("a name that is none of them is refused", TWO, REFUSED, (("", "There is no operation 'C'."),), operation="C"),
    Case("an operation without a name has none", "{ word }", REFUSED, (("", "no operation 'A'"),), operation="A"),
    Case(
        "a document of fragments alone has no operation",
        "fragment F on Query { word }",
        REFUSED,
        (("", "INVALID"),),
    ),
    Case(
        "a query and a mutation may share a document",
        "query A { word } mutation B { add { tally } }",
        {"add": {"tally": 1}},
        operation="B",
    ),
    Case(
        "the query of such a document changes nothing",
        "query A { word } mutation B { add { tally } }",
        {"word": "word"},
        operation="A",
    ),
    Case(
        "each operation's fragments are its own",
        TWO.replace("word", "...F") + " fragment F on Query { word }",
        {"word": "word"},
        operation="A",
    ),
    Case(
        "variables of another operation need not be given",
        "query A { word } query B($n: Int!) { boxes(count: $n) { number } }",
        {"word": "word"},
        operation="A",
    ),
    Case(
        "a fragment answers for the variables of the operation that runs",
        "query A($n: Int! = 1) { ...F } query B($n: Int! = 2) { ...F } "
        "fragment F on Query { boxes(count: $n) { number } }",
        {"boxes": [{"number": 1}, {"number": 2}]},
        operation="B",
    ),
    Case(
        "two operations of one name are refused",
        "query A { word } query A { nothing }",
        REFUSED,
        (("", "INVALID"),),
        operation="A",
    ),
    Case(
        "an operation without a name stands alone",
        "{ word } query A { nothing }",
        REFUSED,
        (("", "must be the only defined operation"),),
        operation="A",
    ),
    Case("a schema is no operation", "type A { a: Int } query { word }", REFUSED, (("", "not executable"),)),
    Case(
        "a kind of operation that the schema lacks is refused",
        "subscription { word }",
        REFUSED,
        (("", "subscription"),),
    ),
]
