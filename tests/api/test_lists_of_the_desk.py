"""The short lists that an administrator keeps: categories, priorities, origins, statuses."""

from __future__ import annotations

from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from gql.enums import CaseOrigin
from gql.settings import Settings
from gql.store import CaseCategory, CaseStatus, ClosureCode
from tests.api.setting_up import bring, registered_as, running_after, with_setting, with_status
from tests.running import Desk

PRIORITIES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"]
CATEGORIES = "{ lookups { caseCategories { code name } } }"


async def category(code: str, **columns: Any) -> None:
    assert await CaseCategory.filter(code=code).update(**columns) == 1


async def complaint() -> None:
    """A category of the desk's own."""
    await CaseCategory.create(code="COMPLAINT", name="Complaint", position=4)


async def listed(desk: Desk, login: str, filter: dict[str, Any] | None, order: dict[str, str] | None = None) -> Any:
    document = """query($f: CaseFilter, $o: CaseOrder) {
      cases(filter: $f, orderBy: $o, first: 100) { nodes { number priority category { code } } } }"""
    return (await desk.run(login, document, f=filter, o=order))["cases"]["nodes"]


async def numbers(desk: Desk, login: str, filter: dict[str, Any] | None, order: dict[str, str] | None = None) -> Any:
    return [case["number"] for case in await listed(desk, login, filter, order)]


# ---------------------------------------------------------------- categories


@pytest.mark.rule("R-12")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_a_new_desk_has_three_categories(desk: Desk, login: str) -> None:
    assert (await desk.run(login, CATEGORIES))["lookups"]["caseCategories"] == [
        {"code": "INCIDENT", "name": "Incident"},
        {"code": "SERVICE_REQUEST", "name": "Service request"},
        {"code": "CONSULTATION", "name": "Consultation"},
    ]


@pytest.mark.rule("R-12")
async def test_a_new_desk_says_what_each_category_is_for(desk: Desk) -> None:
    with desk.database():
        described = {row.code: row.description for row in await CaseCategory.all()}
    assert described == {
        "INCIDENT": "An unplanned disturbance, or a loss of quality.",
        "SERVICE_REQUEST": "Something that is part of normal service operation.",
        "CONSULTATION": "A question about products and services.",
    }


@pytest.mark.rule("R-12")
async def test_a_desk_that_does_not_consult_can_deactivate_consultation(desk: Desk, settings: Settings) -> None:
    old = await desk.register(categoryId=desk.ids["CONSULTATION"])
    async with running_after(settings, lambda: category("CONSULTATION", in_use=False)) as later:
        offered = (await later.run("anna", CATEGORIES))["lookups"]["caseCategories"]
        assert [row["code"] for row in offered] == ["INCIDENT", "SERVICE_REQUEST"]
        for login in ("anna", "vera"):
            error = await later.refused(
                login,
                "registerCase",
                subject="How?",
                contactId=later.ids["vera"],
                categoryId=later.ids["CONSULTATION"],
            )
            assert (error["code"], error["field"]) == ("NOT_FOUND", ["categoryId"])
        # cases that have it keep it, are shown with it and found by it
        assert (await later.case("anna", old["id"], "category { code name }"))["category"] == {
            "code": "CONSULTATION",
            "name": "Consultation",
        }
        assert await numbers(later, "anna", {"categoryIds": [later.ids["CONSULTATION"]]}) == [old["number"]]


@pytest.mark.rule("R-13")
async def test_a_category_of_the_desks_own_is_used_like_the_others(settings: Settings) -> None:
    async with running_after(settings, complaint) as desk:
        assert (await desk.run("vera", CATEGORIES))["lookups"]["caseCategories"][-1] == {
            "code": "COMPLAINT",
            "name": "Complaint",
        }
        by_employee = await desk.register("anna", categoryId=desk.ids["COMPLAINT"])
        by_customer = await desk.register("vera", categoryId=desk.ids["COMPLAINT"])
        other = await desk.register("anna", categoryId=desk.ids["INCIDENT"])
        assert by_customer["subject"] == "Complaint"
        found = await listed(desk, "anna", {"categoryIds": [desk.ids["COMPLAINT"]]})
        assert {case["number"] for case in found} == {by_employee["number"], by_customer["number"]}
        assert {case["category"]["code"] for case in found} == {"COMPLAINT"}
        either = {"categoryIds": [desk.ids["COMPLAINT"], desk.ids["INCIDENT"]]}
        assert other["number"] in await numbers(desk, "anna", either)
        node = await desk.run("vera", "query($id: ID!) { node(id: $id) { id } }", id=desk.ids["COMPLAINT"])
        assert node["node"] == {"id": desk.ids["COMPLAINT"]}


@pytest.mark.rule("R-13")
async def test_a_setting_may_make_a_category_of_the_desks_own_the_usual_one(settings: Settings) -> None:
    async with running_after(settings, complaint, with_setting("CaseCategoryDef", "COMPLAINT")) as desk:
        case = await desk.register("anna", categoryId=None)
        assert (await desk.case("anna", case["id"], "category { code }"))["category"]["code"] == "COMPLAINT"


@pytest.mark.rule("R-13")
async def test_nothing_depends_on_the_name_of_a_category(settings: Settings) -> None:
    async def swap_names() -> None:
        await category("INCIDENT", name="Consultation")
        await category("CONSULTATION", name="Incident")

    async with running_after(settings, swap_names) as desk:
        case = await desk.register("anna", categoryId=None)
        shown = await desk.case("anna", case["id"], "category { code name }")
        assert shown["category"] == {"code": "INCIDENT", "name": "Consultation"}


# ---------------------------------------------------------------- priorities


@pytest.mark.rule("R-15")
async def test_there_are_four_priorities_from_low_to_critical(desk: Desk) -> None:
    found = await desk.run("anna", '{ __type(name: "CasePriority") { enumValues { name } } }')
    assert [value["name"] for value in found["__type"]["enumValues"]] == PRIORITIES
    for priority in PRIORITIES:
        case = await desk.register("anna", priority=priority)
        assert (await desk.case("vera", case["id"], "priority"))["priority"] == priority


@pytest.mark.rule("R-15")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_cases_are_ordered_by_the_rank_of_their_priority_and_not_by_the_alphabet(desk: Desk, login: str) -> None:
    for priority in ("HIGH", "LOW", "CRITICAL", "MEDIUM"):
        await desk.register("anna", priority=priority)

    async def in_order(direction: str) -> list[str]:
        found = await listed(desk, login, {}, {"field": "PRIORITY", "direction": direction})
        return [case["priority"] for case in found]

    assert await in_order("ASC") == PRIORITIES
    assert await in_order("DESC") == PRIORITIES[::-1]
    [urgent_first, *_] = await listed(desk, login, {}, {"field": "PRIORITY"})
    assert urgent_first["priority"] == "CRITICAL"


@pytest.mark.rule("R-15")
async def test_cases_are_found_by_their_priority(desk: Desk) -> None:
    cases = {priority: await desk.register("anna", priority=priority) for priority in PRIORITIES}
    found = await numbers(desk, "anna", {"priorities": ["LOW", "CRITICAL"]})
    assert sorted(found) == sorted([cases["LOW"]["number"], cases["CRITICAL"]["number"]])


# ---------------------------------------------------------------- origins


@pytest.mark.rule("R-16")
async def test_origin_says_how_a_case_came_in(desk: Desk) -> None:
    origins = ["CALL", "EMAIL", "PORTAL", "CHAT", "WEB", "API"]
    found = await desk.run("anna", '{ __type(name: "CaseOrigin") { enumValues { name } } }')
    assert [value["name"] for value in found["__type"]["enumValues"]] == origins == [*CaseOrigin]
    for origin in origins:
        case = await desk.register("anna", origin=origin)
        show = "origin history(first: 1) { nodes { ... on CaseRegistered { origin } } }"
        shown = await desk.case("anna", case["id"], show)
        assert (shown["origin"], shown["history"]["nodes"]) == (origin, [{"origin": origin}])


@pytest.mark.rule("R-16")
async def test_a_case_entered_by_hand_counts_as_a_call(desk: Desk) -> None:
    for login in ("anna", "dora", "otto"):
        case = await desk.register(login)
        assert (await desk.case("anna", case["id"], "origin"))["origin"] == "CALL"


# ---------------------------------------------------------------- what is used


@pytest.mark.rule("R-28")
@pytest.mark.parametrize("code", ["NEW", "WAITING", "CLOSED"])
async def test_a_status_that_a_case_has_cannot_be_deleted(desk: Desk, code: str) -> None:
    case = await registered_as(desk, code)
    with desk.database():
        status = await CaseStatus.get(code=code)
        with pytest.raises(IntegrityError):
            await status.delete()
        with pytest.raises(IntegrityError):
            await CaseStatus.filter(code=code).delete()
        assert await CaseStatus.filter(code=code).exists()
    assert (await desk.case("anna", case, "status { code }"))["status"]["code"] == code


@pytest.mark.rule("R-28")
async def test_a_category_or_a_closure_code_that_a_case_has_cannot_be_deleted(desk: Desk) -> None:
    await registered_as(desk, "CANCELED")
    with desk.database():
        with pytest.raises(IntegrityError):
            await CaseCategory.filter(code="SERVICE_REQUEST").delete()
        with pytest.raises(IntegrityError):
            await ClosureCode.filter(name="No fault found").delete()


@pytest.mark.rule("R-28")
async def test_a_status_that_no_case_has_can_be_deleted(settings: Settings) -> None:
    async def add_and_delete() -> None:
        await with_status("ON_HOLD", like="WAITING", name="On hold")()
        await CaseStatus.filter(code="ON_HOLD").delete()

    async with running_after(settings, add_and_delete) as desk:
        case = await desk.register("anna")
        shown = await desk.case("anna", case["id"], "nextStatuses { code }")
        assert [status["code"] for status in shown["nextStatuses"]] == ["IN_PROGRESS", "WAITING"]


@pytest.mark.rule("R-28")
async def test_a_status_that_is_deactivated_stays_with_its_cases_and_is_offered_no_more(
    settings: Settings,
) -> None:
    async with running_after(settings, with_status("ON_HOLD", like="WAITING", name="On hold")) as desk:
        held, fresh = (await desk.register("anna"))["id"], (await desk.register("anna"))["id"]
        await bring(desk, held, "ON_HOLD")

    async def deactivate() -> None:
        await CaseStatus.filter(code="ON_HOLD").update(in_use=False)

    async with running_after(settings, deactivate) as desk:
        statuses = (await desk.run("anna", "{ lookups { caseStatuses { code } } }"))["lookups"]["caseStatuses"]
        assert "ON_HOLD" not in [status["code"] for status in statuses]
        offered = await desk.case("anna", fresh, "nextStatuses { code }")
        assert "ON_HOLD" not in [status["code"] for status in offered["nextStatuses"]]
        error = await desk.refused("anna", "changeCaseStatus", caseId=fresh, statusId=desk.ids["ON_HOLD"])
        assert (error["code"], error["field"]) == ("NOT_NOW", ["statusId"])

        shown = await desk.case("vera", held, "status { code name isPaused }")
        assert shown["status"] == {"code": "ON_HOLD", "name": "On hold", "isPaused": True}
        assert len(await numbers(desk, "anna", {"statusIds": [desk.ids["ON_HOLD"]]})) == 1
        done = await desk.done("anna", "reopenCase", "case { status { code } }", caseId=held)
        assert done["case"]["status"]["code"] == "REOPENED", "and what it led to, it leads to still"
