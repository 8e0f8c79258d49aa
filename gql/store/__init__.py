"""Keeps: the desk's tables, and who may see which row."""

from gql.store.cases import Case, CaseWatch
from gql.store.conversation import FeedPost, PortalMessage
from gql.store.log import Entry, LogState, Notification
from gql.store.lookups import (
    CaseCategory,
    CaseCounter,
    CaseStatus,
    ClosureCode,
    DeskSetting,
    Lookups,
    SupportLine,
)
from gql.store.people import Account, Contact, EndedToken, Group, Login, User
from gql.store.requests import Request

__all__ = [
    "Account",
    "Case",
    "CaseCategory",
    "CaseCounter",
    "CaseStatus",
    "CaseWatch",
    "ClosureCode",
    "Contact",
    "DeskSetting",
    "EndedToken",
    "Entry",
    "FeedPost",
    "Group",
    "LogState",
    "Login",
    "Lookups",
    "Notification",
    "PortalMessage",
    "Request",
    "SupportLine",
    "User",
]
