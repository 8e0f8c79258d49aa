"""What is said about a case, to colleagues and to the customer and back, and the one history that tells it all."""

from __future__ import annotations

from typing import Any

import pytest

from gql.store import CaseStatus, Entry, FeedPost, Group, SupportLine, User
from tests.api.setting_up import with_setting
from tests.running import Desk

HISTORY = """query($id: ID!, $filter: HistoryFilter, $first: Int, $after: String, $last: Int, $before: String) {
  case(by: {id: $id}) {
    history(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes { __typename id at summary ... on FeedPost { body } ... on PortalMessage { body } }
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""

Entries = list[dict[str, Any]]


async def page(desk: Desk, login: str, case: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """A page of the history; `first` is the desk's own when left out."""
    return dict((await desk.run(login, HISTORY, id=case["id"], **asked))["case"]["history"])


async def entries(desk: Desk, login: str, case: dict[str, Any], **filter: Any) -> Entries:
    return list((await page(desk, login, case, filter=filter, first=100))["nodes"])


def kinds(found: Entries) -> list[str]:
    return [entry["__typename"] for entry in found]


def bodies(found: Entries) -> list[str]:
    return [entry["body"] for entry in found]


async def post(desk: Desk, case: dict[str, Any], body: str, by: str = "anna", *mentioned: str) -> dict[str, Any]:
    """A post to the feed that mentions some of the cast."""
    payload = await desk.done(
        by,
        "postToFeed",
        "feedPost { id body mentions { name } }",
        caseId=case["id"],
        body=body,
        mentionIds=[desk.ids[login] for login in mentioned],
    )
    return dict(payload["feedPost"])


async def write(desk: Desk, case: dict[str, Any], body: str, by: str) -> dict[str, Any]:
    """A message on the portal."""
    payload = await desk.done(by, "postToPortal", "portalMessage { id body }", caseId=case["id"], body=body)
    return dict(payload["portalMessage"])


async def set_status(desk: Desk, case: dict[str, Any], code: str, by: str = "anna", **input: Any) -> None:
    await desk.done(by, "changeCaseStatus", caseId=case["id"], statusId=desk.ids[code], **input)


async def resolve(desk: Desk, case: dict[str, Any]) -> None:
    await desk.done("anna", "resolveCase", caseId=case["id"], resolution="Put it out.")


async def close(desk: Desk, case: dict[str, Any]) -> None:
    await resolve(desk, case)
    await set_status(desk, case, "CLOSED")


async def lively(desk: Desk) -> dict[str, Any]:
    """A case with an entry of every kind, nine in all."""
    case = await desk.register()
    await post(desk, case, "Where is the water?")
    await write(desk, case, "It is burning still.", "vera")
    await desk.done("anna", "editCase", caseId=case["id"], description="With smoke", priority="CRITICAL")
    await desk.done("anna", "takeCase", caseId=case["id"])
    await write(desk, case, "We are on our way with water.", "anna")
    input = {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["ben"], "reason": "It is too hot for me."}
    await desk.done("anna", "escalateCase", caseId=case["id"], **input)
    await set_status(desk, case, "WAITING", "ben", reason="She went home.")
    return case


EVERYTHING = [
    "CaseRegistered",
    "FeedPost",
    "PortalMessage",
    "CaseEdited",
    "CaseAssigned",
    "CaseStatusChanged",
    "PortalMessage",
    "CaseEscalated",
    "CaseStatusChanged",
]
FOR_CUSTOMERS = [
    "CaseRegistered",
    "PortalMessage",
    "CaseEdited",
    "CaseStatusChanged",
    "PortalMessage",
    "CaseStatusChanged",
]


# ---------------------------------------------------------------- one history


@pytest.mark.rule("R-65")
async def test_the_history_tells_everything_that_happened_oldest_first(desk: Desk) -> None:
    case = await lively(desk)
    found = await entries(desk, "dora", case)
    assert kinds(found) == EVERYTHING
    assert [entry["at"] for entry in found] == sorted(entry["at"] for entry in found)


@pytest.mark.rule("R-65")
async def test_a_customers_history_leaves_out_what_is_for_staff(desk: Desk) -> None:
    case = await lively(desk)
    found = await desk.history("vera", case["id"], "__typename audience ... on CaseStatusChanged { reason }")
    assert [entry["__typename"] for entry in found] == FOR_CUSTOMERS
    assert {entry["audience"] for entry in found} == {"CUSTOMER"}
    assert [entry["reason"] for entry in found if "reason" in entry] == [None, None]
    reasons = await desk.history("dora", case["id"], "... on CaseStatusChanged { reason }")
    assert {"reason": "She went home."} in reasons


@pytest.mark.rule("R-65")
async def test_a_history_is_narrowed_to_kinds(desk: Desk) -> None:
    case = await lively(desk)
    assert kinds(await entries(desk, "dora", case, kinds=["FEED_POST"])) == ["FeedPost"]
    assert kinds(await entries(desk, "dora", case, kinds=["PORTAL_MESSAGE"])) == ["PortalMessage", "PortalMessage"]
    said = ["FEED_POST", "PORTAL_MESSAGE"]
    assert kinds(await entries(desk, "dora", case, kinds=said)) == ["FeedPost", "PortalMessage", "PortalMessage"]
    changes = [kind for kind in EVERYTHING if kind not in ("FeedPost", "PortalMessage")]
    assert kinds(await entries(desk, "dora", case, kinds=["SYSTEM"])) == changes
    assert await entries(desk, "dora", case, kinds=[]) == []
    assert kinds(await entries(desk, "dora", case, kinds=None)) == EVERYTHING
    assert await entries(desk, "vera", case, kinds=["FEED_POST"]) == []


@pytest.mark.rule("R-65")
async def test_a_history_is_narrowed_to_an_actor(desk: Desk) -> None:
    case = await lively(desk)
    assert kinds(await entries(desk, "dora", case, actorId=desk.ids["ben"])) == ["CaseStatusChanged"]
    assert bodies(await entries(desk, "dora", case, actorId=desk.ids["vera"])) == ["It is burning still."]
    assert len(await entries(desk, "dora", case, actorId=desk.ids["anna"])) == len(EVERYTHING) - 2
    for nobody in (desk.ids["cleo"], desk.ids["paul"], "User_4711", "nonsense"):
        assert await entries(desk, "dora", case, actorId=nobody) == []


@pytest.mark.rule("R-65")
@pytest.mark.rule("R-160")
async def test_a_customer_finds_out_by_no_filter_which_employee_did_what(desk: Desk) -> None:
    case = await lively(desk)
    assert bodies(await entries(desk, "vera", case, actorId=desk.ids["vera"])) == ["It is burning still."]
    assert await entries(desk, "vera", case, actorId=desk.ids["anna"]) == []


@pytest.mark.rule("R-65")
async def test_a_history_is_narrowed_to_a_time_from_its_first_moment_to_before_its_last(desk: Desk) -> None:
    case = await lively(desk)
    found = await entries(desk, "dora", case)
    third, last = found[2]["at"], found[-1]["at"]
    assert await entries(desk, "dora", case, fromAt=third) == found[2:]
    assert await entries(desk, "dora", case, toAt=third) == found[:2]
    assert await entries(desk, "dora", case, fromAt=third, toAt=last) == found[2:-1]
    assert await entries(desk, "dora", case, fromAt=third, toAt=third) == []
    five_hours_later, five_hours_earlier = third.replace("Z", "-05:00"), third.replace("Z", "+05:00")
    assert await entries(desk, "dora", case, fromAt=five_hours_earlier, toAt=five_hours_later) == found


@pytest.mark.rule("R-65")
async def test_a_history_is_searched_by_the_words_of_posts_and_messages(desk: Desk) -> None:
    case = await lively(desk)
    words = {
        "water": ["Where is the water?", "We are on our way with water."],
        "WAT": ["Where is the water?", "We are on our way with water."],
        "still burn": ["It is burning still."],
        "water still": [],
        "ater": [],
        "hot": [],
    }
    for search, found in words.items():
        assert bodies(await entries(desk, "dora", case, search=search)) == found, search
    assert kinds(await entries(desk, "dora", case, search="  ")) == EVERYTHING
    assert bodies(await entries(desk, "vera", case, search="water")) == ["We are on our way with water."]


@pytest.mark.rule("R-65")
async def test_filters_of_a_history_narrow_it_together(desk: Desk) -> None:
    case = await lively(desk)
    found = await entries(desk, "dora", case)
    both = {"search": "water", "actorId": desk.ids["anna"]}
    assert len(await entries(desk, "dora", case, **both)) == 2
    assert kinds(await entries(desk, "dora", case, **both, kinds=["PORTAL_MESSAGE"])) == ["PortalMessage"]
    assert kinds(await entries(desk, "dora", case, **both, toAt=found[3]["at"])) == ["FeedPost"]
    assert await entries(desk, "dora", case, search="water", actorId=desk.ids["vera"]) == []


@pytest.mark.rule("R-65")
async def test_a_history_is_paged_forward(desk: Desk) -> None:
    case = await lively(desk)
    found, after = [], None
    for size in (4, 4, 1):
        shown = await page(desk, "dora", case, first=4, after=after)
        assert len(shown["nodes"]) == size
        assert shown["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert shown["pageInfo"]["hasNextPage"] is (size == 4)
        assert [edge["node"]["id"] for edge in shown["edges"]] == [node["id"] for node in shown["nodes"]]
        assert shown["pageInfo"]["startCursor"] == shown["edges"][0]["cursor"]
        after = shown["pageInfo"]["endCursor"]
        assert after == shown["edges"][-1]["cursor"]
        found += shown["nodes"]
    assert found == await entries(desk, "dora", case)


@pytest.mark.rule("R-65")
async def test_a_history_is_paged_backward_from_its_end_and_each_page_still_reads_oldest_first(desk: Desk) -> None:
    case = await lively(desk)
    found: Entries = []
    before = None
    for size in (4, 4, 1):
        shown = await page(desk, "dora", case, last=4, before=before)
        assert len(shown["nodes"]) == size
        assert shown["pageInfo"]["hasPreviousPage"] is (size == 4)
        assert shown["pageInfo"]["hasNextPage"] is (before is not None)
        before = shown["pageInfo"]["startCursor"]
        found = shown["nodes"] + found
    assert found == await entries(desk, "dora", case)


@pytest.mark.rule("R-65")
async def test_a_page_of_the_history_lies_between_two_places(desk: Desk) -> None:
    case = await lively(desk)
    edges = (await page(desk, "dora", case, first=100))["edges"]
    between = {"after": edges[1]["cursor"], "before": edges[6]["cursor"]}
    inside = [edge["node"]["id"] for edge in edges[2:6]]
    for asked, ids in (({}, inside), ({"first": 2}, inside[:2]), ({"last": 3}, inside[1:]), ({"last": 9}, inside)):
        assert [node["id"] for node in (await page(desk, "dora", case, **between, **asked))["nodes"]] == ids


@pytest.mark.rule("R-65")
async def test_pages_of_a_filtered_history_hold_what_fits_only(desk: Desk) -> None:
    case = await lively(desk)
    asked = {"filter": {"kinds": ["FEED_POST", "PORTAL_MESSAGE"]}}
    first = await page(desk, "dora", case, **asked, first=2)
    rest = await page(desk, "dora", case, **asked, first=2, after=first["pageInfo"]["endCursor"])
    assert bodies(first["nodes"] + rest["nodes"]) == [
        "Where is the water?",
        "It is burning still.",
        "We are on our way with water.",
    ]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    last = await page(desk, "vera", case, **asked, last=1)
    assert bodies(last["nodes"]) == ["We are on our way with water."]


async def test_a_page_from_both_ends_or_of_too_many_is_refused(desk: Desk) -> None:
    case = await desk.register()
    for asked, code in (
        ({"first": 2, "last": 2}, "INVALID"),
        ({"last": -1}, "INVALID"),
        ({"last": 101}, "LIMIT"),
        ({"before": "the end"}, "INVALID"),
    ):
        assert await desk.code("dora", HISTORY, id=case["id"], **asked) == code


# ---------------------------------------------------------------- posts and mentions


@pytest.mark.rule("R-66")
async def test_colleagues_who_are_mentioned_are_told(desk: Desk) -> None:
    case = await desk.register()
    posted = await post(desk, case, "@Ben, @Dora?", "anna", "ben", "dora")
    assert {user["name"] for user in posted["mentions"]} == {"Ben Castellano", "Dora Novak"}
    for login in ("ben", "dora"):
        assert await desk.notified(login) == [("MENTIONED", case["number"])]
    for login in ("cleo", "otto", "vera"):
        assert await desk.notified(login) == []


@pytest.mark.rule("R-66")
async def test_whoever_is_mentioned_reads_where(desk: Desk) -> None:
    case = await desk.register()
    await post(desk, case, "@Ben?", "anna", "ben")
    show = "{ viewer { notifications { nodes { entry { __typename actor { name } ... on FeedPost { body } } } } } }"
    [told] = (await desk.run("ben", show))["viewer"]["notifications"]["nodes"]
    assert told["entry"] == {"__typename": "FeedPost", "actor": {"name": "Anna Weber"}, "body": "@Ben?"}


@pytest.mark.rule("R-66")
async def test_a_colleague_who_is_named_twice_is_mentioned_once(desk: Desk) -> None:
    case = await desk.register()
    posted = await post(desk, case, "@Ben @Ben", "anna", "ben", "ben")
    assert posted["mentions"] == [{"name": "Ben Castellano"}]
    assert await desk.notified("ben") == [("MENTIONED", case["number"])]


@pytest.mark.rule("R-66")
async def test_a_mention_of_whoever_is_no_employee_is_not_found_and_nothing_is_posted(desk: Desk) -> None:
    case = await desk.register()
    for who in (desk.ids["vera"], desk.ids["paul"], "User_4711", desk.ids["group First line"], "nonsense"):
        mention_ids = [desk.ids["ben"], who]
        error = await desk.refused("anna", "postToFeed", caseId=case["id"], body="You?", mentionIds=mention_ids)
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["mentionIds"])
    assert kinds(await entries(desk, "dora", case)) == ["CaseRegistered"]
    assert await desk.notified("ben") == []


@pytest.mark.rule("R-66")
async def test_a_colleague_who_does_not_see_the_case_is_not_mentioned_and_sees_it_no_more_than_before(
    desk: Desk, another: Any
) -> None:
    with desk.database():
        await with_setting("AgentSight", "OWN_GROUPS")()
    async with another() as narrow:
        case = await narrow.register("dora", assigneeGroupId=narrow.ids["group Second line"])
        mentioning = {"caseId": case["id"], "body": "@Anna?", "mentionIds": [narrow.ids["ben"], narrow.ids["anna"]]}
        error = await narrow.refused("dora", "postToFeed", **mentioning)
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["mentionIds"])
        assert error["message"] == "There is no such employee among those who see the case: Anna Weber."
        posted = await post(narrow, case, "@Ben? @Otto?", "dora", "ben", "otto")
        assert await narrow.case("anna", case["id"], "id") is None
        node = "query($id: ID!) { node(id: $id) { id } }"
        assert (await narrow.run("anna", node, id=posted["id"]))["node"] is None
        assert await narrow.notified("anna") == []
        assert [reason for reason, _ in await narrow.notified("ben")][-1] == "MENTIONED"
        error = await narrow.refused("anna", "postToFeed", caseId=case["id"], body="Me?")
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["caseId"])
        assert (await narrow.run("ben", node, id=posted["id"]))["node"] == {"id": posted["id"]}


@pytest.mark.rule("R-66")
async def test_a_colleague_who_has_left_is_not_mentioned_and_nothing_is_posted(desk: Desk) -> None:
    case = await desk.register()
    first = await post(desk, case, "Who knows?")
    await desk.done("otto", "deactivateUser", userId=desk.ids["cleo"])
    both = {"body": "You?", "mentionIds": [desk.ids["ben"], desk.ids["cleo"]]}
    for mutation, on in (("postToFeed", {"caseId": case["id"]}), ("commentOnPost", {"postId": first["id"]})):
        assert await desk.refused("anna", mutation, **on, **both) == {
            "code": "INVALID",
            "message": "Cleo Marsh is not active and cannot be mentioned.",
            "field": ["mentionIds"],
        }
    assert kinds(await entries(desk, "dora", case)) == ["CaseRegistered", "FeedPost"]
    assert await desk.notified("ben") == []


@pytest.mark.rule("R-66")
async def test_a_customer_neither_posts_to_the_feed_nor_sees_a_post_anywhere(desk: Desk) -> None:
    case = await desk.register()
    posted = await post(desk, case, "She cannot pay.", "anna", "ben")
    assert (await desk.refused("vera", "postToFeed", caseId=case["id"], body="Hello?"))["code"] == "FORBIDDEN"
    assert (await desk.refused("paul", "postToFeed", caseId=case["id"], body="Hello?"))["code"] == "NOT_FOUND"
    assert (await desk.run("vera", "query($id: ID!) { node(id: $id) { id } }", id=posted["id"]))["node"] is None
    assert kinds(await entries(desk, "vera", case)) == ["CaseRegistered"]
    search = '{ cases(filter: {search: "pay"}) { nodes { id } } }'
    assert (await desk.run("vera", search))["cases"]["nodes"] == []
    assert len((await desk.run("anna", search))["cases"]["nodes"]) == 1


@pytest.mark.rule("R-66")
async def test_at_most_fifty_are_mentioned_in_a_post(desk: Desk) -> None:
    case = await desk.register()
    fifty = [desk.ids["ben"]] * 50
    await desk.done("anna", "postToFeed", caseId=case["id"], body="All of you!", mentionIds=fifty)
    error = await desk.refused(
        "anna", "postToFeed", caseId=case["id"], body="All of you!", mentionIds=[*fifty, desk.ids["ben"]]
    )
    assert (error["code"], error["field"]) == ("LIMIT", ["mentionIds"])


@pytest.mark.parametrize("mutation", ["postToFeed", "postToPortal"])
async def test_a_text_says_something_in_no_more_than_fifty_thousand_characters(desk: Desk, mutation: str) -> None:
    case = await desk.register()
    for body, code in (("", "REQUIRED"), (" \n\t", "REQUIRED"), ("x" * 50_001, "LIMIT"), ("a\0b", "INVALID")):
        error = await desk.refused("anna", mutation, caseId=case["id"], body=body)
        assert (error["code"], error["field"]) == (code, ["body"])
    await desk.done("anna", mutation, caseId=case["id"], body="x" * 50_000)
    assert len(await entries(desk, "dora", case)) == 2


@pytest.mark.parametrize("mutation", ["postToFeed", "postToPortal"])
async def test_a_text_is_kept_letter_by_letter(desk: Desk, mutation: str) -> None:
    case = await desk.register()
    body = "**Feuer** & <script>alert('ü')</script> 🔥\n\n- `{0}` %s \\ \"quoted\""
    await desk.done("anna", mutation, caseId=case["id"], body=body)
    assert (await entries(desk, "dora", case))[-1]["body"] == body


@pytest.mark.rule("R-172")
async def test_a_post_arrives_at_whoever_subscribed(desk: Desk) -> None:
    case, other = await desk.register(), await desk.register()
    async with (
        desk.stream(
            "ben", "subscription($c: ID!) { feedPostAdded(caseId: $c) { body actor { name } cursor } }", c=case["id"]
        ) as posts,
        desk.stream("dora", "subscription { feedPostAdded { body } }") as all_posts,
    ):
        await post(desk, other, "Not here.")
        await write(desk, case, "Nor here.", "anna")
        await post(desk, case, "It burns again.")
        item = await posts.next()
        assert [found["body"] for found in await all_posts.take(2)] == ["Not here.", "It burns again."]
    assert (item["body"], item["actor"]["name"]) == ("It burns again.", "Anna Weber")


# ---------------------------------------------------------------- messages to the customer and back


@pytest.mark.rule("R-68")
async def test_what_an_employee_writes_is_read_by_the_customer_as_of_staff_by_name_only(desk: Desk) -> None:
    case = await desk.register()
    await write(desk, case, "Water comes.", "anna")
    show = "__typename audience summary actor { __typename name } ... on PortalMessage { body }"
    assert (await desk.history("vera", case["id"], show))[-1] == {
        "__typename": "PortalMessage",
        "audience": "CUSTOMER",
        "summary": "Wrote on the portal.",
        "actor": {"__typename": "Staff", "name": "Anna Weber"},
        "body": "Water comes.",
    }
    assert (await desk.history("ben", case["id"], show))[-1]["actor"] == {"__typename": "User", "name": "Anna Weber"}


@pytest.mark.rule("R-68")
async def test_what_an_employee_writes_arrives_on_the_customers_open_streams(desk: Desk) -> None:
    case = await desk.register()
    messages = "subscription($c: ID!) { portalMessageAdded(caseId: $c) { body actor { __typename name } } }"
    history = "subscription { caseHistoryAdded { __typename summary } }"
    async with (
        desk.stream("vera", messages, c=case["id"]) as stream,
        desk.stream("vera", history) as everything,
        desk.stream("paul", "subscription { portalMessageAdded { body } }") as pauls,
    ):
        await post(desk, case, "Not for her.")
        await write(desk, case, "Water comes.", "anna")
        assert await stream.next() == {"body": "Water comes.", "actor": {"__typename": "Staff", "name": "Anna Weber"}}
        assert await everything.next() == {"__typename": "PortalMessage", "summary": "Wrote on the portal."}
        own = await desk.register("paul")
        await write(desk, own, "For Paul.", "anna")
        assert await pauls.next() == {"body": "For Paul."}, "the first that he hears of"


@pytest.mark.rule("R-68")
async def test_a_customer_reads_no_message_of_anothers_case(desk: Desk) -> None:
    case = await desk.register()
    message = await write(desk, case, "Water comes.", "anna")
    assert (await desk.refused("paul", "postToPortal", caseId=case["id"], body="Hello?"))["code"] == "NOT_FOUND"
    assert (await desk.run("paul", "query($id: ID!) { node(id: $id) { id } }", id=message["id"]))["node"] is None
    assert (await desk.run("vera", "query($id: ID!) { node(id: $id) { id } }", id=message["id"]))["node"] is not None


@pytest.mark.rule("R-68")
async def test_a_feed_post_becomes_visible_to_a_customer_by_no_action(desk: Desk) -> None:
    case = await desk.register()
    async with desk.stream("vera", "subscription { caseHistoryAdded { __typename } }") as stream:
        await post(desk, case, "She cannot pay.")
        await desk.done("anna", "takeCase", caseId=case["id"])
        await desk.done("anna", "editCase", caseId=case["id"], description="With smoke", contactId=desk.ids["paul"])
        await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["vera"])
        await set_status(desk, case, "WAITING")
        await write(desk, case, "Hello?", "vera")
        await close(desk, case)
        seen = kinds(await entries(desk, "vera", case))
        assert "FeedPost" not in seen
        assert seen[-1] == "CaseStatusChanged"
        arrived = [(await stream.next())["__typename"]]
        while arrived[-1] != "PortalMessage":
            arrived.append((await stream.next())["__typename"])
        assert "FeedPost" not in arrived
    assert bodies(await entries(desk, "anna", case, kinds=["FEED_POST"])) == ["She cannot pay."]


@pytest.mark.rule("R-70")
@pytest.mark.parametrize("ending", ["CLOSED", "CANCELED"])
async def test_after_the_end_customers_write_no_more_and_employees_post_to_the_feed(desk: Desk, ending: str) -> None:
    case = await desk.register()
    if ending == "CLOSED":
        await close(desk, case)
    else:
        await desk.done("vera", "cancelCase", caseId=case["id"])
    before = await entries(desk, "vera", case)
    assert "POST_TO_PORTAL" not in (await desk.case("vera", case["id"], "viewerActions"))["viewerActions"]
    error = await desk.refused("vera", "postToPortal", caseId=case["id"], body="It burns again.")
    assert error["code"] == "NOT_NOW"
    assert await entries(desk, "vera", case) == before
    assert (await desk.case("vera", case["id"], "status { code }"))["status"]["code"] == ending

    assert "POST_TO_FEED" in (await desk.case("anna", case["id"], "viewerActions"))["viewerActions"]
    await post(desk, case, "It burnt down.", "anna", "ben")
    assert bodies((await entries(desk, "anna", case))[-1:]) == ["It burnt down."]
    assert await desk.notified("ben") == [("MENTIONED", case["number"])]


# ---------------------------------------------------------------- the history only grows


@pytest.mark.rule("R-71")
async def test_whatever_is_done_the_entries_that_were_there_stay_as_they_were(desk: Desk) -> None:
    show = "__typename id at summary audience actor { name } ... on FeedPost { body } ... on PortalMessage { body }"
    case = await lively(desk)
    known = await desk.history("dora", case["id"], show)
    assert len(known) == len(EVERYTHING)
    for login, mutation, input in (
        ("anna", "editCase", {"subject": "Ashes", "description": None}),
        ("vera", "postToPortal", {"body": "It burns again."}),
        ("ben", "takeCase", {}),
        ("anna", "assignCase", {"assigneeId": desk.ids["cleo"], "assigneeGroupId": None}),
        ("dora", "escalateCase", {"supportLineId": desk.ids["line 1"], "assigneeId": desk.ids["anna"]}),
        ("anna", "postToFeed", {"body": "Ashes, indeed."}),
        ("anna", "resolveCase", {"resolution": "Swept up."}),
        ("anna", "reopenCase", {}),
        ("vera", "cancelCase", {"reason": "Never mind."}),
    ):
        await desk.done(login, mutation, caseId=case["id"], **input)
        now = await desk.history("dora", case["id"], show)
        assert now[: len(known)] == known, mutation
        assert len(now) > len(known), mutation
        known = now


@pytest.mark.rule("R-71")
async def test_an_edit_names_the_fields_with_their_values_before_and_after(desk: Desk) -> None:
    case = await desk.register(description="Smoke")
    edit: dict[str, Any] = {
        "subject": "Ashes",
        "description": None,
        "priority": "CRITICAL",
        "contactId": desk.ids["paul"],
    }
    await desk.done("anna", "editCase", caseId=case["id"], **edit)
    show = "summary ... on CaseEdited { changes { field before after } }"
    entry = (await desk.history("anna", case["id"], show))[-1]
    accounts = desk.ids["account of Vera Lindqvist"], desk.ids["account of Paul Okafor"]
    assert {change["field"]: (change["before"], change["after"]) for change in entry["changes"]} == {
        "subject": ("The printer is on fire", "Ashes"),
        "description": ("Smoke", None),
        "priority": ("MEDIUM", "CRITICAL"),
        "contact": (desk.ids["vera"], desk.ids["paul"]),
        "account": accounts,
    }
    assert entry["summary"] == "Edited: subject, description, priority, contact, account."
    shown = (await desk.history("paul", case["id"], show))[-1]["changes"]
    assert [change["field"] for change in shown] == ["subject", "description", "priority"], "nothing of Vera's"


@pytest.mark.rule("R-71")
async def test_an_edit_that_changes_nothing_adds_nothing(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("anna", "editCase", caseId=case["id"], subject="The printer is on fire", priority="MEDIUM")
    await desk.done("anna", "editCase", caseId=case["id"])
    assert kinds(await entries(desk, "anna", case)) == ["CaseRegistered"]


@pytest.mark.rule("R-71")
async def test_entries_tell_the_names_of_employees_and_lookups_as_they_were(desk: Desk, another: Any) -> None:
    case = await lively(desk)
    await write(desk, case, "We are there.", "anna")
    before = [entry["summary"] for entry in await entries(desk, "dora", case)]
    assert "Assigned to Anna Weber." in before
    assert "Escalated from First line to Second line, to Ben Castellano. It is too hot for me." in before
    assert "Status changed from In progress to Waiting for response." in before
    with desk.database():
        await User.all().update(name="Somebody Else")
        await Group.filter(name="First line").update(name="Ground floor")
        await SupportLine.filter(level=1).update(name="Ground floor")
        await CaseStatus.all().update(name="Some status")
    async with another() as renamed:
        assert [entry["summary"] for entry in await entries(renamed, "dora", case)] == before
        staff = (await renamed.history("vera", case["id"], "actor { name }"))[-1]["actor"]
        assert staff == {"name": "Anna Weber"}
        status = await renamed.case("dora", case["id"], "status { name }")
        assert status == {"status": {"name": "Some status"}}


# ---------------------------------------------------------------- the customer writes


@pytest.mark.rule("R-95")
@pytest.mark.parametrize("before", ["WAITING", "RESOLVED"])
async def test_an_answer_reopens_in_one_step_and_the_group_is_told(desk: Desk, before: str) -> None:
    case = await desk.register(assigneeGroupId=desk.ids["group Second line"], assigneeId=desk.ids["cleo"])
    if before == "WAITING":
        await set_status(desk, case, "WAITING")
    else:
        await resolve(desk, case)
    known = await entries(desk, "dora", case)
    told = await desk.notified("cleo")

    await write(desk, case, "It burns again.", "vera")
    show = "status { code } assignee { name } assigneeGroup { name } outcome { endedAt }"
    assert await desk.case("dora", case["id"], show) == {
        "status": {"code": "REOPENED"},
        "assignee": None,
        "assigneeGroup": {"name": "Second line"},
        "outcome": None,
    }
    message, assigned, moved = (await entries(desk, "dora", case))[len(known) :]
    assert (message["__typename"], message["body"]) == ("PortalMessage", "It burns again.")
    assert (assigned["__typename"], assigned["summary"]) == ("CaseAssigned", "Assigned to Second line.")
    assert moved["__typename"] == "CaseStatusChanged"
    assert moved["summary"].endswith(" to Reopened.")
    assert message["at"] == assigned["at"] == moved["at"]
    assert await desk.notified("ben") == [("GROUP_ASSIGNED", case["number"])]
    assert await desk.notified("cleo") == told, "who had it is not told"
    assert kinds(await entries(desk, "vera", case))[-2:] == ["PortalMessage", "CaseStatusChanged"]


@pytest.mark.rule("R-95")
async def test_an_answer_that_reopens_arrives_as_it_happened(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    await set_status(desk, case, "WAITING")
    document = "subscription($c: ID!) { caseHistoryAdded(caseId: $c) { __typename case { status { code } } } }"
    async with desk.stream("ben", document, c=case["id"]) as bens, desk.stream("vera", document, c=case["id"]) as veras:
        await write(desk, case, "It burns again.", "vera")
        arrived = await bens.take(3)
        assert [item["__typename"] for item in arrived] == ["PortalMessage", "CaseAssigned", "CaseStatusChanged"]
        assert {item["case"]["status"]["code"] for item in arrived} == {"REOPENED"}, "all at once, or nothing"
        assert [item["__typename"] for item in await veras.take(2)] == ["PortalMessage", "CaseStatusChanged"]


@pytest.mark.rule("R-95")
async def test_an_answer_gives_a_case_without_a_group_to_the_first_group_of_its_line(desk: Desk) -> None:
    case = await desk.register("dora")
    lifted = {"supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["anna"]}
    await desk.done("dora", "escalateCase", caseId=case["id"], **lifted)
    await set_status(desk, case, "WAITING", "dora")
    await write(desk, case, "It burns again.", "vera")
    assert await desk.case("dora", case["id"], "assignee { name } assigneeGroup { name } supportLine { level }") == {
        "assignee": None,
        "assigneeGroup": {"name": "Second line"},
        "supportLine": {"level": 2},
    }
    assert await desk.notified("ben") == [("GROUP_ASSIGNED", case["number"])]


@pytest.mark.rule("R-95")
async def test_an_answer_to_a_case_that_nobody_has_reopens_it_and_its_group_is_told(desk: Desk) -> None:
    case = await desk.register("dora", assigneeGroupId=desk.ids["group Second line"])
    await set_status(desk, case, "WAITING", "dora")
    told = await desk.notified("ben")
    await write(desk, case, "It burns again.", "vera")
    assert kinds(await entries(desk, "dora", case))[-2:] == ["PortalMessage", "CaseStatusChanged"]
    assert await desk.notified("ben") == [*told, ("GROUP_ASSIGNED", case["number"])]


@pytest.mark.rule("R-95")
async def test_an_answer_in_a_status_of_the_desks_own_that_is_paused_reopens_too(desk: Desk, another: Any) -> None:
    with desk.database():
        new = await CaseStatus.get(code="NEW")
        own = await CaseStatus.create(code="PARTS", name="Waiting for parts", position=99, is_paused=True, next_ids=[])
        new.next_ids = [*new.next_ids, own.id]
        await new.save()
    async with another() as second:
        case = await second.register()
        await set_status(second, case, "PARTS")
        await write(second, case, "It burns again.", "vera")
        assert (await second.case("anna", case["id"], "status { code }"))["status"]["code"] == "REOPENED"


@pytest.mark.rule("R-96")
@pytest.mark.parametrize("status", ["NEW", "IN_PROGRESS", "REOPENED"])
async def test_on_an_active_case_a_customers_message_changes_nothing_else(desk: Desk, status: str) -> None:
    case = await desk.register()
    if status == "REOPENED":
        await resolve(desk, case)
        await write(desk, case, "It burns again.", "vera")
        await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])
    if status == "IN_PROGRESS":
        await set_status(desk, case, "IN_PROGRESS")
    show = "status { code } assignee { name } assigneeGroup { name } changedAt"
    was, known = await desk.case("dora", case["id"], show), await entries(desk, "dora", case)
    assert was["status"]["code"] == status

    await write(desk, case, "Still burning.", "vera")
    assert await desk.case("dora", case["id"], show) == was
    assert kinds((await entries(desk, "dora", case))[len(known) :]) == ["PortalMessage"]


@pytest.mark.rule("R-96")
@pytest.mark.parametrize("status", ["WAITING", "RESOLVED"])
async def test_an_employees_message_never_reopens(desk: Desk, status: str) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    if status == "WAITING":
        await set_status(desk, case, "WAITING")
    else:
        await resolve(desk, case)
    for login in ("anna", "dora", "otto"):
        await write(desk, case, "Is it out?", login)
        await post(desk, case, "She does not answer.", login)
    seen = await desk.case("dora", case["id"], "status { code } assignee { name }")
    assert seen == {"status": {"code": status}, "assignee": {"name": "Anna Weber"}}


@pytest.mark.rule("R-71")
@pytest.mark.rule("R-95")
async def test_an_answer_that_is_refused_leaves_no_trace(desk: Desk) -> None:
    case = await desk.register(assigneeId=desk.ids["anna"])
    await set_status(desk, case, "WAITING")
    with desk.database():
        counted = await Entry.all().count(), await FeedPost.all().count()
    assert (await desk.refused("vera", "postToPortal", caseId=case["id"], body=" "))["code"] == "REQUIRED"
    assert (await desk.refused("anna", "postToFeed", caseId=case["id"], body=" "))["code"] == "REQUIRED"
    assert (await desk.case("anna", case["id"], "status { code }"))["status"]["code"] == "WAITING"
    with desk.database():
        assert (await Entry.all().count(), await FeedPost.all().count()) == counted
