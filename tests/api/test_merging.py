"""Cases that are merged: one ends, and the other goes on with what was and will be said on both."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from gql.enums import PortalRole
from tests.api.setting_up import bring, put, row_id
from tests.api.test_organisations import let_in
from tests.running import Desk

SAID = """__typename case { number } ... on PortalMessage { body } ... on FeedPost { body }
  ... on CaseMerged { from { number } }"""
ADDED = f"""subscription($case: ID, $after: Cursor) {{
  caseHistoryAdded(caseId: $case, after: $after) {{ id cursor {SAID} }} }}"""

Case = dict[str, Any]


async def merged(desk: Desk, ended: Case, into: Case, by: str = "dora") -> dict[str, Any]:
    show = """ended { status { code } mergedInto { number } outcome { closureCode { name } } }
      into { number status { code } }"""
    return await desk.done(by, "mergeCases", show, caseId=ended["id"], intoCaseId=into["id"])


async def write(desk: Desk, login: str, case: Case, body: str, where: str = "postToPortal") -> None:
    await desk.done(login, where, caseId=case["id"], body=body)


async def bodies(desk: Desk, login: str, case: Case) -> list[str]:
    """What was said on a case, as its history shows it to somebody."""
    return [entry["body"] for entry in await desk.history(login, case["id"], SAID) if "body" in entry]


async def ids(desk: Desk, login: str, case: Case) -> list[str]:
    return [entry["id"] for entry in await desk.history(login, case["id"], "id")]


@pytest.mark.rule("R-196")
async def test_the_first_is_cancelled_and_its_conversation_is_shown_on_the_second(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register()
    for number, case in enumerate((ended, into, ended, into)):
        await write(desk, "anna", case, f"{number}")
    payload = await merged(desk, ended, into)
    assert payload["ended"] == {
        "status": {"code": "CANCELED"},
        "mergedInto": {"number": into["number"]},
        "outcome": {"closureCode": {"name": "Merged with another case"}},
    }
    assert payload["into"] == {"number": into["number"], "status": {"code": "NEW"}}
    assert await bodies(desk, "anna", into) == ["0", "1", "2", "3"], "in the order in which it was said"
    told = await desk.history("anna", into["id"], f"summary {SAID} ... on CaseStatusChanged {{ reason }}")
    assert told[-1]["from"] == {"number": ended["number"]}
    assert [entry["reason"] for entry in told if "reason" in entry] == [f"Merged into {into['number']}."]
    assert {entry["case"]["number"] for entry in told} == {ended["number"], into["number"]}
    assert await ids(desk, "anna", ended) == await ids(desk, "anna", into)


@pytest.mark.rule("R-196")
async def test_what_comes_later_for_the_ended_one_reaches_the_one_that_goes_on(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register(assigneeId=desk.ids["ben"])
    await merged(desk, ended, into)
    await desk.done("ben", "changeCaseStatus", caseId=into["id"], statusId=desk.ids["WAITING"])
    assert "POST_TO_PORTAL" in (await desk.case("vera", ended["id"], "viewerActions"))["viewerActions"]
    await write(desk, "vera", ended, "It burns again.")
    await write(desk, "anna", ended, "I know why.", "postToFeed")
    for case in (ended, into):
        assert await bodies(desk, "anna", case) == ["It burns again.", "I know why."]
        assert await bodies(desk, "vera", case) == ["It burns again."]
    assert (await desk.case("anna", into["id"], "status { code }"))["status"]["code"] == "REOPENED"
    assert (await desk.case("anna", ended["id"], "status { code }"))["status"]["code"] == "CANCELED"


@pytest.mark.rule("R-196")
async def test_the_assignee_of_the_one_that_goes_on_hears_of_what_is_said_on_the_ended_one(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register(assigneeId=desk.ids["ben"])
    await merged(desk, ended, into)
    await write(desk, "vera", ended, "Are you coming?")
    assert (await desk.notified("ben"))[-1] == ("CUSTOMER_REPLIED", ended["number"])


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-67")
async def test_a_comment_on_a_post_of_the_ended_one_reaches_the_one_that_goes_on(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register(assigneeId=desk.ids["ben"])
    post = (await desk.done("anna", "postToFeed", "feedPost { id }", caseId=ended["id"], body="Why?"))["feedPost"]
    await desk.done("ben", "watchCase", caseId=into["id"], watch=True)
    await merged(desk, ended, into)
    show = "feedPost { id parent { id } case { number } }"
    comment = await desk.done("cleo", "commentOnPost", show, postId=post["id"], body="The fuse.")
    assert comment["feedPost"]["parent"] == post
    assert comment["feedPost"]["case"] == {"number": ended["number"]}
    assert (await desk.notified("ben"))[-1] == ("WATCHING", ended["number"])
    for case in (ended, into):
        assert await bodies(desk, "anna", case) == ["Why?", "The fuse."]


@pytest.mark.rule("R-196")
async def test_whoever_watches_one_of_merged_cases_hears_of_what_happens_on_each(desk: Desk) -> None:
    first, second, third = cases = [await desk.register() for _ in range(3)]
    task = (await desk.done("dora", "addTask", "task { id }", caseId=first["id"], title="Air the room"))["task"]
    for login, case in zip(("anna", "ben", "cleo"), cases, strict=True):
        await desk.done(login, "watchCase", caseId=case["id"], watch=True)
    await merged(desk, first, second)
    await merged(desk, second, third)
    heard = {login: len(await desk.notified(login)) for login in ("anna", "ben", "cleo")}
    for case in cases:
        await write(desk, "dora", case, "Any news?", "postToFeed")
    await write(desk, "vera", first, "It burns again.")
    await desk.done("dora", "completeTask", taskId=task["id"])
    await desk.done("dora", "assignCase", caseId=third["id"], assigneeId=desk.ids["dora"])
    numbers = [first, second, third, first, third, third]  # what is to be done is the last one's now
    for login, before in heard.items():
        told = (await desk.notified(login))[before:]
        assert told == [("WATCHING", case["number"]) for case in numbers], login


@pytest.mark.rule("R-196")
async def test_who_watches_both_of_two_that_are_merged_is_told_once_of_each(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register()
    for case in (ended, into):
        await desk.done("anna", "watchCase", caseId=case["id"], watch=True)
    await merged(desk, ended, into)
    assert await desk.notified("anna") == [("WATCHING", ended["number"]), ("WATCHING", into["number"])]
    await write(desk, "ben", into, "Any news?", "postToFeed")
    assert (await desk.notified("anna"))[2:] == [("WATCHING", into["number"])]


@pytest.mark.rule("R-196")
async def test_when_the_one_that_goes_on_has_ended_too_the_customer_writes_no_more(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register()
    await merged(desk, ended, into)
    await bring(desk, into["id"], "CLOSED")
    error = await desk.refused("vera", "postToPortal", caseId=ended["id"], body="Hello?")
    assert error["code"] == "NOT_NOW"


@pytest.mark.rule("R-196")
async def test_a_chain_of_merges_leads_to_its_end(desk: Desk) -> None:
    first, second, third = [await desk.register() for _ in range(3)]
    await write(desk, "vera", first, "one")
    await merged(desk, first, second)
    await write(desk, "vera", second, "two")
    await merged(desk, second, third)
    await write(desk, "vera", first, "three")
    for case in (first, second, third):
        assert await bodies(desk, "anna", case) == await bodies(desk, "vera", case) == ["one", "two", "three"]
    shown = [(await desk.case("anna", case["id"], "mergedInto { number }"))["mergedInto"] for case in (first, second)]
    assert shown == [{"number": second["number"]}, {"number": third["number"]}]


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-160")
async def test_customers_of_merged_cases_see_nothing_of_each_other(desk: Desk) -> None:
    veras, pauls = await desk.register(), await desk.register(contactId=desk.ids["paul"])
    await write(desk, "vera", veras, "vera before")
    await write(desk, "paul", pauls, "paul before")
    for login, case in (("vera", veras), ("paul", pauls)):
        await desk.done(login, "watchCase", caseId=case["id"], watch=True)
    seen = await desk.case("paul", pauls["id"], "changedAt")
    paul_heard = await desk.notified("paul")
    await merged(desk, veras, pauls)
    assert await desk.notified("paul") == paul_heard
    assert await desk.case("paul", pauls["id"], "changedAt") == seen
    async with desk.stream("paul", ADDED) as pauls_stream, desk.stream("vera", ADDED) as veras_stream:
        await write(desk, "vera", veras, "vera later")
        await write(desk, "anna", veras, "to vera")
        await write(desk, "anna", pauls, "to paul")
        assert (await pauls_stream.next())["body"] == "to paul"
        assert [item["body"] for item in await veras_stream.take(2)] == ["vera later", "to vera"]
        await veras_stream.nothing(0.2)
    assert await bodies(desk, "vera", veras) == ["vera before", "vera later", "to vera"]
    assert await bodies(desk, "paul", pauls) == ["paul before", "to paul"]
    assert (await desk.case("vera", veras["id"], "mergedInto { id }"))["mergedInto"] is None
    assert await desk.case("vera", pauls["id"], "id") is None
    assert not [entry for entry in await desk.history("paul", pauls["id"]) if entry["__typename"] == "CaseMerged"]
    assert {number for _, number in await desk.notified("paul")} == {pauls["number"]}
    assert {number for _, number in await desk.notified("vera")} == {veras["number"]}
    assert await bodies(desk, "anna", pauls) == ["vera before", "paul before", "vera later", "to vera", "to paul"]


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-172")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_what_streams_tell_of_merged_cases_joined_to_what_was_read_is_what_is_read_after(
    desk: Desk, login: str
) -> None:
    """Whoever hears of a merge reads the history again; all else is told item by item."""
    first, second, third = cases = [await desk.register() for _ in range(3)]

    async def everything() -> None:
        await write(desk, "vera", first, "a")
        await write(desk, "anna", second, "b", "postToFeed")
        await merged(desk, first, second)
        await write(desk, "vera", first, "c")
        await write(desk, "vera", second, "d")
        await merged(desk, second, third)
        for case in cases:
            await write(desk, "vera", case, "e")
            await write(desk, "anna", case, "f", "postToFeed")
        await write(desk, "vera", third, "the end")

    read = {case["id"]: set(await ids(desk, login, case)) for case in cases}
    begun = (await desk.run(login, "{ viewer { cursor } }"))["viewer"]["cursor"]

    async def applied(case: Case, stream: Any) -> set[str]:
        known = set(read[case["id"]])
        while True:
            item = await stream.next()
            known.add(item["id"])
            if item["__typename"] == "CaseMerged":
                known |= set(await ids(desk, login, case))
            if item.get("body") == "the end":
                return known

    async with (
        desk.stream(login, ADDED, case=first["id"]) as on_first,
        desk.stream(login, ADDED, case=second["id"]) as on_second,
        desk.stream(login, ADDED, case=third["id"]) as on_third,
    ):
        live = [
            asyncio.create_task(applied(*pair)) for pair in zip(cases, (on_first, on_second, on_third), strict=True)
        ]
        await everything()
        after = set(await ids(desk, login, third))
        assert await asyncio.gather(*live) == [after, after, after]
    for case in cases:
        async with desk.stream(login, ADDED, case=case["id"], after=begun) as stream:
            assert await applied(case, stream) == after, "resumed from before it all"


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-172")
@pytest.mark.rule("R-141")
async def test_a_customer_who_sees_both_hears_of_the_merge_and_one_who_sees_one_of_them_does_not(desk: Desk) -> None:
    account = desk.ids["account of Vera Lindqvist"]
    await let_in(desk, "Vida Holm", "vida", PortalRole.OBSERVER, account)
    await let_in(desk, "Hugo Berg", "hugo", PortalRole.MEMBER, account)
    ended, into = await desk.register(subject="Secret"), await desk.register(contactId=desk.ids["hugo"])
    lists = "subscription { casesChanged(filter: {includeFinal: true}) { case { number mergedInto { number } } } }"
    async with (
        desk.stream("vida", ADDED, case=into["id"]) as history,
        desk.stream("vida", lists) as changes,
        desk.stream("hugo", ADDED) as hugos,
        desk.stream("hugo", lists) as hugos_list,
        desk.stream("vera", ADDED) as veras,
    ):
        await merged(desk, ended, into)
        told = await history.take(2)
        assert [entry["__typename"] for entry in told] == ["CaseStatusChanged", "CaseMerged"]
        assert told[1]["from"] == {"number": ended["number"]}
        assert [(await changes.next())["case"] for _ in range(2)] == [
            {"number": ended["number"], "mergedInto": {"number": into["number"]}},
            {"number": into["number"], "mergedInto": None},
        ]
        assert (await veras.next())["__typename"] == "CaseStatusChanged"
        assert (await hugos_list.next())["case"] == {"number": into["number"], "mergedInto": None}, "changedAt moves"
        for stream in (hugos, hugos_list, veras):
            await stream.nothing(0.2)
    assert {"Secret"} == {(await desk.case(login, ended["id"], "subject"))["subject"] for login in ("vera", "vida")}
    for login, case in (("hugo", into), ("vera", ended)):
        assert "CaseMerged" not in [entry["__typename"] for entry in await desk.history(login, case["id"])]
    assert await ids(desk, "vida", ended) == await ids(desk, "vida", into)
    await desk.done("anna", "editCase", caseId=into["id"], priority="LOW")
    async with desk.stream("hugo", ADDED, after=ended["cursor"]) as replay:
        assert [entry["__typename"] for entry in await replay.take(2)] == ["CaseRegistered", "CaseEdited"]


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-160")
async def test_a_merge_is_told_no_more_to_a_customer_who_lost_sight_of_the_other_case(desk: Desk) -> None:
    ended, into = await desk.register(), await desk.register()
    await merged(desk, ended, into)
    assert "CaseMerged" in [entry["__typename"] for entry in await desk.history("vera", into["id"])]
    await put(desk, ended["id"], contact_id=row_id(desk.ids["paul"]), account_id=None)
    assert [entry["__typename"] for entry in await desk.history("vera", into["id"])] == ["CaseRegistered"]


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-53")
async def test_what_is_to_be_done_about_the_first_goes_along_and_an_incidents_own_task_ends(desk: Desk) -> None:
    incident = {"categoryId": desk.ids["INCIDENT"], "assigneeId": desk.ids["anna"]}
    ended, into = await desk.register(**incident), await desk.register(**incident)
    given = {"caseId": ended["id"], "title": "Air the room", "ownerId": desk.ids["ben"]}
    task = (await desk.done("dora", "addTask", "task { id }", **given))["task"]["id"]
    over = (await desk.done("dora", "addTask", "task { id }", caseId=ended["id"], title="Fan"))["task"]["id"]
    await desk.done("dora", "completeTask", taskId=over)
    await merged(desk, ended, into)
    show = "tasks { nodes { title status } }"
    of_incident = "Diagnose and resolve the incident"
    assert [(t["title"], t["status"]) for t in (await desk.case("anna", into["id"], show))["tasks"]["nodes"]] == [
        (of_incident, "OPEN"),
        ("Air the room", "OPEN"),
    ]
    assert [(t["title"], t["status"]) for t in (await desk.case("anna", ended["id"], show))["tasks"]["nodes"]] == [
        (of_incident, "CANCELED"),
        ("Fan", "DONE"),
    ]
    told = "case { id } ... on TaskChanged { summary task { id } changes { field before after } }"
    moved = next(entry for entry in await desk.history("anna", into["id"], told) if "changes" in entry)
    assert moved == {
        "case": {"id": into["id"]},
        "summary": "Task changed (case): Air the room",
        "task": {"id": task},
        "changes": [{"field": "case", "before": ended["id"], "after": into["id"]}],
    }
    await desk.done("ben", "completeTask", taskId=task)


FAMILY = "parent { number } children { nodes { number } }"


async def family(desk: Desk, case: Case) -> tuple[str | None, set[str]]:
    """The number of what a case is part of, and of its parts."""
    seen = await desk.case("anna", case["id"], FAMILY)
    return seen["parent"] and seen["parent"]["number"], {node["number"] for node in seen["children"]["nodes"]}


async def put_into(desk: Desk, *chain: Case) -> None:
    """Makes each case part of the one before it."""
    for parent, part in pairwise(chain):
        await desk.done("anna", "editCase", caseId=part["id"], parentId=parent["id"])


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-156")
async def test_the_parts_of_the_first_become_parts_of_the_second(desk: Desk) -> None:
    whole, ended, into, part = [await desk.register() for _ in range(4)]
    await put_into(desk, whole, ended, part)
    await merged(desk, ended, into)
    assert await family(desk, into) == (None, {part["number"]})
    assert await family(desk, part) == (into["number"], set())
    assert await family(desk, ended) == (whole["number"], set()), "what it was part of itself"
    show = """__typename ... on CaseParentChanged { parent { number } formerParent { number } }
      ... on CaseChildAdded { child { number } } ... on CaseChildRemoved { child { number } }"""
    for login in ("anna", "vera"):
        assert (await desk.history(login, part["id"], show))[-2:] == [
            {"__typename": "CaseParentChanged", "parent": None, "formerParent": {"number": ended["number"]}},
            {"__typename": "CaseParentChanged", "parent": {"number": into["number"]}, "formerParent": None},
        ]
        told = [entry for entry in await desk.history(login, into["id"], show) if "child" in entry]
        assert told[-2:] == [
            {"__typename": "CaseChildRemoved", "child": {"number": part["number"]}},
            {"__typename": "CaseChildAdded", "child": {"number": part["number"]}},
        ]


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-156")
@pytest.mark.parametrize("between", [0, 1, 2])
async def test_a_case_that_is_merged_into_a_part_of_it_leaves_no_circle(desk: Desk, between: int) -> None:
    ended, *middle, into = [await desk.register() for _ in range(between + 2)]
    other = await desk.register()
    await put_into(desk, ended, *middle, into)
    await put_into(desk, ended, other)
    await merged(desk, ended, into)
    parts = {other["number"], *(case["number"] for case in middle[:1])}
    assert await family(desk, into) == (None, parts)
    assert (await family(desk, ended))[1] == set()
    if middle:
        assert (await family(desk, middle[0]))[0] == into["number"]
        assert (await family(desk, middle[-1]))[1] == set()


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-156")
async def test_a_part_that_is_merged_into_what_it_is_part_of_stays_there(desk: Desk) -> None:
    whole, part, detail = [await desk.register() for _ in range(3)]
    await put_into(desk, whole, part, detail)
    await merged(desk, part, whole)
    assert await family(desk, whole) == (None, {part["number"], detail["number"]})


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-156")
async def test_nothing_becomes_part_of_a_case_that_was_merged(desk: Desk) -> None:
    first, second, third, part = [await desk.register() for _ in range(4)]
    await merged(desk, first, second)
    await merged(desk, second, third)
    error = await desk.refused("anna", "editCase", caseId=part["id"], parentId=first["id"])
    assert (error["code"], error["field"]) == ("NOT_NOW", ["parentId"])
    assert third["number"] in error["message"]


@pytest.mark.rule("R-196")
@pytest.mark.rule("R-195")
async def test_cases_that_were_merged_are_not_linked_with_each_other_but_lose_a_link_that_they_had(desk: Desk) -> None:
    first, second, third = [await desk.register() for _ in range(3)]
    had = {"caseId": first["id"], "toCaseId": second["id"], "kind": "DUPLICATES"}
    await desk.done("anna", "linkCases", **had)
    await merged(desk, first, second)
    await merged(desk, second, third)
    for case, to in ((first, second), (third, first), (second, third)):
        error = await desk.refused("anna", "linkCases", caseId=case["id"], toCaseId=to["id"], kind="RELATED")
        assert (error["code"], error["field"]) == ("INVALID", ["toCaseId"])
    await desk.done("anna", "unlinkCases", **had)


@pytest.mark.rule("R-196")
async def test_who_may_merge_and_what(desk: Desk) -> None:
    one, other, closed = [await desk.register() for _ in range(3)]
    await bring(desk, closed["id"], "CLOSED")
    for login, ended, into, code, field in (
        ("anna", one, other, "FORBIDDEN", []),
        ("dora", one, one, "INVALID", ["intoCaseId"]),
        ("dora", closed, one, "NOT_NOW", []),
        ("dora", one, closed, "NOT_NOW", []),
    ):
        error = await desk.refused(login, "mergeCases", caseId=ended["id"], intoCaseId=into["id"])
        assert (error["code"], error["field"]) == (code, field)
    await merged(desk, one, other, by="otto")
    assert (await desk.refused("dora", "mergeCases", caseId=one["id"], intoCaseId=other["id"]))["code"] == "NOT_NOW"


@pytest.mark.rule("R-196")
async def test_of_two_who_merge_the_same_cases_into_each_other_one_wins(desk: Desk, another: Any) -> None:
    async with another() as second:
        for _ in range(4):
            one, other = await desk.register(), await desk.register()
            asked = [
                server.act("dora", "mergeCases", caseId=a["id"], intoCaseId=b["id"])
                for server, a, b in ((desk, one, other), (second, other, one), (second, one, other))
            ]
            talk = [server.act("vera", "postToPortal", caseId=one["id"], body="Hm.") for server in (desk, second)]
            *merges, said, again = await asyncio.gather(*asked, *talk)
            assert sorted(len(payload["errors"]) for payload in merges) == [0, 1, 1]
            assert said["errors"] == again["errors"] == []
            for case in (one, other):
                assert await bodies(desk, "anna", case) == ["Hm.", "Hm."]
