"""The law of the log, for every event there is: what streams tell, applied to what was read, is what is read after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.actions import closing
from gql.enums import PortalRole
from gql.events import EVENTS
from gql.store import Entry, Notification
from tests.api.setting_up import put, row_id
from tests.api.test_organisations import let_in
from tests.api.test_streams import Stream, working
from tests.running import Desk

VIEWERS = ("anna", "vera", "vida")
"""An employee, a customer, and an observer of the customer's account."""

POST = "__typename id summary body likeCount editedAt removedAt"
MESSAGE = "__typename id summary body editedAt removedAt"
ENTRY = f"""__typename id summary case {{ id }} ... on FeedPost {{ {POST} }} ... on PortalMessage {{ {MESSAGE} }}
  ... on FeedPostEdited {{ post {{ {POST} }} }} ... on FeedPostRemoved {{ post {{ {POST} }} }}
  ... on FeedPostLiked {{ post {{ {POST} }} }} ... on PortalMessageEdited {{ message {{ {MESSAGE} }} }}
  ... on PortalMessageRemoved {{ message {{ {MESSAGE} }} }} ... on PortalMessageShown {{ message {{ {MESSAGE} }} }}
  ... on PortalMessageHidden {{ messageId message {{ {MESSAGE} }} }}"""
COLUMNS = """id subject description priority changedAt status { code } category { code } supportLine { id }
  assignee { id } assigneeGroup { id } contact { id } account { id } parent { id } children(first: 5) { nodes { id } }
  mergedInto { id } outcome { resolution closureCode { id } } satisfaction { level { id } comment }"""
READ = f"{COLUMNS} history(first: 15) {{ nodes {{ {ENTRY} }} }}"
HISTORY = f"subscription {{ caseHistoryAdded {{ {ENTRY} }} }}"
LIST = f"subscription {{ casesChanged(filter: {{includeFinal: true}}) {{ fits caseId case {{ {COLUMNS} }} }} }}"

Deed = Callable[[Desk, str, str], Awaitable[Any]]
"""Does it to a case of the customer's, and to another of the observer's; answers ids of further cases."""


def doing(mutation: str, login: str = "dora", **input: Any) -> Deed:
    """One mutation on the first case."""

    async def deed(desk: Desk, case: str, other: str) -> None:
        await desk.done(login, mutation, caseId=case, **{name: desk.ids.get(x, x) for name, x in input.items()})

    return deed


async def registering(desk: Desk, case: str, other: str) -> list[str]:
    return [(await desk.register("vera"))["id"]]


async def escalating(desk: Desk, case: str, other: str) -> None:
    ids = desk.ids
    await desk.done("dora", "escalateCase", caseId=case, supportLineId=ids["line 2"], assigneeId=ids["ben"])


async def complaining(desk: Desk, case: str, other: str) -> list[str]:
    return [(await desk.done("vera", "complain", "case { id }", caseId=case, body="No!"))["case"]["id"]]


async def taking_in(desk: Desk, case: str, other: str) -> None:
    await desk.done("dora", "editCase", caseId=case, parentId=other)


async def taking_out(desk: Desk, case: str, other: str) -> None:
    await taking_in(desk, case, other)
    await desk.done("dora", "editCase", caseId=case, parentId=None)


async def merging(desk: Desk, case: str, other: str) -> list[str]:
    part = (await desk.register("vera"))["id"]
    await taking_in(desk, part, case)
    await desk.done("dora", "addTask", caseId=case, title="Air the room")
    await desk.done("dora", "mergeCases", caseId=case, intoCaseId=other)
    return [part]


async def linking(desk: Desk, case: str, other: str) -> None:
    await desk.done("dora", "linkCases", caseId=case, toCaseId=other, kind="CAUSES")


async def unlinking(desk: Desk, case: str, other: str) -> None:
    await linking(desk, case, other)
    await desk.done("dora", "unlinkCases", caseId=other, toCaseId=case, kind="CAUSED_BY")


def with_task(*then: tuple[str, dict[str, Any]]) -> Deed:
    async def deed(desk: Desk, case: str, other: str) -> None:
        task = (await desk.done("dora", "addTask", "task { id }", caseId=case, title="Call back"))["task"]["id"]
        for mutation, input in then:
            await desk.done("dora", mutation, taskId=task, **input)

    return deed


def with_post(*then: tuple[str, dict[str, Any]]) -> Deed:
    async def deed(desk: Desk, case: str, other: str) -> None:
        post = (await desk.done("dora", "postToFeed", "feedPost { id }", caseId=case, body="Hm"))["feedPost"]["id"]
        for mutation, input in then:
            await desk.done("dora", mutation, postId=post, **input)

    return deed


def with_message(*then: tuple[str, dict[str, Any]]) -> Deed:
    async def deed(desk: Desk, case: str, other: str) -> None:
        said = await desk.done("dora", "postToPortal", "portalMessage { id }", caseId=case, body="Hm")
        for mutation, input in then:
            await desk.done("dora", mutation, messageId=said["portalMessage"]["id"], **input)

    return deed


async def asking_again(desk: Desk, case: str, other: str) -> None:
    await desk.done("anna", "resolveCase", caseId=case, resolution="Put out.")
    await put(desk, case, resolved_at=datetime.now(UTC) - timedelta(hours=30))
    async with working(desk) as work:
        assert await closing.ask_again(work, [row_id(case)]) == 1


async def rating(desk: Desk, case: str, other: str) -> None:
    await desk.done("anna", "resolveCase", caseId=case, resolution="Put out.")
    await desk.done("vera", "rateCase", by={"caseId": case}, levelId=desk.ids["Poor"], comment="It smokes.")


async def reading(desk: Desk, case: str, other: str) -> None:
    await desk.done("anna", "postToPortal", caseId=case, body="Hm")
    await desk.caught_up()
    cursor = (await desk.run("vera", "{ viewer { cursor } }"))["viewer"]["cursor"]
    await desk.done("vera", "readNotifications", upTo=cursor)
    with desk.database():
        assert await Notification.filter(read_at__isnull=False).exists()


def with_employee(*then: tuple[str, dict[str, Any]]) -> Deed:
    """With one who was invited for it."""

    async def deed(desk: Desk, case: str, other: str) -> None:
        given = {"login": f"new of {case}", "name": "Zoe New", "role": "AGENT"}
        user = (await desk.done("otto", "inviteUser", "user { id }", **given))["user"]["id"]
        for mutation, input in then:
            await desk.done("otto", mutation, userId=user, **input)

    return deed


def with_contact(*then: tuple[str, dict[str, Any]], by: str = "anna") -> Deed:
    """With one who was added for it."""

    async def deed(desk: Desk, case: str, other: str) -> None:
        contact = (await desk.done("anna", "addContact", "contact { id }", name="Zoe New"))["contact"]["id"]
        for mutation, input in then:
            own = {"login": f"portal of {case}"} if mutation == "invitePortalUser" else {}
            await desk.done("otto" if "Portal" in mutation else by, mutation, contactId=contact, **own, **input)

    return deed


def with_account(*then: tuple[str, dict[str, Any]]) -> Deed:
    async def deed(desk: Desk, case: str, other: str) -> None:
        account = (await desk.done("anna", "addAccount", "account { id }", name="New Shops"))["account"]["id"]
        for mutation, input in then:
            await desk.done("anna", mutation, accountId=account, **input)

    return deed


async def naming(desk: Desk, case: str, other: str) -> None:
    await desk.done("otto", "editCaseCategory", caseCategoryId=desk.ids["CONSULTATION"], name="Advice")


async def setting(desk: Desk, case: str, other: str) -> None:
    await desk.done("otto", "changeSetting", code="CasePriorityDef", value="LOW")


async def signing_out(desk: Desk, case: str, other: str) -> None:
    await desk.done("cleo", "signOut", everywhere=True)


INVITED = ("invitePortalUser", {"role": "MEMBER"})
AWAY = ("setOutOfOffice", {"untilAt": "2099-01-01T00:00:00Z"})
DEEDS: dict[str, Deed] = {
    "CaseRegistered": registering,
    "CaseEdited": doing("editCase", subject="Ark", description="Wet.", priority="HIGH"),
    "CaseStatusChanged": doing("cancelCase", closureCodeId="No fault found", reason="Hm"),
    "CaseAssigned": doing("takeCase", login="anna"),
    "CaseEscalated": escalating,
    "CaseReclassified": doing("reclassifyCase", categoryId="CONSULTATION"),
    "CaseParentChanged": taking_in,
    "CaseChildAdded": taking_in,
    "CaseChildRemoved": taking_out,
    "CaseComplainedAbout": complaining,
    "CaseMerged": merging,
    "CaseLinked": linking,
    "CaseUnlinked": unlinking,
    "FeedPost": with_post(),
    "PortalMessage": doing("postToPortal", login="vera", body="Hm"),
    "TaskAdded": with_task(),
    "TaskChanged": with_task(("editTask", {"title": "Call"})),
    "TaskEnded": with_task(("completeTask", {"result": "Done."})),
    "Call": doing("recordCall", direction="INCOMING", result="Hm"),
    "CaseRated": rating,
    "RatingRequested": asking_again,
    "FeedPostEdited": with_post(("editPost", {"body": "Oh"})),
    "FeedPostRemoved": with_post(("editPost", {"body": "Oh"}), ("removePost", {})),
    "FeedPostLiked": with_post(("likePost", {"like": True})),
    "PortalMessageEdited": with_message(("editMessage", {"body": "Oh"})),
    "PortalMessageRemoved": with_message(("editMessage", {"body": "Oh"}), ("removeMessage", {})),
    "PortalMessageHidden": with_message(("editMessage", {"body": "Oh"}), ("hideMessage", {})),
    "PortalMessageShown": with_message(("hideMessage", {}), ("showMessage", {})),
    "LoginChanged": signing_out,
    "UserInvited": with_employee(),
    "UserChanged": with_employee(("editUser", {"name": "Zoe Newer"})),
    "UserDeactivated": with_employee(("deactivateUser", {})),
    "UserReactivated": with_employee(("deactivateUser", {}), ("reactivateUser", {})),
    "PasswordReset": with_employee(("resetPassword", {})),
    "OutOfOfficeSet": with_employee(AWAY),
    "OutOfOfficeEnded": with_employee(AWAY, ("endOutOfOffice", {})),
    "ContactAdded": with_contact(),
    "ContactChanged": with_contact(("editContact", {"name": "Zoe Newer"})),
    "AccountAdded": with_account(),
    "AccountChanged": with_account(("editAccount", {"name": "Newer Shops"})),
    "PortalUserInvited": with_contact(INVITED),
    "PortalUserChanged": with_contact(INVITED, ("changePortalUser", {"role": "OBSERVER"})),
    "PortalUserDeactivated": with_contact(INVITED, ("deactivatePortalUser", {})),
    "PortalPasswordReset": with_contact(INVITED, ("resetPortalPassword", {})),
    "ContactErased": with_contact(("eraseContact", {}), by="otto"),
    "NotificationsMarked": reading,
    "LookupChanged": naming,
    "SettingChanged": setting,
}


def test_the_law_is_asked_of_every_event() -> None:
    assert DEEDS.keys() == EVENTS.keys()


class Following:
    """What somebody read of some cases, kept by what streams tell."""

    def __init__(self, desk: Desk, login: str, history: Stream, changes: Stream) -> None:
        self.desk, self.login, self._history, self._changes = desk, login, history, changes
        self.cases: dict[str, Any] = {}
        self.entries: dict[str, dict[str, Any]] = {}

    async def read(self, ids: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """The columns of those that are seen, and the entries that their histories show."""
        asked = "".join(f'of{place}: case(by: {{id: "{id}"}}) {{ ...Read }}\n' for place, id in enumerate(ids))
        found = await self.desk.run(self.login, f"query {{ {asked} }} fragment Read on Case {{ {READ} }}")
        seen = [case for case in found.values() if case is not None]
        entries = [entry for case in seen for entry in case.pop("history")["nodes"]]
        return {case["id"]: case for case in seen}, {entry["id"]: entry for entry in entries}

    async def follow(self, last: str) -> None:
        """Applies what came before the last thing that happened, which was to a case of that id."""
        while (item := await self._changes.next())["caseId"] != last:
            if item["fits"]:
                self.cases[item["caseId"]] = item["case"]
            else:
                self.cases.pop(item["caseId"], None)
        while (entry := await self._history.next())["case"]["id"] != last:
            await self._apply(entry)

    async def _apply(self, entry: dict[str, Any]) -> None:
        """As docs/clients.md says."""
        self.entries[entry["id"]] = entry
        about = entry.get("post") or entry.get("message")
        if about is not None:
            self.entries[about["id"]] = {**self.entries.get(about["id"], {"case": entry["case"]}), **about}
        elif "messageId" in entry:  # and what was told about it
            hidden = entry["messageId"]
            told = [id for id, known in self.entries.items() if (known.get("message") or {}).get("id") == hidden]
            for id in (hidden, *told):
                self.entries.pop(id, None)
        if entry["__typename"] == "CaseMerged":
            _, read = await self.read([entry["case"]["id"]])
            self.entries |= read


def told(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Entries without what they are about, which stands among them itself."""
    beside = ("post", "message", "messageId")
    return {id: {name: value for name, value in entry.items() if name not in beside} for id, entry in entries.items()}


@pytest.mark.rule("R-172")
@pytest.mark.rule("R-173")
async def test_what_streams_tell_of_any_event_applied_to_what_was_read_is_what_is_read_after(desk: Desk) -> None:
    await let_in(desk, "Vida Holm", "vida", PortalRole.OBSERVER, desk.ids["account of Vera Lindqvist"])
    last = (await desk.register("vera"))["id"]
    async with AsyncExitStack() as stack:
        viewers = []
        for login in VIEWERS:
            streams = [await stack.enter_async_context(desk.stream(login, document)) for document in (HISTORY, LIST)]
            viewers.append(Following(desk, login, *streams))
        for number, (kind, deed) in enumerate(DEEDS.items()):
            case, other = (await desk.register("vera"))["id"], (await desk.register(contactId=desk.ids["vida"]))["id"]
            ids = [case, other]
            for viewer in viewers:
                viewer.cases, viewer.entries = await viewer.read(ids)
            ids += await deed(desk, case, other) or []
            await desk.done("anna", "editCase", caseId=last, subject=f"Deed {number}")
            with desk.database():
                assert await Entry.filter(kind=kind).exists(), kind
            for viewer in viewers:
                await viewer.follow(last)
                cases, entries = await viewer.read(ids)
                assert viewer.cases == cases, (kind, viewer.login)
                assert told(viewer.entries) == told(entries), (kind, viewer.login)
