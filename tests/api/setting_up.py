"""What tests do before the story begins: lists of the desk that differ, and cases that have come somewhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from gql.settings import Settings
from gql.store import DESK_SETTINGS, Case, CaseStatus, DeskSetting, database
from tests.running import Desk, running

DELIVERED = ("NEW", "IN_PROGRESS", "WAITING", "RESOLVED", "REOPENED", "CLOSED", "CANCELED")
FINAL = ("CLOSED", "CANCELED")

LISTS = ("CaseStatus", "CaseCategory", "ClosureCode", "SatisfactionLevel", "SupportLine", "Group")
OF_USERS = ("inviteUser", "editUser", "deactivateUser", "reactivateUser", "resetPassword", "eraseContact")
OF_PORTAL_USERS = ("invitePortalUser", "changePortalUser", "deactivatePortalUser", "resetPortalPassword")
ADMINISTERING = frozenset(
    {*(f"{verb}{noun}" for verb in ("add", "edit") for noun in LISTS), "changeSetting", *OF_USERS, *OF_PORTAL_USERS}
)
"""Mutations that only administrators may do."""


def who_does(mutation: str) -> str:
    """Somebody whose role allows a mutation."""
    return "otto" if mutation in ADMINISTERING else "anna"


@asynccontextmanager
async def running_after(settings: Settings, *changes: Callable[[], Awaitable[Any]]) -> AsyncIterator[Desk]:
    """A desk that starts on changed lists, for it reads them when it starts."""
    async with database.opened(settings.database_url, pool_size=2):
        for change in changes:
            await change()
    async with running(settings) as desk:
        yield desk


def with_setting(code: str, value: Any) -> Callable[[], Awaitable[Any]]:
    """One of the desk's own settings has another value."""

    async def change() -> None:
        assert code in DESK_SETTINGS
        await DeskSetting.update_or_create(code=code, defaults={"value": json.dumps(value)})

    return change


def with_status(code: str, *, like: str, name: str, **changed: Any) -> Callable[[], Awaitable[Any]]:
    """A status of the desk's own: what leads to and from a delivered one leads to and from it too."""

    async def change() -> None:
        model = await CaseStatus.get(code=like)
        flags = {flag: getattr(model, flag) for flag in ("is_active", "is_final", "is_resolved", "is_paused")}
        added = await CaseStatus.create(
            code=code, name=name, position=99, **{**flags, "next_ids": model.next_ids, **changed}
        )
        for status in await CaseStatus.exclude(id=added.id):
            if model.id in status.next_ids:
                status.next_ids = [*status.next_ids, added.id]
                await status.save(update_fields=["next_ids"])

    return change


async def bring(desk: Desk, case_id: str, code: str) -> None:
    """Brings a new case into a status, the way that people do; some of them assign it to anna."""
    if code in ("NEW", "REOPENED", "CLOSED"):
        if code != "NEW":
            await desk.done("anna", "changeCaseStatus", caseId=case_id, statusId=desk.ids["WAITING"])
        if code == "REOPENED":
            await desk.done("anna", "reopenCase", caseId=case_id)
        elif code == "CLOSED":
            await desk.done("anna", "changeCaseStatus", caseId=case_id, statusId=desk.ids["CLOSED"])
    elif code == "IN_PROGRESS":
        await desk.done("anna", "takeCase", caseId=case_id)
    elif code == "RESOLVED":
        await desk.done("anna", "resolveCase", caseId=case_id, resolution="Put out.")
    elif code == "CANCELED":
        await desk.done("anna", "cancelCase", caseId=case_id, closureCodeId=desk.ids["No fault found"])
    else:
        await desk.done("anna", "changeCaseStatus", caseId=case_id, statusId=desk.ids[code])
    assert (await desk.case("dora", case_id, "status { code }"))["status"]["code"] == code


async def registered_as(desk: Desk, code: str, **input: Any) -> str:
    """The id of a new case of vera's that has come to a status."""
    case = await desk.register("anna", **input)
    await bring(desk, case["id"], code)
    return str(case["id"])


def row_id(id: str) -> int:
    """The primary key in a global id."""
    return int(id.rpartition("_")[2])


async def put(desk: Desk, case_id: str, **columns: Any) -> None:
    """Puts values into a case's row that no action leads to."""
    with desk.database():
        assert await Case.filter(id=row_id(case_id)).update(**columns) == 1
