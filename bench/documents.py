"""What a document costs that the server has never seen, beside validating it: `python -m bench.documents`.

The server is asked in turn with one document again and again, and with new ones: the same but for one alias. What the
new ones cost more is parsing, validating, and compiling; the first two are measured here by graphql-core on the same
texts, and taken off.
"""

from __future__ import annotations

import gc
import itertools
import re
import time
from collections import defaultdict
from collections.abc import Callable

import orjson
from graphql import build_schema, parse, validate

from bench import load, machine
from bench.desk import ROOT, Bench
from bench.report import Row
from bench.running import Plan, alone
from bench.servers import DESK, started
from bench.work import WORKS, Goal, normal

VALIDATING, PARSING = "validating it", "parsing it"
TEXTS = 12
"""New documents of each kind in a round: few, and many rounds, for a difference is noisier than what it is of."""
MORE_ROUNDS = 5

NOTHING = {"first": 0, "id": "Case_0"}
"""Variables with which little is found, so that what is measured is not lost in the finding."""

count = itertools.count()


def fresh(document: str) -> str:
    """The document with an alias that it never had."""
    return re.sub(r"\b(name|id)\b(?= )", rf"n{next(count)}: \1", document, count=1)


def measured(bench: Bench, plan: Plan) -> list[Row]:
    """Milliseconds of CPU a document, with all its parts."""
    schema = build_schema((ROOT / "schema.graphql").read_text())
    works = [work for work in WORKS if work.name != "Post"]
    rounds: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    with started(DESK, bench) as desk:
        for _ in range(MORE_ROUNDS * plan.rounds):
            for work in works:
                variables = {name: NOTHING[name] for name in work.variables(bench)[0]}

                def asked(texts: list[str], name: str = work.name, given: object = variables) -> float:
                    sent = [orjson.dumps({"query": t, "operationName": name, "variables": given}) for t in texts]
                    before = machine.cpu_seconds([desk.pid])
                    with load.connected(desk.url) as on:
                        for body in sent:
                            load.ask(on, load.request(desk.url, body, bench.token))
                    return (machine.cpu_seconds([desk.pid]) - before) / len(texts) * 1000

                first = {"query": fresh(work.document), "operationName": work.name, "variables": variables}
                normal(load.post(desk.url, first, bench.token))  # raises for an answer with errors
                texts = [fresh(work.document) for _ in range(TEXTS)]
                known, new = asked([work.document] * TEXTS), asked(texts)
                documents, parsing = _timed(parse, texts)
                _, validating = _timed(lambda document: validate(schema, document), documents)
                rounds[work.name].append(
                    {DESK: max(new - known - parsing - validating, 0.001), VALIDATING: validating, PARSING: parsing}
                )
    return [
        Row(f"compiling a new document: {work.title}, CPU", "ms", rounds[work.name], {}, {VALIDATING: Goal(1, 0.5)})
        for work in works
    ]


def _timed(act: Callable[..., object], things: list[object] | list[str]) -> tuple[list[object], float]:
    """What comes of each, and the milliseconds of CPU for one."""
    gc.disable()  # what the desk frees after validating is in its own figure
    try:
        before = time.process_time()
        made = [act(thing) for thing in things]
        return made, (time.process_time() - before) / len(things) * 1000
    finally:
        gc.enable()


if __name__ == "__main__":
    alone(measured)
