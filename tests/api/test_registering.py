"""How a case comes to the desk: what it needs, what it starts with, and what it is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.enums import CaseOrigin, CasePriority
from gql.settings import Settings
from gql.store import Account, Case, CaseCategory, CaseCounter, CaseStatus, Contact, Login, User
from gql.tokens import hash_password
from tests.api.setting_up import running_after, with_setting
from tests.running import Desk, running

SHOWN = """case { number subject status { code } priority category { code } origin supportLine { level }
  contact { id } account { id } assignee { id } assigneeGroup { id } registeredAt changedAt }"""


async def registered(desk: Desk, login: str, **input: Any) -> dict[str, Any]:
    """All that is shown of a new case, for exactly this input."""
    return dict((await desk.done(login, "registerCase", SHOWN, **input))["case"])


async def count(desk: Desk) -> int:
    with desk.database():
        return await Case.all().count()


def both(case: dict[str, Any]) -> tuple[str | None, str | None]:
    """The ids of a case's contact and account."""
    return case["contact"] and case["contact"]["id"], case["account"] and case["account"]["id"]


# ---------------------------------------------------------------- what it needs


@pytest.mark.rule("R-1")
async def test_an_employee_must_give_a_subject_that_is_not_blank(desk: Desk) -> None:
    for subject in ({}, {"subject": None}, {"subject": ""}, {"subject": " \n\t "}):
        error = await desk.refused("anna", "registerCase", contactId=desk.ids["vera"], **subject)
        assert (error["code"], error["field"]) == ("REQUIRED", ["subject"]), subject
    assert await count(desk) == 0


@pytest.mark.rule("R-1")
@pytest.mark.rule("R-4")
async def test_an_employee_must_name_a_contact_or_an_account(desk: Desk) -> None:
    error = await desk.refused("anna", "registerCase", "case { id }", subject="Fire")
    assert (error["code"], error["field"]) == ("REQUIRED", ["contactId"])
    assert await count(desk) == 0


@pytest.mark.rule("R-1")
@pytest.mark.parametrize("login", ["anna", "dora", "otto"])
async def test_a_contact_is_enough_and_so_is_an_account(desk: Desk, login: str) -> None:
    account = desk.ids["account of Vera Lindqvist"]
    assert both(await registered(desk, login, subject="Fire", contactId=desk.ids["Nils Free"])) == (
        desk.ids["Nils Free"],
        None,
    )
    assert both(await registered(desk, login, subject="Fire", accountId=account)) == (None, account)


@pytest.mark.rule("R-5")
async def test_a_category_that_an_employee_leaves_out_is_incident(desk: Desk) -> None:
    left_out = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"])
    null = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"], categoryId=None)
    named = await registered(
        desk, "anna", subject="A desk", contactId=desk.ids["vera"], categoryId=desk.ids["SERVICE_REQUEST"]
    )
    assert [case["category"]["code"] for case in (left_out, null, named)] == [
        "INCIDENT",
        "INCIDENT",
        "SERVICE_REQUEST",
    ]


@pytest.mark.rule("R-5")
async def test_a_setting_says_which_category_is_meant_when_none_is_given(settings: Settings) -> None:
    async with running_after(settings, with_setting("CaseCategoryDef", "CONSULTATION")) as desk:
        case = await registered(desk, "anna", subject="How?", contactId=desk.ids["vera"])
        assert case["category"]["code"] == "CONSULTATION"


@pytest.mark.rule("R-5")
@pytest.mark.rule("R-140")
async def test_a_customer_must_give_a_category(desk: Desk) -> None:
    without: list[dict[str, Any]] = [{}, {"categoryId": None}]
    for category in without:
        error = await desk.refused("vera", "registerCase", subject="Fire", **category)
        assert (error["code"], error["field"]) == ("REQUIRED", ["categoryId"])
    assert await count(desk) == 0


@pytest.mark.rule("R-140")
async def test_a_subject_that_a_customer_leaves_out_is_made_from_the_category(desk: Desk) -> None:
    for subject in ({}, {"subject": None}, {"subject": "  "}):
        case = await registered(desk, "vera", categoryId=desk.ids["SERVICE_REQUEST"], **subject)
        assert case["subject"] == "Service request", subject
    case = await registered(desk, "vera", categoryId=desk.ids["SERVICE_REQUEST"], subject=" A desk ")
    assert case["subject"] == "A desk"


async def test_what_is_named_must_be_there(desk: Desk) -> None:
    for field, id in (
        ("contactId", "Contact_999"),
        ("contactId", desk.ids["anna"]),
        ("contactId", "nonsense"),
        ("accountId", "Account_999"),
        ("accountId", desk.ids["vera"]),
        ("categoryId", "CaseCategory_999"),
        ("categoryId", desk.ids["NEW"]),
        ("assigneeId", "User_999"),
        ("assigneeId", desk.ids["vera"]),
        ("assigneeGroupId", "Group_999"),
        ("assigneeGroupId", desk.ids["line 1"]),
    ):
        input = {"subject": "Fire", "contactId": desk.ids["vera"], field: id}
        error = await desk.refused("anna", "registerCase", **input)
        assert (error["code"], error["field"]) == ("NOT_FOUND", [field]), (field, id)
    assert await count(desk) == 0


async def test_what_is_too_long_or_cannot_be_kept_is_refused(desk: Desk) -> None:
    for field, value, code in (
        ("subject", "x" * 501, "LIMIT"),
        ("description", "x" * 50_001, "LIMIT"),
        ("subject", "fi\0re", "INVALID"),
        ("description", "fi\0re", "INVALID"),
    ):
        error = await desk.refused(
            "anna", "registerCase", **{"subject": "Fire", "contactId": desk.ids["vera"], field: value}
        )
        assert (error["code"], error["field"]) == (code, [field])
    longest = await desk.register(subject="x" * 500, description="y" * 50_000)
    assert longest["subject"] == "x" * 500


# ---------------------------------------------------------------- whom it is for


@pytest.mark.rule("R-2")
async def test_a_case_for_a_contact_is_for_the_contacts_account(desk: Desk) -> None:
    vera, westhaven = desk.ids["vera"], desk.ids["account of Vera Lindqvist"]
    assert both(await registered(desk, "anna", subject="Fire", contactId=vera)) == (vera, westhaven)
    assert both(await registered(desk, "anna", subject="Fire", contactId=vera, accountId=westhaven)) == (
        vera,
        westhaven,
    )


@pytest.mark.rule("R-2")
async def test_another_account_beside_the_contact_is_invalid(desk: Desk) -> None:
    error = await desk.refused(
        "anna",
        "registerCase",
        subject="Fire",
        contactId=desk.ids["vera"],
        accountId=desk.ids["account of Paul Okafor"],
    )
    assert (error["code"], error["field"]) == ("INVALID", ["accountId"])
    assert await count(desk) == 0


@pytest.mark.rule("R-2")
async def test_a_contact_without_an_account_leaves_the_account_that_was_named(desk: Desk) -> None:
    nils, bakeries = desk.ids["Nils Free"], desk.ids["account of Paul Okafor"]
    case = await registered(desk, "anna", subject="Fire", contactId=nils, accountId=bakeries)
    assert both(case) == (nils, bakeries)


@pytest.mark.rule("R-3")
async def test_once_an_account_is_chosen_only_its_contacts_are_listed(desk: Desk) -> None:
    westhaven = desk.ids["account of Vera Lindqvist"]
    await desk.done("anna", "addContact", name="Aron Lind", accountId=westhaven)
    document = "query($a: ID, $s: String) { contacts(accountId: $a, search: $s) { nodes { name } } }"

    async def listed(**variables: str) -> list[str]:
        found = await desk.run("anna", document, **variables)
        return [node["name"] for node in found["contacts"]["nodes"]]

    assert await listed(a=westhaven) == ["Aron Lind", "Vera Lindqvist"]
    assert await listed(a=westhaven, s="vera") == ["Vera Lindqvist"]
    assert await listed(a=westhaven, s="paul") == []
    assert await listed(a="Account_999") == []
    assert await listed() == ["Aron Lind", "Nils Free", "Paul Okafor", "Vera Lindqvist"]


@pytest.mark.rule("R-4")
async def test_a_case_without_contact_and_account_can_be_stored_and_is_read_like_any_other(desk: Desk) -> None:
    with desk.database():
        stored = await Case.create(
            number="MAIL-1",
            subject="From an unknown sender",
            status=await CaseStatus.get(code="NEW"),
            priority=CasePriority.MEDIUM,
            category=await CaseCategory.get(code="INCIDENT"),
            origin=CaseOrigin.EMAIL,
            support_line_id=1,
            registered_at=datetime.now(UTC),
            changed_at=datetime.now(UTC),
            customer_changed_at=datetime.now(UTC),
        )
    show = "id subject contact { id } account { id } viewerActions history { nodes { id } }"
    listed = await desk.run("anna", f"{{ cases(filter: {{}}) {{ totalCount nodes {{ {show} }} }} }}")
    by_number = await desk.run("anna", f'{{ case(by: {{number: "MAIL-1"}}) {{ {show} }} }}')
    [case] = listed["cases"]["nodes"]
    assert case == by_number["case"]
    assert (case["id"], case["contact"], case["account"]) == (f"Case_{stored.pk}", None, None)
    assert "TAKE" in case["viewerActions"]
    # and it is worked on like any other
    await desk.done("anna", "takeCase", caseId=case["id"])
    edited = await desk.done("anna", "editCase", "case { subject contact { id } }", caseId=case["id"], subject="A mail")
    assert edited["case"] == {"subject": "A mail", "contact": None}


@pytest.mark.rule("R-4")
@pytest.mark.rule("R-140")
async def test_a_case_that_a_customer_registers_is_for_that_customer_and_their_account(desk: Desk) -> None:
    vera, westhaven = desk.ids["vera"], desk.ids["account of Vera Lindqvist"]
    for named in ({}, {"contactId": vera}, {"accountId": westhaven}, {"contactId": vera, "accountId": westhaven}):
        case = await registered(desk, "vera", categoryId=desk.ids["INCIDENT"], **named)
        assert both(case) == (vera, westhaven), named


@pytest.mark.rule("R-4")
@pytest.mark.rule("R-161")
@pytest.mark.rule("R-140")
async def test_a_customer_names_nobody_else(desk: Desk) -> None:
    for field, id, unknown in (
        ("contactId", desk.ids["paul"], "Contact_999"),
        ("accountId", desk.ids["account of Paul Okafor"], "Account_999"),
    ):
        foreign = await desk.refused("vera", "registerCase", categoryId=desk.ids["INCIDENT"], **{field: id})
        assert (foreign["code"], foreign["field"]) == ("NOT_FOUND", [field])
        assert foreign == await desk.refused(
            "vera", "registerCase", categoryId=desk.ids["INCIDENT"], **{field: unknown}
        ), "as if it did not exist"
    assert await count(desk) == 0


@pytest.mark.rule("R-4")
@pytest.mark.rule("R-140")
async def test_a_customer_without_an_account_registers_for_himself_alone(settings: Settings) -> None:
    async def let_nils_in() -> None:
        nils = await Contact.get(name="Nils Free")
        await Login.create(
            name="nils", password_hash=await hash_password("demo"), contact_id=nils.id, portal_role="MEMBER"
        )

    async with running_after(settings, let_nils_in) as desk:
        case = await registered(desk, "nils", categoryId=desk.ids["INCIDENT"])
        assert both(case) == (desk.ids["Nils Free"], None)


@pytest.mark.rule("R-140")
async def test_a_customer_assigns_nobody_and_chooses_no_origin(desk: Desk) -> None:
    for field, value in (
        ("assigneeId", desk.ids["anna"]),
        ("assigneeGroupId", desk.ids["group First line"]),
        ("origin", "CALL"),
    ):
        error = await desk.refused("vera", "registerCase", categoryId=desk.ids["INCIDENT"], **{field: value})
        assert error["code"] == "FORBIDDEN", field
    assert await count(desk) == 0


# ---------------------------------------------------------------- what it starts with


@pytest.mark.rule("R-7")
@pytest.mark.rule("R-16")
async def test_a_new_case_is_new_on_the_first_line_and_of_medium_priority(desk: Desk) -> None:
    before = datetime.now(UTC)
    case = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"])
    after = datetime.now(UTC)
    assert case["status"]["code"] == "NEW"
    assert case["supportLine"]["level"] == 1
    assert case["priority"] == "MEDIUM"
    assert case["origin"] == "CALL"
    assert (case["assignee"], case["assigneeGroup"]) == (None, None)
    assert before <= datetime.fromisoformat(case["registeredAt"]) <= after
    assert case["changedAt"] == case["registeredAt"]


@pytest.mark.rule("R-7")
@pytest.mark.rule("R-16")
@pytest.mark.rule("R-140")
async def test_a_case_that_a_customer_registers_came_by_the_portal(desk: Desk) -> None:
    case = await registered(desk, "vera", categoryId=desk.ids["INCIDENT"])
    assert (case["status"]["code"], case["priority"], case["origin"]) == ("NEW", "MEDIUM", "PORTAL")
    with desk.database():
        assert (await Case.get().select_related("support_line")).support_line.level == 1


@pytest.mark.rule("R-7")
async def test_priority_and_origin_may_be_named(desk: Desk) -> None:
    case = await registered(
        desk, "anna", subject="Fire", contactId=desk.ids["vera"], priority="CRITICAL", origin="EMAIL"
    )
    assert (case["priority"], case["origin"]) == ("CRITICAL", "EMAIL")
    case = await registered(desk, "vera", categoryId=desk.ids["INCIDENT"], priority="LOW")
    assert (case["priority"], case["origin"]) == ("LOW", "PORTAL")


@pytest.mark.rule("R-7")
async def test_null_is_the_same_as_left_out_when_registering(desk: Desk) -> None:
    nothing = dict.fromkeys(
        ("description", "accountId", "categoryId", "priority", "origin", "assigneeId", "assigneeGroupId", "requestId")
    )
    case = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"], **nothing)
    assert (case["priority"], case["origin"], case["category"]["code"]) == ("MEDIUM", "CALL", "INCIDENT")


@pytest.mark.rule("R-7")
async def test_settings_say_what_a_new_case_starts_with(settings: Settings) -> None:
    changed = {
        "CaseStatusDef": "WAITING",
        "CasePriorityDef": "HIGH",
        "CaseOriginDef": "API",
        "PortalCaseOriginDef": "WEB",
        "CaseServiceLevelDef": 2,
    }
    async with running_after(settings, *(with_setting(code, value) for code, value in changed.items())) as desk:
        case = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"])
        assert (case["status"]["code"], case["priority"], case["origin"]) == ("WAITING", "HIGH", "API")
        assert case["supportLine"]["level"] == 2
        assert (await registered(desk, "vera", categoryId=desk.ids["INCIDENT"]))["origin"] == "WEB"


@pytest.mark.rule("R-7")
async def test_the_present_moment_is_that_of_the_desks_clock(settings: Settings) -> None:
    tomorrow = datetime.now(UTC).replace(microsecond=123456) + timedelta(hours=1)
    async with running(settings, clock=lambda: tomorrow) as desk:
        case = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"])
        assert datetime.fromisoformat(case["registeredAt"]) == tomorrow


@pytest.mark.rule("R-9")
async def test_whom_a_case_is_registered_for_is_told_at_once(desk: Desk) -> None:
    async with desk.stream("ben", "subscription { notificationReceived { reason entry { summary } } }") as told:
        case = await desk.register("anna", assigneeId=desk.ids["ben"])
        assert await told.next() == {"reason": "ASSIGNED", "entry": {"summary": "Assigned to Ben Castellano."}}
    assert await desk.notified("ben") == [("ASSIGNED", case["number"])]


@pytest.mark.rule("R-9")
@pytest.mark.rule("R-42")
async def test_the_group_that_a_case_is_registered_for_is_told_at_once(desk: Desk) -> None:
    case = await desk.register("ben", assigneeGroupId=desk.ids["group First line"])
    for login in ("anna", "cleo"):
        assert await desk.notified(login) == [("GROUP_ASSIGNED", case["number"])], login
    for login in ("ben", "dora"):
        assert await desk.notified(login) == [], login


@pytest.mark.rule("R-9")
@pytest.mark.rule("R-41")
async def test_of_assignee_and_group_the_assignee_alone_is_told_of_a_new_case(desk: Desk) -> None:
    both_named = {"assigneeId": desk.ids["ben"], "assigneeGroupId": desk.ids["group First line"]}
    shown = await registered(desk, "dora", subject="Fire", contactId=desk.ids["vera"], **both_named)
    assert (shown["assignee"]["id"], shown["assigneeGroup"]["id"]) == tuple(both_named.values())
    assert await desk.notified("ben") == [("ASSIGNED", shown["number"])]
    assert await desk.notified("anna") == []


@pytest.mark.rule("R-9")
@pytest.mark.rule("R-36")
async def test_a_case_is_not_registered_for_someone_who_is_not_active(desk: Desk) -> None:
    with desk.database():
        await User.filter(name="Ben Castellano").update(active=False)
    error = await desk.refused(
        "anna", "registerCase", subject="Fire", contactId=desk.ids["vera"], assigneeId=desk.ids["ben"]
    )
    assert (error["code"], error["field"]) == ("INVALID", ["assigneeId"])
    assert await count(desk) == 0


async def test_registering_is_the_first_entry_of_the_history_and_assigning_the_second(desk: Desk) -> None:
    plain = await desk.register("anna", origin="EMAIL")
    assert await desk.history("anna", plain["id"]) == [
        {"__typename": "CaseRegistered", "summary": "Registered, by email."}
    ]
    assigned = await desk.register("anna", assigneeId=desk.ids["ben"])
    assert [entry["__typename"] for entry in await desk.history("anna", assigned["id"])] == [
        "CaseRegistered",
        "CaseAssigned",
    ]


# ---------------------------------------------------------------- its number


async def change_mask(desk: Desk, mask: str) -> None:
    with desk.database():
        await with_setting("CaseCodeMask", mask)()


@pytest.mark.rule("R-8")
async def test_numbers_count_up_in_the_mask_as_delivered(desk: Desk) -> None:
    numbers = [(await desk.register(login))["number"] for login in ("anna", "vera", "paul", "dora")]
    assert numbers == ["SR00000001", "SR00000002", "SR00000003", "SR00000004"]


@pytest.mark.rule("R-8")
async def test_a_case_keeps_its_number_when_the_mask_changes_and_the_count_goes_on(
    desk: Desk, settings: Settings
) -> None:
    old = await desk.register()
    await change_mask(desk, "IT-{0:0000}/Ω")
    async with running(settings) as later:
        new = await later.register()
        assert new["number"] == "IT-0002/Ω"
        assert (await later.case("anna", old["id"], "number"))["number"] == "SR00000001"
        for case in (old, new):
            found = await later.run("anna", "query($n: String!) { case(by: {number: $n}) { id } }", n=case["number"])
            assert found["case"]["id"] == case["id"]


@pytest.mark.rule("R-8")
async def test_a_number_that_an_older_mask_has_given_is_passed_over(settings: Settings) -> None:
    async def mask_by_year() -> None:
        await with_setting("CaseCodeMask", "1{0}")()
        await CaseCounter.filter(id=1).update(given_out=1)

    async def plain_mask() -> None:
        await with_setting("CaseCodeMask", "{0}")()
        await CaseCounter.filter(id=1).update(given_out=11)

    async with running_after(settings, mask_by_year) as desk:
        assert [(await desk.register())["number"] for _ in range(2)] == ["12", "13"]
    async with running_after(settings, plain_mask) as desk:
        assert [(await desk.register())["number"] for _ in range(2)] == ["14", "15"]


@pytest.mark.rule("R-8")
async def test_a_mask_of_500_characters_holds_the_longest_number(settings: Settings) -> None:
    async def count_far() -> None:
        await CaseCounter.filter(id=1).update(given_out=2**62)

    mask = "x" * 497 + "{0}"
    async with running_after(settings, with_setting("CaseCodeMask", mask), count_far) as desk:
        assert (await desk.register())["number"] == "x" * 497 + str(2**62 + 1)


@pytest.mark.rule("R-8")
async def test_a_registration_that_is_refused_takes_no_number(desk: Desk) -> None:
    await desk.register()
    await desk.refused("anna", "registerCase", subject="", contactId=desk.ids["vera"])
    await desk.refused("anna", "registerCase", subject="Fire", contactId="Contact_999")
    await desk.refused("vera", "registerCase")
    assert (await desk.register())["number"] == "SR00000002"


@pytest.mark.rule("R-8")
async def test_nobody_edits_a_number(desk: Desk) -> None:
    case = await desk.register()
    document = "mutation($input: EditCaseInput!) { editCase(input: $input) { case { number } } }"
    answer = await desk.post(
        {"query": document, "variables": {"input": {"caseId": case["id"], "number": "SR1"}}}, login="otto"
    )
    assert "errors" in answer.json()
    assert (await desk.case("otto", case["id"], "number"))["number"] == case["number"]


# ---------------------------------------------------------------- times and zones


@pytest.mark.rule("R-11")
async def test_instants_are_answered_in_utc(desk: Desk) -> None:
    case = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"])
    for name in ("registeredAt", "changedAt"):
        assert case[name].endswith("Z")
        assert datetime.fromisoformat(case[name]).utcoffset() == timedelta(0)


@pytest.mark.rule("R-11")
async def test_an_instant_that_is_given_with_another_offset_means_the_same_moment(desk: Desk) -> None:
    case = await registered(desk, "anna", subject="Fire", contactId=desk.ids["vera"])
    at = datetime.fromisoformat(case["registeredAt"])
    document = """query($n: String!, $from: DateTime, $to: DateTime) { case(by: {number: $n}) {
      history(filter: {fromAt: $from, toAt: $to}) { nodes { at } } } }"""

    async def entries(**bounds: datetime) -> int:
        in_tokyo = {name: (moment + timedelta(hours=9)).isoformat().replace("+00:00", "+09:00")
                    for name, moment in bounds.items()}  # fmt: skip
        found = await desk.run("anna", document, n=case["number"], **in_tokyo)
        return len(found["case"]["history"]["nodes"])

    second = timedelta(seconds=1)
    assert await entries(**{"from": at}) == 1
    assert await entries(**{"from": at + second}) == 0
    assert await entries(to=at + second) == 1
    assert await entries(to=at) == 0


async def zones(desk: Desk, login: str) -> tuple[str, str | None]:
    """The zone of the viewer, and the one that colleagues see on him."""
    viewer = (await desk.run(login, "{ viewer { timeZone user { timeZone } } }"))["viewer"]
    return viewer["timeZone"], viewer["user"] and viewer["user"]["timeZone"]


def own_zone(name: str, zone: str) -> Any:
    async def change() -> None:
        assert await User.filter(name=name).update(time_zone=zone) == 1

    return change


@pytest.mark.rule("R-11")
async def test_the_zone_is_ones_own_else_that_of_the_desk(settings: Settings) -> None:
    async with running_after(
        settings, with_setting("DefaultTimeZone", "Europe/Oslo"), own_zone("Ben Castellano", "Asia/Tokyo")
    ) as desk:
        assert await zones(desk, "ben") == ("Asia/Tokyo", "Asia/Tokyo")
        assert await zones(desk, "anna") == ("Europe/Oslo", "Europe/Oslo")
        assert await zones(desk, "vera") == ("Europe/Oslo", None)


@pytest.mark.rule("R-11")
async def test_where_the_desk_has_no_zone_it_is_that_of_the_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    async with running_after(settings, own_zone("Ben Castellano", "Asia/Tokyo")) as desk:
        assert await zones(desk, "ben") == ("Asia/Tokyo", "Asia/Tokyo")
        assert await zones(desk, "anna") == ("America/New_York", "America/New_York")
        assert await zones(desk, "vera") == ("America/New_York", None)


async def test_an_account_is_shown_with_the_cases_registered_for_it(desk: Desk) -> None:
    case = await desk.register("anna")
    account = desk.ids["account of Vera Lindqvist"]
    found = await desk.run(
        "anna", "query($id: ID!) { node(id: $id) { ... on Account { name cases { nodes { number } } } } }", id=account
    )
    with desk.database():
        name = (await Account.get(id=int(account.rpartition("_")[2]))).name
    assert found["node"] == {"name": name, "cases": {"nodes": [{"number": case["number"]}]}}
