"""Conditions of lists are written once for all values of their arguments, and find each value's own rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import strawberry

from gql import store
from gql.actor import Actor
from gql.api.case_lists import CaseFilter, listed
from gql.api.cases import CaseKey, keyed
from gql.api.people import contacts_matching
from gql.engine.conditions import MOST_AT_ONCE, MOST_VALUES, Condition
from gql.engine.plan import Texts
from gql.engine.sql import Env, Statement, where
from gql.enums import CasePriority, Role
from gql.errors import Limit
from gql.store import database

AGENT = Actor(1, Role.AGENT, 1)


class Given:
    """What a condition's function may ask for."""

    def __init__(self, lookups: store.Lookups) -> None:
        self.actor, self.lookups = AGENT, lookups
        self.rebuilt = Counter[str]()


@pytest.fixture
async def given(database_url: str) -> AsyncIterator[Given]:
    async with database.opened(database_url, pool_size=2):
        yield Given(await store.Lookups.read())


def condition(function: Callable[..., Any], model: Any, given: Given) -> Condition:
    client = model._meta.db
    return Condition(function, model, client.query_class.SQL_CONTEXT, AGENT, given.lookups, given.rebuilt)


async def ids(made: Condition, model: Any, given: Given, **arguments: Any) -> list[int]:
    """The rows that a condition lets through."""
    client = model._meta.db
    sql = made.of(arguments, given)
    text = f'SELECT id FROM "{model._meta.db_table}" t0 '
    found = where(sql)
    statement = Statement(type(found)(text + found.text, found.values), client.capabilities.dialect == "postgres")
    _, rows = await client.execute_query(statement.text, statement.values(Env(AGENT, arguments)))
    return sorted(row[0] for row in rows)


async def test_a_filter_by_an_id_is_written_once_and_finds_each_ids_rows(given: Given) -> None:
    made = condition(contacts_matching, store.Contact, given)
    accounts = await store.Account.all()
    for account in accounts:
        mine = await store.Contact.filter(account_id=account.id).values_list("id", flat=True)
        assert await ids(made, store.Contact, given, account_id=f"Account_{account.id}") == sorted(mine)  # type: ignore[type-var]
    for none in ("Account_999", "Contact_1", "no id at all", "Account_0", "Account_99999999999999999999"):
        assert await ids(made, store.Contact, given, account_id=none) == []

    assert len(accounts) > 1
    assert not given.rebuilt


async def test_a_search_is_written_anew_for_each_text_and_finds_its_rows(given: Given) -> None:
    made = condition(contacts_matching, store.Contact, given)
    for name, words in (("Vera Lindqvist", "vera"), ("Paul Okafor", "okafor paul"), ("Nils Free", "NILS")):
        contact = await store.Contact.get(name=name)
        assert await ids(made, store.Contact, given, search=words) == [contact.id]
    assert await ids(made, store.Contact, given, search="nobody") == []

    assert given.rebuilt == {"contacts_matching": 4}


async def test_lists_of_other_lengths_and_other_enums_are_other_texts(given: Given) -> None:
    made = condition(listed, store.Case, given)
    filters = [
        CaseFilter(),
        CaseFilter(assignee_ids=[]),
        CaseFilter(assignee_ids=[strawberry.ID("User_1")]),
        CaseFilter(assignee_ids=[strawberry.ID("User_1"), strawberry.ID("User_2")]),
        CaseFilter(priorities=[CasePriority.HIGH]),
        CaseFilter(priorities=[CasePriority.LOW]),
        CaseFilter(unassigned=True),
        CaseFilter(unassigned=False),
        None,
    ]
    texts = [made.of({"filter": filter}, given).text for filter in filters]

    assert len(set(texts)) == len(texts) - 1, "two priorities differ in their value alone"
    assert made.of({"filter": CaseFilter(assignee_ids=[strawberry.ID("User_7")])}, given).text == texts[2]
    assert not given.rebuilt


async def test_a_case_is_found_by_each_number_though_its_condition_looks_at_it(given: Given) -> None:
    made = condition(keyed, store.Case, given)
    by_number = [made.of({"by": CaseKey(number=number)}, given) for number in ("SR1", "SR2", "x" * 9_999)]

    assert [[find(Env(AGENT, {})) for find in sql.values] for sql in by_number] == [["SR1"], ["SR2"], []]
    assert given.rebuilt == {"keyed": 3}


async def test_a_statement_is_kept_where_it_serves_other_requests_too(given: Given) -> None:
    made, texts = condition(contacts_matching, store.Contact, given), Texts(postgres=False)

    def statement(**arguments: Any) -> Statement:
        sql = made.of(arguments, given)
        return texts.of(sql, (), lambda: sql)

    assert statement(account_id="Account_1") is statement(account_id="Account_2")
    assert statement() is statement()
    assert statement(search="vera") is not statement(search="vera")
    assert len(texts._kept) == 2


def assigned_to(count: int) -> dict[str, Any]:
    return {"filter": CaseFilter(assignee_ids=[strawberry.ID("User_1")] * count)}


async def test_what_is_kept_of_a_condition_is_bounded(given: Given) -> None:
    made, most = condition(listed, store.Case, given), 0
    for length in range(MOST_AT_ONCE + 1):
        made.of(assigned_to(length), given)
        most = max(most, sum(len(sql.values) for sql in made._kept.values() if sql is not None))

    assert most <= MOST_VALUES < sum(range(MOST_AT_ONCE + 1))
    made.of(assigned_to(7), given)
    made.of(assigned_to(7), given)
    assert 0 < given.rebuilt["listed"] < 15, "only the longest, which have other values too"


async def test_nothing_is_kept_of_what_has_very_many_values(given: Given) -> None:
    made = condition(listed, store.Case, given)
    assert len(made.of(assigned_to(400), given).values) > 400
    with pytest.raises(Limit, match="At most 500 ids"):
        made.of(assigned_to(100_000), given)
    assert made._kept == {}
