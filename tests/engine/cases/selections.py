"""Fields and their names in the answer: aliases, order, and the same name asked for more than once."""

from tests.engine.cases.case import REFUSED, Case

TINY = {"number": 3, "label": "tiny"}

CASES = [
    Case("a field is answered under its name", "{ word }", {"word": "word"}),
    Case("a field that comes late is answered under its name", "{ lateWord }", {"lateWord": "late word"}),
    Case("a field without a value is null", "{ nothing }", {"nothing": None}),
    Case("a deprecated field is answered all the same", "{ oldWord }", {"oldWord": "olde worde"}),
    Case("an alias is the name in the answer", "{ said: word }", {"said": "word"}),
    Case("two aliases of a field are two values", "{ a: word b: word }", {"a": "word", "b": "word"}),
    Case("an alias may be the name of another field", "{ nothing: word }", {"nothing": "word"}),
    Case(
        "fields may change their names", "{ word: lateWord lateWord: word }", {"word": "late word", "lateWord": "word"}
    ),
    Case("an alias may begin with underscores", "{ _: word _1: word }", {"_": "word", "_1": "word"}),
    Case("an alias may be a word of Python", "{ class: word None: word }", {"class": "word", "None": "word"}),
    Case("an alias may be a word of GraphQL", "{ query: word on: word }", {"query": "word", "on": "word"}),
    Case("answers stand in the order of the document", "{ nothing word }", {"nothing": None, "word": "word"}),
    Case(
        "a late field keeps its place",
        "{ lateWord word again { lateWord } nothing }",
        {"lateWord": "late word", "word": "word", "again": {"lateWord": "late word"}, "nothing": None},
    ),
    Case("a field asked for twice is answered once", "{ word word }", {"word": "word"}),
    Case(
        "a field asked for twice stands where it stood first",
        "{ word nothing word }",
        {"word": "word", "nothing": None},
    ),
    Case("commas and comments say nothing", "{ word,, # a comment\n nothing, }", {"word": "word", "nothing": None}),
    Case(
        "objects are answered in objects",
        "{ box { number inner { number inner { label } } } }",
        {"box": {"number": 1, "inner": {"number": 2, "inner": {"label": "tiny"}}}},
    ),
    Case(
        "objects in lists are answered in lists",
        "{ box { inners { number label } } }",
        {"box": {"inners": [TINY, {"number": 4, "label": None}]}},
    ),
    Case("an object that is not there is null", "{ chain { missing { name } } }", {"chain": {"missing": None}}),
    Case(
        "selections of the same object are joined",
        "{ box { number } box { label } }",
        {"box": {"number": 1, "label": "large"}},
    ),
    Case(
        "selections are joined all the way down",
        "{ box { inner { inner { number } } } box { inner { number inner { label } } } }",
        {"box": {"inner": {"inner": TINY, "number": 2}}},
    ),
    Case(
        "selections of the same alias are joined",
        "{ b: box { number } b: box { label number } }",
        {"b": {"number": 1, "label": "large"}},
    ),
    Case(
        "selections under different aliases are not joined",
        "{ a: box { number } b: box { label } }",
        {"a": {"number": 1}, "b": {"label": "large"}},
    ),
    Case(
        "selections of a list are joined for each of its items",
        "{ boxes { number } boxes { label } }",
        {"boxes": [{"number": 1, "label": "box 1"}, {"number": 2, "label": "box 2"}]},
    ),
    Case(
        "selections with the same arguments are joined",
        "{ boxes(count: 1) { number } boxes(count: 1) { label } }",
        {"boxes": [{"number": 1, "label": "box 1"}]},
    ),
    Case(
        "selections with the same variable are joined",
        "query($n: Int!) { boxes(count: $n) { number } boxes(count: $n) { label } }",
        {"boxes": [{"number": 1, "label": "box 1"}]},
        variables={"n": 1},
    ),
    Case(
        "selections with other arguments cannot be joined",
        "{ boxes(count: 1) { number } boxes(count: 2) { number } }",
        REFUSED,
        (("", "conflict"),),
    ),
    Case(
        "other arguments are asked for under other aliases",
        "{ one: boxes(count: 1) { number } two: boxes(count: 2) { number } }",
        {"one": [{"number": 1}], "two": [{"number": 1}, {"number": 2}]},
    ),
    Case(
        "arguments in another order are the same arguments",
        "{ hears { two(first: 1, second: 3) two(second: 3, first: 1) } }",
        {"hears": {"two": "1, 3"}},
    ),
    Case(
        "one alias cannot be two fields",
        "{ a: word a: nothing }",
        REFUSED,
        (("", "different fields"),),
    ),
    Case(
        "late objects are joined too",
        "{ lateChain { fine } lateChain { lateFine } }",
        {"lateChain": {"fine": "fine", "lateFine": "late and fine"}},
    ),
    Case("a type can be asked for its name", "{ __typename }", {"__typename": "Query"}),
    Case("a type's name can have an alias", "{ kind: __typename }", {"kind": "Query"}),
    Case(
        "objects can be asked for their type's name, however deep",
        "{ box { __typename inner { __typename number } } }",
        {"box": {"__typename": "Box", "inner": {"__typename": "Box", "number": 2}}},
    ),
    Case(
        "only the type's name of objects in a list",
        "{ boxes(count: 3) { __typename } }",
        {"boxes": [{"__typename": "Box"}] * 3},
    ),
    Case(
        "the type's name of what is null is not told",
        "{ box { inner { inner { inner { __typename } } } } }",
        {"box": {"inner": {"inner": {"inner": None}}}},
    ),
    Case("an empty list has no items to answer for", "{ boxes(count: 0) { number } }", {"boxes": []}),
    Case(
        "a root may be reached again",
        "{ again { word again { nothing } } }",
        {"again": {"word": "word", "again": {"nothing": None}}},
    ),
    Case(
        "a deprecated field of a value is answered",
        "{ box { old number } }",
        {"box": {"old": None, "number": 1}},
    ),
    Case("an object needs a selection", "{ box }", REFUSED, (("", "must have a selection"),)),
    Case("a leaf has no selection", "{ word { length } }", REFUSED, (("", "must not have a selection"),)),
    Case("a field that is not there is refused", "{ wrod }", REFUSED, (("", "Cannot query field 'wrod'"),)),
    Case("what cannot be read is refused", "{ word", REFUSED, (("", "Syntax Error"),)),
    Case("an empty document is refused", "", REFUSED, (("", "Syntax Error"),)),
    Case("an empty selection shows nothing", "{ }", {}),
    Case("an empty selection of an object shows nothing of it", "{ box { } }", {"box": {}}),
    Case(
        "an empty selection of items shows nothing of each", "{ boxes { } word }", {"boxes": [{}, {}], "word": "word"}
    ),
]
