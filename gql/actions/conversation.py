"""What is said about a case: posts to the feed, messages on the portal."""

from __future__ import annotations

from collections.abc import Sequence

from gql.actions.cases import bring_back
from gql.actions.unit_of_work import Work
from gql.enums import CaseAction
from gql.errors import Limit, NotFound
from gql.events import PostedToFeed, PostedToPortal
from gql.rules import lifecycle, text
from gql.store.conversation import FeedPost, PortalMessage
from gql.store.log import Entry
from gql.store.people import User
from gql.store.words import searchable

MOST_MENTIONS = 50


async def post_to_feed(work: Work, case_id: int | None, *, body: str, mention_ids: Sequence[int] = ()) -> Entry:
    """Posts for colleagues; those who are mentioned are told (R-66). Raises Required, NotFound, Limit, Forbidden."""
    case = await work.case(case_id, CaseAction.POST_TO_FEED)
    written = text.required(body, text.BODY, "body", "A text")
    if len(mention_ids) > MOST_MENTIONS:
        raise Limit(f"At most {MOST_MENTIONS} colleagues are mentioned in a post.", field="mentionIds")
    mentioned = await User.filter(User.visible_to(work.actor), id__in=set(mention_ids)) if mention_ids else []
    if len(mentioned) < len(set(mention_ids)):
        raise NotFound("employee", field="mentionIds")
    post = await FeedPost.create(case_id=case.id, body=written, words=searchable(written))
    if mentioned:
        await post.mentions.add(*mentioned)
    return work.record(case, PostedToFeed(), said=post, mentioned=[user.id for user in mentioned if user.active])


async def post_to_portal(work: Work, case_id: int | None, *, body: str) -> Entry:
    """Writes to the customer, or as the customer to the desk; the customer's word reopens (R-68, R-70, R-95, R-96).

    Raises Required, NotFound, NotNow, Limit.
    """
    case = await work.case(case_id, CaseAction.POST_TO_PORTAL)
    written = text.required(body, text.BODY, "body", "A text")
    message = await PortalMessage.create(case_id=case.id, body=written, words=searchable(written))
    entry = work.record(case, PostedToPortal(), said=message)
    if not work.actor.is_staff and lifecycle.reopens(work.status(case)):
        await bring_back(work, case)
    return entry
