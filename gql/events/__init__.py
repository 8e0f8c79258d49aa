"""Every fact that can be recorded, one frozen dataclass each, in the file of its noun.

The row an event becomes is the entry of the processing history, the outbox, and the item that a stream delivers.
Names of lookups and employees are kept as they were; contact data never is.
"""

from __future__ import annotations

from gql.events.cases import (
    CaseAssigned,
    CaseChildAdded,
    CaseChildRemoved,
    CaseComplainedAbout,
    CaseEdited,
    CaseEscalated,
    CaseLinked,
    CaseMerged,
    CaseParentChanged,
    CaseRated,
    CaseReclassified,
    CaseRegistered,
    CaseStatusChanged,
    CaseUnlinked,
    RatingRequested,
)
from gql.events.conversation import (
    CallRecorded,
    FeedPostEdited,
    FeedPostLiked,
    FeedPostRemoved,
    PortalMessageEdited,
    PortalMessageHidden,
    PortalMessageRemoved,
    PortalMessageShown,
    PostedToFeed,
    PostedToPortal,
)
from gql.events.customers import (
    AccountAdded,
    AccountChanged,
    ContactAdded,
    ContactChanged,
    ContactErased,
    PortalPasswordReset,
    PortalUserChanged,
    PortalUserDeactivated,
    PortalUserInvited,
)
from gql.events.event import Event
from gql.events.lookups import LookupChanged, SettingChanged
from gql.events.people import (
    LoginChanged,
    NotificationsMarked,
    OutOfOfficeEnded,
    OutOfOfficeSet,
    PasswordReset,
    UserChanged,
    UserDeactivated,
    UserInvited,
    UserReactivated,
)
from gql.events.tasks import TaskAdded, TaskChanged, TaskEnded

EVENTS: dict[str, type[Event]] = {
    event.entry: event
    for event in (
        CaseRegistered,
        CaseEdited,
        CaseStatusChanged,
        CaseAssigned,
        CaseEscalated,
        CaseReclassified,
        CaseParentChanged,
        CaseChildAdded,
        CaseChildRemoved,
        CaseComplainedAbout,
        CaseMerged,
        CaseLinked,
        CaseUnlinked,
        PostedToFeed,
        PostedToPortal,
        TaskAdded,
        TaskChanged,
        TaskEnded,
        CallRecorded,
        CaseRated,
        RatingRequested,
        FeedPostEdited,
        FeedPostRemoved,
        FeedPostLiked,
        PortalMessageEdited,
        PortalMessageRemoved,
        PortalMessageHidden,
        PortalMessageShown,
        LoginChanged,
        UserInvited,
        UserChanged,
        UserDeactivated,
        UserReactivated,
        PasswordReset,
        OutOfOfficeSet,
        OutOfOfficeEnded,
        ContactAdded,
        ContactChanged,
        AccountAdded,
        AccountChanged,
        PortalUserInvited,
        PortalUserChanged,
        PortalUserDeactivated,
        PortalPasswordReset,
        ContactErased,
        NotificationsMarked,
        LookupChanged,
        SettingChanged,
    )
}
"""Every event by the kind that is stored."""
