"""Posts on cases, several of them written by one statement, each where its case is still as it was read.

Such a statement is a transaction of its own. It locks the cases first and draws the entries' numbers then, so entries
of a case stand in the order of its changes. A case that somebody else has locked is passed over rather than waited for:
a post on one case never waits for what happens to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from tortoise.expressions import RawSQL
from tortoise.models import Model

from gql.store.cases import Case
from gql.store.conversation import FeedPost
from gql.store.log import Entry
from gql.store.written import columns_of

REVISION = RawSQL("xmin")
"""PostgreSQL's own mark of how a row is at present: each change gives it another."""


def as_json(entry: Entry, post: FeedPost, case: Case, revision: int) -> bytes:
    """An entry with its post, for a case that was read at a revision, as `append_posts` takes it."""
    return orjson.dumps({"case_id": case.id, "revision": revision, "post": _columns(post), "entry": _columns(entry)})


async def append_posts(posts: Sequence[bytes]) -> list[tuple[int, int] | None]:
    """Writes posts, on PostgreSQL; answers the keys of each one's entry and post, and None where it was not written."""
    _, rows = await Entry._meta.db.execute_query(_text(), [f"[{b','.join(posts).decode()}]"])
    keys = {place: (entry_id, post_id) for place, entry_id, post_id in rows}
    return [keys.get(place) for place in range(1, len(posts) + 1)]


def wrote(entry: Entry, post: FeedPost, keys: tuple[int, int]) -> None:
    """Puts the keys into the rows that were written."""
    entry_id, post_id = keys
    vars(post).update(id=post_id, _saved_in_db=True)
    vars(entry).update(id=entry_id, feed_post_id=post_id, _saved_in_db=True)


def _columns(row: Model) -> dict[str, Any]:
    """What is not null of a row, as JSON has it."""
    held = vars(row)
    return {column: held[name] for column, (name, _) in columns_of(type(row)).items() if held[name] is not None}


@cache
def _text() -> str:
    case, post, entry = (f'"{model._meta.db_table}"' for model in (Case, FeedPost, Entry))
    of_post = [f'"{column}"' for column in columns_of(FeedPost)]
    of_entry = [f'"{column}"' for column in columns_of(Entry) if column != "feed_post_id"]
    shape = "case_id int, revision bigint, post jsonb, entry jsonb"
    return (
        "WITH held AS ("
        # by their keys one by one, whatever PostgreSQL guesses how many they are
        f"SELECT asked.*, nextval(pg_get_serial_sequence('{post}', 'id')) AS post_id "
        f"FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS ({shape})) "
        "WITH ORDINALITY AS asked (case_id, revision, post, entry, place), "
        f"LATERAL (SELECT 1 FROM {case} c WHERE c.id = asked.case_id AND c.xmin::text::bigint = asked.revision "
        "FOR UPDATE SKIP LOCKED) c"
        "), posts AS ("
        f"INSERT INTO {post} (id, {', '.join(of_post)}) "
        f"SELECT post_id, {', '.join(f'p.{column}' for column in of_post)} "
        f"FROM held, jsonb_populate_record(NULL::{post}, post) p"
        "), entries AS ("
        f"INSERT INTO {entry} (feed_post_id, {', '.join(of_entry)}) "
        f"SELECT post_id, {', '.join(f'e.{column}' for column in of_entry)} "
        f"FROM held, jsonb_populate_record(NULL::{entry}, entry) e ORDER BY place "
        "RETURNING id, feed_post_id"
        ") SELECT place, entries.id, post_id FROM held JOIN entries ON feed_post_id = post_id"
    )
