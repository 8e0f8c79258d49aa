"""How the log is ordered, told and read, so that a reader by position misses no late commit.

Ids come from a plain sequence, so a transaction with a lower id may commit after one with a higher. On PostgreSQL each
transaction therefore leaves an in-flight mark, a shared advisory lock on the sequence's present top, just before it
draws its first number (`log_next`, in the migrations). Writers never wait for each other. A reader takes a run of ids
without a gap as it is; at a gap it asks for the horizon, below which nothing is in flight any more. SQLite has one
writer and gives a rolled-back number back, so there the order of ids is the order of commits.
"""

from __future__ import annotations

import asyncio
import contextvars
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tortoise.models import Model
from tortoise.transactions import in_transaction

from gql.enums import Audience
from gql.store.conversation import FeedPost, PortalMessage
from gql.store.log import Entry, LogState
from gql.store.people import User
from gql.store.written import is_on_postgres, point, row_of

MARKS = (
    "l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint >> 16 = 7077 AND l.granted "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""The in-flight marks among pg_locks."""


class LogUnsound(Exception):
    """The database does not keep the promises that the log's order rests on; the desk must not run on it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds back what streams deliver: a transaction that wrote the log and has not ended."""

    pid: int | None
    application: str | None
    state: str | None
    seconds: float
    query: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Entries after a position that nothing can come before any more, and how far that holds."""

    entries: list[Entry]
    upto: int
    more: bool = False
    """Whether reading again at once may give more."""
    in_flight: bool = False
    """Whether something is visible already that has to wait for a transaction in flight."""


async def _value(sql: str) -> Any:
    rows = await Entry._meta.db.execute_query_dict(sql)
    return next(iter(rows[0].values()))


async def top() -> int:
    """The highest id that was ever given out."""
    if is_on_postgres(Entry):
        return int(await _value("SELECT log_top() AS top"))
    return int(await _value("SELECT coalesce(max(id), 0) AS top FROM entry"))


async def horizon() -> int:
    """The position up to which nothing is in flight."""
    return int(await _value("SELECT log_horizon() AS horizon")) if is_on_postgres(Entry) else await top()


async def read_after(position: int, limit: int, *, upto: int = 2**63 - 1) -> list[Entry]:
    """Entries after a position, in order, each with who acted and what was said. Sound only up to a settled position.

    Plain SQL, for it stands between every commit and every stream.
    """
    sql = _reading() if is_on_postgres(Entry) else _reading().replace("$", "?")
    _, rows = await Entry._meta.db.execute_query(sql, [position, upto, limit])
    return [_read(tuple(row)) for row in rows]


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(model._meta.fields_db_projection_reverse)


@cache
def _reading() -> str:
    entry, user = (", ".join(f"{t}.{name}" for name in _columns(model)) for t, model in (("e", Entry), ("u", User)))
    return (
        f"SELECT f.body, p.body, {entry}, {user} FROM entry e "
        "LEFT JOIN feed_post f ON f.id = e.feed_post_id LEFT JOIN portal_message p ON p.id = e.portal_message_id "
        "LEFT JOIN desk_user u ON u.id = e.actor_user_id "
        "WHERE e.id > $1 AND e.id <= $2 ORDER BY e.id LIMIT $3"
    )


def _read(row: tuple[Any, ...]) -> Entry:
    feed_body, portal_body, *columns = row
    entry = row_of(Entry, dict(zip(_columns(Entry), columns, strict=False)))
    if entry.actor_user_id is not None:
        user = columns[len(_columns(Entry)) :]
        point(entry, "actor_user", row_of(User, dict(zip(_columns(User), user, strict=True))))
    if feed_body is not None:
        _say(entry, feed_body)
    if portal_body is not None:
        message = {"id": entry.portal_message_id, "case_id": entry.case_id, "body": portal_body}
        point(entry, "portal_message", row_of(PortalMessage, message))
    return entry


def _say(entry: Entry, body: str) -> None:
    post = row_of(FeedPost, {"id": entry.feed_post_id, "case_id": entry.case_id, "body": body})
    point(entry, "feed_post", post)  # with no more than what stays as it is, or is forgotten when it does not


def as_read(post: Entry) -> Entry:
    """An entry for a post that was just written, as reading it would give it."""
    entry = Entry.__new__(Entry)
    vars(entry).update(vars(post))
    _say(entry, post.feed_post.body)  # type: ignore[union-attr]
    return entry


def forget_what_was_said(entry: Entry) -> None:
    """Makes what was read along with an entry be read again: it says something else by now."""
    for said in ("_feed_post", "_portal_message"):
        entry.__dict__.pop(said, None)


async def settled_after(position: int, limit: int = 40) -> Settled:
    """The next settled entries of the whole log after a settled position; few at once, for requests wait meanwhile."""
    rows = await read_after(position, limit)
    run = 0
    while run < len(rows) and rows[run].id == position + run + 1:
        run += 1
    if run or not rows:  # what has no gap is settled as it is; a gap behind it is looked at in the next read
        return Settled(rows[:run], position + run, more=run < len(rows) or run == limit)
    seen, upto = rows[-1].id, await horizon()
    rows = await read_after(position, limit, upto=upto)
    if len(rows) == limit:
        return Settled(rows, rows[-1].id, more=True)
    return Settled(rows, max(position, upto), in_flight=seen > upto)


async def held_by() -> Holder | None:
    """The oldest transaction in flight that holds the horizon back, if any."""
    if not is_on_postgres(Entry):
        return None
    rows = await Entry._meta.db.execute_query_dict(
        "SELECT l.pid, a.application_name, a.state, "
        "extract(epoch FROM clock_timestamp() - a.xact_start)::float AS seconds, left(a.query, 80) AS query "
        f"FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE {MARKS} "
        "ORDER BY ((l.classid::bigint & 65535) << 32) + l.objid::bigint LIMIT 1"
    )
    if not rows:
        return None
    row = rows[0]
    return Holder(row["pid"], row["application_name"], row["state"], row["seconds"] or 0.0, row["query"])


async def self_test() -> None:
    """Proves on the live database that a number in flight holds the horizon back. Raises LogUnsound."""
    if not is_on_postgres(Entry):
        return
    cache = await _value("SELECT cache_size FROM pg_sequences WHERE sequencename = 'entry_id_seq'")
    if cache != 1:
        raise LogUnsound(f"the sequence entry_id_seq caches {cache} numbers; it must cache 1")
    outside = contextvars.copy_context()  # a task in it asks on a connection of its own
    entry: Entry | None = None
    try:
        async with in_transaction():
            entry = Entry(kind="SelfTest", audience=Audience.STAFF, at=datetime.now(UTC), payload={})
            await entry.save(force_create=True)
            seen = await asyncio.create_task(horizon(), context=outside)
            raise _RollBack
    except _RollBack:
        pass
    if entry is None or seen >= entry.id:
        raise LogUnsound(
            "a number in flight does not hold the log's horizon back: this database's advisory locks or pg_locks "
            "do not work as PostgreSQL's do"
        )


class _RollBack(Exception):
    """Leaves the self-test's transaction without a trace."""


async def fingerprint() -> str:
    """What tells this database from a restored or copied one."""
    if is_on_postgres(Entry):
        return str(
            await _value(
                "SELECT s.system_identifier || '.' || c.timeline_id || '.' || d.oid AS fingerprint "
                "FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d "
                "WHERE d.datname = current_database()"
            )
        )
    path = await _value("SELECT file FROM pragma_database_list WHERE name = 'main'")
    return f"sqlite.{Path(path).stat().st_ino}"


async def current_state(*, restored: bool = False) -> LogState:
    """The log's state, with a new epoch where the database is not the one that the old epoch was drawn on."""
    here = await fingerprint()
    async with in_transaction():
        state = await LogState.filter(id=1).select_for_update().get()
        if restored or state.fingerprint != here:
            state.epoch, state.fingerprint = secrets.token_hex(8), here
            await state.save(update_fields=["epoch", "fingerprint"])
    return state
