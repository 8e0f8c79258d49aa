"""Employees through the API: inviting, changing, shutting out and letting in again."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.settings import Settings
from gql.store import Case, Entry, Group, Login, Task, User
from tests.api.setting_up import bring, put, registered_as, row_id
from tests.running import Desk, Statements, running

INVITED = "user { id name role email timeZone active groups { name } } token tokenExpiresAt"
SIGN_IN = "mutation($i: SignInInput!) { signIn(input: $i) { token errors { code field } } }"
DEACTIVATE = "mutation($id: ID!) { deactivateUser(input: {userId: $id}) { errors { code } } }"
TAKE = "mutation($id: ID!) { takeCase(input: {caseId: $id}) { errors { code } } }"
POST = """mutation($id: ID!, $key: String!) {
  postToFeed(input: {caseId: $id, body: "Done.", requestId: $key}) { errors { code } } }"""
HISTORY = "history(first: 50) { nodes { __typename summary actor { name } } }"


async def invite(desk: Desk, login: str, **input: Any) -> dict[str, Any]:
    """An employee who is invited by otto, and has no password yet."""
    given = {"login": login, "name": login.title(), "role": "AGENT", **input}
    return await desk.done("otto", "inviteUser", INVITED, **given)


async def set_password(desk: Desk, token: str, password: str = "correct horse") -> dict[str, Any]:
    document = """mutation($i: SetPasswordInput!) { setPassword(input: $i) {
      token viewer { user { name } contact { name } } errors { code field } } }"""
    return dict((await desk.run(None, document, i={"token": token, "newPassword": password}))["setPassword"])


async def signs_in(desk: Desk, login: str, password: str = "correct horse") -> bool:
    answer = await desk.run(None, SIGN_IN, i={"login": login, "password": password})
    return answer["signIn"]["token"] is not None


async def trail(desk: Desk) -> list[tuple[str, Any]]:
    """What the log tells that belongs to no case: kind and payload."""
    with desk.database():
        return [
            (e.kind, e.payload) for e in await Entry.filter(case_id=None).exclude(kind="LoginChanged").order_by("id")
        ]


# ---------------------------------------------------------------- inviting


async def test_an_administrator_invites_an_employee_who_sets_a_password_with_the_token(desk: Desk) -> None:
    groups = [desk.ids["group First line"], desk.ids["group Second line"]]
    given = {"name": "Gil Amsel", "email": "gil@caseline.example", "timeZone": "Europe/Vienna", "groupIds": groups}
    invited = await invite(desk, "gil", **given)
    assert invited["user"] == {
        "id": invited["user"]["id"],
        "name": "Gil Amsel",
        "role": "AGENT",
        "email": "gil@caseline.example",
        "timeZone": "Europe/Vienna",
        "active": True,
        "groups": [{"name": "First line"}, {"name": "Second line"}],
    }
    assert not await signs_in(desk, "gil", ""), "there is no password yet"
    done = await set_password(desk, invited["token"])
    assert done["viewer"] == {"user": {"name": "Gil Amsel"}, "contact": None}
    assert await signs_in(desk, "gil")
    answer = await desk.post({"query": "{ viewer { user { name } } }"}, authorization=f"Bearer {done['token']}")
    assert answer.json()["data"]["viewer"]["user"] == {"name": "Gil Amsel"}


async def test_the_token_to_set_a_password_by_is_good_once_and_for_nothing_else(desk: Desk) -> None:
    token = (await invite(desk, "gil"))["token"]
    answer = await desk.post({"query": "{ viewer { timeZone } }"}, authorization=f"Bearer {token}")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", "it opens no door"
    refused = [{"code": "INVALID", "field": ["token"]}]
    assert (await set_password(desk, desk.token("otto")))["errors"] == refused, "an access token sets no password"
    assert (await set_password(desk, token, "short"))["errors"] == [{"code": "INVALID", "field": ["newPassword"]}]
    both = await asyncio.gather(set_password(desk, token, "correct horse"), set_password(desk, token, "wrong donkey"))
    assert sorted(len(done["errors"]) for done in both) == [0, 1]
    for used in (token, token[:-2], "", "nonsense"):
        assert (await set_password(desk, used, "another one"))["errors"] == refused


async def test_the_token_to_set_a_password_by_expires(settings: Settings) -> None:
    time = datetime.now(UTC)
    async with running(settings, lambda: time) as desk:
        invited = await invite(desk, "gil")
        assert datetime.fromisoformat(invited["tokenExpiresAt"]) == (time + timedelta(days=3)).replace(microsecond=0)
        time += timedelta(days=3)
        assert (await set_password(desk, invited["token"]))["errors"] == [{"code": "INVALID", "field": ["token"]}]


async def test_a_reset_takes_the_password_and_the_older_token_away(desk: Desk) -> None:
    first = (await invite(desk, "gil"))["token"]
    gil = (await desk.run("otto", '{ users(search: "gil") { nodes { id } } }'))["users"]["nodes"][0]["id"]
    second = (await desk.done("otto", "resetPassword", "token", userId=gil))["token"]
    assert (await set_password(desk, first))["errors"] != []
    assert (await set_password(desk, second))["errors"] == []
    third = (await desk.done("otto", "resetPassword", "token", userId=gil))["token"]
    assert not await signs_in(desk, "gil")
    await desk.done("otto", "deactivateUser", userId=gil)
    assert (await set_password(desk, third))["errors"] != [], "one who was shut out sets no password"
    assert (await desk.refused("otto", "resetPassword", userId=gil))["code"] == "NOT_NOW"


async def test_a_login_belongs_to_one_person_however_it_is_written(desk: Desk) -> None:
    taken = await desk.refused("otto", "inviteUser", login="ANNA", name="Another Anna", role="AGENT")
    assert (taken["code"], taken["field"]) == ("INVALID", ["login"])
    both = await asyncio.gather(*(desk.act("otto", "inviteUser", login="gil", name="Gil", role="AGENT") for _ in "12"))
    assert sorted(len(payload["errors"]) for payload in both) == [0, 1]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "no address", "INVALID"),
        ("timeZone", "Mars/Olympus", "INVALID"),
        ("timeZone", "../../etc/passwd", "INVALID"),
        ("name", "  ", "REQUIRED"),
        ("login", "  ", "REQUIRED"),
        ("groupIds", ["Group_987654321"], "NOT_FOUND"),
    ],
)
async def test_an_employee_is_not_invited_with(desk: Desk, field: str, value: Any, code: str) -> None:
    given = {"login": "gil", "name": "Gil", "role": "AGENT", field: value}
    error = await desk.refused("otto", "inviteUser", **given)
    assert (error["code"], error["field"]) == (code, [field])
    with desk.database():
        assert not await Login.filter(name="gil").exists()


# ---------------------------------------------------------------- changing


async def test_what_is_changed_of_an_employee_stands_in_the_audit_trail_as_it_was_and_as_it_is(desk: Desk) -> None:
    ben = desk.ids["ben"]
    changed = {"name": "Ben Castle", "email": None, "groupIds": [desk.ids["group First line"]], "timeZone": "UTC"}
    done = await desk.done("otto", "editUser", "user { name email timeZone groups { name } }", userId=ben, **changed)
    assert done["user"] == {"name": "Ben Castle", "email": None, "timeZone": "UTC", "groups": [{"name": "First line"}]}
    (kind, payload), *of_groups = await trail(desk)
    assert (kind, payload["user"]["name"]) == ("UserChanged", "Ben Castle")
    assert payload["changes"] == [
        {"field": "name", "before": "Ben Castellano", "after": "Ben Castle"},
        {"field": "email", "before": "ben@caseline.example", "after": None},
        {"field": "timeZone", "before": None, "after": "UTC"},
        {"field": "groups", "before": "Second line", "after": "First line"},
    ]
    assert [(kind, payload["row"]["name"], payload["changes"]) for kind, payload in of_groups] == [
        (
            "LookupChanged",
            "First line",
            [{"field": "members", "before": "Anna Weber, Cleo Marsh", "after": "Anna Weber, Ben Castle, Cleo Marsh"}],
        ),
        ("LookupChanged", "Second line", [{"field": "members", "before": "Ben Castle", "after": None}]),
    ]
    await desk.done("otto", "editUser", userId=ben, **changed)
    assert len(await trail(desk)) == 3, "what changes nothing is not told"
    found = (await desk.run("anna", '{ users(search: "castle") { nodes { id } } }'))["users"]["nodes"]
    assert found == [{"id": ben}]


@pytest.mark.rule("R-28")
async def test_an_employee_comes_into_no_group_that_was_retired_and_stays_in_his(desk: Desk) -> None:
    second, third = desk.ids["group Second line"], desk.ids["group Third line"]
    for group in (second, third):
        await desk.done("otto", "editGroup", groupId=group, inUse=False)
    given = {"login": "gil", "name": "Gil", "role": "AGENT", "groupIds": [third]}
    for mutation, input in (("inviteUser", given), ("editUser", {"userId": desk.ids["ben"], "groupIds": [third]})):
        error = await desk.refused("otto", mutation, **input)
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["groupIds"])
    both = [desk.ids["group First line"], second]
    done = await desk.done("otto", "editUser", "user { groups { name } }", userId=desk.ids["ben"], groupIds=both)
    assert done["user"]["groups"] == [{"name": "First line"}, {"name": "Second line"}]


@pytest.mark.rule("R-200")
async def test_an_employee_is_in_50_groups_at_most_whichever_way_he_comes_there(desk: Desk) -> None:
    ben, cleo = desk.ids["ben"], desk.ids["cleo"]
    with desk.database():
        await Group.bulk_create([Group(name=f"Group {n}") for n in range(49)])
        user = await User.get(id=row_id(ben))
        for group in await Group.filter(name__startswith="Group "):
            await group.members.add(user)
    his = desk.ids["group Second line"]
    for mutation, input in (("addGroup", {"name": "Night"}), ("editGroup", {"groupId": desk.ids["group First line"]})):
        error = await desk.refused("otto", mutation, **input, memberIds=[cleo, ben])
        told = ("LIMIT", ["memberIds"], "Ben Castellano is in 50 groups already.")
        assert (error["code"], error["field"], error["message"]) == told
    await desk.done("otto", "editGroup", groupId=his, memberIds=[cleo, ben])
    await desk.done("otto", "editGroup", groupId=his, memberIds=[cleo])
    await desk.done("otto", "addGroup", name="Night", memberIds=[ben])


@pytest.mark.rule("R-162")
async def test_with_another_role_an_employee_signs_in_again(desk: Desk) -> None:
    async with desk.stream("ben", "subscription { feedPostAdded { body } }") as stream:
        await desk.done("otto", "editUser", userId=desk.ids["ben"], role="SUPERVISOR")
        assert await stream.error(2) == "UNAUTHENTICATED"
    assert await desk.code("ben", "{ viewer { timeZone } }") == "UNAUTHENTICATED"


@pytest.mark.rule("R-205")
async def test_the_last_who_can_administer_the_desk_stays(desk: Desk) -> None:
    otto, dora = desk.ids["otto"], desk.ids["dora"]
    await invite(desk, "gil", role="ADMINISTRATOR")
    for mutation, input in (("deactivateUser", {}), ("editUser", {"role": "AGENT"})):
        error = await desk.refused("otto", mutation, userId=otto, **input)
        assert (error["code"], error["field"]) == ("NOT_NOW", ["userId"]), "gil cannot sign in yet"
    await desk.done("otto", "editUser", userId=dora, role="ADMINISTRATOR")
    await desk.done("otto", "editUser", userId=otto, role="SUPERVISOR")


async def test_of_two_administrators_who_shut_each_other_out_at_once_one_stays(desk: Desk) -> None:
    await desk.done("otto", "editUser", userId=desk.ids["dora"], role="ADMINISTRATOR")
    with desk.database():
        desk.logins["dora"] = await Login.get(name="dora")
    both = await asyncio.gather(
        desk.answer(
            "otto",
            "mutation($id: ID!) { deactivateUser(input: {userId: $id}) { errors { code } } }",
            id=desk.ids["dora"],
        ),
        desk.answer(
            "dora",
            "mutation($id: ID!) { deactivateUser(input: {userId: $id}) { errors { code } } }",
            id=desk.ids["otto"],
        ),
    )
    done = [answer for answer in both if (answer.get("data") or {}).get("deactivateUser") == {"errors": []}]
    assert len(done) == 1


# ---------------------------------------------------------------- shutting out


@pytest.mark.rule("R-205")
async def test_the_open_cases_of_one_who_is_deactivated_go_back_to_their_groups_who_are_told(desk: Desk) -> None:
    ids, group = desk.ids, desk.ids["group First line"]
    his = await desk.register("dora", assigneeId=ids["ben"], assigneeGroupId=group)
    alone = await desk.register("dora", assigneeId=ids["ben"])
    ended = await registered_as(desk, "CLOSED")
    await put(desk, ended, assignee_id=row_id(ids["ben"]))
    others = await desk.register("dora", assigneeId=ids["anna"])
    await desk.done("otto", "deactivateUser", userId=ids["ben"])

    show = "assignee { name } assigneeGroup { name } " + HISTORY
    first = await desk.case("anna", his["id"], show)
    assert (first["assignee"], first["assigneeGroup"]) == (None, {"name": "First line"})
    told = {"__typename": "CaseAssigned", "summary": "Assigned to First line.", "actor": {"name": "Otto Haugen"}}
    assert first["history"]["nodes"][-1] == told
    line = await desk.case("anna", alone["id"], show)
    assert line["assigneeGroup"] == {"name": "First line"}, "a case without a group gets its line's first"
    assert (await desk.case("anna", ended, show))["assignee"] == {"name": "Ben Castellano"}, "what has ended stays"
    assert (await desk.case("anna", others["id"], show))["assignee"] == {"name": "Anna Weber"}
    assert [reason for reason, _ in await desk.notified("cleo")] == ["GROUP_ASSIGNED", "GROUP_ASSIGNED"]
    assert (await trail(desk))[-1][0] == "UserDeactivated"
    assert (await trail(desk))[-1][1]["released"] == 2
    await desk.done("otto", "reactivateUser", userId=ids["ben"])
    assert (await desk.case("anna", his["id"], show))["assignee"] is None, "nobody gets back what he had"


@pytest.mark.rule("R-162")
@pytest.mark.rule("R-205")
async def test_one_who_is_deactivated_is_shut_out_and_stays_an_actor(desk: Desk, another: Any) -> None:
    case = await desk.register("ben")
    async with another(poll_seconds=1.0) as second:
        posts = "subscription { feedPostAdded { body } }"
        async with desk.stream("ben", posts) as here, second.stream("ben", posts) as there:
            await desk.done("otto", "deactivateUser", userId=desk.ids["ben"])
            assert await here.error(2) == await there.error(2) == "UNAUTHENTICATED"
    assert not await signs_in(desk, "ben", "demo")
    show = "history(first: 1) { nodes { actor { __typename name } } }"
    actor = (await desk.case("anna", case["id"], show))["history"]["nodes"][0]["actor"]
    assert actor == {"__typename": "User", "name": "Ben Castellano"}
    listed = "query($all: Boolean) { users(includeInactive: $all) { nodes { name active } } }"
    ben = {"name": "Ben Castellano", "active": False}
    assert ben not in (await desk.run("otto", listed))["users"]["nodes"]
    assert ben in (await desk.run("otto", listed, all=True))["users"]["nodes"]
    await desk.done("otto", "reactivateUser", userId=desk.ids["ben"])
    assert await signs_in(desk, "ben", "demo")


@pytest.mark.rule("R-53")
@pytest.mark.rule("R-205")
async def test_the_open_tasks_of_one_who_is_deactivated_go_to_who_has_the_case_else_to_nobody(desk: Desk) -> None:
    ids = desk.ids
    annas = await desk.register("dora", assigneeId=ids["anna"])
    his = await desk.register("dora", assigneeId=ids["ben"], categoryId=ids["INCIDENT"])
    over = await desk.register("dora", assigneeId=ids["cleo"])
    for case, titles in ((annas, ("Call", "Measure")), (his, ("Order",)), (over, ("Tidy up",))):
        for title in titles:
            given = {"caseId": case["id"], "title": title, "ownerId": ids["ben"]}
            task = (await desk.done("dora", "addTask", "task { id }", **given))["task"]["id"]
            if title == "Measure":
                await desk.done("ben", "completeTask", taskId=task)
    await bring(desk, over["id"], "CLOSED")
    await desk.done("otto", "deactivateUser", userId=ids["ben"])

    show = "tasks { nodes { title status owner { name } } }"
    shown = [(await desk.case("dora", case["id"], show))["tasks"]["nodes"] for case in (annas, his, over)]
    assert [[(n["title"], n["status"], n["owner"] and n["owner"]["name"]) for n in nodes] for nodes in shown] == [
        [("Call", "OPEN", "Anna Weber"), ("Measure", "DONE", "Ben Castellano")],
        [("Diagnose and resolve the incident", "DONE", "Ben Castellano"), ("Order", "OPEN", None)],
        [("Tidy up", "OPEN", None)],
    ]
    told = [entry["summary"] for case in (annas, his) for entry in await desk.history("dora", case["id"])]
    assert told[-1] == "Task done: Diagnose and resolve the incident. Escalation required"
    assert [line for line in told if line.startswith("Task changed")] == [
        "Task changed (given to Anna Weber): Call",
        "Task changed (owner): Order",
    ]
    assert ("TASK_ASSIGNED", annas["number"]) in await desk.notified("anna")

    unowned = "{ tasks(filter: {unowned: true, status: OPEN}) { nodes { id title } } }"
    nobodys = (await desk.run("cleo", unowned))["tasks"]["nodes"]
    assert [task["title"] for task in nobodys] == ["Order", "Tidy up"]
    for task in nobodys:
        await desk.done("cleo", "editTask", taskId=task["id"], ownerId=ids["cleo"])
    assert (await desk.run("cleo", unowned))["tasks"]["nodes"] == []


@pytest.mark.rule("R-36")
@pytest.mark.rule("R-205")
async def test_nothing_is_given_to_one_who_is_deactivated_meanwhile(desk: Desk, another: Any) -> None:
    ben, line = desk.ids["ben"], desk.ids["line 2"]
    async with another() as second:
        for round in range(5):
            registered = [await desk.register("dora", assigneeId=who) for who in (ben, *[None] * 5)]
            his, assigned, escalated, moved, taken, with_task = (case["id"] for case in registered)
            to_ben = {"supportLineId": line, "assigneeId": ben}
            in_progress = {"statusId": desk.ids["IN_PROGRESS"], "assigneeId": ben}
            deeds = [
                desk.act("dora", "assignCase", caseId=assigned, assigneeId=ben),
                desk.act("dora", "escalateCase", caseId=escalated, **to_ben),
                desk.act("dora", "changeCaseStatus", caseId=moved, **in_progress),
                desk.act("dora", "registerCase", subject="Smoke", assigneeId=ben),
                desk.act("dora", "addTask", caseId=with_task, title="Call", ownerId=ben),
                desk.answer("ben", TAKE, id=taken),
                desk.answer("ben", POST, id=his, key=f"attempt {round}"),
                desk.answer("ben", TAKE, id=his),
            ]
            *answers, _ = await asyncio.gather(*deeds, second.done("otto", "deactivateUser", userId=ben))
            assert not [answer for answer in answers if "INTERNAL" in json.dumps(answer)]
            with desk.database():
                assert not await Case.filter(assignee_id=row_id(ben)).exists(), f"in round {round}"
                assert not await Task.filter(owner_id=row_id(ben), status="OPEN").exists(), f"in round {round}"
            await desk.done("otto", "reactivateUser", userId=ben)
            with desk.database():
                desk.logins["ben"] = await Login.get(name="ben")


@pytest.mark.rule("R-205")
async def test_a_thousand_open_cases_go_back_at_once(desk: Desk) -> None:
    with desk.database():
        one = row_id((await desk.register("dora", assigneeId=desk.ids["ben"]))["id"])
        like = await Case.get(id=one)
        columns = {name: getattr(like, name) for name in like._meta.db_fields if name not in ("id", "number")}
        await Case.bulk_create([Case(number=f"MANY{n}", **columns) for n in range(999)])
        group = await Group.get(name="First line")
    with Statements.counted() as statements:
        await desk.done("otto", "deactivateUser", userId=desk.ids["ben"])
    with desk.database():
        assert await Case.filter(assignee_id=None, assignee_group_id=group.id, version=2).count() == 1000
        assert await Entry.filter(kind="CaseAssigned").count() == 1001
    assert len(await desk.notified("cleo")) == 100, "the first page of a thousand"
    assert len(statements.seen) < 50, "they are not written one by one"
