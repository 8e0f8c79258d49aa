"""Customers: adding and editing contacts and accounts."""

from __future__ import annotations

from typing import Any

from gql.actions import logins
from gql.actions.edits import LEFT_OUT, unless_changed
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import DeskAction
from gql.errors import NotFound, NotNow
from gql.events.customers import AccountAdded, AccountChanged, ContactAdded, ContactChanged
from gql.events.event import Change
from gql.rules import text
from gql.store.people import Account, Contact
from gql.store.phones import phone_key
from gql.store.words import name_key, searchable
from gql.store.written import update_all

CONTACTS_AT_ONCE = 500
"""Read and written together where something is done to all of them."""


async def add_account(work: Work, *, name: str) -> Account:
    """Adds an account. Raises Forbidden, Required, Limit."""
    work.may(DeskAction.ADD_ACCOUNT)
    account = Account(name=text.required(name, text.NAME, "name", "A name"))
    _index_account(account)
    await account.save()
    work.record_elsewhere(AccountAdded(account.id))
    return account


async def edit_account(
    work: Work, account_id: int | None, *, name: str | None = LEFT_OUT, unless: Place | None = None
) -> Account:
    """Changes an account; what is left out stays. Raises Forbidden, Required, NotFound, Changed, Limit."""
    account = await Account.filter(Account.visible_to(work.actor), id=account_id).select_for_update().first()
    if account is None:
        raise NotFound("account", field="accountId")
    work.may(DeskAction.EDIT_ACCOUNT)
    unless_changed(account, unless)
    before = account.name
    if name is not LEFT_OUT:
        account.name = text.required(name, text.NAME, "name", "A name")
    if account.name != before:
        _index_account(account)
        account.version += 1
        await account.save()
        work.record_elsewhere(AccountChanged(account.id, (Change("name", None, None),)))
    return account


async def add_contact(
    work: Work, *, name: str, email: str | None = None, phone: str | None = None, account_id: int | None = None
) -> Contact:
    """Adds a contact, of an account where one is named. Raises Forbidden, Required, Invalid, NotFound, Limit."""
    work.may(DeskAction.ADD_CONTACT)
    return await new_contact(work, name=name, email=email, phone=phone, account_id=account_id)


async def new_contact(
    work: Work, *, name: str, email: str | None = None, phone: str | None = None, account_id: int | None = None
) -> Contact:
    """The same, for an action that asked already whether it may. Raises Required, Invalid, NotFound, Limit."""
    contact = Contact(name=text.required(name, text.NAME, "name", "A name"))
    await _describe(work, contact, email=email, phone=phone, account_id=account_id)
    await contact.save()
    work.record_elsewhere(ContactAdded(contact.id))
    return contact


async def edit_contact(
    work: Work,
    contact_id: int | None,
    *,
    name: str | None = LEFT_OUT,
    email: str | None = LEFT_OUT,
    phone: str | None = LEFT_OUT,
    account_id: int | None = LEFT_OUT,
    unless: Place | None = None,
) -> Contact:
    """Changes a contact; what is left out stays, null clears. One that moves to another account takes no cases along.

    Raises Forbidden, Required, Invalid, NotFound, Changed, Limit.
    """
    named = Contact.filter(Contact.visible_to(work.actor), id=contact_id).select_for_update(no_key=True)
    contact = await named.first()
    if contact is None:
        raise NotFound("contact", field="contactId")
    work.may(DeskAction.EDIT_CONTACT)
    if contact.erased_at is not None:
        raise NotNow("The contact was erased.", field="contactId")
    unless_changed(contact, unless)
    before, account = _known(contact), contact.account_id
    if name is not LEFT_OUT:
        contact.name = text.required(name, text.NAME, "name", "A name")
    await _describe(work, contact, email=email, phone=phone, account_id=account_id)
    changed = [field for field, value in _known(contact).items() if value != before[field]]
    if changed:
        contact.version += 1
        await contact.save()
        work.record_elsewhere(ContactChanged(contact.id, tuple(Change(field, None, None) for field in changed)))
        if contact.account_id != account:
            await logins.moved(work, contact.id)
    return contact


async def compare_phones(region: str) -> None:
    """Makes anew what every contact's number is found by, when numbers that name no country are of another region."""
    last = 0
    while some := await Contact.filter(id__gt=last).order_by("id").limit(CONTACTS_AT_ONCE).select_for_update():
        last = some[-1].id
        found_by = {contact.id: phone_key(contact.phone, region) for contact in some}
        others = [contact for contact in some if contact.phone_key != found_by[contact.id]]
        for contact in others:
            contact.phone_key = found_by[contact.id]
        if others:
            await update_all(others, ["phone_key"])


async def _describe(work: Work, contact: Contact, *, email: Any, phone: Any, account_id: Any) -> None:
    if email is not LEFT_OUT:
        contact.email = text.email(email, "email")
    if phone is not LEFT_OUT:
        contact.phone = text.checked(phone, text.NAME, "phone")
        contact.phone_key = phone_key(contact.phone, work.lookups.settings["DefaultPhoneRegion"])
    if account_id is not LEFT_OUT:
        account = None if account_id is None else await work.find(Account, account_id, "account", field="accountId")
        contact.account_id = account.id if account else None
    contact.name_key = name_key(contact.name)
    contact.words = searchable(contact.name, contact.email)


def _known(contact: Contact) -> dict[str, Any]:
    """What an edit may change."""
    return {"name": contact.name, "email": contact.email, "phone": contact.phone, "account": contact.account_id}


def _index_account(account: Account) -> None:
    account.name_key = name_key(account.name)
    account.words = searchable(account.name)
