"""Statements that are written once."""

from __future__ import annotations

from gql.store import Account, Contact, database
from gql.store.written import Written, insert


async def test_a_query_written_once_answers_for_each_key_what_it_would_have_written(database_url: str) -> None:
    of_account = Written(Contact, lambda key: Contact.filter(account_id=key).order_by("-id"))
    async with database.opened(database_url, pool_size=2):
        for key in (1, 2, 3):
            rows = await of_account.rows(key)
            assert [dict(row) for row in rows] == [dict(row) for row in await Contact.filter(account_id=key)]
            assert all(row._saved_in_db for row in rows)


async def test_a_query_is_written_once_for_each_form_of_it(database_url: str) -> None:
    named = Written(Contact, lambda column, key: Contact.filter(**{column: key}))
    async with database.opened(database_url, pool_size=2):
        for column in ("account_id", "id", "account_id"):
            rows = await named.rows(1, form=column)
            assert [row.pk for row in rows] == [row.pk for row in await Contact.filter(**{column: 1})]


async def test_a_row_is_inserted_with_a_new_one_that_it_points_to(database_url: str) -> None:
    async with database.opened(database_url, pool_size=2):
        account, contact = Account(name="New", name_key="new"), Contact(name="Nora", name_key="nora")
        await insert(contact, account=account)
        assert contact.account_id == account.pk
        assert dict(await Contact.get(id=contact.pk)) == dict(contact)
        assert dict(await Account.get(id=account.pk)) == dict(account)
        contact.name = "Nora Nilsen"
        await contact.save()  # it is known to be in the database
        assert await Contact.filter(name="Nora Nilsen").count() == 1
