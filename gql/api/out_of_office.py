"""When employees are away, and who stands in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from gql import store
from gql.actions import out_of_office
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import User
from gql.api.scalars import key
from gql.engine.declare import Node, form, given, node, value


@node(store.OutOfOffice)
class OutOfOffice(Node):
    """When an employee is away, and who stands in meanwhile."""

    from_at: datetime
    until_at: datetime
    replacement: User | None
    """Who is told in place of the absent."""


@form
class SetOutOfOfficeInput:
    """For setOutOfOffice. It replaces what was set before."""

    user_id: strawberry.ID | None = None
    """Left out: the viewer. Supervisors may name others."""
    from_at: datetime | None = None
    """Left out: now."""
    until_at: datetime
    replacement_id: strawberry.ID | None = None
    """Left out: nobody stands in."""


@form
class EndOutOfOfficeInput:
    """For endOutOfOffice."""

    user_id: strawberry.ID | None = None
    """Left out: the viewer. Supervisors may name others."""


@value
class OutOfOfficePayload(Payload):
    """The employee as he now is."""

    user: User | None


@strawberry.type
class OutOfOfficeMutations:
    @action
    async def set_out_of_office(self, info: DeskInfo, input: SetOutOfOfficeInput) -> OutOfOfficePayload:
        """Says when an employee is away, and who is told in his place meanwhile."""
        user = await out_of_office.leave(
            work_of(info),
            key(store.User, input.user_id),
            from_at=input.from_at,
            until_at=input.until_at,
            replacement_id=key(store.User, input.replacement_id),
        )
        return OutOfOfficePayload(user=given(User, user))

    @action
    async def end_out_of_office(self, info: DeskInfo, input: EndOutOfOfficeInput) -> OutOfOfficePayload:
        """Says that an employee is back, or will not be away after all."""
        user = await out_of_office.come_back(work_of(info), key(store.User, input.user_id))
        return OutOfOfficePayload(user=given(User, user))
