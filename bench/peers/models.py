"""The naive twin's models: the desk's own tables as they are, and one for the posts of peers."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from gql.store import (
    Account,
    Case,
    CaseCategory,
    CaseStatus,
    ClosureCode,
    Contact,
    EndedToken,
    Entry,
    FeedPost,
    Group,
    Login,
    PortalMessage,
    SupportLine,
    User,
)

__all__ = [
    "Account",
    "Case",
    "CaseCategory",
    "CaseStatus",
    "ClosureCode",
    "Contact",
    "EndedToken",
    "Entry",
    "FeedPost",
    "Group",
    "Login",
    "PeerPost",
    "PortalMessage",
    "SupportLine",
    "User",
]


class PeerPost(Model):
    """A post that a peer wrote: the desk's log is the desk's own."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.IntField()
    at = fields.DatetimeField()
    actor_user_id = fields.IntField()
    body = fields.TextField()

    class Meta:
        table = "peer_post"
