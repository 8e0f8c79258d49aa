"""Rows of a database: pages of them, one of them, those that they point at, and those that are hidden."""

from tests.engine.cases.case import REFUSED, Case

NODE = "query($id: ID!) { node(id: $id) { __typename id ... on Stone { name } } }"


def stones(sentence: str, arguments: str, selection: str, page: object, *errors: tuple[str, str]) -> Case:
    data = None if page is None else {"stones": page}
    return Case(sentence, f"{{ stones{arguments} {{ {selection} }} }}", data, errors)


CASES = [
    stones(
        "a page has its rows",
        "",
        "nodes { name weight }",
        {"nodes": [{"name": "one", "weight": 10}, {"name": "two", "weight": None}, {"name": "three", "weight": 30}]},
    ),
    stones("a page may be shorter", "(first: 1)", "nodes { name }", {"nodes": [{"name": "one"}]}),
    stones(
        "a page may hold nothing",
        "(first: 0)",
        "nodes { name } pageInfo { endCursor hasNextPage }",
        {"nodes": [], "pageInfo": {"endCursor": None, "hasNextPage": True}},
    ),
    stones(
        "a page goes on where another ended",
        '(first: 2, after: "WyJpZCIsMl0")',
        "nodes { name }",
        {"nodes": [{"name": "three"}, {"name": "five"}]},
    ),
    stones(
        "a page may be the last",
        "(last: 2)",
        "nodes { name } pageInfo { hasPreviousPage hasNextPage }",
        {"nodes": [{"name": "three"}, {"name": "five"}], "pageInfo": {"hasPreviousPage": True, "hasNextPage": False}},
    ),
    stones(
        "a page tells where it stands",
        "(first: 2)",
        "edges { cursor node { id } } pageInfo { startCursor endCursor }",
        {
            "edges": [
                {"cursor": "WyJpZCIsMV0", "node": {"id": "Pebble_1"}},
                {"cursor": "WyJpZCIsMl0", "node": {"id": "Pebble_2"}},
            ],
            "pageInfo": {"startCursor": "WyJpZCIsMV0", "endCursor": "WyJpZCIsMl0"},
        },
    ),
    stones(
        "a page is narrowed by a number",
        "(weight: 20)",
        "nodes { name }",
        {"nodes": [{"name": "three"}, {"name": "five"}]},
    ),
    stones(
        "a page is narrowed by a list",
        "(colours: [RED])",
        "nodes { name colour }",
        {"nodes": [{"name": "three", "colour": "RED"}]},
    ),
    stones("a page is narrowed to nothing", "(weight: 1000)", "nodes { name }", {"nodes": []}),
    stones("a page tells only its type", "", "__typename", {"__typename": "StoneConnection"}),
    stones(
        "a page's rows tell only their type", "(first: 1)", "nodes { __typename }", {"nodes": [{"__typename": "Stone"}]}
    ),
    stones(
        "rows under several names are the same rows",
        "(first: 1)",
        "a: nodes { name } b: nodes { id }",
        {"a": [{"name": "one"}], "b": [{"id": "Pebble_1"}]},
    ),
    stones(
        "edges are joined as other lists are",
        "(first: 1)",
        "edges { node { name } } edges { node { id } }",
        {"edges": [{"node": {"name": "one", "id": "Pebble_1"}}]},
    ),
    stones(
        "rows that are pointed at are shown",
        "",
        "nodes { under { name under { name } } }",
        {
            "nodes": [
                {"under": None},
                {"under": {"name": "one", "under": None}},
                {"under": {"name": "one", "under": None}},
            ]
        },
    ),
    stones(
        "a row that is pointed at and hidden is null",
        "(weight: 50)",
        "nodes { name under { name } }",
        {"nodes": [{"name": "five", "under": None}]},
    ),
    stones(
        "a hidden row that is needed takes all up to the root",
        "(weight: 50)",
        "nodes { firmlyUnder { name } }",
        None,
        ("stones.nodes.0.firmlyUnder", "INTERNAL"),
    ),
    stones(
        "pages in rows have their own rows",
        "(first: 2)",
        "nodes { name over { nodes { name } } }",
        {
            "nodes": [
                {"name": "one", "over": {"nodes": [{"name": "two"}, {"name": "three"}]}},
                {"name": "two", "over": {"nodes": []}},
            ]
        },
    ),
    stones(
        "pages in rows may have other arguments",
        "(first: 1)",
        "nodes { a: over(first: 1) { ...N } b: over(last: 1) { ...N } c: over(weight: 30) { ...N } } } }"
        " fragment N on StoneConnection { nodes { name",
        {
            "nodes": [
                {
                    "a": {"nodes": [{"name": "two"}]},
                    "b": {"nodes": [{"name": "three"}]},
                    "c": {"nodes": [{"name": "three"}]},
                }
            ]
        },
    ),
    stones(
        "what cannot be told is null and says so",
        "(first: 2)",
        "nodes { name heavier }",
        {"nodes": [{"name": "one", "heavier": "11"}, {"name": "two", "heavier": None}]},
        ("stones.nodes.1.heavier", "TOLD"),
    ),
    stones(
        "what must be told and cannot takes all up to the root",
        "",
        "nodes { surelyHeavier }",
        None,
        ("stones.nodes.1.surelyHeavier", "TOLD"),
    ),
    stones("a page cannot begin at both ends", "(first: 1, last: 1)", "nodes { name }", None, ("stones", "not both")),
    stones("a page is not too long", "(first: 101)", "nodes { name }", None, ("stones", "LIMIT")),
    stones("a page is not of less than nothing", "(first: -1)", "nodes { name }", None, ("stones", "INVALID")),
    stones(
        "a cursor is of the list",
        '(after: "nowhere")',
        "nodes { name }",
        None,
        ("stones", "This cursor is not of this list"),
    ),
    Case(
        "a page in a row is not too long either",
        '{ stone(name: "one") { name over(first: 101) { nodes { name } } } }',
        {"stone": None},
        (("stone.over", "LIMIT"),),
    ),
    Case("a row is found", '{ stone(name: "three") { name weight } }', {"stone": {"name": "three", "weight": 30}}),
    Case("a row that is not there is null", '{ stone(name: "none") { name } }', {"stone": None}),
    Case("a row that is hidden is null", '{ stone(name: "hidden") { name } }', {"stone": None}),
    Case(
        "a row that is needed takes only what may be null",
        '{ stone(name: "one") { firmlyUnder { name } } word }',
        {"stone": None, "word": "word"},
        (("stone.firmlyUnder", "INTERNAL"),),
    ),
    Case(
        "what fails in one row spoils no other",
        '{ a: stone(name: "two") { surelyHeavier } b: stone(name: "one") { heavier } }',
        {"a": None, "b": {"heavier": "11"}},
        (("a.surelyHeavier", "TOLD"),),
    ),
    Case(
        "a row is found by its id",
        NODE,
        {"node": {"__typename": "Stone", "id": "Pebble_2", "name": "two"}},
        variables={"id": "Pebble_2"},
    ),
    Case("an id of no row finds nothing", NODE, {"node": None}, variables={"id": "Pebble_9"}),
    Case("an id of a hidden row finds nothing", NODE, {"node": None}, variables={"id": "Pebble_4"}),
    Case("text that is no id finds nothing", NODE, {"node": None}, variables={"id": "pebble two"}),
    Case(
        "rows are asked for by variables",
        "query($n: Int, $c: [Colour!]) { stones(first: $n, colours: $c) { nodes { name } } }",
        {"stones": {"nodes": [{"name": "one"}, {"name": "three"}]}},
        variables={"n": 2, "c": ["RED", "GREEN"]},
    ),
    Case(
        "a variable that is left out leaves the default",
        "query($n: Int, $w: Int) { stones(first: $n, weight: $w) { nodes { id } } }",
        {"stones": {"nodes": [{"id": f"Pebble_{n}"} for n in (1, 2, 3)]}},
    ),
    Case(
        "a variable that is null narrows nothing",
        "query($n: Int, $w: Int) { stones(first: $n, weight: $w) { nodes { id } } }",
        {"stones": {"nodes": [{"id": f"Pebble_{n}"} for n in (1, 2, 3)]}},
        variables={"n": None, "w": None},
    ),
    Case(
        "rows may be left out",
        "query($s: Boolean!) { stones { nodes { name @skip(if: $s) under @skip(if: $s) { name } } } }",
        {"stones": {"nodes": [{}, {}, {}]}},
        variables={"s": True},
    ),
    Case(
        "rows are shown by fragments",
        "{ stones(first: 1) { ...P } } fragment P on StoneConnection { nodes { ...S ... on Node "
        "{ __typename } } } fragment S on Stone { name }",
        {"stones": {"nodes": [{"name": "one", "__typename": "Stone"}]}},
    ),
    Case(
        "rows stand beside other values",
        "{ word stones(first: 1) { nodes { name } } box { number } }",
        {"word": "word", "stones": {"nodes": [{"name": "one"}]}, "box": {"number": 1}},
    ),
    Case(
        "an argument that does not fit is refused",
        "{ stones(first: true) { nodes { name } } }",
        REFUSED,
        (("", "non-integer"),),
    ),
]
