"""Administrators keep the desk's lists, settings and groups, and what they do is in force at once."""

from __future__ import annotations

import asyncio
import random
import re
from typing import Any

import pytest

from gql.actor import DESK
from gql.rules import lookups as rules
from gql.store import AuditEntry, CaseCategory, Lookups
from tests.api.setting_up import ADMINISTERING, DELIVERED
from tests.running import Desk

STATUSES = "{ lookups { caseStatuses { code order } } }"
TRAIL = """query($f: AuditFilter) { auditTrail(filter: $f) { nodes {
  actor { name } kind lookup summary changes { field before after } } } }"""
CHANGED = "subscription($after: Cursor) { lookupsChanged(after: $after) { cursor changed lookups { LISTS } } }"


async def add(desk: Desk, noun: str, **input: Any) -> str:
    """The id of a new row."""
    shown = f"{noun[0].lower()}{noun[1:]}"
    return str((await desk.done("otto", f"add{noun}", f"{shown} {{ id }}", **input))[shown]["id"])


async def told(desk: Desk, mutation: str, **input: Any) -> tuple[str, list[str], str]:
    """Code, field and message of what is refused to otto."""
    error = await desk.refused("otto", mutation, **input)
    return error["code"], error["field"], error["message"]


async def codes(desk: Desk, login: str, arguments: str = "") -> list[str]:
    shown = await desk.run(login, f"{{ lookups{arguments} {{ caseStatuses {{ code }} }} }}")
    return [status["code"] for status in shown["lookups"]["caseStatuses"]]


# ---------------------------------------------------------------- statuses


@pytest.mark.rule("R-200")
@pytest.mark.rule("R-27")
async def test_an_administrator_adds_a_status_with_all_that_it_says(desk: Desk) -> None:
    shown = """caseStatus { code name description order isActive isPaused isResolved isFinal buttonCaption closeOnSave
      defaultClosureCode { name } nextStatuses { code } inUse }"""
    given = {"code": "ON_HOLD", "name": "On hold", "description": "A part is missing.", "order": 3, "isPaused": True}
    also = {"buttonCaption": "Wait for a part", "closeOnSave": True, "nextStatusIds": [desk.ids["RESOLVED"]]}
    code = {"defaultClosureCodeId": desk.ids["Workaround given"]}
    assert (await desk.done("otto", "addCaseStatus", shown, **given, **also, **code))["caseStatus"] == {
        **given,
        "isActive": False,
        "isResolved": False,
        "isFinal": False,
        "buttonCaption": "Wait for a part",
        "closeOnSave": True,
        "defaultClosureCode": {"name": "Workaround given"},
        "nextStatuses": [{"code": "RESOLVED"}],
        "inUse": True,
    }


@pytest.mark.rule("R-200")
async def test_a_status_that_is_put_elsewhere_moves_the_others_along(desk: Desk) -> None:
    await add(desk, "CaseStatus", code="TRIAGE", name="Triage", order=1)
    await desk.done("otto", "editCaseStatus", caseStatusId=desk.ids["WAITING"], order=2)
    await add(desk, "CaseStatus", code="ARCHIVED", name="Archived", isFinal=True)
    listed = (await desk.run("vera", STATUSES))["lookups"]["caseStatuses"]
    assert [status["order"] for status in listed] == list(range(1, 10))
    order = ["TRIAGE", "WAITING", "NEW", "IN_PROGRESS", "RESOLVED", "REOPENED", "CLOSED", "CANCELED", "ARCHIVED"]
    assert [status["code"] for status in listed] == order


@pytest.mark.rule("R-24")
@pytest.mark.rule("R-200")
async def test_a_status_of_ones_own_is_used_at_once_and_behaves_as_its_flag_says(desk: Desk) -> None:
    hold = await add(desk, "CaseStatus", code="ON_HOLD", name="On hold", isPaused=True)
    new = {"caseStatusId": desk.ids["NEW"], "nextStatusIds": [hold]}
    await desk.done("otto", "editCaseStatus", **new)
    case = await desk.register("vera")
    await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=hold)
    await desk.done("vera", "postToPortal", caseId=case["id"], body="It came back.")
    assert (await desk.case("vera", case["id"], "status { code }"))["status"]["code"] == "REOPENED"


@pytest.mark.rule("R-24")
@pytest.mark.rule("R-22")
async def test_a_status_that_would_mean_two_things_or_lead_on_from_the_end_is_invalid(desk: Desk) -> None:
    given = {"code": "X", "name": "X"}
    for flags in (["isPaused", "isFinal"], ["isActive", "isPaused"], ["isResolved", "isFinal"]):
        code, [field], _ = await told(desk, "addCaseStatus", **given, **dict.fromkeys(flags, True))
        assert (code, field in flags) == ("INVALID", True)
    final = {"isFinal": True, "nextStatusIds": [desk.ids["NEW"]]}
    assert (await told(desk, "addCaseStatus", **given, **final))[:2] == ("INVALID", ["nextStatusIds"])
    own = {"caseStatusId": desk.ids["NEW"], "nextStatusIds": [desk.ids["NEW"]]}
    assert (await told(desk, "editCaseStatus", **own))[:2] == ("INVALID", ["nextStatusIds"])
    ended = {"caseStatusId": desk.ids["CLOSED"], "nextStatusIds": [desk.ids["NEW"]]}
    assert (await told(desk, "editCaseStatus", **ended))[:2] == ("INVALID", ["nextStatusIds"])
    assert await codes(desk, "otto", "(includeRetired: true)") == list(DELIVERED)


@pytest.mark.rule("R-20")
@pytest.mark.rule("R-24")
@pytest.mark.rule("R-28")
@pytest.mark.parametrize("code", DELIVERED)
async def test_what_a_delivered_status_means_never_changes_and_it_stays_in_use(desk: Desk, code: str) -> None:
    id = {"caseStatusId": desk.ids[code]}
    shown = f"query($id: ID!) {{ node(id: $id) {{ ... on CaseStatus {{ {' '.join(map(camel, rules.STAGES))} }} }} }}"
    flags = (await desk.run("otto", shown, id=desk.ids[code]))["node"]
    assert (await told(desk, "editCaseStatus", **id, inUse=False))[:2] == ("NOT_NOW", ["inUse"])
    await desk.done("otto", "editCaseStatus", **id, name="Umbenannt", buttonCaption="Los", closeOnSave=True)
    assert (await desk.run("otto", shown, id=desk.ids[code]))["node"] == flags


@pytest.mark.rule("R-14")
@pytest.mark.rule("R-22")
@pytest.mark.rule("R-24")
@pytest.mark.parametrize("noun", ["CaseStatus", "CaseCategory"])
async def test_what_a_status_or_a_category_means_is_said_when_it_is_added_and_never_changes(
    desk: Desk, noun: str
) -> None:
    document = "query($name: String!) { __type(name: $name) { inputFields { name } } }"
    added, edited = [
        {field["name"] for field in (await desk.run("otto", document, name=name))["__type"]["inputFields"]}
        for name in (f"Add{noun}Input", f"Edit{noun}Input")
    ]
    meaning = {"code", *(camel(flag) for flag in (*rules.STAGES, "is_incident"))} & added
    assert len(meaning) == {"CaseStatus": 5, "CaseCategory": 2}[noun]
    assert meaning.isdisjoint(edited)


@pytest.mark.rule("R-28")
async def test_a_retired_status_is_shown_where_a_case_has_it_and_offered_no_more_until_it_is_back(desk: Desk) -> None:
    hold = await add(desk, "CaseStatus", code="ON_HOLD", name="On hold", isPaused=True)
    follows = {"caseStatusId": desk.ids["NEW"], "nextStatusIds": [hold, desk.ids["IN_PROGRESS"]]}
    await desk.done("otto", "editCaseStatus", **follows)
    held, other = await desk.register(), await desk.register()
    await desk.done("anna", "changeCaseStatus", caseId=held["id"], statusId=hold)

    await desk.done("otto", "editCaseStatus", caseStatusId=hold, inUse=False)
    shown = await desk.case("anna", held["id"], "status { code inUse }")
    assert shown["status"] == {"code": "ON_HOLD", "inUse": False}
    offered = (await desk.case("anna", other["id"], "nextStatuses { code }"))["nextStatuses"]
    assert offered == [{"code": "IN_PROGRESS"}]
    error = await desk.refused("anna", "changeCaseStatus", caseId=other["id"], statusId=hold)
    assert error["code"] in ("NOT_NOW", "NOT_FOUND")
    assert "ON_HOLD" not in await codes(desk, "otto")
    assert "ON_HOLD" in await codes(desk, "otto", "(includeRetired: true)")

    await desk.done("otto", "editCaseStatus", caseStatusId=hold, inUse=True)
    await desk.done("anna", "changeCaseStatus", caseId=other["id"], statusId=hold)


@pytest.mark.rule("R-24")
@pytest.mark.rule("R-28")
async def test_whatever_an_administrator_does_to_statuses_the_desk_stays_sound(desk: Desk) -> None:
    chance = random.Random(20)
    ids = [desk.ids[code] for code in DELIVERED]
    flags = [camel(flag) for flag in rules.STAGES]
    done = 0
    grade, code = desk.ids["Good"], {"closureCodeId": desk.ids["Workaround given"]}
    for n in range(60):
        after = {"statusAfterId": chance.choice(ids), "inUse": chance.random() < 0.5}
        await desk.act("otto", "editSatisfactionLevel", satisfactionLevelId=grade, **after)
        await desk.act("otto", "editClosureCode", **code, inUse=chance.random() < 0.5)
        change: dict[str, Any] = {}
        if chance.random() < 0.5:
            change["nextStatusIds"] = chance.sample(ids, chance.randint(0, 3))
        if chance.random() < 0.2:
            change["defaultClosureCodeId"] = code["closureCodeId"]
        if chance.random() < 0.3:
            change |= {chance.choice(flags): chance.random() < 0.6 for _ in range(2)}
            made = await desk.act("otto", "addCaseStatus", "caseStatus { id }", code=f"S{n}", name=f"S {n}", **change)
            ids += [made["caseStatus"]["id"]] if made["caseStatus"] else []
        else:
            change["inUse"] = chance.random() < 0.6
            made = await desk.act("otto", "editCaseStatus", caseStatusId=chance.choice(ids), **change)
        done += not made["errors"]
        assert {error["code"] for error in made["errors"]} <= {"INVALID", "NOT_NOW", "NOT_FOUND"}
        await desk_is_sound(desk)
    assert done > 10
    case = await desk.register()
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=desk.ids["anna"])


async def desk_is_sound(desk: Desk) -> None:
    """What every rule of the desk relies on."""
    with desk.database():
        lookups = await Lookups.read()
    assert lookups.unfounded_settings() == []
    stages = {s.code: [flag for flag in rules.STAGES if getattr(s, flag)] for s in lookups.statuses.values()}
    assert all(len(flags) <= 1 for flags in stages.values())
    assert [stages[code] for code in DELIVERED] == [
        *(["is_active"], ["is_active"], ["is_paused"], ["is_resolved"], ["is_active"], ["is_final"], ["is_final"])
    ]
    for status in lookups.statuses.values():
        assert status.in_use or status.code not in DELIVERED
        assert not (status.is_final and status.next_ids)
        assert status.id not in status.next_ids
        assert set(status.next_ids) <= lookups.statuses.keys()
        code = lookups.closure_codes.get(status.default_closure_code_id or 0)
        assert code is None or code.in_use or not status.in_use
    for level in lookups.satisfaction_levels.values():
        after = lookups.statuses.get(level.status_after_id or 0)
        assert after is None or after.in_use or not level.in_use


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


# ---------------------------------------------------------------- what the desk needs


@pytest.mark.rule("R-28")
@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("mutation", "id", "of", "setting", "other"),
    [
        ("editCaseCategory", "caseCategoryId", "INCIDENT", "CaseCategoryDef", "CONSULTATION"),
        ("editClosureCode", "closureCodeId", "Resolved successfully", "CaseClosureCodeDef", "WORKAROUND_GIVEN"),
        ("editClosureCode", "closureCodeId", "No longer relevant", "CustomerCancelClosureCode", "CREATED_BY_MISTAKE"),
        ("editSupportLine", "supportLineId", "line 1", "CaseServiceLevelDef", "2"),
    ],
)
async def test_what_a_setting_names_is_not_retired_before_the_setting_names_another(
    desk: Desk, mutation: str, id: str, of: str, setting: str, other: str
) -> None:
    retired = {id: desk.ids[of], "inUse": False}
    code, field, message = await told(desk, mutation, **retired)
    assert (code, field) == ("NOT_NOW", ["inUse"])
    assert setting in message
    before = (await desk.done("otto", "changeSetting", "setting { default }", code=setting, value=other))["setting"]
    await desk.done("otto", mutation, **retired)
    back = {"code": setting, "value": before["default"]}
    assert (await told(desk, "changeSetting", **back))[:2] == ("INVALID", ["value"])
    assert (await told(desk, "changeSetting", code=setting))[:2] == ("INVALID", ["value"])


@pytest.mark.rule("R-28")
async def test_the_closure_code_of_a_status_and_the_status_of_a_grade_are_not_retired(desk: Desk) -> None:
    code = {"closureCodeId": desk.ids["No fault found"]}
    status = {"caseStatusId": desk.ids["CLOSED"]}
    await desk.done("otto", "editCaseStatus", **status, defaultClosureCodeId=code["closureCodeId"])
    refused = await told(desk, "editClosureCode", **code, inUse=False)
    assert refused == ("NOT_NOW", ["inUse"], "The status Closed needs it: change that first.")
    await desk.done("otto", "editCaseStatus", **status, defaultClosureCodeId=None)
    await desk.done("otto", "editClosureCode", **code, inUse=False)
    naming = {"defaultClosureCodeId": code["closureCodeId"]}
    assert (await told(desk, "editCaseStatus", **status, **naming))[:2] == ("NOT_FOUND", ["defaultClosureCodeId"])

    archived = await add(desk, "CaseStatus", code="ARCHIVED", name="Archived", isFinal=True)
    await desk.done("otto", "editSatisfactionLevel", satisfactionLevelId=desk.ids["Good"], statusAfterId=archived)
    refused = await told(desk, "editCaseStatus", caseStatusId=archived, inUse=False)
    assert refused == ("NOT_NOW", ["inUse"], "The grade Good needs it: change that first.")


@pytest.mark.rule("R-28")
async def test_what_was_retired_comes_back_after_what_it_needs(desk: Desk) -> None:
    code = {"closureCodeId": await add(desk, "ClosureCode", code="SOLD", name="Sold")}
    ends = {"isFinal": True, "defaultClosureCodeId": code["closureCodeId"]}
    status = {"caseStatusId": await add(desk, "CaseStatus", code="ARCHIVED", name="Archived", **ends)}
    grade = {"satisfactionLevelId": desk.ids["Good"]}
    await desk.done("otto", "editSatisfactionLevel", **grade, statusAfterId=status["caseStatusId"])
    kept = (("editSatisfactionLevel", grade), ("editCaseStatus", status), ("editClosureCode", code))
    for mutation, row in kept:
        await desk.done("otto", mutation, **row, inUse=False)
    needs = "It needs {}, which is retired: bring that back first."
    refused = ("NOT_NOW", ["inUse"], needs.format("Archived"))
    assert await told(desk, "editSatisfactionLevel", **grade, inUse=True) == refused
    refused = ("NOT_NOW", ["inUse"], needs.format("Sold"))
    assert await told(desk, "editCaseStatus", **status, inUse=True) == refused
    for mutation, row in reversed(kept):
        await desk.done("otto", mutation, **row, inUse=True)


@pytest.mark.rule("R-200")
async def test_codes_names_and_levels_belong_to_one_row(desk: Desk) -> None:
    new = {"code": "INCIDENT", "name": "Accident"}
    assert (await told(desk, "addCaseCategory", **new))[:2] == ("INVALID", ["code"])
    assert (await told(desk, "addCaseCategory", code="A", name="incident"))[:2] == ("INVALID", ["name"])
    assert (await told(desk, "addCaseCategory", code="a", name="A"))[:2] == ("INVALID", ["code"])
    assert (await told(desk, "addSupportLine", name="Night shift", level=2))[:2] == ("INVALID", ["level"])
    line = {"supportLineId": desk.ids["line 2"]}
    assert (await told(desk, "editSupportLine", **line, level=3))[:2] == ("INVALID", ["level"])
    assert (await told(desk, "editSupportLine", **line, level=0))[:2] == ("INVALID", ["level"])
    assert (await told(desk, "editSupportLine", **line, name=None))[:2] == ("REQUIRED", ["name"])
    assert (await told(desk, "editSupportLine", **line, inUse=None))[:2] == ("REQUIRED", ["inUse"])


@pytest.mark.rule("R-200")
async def test_a_list_has_at_most_500_rows(desk: Desk) -> None:
    with desk.database():
        await CaseCategory.bulk_create(
            [CaseCategory(code=f"C{n}", name=f"C {n}", position=n, in_use=n % 2 == 0) for n in range(4, 501)]
        )
    assert (await told(desk, "addCaseCategory", code="ONE_MORE", name="One more"))[:2] == ("LIMIT", [])


@pytest.mark.rule("R-13")
@pytest.mark.rule("R-200")
async def test_a_category_that_is_added_can_be_chosen_at_once_by_everybody(desk: Desk) -> None:
    complaint = await add(desk, "CaseCategory", code="COMPLAINT", name="Complaint", order=1)
    case = await desk.register("vera", categoryId=complaint)
    assert (await desk.case("vera", case["id"], "category { code }"))["category"]["code"] == "COMPLAINT"


@pytest.mark.rule("R-200")
async def test_only_administrators_change_lists_and_see_what_was_retired(desk: Desk) -> None:
    await desk.done("otto", "editCaseCategory", caseCategoryId=desk.ids["CONSULTATION"], inUse=False)
    document = "{ lookups(includeRetired: true) { caseCategories { code } } settings { code } }"
    seen = {login: await desk.run(login, document) for login in ("otto", "dora", "anna", "vera")}
    assert [len(seen[login]["lookups"]["caseCategories"]) for login in seen] == [3, 2, 2, 2]
    assert [bool(seen[login]["settings"]) for login in seen] == [True, False, False, False]
    offered = {login: await desk.run(login, "{ viewer { actions } }") for login in ("otto", "dora", "vera")}
    assert ["CHANGE_LOOKUP" in offered[login]["viewer"]["actions"] for login in offered] == [True, False, False]


# ---------------------------------------------------------------- groups and lines


@pytest.mark.rule("R-200")
async def test_a_group_is_made_of_its_members_and_a_line_of_its_groups(desk: Desk) -> None:
    members = [desk.ids["ben"], desk.ids["cleo"]]
    shown = "group { name members { nodes { name } } }"
    group = (await desk.done("otto", "addGroup", f"group {{ id }} {shown}", name="Night", memberIds=members))["group"]
    assert group["members"]["nodes"] == [{"name": "Ben Castellano"}, {"name": "Cleo Marsh"}]
    edited = await desk.done("otto", "editGroup", shown, groupId=group["id"], memberIds=[desk.ids["anna"]])
    assert edited["group"] == {"name": "Night", "members": {"nodes": [{"name": "Anna Weber"}]}}
    line = {"name": "Night shift", "level": 4, "groupIds": [group["id"]]}
    shown = "supportLine { name level groups { name members { nodes { name } } } }"
    assert (await desk.done("otto", "addSupportLine", shown, **line))["supportLine"] == {
        "name": "Night shift",
        "level": 4,
        "groups": [{"name": "Night", "members": {"nodes": [{"name": "Anna Weber"}]}}],
    }
    assert (await told(desk, "editGroup", groupId=group["id"], memberIds=["User_99"]))[:2] == (
        "NOT_FOUND",
        ["memberIds"],
    )


@pytest.mark.rule("R-28")
async def test_a_retired_group_and_a_retired_line_keep_their_cases_and_get_no_more(desk: Desk) -> None:
    group, line = desk.ids["group Third line"], desk.ids["line 3"]
    kept = await desk.register("dora", assigneeGroupId=group)
    await desk.done("otto", "editGroup", groupId=group, inUse=False)
    await desk.done("otto", "editSupportLine", supportLineId=line, inUse=False)
    assert (await desk.case("anna", kept["id"], "assigneeGroup { name }"))["assigneeGroup"] == {"name": "Third line"}
    other = await desk.register()
    error = await desk.refused("anna", "assignCase", caseId=other["id"], assigneeGroupId=group)
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["assigneeGroupId"])
    up = {"caseId": other["id"], "supportLineId": line, "assigneeId": desk.ids["ben"]}
    assert (await desk.refused("anna", "escalateCase", **up))["field"] == ["supportLineId"]
    listed = (await desk.run("anna", "{ lookups { groups { name } supportLines { name } } }"))["lookups"]
    assert [len(listed["groups"]), len(listed["supportLines"])] == [2, 2]


# ---------------------------------------------------------------- settings


@pytest.mark.rule("R-201")
async def test_every_setting_is_described_so_that_a_page_can_be_made_of_it(desk: Desk) -> None:
    document = "{ settings { code type value default description choices { value name } least most } }"
    for setting in (await desk.run("otto", document))["settings"]:
        assert setting["description"].endswith(".")
        assert setting["value"] == setting["default"]
        if setting["choices"] is not None:
            assert setting["value"] in [choice["value"] for choice in setting["choices"]]
            assert all(choice["name"] for choice in setting["choices"])
        if setting["type"] == "NUMBER":
            assert setting["least"] is not None
            assert setting["most"] is not None


@pytest.mark.rule("R-201")
@pytest.mark.rule("R-16")
@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("CaseCodeMask", "SR"),
        ("CaseCodeMask", "{0}{0}"),
        ("CaseCodeMask", ""),
        ("CaseStatusDef", "CLOSED"),
        ("CaseStatusDef", "NONE"),
        ("CasePriorityDef", "URGENT"),
        ("CaseOriginDef", "FAX"),
        ("CaseCategoryDef", "Incident"),
        ("CaseServiceLevelDef", "9"),
        ("CaseServiceLevelDef", "first"),
        ("CaseClosureCodeDef", ""),
        ("ClearAssigneeOnCaseReopening", "yes"),
        ("DefaultTimeZone", "Middle/Earth"),
        ("DefaultTimeZone", "../etc/passwd"),
        ("AgentSight", "all"),
    ],
)
async def test_a_setting_takes_only_what_its_type_allows(desk: Desk, code: str, wrong: str) -> None:
    assert (await told(desk, "changeSetting", code=code, value=wrong))[:2] == ("INVALID", ["value"])
    assert (await desk.run("otto", TRAIL))["auditTrail"]["nodes"] == []


@pytest.mark.rule("R-201")
async def test_a_setting_nobody_knows_is_not_found(desk: Desk) -> None:
    assert (await told(desk, "changeSetting", code="Nonsense", value="1"))[:2] == ("NOT_FOUND", ["code"])


@pytest.mark.rule("R-8")
@pytest.mark.rule("R-201")
async def test_a_new_mask_is_for_new_cases_and_null_goes_back_to_the_default(desk: Desk) -> None:
    old = await desk.register()
    await desk.done("otto", "changeSetting", code="CaseCodeMask", value="HELP-{0:000}")
    assert (await desk.register())["number"] == "HELP-002"
    assert (await desk.case("anna", old["id"], "number"))["number"] == "SR00000001"
    back = await desk.done("otto", "changeSetting", "setting { value }", code="CaseCodeMask", value=None)
    assert back["setting"] == {"value": "SR{0:00000000}"}
    assert (await desk.register())["number"] == "SR00000003"


@pytest.mark.rule("R-8")
@pytest.mark.rule("R-201")
async def test_a_desk_that_continues_another_counts_on_from_its_last_number_and_never_back(desk: Desk) -> None:
    await desk.register()
    await desk.done("otto", "changeSetting", code="CaseLastNumber", value="41000")
    numbers = [(await desk.register())["number"] for _ in range(2)]
    assert numbers == ["SR00041001", "SR00041002"]
    for lower in ("41001", "0", None):
        code, field, message = await told(desk, "changeSetting", code="CaseLastNumber", value=lower)
        assert (code, field) == ("INVALID", ["value"])
        assert "41002" in message
    assert (await told(desk, "changeSetting", code="CaseLastNumber", value="2147483648"))[:2] == ("INVALID", ["value"])
    assert (await desk.register())["number"] == "SR00041003"


# ---------------------------------------------------------------- everywhere


LATER = ["INCIDENT", "SERVICE_REQUEST", "COMPLAINT"]


@pytest.mark.rule("R-202")
async def test_another_process_follows_within_two_seconds_though_no_bell_reaches_it(desk: Desk, another: Any) -> None:
    async with another(broadcast_url="memory://") as second:
        await add(desk, "CaseCategory", code="COMPLAINT", name="Complaint")
        await desk.done("otto", "changeSetting", code="CasePriorityDef", value="HIGH")
        async with second.stream("vera", CHANGED.replace("LISTS", "caseCategories { code }"), after=None) as stream:
            await desk.done("otto", "editCaseCategory", caseCategoryId=desk.ids["CONSULTATION"], inUse=False)
            async with asyncio.timeout(2):
                while True:  # it may hear of what was changed before as well
                    told = await stream.next()
                    assert told["changed"] == "CASE_CATEGORY"
                    if [row["code"] for row in told["lookups"]["caseCategories"]] == LATER:
                        break
        case = await second.register()
        assert (await second.case("anna", case["id"], "priority"))["priority"] == "HIGH"


@pytest.mark.rule("R-202")
async def test_a_process_that_has_not_heard_of_a_new_row_shows_it_and_works_with_it(desk: Desk, another: Any) -> None:
    async with another(broadcast_url="memory://", poll_seconds=60) as late:
        hold = await add(desk, "CaseStatus", code="ON_HOLD", name="On hold", isPaused=True)
        group = await add(desk, "Group", name="Night")
        await desk.done("otto", "editCaseStatus", caseStatusId=desk.ids["NEW"], nextStatusIds=[hold])
        case = await desk.register("dora", assigneeGroupId=group)
        await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=hold)
        shown = await late.case("anna", case["id"], "status { code isPaused } assigneeGroup { name } viewerActions")
        assert (shown["status"], shown["assigneeGroup"]) == ({"code": "ON_HOLD", "isPaused": True}, {"name": "Night"})
        assert "REOPEN" in shown["viewerActions"]
        await late.done("anna", "reopenCase", caseId=case["id"])


@pytest.mark.rule("R-202")
async def test_a_case_of_a_category_and_a_line_that_a_process_has_not_heard_of_is_worked_on_there(
    desk: Desk, another: Any
) -> None:
    async with another(broadcast_url="memory://", poll_seconds=60) as late:
        category = await add(desk, "CaseCategory", code="FIRE", name="Fire", isIncident=True)
        line = await add(desk, "SupportLine", name="Fourth line", level=4)
        case = (await desk.register(categoryId=category))["id"]
        await desk.done("anna", "escalateCase", caseId=case, supportLineId=line, assigneeId=desk.ids["ben"])
        steps: list[tuple[str, dict[str, Any]]] = [
            ("postToFeed", {"body": "Where?"}),
            ("assignCase", {"assigneeId": desk.ids["anna"]}),
            ("takeCase", {}),
            ("postToPortal", {"body": "We are coming."}),
            ("changeCaseStatus", {"statusId": desk.ids["WAITING"]}),
        ]
        for mutation, input in steps:
            await late.done("ben", mutation, caseId=case, **input)
        assert (await desk.case("ben", case, "status { code } assignee { name }")) == {
            "status": {"code": "WAITING"},
            "assignee": {"name": "Ben Castellano"},
        }


@pytest.mark.rule("R-202")
@pytest.mark.rule("R-160")
async def test_a_setting_and_a_group_that_change_sights_change_them_at_once(desk: Desk) -> None:
    case = await desk.register("dora", assigneeGroupId=desk.ids["group Second line"])
    assert await desk.case("cleo", case["id"], "id") is not None
    await desk.done("otto", "changeSetting", code="AgentSight", value="OWN_GROUPS")
    assert await desk.case("cleo", case["id"], "id") is None
    members = [desk.ids["ben"], desk.ids["cleo"]]
    await desk.done("otto", "editGroup", groupId=desk.ids["group Second line"], memberIds=members)
    assert await desk.case("cleo", case["id"], "id") is not None


@pytest.mark.rule("R-202")
@pytest.mark.rule("R-174")
async def test_lists_that_change_are_told_to_those_who_see_them_and_from_a_cursor_on(desk: Desk) -> None:
    lists = "caseCategories { name } groups { name }"
    document = CHANGED.replace("LISTS", lists)
    logins = ("otto", "anna", "vera")
    before = (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]
    await desk.done("otto", "editGroup", groupId=desk.ids["group Third line"], name="Night")
    await desk.done("otto", "changeSetting", code="CasePriorityDef", value="LOW")
    await desk.done("otto", "editCaseCategory", caseCategoryId=desk.ids["CONSULTATION"], name="Advice")
    heard = {}
    for login in logins:
        async with desk.stream(login, document, after=before) as stream:
            heard[login] = [await stream.next()]
            while heard[login][-1]["changed"] != "CASE_CATEGORY":
                heard[login].append(await stream.next())
        # what the stream told last is what is read now
        assert heard[login][-1]["lookups"] == (await desk.run(login, f"{{ lookups {{ {lists} }} }}"))["lookups"]
    assert {login: [item["changed"] for item in heard[login]] for login in logins} == {
        "otto": ["GROUP", "SETTING", "CASE_CATEGORY"],
        "anna": ["GROUP", "CASE_CATEGORY"],
        "vera": ["CASE_CATEGORY"],
    }
    assert heard["vera"][0]["lookups"]["groups"] == []
    async with desk.stream("otto", document, after=heard["otto"][1]["cursor"]) as stream:
        assert (await stream.next())["changed"] == "CASE_CATEGORY"
        await stream.nothing()


@pytest.mark.rule("R-202")
@pytest.mark.rule("R-174")
async def test_what_becomes_of_employees_and_of_the_groups_they_are_in_is_told_to_employees_alone(desk: Desk) -> None:
    document = CHANGED.replace("LISTS", "groups { name members { nodes { name } } }")
    ben, third = {"userId": desk.ids["ben"]}, desk.ids["group Third line"]
    nora = {"login": "nora", "name": "Nora Lund", "role": "AGENT", "groupIds": [third]}
    changes: list[tuple[str, dict[str, Any], list[str]]] = [
        ("editUser", {**ben, "groupIds": [third]}, ["USER", "GROUP", "GROUP"]),  # that he left, and that he joined
        ("deactivateUser", ben, ["USER"]),
        ("reactivateUser", ben, ["USER"]),
        ("inviteUser", nora, ["USER", "GROUP"]),
    ]
    members = []
    async with desk.stream("anna", document) as staff, desk.stream("vera", document) as customer:
        for mutation, input, kinds in changes:
            await desk.done("otto", mutation, **input)
            told = await staff.take(len(kinds))
            assert [item["changed"] for item in told] == kinds, mutation
            names = {group["name"]: group["members"]["nodes"] for group in told[-1]["lookups"]["groups"]}
            members.append([user["name"] for user in names["Third line"]])
        await desk.done("otto", "resetPassword", **ben)
        await staff.nothing()
        await customer.nothing(0.1)
    assert (members[0], members[-1]) == (["Ben Castellano"], ["Ben Castellano", "Nora Lund"])
    trail = (await desk.run("otto", TRAIL, f={"lookups": ["USER"]}))["auditTrail"]["nodes"]
    assert [node["kind"] for node in trail] == ["USER"] * len(changes)


# ---------------------------------------------------------------- the audit trail


@pytest.mark.rule("R-203")
async def test_the_audit_trail_tells_who_changed_what_from_what_to_what(desk: Desk) -> None:
    ids = desk.ids
    await add(desk, "CaseCategory", code="COMPLAINT", name="Complaint")
    following = {"nextStatusIds": [ids["IN_PROGRESS"], ids["CANCELED"]]}
    await desk.done("otto", "editCaseStatus", caseStatusId=ids["NEW"], name="Fresh", **following)
    await desk.done("otto", "editCaseStatus", caseStatusId=ids["NEW"], name="Fresh")  # changes nothing
    await desk.done("otto", "editGroup", groupId=ids["group First line"], memberIds=[ids["anna"], ids["ben"]])
    code, level = ids["Workaround given"], ids["Good"]
    await desk.done("otto", "editCaseStatus", caseStatusId=ids["CLOSED"], defaultClosureCodeId=code)
    await desk.done("otto", "editSatisfactionLevel", satisfactionLevelId=level, statusAfterId=ids["REOPENED"])
    await desk.done("otto", "changeSetting", code="AgentSight", value="OWN_GROUPS")
    nodes = (await desk.run("otto", TRAIL))["auditTrail"]["nodes"]
    assert {node["actor"]["name"] for node in nodes} == {"Otto Haugen"}
    assert [(node["kind"], node["lookup"], node["summary"]) for node in nodes] == [
        ("SETTING", "SETTING", "Changed the setting AgentSight."),
        ("LOOKUP", "SATISFACTION_LEVEL", "Changed the satisfaction level Good: statusAfter."),
        ("LOOKUP", "CASE_STATUS", "Changed the case status Closed: defaultClosureCode."),
        ("LOOKUP", "GROUP", "Changed the group First line: members."),
        ("LOOKUP", "CASE_STATUS", "Changed the case status Fresh: name, nextStatuses."),
        ("LOOKUP", "CASE_CATEGORY", "Added the case category Complaint."),
    ]
    assert [node["changes"] for node in nodes[:5]] == [
        [{"field": "AgentSight", "before": "ALL", "after": "OWN_GROUPS"}],
        [{"field": "statusAfter", "before": "Closed", "after": "Reopened"}],
        [{"field": "defaultClosureCode", "before": None, "after": "Workaround given"}],
        [{"field": "members", "before": "Anna Weber, Cleo Marsh", "after": "Anna Weber, Ben Castellano"}],
        [
            {"field": "name", "before": "New", "after": "Fresh"},
            {
                "field": "nextStatuses",
                "before": "In progress, Waiting for response, Resolved, Canceled",
                "after": "In progress, Canceled",
            },
        ],
    ]


@pytest.mark.rule("R-203")
async def test_the_audit_trail_is_narrowed_by_kind_list_person_and_time(desk: Desk) -> None:
    await desk.done("otto", "editGroup", groupId=desk.ids["group Third line"], name="Night")
    await desk.done("otto", "changeSetting", code="CasePriorityDef", value="LOW")
    await desk.done("otto", "editCaseCategory", caseCategoryId=desk.ids["CONSULTATION"], name="Advice")
    found = {
        ("SETTING",): {"kinds": ["SETTING"]},
        ("SETTING", "GROUP"): {"lookups": ["GROUP", "SETTING"]},
        ("CASE_CATEGORY", "GROUP"): {"kinds": ["LOOKUP"], "actorId": desk.ids["otto"]},
        ("CASE_CATEGORY", "SETTING", "GROUP"): {"fromAt": "2020-01-01T00:00:00Z"},
    }
    for lookups, filter in found.items():
        nodes = (await desk.run("otto", TRAIL, f=filter))["auditTrail"]["nodes"]
        assert tuple(node["lookup"] for node in nodes) == lookups, filter
    nothing = [{"kinds": []}, {"lookups": []}, {"actorId": desk.ids["anna"]}, {"toAt": "2020-01-01T00:00:00Z"}]
    for empty in nothing:
        assert (await desk.run("otto", TRAIL, f=empty))["auditTrail"]["nodes"] == [], empty


@pytest.mark.rule("R-203")
async def test_the_audit_trail_tells_which_contacts_and_accounts_were_changed_and_never_what_is_known_of_them(
    desk: Desk,
) -> None:
    account = (await desk.done("anna", "addAccount", "account { id }", name="Qwx Shops"))["account"]["id"]
    await desk.done("ben", "editAccount", accountId=account, name="Qwx Stores")
    await desk.done("ben", "editAccount", accountId=account, name="Qwx Stores")  # changes nothing
    given = {"name": "Qwx Person", "email": "qwx@shops.example", "phone": "+49 30 5550147"}
    contact = (await desk.done("anna", "addContact", "contact { id }", **given))["contact"]["id"]
    edited = {"name": "Qwx Other", "email": None, "accountId": account}
    await desk.done("ben", "editContact", contactId=contact, phone=given["phone"], **edited)
    nodes = (await desk.run("otto", TRAIL, f={"kinds": ["CUSTOMER"]}))["auditTrail"]["nodes"]
    key, its = contact.rpartition("_")[2], account.rpartition("_")[2]
    assert [(node["actor"]["name"], node["summary"]) for node in nodes] == [
        ("Ben Castellano", f"Contact {key} was changed: name, email, account."),
        ("Anna Weber", f"Contact {key} was added."),
        ("Ben Castellano", f"Account {its} was changed: name."),
        ("Anna Weber", f"Account {its} was added."),
    ]
    nothing = {"before": None, "after": None}
    assert nodes[0]["changes"] == [{"field": field, **nothing} for field in ("name", "email", "account")]
    with desk.database():
        for entry in await AuditEntry.filter(AuditEntry.visible_to(DESK)):
            assert not re.search("qwx|5550147", str(entry.payload), re.IGNORECASE)


@pytest.mark.rule("R-203")
@pytest.mark.rule("R-160")
async def test_nobody_but_administrators_reads_the_audit_trail(desk: Desk) -> None:
    await desk.done("otto", "changeSetting", code="CasePriorityDef", value="LOW")
    for login in ("dora", "anna", "vera"):
        assert (await desk.run(login, TRAIL))["auditTrail"]["nodes"] == []


@pytest.mark.rule("R-203")
async def test_what_is_refused_is_not_in_the_trail_and_nothing_changes_what_is(desk: Desk) -> None:
    await desk.act("anna", "changeSetting", code="CasePriorityDef", value="LOW")
    await desk.act("otto", "editCaseStatus", caseStatusId=desk.ids["NEW"], inUse=False)
    assert (await desk.run("otto", TRAIL))["auditTrail"]["nodes"] == []
    schema = await desk.run(None, "{ __schema { mutationType { fields { name } } } }")
    mutations = {field["name"] for field in schema["__schema"]["mutationType"]["fields"]}
    assert mutations >= ADMINISTERING
    assert not [name for name in mutations if "audit" in name.casefold()]
