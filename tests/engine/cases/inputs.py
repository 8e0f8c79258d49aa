"""Input objects: nested, with defaults, in lists, and those of which exactly one field is given."""

from tests.engine.cases.arguments import hears, refused
from tests.engine.cases.case import REFUSED, Case


def given(sentence: str, field: str, type: str, value: object, told: str) -> Case:
    """The same by a variable."""
    document = f"query($v: {type}) {{ hears {{ heard: {field}(of: $v) }} }}"
    return Case(sentence, document, {"hears": {"heard": told}}, variables={"v": value})


def not_given(sentence: str, field: str, type: str, value: object, why: str) -> Case:
    document = f"query($v: {type}) {{ hears {{ heard: {field}(of: $v) }} }}"
    return Case(sentence, document, REFUSED, (("", why),), variables={"v": value})


def not_read(sentence: str, field: str, why: str) -> Case:
    """Said outright, what fits its type but is not one way is found when the argument is read."""
    return Case(sentence, f"{{ hears {{ heard: {field} }} }}", {"hears": {"heard": None}}, (("hears.heard", why),))


CASES = [
    hears("an input may be left out", "label", "left out"),
    hears("an input may be null", "label(of: null)", "null"),
    hears("an input fills in its defaults", 'label(of: {text: "a"})', '{"text":"a","size":12}'),
    hears("an input overrules its defaults", 'label(of: {text: "a", size: 3})', '{"text":"a","size":3}'),
    hears(
        "a field of an input may be null, and is not left out",
        'label(of: {text: "a", bold: null})',
        '{"text":"a","size":12,"bold":null}',
    ),
    refused("a needed field of an input must be given", "label(of: {size: 3})", "required field 'text'"),
    refused("a needed field of an input is not null", "label(of: {text: null})", "non-null type"),
    refused("a needed field with a default is not null", 'label(of: {text: "a", size: null})', "non-null type"),
    refused(
        "a field that the input lacks is refused",
        'label(of: {text: "a", colour: RED})',
        "not to include unknown field 'colour'",
    ),
    refused("text is no input", 'label(of: "a")', "to be an object"),
    refused("a list is no input", 'label(of: [{text: "a"}])', "to be an object"),
    hears("an input may hold nothing", "parcel(of: {})", "{}"),
    hears("an input may hold one field", "parcel(of: {weight: 3})", '{"weight":3}'),
    hears("an input may hold nulls", "parcel(of: {weight: null, label: null})", '{"weight":null,"label":null}'),
    hears("an input's field may be called by a word of Python", "parcel(of: {from: 1})", '{"from_":1}'),
    hears("a colour in an input is read", "parcel(of: {colour: DARK_BLUE})", '{"colour":"DARK_BLUE"}'),
    hears("an input in an input is read", 'parcel(of: {label: {text: "a"}})', '{"label":{"text":"a","size":12}}'),
    hears(
        "inputs in a list are read",
        'parcel(of: {labels: [{text: "a"}, {text: "b", size: 1}]})',
        '{"labels":[{"text":"a","size":12},{"text":"b","size":1}]}',
    ),
    hears("one input is a list of one", 'parcel(of: {labels: {text: "a"}})', '{"labels":[{"text":"a","size":12}]}'),
    hears(
        "an input may hold its own kind",
        "parcel(of: {inside: [{weight: 1, inside: [{weight: 2}]}]})",
        '{"inside":[{"weight":1,"inside":[{"weight":2}]}]}',
    ),
    hears("a list in an input may hold null", 'parcel(of: {tags: ["a", null]})', '{"tags":["a",null]}'),
    hears("a scalar of one's own in an input is read", "parcel(of: {even: 2})", '{"even":2}'),
    refused("a scalar of one's own in an input may refuse", "parcel(of: {even: 3})", "cannot be read"),
    refused("a fault deep in an input is found", 'parcel(of: {inside: [{inside: [{weight: "a"}]}]})', "non-integer"),
    hears("a list of inputs is read", "parcels(of: [{weight: 1}, {}])", '[{"weight":1},{}]'),
    hears("one input is a list of inputs", "parcels(of: {weight: 1})", '[{"weight":1}]'),
    given("a variable gives an input", "label", "Label", {"text": "a"}, '{"text":"a","size":12}'),
    given("a variable gives no input", "label", "Label", None, "null"),
    given(
        "a variable gives an input in an input",
        "parcel",
        "Parcel",
        {"label": {"text": "a", "bold": True}},
        '{"label":{"text":"a","size":12,"bold":true}}',
    ),
    given(
        "a variable gives a colour in an input by its name",
        "parcel",
        "Parcel",
        {"colour": "GREEN"},
        '{"colour":"GREEN"}',
    ),
    given(
        "a variable gives one input for a list",
        "parcel",
        "Parcel",
        {"labels": {"text": "a"}},
        '{"labels":[{"text":"a","size":12}]}',
    ),
    given("a variable gives nulls in an input", "parcel", "Parcel", {"weight": None}, '{"weight":null}'),
    given("a variable gives inputs", "parcels", "[Parcel!]", [{"weight": 1}, {}], '[{"weight":1},{}]'),
    given(
        "a variable gives its own kind within",
        "parcel",
        "Parcel",
        {"inside": [{"weight": 1}]},
        '{"inside":[{"weight":1}]}',
    ),
    given("a variable is read by a scalar of one's own", "parcel", "Parcel", {"even": 2}, '{"even":2}'),
    given("a variable's field may be called by a word of Python", "parcel", "Parcel", {"from": 2}, '{"from_":2}'),
    not_given("a variable lacks a needed field", "label", "Label", {"size": 1}, "required"),
    not_given("a variable's needed field is null", "label", "Label", {"text": None}, "non-null type"),
    not_given("a variable has a field that the input lacks", "label", "Label", {"text": "a", "extra": 1}, "extra"),
    not_given("a variable is text and no input", "label", "Label", "a", "object"),
    not_given("a variable is a list and no input", "label", "Label", [{"text": "a"}], "object"),
    not_given("a variable has a fault deep within", "parcel", "Parcel", {"inside": [{"weight": "a"}]}, "non-integer"),
    not_given("a variable has a colour that is none", "parcel", "Parcel", {"colour": "MAUVE"}, "does not exist"),
    not_given("a variable has an odd number", "parcel", "Parcel", {"even": 3}, "TOLD"),
    not_given("a variable's list holds a null too many", "parcels", "[Parcel!]", [None], "non-null type"),
    Case(
        "a variable may be one field of an input",
        "query($w: Int) { hears { parcel(of: {weight: $w}) } }",
        {"hears": {"parcel": '{"weight":1}'}},
        variables={"w": 1},
    ),
    Case(
        "a field whose variable is not given is left out",
        "query($w: Int) { hears { parcel(of: {weight: $w, from: 1}) } }",
        {"hears": {"parcel": '{"from_":1}'}},
    ),
    Case(
        "a field whose variable is null is null",
        "query($w: Int) { hears { parcel(of: {weight: $w}) } }",
        {"hears": {"parcel": '{"weight":null}'}},
        variables={"w": None},
    ),
    Case(
        "a field whose variable is not given has its default",
        'query($s: Int! = 4) { hears { label(of: {text: "a", size: $s}) } }',
        {"hears": {"label": '{"text":"a","size":4}'}},
    ),
    Case(
        "a variable may be an item of a list",
        "query($a: Int) { hears { list(of: [1, $a]) } }",
        {"hears": {"list": "[1,2]"}},
        variables={"a": 2},
    ),
    Case(
        "an item whose variable is not given is null",
        "query($a: Int) { hears { list(of: [1, $a]) } }",
        {"hears": {"list": "[1,null]"}},
    ),
    Case(
        "variables may stand deep in an input",
        "query($t: String!, $w: Int) { hears { parcel(of: {inside: [{weight: $w}], label: {text: $t}}) } }",
        {"hears": {"parcel": '{"label":{"text":"a","size":12},"inside":[{"weight":1}]}'}},
        variables={"t": "a", "w": 1},
    ),
    # of which exactly one field is given
    hears("one of the ways may be left out whole", "key", "left out"),
    hears("one of the ways is taken", 'key(of: {id: "a"})', '{"id":"a"}'),
    hears("another of the ways is taken", "key(of: {number: 1})", '{"number":1}'),
    hears("a way may be an input", 'key(of: {label: {text: "a"}})', '{"label":{"text":"a","size":12}}'),
    not_read("none of the ways is not read", "key(of: {})", "exactly one"),
    not_read("two of the ways are not read", 'key(of: {id: "a", number: 1})', "exactly one"),
    not_read("null is no way", "key(of: {id: null})", "non-null"),
    not_read("null beside a way is not read", 'key(of: {id: "a", number: null})', "exactly one"),
    hears(
        "several may each have a way of their own", 'keys(of: [{id: "a"}, {number: 1}])', '[{"id":"a"},{"number":1}]'
    ),
    given("a variable takes one of the ways", "key", "Key", {"id": "a"}, '{"id":"a"}'),
    given("a variable takes another of the ways", "key", "Key", {"number": 1}, '{"number":1}'),
    given("a variable takes no way at all", "key", "Key", None, "null"),
    not_given("a variable takes two of the ways", "key", "Key", {"id": "a", "number": 1}, "xactly one"),
    not_given("a variable takes none of the ways", "key", "Key", {}, "xactly one"),
    not_given("a variable's way is null", "key", "Key", {"id": None}, "non-null"),
    not_given("a variable has a null beside its way", "key", "Key", {"id": "a", "number": None}, "xactly one"),
    not_given("a variable's way is of the wrong kind", "key", "Key", {"number": "a"}, "non-integer"),
    Case(
        "a way may be a variable that is needed",
        "query($id: ID!) { hears { key(of: {id: $id}) } }",
        {"hears": {"key": '{"id":"a"}'}},
        variables={"id": "a"},
    ),
    Case(
        "a way that is a variable is not null",
        "query($id: ID) { hears { key(of: {id: $id}) } }",
        {"hears": {"key": None}},
        (("hears.key", "non-null"),),
        variables={"id": None},
    ),
    Case(
        "a way that is a variable is not left out",
        "query($id: ID) { hears { key(of: {id: $id}) } }",
        {"hears": {"key": None}},
        (("hears.key", "exactly one"),),
    ),
]
