"""Input that cannot be meant: refused with a code that says so, and nothing is changed by it.

What is tried is drawn from the schema, so that a mutation, an id, a text or a list that is added is tried as well.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type
from structlog.testing import capture_logs

from gql import store
from gql.api.schema import make_schema
from gql.cursor import Cursors
from gql.rules import text
from tests.api.setting_up import ADMINISTERING
from tests.running import REGISTER, Desk

SCHEMA = make_schema()._schema
assert SCHEMA.mutation_type is not None
SIGNING_IN = {"signIn", "signOut", "changePassword", "setPassword"}
MUTATIONS = [name for name in SCHEMA.mutation_type.fields if name not in SIGNING_IN]

NEVER_GIVEN = [
    "{}_987654321",
    "{}_2147483647",
    "{}_2147483648",
    "{}_9223372036854775807",
    "{}_9223372036854775808",
    "{}_" + "9" * 20_000,
]
MALFORMED = [
    "",
    " ",
    "7",
    "{}",
    "{}_",
    "{}_0",
    "{}_-1",
    "{}_01",
    "{}_1.0",
    "{}_1e3",
    "{}_x",
    "{}_1 ",
    " {}_1",
    "{}_1\n",
]
MALFORMED += [
    "{}_1\0",
    "\0",
    "{}_٣",
    "\N{GRINNING FACE}",
    "Role_1",
    "Entry",
    "../{}_1",
    "{}_1;DROP TABLE desk_case",
    "x" * 20_000,
]

WHO = defaultdict(
    lambda: "anna",
    rateCase="dora",
    mergeCases="dora",
    hideMessage="dora",
    showMessage="dora",
    **dict.fromkeys(ADMINISTERING, "otto"),
)
"""Who tries each mutation."""

LIMITS = {
    "subject": text.SUBJECT,
    "description": text.BODY,
    "body": text.BODY,
    "resolution": text.BODY,
    "name": text.NAME,
    "code": 64,
    "colour": 7,
    "buttonCaption": text.NAME,
    "value": 500,
    "email": text.NAME,
    "phone": text.NAME,
    "login": text.NAME,
    "reason": text.REASON,
    "title": text.SUBJECT,
    "result": text.REASON,
    "notes": text.BODY,
    "comment": text.BODY,
    "requestId": text.REQUEST_ID,
}

CHOSEN = {("changeSetting", "code"), ("inviteUser", "timeZone"), ("editUser", "timeZone")}
"""Texts that are one of a few."""
NUMBERS = count(1)


def given(mutation: str, kind: str) -> list[str]:
    """The fields of a mutation's input that hold such a thing."""
    assert SCHEMA.mutation_type is not None
    form = get_named_type(SCHEMA.mutation_type.fields[mutation].args["input"].type)
    assert isinstance(form, GraphQLInputObjectType)
    return [name for name, field in form.fields.items() if get_named_type(field.type).name == kind]


def with_fields_of(kind: str) -> list[str]:
    return [mutation for mutation in MUTATIONS if given(mutation, kind)]


async def a_notification(desk: Desk, mutation: str) -> list[str]:
    """The id of one of anna's, where the mutation is about notifications."""
    if mutation != "markNotifications":
        return []
    await desk.register("dora", assigneeId=desk.ids["anna"])
    viewer = (await desk.run("anna", "{ viewer { notifications { nodes { id } } } }"))["viewer"]
    return [node["id"] for node in viewer["notifications"]["nodes"]]


async def good_input(desk: Desk, mutation: str) -> dict[str, Any]:
    """What the mutation succeeds with, on a case of its own."""
    ids, new = desk.ids, next(NUMBERS)
    case: dict[str, Any] = {}
    if "caseId" in given(mutation, "ID"):
        case["caseId"] = (await desk.register())["id"]
        if "intoCaseId" in given(mutation, "ID"):
            case["intoCaseId"] = (await desk.register())["id"]
        if "toCaseId" in given(mutation, "ID"):
            case["toCaseId"] = (await desk.register())["id"]
        if mutation == "unlinkCases":
            await desk.done("anna", "linkCases", **case, kind="RELATED")
        if mutation == "reopenCase":
            await desk.done("anna", "changeCaseStatus", caseId=case["caseId"], statusId=ids["WAITING"])
    if "taskId" in given(mutation, "ID"):
        of = {"caseId": (await desk.register())["id"], "title": "Call the plumber"}
        case["taskId"] = (await desk.done("anna", "addTask", "task { id }", **of))["task"]["id"]
    for said, mutating in (("postId", "postToFeed"), ("messageId", "postToPortal")):
        if said in given(mutation, "ID"):
            noun = {"postId": "feedPost", "messageId": "portalMessage"}[said]
            of = {"caseId": (await desk.register())["id"], "body": "It burns"}
            case[said] = (await desk.done("anna", mutating, f"{noun} {{ id }}", **of))[noun]["id"]
    more: dict[str, dict[str, Any]] = {
        "registerCase": {"subject": "The printer is on fire", "contactId": ids["vera"]},
        "assignCase": {"assigneeId": ids["ben"]},
        "escalateCase": {"supportLineId": ids["line 2"], "assigneeId": ids["ben"]},
        "editCase": {"subject": "It smells"},
        "changeCaseStatus": {"statusId": ids["IN_PROGRESS"]},
        "resolveCase": {"resolution": "Extinguished"},
        "reclassifyCase": {"categoryId": ids["CONSULTATION"]},
        "linkCases": {"kind": "RELATED"},
        "unlinkCases": {"kind": "RELATED"},
        "cancelCase": {"closureCodeId": ids["Resolved successfully"]},
        "watchCase": {"watch": True},
        "rateCase": {"by": {"caseId": (await desk.register())["id"]}, "levelId": ids["Good"]},
        "postToFeed": {"body": "It burns"},
        "complain": {"body": "Nobody came"},
        "commentOnPost": {"body": "It does"},
        "likePost": {"like": True},
        "editPost": {"body": "It does not burn"},
        "postToPortal": {"body": "We are on our way"},
        "editMessage": {"body": "We are here"},
        "addTask": {"title": "Call the plumber", "ownerId": ids["ben"]},
        "recordCall": {"direction": "INCOMING", "result": "Wants to be called back"},
        "editTask": {"title": "Call the roofer"},
        "addContact": {"name": "Mia Fern"},
        "editContact": {"contactId": ids["paul"], "name": "Paul O."},
        "addAccount": {"name": "Fern & Sons"},
        "editAccount": {"accountId": ids["account of Paul Okafor"], "name": "Okafor"},
        "addCaseStatus": {"code": f"ON_HOLD_{new}", "name": f"On hold {new}"},
        "editCaseStatus": {"caseStatusId": ids["WAITING"], "name": "On hold"},
        "addCaseCategory": {"code": f"QUESTION_{new}", "name": f"Question {new}"},
        "editCaseCategory": {"caseCategoryId": ids["CONSULTATION"], "name": "Advice"},
        "addClosureCode": {"code": f"TOO_LATE_{new}", "name": f"Too late {new}"},
        "editClosureCode": {"closureCodeId": ids["No fault found"], "name": "Nothing found"},
        "addSatisfactionLevel": {"name": f"Splendid {new}", "points": 6},
        "editSatisfactionLevel": {"satisfactionLevelId": ids["Good"], "name": "Fine"},
        "addSupportLine": {"name": f"Line {new}", "level": 10 + new},
        "editSupportLine": {"supportLineId": ids["line 2"], "name": "The second"},
        "addGroup": {"name": f"Plumbers {new}"},
        "editGroup": {"groupId": ids["group Third line"], "name": "Roofers"},
        "changeSetting": {"code": "CaseCodeMask", "value": f"C{new}-{{0}}"},
        "markNotifications": {"notificationIds": await a_notification(desk, mutation), "read": True},
        "changeNotificationPreferences": {
            "preferences": [{"reason": "WATCHING", "channel": "IN_APP", "wanted": False}]
        },
        "inviteUser": {"login": uuid4().hex, "name": "Mia Fern", "role": "AGENT"},
        "editUser": {"userId": ids["ben"], "name": "Ben C."},
        "deactivateUser": {"userId": ids["ben"]},
        "reactivateUser": {"userId": ids["ben"]},
        "resetPassword": {"userId": ids["ben"]},
        "invitePortalUser": {"login": uuid4().hex, "name": "Mia Fern"},
        "changePortalUser": {"contactId": ids["paul"], "role": "OBSERVER"},
        "deactivatePortalUser": {"contactId": ids["paul"]},
        "eraseContact": {"contactId": ids["paul"]},
        "resetPortalPassword": {"contactId": ids["paul"]},
        "setOutOfOffice": {"untilAt": "2100-01-01T00:00:00Z", "replacementId": ids["ben"]},
        "readNotifications": {"upTo": (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]},
    }
    return case | more.get(mutation, {})


async def rows(desk: Desk) -> dict[str, list[Any]]:
    """All that the desk keeps."""
    with desk.database():
        models = [getattr(store, name) for name in store.__all__ if hasattr(getattr(store, name), "_meta")]
        return {model.__name__: await model.all().order_by(model._meta.pk_attr).values() for model in models}


def literal(value: Any) -> str:
    """A value as a document says it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {literal(one)}' for name, one in value.items())}}}"
    return json.dumps(value)


def of_length(field: str, length: int) -> str:
    """A text of that many characters which the field takes."""
    if field in ("code", "colour", "value"):
        return {"code": "N" * length, "colour": "#" + "0" * (length - 1), "value": "n" * (length - 3) + "{0}"}[field]
    return "n" * (length - 12) + "@caseline.io" if field == "email" else "n" * length


# ---------------------------------------------------------------- ids


def kinds_of(field: str) -> str:
    """The type whose ids the field takes."""
    singular = field.removesuffix("Ids").removesuffix("Id")
    named = {
        "member": "User",
        "nextStatus": "CaseStatus",
        "statusAfter": "CaseStatus",
        "defaultClosureCode": "ClosureCode",
        "assignee": "User",
        "mention": "User",
        "owner": "User",
        "post": "Entry",
        "message": "Entry",
        "assigneeGroup": "Group",
        "category": "CaseCategory",
        "replacement": "User",
        "level": "SatisfactionLevel",
    }
    named |= {"toCase": "Case", "intoCase": "Case", "parent": "Case", "fromEntry": "Entry"}
    return named.get(singular) or {"status": "CaseStatus"}.get(singular) or singular[0].upper() + singular[1:]


@pytest.mark.parametrize("mutation", with_fields_of("ID"))
async def test_an_id_that_names_nothing_is_not_found_and_nothing_is_changed(desk: Desk, mutation: str) -> None:
    good = await good_input(desk, mutation)
    before = await rows(desk)
    for field in given(mutation, "ID"):
        kind = kinds_of(field)
        another = next(id for id in (desk.ids["anna"], desk.ids["vera"]) if not id.startswith(f"{kind}_"))
        told = set()
        for wrong in [*(wrong.format(kind) for wrong in NEVER_GIVEN + MALFORMED), another, kind.lower() + "_1"]:
            value = [*good.get(field, [desk.ids["ben"]]), wrong] if field.endswith("Ids") else wrong
            error = await desk.refused(WHO[mutation], mutation, **{**good, field: value})
            assert (error["code"], error["field"]) == ("NOT_FOUND", [field]), (wrong[:40], error)
            told.add(error["message"])
        assert len(told) == 1
    assert await rows(desk) == before
    await desk.done(WHO[mutation], mutation, **good)


async def test_a_number_is_an_id_that_names_nothing(desk: Desk) -> None:
    for number in ("7", "-1", "9" * 20_000):
        document = f"mutation {{ takeCase(input: {{caseId: {number}}}) {{ errors {{ code field }} }} }}"
        taken = (await desk.run("anna", document))["takeCase"]
        assert taken["errors"] == [{"code": "NOT_FOUND", "field": ["caseId"]}]
    document = "mutation($id: ID!) { takeCase(input: {caseId: $id}) { errors { code } } }"
    for huge in (7, 2**63, 10**30):
        assert (await desk.run("anna", document, id=huge))["takeCase"]["errors"] == [{"code": "NOT_FOUND"}]
    no_ids: list[Any] = [1.5, True, [1], {}]
    for wrong in no_ids:
        assert await desk.code("anna", document, id=wrong) == "INVALID"


@pytest.mark.rule("R-161")
@pytest.mark.parametrize("mutation", [m for m in with_fields_of("ID") if "caseId" in given(m, "ID")])
async def test_a_customer_is_told_the_same_of_a_foreign_case_and_of_none(desk: Desk, mutation: str) -> None:
    good = await good_input(desk, mutation)
    foreign = (await desk.register("paul"))["id"]
    before = await rows(desk)
    told = [await desk.refused("vera", mutation, **{**good, "caseId": id}) for id in (foreign, "Case_987654321", "x")]
    assert told == [told[0]] * 3
    assert (told[0]["code"], told[0]["field"]) == ("NOT_FOUND", ["caseId"])
    assert await rows(desk) == before


@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_an_id_that_names_nothing_is_null_in_a_query_and_matches_nothing_in_a_filter(
    desk: Desk, login: str
) -> None:
    await desk.register()
    document = """query($id: ID!, $case: ID!, $ids: [ID!]) {
      node(id: $id) { id }
      case(by: {id: $id}) { id }
      contacts(accountId: $id) { nodes { id } }
      users(groupId: $id) { nodes { id } }
      line: users(supportLineId: $id) { nodes { id } }
      a: cases(filter: {statusIds: $ids}) { totalCount }
      b: cases(filter: {categoryIds: $ids}) { totalCount }
      c: cases(filter: {assigneeIds: $ids}) { totalCount }
      d: cases(filter: {assigneeGroupIds: $ids}) { totalCount }
      e: cases(filter: {supportLineIds: $ids}) { totalCount }
      f: cases(filter: {contactId: $id}) { totalCount }
      g: cases(filter: {accountId: $id}) { totalCount }
      h: tasks(filter: {ownerId: $id}) { nodes { id } }
      known: case(by: {id: $case}) { history(filter: {actorId: $id}) { nodes { id } } }
    }"""
    case = await desk.register(**({} if login == "anna" else {"login": login}))
    for wrong in [wrong.format("Case") for wrong in NEVER_GIVEN + MALFORMED]:
        data = await desk.run(login, document, id=wrong, ids=[wrong], case=case["id"])
        assert data.pop("node") is data.pop("case") is None
        assert data.pop("known")["history"]["nodes"] == []
        for found in data.values():
            assert found in ({"totalCount": 0}, {"nodes": []})


async def test_a_stream_of_a_case_that_is_not_there_ends_with_not_found(desk: Desk) -> None:
    async with desk.socket("anna") as socket:
        for field in ("caseHistoryAdded", "feedPostAdded", "portalMessageAdded"):
            for wrong in ("Case_987654321", "Case_9223372036854775808", "User_1", "", "\0"):
                document = f"subscription($id: ID) {{ {field}(caseId: $id) {{ id }} }}"
                assert await (await socket.subscribe(document, id=wrong)).error() == "NOT_FOUND"


async def test_a_case_is_named_by_exactly_one_of_id_and_number(desk: Desk) -> None:
    wrong: list[Any] = [{}, {"id": "Case_1", "number": "SR00000001"}, {"id": None}, {"number": None}, None, 7]
    for by in wrong:
        assert await desk.code("anna", "query($by: CaseKey!) { case(by: $by) { id } }", by=by) == "INVALID"


async def test_a_number_that_was_never_given_is_null(desk: Desk) -> None:
    case = await desk.register()
    document = "query($number: String) { case(by: {number: $number}) { id } }"
    for number in ("", " ", "%", "_", "SR", case["number"].lower(), case["number"] + " ", "9" * 20_000, "' OR 1=1 --"):
        assert (await desk.run("anna", document, number=number))["case"] is None
    assert (await desk.run("anna", document, number=case["number"]))["case"] == {"id": case["id"]}


# ---------------------------------------------------------------- pages

LISTS = {
    "Query.cases": "{ cases(filter: {includeFinal: true}, ARGS) { nodes { id } pageInfo { endCursor } } }",
    "Query.tasks": "{ tasks(filter: {}, ARGS) { nodes { id } pageInfo { endCursor } } }",
    "Case.tasks": "{ node(id: CASE) { ... on Case { tasks(ARGS) { nodes { id } pageInfo { endCursor } } } } }",
    "Query.contacts": "{ contacts(ARGS) { nodes { id } pageInfo { endCursor } } }",
    "Query.accounts": "{ accounts(ARGS) { nodes { id } pageInfo { endCursor } } }",
    "Query.users": "{ users(ARGS) { nodes { id } pageInfo { endCursor } } }",
    "Case.children": "{ node(id: CASE) { ... on Case { children(ARGS) { nodes { id } pageInfo { endCursor } } } } }",
    "Case.history": "{ node(id: CASE) { ... on Case { history(ARGS) { nodes { id } pageInfo { endCursor } } } } }",
    "Contact.cases": "{ node(id: CONTACT) { ... on Contact { cases(ARGS) { nodes { id } } } } }",
    "Account.cases": "{ node(id: ACCOUNT) { ... on Account { cases(ARGS) { nodes { id } } } } }",
    "Account.contacts": "{ node(id: ACCOUNT) { ... on Account { contacts(ARGS) { nodes { id } } } } }",
    "Case.watchers": "{ node(id: CASE) { ... on Case { watchers(ARGS) { nodes { id } pageInfo { endCursor } } } } }",
    "Query.auditTrail": "{ auditTrail(ARGS) { nodes { id } pageInfo { endCursor } } }",
    "FeedPost.comments": "{ node(id: POST) { ... on FeedPost { comments(ARGS) { nodes { id } } } } }",
    "FeedPost.likes": "{ node(id: POST) { ... on FeedPost { likes(ARGS) { nodes { id } } } } }",
    "Group.members": "{ node(id: GROUP) { ... on Group { members(ARGS) { nodes { id } } } } }",
    "Viewer.notifications": "{ viewer { notifications(ARGS) { nodes { id } } } }",
}


async def with_post(desk: Desk) -> dict[str, Any]:
    """A case, and in `desk.ids` a post to its feed."""
    case = await desk.register()
    posted = await desk.done("anna", "postToFeed", "feedPost { id }", caseId=case["id"], body="A word.")
    desk.ids["post"] = posted["feedPost"]["id"]
    return case


def written(desk: Desk, document: str, case: str, arguments: str) -> str:
    ids = {
        "CASE": case,
        "CONTACT": desk.ids["vera"],
        "ACCOUNT": desk.ids["account of Vera Lindqvist"],
        "GROUP": next(id for name, id in desk.ids.items() if name.startswith("group ")),
        "POST": desk.ids.get("post"),
    }
    for name, id in ids.items():
        document = document.replace(name, json.dumps(id))
    return document.replace("ARGS", arguments)


def test_every_list_of_the_schema_is_tried_here() -> None:
    assert set(LISTS) == {
        f"{name}.{field}"
        for name, type_ in SCHEMA.type_map.items()
        if isinstance(type_, GraphQLObjectType)
        for field, stated in type_.fields.items()
        if {"first", "after"} <= stated.args.keys()
    }


@pytest.mark.parametrize("place", LISTS)
async def test_a_page_has_0_to_100_rows(desk: Desk, place: str) -> None:
    case = (await with_post(desk))["id"]
    ends = ["first", "last"] if place == "Case.history" else ["first"]
    for end in ends:
        for size, code in ((101, "LIMIT"), (2**31 - 1, "LIMIT"), (-1, "INVALID"), (-(2**31), "INVALID")):
            assert await desk.code("anna", written(desk, LISTS[place], case, f"{end}: {size}")) == code
        for wrong in (str(2**31), "9" * 20_000, '"7"', "1.0", "true", "[]"):
            assert await desk.code("anna", written(desk, LISTS[place], case, f"{end}: {wrong}")) == "INVALID"
        for good in ("0", "1", "100", "null"):
            await desk.run("anna", written(desk, LISTS[place], case, f"{end}: {good}"))


def forged(*values: Any) -> str:
    """A cursor as a client could make it, who has understood what is in one."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


BROKEN = [
    "",
    " ",
    "x",
    "é",
    "\0",
    "\N{GRINNING FACE}",
    "=",
    "====",
    "bm90IGpzb24",
    "x" * 20_000,
    forged(),
    forged(None),
    forged(None, None),
    forged(1, 2, 3),
    forged({}, []),
    forged("a\0b", 1),
    forged("soon", 1),
    forged(1.5, 1),
    forged(True, 1),
    forged(10**30, 1),
    forged(2**63),
    forged("2026-01-01T00:00:00Z", 1),
    *[
        forged(mark, *values)
        for marks, wrong in (
            (("-registered_at", "registered_at"), [("2026-01-01T00:00:00", 1), ("0001-01-01T00:00:00+14:00", 1)]),
            (("-registered_at", "name_key"), [("2026-01-01T00:00:00Z", 2**31), ("2026-01-01T00:00:00Z", "1")]),
            (("name_key",), [("a\0b", 1), ("n" * 251, 1), (7, 1)]),
            (("id", "-id"), [(2**63,), ("1",), (True,), (1.5,), (1, 1)]),
            (("-registered_at", "name_key", "id", "-id"), [(), (None,), (None, None), ({}, [])]),
        )
        for mark in marks
        for values in wrong
    ],
]


@pytest.mark.parametrize("place", LISTS)
async def test_a_broken_cursor_of_a_list_is_invalid(desk: Desk, place: str) -> None:
    case = await with_post(desk)
    arguments = ["after", "before"] if place == "Case.history" else ["after"]
    for argument in arguments:
        for broken in [*BROKEN, case["cursor"]]:
            document = written(desk, LISTS[place], case["id"], f"{argument}: {json.dumps(broken)}")
            assert await desk.code("anna", document) == "INVALID", broken[:60]


@pytest.mark.parametrize("field", ["REGISTERED_AT", "CHANGED_AT", "PRIORITY"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_no_cursor_that_a_client_can_forge_is_a_fault(desk: Desk, field: str, direction: str) -> None:
    await desk.register()
    document = f"""query($after: String) {{ cases(orderBy: {{field: {field}, direction: {direction}}}, after: $after,
      filter: {{includeFinal: true}}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"""
    at_edge = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-01-01T12:00:00+14:00"]
    for value in (*at_edge, -1, 0, 5, 99, 2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**63):
        for id in (0, 1, -1, 2**31 - 1):
            mark = f"{'-' if direction == 'DESC' else ''}{field.lower()}"
            answer = await desk.answer("anna", document, after=forged(mark, value, id))
            codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
            assert codes <= {"INVALID"}, (value, id, answer)


async def test_a_cursor_of_one_list_is_invalid_in_another(desk: Desk) -> None:
    case = (await desk.register())["id"]
    ends = {}
    for place in ("Query.cases", "Query.contacts", "Case.history"):
        data = await desk.run("anna", written(desk, LISTS[place], case, "first: 1"))
        [found] = data.values()
        ends[place] = (found.get("pageInfo") or found["history"]["pageInfo"])["endCursor"]
    for place, end in ends.items():
        for other in ends:
            document = written(desk, LISTS[other], case, f"after: {json.dumps(end)}")
            if other == place:
                await desk.run("anna", document)
            else:
                assert await desk.code("anna", document) == "INVALID"


# ---------------------------------------------------------------- cursors of the log


@pytest.fixture
def broken_cursors() -> list[str]:
    """What is no cursor of this desk: nonsense, and one that another desk sealed."""
    other = Cursors("another secret of more characters", "another epoch")
    return ["", " ", "x", "\0", "é", "A" * 22, "x" * 20_000, forged(1, 2), other.seal(1, 1)]


@pytest.mark.parametrize("mutation", with_fields_of("Cursor"))
async def test_a_broken_cursor_is_invalid_and_nothing_is_changed(
    desk: Desk, broken_cursors: list[str], mutation: str
) -> None:
    good = await good_input(desk, mutation)
    before = await rows(desk)
    [field] = given(mutation, "Cursor")
    for broken in broken_cursors:
        error = await desk.refused(WHO[mutation], mutation, **{**good, field: broken})
        assert (error["code"], error["field"]) == ("INVALID", [field]), broken
    no_cursors: list[Any] = [7, 1.5, True, [], {}]
    for wrong in no_cursors:
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
        assert await desk.code(WHO[mutation], document, input={**good, field: wrong}) == "INVALID"
    assert await rows(desk) == before


async def test_a_stream_after_a_broken_cursor_ends_with_invalid(desk: Desk, broken_cursors: list[str]) -> None:
    assert SCHEMA.subscription_type is not None
    async with desk.socket("anna") as socket:
        for field in SCHEMA.subscription_type.fields:
            for broken in broken_cursors:
                document = f"subscription($after: Cursor) {{ {field}(after: $after) {{ cursor }} }}"
                assert await (await socket.subscribe(document, after=broken)).error() == "INVALID"


@pytest.mark.rule("R-172")
async def test_a_cursor_of_another_log_asks_a_stream_to_read_anew_and_an_overwriting_to_look_again(desk: Desk) -> None:
    case = await desk.register()
    secret = desk.app.state.desk.settings.secret
    with desk.database():
        state = await store.LogState.get(id=1)
    other = Cursors(secret.get_secret_value() if secret else state.secret, "an epoch before a backup").seal(1, 1)
    async with desk.stream(
        "anna", "subscription($c: Cursor) { casesChanged(after: $c) { cursor } }", c=other
    ) as stream:
        assert await stream.error() == "RESYNC_REQUIRED"
    edited = await desk.act(
        "anna", "editCase", "case { subject }", caseId=case["id"], subject="x", unlessChangedSince=other
    )
    assert [(error["code"], error["field"]) for error in edited["errors"]] == [("CHANGED", ["unlessChangedSince"])]


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("mutation", with_fields_of("String"))
async def test_a_text_may_be_as_long_as_its_limit_and_not_longer(desk: Desk, mutation: str) -> None:
    for field in given(mutation, "String"):
        if (mutation, field) in CHOSEN:
            continue
        await desk.done(
            WHO[mutation], mutation, **{**await good_input(desk, mutation), field: of_length(field, LIMITS[field])}
        )
        good = await good_input(desk, mutation)
        before = await rows(desk)
        for more in (1, 1_000):
            too_long = {**good, field: of_length(field, LIMITS[field] + more)}
            error = await desk.refused(WHO[mutation], mutation, **too_long)
            assert (error["code"], error["field"]) == ("LIMIT", [field])
            assert f"{LIMITS[field]:,}" in error["message"]
        assert await rows(desk) == before


def test_the_limits_are_those_that_were_settled() -> None:
    assert {limit: LIMITS[limit] for limit in ("subject", "name", "reason", "description", "body", "resolution")} == {
        "subject": 500,
        "name": 250,
        "reason": 2_000,
        "description": 50_000,
        "body": 50_000,
        "resolution": 50_000,
    }


@pytest.mark.parametrize("mutation", with_fields_of("String"))
async def test_a_nul_is_refused_wherever_text_is_given(desk: Desk, mutation: str) -> None:
    good = await good_input(desk, mutation)
    before = await rows(desk)
    for field in given(mutation, "String"):
        for wrong in ("\0", "a\0b", "nobody@caseline.example\0"):
            error = await desk.refused(WHO[mutation], mutation, **{**good, field: wrong})
            assert (error["code"], error["field"]) == ("INVALID", [field])
    assert await rows(desk) == before


@pytest.mark.parametrize("mutation", with_fields_of("String"))
async def test_half_of_a_surrogate_pair_is_refused_wherever_text_is_given(desk: Desk, mutation: str) -> None:
    good = await good_input(desk, mutation)
    before = await rows(desk)
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    for field in given(mutation, "String"):
        for half in (r"\ud800", r"\udfff", r"a\ud83d b", r"\ude00\ud83d"):
            query = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
            body = json.dumps({"query": query, "variables": {"input": {**good, field: "HALF"}}}).replace("HALF", half)
            response = await desk.post(body.encode(), login=WHO[mutation])
            assert response.status_code == 400
            assert response.json()["errors"][0]["extensions"] == {"code": "INVALID"}
            others = ", ".join(f"{name}: {literal(value)}" for name, value in good.items() if name != field)
            query = f'mutation {{ {mutation}(input: {{{field}: "{half}" {others}}}) {{ errors {{ code }} }} }}'
            assert await desk.code(WHO[mutation], query) == "INVALID"
    assert await rows(desk) == before


LETTERS = ["\N{GRINNING FACE}", "ﷺ", "ß", "İ", "ŉ", "é", "\u0301", "\u202e", "%", "\\", "'", '"']
"""Some take four bytes, some become two or eighteen when they are made comparable."""


async def test_a_name_of_any_letters_is_kept_as_it_was_given(desk: Desk) -> None:
    for letter in LETTERS:
        sent = letter * text.NAME
        account = (await desk.done("anna", "addAccount", "account { id name }", name=sent))["account"]
        contact = await desk.done("anna", "addContact", "contact { name }", name=sent, accountId=account["id"])
        assert account["name"] == contact["contact"]["name"] == sent
        edited = await desk.done("anna", "editAccount", "account { name }", accountId=account["id"], name=letter)
        assert edited["account"]["name"] == letter
    names = "{ accounts(first: 50) { nodes { name } } contacts(first: 50) { nodes { name } } }"
    assert {letter * text.NAME for letter in LETTERS} <= {
        node["name"] for node in (await desk.run("anna", names))["contacts"]["nodes"]
    }


async def test_a_subject_of_any_letters_is_kept_as_it_was_given(desk: Desk) -> None:
    for letter in LETTERS:
        assert (await desk.register(subject=letter * text.SUBJECT))["subject"] == letter * text.SUBJECT


SEARCHES = [
    "cases(filter: {search: $s, includeFinal: true}) { nodes { id } }",
    "contacts(search: $s) { nodes { id } }",
    "accounts(search: $s) { nodes { id } }",
    "users(search: $s) { nodes { id } }",
    "case(by: {id: CASE}) { history(filter: {search: $s}) { nodes { id } } }",
]


@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_a_nul_is_refused_in_what_is_searched_for(desk: Desk, login: str) -> None:
    case = json.dumps((await desk.register())["id"])
    for sent in ("\0", "a\0b"):
        for query in (*SEARCHES, "case(by: {number: $s}) { id }", "contactsByPhone(phone: $s) { id }"):
            document = f"query($s: String!) {{ {query.replace('CASE', case)} }}"
            assert await desk.code(login, document, s=sent) == "INVALID"
        document = "subscription($s: String) { casesChanged(filter: {search: $s}) { cursor } }"
        async with desk.stream(login, document, s=sent) as stream:
            assert await stream.error() == "INVALID"


async def test_at_most_50_words_are_searched_for_at_once(desk: Desk) -> None:
    case = json.dumps((await desk.register())["id"])
    words = [f"word{number}" for number in range(51)]
    for query in SEARCHES:
        document = f"query($s: String) {{ {query.replace('CASE', case)} }}"
        await desk.run("anna", document, s=" ".join([*words[:50], *words[:50]]))
        assert await desk.code("anna", document, s=" ".join(words)) == "LIMIT"
        assert await desk.code("anna", document, s="a b c " + "x1 y2 " * 1_000 + " ".join(words)) == "LIMIT"


async def test_at_most_500_ids_are_named_in_a_filter(desk: Desk) -> None:
    for field in ("statusIds", "categoryIds", "assigneeIds", "assigneeGroupIds", "supportLineIds"):
        document = f"query($ids: [ID!]) {{ cases(filter: {{{field}: $ids}}) {{ totalCount }} }}"
        await desk.run("anna", document, ids=[f"User_{number}" for number in range(1, 501)])
        assert await desk.code("anna", document, ids=[f"User_{number}" for number in range(1, 502)]) == "LIMIT"


async def test_a_word_of_an_enum_may_be_named_any_number_of_times(desk: Desk) -> None:
    await desk.register()
    document = """query($p: [CasePriority!], $k: [HistoryKind!]) { cases(filter: {priorities: $p, includeFinal: true}) {
      totalCount nodes { history(filter: {kinds: $k}) { nodes { id } } } } }"""
    cases = (await desk.run("anna", document, p=["MEDIUM"] * 40_000, k=["SYSTEM"] * 10_000))["cases"]
    assert (cases["totalCount"], len(cases["nodes"][0]["history"]["nodes"])) == (1, 1)


async def test_anything_else_can_be_searched_for(desk: Desk) -> None:
    await desk.register()
    document = """query($s: String) { cases(filter: {search: $s, includeFinal: true}) { totalCount }
      contacts(search: $s) { nodes { id } } accounts(search: $s) { nodes { id } }
      users(search: $s) { nodes { id } } }"""
    for sent in ("", " ", "%", "\\", "'", '"', "*", "(", "\n", "\u202e"):
        assert (await desk.run("anna", document, s=sent))["cases"]["totalCount"] == 1
    for sent in ("_", "' OR 1=1 --", "%printer%", "a" * 5_000, "é" * 500, "ﷺ"):
        assert (await desk.run("anna", document, s=sent))["cases"]["totalCount"] == (1 if "printer" in sent else 0)


@pytest.mark.parametrize("field", ["fromAt", "toAt"])
async def test_a_wrong_instant_is_invalid(desk: Desk, field: str) -> None:
    case = (await desk.register())["id"]
    document = f"""query($at: DateTime) {{ case(by: {{id: "{case}"}}) {{
      history(filter: {{{field}: $at}}) {{ nodes {{ id }} }} }} }}"""
    wrong: list[Any] = [7, 1.5, True, [], {}, 10**30, "", "soon", "2026-01-01", "2026-01-01T00:00:00", "\0"]
    for sent in [*wrong, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]:
        assert await desk.code("anna", document, at=sent) == "INVALID"
        literal = document.replace("query($at: DateTime) ", "").replace("$at", json.dumps(sent))
        assert await desk.code("anna", literal) == "INVALID"


async def test_the_first_and_the_last_instant_can_be_asked_for(desk: Desk) -> None:
    case = (await desk.register())["id"]
    document = """query($id: ID!, $a: DateTime, $b: DateTime) { case(by: {id: $id}) {
      history(filter: {fromAt: $a, toAt: $b}) { nodes { id } } } }"""
    data = await desk.run("anna", document, id=case, a="0001-01-01T00:00:00Z", b="9999-12-31T23:59:59.999999Z")
    assert len(data["case"]["history"]["nodes"]) == 1


async def test_a_word_that_is_not_of_its_enum_is_invalid(desk: Desk) -> None:
    document = "query($p: [CasePriority!]) { cases(filter: {priorities: $p}) { totalCount } }"
    wrong: list[Any] = ["URGENT", "", "low", 1, None, [], "LOW\0"]
    for sent in wrong:
        assert await desk.code("anna", document, p=[sent]) == "INVALID"


async def test_what_is_no_address_is_invalid(desk: Desk) -> None:
    for email in ("vera", "vera@", "@caseline.example", "a@b@c", "a b@c", "a@b c", "a\n@b"):
        error = await desk.refused("anna", "addContact", name="Mia Fern", email=email)
        assert (error["code"], error["field"]) == ("INVALID", ["email"])


async def test_at_most_50_colleagues_are_mentioned(desk: Desk) -> None:
    case = (await desk.register())["id"]
    await desk.done("anna", "postToFeed", caseId=case, body="All of you", mentionIds=[desk.ids["ben"]] * 50)
    before = await rows(desk)
    error = await desk.refused("anna", "postToFeed", caseId=case, body="You", mentionIds=[desk.ids["ben"]] * 51)
    assert (error["code"], error["field"]) == ("LIMIT", ["mentionIds"])
    assert await rows(desk) == before


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_an_input_of_another_shape_is_invalid_and_nothing_is_changed(desk: Desk, mutation: str) -> None:
    good = await good_input(desk, mutation)
    before = await rows(desk)
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    for wrong in (None, 7, "x", True, [1], [], {**good, "generation": 7}, {**good, "id": "Case_1"}):
        assert await desk.code("anna", document, input=wrong) == "INVALID"
    for field in good:
        assert await desk.code("anna", document, input={**good, field: {"a": 1}}) == "INVALID"
        assert await desk.code("anna", document, input={**good, field: [[1]]}) == "INVALID"
    assert await rows(desk) == before


async def test_the_desk_has_a_word_for_any_body_at_all(desk: Desk) -> None:
    for body in (b"", b"null", b"7", b'"x"', b"[]", b"{}", b"\xff", b"[" * 10_000):
        response = await desk.post(body, login="anna")
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"] == {"code": "INVALID"}


# ---------------------------------------------------------------- faults of ours


async def break_table(desk: Desk, table: str) -> None:
    """Takes a table away under the running desk."""
    with desk.database():
        await store.Entry._meta.db.execute_script(f"ALTER TABLE {table} RENAME TO {table}_gone")


def masked(error: dict[str, Any], logged: list[Any]) -> None:
    """The client reads an id and nothing else; the log has the whole under that id."""
    assert error["extensions"]["code"] == "INTERNAL"
    [entry] = [entry for entry in logged if entry.get("error_id") == error["extensions"]["errorId"]]
    assert entry["log_level"] == "error"
    told = json.dumps(error)
    for word in ("notification", "case_watch", "relation", "table", "SELECT", "gql/", "Traceback"):
        assert word not in told.replace(json.dumps(error.get("path")), "")
    assert "no such table" in str(entry["exc_info"]) or "does not exist" in str(entry["exc_info"])


async def test_a_fault_in_a_query_is_masked_and_its_id_is_in_the_log(desk: Desk) -> None:
    await break_table(desk, "notification")
    with capture_logs() as logged:
        answer = await desk.answer("anna", "{ viewer { unreadCount } }")
    [error] = answer["errors"]
    masked(error, list(logged))
    assert (await desk.run("anna", "{ viewer { user { name } } }"))["viewer"]["user"] == {"name": "Anna Weber"}


async def test_a_fault_in_a_mutation_is_masked_and_nothing_is_done(desk: Desk) -> None:
    case = (await desk.register())["id"]
    before = await rows(desk)
    await break_table(desk, "case_watch")
    document = f'mutation {{ takeCase(input: {{caseId: "{case}"}}) {{ case {{ id }} errors {{ code }} }} }}'
    with capture_logs() as logged:
        answer = await desk.answer("anna", document)
    [error] = answer["errors"]
    masked(error, list(logged))
    with desk.database():
        await store.Entry._meta.db.execute_script("ALTER TABLE case_watch_gone RENAME TO case_watch")
    assert await rows(desk) == before
    await desk.done("anna", "takeCase", caseId=case)


async def test_a_fault_in_a_stream_is_masked_and_ends_it(desk: Desk) -> None:
    with capture_logs() as logged:
        async with desk.stream("ben", "subscription { notificationReceived { id } }") as stream:
            await break_table(desk, "notification")
            await desk.answer("anna", REGISTER, input={"subject": "It burns", "contactId": desk.ids["vera"]})
            message = await stream.message()
    assert message["type"] == "error"
    masked(message["payload"][0], list(logged))


async def test_a_fault_before_anything_is_executed_is_masked_too(desk: Desk) -> None:
    await break_table(desk, "login")
    with capture_logs() as logged:
        response = await desk.post({"query": "{ viewer { unreadCount } }"}, login="anna")
    assert response.status_code == 503
    masked(response.json()["errors"][0], list(logged))
