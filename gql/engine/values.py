"""Dresses Python values as a selection asks for them: what functions answered, rows in memory, payloads, roots.

What needs no statement is dressed at once; the rest is awaited. A dresser says which (`waits`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from inspect import iscoroutinefunction
from itertools import islice
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    SelectionNode,
    get_nullable_type,
)
from tortoise.fields.relational import ReverseRelation
from tortoise.models import Model

from gql.engine.declare import AtHand, global_id, row_id
from gql.engine.declared import bare, call
from gql.engine.dressers import Dresser, Together, leaf, listed, promised, promised_if, reaching, then
from gql.engine.levels import Bail, Vanished
from gql.engine.lists import ByKey, Single, Whole, WrongArguments
from gql.engine.pages import Pages
from gql.engine.resolvers import called
from gql.engine.selection import Unsupported, inner
from gql.engine.sources import GIVEN, AnyNode, Asked, AtKey, Column, Computed, Each, Held, Many, One, Relation

if TYPE_CHECKING:
    from gql.engine.plan import Compiler


class Values:
    """The dressers of one plan."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._made: dict[Any, Dresser] = {}
        self._kept: dict[Any, Dresser | None] = {}

    def dresser(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        """For a field of that type and what is selected below it; the kinds of an interface often say the same."""
        said = (str(stated), *map(id, selections))  # nodes by their id: the document lives as long as its plans
        if said not in self._made:
            self._made[said] = self._dresser(stated, selections)
        return self._made[said]

    def _dresser(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        if isinstance(stated, GraphQLNonNull):
            return promised(self.dresser(stated.of_type, selections))
        if isinstance(stated, GraphQLList):
            return self._list(stated, selections)
        if isinstance(stated, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
            return self._object(stated, selections)
        return leaf(stated)

    def item(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        """The same for an item of a stream. Raises Vanished for a row that is no more when it has to be read again."""
        dress = self.dresser(get_nullable_type(stated), selections)

        async def read(value: Any, run: Any) -> Any:
            made = await dress(value, run) if dress.waits else dress(value, run)
            if made is None and value is not None:
                raise Vanished
            return made

        return promised_if(stated, Dresser(read, waits=True))

    def kept(self, type_: Any, selections: list[SelectionNode]) -> Dresser | None:
        """For rows of a type that are in memory; None where they are not, or are asked for more than is there."""
        said = (type_.name, *map(id, selections))
        if said not in self._kept:
            self._kept[said] = None
            if self._compiler.declared.model(type_) in self._compiler.memory:
                with suppress(Unsupported):
                    made = self._fields(type_, selections)
                    self._kept[said] = None if made.waits else made
        return self._kept[said]

    def _list(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        model = self._compiler.declared.model(bare(stated))
        if model is not None and self._is_rows(stated.of_type) and self.kept(bare(stated), selections) is None:
            return self._rows(stated.of_type, model, selections)
        item = self.dresser(stated.of_type, selections)
        if item.waits:

            async def later(values: list[Any], run: Any) -> list[Any]:
                lists = [None if value is None else list(listed(value)) for value in values]
                made = iter(await item.all((one for held in lists for one in held or ()), run))
                return [None if held is None else list(islice(made, len(held))) for held in lists]

            return Together(later)
        return Dresser(
            lambda value, run: None if value is None else [item(one, run) for one in listed(value)], asks=item.asks
        )

    def _model(self, stated: Any) -> type[Model] | None:
        """The model whose rows must be read for a type; None for what is at hand."""
        model = self._compiler.declared.model(bare(stated))
        return None if model in self._compiler.memory else model

    def _is_rows(self, item: Any) -> bool:
        return not isinstance(item.of_type if isinstance(item, GraphQLNonNull) else item, GraphQLList)

    def _rows(self, item: Any, model: type[Model], selections: list[SelectionNode]) -> Dresser:
        """Lists of rows, read again all at once with the viewer's rights."""
        rows = ByKey(self._compiler, model, bare(item), selections)
        needed = isinstance(item, GraphQLNonNull)

        async def read(values: list[Any], run: Any) -> list[Any]:
            keys = dict.fromkeys(row.pk for value in values for row in value or () if row is not None)
            found = await rows.read(run, list(keys))
            made = [
                None if value is None else [None if row is None else found.get(row.pk) for row in value]
                for value in values
            ]
            if needed and any(None in shown for shown in made if shown is not None):
                raise Bail(f"null in a list of {model.__name__}")
            return made

        return Together(read)

    def _object(self, stated: Any, selections: list[SelectionNode]) -> Dresser:
        kept, model = self.kept(stated, selections), self._compiler.declared.model(stated)
        if kept is not None:
            return kept
        if model is not None:
            rows = ByKey(self._compiler, model, stated, selections)

            async def at_hand(value: Any, run: Any) -> Any:
                if value.__class__ is AtHand:
                    return await rows.at_hand(run, value.row)
                return await rows.at_hand(run, value) if self._compiler.is_stream else None

            async def read(values: list[Any], run: Any) -> list[Any]:
                made = [None if value is None else await at_hand(value, run) for value in values]
                missing = [v.pk for v, shown in zip(values, made, strict=True) if shown is None and v is not None]
                if not missing:
                    return made
                found = await rows.read(run, list(dict.fromkeys(missing)))
                return [
                    found.get(value.pk) if shown is None and value is not None else shown
                    for value, shown in zip(values, made, strict=True)
                ]

            async def alone(value: Any, run: Any) -> Any:
                made = None if value is None else await at_hand(value, run)
                if made is not None or value is None:
                    return made
                return (await rows.read(run, [value.pk])).get(value.pk)

            return Together(read, alone)
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

            async def later(values: list[Any], run: Any) -> list[Any]:
                there = [value for value in values if value is not None]
                columns = [await step.all(there, run) for _, step in steps]
                keys = [key for key, _ in steps]
                made = iter([dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)])
                return [None if value is None else next(made) for value in values]

            async def alone(value: Any, run: Any) -> Any:
                if value is None:
                    return None
                return {key: await step(value, run) if step.waits else step(value, run) for key, step in steps}

            return Together(later, alone)
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
                return then(reaching(path.split(".")), self.dresser(stated, inner(nodes)))
            case Relation(relation) if self.kept(bare(stated), inner(nodes)) is not None:
                rows = compiler.memory[compiler.declared.model(bare(stated))]
                return then(
                    lambda value: rows.get(getattr(value, f"{relation}_id")), self.dresser(stated, inner(nodes))
                )
            case Computed() as source:
                return self._computed(source, stated, inner(nodes))
            case AtKey() as source:
                return self._at_key(source, stated, inner(nodes))
            case Many(via=None) as source:
                pages = Pages(compiler, type_, source, nodes)
                return Dresser(lambda value, run: self._read(pages, type_, run), waits=True)
            case Each(via=str(via)) if self.kept(bare(stated), inner(nodes)) is not None:
                return then(self._holding(bare(stated), via), self.dresser(stated, inner(nodes)))
            case Each(via=None) as source:
                whole = Whole(compiler, source, stated, inner(nodes))
                return Dresser(lambda value, run: whole.read(run), waits=True)
            case One() as source:
                single = Single(compiler, type_, source, nodes)
                return promised_if(stated, Dresser(lambda value, run: self._read(single, type_, run), waits=True))
            case Held() as source:
                return self._held(source, compiler.declared.field(type_, name).python_name, stated, inner(nodes))
            case Asked() as source:
                return self._asked(source, type_, stated, nodes)
            case AnyNode():
                return self._any_node(type_, stated, nodes)
        raise Unsupported(f"{type_.name}.{name} outside rows")

    def _holding(self, type_: Any, via: str) -> Callable[[Any], list[Any]]:
        """The rows in memory whose relation, which came along with them, holds a row."""
        rows = self._compiler.memory[self._compiler.declared.model(type_)].values()
        held = [(row, getattr(row, via, None)) for row in rows]
        if not all(isinstance(relation, ReverseRelation) and relation._fetched for _, relation in held):
            raise Unsupported(f"{via} in memory")
        holders = [(row, {holder.pk for holder in relation or ()}) for row, relation in held]
        return lambda holder: [row for row, keys in holders if holder.pk in keys]

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
            return called(self._compiler, type_, key, nodes, self.dresser(stated, inner(nodes)))
        return then(reaching([field.python_name]), self.dresser(stated, inner(nodes)))

    def _held(self, source: Held, name: str, stated: Any, selections: list[SelectionNode]) -> Dresser:
        """A row that a value holds, told by its class."""
        declared = self._compiler.declared
        made = {model: self.dresser(declared.type_of(model), selections) for model in source.models}

        async def read(value: Any, run: Any) -> Any:
            row = getattr(value, name)
            if row is None:
                return None
            dress = made[type(row.row if row.__class__ is AtHand else row)]
            return await dress(row, run) if dress.waits else dress(row, run)

        return promised_if(stated, Dresser(read, waits=True))

    def _asked(self, source: Asked, type_: Any, stated: Any, nodes: list[FieldNode]) -> Dresser:
        arguments = self._compiler.selection.arguments(type_, nodes[0])
        dress = self.dresser(stated, inner(nodes))

        async def ask(value: Any, run: Any) -> Any:
            made = await call(source.function, run, arguments.of(run.variables))
            return await dress(made, run) if dress.waits else dress(made, run)

        return promised_if(stated, Dresser(ask, waits=True))

    def _computed(self, source: Computed, stated: Any, selections: list[SelectionNode]) -> Dresser:
        dress = self.dresser(stated, selections)
        finders = [self._finder(name) for name in source.needs]
        function = source.function
        if iscoroutinefunction(function):

            async def later(value: Any, run: Any) -> Any:
                made = await function(*[find(value, run) for find in finders])
                return await dress(made, run) if dress.waits else dress(made, run)

            return Dresser(later, waits=True)
        if dress.waits:
            return Together(
                lambda values, run: dress.all((function(*[f(value, run) for f in finders]) for value in values), run)
            )
        return Dresser(
            lambda value, run: dress(function(*[find(value, run) for find in finders]), run),
            asks=any(name in GIVEN and name != "lookups" for name in source.needs) or dress.asks,
        )

    def _finder(self, name: str) -> Callable[[Any, Any], Any]:
        if name == "lookups":  # those that the plan was made for
            lookups = self._compiler.lookups
            return lambda value, run: lookups
        if name in GIVEN:
            return lambda value, run: getattr(run, name)
        return lambda value, run: getattr(value, name)

    def _at_key(self, source: AtKey, stated: Any, selections: list[SelectionNode]) -> Dresser:
        model = self._model(stated)
        if model is None:
            raise Unsupported("a row in memory by its key")
        rows = ByKey(self._compiler, model, bare(stated), selections)
        finders, function = [self._finder(name) for name in source.needs], source.function

        def key_of(value: Any, run: Any) -> Any:
            return function(*[find(value, run) for find in finders])

        if rows.needs_keys_alone:

            def at_once(value: Any, run: Any) -> Any:
                key = key_of(value, run)
                return None if key is None else rows.of_key(run, key)

            return promised_if(stated, Dresser(at_once, asks=True))

        async def read(values: list[Any], run: Any) -> list[Any]:
            keys = [key_of(value, run) for value in values]
            found = await rows.read(run, list(dict.fromkeys(key for key in keys if key is not None)))
            return [found.get(key) for key in keys]

        return promised_if(stated, Together(read))

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
                kept = self.kept(shown, selections)
                if kept is not None:
                    return kept(compiler.memory[model].get(key), run)
                rows = made.get(model)
                if rows is None:
                    rows = made[model] = ByKey(compiler, model, shown, selections)
                return (await rows.read(run, [key])).get(key)
            return None

        return Dresser(read, waits=True)
