"""Customers of one organisation: who of them sees whose cases, and what they may do to them (R-141)."""

from __future__ import annotations

from typing import Any

import pytest

from gql.actions import logins
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.enums import PortalRole
from gql.store import Contact, Entry, Login
from gql.tokens import hash_password
from tests.api.setting_up import row_id
from tests.running import Desk, app_lookups

CASES = "query($filter: CaseFilter) { cases(filter: $filter) { totalCount nodes { subject contact { name } } } }"
CHANGES = "subscription { casesChanged(filter: {}) { fits case { subject } } }"
ALL: dict[str, Any] = {"filter": {"includeFinal": True}}


async def let_in(desk: Desk, name: str, login: str, role: PortalRole, account: str) -> None:
    """A further contact of an account, who signs in with a role."""
    added = await desk.done("anna", "addContact", "contact { id }", name=name, accountId=account)
    desk.ids[login] = added["contact"]["id"]
    with desk.database():
        async with unit_of_work(DESK, desk.app.state.desk.clock(), app_lookups(desk), ring=lambda: None) as work:
            contact = await Contact.get(id=row_id(desk.ids[login]))
            await logins.let_in(work, contact, login=login, password_hash=await hash_password("demo"), role=role)
        desk.logins[login] = await Login.get(name=login)


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    """The desk, with vida (observer) and hugo (administrator) in vera's organisation."""
    account = desk.ids["account of Vera Lindqvist"]
    await let_in(desk, "Vida Holm", "vida", PortalRole.OBSERVER, account)
    await let_in(desk, "Hugo Berg", "hugo", PortalRole.ADMINISTRATOR, account)
    return desk


async def cases_of_the_organisation(desk: Desk) -> dict[str, dict[str, Any]]:
    """A case of each of the organisation, one of the organisation itself, and one of another's."""
    account = desk.ids["account of Vera Lindqvist"]
    return {
        "vera's": await desk.register(subject="vera's"),
        "vida's": await desk.register(subject="vida's", contactId=desk.ids["vida"]),
        "hugo's": await desk.register(subject="hugo's", contactId=desk.ids["hugo"]),
        "the account's": await desk.register(subject="the account's", contactId=None, accountId=account),
        "paul's": await desk.register(subject="paul's", contactId=desk.ids["paul"]),
    }


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-160")
async def test_a_member_sees_his_own_cases_and_an_observer_all_of_his_organisation(desk: Desk) -> None:
    cases = await cases_of_the_organisation(desk)
    seen = {}
    for login in ("vera", "vida", "hugo", "paul"):
        listed = {node["subject"] for node in (await desk.run(login, CASES, **ALL))["cases"]["nodes"]}
        assert listed == {subject for subject in cases if await desk.case(login, cases[subject]["id"], "id")}
        seen[login] = listed
    everybodys = {"vera's", "vida's", "hugo's", "the account's"}
    assert seen == {"vera": {"vera's"}, "vida": everybodys, "hugo": everybodys, "paul": {"paul's"}}


@pytest.mark.rule("R-150")
async def test_without_a_filter_an_observer_lists_the_cases_of_his_own(desk: Desk) -> None:
    await cases_of_the_organisation(desk)
    assert [node["subject"] for node in (await desk.run("vida", CASES))["cases"]["nodes"]] == ["vida's"]
    async with desk.stream("vida", "subscription { casesChanged { case { subject } } }") as own:
        await desk.register(subject="another of vera's")
        await desk.register(subject="another of vida's", contactId=desk.ids["vida"])
        assert (await own.next())["case"] == {"subject": "another of vida's"}


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-142")
async def test_an_observer_reads_of_a_colleagues_case_what_the_colleague_reads(desk: Desk) -> None:
    case = await desk.register("vera", subject="Broken door")
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["ben"])
    await desk.done("anna", "postToFeed", caseId=case["id"], body="Bring a ladder.")
    await desk.done("vera", "postToPortal", caseId=case["id"], body="It creaks.")
    await desk.done("anna", "postToPortal", caseId=case["id"], body="We are coming.")
    show = """subject contact { name } account { name } assignee { id } assigneeGroup { id } supportLine { id }
      history(first: 20) { nodes { __typename summary actor { __typename name } ... on PortalMessage { body } } }"""
    assert await desk.case("vida", case["id"], show) == await desk.case("vera", case["id"], show)


@pytest.mark.rule("R-141")
async def test_an_observer_sees_the_colleagues_whose_cases_he_sees_and_nobody_elses(desk: Desk) -> None:
    document = "{ contacts { nodes { name } } accounts { nodes { name } } users { nodes { name } } }"
    seen = {login: await desk.run(login, document) for login in ("vera", "vida")}
    account, nobody = {"nodes": [{"name": "Westhaven Hospital"}]}, {"nodes": []}
    colleagues = [{"name": "Hugo Berg"}, {"name": "Vera Lindqvist"}, {"name": "Vida Holm"}]
    assert seen["vera"] == {"contacts": {"nodes": [{"name": "Vera Lindqvist"}]}, "accounts": account, "users": nobody}
    assert seen["vida"] == {"contacts": {"nodes": colleagues}, "accounts": account, "users": nobody}


@pytest.mark.rule("R-141")
async def test_how_colleagues_sign_in_is_for_their_administrator_and_for_staff(desk: Desk) -> None:
    document = "query($id: ID!) { node(id: $id) { ... on Contact { portalUser { login role active } } } }"
    vera = {"login": "vera", "role": "MEMBER", "active": True}
    shown = {
        login: (await desk.run(login, document, id=desk.ids["vera"]))["node"]
        for login in ("anna", "hugo", "vera", "vida", "paul")
    }
    seen, hidden = {"portalUser": vera}, {"portalUser": None}
    assert shown == {"anna": seen, "hugo": seen, "vera": seen, "vida": hidden, "paul": None}


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-142")
async def test_a_colleagues_case_is_read_and_nothing_more(desk: Desk) -> None:
    case = await desk.register("vera")
    for login in ("vida", "hugo"):
        assert (await desk.case(login, case["id"], "viewerActions steps { action } nextStatuses { id }")) == {
            "viewerActions": [],
            "steps": [],
            "nextStatuses": [],
        }
        inputs: dict[str, dict[str, Any]] = {
            "postToPortal": {"body": "Me too."},
            "cancelCase": {},
            "watchCase": {"watch": True},
            "takeCase": {},
        }
        for mutation, input in inputs.items():
            assert (await desk.refused(login, mutation, caseId=case["id"], **input))["code"] == "FORBIDDEN"
        given = {"contactId": desk.ids["vera"], "categoryId": desk.ids["INCIDENT"]}
        assert (await desk.refused(login, "registerCase", **given))["code"] == "FORBIDDEN"
        own = await desk.case(login, (await desk.register("anna", contactId=desk.ids[login]))["id"], "viewerActions")
        assert own["viewerActions"] == ["CANCEL", "POST_TO_PORTAL", "RATE", "COMPLAIN"]


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-173")
async def test_streams_tell_an_observer_of_all_cases_of_his_organisation_and_of_no_other(desk: Desk) -> None:
    cases = await cases_of_the_organisation(desk)
    async with (
        desk.stream("vida", "subscription { portalMessageAdded { body } }") as hers,
        desk.stream("vera", "subscription { portalMessageAdded { body } }") as members,
        desk.stream("vida", "subscription { notificationReceived { reason } }") as told,
    ):
        for subject in ("paul's", "vera's", "the account's", "vida's"):
            await desk.done("anna", "postToPortal", caseId=cases[subject]["id"], body=subject)
        assert [item["body"] for item in await hers.take(3)] == ["vera's", "the account's", "vida's"]
        assert [item["body"] for item in await members.take(1)] == ["vera's"]
        assert (await told.next())["reason"] == "OWN_CASE"
        await told.nothing(0.3)
        await members.nothing(0.3)


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-162")
async def test_a_contact_who_moves_to_another_account_loses_the_sight_of_the_old_at_once(desk: Desk) -> None:
    cases = await cases_of_the_organisation(desk)
    bakery = await desk.register(subject="another of paul's", contactId=desk.ids["paul"])
    messages = "subscription { portalMessageAdded { body } }"
    async with desk.stream("vida", messages) as hers, desk.stream("vida", CHANGES) as changes:
        await desk.done("dora", "editContact", contactId=desk.ids["vida"], accountId=desk.ids["account of Paul Okafor"])
        for case in (cases["vera's"], bakery, cases["vida's"]):
            await desk.done("anna", "postToPortal", caseId=case["id"], body=case["subject"])
            await desk.done("anna", "editCase", caseId=case["id"], priority="HIGH")
        assert await hers.next() == {"body": "vida's"}
        assert await changes.next() == {"fits": True, "case": {"subject": "vida's"}}
    assert [node["subject"] for node in (await desk.run("vida", CASES, **ALL))["cases"]["nodes"]] == ["vida's"]
    portal_user = "query($id: ID!) { node(id: $id) { ... on Contact { portalUser { role } } } }"
    moved = (await desk.run("anna", portal_user, id=desk.ids["vida"]))["node"]
    assert moved == {"portalUser": {"role": "MEMBER"}}, "a role is given by an organisation, and is not taken along"


@pytest.mark.rule("R-141")
async def test_a_case_that_leaves_the_organisation_leaves_the_lists_of_its_observers(desk: Desk) -> None:
    case = await desk.register("vera", subject="Broken door")
    async with desk.stream("vida", CHANGES) as changes:
        await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["paul"])
        assert await changes.next() == {"fits": False, "case": None}
    assert await desk.case("vida", case["id"], "id") is None


# ---------------------------------------------------------------- who may use the portal

PORTAL = "contact { id name account { name } portalUser { login role active } } token"
SET = "mutation($i: SetPasswordInput!) { setPassword(input: $i) { viewer { contact { name } } errors { code } } }"


async def sets_password(desk: Desk, token: str) -> Any:
    """Who signs in with the token that was handed to him."""
    return (await desk.run(None, SET, i={"token": token, "newPassword": "correct horse"}))["setPassword"]["viewer"]


@pytest.mark.rule("R-141")
async def test_an_organisations_administrator_invites_a_colleague_into_his_own_organisation(desk: Desk) -> None:
    invited = await desk.done("hugo", "invitePortalUser", PORTAL, name="Ida Falk", login="ida", email="ida@w.example")
    assert invited["contact"]["account"] == {"name": "Westhaven Hospital"}
    assert invited["contact"]["portalUser"] == {"login": "ida", "role": "MEMBER", "active": True}
    assert await sets_password(desk, invited["token"]) == {"contact": {"name": "Ida Falk"}}

    bakery = desk.ids["account of Paul Okafor"]
    for input in ({"name": "A spy", "accountId": bakery}, {"contactId": desk.ids["paul"]}):
        assert (await desk.refused("hugo", "invitePortalUser", login="spy", **input))["code"] == "NOT_FOUND"
    for login in ("vera", "vida"):
        assert (await desk.refused(login, "invitePortalUser", login="x", name="Friend"))["code"] == "FORBIDDEN"


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-162")
async def test_an_organisations_administrator_gives_roles_and_shuts_out_within_it_only(
    desk: Desk,
) -> None:
    vera, paul = desk.ids["vera"], desk.ids["paul"]
    hers = await desk.register(contactId=desk.ids["vida"])
    shown = await desk.done("hugo", "changePortalUser", PORTAL.removesuffix("token"), contactId=vera, role="OBSERVER")
    assert shown["contact"]["portalUser"]["role"] == "OBSERVER"
    with desk.database():
        desk.logins["vera"] = await Login.get(name="vera")
    assert await desk.case("vera", hers["id"], "id"), "she signs in again and has the role"

    async with desk.stream("vera", "subscription { portalMessageAdded { body } }") as stream:
        await desk.done("hugo", "deactivatePortalUser", contactId=vera)
        assert await stream.error(2) == "UNAUTHENTICATED"
    assert (await desk.refused("hugo", "changePortalUser", contactId=vera, role="MEMBER"))["code"] == "NOT_NOW"
    again = await desk.done("hugo", "invitePortalUser", PORTAL, contactId=vera, login="vera")
    assert await sets_password(desk, again["token"]) == {"contact": {"name": "Vera Lindqvist"}}
    reset = await desk.done("hugo", "resetPortalPassword", "token", contactId=vera)
    assert await sets_password(desk, reset["token"]) == {"contact": {"name": "Vera Lindqvist"}}

    for mutation, input in (
        ("changePortalUser", {"role": "MEMBER"}),
        ("deactivatePortalUser", {}),
        ("resetPortalPassword", {}),
    ):
        refused = [await desk.refused("hugo", mutation, contactId=id, **input) for id in (paul, "Contact_987654321")]
        assert refused[0] == refused[1]
        assert refused[0]["code"] == "NOT_FOUND"


@pytest.mark.rule("R-92")
@pytest.mark.rule("R-141")
@pytest.mark.parametrize("login", ["anna", "dora"])
async def test_who_may_not_grade_in_the_customers_place_gets_no_way_in_as_the_customer(desk: Desk, login: str) -> None:
    colleague = await desk.done("anna", "addContact", "contact { id }", name="Ida Falk")
    new = {"contactId": colleague["contact"]["id"], "login": "ida"}
    for mutation, input in (("resetPortalPassword", {"contactId": desk.ids["vera"]}), ("invitePortalUser", new)):
        assert (await desk.refused(login, mutation, "token", **input))["code"] == "FORBIDDEN"
        assert (await desk.done("otto", mutation, "token", **input))["token"]


@pytest.mark.rule("R-141")
async def test_the_trail_of_portal_users_names_no_contact(desk: Desk) -> None:
    invited = await desk.done("hugo", "invitePortalUser", PORTAL, name="Ida Falk", login="ida")
    id = invited["contact"]["id"]
    await desk.done("otto", "changePortalUser", contactId=id, role="OBSERVER")
    await desk.done("otto", "deactivatePortalUser", contactId=id)
    with desk.database():
        entries = await Entry.filter(case_id=None).exclude(kind__in=("LoginChanged", "ContactAdded")).order_by("id")
    assert [(entry.kind, entry.payload) for entry in entries] == [
        ("PortalUserInvited", {"contact_id": row_id(id), "changes": [given(None, "MEMBER")]}),
        ("PortalUserChanged", {"contact_id": row_id(id), "changes": [given("MEMBER", "OBSERVER")]}),
        ("PortalUserDeactivated", {"contact_id": row_id(id)}),
    ]


def given(before: str | None, after: str) -> dict[str, str | None]:
    return {"field": "role", "before": before, "after": after}
