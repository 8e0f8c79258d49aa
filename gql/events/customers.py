"""What becomes of contacts and accounts, and of their ways into the portal."""

from __future__ import annotations

from dataclasses import dataclass

from gql.enums import AuditKind
from gql.events.event import Change, Event


@dataclass(frozen=True, slots=True)
class ContactAdded(Event):
    """A contact became known."""

    entry = "ContactAdded"
    of_case = False
    audited = AuditKind.CUSTOMER
    contact_id: int

    def summary(self) -> str:
        return f"Contact {self.contact_id} was added."


@dataclass(frozen=True, slots=True)
class ContactChanged(Event):
    """What is known of a contact was changed."""

    entry = "ContactChanged"
    of_case = False
    audited = AuditKind.CUSTOMER
    contact_id: int
    changes: tuple[Change, ...]

    def summary(self) -> str:
        return f"Contact {self.contact_id} was changed: {', '.join(change.field for change in self.changes)}."


@dataclass(frozen=True, slots=True)
class AccountAdded(Event):
    """An account became known."""

    entry = "AccountAdded"
    of_case = False
    audited = AuditKind.CUSTOMER
    account_id: int

    def summary(self) -> str:
        return f"Account {self.account_id} was added."


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """What is known of an account was changed."""

    entry = "AccountChanged"
    of_case = False
    audited = AuditKind.CUSTOMER
    account_id: int
    changes: tuple[Change, ...]

    def summary(self) -> str:
        return f"Account {self.account_id} was changed: {', '.join(change.field for change in self.changes)}."


@dataclass(frozen=True, slots=True)
class PortalUserInvited(Event):
    """A contact got a login for the portal, with a token to set a password by."""

    entry = "PortalUserInvited"
    of_case = False
    audited = AuditKind.PORTAL_USER
    contact_id: int
    changes: tuple[Change, ...]

    def summary(self) -> str:
        return f"Contact {self.contact_id} was invited to the portal."


@dataclass(frozen=True, slots=True)
class PortalUserChanged(Event):
    """A contact has another role in his organisation."""

    entry = "PortalUserChanged"
    of_case = False
    audited = AuditKind.PORTAL_USER
    contact_id: int
    changes: tuple[Change, ...]

    def summary(self) -> str:
        return f"Contact {self.contact_id} has another role on the portal."


@dataclass(frozen=True, slots=True)
class PortalUserDeactivated(Event):
    """A contact was shut out of the portal."""

    entry = "PortalUserDeactivated"
    of_case = False
    audited = AuditKind.PORTAL_USER
    contact_id: int

    def summary(self) -> str:
        return f"Contact {self.contact_id} was shut out of the portal."


@dataclass(frozen=True, slots=True)
class PortalPasswordReset(Event):
    """A contact's password was taken away, for a token to set another by."""

    entry = "PortalPasswordReset"
    of_case = False
    audited = AuditKind.PORTAL_USER
    contact_id: int

    def summary(self) -> str:
        return f"The portal password of contact {self.contact_id} was reset."


@dataclass(frozen=True, slots=True)
class ContactErased(Event):
    """What was known of a contact and what he wrote was blanked."""

    entry = "ContactErased"
    of_case = False
    audited = AuditKind.PORTAL_USER
    contact_id: int

    def summary(self) -> str:
        return f"Contact {self.contact_id} was erased."
