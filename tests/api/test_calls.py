"""Telephone calls: what is noted of them, and finding out who is calling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gql.actions import people
from gql.settings import Settings
from gql.store import Contact, DeskSetting, database
from tests.api.setting_up import bring, running_after
from tests.running import Desk

SHOW = """call { __typename id summary audience direction startedAt durationMinutes result notes
  contact { name } actor { name } case { number } }"""
CALLERS = "query($phone: String!) { contactsByPhone(phone: $phone) { name } }"


async def record(desk: Desk, case: dict[str, Any], login: str = "anna", **input: Any) -> dict[str, Any]:
    """A call about a case, an incoming one unless told otherwise."""
    given = {"caseId": case["id"], "direction": "INCOMING", "result": "Wants to be called back.", **input}
    return dict((await desk.done(login, "recordCall", SHOW, **given))["call"])


async def callers(desk: Desk, phone: str, login: str = "anna") -> list[str]:
    return [contact["name"] for contact in (await desk.run(login, CALLERS, phone=phone))["contactsByPhone"]]


@pytest.mark.rule("R-53")
@pytest.mark.rule("R-145")
async def test_a_call_is_recorded_on_the_case_with_direction_duration_result_and_notes(desk: Desk) -> None:
    case = await desk.register()
    call = await record(
        desk,
        case,
        direction="OUTGOING",
        startedAt="2026-05-01T11:00:00+02:00",
        durationMinutes=12,
        result="It prints again.",
        notes="The *left* tray was empty.",
        contactId=desk.ids["vera"],
    )
    assert call == {
        "__typename": "Call",
        "id": call["id"],
        "summary": "Outgoing call, 12 minutes.",
        "audience": "STAFF",
        "direction": "OUTGOING",
        "startedAt": "2026-05-01T09:00:00Z",
        "durationMinutes": 12,
        "result": "It prints again.",
        "notes": "The *left* tray was empty.",
        "contact": {"name": "Vera Lindqvist"},
        "actor": {"name": "Anna Weber"},
        "case": {"number": case["number"]},
    }
    assert [entry["summary"] for entry in await desk.history("ben", case["id"])] == [
        "Registered, by call.",
        "Outgoing call, 12 minutes.",
    ]


@pytest.mark.rule("R-145")
async def test_of_a_call_no_more_needs_to_be_known_than_who_called_and_what_came_of_it(desk: Desk) -> None:
    call = await record(desk, await desk.register())
    assert (call["summary"], call["durationMinutes"], call["notes"], call["contact"]) == (
        "Incoming call.",
        None,
        None,
        None,
    )
    assert call["startedAt"]
    assert (await record(desk, await desk.register(), durationMinutes=1))["summary"] == "Incoming call, 1 minute."


@pytest.mark.rule("R-65")
async def test_a_history_is_narrowed_to_calls_and_searched_for_their_words(desk: Desk) -> None:
    case = await desk.register()
    await desk.done("anna", "postToFeed", caseId=case["id"], body="The tray was empty.")
    call = await record(desk, case, result="It prints again.", notes="The left tray was empty.")

    async def found(**filter: Any) -> list[str]:
        document = """query($id: ID!, $filter: HistoryFilter) {
          case(by: {id: $id}) { history(filter: $filter) { nodes { id } } } }"""
        seen = (await desk.run("anna", document, id=case["id"], filter=filter))["case"]["history"]["nodes"]
        return [node["id"] for node in seen]

    assert (
        await found(kinds=["CALL"]) == await found(search="left tray") == await found(search="prints") == [call["id"]]
    )
    assert len(await found(search="tray")) == 2


@pytest.mark.rule("R-142")
async def test_a_customer_sees_no_call_and_records_none(desk: Desk) -> None:
    case = await desk.register("vera")
    call = await record(desk, case)
    assert [entry["__typename"] for entry in await desk.history("vera", case["id"])] == ["CaseRegistered"]
    assert (await desk.run("vera", "query($id: ID!) { node(id: $id) { id } }", id=call["id"]))["node"] is None
    input = {"caseId": case["id"], "direction": "INCOMING", "result": "Hello"}
    assert (await desk.refused("vera", "recordCall", **input))["code"] == "FORBIDDEN"


@pytest.mark.rule("R-145")
async def test_a_call_is_recorded_on_a_case_that_has_ended_too(desk: Desk) -> None:
    case = await desk.register()
    await bring(desk, case["id"], "CLOSED")
    assert (await record(desk, case))["summary"] == "Incoming call."


@pytest.mark.parametrize(("minutes", "code"), [(-1, "INVALID"), (1441, "LIMIT")])
async def test_a_call_lasts_no_minutes_or_some_up_to_a_day(desk: Desk, minutes: int, code: str) -> None:
    case = await desk.register()
    input = {"caseId": case["id"], "direction": "INCOMING", "result": "Hello", "durationMinutes": minutes}
    refused = await desk.refused("anna", "recordCall", **input)
    assert (refused["code"], refused["field"]) == (code, ["durationMinutes"])


@pytest.mark.rule("R-145")
async def test_a_call_that_is_recorded_has_begun_though_clocks_may_differ_a_little(desk: Desk) -> None:
    case = await desk.register()
    input = {"caseId": case["id"], "direction": "INCOMING", "result": "Hello"}
    for later in ("2999-01-01T00:00:00Z", (datetime.now(UTC) + timedelta(minutes=2)).isoformat()):
        refused = await desk.refused("anna", "recordCall", **input, startedAt=later)
        assert (refused["code"], refused["field"]) == ("INVALID", ["startedAt"])
    await record(desk, case, startedAt=(datetime.now(UTC) + timedelta(seconds=30)).isoformat())


@pytest.mark.rule("R-53")
async def test_a_call_arrives_at_colleagues_who_listen_and_at_no_customer(desk: Desk) -> None:
    case = await desk.register("vera")
    document = """subscription { caseHistoryAdded { summary ... on Call { result contact { name } } } }"""
    async with desk.stream("ben", document) as staff, desk.stream("vera", document) as customer:
        await record(desk, case, contactId=desk.ids["vera"])
        assert await staff.next() == {
            "summary": "Incoming call.",
            "result": "Wants to be called back.",
            "contact": {"name": "Vera Lindqvist"},
        }
        await customer.nothing(0.3)


# ---------------------------------------------------------------- who is calling


@pytest.mark.rule("R-144")
async def test_a_caller_is_found_however_the_number_is_written(desk: Desk) -> None:
    await desk.done("anna", "editContact", contactId=desk.ids["vera"], phone="+44 (0)20 7946 0018")
    for written in ("+442079460018", "+44 20 7946 0018", " +44-20-7946-0018 ", "+44 (0)20/7946 0018"):
        assert await callers(desk, written) == ["Vera Lindqvist"], written
    for other in ("+442079460019", "020 7946 0018", "", "reception", "9" * 250):
        assert await callers(desk, other) == [], other
    shown = await desk.run(
        "anna", "query($id: ID!) { node(id: $id) { ... on Contact { phone } } }", id=desk.ids["vera"]
    )
    assert shown["node"]["phone"] == "+44 (0)20 7946 0018"


async def test_a_number_that_is_sought_has_no_more_characters_than_one_that_is_kept(desk: Desk) -> None:
    refused = await desk.refused("anna", "editContact", contactId=desk.ids["vera"], phone="9" * 251)
    assert (refused["code"], refused["field"]) == ("LIMIT", ["phone"])
    assert await desk.code("anna", CALLERS, phone="9" * 251) == "LIMIT"


@pytest.mark.rule("R-144")
async def test_several_contacts_of_one_number_are_all_found_with_their_cases(desk: Desk) -> None:
    case = await desk.register()
    for login in ("vera", "paul"):
        await desk.done("anna", "editContact", contactId=desk.ids[login], phone="+44 20 7946 0018")
    document = """query($phone: String!) {
      contactsByPhone(phone: $phone) { name account { name } cases { nodes { number } } } }"""
    assert (await desk.run("anna", document, phone="+442079460018"))["contactsByPhone"] == [
        {
            "name": "Vera Lindqvist",
            "account": {"name": "Westhaven Hospital"},
            "cases": {"nodes": [{"number": case["number"]}]},
        },
        {"name": "Paul Okafor", "account": {"name": "Okafor Bakeries"}, "cases": {"nodes": []}},
    ]
    assert await callers(desk, "+442079460018", "vera") == []
    for login in ("vera", "paul"):
        await desk.done("anna", "editContact", contactId=desk.ids[login], phone=None)
    assert await callers(desk, "+442079460018") == []


@pytest.mark.rule("R-144")
async def test_a_number_that_names_no_country_is_one_of_the_desks_region(settings: Settings) -> None:
    async def in_germany() -> None:
        await DeskSetting.create(code="DefaultPhoneRegion", value='"DE"')

    async with running_after(settings, in_germany) as desk:
        await desk.done("anna", "editContact", contactId=desk.ids["vera"], phone="0171 1234567")
        assert await callers(desk, "+49 171 1234567") == await callers(desk, "0171/1234567") == ["Vera Lindqvist"]
        await desk.done("anna", "editContact", contactId=desk.ids["paul"], phone="+49 (171) 1234567")
        assert await callers(desk, "01711234567") == ["Vera Lindqvist", "Paul Okafor"]


@pytest.mark.rule("R-144")
async def test_when_the_desks_region_changes_every_number_is_found_as_one_of_the_new_region(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "CONTACTS_AT_ONCE", 2)
    for n in range(4):
        await desk.done("anna", "addContact", name=f"Colleague {n}", phone="0171 1234567")
    await desk.done("anna", "editContact", contactId=desk.ids["vera"], phone="+49 171 1234567")
    everybody = ["Vera Lindqvist", *(f"Colleague {n}" for n in range(4))]
    for region, of_germany in (("DE", everybody), ("AT", ["Vera Lindqvist"]), (None, ["Vera Lindqvist"])):
        await desk.done("otto", "changeSetting", code="DefaultPhoneRegion", value=region)
        assert await callers(desk, "+49 171 1234567") == of_germany, region
        assert set(everybody[1:]) <= set(await callers(desk, "0171/1234567")), region


@pytest.mark.rule("R-144")
async def test_without_a_region_numbers_that_name_no_country_are_found_by_their_digits(desk: Desk) -> None:
    await desk.done("anna", "editContact", contactId=desk.ids["vera"], phone="ext. 47-11")
    assert await callers(desk, "4711") == ["Vera Lindqvist"]


@pytest.mark.rule("R-144")
async def test_at_most_twenty_contacts_are_found_by_a_number(desk: Desk) -> None:
    for n in range(21):
        await desk.done("anna", "addContact", name=f"Colleague {n}", phone="+44 20 7946 0018")
    assert len(await callers(desk, "+442079460018")) == 20


@pytest.mark.rule("R-144")
async def test_contacts_from_before_are_found_by_their_numbers_too(settings: Settings) -> None:
    from importlib import import_module
    from types import SimpleNamespace

    [name] = [path.stem for path in Path("gql/store/migrations").glob("*_calls.py")]
    step = import_module(f"gql.store.migrations.{name}").compare_numbers
    async with database.opened(settings.database_url, pool_size=2):
        await Contact.filter(name="Vera Lindqvist").update(phone="+44 (0)20 7946 0018", phone_key=None)
        apps = SimpleNamespace(get_model=lambda _: Contact)
        await step(apps, SimpleNamespace(client=Contact._meta.db))
        assert (await Contact.get(name="Vera Lindqvist")).phone_key == "+442079460018"
        assert (await Contact.get(name="Paul Okafor")).phone_key is None
