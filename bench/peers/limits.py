"""The limits: rows to dicts to bytes by hand, with nothing of GraphQL left, and the same bytes again and again.

A bare ASGI application, run by `bench.serve` with BENCH_DATABASE_URL and BENCH_SECRET in the environment. It answers by
the name of the operation, at /constant with the bytes of the first answer.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import orjson

from gql.enums import CasePriority
from gql.tokens import Tokens

Viewer = tuple[int, list[int]]
"""The employee who asks, and the groups whose cases he sees."""

tokens = Tokens(os.environ["BENCH_SECRET"], minutes=720)
pool: Any = None
statuses: dict[int, str] = {}
priorities = {priority.value: priority.name for priority in CasePriority}
constant: dict[str, bytes] = {}
known: dict[bytes, tuple[float, Viewer]] = {}
"""Viewers by their header, and since when."""

VIEWER = """
SELECT l.user_id, array(SELECT group_id FROM group_member m WHERE m.user_id = l.user_id)
FROM login l JOIN desk_user u ON u.id = l.user_id
WHERE l.id = $1 AND l.generation = $2 AND l.active AND u.active
    AND NOT EXISTS (SELECT FROM ended_token t WHERE t.token = $3)"""
SEEN = "(c.assignee_id = $1 OR c.assignee_group_id IS NULL OR c.assignee_group_id = ANY($2::int[]))"
OPEN = "NOT (c.status_id = ANY($3::int[]))"
PAGE = f"""
SELECT c.id, c.number, c.subject, c.priority, c.registered_at, c.status_id, k.id, k.name, ka.id, ka.name,
    a.id, a.name, u.id, u.name
FROM desk_case c LEFT JOIN contact k ON k.id = c.contact_id LEFT JOIN account ka ON ka.id = k.account_id
    LEFT JOIN account a ON a.id = c.account_id LEFT JOIN desk_user u ON u.id = c.assignee_id
WHERE {SEEN} AND {OPEN} ORDER BY c.registered_at DESC, c.id DESC LIMIT $4"""
ONE_CASE = f"SELECT c.id, c.number, c.subject, c.status_id FROM desk_case c WHERE {SEEN} AND c.id = $3"
HISTORY = """
SELECT e.id, e.kind, e.at, u.id, u.name, k.id, k.name, p.body, m.body, e.payload
FROM entry e LEFT JOIN desk_user u ON u.id = e.actor_user_id LEFT JOIN contact k ON k.id = e.actor_contact_id
    LEFT JOIN feed_post p ON p.id = e.feed_post_id LEFT JOIN portal_message m ON m.id = e.portal_message_id
WHERE e.case_id = $1 ORDER BY e.id DESC LIMIT $2"""
CONTACTS = f"""
SELECT k.id, k.name, c.id, c.number, c.subject, c.status_id
FROM (SELECT id, name, name_key FROM contact ORDER BY name_key, id LIMIT 20) k LEFT JOIN LATERAL (
    SELECT * FROM desk_case c WHERE c.contact_id = k.id AND {SEEN} ORDER BY c.registered_at DESC, c.id DESC LIMIT $3
) c ON true
ORDER BY k.name_key, k.id, c.registered_at DESC, c.id DESC"""
POST = f"""
INSERT INTO peer_post (case_id, at, actor_user_id, body)
SELECT c.id, $4, $1, $5 FROM desk_case c WHERE {SEEN} AND c.id = $3
RETURNING id, at, body, (SELECT name FROM desk_user WHERE id = $1)"""


async def let_in(scope: Any) -> Viewer:
    """Finds out who asks: the token is read, and its login looked up with the groups, in one statement.

    As in the desk, a viewer who is known is asked about again after a second.
    """
    header = next(value for name, value in scope["headers"] if name == b"authorization")
    since, viewer = known.get(header, (0.0, None))
    if viewer is None or time.monotonic() - since > 1:
        token = tokens.read(header.decode().removeprefix("Bearer "), datetime.now(UTC))
        user_id, groups = await pool.fetchrow(VIEWER, token.login_id, token.generation, token.id)
        viewer = user_id, groups
        known[header] = time.monotonic(), viewer
    return viewer


def named(kind: str, id: int | None, name: str) -> Any:
    return None if id is None else {"id": f"{kind}_{id}", "name": name}


async def page(viewer: Viewer, given: dict[str, Any]) -> Any:
    first = given["first"]
    rows = await pool.fetch(PAGE, *viewer, final, first + 1)
    nodes = [
        {
            "id": f"Case_{id}",
            "number": number,
            "subject": subject,
            "priority": priorities[priority],
            "registeredAt": at,
            "status": {"name": statuses[status]},
            "contact": None
            if contact is None
            else {"id": f"Contact_{contact}", "name": name, "account": named("Account", of, of_name)},
            "account": named("Account", account, account_name),
            "assignee": named("User", user, by),
        }
        for (
            id, number, subject, priority, at, status, contact, name, of, of_name, account, account_name, user, by
        ) in rows[:first]
    ]  # fmt: skip
    cursor = base64.urlsafe_b64encode(orjson.dumps([rows[-1][4], rows[-1][0]])).decode()
    return {"cases": {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > first, "endCursor": cursor}}}


def entry(row: Any) -> dict[str, Any]:
    id, kind, at, user, user_name, contact, contact_name, post, message, payload = row
    if user is not None:
        actor = {"__typename": "User", "name": user_name, "id": f"User_{user}"}
    elif contact is not None:
        actor = {"__typename": "Contact", "name": contact_name, "id": f"Contact_{contact}"}
    else:
        actor = {"__typename": "SystemActor", "name": "Desk"}
    told = {"__typename": kind, "id": f"Entry_{id}", "at": at, "actor": actor}
    if kind == "FeedPost":
        told["body"] = post
    elif kind == "PortalMessage":
        told["body"] = message
    elif kind == "CaseStatusChanged":
        changed = orjson.loads(payload)
        told["from"] = {"name": statuses[changed["from"]["id"]]}
        told["to"] = {"name": statuses[changed["to"]["id"]]}
    return told


async def one_case(viewer: Viewer, given: dict[str, Any]) -> Any:
    key = int(given["id"].removeprefix("Case_"))
    async with pool.acquire() as connection:
        id, number, subject, status = await connection.fetchrow(ONE_CASE, *viewer, key)
        rows = await connection.fetch(HISTORY, key, 21)
    return {
        "case": {
            "id": f"Case_{id}",
            "number": number,
            "subject": subject,
            "status": {"name": statuses[status]},
            "history": {"nodes": [entry(row) for row in rows[19::-1]], "pageInfo": {"hasPreviousPage": len(rows) > 20}},
        }
    }


async def contacts(viewer: Viewer, given: dict[str, Any]) -> Any:
    first, nodes, last = given["first"], [], None
    for contact, name, id, number, subject, status in await pool.fetch(CONTACTS, *viewer, first + 1):
        if contact != last:
            cases: list[Any] = []
            info = {"hasNextPage": False}
            nodes.append({"id": f"Contact_{contact}", "name": name, "cases": {"nodes": cases, "pageInfo": info}})
            last = contact
        if len(cases) == first:
            info["hasNextPage"] = True
        elif id is not None:
            cases.append(
                {"id": f"Case_{id}", "number": number, "subject": subject, "status": {"name": statuses[status]}}
            )
    return {"contacts": {"nodes": nodes}}


async def viewer_only(viewer: Viewer, given: dict[str, Any]) -> Any:
    return {"viewer": {"user": {"id": f"User_{viewer[0]}"}}}


async def post(viewer: Viewer, given: dict[str, Any]) -> Any:
    key = int(given["id"].removeprefix("Case_"))
    id, at, body, name = await pool.fetchrow(POST, *viewer, key, datetime.now(UTC), given["body"])
    told = {"id": f"Entry_{id}", "at": at, "body": body, "actor": {"name": name}}
    return {"postToFeed": {"feedPost": told, "errors": []}}


ANSWERS: dict[str, Callable[[Viewer, dict[str, Any]], Awaitable[Any]]] = {
    "Page": page,
    "OneCase": one_case,
    "Contacts": contacts,
    "Viewer": viewer_only,
    "Post": post,
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    message = await receive()
    body = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    sent = orjson.loads(body)
    viewer = await let_in(scope)
    name = sent["operationName"]
    told = constant.get(name) if scope["path"] == "/constant" else None
    if told is None:
        answer = {"data": await ANSWERS[name](viewer, sent["variables"])}
        told = constant[name] = orjson.dumps(answer, option=orjson.OPT_UTC_Z)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(told))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})


async def live(receive: Any, send: Any) -> None:
    """Opens the database, and reads the lists that the desk holds in memory too."""
    global pool, final
    await receive()
    pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=10, max_size=10)
    rows = await pool.fetch("SELECT id, name, is_final FROM case_status")
    statuses.update((row[0], row[1]) for row in rows)
    final = [row[0] for row in rows if row[2]]
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


final: list[int] = []
