"""Safe to send twice: what came of a `requestId` is remembered in the transaction that did it (R-170)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from gql.actions.unit_of_work import Work
from gql.errors import Invalid
from gql.rules import text
from gql.store.lookups import Lookups
from gql.store.requests import Request
from gql.store.written import insert_new, make

KEPT = timedelta(days=2)


async def before(work: Work, mutation: str, key: str, content: Mapping[str, Any]) -> Request:
    """The request of this key: a new one, to be done now, or with an `object_id` when it was done before.

    Of two that come at once, the second waits for the first. Raises Invalid for other content under the same key.
    """
    text.required(key, text.REQUEST_ID, "requestId", "A request id")
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    names: dict[str, Any] = {"login_id": work.actor.login_id, "mutation": mutation, "key": key}
    request = make(Request, **names, digest=digest, at=work.now)
    if await insert_new(request):
        return request
    known = await Request.get(**names)
    if known.digest != digest:
        raise Invalid("This request id was used with other content.", field="requestId")
    return known


async def old(lookups: Lookups, now: datetime, most: int) -> Sequence[int]:
    """Ids of requests that nobody sends again, at most so many."""
    ids: Any = await Request.filter(at__lt=now - KEPT).limit(most).values_list("id", flat=True)
    return ids  # type: ignore[no-any-return]


async def forget(work: Work, ids: Sequence[int]) -> int:
    """Forgets the requests; how many."""
    return await Request.filter(id__in=ids).delete()
