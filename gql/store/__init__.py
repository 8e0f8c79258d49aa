"""Keeps: the desk's tables, and who may see which row."""

from gql.store.audit import AuditEntry
from gql.store.calls import Call
from gql.store.cases import Case, CaseWatch, is_seen
from gql.store.conversation import FeedPost, FormerText, PortalMessage
from gql.store.jobs import Job
from gql.store.joining import CaseLink
from gql.store.log import Entry, LogState, Notification
from gql.store.lookups import (
    CaseCategory,
    CaseCounter,
    CaseStatus,
    ClosureCode,
    Lookups,
    SatisfactionLevel,
    SupportLine,
)
from gql.store.people import Account, Contact, EndedToken, Group, Login, OutOfOffice, User
from gql.store.requests import Request
from gql.store.settings import DESK_SETTINGS, DeskSetting
from gql.store.tasks import Task

__all__ = [
    "DESK_SETTINGS",
    "Account",
    "AuditEntry",
    "Call",
    "Case",
    "CaseCategory",
    "CaseCounter",
    "CaseLink",
    "CaseStatus",
    "CaseWatch",
    "ClosureCode",
    "Contact",
    "DeskSetting",
    "EndedToken",
    "Entry",
    "FeedPost",
    "FormerText",
    "Group",
    "Job",
    "LogState",
    "Login",
    "Lookups",
    "Notification",
    "OutOfOffice",
    "PortalMessage",
    "Request",
    "SatisfactionLevel",
    "SupportLine",
    "Task",
    "User",
    "is_seen",
]
