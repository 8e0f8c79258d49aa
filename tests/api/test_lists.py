"""Lists of cases: what they begin with, how they are narrowed, ordered and paged, and how words are found in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from gql.enums import CasePriority
from gql.store import Case
from tests.running import Desk

LIST = """query($filter: CaseFilter, $orderBy: CaseOrder, $first: Int, $after: String) {
  cases(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    nodes { id number subject }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

ORDERS = tuple(product(("REGISTERED_AT", "CHANGED_AT", "PRIORITY"), ("ASC", "DESC")))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "search": ({"search": "piano"}, "moved"),
    "statusIds": ({"statusIds": ["WAITING"]}, "waits"),
    "includeFinal": ({"includeFinal": True, "statusIds": ["CANCELED", "CLOSED"]}, "ended"),
    "priorities": ({"priorities": ["LOW"]}, "minor"),
    "categoryIds": ({"categoryIds": ["CONSULTATION"]}, "asks"),
    "assigneeIds": ({"assigneeIds": ["ben"]}, "bens"),
    "assigneeGroupIds": ({"assigneeGroupIds": ["group Third line"]}, "third"),
    "supportLineIds": ({"supportLineIds": ["line 2"]}, "second"),
    "contactId": ({"contactId": "paul"}, "pauls"),
    "accountId": ({"accountId": "account of Paul Okafor", "search": "bakery"}, "bakery"),
    "unassigned": ({"unassigned": False, "priorities": ["CRITICAL"]}, "taken"),
}
"""Every field of CaseFilter, by names of `desk.ids` instead of ids, and the subject of the one case it finds."""


async def listed(desk: Desk, login: str, filter: dict[str, Any] | None = None, **arguments: Any) -> list[str]:
    """Subjects of the cases in a list, on one page that holds them all."""
    page = (await desk.run(login, LIST, filter=filter, first=100, **arguments))["cases"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["subject"] for node in page["nodes"]]


async def found(desk: Desk, login: str, search: str) -> set[str]:
    return set(await listed(desk, login, {"search": search, "includeFinal": True}))


def with_ids(desk: Desk, filter: dict[str, Any]) -> dict[str, Any]:
    """A filter that is written with names of `desk.ids`."""

    def id_of(name: Any) -> Any:
        return [id_of(one) for one in name] if isinstance(name, list) else desk.ids[name]

    return {field: id_of(value) if field.endswith(("Id", "Ids")) else value for field, value in filter.items()}


async def one_of_each(desk: Desk) -> None:
    """Ten cases that differ in all that a list can be narrowed by."""
    ids = desk.ids
    await desk.register(subject="moved", description="The piano in the lobby is out of tune.")
    waits = await desk.register(subject="waits")
    await desk.done("anna", "changeCaseStatus", caseId=waits["id"], statusId=ids["WAITING"])
    ended = await desk.register(subject="ended")
    await desk.done("anna", "cancelCase", caseId=ended["id"], closureCodeId=ids["No fault found"])
    await desk.register(subject="minor", priority="LOW")
    await desk.register(subject="asks", categoryId=ids["CONSULTATION"])
    await desk.register(subject="bens", assigneeId=ids["ben"])
    await desk.register(subject="third", assigneeGroupId=ids["group Third line"])
    second = await desk.register(subject="second")
    await desk.done("anna", "escalateCase", caseId=second["id"], supportLineId=ids["line 2"], assigneeId=ids["cleo"])
    await desk.register(subject="pauls", contactId=ids["paul"])
    await desk.register(subject="bakery", contactId=None, accountId=ids["account of Paul Okafor"])
    await desk.register(subject="taken", priority="CRITICAL", assigneeId=ids["anna"])


async def with_values(desk: Desk, subjects: Iterable[str], **columns: list[Any]) -> None:
    """Registers cases at once, then writes their columns: the values in turn, so that many are alike."""
    cases = await asyncio.gather(*(desk.register(subject=subject) for subject in subjects))
    with desk.database():
        for place, case in enumerate(sorted(cases, key=lambda case: str(case["number"]))):
            values = {name: given[place % len(given)] for name, given in columns.items()}
            await Case.filter(number=case["number"]).update(**values)


# ---------------------------------------------------------------- what a list begins with


@pytest.mark.rule("R-150")
async def test_an_employee_begins_with_the_unfinished_cases_assigned_to_them(desk: Desk) -> None:
    mine = [await desk.register(subject=name, assigneeId=desk.ids["anna"]) for name in ("new", "waiting", "over")]
    await desk.done("anna", "changeCaseStatus", caseId=mine[1]["id"], statusId=desk.ids["WAITING"])
    await desk.done("anna", "cancelCase", caseId=mine[2]["id"], closureCodeId=desk.ids["No fault found"])
    resolved = await desk.register(subject="resolved", assigneeId=desk.ids["anna"])
    await desk.done("anna", "resolveCase", caseId=resolved["id"], resolution="Wiped the screen.")
    await desk.register(subject="nobody's")
    await desk.register(subject="the group's", assigneeGroupId=desk.ids["group First line"])
    await desk.register(subject="ben's", assigneeId=desk.ids["ben"])
    await desk.register(subject="dora's", assigneeId=desk.ids["dora"])

    assert await listed(desk, "anna") == ["resolved", "waiting", "new"]
    assert await listed(desk, "dora") == ["dora's"]
    assert await listed(desk, "otto") == []


@pytest.mark.rule("R-150")
async def test_a_customer_begins_with_all_of_their_own_cases(desk: Desk) -> None:
    await desk.register(subject="open")
    over = await desk.register(subject="over")
    await desk.done("anna", "cancelCase", caseId=over["id"], closureCodeId=desk.ids["No fault found"])
    await desk.register("paul", subject="paul's")
    await desk.register(subject="the account's", contactId=None, accountId=desk.ids["account of Vera Lindqvist"])

    assert await listed(desk, "vera") == ["over", "open"]
    assert await listed(desk, "paul") == ["paul's"]


@pytest.mark.rule("R-150")
@pytest.mark.rule("R-151")
async def test_a_filter_that_says_nothing_lists_everybodys_open_cases(desk: Desk) -> None:
    await desk.register(subject="anna's", assigneeId=desk.ids["anna"])
    await desk.register(subject="ben's", assigneeId=desk.ids["ben"])
    over = await desk.register(subject="over", assigneeId=desk.ids["anna"])
    await desk.done("anna", "cancelCase", caseId=over["id"], closureCodeId=desk.ids["No fault found"])

    assert await listed(desk, "anna", {}) == ["ben's", "anna's"]
    assert await listed(desk, "anna", {"includeFinal": True}) == ["over", "ben's", "anna's"]


# ---------------------------------------------------------------- filters


@pytest.mark.rule("R-151")
async def test_quick_filters_show_certain_assignees_nobodys_and_the_closed_ones(desk: Desk) -> None:
    await desk.register(subject="anna", assigneeId=desk.ids["anna"])
    await desk.register(subject="ben", assigneeId=desk.ids["ben"])
    await desk.register(subject="nobody", assigneeGroupId=desk.ids["group First line"])
    over = await desk.register(subject="anna, over", assigneeId=desk.ids["anna"])
    await desk.done("anna", "cancelCase", caseId=over["id"], closureCodeId=desk.ids["No fault found"])

    annas = {"assigneeIds": [desk.ids["anna"]]}
    assert await listed(desk, "dora", annas) == ["anna"]
    assert await listed(desk, "dora", {**annas, "includeFinal": True}) == ["anna, over", "anna"]
    assert await listed(desk, "dora", {"assigneeIds": [desk.ids["anna"], desk.ids["ben"]]}) == ["ben", "anna"]
    assert await listed(desk, "dora", {"unassigned": True}) == ["nobody"]
    assert await listed(desk, "dora", {"unassigned": False}) == ["ben", "anna"]
    assert await listed(desk, "dora", {"unassigned": None}) == ["nobody", "ben", "anna"]


@pytest.mark.rule("R-151")
async def test_fields_of_a_filter_narrow_together_and_values_of_one_field_widen(desk: Desk) -> None:
    for subject, priority, assignee in (
        ("low anna", "LOW", "anna"),
        ("high anna", "HIGH", "anna"),
        ("high ben", "HIGH", "ben"),
        ("critical ben", "CRITICAL", "ben"),
    ):
        await desk.register(subject=subject, priority=priority, assigneeId=desk.ids[assignee])
    anna, ben = desk.ids["anna"], desk.ids["ben"]

    assert await listed(desk, "dora", {"priorities": ["HIGH", "LOW"]}) == ["high ben", "high anna", "low anna"]
    assert await listed(desk, "dora", {"priorities": ["HIGH", "LOW"], "assigneeIds": [anna]}) == [
        "high anna",
        "low anna",
    ]
    assert await listed(desk, "dora", {"priorities": ["HIGH"], "assigneeIds": [anna, ben], "search": "anna"}) == [
        "high anna"
    ]
    assert await listed(desk, "dora", {"unassigned": True, "assigneeIds": [anna]}) == []


@pytest.mark.rule("R-151")
async def test_each_field_of_a_filter_finds_what_it_says(desk: Desk) -> None:
    await one_of_each(desk)
    shown = {field: await listed(desk, "dora", with_ids(desk, filter)) for field, (filter, _) in FIELDS.items()}
    assert shown == {field: [subject] for field, (_, subject) in FIELDS.items()}


async def test_every_field_of_the_filter_is_tried_here(desk: Desk) -> None:
    shown = await desk.run("dora", '{ __type(name: "CaseFilter") { inputFields { name } } }')
    assert {field["name"] for field in shown["__type"]["inputFields"]} == FIELDS.keys()


@pytest.mark.rule("R-151")
async def test_an_id_that_was_never_given_or_is_of_another_type_matches_nothing(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    types = {"status": "CaseStatus", "category": "CaseCategory", "assignee": "User", "assigneeGroup": "Group"}
    types |= {"supportLine": "SupportLine", "contact": "Contact", "account": "Account"}
    for role, type in types.items():
        strange = [case["id"], "", "❄", type, f"{type}_", f"{type}_01", f"{type}_1\0", f"{type}_90000000"]
        for id in [*strange, f"{type}_9000000000", f"{type}_{9 * 10**17}", f"{type}_{9 * 10**30}"]:
            filter = {f"{role}Id": id} if role in ("contact", "account") else {f"{role}Ids": [id]}
            assert await listed(desk, "dora", filter) == [], filter


@pytest.mark.rule("R-151")
async def test_an_empty_list_of_values_matches_nothing(desk: Desk) -> None:
    await desk.register()
    of_lists = [field for field in FIELDS if field.endswith(("Ids", "ies"))]
    assert {field: await listed(desk, "dora", {field: []}) for field in of_lists} == {field: [] for field in of_lists}


@pytest.mark.rule("R-151")
async def test_the_cases_of_a_contact_and_of_an_account_are_narrowed_the_same_way(desk: Desk) -> None:
    await one_of_each(desk)
    shown = await desk.run(
        "dora",
        """query($contact: ID!, $account: ID!) {
          low: node(id: $contact) { ... on Contact { cases(filter: {priorities: [LOW]}) {
            totalCount nodes { subject } } } }
          open: node(id: $account) { ... on Account { cases { totalCount nodes { subject } } } }
          all: node(id: $contact) { ... on Contact { cases(filter: {includeFinal: true}) { totalCount } } } }""",
        contact=desk.ids["vera"],
        account=desk.ids["account of Paul Okafor"],
    )
    assert shown == {
        "low": {"cases": {"totalCount": 1, "nodes": [{"subject": "minor"}]}},
        "open": {"cases": {"totalCount": 2, "nodes": [{"subject": "bakery"}, {"subject": "pauls"}]}},
        "all": {"cases": {"totalCount": 9}},
    }


# ---------------------------------------------------------------- what customers cannot ask by a filter


@pytest.mark.rule("R-160")
async def test_a_customers_filter_by_assignee_group_or_line_finds_nothing(desk: Desk) -> None:
    await desk.register(assigneeId=desk.ids["anna"], assigneeGroupId=desk.ids["group First line"])
    nested = "query($id: ID!, $f: CaseFilter) { node(id: $id) { ... on Contact { cases(filter: $f) { totalCount } } } }"
    for narrowing in (
        {"assigneeIds": ["anna"]},
        {"assigneeIds": ["anna", "ben"]},
        {"assigneeGroupIds": ["group First line"]},
        {"supportLineIds": ["line 1"]},
    ):
        filter = with_ids(desk, narrowing)
        assert await listed(desk, "dora", filter) == ["The printer is on fire"]
        assert await listed(desk, "vera", filter) == []
        shown = await desk.run("vera", nested, id=desk.ids["vera"], f=filter)
        assert shown["node"]["cases"]["totalCount"] == 0


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-174")
async def test_a_customer_learns_nothing_from_asking_for_unassigned_cases(desk: Desk) -> None:
    case = await desk.register("vera", subject="mine")

    async def answers() -> list[list[str]]:
        return [await listed(desk, "vera", {"unassigned": asked}) for asked in (True, False, None)]

    before = await answers()
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    assert await answers() == before == [["mine"], [], ["mine"]]


# ---------------------------------------------------------------- what a list shows, its order and its pages


@pytest.mark.rule("R-152")
async def test_one_request_answers_all_that_a_list_shows(desk: Desk) -> None:
    await desk.register(subject="Screen", description="It **flickers**.", priority="HIGH")
    shown = await desk.run(
        "dora", "{ cases(filter: {}) { nodes { subject registeredAt number status { name } description priority } } }"
    )
    [case] = shown["cases"]["nodes"]
    assert abs(datetime.fromisoformat(case.pop("registeredAt")) - datetime.now(UTC)) < timedelta(seconds=30)
    assert case == {
        "subject": "Screen",
        "number": "SR00000001",
        "status": {"name": "New"},
        "description": "It **flickers**.",
        "priority": "HIGH",
    }


@pytest.mark.rule("R-152")
async def test_a_list_begins_with_the_newest_case(desk: Desk) -> None:
    await with_values(desk, ["a", "b", "c"], registered_at=[NOON, NOON + timedelta(days=2), NOON + timedelta(days=1)])
    shown = await desk.run("dora", "{ cases(filter: {}) { nodes { number } } }")
    assert [node["number"] for node in shown["cases"]["nodes"]] == ["SR00000002", "SR00000003", "SR00000001"]


@pytest.mark.rule("R-152")
async def test_a_list_is_ordered_as_asked_and_ties_by_number(desk: Desk) -> None:
    days = [NOON + timedelta(days=day) for day in (3, 1, 1, 2)]
    await with_values(
        desk,
        "abcdef",
        registered_at=days,
        changed_at=days[::-1],
        priority=[CasePriority.HIGH, CasePriority.LOW, CasePriority.CRITICAL, CasePriority.LOW],
    )
    with desk.database():
        cases = await Case.all()
    for field, direction in ORDERS:
        keyed = {(getattr(case, field.lower()), case.number): case.number for case in cases}
        page = await desk.run("dora", LIST, filter={}, orderBy={"field": field, "direction": direction})
        expected = [keyed[key] for key in sorted(keyed, reverse=direction == "DESC")]
        assert [node["number"] for node in page["cases"]["nodes"]] == expected, (field, direction)


@pytest.mark.rule("R-152")
async def test_an_order_without_a_direction_begins_with_the_highest(desk: Desk) -> None:
    for priority in ("LOW", "CRITICAL", "MEDIUM"):
        await desk.register(subject=priority, priority=priority)
    assert await listed(desk, "dora", {}, orderBy={"field": "PRIORITY"}) == ["CRITICAL", "MEDIUM", "LOW"]


@pytest.mark.rule("R-174")
async def test_a_customers_list_by_change_follows_the_changes_they_can_see(desk: Desk) -> None:
    first = await desk.register("vera", subject="first")
    second = await desk.register("vera", subject="second")
    order = {"field": "CHANGED_AT"}
    await desk.done("anna", "assignCase", caseId=first["id"], assigneeId=desk.ids["ben"])
    assert await listed(desk, "anna", {}, orderBy=order) == ["first", "second"]
    assert await listed(desk, "vera", orderBy=order) == ["second", "first"]
    await desk.done("anna", "editCase", caseId=first["id"], priority="HIGH")
    assert await listed(desk, "vera", orderBy=order) == ["first", "second"]
    assert second["number"] == "SR00000002"


async def all_pages(desk: Desk, login: str, asked: dict[str, Any]) -> None:
    """Pages of several sizes, which together are the one page that holds all 13 cases."""
    whole = (await desk.run(login, LIST, first=100, **asked))["cases"]
    assert (len(whole["nodes"]), whole["totalCount"], whole["pageInfo"]["hasNextPage"]) == (13, 13, False)
    seen: list[Any] = []
    after = None
    for size in (1, 2, 3, 5, 2):
        page = (await desk.run(login, LIST, first=size, after=after, **asked))["cases"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        seen += page["nodes"]
        assert [edge["node"]["id"] for edge in page["edges"]] == [node["id"] for node in page["nodes"]]
        assert page["totalCount"] == 13
        assert page["pageInfo"] == {
            "hasNextPage": len(seen) < 13,
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0],
            "endCursor": cursors[-1],
        }
        after = cursors[-1]
    assert seen == whole["nodes"], (login, asked)


@pytest.mark.rule("R-152")
async def test_the_pages_of_a_list_have_no_gap_and_no_repeat_also_with_ties(desk: Desk) -> None:
    half = NOON + timedelta(microseconds=500_000)
    await with_values(
        desk,
        (f"case {n}" for n in range(13)),
        registered_at=[NOON, half],
        changed_at=[NOON, half, NOON],
        customer_changed_at=[half, NOON, NOON],
        priority=[CasePriority.HIGH, CasePriority.HIGH, CasePriority.LOW],
    )
    for (field, direction), login in product(ORDERS, ("dora", "vera")):
        await all_pages(desk, login, {"filter": {}, "orderBy": {"field": field, "direction": direction}})


@pytest.mark.rule("R-152")
async def test_cases_that_come_meanwhile_shift_no_page(desk: Desk) -> None:
    for name in "abcdef":
        await desk.register(subject=name)
    first = (await desk.run("dora", LIST, filter={}, first=3))["cases"]
    await desk.register(subject="g")
    rest = (await desk.run("dora", LIST, filter={}, first=3, after=first["pageInfo"]["endCursor"]))["cases"]
    assert [node["subject"] for node in first["nodes"] + rest["nodes"]] == ["f", "e", "d", "c", "b", "a"]
    assert (first["totalCount"], rest["totalCount"]) == (6, 7)


@pytest.mark.rule("R-152")
async def test_an_empty_page_says_how_many_there_are(desk: Desk) -> None:
    await desk.register()
    page = (await desk.run("dora", LIST, filter={}, first=0))["cases"]
    assert (page["nodes"], page["totalCount"], page["pageInfo"]["hasNextPage"]) == ([], 1, True)
    assert page["pageInfo"]["startCursor"] is None


@pytest.mark.rule("R-152")
async def test_a_page_that_cannot_be_meant_is_refused(desk: Desk) -> None:
    assert await desk.code("dora", LIST, first=-1) == "INVALID"
    assert await desk.code("dora", LIST, first=101) == "LIMIT"
    for after in ("nonsense", "", "❄", "W10", "bnVsbA", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwxXQ"):
        assert await desk.code("dora", LIST, after=after) == "INVALID"


@pytest.mark.rule("R-152")
async def test_a_place_in_a_list_of_another_order_is_refused(desk: Desk) -> None:
    await desk.register()
    page = (await desk.run("dora", LIST, filter={}))["cases"]
    order = {"field": "PRIORITY"}
    assert await desk.code("dora", LIST, filter={}, orderBy=order, after=page["pageInfo"]["endCursor"]) == "INVALID"


# ---------------------------------------------------------------- search


@pytest.mark.rule("R-153")
async def test_search_looks_at_subject_number_description_contact_account_and_messages(desk: Desk) -> None:
    case = await desk.register(subject="Blinking lamp", description="In the north corridor.")
    await desk.register(subject="other", contactId=desk.ids["paul"], description="Nothing of that.")
    await desk.done("anna", "postToFeed", caseId=case["id"], body="It is the capacitor.")
    await desk.done("anna", "postToPortal", caseId=case["id"], body="We come tomorrow.")
    await desk.done("vera", "postToPortal", caseId=case["id"], body="Gladly!")
    places = {
        "subject": "Blinking",
        "number": "SR00000001",
        "description": "corridor",
        "contact": "Lindqvist",
        "e-mail of the contact": "vera customer",
        "account": "Westhaven",
        "feed post": "capacitor",
        "message of the desk": "tomorrow",
        "message of the customer": "gladly",
        "all together": "sr000 blink corr lind west capac tomor glad",
    }
    for_staff = {"feed post", "all together"}
    for place, words in places.items():
        assert await found(desk, "dora", words) == {"Blinking lamp"}, place
        assert await found(desk, "vera", words) == (set() if place in for_staff else {"Blinking lamp"}), place
        assert await found(desk, "paul", words) == set(), place


@pytest.mark.rule("R-153")
async def test_each_word_of_a_search_must_begin_a_word_that_stands_there(desk: Desk) -> None:
    await desk.register(subject="Printer on the 3rd floor")
    finding = ["p", "pri", "printer", "  printer   floor ", "floor printer", "fl-pri", "3", "'", "%", ""]
    missing = ["rinter", "printers", "printer ceiling", "printerfloor", "p%r", "p_inter", "_", "print\\er", "rd"]
    seen = {search: bool(await found(desk, "dora", search)) for search in finding + missing}
    assert seen == dict.fromkeys(finding, True) | dict.fromkeys(missing, False)


@pytest.mark.rule("R-153")
async def test_signs_that_mean_something_to_a_database_are_letters_to_a_search(desk: Desk) -> None:
    await desk.register(subject="snake_case")
    await desk.register(subject="snakeXcase")
    assert await found(desk, "dora", "snake_c") == {"snake_case"}
    assert await found(desk, "dora", "snake%") == {"snake_case", "snakeXcase"}


@pytest.mark.rule("R-153")
async def test_search_minds_no_capitals_in_any_script_and_no_way_of_writing_a_letter(desk: Desk) -> None:
    alike = [
        ("Küchengerät", "küchengerät"),
        ("Küchengerät", "KÜCHENG"),
        ("ÜBERHITZT", "überh"),
        ("Straße", "STRASSE"),
        ("Strasse", "straße"),
        ("GROẞ", "gross"),
        ("Ångström", "ångs"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Мышь", "МЫШ"),
        ("Cafe\u0301", "café"),
        ("Café", "CAFE\u0301"),
        ("ﬁles", "file"),
        ("プリンター", "プリン"),
        ("Łódź", "łÓDŹ"),
    ]
    case = await desk.register(subject="x")
    for place, (written, search) in enumerate(alike):
        await desk.register(subject=f"{written} {place}", contactId=desk.ids["paul"])
        await desk.done("vera", "postToPortal", caseId=case["id"], body=f"It says: ({written}), in message {place}x.")
        assert await found(desk, "dora", f"{search} {place}") == {f"{written} {place}", "x"}, written
        assert await found(desk, "vera", f"{search} {place}x") == {"x"}, written


@pytest.mark.rule("R-153")
async def test_a_letter_is_not_found_by_the_one_it_resembles(desk: Desk) -> None:
    await desk.register(subject="Küche")
    assert await found(desk, "dora", "Kuche") == set()


@pytest.mark.rule("R-153")
async def test_search_follows_what_is_changed(desk: Desk) -> None:
    case = await desk.register(subject="Blinking lamp")
    await desk.done("anna", "editCase", caseId=case["id"], subject="Humming lamp")
    assert await found(desk, "dora", "blinking") == set()
    assert await found(desk, "dora", "humming") == {"Humming lamp"}
    await desk.done("anna", "editContact", contactId=desk.ids["vera"], name="Vera Zetterström")
    assert await found(desk, "dora", "lindqvist") == set()
    assert await found(desk, "dora", "ZETTERSTRÖM") == {"Humming lamp"}


@pytest.mark.rule("R-153")
@pytest.mark.rule("R-151")
async def test_search_and_filters_narrow_together(desk: Desk) -> None:
    await desk.register(subject="Lamp, high", priority="HIGH")
    await desk.register(subject="Lamp, low", priority="LOW")
    over = await desk.register(subject="Lamp, over", priority="HIGH")
    await desk.done("anna", "cancelCase", caseId=over["id"], closureCodeId=desk.ids["No fault found"])
    assert await listed(desk, "dora", {"search": "lamp", "priorities": ["HIGH"]}) == ["Lamp, high"]


@pytest.mark.rule("R-153")
@pytest.mark.rule("R-174")
async def test_a_customer_finds_nothing_by_what_is_for_staff_or_for_other_customers(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    line = desk.ids["line 2"]
    await desk.done("anna", "postToFeed", caseId=case["id"], body="weasel", mentionIds=[desk.ids["ben"]])
    await desk.done(
        "anna", "escalateCase", caseId=case["id"], supportLineId=line, assigneeId=desk.ids["ben"], reason="badger"
    )
    await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"], reason="ferret")
    await desk.register("paul", subject="marten")
    words = ["weasel", "badger", "ferret", "marten", "Weber", "anna", "Second", "Okafor"]
    assert {word: await found(desk, "vera", word) for word in words} == {word: set() for word in words}
