"""Where a null or a fault goes: up to the nearest place that may be null, and no further."""

from tests.engine.cases.case import Case

NEEDED = "INTERNAL"
"""A promise of the schema that its resolver broke, which is the server's fault."""
FINE = {"fine": "fine"}


def chain(sentence: str, how: str, selection: str, data: object, *errors: tuple[str, str]) -> Case:
    return Case(sentence, f"{{ chain(how: {how}) {{ {selection} }} }}", {"chain": data}, errors)


CASES = [
    chain("a value that is null is null", "NULL", "name", {"name": None}),
    chain("a value that is null late is null", "NULL", "late", {"late": None}),
    chain("a value that fails is null", "FAILS", "name", {"name": None}, ("chain.name", "TOLD")),
    chain("a value that fails late is null", "FAILS", "late", {"late": None}, ("chain.late", "TOLD")),
    chain("a needed value that is null takes its object", "NULL", "nameNeeded", None, ("chain.nameNeeded", NEEDED)),
    chain(
        "a needed value that is null late takes its object", "NULL", "lateNeeded", None, ("chain.lateNeeded", NEEDED)
    ),
    chain("a needed value that fails takes its object", "FAILS", "nameNeeded", None, ("chain.nameNeeded", "TOLD")),
    chain("a needed value that fails late takes its object", "FAILS", "lateNeeded", None, ("chain.lateNeeded", "TOLD")),
    chain(
        "a fault spoils nothing beside it",
        "FAILS",
        "fine name lateFine",
        {"fine": "fine", "name": None, "lateFine": "late and fine"},
        ("chain.name", "TOLD"),
    ),
    chain(
        "several faults are told",
        "FAILS",
        "name late other: name",
        {"name": None, "late": None, "other": None},
        ("chain.name", "TOLD"),
        ("chain.late", "TOLD"),
        ("chain.other", "TOLD"),
    ),
    chain("a fault has the path of its alias", "FAILS", "a: name", {"a": None}, ("chain.a", "TOLD")),
    chain(
        "a fault may be deep",
        "FAILS",
        "link { link { name } }",
        {"link": {"link": {"name": None}}},
        ("chain.link.link.name", "TOLD"),
    ),
    chain(
        "a fault deep down spoils nothing above it",
        "FAILS",
        "fine link { fine link { name fine } }",
        {"fine": "fine", "link": {"fine": "fine", "link": {"name": None, "fine": "fine"}}},
        ("chain.link.link.name", "TOLD"),
    ),
    chain(
        "a needed value takes only the object it is in",
        "NULL",
        "fine link { nameNeeded }",
        {"fine": "fine", "link": None},
        ("chain.link.nameNeeded", NEEDED),
    ),
    chain(
        "a needed value that fails takes only the object it is in",
        "FAILS",
        "fine link { nameNeeded }",
        {"fine": "fine", "link": None},
        ("chain.link.nameNeeded", "TOLD"),
    ),
    chain(
        "a needed object is taken with what it is in",
        "NULL",
        "fine linkNeeded { nameNeeded }",
        None,
        ("chain.linkNeeded.nameNeeded", NEEDED),
    ),
    chain(
        "needed objects are taken up to one that may be null",
        "NULL",
        "fine link { fine linkNeeded { linkNeeded { linkNeeded { nameNeeded } } } }",
        {"fine": "fine", "link": None},
        ("chain.link.linkNeeded.linkNeeded.linkNeeded.nameNeeded", NEEDED),
    ),
    chain(
        "needed objects are taken though they come late",
        "NULL",
        "fine lateLink { lateLinkNeeded { lateNeeded } }",
        {"fine": "fine", "lateLink": None},
        ("chain.lateLink.lateLinkNeeded.lateNeeded", NEEDED),
    ),
    chain(
        "needed objects are taken by a late fault",
        "FAILS",
        "fine lateLink { lateLinkNeeded { lateNeeded } }",
        {"fine": "fine", "lateLink": None},
        ("chain.lateLink.lateLinkNeeded.lateNeeded", "TOLD"),
    ),
    chain(
        "a late object in one at hand is taken",
        "FAILS",
        "link { lateLinkNeeded { nameNeeded } }",
        {"link": None},
        ("chain.link.lateLinkNeeded.nameNeeded", "TOLD"),
    ),
    chain(
        "an object at hand in a late one is taken",
        "FAILS",
        "lateLink { linkNeeded { lateNeeded } }",
        {"lateLink": None},
        ("chain.lateLink.linkNeeded.lateNeeded", "TOLD"),
    ),
    chain(
        "one link is taken and another stays",
        "NULL",
        "a: link { nameNeeded } b: link { fine }",
        {"a": None, "b": FINE},
        ("chain.a.nameNeeded", NEEDED),
    ),
    chain(
        "both links are taken",
        "NULL",
        "a: link { nameNeeded } b: link { lateNeeded }",
        {"a": None, "b": None},
        ("chain.a.nameNeeded", NEEDED),
        ("chain.b.lateNeeded", NEEDED),
    ),
    chain(
        "items that may be null are taken one by one",
        "NULL",
        "links { nameNeeded }",
        {"links": [None, None]},
        ("chain.links.0.nameNeeded", NEEDED),
        ("chain.links.1.nameNeeded", NEEDED),
    ),
    chain(
        "a fault in an item has its place in the path",
        "FAILS",
        "links { fine name }",
        {"links": [{"fine": "fine", "name": None}] * 2},
        ("chain.links.0.name", "TOLD"),
        ("chain.links.1.name", "TOLD"),
    ),
    chain(
        "a fault deep in lists has all places in its path",
        "FAILS",
        "links { links { name } }",
        {"links": [{"links": [{"name": None}] * 2}] * 2},
        *((f"chain.links.{i}.links.{j}.name", "TOLD") for i in (0, 1) for j in (0, 1)),
    ),
    chain(
        "an object that is not there has no faults within", "FAILS", "missing { name nameNeeded }", {"missing": None}
    ),
    chain(
        "a needed object that is not there takes what it is in",
        "FINE",
        "fine missingNeeded { fine }",
        None,
        ("chain.missingNeeded", NEEDED),
    ),
    chain(
        "a needed object that is not there takes no more than that",
        "FINE",
        "fine link { missingNeeded { fine } }",
        {"fine": "fine", "link": None},
        ("chain.link.missingNeeded", NEEDED),
    ),
    chain(
        "a fault in a fragment is told once",
        "FAILS",
        "...F ...F } } fragment F on Link { ... { name",
        {"name": None},
        ("chain.name", "TOLD"),
    ),
    chain(
        "what two selections ask for fails once",
        "FAILS",
        "link { name } link { name fine }",
        {"link": {"name": None, "fine": "fine"}},
        ("chain.link.name", "TOLD"),
    ),
    chain(
        "nothing fails where all is fine",
        "FINE",
        "name nameNeeded late lateNeeded link { fine } lateLinkNeeded { fine } linksNeeded { fine }",
        {
            "name": "link",
            "nameNeeded": "link",
            "late": "late",
            "lateNeeded": "late",
            "link": FINE,
            "lateLinkNeeded": FINE,
            "linksNeeded": [FINE, FINE],
        },
    ),
    Case(
        "a root that may be null is null when it fails",
        "{ refused word }",
        {"refused": None, "word": "word"},
        (("refused", "Not on a Sunday."),),
    ),
    Case(
        "a root that fails late is null",
        "{ lateRefused word }",
        {"lateRefused": None, "word": "word"},
        (("lateRefused", "TOLD"),),
    ),
    Case(
        "two roots may fail",
        "{ a: refused b: lateRefused word }",
        {"a": None, "b": None, "word": "word"},
        (("a", "TOLD"), ("b", "TOLD")),
    ),
    Case("a needed root takes the whole answer", "{ word refusedNeeded }", None, (("refusedNeeded", "TOLD"),)),
    Case(
        "a needed root is taken by what is in it",
        "{ word chainNeeded(how: NULL) { linkNeeded { nameNeeded } } }",
        None,
        (("chainNeeded.linkNeeded.nameNeeded", NEEDED),),
    ),
    Case(
        "a needed root is taken by what fails late in it",
        "{ chainNeeded(how: FAILS) { lateLinkNeeded { lateNeeded } } }",
        None,
        (("chainNeeded.lateLinkNeeded.lateNeeded", "TOLD"),),
    ),
    Case(
        "a late root is taken alone",
        "{ lateChain(how: FAILS) { lateNeeded } word }",
        {"lateChain": None, "word": "word"},
        (("lateChain.lateNeeded", "TOLD"),),
    ),
    Case(
        "a fault of the server's is masked",
        "{ broken word }",
        {"broken": None, "word": "word"},
        (("broken", "INTERNAL"),),
    ),
    Case(
        "the words of a fault of the server's are not told",
        "{ broken }",
        {"broken": None},
        (("broken", "made a mistake"),),
    ),
    Case(
        "an exception that is handed over is raised",
        "{ givenFault word }",
        {"givenFault": None, "word": "word"},
        (("givenFault", "It was handed over."),),
    ),
    Case(
        "a fault far from a root is masked all the same",
        "{ again { again { broken } } }",
        {"again": {"again": {"broken": None}}},
        (("again.again.broken", "INTERNAL"),),
    ),
    Case(
        "a needed object is taken by a root's root",
        "{ again { word refusedNeeded } word }",
        None,
        (("again.refusedNeeded", "TOLD"),),
    ),
    Case(
        "what was skipped takes nothing",
        "query($s: Boolean!) { chain(how: NULL) { nameNeeded @skip(if: $s) fine } }",
        {"chain": FINE},
        variables={"s": True},
    ),
    Case(
        "what was not skipped takes its object",
        "query($s: Boolean!) { chain(how: NULL) { nameNeeded @skip(if: $s) fine } }",
        {"chain": None},
        (("chain.nameNeeded", NEEDED),),
        variables={"s": False},
    ),
]
