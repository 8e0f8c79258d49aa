"""Customers: adding and editing contacts and accounts."""

from __future__ import annotations

import re
from typing import Any

from gql.actions.cases import LEFT_OUT
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import Role
from gql.errors import Changed, Forbidden, Invalid, NotFound
from gql.rules import text
from gql.store.people import Account, Contact
from gql.store.words import name_key, searchable


async def add_account(work: Work, *, name: str) -> Account:
    """Adds an account. Raises Forbidden, Required, Limit."""
    _staff_only(work)
    account = Account(name=text.required(name, text.NAME, "name", "A name"))
    _index_account(account)
    await account.save()
    return account


async def edit_account(
    work: Work, account_id: int | None, *, name: str | None = LEFT_OUT, unless: Place | None = None
) -> Account:
    """Changes an account; what is left out stays. Raises Forbidden, Required, NotFound, Changed, Limit."""
    account = await Account.filter(Account.visible_to(work.actor), id=account_id).select_for_update().first()
    if account is None:
        raise NotFound("account", field="accountId")
    _staff_only(work)
    _unless_changed(account, unless)
    before = account.name
    if name is not LEFT_OUT:
        account.name = text.required(name, text.NAME, "name", "A name")
    if account.name != before:
        _index_account(account)
        account.version += 1
        await account.save()
    return account


async def add_contact(
    work: Work, *, name: str, email: str | None = None, phone: str | None = None, account_id: int | None = None
) -> Contact:
    """Adds a contact, of an account where one is named. Raises Forbidden, Required, Invalid, NotFound, Limit."""
    _staff_only(work)
    contact = Contact(name=text.required(name, text.NAME, "name", "A name"))
    await _describe(work, contact, email=email, phone=phone, account_id=account_id)
    await contact.save()
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
    contact = await Contact.filter(Contact.visible_to(work.actor), id=contact_id).select_for_update().first()
    if contact is None:
        raise NotFound("contact", field="contactId")
    _staff_only(work)
    _unless_changed(contact, unless)
    before = contact.name, contact.email, contact.phone, contact.account_id
    if name is not LEFT_OUT:
        contact.name = text.required(name, text.NAME, "name", "A name")
    await _describe(work, contact, email=email, phone=phone, account_id=account_id)
    if (contact.name, contact.email, contact.phone, contact.account_id) != before:
        contact.version += 1
        await contact.save()
    return contact


async def _describe(work: Work, contact: Contact, *, email: Any, phone: Any, account_id: Any) -> None:
    if email is not LEFT_OUT:
        contact.email = _email(text.checked(email, text.NAME, "email"))
    if phone is not LEFT_OUT:
        contact.phone = text.checked(phone, text.NAME, "phone")
    if account_id is not LEFT_OUT:
        account = None if account_id is None else await work.find(Account, account_id, "account", field="accountId")
        contact.account_id = account.id if account else None
    contact.name_key = name_key(contact.name)
    contact.words = searchable(contact.name, contact.email)


def _index_account(account: Account) -> None:
    account.name_key = name_key(account.name)
    account.words = searchable(account.name)


def _email(address: str | None) -> str | None:
    if address is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise Invalid("This is no e-mail address.", field="email")
    return address


def _staff_only(work: Work) -> None:
    if not work.actor.may(Role.AGENT):
        raise Forbidden("A customer may not do this.")


def _unless_changed(row: Account | Contact, unless: Place | None) -> None:
    if unless is not None and not unless.version:
        raise Invalid("Give back the cursor that was read with it.", field="unlessChangedSince")
    if unless is not None and unless.version != row.version:
        raise Changed("Someone changed it since you read it.", field="unlessChangedSince")
