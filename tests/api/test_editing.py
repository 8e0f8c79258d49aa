"""Changing what is written on cases, contacts and accounts, and adding people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gql.store import Account, Contact
from tests.api.setting_up import bring, registered_as
from tests.running import Desk

CASE = "case { subject description priority contact { id } account { id } }"
CONTACT = "contact { id name email phone account { id } }"
ACCOUNT = "account { id name }"
WRITTEN = {"subject": "The printer is on fire", "description": "Since noon.", "priority": "HIGH"}


def westhaven(desk: Desk) -> str:
    return desk.ids["account of Vera Lindqvist"]


def bakeries(desk: Desk) -> str:
    return desk.ids["account of Paul Okafor"]


async def edited(desk: Desk, case_id: str, **input: Any) -> dict[str, Any]:
    """The case as an edit leaves it, with contact and account by their id."""
    shown = dict((await desk.done("anna", "editCase", CASE, caseId=case_id, **input))["case"])
    return {**shown, **{name: shown[name] and shown[name]["id"] for name in ("contact", "account")}}


async def case_of(desk: Desk, **input: Any) -> str:
    return str((await desk.register("anna", **{**WRITTEN, **input}))["id"])


async def changes(desk: Desk, login: str, case_id: str) -> list[dict[str, Any]]:
    """What the last entry of the history says was changed."""
    show = "__typename ... on CaseEdited { changes { field before after } }"
    last = (await desk.history(login, case_id, show))[-1]
    assert last["__typename"] == "CaseEdited"
    return list(last["changes"])


# ---------------------------------------------------------------- what is left out, and null


@pytest.mark.rule("R-71")
async def test_what_is_left_out_of_an_edit_stays(desk: Desk) -> None:
    case = await case_of(desk)
    before: dict[str, Any] = {**WRITTEN, "contact": desk.ids["vera"], "account": westhaven(desk)}
    assert await edited(desk, case) == before
    for change in ({"subject": "Smoke"}, {"description": "Since ten."}, {"priority": "LOW"}):
        before |= change
        assert await edited(desk, case, **change) == before, change
        [(field, value)] = change.items()
        assert [(told["field"], told["after"]) for told in await changes(desk, "anna", case)] == [(field, value)]


async def test_null_takes_a_description_away(desk: Desk) -> None:
    case = await case_of(desk)
    assert (await edited(desk, case, description=None))["description"] is None
    assert await changes(desk, "anna", case) == [{"field": "description", "before": "Since noon.", "after": None}]


async def test_blanks_take_a_description_away_too(desk: Desk) -> None:
    case = await case_of(desk)
    assert (await edited(desk, case, description=" \n "))["description"] is None


@pytest.mark.rule("R-1")
async def test_a_subject_is_not_taken_away(desk: Desk) -> None:
    case = await case_of(desk)
    for subject in (None, "", "  \n"):
        error = await desk.refused("anna", "editCase", CASE, caseId=case, subject=subject)
        assert (error["code"], error["field"]) == ("REQUIRED", ["subject"]), subject
    assert (await desk.case("anna", case, "subject"))["subject"] == WRITTEN["subject"]


async def test_a_priority_is_not_taken_away(desk: Desk) -> None:
    case = await case_of(desk)
    error = await desk.refused("anna", "editCase", caseId=case, priority=None)
    assert (error["code"], error["field"]) == ("REQUIRED", ["priority"])


async def test_what_is_too_long_or_cannot_be_kept_is_not_written(desk: Desk) -> None:
    case = await case_of(desk)
    for field, value, code in (
        ("subject", "x" * 501, "LIMIT"),
        ("description", "x" * 50_001, "LIMIT"),
        ("subject", "smo\0ke", "INVALID"),
    ):
        error = await desk.refused("anna", "editCase", caseId=case, **{field: value})
        assert (error["code"], error["field"]) == (code, [field])
    assert [entry["__typename"] for entry in await desk.history("anna", case)] == ["CaseRegistered"]


async def test_an_edit_is_done_as_a_whole_or_not_at_all(desk: Desk) -> None:
    case = await case_of(desk)
    error = await desk.refused("anna", "editCase", caseId=case, subject="Smoke", contactId="Contact_999")
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["contactId"])
    assert (await desk.case("anna", case, "subject"))["subject"] == WRITTEN["subject"]
    assert len(await desk.history("anna", case)) == 1


@pytest.mark.rule("R-71")
async def test_an_edit_names_the_fields_with_the_value_before_and_after(desk: Desk) -> None:
    case = await case_of(desk)
    await edited(
        desk, case, subject=" Smoke ", description="Since ten.", priority="CRITICAL", contactId=desk.ids["paul"]
    )
    public = [
        {"field": "subject", "before": WRITTEN["subject"], "after": "Smoke"},
        {"field": "description", "before": "Since noon.", "after": "Since ten."},
        {"field": "priority", "before": "HIGH", "after": "CRITICAL"},
    ]
    customer = [
        {"field": "contact", "before": desk.ids["vera"], "after": desk.ids["paul"]},
        {"field": "account", "before": westhaven(desk), "after": bakeries(desk)},
    ]
    assert await changes(desk, "anna", case) == public + customer
    assert await changes(desk, "paul", case) == public, "whose case it was is not for the next customer"
    assert await desk.case("vera", case, "id") is None


@pytest.mark.rule("R-71")
async def test_an_edit_that_changes_nothing_records_nothing(desk: Desk) -> None:
    case = await case_of(desk)
    seen = await desk.case("anna", case, "changedAt cursor")
    await edited(desk, case, **WRITTEN, contactId=desk.ids["vera"], accountId=westhaven(desk))
    await edited(desk, case, subject=f"  {WRITTEN['subject']}\n")
    assert (await desk.case("anna", case, "changedAt"))["changedAt"] == seen["changedAt"]
    assert len(await desk.history("anna", case)) == 1
    await edited(desk, case, subject="Smoke", unlessChangedSince=seen["cursor"])


async def test_an_edit_raises_changed_at_and_is_found_by_its_new_words(desk: Desk) -> None:
    case = await case_of(desk)
    before = await desk.case("vera", case, "registeredAt changedAt")
    await edited(desk, case, subject="Smoke in the cellar")
    after = await desk.case("vera", case, "registeredAt changedAt")
    assert after["changedAt"] > before["changedAt"]
    assert after["registeredAt"] == before["registeredAt"]
    document = "query($s: String) { cases(filter: {search: $s}) { totalCount } }"
    found = {word: (await desk.run("vera", document, s=word))["cases"]["totalCount"] for word in ("cellar", "fire")}
    assert found == {"cellar": 1, "fire": 0}


# ---------------------------------------------------------------- contact and account of a case


@pytest.mark.rule("R-2")
async def test_a_contact_that_is_edited_in_brings_the_account(desk: Desk) -> None:
    case = await case_of(desk)
    shown = await edited(desk, case, contactId=desk.ids["paul"])
    assert (shown["contact"], shown["account"]) == (desk.ids["paul"], bakeries(desk))


@pytest.mark.rule("R-2")
async def test_a_contact_without_an_account_leaves_the_cases_account(desk: Desk) -> None:
    case = await case_of(desk)
    shown = await edited(desk, case, contactId=desk.ids["Nils Free"])
    assert (shown["contact"], shown["account"]) == (desk.ids["Nils Free"], westhaven(desk))


@pytest.mark.rule("R-2")
async def test_contact_and_another_account_are_not_edited_in_together(desk: Desk) -> None:
    case = await case_of(desk)
    error = await desk.refused("anna", "editCase", caseId=case, contactId=desk.ids["paul"], accountId=westhaven(desk))
    assert (error["code"], error["field"]) == ("INVALID", ["accountId"])
    shown = await edited(desk, case, contactId=desk.ids["paul"], accountId=bakeries(desk))
    assert (shown["contact"], shown["account"]) == (desk.ids["paul"], bakeries(desk))


@pytest.mark.rule("R-3")
async def test_an_account_that_the_contact_does_not_belong_to_clears_the_contact(desk: Desk) -> None:
    case = await case_of(desk)
    shown = await edited(desk, case, accountId=bakeries(desk))
    assert (shown["contact"], shown["account"]) == (None, bakeries(desk))
    assert await changes(desk, "anna", case) == [
        {"field": "contact", "before": desk.ids["vera"], "after": None},
        {"field": "account", "before": westhaven(desk), "after": bakeries(desk)},
    ]


@pytest.mark.rule("R-3")
async def test_the_account_of_the_contact_leaves_the_contact(desk: Desk) -> None:
    case = await case_of(desk)
    shown = await edited(desk, case, accountId=westhaven(desk))
    assert (shown["contact"], shown["account"]) == (desk.ids["vera"], westhaven(desk))


@pytest.mark.rule("R-3")
async def test_a_contact_of_no_account_stays_when_the_account_changes(desk: Desk) -> None:
    case = await case_of(desk, contactId=desk.ids["Nils Free"], accountId=westhaven(desk))
    for account in (bakeries(desk), None):
        shown = await edited(desk, case, accountId=account)
        assert (shown["contact"], shown["account"]) == (desk.ids["Nils Free"], account)


async def test_null_takes_the_contact_away_and_leaves_the_account(desk: Desk) -> None:
    case = await case_of(desk)
    shown = await edited(desk, case, contactId=None)
    assert (shown["contact"], shown["account"]) == (None, westhaven(desk))


@pytest.mark.rule("R-1")
async def test_a_case_keeps_a_contact_or_an_account(desk: Desk) -> None:
    of_account = await case_of(desk, accountId=westhaven(desk))
    of_nils = await case_of(desk, contactId=desk.ids["Nils Free"])
    of_vera = await case_of(desk)
    for case, cleared, field in (
        (of_account, ["accountId"], "accountId"),
        (of_nils, ["contactId"], "contactId"),
        (of_vera, ["contactId", "accountId"], "contactId"),
        (of_vera, ["accountId"], "accountId"),
    ):
        nulls: dict[str, Any] = dict.fromkeys(cleared)
        error = await desk.refused("anna", "editCase", caseId=case, **nulls)
        assert (error["code"], error["field"]) == ("REQUIRED", [field]), cleared


async def test_what_is_edited_in_must_be_there(desk: Desk) -> None:
    case = await case_of(desk)
    for field, id in (
        ("contactId", "Contact_999"),
        ("contactId", westhaven(desk)),
        ("accountId", "Account_999"),
        ("accountId", "nonsense"),
    ):
        error = await desk.refused("anna", "editCase", caseId=case, **{field: id})
        assert (error["code"], error["field"]) == ("NOT_FOUND", [field]), (field, id)
    for id in ("Case_999", desk.ids["vera"], "nonsense"):
        error = await desk.refused("anna", "editCase", caseId=id, subject="Smoke")
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["caseId"]), id


@pytest.mark.rule("R-22")
@pytest.mark.parametrize("code", ["NEW", "IN_PROGRESS", "WAITING", "RESOLVED", "REOPENED"])
async def test_a_case_is_edited_until_its_end(desk: Desk, code: str) -> None:
    case = await registered_as(desk, code)
    assert (await edited(desk, case, subject="Smoke"))["subject"] == "Smoke"


@pytest.mark.rule("R-161")
async def test_customers_edit_nothing(desk: Desk) -> None:
    case = await case_of(desk)
    assert (await desk.refused("vera", "editCase", caseId=case, subject="Smoke"))["code"] == "FORBIDDEN"
    assert (await desk.refused("paul", "editCase", caseId=case, subject="Smoke"))["code"] == "NOT_FOUND"
    for mutation, input in (
        ("addContact", {"name": "Mallory"}),
        ("addAccount", {"name": "Mallory's"}),
        ("editContact", {"contactId": desk.ids["vera"], "phone": "112"}),
        ("editAccount", {"accountId": westhaven(desk), "name": "Mallory's"}),
    ):
        assert (await desk.refused("vera", mutation, **input))["code"] == "FORBIDDEN", mutation
    with desk.database():
        assert not await Contact.filter(name="Mallory").exists()
        assert not await Account.filter(name="Mallory's").exists()
        assert (await Contact.get(name="Vera Lindqvist")).phone is None


# ---------------------------------------------------------------- contacts and accounts


async def test_a_contact_is_added_with_what_is_given(desk: Desk) -> None:
    added = await desk.done(
        "anna",
        "addContact",
        CONTACT,
        name=" Aron Lind ",
        email=" aron@westhaven.example ",
        phone=" +46 1 ",
        accountId=westhaven(desk),
    )
    contact = added["contact"]
    assert contact == {
        "id": contact["id"],
        "name": "Aron Lind",
        "email": "aron@westhaven.example",
        "phone": "+46 1",
        "account": {"id": westhaven(desk)},
    }
    bare = (await desk.done("dora", "addContact", CONTACT, name="Eva"))["contact"]
    assert {**bare, "id": None} == {"id": None, "name": "Eva", "email": None, "phone": None, "account": None}
    assert (await desk.register("anna", contactId=bare["id"]))["number"] == "SR00000001"


async def test_a_contact_is_found_by_what_it_was_added_and_edited_with(desk: Desk) -> None:
    added = await desk.done("anna", "addContact", "contact { id }", name="Ärön Lind", email="aron@lind.example")
    await desk.done("anna", "editContact", contactId=added["contact"]["id"], email="a.lind@new.example")

    async def found(search: str) -> list[str]:
        answer = await desk.run("anna", "query($s: String) { contacts(search: $s) { nodes { name } } }", s=search)
        return [contact["name"] for contact in answer["contacts"]["nodes"]]

    for search, expected in (("ÄRÖN", ["Ärön Lind"]), ("a.lind@new", ["Ärön Lind"]), ("aron@lind", [])):
        assert await found(search) == expected, search


async def test_what_is_left_out_of_a_contacts_edit_stays_and_null_clears(desk: Desk) -> None:
    added = await desk.done(
        "anna", "addContact", CONTACT, name="Aron Lind", email="a@lind.example", phone="1", accountId=westhaven(desk)
    )
    contact = dict(added["contact"])
    for change, shown in (
        ({}, {}),
        ({"name": "Aron Lindberg"}, {"name": "Aron Lindberg"}),
        ({"email": "aron@lindberg.example"}, {"email": "aron@lindberg.example"}),
        ({"phone": "2"}, {"phone": "2"}),
        ({"accountId": bakeries(desk)}, {"account": {"id": bakeries(desk)}}),
        ({"email": None}, {"email": None}),
        ({"phone": None}, {"phone": None}),
        ({"accountId": None}, {"account": None}),
    ):
        contact |= shown
        done = await desk.done("anna", "editContact", CONTACT, contactId=contact["id"], **change)
        assert done["contact"] == contact, change


async def test_a_name_is_needed(desk: Desk) -> None:
    for mutation, input in (
        ("addContact", {}),
        ("addAccount", {}),
        ("editContact", {"contactId": desk.ids["Nils Free"]}),
        ("editAccount", {"accountId": westhaven(desk)}),
    ):
        for name in ("", "  ", *([None] if "edit" in mutation else [])):
            error = await desk.refused("anna", mutation, **input, name=name)
            assert (error["code"], error["field"]) == ("REQUIRED", ["name"]), (mutation, name)
        error = await desk.refused("anna", mutation, **input, name="x" * 251)
        assert (error["code"], error["field"]) == ("LIMIT", ["name"]), mutation


async def test_an_email_address_has_a_name_and_a_place(desk: Desk) -> None:
    for email in ("nils", "nils@", "@free.example", "nils@free@example", "nils free@example", "n\nils@free.example"):
        for mutation, input in (
            ("addContact", {"name": "Nils"}),
            ("editContact", {"contactId": desk.ids["Nils Free"]}),
        ):
            error = await desk.refused("anna", mutation, **input, email=email)
            assert (error["code"], error["field"]) == ("INVALID", ["email"]), (mutation, email)
    with desk.database():
        assert (await Contact.get(name="Nils Free")).email == "nils@free.example"


async def test_who_is_edited_must_be_there(desk: Desk) -> None:
    for mutation, input, field in (
        ("editContact", {"contactId": "Contact_999"}, "contactId"),
        ("editContact", {"contactId": desk.ids["anna"]}, "contactId"),
        ("editContact", {"contactId": desk.ids["vera"], "accountId": "Account_999"}, "accountId"),
        ("addContact", {"accountId": "Account_999"}, "accountId"),
        ("editAccount", {"accountId": "Account_999"}, "accountId"),
        ("editAccount", {"accountId": desk.ids["vera"]}, "accountId"),
    ):
        error = await desk.refused("anna", mutation, **input, name="X")
        assert (error["code"], error["field"]) == ("NOT_FOUND", [field]), (mutation, input)


async def test_an_account_is_added_edited_and_found(desk: Desk) -> None:
    account = (await desk.done("anna", "addAccount", ACCOUNT, name=" Ångström Labs "))["account"]
    assert account["name"] == "Ångström Labs"
    same = await desk.done("anna", "editAccount", ACCOUNT, accountId=account["id"])
    assert same["account"] == account, "what is left out stays"
    renamed = await desk.done("anna", "editAccount", ACCOUNT, accountId=account["id"], name="Ångström Works")
    assert renamed["account"]["name"] == "Ångström Works"
    document = "query($s: String) { accounts(search: $s) { nodes { name } } }"
    found = {
        word: [node["name"] for node in (await desk.run("anna", document, s=word))["accounts"]["nodes"]]
        for word in ("ångström works", "labs")
    }
    assert found == {"ångström works": ["Ångström Works"], "labs": []}


async def test_a_contact_that_moves_to_another_account_takes_no_cases_along(desk: Desk) -> None:
    case = await case_of(desk)
    await desk.done("anna", "editContact", contactId=desk.ids["vera"], accountId=bakeries(desk))
    shown = await desk.case("anna", case, "contact { id } account { id }")
    assert shown == {"contact": {"id": desk.ids["vera"]}, "account": {"id": westhaven(desk)}}
    listed = "query($id: ID!) { node(id: $id) { ... on Account { cases { nodes { id } } } } }"
    for account, expected in ((westhaven(desk), [{"id": case}]), (bakeries(desk), [])):
        assert (await desk.run("anna", listed, id=account))["node"]["cases"]["nodes"] == expected
    # the next one is for the account that the contact has by then, and the old one can be edited still
    assert (await edited(desk, await case_of(desk)))["account"] == bakeries(desk)
    shown = await edited(desk, case, subject="Smoke")
    assert (shown["contact"], shown["account"]) == (desk.ids["vera"], westhaven(desk))
    # the customer goes on seeing his case, though not the account that he has left
    shown = await desk.case("vera", case, "subject account { id }")
    assert shown == {"subject": "Smoke", "account": None}


# ---------------------------------------------------------------- unless it was changed since


@pytest.mark.rule("R-171")
async def test_a_case_that_was_changed_since_it_was_read_is_not_overwritten(desk: Desk) -> None:
    case = await case_of(desk)
    read = (await desk.case("anna", case, "cursor"))["cursor"]
    await desk.done("ben", "editCase", caseId=case, priority="LOW")
    payload = await desk.act(
        "anna", "editCase", "case { subject priority cursor }", caseId=case, subject="Smoke", unlessChangedSince=read
    )
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [("CHANGED", ["unlessChangedSince"])]
    assert (payload["case"]["subject"], payload["case"]["priority"]) == (WRITTEN["subject"], "LOW")
    # with the cursor of that answer it is done, and with that of the next again
    for subject in ("Smoke", "Fire again"):
        payload = await desk.done(
            "anna", "editCase", "case { subject cursor }", caseId=case, subject=subject,
            unlessChangedSince=payload["case"]["cursor"],
        )  # fmt: skip
        assert payload["case"]["subject"] == subject


@pytest.mark.rule("R-171")
async def test_posts_and_messages_alone_are_no_change(desk: Desk) -> None:
    case = await case_of(desk)
    read = (await desk.case("anna", case, "cursor"))["cursor"]
    await desk.done("ben", "postToFeed", caseId=case, body="I have seen it.")
    await desk.done("ben", "postToPortal", caseId=case, body="We are coming.")
    await desk.done("vera", "postToPortal", caseId=case, body="Thank you!")
    await desk.done("ben", "watchCase", caseId=case, watch=True)
    await edited(desk, case, subject="Smoke", unlessChangedSince=read)


@pytest.mark.rule("R-171")
@pytest.mark.parametrize("read", ["cases", "viewer", "entry", "the payload of an action"])
async def test_a_cursor_that_was_read_elsewhere_serves_as_well(desk: Desk, read: str) -> None:
    case = await case_of(desk)
    if read == "cases":
        cursor = (await desk.run("anna", "{ cases(filter: {}) { nodes { cursor } } }"))["cases"]["nodes"][0]["cursor"]
    elif read == "viewer":
        async with asyncio.timeout(10):  # the viewer's cursor is where the log is known to stand, a moment later
            while (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"] != (
                await desk.history("anna", case, "cursor")
            )[-1]["cursor"]:
                await asyncio.sleep(0.01)
        cursor = (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]
    elif read == "entry":
        cursor = (await desk.history("anna", case, "cursor"))[-1]["cursor"]
    else:
        cursor = (await desk.done("anna", "takeCase", "case { cursor }", caseId=case))["case"]["cursor"]
    await edited(desk, case, subject="Smoke", unlessChangedSince=cursor)
    error = await desk.refused(
        "anna", "editCase", "case { id }", caseId=case, subject="Fire", unlessChangedSince=cursor
    )
    assert error["code"] == "CHANGED"


@pytest.mark.rule("R-171")
@pytest.mark.parametrize("of", ["another case", "its contact"])
async def test_the_cursor_of_another_row_of_the_same_version_does_not_pass(desk: Desk, of: str) -> None:
    case, other = await case_of(desk), await case_of(desk)
    if of == "another case":
        cursor = (await desk.case("anna", other, "cursor"))["cursor"]
    else:
        read = await desk.run(
            "anna", "query($id: ID!) { node(id: $id) { ... on Contact { cursor } } }", id=desk.ids["vera"]
        )
        cursor = read["node"]["cursor"]
    error = await desk.refused("anna", "editCase", caseId=case, subject="Smoke", unlessChangedSince=cursor)
    assert error["code"] == "CHANGED"


@pytest.mark.rule("R-171")
async def test_what_is_no_cursor_is_invalid(desk: Desk) -> None:
    case = await case_of(desk)
    for cursor in ("", "nonsense", "AAAAAAAAAAAAAAAAAAAAAA", "ÄÖ"):
        for mutation, input in (
            ("editCase", {"caseId": case, "subject": "Smoke"}),
            ("editContact", {"contactId": desk.ids["vera"], "phone": "1"}),
            ("editAccount", {"accountId": westhaven(desk), "name": "X"}),
        ):
            error = await desk.refused("anna", mutation, **input, unlessChangedSince=cursor)
            assert (error["code"], error["field"]) == ("INVALID", ["unlessChangedSince"]), (mutation, cursor)


@pytest.mark.rule("R-171")
@pytest.mark.parametrize("what", ["contact", "account"])
async def test_a_contact_or_an_account_that_was_changed_since_it_was_read_is_not_overwritten(
    desk: Desk, what: str
) -> None:
    id = desk.ids["vera"] if what == "contact" else westhaven(desk)
    mutation, show = f"edit{what.capitalize()}", f"{what} {{ name cursor }}"

    async def edit(login: str, name: str, since: str | None) -> dict[str, Any]:
        return await desk.act(login, mutation, show, **{f"{what}Id": id}, name=name, unlessChangedSince=since)

    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {what.capitalize()} {{ cursor }} }} }}"
    read = (await desk.run("anna", document, id=id))["node"]["cursor"]
    first = await edit("ben", "Of Ben", read)
    assert first["errors"] == []
    late = await edit("anna", "Of Anna", read)
    assert [(error["code"], error["field"]) for error in late["errors"]] == [("CHANGED", ["unlessChangedSince"])]
    assert late[what]["name"] == "Of Ben", "it is shown as it now is"
    again = await edit("anna", "Of Anna", first[what]["cursor"])
    assert (again["errors"], again[what]["name"]) == ([], "Of Anna")


@pytest.mark.rule("R-171")
async def test_of_several_who_edit_what_they_read_together_one_succeeds(desk: Desk) -> None:
    case = await case_of(desk)
    read = (await desk.case("anna", case, "cursor"))["cursor"]
    contact = await desk.run(
        "anna", "query($id: ID!) { node(id: $id) { ... on Contact { cursor } } }", id=desk.ids["vera"]
    )

    async def codes(attempt: Callable[[int], Any]) -> list[list[str]]:
        answers = await asyncio.gather(*(attempt(i) for i in range(6)))
        return sorted([error["code"] for error in answer["errors"]] for answer in answers)

    only_one = [[], *[["CHANGED"]] * 5]
    assert only_one == await codes(
        lambda i: desk.act("anna", "editCase", caseId=case, subject=f"Smoke {i}", unlessChangedSince=read)
    )
    assert only_one == await codes(
        lambda i: desk.act(
            "anna",
            "editContact",
            contactId=desk.ids["vera"],
            phone=str(i),
            unlessChangedSince=contact["node"]["cursor"],
        )
    )


@pytest.mark.rule("R-171")
@pytest.mark.rule("R-22")
async def test_changed_is_told_before_not_now(desk: Desk) -> None:
    case = await case_of(desk)
    read = (await desk.case("anna", case, "cursor"))["cursor"]
    await bring(desk, case, "CLOSED")
    error = await desk.refused("anna", "editCase", caseId=case, subject="Smoke", unlessChangedSince=read)
    assert error["code"] == "CHANGED"
    assert (await desk.refused("anna", "editCase", caseId=case, subject="Smoke"))["code"] == "NOT_NOW"


# ---------------------------------------------------------------- sent twice


@pytest.mark.rule("R-170")
@pytest.mark.parametrize("what", ["contact", "account"])
async def test_a_contact_or_an_account_that_is_sent_twice_is_added_once(desk: Desk, what: str) -> None:
    add, edit, show = f"add{what.capitalize()}", f"edit{what.capitalize()}", f"{what} {{ id name }}"
    first = (await desk.done("anna", add, show, name="Aron Lind", requestId="1"))[what]
    await desk.done("anna", edit, **{f"{what}Id": first["id"]}, name="Aron Lindberg")
    again = (await desk.done("anna", add, show, name="Aron Lind", requestId="1"))[what]
    assert again == {"id": first["id"], "name": "Aron Lindberg"}, "as it is now"
    error = await desk.refused("anna", add, show, name="Eva", requestId="1")
    assert (error["code"], error["field"]) == ("INVALID", ["requestId"])
    for login, request_id in (("ben", "1"), ("anna", "2")):
        another = (await desk.done(login, add, show, name="Aron Lind", requestId=request_id))[what]
        assert another["id"] != first["id"]
