"""Comments on posts of the feed, likes, and the colleagues that are suggested to be mentioned."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gql.store import User
from tests.api.setting_up import with_setting
from tests.running import Desk

POST = """query($id: ID!) { node(id: $id) { ... on FeedPost { body likeCount viewerLikes parent { body }
  likes { nodes { name } } comments { nodes { body actor { name } parent { id } mentions { name } } } } } }"""


async def posted(desk: Desk, body: str = "Who has the key?", by: str = "anna", **input: Any) -> str:
    """The id of a post to the feed of a new case."""
    case = input.pop("case", None) or (await desk.register())["id"]
    made = await desk.done(by, "postToFeed", "feedPost { id }", caseId=case, body=body, **input)
    return str(made["feedPost"]["id"])


async def comment(desk: Desk, post: str, body: str, by: str = "ben", *mentioned: str) -> str:
    ids = [desk.ids[login] for login in mentioned]
    made = await desk.done(by, "commentOnPost", "feedPost { id }", postId=post, body=body, mentionIds=ids)
    return str(made["feedPost"]["id"])


async def like(desk: Desk, post: str, by: str, like: bool = True) -> dict[str, Any]:
    show = "feedPost { likeCount viewerLikes }"
    return dict((await desk.done(by, "likePost", show, postId=post, like=like))["feedPost"])


async def shown(desk: Desk, post: str, login: str = "anna") -> Any:
    return (await desk.run(login, POST, id=post))["node"]


# ---------------------------------------------------------------- comments


@pytest.mark.rule("R-67")
async def test_comments_stand_below_the_post_in_the_order_they_were_made_and_in_the_history(desk: Desk) -> None:
    case = (await desk.register())["id"]
    post = await posted(desk, case=case)
    await comment(desk, post, "Under the mat.", "ben")
    await comment(desk, post, "Not any more.", "cleo")
    nodes = (await shown(desk, post))["comments"]["nodes"]
    assert [(node["body"], node["actor"]["name"]) for node in nodes] == [
        ("Under the mat.", "Ben Castellano"),
        ("Not any more.", "Cleo Marsh"),
    ]
    assert {node["parent"]["id"] for node in nodes} == {post}
    history = await desk.history("anna", case, "... on FeedPost { body parent { id } }")
    assert [entry for entry in history if entry] == [
        {"body": "Who has the key?", "parent": None},
        {"body": "Under the mat.", "parent": {"id": post}},
        {"body": "Not any more.", "parent": {"id": post}},
    ]


@pytest.mark.rule("R-67")
async def test_a_comment_on_a_comment_stands_beside_it(desk: Desk) -> None:
    post = await posted(desk)
    first = await comment(desk, post, "Under the mat.")
    await comment(desk, first, "Thanks!", "anna")
    assert [node["body"] for node in (await shown(desk, post))["comments"]["nodes"]] == ["Under the mat.", "Thanks!"]
    assert (await shown(desk, first))["comments"]["nodes"] == []


@pytest.mark.rule("R-66")
@pytest.mark.rule("R-67")
async def test_whoever_is_mentioned_in_a_comment_is_told(desk: Desk) -> None:
    await comment(desk, await posted(desk), "Ask @Dora.", "ben", "dora")
    assert [reason for reason, _ in await desk.notified("dora")] == ["MENTIONED"]


@pytest.mark.rule("R-67")
async def test_a_comment_comes_by_the_streams(desk: Desk) -> None:
    post = await posted(desk)
    document = "subscription { feedPostAdded { body parent { id } } }"
    async with desk.stream("dora", document) as posts:
        await comment(desk, post, "Under the mat.")
        assert await posts.next() == {"body": "Under the mat.", "parent": {"id": post}}


@pytest.mark.rule("R-67")
async def test_what_is_no_post_is_not_commented_on(desk: Desk) -> None:
    case = (await desk.register())["id"]
    message = await desk.done("anna", "postToPortal", "portalMessage { id }", caseId=case, body="We come.")
    for id in (case, message["portalMessage"]["id"], desk.ids["anna"], "nonsense"):
        error = await desk.refused("anna", "commentOnPost", postId=id, body="Really?")
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["postId"])


# ---------------------------------------------------------------- likes


@pytest.mark.rule("R-67")
async def test_a_post_is_liked_once_by_each_and_no_more_when_the_like_is_taken_back(desk: Desk) -> None:
    post = await posted(desk)
    assert await like(desk, post, "ben") == {"likeCount": 1, "viewerLikes": True}
    assert await like(desk, post, "ben") == {"likeCount": 1, "viewerLikes": True}
    assert await like(desk, post, "dora") == {"likeCount": 2, "viewerLikes": True}
    seen = await shown(desk, post, "anna")
    assert (seen["likeCount"], seen["viewerLikes"]) == (2, False)
    assert seen["likes"]["nodes"] == [{"name": "Ben Castellano"}, {"name": "Dora Novak"}]
    assert await like(desk, post, "ben", False) == {"likeCount": 1, "viewerLikes": False}
    assert (await shown(desk, post))["likes"]["nodes"] == [{"name": "Dora Novak"}]


@pytest.mark.rule("R-67")
async def test_many_who_like_at_once_are_all_counted(desk: Desk) -> None:
    post = await posted(desk)
    everybody = ("anna", "ben", "cleo", "dora", "otto")
    await asyncio.gather(*(like(desk, post, login) for login in everybody * 2))
    assert (await shown(desk, post))["likeCount"] == len(everybody)


@pytest.mark.rule("R-67")
async def test_each_like_comes_by_the_stream_and_disturbs_nobody_who_watches(desk: Desk) -> None:
    case = (await desk.register())["id"]
    await desk.done("dora", "watchCase", caseId=case, watch=True)
    post = await posted(desk, case=case)
    told = await desk.notified("dora")
    document = """subscription { caseHistoryAdded { summary actor { name }
      ... on FeedPostLiked { liked post { id likeCount } } } }"""
    async with desk.stream("cleo", document) as entries:
        await like(desk, post, "ben")
        assert await entries.next() == {
            "summary": "Liked a post.",
            "actor": {"name": "Ben Castellano"},
            "liked": True,
            "post": {"id": post, "likeCount": 1},
        }
        await like(desk, post, "ben", False)
        assert (await entries.next())["post"] == {"id": post, "likeCount": 0}
        await like(desk, post, "ben", False)
        await entries.nothing(0.2)
    assert await desk.notified("dora") == told


# ---------------------------------------------------------------- who may be mentioned


async def suggested(desk: Desk, login: str, case: str, **asked: Any) -> list[str]:
    document = """query($case: ID!, $search: String, $first: Int! = 10) {
      mentionSuggestions(caseId: $case, search: $search, first: $first) { name } }"""
    found = (await desk.run(login, document, case=case, **asked))["mentionSuggestions"]
    return [user["name"] for user in found]


@pytest.mark.rule("R-66")
async def test_those_who_have_to_do_with_the_case_are_suggested_first(desk: Desk) -> None:
    case = (await desk.register("dora", assigneeId=desk.ids["cleo"]))["id"]
    await desk.done("otto", "postToFeed", caseId=case, body="I have an idea.")
    assert await suggested(desk, "dora", case) == ["Cleo Marsh", "Otto Haugen", "Anna Weber", "Ben Castellano"]
    assert await suggested(desk, "dora", case, first=3) == ["Cleo Marsh", "Otto Haugen", "Anna Weber"]
    assert await suggested(desk, "dora", case, first=0) == []


@pytest.mark.rule("R-66")
async def test_suggestions_have_words_that_begin_so_and_no_one_who_has_left(desk: Desk) -> None:
    case = (await desk.register())["id"]
    assert await suggested(desk, "anna", case, search="cast") == ["Ben Castellano"]
    assert await suggested(desk, "anna", case, search="stellano") == []
    assert await suggested(desk, "dora", case, search="a w") == ["Anna Weber"]
    with desk.database():
        await User.filter(name="Ben Castellano").update(active=False)
    assert await suggested(desk, "anna", case, search="cast") == []


@pytest.mark.rule("R-66")
@pytest.mark.rule("R-160")
async def test_colleagues_who_do_not_see_the_case_are_not_suggested(desk: Desk, another: Any) -> None:
    with desk.database():
        await with_setting("AgentSight", "OWN_GROUPS")()
    async with another() as narrow:
        second = narrow.ids["group Second line"]
        case = (await narrow.register("dora", assigneeGroupId=second, assigneeId=narrow.ids["cleo"]))["id"]
        seen = await suggested(narrow, "otto", case)
        assert sorted(seen) == ["Ben Castellano", "Cleo Marsh", "Dora Novak"]
        mentionable = {login: narrow.ids[login] for login in ("ben", "cleo", "dora")}
        await narrow.done("otto", "postToFeed", caseId=case, body="All!", mentionIds=list(mentionable.values()))
        assert await suggested(narrow, "anna", case) == []
        waiting = (await narrow.register("dora"))["id"]
        assert len(await suggested(narrow, "otto", waiting)) == 4


@pytest.mark.rule("R-66")
@pytest.mark.rule("R-160")
async def test_customers_are_suggested_nobody(desk: Desk) -> None:
    case = (await desk.register())["id"]
    assert await suggested(desk, "vera", case) == []
    assert await suggested(desk, "anna", "Case_4711") == []


async def test_at_most_fifty_are_suggested(desk: Desk) -> None:
    case = (await desk.register())["id"]
    document = "query($id: ID!, $n: Int!) { mentionSuggestions(caseId: $id, first: $n) { name } }"
    assert await desk.code("anna", document, id=case, n=51) == "LIMIT"
    assert await desk.code("anna", document, id=case, n=-1) == "INVALID"
    assert len((await desk.run("anna", document, id=case, n=50))["mentionSuggestions"]) == 4
