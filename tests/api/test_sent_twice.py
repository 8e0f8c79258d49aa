"""Sent twice, done once; and changing a case only where nobody else has changed it meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql import scheduler
from gql.settings import Settings
from gql.store import (
    Account,
    Call,
    Case,
    CaseCategory,
    CaseStatus,
    ClosureCode,
    Contact,
    Entry,
    FeedPost,
    Group,
    Login,
    LogState,
    PortalMessage,
    SatisfactionLevel,
    SupportLine,
    Task,
    User,
    database,
)
from gql.store.requests import Request
from tests.api.setting_up import who_does
from tests.running import Desk, running

ADDING: dict[str, tuple[dict[str, Any], str, tuple[Any, ...]]] = {
    "registerCase": ({"subject": "Smoke"}, "case { id number subject }", (Case, Entry)),
    "postToFeed": ({"body": "Who has the key?"}, "feedPost { id body }", (FeedPost, Entry)),
    "complain": ({"body": "Nobody came."}, "case { id number parent { id } }", (Case,)),
    "commentOnPost": ({"body": "Under the mat."}, "feedPost { id body parent { id } }", (FeedPost, Entry)),
    "postToPortal": ({"body": "We have the key."}, "portalMessage { id body }", (PortalMessage, Entry)),
    "recordCall": ({"direction": "INCOMING", "result": "Hm."}, "call { id result }", (Call, Entry)),
    "addTask": ({"title": "Air the room"}, "task { id title }", (Task, Entry)),
    "addContact": ({"name": "Ida Berg", "email": "ida@customer.example"}, "contact { id name }", (Contact,)),
    "addAccount": ({"name": "Berg Shipping"}, "account { id name }", (Account,)),
    "addCaseStatus": ({"code": "ON_HOLD", "name": "On hold"}, "caseStatus { id name }", (CaseStatus, Entry)),
    "addCaseCategory": ({"code": "QUESTION", "name": "Question"}, "caseCategory { id name }", (CaseCategory, Entry)),
    "addClosureCode": ({"code": "TOO_LATE", "name": "Too late"}, "closureCode { id name }", (ClosureCode, Entry)),
    "addSatisfactionLevel": (
        {"name": "Splendid", "points": 6},
        "satisfactionLevel { id name }",
        (SatisfactionLevel, Entry),
    ),
    "addSupportLine": ({"name": "Fourth line", "level": 4}, "supportLine { id name }", (SupportLine, Entry)),
    "addGroup": ({"name": "Plumbers"}, "group { id name }", (Group, Entry)),
    "inviteUser": ({"login": "ida", "name": "Ida", "role": "AGENT"}, "user { id name }", (User, Login)),
    "invitePortalUser": ({"login": "ida.berg", "name": "Ida Berg"}, "contact { id name }", (Contact, Login)),
}
"""Every mutation that takes a `requestId`: an input, what is shown, and the tables that grow by one row."""

OVERWRITING: dict[str, dict[str, Any]] = {
    "assignCase": {"assigneeId": "ben"},
    "escalateCase": {"supportLineId": "line 2", "assigneeId": "ben"},
    "editCase": {"priority": "LOW"},
    "changeCaseStatus": {"statusId": "IN_PROGRESS"},
    "resolveCase": {"resolution": "Aired the room."},
    "reopenCase": {},
    "cancelCase": {"closureCodeId": "No fault found"},
    "reclassifyCase": {"categoryId": "CONSULTATION"},
}
"""Every mutation of a case that takes `unlessChangedSince`, with names of `desk.ids` for ids."""

EDITING: dict[str, tuple[str, str, str]] = {
    "editCaseStatus": ("caseStatus", "WAITING", "name"),
    "editCaseCategory": ("caseCategory", "CONSULTATION", "name"),
    "editClosureCode": ("closureCode", "No fault found", "name"),
    "editSatisfactionLevel": ("satisfactionLevel", "Extremely poor", "name"),
    "editSupportLine": ("supportLine", "line 2", "name"),
    "editGroup": ("group", "group Second line", "name"),
    "editUser": ("user", "ben", "name"),
    "editContact": ("contact", "vera", "name"),
    "editAccount": ("account", "account of Vera Lindqvist", "name"),
    "changeSetting": ("setting", "CaseCodeMask", "value"),
}
"""Every other mutation that takes `unlessChangedSince` with the cursor of what it changes: what that is, its name in
`desk.ids` or its code, and a field of text."""

REWRITING: dict[str, tuple[str, str, str]] = {
    "editPost": ("postToFeed", "feedPost", "postId"),
    "editMessage": ("postToPortal", "portalMessage", "messageId"),
}
"""Every mutation of what was said that takes `unlessChangedSince`: how that comes about, what it is, and how the input
names it."""

INPUTS = """{ __schema { types { kind name inputFields { name } } } }"""


async def inputs_with(desk: Desk, field: str) -> set[str]:
    """The mutations whose input has the field."""
    types = (await desk.run(None, INPUTS))["__schema"]["types"]
    having = [
        t["name"] for t in types if t["kind"] == "INPUT_OBJECT" and field in {f["name"] for f in t["inputFields"]}
    ]
    return {f"{name[0].lower()}{name[1:]}".removesuffix("Input") for name in having}


async def input_for(desk: Desk, mutation: str) -> dict[str, Any]:
    """An input of ADDING, with the ids it needs."""
    input = dict(ADDING[mutation][0])
    if mutation == "registerCase":
        input["contactId"] = desk.ids["vera"]
    if mutation.startswith("postTo") or mutation in ("addTask", "complain", "recordCall"):
        input["caseId"] = (await desk.register())["id"]
    if mutation == "commentOnPost":
        of = {"caseId": (await desk.register())["id"], "body": "Who has the key?"}
        input["postId"] = (await desk.done("anna", "postToFeed", "feedPost { id }", **of))["feedPost"]["id"]
    return input


async def sizes(desk: Desk, tables: tuple[Any, ...]) -> list[int]:
    with desk.database():
        return [await table.all().count() for table in tables]


def overwriting(desk: Desk, mutation: str) -> dict[str, Any]:
    given = OVERWRITING[mutation].items()
    return {name: desk.ids[value] if name.endswith("Id") else value for name, value in given}


async def waiting(desk: Desk, **input: Any) -> dict[str, Any]:
    """A case that waits, from which every mutation of OVERWRITING leads on; with its cursor."""
    case = await desk.register(**input)
    show = "case { id number cursor }"
    done = await desk.done("anna", "changeCaseStatus", show, caseId=case["id"], statusId=desk.ids["WAITING"])
    return dict(done["case"])


# ---------------------------------------------------------------- sent twice


@pytest.mark.rule("R-170")
async def test_what_is_sent_five_times_at_once_and_again_is_done_once_and_answered_alike(desk: Desk) -> None:
    for mutation, (_, show, tables) in ADDING.items():
        input = {"requestId": "attempt 1", **await input_for(desk, mutation)}
        before = await sizes(desk, tables)
        answers = await asyncio.gather(*(desk.done(who_does(mutation), mutation, show, **input) for _ in range(5)))
        answers.append(await desk.done(who_does(mutation), mutation, show, **input))
        assert answers == [answers[0]] * 6
        assert await sizes(desk, tables) == [size + 1 for size in before], mutation


async def test_every_mutation_that_takes_a_request_id_is_sent_twice_here(desk: Desk) -> None:
    assert await inputs_with(desk, "requestId") == ADDING.keys()


@pytest.mark.rule("R-170")
async def test_what_is_sent_to_two_servers_at_once_is_done_once(desk: Desk, another: Any) -> None:
    input = {"requestId": "a", "subject": "Smoke", "contactId": desk.ids["vera"]}
    async with another() as second:
        sent = (server.done("anna", "registerCase", "case { number }", **input) for server in (desk, second) * 3)
        answers = await asyncio.gather(*sent)
    assert answers == [{"case": {"number": "SR00000001"}, "errors": []}] * 6
    assert await sizes(desk, (Case, Entry)) == [1, 1]


@pytest.mark.rule("R-170")
async def test_what_was_sent_is_remembered_after_a_restart(settings: Settings) -> None:
    async with running(settings) as desk:
        sent = {mutation: {"requestId": "a", **await input_for(desk, mutation)} for mutation in ADDING}
        first = {name: await desk.done(who_does(name), name, ADDING[name][1], **input) for name, input in sent.items()}
    async with running(settings) as desk:
        again = {name: await desk.done(who_does(name), name, ADDING[name][1], **input) for name, input in sent.items()}
    assert again == first


@pytest.mark.rule("R-170")
async def test_what_was_sent_is_remembered_for_a_day(settings: Settings) -> None:
    now = datetime.now(UTC)

    async def register(desk: Desk) -> Any:
        token, _ = desk.app.state.desk.tokens.issue(desk.logins["anna"].id, 1, now)
        document = "mutation($i: RegisterCaseInput!) { registerCase(input: $i) { case { number } errors { code } } }"
        input = {"requestId": "a", "subject": "Smoke", "contactId": desk.ids["vera"]}
        sent = {"query": document, "variables": {"i": input}}
        return (await desk.post(sent, authorization=f"Bearer {token}")).json()["data"]["registerCase"]

    async with running(settings, clock=lambda: now) as desk:
        first = await register(desk)
        now += timedelta(hours=24, seconds=1)
        await desk.post({"query": "{ viewer { timeZone } }"})
        assert await register(desk) == first == {"case": {"number": "SR00000001"}, "errors": []}
        now += timedelta(hours=24)
        assert (await register(desk))["errors"] == []


@pytest.mark.rule("R-170")
async def test_what_was_sent_days_ago_is_forgotten_in_the_night(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = tuple(replace(duty, most=2) for duty in scheduler.DUTIES)
    monkeypatch.setattr(scheduler, "DUTIES", few)
    monkeypatch.setattr(scheduler, "EVERY", 0.001)
    now = datetime.now(UTC)
    async with running(settings.model_copy(update={"clock": False})) as desk:
        input = {"subject": "Smoke", "contactId": desk.ids["vera"]}
        for attempt in range(5):
            await desk.done("anna", "registerCase", requestId=f"{attempt}", **input)
        for days, remembered in ((0, 5), (1, 5), (4, 0)):
            at = now + timedelta(days=days)
            with desk.database():
                await scheduler.Scheduler(lambda: at, desk.app.state.desk.realtime.ring).run_due()  # noqa: B023
            assert await sizes(desk, (Request,)) == [remembered], days
        again = await desk.done("anna", "registerCase", "case { number }", requestId="0", **input)
        assert again["case"] == {"number": "SR00000006"}


@pytest.mark.rule("R-170")
async def test_what_is_sent_twice_tells_colleagues_once(desk: Desk) -> None:
    input = {"requestId": "a", "subject": "Smoke", "contactId": desk.ids["vera"], "assigneeId": desk.ids["ben"]}
    await asyncio.gather(*(desk.done("anna", "registerCase", **input) for _ in range(3)))
    assert await desk.notified("ben") == [("ASSIGNED", "SR00000001")]


@pytest.mark.rule("R-170")
async def test_the_answer_to_what_is_sent_again_is_the_first_object_as_it_now_is(desk: Desk) -> None:
    input = {"requestId": "a", "subject": "Smoke", "contactId": desk.ids["vera"]}
    case = (await desk.done("anna", "registerCase", "case { id }", **input))["case"]
    await desk.done("ben", "editCase", caseId=case["id"], subject="Steam")
    again = await desk.done("anna", "registerCase", "case { id subject }", **input)
    assert again["case"] == {"id": case["id"], "subject": "Steam"}


@pytest.mark.rule("R-170")
@pytest.mark.rule("R-163")
async def test_what_is_sent_again_shows_nothing_that_left_the_viewers_sight(desk: Desk) -> None:
    input = {"requestId": "a", "categoryId": desk.ids["INCIDENT"]}
    case = (await desk.done("vera", "registerCase", "case { id }", **input))["case"]
    said = {"requestId": "a", "caseId": case["id"], "body": "It smells."}
    await desk.done("vera", "postToPortal", **said)
    await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
    assert await desk.act("vera", "registerCase", "case { id }", **input) == {"case": None, "errors": []}
    assert await desk.act("vera", "postToPortal", "portalMessage { id }", **said) == {
        "portalMessage": None,
        "errors": [],
    }


@pytest.mark.rule("R-170")
async def test_the_same_request_id_with_other_content_is_refused_and_adds_nothing(desk: Desk) -> None:
    others = {
        "registerCase": "description",
        "postToFeed": "body",
        "postToPortal": "body",
        "complain": "body",
        "commentOnPost": "body",
        "addTask": "title",
        "recordCall": "notes",
    }
    for mutation, (_, _, tables) in ADDING.items():
        input = {"requestId": "a", **await input_for(desk, mutation)}
        await desk.done(who_does(mutation), mutation, **input)
        before = await sizes(desk, tables)
        other = {others.get(mutation, "name"): "something else"}
        refused = await desk.refused(who_does(mutation), mutation, **input | other)
        assert (refused["code"], refused["field"]) == ("INVALID", ["requestId"])
        assert await sizes(desk, tables) == before, mutation


@pytest.mark.rule("R-170")
async def test_any_difference_in_the_content_counts(desk: Desk) -> None:
    input: dict[str, Any] = {"requestId": "a", "subject": "Smoke", "contactId": desk.ids["vera"]}
    await desk.done("anna", "registerCase", **input)
    differences: list[dict[str, Any]] = [
        {"subject": "smoke"},
        {"subject": "Smoke "},
        {"description": "Grey."},
        {"priority": "MEDIUM"},
        {"origin": "CALL"},
        {"assigneeId": desk.ids["anna"]},
        {"contactId": desk.ids["paul"]},
        {"contactId": None, "accountId": desk.ids["account of Vera Lindqvist"]},
    ]
    for changed in differences:
        assert (await desk.refused("anna", "registerCase", **input | changed))["field"] == ["requestId"], changed
    await desk.done("anna", "registerCase", **input | {"description": None, "priority": None})
    assert await sizes(desk, (Case,)) == [1]


@pytest.mark.rule("R-170")
async def test_a_request_id_belongs_to_one_login_and_one_mutation(desk: Desk) -> None:
    case = await desk.register()
    said = {"requestId": "a", "caseId": case["id"], "body": "Hello."}
    shown = [
        (await desk.done(login, mutation, f"{noun} {{ id }}", **said))[noun]["id"]
        for login, mutation, noun in (
            ("anna", "postToFeed", "feedPost"),
            ("ben", "postToFeed", "feedPost"),
            ("anna", "postToPortal", "portalMessage"),
            ("vera", "postToPortal", "portalMessage"),
        )
    ]
    assert len(set(shown)) == 4


@pytest.mark.rule("R-170")
async def test_a_request_id_has_at_most_255_characters_and_is_not_blank(desk: Desk) -> None:
    input = {"subject": "Smoke", "contactId": desk.ids["vera"]}
    refused = {
        key: (await desk.refused("anna", "registerCase", requestId=key, **input))
        for key in ("x" * 256, "x" * 100_000, "", "  ", "a\0b")
    }
    assert [error["code"] for error in refused.values()] == ["LIMIT", "LIMIT", "REQUIRED", "REQUIRED", "INVALID"]
    assert {tuple(error["field"]) for error in refused.values()} == {("requestId",)}
    for key in ("x" * 255, "ß" * 255, "x" * 254 + "y", "🖨" * 255):
        await desk.done("anna", "registerCase", requestId=key, **input)
        await desk.done("anna", "registerCase", requestId=key, **input)
    assert await sizes(desk, (Case,)) == [4]


@pytest.mark.rule("R-170")
async def test_what_was_refused_is_not_remembered(desk: Desk) -> None:
    refused = await desk.refused("anna", "registerCase", requestId="a", contactId=desk.ids["vera"])
    assert refused["code"] == "REQUIRED"
    await desk.done("anna", "registerCase", requestId="a", contactId=desk.ids["vera"], subject="Smoke")
    assert await sizes(desk, (Case,)) == [1]


@pytest.mark.rule("R-170")
async def test_without_a_request_id_each_sending_adds(desk: Desk) -> None:
    for _ in range(2):
        await desk.done("anna", "registerCase", subject="Smoke", contactId=desk.ids["vera"], requestId=None)
        await desk.done("anna", "registerCase", subject="Smoke", contactId=desk.ids["vera"])
    assert await sizes(desk, (Case,)) == [4]


# ---------------------------------------------------------------- changed in the meantime


@pytest.mark.rule("R-171")
async def test_what_changed_in_the_meantime_is_not_overwritten_and_is_shown_as_it_now_is(desk: Desk) -> None:
    for mutation in OVERWRITING:
        case = await waiting(desk)
        await desk.done("ben", "editCase", caseId=case["id"], subject="Steam", priority="CRITICAL")
        show = "case { subject status { code } priority assignee { id } cursor }"
        input = {"caseId": case["id"], **overwriting(desk, mutation)}
        late = await desk.act("anna", mutation, show, **input, unlessChangedSince=case["cursor"])
        present = late["case"].pop("cursor")
        assert late["case"] == {
            "subject": "Steam",
            "status": {"code": "WAITING"},
            "priority": "CRITICAL",
            "assignee": None,
        }
        [error] = late["errors"]
        assert (error["code"], error["field"]) == ("CHANGED", ["unlessChangedSince"]), mutation
        await desk.done(who_does(mutation), mutation, **input, unlessChangedSince=present)


async def test_every_mutation_that_takes_unless_changed_since_is_tried_here(desk: Desk) -> None:
    assert await inputs_with(desk, "unlessChangedSince") == {*OVERWRITING, *EDITING, *REWRITING, "editTask"}


@pytest.mark.rule("R-171")
async def test_posts_and_messages_do_not_count_as_a_change(desk: Desk) -> None:
    case = await desk.register()
    before = await desk.case("anna", case["id"], "changedAt cursor")
    await desk.done("ben", "postToFeed", caseId=case["id"], body="Hm.", mentionIds=[desk.ids["cleo"]])
    await desk.done("ben", "postToPortal", caseId=case["id"], body="Hm!")
    await desk.done("vera", "postToPortal", caseId=case["id"], body="Hm?")
    await desk.done("ben", "watchCase", caseId=case["id"], watch=True)
    await desk.done("ben", "editCase", caseId=case["id"], subject=case["subject"])
    of_list = the_cursor(await desk.run("anna", CURSORS["of a list"]))
    await desk.done("ben", "postToFeed", caseId=case["id"], body="Hm.")

    after = await desk.case("anna", case["id"], "changedAt cursor")
    assert after["changedAt"] == before["changedAt"]
    for cursor in (case["cursor"], before["cursor"], of_list):
        await desk.done("anna", "editCase", caseId=case["id"], unlessChangedSince=cursor)
    await desk.done("anna", "editCase", caseId=case["id"], priority="LOW", unlessChangedSince=case["cursor"])


@pytest.mark.rule("R-171")
@pytest.mark.rule("R-34")
async def test_of_several_changes_to_one_version_exactly_one_is_made(desk: Desk, another: Any) -> None:
    case = await desk.register()
    async with another() as second:
        for turn in range(5):
            cursor = await desk.case("anna", case["id"], "cursor")
            answers = await asyncio.gather(
                *(
                    server.act(
                        login,
                        "editCase",
                        "case { subject }",
                        caseId=case["id"],
                        subject=f"{turn} of {login}",
                        unlessChangedSince=cursor["cursor"],
                    )
                    for login, server in (("anna", desk), ("ben", second), ("cleo", desk), ("dora", second))
                )
            )
            [made] = [answer["case"]["subject"] for answer in answers if answer["errors"] == []]
            late = [answer for answer in answers if answer["errors"] != []]
            assert {answer["errors"][0]["code"] for answer in late} == {"CHANGED"}
            assert {answer["case"]["subject"] for answer in answers} == {made}
            assert (await desk.case("anna", case["id"], "subject"))["subject"] == made


CURSORS = {
    "of the case": "query($id: ID!) { case(by: {id: $id}) { cursor } }",
    "of the case in a list": "{ cases(filter: {}) { nodes { cursor } } }",
    "of a list": "{ cases(filter: {}) { cursor } }",
    "of the viewer": "{ viewer { cursor } }",
    "of the last entry": "query($id: ID!) { case(by: {id: $id}) { history(last: 1) { nodes { cursor } } } }",
}
"""Questions that tell one cursor, where the case is the only one."""


def the_cursor(shown: Any) -> str:
    """The one cursor in an answer."""
    while not isinstance(shown, str):
        [shown] = shown.values() if isinstance(shown, dict) else shown
    return shown


@pytest.mark.rule("R-171")
async def test_the_cursor_of_whatever_showed_the_case_will_do(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("ben", "editCase", caseId=case["id"], subject="Steam")
    for place, document in CURSORS.items():
        given = {"id": case["id"]} if "$id" in document else {}
        cursor = the_cursor(await desk.run("anna", document, **given))
        input = {"caseId": case["id"], "unlessChangedSince": cursor}
        await desk.done("anna", "editCase", subject=f"cursor {place}", **input)
        late = await desk.act("anna", "editCase", "case { subject }", subject="too late", **input)
        assert (late["errors"][0]["code"], late["case"]) == ("CHANGED", {"subject": f"cursor {place}"}), place


@pytest.mark.rule("R-171")
async def test_the_cursor_of_an_answer_to_a_change_is_good_for_the_next(desk: Desk) -> None:
    case = await desk.register()
    cursor = case["cursor"]
    for subject in "abc":
        done = await desk.done(
            "anna", "editCase", "case { cursor }", caseId=case["id"], subject=subject, unlessChangedSince=cursor
        )
        cursor = done["case"]["cursor"]


@pytest.mark.rule("R-171")
async def test_the_cursor_of_a_streams_item_is_good_for_a_change(desk: Desk) -> None:
    case = await desk.register()
    async with desk.stream("anna", "subscription { casesChanged(filter: {}) { cursor } }") as changes:
        await desk.done("ben", "editCase", caseId=case["id"], subject="Steam")
        cursor = (await changes.next())["cursor"]
    await desk.done("anna", "editCase", caseId=case["id"], subject="Fog", unlessChangedSince=cursor)
    late = await desk.refused("anna", "editCase", caseId=case["id"], subject="Mist", unlessChangedSince=cursor)
    assert late["code"] == "CHANGED"


@pytest.mark.rule("R-171")
@pytest.mark.rule("R-174")
async def test_a_change_for_staff_alone_is_no_change_to_a_customer(desk: Desk) -> None:
    of_list = "{ cases { cursor } }"
    for place in ("case", "list"):
        case = await desk.register("vera")
        cursor = case["cursor"] if place == "case" else the_cursor(await desk.run("vera", of_list))
        staff = (await desk.case("anna", case["id"], "cursor"))["cursor"]
        input = {"caseId": case["id"], "supportLineId": desk.ids["line 2"], "assigneeId": desk.ids["ben"]}
        await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])
        await desk.done("anna", "escalateCase", **input)
        late = await desk.refused("anna", "editCase", caseId=case["id"], priority="LOW", unlessChangedSince=staff)
        assert late["code"] == "CHANGED"
        await desk.done("vera", "cancelCase", caseId=case["id"], unlessChangedSince=cursor)


@pytest.mark.rule("R-171")
async def test_a_change_that_a_customer_sees_stops_the_customer(desk: Desk) -> None:
    case = await desk.register("vera")
    listed = the_cursor(await desk.run("vera", "{ cases { cursor } }"))
    await desk.done("anna", "editCase", caseId=case["id"], priority="LOW")
    for cursor in (case["cursor"], listed):
        late = await desk.act("vera", "cancelCase", "case { priority }", caseId=case["id"], unlessChangedSince=cursor)
        assert (late["errors"][0]["code"], late["case"]) == ("CHANGED", {"priority": "LOW"})


@pytest.mark.rule("R-171")
async def test_a_broken_cursor_changes_nothing(desk: Desk) -> None:
    case = await desk.register()
    for cursor in ("", "nonsense", "❄", case["cursor"][:-1], case["cursor"] + "A", "A" * 22, case["cursor"].swapcase()):
        late = await desk.refused("anna", "editCase", caseId=case["id"], subject="x", unlessChangedSince=cursor)
        assert (late["code"], late["field"]) == ("INVALID", ["unlessChangedSince"]), cursor
    assert await desk.case("anna", case["id"], "subject") == {"subject": case["subject"]}


@pytest.mark.rule("R-171")
async def test_a_cursor_from_before_the_log_was_put_back_counts_as_changed(settings: Settings) -> None:
    async with running(settings) as desk:
        case = await desk.register()
        contact = (await desk.run("anna", "{ contacts { nodes { id cursor } } }"))["contacts"]["nodes"][0]
        said = {mutation: (await say(desk, mutation))[:2] for mutation in REWRITING}
    async with database.opened(settings.database_url):
        await LogState.filter(id=1).update(epoch="another")
    async with running(settings) as desk:
        late = await desk.act(
            "anna", "editCase", "case { subject }", caseId=case["id"], subject="x", unlessChangedSince=case["cursor"]
        )
        assert (late["errors"][0]["code"], late["errors"][0]["field"]) == ("CHANGED", ["unlessChangedSince"])
        assert late["case"] == {"subject": case["subject"]}
        error = await desk.refused(
            "anna", "editContact", contactId=contact["id"], name="x", unlessChangedSince=contact["cursor"]
        )
        assert (error["code"], error["field"]) == ("CHANGED", ["unlessChangedSince"])
        for mutation, (input, cursor) in said.items():
            error = await desk.refused("anna", mutation, **input, body="x", unlessChangedSince=cursor)
            assert (error["code"], error["field"]) == ("CHANGED", ["unlessChangedSince"])


# ---------------------------------------------------------------- and what is no case


def named(desk: Desk, mutation: str) -> dict[str, str]:
    """How the input of a mutation of EDITING names what it changes."""
    noun, name, _ = EDITING[mutation]
    return {"code": name} if noun == "setting" else {f"{noun}Id": desk.ids[name]}


async def cursor_of(desk: Desk, mutation: str) -> str:
    """The cursor of what a mutation of EDITING changes, as it is read."""
    noun, name, _ = EDITING[mutation]
    if noun == "setting":
        settings = (await desk.run("otto", "{ settings { code cursor } }"))["settings"]
        return next(str(setting["cursor"]) for setting in settings if setting["code"] == name)
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {noun[0].upper()}{noun[1:]} {{ cursor }} }} }}"
    return the_cursor(await desk.run("otto", document, id=desk.ids[name]))


@pytest.mark.rule("R-171")
async def test_what_is_no_case_is_not_overwritten_either(desk: Desk) -> None:
    for mutation, (noun, _, field) in EDITING.items():
        input, cursor = named(desk, mutation), await cursor_of(desk, mutation)
        show = f"{noun} {{ {field} cursor }}"
        first = await desk.done("otto", mutation, show, **input, **{field: "A{0}"}, unlessChangedSince=cursor)
        late = await desk.act("otto", mutation, show, **input, **{field: "B{0}"}, unlessChangedSince=cursor)
        [error] = late["errors"]
        assert (error["code"], error["field"]) == ("CHANGED", ["unlessChangedSince"]), mutation
        assert late[noun][field] == first[noun][field] == "A{0}", "it is shown as it now is"
        input["unlessChangedSince"] = late[noun]["cursor"]
        second = await desk.done("otto", mutation, show, **input, **{field: "C{0}"})
        assert second[noun][field] == "C{0}"


@pytest.mark.rule("R-171")
async def test_of_two_who_edit_the_same_on_two_servers_at_once_exactly_one_does(desk: Desk, another: Any) -> None:
    async with another() as second:
        for mutation, (_, _, field) in EDITING.items():
            input = {**named(desk, mutation), "unlessChangedSince": await cursor_of(desk, mutation)}
            sent = (s.act("otto", mutation, **input, **{field: f"{n}{{0}}"}) for n, s in enumerate((desk, second)))
            told = [[error["code"] for error in answer["errors"]] for answer in await asyncio.gather(*sent)]
            assert sorted(told) == [[], ["CHANGED"]], mutation


@pytest.mark.rule("R-171")
async def test_an_edit_that_changes_nothing_leaves_the_cursor_as_it_was(desk: Desk) -> None:
    for mutation in EDITING.keys() - {"changeSetting"}:
        cursor = await cursor_of(desk, mutation)
        await desk.done("otto", mutation, **named(desk, mutation), unlessChangedSince=cursor)
        assert await cursor_of(desk, mutation) == cursor, mutation


@pytest.mark.rule("R-171")
async def test_a_row_that_made_room_for_another_has_not_changed(desk: Desk) -> None:
    cursor = await cursor_of(desk, "editCaseStatus")
    await desk.done("otto", "editCaseStatus", caseStatusId=desk.ids["CANCELED"], order=1)
    await desk.done("otto", "editCaseStatus", **named(desk, "editCaseStatus"), name="A", unlessChangedSince=cursor)


@pytest.mark.rule("R-171")
async def test_a_setting_that_was_put_back_has_not_changed(desk: Desk) -> None:
    cursor = await cursor_of(desk, "changeSetting")
    for value in ("X{0}", None):
        await desk.done("otto", "changeSetting", code="CaseCodeMask", value=value)
    await desk.done("otto", "changeSetting", code="CaseCodeMask", value="Y{0}", unlessChangedSince=cursor)


@pytest.mark.rule("R-171")
async def test_a_cursor_that_was_read_with_something_else_changes_nothing(desk: Desk) -> None:
    of_viewer = the_cursor(await desk.run("otto", "{ viewer { cursor } }"))
    of_case = (await desk.register())["cursor"]
    for mutation, (_, _, field) in EDITING.items():
        input = {**named(desk, mutation), field: "A{0}"}
        for cursor, code in ((of_viewer, "INVALID"), (of_case, "CHANGED")):
            error = await desk.refused("otto", mutation, **input, unlessChangedSince=cursor)
            assert (error["code"], error["field"]) == (code, ["unlessChangedSince"]), mutation


@pytest.mark.rule("R-171")
async def test_who_joins_or_leaves_a_group_changes_it_whichever_way_he_does(desk: Desk, another: Any) -> None:
    group, ben = desk.ids["group Second line"], desk.ids["ben"]
    async with another(broadcast_url="memory://") as second:
        joining: dict[str, dict[str, Any]] = {
            "editGroup": {"groupId": group, "memberIds": [ben, desk.ids["anna"]]},
            "editUser": {"userId": desk.ids["cleo"], "groupIds": [group]},
            "inviteUser": {"login": "gil", "name": "Gil", "role": "AGENT", "groupIds": [group]},
        }
        for mutation, input in joining.items():
            cursor = await cursor_of(desk, "editGroup")
            await second.done("otto", mutation, **input)
            members = {"groupId": group, "memberIds": [ben]}
            late = await desk.refused("otto", "editGroup", **members, unlessChangedSince=cursor)
            assert late["code"] == "CHANGED", mutation
            async with asyncio.timeout(2):  # the second server's bell does not reach the first
                while await desk.act("otto", "editGroup", **members, unlessChangedSince=cursor) != {"errors": []}:
                    cursor = await cursor_of(desk, "editGroup")


@pytest.mark.rule("R-171")
async def test_an_employee_whose_groups_were_changed_by_a_group_has_changed(desk: Desk) -> None:
    for members in ([], [desk.ids["ben"]]):
        cursor = await cursor_of(desk, "editUser")
        await desk.done("otto", "editGroup", groupId=desk.ids["group Second line"], memberIds=members)
        input = {"userId": desk.ids["ben"], "groupIds": [desk.ids["group First line"]]}
        late = await desk.refused("otto", "editUser", **input, unlessChangedSince=cursor)
        assert late["code"] == "CHANGED"


@pytest.mark.rule("R-171")
async def test_an_employee_who_was_shut_out_or_let_in_has_changed(desk: Desk) -> None:
    for mutation in ("deactivateUser", "reactivateUser"):
        cursor = await cursor_of(desk, "editUser")
        await desk.done("otto", mutation, userId=desk.ids["ben"])
        late = await desk.refused("otto", "editUser", userId=desk.ids["ben"], role="AGENT", unlessChangedSince=cursor)
        assert late["code"] == "CHANGED"


@pytest.mark.rule("R-171")
async def test_a_group_and_its_members_are_changed_at_once_on_two_servers_and_both_are(
    desk: Desk, another: Any
) -> None:
    """Whoever changes who is in which group waits for the other, and neither for ever."""
    groups = [desk.ids["group First line"], desk.ids["group Second line"]]
    async with another() as second:
        for turn in range(6):
            staff = [desk.ids[login] for login in ("anna", "ben", "cleo")][: turn % 4]
            sent = [
                *(second.act("otto", "editUser", userId=id, groupIds=groups[turn % 2 :]) for id in staff),
                *(desk.act("otto", "editGroup", groupId=id, memberIds=staff[turn % 2 :]) for id in groups),
            ]
            assert [answer["errors"] for answer in await asyncio.gather(*sent)] == [[]] * len(sent)


# ---------------------------------------------------------------- and what was said


async def say(desk: Desk, mutation: str) -> tuple[dict[str, str], str, str]:
    """Something said on a case: how an input of the mutation of REWRITING names it, its cursor, and the case."""
    says, noun, names = REWRITING[mutation]
    case = (await desk.register())["id"]
    said = (await desk.done("anna", says, f"{noun} {{ id cursor }}", caseId=case, body="One"))[noun]
    return {names: said["id"]}, said["cursor"], case


@pytest.mark.rule("R-171")
@pytest.mark.rule("R-71")
async def test_what_was_said_is_not_rewritten_by_who_has_not_seen_its_last_edit(desk: Desk) -> None:
    for mutation in REWRITING:
        input, cursor, _ = await say(desk, mutation)
        late = {**input, "body": "Four", "unlessChangedSince": cursor}
        for body in ("Two", "Three"):
            done = await desk.done("anna", mutation, "edited { cursor }", **input, body=body, unlessChangedSince=cursor)
            cursor = done["edited"]["cursor"]
            error = await desk.refused("otto", mutation, **late)
            assert (error["code"], error["field"]) == ("CHANGED", ["unlessChangedSince"]), mutation
        await desk.done("otto", mutation, **late | {"unlessChangedSince": cursor})


@pytest.mark.rule("R-171")
async def test_what_was_removed_has_changed_and_what_was_only_liked_hidden_or_commented_on_has_not(desk: Desk) -> None:
    for mutation, meanwhile in {
        "editPost": [("likePost", {"like": True}), ("commentOnPost", {"body": "Hm."})],
        "editMessage": [("hideMessage", {}), ("showMessage", {})],
    }.items():
        input, cursor, case = await say(desk, mutation)
        for other, given in meanwhile:
            await desk.done("dora", other, **input, **given)
        await desk.done("ben", "editCase", caseId=case, subject="Steam")
        done = await desk.done("anna", mutation, "edited { cursor }", **input, body="Two", unlessChangedSince=cursor)
        await desk.done("anna", mutation.replace("edit", "remove"), **input)
        cursor = done["edited"]["cursor"]
        late = await desk.refused("anna", mutation, **input, body="Three", unlessChangedSince=cursor)
        assert late["code"] == "CHANGED"


@pytest.mark.rule("R-171")
async def test_of_two_who_rewrite_the_same_on_two_servers_at_once_exactly_one_does(desk: Desk, another: Any) -> None:
    async with another() as second:
        for mutation in REWRITING:
            for _ in range(3):
                input, cursor, _ = await say(desk, mutation)
                sent = (
                    server.act(login, mutation, **input, body=f"of {login}", unlessChangedSince=cursor)
                    for server, login in ((desk, "anna"), (second, "otto"))
                )
                told = [[error["code"] for error in answer["errors"]] for answer in await asyncio.gather(*sent)]
                assert sorted(told) == [[], ["CHANGED"]], mutation


@pytest.mark.rule("R-171")
async def test_the_cursor_of_the_entry_that_tells_of_an_edit_is_good_for_the_next_whoever_made_it(desk: Desk) -> None:
    for mutation in REWRITING:
        input, cursor, case = await say(desk, mutation)
        stream = "subscription($id: ID!, $after: Cursor) { caseHistoryAdded(caseId: $id, after: $after) { cursor } }"
        async with desk.stream("anna", stream, id=case, after=cursor) as history:
            await desk.done("otto", mutation, **input, body="Two")
            seen = (await history.next())["cursor"]
        await desk.done("anna", mutation, **input, body="Three", unlessChangedSince=seen)


@pytest.mark.rule("R-171")
async def test_an_edit_that_leaves_what_was_said_as_it_is_tells_of_none(desk: Desk) -> None:
    for mutation in REWRITING:
        input, cursor, _ = await say(desk, mutation)
        for _ in range(2):
            done = await desk.done("anna", mutation, "edited { id }", **input, body="One", unlessChangedSince=cursor)
            assert done["edited"] is None
