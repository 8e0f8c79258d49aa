"""Inviting employees, changing what they are, and shutting them out."""

from __future__ import annotations

from datetime import datetime

import strawberry

from gql import store
from gql.actions import users
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import User
from gql.api.scalars import Cursor, key, keys, maybe
from gql.engine.declare import form, given, value
from gql.enums import Role


@form
class InviteUserInput:
    """For inviteUser."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the employee is added once."""
    login: str
    """Name to sign in with."""
    name: str
    role: Role
    email: str | None = None
    time_zone: str | None = None
    """IANA name; left out, the desk's."""
    group_ids: list[strawberry.ID] | None = None
    """Groups the employee works in. At most 50."""


@form
class EditUserInput:
    """For editUser. A field that is left out stays as it is; null takes the value away."""

    user_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    role: strawberry.Maybe[Role | None]
    """With another role the employee signs in again."""
    email: strawberry.Maybe[str | None]
    time_zone: strawberry.Maybe[str | None]
    group_ids: strawberry.Maybe[list[strawberry.ID] | None]
    """All groups that the employee then works in. At most 50."""
    unless_changed_since: Cursor | None = None
    """Refuse when the employee was changed after this, which was read with it."""


@form
class DeactivateUserInput:
    """For deactivateUser."""

    user_id: strawberry.ID


@form
class ReactivateUserInput:
    """For reactivateUser."""

    user_id: strawberry.ID


@form
class ResetPasswordInput:
    """For resetPassword."""

    user_id: strawberry.ID


@value
class UserPayload(Payload):
    """The employee as he now is; null when nothing was done."""

    user: User | None


@value
class UserInvitationPayload(Payload):
    """A token for `setPassword`, to be handed to the employee. It is good once, until then."""

    user: User | None
    token: str | None
    """Shown here only: null where the same was sent before."""
    token_expires_at: datetime | None


def invitation(info: DeskInfo, login: store.Login) -> tuple[str, datetime]:
    """A token for `setPassword`, and when it expires."""
    context = info.context
    return context.desk.tokens.invite(login.id, login.generation, context.now)


def invited(info: DeskInfo, login: store.Login) -> UserInvitationPayload:
    token, expires_at = invitation(info, login)
    return UserInvitationPayload(user=given(User, login.user), token=token, token_expires_at=expires_at)


@strawberry.type
class UserMutations:
    @action
    async def invite_user(self, info: DeskInfo, input: InviteUserInput) -> UserInvitationPayload:
        """Adds an employee, who sets his password with the token that is answered. For administrators."""
        login = await users.invite(
            work_of(info),
            login=input.login,
            name=input.name,
            role=input.role,
            email=input.email,
            time_zone=input.time_zone,
            group_ids=keys(store.Group, input.group_ids),
        )
        return invited(info, login)

    @action
    async def edit_user(self, info: DeskInfo, input: EditUserInput) -> UserPayload:
        """Changes an employee. For administrators."""
        user = await users.edit(
            work_of(info),
            key(store.User, input.user_id),
            name=maybe(input.name),
            role=maybe(input.role),
            email=maybe(input.email),
            time_zone=maybe(input.time_zone),
            group_ids=maybe(input.group_ids, lambda ids: keys(store.Group, ids)),
            unless=info.context.place(input.unless_changed_since),
        )
        return UserPayload(user=given(User, user))

    @action
    async def deactivate_user(self, info: DeskInfo, input: DeactivateUserInput) -> UserPayload:
        """Shuts an employee out everywhere and at once; his open cases go back to their groups and his tasks to who has
        the case, who are told. For administrators."""
        return UserPayload(user=given(User, await users.deactivate(work_of(info), key(store.User, input.user_id))))

    @action
    async def reactivate_user(self, info: DeskInfo, input: ReactivateUserInput) -> UserPayload:
        """Lets an employee in again. For administrators."""
        return UserPayload(user=given(User, await users.reactivate(work_of(info), key(store.User, input.user_id))))

    @action
    async def reset_password(self, info: DeskInfo, input: ResetPasswordInput) -> UserInvitationPayload:
        """Takes an employee's password away and ends all his tokens; he sets another with the token that is answered.
        For administrators."""
        return invited(info, await users.reset_password(work_of(info), key(store.User, input.user_id)))
