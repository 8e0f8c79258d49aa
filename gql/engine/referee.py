"""Answers what the declarations say, plainly: rows are Tortoise's objects, rights are in every statement, and rows
that are pointed at are loaded together. Slow beside a compiled plan, and meant to be easy to believe."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import FieldNode, GraphQLNonNull, GraphQLResolveInfo
from strawberry.dataloader import DataLoader
from strawberry.types import Info
from strawberry.types.lazy_type import LazyType
from tortoise.models import Model
from tortoise.queryset import QuerySet

from gql.engine.declare import AtHand, Edge, PageInfo, row_id
from gql.engine.declared import call
from gql.engine.log import Log, followed, watched
from gql.engine.paging import PageAsked, beyond, decode, encode, order_keys, page_asked, reversed_keys
from gql.engine.sources import (
    GIVEN,
    AnyNode,
    Asked,
    AtKey,
    Batched,
    Column,
    Computed,
    Each,
    Live,
    Many,
    One,
    OneOf,
    Payload,
    Relation,
    Source,
    Stream,
    Total,
    needs_of,
)


class Given(Protocol):
    """What declared functions may ask for beside columns: the names in `declare.GIVEN`."""

    @property
    def actor(self) -> Any: ...
    @property
    def sight(self) -> Any: ...
    @property
    def lookups(self) -> Any: ...
    @property
    def reading(self) -> Any: ...
    @property
    def clock(self) -> Any: ...
    @property
    def board(self) -> Any: ...
    @property
    def log(self) -> Log:
        """What streams are made of."""


class Referee:
    """Resolves the sources of one request, or of one item of a stream, for one viewer."""

    def __init__(self, given: Given, lookups: Mapping[type[Model], Mapping[int, Any]], shape: Shape) -> None:
        self._given = given
        self._lookups = lookups
        self._shape = shape
        self._rows: dict[type[Model], DataLoader[int, Any]] = {}
        self._lists: dict[tuple[type[Model], str], DataLoader[int, list[Any]]] = {}
        self._batches: dict[Any, DataLoader[Any, Any]] = {}

    def visible(self, model: type[Model]) -> QuerySet[Any]:
        """Rows of the model that the viewer may see, with the to-one rows that its types always show."""
        joined = self._shape.joined.get(model, ())
        rows = model.filter(model.visible_to(self._given.actor))  # type: ignore[attr-defined]
        return rows.select_related(*joined) if joined else rows

    def _whole(self, model: type[Model]) -> QuerySet[Any]:
        """The same for a short list: in the model's own order, or that of the primary key."""
        rows = self.visible(model)
        return rows if model._meta.ordering else rows.order_by(model._meta.pk_attr)

    def _sees_all(self, model: type[Model]) -> bool:
        """Whether the viewer may see every row of the model, so that one that came along may be shown as it is."""
        condition = model.visible_to(self._given.actor)  # type: ignore[attr-defined]
        return not condition.children and not condition.filters

    async def row(self, model: type[Model], key: int | None) -> Any:
        """A row by its primary key; None where there is none for the viewer."""
        found = self._row(model, key)
        return await found if asyncio.isfuture(found) else found

    async def now(self, held: Model | AtHand) -> Any:
        """A row that was found before, as it is at this moment; None once the viewer does not see it any more."""
        row = held.row if isinstance(held, AtHand) else held
        return await self.visible(type(row)).get_or_none(pk=row.pk)

    # What is at hand is answered at once, and what must be loaded as a future: a field that waits for nothing costs the
    # executor a fraction of one that does.

    def _row(self, model: type[Model], key: int | None) -> Any:
        if key is None:
            return None
        in_memory = self._lookups.get(model)
        if in_memory is not None and key in in_memory:
            return in_memory[key]  # what was added a moment ago is not there yet
        if model not in self._rows:

            async def load(keys: list[int]) -> list[Any]:
                found = {row.pk: row for row in await self.visible(model).filter(pk__in=keys)}
                return [found.get(key) for key in keys]

            self._rows[model] = DataLoader(load)
        # shielded: when a field fails, its siblings are cancelled, and others may wait for the same rows
        return asyncio.shield(self._rows[model].load(key))

    def resolve(self, source: Source, root: Any, info: Info[Any, Any], arguments: dict[str, Any]) -> Any:
        """The value of a field, or an awaitable of it."""
        match source:
            case Relation(name=name):
                return self._related(root, name)
            case Column(path):
                *relations, name = path.split(".")
                return self._reached(root, relations, name)
            case Computed():
                return self._computed(source, root)
            case Payload(path):
                found = root.payload
                for key in path.split("."):
                    found = found.get(key) if found is not None else None
                model = self._shape.model_of(info._raw_info)
                return found if model is None else self._row(model, found)
            case OneOf():
                return self._one_of(source, root)
            case Each(via, of):
                return self._list(self._model(info), via, getattr(root, of) if via is not None else 0)
            case Batched(function, of):
                return self._batch(function, info._raw_info.field_nodes[0], arguments, getattr(root, of))
            case AtKey(function, needs):
                model = self._model(info)
                return self._row(model, self._computed(Computed(function, needs), root))
            case Asked(function):
                return call(function, self._given, arguments)
            case Total():
                return root.total()
            case AnyNode():
                return self._any(arguments["id"])
            case One(where):
                return self.visible(self._model(info)).filter(call(where, self._given, arguments)).first()
            case Many():
                return self._page(source, root, self._model(info), arguments)
            case Stream():
                return followed(source, self._given.log, self._given, arguments)
            case Live():
                return watched(source, self._given.log, self._given, arguments)

    def _model(self, info: Info[Any, Any]) -> type[Model]:
        model = self._shape.model_of(info._raw_info)
        assert model is not None, f"{info.field_name} gives no rows"
        return model

    def _related(self, row: Model, name: str) -> Any:
        relation = row._meta.fields_map[name]
        came_along = row.__dict__.get(f"_{name}")
        if came_along is not None and self._sees_all(relation.related_model):  # type: ignore[attr-defined]
            return came_along
        return self._row(relation.related_model, getattr(row, f"{name}_id"))  # type: ignore[attr-defined]

    def _reached(self, row: Any, relations: list[str], name: str) -> Any:
        for relation in relations:
            row = row.__dict__[f"_{relation}"]  # `visible` has joined it
            if row is None:
                return None
        return getattr(row, name)

    def _one_of(self, source: OneOf, row: Any) -> Any:
        for place, relation in enumerate(source.relations):
            found = self._related(row, relation)
            if asyncio.isfuture(found):
                return self._first_of(found, OneOf(source.relations[place + 1 :], source.otherwise), row)
            if found is not None:
                return found
        return self._computed(source.otherwise, row)

    async def _first_of(self, coming: asyncio.Future[Any], others: OneOf, row: Any) -> Any:
        found = await coming
        if found is None:
            found = self._one_of(others, row)
        return await found if inspect.isawaitable(found) else found

    def _computed(self, source: Computed, row: Any) -> Any:
        values = [self._needed(name, row) for name in source.needs]
        if any(asyncio.isfuture(value) for value in values):
            return self._computed_later(source.function, values)
        return source.function(*values)

    async def _computed_later(self, function: Any, values: list[Any]) -> Any:
        return function(*[await value if asyncio.isfuture(value) else value for value in values])

    def _needed(self, name: str, row: Any) -> Any:
        if name in GIVEN:
            return getattr(self._given, name)
        related = isinstance(row, Model) and name in row._meta.fk_fields
        return self._related(row, name) if related else getattr(row, name)

    def again(self, held: Any) -> Any:
        """Rows that a value holds, read again: None for one that the viewer may not see."""
        if isinstance(held, AtHand):
            held = held.row
        if isinstance(held, Model):
            return self._row(type(held), held.pk)
        if any(isinstance(one, Model) for one in held):
            return self._all_again(held)
        return held

    async def _all_again(self, held: list[Any]) -> list[Any]:
        return list(await asyncio.gather(*[self.row(type(one), one.pk) for one in held]))

    async def _list(self, model: type[Model], via: str | None, key: int) -> list[Any]:
        if via is None:
            return await self._whole(model)
        if (model, via) not in self._lists:

            async def load(keys: list[int]) -> list[list[Any]]:
                actor = self._given.actor
                key_of = f"{via}_id" if via in model._meta.fk_fields else f"{via}__id"
                held = model.filter(model.visible_to(actor), **{f"{key_of}__in": keys})  # type: ignore[attr-defined]
                pairs = await held.values_list(key_of, "id")
                order = [row.pk for row in await self._whole(model).filter(pk__in={pk for _, pk in pairs})]
                of = {key: {pk for holder, pk in pairs if holder == key} for key in keys}
                rows = {pk: await self.row(model, pk) for pk in order}
                return [[rows[pk] for pk in order if pk in of[key]] for key in keys]

            self._lists[model, via] = DataLoader(load)
        return [] if key is None else await asyncio.shield(self._lists[model, via].load(key))

    async def _batch(self, function: Any, node: FieldNode, arguments: dict[str, Any], key: Any) -> Any:
        asked = function, id(node)  # one field of the document has the same arguments in all rows
        if asked not in self._batches:

            async def load(keys: list[Any]) -> list[Any]:
                return list(await call(function, self._given, arguments, keys=keys))

            self._batches[asked] = DataLoader(load)
        return await asyncio.shield(self._batches[asked].load(key))

    async def _any(self, id: str) -> Any:
        self._given.actor  # noqa: B018 - also what is in memory is for those who are signed in
        for model in self._shape.models:
            key = row_id(model, id)
            if key is not None:
                return await self.row(model, key)
        return None

    async def _page(self, source: Many, root: Any, model: type[Model], arguments: dict[str, Any]) -> Page:
        asked = page_asked(arguments, source.page)
        order = call(source.order, self._given, arguments) if callable(source.order) else source.order
        keys = order_keys(str(order), model)
        rows = self.visible(model)
        if source.where is not None:
            rows = rows.filter(call(source.where, self._given, arguments))
        if source.via is not None:
            of = source.of
            key = root.pk if of is None else of(*[getattr(root, name) for name in needs_of(of)])
            rows = rows.filter(**{source.via: key})
        return await Page.read(rows, keys, model, asked)


@dataclass(slots=True)
class Page:
    """A page as the connection types show it."""

    rows: QuerySet[Any]
    nodes: list[Any]
    edges: list[Edge[Any]]
    page_info: PageInfo

    @classmethod
    async def read(cls, rows: QuerySet[Any], keys: tuple[str, ...], model: type[Model], asked: PageAsked) -> Page:
        here = rows
        if asked.after is not None:
            here = here.filter(beyond(keys, decode(asked.after, keys, model)))
        if asked.before is not None:
            here = here.filter(beyond(keys, decode(asked.before, keys, model), before=True))
        found = await here.order_by(*(reversed_keys(keys) if asked.backward else keys)).limit(asked.size + 1)
        more, found = len(found) > asked.size, found[: asked.size]
        if asked.backward:
            found.reverse()
        cursors = [encode(row, keys) for row in found]
        return cls(
            rows=rows,
            nodes=found,
            edges=[Edge(cursor=cursor, node=row) for cursor, row in zip(cursors, found, strict=True)],
            page_info=PageInfo(
                has_next_page=asked.before is not None if asked.backward else more,
                has_previous_page=more if asked.backward else asked.after is not None,
                start_cursor=cursors[0] if cursors else None,
                end_cursor=cursors[-1] if cursors else None,
            ),
        )

    async def total(self) -> int:
        """How many rows the list has in all."""
        return await self.rows.count()


class Shape:
    """What the schema's types say, gathered once: which model stands behind a field, and what is always joined."""

    def __init__(self, origins: list[type]) -> None:
        nodes = [cls for cls in origins if getattr(cls, "__model__", None)]
        self.models: list[type[Model]] = list(dict.fromkeys(cls.__model__ for cls in nodes))  # type: ignore[attr-defined]
        self.joined: dict[type[Model], tuple[str, ...]] = {}
        for cls in nodes:
            for source in cls.__dict__["__sources__"].values():
                if isinstance(source, Column) and "." in source.path:
                    model: type[Model] = cls.__model__  # type: ignore[attr-defined]
                    relation = source.path.rpartition(".")[0].replace(".", "__")
                    self.joined[model] = tuple(dict.fromkeys((*self.joined.get(model, ()), relation)))
        self._of_field: dict[tuple[str, str], type[Model] | None] = {}

    def model_of(self, info: GraphQLResolveInfo[Any]) -> type[Model] | None:
        """The model behind the type that a field gives, also inside lists and pages."""
        place = info.parent_type.name, info.field_name
        if place not in self._of_field:
            self._of_field[place] = _model_of(info.return_type)
        return self._of_field[place]


def _model_of(stated: Any) -> type[Model] | None:
    while isinstance(stated, GraphQLNonNull) or hasattr(stated, "of_type"):
        stated = stated.of_type
    definition = (stated.extensions or {}).get("strawberry-definition")
    if definition is None or not hasattr(definition, "origin"):
        return None
    if definition.concrete_of is not None or getattr(definition, "type_var_map", None):
        shown = next(iter(definition.type_var_map.values()))
        shown = shown.resolve_type() if isinstance(shown, LazyType) else shown
        return shown.__model__  # type: ignore[no-any-return]
    return getattr(definition.origin, "__model__", None)
