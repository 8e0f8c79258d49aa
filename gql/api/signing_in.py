"""Signing in and out, and the person behind the request."""

from __future__ import annotations

from datetime import datetime

import strawberry

from gql import store
from gql.actions import logins
from gql.actions.unit_of_work import unit_of_work
from gql.actor import Actor
from gql.api.case_lists import reading_cursor
from gql.api.context import Session
from gql.api.mutations import DeskInfo, Payload, action, told, work_of
from gql.api.notifications import Notification, NotificationPreference, own_preferences, unread, unread_count
from gql.api.people import Contact, User, zone_of
from gql.api.scalars import Cursor
from gql.engine.declare import Connection, at_key, computed, form, many, value
from gql.enums import DeskAction
from gql.errors import DeskError
from gql.rules.permissions import open_desk_actions
from gql.tokens import Token


def user_of(actor: Actor) -> int | None:
    return actor.user_id


def contact_of(actor: Actor) -> int | None:
    return actor.contact_id


def own_time_zone(actor: Actor, lookups: store.Lookups) -> str:
    return zone_of(actor.time_zone, lookups)


@value
class Viewer:
    """The person behind the request."""

    user: User | None = at_key(user_of)
    """The employee, when the viewer is one."""
    contact: Contact | None = at_key(contact_of)
    """The contact, when the viewer is a customer on the portal."""
    actions: list[DeskAction] = computed(open_desk_actions)
    """What the viewer may do beside what each case tells in its `viewerActions`. Asked of the same rules that guard
    the mutations."""
    time_zone: str = computed(own_time_zone)
    """IANA name of the zone that times and periods are meant in."""
    notifications: Connection[Notification] = many(where=unread)
    """Notifications of the viewer, newest first."""

    unread_count: int = computed(unread_count)
    """How many notifications are unread."""
    notification_preferences: list[NotificationPreference] = computed(own_preferences)
    """For each reason and channel, whether the viewer wants to be told; `changeNotificationPreferences` changes it."""
    cursor: Cursor = computed(reading_cursor)
    """Where the log stood when this answer was made; subscribe after it."""


def viewer_of(actor: Actor) -> Viewer:
    """For whoever is signed in."""
    return Viewer()


@form
class SignInInput:
    """For signIn."""

    login: str
    password: str


@form
class SignOutInput:
    """For signOut."""

    everywhere: bool = False


@form
class ChangePasswordInput:
    """For changePassword."""

    old_password: str
    new_password: str
    """8 characters or more."""


@form
class SetPasswordInput:
    """For setPassword."""

    token: str
    """As an administrator handed it over."""
    new_password: str
    """8 characters or more."""


@value
class SignInPayload(Payload):
    """A token for the `Authorization: Bearer` header."""

    token: str | None
    expires_at: datetime | None
    viewer: Viewer | None


@value
class SignOutPayload(Payload):
    """Nothing to show but that it was done."""


@strawberry.type
class SigningInMutations:
    @strawberry.mutation(
        description="Changes a login and a password for an access token. The same token opens the socket: "
        '`connection_init` with `{"authorization": "Bearer ..."}`.'
    )
    async def sign_in(self, info: DeskInfo, input: SignInInput) -> SignInPayload:
        try:
            return await _signed_in(info, await logins.sign_in(input.login, input.password))
        except DeskError as error:
            return SignInPayload(token=None, expires_at=None, viewer=None, errors=told(error))

    @strawberry.mutation(description="Changes the viewer's password; all his other tokens end.")
    async def change_password(self, info: DeskInfo, input: ChangePasswordInput) -> SignInPayload:
        context = info.context
        actor = context.actor
        try:
            async with unit_of_work(actor, context.now, context.lookups, context.desk.realtime.ring) as work:
                login = await logins.change_password(work, old=input.old_password, new=input.new_password)
            await context.heed(work)
            return await _signed_in(info, login)
        except DeskError as error:
            return SignInPayload(token=None, expires_at=None, viewer=None, errors=told(error))

    @strawberry.mutation(
        description="Sets the password of one who was invited, or whose password was reset, and signs him in. The "
        "token is good once."
    )
    async def set_password(self, info: DeskInfo, input: SetPasswordInput) -> SignInPayload:
        context, desk = info.context, info.context.desk
        try:
            invitation = desk.tokens.read_invitation(input.token, context.now)
            actor = await logins.invited(invitation, context.lookups)
            assert invitation is not None
            hashed = await logins.hashed(input.new_password)
            async with unit_of_work(actor, context.now, context.lookups, desk.realtime.ring) as work:
                login = await logins.set_password(work, invitation, password_hash=hashed)
            await context.heed(work)
            return await _signed_in(info, login)
        except DeskError as error:
            return SignInPayload(token=None, expires_at=None, viewer=None, errors=told(error))

    @action
    async def sign_out(self, info: DeskInfo, input: SignOutInput) -> SignOutPayload:
        """Ends the token that asks, or all of the viewer's."""
        token = info.context.session.token
        assert token is not None
        await logins.sign_out(work_of(info), token, everywhere=input.everywhere)
        return SignOutPayload()


async def _signed_in(info: DeskInfo, login: store.Login) -> SignInPayload:
    """A new token, and the viewer as it lets him in."""
    context = info.context
    text, expires_at = context.desk.tokens.issue(login.id, login.generation, context.now)
    token: Token = context.desk.tokens.read(text, context.now)
    context.sign_in(Session(context.desk, token), await logins.actor_of(token, context.lookups))
    return SignInPayload(token=text, expires_at=expires_at, viewer=viewer_of(context.actor))
