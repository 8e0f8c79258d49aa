"""How many SQL statements a request costs: as many as it has kinds of rows, whatever the size of the page."""

from __future__ import annotations

import pytest

from tests.running import Desk, Statements

PAGE = """query($first: Int!) { cases(filter: {}, first: $first) { nodes {
  number subject registeredAt status { name } contact { name } account { name } assignee { name } } } }"""
CASE = """query($id: ID!) { case(by: {id: $id}) { number subject history(last: 20) { nodes {
  __typename at summary actor { __typename name } ... on FeedPost { body } ... on PortalMessage { body } } } } }"""


async def counted(desk: Desk, login: str, query: str, **variables: object) -> int:
    """The statements of one request, but for the token's check, which is made once a second."""
    with Statements.counted() as statements:
        await desk.run(login, query, **variables)
    # neither is the tail's own look at the log
    return len([sql for sql in statements.seen if "FROM entry e" not in sql and 'FROM "login"' not in sql])


async def test_a_page_of_cases_costs_one_statement_beside_the_tokens_check_whatever_its_size(desk: Desk) -> None:
    for n in range(110):
        group = desk.ids["group Second line"] if n % 5 == 0 else None
        assignee = desk.ids[("anna", "ben", "cleo")[n % 3]] if n % 4 else None
        customer = desk.ids["vera" if n % 2 else "paul"]
        await desk.register(contactId=customer, assigneeId=assignee, assigneeGroupId=group)
    counts = {first: await counted(desk, "anna", PAGE, first=first) for first in (10, 50, 100)}
    print(f"\na page of cases with status, contact, account and assignee: {counts} statements")
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_a_case_with_its_20_newest_entries_costs_two_statements(desk: Desk, login: str) -> None:
    ids, case = desk.ids, await desk.register("vera")
    for n in range(6):
        for writer, mutation in (("anna", "postToFeed"), ("ben", "postToPortal"), ("vera", "postToPortal")):
            await desk.done(writer, mutation, caseId=case["id"], body=f"Line {n}")
    await desk.done("anna", "takeCase", caseId=case["id"])
    await desk.done("dora", "editCase", caseId=case["id"], subject="Another subject")
    await desk.done("cleo", "escalateCase", caseId=case["id"], supportLineId=ids["line 2"], assigneeId=ids["ben"])
    await desk.done("ben", "changeCaseStatus", caseId=case["id"], statusId=ids["WAITING"])
    count = await counted(desk, login, CASE, id=case["id"])
    seen = (await desk.run(login, CASE, id=case["id"]))["case"]["history"]["nodes"]
    print(f"\na case with its {len(seen)} newest entries, their actors and bodies, for {login}: {count} statements")
    assert len({entry["__typename"] for entry in seen}) == (6 if login == "anna" else 4)
    assert count == 2
