"""Dresses Python values as a selection asks for them: what functions answered, rows in memory, payloads, roots.

What needs no statement is dressed at once; the rest is awaited. A dresser says which (`waits`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from inspect import isawaitable, iscoroutinefunction
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    SelectionNode,
)
from graphql.pyutils import Path
from tortoise.models import Model

from gql.engine.declare import GIVEN, AnyNode, AtKey, Column, Computed, Each, Many, One, Relation, global_id, row_id
from gql.engine.declared import bare
from gql.engine.lists import ByKey, Pages, Single, Whole, WrongArguments
from gql.engine.rows import Bail
from gql.engine.selection import Unsupported, inner

if TYPE_CHECKING:
    from gql.engine.plan import Compiler, Run


class Dresser:
    """Makes what the answer holds of a value: `dresser(value, run)`, awaited when it `waits`."""

    __slots__ = ("_make", "asks", "waits")

    def __init__(self, make: Callable[[Any, Any], Any], *, waits: bool = False, asks: bool = False) -> None:
        self._make, self.waits, self.asks = make, waits, asks or waits
        """`asks`: whether it needs the run, so that what it makes is not the same for everyone."""

    def __call__(self, value: Any, run: Run | None) -> Any:
        return self._make(value, run)


class Values:
    """The dressers of one plan."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._made: dict[Any, Dresser] = {}

    def dresser(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        """For a field of that type and what is selected below it; the kinds of an interface often say the same."""
        said = (str(stated), *map(id, selections))
        if said not in self._made:
            self._made[said] = self._dresser(stated, selections)
        return self._made[said]

    def _dresser(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        if isinstance(stated, GraphQLNonNull):
            return _promised(self.dresser(stated.of_type, selections))
        if isinstance(stated, GraphQLList):
            return self._list(stated, selections)
        if isinstance(stated, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
            return self._object(stated, selections)
        return _leaf(stated)

    def _list(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        model = self._model(stated)
        if model is not None and self._is_rows(stated.of_type):
            return self._rows(stated.of_type, model, selections)
        item = self.dresser(stated.of_type, selections)
        if item.waits:

            async def later(value: Any, run: Any) -> Any:
                return None if value is None else [await item(one, run) for one in _listed(value)]

            return Dresser(later, waits=True)
        return Dresser(
            lambda value, run: None if value is None else [item(one, run) for one in _listed(value)], asks=item.asks
        )

    def _model(self, stated: Any) -> type[Model] | None:
        """The model whose rows must be read for a type; None for what is at hand."""
        model = self._compiler.declared.model(bare(stated))
        return None if model in self._compiler.memory else model

    def _is_rows(self, item: Any) -> bool:
        return not isinstance(item.of_type if isinstance(item, GraphQLNonNull) else item, GraphQLList)

    def _rows(self, item: Any, model: type[Model], selections: list[SelectionNode]) -> Dresser:
        """A list of rows, read again all at once with the viewer's rights."""
        rows = ByKey(self._compiler, model, bare(item), selections)
        needed = isinstance(item, GraphQLNonNull)

        async def read(value: Any, run: Any) -> Any:
            if value is None:
                return None
            found = await rows.read(run, [row.pk for row in value if row is not None])
            made = [None if row is None else found.get(row.pk) for row in value]
            if needed and None in made:
                raise Bail(f"null in a list of {model.__name__}")
            return made

        return Dresser(read, waits=True)

    def _object(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        model = self._model(stated)
        if model is not None:
            rows = ByKey(self._compiler, model, stated, selections)

            async def read(value: Any, run: Any) -> Any:
                if value is None:
                    return None
                return await (rows.at_hand(run, value) if self._compiler.is_stream else rows.again(run, value))

            return Dresser(read, waits=True)
        if isinstance(stated, GraphQLObjectType):
            return self._fields(stated, selections)
        return self._abstract(stated, selections)

    def _abstract(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        """A value of one of several types, told by its class."""
        declared = self._compiler.declared
        types = [t for t in declared.types_of(stated) if self._model(t) is None]
        made = {declared.origin(type_): self._fields(type_, selections) for type_ in types}
        if any(dresser.waits for dresser in made.values()):
            raise Unsupported(f"{stated.name} of which a type asks for rows")
        of_class: dict[type, Dresser] = {}

        def dress(value: Any, run: Any) -> Any:
            if value is None:
                return None
            kind = type(value)
            if kind not in of_class:
                found = next((d for cls, d in made.items() if issubclass(kind, cls)), None)
                if found is None:
                    raise Bail(f"{kind.__name__} as {stated.name}")
                of_class[kind] = found
            return of_class[kind](value, run)

        return Dresser(dress, asks=any(dresser.asks for dresser in made.values()))

    def _fields(self, type_: GraphQLObjectType, selections: list[SelectionNode]) -> Dresser:
        steps = [
            (key, self.step(type_, key, nodes))
            for key, nodes in self._compiler.selection.fields(type_, selections).items()
        ]
        if any(step.waits for _, step in steps):

            async def later(value: Any, run: Any) -> Any:
                if value is None:
                    return None
                return {key: (await step(value, run)) if step.waits else step(value, run) for key, step in steps}

            return Dresser(later, waits=True)
        return Dresser(
            lambda value, run: None if value is None else {key: step(value, run) for key, step in steps},
            asks=any(step.asks for _, step in steps),
        )

    # ---- the fields of values and roots

    def step(self, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Dresser:
        """One field of a value, of a row in memory, or of a root (whose value is None)."""
        name, compiler = nodes[0].name.value, self._compiler
        if name == "__typename":
            return Dresser(lambda value, run: type_.name)
        if name.startswith("__"):
            raise Unsupported("introspection")
        if compiler.declared.is_global_id(type_, name):
            return Dresser(lambda value, run: global_id(value))
        stated = type_.fields[name].type
        match compiler.declared.source(type_, name):
            case None:
                return self._plain(type_, name, stated, key, nodes)
            case Column(path):
                return _then(_reaching(path.split(".")), self.dresser(stated, inner(nodes)))
            case Relation(relation) if self._model(stated) is None:
                rows = compiler.memory[compiler.declared.model(bare(stated))]
                return _then(
                    lambda value: rows.get(getattr(value, f"{relation}_id")), self.dresser(stated, inner(nodes))
                )
            case Computed() as source:
                return self._computed(source, stated, inner(nodes))
            case AtKey() as source:
                return self._at_key(source, stated, inner(nodes))
            case Many(via=None) as source:
                pages = Pages(compiler, type_, source, nodes)
                return Dresser(lambda value, run: self._read(pages, type_, run), waits=True)
            case Each(via=None) as source:
                whole = Whole(compiler, source, stated, inner(nodes))
                return Dresser(lambda value, run: whole.read(run), waits=True)
            case One() as source:
                single = Single(compiler, type_, source, nodes)
                return _promised_if(stated, Dresser(lambda value, run: self._read(single, type_, run), waits=True))
            case AnyNode():
                return self._any_node(type_, stated, nodes)
        raise Unsupported(f"{type_.name}.{name} outside rows")

    async def _read(self, read: Pages | Single, type_: Any, run: Any) -> Any:
        try:
            return await read.read(run)
        except WrongArguments as wrong:
            if type_ is not self._compiler.root:
                raise wrong.cause from None
            raise

    def _plain(self, type_: Any, name: str, stated: Any, key: str, nodes: list[FieldNode]) -> Dresser:
        field = self._compiler.declared.field(type_, name)
        if field.base_resolver is not None:
            return self._called(type_, name, stated, key, nodes)
        return _then(_reaching([field.python_name]), self.dresser(stated, inner(nodes)))

    def _called(self, type_: Any, name: str, stated: Any, key: str, nodes: list[FieldNode]) -> Dresser:
        """A resolver of its own: called as graphql-core would, and what it answers is dressed."""
        compiler, dress = self._compiler, self.dresser(stated, inner(nodes))
        field, arguments = type_.fields[name], compiler.selection.plain_arguments(type_, nodes[0])

        async def call(value: Any, run: Any) -> Any:
            make: Any = GraphQLResolveInfo
            info = make(
                name, nodes, stated, type_, Path(None, key, type_.name), compiler.declared.graphql,
                compiler.selection.fragments, None, compiler.operation, run.variables, run.context, isawaitable,
                None, None,
            )  # fmt: skip
            answered = field.resolve(value, info, **arguments(run.variables))
            if isawaitable(answered):
                answered = await answered
            if isinstance(answered, list) and any(map(isawaitable, answered)):
                coming = [one if isawaitable(one) else _at_once(one) for one in answered]
                answered = await asyncio.gather(*coming, return_exceptions=True)  # an exception is raised in its place
            return await dress(answered, run) if dress.waits else dress(answered, run)

        return Dresser(call, waits=True)

    def _computed(self, source: Computed, stated: Any, selections: list[SelectionNode]) -> Dresser:
        dress = self.dresser(stated, selections)
        finders = [self._finder(name) for name in source.needs]
        function = source.function
        if iscoroutinefunction(function):

            async def later(value: Any, run: Any) -> Any:
                made = await function(*[find(value, run) for find in finders])
                return await dress(made, run) if dress.waits else dress(made, run)

            return Dresser(later, waits=True)
        return Dresser(
            lambda value, run: dress(function(*[find(value, run) for find in finders]), run),
            waits=dress.waits,
            asks=any(name in GIVEN for name in source.needs) or dress.asks,
        )

    def _finder(self, name: str) -> Callable[[Any, Any], Any]:
        if name in GIVEN:
            return lambda value, run: getattr(run, name)
        return lambda value, run: getattr(value, name)

    def _at_key(self, source: AtKey, stated: Any, selections: list[SelectionNode]) -> Dresser:
        model = self._model(stated)
        if model is None:
            raise Unsupported("a row in memory by its key")
        rows = ByKey(self._compiler, model, bare(stated), selections)
        finders, function = [self._finder(name) for name in source.needs], source.function

        async def read(value: Any, run: Any) -> Any:
            key = function(*[find(value, run) for find in finders])
            return None if key is None else await rows.known(run, key)

        return _promised_if(stated, Dresser(read, waits=True))

    def _any_node(self, type_: Any, stated: Any, nodes: list[FieldNode]) -> Dresser:
        compiler, selections = self._compiler, inner(nodes)
        arguments = compiler.selection.arguments(type_, nodes[0])
        models = compiler.declared.models()
        made: dict[type[Model], Any] = {}

        async def read(value: Any, run: Any) -> Any:
            id = arguments.of(run.variables)["id"]
            for model in models:
                key = row_id(model, id)
                if key is None:
                    continue
                shown = compiler.declared.type_of(model)
                if model in compiler.memory:
                    dress = made.setdefault(model, self.dresser(shown, selections))
                    return dress(compiler.memory[model].get(key), run)
                rows = made.get(model)
                if rows is None:
                    rows = made[model] = ByKey(compiler, model, shown, selections)
                return (await rows.read(run, [key])).get(key)
            return None

        return Dresser(read, waits=True)


def _reaching(path: list[str]) -> Callable[[Any], Any]:
    def reach(value: Any) -> Any:
        for name in path:
            value = getattr(value, name)
        return value

    return reach


def _then(find: Callable[[Any], Any], dress: Dresser) -> Dresser:
    return Dresser(lambda value, run: dress(find(value), run), waits=dress.waits, asks=dress.asks)


def _promised_if(stated: Any, dress: Dresser) -> Dresser:
    return _promised(dress) if isinstance(stated, GraphQLNonNull) else dress


def _promised(dress: Dresser) -> Dresser:
    """Null is no answer."""
    if dress.waits:

        async def later(value: Any, run: Any) -> Any:
            made = await dress(value, run)
            return made if made is not None else _null()

        return Dresser(later, waits=True)

    def at_once(value: Any, run: Any) -> Any:
        made = dress(value, run)
        return made if made is not None else _null()

    return Dresser(at_once, asks=dress.asks)


async def _at_once(value: Any) -> Any:
    return value


def _null() -> Any:
    raise Bail("null in a promised place")


def _listed(value: Any) -> Any:
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
        raise Bail("no list")
    return value


def _leaf(stated: Any) -> Dresser:
    serialize = stated.coerce_output_value if hasattr(stated, "coerce_output_value") else stated.serialize

    def dress(value: Any, run: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Exception):
            raise value
        made = serialize(value)
        if made is None:
            raise Bail(f"{stated.name} of nothing")
        return made

    return Dresser(dress)
