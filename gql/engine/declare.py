"""What an API type may say about its rows. Nothing here runs a request.

In a type made of rows (`@node`) a bare annotation is the column or relation of that name. Whatever else a field is, it
says: `column`, `related`, `always`, `computed`, `payload`, `one_of`, `each`, `one`, `many`, `at_key`, `asked`, `held`,
`total`, `batched`, `any_node`, `stream`, `live`. A type that is no row (`@value`) holds what a resolver hands over. The
text under an attribute is its description.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any, Generic, NewType, TypeVar, dataclass_transform

import strawberry
from strawberry.types import Info
from tortoise import fields
from tortoise.models import Model

from gql.engine.inputs import made_of
from gql.engine.sources import (
    BATCH,
    GIVEN,
    KEYS,
    AnyNode,
    Asked,
    AtKey,
    Batched,
    Column,
    Computed,
    Each,
    Held,
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
from gql.engine.symbols import Symbol

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

Cursor = NewType("Cursor", str)
"""A place in the log that streams are made of, opaque to clients."""


# ---------------------------------------------------------------- where a field's value comes from


def column(path: str) -> Any:
    return Column(path)


def related(name: str) -> Any:
    """For a relation that the field is not named after."""
    return Relation(name)


def always(name: str) -> Any:
    return Relation(name, always=True)


def computed(function: Callable[..., Any]) -> Any:
    return Computed(function, needs_of(function))


def payload(path: str) -> Any:
    return Payload(path)


def one_of(*relations: str, otherwise: Callable[..., Any]) -> Any:
    return OneOf(relations, computed(otherwise))


def at_key(function: Callable[..., Any]) -> Any:
    """`function` may ask for what `computed` functions may."""
    return AtKey(function, needs_of(function))


def asked(function: Callable[..., Any]) -> Any:
    """Parameters of `function` are GIVEN, or become arguments of the field. It is async, and rows that it answers were
    read with the viewer's rights."""
    return Asked(function)


def held(*models: type[Model]) -> Any:
    return Held(models)


def total() -> Any:
    return Total()


def each(via: str | None = None, *, of: str = "id") -> Any:
    """`of` is the column of this row that `via` holds."""
    return Each(via, of)


def one(where: Callable[..., Any]) -> Any:
    """Parameters of `where` become arguments of the field; it answers a Q."""
    return One(where)


def many(
    via: str | None = None,
    *,
    where: Callable[..., Any] | None = None,
    order: Any = "-id",
    page: int = 25,
    backward: bool = False,
    of: Callable[..., Any] | None = None,
) -> Any:
    """`order` is a column (`-` for descending) or a function of arguments that answers one; ties are broken by id.

    `of` answers the key that `via` holds from columns of this row, where that is not its own.
    """
    return Many(via, where, order, page, backward, of)


def batched(function: Callable[..., Any], *, of: str = "id") -> Any:
    """`function(keys, ...)` is async and answers a list as long as `keys`, which are the column `of` of the rows, each
    once. Its further parameters are GIVEN, or become arguments of the field. Rows within what it answers are read again
    with the viewer's rights, those of all answers at once."""
    return Batched(function, of)


def any_node() -> Any:
    return AnyNode()


def stream(
    function: Callable[..., Any], *, begin: Callable[..., Any] | None = None, alike: Callable[..., Any] | None = None
) -> Any:
    """A subscription. `function(batch, ...)` is async and answers (position, item) for what a batch of the log has for
    the client, in order. Its further parameters are GIVEN, or become arguments of the field; the engine adds `after`.

    `begin` is async, may ask for the same but the batch, and raises when a client asks for what he cannot have.
    `alike` may too, and answers whether the items are the same for everybody with the actor's sight, so that they are
    made once for all of them; without it they are made for each person. Where more than the sight decides, it answers
    somebody who stands for all who are alike.
    """
    return Stream(function, begin, alike)


def live(
    function: Callable[..., Any],
    *,
    begin: Callable[..., Any] | None = None,
    alike: Callable[..., Any] | None = None,
    on: Callable[..., Any] | None = None,
    seconds: float = 1.0,
) -> Any:
    """A subscription to what is so now, of which nothing is kept that one could go on from. `function` is async and
    answers it; the answer is sent at the beginning and then whenever it differs from the one before. Its parameters are
    GIVEN, or become arguments of the field; `begin` and `alike` are those of `stream`.

    It is asked again when the log has grown or, where `on` is given, when the `log.Growing` that `on` answers has; at
    most once in so many `seconds`. Who does not read misses what is no longer so.
    """
    return Live(function, begin, alike, on, seconds)


def given(cls: type[T], row: Any) -> T:
    """A row where an API type is expected: the engine reads it as one."""
    return row  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class AtHand:
    """A row object that the viewer may see, as the database has it."""

    row: Model

    @property
    def pk(self) -> Any:
        return self.row.pk


def at_hand(cls: type[T], row: Model) -> T:
    """A row where an API type is expected, which was just written and which the viewer may see: it is read again only
    for what it has not with it."""
    return AtHand(row)  # type: ignore[return-value]


# ---------------------------------------------------------------- identity


def global_id(row: Model) -> strawberry.ID:
    """Identity of a row across all types."""
    return strawberry.ID(f"{type(row).__name__}_{row.pk}")


def row_id(model: type[Model], id: str) -> int | None:
    """The primary key in a global id of that model; None for any other text. For a symbol, a symbol of the key, or of
    0, which is the key of no row."""
    if isinstance(id, Symbol):
        return id.through(lambda real: row_id(model, real) or 0)  # type: ignore[no-any-return]
    found = re.fullmatch(rf"{model.__name__}_([1-9][0-9]{{0,17}})", id)
    key = int(found[1]) if found else None
    small = isinstance(model._meta.pk, fields.IntField) and not isinstance(model._meta.pk, fields.BigIntField)
    return None if key is None or (small and key >= 2**31) else key


def _id_of(root: Any) -> strawberry.ID:
    return global_id(root)


@strawberry.interface(description="Anything that has an identity of its own and can be fetched again by it.")
class Node:
    id: strawberry.ID = strawberry.field(
        resolver=_id_of, description="Identity of the object across all types. Opaque."
    )


# ---------------------------------------------------------------- pages


@strawberry.type(description="Where a page of a list stands.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="One of a page, with its place in the list.")
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]]
    nodes: list[T]
    page_info: PageInfo


# ---------------------------------------------------------------- decorators


def docs(cls: type) -> dict[str, str]:
    """The text under each attribute of a class, as editors read it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(tree, ast.ClassDef)
    told = {}
    for this, following in pairwise(tree.body):
        if not (isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)):
            continue
        if isinstance(this, ast.AnnAssign | ast.Assign):
            target = this.target if isinstance(this, ast.AnnAssign) else this.targets[0]
            if isinstance(target, ast.Name):
                told[target.id] = inspect.cleandoc(str(following.value.value)).replace("\n", " ")
    return told


def _described(cls: type) -> str | None:
    return inspect.cleandoc(cls.__doc__).replace("\n", " ") if cls.__doc__ else None


def _name(attribute: str) -> str | None:
    return attribute[:-1] if attribute.endswith("_") else None


def _field(cls: type, name: str, source: Source | None, description: str | None) -> None:
    if isinstance(source, Held) or (isinstance(source, Column) and source.path == name):
        source_resolver = None
    else:
        source_resolver = _resolver(source) if source is not None else None
    extra: dict[str, Any] = {} if source_resolver is None else {"resolver": source_resolver}
    kind = strawberry.subscription if isinstance(source, Stream | Live) else strawberry.field
    setattr(cls, name, kind(name=_name(name), description=description, **extra))


def _prepare(cls: type, model: type[Model] | None) -> None:
    """Turns annotations into strawberry fields, and remembers in `__sources__` where each value comes from."""
    told = docs(cls)
    sources: dict[str, Source] = {}
    for name in inspect.get_annotations(cls):
        stated = cls.__dict__.get(name)
        source: Source | None = stated if isinstance(stated, Source) else None
        if source is None and stated is None and model is not None:
            relations = model._meta.fk_fields | model._meta.o2o_fields
            source = Relation(name) if name in relations else Column(name)
        if source is not None:
            sources[name] = source
            _field(cls, name, source, told.get(name))
        elif name in told and not hasattr(cls, name):
            setattr(cls, name, strawberry.field(description=told[name], name=_name(name)))
    cls.__sources__ = sources  # type: ignore[attr-defined]
    cls.__model__ = model  # type: ignore[attr-defined]


def _resolver(source: Source) -> Callable[..., Any]:
    def resolve(root: Any, info: Info[Any, Any], **arguments: Any) -> Any:
        return info.context.referee.resolve(source, root, info, arguments)

    kind = inspect.Parameter
    parameters = [kind("root", kind.POSITIONAL_OR_KEYWORD), kind("info", kind.POSITIONAL_OR_KEYWORD, annotation=Info)]

    def add(function: Any) -> None:
        if callable(function):
            stated = inspect.signature(function, eval_str=True).parameters.values()
            parameters.extend(p.replace(kind=kind.KEYWORD_ONLY) for p in stated if p.name not in GIVEN)

    if isinstance(source, One | Many):
        add(source.where)
    if isinstance(source, Many):
        add(source.order)
        paging: dict[str, tuple[Any, Any]] = {"first": (int | None, source.page), "after": (str | None, None)}
        if source.backward:
            paging |= {"last": (int | None, None), "before": (str | None, None)}
        parameters += [kind(n, kind.KEYWORD_ONLY, annotation=t, default=d) for n, (t, d) in paging.items()]
    if isinstance(source, Stream | Live | Asked | Batched):
        add(source.function)
    if isinstance(source, Batched):
        parameters = [p for p in parameters if p.name != KEYS]
    if isinstance(source, Stream):
        parameters = [p for p in parameters if p.name != BATCH]
        parameters.append(kind("after", kind.KEYWORD_ONLY, annotation=Cursor | None, default=None))
    if isinstance(source, AnyNode):
        parameters.append(kind("id", kind.KEYWORD_ONLY, annotation=strawberry.ID))
    resolve.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolve.__annotations__ = {p.name: p.annotation for p in parameters if p.annotation is not p.empty}
    return resolve


@dataclass_transform(kw_only_default=True)
def node(
    model: type[Model], *, kind: str | None = None, interface: bool = False, lookup: bool = False, listed: str = ""
) -> Callable[[type[T]], type[T]]:
    """A type made of rows of a model.

    `kind` when it shares the table with others: what stands in the row's column `kind`, which is the type's own name.
    `lookup` when its rows are kept in memory. `listed` is the name its pages go by, where it is not its own.
    """

    def wrap(cls: type[T]) -> type[T]:
        _prepare(cls, model)
        cls.__kind__, cls.__lookup__, cls.__listed__ = kind, lookup, listed  # type: ignore[attr-defined]
        if interface:
            cls.resolve_type = classmethod(lambda c, row, info, abstract: row.kind)  # type: ignore[attr-defined]
            return strawberry.interface(cls, description=_described(cls))
        cls.is_type_of = classmethod(  # type: ignore[attr-defined]
            lambda c, row, info: isinstance(row, model) and (kind is None or row.kind == kind)  # type: ignore[attr-defined]
        )
        return strawberry.type(cls, description=_described(cls))

    return wrap


@dataclass_transform(kw_only_default=True)
def value(cls: type[T]) -> type[T]:
    """A type that is no row: a resolver makes it, and rows in it are read again with the viewer's rights."""
    _prepare(cls, None)
    return strawberry.type(cls, description=_described(cls))


@dataclass_transform(kw_only_default=True)
def interface(cls: type[T]) -> type[T]:
    """What several types have in common, where it is no table."""
    _prepare(cls, None)
    return strawberry.interface(cls, description=_described(cls))


@dataclass_transform(kw_only_default=True)
def form(cls: type[T]) -> type[T]:
    """An input."""
    for name, text in docs(cls).items():
        default = cls.__dict__.get(name, strawberry.UNSET)
        extra = {} if default is strawberry.UNSET else {"default": default}
        setattr(cls, name, strawberry.field(description=text, **extra))
    return _input(strawberry.input(cls, description=_described(cls)))


@dataclass_transform(kw_only_default=True)
def choice(cls: type[T]) -> type[T]:
    """An input of which exactly one field is given."""
    return _input(strawberry.input(cls, one_of=True, description=_described(cls)))


def _input(cls: type[T]) -> type[T]:
    """Has strawberry leave the making of the input's objects to us."""
    cls.__strawberry_definition__.from_input = made_of  # type: ignore[attr-defined]
    return cls


def enum(cls: type[E]) -> type[E]:
    """Shows an enum in the schema, with its texts."""
    told = docs(cls)
    strawberry.enum(cls, description=_described(cls))
    for shown in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]
        shown.description = told.get(shown.name)
    return cls
