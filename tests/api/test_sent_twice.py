"""Sent twice, done once; and changing a case only where nobody else has changed it meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.settings import Settings
from gql.store import Account, Case, Contact, Entry, FeedPost, LogState, PortalMessage, database
from tests.running import Desk, running

ADDING: dict[str, tuple[dict[str, Any], str, tuple[Any, ...]]] = {
    "registerCase": ({"subject": "Smoke"}, "case { id number subject }", (Case, Entry)),
    "postToFeed": ({"body": "Who has the key?"}, "feedPost { id body }", (FeedPost, Entry)),
    "postToPortal": ({"body": "We have the key."}, "portalMessage { id body }", (PortalMessage, Entry)),
    "addContact": ({"name": "Ida Berg", "email": "ida@customer.example"}, "contact { id name }", (Contact,)),
    "addAccount": ({"name": "Berg Shipping"}, "account { id name }", (Account,)),
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
}
"""Every mutation of a case that takes `unlessChangedSince`, with names of `desk.ids` for ids."""

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
    if mutation.startswith("postTo"):
        input["caseId"] = (await desk.register())["id"]
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
        answers = await asyncio.gather(*(desk.done("anna", mutation, show, **input) for _ in range(5)))
        answers.append(await desk.done("anna", mutation, show, **input))
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
        first = {name: await desk.done("anna", name, ADDING[name][1], **input) for name, input in sent.items()}
    async with running(settings) as desk:
        again = {name: await desk.done("anna", name, ADDING[name][1], **input) for name, input in sent.items()}
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
    others = {"registerCase": "description", "postToFeed": "body", "postToPortal": "body"}
    for mutation, (_, _, tables) in ADDING.items():
        input = {"requestId": "a", **await input_for(desk, mutation)}
        await desk.done("anna", mutation, **input)
        before = await sizes(desk, tables)
        refused = await desk.refused("anna", mutation, **input | {others.get(mutation, "name"): "something else"})
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
        await desk.done("anna", mutation, **input, unlessChangedSince=present)


async def test_every_mutation_that_takes_unless_changed_since_is_tried_here(desk: Desk) -> None:
    assert await inputs_with(desk, "unlessChangedSince") == {*OVERWRITING, "editContact", "editAccount"}


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


@pytest.mark.rule("R-171")
async def test_a_contact_and_an_account_are_not_overwritten_either(desk: Desk) -> None:
    for noun, id in (("contact", desk.ids["vera"]), ("account", desk.ids["account of Vera Lindqvist"])):
        mutation, show = f"edit{noun.capitalize()}", f"{noun} {{ name cursor }}"
        document = f"query($id: ID!) {{ node(id: $id) {{ ... on {noun.capitalize()} {{ cursor }} }} }}"
        cursor = (await desk.run("anna", document, id=id))["node"]["cursor"]
        input = {f"{noun}Id": id, "unlessChangedSince": cursor}
        done = await desk.done("anna", mutation, show, name="First", **input)
        late = await desk.refused("ben", mutation, name="Second", **input)
        assert (late["code"], late["field"]) == ("CHANGED", ["unlessChangedSince"])
        input["unlessChangedSince"] = done[noun]["cursor"]
        assert (await desk.done("ben", mutation, show, name="Second", **input))[noun]["name"] == "Second"
