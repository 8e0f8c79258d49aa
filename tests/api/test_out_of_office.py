"""Employees who are away, and those who stand in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.settings import Settings
from tests.api.setting_up import running_after, with_setting
from tests.api.test_who_is_told import telling, watch, write
from tests.running import Desk, Statements

AWAY = "user { outOfOffice { fromAt untilAt replacement { name } } }"
TRAIL = "{ auditTrail { nodes { kind actor { name } summary changes { field before after } } } }"
IN_PLACE_OF = """{ viewer { notifications { nodes { reason inPlaceOf { name } } } } }"""


def days(number: float) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()


async def leave(desk: Desk, login: str, replacement: str | None = None, **input: Any) -> dict[str, Any]:
    """Somebody is away from now on, for a day."""
    given = {"untilAt": days(1), "replacementId": desk.ids[replacement] if replacement else None, **input}
    return dict((await desk.done(login, "setOutOfOffice", AWAY, **given))["user"]["outOfOffice"])


@pytest.mark.rule("R-186")
async def test_the_replacement_is_told_besides_the_absent_and_in_whose_place(desk: Desk) -> None:
    assert (await leave(desk, "anna", "ben"))["replacement"] == {"name": "Ben Castellano"}
    async with telling(desk) as told:
        case = await desk.register("dora", assigneeId=desk.ids["anna"])
        await write(desk, case, "vera")
        await desk.done("dora", "postToFeed", caseId=case["id"], body="Anna?", mentionIds=[desk.ids["anna"]])
    hers = ["ASSIGNED", "CUSTOMER_REPLIED", "MENTIONED"]
    assert told == {"anna": hers, "ben": hers}
    nodes = (await desk.run("ben", IN_PLACE_OF))["viewer"]["notifications"]["nodes"]
    assert {node["inPlaceOf"]["name"] for node in nodes} == {"Anna Weber"}
    nodes = (await desk.run("anna", IN_PLACE_OF))["viewer"]["notifications"]["nodes"]
    assert {node["inPlaceOf"] for node in nodes} == {None}


@pytest.mark.rule("R-186")
async def test_what_goes_to_a_group_goes_to_the_replacement_of_its_absent_member_too(desk: Desk) -> None:
    await leave(desk, "anna", "ben")
    await leave(desk, "cleo", "anna")
    async with telling(desk) as told:
        await desk.register("dora", assigneeGroupId=desk.ids["group First line"])
    assert told == {login: ["GROUP_ASSIGNED"] for login in ("anna", "ben", "cleo")}, "ben is told once"


@pytest.mark.rule("R-186")
async def test_replacements_who_are_away_pass_on_and_a_circle_ends(desk: Desk) -> None:
    await leave(desk, "anna", "ben")
    await leave(desk, "ben", "cleo")
    async with telling(desk) as told:
        await desk.register("dora", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED"], "cleo": ["ASSIGNED"]}
    await leave(desk, "cleo", "anna")
    async with telling(desk) as told:
        await desk.register("dora", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED"]}


@pytest.mark.rule("R-186")
async def test_what_the_absent_watches_is_told_to_nobody_else(desk: Desk) -> None:
    await leave(desk, "anna", "ben")
    case = await desk.register("dora")
    await watch(desk, case, "anna")
    async with telling(desk) as told:
        await desk.done("dora", "editCase", caseId=case["id"], description="Smoke, too")
    assert told == {"anna": ["WATCHING"]}


@pytest.mark.rule("R-186")
async def test_before_and_after_the_absence_nobody_stands_in(desk: Desk) -> None:
    await leave(desk, "anna", "ben", fromAt=days(1), untilAt=days(2))
    async with telling(desk) as told:
        await desk.register("dora", assigneeId=desk.ids["anna"])
        await leave(desk, "anna", "ben")
        await desk.done("anna", "endOutOfOffice", AWAY)
        await desk.register("dora", assigneeId=desk.ids["anna"])
    assert told == {"anna": ["ASSIGNED", "ASSIGNED"]}
    assert (await desk.done("anna", "endOutOfOffice", AWAY))["user"] == {"outOfOffice": None}


@pytest.mark.rule("R-186")
async def test_somebody_away_is_assigned_as_before(desk: Desk) -> None:
    await leave(desk, "anna", "ben")
    case = await desk.register("dora", assigneeId=desk.ids["anna"])
    assert (await desk.case("dora", case["id"], "assignee { name }"))["assignee"] == {"name": "Anna Weber"}


@pytest.mark.rule("R-186")
async def test_what_a_replacement_may_not_see_is_not_shown_to_him(settings: Settings) -> None:
    async with running_after(settings, with_setting("AgentSight", "OWN_GROUPS")) as desk:
        await leave(desk, "cleo", "ben")
        hidden = {"assigneeId": desk.ids["cleo"], "assigneeGroupId": desk.ids["group First line"]}
        await desk.register("dora", **hidden)
        assert await desk.notified("ben") == []
        assert [reason for reason, _ in await desk.notified("cleo")] == ["ASSIGNED"]


@pytest.mark.rule("R-186")
async def test_a_supervisor_says_for_others_that_they_are_away(desk: Desk) -> None:
    assert (await leave(desk, "dora", "ben", userId=desk.ids["anna"]))["replacement"] == {"name": "Ben Castellano"}
    seen = await desk.run("ben", "query($id: ID!) { node(id: $id) { ... on User { outOfOffice { untilAt } } } }",
                          id=desk.ids["anna"])  # fmt: skip
    assert seen["node"]["outOfOffice"] is not None
    payload = await desk.done("dora", "endOutOfOffice", AWAY, userId=desk.ids["anna"])
    assert payload["user"] == {"outOfOffice": None}


@pytest.mark.rule("R-186")
@pytest.mark.rule("R-203")
async def test_the_audit_trail_tells_who_said_that_somebody_is_away_and_that_he_is_back(desk: Desk) -> None:
    day = {"fromAt": "2100-01-01T00:00:00Z", "untilAt": "2100-01-02T00:00:00Z"}
    await leave(desk, "anna", "ben", **day)
    for _ in range(2):  # the second time changes nothing
        await leave(desk, "dora", userId=desk.ids["anna"], fromAt=day["fromAt"], untilAt="2100-01-09T00:00:00Z")
        await desk.done("ben", "endOutOfOffice")
    await desk.done("anna", "endOutOfOffice")
    nodes = (await desk.run("otto", TRAIL))["auditTrail"]["nodes"]
    told = [
        (node["kind"], node["actor"]["name"], node["summary"], [tuple(change.values()) for change in node["changes"]])
        for node in reversed(nodes)
    ]
    was_set, was_ended = "Out of office was set for Anna Weber.", "Out of office was ended for Anna Weber."
    first = [
        ("fromAt", None, day["fromAt"]),
        ("untilAt", None, day["untilAt"]),
        ("replacement", None, "Ben Castellano"),
    ]
    then = [("untilAt", day["untilAt"], "2100-01-09T00:00:00Z"), ("replacement", "Ben Castellano", None)]
    ended = [("fromAt", day["fromAt"], None), ("untilAt", "2100-01-09T00:00:00Z", None)]
    assert told == [
        ("USER", "Anna Weber", was_set, first),
        ("USER", "Dora Novak", was_set, then),
        ("USER", "Anna Weber", was_ended, ended),
    ]


@pytest.mark.rule("R-186")
@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        pytest.param({"untilAt": days(-1)}, "INVALID", "untilAt", id="one that is over"),
        pytest.param({"fromAt": days(2), "untilAt": days(1)}, "INVALID", "untilAt", id="one that ends too early"),
        pytest.param({"replacementId": "User_987654321"}, "NOT_FOUND", "replacementId", id="an unknown replacement"),
        pytest.param({"replacementId": "anna"}, "INVALID", "replacementId", id="oneself as the replacement"),
    ],
)
async def test_no_absence_is_set_that_is(desk: Desk, given: dict[str, str], code: str, field: str) -> None:
    input = {"untilAt": days(1), **{name: desk.ids.get(value, value) for name, value in given.items()}}
    error = await desk.refused("anna", "setOutOfOffice", **input)
    assert (error["code"], error["field"]) == (code, [field])


@pytest.mark.rule("R-186")
async def test_to_look_for_replacements_costs_a_statement_only_while_somebody_is_away(desk: Desk) -> None:
    async def looks() -> int:
        with Statements.counted() as seen:
            await desk.register("dora", assigneeId=desk.ids["anna"])
        return len([sql for sql in seen.seen if 'JOIN "out_of_office"' in sql])

    assert await looks() == 1
    await leave(desk, "anna", "ben")
    assert await looks() == 2
