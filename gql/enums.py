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


class Period(StrEnum):
    """The stretch a dashboard counts over, in the time zone of the viewer. A week begins on Monday."""

    TODAY = "TODAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class Role(StrEnum):
    """What a signed-in employee may do; customers have no role here."""

    AGENT = "AGENT"
    SUPERVISOR = "SUPERVISOR"
    ADMINISTRATOR = "ADMINISTRATOR"

    def includes(self, other: Role) -> bool:
        """Roles are cumulative: a supervisor may do all that an agent may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


class PortalRole(StrEnum):
    """What a customer may do on the portal within his organisation, the account that he belongs to."""

    MEMBER = "MEMBER"
    """Sees his own cases."""
    OBSERVER = "OBSERVER"
    """Also sees all cases of his account, and the colleagues they are for."""
    ADMINISTRATOR = "ADMINISTRATOR"
    """Also invites colleagues to the portal, gives them roles and shuts them out."""


class Audience(StrEnum):
    """Who may see an entry. Employees see everything."""

    STAFF = "STAFF"
    CUSTOMER = "CUSTOMER"


class HistoryKind(StrEnum):
    """Coarse sorting of entries, as the tabs of a history show them."""

    FEED_POST = "FEED_POST"
    PORTAL_MESSAGE = "PORTAL_MESSAGE"
    TASK = "TASK"
    CALL = "CALL"
    SYSTEM = "SYSTEM"


class NotificationReason(StrEnum):
    """Why someone is told of an entry. In the order in which the first that fits is told."""

    MENTIONED = "MENTIONED"
    ASSIGNED = "ASSIGNED"
    GROUP_ASSIGNED = "GROUP_ASSIGNED"
    TASK_ASSIGNED = "TASK_ASSIGNED"
    """A colleague made the user the owner of a task."""
    CUSTOMER_REPLIED = "CUSTOMER_REPLIED"
    RATING_REQUESTED = "RATING_REQUESTED"
    """A customer is asked for a grade: `rateCase`."""
    OWN_CASE = "OWN_CASE"
    """A customer's own case came to another status, or the desk wrote to him."""
    WATCHING = "WATCHING"


class NotificationChannel(StrEnum):
    """A way in which a notification reaches a person."""

    IN_APP = "IN_APP"
    """In `viewer.notifications`, and live."""


class CaseAction(StrEnum):
    """Actions that may or may not be open to the viewer."""

    TAKE = "TAKE"
    ASSIGN = "ASSIGN"
    ESCALATE = "ESCALATE"
    RECLASSIFY = "RECLASSIFY"
    EDIT = "EDIT"
    CHANGE_STATUS = "CHANGE_STATUS"
    RESOLVE = "RESOLVE"
    REOPEN = "REOPEN"
    CANCEL = "CANCEL"
    MERGE = "MERGE"
    LINK = "LINK"
    """Links it with other cases, and takes links away."""
    POST_TO_FEED = "POST_TO_FEED"
    POST_TO_PORTAL = "POST_TO_PORTAL"
    ADD_TASK = "ADD_TASK"
    CHANGE_TASK = "CHANGE_TASK"
    """Edits a task of the case, completes it or cancels it."""
    RECORD_CALL = "RECORD_CALL"
    RATE = "RATE"
    """Giving a grade: customers their own cases; an employee who may, in a customer's place."""
    REWRITE = "REWRITE"
    """Edits or removes what one has posted to the feed, and removes what one has posted to the portal."""
    EDIT_MESSAGE = "EDIT_MESSAGE"
    """Edits what one has posted to the portal."""
    HIDE_MESSAGE = "HIDE_MESSAGE"
    """Takes a message off the portal, or puts it back."""
    COMPLAIN = "COMPLAIN"
    """Registers a complaint about the case: the customer, or an employee to whom he complained."""


class CallDirection(StrEnum):
    """Who called."""

    INCOMING = "INCOMING"
    """The customer, or whoever it was, called the desk."""
    OUTGOING = "OUTGOING"


class OpenTasks(StrEnum):
    """What becomes of the tasks that a case leaves open when it is resolved."""

    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    KEEP = "KEEP"


class CaseLinkKind(StrEnum):
    """What one case is to another. Each has another side, which the other case shows."""

    RELATED = "RELATED"
    """Worth knowing; the same from both sides."""
    DUPLICATES = "DUPLICATES"
    DUPLICATED_BY = "DUPLICATED_BY"
    CAUSED_BY = "CAUSED_BY"
    CAUSES = "CAUSES"
    BLOCKED_BY = "BLOCKED_BY"
    """Cannot go on before the other has."""
    BLOCKS = "BLOCKS"
    SPLIT_FROM = "SPLIT_FROM"
    """Registered from something that was said there."""
    SPLIT_INTO = "SPLIT_INTO"

    @property
    def inverse(self) -> CaseLinkKind:
        """The same, seen from the other case."""
        return _OTHER_SIDE.get(self, self)


_PAIRS = {
    CaseLinkKind.DUPLICATES: CaseLinkKind.DUPLICATED_BY,
    CaseLinkKind.CAUSED_BY: CaseLinkKind.CAUSES,
    CaseLinkKind.BLOCKED_BY: CaseLinkKind.BLOCKS,
    CaseLinkKind.SPLIT_FROM: CaseLinkKind.SPLIT_INTO,
}
_OTHER_SIDE = {**_PAIRS, **{other: one for one, other in _PAIRS.items()}}


class TaskStatus(StrEnum):
    """Whether a task is still to be done."""

    OPEN = "OPEN"
    DONE = "DONE"
    CANCELED = "CANCELED"


class Doing(StrEnum):
    """What somebody does at a case at the moment."""

    VIEWING = "VIEWING"
    TYPING = "TYPING"
    """Writes a post, a comment or a message."""
    EDITING = "EDITING"
    """Changes what is written on the case."""


class DeskAction(StrEnum):
    """Actions that are not about one case, and may or may not be open to the viewer."""

    REGISTER_CASE = "REGISTER_CASE"
    SET_PRESENCE = "SET_PRESENCE"
    """Tells colleagues what one does at a case, and sees what they do."""
    ADD_CONTACT = "ADD_CONTACT"
    EDIT_CONTACT = "EDIT_CONTACT"
    ADD_ACCOUNT = "ADD_ACCOUNT"
    EDIT_ACCOUNT = "EDIT_ACCOUNT"
    INVITE_USER = "INVITE_USER"
    EDIT_USER = "EDIT_USER"
    DEACTIVATE_USER = "DEACTIVATE_USER"
    REACTIVATE_USER = "REACTIVATE_USER"
    RESET_PASSWORD = "RESET_PASSWORD"
    INVITE_PORTAL_USER = "INVITE_PORTAL_USER"
    CHANGE_PORTAL_USER = "CHANGE_PORTAL_USER"
    DEACTIVATE_PORTAL_USER = "DEACTIVATE_PORTAL_USER"
    RESET_PORTAL_PASSWORD = "RESET_PORTAL_PASSWORD"
    ERASE_CONTACT = "ERASE_CONTACT"
    SET_OUT_OF_OFFICE = "SET_OUT_OF_OFFICE"
    """One's own absence."""
    SET_OTHERS_OUT_OF_OFFICE = "SET_OTHERS_OUT_OF_OFFICE"
    CHANGE_LOOKUP = "CHANGE_LOOKUP"
    """Adding and changing rows of the desk's lists."""
    CHANGE_SETTING = "CHANGE_SETTING"
    READ_AUDIT_TRAIL = "READ_AUDIT_TRAIL"


class LookupKind(StrEnum):
    """The lists that an administrator keeps."""

    CASE_STATUS = "CASE_STATUS"
    CASE_CATEGORY = "CASE_CATEGORY"
    CLOSURE_CODE = "CLOSURE_CODE"
    SATISFACTION_LEVEL = "SATISFACTION_LEVEL"
    SUPPORT_LINE = "SUPPORT_LINE"
    GROUP = "GROUP"
    """Groups, and who is in them."""
    USER = "USER"
    """Employees, and the groups that they are in: who is in a group changes by these, too."""
    SETTING = "SETTING"


class AuditKind(StrEnum):
    """Coarse sorting of the audit trail. New kinds may join."""

    LOOKUP = "LOOKUP"
    """A row of one of the desk's lists was added or changed."""
    SETTING = "SETTING"
    """A setting of the desk was changed."""
    USER = "USER"
    """An employee was invited, changed, shut out or let in again, or somebody said when he is away."""
    PORTAL_USER = "PORTAL_USER"
    """A contact was let in to the portal, shut out or erased, or has another role there."""
    CUSTOMER = "CUSTOMER"
    """A contact or an account was added or changed."""
    LOGIN = "LOGIN"
    """A login was changed, or ended everywhere."""


class SettingType(StrEnum):
    """What a setting of the desk holds."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    """A whole number."""
    BOOLEAN = "BOOLEAN"
    """`true` or `false`."""
    CHOICE = "CHOICE"
    """One of fixed words."""
    TIME_ZONE = "TIME_ZONE"
    """An IANA name, or nothing."""
    CASE_NUMBER_MASK = "CASE_NUMBER_MASK"
    """Text with one slot for a number, such as `SR{0:00000000}`."""
    CASE_STATUS = "CASE_STATUS"
    """Code of a status in use."""
    CASE_CATEGORY = "CASE_CATEGORY"
    """Code of a category in use."""
    CLOSURE_CODE = "CLOSURE_CODE"
    """A closure code in use."""
    SUPPORT_LINE = "SUPPORT_LINE"
    """Level of a support line."""
    GROUP = "GROUP"
    """Name of a group in use, or nothing."""


class CaseOrderField(StrEnum):
    """What a list of cases can be ordered by. Ties are broken by number."""

    REGISTERED_AT = "REGISTERED_AT"
    CHANGED_AT = "CHANGED_AT"
    PRIORITY = "PRIORITY"


class Direction(StrEnum):
    """Which end of an order comes first."""

    ASC = "ASC"
    DESC = "DESC"
