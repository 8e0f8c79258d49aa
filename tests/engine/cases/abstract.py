"""Interfaces and unions: what an object turns out to be, and which fragments are meant for it."""

from tests.engine.cases.case import REFUSED, Case

BY_DIRECTIVE = """query($d: Boolean!) { animals {
  ... on Dog @include(if: $d) { barks } ... on Cat @skip(if: $d) { meows } name } }"""

CASES = [
    Case("an interface's fields are answered", "{ animal { name } }", {"animal": {"name": "Rex"}}),
    Case("an object tells what it is", "{ animal { __typename } }", {"animal": {"__typename": "Dog"}}),
    Case(
        "objects in a list tell what each is",
        "{ animals { __typename name } }",
        {"animals": [{"__typename": "Dog", "name": "Rex"}, {"__typename": "Cat", "name": "Tom"}]},
    ),
    Case(
        "objects that come late tell what each is",
        "{ lateAnimals { __typename } }",
        {"lateAnimals": [{"__typename": "Dog"}, {"__typename": "Cat"}]},
    ),
    Case(
        "a fragment is for objects of its type",
        "{ animals { name ... on Dog { barks } ... on Cat { lives } } }",
        {"animals": [{"name": "Rex", "barks": True}, {"name": "Tom", "lives": 7}]},
    ),
    Case(
        "a named fragment is for objects of its type",
        "{ animals { ...D ...C } } fragment D on Dog { barks } fragment C on Cat { meows }",
        {"animals": [{"barks": True}, {"meows": True}]},
    ),
    Case(
        "objects that no fragment is for are empty",
        "{ animals { ... on Dog { barks } } }",
        {"animals": [{"barks": True}, {}]},
    ),
    Case(
        "a fragment on the interface is for all",
        "{ animals { ... on Animal { name } } }",
        {"animals": [{"name": "Rex"}, {"name": "Tom"}]},
    ),
    Case(
        "a fragment on a wider interface is for all",
        "{ animals { ... on Named { name } } }",
        {"animals": [{"name": "Rex"}, {"name": "Tom"}]},
    ),
    Case(
        "a fragment on a narrower interface is for some",
        "{ named { name ... on Animal { legs } } }",
        {"named": [{"name": "Rex", "legs": 4}, {"name": "R2"}]},
    ),
    Case(
        "fragments on type, interface and wider interface meet",
        "{ named { __typename ... on Animal { legs } "
        "... on Robot { volts } ... on Dog { barks } ... on Named { name } } }",
        {
            "named": [
                {"__typename": "Dog", "legs": 4, "barks": True, "name": "Rex"},
                {"__typename": "Robot", "volts": 12, "name": "R2"},
            ]
        },
    ),
    Case(
        "fragments may narrow and widen again",
        "{ animals { ... on Named { ... on Animal { ... on Dog { barks } } } } }",
        {"animals": [{"barks": True}, {}]},
    ),
    Case(
        "a fragment within one for another type is for none",
        "{ animals { ... on Named { ... on Dog { ... on Animal { ... on Cat { meows } } } } } }",
        {"animals": [{}, {}]},
    ),
    Case(
        "one alias is one field here and another there",
        "{ animals { ... on Dog { loud: barks } ... on Cat { loud: meows } } }",
        {"animals": [{"loud": True}, {"loud": True}]},
    ),
    Case(
        "one alias is not of two kinds",
        "{ animals { ... on Dog { a: barks } ... on Cat { a: lives } } }",
        REFUSED,
        (("", "conflict"),),
    ),
    Case(
        "an interface's object leads to others",
        "{ animals { mother { name __typename mother { name } } } }",
        {
            "animals": [
                {"mother": {"name": "Rex's mother", "__typename": "Dog", "mother": None}},
                {"mother": {"name": "Tom's mother", "__typename": "Cat", "mother": None}},
            ]
        },
    ),
    Case(
        "selections on the type and the interface are joined",
        "{ animals { mother { name } ... on Dog { mother { ... on Dog { barks } } } } }",
        {"animals": [{"mother": {"name": "Rex's mother", "barks": True}}, {"mother": {"name": "Tom's mother"}}]},
    ),
    Case(
        "selections on two types are each for their own",
        "{ animals { ... on Dog { mother { name } } ... on Cat { mother { legs } } } }",
        {"animals": [{"mother": {"name": "Rex's mother"}}, {"mother": {"legs": 4}}]},
    ),
    Case(
        "answers stand in the order of the document for each type",
        "{ animals { ... on Cat { lives } name ... on Dog { barks } legs } }",
        {"animals": [{"name": "Rex", "barks": True, "legs": 4}, {"lives": 7, "name": "Tom", "legs": 4}]},
    ),
    Case(
        "a union's objects tell what they are",
        "{ pets { __typename } }",
        {"pets": [{"__typename": "Dog"}, {"__typename": "Cat"}, {"__typename": "Fish"}, {"__typename": "Fish"}]},
    ),
    Case(
        "a union's objects are shown by fragments",
        "{ pets { ... on Dog { name barks } ... on Fish { fins label: name } } }",
        {"pets": [{"name": "Rex", "barks": True}, {}, {"fins": 5, "label": None}, {"fins": 5, "label": "Wanda"}]},
    ),
    Case(
        "a field that may be null here and not there has two names",
        "{ pets { ... on Dog { name } ... on Fish { name } } }",
        REFUSED,
        (("", "conflict"),),
    ),
    Case(
        "a union's objects are shown by an interface",
        "{ pets { ... on Animal { name } } }",
        {"pets": [{"name": "Rex"}, {"name": "Tom"}, {}, {}]},
    ),
    Case(
        "a fragment on a union is for its objects",
        "{ pets { ... on Pet { __typename } } }",
        {"pets": [{"__typename": "Dog"}, {"__typename": "Cat"}, {"__typename": "Fish"}, {"__typename": "Fish"}]},
    ),
    Case(
        "a fragment on a union is for objects of an interface",
        "{ animals { ... on Pet { ... on Dog { barks } } } }",
        {"animals": [{"barks": True}, {}]},
    ),
    Case("a union's object that is not there is null", "{ pet { __typename } }", {"pet": None}),
    Case("a union has no fields of its own", "{ pets { name } }", REFUSED, (("", "Cannot query field 'name'"),)),
    Case(
        "an interface has only its own fields", "{ animals { barks } }", REFUSED, (("", "Cannot query field 'barks'"),)
    ),
    Case(
        "a fragment on a type that is none of them is refused",
        "{ animals { ... on Fish { fins } } }",
        REFUSED,
        (("", "can never be of type 'Fish'"),),
    ),
    Case("a fragment on another type is refused", "{ dog { ... on Cat { meows } } }", REFUSED, (("", "can never be"),)),
    Case(
        "a union in an object is shown",
        "{ dog { friend { __typename ... on Cat { name lives friend: mother { name } } } } }",
        {"dog": {"friend": {"__typename": "Cat", "name": "Tom", "lives": 9, "friend": {"name": "Tom's mother"}}}},
    ),
    Case(
        "an object is shown by its interface", "{ dog { ...N } } fragment N on Named { name }", {"dog": {"name": "Rex"}}
    ),
    Case(
        "an object is shown by its union",
        "{ dog { ... on Pet { ... on Dog { barks } ... on Cat { meows } } } }",
        {"dog": {"barks": True}},
    ),
    Case(
        "what is none of the union is a fault",
        "{ strays { __typename } }",
        {"strays": [{"__typename": "Dog"}, None, {"__typename": "Fish"}]},
        (("strays.1", "INTERNAL"),),
    ),
    Case(
        "a type's name may have other names",
        "{ animals { a: __typename b: __typename } }",
        {"animals": [{"a": "Dog", "b": "Dog"}, {"a": "Cat", "b": "Cat"}]},
    ),
    Case(
        "directives on a fragment for a type are heeded",
        BY_DIRECTIVE,
        {"animals": [{"name": "Rex"}, {"meows": True, "name": "Tom"}]},
        variables={"d": False},
    ),
    Case(
        "directives on a fragment for a type are heeded the other way",
        BY_DIRECTIVE,
        {"animals": [{"barks": True, "name": "Rex"}, {"name": "Tom"}]},
        variables={"d": True},
    ),
]
