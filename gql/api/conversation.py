"""Posting to the feed, for colleagues, and to the portal, for the customer and back."""

from __future__ import annotations

import strawberry

from gql import store
from gql.actions import conversation
from gql.api.history import FeedPost, PortalMessage
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.scalars import key, keys
from gql.engine.declare import form, given, value


@form
class PostToFeedInput:
    """For postToFeed."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, it is posted once."""
    case_id: strawberry.ID
    body: str
    """Markdown, up to 50,000 characters."""
    mention_ids: list[strawberry.ID] | None = None
    """Colleagues to tell. At most 50."""


@form
class PostToPortalInput:
    """For postToPortal."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, it is posted once."""
    case_id: strawberry.ID
    body: str
    """Markdown, up to 50,000 characters."""


@value
class FeedPostPayload(Payload):
    """The post as it was published."""

    feed_post: FeedPost | None


@value
class PortalMessagePayload(Payload):
    """The message as it was published."""

    portal_message: PortalMessage | None


@strawberry.type
class ConversationMutations:
    @action
    async def post_to_feed(self, info: DeskInfo, input: PostToFeedInput) -> FeedPostPayload:
        """Posts to the case feed, for colleagues only."""
        entry = await conversation.post_to_feed(
            work_of(info),
            key(store.Case, input.case_id),
            body=input.body,
            mention_ids=keys(store.User, input.mention_ids),
        )
        return FeedPostPayload(feed_post=given(FeedPost, entry))

    @action
    async def post_to_portal(self, info: DeskInfo, input: PostToPortalInput) -> PortalMessagePayload:
        """Posts to the customer portal, where the customer reads and answers."""
        entry = await conversation.post_to_portal(work_of(info), key(store.Case, input.case_id), body=input.body)
        return PortalMessagePayload(portal_message=given(PortalMessage, entry))
