"""Customers and employees: who asks, who answers, and who acted."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import strawberry
from tortoise.expressions import Q, Subquery

from gql import store
from gql.actions import erasing, people
from gql.actor import Actor as Asking
from gql.api.case_lists import CasePage, narrowed
from gql.api.lookups import Group, SupportLine
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.scalars import Cursor, key, maybe, row_cursor
from gql.engine.declare import Connection, Node, batched, computed, each, form, given, interface, many, node, value
from gql.enums import PortalRole, Role
from gql.store.words import begins_word, sought

if TYPE_CHECKING:
    from gql.api.cases import Case
    from gql.api.out_of_office import OutOfOffice


@interface
class Actor:
    """Someone who acts on a case: an employee, a customer, or the desk itself."""

    name: str
    """Name to show beside what was done."""


@value
class SystemActor(Actor):
    """The desk acting by itself: a deadline, a letter that came in, a rule."""


@value
class Staff(Actor):
    """An employee as customers see one: by name only."""


@value
class OtherContact(Actor):
    """A contact whom the viewer may not see."""


def zone_of(time_zone: str, lookups: store.Lookups) -> str:
    """Somebody's own time zone, else the desk's, else the server's (R-11)."""
    return time_zone or lookups.settings["DefaultTimeZone"] or server_zone()


def server_zone() -> str:
    """The IANA name of the zone that the server is in; UTC where it has none."""
    name = os.environ.get("TZ", "").lstrip(":") or str(Path("/etc/localtime").resolve()).rpartition("zoneinfo/")[2]
    try:
        return ZoneInfo(name).key.replace("Etc/UTC", "UTC")
    except (ValueError, OSError, KeyError):
        return "UTC"


@node(store.User)
class User(Node, Actor):
    """An employee who works at the desk."""

    name: str
    role: Role
    """What the user may do at the desk."""
    email: str | None
    """Address the desk writes to. Null for those who may not see it."""
    time_zone: str = computed(zone_of)
    """IANA name of the time zone the user works in."""
    groups: list[Group] = each("members")
    """Groups the user belongs to. At most 50."""
    support_lines: list[SupportLine] = each("groups__members")
    """Support lines that the user's groups work on. At most 500."""
    active: bool
    """Whether the user can be given cases."""
    out_of_office: Annotated[OutOfOffice, strawberry.lazy("gql.api.out_of_office")] | None
    """The absence that was set last, which may lie ahead or be over. It changes who is told,
    not who may be assigned."""
    cursor: Cursor = computed(row_cursor(store.User))
    """Where the employee stood; give it back as `unlessChangedSince`."""


@value
class PortalUser:
    """A contact's way into the portal."""

    login: str
    """Name to sign in with."""
    role: PortalRole
    """What the contact may do within his organisation."""
    active: bool
    """Whether the contact may sign in."""


async def portal_users(actor: Asking, keys: list[int]) -> list[PortalUser | None]:
    """Staff know of every contact's login, an organisation's administrator of his own people's, others of their own."""
    mine = Q() if actor.is_staff or actor.administers_organisation else Q(contact_id=actor.contact_id)
    logins = {login.contact_id: login for login in await store.Login.filter(mine, contact_id__in=keys)}
    return [
        PortalUser(login=login.name, role=login.portal_role, active=login.active) if login is not None else None
        for login in map(logins.get, keys)
    ]


@node(store.Contact)
class Contact(Node, Actor):
    """A person at a customer."""

    name: str
    email: str | None
    phone: str | None
    account: Annotated[Account, strawberry.lazy("gql.api.people")] | None
    """The account the contact belongs to."""
    portal_user: PortalUser | None = batched(portal_users)
    """How the contact signs in to the portal; null where he does not, and for customers who may not know."""
    erased_at: datetime | None
    """When what was known of the person was blanked."""
    cases: CasePage[Annotated[Case, strawberry.lazy("gql.api.cases")]] = many(
        "contact", where=narrowed, order="-registered_at"
    )
    cursor: Cursor = computed(row_cursor(store.Contact))
    """Where the contact stood; give it back as `unlessChangedSince`."""


@node(store.Account)
class Account(Node):
    """An organisation that is a customer."""

    name: str
    contacts: Connection[Contact] = many("account", order="name_key")
    cases: CasePage[Annotated[Case, strawberry.lazy("gql.api.cases")]] = many(
        "account", where=narrowed, order="-registered_at"
    )
    cursor: Cursor = computed(row_cursor(store.Account))
    """Where the account stood; give it back as `unlessChangedSince`."""


# ---------------------------------------------------------------- conditions


def contacts_matching(actor: Asking, search: str | None = None, account_id: strawberry.ID | None = None) -> Q:
    found = Q()
    for word in sought(search):
        accounts = store.Account.filter(store.Account.visible_to(actor) & begins_word(word, "words"))
        found &= begins_word(word, "words") | Q(account_id__in=Subquery(accounts.values("id")))
    return found if account_id is None else found & Q(account_id=key(store.Account, account_id))


def named(search: str | None = None) -> Q:
    found = Q()
    for word in sought(search):
        found &= begins_word(word, "words")
    return found


def employees_matching(
    search: str | None = None,
    group_id: strawberry.ID | None = None,
    support_line_id: strawberry.ID | None = None,
    include_inactive: bool | None = False,
) -> Q:
    found = named(search) if include_inactive else named(search) & Q(active=True)
    if group_id is not None:
        members = store.Group.filter(id=key(store.Group, group_id), members__id__isnull=False)
        found &= Q(id__in=Subquery(members.values("members__id")))
    if support_line_id is not None:
        line = store.SupportLine.filter(id=key(store.SupportLine, support_line_id), groups__members__id__isnull=False)
        found &= Q(id__in=Subquery(line.values("groups__members__id")))
    return found


# ---------------------------------------------------------------- mutations


@form
class AddContactInput:
    """For addContact."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the contact is added once."""
    name: str
    email: str | None = None
    phone: str | None = None
    account_id: strawberry.ID | None = None


@form
class EditContactInput:
    """For editContact. A field that is left out stays as it is; null takes the value away."""

    contact_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    email: strawberry.Maybe[str | None]
    phone: strawberry.Maybe[str | None]
    account_id: strawberry.Maybe[strawberry.ID | None]
    unless_changed_since: Cursor | None = None
    """Refuse when the contact changed after this."""


@form
class AddAccountInput:
    """For addAccount."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the account is added once."""
    name: str


@form
class EditAccountInput:
    """For editAccount."""

    account_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    unless_changed_since: Cursor | None = None
    """Refuse when the account changed after this."""


@form
class EraseContactInput:
    """For eraseContact."""

    contact_id: strawberry.ID


@value
class ContactPayload(Payload):
    """The contact as it now is, also beside CHANGED; null for other errors."""

    contact: Contact | None


@value
class AccountPayload(Payload):
    """The account as it now is, also beside CHANGED; null for other errors."""

    account: Account | None


@strawberry.type
class PeopleMutations:
    @action
    async def add_contact(self, info: DeskInfo, input: AddContactInput) -> ContactPayload:
        """Adds a contact."""
        contact = await people.add_contact(
            work_of(info),
            name=input.name,
            email=input.email,
            phone=input.phone,
            account_id=key(store.Account, input.account_id),
        )
        return ContactPayload(contact=given(Contact, contact))

    @action
    async def edit_contact(self, info: DeskInfo, input: EditContactInput) -> ContactPayload:
        """Changes a contact. One that moves to another account takes no cases along."""
        contact = await people.edit_contact(
            work_of(info),
            key(store.Contact, input.contact_id),
            name=maybe(input.name),
            email=maybe(input.email),
            phone=maybe(input.phone),
            account_id=maybe(input.account_id, lambda id: key(store.Account, id)),
            unless=info.context.place(input.unless_changed_since),
        )
        return ContactPayload(contact=given(Contact, contact))

    @action
    async def erase_contact(self, info: DeskInfo, input: EraseContactInput) -> ContactPayload:
        """Blanks for good what is known of a contact, and what he wrote; cases and their history stay. For
        administrators."""
        contact = await erasing.erase_contact(work_of(info), key(store.Contact, input.contact_id))
        return ContactPayload(contact=given(Contact, contact))

    @action
    async def add_account(self, info: DeskInfo, input: AddAccountInput) -> AccountPayload:
        """Adds an account."""
        return AccountPayload(account=given(Account, await people.add_account(work_of(info), name=input.name)))

    @action
    async def edit_account(self, info: DeskInfo, input: EditAccountInput) -> AccountPayload:
        """Changes an account."""
        account = await people.edit_account(
            work_of(info),
            key(store.Account, input.account_id),
            name=maybe(input.name),
            unless=info.context.place(input.unless_changed_since),
        )
        return AccountPayload(account=given(Account, account))
