"""What is said about a case: posts in the feed, for colleagues, and messages on the portal, for the customer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from gql import store
from gql.actions import conversation
from gql.actor import Actor as Asking
from gql.api.history import HistoryEntry
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import User
from gql.api.scalars import Cursor, key, keys, maybe
from gql.engine.declare import (
    Connection,
    Node,
    always,
    at_hand,
    batched,
    column,
    computed,
    each,
    form,
    given,
    many,
    node,
    payload,
    related,
    value,
)
from gql.enums import Audience
from gql.errors import Invalid, Limit
from gql.rules import conversation as rules
from gql.store.cases import employees_who_see
from gql.store.words import begins_word, sought

# ---------------------------------------------------------------- what is said


def comments_only() -> Q:
    return Q(kind="FeedPost")


async def liked_by_viewer(actor: Asking, keys: list[int]) -> list[bool]:
    liked = store.Entry.filter(id__in=keys, likes=actor.user_id or 0)
    found: set[Any] = set(await liked.values_list("id", flat=True))
    return [key in found for key in keys]


def may_rewrite(actor_user_id: int | None, actor: Asking) -> bool:
    return rules.may_rewrite(actor_user_id, actor)


@node(store.Entry, kind="FeedPost")
class FeedPost(HistoryEntry):
    """An internal post in the case feed, or a comment on one."""

    body: str = column("feed_post.body")
    """Markdown; empty once it was removed."""
    mentions: list[User] = each("mentioned_in", of="feed_post_id")
    """Colleagues named in `mentionIds`, who were told. At most 50."""
    parent: Annotated[FeedPost, strawberry.lazy("gql.api.conversation")] | None = related("about")
    """The post that this is a comment on."""
    comments: Connection[Annotated[FeedPost, strawberry.lazy("gql.api.conversation")]] = many(
        "about", where=comments_only, order="id"
    )
    """Comments on the post, oldest first. They are entries of the history too."""
    likes: Connection[User] = many("liked", order="name_key")
    """Colleagues who like it."""
    like_count: int = column("feed_post.like_count")
    viewer_likes: bool = batched(liked_by_viewer)
    viewer_may_rewrite: bool = computed(may_rewrite)
    """Whether the viewer may edit and remove it."""
    edited_at: datetime | None = column("feed_post.edited_at")
    """When it was last edited; null when it never was."""
    removed_at: datetime | None = column("feed_post.removed_at")
    """When its text was taken away; null while it is there."""


@node(store.Entry, kind="PortalMessage")
class PortalMessage(HistoryEntry):
    """A message on the customer portal, from the desk or from the customer."""

    body: str = column("portal_message.body")
    """Markdown; empty once it was removed."""
    audience: Audience = column("portal_message.audience")
    """Who sees it at present: STAFF while it is hidden."""
    viewer_may_rewrite: bool = computed(may_rewrite)
    """Whether the viewer may remove it, and edit it while `viewerActions` of the case have EDIT_MESSAGE."""
    edited_at: datetime | None = column("portal_message.edited_at")
    """When it was last edited; null when it never was."""
    removed_at: datetime | None = column("portal_message.removed_at")
    """When its text was taken away; null while it is there."""


# ---------------------------------------------------------------- what became of it


@node(store.FormerText)
class FormerText(Node):
    """What a post or a message said before it was edited or removed."""

    body: str


@node(store.Entry, kind="FeedPostEdited")
class FeedPostEdited(HistoryEntry):
    """What a post says was changed."""

    post: FeedPost = always("about")
    """The post as it is now."""
    former: FormerText | None
    """What it said before. For administrators only."""


@node(store.Entry, kind="FeedPostRemoved")
class FeedPostRemoved(HistoryEntry):
    """The text of a post was taken away."""

    post: FeedPost = always("about")
    """What is left of the post."""
    former: FormerText | None
    """What it said before. For administrators only."""


@node(store.Entry, kind="FeedPostLiked")
class FeedPostLiked(HistoryEntry):
    """A colleague likes a post, or does so no more."""

    post: FeedPost = always("about")
    liked: bool = payload("liked")
    """False for a like that was taken back."""


@node(store.Entry, kind="PortalMessageEdited")
class PortalMessageEdited(HistoryEntry):
    """What a message on the portal says was changed."""

    message: PortalMessage | None = related("about")
    """The message as it is now; null for customers when it has been hidden."""
    former: FormerText | None
    """What it said before. For administrators only."""


@node(store.Entry, kind="PortalMessageRemoved")
class PortalMessageRemoved(HistoryEntry):
    """The text of a message on the portal was taken away."""

    message: PortalMessage | None = related("about")
    """What is left of the message; null for customers when it has been hidden."""
    former: FormerText | None
    """What it said before. For administrators only."""


def message_id(about_id: int | None) -> strawberry.ID:
    return strawberry.ID(f"Entry_{about_id}")


@node(store.Entry, kind="PortalMessageHidden")
class PortalMessageHidden(HistoryEntry):
    """A message was taken off the portal: it is for staff alone, and customers who have it are to forget it."""

    message: PortalMessage | None = related("about")
    """The message as it is now; null for customers while it is hidden."""
    message_id: strawberry.ID = computed(message_id)
    """Which message that is, also for those who see it no more."""


@node(store.Entry, kind="PortalMessageShown")
class PortalMessageShown(HistoryEntry):
    """A message that was hidden is on the portal again, at its old place in the history."""

    message: PortalMessage | None = related("about")
    """The message as it is now; null for customers when it was hidden again."""
    message_id: strawberry.ID = computed(message_id)
    """Which message that is, also for those who see it no more."""


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


@form
class CommentOnPostInput:
    """For commentOnPost."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, it is posted once."""
    post_id: strawberry.ID
    """A post; for a comment, the comment stands beside that one."""
    body: str
    """Markdown, up to 50,000 characters."""
    mention_ids: list[strawberry.ID] | None = None
    """Colleagues to tell, who see the case. At most 50."""


@form
class LikePostInput:
    """For likePost."""

    post_id: strawberry.ID
    """A post or a comment."""
    like: bool
    """False takes a like back."""


@form
class EditPostInput:
    """For editPost."""

    post_id: strawberry.ID
    """A post or a comment."""
    body: str
    """Markdown, up to 50,000 characters."""
    mention_ids: strawberry.Maybe[list[strawberry.ID] | None]
    """Colleagues who see the case; those who were not mentioned before are told. Left out, they stay. At most 50."""
    unless_changed_since: Cursor | None = None
    """Refuse when the post was edited or removed after this: the cursor of the post, or of its last edit, or the
    viewer's that was read with it."""


@form
class RemovePostInput:
    """For removePost."""

    post_id: strawberry.ID
    """A post or a comment."""


@form
class EditMessageInput:
    """For editMessage."""

    message_id: strawberry.ID
    body: str
    """Markdown, up to 50,000 characters."""
    unless_changed_since: Cursor | None = None
    """Refuse when the message was edited or removed after this: the cursor of the message, or of its last edit, or the
    viewer's that was read with it."""


@form
class RemoveMessageInput:
    """For removeMessage."""

    message_id: strawberry.ID


@form
class HideMessageInput:
    """For hideMessage."""

    message_id: strawberry.ID


@form
class ShowMessageInput:
    """For showMessage."""

    message_id: strawberry.ID


MOST_SUGGESTED = 50


async def mention_suggestions(
    info: DeskInfo, case_id: strawberry.ID, search: str | None = None, first: int = 10
) -> list[User]:
    """Colleagues to mention: those who have to do with the case, then the others, each by name."""
    actor, words = info.context.actor, sought(search)
    if first < 0:
        raise Invalid("A number of suggestions is not negative.", field="first")
    if first > MOST_SUGGESTED:
        raise Limit(f"At most {MOST_SUGGESTED} colleagues are suggested at once.", field="first")
    case = await store.Case.filter(store.Case.visible_to(actor), id=key(store.Case, case_id)).first()
    if case is None or not actor.is_staff:
        return []
    own_groups = info.context.lookups.settings["AgentSight"] == "OWN_GROUPS"
    fitting = store.User.filter(employees_who_see(case, own_groups=own_groups), ~Q(id=actor.user_id or 0), active=True)
    for word in words:
        fitting = fitting.filter(begins_word(word, "words"))
    acted = store.Entry.filter(thread_id=case.thread_id or case.id, actor_user_id__isnull=False).values("actor_user_id")
    members = store.User.filter(groups=case.assignee_group_id or 0).values("id")
    concerned = Q(id=case.assignee_id or 0) | Q(id__in=Subquery(members)) | Q(id__in=Subquery(acted))
    found = await fitting.filter(concerned).order_by("name_key", "id").limit(first)
    if len(found) < first:
        found += await fitting.filter(~concerned).order_by("name_key", "id").limit(first - len(found))
    return [given(User, user) for user in found]


EDITED = "The entry that tells of the edit; its cursor is good for the next one. Null when nothing was edited."


@value
class FeedPostPayload(Payload):
    """The post as it now is, also beside CHANGED; null for other errors."""

    feed_post: FeedPost | None
    edited: FeedPostEdited | None = strawberry.field(default=None, description=EDITED)


@value
class PortalMessagePayload(Payload):
    """The message as it now is, also beside CHANGED; null for other errors."""

    portal_message: PortalMessage | None
    edited: PortalMessageEdited | None = strawberry.field(default=None, description=EDITED)


@strawberry.type
class ConversationMutations:
    @action(is_brief=lambda input: not input.mention_ids and input.request_id is None)
    async def post_to_feed(self, info: DeskInfo, input: PostToFeedInput) -> FeedPostPayload:
        """Posts to the case feed, for colleagues only."""
        entry = await conversation.post_to_feed(
            work_of(info),
            key(store.Case, input.case_id),
            body=input.body,
            mention_ids=keys(store.User, input.mention_ids),
        )
        return FeedPostPayload(feed_post=at_hand(FeedPost, entry))

    @action
    async def comment_on_post(self, info: DeskInfo, input: CommentOnPostInput) -> FeedPostPayload:
        """Comments on a post, for colleagues only."""
        entry = await conversation.comment_on_post(
            work_of(info),
            key(store.Entry, input.post_id),
            body=input.body,
            mention_ids=keys(store.User, input.mention_ids),
        )
        return FeedPostPayload(feed_post=at_hand(FeedPost, entry))

    @action
    async def like_post(self, info: DeskInfo, input: LikePostInput) -> FeedPostPayload:
        """Likes a post, or takes that back."""
        entry = await conversation.like_post(work_of(info), key(store.Entry, input.post_id), like=input.like)
        return FeedPostPayload(feed_post=given(FeedPost, entry))

    @action
    async def edit_post(self, info: DeskInfo, input: EditPostInput) -> FeedPostPayload:
        """Changes what a post says. Authors may edit their own, administrators any; what it said before is kept."""
        mentioned = maybe(input.mention_ids, lambda ids: keys(store.User, ids))
        entry, edited = await conversation.edit_post(
            work_of(info),
            key(store.Entry, input.post_id),
            body=input.body,
            mention_ids=mentioned,
            unless=info.context.place(input.unless_changed_since),
        )
        return FeedPostPayload(feed_post=given(FeedPost, entry), edited=given(FeedPostEdited, edited))

    @action
    async def remove_post(self, info: DeskInfo, input: RemovePostInput) -> FeedPostPayload:
        """Takes away what a post says. Authors may remove their own, administrators any; the entry stays."""
        entry = await conversation.remove_post(work_of(info), key(store.Entry, input.post_id))
        return FeedPostPayload(feed_post=given(FeedPost, entry))

    @action
    async def edit_message(self, info: DeskInfo, input: EditMessageInput) -> PortalMessagePayload:
        """Changes what a message says, until the end of the case. Authors may edit their own, administrators any; what
        it said before is kept."""
        entry, edited = await conversation.edit_message(
            work_of(info),
            key(store.Entry, input.message_id),
            body=input.body,
            unless=info.context.place(input.unless_changed_since),
        )
        told = given(PortalMessageEdited, edited)
        return PortalMessagePayload(portal_message=given(PortalMessage, entry), edited=told)

    @action
    async def remove_message(self, info: DeskInfo, input: RemoveMessageInput) -> PortalMessagePayload:
        """Takes away what a message says. Authors may remove their own, administrators any; the entry stays."""
        entry = await conversation.remove_message(work_of(info), key(store.Entry, input.message_id))
        return PortalMessagePayload(portal_message=given(PortalMessage, entry))

    @action
    async def hide_message(self, info: DeskInfo, input: HideMessageInput) -> PortalMessagePayload:
        """Takes a message off the portal, so that staff alone see it; the customer is told that it is gone."""
        entry = await conversation.hide_message(work_of(info), key(store.Entry, input.message_id))
        return PortalMessagePayload(portal_message=given(PortalMessage, entry))

    @action
    async def show_message(self, info: DeskInfo, input: ShowMessageInput) -> PortalMessagePayload:
        """Puts a message that was hidden back on the portal."""
        entry = await conversation.show_message(work_of(info), key(store.Entry, input.message_id))
        return PortalMessagePayload(portal_message=given(PortalMessage, entry))

    @action
    async def post_to_portal(self, info: DeskInfo, input: PostToPortalInput) -> PortalMessagePayload:
        """Posts to the customer portal, where the customer reads and answers."""
        entry = await conversation.post_to_portal(work_of(info), key(store.Case, input.case_id), body=input.body)
        return PortalMessagePayload(portal_message=at_hand(PortalMessage, entry))
