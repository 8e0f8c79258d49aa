"""Erasing a contact: nothing of the person is left anywhere, and what happened stays."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from gql.actions import erasing
from gql.enums import PortalRole, Role
from gql.store import Contact, Login, Notification
from gql.tokens import hash_password
from tests.api.contents import models
from tests.api.setting_up import row_id
from tests.api.test_organisations import let_in
from tests.api.test_rating import ASKED, letter, rated_by_letter
from tests.api.test_roles import OUTCOMES
from tests.api.test_streams import working
from tests.running import Desk

CANARY = "qwxcanary"
PHONE, DIGITS = "+493055501471", "493055501471"
NOT_KEPT = {"login", "password", "oldPassword", "newPassword", "token"}
"""Texts of which nothing is kept that is anybody's own words."""
SHOW = "contact { name email phone erasedAt portalUser { login active } }"


async def everything(desk: Desk) -> dict[str, str]:
    """All rows of all tables, as text."""
    with desk.database():
        client = Contact._meta.db
        if client.capabilities.dialect == "postgres":
            named = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        else:
            named = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [row["name"] for row in await client.execute_query_dict(named)]
        rows = {table: await client.execute_query_dict(f'SELECT * FROM "{table}"') for table in tables}
    return {table: orjson.dumps(some, default=str).decode().casefold() for table, some in rows.items()}


class Told:
    """A customer of whom everything is a canary, and what he told the desk by which mutations."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.fields: set[tuple[str, str]] = set()

    async def tell(self, mutation: str, show: str = "", login: str = "canary", **input: Any) -> dict[str, Any]:
        """The payload of what the customer does, or somebody in his place; texts begin with a canary."""
        texts = {name for name, value in input.items() if isinstance(value, str) and value.startswith(CANARY)}
        self.fields |= {(mutation, name) for name in texts} if login == "canary" else set()
        return await self.desk.done(login, mutation, show, **input)

    async def registered(self, login: str = "canary", **input: Any) -> str:
        given = {"categoryId": self.desk.ids["INCIDENT"], "contactId": self.desk.ids["canary"], **input}
        return str((await self.tell("registerCase", "case { id }", login, **given))["case"]["id"])


@pytest.fixture
async def told(desk: Desk) -> Told:
    """A customer who did all that customers can do and write."""
    given = {"name": f"{CANARY} Person", "email": f"{CANARY}@customer.example", "phone": PHONE}
    account = desk.ids["account of Vera Lindqvist"]
    added = await desk.done("anna", "addContact", "contact { id }", accountId=account, **given)
    contact = desk.ids["canary"] = added["contact"]["id"]
    await desk.done("otto", "invitePortalUser", contactId=contact, login=f"{CANARY}.login", role="OBSERVER")
    with desk.database():
        await Login.filter(contact_id=row_id(contact)).update(password_hash=await hash_password("demo"))
        desk.logins["canary"] = await Login.get(contact_id=row_id(contact))
    told = Told(desk)
    written = {"subject": f"{CANARY} subject", "description": f"{CANARY} description", "requestId": f"{CANARY} 1"}
    case = desk.ids["case"] = await told.registered(**written)
    await told.tell("postToPortal", caseId=case, body=f"{CANARY} message", requestId=f"{CANARY} 2")
    message = (await desk.history("anna", case, "__typename id"))[-1]["id"]
    await desk.done("otto", "editMessage", messageId=message, body=f"{CANARY} edited")
    await desk.done("anna", "editCase", caseId=case, description=f"{CANARY} description, made clearer")
    await desk.done("anna", "postToPortal", caseId=case, body="We are coming.")
    await desk.done("canary", "watchCase", caseId=case, watch=True)
    await told.tell("rateCase", by={"caseId": case}, levelId=desk.ids["Good"], comment=f"{CANARY} comment")
    await told.tell("complain", caseId=case, body=f"{CANARY} complaint", requestId=f"{CANARY} 3")
    ended = await told.registered(subject="Lamp")
    await told.tell("cancelCase", caseId=ended, reason=f"{CANARY} reason")
    return told


async def text_fields_of_customers(desk: Desk) -> set[tuple[str, str]]:
    """Mutation and field of every text that the schema lets customers write."""
    document = """{ __schema { types { name inputFields { name type { name ofType { name } } } } } }"""
    types = (await desk.run(None, document))["__schema"]["types"]
    inputs = {type["name"]: type["inputFields"] for type in types}
    allowed = {name.partition("/")[0] for name, who in OUTCOMES.items() if who.get(("vera", "own")) == "done"}
    return {
        (mutation, field["name"])
        for mutation in allowed
        for field in inputs[f"{mutation[0].upper()}{mutation[1:]}Input"]
        if "String" in (field["type"]["name"], (field["type"]["ofType"] or {}).get("name"))
    }


async def test_the_customer_who_is_erased_here_wrote_wherever_customers_can_write(desk: Desk, told: Told) -> None:
    assert {field for field in await text_fields_of_customers(desk) if field[1] not in NOT_KEPT} == told.fields


@pytest.mark.rule("R-204")
async def test_nothing_of_the_person_is_left_in_any_table(desk: Desk, told: Told) -> None:
    before = await everything(desk)
    assert before.keys() >= {model._meta.db_table for model in models()}
    holding = {"contact", "login", "desk_case", "portal_message", "former_text", "entry", "request"}
    assert holding <= {table for table in before if CANARY in before[table]}
    assert before["contact"].count(DIGITS) == 2, "as it was typed, and as it is looked for"
    done = await desk.done("otto", "eraseContact", SHOW, contactId=desk.ids["canary"])
    assert done["contact"]["name"] == "Erased contact"
    assert (done["contact"]["email"], done["contact"]["phone"]) == (None, None)
    assert done["contact"]["erasedAt"] is not None
    assert not done["contact"]["portalUser"]["active"]
    after = await everything(desk)
    assert {table: text for table, text in after.items() if CANARY in text or DIGITS in text} == {}
    with desk.database():
        assert not await Notification.filter(contact_id=row_id(desk.ids["canary"])).exists()


@pytest.mark.rule("R-204")
async def test_what_was_taken_down_for_the_person_goes_too(desk: Desk, told: Told) -> None:
    case = await told.registered("anna", subject=f"{CANARY} on the telephone", description=f"{CANARY} says so")
    await desk.done("anna", "editCase", caseId=case, subject="Printer", description=f"{CANARY} says otherwise")
    await told.tell(
        "rateCase", login="dora", by={"caseId": case}, levelId=desk.ids["Good"], comment=f"{CANARY} is glad"
    )
    await told.tell("complain", login="anna", caseId=case, body=f"{CANARY} is angry")
    await desk.done("otto", "eraseContact", contactId=desk.ids["canary"])
    assert [table for table, text in (await everything(desk)).items() if CANARY in text] == []


@pytest.mark.rule("R-204")
async def test_what_the_person_wrote_goes_from_cases_that_others_have_by_now(desk: Desk, told: Told) -> None:
    ids = desk.ids
    message = next(
        e for e in await desk.history("anna", ids["case"], "id __typename") if e["__typename"] == "PortalMessage"
    )
    made = await desk.done("anna", "registerCase", "case { id }", fromEntryId=message["id"], contactId=ids["paul"])
    again = (await desk.history("anna", made["case"]["id"], "id"))[0]["id"]
    split = await desk.done("anna", "registerCase", "case { id }", fromEntryId=again, subject="Split again")
    link = {"caseId": made["case"]["id"], "toCaseId": ids["case"], "kind": "SPLIT_FROM"}
    await desk.done("anna", "unlinkCases", **link)
    await desk.done("anna", "editCase", caseId=ids["case"], contactId=ids["paul"])
    await desk.done("paul", "complain", caseId=ids["case"], body="I am angry, too.")
    await desk.done("dora", "mergeCases", caseId=made["case"]["id"], intoCaseId=split["case"]["id"])
    await desk.done("otto", "eraseContact", contactId=ids["canary"])
    assert [table for table, text in (await everything(desk)).items() if CANARY in text] == []
    found = await desk.run("paul", "{ cases(filter: {includeFinal: true}) { nodes { subject description } } }")
    assert {"subject": "Incident", "description": "I am angry, too."} in found["cases"]["nodes"]
    assert (await desk.case("anna", split["case"]["id"], "subject"))["subject"] == "Split again", "a colleague's words"


@pytest.mark.rule("R-204")
async def test_what_employees_wrote_of_their_own_stays(desk: Desk, told: Told) -> None:
    case = await told.registered("anna", subject=f"{CANARY} on the telephone")
    await desk.done("anna", "postToFeed", caseId=case, body="He called again.")
    await desk.done("anna", "recordCall", caseId=case, direction="INCOMING", result="Calmed him.", notes="Angry.")
    task = await desk.done("anna", "addTask", "task { id }", caseId=case, title="Call him back", description="Today.")
    await desk.done("anna", "completeTask", taskId=task["task"]["id"], result="Did so.")
    await desk.done("anna", "resolveCase", caseId=case, resolution="Put out.")
    show = """__typename ... on FeedPost { body } ... on Call { result notes contact { name } }
      ... on TaskEnded { task { title description result } } ... on CaseStatusChanged { resolution }"""
    before = await desk.history("anna", case, show)
    await desk.done("otto", "eraseContact", contactId=desk.ids["canary"])
    assert (await desk.history("anna", case, show))[: len(before)] == before


@pytest.mark.rule("R-204")
async def test_cases_and_their_history_stay_with_an_erased_contact(desk: Desk, told: Told) -> None:
    before = await desk.history("anna", desk.ids["case"], "id __typename")
    await desk.done("otto", "eraseContact", contactId=desk.ids["canary"])
    show = "subject description contact { name } account { name } satisfaction { comment }"
    assert await desk.case("anna", desk.ids["case"], show) == {
        "subject": "Incident",
        "description": None,
        "contact": {"name": "Erased contact"},
        "account": {"name": "Westhaven Hospital"},
        "satisfaction": {"comment": None},
    }
    after = await desk.history("anna", desk.ids["case"], "id __typename ... on PortalMessage { body }")
    assert [entry["id"] for entry in after][: len(before)] == [entry["id"] for entry in before]
    bodies = [entry["body"] for entry in after if entry["__typename"] == "PortalMessage"]
    assert bodies == ["", "We are coming."], "what the desk wrote stays"
    assert not (await desk.run("anna", f'{{ contacts(search: "{CANARY}") {{ nodes {{ id }} }} }}'))["contacts"]["nodes"]
    found = "query($w: String) { cases(filter: {search: $w, includeFinal: true}) { totalCount } }"
    assert (await desk.run("anna", found, w=CANARY))["cases"]["totalCount"] == 0


@pytest.mark.rule("R-162")
@pytest.mark.rule("R-172")
async def test_streams_hold_and_tell_what_went_and_a_replay_brings_nothing_back(desk: Desk, told: Told) -> None:
    history = """subscription($after: Cursor) { caseHistoryAdded(after: $after) {
      __typename summary ... on PortalMessage { body } ... on CaseEdited { changes { before after } }
      ... on CaseStatusChanged { reason } } }"""
    lists = "subscription { casesChanged(filter: {includeFinal: true}) { case { subject } } }"
    beginning = desk.app.state.desk.cursors.seal(0)
    async with (
        desk.stream("anna", history) as entries,
        desk.stream("anna", lists) as changes,
        desk.stream("canary", history) as own,
    ):
        await desk.done("otto", "eraseContact", contactId=desk.ids["canary"])
        assert await own.error(2) == "UNAUTHENTICATED"
        assert (await entries.next())["__typename"] in ("PortalMessageRemoved", "CaseEdited")
        assert (await changes.next())["case"]["subject"] == "Incident"
    async with desk.stream("anna", history, after=beginning) as replay:
        items = await replay.take(8)
        assert CANARY not in orjson.dumps(items).decode().casefold()


@pytest.mark.rule("R-204")
async def test_one_who_was_erased_comes_back_by_no_way(desk: Desk, told: Told) -> None:
    token = await letter(desk, desk.ids["case"])
    await desk.done("otto", "eraseContact", contactId=desk.ids["canary"])
    await desk.done("otto", "eraseContact", contactId=desk.ids["canary"])
    assert await desk.code("canary", "{ viewer { timeZone } }") == "UNAUTHENTICATED"
    inputs: dict[str, dict[str, Any]] = {"editContact": {"name": "Again"}, "invitePortalUser": {"login": "again"}}
    for mutation, input in inputs.items():
        assert (await desk.refused("otto", mutation, contactId=desk.ids["canary"], **input))["code"] == "NOT_NOW"
    assert (await desk.run(None, ASKED, token=token))["ratingAsked"] is None
    assert (await rated_by_letter(desk, token, "Good", "Again"))["errors"][0]["code"] == "NOT_FOUND"


# ---------------------------------------------------------------- meanwhile


def deeds(desk: Desk, case: str, mark: str) -> list[tuple[str, dict[str, Any]]]:
    """All that a customer may do in which words of his are kept, and what is kept beside him."""
    said = f"{CANARY} {mark}"
    return [
        ("registerCase", {"subject": said, "description": said, "categoryId": desk.ids["INCIDENT"], "requestId": said}),
        ("postToPortal", {"caseId": case, "body": said, "requestId": f"{said} post"}),
        ("rateCase", {"by": {"caseId": case}, "levelId": desk.ids["Good"], "comment": said}),
        ("complain", {"caseId": case, "body": said, "requestId": f"{said} complaint"}),
        ("cancelCase", {"caseId": case, "reason": said}),
        ("watchCase", {"caseId": case, "watch": True}),
    ]


def outcome(answer: dict[str, Any]) -> str:
    """Whether it was done, or the code of why it was not."""
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    [payload] = answer["data"].values()
    return str(payload["errors"][0]["code"]) if payload["errors"] else "done"


async def tried(desk: Desk, login: str, mutation: str, input: dict[str, Any]) -> str:
    document = f"""mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
      {mutation}(input: $input) {{ errors {{ code }} }} }}"""
    return outcome(await desk.answer(login, document, input=input))


async def holding(desk: Desk) -> list[str]:
    """The tables in which something of the person is."""
    return [table for table, text in (await everything(desk)).items() if CANARY in text]


@pytest.mark.rule("R-204")
async def test_what_a_customer_begins_while_he_is_erased_is_refused(desk: Desk, another: Any, told: Told) -> None:
    begun = deeds(desk, desk.ids["case"], "meanwhile")
    assert {mutation for mutation, _ in told.fields} <= {mutation for mutation, _ in begun}
    token = await letter(desk, desk.ids["case"])
    async with another() as second:
        second.logins |= {"canary": desk.logins["canary"]}
        async with working(desk, as_="otto", role=Role.ADMINISTRATOR) as work:
            await erasing.erase_contact(work, row_id(desk.ids["canary"]))
            doing = [asyncio.create_task(tried(second, "canary", *deed)) for deed in begun]
            by_letter = asyncio.create_task(rated_by_letter(second, token, "Good", f"{CANARY} by letter"))
            await asyncio.sleep(0.5)
            assert not any(task.done() for task in (*doing, by_letter)), "they wait"
        assert await asyncio.gather(*doing) == ["UNAUTHENTICATED"] * len(begun)
        assert (await by_letter)["errors"][0]["code"] == "NOT_FOUND"
    assert await holding(desk) == []


@pytest.mark.rule("R-204")
async def test_a_customer_and_colleagues_who_write_while_he_is_erased_hold_nobody_up_and_leave_nothing_of_him(
    desk: Desk, another: Any
) -> None:
    account = desk.ids["account of Vera Lindqvist"]
    async with another() as second:
        for round in range(3):
            login = f"guest{round}"
            await let_in(desk, f"{CANARY} {round}", login, PortalRole.OBSERVER, account)
            second.logins |= {login: desk.logins[login]}
            cases = [await desk.register(contactId=desk.ids[login]) for _ in range(2)]
            writing = [
                tried(server, login, *deed)
                for at, (server, case) in enumerate(zip((desk, second), cases, strict=True))
                for deed in deeds(desk, case["id"], f"{round} {at}")[:4]
            ]
            call = {"direction": "INCOMING", "result": "Hm.", "contactId": desk.ids[login]}
            beside = [
                tried(server, "anna", *deed)
                for server, case in zip((second, desk), cases, strict=True)
                for deed in (
                    ("recordCall", {"caseId": case["id"], **call}),
                    ("editCase", {"caseId": case["id"], "priority": "LOW"}),
                    ("editContact", {"contactId": desk.ids[login], "phone": f"{CANARY} 4711"}),
                )
            ]
            erased = tried(desk, "otto", "eraseContact", {"contactId": desk.ids[login]})
            *others, last = await asyncio.gather(*writing[:4], erased, *beside, *writing[4:])
            assert {*others, last} <= {"done", "UNAUTHENTICATED", "NOT_NOW"}, others
        assert await holding(desk) == []
