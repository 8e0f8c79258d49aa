"""How many SQL statements a request costs: as many as it has kinds of rows, whatever the size of the page."""

from __future__ import annotations

import re

import pytest

from gql.settings import Settings
from gql.store import Case
from gql.store.written import is_on_postgres
from tests.running import Desk, Statements

PAGE = """query($first: Int!) { cases(filter: {}, first: $first) { nodes {
  number subject registeredAt status { name } contact { name } account { name } assignee { name } } } }"""
CASE = """query($id: ID!) { case(by: {id: $id}) { number subject history(last: 20) { nodes {
  __typename at summary actor { __typename name } ... on FeedPost { body } ... on PortalMessage { body } } } } }"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without the clock, which asks by itself what is due."""
    return settings.model_copy(update={"clock": False})


async def counted(desk: Desk, login: str, query: str, **variables: object) -> int:
    """The statements of one request, but for the token's check, which is made once a second."""
    with Statements.counted() as statements:
        await desk.run(login, query, **variables)
    others = ("FROM entry e", 'FROM "login"')  # nor is the tail's own look at the log
    return len([sql for sql in statements.seen if not any(other in sql for other in others)])


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


POST = """mutation($id: ID!) { postToFeed(input: {caseId: $id, body: "The fuse."}) {
  feedPost { id cursor at body actor { name } } errors { code } } }"""
READ = "query($id: ID!) { node(id: $id) { ... on FeedPost { id cursor at body actor { name } } } }"


async def test_a_post_reads_its_case_and_is_written_with_its_entry_and_nothing_else_is_asked(desk: Desk) -> None:
    case = await desk.register("vera")
    await desk.run("ben", POST, id=case["id"])
    with Statements.counted() as statements:
        await desk.run("ben", POST, id=case["id"])
    asked = [sql for sql in statements.seen if '"login"' not in sql]
    tables = [re.findall(r'(?:FROM|INTO) "(\w+)"', sql) for sql in asked]
    with desk.database():
        if is_on_postgres(Case):  # brief work: both rows are written where the case is as it was
            assert [named for named in tables if named] == [["desk_case"], ["desk_case", "feed_post", "entry"]]
            assert not any(sql.startswith("BEGIN") for sql in asked)
        else:
            assert [table for named in tables for table in named] == ["desk_case", "feed_post", "entry"]


async def test_what_a_post_answers_is_what_is_read_of_it_afterwards(desk: Desk) -> None:
    case = await desk.register("vera")
    posted = (await desk.run("ben", POST, id=case["id"]))["postToFeed"]["feedPost"]
    assert posted == (await desk.run("ben", READ, id=posted["id"]))["node"]


LISTS = """{ lookups { caseStatuses { code name nextStatuses { code } defaultClosureCode { name } }
  caseCategories { code name } closureCodes { code name } satisfactionLevels { name points statusAfter { code } }
  supportLines { name level inUse groups { id name } } groups { id name inUse } }
  settings { code type value default choices { value name } } }"""


@pytest.mark.rule("R-202")
async def test_the_desks_lists_cost_no_statement_while_nobody_changes_them(desk: Desk) -> None:
    for login in ("anna", "otto", "vera"):
        assert await counted(desk, login, LISTS) == 0, login
    await desk.done("otto", "editGroup", groupId=desk.ids["group Third line"], name="Night")
    line = (await desk.run("anna", LISTS))["lookups"]["supportLines"][2]
    assert [group["name"] for group in line["groups"]] == ["Night"]
