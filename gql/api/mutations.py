"""What all mutations have in common: a unit of work around each, and errors as data in its payload."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import cached_property, partial
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types import Info

from gql.actions import logins, requests
from gql.actions.brief_work import Overtaken
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import Actor
from gql.api import scalars  # noqa: F401 - enums are described before a type uses them
from gql.api.context import Context
from gql.engine.declare import interface, value
from gql.engine.resolvers import Deed
from gql.errors import Changed, DeskError, ErrorCode, NotNow, ResyncRequired, Unauthenticated

DeskInfo = Info[Context, Any]


@value
class UserError:
    """A reason a person can act on. Faults of the client or the server are not told here."""

    code: ErrorCode
    message: str
    """In words for the person."""
    field: list[str]
    """Path to the input field at fault, from the input down; empty when no one field is."""


@interface
class Payload:
    """What every mutation answers."""

    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was not done. Empty when it was."
    )


def told(error: DeskError) -> list[UserError]:
    return [UserError(code=ErrorCode(error.code), message=error.message, field=list(error.field))]


class Action(Deed):
    """Runs a mutation as one unit of work.

    What it raises as DeskError becomes `errors` of the payload; beside NOT_NOW the case is shown, and beside CHANGED
    whatever it is, as it is now. A `requestId` in the input makes it safe to send twice. `who` says who acts, where it
    is not just who is signed in.
    """

    def __init__(self, who: Callable[[Context, Any], Actor] | None, is_brief: Callable[[Any], bool] | None) -> None:
        self._who, self._is_brief = who, is_brief

    def apply(self, field: Any) -> None:
        self._field = field

    @cached_property
    def _payload(self) -> tuple[Any, list[str]]:
        """The type of the payload, and its fields beside `errors`."""
        type_ = self._field.type
        return type_, [f.name for f in dataclasses.fields(type_) if f.name != "errors"]

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: DeskInfo, **arguments: Any
    ) -> Any:
        context = info.context
        payload_type, nouns = self._payload
        work: Work | None = None
        context.afresh()
        try:
            actor = context.actor if self._who is None else self._who(context, arguments["input"])
            for begin in self._ways(context, arguments):
                with suppress(Overtaken):
                    async with begin(actor, context.now, context.lookups, context.desk.realtime.ring) as work:
                        context.work = work
                        await logins.still_known(actor)
                        payload = await _once(work, info, arguments, nouns, lambda: next_(source, info, **arguments))
                    await context.heed(work)
                    break
        except (Unauthenticated, ResyncRequired):
            raise
        except DeskError as error:
            payload = payload_type(errors=told(error), **dict.fromkeys(nouns))
            if isinstance(error, Changed | NotNow) and work is not None and nouns[:1] == ["case"]:
                payload.case = work.subject
            elif isinstance(error, Changed) and error.now is not None:
                setattr(payload, nouns[0], error.now)
        return payload

    def _ways(
        self, context: Context, arguments: dict[str, Any]
    ) -> Sequence[Callable[..., AbstractAsyncContextManager[Work]]]:
        """How it is tried: what raises Overtaken has done nothing."""
        is_brief = self._is_brief is not None and self._is_brief(arguments["input"])
        return (context.desk.brief_works.begin, unit_of_work) if is_brief else (unit_of_work,)


async def _once(
    work: Work, info: DeskInfo, arguments: dict[str, Any], nouns: list[str], act: Callable[[], Awaitable[Any]]
) -> Any:
    """Does it, unless it was done before under the same request id: then what came of it is answered, as it is now."""
    given: Any = arguments.get("input")
    request_id = getattr(given, "request_id", None)
    noun = nouns[0] if nouns else ""
    if request_id is None:
        return await act()
    content = dataclasses.asdict(given)
    del content["request_id"]
    request = await requests.before(work, info.field_name, request_id, content)
    payload_type: Any = info.return_type
    if request.object_id is not None:
        model = _type_of(payload_type, noun).__model__
        return payload_type(**{**dict.fromkeys(nouns), noun: await model.get(pk=request.object_id)})
    payload = await act()
    work.remember(request, getattr(payload, noun))
    return payload


def _type_of(payload_type: Any, noun: str) -> Any:
    shown = next(f for f in payload_type.__strawberry_definition__.fields if f.python_name == noun)
    return getattr(shown.type, "of_type", shown.type)


def action(
    method: Callable[..., Any] | None = None,
    *,
    who: Callable[[Context, Any], Actor] | None = None,
    is_brief: Callable[[Any], bool] | None = None,
) -> Any:
    """A mutation that is one action of the desk: `info.context.work` is its unit of work.

    `who` tells from context and input who acts, and may raise a DeskError; left out, it is who is signed in. `is_brief`
    tells from the input that the action writes nothing but what it records: see `actions/brief_work.py`.
    """
    if method is None:
        return partial(action, who=who, is_brief=is_brief)
    extensions: list[FieldExtension] = [Action(who, is_brief)]
    return strawberry.mutation(resolver=method, description=(method.__doc__ or "").strip(), extensions=extensions)


def work_of(info: DeskInfo) -> Work:
    """The unit of work of the mutation that is running."""
    work = info.context.work
    assert work is not None
    return work
