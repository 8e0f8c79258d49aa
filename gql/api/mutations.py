"""What all mutations have in common: a unit of work around each, and errors as data in its payload."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types import Info

from gql.actions import requests
from gql.actions.unit_of_work import Work, unit_of_work
from gql.api import scalars  # noqa: F401 - enums are described before a type uses them
from gql.api.context import Context
from gql.engine.declare import interface, value
from gql.errors import DeskError, ErrorCode, ResyncRequired, Unauthenticated

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


class Action(FieldExtension):
    """Runs a mutation as one unit of work.

    What it raises as DeskError becomes `errors` of the payload; the case is shown beside NOT_NOW and CHANGED. A
    `requestId` in the input makes it safe to send twice.
    """

    def apply(self, field: Any) -> None:
        self._field = field

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: DeskInfo, **arguments: Any
    ) -> Any:
        context = info.context
        actor = context.actor  # before anything else: Unauthenticated is a top-level error
        payload_type = self._field.type
        nouns = [f.name for f in dataclasses.fields(payload_type) if f.name != "errors"]
        work: Work | None = None
        context.afresh()
        try:
            async with unit_of_work(actor, context.now, context.lookups, context.desk.realtime.ring) as work:
                context.work = work
                payload = await _once(work, info, arguments, nouns, lambda: next_(source, info, **arguments))
            context.desk.sessions.heed(work.others)
        except (Unauthenticated, ResyncRequired):
            raise
        except DeskError as error:
            payload = payload_type(errors=told(error), **dict.fromkeys(nouns))
            beside = error.code in (ErrorCode.NOT_NOW, ErrorCode.CHANGED)
            if work is not None and work.subject is not None and nouns[:1] == ["case"] and beside:
                payload.case = work.subject
        return payload


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
        return payload_type(**{noun: await model.get(pk=request.object_id)})
    payload = await act()
    await requests.done(work, request, getattr(payload, noun))
    return payload


def _type_of(payload_type: Any, noun: str) -> Any:
    shown = next(f for f in payload_type.__strawberry_definition__.fields if f.python_name == noun)
    return getattr(shown.type, "of_type", shown.type)


def action(method: Callable[..., Any]) -> Any:
    """A mutation that is one action of the desk: `info.context.work` is its unit of work."""
    return strawberry.mutation(resolver=method, description=(method.__doc__ or "").strip(), extensions=[Action()])


def work_of(info: DeskInfo) -> Work:
    """The unit of work of the mutation that is running."""
    work = info.context.work
    assert work is not None
    return work
