"""What a schema tells of itself."""

from tests.engine.cases.case import REFUSED, Case


def type_of(sentence: str, name: str, selection: str, told: object) -> Case:
    return Case(sentence, f'{{ __type(name: "{name}") {{ {selection} }} }}', {"__type": told})


CASES = [
    Case(
        "the schema names its roots",
        "{ __schema { queryType { name } mutationType { name } subscriptionType { name } } }",
        {"__schema": {"queryType": {"name": "Query"}, "mutationType": {"name": "Mutation"}, "subscriptionType": None}},
    ),
    type_of(
        "an object tells its kind",
        "Box",
        "kind name description",
        {"kind": "OBJECT", "name": "Box", "description": "A plain value, of which nothing has to be resolved."},
    ),
    type_of(
        "an interface tells its kind",
        "Animal",
        "kind interfaces { name }",
        {"kind": "INTERFACE", "interfaces": [{"name": "Named"}]},
    ),
    type_of(
        "an interface tells who is one",
        "Animal",
        "possibleTypes { name }",
        {"possibleTypes": [{"name": "Dog"}, {"name": "Cat"}]},
    ),
    type_of(
        "a union tells who is one",
        "Pet",
        "kind possibleTypes { name } fields { name }",
        {"kind": "UNION", "possibleTypes": [{"name": "Dog"}, {"name": "Cat"}, {"name": "Fish"}], "fields": None},
    ),
    type_of(
        "an enum tells its values",
        "Colour",
        "kind enumValues { name }",
        {"kind": "ENUM", "enumValues": [{"name": "RED"}, {"name": "GREEN"}, {"name": "DARK_BLUE"}]},
    ),
    type_of(
        "an input tells its fields",
        "Label",
        "kind inputFields { name defaultValue type { kind ofType { name } } }",
        {
            "kind": "INPUT_OBJECT",
            "inputFields": [
                {"name": "text", "defaultValue": None, "type": {"kind": "NON_NULL", "ofType": {"name": "String"}}},
                {"name": "size", "defaultValue": "12", "type": {"kind": "NON_NULL", "ofType": {"name": "Int"}}},
                {"name": "bold", "defaultValue": None, "type": {"kind": "SCALAR", "ofType": None}},
            ],
        },
    ),
    type_of("an input of which one field is given tells so", "Key", "isOneOf", {"isOneOf": True}),
    type_of("an ordinary input tells so", "Label", "isOneOf", {"isOneOf": False}),
    type_of("a scalar tells its kind", "Even", "kind specifiedByURL", {"kind": "SCALAR", "specifiedByURL": None}),
    type_of("a type that is not there is null", "Nobody", "name", None),
    type_of(
        "deprecated fields are left out",
        "Box",
        "fields { name }",
        {"fields": [{"name": n} for n in ("number", "label", "colour", "inner", "inners")]},
    ),
    type_of(
        "deprecated fields are told when asked for",
        "Box",
        "fields(includeDeprecated: true) { name isDeprecated deprecationReason }",
        {
            "fields": [
                *(
                    {"name": n, "isDeprecated": False, "deprecationReason": None}
                    for n in ("number", "label", "colour", "inner", "inners")
                ),
                {"name": "old", "isDeprecated": True, "deprecationReason": "Nobody opens it."},
            ]
        },
    ),
    type_of(
        "lists and needed values are told as wrappings",
        "Box",
        "fields { name type { kind ofType { kind ofType { kind ofType { name } } } } }",
        {
            "fields": [
                {"name": "number", "type": {"kind": "NON_NULL", "ofType": {"kind": "SCALAR", "ofType": None}}},
                {"name": "label", "type": {"kind": "SCALAR", "ofType": None}},
                {"name": "colour", "type": {"kind": "ENUM", "ofType": None}},
                {"name": "inner", "type": {"kind": "OBJECT", "ofType": None}},
                {
                    "name": "inners",
                    "type": {
                        "kind": "NON_NULL",
                        "ofType": {"kind": "LIST", "ofType": {"kind": "NON_NULL", "ofType": {"name": "Box"}}},
                    },
                },
            ]
        },
    ),
    Case(
        "a type is asked for by a variable",
        "query($n: String!) { __type(name: $n) { name } }",
        {"__type": {"name": "Dog"}},
        variables={"n": "Dog"},
    ),
    Case(
        "the schema is told beside data",
        '{ word __type(name: "Dog") { name } }',
        {"word": "word", "__type": {"name": "Dog"}},
    ),
    Case(
        "the schema is told under an alias",
        '{ a: __type(name: "Dog") { name } b: __type(name: "Cat") { name } }',
        {"a": {"name": "Dog"}, "b": {"name": "Cat"}},
    ),
    Case(
        "the schema is told by a fragment",
        "{ __schema { queryType { ...T } } } fragment T on __Type { name kind }",
        {"__schema": {"queryType": {"name": "Query", "kind": "OBJECT"}}},
    ),
    Case(
        "the schema can be skipped",
        "query($s: Boolean!) { word __schema @skip(if: $s) { queryType { name } } }",
        {"word": "word"},
        variables={"s": True},
    ),
    Case(
        "what the schema tells has types too",
        "{ __schema { __typename queryType { __typename } } }",
        {"__schema": {"__typename": "__Schema", "queryType": {"__typename": "__Type"}}},
    ),
    Case(
        "the directives are told",
        "{ __schema { directives { name } } }",
        {"__schema": {"directives": [{"name": n} for n in ("include", "skip", "deprecated", "specifiedBy", "oneOf")]}},
    ),
    Case(
        "the schema is told at the root only",
        "{ box { __schema { queryType { name } } } }",
        REFUSED,
        (("", "Cannot query field '__schema'"),),
    ),
]
