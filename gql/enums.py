"""Words with a fixed set of meanings, on which code branches."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class CasePriority(IntEnum):
    """How urgent a case is. Fixed in number and order, for the deadlines count on it."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class CaseOrigin(StrEnum):
    """The way a case came in."""

    CALL = "CALL"
    """By phone, or entered by an agent."""
    EMAIL = "EMAIL"
    PORTAL = "PORTAL"
    CHAT = "CHAT"
    WEB = "WEB"
    API = "API"
    """By a program."""


class Role(StrEnum):
    """What a signed-in employee may do; customers have no role here."""

    AGENT = "AGENT"
    SUPERVISOR = "SUPERVISOR"
    ADMINISTRATOR = "ADMINISTRATOR"

    def includes(self, other: Role) -> bool:
        """Roles are cumulative: a supervisor may do all that an agent may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


class Audience(StrEnum):
    """Who may see an entry. Employees see everything."""

    STAFF = "STAFF"
    CUSTOMER = "CUSTOMER"


class HistoryKind(StrEnum):
    """Coarse sorting of entries, as the tabs of a history show them. Calls and tasks will join."""

    FEED_POST = "FEED_POST"
    PORTAL_MESSAGE = "PORTAL_MESSAGE"
    SYSTEM = "SYSTEM"


class NotificationReason(StrEnum):
    """Why someone is told of an entry. In the order in which the first that fits is told."""

    MENTIONED = "MENTIONED"
    ASSIGNED = "ASSIGNED"
    GROUP_ASSIGNED = "GROUP_ASSIGNED"
    CUSTOMER_REPLIED = "CUSTOMER_REPLIED"
    WATCHING = "WATCHING"


class CaseAction(StrEnum):
    """Actions that may or may not be open to the viewer."""

    TAKE = "TAKE"
    ASSIGN = "ASSIGN"
    ESCALATE = "ESCALATE"
    EDIT = "EDIT"
    CHANGE_STATUS = "CHANGE_STATUS"
    RESOLVE = "RESOLVE"
    REOPEN = "REOPEN"
    CANCEL = "CANCEL"
    POST_TO_FEED = "POST_TO_FEED"
    POST_TO_PORTAL = "POST_TO_PORTAL"


class CaseOrderField(StrEnum):
    """What a list of cases can be ordered by. Ties are broken by number."""

    REGISTERED_AT = "REGISTERED_AT"
    CHANGED_AT = "CHANGED_AT"
    PRIORITY = "PRIORITY"


class Direction(StrEnum):
    """Which end of an order comes first."""

    ASC = "ASC"
    DESC = "DESC"
