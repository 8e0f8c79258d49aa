"""Who may do what to what: a table of every mutation of the schema by role and by own, foreign and absent object."""

from __future__ import annotations

from typing import Any

import pytest

from gql.store import Entry
from tests.running import Desk

TABLE = """
                         nobody  vera                   anna          dora          otto
                                 own  foreign absent   there absent  there absent  there absent
signIn                   yes     yes  -       -        yes   -       yes   -       yes   -
signOut                  who?    yes  -       -        yes   -       yes   -       yes   -
registerCase             who?    yes  none    none     yes   none    yes   none    yes   none
registerCase/account     who?    yes  none    none     yes   none    yes   none    yes   none
registerCase/assigning   who?    no   no      no       yes   none    yes   none    yes   none
registerCase/origin      who?    no   no      no       yes   none    yes   none    yes   none
takeCase                 who?    no   none    none     yes   none    yes   none    yes   none
assignCase               who?    no   none    none     yes   none    yes   none    yes   none
escalateCase             who?    no   none    none     yes   none    yes   none    yes   none
escalateCase/lower       who?    no   none    none     no    none    yes   none    yes   none
editCase                 who?    no   none    none     yes   none    yes   none    yes   none
changeCaseStatus         who?    no   none    none     yes   none    yes   none    yes   none
resolveCase              who?    no   none    none     yes   none    yes   none    yes   none
reopenCase               who?    no   none    none     yes   none    yes   none    yes   none
cancelCase               who?    yes  none    none     yes   none    yes   none    yes   none
watchCase                who?    yes  none    none     yes   none    yes   none    yes   none
postToFeed               who?    no   none    none     yes   none    yes   none    yes   none
postToPortal             who?    yes  none    none     yes   none    yes   none    yes   none
readNotifications        who?    yes  -       -        yes   -       yes   -       yes   -
addContact               who?    no   no      no       yes   none    yes   none    yes   none
editContact              who?    no   none    none     yes   none    yes   none    yes   none
addAccount               who?    no   -       -        yes   -       yes   -       yes   -
editAccount              who?    no   none    none     yes   none    yes   none    yes   none
changePassword           who?    yes  -       -        yes   -       yes   -       yes   -
"""
"""Whether each mutation is done; after a stroke stands a form of it that is judged otherwise, `-` where it names no
object. Adding a mutation to the schema means adding a line here."""

WORDS = {"yes": "done", "no": "FORBIDDEN", "none": "NOT_FOUND", "who?": "UNAUTHENTICATED"}

OBJECTS = {
    None: ("there",),
    "vera": ("own", "foreign", "absent"),
    "anna": ("there", "absent"),
    "dora": ("there", "absent"),
    "otto": ("there", "absent"),
}

COLUMNS = [(login, object) for login, objects in OBJECTS.items() for object in objects]

OUTCOMES = {
    mutation: {column: WORDS[outcome] for column, outcome in zip(COLUMNS, outcomes, strict=True) if outcome != "-"}
    for mutation, *outcomes in (line.split() for line in TABLE.splitlines()[3:])
}

FIELDS = """query($name: String!) { __type(name: $name) { inputFields { name type { kind ofType { name } } } } }"""


class Objects:
    """The objects that a mutation is tried on: a case, a contact and an account."""

    def __init__(self, desk: Desk, object: str) -> None:
        self.desk, self.absent = desk, object == "absent"
        self.contact = "Contact_987654321" if self.absent else desk.ids["paul" if object == "foreign" else "vera"]
        self.account = desk.ids[f"account of {'Paul Okafor' if object == 'foreign' else 'Vera Lindqvist'}"]
        if self.absent:
            self.account = "Account_987654321"

    async def case(self, mutation: str) -> str:
        """A fresh case in a state from which the mutation leads on."""
        if self.absent:
            return "Case_987654321"
        case = str((await self.desk.register("dora", contactId=self.contact))["id"])
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
        "contactId": objects.contact,
        "accountId": objects.account,
        "resolution": "Done.",
        "watch": True,
        "body": "A word.",
        "name": "A name",
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
        "cancelCase": {} if login == "vera" else {"closureCodeId": ids["No fault found"]},
        "addContact": {"accountId": objects.account},
        "editContact": {"phone": "+1 555 0100"},
        "editAccount": {"name": "Another"},
    }
    if name == "registerCase":
        also[mutation] |= {"subject": "A case", "categoryId": ids["INCIDENT"]}
    shown = await desk.run(None, FIELDS, name=f"{name[0].upper()}{name[1:]}Input")
    required = [field["name"] for field in shown["__type"]["inputFields"] if field["type"]["kind"] == "NON_NULL"]
    input = {field: values[field] for field in required if field in values} | also.get(mutation, {})
    if "caseId" in required:
        input["caseId"] = await objects.case(mutation)
    if "upTo" in required:
        input["upTo"] = (await desk.run("anna", "{ viewer { cursor } }"))["viewer"]["cursor"]
    return input


async def tried(desk: Desk, mutation: str, login: str | None, object: str) -> tuple[str, Any]:
    """What came of it, in the table's words, and the errors that were told; checks that a refusal left no trace."""
    name = mutation.partition("/")[0]
    input = await input_of(desk, mutation, login, Objects(desk, object))
    before = await entries(desk)
    document = f"""mutation($input: {name[0].upper()}{name[1:]}Input!) {{
      {name}(input: $input) {{ errors {{ code message field }} }} }}"""
    answer = await desk.answer(login, document, input=input)
    errors = answer.get("errors") or answer["data"][name]["errors"]
    if not errors:
        return "done", []
    assert await entries(desk) == before, f"{mutation} was refused and left a trace"
    [error] = errors
    return error.get("code") or error["extensions"]["code"], errors


async def entries(desk: Desk) -> int:
    with desk.database():
        return await Entry.all().count()


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
        if who == login
    }
    came = {cell: await tried(desk, cell[0], login, cell[1]) for cell in expected}
    assert {cell: outcome for cell, (outcome, _) in came.items()} == expected


@pytest.mark.rule("R-161")
async def test_a_mutation_says_of_a_foreign_object_what_it_says_of_one_that_was_never_there(desk: Desk) -> None:
    for mutation, outcomes in OUTCOMES.items():
        if ("vera", "foreign") in outcomes:
            assert await tried(desk, mutation, "vera", "foreign") == await tried(desk, mutation, "vera", "absent")


def test_a_supervisor_may_do_all_that_an_agent_may_and_an_administrator_all_that_a_supervisor_may() -> None:
    def done_by(login: str) -> set[str]:
        return {mutation for mutation, outcomes in OUTCOMES.items() if outcomes[login, "there"] == "done"}

    assert done_by("anna") < done_by("dora") <= done_by("otto")
