"""How contact and account of a case belong together: the contact decides the account, the account filters contacts."""

from __future__ import annotations

from typing import Protocol

from gql.errors import Invalid, Required


class Person(Protocol):
    """A contact, as far as these rules look at one."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> int | None: ...


def registered_for(contact: Person | None, account_id: int | None) -> tuple[int | None, int | None]:
    """Contact and account of a new case: the contact's account, unless it has none (R-1, R-2).

    Raises Required when neither is given and Invalid when the two do not fit.
    """
    if contact is None and account_id is None:
        raise Required("Name a contact or an account.", field="contactId")
    return _paired(contact, account_id)


def edited_to(
    *,
    contact: Person | None,
    contact_given: bool,
    account_id: int | None,
    account_given: bool,
) -> tuple[int | None, int | None]:
    """Contact and account after an edit, from what the case would have if nothing depended on anything (R-2, R-3).

    A contact that is given sets the account; an account given alone clears a contact of another account. Raises as
    `registered_for` does.
    """
    if contact is None and account_id is None:
        raise Required("A case needs a contact or an account.", field="contactId" if contact_given else "accountId")
    if contact_given and contact is not None:
        return _paired(contact, account_id if account_given else None if contact.account_id else account_id)
    if account_given and contact is not None and contact.account_id not in (None, account_id):
        if account_id is None:
            raise Required("The contact has an account, so the case has it too.", field="accountId")
        return None, account_id
    return (contact.id if contact else None), account_id


def _paired(contact: Person | None, account_id: int | None) -> tuple[int | None, int | None]:
    if contact is None:
        return None, account_id
    if contact.account_id is None:
        return contact.id, account_id
    if account_id not in (None, contact.account_id):
        raise Invalid("The contact belongs to another account.", field="accountId")
    return contact.id, contact.account_id
