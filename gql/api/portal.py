"""Customers' ways into the portal: inviting them, their roles, and shutting them out."""

from __future__ import annotations

from datetime import datetime

import strawberry

from gql import store
from gql.actions import portal
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import Contact, ContactPayload
from gql.api.scalars import key
from gql.api.users import invitation
from gql.engine.declare import form, given, value
from gql.enums import PortalRole


@form
class InvitePortalUserInput:
    """For invitePortalUser. Either `contactId` is given, or what a new contact is made of."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the contact is invited once."""
    contact_id: strawberry.ID | None = None
    name: str | None = None
    """Of a new contact."""
    email: str | None = None
    """Of a new contact."""
    account_id: strawberry.ID | None = None
    """Of a new contact; customers invite into their own account."""
    login: str
    """Name to sign in with."""
    role: PortalRole = PortalRole.MEMBER


@form
class ChangePortalUserInput:
    """For changePortalUser."""

    contact_id: strawberry.ID
    role: PortalRole


@form
class DeactivatePortalUserInput:
    """For deactivatePortalUser."""

    contact_id: strawberry.ID


@form
class ResetPortalPasswordInput:
    """For resetPortalPassword."""

    contact_id: strawberry.ID


@value
class PortalInvitationPayload(Payload):
    """A token for `setPassword`, to be handed to the contact. It is good once, until then."""

    contact: Contact | None
    token: str | None
    """Shown here only: null where the same was sent before."""
    token_expires_at: datetime | None


def invited(info: DeskInfo, login: store.Login) -> PortalInvitationPayload:
    token, expires_at = invitation(info, login)
    return PortalInvitationPayload(contact=given(Contact, login.contact), token=token, token_expires_at=expires_at)


@strawberry.type
class PortalMutations:
    @action
    async def invite_portal_user(self, info: DeskInfo, input: InvitePortalUserInput) -> PortalInvitationPayload:
        """Lets a contact in to the portal, who sets his password with the token that is answered. For
        administrators, and for an organisation's administrator within it."""
        login = await portal.invite(
            work_of(info),
            login=input.login,
            role=input.role,
            contact_id=key(store.Contact, input.contact_id),
            name=input.name,
            email=input.email,
            account_id=key(store.Account, input.account_id),
        )
        return invited(info, login)

    @action
    async def change_portal_user(self, info: DeskInfo, input: ChangePortalUserInput) -> ContactPayload:
        """Gives a portal user another role, for which he signs in again. For administrators, and for an organisation's
        administrator within it."""
        contact = await portal.change(work_of(info), key(store.Contact, input.contact_id), role=input.role)
        return ContactPayload(contact=given(Contact, contact))

    @action
    async def deactivate_portal_user(self, info: DeskInfo, input: DeactivatePortalUserInput) -> ContactPayload:
        """Shuts a portal user out, everywhere and at once; inviting lets him in again. For administrators, and for
        an organisation's administrator within it."""
        contact = await portal.deactivate(work_of(info), key(store.Contact, input.contact_id))
        return ContactPayload(contact=given(Contact, contact))

    @action
    async def reset_portal_password(self, info: DeskInfo, input: ResetPortalPasswordInput) -> PortalInvitationPayload:
        """Takes a portal user's password away and ends all his tokens; he sets another with the token that is answered.
        For administrators, and for an organisation's administrator within it."""
        return invited(info, await portal.reset_password(work_of(info), key(store.Contact, input.contact_id)))
