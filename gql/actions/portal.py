"""Customers' ways into the portal: given and taken by administrators, of the desk or of their own organisation."""

from __future__ import annotations

from gql.actions import logins, people
from gql.actions.unit_of_work import Work
from gql.enums import DeskAction, PortalRole
from gql.errors import Invalid, NotFound, NotNow, Required
from gql.events.customers import PortalPasswordReset, PortalUserChanged, PortalUserDeactivated, PortalUserInvited
from gql.events.event import Change
from gql.store.people import Contact, Login


async def invite(
    work: Work,
    *,
    login: str,
    role: PortalRole,
    contact_id: int | None = None,
    name: str | None = None,
    email: str | None = None,
    account_id: int | None = None,
) -> Login:
    """Gives a contact a login that has no password yet; without `contact_id`, a new contact (R-141).

    An organisation's administrator invites into his own organisation. One who was shut out comes in again this way.
    Raises Forbidden, Required, Invalid, NotFound, NotNow, Limit.
    """
    if contact_id is None:
        work.may(DeskAction.INVITE_PORTAL_USER)
        contact = await _new_contact(work, name=name, email=email, account_id=account_id)
        known = None
    else:
        contact = await _contact(work, contact_id, DeskAction.INVITE_PORTAL_USER)
        for field, value in (("name", name), ("email", email), ("accountId", account_id)):
            if value is not None:
                raise Invalid("This says who a new contact is; the contact that is named stays as it is.", field=field)
        known = await Login.filter(contact_id=contact.id).select_for_update().first()
    if contact.erased_at is not None:
        raise NotNow("The contact was erased.", field="contactId")
    if known is not None and known.active:
        raise NotNow("The contact can sign in to the portal already.", field="contactId")
    if known is None:
        known = await logins.add_login(login, "", contact_id=contact.id, portal_role=role)
    else:
        known.name = await logins.free_name(login, but=known)
        known.active, known.password_hash, known.portal_role = True, "", role
        await logins.end_all(work, known)
    work.record_elsewhere(PortalUserInvited(contact.id, (Change("role", None, role.value),)))
    known.contact = contact
    return known


async def change(work: Work, contact_id: int | None, *, role: PortalRole) -> Contact:
    """Gives a portal user another role within his organisation, for which he signs in again.

    Raises Forbidden, NotFound, NotNow.
    """
    contact = await _contact(work, contact_id, DeskAction.CHANGE_PORTAL_USER)
    login = await _login(contact)
    if login.portal_role is not role:
        before = login.portal_role
        login.portal_role = role
        await logins.end_all(work, login)
        change = Change("role", before.value if before else None, role.value)
        work.record_elsewhere(PortalUserChanged(contact.id, (change,)))
    return contact


async def deactivate(work: Work, contact_id: int | None) -> Contact:
    """Shuts a portal user out, everywhere and at once. Raises Forbidden, NotFound, NotNow."""
    contact = await _contact(work, contact_id, DeskAction.DEACTIVATE_PORTAL_USER)
    login = await _login(contact)
    login.active = False
    await logins.end_all(work, login)
    work.record_elsewhere(PortalUserDeactivated(contact.id))
    return contact


async def reset_password(work: Work, contact_id: int | None) -> Login:
    """Takes a portal user's password away and ends all his tokens. Raises Forbidden, NotFound, NotNow."""
    contact = await _contact(work, contact_id, DeskAction.RESET_PORTAL_PASSWORD)
    login = await _login(contact)
    login.password_hash = ""
    await logins.end_all(work, login)
    work.record_elsewhere(PortalPasswordReset(contact.id))
    login.contact = contact
    return login


async def _contact(work: Work, contact_id: int | None, action: DeskAction) -> Contact:
    """A contact whom the actor sees and may do this to, locked. Raises NotFound, Forbidden."""
    contact = await Contact.filter(Contact.visible_to(work.actor), id=contact_id).select_for_update(no_key=True).first()
    if contact is None:
        raise NotFound("contact", field="contactId")
    work.may(action)
    return contact


async def _login(contact: Contact) -> Login:
    """The way in of a portal user, locked. Raises NotNow for a contact who has none."""
    login = await Login.filter(contact_id=contact.id, active=True).select_for_update().first()
    if login is None:
        raise NotNow("The contact cannot sign in to the portal: invite him first.", field="contactId")
    return login


async def _new_contact(work: Work, *, name: str | None, email: str | None, account_id: int | None) -> Contact:
    """A contact of the account that is named; of a customer's own where he names none."""
    if name is None:
        raise Required("Name the contact, or who the new one is.", field="contactId")
    account = work.actor.account_id if account_id is None else account_id
    return await people.new_contact(work, name=name, email=email, account_id=account)
