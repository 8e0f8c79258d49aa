"""Safe to send twice: what came of a `requestId` is remembered in the transaction that did it (R-170)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

from gql.actions.unit_of_work import Work
from gql.errors import Invalid
from gql.rules import text
from gql.store.requests import Request

KEPT = timedelta(days=2)


async def before(work: Work, mutation: str, key: str, content: Mapping[str, Any]) -> Request:
    """The request of this key: a new one, to be done now, or with an `object_id` when it was done before.

    Of two that come at once, the second waits for the first. Raises Invalid for other content under the same key.
    """
    text.required(key, text.REQUEST_ID, "requestId", "A request id")
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    names: dict[str, Any] = {"login_id": work.actor.login_id, "mutation": mutation, "key": key}
    known = await Request.filter(**names).first()
    if known is None:
        try:
            async with in_transaction():  # a savepoint: losing the race must not end the unit of work
                return await Request.create(**names, digest=digest, at=work.now)
        except IntegrityError:
            known = await Request.filter(**names).get()
    if known.digest != digest:
        raise Invalid("This request id was used with other content.", field="requestId")
    return known


async def done(work: Work, request: Request, came_of_it: Model) -> None:
    """Remembers what came of it, and forgets what is old."""
    work.remember(request, came_of_it)
    await Request.filter(at__lt=work.now - KEPT).delete()
