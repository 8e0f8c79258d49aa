"""What was said is edited, removed, hidden and shown again: what is left to whom, and which trace it leaves."""

from __future__ import annotations

import pytest

from gql.settings import Settings
from gql.store import Entry, FormerText
from tests.api.setting_up import running_after, with_setting
from tests.api.test_feed import like
from tests.running import Desk

SAID = "__typename ... on FeedPost { body editedAt removedAt } ... on PortalMessage { body editedAt removedAt }"
TRACES = """__typename summary actor { name }
  ... on FeedPostEdited { former { body } post { body } } ... on FeedPostRemoved { former { body } post { body } }
  ... on PortalMessageEdited { former { body } message { body } }
  ... on PortalMessageRemoved { former { body } message { body } }"""
NODE = "query($id: ID!) { node(id: $id) { __typename } }"
SEARCH = "query($s: String!) { cases(filter: {search: $s}) { totalCount } }"


async def post(desk: Desk, case: str, body: str, by: str = "anna", *mentioned: str) -> str:
    ids = [desk.ids[login] for login in mentioned]
    made = await desk.done(by, "postToFeed", "feedPost { id }", caseId=case, body=body, mentionIds=ids)
    return str(made["feedPost"]["id"])


async def write(desk: Desk, case: str, body: str, by: str = "anna") -> str:
    made = await desk.done(by, "postToPortal", "portalMessage { id }", caseId=case, body=body)
    return str(made["portalMessage"]["id"])


async def bodies(desk: Desk, login: str, case: str) -> list[str]:
    """What somebody reads of what was said."""
    return [entry["body"] for entry in await desk.history(login, case, SAID) if "body" in entry]


async def found(desk: Desk, login: str, word: str) -> int:
    return int((await desk.run(login, SEARCH, s=word))["cases"]["totalCount"])


# ---------------------------------------------------------------- editing


@pytest.mark.rule("R-71")
async def test_a_post_that_is_edited_says_the_new_text_everywhere_and_tells_when(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id = await post(desk, case, "The password is hunter2.")
    show = "feedPost { id body editedAt removedAt }"
    edited = (await desk.done("anna", "editPost", show, postId=id, body="The password is changed."))["feedPost"]
    assert (edited["id"], edited["body"], edited["removedAt"]) == (id, "The password is changed.", None)
    assert edited["editedAt"] is not None
    assert await bodies(desk, "ben", case) == ["The password is changed."]
    assert (await found(desk, "ben", "hunter2"), await found(desk, "ben", "changed")) == (0, 1)


@pytest.mark.rule("R-71")
async def test_a_message_that_is_edited_says_the_new_text_to_the_customer_too(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id = await write(desk, case, "We come on Monday.")
    await desk.done("anna", "editMessage", messageId=id, body="We come on Tuesday.")
    assert await bodies(desk, "vera", case) == ["We come on Tuesday."]
    assert (await found(desk, "vera", "monday"), await found(desk, "vera", "tuesday")) == (0, 1)
    last = (await desk.history("vera", case, TRACES))[-1]
    assert last == {
        "__typename": "PortalMessageEdited",
        "summary": "Edited a message on the portal.",
        "actor": {"name": "Anna Weber"},
        "former": None,
        "message": {"body": "We come on Tuesday."},
    }


@pytest.mark.rule("R-71")
async def test_what_was_said_before_is_kept_for_administrators_alone(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "One"), await write(desk, case, "Uno")
    for body in ("Two", "Three"):
        await desk.done("anna", "editPost", postId=id, body=body)
    await desk.done("anna", "editMessage", messageId=message, body="Due")
    await desk.done("anna", "removePost", postId=id)
    await desk.done("anna", "removeMessage", messageId=message)
    expected = ["One", "Two", "Uno", "Three", "Due"]
    for login in ("otto", "dora", "anna", "vera"):
        formers = [entry["former"] for entry in await desk.history(login, case, TRACES) if "former" in entry]
        if login == "otto":
            assert [former["body"] for former in formers] == expected
        else:
            assert formers == [None] * (2 if login == "vera" else 5)
    with desk.database():
        ids = [f"FormerText_{key}" for key in await FormerText.all().values_list("id", flat=True)]
    for login in ("dora", "anna", "vera"):
        assert [(await desk.run(login, NODE, id=id))["node"] for id in ids] == [None] * 5


@pytest.mark.rule("R-71")
async def test_an_edit_that_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "One", "anna", "ben"), await write(desk, case, "Uno")
    before = await desk.history("anna", case)
    await desk.done("anna", "editPost", postId=id, body="One")
    await desk.done("anna", "editPost", postId=id, body="One", mentionIds=[desk.ids["ben"]])
    await desk.done("anna", "editMessage", messageId=message, body="Uno")
    assert await desk.history("anna", case) == before


@pytest.mark.rule("R-66")
async def test_whoever_is_mentioned_by_an_edit_is_told_and_those_who_were_before_are_not_told_again(
    desk: Desk,
) -> None:
    case = (await desk.register())["id"]
    id = await post(desk, case, "@Ben?", "anna", "ben")
    both = [desk.ids["ben"], desk.ids["cleo"]]
    show = "feedPost { mentions { name } }"
    edited = await desk.done("anna", "editPost", show, postId=id, body="@Ben, @Cleo?", mentionIds=both)
    assert edited["feedPost"]["mentions"] == [{"name": "Ben Castellano"}, {"name": "Cleo Marsh"}]
    assert len(await desk.notified("ben")) == len(await desk.notified("cleo")) == 1
    kept = await desk.done("anna", "editPost", show, postId=id, body="@Ben and @Cleo?")
    assert kept["feedPost"] == edited["feedPost"]
    cleared = await desk.done("anna", "editPost", show, postId=id, body="Nobody?", mentionIds=None)
    assert cleared["feedPost"]["mentions"] == []
    assert len(await desk.notified("ben")) == len(await desk.notified("cleo")) == 1


@pytest.mark.rule("R-66")
async def test_whoever_has_left_stays_mentioned_in_what_is_edited_and_is_not_mentioned_anew(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, other = await post(desk, case, "@Ben?", "anna", "ben"), await post(desk, case, "Anybody?")
    await desk.done("otto", "deactivateUser", userId=desk.ids["ben"])
    both = [desk.ids["ben"], desk.ids["cleo"]]
    show = "feedPost { mentions { name } }"
    edited = await desk.done("anna", "editPost", show, postId=id, body="@Ben, @Cleo?", mentionIds=both)
    assert edited["feedPost"]["mentions"] == [{"name": "Ben Castellano"}, {"name": "Cleo Marsh"}]
    refused = await desk.refused("anna", "editPost", postId=other, body="@Ben, @Cleo?", mentionIds=both)
    assert (refused["code"], refused["field"]) == ("INVALID", ["mentionIds"])
    assert len(await desk.notified("cleo")) == 1


@pytest.mark.rule("R-66")
async def test_whoever_lost_sight_of_the_case_stays_mentioned_in_what_is_edited(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        case = (await desk.register("dora"))["id"]
        id = await post(desk, case, "@Anna?", "dora", "anna")
        await desk.done("dora", "assignCase", caseId=case, assigneeGroupId=desk.ids["group Second line"])
        both = [desk.ids["anna"], desk.ids["ben"]]
        show = "feedPost { mentions { name } }"
        edited = await desk.done("dora", "editPost", show, postId=id, body="@Anna, @Ben?", mentionIds=both)
        assert edited["feedPost"]["mentions"] == [{"name": "Anna Weber"}, {"name": "Ben Castellano"}]


@pytest.mark.rule("R-71")
async def test_employees_rewrite_what_they_wrote_administrators_anything_and_customers_nothing(desk: Desk) -> None:
    case = (await desk.register())["id"]
    show = "__typename ... on FeedPost { viewerMayRewrite } ... on PortalMessage { viewerMayRewrite }"
    await post(desk, case, "By Anna")
    await write(desk, case, "By Anna too")
    veras = await write(desk, case, "By Vera", "vera")
    may = {"anna": [True, True, False], "dora": [False] * 3, "otto": [True] * 3, "vera": [False] * 2}
    for login, expected in may.items():
        said = [e["viewerMayRewrite"] for e in await desk.history(login, case, show) if "viewerMayRewrite" in e]
        assert said == expected, login
    for login in ("vera", "anna", "dora"):
        assert (await desk.refused(login, "editMessage", messageId=veras, body="I never did."))["code"] == "FORBIDDEN"
        assert (await desk.refused(login, "removeMessage", messageId=veras))["code"] == "FORBIDDEN"
    await desk.done("otto", "editMessage", messageId=veras, body="By Vera, without her card's number")


@pytest.mark.rule("R-70")
@pytest.mark.rule("R-71")
async def test_after_the_end_nobody_gives_the_customer_other_words_and_colleagues_edit_their_posts(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "One"), await write(desk, case, "We come on Monday.")
    assert "EDIT_MESSAGE" in (await desk.case("anna", case, "viewerActions"))["viewerActions"]
    await desk.done("anna", "cancelCase", caseId=case, closureCodeId=desk.ids["No fault found"])
    for login in ("anna", "otto"):
        refused = await desk.refused(login, "editMessage", messageId=message, body="We never come.")
        assert (refused["code"], refused["field"]) == ("NOT_NOW", [])
        assert refused["message"] == "The case is canceled: the conversation with the customer has ended."
        assert "EDIT_MESSAGE" not in (await desk.case(login, case, "viewerActions"))["viewerActions"]
    await desk.done("anna", "editPost", postId=id, body="Two")
    assert await bodies(desk, "vera", case) == ["We come on Monday."]


@pytest.mark.rule("R-70")
@pytest.mark.rule("R-71")
async def test_what_was_said_can_be_taken_back_after_the_end_too(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id = await write(desk, case, "Your password is hunter2.")
    await desk.done("anna", "cancelCase", caseId=case, closureCodeId=desk.ids["No fault found"])
    await desk.done("anna", "removeMessage", messageId=id)
    assert await bodies(desk, "vera", case) == [""]


# ---------------------------------------------------------------- removing


@pytest.mark.rule("R-71")
async def test_of_what_was_removed_the_place_is_left_and_who_removed_it(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "Secret", "anna", "ben"), await write(desk, case, "Private")
    await desk.done("otto", "removePost", postId=id)
    show = "portalMessage { body removedAt }"
    removed = (await desk.done("anna", "removeMessage", show, messageId=message))["portalMessage"]
    assert removed["body"] == ""
    assert removed["removedAt"] is not None
    for login, said in (("ben", ["", ""]), ("otto", ["", ""]), ("vera", [""])):
        assert await bodies(desk, login, case) == said
        assert await found(desk, login, "secret") + await found(desk, login, "private") == 0
    assert [(e["summary"], e["actor"]["name"]) for e in (await desk.history("ben", case, TRACES))[-2:]] == [
        ("Removed a post.", "Otto Haugen"),
        ("Removed a message on the portal.", "Anna Weber"),
    ]
    mentions = "query($id: ID!) { node(id: $id) { ... on FeedPost { mentions { name } } } }"
    assert (await desk.run("anna", mentions, id=id))["node"] == {"mentions": []}


@pytest.mark.rule("R-71")
async def test_what_was_removed_is_removed_once_and_neither_edited_liked_nor_commented_on(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "Secret"), await write(desk, case, "Private")
    await desk.done("anna", "removePost", postId=id)
    await desk.done("anna", "removeMessage", messageId=message)
    before = await desk.history("anna", case)
    await desk.done("anna", "removePost", postId=id)
    await desk.done("anna", "removeMessage", messageId=message)
    for mutation, input in (
        ("editPost", {"postId": id, "body": "Again"}),
        ("commentOnPost", {"postId": id, "body": "What was it?"}),
        ("likePost", {"postId": id, "like": True}),
        ("editMessage", {"messageId": message, "body": "Again"}),
    ):
        assert (await desk.refused("anna", mutation, **input))["code"] == "NOT_NOW", mutation
    assert await desk.history("anna", case) == before


@pytest.mark.rule("R-71")
async def test_whoever_goes_over_the_past_again_reads_what_is_left_now(desk: Desk) -> None:
    case = (await desk.register())["id"]
    cursor = (await desk.run("vera", "{ viewer { cursor } }"))["viewer"]["cursor"]
    edited, removed = await write(desk, case, "First"), await write(desk, case, "Second")
    await desk.done("anna", "editMessage", messageId=edited, body="First, mended")
    await desk.done("anna", "removeMessage", messageId=removed)
    document = "subscription($after: Cursor) { portalMessageAdded(after: $after) { body } }"
    for login in ("vera", "anna"):
        async with desk.stream(login, document, after=cursor) as messages:
            assert await messages.take(2) == [{"body": "First, mended"}, {"body": ""}]
            await messages.nothing(0.1)


@pytest.mark.rule("R-71")
async def test_what_many_were_told_and_was_removed_since_is_told_to_nobody_who_comes_back(desk: Desk) -> None:
    case = (await desk.register())["id"]
    cursor = (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]
    document = "subscription($after: Cursor) { feedPostAdded(after: $after) { body editedAt removedAt likeCount } }"
    async with desk.stream("anna", document, after=cursor) as live:
        edited, removed = await post(desk, case, "First"), await post(desk, case, "Second")
        assert [said["body"] for said in await live.take(2)] == ["First", "Second"]
        await like(desk, edited, "ben")
        await desk.done("anna", "editPost", postId=edited, body="First, mended")
        await desk.done("anna", "removePost", postId=removed)
        for login in ("ben", "anna"):
            async with desk.stream(login, document, after=cursor) as again:
                first, second = await again.take(2)
            assert (first["body"], first["likeCount"], second["body"]) == ("First, mended", 1, "")
            assert first["editedAt"] is not None
            assert second["removedAt"] is not None
        await live.nothing(0.1)


@pytest.mark.rule("R-71")
async def test_a_list_that_was_found_by_words_hears_that_they_are_gone(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "A ladder"), await write(desk, case, "A bucket")
    document = "subscription($s: String!) { casesChanged(filter: {search: $s}) { fits } }"
    async with (
        desk.stream("anna", document, s="ladder") as ladders,
        desk.stream("vera", document, s="bucket") as buckets,
        desk.stream("vera", document, s="ladder") as nothing,
    ):
        await desk.done("anna", "editPost", postId=id, body="A chair")
        assert await ladders.next() == {"fits": False}
        await nothing.nothing(0.2)
        await desk.done("anna", "removeMessage", messageId=message)
        assert await buckets.next() == {"fits": False}


# ---------------------------------------------------------------- hiding and showing


@pytest.mark.rule("R-173")
async def test_a_hidden_message_is_gone_for_the_customer_on_every_road_and_there_for_staff(desk: Desk) -> None:
    case = (await desk.register())["id"]
    await desk.done("vera", "watchCase", caseId=case, watch=True)
    cursor = (await desk.run("vera", "{ viewer { cursor } }"))["viewer"]["cursor"]
    id = await write(desk, case, "Meant for colleagues")
    told = len(await desk.notified("vera"))
    hidden = await desk.done("dora", "hideMessage", "portalMessage { body audience }", messageId=id)
    assert hidden["portalMessage"] == {"body": "Meant for colleagues", "audience": "STAFF"}

    assert await bodies(desk, "vera", case) == []
    assert (await desk.run("vera", NODE, id=id))["node"] is None
    assert await found(desk, "vera", "colleagues") == 0
    assert len(await desk.notified("vera")) == told  # one less of the message, one more of its hiding
    document = "subscription($after: Cursor) { portalMessageAdded(after: $after) { body } }"
    async with desk.stream("vera", document, after=cursor) as replay:
        await replay.nothing(0.2)
    assert await bodies(desk, "anna", case) == ["Meant for colleagues"]
    assert (await desk.run("anna", NODE, id=id))["node"] == {"__typename": "PortalMessage"}
    assert await found(desk, "anna", "colleagues") == 1


@pytest.mark.rule("R-173")
async def test_who_loses_sight_of_a_message_is_told_and_who_gets_it_back_reads_it(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id = await write(desk, case, "At noon")
    document = """subscription { caseHistoryAdded { __typename audience summary actor { __typename name }
      ... on PortalMessageHidden { messageId message { body } }
      ... on PortalMessageShown { messageId message { body } } } }"""
    async with desk.stream("vera", document) as entries:
        await desk.done("dora", "hideMessage", messageId=id)
        assert await entries.next() == {
            "__typename": "PortalMessageHidden",
            "audience": "CUSTOMER",
            "summary": "Withdrew a message from the portal.",
            "actor": {"__typename": "Staff", "name": "Dora Novak"},
            "messageId": id,
            "message": None,
        }
        await desk.done("dora", "showMessage", messageId=id)
        shown = await entries.next()
        assert (shown["__typename"], shown["messageId"]) == ("PortalMessageShown", id)
        assert shown["message"] == {"body": "At noon"}
    assert await bodies(desk, "vera", case) == ["At noon"]
    assert (await desk.run("vera", NODE, id=id))["node"] is not None


@pytest.mark.rule("R-173")
async def test_what_the_stream_of_the_history_brings_makes_what_is_read_later(desk: Desk) -> None:
    case = (await desk.register())["id"]
    first, second, third = [await write(desk, case, body) for body in ("One", "Two", "Three")]
    read = "query($id: ID!) { case(by: {id: $id}) { cursor history { nodes { id ... on PortalMessage { body } } } } }"
    before = (await desk.run("vera", read, id=case))["case"]
    messages = {node["id"]: node["body"] for node in before["history"]["nodes"] if "body" in node}
    document = """subscription($after: Cursor) { caseHistoryAdded(after: $after) { id
      ... on PortalMessage { body }
      ... on PortalMessageEdited { message { id body } } ... on PortalMessageRemoved { message { id body } }
      ... on PortalMessageHidden { messageId message { id body } }
      ... on PortalMessageShown { messageId message { id body } } } }"""

    async def act() -> None:
        await desk.done("dora", "hideMessage", messageId=first)
        await desk.done("anna", "editMessage", messageId=second, body="Two and a half")
        await desk.done("dora", "hideMessage", messageId=third)
        await desk.done("anna", "editMessage", messageId=third, body="Three, unseen")
        await desk.done("dora", "showMessage", messageId=first)
        await desk.done("anna", "removeMessage", messageId=first)
        await write(desk, case, "Four")
        await desk.done("otto", "editMessage", messageId=second, body="Two again")

    async def heard(after: str) -> dict[str, str]:
        known = dict(messages)
        async with desk.stream("vera", document, after=after) as entries:
            if after == before["cursor"] and not done:
                await act()
            while True:
                try:
                    entry = await entries.next(0.5)
                except TimeoutError:
                    return known
                if "messageId" in entry and entry["message"] is None:
                    known.pop(entry["messageId"], None)
                elif entry.get("message"):
                    known[entry["message"]["id"]] = entry["message"]["body"]
                elif "body" in entry:
                    known[entry["id"]] = entry["body"]

    done = False
    live = await heard(before["cursor"])
    done = True
    replayed = await heard(before["cursor"])
    after = (await desk.run("vera", read, id=case))["case"]
    present = {node["id"]: node["body"] for node in after["history"]["nodes"] if "body" in node}
    assert live == replayed == present
    assert sorted(present.values()) == ["", "Four", "Two again"]


@pytest.mark.rule("R-174")
async def test_what_happens_to_a_hidden_message_is_not_told_to_the_customer(desk: Desk) -> None:
    case = (await desk.register("vera"))["id"]
    id = await write(desk, case, "Hush, a ladder")
    await desk.done("dora", "hideMessage", messageId=id)
    before = await desk.history("vera", case)
    everything = "subscription { caseHistoryAdded { summary } }"
    searching = 'subscription { casesChanged(filter: {search: "printer"}) { fits } }'
    async with desk.stream("vera", everything) as entries, desk.stream("vera", searching) as changes:
        await desk.done("anna", "editMessage", messageId=id, body="Hush, a printer")
        await desk.done("anna", "removeMessage", messageId=id)
        await entries.nothing(0.2)
        await changes.nothing(0.1)
    assert await desk.history("vera", case) == before
    assert (await desk.refused("vera", "editMessage", messageId=id, body="x"))["code"] == "NOT_FOUND"


@pytest.mark.rule("R-173")
async def test_hiding_is_for_supervisors_happens_once_and_is_never_the_default(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id = await write(desk, case, "At noon")
    show = "query($id: ID!) { node(id: $id) { ... on PortalMessage { audience } } }"
    assert (await desk.run("anna", show, id=id))["node"] == {"audience": "CUSTOMER"}
    assert (await desk.refused("anna", "hideMessage", messageId=id))["code"] == "FORBIDDEN"
    assert (await desk.refused("vera", "hideMessage", messageId=id))["code"] == "FORBIDDEN"
    for mutation in ("hideMessage", "hideMessage", "showMessage", "showMessage"):
        await desk.done("dora", mutation, messageId=id)
    kinds = [entry["__typename"] for entry in await desk.history("dora", case)]
    assert kinds == ["CaseRegistered", "PortalMessage", "PortalMessageHidden", "PortalMessageShown"]
    actions = {login: (await desk.case(login, case, "viewerActions"))["viewerActions"] for login in ("anna", "dora")}
    assert ("HIDE_MESSAGE" in actions["anna"], "HIDE_MESSAGE" in actions["dora"]) == (False, True)


@pytest.mark.rule("R-68")
@pytest.mark.rule("R-173")
async def test_a_post_of_the_feed_is_shown_to_customers_by_no_means(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id = await post(desk, case, "For colleagues")
    for mutation in ("showMessage", "hideMessage", "editMessage", "removeMessage"):
        input = {"messageId": id} | ({"body": "Hello"} if mutation == "editMessage" else {})
        assert (await desk.refused("otto", mutation, **input))["code"] == "NOT_FOUND"
    assert await bodies(desk, "vera", case) == []


@pytest.mark.rule("R-71")
async def test_no_entry_is_rewritten_by_any_of_this(desk: Desk) -> None:
    case = (await desk.register())["id"]
    id, message = await post(desk, case, "One"), await write(desk, case, "Uno")
    with desk.database():
        before = await Entry.all().order_by("id").values()
    await desk.done("anna", "editPost", postId=id, body="Two")
    await desk.done("ben", "likePost", postId=id, like=True)
    await desk.done("anna", "removePost", postId=id)
    await desk.done("dora", "hideMessage", messageId=message)
    await desk.done("anna", "editMessage", messageId=message, body="Due")
    await desk.done("dora", "showMessage", messageId=message)
    with desk.database():
        assert (await Entry.all().order_by("id").values())[: len(before)] == before
