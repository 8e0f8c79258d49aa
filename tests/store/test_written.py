"""Statements that are written once."""

from __future__ import annotations

from gql.store import Contact, database
from gql.store.written import Written


async def test_a_query_written_once_answers_for_each_key_what_it_would_have_written(database_url: str) -> None:
    of_account = Written(Contact, lambda key: Contact.filter(account_id=key).order_by("-id"))
    async with database.opened(database_url, pool_size=2):
        for key in (1, 2, 3):
            rows = await of_account.rows(key)
            assert [dict(row) for row in rows] == [dict(row) for row in await Contact.filter(account_id=key)]
            assert all(row._saved_in_db for row in rows)
