"""Who may do what to what: a table of every mutation of the schema by role and by own, foreign and absent object."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from gql.enums import PortalRole
from tests.api.contents import all_rows
from tests.api.test_organisations import let_in
from tests.api.test_rating import letter
from tests.running import Desk

TABLE = """
                         none vera           vida           hugo            anna           dora      otto
                              own  for. abs. own  coll for. own   coll for. here hid. abs. here abs. here abs.
signIn                   yes  yes  -    -    yes  -    -    yes   -    -    yes  -    -    yes  -    yes  -
signOut                  who? yes  -    -    yes  -    -    yes   -    -    yes  -    -    yes  -    yes  -
registerCase             who? yes  none none yes  no   none yes   no   none yes  -    none yes  none yes  none
registerCase/account     who? yes  none none yes  yes  none yes   yes  none yes  -    none yes  none yes  none
registerCase/assigning   who? no   no   no   no   no   no   no    no   no   yes  -    none yes  none yes  none
registerCase/origin      who? no   no   no   no   no   no   no    no   no   yes  -    none yes  none yes  none
takeCase                 who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
assignCase               who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
escalateCase             who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
escalateCase/lower       who? no   none none no   no   none no    no   none no   none none yes  none yes  none
editCase                 who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
reclassifyCase           who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
mergeCases               who? no   none none no   no   none no    no   none no   none none yes  none yes  none
linkCases                who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
unlinkCases              who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
changeCaseStatus         who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
resolveCase              who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
reopenCase               who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
cancelCase               who? yes  none none yes  no   none yes   no   none yes  none none yes  none yes  none
watchCase                who? yes  none none yes  no   none yes   no   none yes  none none yes  none yes  none
rateCase                 who? yes  none none yes  no   none yes   no   none no   none none yes  none yes  none
rateCase/letter          yes  yes  yes  none yes  yes  yes  yes   yes  yes  yes  -    none yes  none yes  none
postToFeed               who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
postToPortal             who? yes  none none yes  no   none yes   no   none yes  none none yes  none yes  none
addTask                  who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
addTask/owner            who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
editTask                 who? none none none none none none none  none none yes  none none yes  none yes  none
completeTask             who? none none none none none none none  none none yes  none none yes  none yes  none
cancelTask               who? none none none none none none none  none none yes  none none yes  none yes  none
setPresence              who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
complain                 who? yes  none none yes  no   none yes   no   none yes  none none yes  none yes  none
commentOnPost            who? none none none none none none none  none none yes  none none yes  none yes  none
likePost                 who? none none none none none none none  none none yes  none none yes  none yes  none
editPost                 who? none none none none none none none  none none yes  none none yes  none yes  none
editPost/another's       who? none none none none none none none  none none no   none none no   none yes  none
removePost               who? none none none none none none none  none none yes  none none yes  none yes  none
removePost/another's     who? none none none none none none none  none none no   none none no   none yes  none
editMessage              who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
editMessage/another's    who? no   none none no   no   none no    no   none no   none none no   none yes  none
editMessage/customer's   who? no   none none no   no   none no    no   none no   none none no   none yes  none
removeMessage            who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
removeMessage/another's  who? no   none none no   no   none no    no   none no   none none no   none yes  none
hideMessage              who? no   none none no   no   none no    no   none no   none none yes  none yes  none
showMessage              who? no   none none no   no   none no    no   none no   none none yes  none yes  none
recordCall               who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
recordCall/contact       who? no   none none no   no   none no    no   none yes  none none yes  none yes  none
readNotifications        who? yes  -    -    yes  -    -    yes   -    -    yes  -    -    yes  -    yes  -
markNotifications        who? yes  none none yes  none none yes   none none yes  -    none yes  none yes  none
changeNotificationPreferences who? yes  -    -    yes  -    -    yes   -    -    yes  -    -    yes  -    yes  -
changeNotificationPreferences/assigned who? no - - no - - no - - yes - - yes - yes -
setOutOfOffice           who? no   -    -    no   -    -    no    -    -    yes  -    -    yes  -    yes  -
setOutOfOffice/other     who? -    none none -    none none -     none none no   -    none yes  none yes  none
endOutOfOffice           who? no   -    -    no   -    -    no    -    -    yes  -    -    yes  -    yes  -
endOutOfOffice/other     who? -    none none -    none none -     none none no   -    none yes  none yes  none
addContact               who? no   no   no   no   no   no   no    no   no   yes  -    none yes  none yes  none
editContact              who? no   none none no   no   none no    no   none yes  -    none yes  none yes  none
addAccount               who? no   -    -    no   -    -    no    -    -    yes  -    -    yes  -    yes  -
editAccount              who? no   none none no   no   none no    no   none yes  -    none yes  none yes  none
addCaseStatus            who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editCaseStatus           who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
addCaseCategory          who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editCaseCategory         who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
addClosureCode           who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editClosureCode          who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
addSatisfactionLevel     who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editSatisfactionLevel    who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
addSupportLine           who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editSupportLine          who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
addGroup                 who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editGroup                who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
changeSetting            who? no   -    no   no   -    -    no    -    -    no   -    no   no   no   yes  none
inviteUser               who? no   -    -    no   -    -    no    -    -    no   -    -    no   -    yes  -
editUser                 who? no   no   no   no   no   no   no    no   no   no   -    no   no   no   yes  none
deactivateUser           who? no   no   no   no   no   no   no    no   no   no   -    no   no   no   yes  none
reactivateUser           who? no   no   no   no   no   no   no    no   no   no   -    no   no   no   yes  none
resetPassword            who? no   no   no   no   no   no   no    no   no   no   -    no   no   no   yes  none
invitePortalUser         who? no   no   no   no   no   no   yes   yes  none no   -    no   no   no   yes  none
invitePortalUser/contact who? no   none none no   no   none later yes  none no   -    none no   none yes  none
changePortalUser         who? no   none none no   no   none yes   yes  none no   -    none no   none yes  none
deactivatePortalUser     who? no   none none no   no   none yes   yes  none no   -    none no   none yes  none
resetPortalPassword      who? no   none none no   no   none yes   yes  none no   -    none no   none yes  none
eraseContact             who? no   no   no   no   no   no   no    no   no   no   -    no   no   no   yes  none
setPassword              yes  yes  -    -    yes  -    -    yes   -    -    yes  -    -    yes  -    yes  -
changePassword           who? yes  -    -    yes  -    -    yes   -    -    yes  -    -    yes  -    yes  -
"""
"""Whether each mutation is done; after a stroke stands a form of it that is judged otherwise, `-` where it names no
object or none of that kind. Adding a mutation to the schema means adding a line here."""

WORDS = {"yes": "done", "no": "FORBIDDEN", "none": "NOT_FOUND", "who?": "UNAUTHENTICATED", "later": "NOT_NOW"}

OBJECTS = {
    None: ("there",),
    "vera": ("own", "foreign", "absent"),
    "vida": ("own", "colleague's", "foreign"),
    "hugo": ("own", "colleague's", "foreign"),
    "anna": ("there", "hidden", "absent"),
    "dora": ("there", "absent"),
    "otto": ("there", "absent"),
}
"""Who tries it on what: vera is a member of an organisation, vida observes the same one, hugo administers it; `hidden`
is a case of a group that an agent is not in, where agents see no others (decision 2)."""

CUSTOMERS = {"vera": PortalRole.MEMBER, "vida": PortalRole.OBSERVER, "hugo": PortalRole.ADMINISTRATOR}
ENDING_LOGINS = {"changePortalUser", "deactivatePortalUser", "resetPortalPassword"}

COLUMNS = [(login, object) for login, objects in OBJECTS.items() for object in objects]

OUTCOMES = {
    mutation: {column: WORDS[outcome] for column, outcome in zip(COLUMNS, outcomes, strict=True) if outcome != "-"}
    for mutation, *outcomes in (line.split() for line in TABLE.splitlines()[3:])
}

FIELDS = """query($name: String!) { __type(name: $name) { inputFields { name type { kind ofType { name } } } } }"""


UNWATCHED = {"reason": "WATCHING", "channel": "IN_APP", "wanted": False}


class Objects:
    """The objects that a mutation is tried on: a case, a contact, an account and an employee."""

    def __init__(self, desk: Desk, object: str, login: str | None) -> None:
        self.desk, self.login, self.object, self.absent = desk, login, object, object == "absent"
        self.owner = {"own": login, "foreign": "paul"}.get(object) or "vera"
        self.contact = "Contact_987654321" if self.absent else desk.ids[self.owner]
        self.user = "User_987654321" if self.absent else desk.ids["ben"]
        self.cases: list[str] = []
        self.account = desk.ids[f"account of {'Paul Okafor' if object == 'foreign' else 'Vera Lindqvist'}"]
        named = {"caseStatusId": "WAITING", "caseCategoryId": "CONSULTATION", "closureCodeId": "No fault found"}
        named |= {"satisfactionLevelId": "Good", "groupId": "group Third line"}
        self.rows = {name: desk.ids[of] for name, of in named.items()}
        if self.absent:
            self.account = "Account_987654321"
            self.rows = {name: f"{id.partition('_')[0]}_987654321" for name, id in self.rows.items()}

    async def invited(self) -> dict[str, Any]:
        """An employee who was just invited, with the token to set a password by."""
        input = {"login": uuid4().hex, "name": "Somebody", "role": "AGENT"}
        return await self.desk.done("otto", "inviteUser", "user { id } token", **input)

    async def contact_for(self, mutation: str) -> str:
        """A contact to let in or to shut out: a fresh one, but where a customer tries it on himself or elsewhere."""
        if self.object not in ("there", "colleague's"):
            return self.contact
        account = self.account if self.object == "colleague's" else None
        added = await self.desk.done("dora", "addContact", "contact { id }", name="Somebody", accountId=account)
        contact = str(added["contact"]["id"])
        if not mutation.startswith("invite"):
            await self.desk.done("otto", "invitePortalUser", contactId=contact, login=uuid4().hex)
        return contact

    async def case(self, mutation: str) -> str:
        """A fresh case in a state from which the mutation leads on."""
        if self.absent:
            return "Case_987654321"
        case = str((await self.desk.register("dora", contactId=self.contact))["id"])
        self.cases.append(case)
        if mutation == "reopenCase":
            await self.desk.done("dora", "changeCaseStatus", caseId=case, statusId=self.desk.ids["WAITING"])
        if mutation == "escalateCase/lower":
            await self.desk.done(
                "dora",
                "escalateCase",
                caseId=case,
                supportLineId=self.desk.ids["line 3"],
                assigneeId=self.desk.ids["cleo"],
            )
        return case

    async def said(self, mutation: str, field: str, by: str) -> str:
        """A fresh post or message on a case; one's own, unless the form of the mutation says otherwise."""
        if self.absent:
            return "Entry_987654321"
        case, form = await self.case(mutation), mutation.partition("/")[2]
        author = {"": by, "another's": "ben"}.get(form, self.owner)
        how, noun = ("postToFeed", "feedPost") if field == "postId" else ("postToPortal", "portalMessage")
        said = await self.desk.done(author, how, f"{noun} {{ id }}", caseId=case, body="A word.")
        return str(said[noun]["id"])

    async def notification(self) -> str:
        """What the owner was told a moment ago; of employees, oneself."""
        if self.absent:
            return "Notification_987654321"
        if self.object == "there":
            owner, by = self.login, "otto" if self.login == "dora" else "dora"
            await self.desk.register(by, assigneeId=self.desk.ids[str(owner)])
        else:
            owner = self.owner
            await self.desk.done("anna", "postToPortal", caseId=await self.case(""), body="A word.")
        told = await self.desk.run(owner, "{ viewer { notifications(first: 1) { nodes { id } } } }")
        return str(told["viewer"]["notifications"]["nodes"][0]["id"])

    async def letter(self) -> str:
        """The token of the letter that asks for a grade."""
        return "none" if self.absent else await letter(self.desk, await self.case("rateCase"))

    async def task(self) -> str:
        """A fresh task on a case."""
        if self.absent:
            return "Task_987654321"
        case = await self.case("addTask")
        return str((await self.desk.done("dora", "addTask", "task { id }", caseId=case, title="A task"))["task"]["id"])

    async def hide(self) -> None:
        """Gives the cases to a group that anna is not in."""
        for case in self.cases:
            second = {"assigneeId": None, "assigneeGroupId": self.desk.ids["group Second line"]}
            await self.desk.done("dora", "assignCase", caseId=case, **second)


async def input_of(desk: Desk, mutation: str, login: str | None, objects: Objects) -> dict[str, Any]:
    """An input with every field that the schema requires, and those that the form of the mutation is about."""
    ids, (name, _, _) = desk.ids, mutation.partition("/")
    values: dict[str, Any] = {
        "login": login or "vera",
        "password": "demo",
        "oldPassword": "demo",
        "newPassword": "correct horse",
        "everywhere": False,
        "supportLineId": ids["line 2"],
        "statusId": ids["WAITING"],
        "levelId": ids["Good"],
        "contactId": objects.contact,
        "accountId": objects.account,
        "resolution": "Done.",
        "kind": "RELATED",
        "watch": True,
        "like": True,
        "body": "Another word.",
        "name": "A name",
        "title": "A task",
        "direction": "INCOMING",
        "result": "A result",
        "read": True,
        "untilAt": "2100-01-01T00:00:00Z",
        "code": "NO_SUCH" if objects.absent else "A_CODE",
        "points": 6,
        "level": 4,
        **objects.rows,
    }
    also: dict[str, dict[str, Any]] = {
        "registerCase": {"contactId": objects.contact},
        "registerCase/account": {"accountId": objects.account},
        "registerCase/assigning": {"contactId": objects.contact, "assigneeId": ids["ben"]},
        "registerCase/origin": {"contactId": objects.contact, "origin": "EMAIL"},
        "assignCase": {"assigneeId": ids["ben"]},
        "escalateCase": {"assigneeId": ids["ben"]},
        "escalateCase/lower": {"assigneeId": ids["ben"]},
        "editCase": {"subject": "Another"},
        "reclassifyCase": {"categoryId": ids["CONSULTATION"]},
        "cancelCase": {} if login in CUSTOMERS else {"closureCodeId": ids["No fault found"]},
        "addTask/owner": {"ownerId": ids["ben"]},
        "recordCall/contact": {"contactId": objects.contact},
        "editTask": {"title": "Another"},
        "addContact": {"accountId": objects.account},
        "editContact": {"phone": "+1 555 0100"},
        "editAccount": {"name": "Another"},
        "editUser": {"name": "Another"},
        "changeNotificationPreferences": {"preferences": [UNWATCHED]},
        "changeNotificationPreferences/assigned": {"preferences": [{**UNWATCHED, "reason": "ASSIGNED"}]},
        "setOutOfOffice/other": {"userId": objects.user},
        "endOutOfOffice/other": {"userId": objects.user},
        "editSupportLine": {"supportLineId": "SupportLine_987654321"} if objects.absent else {},
        "changeSetting": {"code": "NoSuch" if objects.absent else "CaseCodeMask", "value": "{0}"},
    }
    if name == "registerCase":
        also[mutation] |= {"subject": "A case", "categoryId": ids["INCIDENT"]}
    shown = await desk.run(None, FIELDS, name=f"{name[0].upper()}{name[1:]}Input")
    required = [field["name"] for field in shown["__type"]["inputFields"] if field["type"]["kind"] == "NON_NULL"]
    input = {field: values[field] for field in required if field in values} | also.get(mutation, {})
    if mutation == "rateCase":
        input["by"] = {"caseId": await objects.case(mutation)}
    if mutation == "rateCase/letter":
        input["by"] = {"token": await objects.letter()}
    if name == "markNotifications":
        input["notificationIds"] = [await objects.notification() if login else "Notification_987654321"]
    if "caseId" in required:
        input["caseId"] = await objects.case(mutation)
    if "intoCaseId" in required:
        input["intoCaseId"] = (await desk.register("dora"))["id"]
    if "toCaseId" in required:
        input["toCaseId"] = (await desk.register("dora"))["id"]
        if name == "unlinkCases" and not objects.absent:
            await desk.done("dora", "linkCases", **input)
    for field in ("postId", "messageId"):
        if field in required:
            input[field] = await objects.said(mutation, field, login if login in ("anna", "dora", "otto") else "anna")
    if name == "invitePortalUser" and mutation == name:
        input |= {"name": "Somebody", "accountId": objects.account, "login": uuid4().hex}
    elif mutation == "invitePortalUser/contact":
        input |= {"contactId": await objects.contact_for(name), "login": uuid4().hex}
    elif "Portal" in name and "contactId" in required:
        input["contactId"] = await objects.contact_for(name)
    if name == "eraseContact" and not objects.absent:
        input["contactId"] = await objects.contact_for(name)
    if name == "inviteUser":
        input["login"] = uuid4().hex
    if name == "setPassword":
        input["token"] = (await objects.invited())["token"]
    if "userId" in required:
        input["userId"] = objects.user if objects.absent else (await objects.invited())["user"]["id"]
    if "role" in required:
        input["role"] = "OBSERVER" if "Portal" in name else "AGENT"
    if "taskId" in required:
        input["taskId"] = await objects.task()
    if "upTo" in required:
        input["upTo"] = (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]
    if objects.object == "hidden":
        await objects.hide()
    return input


async def tried(desk: Desk, mutation: str, login: str | None, object: str) -> tuple[str, Any]:
    """What came of it, in the table's words, and the errors that were told; checks that a refusal left no trace."""
    name = mutation.partition("/")[0]
    if login in CUSTOMERS and object == "own" and name in ENDING_LOGINS:  # it is not to be his last
        role, login = CUSTOMERS[login], uuid4().hex
        await let_in(desk, "Somebody", login, role, desk.ids["account of Vera Lindqvist"])
    input = await input_of(desk, mutation, login, Objects(desk, object, login))
    before = await all_rows(desk)
    document = f"""mutation($input: {name[0].upper()}{name[1:]}Input!) {{
      {name}(input: $input) {{ errors {{ code message field }} }} }}"""
    answer = await desk.answer(login, document, input=input)
    errors = answer.get("errors") or answer["data"][name]["errors"]
    if not errors:
        return "done", []
    assert await all_rows(desk) == before, f"{mutation} was refused and left a trace"
    [error] = errors
    return error.get("code") or error["extensions"]["code"], errors


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    """The desk, with vida and hugo in vera's organisation."""
    for login in ("vida", "hugo"):
        await let_in(desk, login.capitalize(), login, CUSTOMERS[login], desk.ids["account of Vera Lindqvist"])
    return desk


async def test_every_mutation_of_the_schema_is_in_the_table(desk: Desk) -> None:
    schema = await desk.run(None, "{ __schema { mutationType { fields { name } } } }")
    mutations = {field["name"] for field in schema["__schema"]["mutationType"]["fields"]}
    assert mutations == {mutation.partition("/")[0] for mutation in OUTCOMES}


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-161")
@pytest.mark.rule("R-57")
@pytest.mark.parametrize("login", OBJECTS)
async def test_each_role_may_do_to_each_object_what_the_table_says(desk: Desk, login: str | None) -> None:
    expected = {
        (mutation, object): outcome
        for mutation, outcomes in OUTCOMES.items()
        for (who, object), outcome in outcomes.items()
        if who == login and object != "hidden"
    }
    came = {cell: await tried(desk, cell[0], login, cell[1]) for cell in expected}
    assert {cell: outcome for cell, (outcome, _) in came.items()} == expected


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-161")
async def test_an_agent_of_his_own_groups_may_do_nothing_to_a_case_of_another_group(desk: Desk) -> None:
    await desk.done("otto", "changeSetting", code="AgentSight", value="OWN_GROUPS")
    expected = {mutation: row["anna", "hidden"] for mutation, row in OUTCOMES.items() if ("anna", "hidden") in row}
    came = {mutation: await tried(desk, mutation, "anna", "hidden") for mutation in expected}
    assert {mutation: outcome for mutation, (outcome, _) in came.items()} == expected
    for mutation, refused in came.items():
        assert refused == await tried(desk, mutation, "anna", "absent"), "as if the case had never been there"


@pytest.mark.rule("R-161")
async def test_a_mutation_says_of_a_foreign_object_what_it_says_of_one_that_was_never_there(desk: Desk) -> None:
    for mutation, outcomes in OUTCOMES.items():
        if ("vera", "foreign") in outcomes:
            told = await tried(desk, mutation, "vera", "absent")
            for login in CUSTOMERS:
                if OUTCOMES[mutation][login, "foreign"] == OUTCOMES[mutation]["vera", "absent"]:
                    assert await tried(desk, mutation, login, "foreign") == told


def test_a_supervisor_may_do_all_that_an_agent_may_and_an_administrator_all_that_a_supervisor_may() -> None:
    def done_by(login: str) -> set[str]:
        return {mutation for mutation, outcomes in OUTCOMES.items() if outcomes[login, "there"] == "done"}

    assert done_by("anna") < done_by("dora") <= done_by("otto")
