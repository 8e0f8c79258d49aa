"""What is said about a case: posts and comments in the feed, messages on the portal, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gql.actions.edits import LEFT_OUT
from gql.actions.lifecycle import bring_back
from gql.actions.naming import must_see
from gql.actions.unit_of_work import Work
from gql.cursor import NOWHERE, Place
from gql.enums import Audience, CaseAction
from gql.errors import Changed, Limit, NotFound
from gql.events.conversation import (
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
from gql.rules import lifecycle, text
from gql.rules.conversation import can_be_mentioned, must_be_there, rewrite
from gql.store.cases import Case
from gql.store.conversation import FeedPost, FormerText, PortalMessage
from gql.store.log import Entry
from gql.store.people import User
from gql.store.words import searchable
from gql.store.written import make

MOST_MENTIONS = 50
REWRITING = tuple(e.entry for e in (FeedPostEdited, FeedPostRemoved, PortalMessageEdited, PortalMessageRemoved))
"""Kinds of entries that tell of words that are no longer what they were."""


# ---------------------------------------------------------------- the feed


async def post_to_feed(work: Work, case_id: int | None, *, body: str, mention_ids: Sequence[int] = ()) -> Entry:
    """Posts for colleagues; those who are mentioned are told (R-66).

    Raises Required, Invalid, NotFound, Limit, Forbidden.
    """
    case, reached = await work.addressed(case_id, CaseAction.POST_TO_FEED)
    return await _posted(work, case, reached, body, mention_ids, about=None)


async def comment_on_post(work: Work, post_id: int | None, *, body: str, mention_ids: Sequence[int] = ()) -> Entry:
    """Posts below a post; a comment on a comment goes below the same post (R-67).

    Raises Required, Invalid, NotFound, NotNow, Limit.
    """
    entry = await _entry_of_post(work, post_id)
    case, reached = await work.addressed(entry.case_id, CaseAction.POST_TO_FEED)
    must_be_there((await FeedPost.get(id=entry.feed_post_id)).removed_at, "post")
    top = await Entry.get(id=entry.about_id) if entry.about_id is not None else entry
    return await _posted(work, case, reached, body, mention_ids, about=top)


async def _posted(
    work: Work, case: Case, reached: Case, body: str, mention_ids: Sequence[int], *, about: Entry | None
) -> Entry:
    written = text.required(body, text.BODY, "body", "A text")
    mentioned = await _mentioned(work, case, mention_ids)
    post = make(FeedPost, case_id=case.id, body=written, words=searchable(written))
    if mentioned:
        await post.save()
        await post.mentions.add(*mentioned)
    return work.record(reached, PostedToFeed(), said=post, about=about, mentioned=[user.id for user in mentioned])


async def _mentioned(work: Work, case: Case, ids: Sequence[int], before: Collection[int] = ()) -> list[User]:
    """The colleagues who are mentioned; whoever was so before stays, whatever has become of him (R-66).

    Raises NotFound, also for those who do not see the case, Invalid for those who are not active, and Limit.
    """
    if len(ids) > MOST_MENTIONS:
        raise Limit(f"At most {MOST_MENTIONS} colleagues are mentioned in a post.", field="mentionIds")
    if not ids:
        return []
    found = await User.filter(User.visible_to(work.actor), id__in=set(ids)).order_by("id")
    if len(found) < len(set(ids)):
        raise NotFound("employee", field="mentionIds")
    anew = [user for user in found if user.id not in before]
    for user in anew:
        can_be_mentioned(user.active, user.name)
    await must_see(work, case, anew, "mentionIds")
    return found


async def edit_post(
    work: Work,
    post_id: int | None,
    *,
    body: str,
    mention_ids: Sequence[int] = LEFT_OUT,
    unless: Place | None = None,
) -> tuple[Entry, Entry | None]:
    """Changes what a post says; of those who are mentioned, the ones who were not before are told (R-66, R-71).

    Answers the post, and the entry that tells of the edit where there was any. Raises Required, Invalid, NotFound,
    Forbidden, NotNow, Limit, and Changed when it was edited or removed after `unless` (R-171).
    """
    case, entry, post = await _post(work, post_id, CaseAction.REWRITE)
    rewrite(entry.actor_user_id, work.actor)
    await _unless_rewritten(entry, unless)
    must_be_there(post.removed_at, "post")
    written = text.required(body, text.BODY, "body", "A text")
    before: set[int] = set(await User.filter(mentioned_in=post.id).values_list("id", flat=True))  # type: ignore[arg-type]
    mentioned = before
    told: list[int] = []
    if mention_ids is not LEFT_OUT:
        users = await _mentioned(work, case, mention_ids, before)
        mentioned = {user.id for user in users}
        told = [user.id for user in users if user.id not in before]
    if (written, mentioned) == (post.body, before):
        return entry, None
    former = await FormerText.create(feed_post_id=post.id, body=post.body)
    if mentioned != before:
        await post.mentions.clear()
        if mentioned:
            await post.mentions.add(*users)
    await _rewritten(work, post, written)
    return entry, work.record(case, FeedPostEdited(), about=entry, former=former, mentioned=told)


async def remove_post(work: Work, post_id: int | None) -> Entry:
    """Takes away what a post says, and whom it mentions; that it was there stays (R-71).

    Raises NotFound, Forbidden.
    """
    case, entry, post = await _post(work, post_id, CaseAction.REWRITE)
    rewrite(entry.actor_user_id, work.actor)
    if post.removed_at is None:
        former = await FormerText.create(feed_post_id=post.id, body=post.body)
        await post.mentions.clear()
        await _taken_away(work, post)
        work.record(case, FeedPostRemoved(), about=entry, former=former)
    return entry


async def like_post(work: Work, post_id: int | None, *, like: bool) -> Entry:
    """Likes a post or a comment, or takes that back; what is so already is left (R-67). Raises NotFound, NotNow."""
    case, entry, post = await _post(work, post_id, CaseAction.POST_TO_FEED)
    must_be_there(post.removed_at, "post")
    me = await User.get(id=work.actor.user_id)
    if await Entry.filter(id=entry.id, likes=me.id).exists() != like:
        await (entry.likes.add(me) if like else entry.likes.remove(me))
        post.like_count += 1 if like else -1
        await post.save(update_fields=["like_count"])
        work.record(case, FeedPostLiked(like), about=entry)
    return entry


async def _post(work: Work, id: int | None, action: CaseAction) -> tuple[Case, Entry, FeedPost]:
    """A post with its entry and its case, which is locked. Raises NotFound, Forbidden."""
    entry = await _entry_of_post(work, id)
    return await work.case(entry.case_id, action), entry, await FeedPost.get(id=entry.feed_post_id)


async def _entry_of_post(work: Work, id: int | None) -> Entry:
    entry = await work.find(Entry, id, "post", field="postId")
    if entry.feed_post_id is None:
        raise NotFound("post", field="postId")
    return entry


# ---------------------------------------------------------------- the portal


async def post_to_portal(work: Work, case_id: int | None, *, body: str) -> Entry:
    """Writes to the customer, or as the customer to the desk; the customer's word reopens (R-68, R-70, R-95, R-96).

    Raises Required, NotFound, NotNow, Limit.
    """
    case, reached = await work.addressed(case_id, CaseAction.POST_TO_PORTAL)
    written = text.required(body, text.BODY, "body", "A text")
    message = make(PortalMessage, case_id=case.id, body=written, words=searchable(written))
    entry = work.record(reached, PostedToPortal(), said=message)
    if not work.actor.is_staff and lifecycle.reopens(work.status(reached)):
        await bring_back(work, reached)
    return entry


async def edit_message(
    work: Work, message_id: int | None, *, body: str, unless: Place | None = None
) -> tuple[Entry, Entry | None]:
    """Changes what a message says, until the end of the case (R-70, R-71); answers and raises what `edit_post` does."""
    case, entry, message = await _message(work, message_id, CaseAction.EDIT_MESSAGE)
    rewrite(entry.actor_user_id, work.actor)
    await _unless_rewritten(entry, unless)
    must_be_there(message.removed_at, "message")
    written = text.required(body, text.BODY, "body", "A text")
    if written == message.body:
        return entry, None
    former = await FormerText.create(portal_message_id=message.id, body=message.body)
    await _rewritten(work, message, written)
    return entry, work.record(case, PortalMessageEdited(), said=message, about=entry, former=former)


async def remove_message(work: Work, message_id: int | None) -> Entry:
    """Takes away what a message says; that it was there stays (R-71). Raises NotFound, Forbidden."""
    case, entry, message = await _message(work, message_id, CaseAction.REWRITE)
    rewrite(entry.actor_user_id, work.actor)
    if message.removed_at is None:
        former = await FormerText.create(portal_message_id=message.id, body=message.body)
        await _taken_away(work, message)
        work.record(case, PortalMessageRemoved(), said=message, about=entry, former=former)
    return entry


async def hide_message(work: Work, message_id: int | None) -> Entry:
    """Takes a message off the portal, so that staff alone see it; the customer is told (R-173).

    Raises NotFound, Forbidden.
    """
    case, entry, message = await _message(work, message_id, CaseAction.HIDE_MESSAGE)
    if message.audience is Audience.CUSTOMER:
        await _shown_to(message, Audience.STAFF)
        work.record(case, PortalMessageHidden(), about=entry)
    return entry


async def show_message(work: Work, message_id: int | None) -> Entry:
    """Puts a message that was hidden back on the portal (R-173). Raises NotFound, Forbidden."""
    case, entry, message = await _message(work, message_id, CaseAction.HIDE_MESSAGE)
    if message.audience is Audience.STAFF:
        await _shown_to(message, Audience.CUSTOMER)
        work.record(case, PortalMessageShown(), about=entry)
    return entry


async def _message(work: Work, id: int | None, action: CaseAction) -> tuple[Case, Entry, PortalMessage]:
    """A message with its entry and its case, which is locked. Raises NotFound, Forbidden."""
    entry = await work.find(Entry, id, "message", field="messageId")
    if entry.kind != PostedToPortal.entry or entry.portal_message_id is None:
        raise NotFound("message", field="messageId")
    return await work.case(entry.case_id, action), entry, await PortalMessage.get(id=entry.portal_message_id)


async def _shown_to(message: PortalMessage, audience: Audience) -> None:
    message.audience = audience
    await message.save(update_fields=["audience"])


# ---------------------------------------------------------------- both


async def _unless_rewritten(entry: Entry, unless: Place | None) -> None:
    """Raises Changed for what was edited or removed after a place in the log. Its case is locked."""
    if unless is None:
        return
    later = Entry.filter(about_id=entry.id, kind__in=REWRITING, id__gt=unless.position)
    if unless == NOWHERE or await later.exists():
        raise Changed("Someone changed it since you read it.", field="unlessChangedSince", now=entry)


async def _rewritten(work: Work, said: FeedPost | PortalMessage, body: str) -> None:
    said.body, said.words, said.edited_at = body, searchable(body), work.now
    await said.save(update_fields=["body", "words", "edited_at"])


async def _taken_away(work: Work, said: FeedPost | PortalMessage) -> None:
    said.body, said.words, said.removed_at = "", "", work.now
    await said.save(update_fields=["body", "words", "removed_at"])
