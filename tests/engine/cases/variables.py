"""Variables: given, null, left out, with defaults, and of the wrong kind."""

from typing import Any

from tests.engine.cases.case import REFUSED, Case

LEFT_OUT: Any = object()


def case(sentence: str, field: str, type: str, told: str, value: Any = LEFT_OUT) -> Case:
    document = f"query($v: {type}) {{ hears {{ heard: {field}(of: $v) }} }}"
    return Case(sentence, document, {"hears": {"heard": told}}, variables={} if value is LEFT_OUT else {"v": value})


def refused(sentence: str, field: str, type: str, why: str, value: Any = LEFT_OUT) -> Case:
    document = f"query($v: {type}) {{ hears {{ heard: {field}(of: $v) }} }}"
    return Case(sentence, document, REFUSED, (("", why),), variables={} if value is LEFT_OUT else {"v": value})


CASES = [
    case("a variable is given", "int", "Int", "1", 1),
    case("a variable is null", "int", "Int", "null", None),
    case("a variable is left out", "int", "Int", "left out"),
    case("a default stands for a variable that is left out", "int", "Int = 3", "3"),
    case("a default does not stand for null", "int", "Int = 3", "null", None),
    case("a default is overruled", "int", "Int = 3", "4", 4),
    case("a default may be null", "int", "Int = null", "null"),
    case("an argument's default stands for a variable that is left out", "intOrFive", "Int", "5"),
    case("an argument's default does not stand for a null", "intOrFive", "Int", "null", None),
    case("a variable's default goes before the argument's", "intOrFive", "Int = 3", "3"),
    case("a needed variable is given", "intNeeded", "Int!", "1", 1),
    case("a needed variable may fill an argument that is not needed", "int", "Int!", "1", 1),
    case("a needed variable has a default", "intNeeded", "Int! = 3", "3"),
    case("a needed variable overrules its default", "intNeeded", "Int! = 3", "4", 4),
    case("a variable with a default may fill a needed argument", "intNeeded", "Int = 3", "3"),
    case("a variable may fill a needed argument that has a default", "intNeededOrFive", "Int", "5"),
    case("and overrule it", "intNeededOrFive", "Int", "6", 6),
    refused("a needed variable must be given", "intNeeded", "Int!", "to be provided"),
    refused("a needed variable is not null", "intNeeded", "Int!", "not to be None", None),
    refused("a needed variable with a default is not null", "intNeeded", "Int! = 3", "not to be None", None),
    refused(
        "a variable that may be null cannot fill a needed argument", "intNeeded", "Int", "expecting type 'Int!'", 1
    ),
    refused("a default of null fills no needed argument", "intNeeded", "Int = null", "expecting type 'Int!'", 1),
    refused("a variable of another type fills no argument", "int", "String", "expecting type 'Int'", "a"),
    refused("a single value fills no list", "list", "Int", "expecting type '[Int]'", 1),
    refused("a list fills no single value", "int", "[Int]", "expecting type 'Int'", [1]),
    refused("a default is of its type", "int", 'Int = "a"', "non-integer"),
    refused("a needed variable has no default of null", "intNeeded", "Int! = null", "non-null type", 1),
    refused("a variable's type is there", "int", "Nobody", "Unknown type 'Nobody'", 1),
    refused("text is no whole number", "int", "Int", "non-integer", "1"),
    refused("a fraction is no whole number", "int", "Int", "non-integer", 1.5),
    refused("true is no whole number", "int", "Int", "non-integer", True),
    refused("a number above the largest is refused", "int", "Int", "non 32-bit", 2**31),
    refused("a list is no whole number", "int", "Int", "non-integer", [1]),
    refused("an object is no whole number", "int", "Int", "non-integer", {"a": 1}),
    case("a fraction without a rest is a whole number", "int", "Int", "3", 3.0),
    case("a whole number is a fraction", "float", "Float", "3.0", 3),
    refused("text is no fraction", "float", "Float", "non numeric", "1.5"),
    case("text is given", "text", "String", '"a"', "a"),
    case("text may be empty", "text", "String", '""', ""),
    refused("a number is no text", "text", "String", "non string", 1),
    refused("a list is no text", "text", "String", "non string", ["a"]),
    refused("true is no text", "text", "String", "non string", True),
    case("false is given", "bool", "Boolean", "false", False),
    refused("a number is neither true nor false", "bool", "Boolean", "non boolean", 1),
    case("an id may be a number", "id", "ID", '"7"', 7),
    case("an id may be text", "id", "ID", '"a"', "a"),
    refused("an id is no fraction", "id", "ID", "ID cannot represent", 7.5),
    refused("an id is not true", "id", "ID", "ID cannot represent", True),
    case("a colour is given by its name", "colour", "Colour", '"GREEN"', "GREEN"),
    case("a colour may be a default", "colour", "Colour = DARK_BLUE", '"DARK_BLUE"'),
    refused("a colour that is none is refused", "colour", "Colour", "does not exist", "MAUVE"),
    refused("a colour is not the number behind it", "colour", "Colour", "non-string", 1),
    case("a scalar of one's own is read", "even", "Even", "4", 4),
    case("a scalar of one's own may be a default", "even", "Even = 6", "6"),
    refused("a scalar of one's own may refuse", "even", "Even", "TOLD", 5),
    case("a day is read", "day", "Date", '"2024-02-29"', "2024-02-29"),
    refused("a day that is none is refused", "day", "Date", "Date", "yesterday"),
    case("a list is given", "list", "[Int]", "[1,null]", [1, None]),
    case("a list is empty", "list", "[Int]", "[]", []),
    case("a list is null", "list", "[Int]", "null", None),
    case("one value is a list of one", "list", "[Int]", "[1]", 1),
    case("a list is a default", "list", "[Int] = [1, 2]", "[1,2]"),
    case("one value is a list of one as a default", "list", "[Int] = 1", "[1]"),
    refused("a list holds no text", "list", "[Int]", "non-integer", [1, "2"]),
    case("a list of needed items is given", "listItems", "[Int!]", "[1]", [1]),
    case("a list of needed items may be null", "listItems", "[Int!]", "null", None),
    refused("a list of needed items holds no null", "listItems", "[Int!]", "not to be None", [1, None]),
    refused("a needed list is not null", "listWhole", "[Int]!", "not to be None", None),
    case("a needed list may hold null", "listWhole", "[Int]!", "[null]", [None]),
    case("a needed list of needed items is given", "listStrict", "[Int!]!", "[1,2]", [1, 2]),
    case("a needed list of needed items may be empty", "listStrict", "[Int!]!", "[]", []),
    refused("a needed list of needed items is not null", "listStrict", "[Int!]!", "not to be None", None),
    refused("a needed list of needed items holds no null", "listStrict", "[Int!]!", "not to be None", [None]),
    case("a stricter list fills a looser", "list", "[Int!]!", "[1]", [1]),
    refused("a looser list fills no stricter", "listItems", "[Int]", "expecting type '[Int!]'", [1]),
    case("a list of lists is given", "grid", "[[Int]]", "[[1],[2]]", [[1], [2]]),
    case("one value is a list of a list", "grid", "[[Int]]", "[[1]]", 1),
    Case(
        "a variable that holds null fills no needed argument, though its default would",
        "query($v: Int = 3) { hears { intNeeded(of: $v) text } }",
        {"hears": {"intNeeded": None, "text": "left out"}},
        (("hears.intNeeded", "not to be None"),),
        variables={"v": None},
    ),
    Case(
        "nor one that has a default itself",
        "query($v: Int) { hears { intNeededOrFive(of: $v) text } }",
        {"hears": {"intNeededOrFive": None, "text": "left out"}},
        (("hears.intNeededOrFive", "not to be None"),),
        variables={"v": None},
    ),
    Case(
        "and a needed field takes its object with it",
        "query($v: Int = 3) { hears { intStrictly(of: $v) } word }",
        None,
        (("hears.intStrictly", "not to be None"),),
        variables={"v": None},
    ),
    Case(
        "a variable fills several arguments",
        "query($v: Int) { hears { int(of: $v) list(of: [$v, $v]) two(first: $v, second: $v) } }",
        {"hears": {"int": "1", "list": "[1,1]", "two": "1, 1"}},
        variables={"v": 1},
    ),
    Case(
        "variables that the operation does not know are not minded",
        "query($v: Int) { hears { int(of: $v) } }",
        {"hears": {"int": "1"}},
        variables={"v": 1, "w": {"deep": []}},
    ),
    Case(
        "several variables are at fault at once",
        "query($v: Int!, $w: String) { hears { int(of: $v) text(of: $w) } }",
        REFUSED,
        (("", "'$v'"), ("", "'$w'")),
        variables={"v": "a", "w": 1},
    ),
    Case(
        "a variable is of an input's type",
        "query($v: Box) { hears { int(of: $v) } }",
        REFUSED,
        (("", "non-input type"), ("", "expecting type 'Int'")),
    ),
    Case("a variable that nobody uses is refused", "query($v: Int) { word }", REFUSED, (("", "never used"),)),
    Case("a variable that nobody declared is refused", "{ hears { int(of: $v) } }", REFUSED, (("", "not defined"),)),
    Case(
        "a variable is declared once",
        "query($v: Int, $v: Int) { hears { int(of: $v) } }",
        REFUSED,
        (("", "only one variable named"),),
    ),
]
