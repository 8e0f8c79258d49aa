"""What becomes of employees, of logins, and of what they are told."""

from __future__ import annotations

from dataclasses import dataclass

from gql.enums import AuditKind, LookupKind
from gql.events.event import Change, Event, Named


@dataclass(frozen=True, slots=True)
class LoginChanged(Event):
    """A login was ended everywhere, or what it may do was changed; running streams ask again."""

    entry = "LoginChanged"
    of_case = False
    audited = AuditKind.LOGIN
    login_id: int

    def summary(self) -> str:
        return "The login changed."


@dataclass(frozen=True, slots=True)
class NotificationsMarked(Event):
    """Somebody read notifications, or put some back to read later; counts of what is unread are told anew."""

    entry = "NotificationsMarked"
    of_case = False

    def summary(self) -> str:
        return "Notifications were read."


@dataclass(frozen=True, slots=True)
class UserInvited(Event):
    """An employee got a login, with a token to set a password by."""

    entry = "UserInvited"
    of_case = False
    audited = AuditKind.USER
    user: Named
    changes: tuple[Change, ...]
    """What was given, each with nothing before it."""
    lookup: str = LookupKind.USER.value
    """The list that it changed."""

    def summary(self) -> str:
        return f"{self.user.name} was invited."


@dataclass(frozen=True, slots=True)
class UserChanged(Event):
    """Name, address, role, time zone or groups of an employee were changed."""

    entry = "UserChanged"
    of_case = False
    audited = AuditKind.USER
    user: Named
    changes: tuple[Change, ...]
    lookup: str = LookupKind.USER.value
    """The list that it changed."""

    def summary(self) -> str:
        return f"{self.user.name} was changed: {', '.join(change.field for change in self.changes)}."


@dataclass(frozen=True, slots=True)
class UserDeactivated(Event):
    """An employee was shut out, and his open cases went back to their groups."""

    entry = "UserDeactivated"
    of_case = False
    audited = AuditKind.USER
    user: Named
    released: int
    """How many cases went back."""
    lookup: str = LookupKind.USER.value
    """The list that it changed."""

    def summary(self) -> str:
        return f"{self.user.name} was deactivated, and {self.released} open cases went back to their groups."


@dataclass(frozen=True, slots=True)
class UserReactivated(Event):
    """An employee may come in again."""

    entry = "UserReactivated"
    of_case = False
    audited = AuditKind.USER
    user: Named
    lookup: str = LookupKind.USER.value
    """The list that it changed."""

    def summary(self) -> str:
        return f"{self.user.name} was reactivated."


@dataclass(frozen=True, slots=True)
class PasswordReset(Event):
    """An employee's password was taken away, for a token to set another by."""

    entry = "PasswordReset"
    of_case = False
    audited = AuditKind.USER
    user: Named

    def summary(self) -> str:
        return f"The password of {self.user.name} was reset."


@dataclass(frozen=True, slots=True)
class OutOfOfficeSet(Event):
    """An employee is away, or will be, by their own word or a supervisor's."""

    entry = "OutOfOfficeSet"
    of_case = False
    audited = AuditKind.USER
    user: Named
    changes: tuple[Change, ...]
    """When, and who stands in, by name; before it, what was set until then."""

    def summary(self) -> str:
        return f"Out of office was set for {self.user.name}."


@dataclass(frozen=True, slots=True)
class OutOfOfficeEnded(Event):
    """An employee is away no more, or will not be after all."""

    entry = "OutOfOfficeEnded"
    of_case = False
    audited = AuditKind.USER
    user: Named
    changes: tuple[Change, ...]
    """What was set until then, each with nothing after it."""

    def summary(self) -> str:
        return f"Out of office was ended for {self.user.name}."
