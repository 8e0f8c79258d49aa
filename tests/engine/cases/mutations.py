"""Mutations: one after the other, each once."""

from tests.engine.cases.case import Case

CASES = [
    Case("a mutation is done and answered", "mutation { add(by: 2) { tally } }", {"add": {"tally": 2}}),
    Case("a mutation that answers a leaf is done once", "mutation { count }", {"count": 1}),
    Case(
        "mutations are done in turn",
        "mutation { a: add { tally } b: add(by: 5) { tally } c: add { tally } }",
        {"a": {"tally": 1}, "b": {"tally": 6}, "c": {"tally": 7}},
    ),
    Case(
        "a late mutation is waited for",
        "mutation { a: addLater { tally } b: add { tally } c: addLater { tally } }",
        {"a": {"tally": 1}, "b": {"tally": 2}, "c": {"tally": 3}},
    ),
    Case(
        "a payload shows what was done until then",
        'mutation { a: add(name: "first") { soFar } b: addLater(name: "second") { soFar } }',
        {"a": {"soFar": ["first"]}, "b": {"soFar": ["first", "second"]}},
    ),
    Case(
        "a payload is whole before the next mutation begins",
        'mutation { a: add(name: "first") { soFarLater } b: add(name: "second") { soFarLater } }',
        {"a": {"soFarLater": ["first"]}, "b": {"soFarLater": ["first", "second"]}},
    ),
    Case(
        "a mutation asked for twice is done once",
        "mutation { add { tally } add { soFar } }",
        {"add": {"tally": 1, "soFar": ["add"]}},
    ),
    Case("leaves asked for twice are done once", "mutation { count count }", {"count": 1}),
    Case("aliases are done each", "mutation { a: count b: count }", {"a": 1, "b": 2}),
    Case("a mutation that is skipped is not done", "mutation { a: count @skip(if: true) b: count }", {"b": 1}),
    Case(
        "a mutation in a fragment is done where the fragment stands",
        "mutation { a: count ...F c: count } fragment F on Mutation { b: count }",
        {"a": 1, "b": 2, "c": 3},
    ),
    Case("a fragment used twice is done once", "mutation { ...F ...F } fragment F on Mutation { count }", {"count": 1}),
    Case(
        "a mutation that fails is null, and the next is done",
        "mutation { fail { tally } add { tally soFar } }",
        {"fail": None, "add": {"tally": 1, "soFar": ["fail", "add"]}},
        (("fail", "TOLD"),),
    ),
    Case(
        "a mutation that fails late is null, and the next is done",
        "mutation { failLater { tally } add { soFar } }",
        {"failLater": None, "add": {"soFar": ["fail later", "add"]}},
        (("failLater", "TOLD"),),
    ),
    Case(
        "several may fail",
        "mutation { a: fail { tally } b: failLater { tally } c: add { soFar } }",
        {"a": None, "b": None, "c": {"soFar": ["fail", "fail later", "add"]}},
        (("a", "TOLD"), ("b", "TOLD")),
    ),
    Case(
        "a needed mutation that fails takes the answer",
        "mutation { add { tally } failNeeded { tally } }",
        None,
        (("failNeeded", "TOLD"),),
    ),
    Case(
        "a payload's field may fail",
        "mutation { add { tally fails } }",
        {"add": {"tally": 1, "fails": None}},
        (("add.fails", "TOLD"),),
    ),
    Case(
        "a payload's needed field takes the payload, and it is done once",
        "mutation { add { failsNeeded } count }",
        {"add": None, "count": 2},
        (("add.failsNeeded", "TOLD"),),
    ),
    Case(
        "a payload leads to what can be read",
        "mutation { add { query { word box { number } } } }",
        {"add": {"query": {"word": "word", "box": {"number": 1}}}},
    ),
    Case(
        "a fault in what is read is told, and it is done once",
        "mutation { add { query { broken refused } soFar } }",
        {"add": {"query": {"broken": None, "refused": None}, "soFar": ["add"]}},
        (("add.query.broken", "INTERNAL"), ("add.query.refused", "TOLD")),
    ),
    Case(
        "variables are given to mutations",
        "mutation($by: Int!, $name: String!) { add(by: $by, name: $name) { tally soFar } }",
        {"add": {"tally": 7, "soFar": ["seven"]}},
        variables={"by": 7, "name": "seven"},
    ),
    Case(
        "defaults are given to mutations", "mutation($by: Int! = 3) { add(by: $by) { tally } }", {"add": {"tally": 3}}
    ),
    Case(
        "a variable that does not fit does nothing",
        "mutation($by: Int!) { a: count add(by: $by) { tally } }",
        "refused",
        (("", "non-integer"),),
        variables={"by": "a"},
    ),
    Case("the root tells its name", "mutation { __typename count }", {"__typename": "Mutation", "count": 1}),
    Case("payloads tell their names", "mutation { add { __typename } }", {"add": {"__typename": "Done"}}),
]
