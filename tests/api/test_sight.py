"""Who may see what: by every way to read, employees, customers, agents of their own groups only, and nobody at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.expressions import Q

from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.events.cases import RatingRequested
from gql.settings import Settings
from gql.store import Group, database
from tests.api.setting_up import row_id, with_setting
from tests.running import Desk, app_lookups, running

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
ENTRIES = "history(first: 100) { nodes { __typename id case { id } } }"
NOTIFICATIONS = "{ viewer { unreadCount notifications { nodes { id reason entry { case { number } } } } } }"
NEWEST = "{ cases(first: 1, filter: {}, orderBy: {field: CHANGED_AT}) { nodes { id assigneeGroup { name } } } }"
CASES = "query($filter: CaseFilter) { cases(filter: $filter) { totalCount nodes { subject } } }"

SEEN_BY: dict[str, set[str]] = {
    "Account": {"anna", "vera"},
    "Contact": {"anna", "vera"},
    "Case": {"anna", "vera"},
    "CaseStatus": {"anna", "vera", "paul"},
    "CaseCategory": {"anna", "vera", "paul"},
    "ClosureCode": {"anna", "vera", "paul"},
    "SatisfactionLevel": {"anna", "vera", "paul"},
    "Group": {"anna"},
    "SupportLine": {"anna"},
    "User": {"anna"},
    "Notification": {"vera"},
    "CaseWatch": {"anna"},
    "OutOfOffice": {"anna"},
    "CaseRegistered": {"anna", "vera"},
    "CaseEdited": {"anna", "vera"},
    "CaseStatusChanged": {"anna", "vera"},
    "CaseAssigned": {"anna"},
    "CaseEscalated": {"anna"},
    "CaseRated": {"anna", "vera"},
    "RatingRequested": {"anna", "vera"},
    "CaseReclassified": {"anna", "vera"},
    "CaseParentChanged": {"anna"},
    "CaseChildAdded": {"anna"},
    "CaseChildRemoved": {"anna"},
    "CaseLinked": {"anna"},
    "CaseMerged": {"anna"},
    "CaseUnlinked": {"anna"},
    "CaseLink": {"anna"},
    "FeedPost": {"anna"},
    "PortalMessage": {"anna", "vera"},
    "CaseComplainedAbout": {"anna", "vera"},
    "FeedPostEdited": {"anna"},
    "FeedPostRemoved": {"anna"},
    "FeedPostLiked": {"anna"},
    "PortalMessageEdited": {"anna", "vera"},
    "PortalMessageRemoved": {"anna", "vera"},
    "PortalMessageHidden": {"anna", "vera"},
    "PortalMessageShown": {"anna", "vera"},
    "FormerText": {"otto"},
    "Call": {"anna"},
    "Task": {"anna"},
    "TaskAdded": {"anna"},
    "TaskChanged": {"anna"},
    "TaskEnded": {"anna"},
    "AuditEntry": {"otto"},
}
"""Every type of the schema that has an id, and who sees the one of vera's case (of the notifications, vera's own)."""

QUESTIONS = {
    "node": '{ node(id: "CaseStatus_1") { id } }',
    "case": '{ case(by: {number: "SR00000001"}) { id } }',
    "cases": "{ cases { totalCount } }",
    "tasks": "{ tasks { nodes { id } } }",
    "contacts": "{ contacts { nodes { id } } }",
    "contactsByPhone": '{ contactsByPhone(phone: "1") { id } }',
    "accounts": "{ accounts { nodes { id } } }",
    "users": "{ users { nodes { id } } }",
    "mentionSuggestions": '{ mentionSuggestions(caseId: "Case_1") { id } }',
    "dashboard": "{ dashboard(period: TODAY) { open } }",
    "viewer": "{ viewer { timeZone } }",
    "lookups": "{ lookups { caseStatuses { id } } }",
    "settings": "{ settings { code } }",
    "auditTrail": "{ auditTrail { nodes { id } } }",
}
"""A question to each field of Query."""

WITHOUT_A_LOGIN = {"ratingAsked"}
"""Fields of Query that a letter's token is enough for."""

STREAMS = {
    "caseHistoryAdded": "subscription { caseHistoryAdded { id } }",
    "feedPostAdded": "subscription { feedPostAdded { id } }",
    "portalMessageAdded": "subscription { portalMessageAdded { id } }",
    "casesChanged": "subscription { casesChanged { caseId } }",
    "notificationReceived": "subscription { notificationReceived { id } }",
    "lookupsChanged": "subscription { lookupsChanged { cursor } }",
    "unreadCountChanged": "subscription { unreadCountChanged { count } }",
    "dashboardChanged": "subscription { dashboardChanged(period: TODAY) { open } }",
    "presenceChanged": 'subscription { presenceChanged(caseId: "Case_1") { people { doing } } }',
}


FAR_OFF = "2100-01-01T00:00:00Z"


async def much_happened(desk: Desk) -> dict[str, Any]:
    """A case of vera's, to which all that can happen did."""
    ids = desk.ids
    case = await desk.register("vera", subject="Broken door")
    await desk.done("vera", "watchCase", caseId=case["id"], watch=True)
    await desk.done("anna", "assignCase", caseId=case["id"], assigneeId=ids["ben"])
    await desk.done("anna", "escalateCase", caseId=case["id"], supportLineId=ids["line 2"], assigneeId=ids["anna"])
    await desk.done("anna", "editCase", caseId=case["id"], priority="HIGH")
    await desk.done("anna", "postToFeed", caseId=case["id"], body="Bring a ladder.", mentionIds=[ids["ben"]])
    await desk.done("anna", "postToPortal", caseId=case["id"], body="We are coming.")
    await desk.done("anna", "reclassifyCase", caseId=case["id"], categoryId=ids["CONSULTATION"])
    other = await desk.register("anna", contactId=ids["paul"])
    await desk.done("anna", "editCase", caseId=case["id"], parentId=other["id"])
    part = await desk.register("anna", contactId=ids["paul"])
    for parent in (case["id"], None):
        await desk.done("anna", "editCase", caseId=part["id"], parentId=parent)
    joined = await desk.register("anna", contactId=ids["paul"])
    await desk.done("dora", "mergeCases", caseId=joined["id"], intoCaseId=case["id"])
    for kind in ("CAUSED_BY", "RELATED"):
        await desk.done("anna", "linkCases", caseId=case["id"], toCaseId=other["id"], kind=kind)
    await desk.done("anna", "unlinkCases", caseId=case["id"], toCaseId=other["id"], kind="RELATED")
    call = {"direction": "OUTGOING", "result": "Comes at noon.", "contactId": ids["vera"]}
    await desk.done("anna", "recordCall", caseId=case["id"], **call)
    given = {"caseId": case["id"], "title": "Find a ladder"}
    task = (await desk.done("anna", "addTask", "task { id }", **given))["task"]["id"]
    await desk.done("anna", "editTask", taskId=task, ownerId=ids["ben"])
    await desk.done("ben", "completeTask", taskId=task, result="It was on loan.")
    await desk.done("anna", "changeCaseStatus", caseId=case["id"], statusId=ids["WAITING"], reason="Ladder on loan.")
    return case


async def rewrite_everything(desk: Desk, case: str) -> None:
    """Posts and messages on a case that do not stay as they were."""
    post = (await desk.done("anna", "postToFeed", "feedPost { id }", caseId=case, body="A short one."))["feedPost"]
    await desk.done("ben", "likePost", postId=post["id"], like=True)
    await desk.done("ben", "commentOnPost", postId=post["id"], body="A long one.")
    await desk.done("anna", "editPost", postId=post["id"], body="A long one.")
    await desk.done("anna", "removePost", postId=post["id"])
    of = {"caseId": case, "body": "At noon."}
    message = (await desk.done("anna", "postToPortal", "portalMessage { id }", **of))["portalMessage"]["id"]
    await desk.done("vera", "complain", caseId=case, body="Still no ladder.")
    await desk.done("dora", "hideMessage", messageId=message)
    await desk.done("dora", "showMessage", messageId=message)
    await desk.done("anna", "editMessage", messageId=message, body="At one.")
    await desk.done("anna", "removeMessage", messageId=message)


async def ask_for_a_grade(desk: Desk, case: str) -> None:
    """What the desk does in the night after a day without a grade."""
    with desk.database():
        async with unit_of_work(DESK, datetime.now(UTC), app_lookups(desk), ring=lambda: None) as work:
            [row] = await work.all_cases(Q(id=row_id(case)))
            work.record(row, RatingRequested())


async def one_of_each(desk: Desk) -> dict[str, str]:
    """An id for each type that has ids: vera's, or of her case."""
    case = await much_happened(desk)
    await rewrite_everything(desk, case["id"])
    await desk.done("vera", "rateCase", by={"caseId": case["id"]}, levelId=desk.ids["Good"], comment="Quick so far.")
    await ask_for_a_grade(desk, case["id"])
    shown = (await desk.case("anna", case["id"], ENTRIES))["history"]["nodes"]
    nodes = [node for node in shown if node["case"]["id"] == case["id"]]
    told = (await desk.run("vera", NOTIFICATIONS))["viewer"]["notifications"]["nodes"]
    watches = (await desk.case("anna", case["id"], "watchers { nodes { id } }"))["watchers"]["nodes"]
    away = await desk.done(
        "anna", "setOutOfOffice", "user { outOfOffice { id } }", fromAt=FAR_OFF, untilAt="2100-01-02T00:00:00Z"
    )
    await desk.done("otto", "changeSetting", code="DefaultTimeZone", value="Europe/Oslo")
    audited = (await desk.run("otto", "{ auditTrail(first: 1) { nodes { id } } }"))["auditTrail"]["nodes"]
    return {
        "AuditEntry": audited[0]["id"],
        **{node["__typename"]: node["id"] for node in nodes},
        "FormerText": "FormerText_1",
        "Task": (await desk.case("anna", case["id"], "tasks { nodes { id } }"))["tasks"]["nodes"][0]["id"],
        "CaseLink": (await desk.case("anna", case["id"], "links { id }"))["links"][0]["id"],
        "Account": desk.ids["account of Vera Lindqvist"],
        "Contact": desk.ids["vera"],
        "Case": case["id"],
        "CaseStatus": desk.ids["NEW"],
        "CaseCategory": desk.ids["INCIDENT"],
        "ClosureCode": desk.ids["No fault found"],
        "SatisfactionLevel": desk.ids["Good"],
        "Group": desk.ids["group First line"],
        "SupportLine": desk.ids["line 1"],
        "User": desk.ids["anna"],
        "Notification": told[0]["id"],
        "CaseWatch": watches[0]["id"],
        "OutOfOffice": away["user"]["outOfOffice"]["id"],
    }


def never_given(id: str) -> str:
    return f"{id.partition('_')[0]}_987654321"


# ---------------------------------------------------------------- any object by its id


@pytest.mark.rule("R-160")
async def test_each_object_is_seen_by_its_id_by_those_who_may_see_it_and_nobody_else(desk: Desk) -> None:
    ids = await one_of_each(desk)
    assert ids.keys() == SEEN_BY.keys()
    for login in ("anna", "vera", "paul"):
        seen = {type for type, id in ids.items() if (await desk.run(login, NODE, id=id))["node"] is not None}
        assert seen == {type for type, logins in SEEN_BY.items() if login in logins}, login


@pytest.mark.rule("R-160")
async def test_an_object_that_is_asked_for_by_its_id_is_the_one_that_was_meant(desk: Desk) -> None:
    for type, id in (await one_of_each(desk)).items():
        login = {"Notification": "vera", "AuditEntry": "otto", "FormerText": "otto"}.get(type, "anna")
        assert (await desk.run(login, NODE, id=id))["node"] == {"__typename": type, "id": id}


@pytest.mark.rule("R-160")
async def test_nobody_sees_an_object_without_a_token(desk: Desk) -> None:
    ids = await one_of_each(desk)
    for id in [*ids.values(), *(never_given(id) for id in ids.values()), "", "nonsense"]:
        answer = await desk.answer(None, NODE, id=id)
        assert (answer["data"], answer["errors"][0]["extensions"]["code"]) == ({"node": None}, "UNAUTHENTICATED"), id


async def test_every_type_with_an_id_is_in_the_table(desk: Desk) -> None:
    schema = await desk.run(None, '{ __type(name: "Node") { possibleTypes { name } } }')
    assert {type["name"] for type in schema["__type"]["possibleTypes"]} == SEEN_BY.keys()


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-48")
async def test_a_notification_is_seen_by_the_one_it_is_for_only(desk: Desk) -> None:
    await desk.register(assigneeId=desk.ids["ben"])
    [told] = (await desk.run("ben", NOTIFICATIONS))["viewer"]["notifications"]["nodes"]
    for login in ("anna", "dora", "otto", "vera"):
        assert await desk.run(login, NODE, id=told["id"]) == {"node": None}
    assert (await desk.run("ben", NODE, id=told["id"]))["node"]["id"] == told["id"]


# ---------------------------------------------------------------- without a token


@pytest.mark.rule("R-160")
async def test_no_question_and_no_stream_is_answered_without_a_token(desk: Desk) -> None:
    await much_happened(desk)
    for question in QUESTIONS.values():
        assert await desk.code(None, question) == "UNAUTHENTICATED", question
    for document in STREAMS.values():
        async with desk.socket() as socket:
            stream = await socket.subscribe(document)
            assert await stream.error() == "UNAUTHENTICATED", document


async def test_every_question_and_every_stream_of_the_schema_is_asked_here(desk: Desk) -> None:
    schema = await desk.run(None, "{ __schema { queryType { fields { name } } subscriptionType { fields { name } } } }")
    roots = schema["__schema"]
    assert {field["name"] for field in roots["queryType"]["fields"]} - WITHOUT_A_LOGIN == QUESTIONS.keys()
    assert {field["name"] for field in roots["subscriptionType"]["fields"]} == STREAMS.keys()


# ---------------------------------------------------------------- what customers see


@pytest.mark.rule("R-160")
async def test_customers_read_null_for_who_works_on_their_case(desk: Desk) -> None:
    case = await much_happened(desk)
    show = "assignee { id } assigneeGroup { id } supportLine { id } nextStatuses { id } viewerActions"
    seen = await desk.case("vera", case["id"], show)
    assert seen == {
        "assignee": None,
        "assigneeGroup": None,
        "supportLine": None,
        "nextStatuses": [],
        "viewerActions": ["CANCEL", "POST_TO_PORTAL", "RATE", "COMPLAIN"],
    }
    assert (await desk.case("ben", case["id"], show))["assignee"] == {"id": desk.ids["anna"]}


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-65")
async def test_customers_see_what_is_for_them_of_a_history_and_employees_by_name_only(desk: Desk) -> None:
    case = await much_happened(desk)
    show = "__typename audience actor { __typename name ... on User { email } } ... on CaseStatusChanged { reason }"
    anna = {"__typename": "Staff", "name": "Anna Weber"}
    vera = {"__typename": "Contact", "name": "Vera Lindqvist"}
    assert await desk.history("vera", case["id"], show) == [
        {"__typename": "CaseRegistered", "audience": "CUSTOMER", "actor": vera},
        {"__typename": "CaseEdited", "audience": "CUSTOMER", "actor": anna},
        {"__typename": "PortalMessage", "audience": "CUSTOMER", "actor": anna},
        {"__typename": "CaseReclassified", "audience": "CUSTOMER", "actor": anna},
        {"__typename": "CaseStatusChanged", "audience": "CUSTOMER", "actor": anna, "reason": None},
    ]
    assert {entry["audience"] for entry in await desk.history("anna", case["id"], show)} == {"STAFF", "CUSTOMER"}


@pytest.mark.rule("R-160")
async def test_customers_find_themselves_alone_among_people_and_nobody_at_the_desk(desk: Desk) -> None:
    await desk.done("anna", "addContact", name="Vida Lindqvist", accountId=desk.ids["account of Vera Lindqvist"])
    document = """query($account: ID, $group: ID, $line: ID) {
      contacts { nodes { name } }  of: contacts(accountId: $account) { nodes { name } }
      accounts { nodes { name contacts { nodes { name } } } }
      users { nodes { name } }  members: users(groupId: $group) { nodes { name } }
      workers: users(supportLineId: $line) { nodes { name } }
      lookups { groups { id } supportLines { id } } }"""
    given = {"group": desk.ids["group First line"], "line": desk.ids["line 1"]}
    vera, hers = {"name": "Vera Lindqvist"}, desk.ids["account of Vera Lindqvist"]
    assert await desk.run("vera", document, account=hers, **given) == {
        "contacts": {"nodes": [vera]},
        "of": {"nodes": [vera]},
        "accounts": {"nodes": [{"name": "Westhaven Hospital", "contacts": {"nodes": [vera]}}]},
        "users": {"nodes": []},
        "members": {"nodes": []},
        "workers": {"nodes": []},
        "lookups": {"groups": [], "supportLines": []},
    }
    seen = await desk.run("anna", document, account=hers, **given)
    assert [len(seen[name]["nodes"]) for name in ("contacts", "of", "accounts", "users")] == [4, 2, 2, 5]


@pytest.mark.rule("R-160")
async def test_customers_do_not_see_their_colleagues_cases(desk: Desk) -> None:
    account = desk.ids["account of Vera Lindqvist"]
    added = await desk.done("anna", "addContact", "contact { id }", name="Vida Lindqvist", accountId=account)
    theirs = await desk.register(subject="Vida's", contactId=added["contact"]["id"])
    await desk.register(subject="the account's", contactId=None, accountId=account)
    await desk.register(subject="Vera's")

    assert await desk.case("vera", theirs["id"], "id") is None
    nested = "query($id: ID!) { node(id: $id) { ... on Account { cases { totalCount nodes { subject } } } } }"
    seen = await desk.run("vera", nested, id=account)
    assert seen["node"]["cases"] == {"totalCount": 1, "nodes": [{"subject": "Vera's"}]}
    assert (await desk.run("anna", nested, id=account))["node"]["cases"]["totalCount"] == 3


@pytest.mark.rule("R-160")
async def test_an_account_that_is_no_longer_the_customers_is_null_where_it_is_referred_to(desk: Desk) -> None:
    case = await desk.register("vera")
    before = await desk.case("vera", case["id"], "account { name }")
    await desk.done("anna", "editContact", contactId=desk.ids["vera"], accountId=desk.ids["account of Paul Okafor"])
    show = "account { name } contact { name account { name } }"
    assert before == {"account": {"name": "Westhaven Hospital"}}
    assert await desk.case("vera", case["id"], show) == {
        "account": None,
        "contact": {"name": "Vera Lindqvist", "account": {"name": "Okafor Bakeries"}},
    }
    assert (await desk.case("anna", case["id"], show))["account"] == {"name": "Westhaven Hospital"}


@pytest.mark.rule("R-160")
async def test_another_customer_who_wrote_on_the_case_is_not_named(desk: Desk) -> None:
    case = await desk.register("paul", subject="Oven")
    await desk.done("paul", "postToPortal", caseId=case["id"], body="It smokes.")
    await desk.done("anna", "editCase", caseId=case["id"], contactId=desk.ids["vera"])
    show = "actor { __typename name } summary ... on CaseEdited { changes { field before after } }"
    other = {"__typename": "OtherContact", "name": "Another contact"}
    assert [entry["actor"] for entry in await desk.history("vera", case["id"], show)] == [
        other,
        other,
        {"__typename": "Staff", "name": "Anna Weber"},
    ]
    edited = (await desk.history("vera", case["id"], show))[-1]
    assert edited["changes"] == []
    changed = [change["field"] for change in (await desk.history("anna", case["id"], show))[-1]["changes"]]
    assert changed == ["contact", "account"]


@pytest.mark.rule("R-160")
async def test_what_left_a_customers_sight_leaves_their_notifications_and_the_count_of_them(desk: Desk) -> None:
    kept, gone = await much_happened(desk), await much_happened(desk)
    before = (await desk.run("vera", NOTIFICATIONS))["viewer"]
    await desk.done("anna", "editCase", caseId=gone["id"], contactId=desk.ids["paul"])
    after = (await desk.run("vera", NOTIFICATIONS))["viewer"]
    assert (before["unreadCount"], after["unreadCount"]) == (8, 4)
    assert {told["entry"]["case"]["number"] for told in after["notifications"]["nodes"]} == {kept["number"]}
    left_over = [told["id"] for told in before["notifications"]["nodes"] if told not in after["notifications"]["nodes"]]
    assert len(left_over) == 4
    for id in left_over:
        assert await desk.run("vera", NODE, id=id) == {"node": None}


# ---------------------------------------------------------------- foreign is absent


@pytest.mark.rule("R-161")
async def test_a_foreign_object_is_answered_like_one_that_was_never_there(desk: Desk) -> None:
    for type, id in (await one_of_each(desk)).items():
        if "paul" not in SEEN_BY[type]:
            answers = [
                await desk.post({"query": NODE, "variables": {"id": i}}, login="paul") for i in (id, never_given(id))
            ]
            assert answers[0].content == answers[1].content == b'{"data":{"node":null}}'


@pytest.mark.rule("R-161")
async def test_a_foreign_case_is_answered_like_one_that_was_never_there_by_every_question(desk: Desk) -> None:
    case = await much_happened(desk)
    foreign = {"id": case["id"], "number": case["number"], "contact": desk.ids["vera"]}
    absent = {"id": "Case_987654321", "number": "SR09999999", "contact": "Contact_987654321"}
    document = """query($id: ID!, $number: String!, $contact: ID!) {
      byId: case(by: {id: $id}) { id }  byNumber: case(by: {number: $number}) { id }
      listed: cases(filter: {contactId: $contact}) { totalCount nodes { id } }
      searched: cases(filter: {search: $number}) { totalCount nodes { id } } }"""
    seen = await desk.run("paul", document, **foreign)
    nothing = {"totalCount": 0, "nodes": []}
    assert seen == await desk.run("paul", document, **absent)
    assert seen == {"byId": None, "byNumber": None, "listed": nothing, "searched": nothing}


@pytest.mark.rule("R-161")
async def test_a_stream_of_a_foreign_case_is_refused_like_one_of_a_case_that_was_never_there(desk: Desk) -> None:
    case = await much_happened(desk)
    for field in ("caseHistoryAdded", "feedPostAdded", "portalMessageAdded"):
        document = f"subscription($id: ID!) {{ {field}(caseId: $id) {{ id }} }}"
        payloads = []
        for id in (case["id"], never_given(case["id"]), "nonsense"):
            async with desk.stream("paul", document, id=id) as stream:
                message = await stream.message()
                assert message["type"] == "error"
                payloads.append(message["payload"])
        assert payloads[0] == payloads[1] == payloads[2]
        assert payloads[0][0]["extensions"]["code"] == "NOT_FOUND"


# ---------------------------------------------------------------- agents who see their own groups' cases only


@pytest.fixture
async def narrow_desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk whose agents see their own cases, their groups' and nobody's: anna works in the first line's group."""
    async with database.opened(settings.database_url):
        await with_setting("AgentSight", "OWN_GROUPS")()
    async with running(settings) as desk:
        yield desk


async def cases_of_groups(desk: Desk) -> dict[str, dict[str, Any]]:
    """A case for each way in which anna may see it or not."""
    ids = desk.ids
    given = {
        "mine": {"assigneeId": ids["anna"], "assigneeGroupId": ids["group Second line"]},
        "my group's": {"assigneeId": ids["ben"], "assigneeGroupId": ids["group First line"]},
        "nobody's": {"assigneeId": ids["ben"]},
        "theirs": {"assigneeId": ids["ben"], "assigneeGroupId": ids["group Second line"]},
        "theirs, free": {"assigneeGroupId": ids["group Second line"]},
    }
    return {subject: await desk.register("dora", subject=subject, **input) for subject, input in given.items()}


IN_SIGHT = ["nobody's", "my group's", "mine"]


@pytest.mark.rule("R-160")
async def test_agents_who_see_their_own_groups_cases_see_no_others_by_any_way(narrow_desk: Desk) -> None:
    desk = narrow_desk
    cases = await cases_of_groups(desk)
    for subject, case in cases.items():
        await desk.done("dora", "postToFeed", caseId=case["id"], body=f"About {subject}: weasel.")
        seen = subject in IN_SIGHT
        entries = (await desk.case("dora", case["id"], ENTRIES))["history"]["nodes"]
        assert (await desk.case("anna", case["id"], "id") is not None) == seen
        for id in [case["id"], *(entry["id"] for entry in entries)]:
            assert ((await desk.run("anna", NODE, id=id))["node"] is not None) == seen
    for filter in ({}, {"search": "weasel"}, {"assigneeIds": [desk.ids["ben"], desk.ids["anna"]]}):
        page = (await desk.run("anna", CASES, filter=filter))["cases"]
        assert [node["subject"] for node in page["nodes"]] == IN_SIGHT
        assert page["totalCount"] == 3
    nested = "query($id: ID!) { node(id: $id) { ... on Contact { cases { totalCount } } } }"
    assert (await desk.run("anna", nested, id=desk.ids["vera"]))["node"]["cases"]["totalCount"] == 3


@pytest.mark.rule("R-160")
async def test_supervisors_and_administrators_see_all_cases_whatever_agents_see(narrow_desk: Desk) -> None:
    cases = await cases_of_groups(narrow_desk)
    for login in ("dora", "otto"):
        assert (await narrow_desk.run(login, CASES, filter={}))["cases"]["totalCount"] == len(cases)


@pytest.mark.rule("R-160")
async def test_an_agent_who_is_in_no_group_sees_their_own_and_nobodys_cases(narrow_desk: Desk) -> None:
    desk = narrow_desk
    with desk.database():
        await (await Group.get(name="First line")).members.clear()
    await cases_of_groups(desk)
    page = (await desk.run("anna", CASES, filter={}))["cases"]
    assert [node["subject"] for node in page["nodes"]] == ["nobody's", "mine"]


@pytest.mark.rule("R-161")
async def test_a_case_out_of_an_agents_sight_is_answered_like_one_that_was_never_there(narrow_desk: Desk) -> None:
    desk = narrow_desk
    theirs = (await cases_of_groups(desk))["theirs"]
    for mutation, input in (("takeCase", {}), ("postToFeed", {"body": "x"}), ("editCase", {"subject": "x"})):
        refusals = [await desk.refused("anna", mutation, caseId=id, **input) for id in (theirs["id"], "Case_987654321")]
        assert refusals[0] == refusals[1]
        assert (refusals[0]["code"], refusals[0]["field"]) == ("NOT_FOUND", ["caseId"])


KEEPING = {
    *("takeCase", "editCase", "reclassifyCase", "resolveCase", "cancelCase", "watchCase", "linkCases", "unlinkCases"),
    "rateCase",  # of employees only supervisors may, who see all cases
}
"""Mutations that show a case and give it to nobody else."""


def leading_away(ids: dict[str, str]) -> dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """How anna loses sight of a case by each mutation that can do so: how the case is before, and the input."""
    to_second = {"assigneeGroupId": ids["group Second line"]}
    hers = {"assigneeId": ids["anna"]}
    return {
        "registerCase": [({}, {"subject": "For the second line", "contactId": ids["vera"], **to_second})],
        "assignCase": [
            (hers, {"assigneeId": ids["ben"], **to_second}),
            (hers, {"assigneeId": None, **to_second}),
            ({**hers, **to_second}, {"assigneeId": ids["ben"]}),
            ({**hers, **to_second}, {"assigneeId": None}),
        ],
        "escalateCase": [
            (hers, {"supportLineId": ids["line 2"], **to_second}),
            (hers, {"supportLineId": ids["line 2"], "assigneeId": ids["ben"], **to_second}),
        ],
        "changeCaseStatus": [
            ({**hers, **to_second}, {"statusId": ids["IN_PROGRESS"], "assigneeId": ids["ben"]}),
        ],
        "reopenCase": [({"line": ids["line 2"]}, {})],  # its line's first group gets it
        "complain": [({**hers, **to_second}, {"body": "He is angry."})],  # the complaint goes to the case's group
    }


@pytest.mark.rule("R-163")
async def test_an_action_that_takes_the_case_out_of_ones_own_sight_succeeds_without_a_case(narrow_desk: Desk) -> None:
    desk = narrow_desk
    for mutation, ways in leading_away(desk.ids).items():
        for before, input in ways:
            line = before.pop("line", None)
            case = await desk.register("dora", **before)
            if line is not None:
                second = {"supportLineId": line, "assigneeId": desk.ids["ben"]}
                await desk.done("dora", "escalateCase", caseId=case["id"], **second)
                nobodys = {"assigneeId": None, "assigneeGroupId": None}
                await desk.done("dora", "assignCase", caseId=case["id"], **nobodys)
                await desk.done("dora", "changeCaseStatus", caseId=case["id"], statusId=desk.ids["WAITING"])
            assert await desk.case("anna", case["id"], "id") is not None
            given = input if mutation == "registerCase" else {"caseId": case["id"], **input}
            assert await desk.act("anna", mutation, "case { id }", **given) == {"errors": [], "case": None}, mutation
            [new] = (await desk.run("dora", NEWEST))["cases"]["nodes"]
            assert new["assigneeGroup"] == {"name": "Second line"}, mutation
            assert await desk.case("anna", new["id"], "id") is None


async def test_every_mutation_that_shows_a_case_is_tried_or_keeps_it_in_sight(narrow_desk: Desk) -> None:
    document = "{ __schema { mutationType { fields { name type { ofType { fields { name } } } } } } }"
    fields = (await narrow_desk.run(None, document))["__schema"]["mutationType"]["fields"]
    showing = {field["name"] for field in fields if "case" in {of["name"] for of in field["type"]["ofType"]["fields"]}}
    assert showing == leading_away(narrow_desk.ids).keys() | KEEPING


@pytest.mark.rule("R-163")
async def test_an_action_that_keeps_the_case_in_sight_answers_it(narrow_desk: Desk) -> None:
    ids = narrow_desk.ids
    case = await narrow_desk.register("anna", assigneeId=ids["anna"])
    done = await narrow_desk.done(
        "anna",
        "escalateCase",
        "case { assigneeGroup { name } supportLine { level } }",
        caseId=case["id"],
        supportLineId=ids["line 2"],
        assigneeGroupId=ids["group First line"],
    )
    assert done["case"] == {"assigneeGroup": {"name": "First line"}, "supportLine": {"level": 2}}


@pytest.mark.rule("R-160")
async def test_what_left_an_agents_sight_leaves_their_notifications_and_comes_back_with_it(narrow_desk: Desk) -> None:
    desk, ids = narrow_desk, narrow_desk.ids
    case = await desk.register("dora", assigneeId=ids["anna"])
    second: dict[str, Any] = {"assigneeId": None, "assigneeGroupId": ids["group Second line"]}

    async def count() -> tuple[int, int]:
        viewer = (await desk.run("anna", NOTIFICATIONS))["viewer"]
        return viewer["unreadCount"], len(viewer["notifications"]["nodes"])

    assert await count() == (1, 1)
    await desk.done("dora", "assignCase", caseId=case["id"], **second)
    assert await count() == (0, 0)
    await desk.done("dora", "assignCase", caseId=case["id"], assigneeId=ids["anna"])
    assert await count() == (2, 2)


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-173")
async def test_streams_of_all_cases_carry_what_is_in_the_agents_sight(narrow_desk: Desk) -> None:
    desk = narrow_desk
    cases = await cases_of_groups(desk)
    async with desk.stream("anna", "subscription { feedPostAdded { body } }") as posts:
        for subject, case in cases.items():
            await desk.done("dora", "postToFeed", caseId=case["id"], body=subject)
        assert [post["body"] for post in await posts.take(3)] == ["mine", "my group's", "nobody's"]
        await posts.nothing(0.3)


@pytest.mark.rule("R-160")
async def test_a_case_that_leaves_the_agents_sight_leaves_the_list_on_a_stream(narrow_desk: Desk) -> None:
    desk, ids = narrow_desk, narrow_desk.ids
    case = await desk.register("dora", assigneeGroupId=ids["group First line"])
    document = "subscription { casesChanged(filter: {}) { fits caseId case { number } } }"
    async with desk.stream("anna", document) as changes:
        await desk.done("dora", "assignCase", caseId=case["id"], assigneeGroupId=ids["group Second line"])
        assert await changes.next() == {"fits": False, "caseId": case["id"], "case": None}
        await desk.done("dora", "assignCase", caseId=case["id"], assigneeId=ids["ben"])
        await desk.done("dora", "assignCase", caseId=case["id"], assigneeId=ids["anna"])
        assert await changes.next() == {"fits": True, "caseId": case["id"], "case": {"number": case["number"]}}
