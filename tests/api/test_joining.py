"""What cases are to each other: parents, links, and cases that are made from what was said on another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gql.enums import PortalRole
from gql.settings import Settings
from tests.api.setting_up import bring, running_after, with_setting
from tests.api.test_organisations import let_in
from tests.running import Desk

FAMILY = "parent { number } children { totalCount nodes { number } }"
LINKS = "links { kind other { number } }"
TOLD = "__typename summary ... on CaseLinked { link other { number } } ... on CaseUnlinked { link other { number } }"


async def part_of(desk: Desk, case: dict[str, Any], parent: dict[str, Any] | None, **input: Any) -> dict[str, Any]:
    parent_id = parent and parent["id"]
    show = f"case {{ {FAMILY} }}"
    return dict((await desk.done("anna", "editCase", show, caseId=case["id"], parentId=parent_id, **input))["case"])


async def linked(desk: Desk, case: dict[str, Any], kind: str, to: dict[str, Any]) -> list[dict[str, Any]]:
    input = {"caseId": case["id"], "toCaseId": to["id"], "kind": kind}
    return list((await desk.done("anna", "linkCases", f"case {{ {LINKS} }}", **input))["case"]["links"])


async def links(desk: Desk, login: str, case: dict[str, Any]) -> list[tuple[str, str]]:
    seen = await desk.case(login, case["id"], LINKS)
    return [(link["kind"], link["other"]["number"]) for link in seen["links"]]


# ---------------------------------------------------------------- parents


@pytest.mark.rule("R-156")
async def test_a_case_becomes_part_of_another_and_is_so_no_more(desk: Desk) -> None:
    flood, cellar = await desk.register(), await desk.register()
    assert (await part_of(desk, cellar, flood))["parent"] == {"number": flood["number"]}
    seen = await desk.case("anna", flood["id"], FAMILY)
    assert seen["children"] == {"totalCount": 1, "nodes": [{"number": cellar["number"]}]}
    assert (await part_of(desk, cellar, None))["parent"] is None
    show = "... on CaseParentChanged { parent { number } formerParent { number } summary }"
    assert [entry for entry in await desk.history("anna", cellar["id"], show) if entry] == [
        {"parent": {"number": flood["number"]}, "formerParent": None, "summary": "Became part of another case."},
        {"parent": None, "formerParent": {"number": flood["number"]}, "summary": "Is no longer part of another case."},
    ]


@pytest.mark.rule("R-156")
async def test_an_edit_that_leaves_the_parent_as_it_is_records_nothing(desk: Desk) -> None:
    flood, cellar = await desk.register(), await desk.register()
    await part_of(desk, cellar, flood)
    before = await desk.history("anna", cellar["id"])
    await part_of(desk, cellar, flood)
    await desk.done("anna", "editCase", caseId=cellar["id"], priority="MEDIUM")
    assert await desk.history("anna", cellar["id"]) == before
    assert (await desk.case("anna", cellar["id"], FAMILY))["parent"] == {"number": flood["number"]}


@pytest.mark.rule("R-156")
async def test_a_case_is_part_neither_of_itself_nor_of_a_part_of_it(desk: Desk) -> None:
    flood, cellar, pump = [await desk.register() for _ in range(3)]
    await part_of(desk, cellar, flood)
    await part_of(desk, pump, cellar)
    for parent in (flood, cellar, pump):
        error = await desk.refused("anna", "editCase", caseId=flood["id"], parentId=parent["id"], subject="Ark")
        assert (error["code"], error["field"]) == ("INVALID", ["parentId"])
    assert (await desk.case("anna", flood["id"], "subject parent { id }")) == {
        "subject": "The printer is on fire",
        "parent": None,
    }


@pytest.mark.rule("R-156")
async def test_two_who_make_each_the_others_parent_at_once_make_no_circle(desk: Desk, another: Any) -> None:
    async with another() as second:
        for _ in range(5):
            ring = [await desk.register() for _ in range(4)]
            asked = [
                server.act("anna", "editCase", caseId=case["id"], parentId=ring[(at + 1) % 4]["id"])
                for server in (desk, second)
                for at, case in enumerate(ring)
            ]
            errors = [error["code"] for payload in await asyncio.gather(*asked) for error in payload["errors"]]
            assert errors == ["INVALID", "INVALID"], "the one that would close the circle, from both servers"
            parents = [(await desk.case("anna", case["id"], "parent { id }"))["parent"] for case in ring]
            assert parents.count(None) == 1


@pytest.mark.rule("R-156")
async def test_a_customer_sees_a_parent_that_is_his_and_no_other(desk: Desk) -> None:
    his, foreign = await desk.register(), await desk.register(contactId=desk.ids["paul"])
    part, other = await desk.register(), await desk.register()
    seen = await desk.case("vera", other["id"], "changedAt cursor")
    await part_of(desk, part, his)
    await part_of(desk, other, foreign)
    assert (await desk.case("vera", part["id"], "parent { number }"))["parent"] == {"number": his["number"]}
    assert (await desk.case("vera", his["id"], FAMILY))["children"]["nodes"] == [{"number": part["number"]}]
    assert (await desk.case("vera", other["id"], "parent { number }"))["parent"] is None
    assert (await desk.case("paul", foreign["id"], FAMILY))["children"] == {"totalCount": 0, "nodes": []}
    assert len(await desk.history("vera", part["id"])) == 2
    assert len(await desk.history("vera", other["id"])) == 1, "of a parent that is not his he hears nothing"
    assert (await desk.case("vera", other["id"], "changedAt"))["changedAt"] == seen["changedAt"]


MOVES = """subscription($case: ID) { caseHistoryAdded(caseId: $case) { __typename
  ... on CaseParentChanged { parent { number } formerParent { number } }
  ... on CaseChildAdded { child { number } } ... on CaseChildRemoved { child { number } } } }"""
PARENTS = f"subscription {{ casesChanged(filter: {{}}) {{ case {{ number {FAMILY} }} }} }}"


@pytest.mark.rule("R-156")
@pytest.mark.rule("R-172")
async def test_both_sides_tell_that_a_case_goes_from_one_to_another_to_whoever_sees_both(desk: Desk) -> None:
    account = desk.ids["account of Vera Lindqvist"]
    await let_in(desk, "Vida Holm", "vida", PortalRole.OBSERVER, account)
    flood = await desk.register(contactId=desk.ids["vida"])
    pauls, cellar = await desk.register(contactId=desk.ids["paul"]), await desk.register()
    await part_of(desk, cellar, pauls)
    come = {"parent": {"number": flood["number"]}, "formerParent": None}
    async with (
        desk.stream("vida", MOVES) as vidas,
        desk.stream("vida", PARENTS) as vidas_list,
        desk.stream("anna", MOVES, case=pauls["id"]) as before,
        desk.stream("anna", MOVES, case=flood["id"]) as after,
        desk.stream("vera", MOVES) as veras,
        desk.stream("vera", PARENTS) as veras_list,
        desk.stream("paul", MOVES) as foreign,
    ):
        await part_of(desk, cellar, flood)
        assert await before.next() == {"__typename": "CaseChildRemoved", "child": {"number": cellar["number"]}}
        assert await after.next() == {"__typename": "CaseChildAdded", "child": {"number": cellar["number"]}}
        assert await vidas.next() == {"__typename": "CaseParentChanged", **come}
        assert (await vidas.next())["__typename"] == "CaseChildAdded"
        told = {item["case"]["number"]: item["case"] for item in await vidas_list.take(2)}
        assert told[cellar["number"]]["parent"] == {"number": flood["number"]}
        assert told[flood["number"]]["children"]["totalCount"] == 1
        unseen = {"number": cellar["number"], "parent": None, "children": {"totalCount": 0, "nodes": []}}
        assert (await veras_list.next())["case"] == unseen, "changedAt moves, and nothing else"
        for stream in (vidas, vidas_list, veras, veras_list, foreign, before, after):
            await stream.nothing(0.1)
        await part_of(desk, cellar, None)
        assert (await after.next())["__typename"] == "CaseChildRemoved"
        assert [item["__typename"] for item in await vidas.take(2)] == ["CaseParentChanged", "CaseChildRemoved"]
        assert {item["case"]["children"]["totalCount"] for item in await vidas_list.take(2)} == {0}
        assert (await veras_list.next())["case"] == unseen
        for stream in (veras, veras_list, foreign):
            await stream.nothing(0.1)


@pytest.mark.rule("R-156")
@pytest.mark.rule("R-171")
async def test_a_part_that_is_added_does_not_stand_in_the_way_of_who_edits_the_whole(desk: Desk) -> None:
    flood, cellar = await desk.register(), await desk.register()
    read = (await desk.case("anna", flood["id"], "cursor"))["cursor"]
    await part_of(desk, cellar, flood)
    await desk.done("anna", "editCase", caseId=flood["id"], subject="Ark", unlessChangedSince=read)


@pytest.mark.rule("R-156")
@pytest.mark.rule("R-160")
async def test_an_agent_takes_a_case_out_of_one_that_he_does_not_see(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        flood = await desk.register("dora", assigneeGroupId=desk.ids["group Third line"])
        cellar = await desk.register("dora")
        await desk.done("dora", "editCase", caseId=cellar["id"], parentId=flood["id"])
        error = await desk.refused("anna", "editCase", caseId=cellar["id"], parentId=flood["id"])
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["parentId"])
        assert (await part_of(desk, cellar, None))["parent"] is None
        assert (await desk.history("dora", flood["id"]))[-1]["__typename"] == "CaseChildRemoved"
        show = "__typename ... on CaseParentChanged { formerParent { id } }"
        assert (await desk.history("anna", cellar["id"], show))[-1]["formerParent"] is None


# ---------------------------------------------------------------- links


@pytest.mark.rule("R-195")
@pytest.mark.parametrize(
    ("kind", "other_side"),
    [
        ("RELATED", "RELATED"),
        ("DUPLICATES", "DUPLICATED_BY"),
        ("DUPLICATED_BY", "DUPLICATES"),
        ("CAUSED_BY", "CAUSES"),
        ("BLOCKS", "BLOCKED_BY"),
    ],
)
async def test_a_link_is_shown_from_both_sides_and_both_histories_tell_it(
    desk: Desk, kind: str, other_side: str
) -> None:
    one, other = await desk.register(), await desk.register()
    assert await linked(desk, one, kind, other) == [{"kind": kind, "other": {"number": other["number"]}}]
    assert await links(desk, "ben", other) == [(other_side, one["number"])]
    told = [(await desk.history("anna", case["id"], TOLD))[-1] for case in (one, other)]
    assert [(entry["link"], entry["other"]["number"]) for entry in told] == [
        (kind, other["number"]),
        (other_side, one["number"]),
    ]
    spoken = kind.lower().replace("_", " ")
    assert told[0]["summary"] == f"Linked with {other['number']}: {spoken}."


@pytest.mark.rule("R-195")
async def test_what_is_linked_already_stays_so_and_a_link_is_taken_away_from_either_side(desk: Desk) -> None:
    one, other = await desk.register(), await desk.register()
    await linked(desk, one, "CAUSED_BY", other)
    await linked(desk, other, "CAUSES", one)
    await linked(desk, one, "RELATED", other)
    assert await links(desk, "anna", one) == [("CAUSED_BY", other["number"]), ("RELATED", other["number"])]
    away = {"caseId": other["id"], "toCaseId": one["id"], "kind": "CAUSES"}
    await desk.done("anna", "unlinkCases", **away)
    assert await links(desk, "anna", one) == [("RELATED", other["number"])]
    assert (await desk.history("anna", one["id"], TOLD))[-1]["summary"] == (
        f"No longer linked with {other['number']}: caused by."
    )
    assert (await desk.refused("anna", "unlinkCases", **away))["code"] == "NOT_FOUND"


@pytest.mark.rule("R-195")
async def test_a_case_is_not_linked_with_itself(desk: Desk) -> None:
    case = await desk.register()
    error = await desk.refused("anna", "linkCases", caseId=case["id"], toCaseId=case["id"], kind="RELATED")
    assert (error["code"], error["field"]) == ("INVALID", ["toCaseId"])


@pytest.mark.rule("R-195")
async def test_cases_that_have_ended_are_linked_too(desk: Desk) -> None:
    one, other = await desk.register(), await desk.register()
    await bring(desk, other["id"], "CLOSED")
    assert len(await linked(desk, one, "DUPLICATES", other)) == 1


@pytest.mark.rule("R-195")
async def test_many_who_link_the_same_cases_from_both_sides_at_once_link_them_once(desk: Desk, another: Any) -> None:
    one, other = await desk.register(), await desk.register()
    async with another() as second:
        asked = [
            server.act("anna", "linkCases", caseId=case["id"], toCaseId=to["id"], kind=kind)
            for server in (desk, second) * 3
            for case, kind, to in ((one, "CAUSES", other), (other, "CAUSED_BY", one))
        ]
        assert all(payload["errors"] == [] for payload in await asyncio.gather(*asked))
    assert await links(desk, "anna", one) == [("CAUSES", other["number"])]
    assert len(await desk.history("anna", other["id"])) == 2


@pytest.mark.rule("R-195")
async def test_customers_see_no_links_and_hear_of_none(desk: Desk) -> None:
    one, other = await desk.register(), await desk.register()
    seen = await desk.case("vera", one["id"], "changedAt cursor links { id }")
    await linked(desk, one, "RELATED", other)
    await desk.done("anna", "unlinkCases", caseId=one["id"], toCaseId=other["id"], kind="RELATED")
    await linked(desk, one, "DUPLICATES", other)
    assert await desk.case("vera", one["id"], "changedAt links { id }") == {
        "changedAt": seen["changedAt"],
        "links": [],
    }
    assert len(await desk.history("vera", one["id"])) == 1


@pytest.mark.rule("R-195")
async def test_an_agent_who_does_not_see_the_other_case_sees_no_link_with_it(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        one = await desk.register("dora")
        other = await desk.register("dora", assigneeGroupId=desk.ids["group Third line"])
        await desk.done("dora", "linkCases", caseId=one["id"], toCaseId=other["id"], kind="RELATED")
        assert len(await links(desk, "dora", one)) == 1
        assert await links(desk, "anna", one) == []
        told = (await desk.history("anna", one["id"], "... on CaseLinked { other { number } }"))[-1]
        assert told == {"other": None}
        error = await desk.refused("anna", "linkCases", caseId=one["id"], toCaseId=other["id"], kind="CAUSES")
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["toCaseId"])


# ---------------------------------------------------------------- a case from what was said on another


async def said(desk: Desk, login: str, case: dict[str, Any], body: str) -> str:
    payload = await desk.done(login, "postToPortal", "portalMessage { id }", caseId=case["id"], body=body)
    return str(payload["portalMessage"]["id"])


MADE = f"case {{ id number subject description origin contact {{ id }} account {{ id }} category {{ code }} {LINKS} }}"


@pytest.mark.rule("R-10")
async def test_a_new_case_is_made_from_a_message_on_another(desk: Desk) -> None:
    source = await desk.register("vera", subject="Broken door", categoryId=desk.ids["CONSULTATION"])
    message = await said(desk, "vera", source, "And the window does not close.")
    made = (await desk.done("anna", "registerCase", MADE, fromEntryId=message))["case"]
    assert {name: made[name] for name in ("subject", "description", "origin", "contact", "category")} == {
        "subject": "Broken door",
        "description": "And the window does not close.",
        "origin": "PORTAL",
        "contact": {"id": desk.ids["vera"]},
        "category": {"code": "CONSULTATION"},
    }
    assert made["account"] == {"id": desk.ids["account of Vera Lindqvist"]}
    assert made["links"] == [{"kind": "SPLIT_FROM", "other": {"number": source["number"]}}]
    assert await links(desk, "anna", source) == [("SPLIT_INTO", made["number"])]
    for case, kind in ((source, "SPLIT_INTO"), (made, "SPLIT_FROM")):
        assert (await desk.history("anna", case["id"], TOLD))[-1]["link"] == kind


@pytest.mark.rule("R-10")
async def test_what_is_given_wins_over_what_the_other_case_has(desk: Desk) -> None:
    source = await desk.register(description="It smells, too.")
    [registered] = await desk.history("anna", source["id"], "id")
    made = (await desk.done("anna", "registerCase", MADE, fromEntryId=registered["id"]))["case"]
    assert made["description"] == "It smells, too."
    own = {"subject": "Window", "description": "Chosen.", "contactId": desk.ids["paul"], "origin": "CHAT"}
    made = (await desk.done("anna", "registerCase", MADE, fromEntryId=registered["id"], **own))["case"]
    assert (made["subject"], made["description"], made["origin"]) == ("Window", "Chosen.", "CHAT")
    assert made["contact"] == {"id": desk.ids["paul"]}
    assert made["account"] == {"id": desk.ids["account of Paul Okafor"]}


@pytest.mark.rule("R-10")
async def test_nothing_that_is_for_colleagues_comes_into_a_new_case(desk: Desk) -> None:
    source = await desk.register()
    payload = await desk.done("anna", "postToFeed", "feedPost { id }", caseId=source["id"], body="He is a bore.")
    error = await desk.refused("anna", "registerCase", fromEntryId=payload["feedPost"]["id"])
    assert (error["code"], error["field"]) == ("INVALID", ["fromEntryId"])


@pytest.mark.rule("R-10")
async def test_customers_split_nothing(desk: Desk) -> None:
    source = await desk.register("vera")
    message = await said(desk, "vera", source, "And the window.")
    input = {"fromEntryId": message, "categoryId": desk.ids["INCIDENT"]}
    assert (await desk.refused("vera", "registerCase", **input))["code"] == "FORBIDDEN"


# ---------------------------------------------------------------- another category


@pytest.mark.rule("R-60")
async def test_a_case_is_reclassified_and_its_customer_hears_of_it(desk: Desk) -> None:
    case = await desk.register(categoryId=desk.ids["INCIDENT"])
    show = "case { category { code } }"
    input = {"caseId": case["id"], "categoryId": desk.ids["CONSULTATION"]}
    payload = await desk.done("anna", "reclassifyCase", show, **input)
    assert payload["case"] == {"category": {"code": "CONSULTATION"}}
    told = "__typename summary ... on CaseReclassified { category { code } formerCategory { code } }"
    for login in ("anna", "vera"):
        assert (await desk.history(login, case["id"], told))[-1] == {
            "__typename": "CaseReclassified",
            "summary": "Reclassified from Incident to Consultation.",
            "category": {"code": "CONSULTATION"},
            "formerCategory": {"code": "INCIDENT"},
        }
    await desk.done("anna", "reclassifyCase", **input)
    await desk.done("anna", "reclassifyCase", caseId=case["id"])
    assert len(await desk.history("anna", case["id"])) == 2, "the same again records nothing"


@pytest.mark.rule("R-60")
async def test_a_category_is_not_taken_away_and_a_case_that_has_ended_keeps_its_own(desk: Desk) -> None:
    case = await desk.register()
    error = await desk.refused("anna", "reclassifyCase", caseId=case["id"], categoryId=None)
    assert (error["code"], error["field"]) == ("REQUIRED", ["categoryId"])
    await bring(desk, case["id"], "CLOSED")
    error = await desk.refused("anna", "reclassifyCase", caseId=case["id"], categoryId=desk.ids["CONSULTATION"])
    assert error["code"] == "NOT_NOW"
