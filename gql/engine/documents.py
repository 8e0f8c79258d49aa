"""Documents as clients send them: parsed and validated once, and the operation that is meant found in each."""

from __future__ import annotations

import gc
import sys
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.language.parser import Parser

from gql.engine.answers import Answer, Refused, fault
from gql.engine.limits import Limits, must_be_within, over
from gql.engine.measure import Measure, measure
from gql.engine.selection import Fragments, flags_of, fragments_of

MEMORY = 32_000_000
"""Bytes of documents that are remembered, unless said otherwise."""

DOCUMENT_BYTES, TOKEN_BYTES = 2_000, 500
"""What a parsed document takes in memory, and what each token of it takes, for its tokens and nodes are objects of
Python's: 300 to 550 bytes were measured."""
PLAN_SHARE = 2
"""How many times as much as its document a plan takes: 1 to 3 were measured."""
SEARCHED_AFTER = 128_000_000
"""Bytes of new documents after which all memory is searched for what was forgotten of them, which takes long."""
MOST_ERRORS = 10
"""Told of one document; each takes time to be found, and what is refused is not remembered."""
LARGEST_SHARE = 8
"""A document that alone takes more than this part of the memory is not remembered."""


class Operation(NamedTuple):
    """One operation as a client sent it."""

    query: str = ""
    """Empty where the client only sent the hash of it."""
    variables: Mapping[str, Any] | None = None
    name: str | None = None
    extensions: Mapping[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Prepared:
    """A document that was parsed and validated, and the operation of it that is meant. One object as long as both are
    remembered, so that what is worked out from them may be kept with them."""

    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Fragments
    measure: Measure
    plans: dict[Hashable, Any] = field(default_factory=dict)
    """What the operation was compiled to, by what a plan depends on."""
    within: Limits | None = None
    """The limits that it was found to be within, whatever its variables."""
    flags: tuple[str, ...] = ()
    """The variables that @skip and @include ask."""
    variables: Any = None
    """How its variables are read, once that is known."""
    weighed_plans: int = 0
    """How many of them are in the weight of the document."""

    @property
    def type(self) -> OperationType:
        return self.operation.operation


@dataclass(slots=True, eq=False)
class _Document:
    """A document, and the operations of it that were asked for."""

    text: str
    node: DocumentNode
    tokens: int
    operations: dict[str | None, Prepared] = field(default_factory=dict)
    hash: str | None = None
    """Its SHA-256, where a client has sent it."""
    weight: int = 0
    """Bytes that it takes, by estimate; 0 while it is not remembered."""

    def weigh(self) -> int:
        plans = 0
        for prepared in set(self.operations.values()):
            prepared.weighed_plans = len(prepared.plans)
            plans += prepared.weighed_plans
        text = 2 * sys.getsizeof(self.text)  # the names and values of the nodes are the text once more
        return text + (DOCUMENT_BYTES + TOKEN_BYTES * self.tokens) * (1 + PLAN_SHARE * plans)


class Documents:
    """The documents of one schema. Those that can be executed are remembered within `memory` bytes, and the one that
    was not used for longest is forgotten first. What cannot be executed is not remembered."""

    def __init__(self, schema: GraphQLSchema, *, memory: int = MEMORY) -> None:
        self._schema = schema
        self.memory = memory
        self.taken = 0
        """Bytes of the memory that are taken, by estimate."""
        self._unsearched = 0
        """Bytes of documents that were new since all memory was searched."""
        self._by_text: OrderedDict[str, _Document] = OrderedDict()
        self._by_hash: dict[str, _Document] = {}
        self._trusted: Mapping[str, str] = {}
        self._trusted_texts: frozenset[str] = frozenset()
        self._only_trusted = False

    def trust(self, documents: Mapping[str, str], *, only: bool = False) -> None:
        """From now on knows documents by their SHA-256, and admits no others where it is to be `only` these."""
        self._trusted, self._trusted_texts, self._only_trusted = documents, frozenset(documents.values()), only

    def prepare(self, operation: Operation, limits: Limits | None = None) -> Prepared:
        """Finds the operation in its document. Raises Refused, also for what is over the limits."""
        hashed = _hash(operation.extensions) if operation.extensions else None
        text = operation.query or self._text(hashed)
        is_trusted = text in self._trusted_texts
        if self._only_trusted and not is_trusted:
            raise Refused([fault("Only trusted documents are answered here.", "FORBIDDEN")])
        document = self._by_text.get(text)
        if limits is not None and not is_trusted:
            must_be_within("characters", len(text), limits.characters)
            if document is not None:
                must_be_within("tokens", document.tokens, limits.tokens)
        if document is None:
            document = _parsed(text, None if limits is None or is_trusted else limits.tokens)
        prepared = document.operations.get(operation.name) or self._found(document, operation.name)
        if limits is not None and prepared.within is not limits:
            prepared.measure.must_be_within(limits, operation.variables, is_trusted=is_trusted)
            if not prepared.measure.steps:  # with other variables it may cost more
                prepared.within = limits
        if not document.operations:
            self._must_be_valid(document)
        document.operations[operation.name] = prepared
        if hashed is not None and hashed != document.hash:
            if sha256(text.encode()).hexdigest() != hashed:
                raise Refused([fault("`sha256Hash` is not the hash of `query`.")])
            self._forget(document)
            document.hash = hashed
        self._remember(document, prepared)
        return prepared

    def _text(self, hashed: str | None) -> str:
        """The document that a client names by its hash alone."""
        if hashed is None:
            return ""
        known = self._by_hash.get(hashed)
        text = known.text if known is not None else self._trusted.get(hashed)
        if text is None:  # the words and the code are Apollo's: clients send the document then
            raise Refused([fault("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")])
        return text

    def _found(self, document: _Document, name: str | None) -> Prepared:
        """The operation that is meant, measured, but for all we know not valid."""
        found = [
            node
            for node in document.node.definitions
            if isinstance(node, OperationDefinitionNode)
            and (name is None or (node.name is not None and node.name.value == name))
        ]
        if len(found) != 1:
            raise Refused([fault(f"There is no operation {name!r}." if name else "Name one of the operations.")])
        for prepared in document.operations.values():
            if prepared.operation is found[0]:
                return prepared
        fragments = fragments_of(document.node)
        return Prepared(
            document.node,
            found[0],
            fragments,
            measure(self._schema, found[0], fragments),
            flags=flags_of(document.node) if "@" in document.text else (),
        )

    def _must_be_valid(self, document: _Document) -> None:
        try:
            errors = validate(self._schema, document.node, max_errors=MOST_ERRORS)
        except GraphQLError as error:
            errors = [error]
        except RecursionError:
            errors = [TOO_DEEP]
        self._sweep(document)
        if errors:
            raise Refused(errors)

    def _sweep(self, document: _Document) -> None:
        """Frees what validating leaves, some 1,500 objects that hold each other: a fraction of the price while they are
        young. The collector, which goes by how many are young, would then never come to the old ones by itself."""
        self._unsearched += document.weigh()
        if self._unsearched < SEARCHED_AFTER:
            gc.collect(0)
        else:
            self._unsearched = 0
            gc.collect()

    def _remember(self, document: _Document, prepared: Prepared) -> None:
        if document.weight and prepared.weighed_plans == len(prepared.plans):
            self._by_text.move_to_end(document.text)
            return
        self._forget(document)
        weight = document.weigh()
        if weight > self.memory // LARGEST_SHARE:
            return
        document.weight = weight
        self.taken += weight
        self._by_text[document.text] = document
        if document.hash is not None:
            self._by_hash[document.hash] = document
        while self.taken > self.memory:
            self._forget(next(iter(self._by_text.values())))

    def _forget(self, document: _Document) -> None:
        if document.weight:
            self.taken -= document.weight
            document.weight = 0
            del self._by_text[document.text]
            if document.hash is not None:
                del self._by_hash[document.hash]


TOO_DEEP = fault("The document is nested too deeply.", "LIMIT")


def _parsed(text: str, most_tokens: int | None) -> _Document:
    parser = Parser(text, max_tokens=most_tokens)
    try:
        return _Document(text, parser.parse_document(), parser.token_count)
    except RecursionError:
        raise Refused([TOO_DEEP]) from None
    except GraphQLError as error:
        if most_tokens is not None and error.message.endswith("Parsing aborted."):
            raise over("tokens", f"more than {most_tokens:,}", most_tokens) from None
        raise Refused([error]) from None


def _hash(extensions: Mapping[str, Any]) -> str | None:
    """The SHA-256 by which the client names the document, as Apollo's protocol of persisted queries has it."""
    sent = extensions.get("persistedQuery")
    if sent is None:
        return None
    is_one = isinstance(sent, Mapping) and sent.get("version") == 1 and sent["version"] is not True
    if not is_one or not isinstance(sent.get("sha256Hash"), str):
        raise Refused([fault("`persistedQuery` is an object with `version` 1 and `sha256Hash`.")])
    return str(sent["sha256Hash"])


def with_cost(answer: Answer, prepared: Prepared, operation: Operation, limits: Limits | None) -> Answer:
    """With what the operation cost and what the limit left, where the request says `extensions: {"cost": true}`."""
    if operation.extensions and operation.extensions.get("cost") is True:
        used = prepared.measure.cost(operation.variables)
        told = {"used": used} if limits is None else {"used": used, "left": limits.cost - used}
        return {**answer, "extensions": {**answer.get("extensions", {}), "cost": told}}
    return answer


def manifest_of(folder: Path, schema: GraphQLSchema) -> dict[str, str]:
    """The documents of a folder, its folders included, by their SHA-256. Raises ValueError with all that is wrong."""
    manifest, faults = {}, []
    for path in sorted(folder.rglob("*.graphql")):
        text = path.read_text("utf-8")
        try:
            errors = validate(schema, parse(text))
        except GraphQLError as wrong:
            errors = [wrong]
        for error in errors:
            line = f":{error.locations[0].line}" if error.locations else ""
            faults.append(f"{path}{line}: {error.message}")
        manifest[sha256(text.encode()).hexdigest()] = text
    if not manifest:
        faults.append(f"{folder}: there is no file of it that ends in .graphql")
    if faults:
        raise ValueError("\n".join(faults))
    return manifest


def read_manifest(path: Path | None) -> dict[str, str]:
    """Documents by their SHA-256, from the file that holds them; none without a file. Raises ValueError, in words."""
    if path is None:
        return {}
    try:
        manifest = orjson.loads(path.read_bytes())
    except OSError as wrong:
        raise ValueError(f"{path} cannot be read: {wrong.strerror}") from None
    except orjson.JSONDecodeError:
        manifest = None
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise ValueError(f"{path} is not a JSON object of documents by their SHA-256")
    for hashed, text in manifest.items():
        if sha256(text.encode()).hexdigest() != hashed:
            raise ValueError(f"{path}: {hashed} is not the SHA-256 of its document")
    return manifest
