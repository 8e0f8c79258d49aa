"""How many SQL statements a request costs: as many as it has kinds of rows, whatever the size of the page."""

from __future__ import annotations

import pytest

from tests.running import Desk, Statements

PAGE = """query($first: Int!) { cases(filter: {}, first: $first) { nodes {
  number subject registeredAt status { name } contact { name } account { name } assignee { name } } } }"""
CASE = """query($id: ID!) { case(by: {id: $id}) { number subject history(last: 20) { nodes {
  __typename at summary actor { __typename name } ... on FeedPost { body } ... on PortalMessage { body } } } } }"""
TOKENS_CHECK = 1


async def counted(desk: Desk, login: str, query: str, **variables: object) -> int:
    """The statements of one request."""
    with Statements.counted() as statements:
        await desk.run(login, query, **variables)
    return len([sql for sql in statements.seen if "FROM entry e" not in sql])  # not the tail's own look at the log


@pytest.mark.parametrize("first", [10, 50, 100])
async def test_a_page_of_cases_costs_four_statements_beside_the_tokens_check(desk: Desk, first: int) -> None:
    for n in range(60):
        case = await desk.register(contactId=desk.ids["vera" if n % 2 else "paul"])
        if n % 3 == 0:
            await desk.done("anna" if n % 2 else "ben", "takeCase", caseId=case["id"])
    count = await counted(desk, "anna", PAGE, first=first)
    print(f"\na page of {first} cases with status, contact, account, assignee: {count - TOKENS_CHECK} statements")
    assert count <= 4 + TOKENS_CHECK


async def test_a_case_with_twenty_entries_and_their_actors_costs_five_statements_at_most(desk: Desk) -> None:
    case = await desk.register("vera")
    for n in range(6):
        for login, mutation in (("anna", "postToFeed"), ("ben", "postToPortal"), ("vera", "postToPortal")):
            await desk.done(login, mutation, caseId=case["id"], body=f"Line {n}")
    await desk.done("anna", "takeCase", caseId=case["id"])
    await desk.done("dora", "editCase", caseId=case["id"], subject="Another subject")
    count = await counted(desk, "anna", CASE, id=case["id"])
    print(f"\na case with its 20 newest entries, their actors and bodies: {count - TOKENS_CHECK} statements")
    assert count <= 5 + TOKENS_CHECK
