"""Fields with a resolver of their own, which a plan calls as graphql-core would; and mutations, which are done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo
from graphql.pyutils import Path
from strawberry.extensions import FieldExtension

from gql.engine.dressers import Dresser

if TYPE_CHECKING:
    from gql.engine.plan import Compiler, Run


class Deed(FieldExtension):
    """An extension around what a mutation does.

    A plan calls its `resolve_async` itself where it is a field's only one: what strawberry has around it takes as long
    as a statement. It is told the method, no source, and the arguments as strawberry would make them.
    """


def called(compiler: Compiler, type_: GraphQLObjectType, key: str, nodes: list[FieldNode], dress: Dresser) -> Dresser:
    """What such a field answers, dressed."""
    resolve = _deed(compiler, type_, key, nodes) or _resolver(compiler, type_, key, nodes)

    async def call(value: Any, run: Run) -> Any:
        answered = resolve(value, run)
        if isawaitable(answered):
            answered = await answered
        if isinstance(answered, list) and any(map(isawaitable, answered)):
            coming = [one if isawaitable(one) else _at_once(one) for one in answered]
            answered = await asyncio.gather(*coming, return_exceptions=True)  # an exception is raised in its place
        return await dress(answered, run) if dress.waits else dress(answered, run)

    return Dresser(call, waits=True)


def _resolver(
    compiler: Compiler, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Callable[[Any, Run], Any]:
    info_of = _infos(compiler, type_, key, nodes)
    field, arguments = type_.fields[nodes[0].name.value], compiler.selection.plain_arguments(type_, nodes[0])
    return lambda value, run: field.resolve(value, info_of(run), **arguments(run.variables))


def _deed(
    compiler: Compiler, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Callable[[Any, Run], Any] | None:
    """The same for a mutation whose extension is a Deed; None for any other."""
    field = compiler.declared.field(type_, nodes[0].name.value)
    if len(field.extensions) != 1 or not isinstance(field.extensions[0], Deed):
        return None
    do: Callable[..., Awaitable[Any]] = field.extensions[0].resolve_async
    method, info_class = field.base_resolver.wrapped_func, compiler.declared.schema.config.info_class
    info_of = _infos(compiler, type_, key, nodes)
    arguments = compiler.selection.arguments(type_, nodes[0])

    def act(run: Run) -> Awaitable[Any]:
        info = info_class(_raw_info=info_of(run), _field=field)
        return do(method, None, info, **arguments.read(run.variables))

    return lambda value, run: once(run.context.done, key, lambda: act(run))


def _infos(
    compiler: Compiler, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Callable[[Run], GraphQLResolveInfo[Any]]:
    """What graphql-core tells a resolver beside its arguments."""
    name, make = nodes[0].name.value, cast("Callable[..., GraphQLResolveInfo[Any]]", GraphQLResolveInfo)
    # By position, for it is a tuple that is made for each call, with None for what graphql-core's executor alone has:
    # the root's value, the signal to stop, and helpers of its own.
    before: Any = (
        name, nodes, type_.fields[name].type, type_, Path(None, key, type_.name), compiler.declared.graphql,
        compiler.selection.fragments, None, compiler.operation,
    )  # fmt: skip
    return lambda run: make(*before, run.variables, run.context, isawaitable, None, None)


async def once(done: dict[str, Any], key: str, act: Callable[[], Any]) -> Any:
    """Does what a mutation does, unless it was done: asked again, it answers what came of it. Raises what it raised."""
    if key not in done:
        try:
            answered = act()
            done[key] = await answered if isawaitable(answered) else answered
        except Exception as error:
            done[key] = error
    if isinstance(done[key], Exception):
        raise done[key]
    return done[key]


async def _at_once(value: Any) -> Any:
    return value
