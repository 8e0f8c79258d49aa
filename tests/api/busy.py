"""A desk with some thirty cases in every status and their conversations, and who looks at it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from gql.api.context import Context, Session
from gql.engine.execution import Engine
from tests.api.setting_up import DELIVERED, bring
from tests.running import Desk

SUBJECTS = ("The printer is on fire", "Lamp", "Ümlauts and “quotes”", "100% of a_b", "Printer again", "x" * 200)


async def make_busy(desk: Desk) -> None:
    """Registers cases for the customers, brings them into every status, and lets all talk about them."""
    draw, ids = random.Random(5), desk.ids
    for login in ("vera", "paul"):
        await desk.done("dora", "editContact", contactId=ids[login], phone="+44 20 7946 0018")
    for n in range(28):
        login = ("anna", "vera", "dora", "paul", "ben")[n % 5]
        given: dict[str, Any] = {"subject": SUBJECTS[n % 6], "description": None if n % 3 else f"Described {n}."}
        if login not in ("vera", "paul"):
            given["contactId"] = ids[("vera", "paul", "Nils Free")[n % 3]]
            given["categoryId"] = ids[("INCIDENT", "SERVICE_REQUEST", "CONSULTATION")[n % 3]]
        case = (await desk.register(login, **given))["id"]
        if n % 2:
            await desk.done("dora", "editCase", caseId=case, priority=draw.choice(["LOW", "HIGH"]), subject=f"No. {n}")
        if n % 3 == 0:
            await desk.done(
                "anna", "postToFeed", caseId=case, body=f"Seen by {n}.", mentionIds=[ids["ben"], ids["dora"]][: n % 4]
            )
        if n % 4 == 0:
            await desk.done("anna", "postToPortal", caseId=case, body="We look into it.")
            await desk.act("vera", "postToPortal", caseId=case, body="Please hurry.")
        if n % 6 == 2:
            call = {"direction": "OUTGOING", "result": f"Called by {n}.", "durationMinutes": n}
            await desk.done("anna", "recordCall", caseId=case, contactId=ids["vera"] if n % 4 else None, **call)
        if n % 6 == 1:
            task = {
                "caseId": case,
                "title": f"Task {n}",
                "ownerId": ids["anna"],
                "dueAt": f"2030-05-{n + 1:02}T09:00:00Z",
            }
            id = (await desk.done("ben", "addTask", "task { id }", **task))["task"]["id"]
            await desk.done("anna", "editTask", taskId=id, description=f"Described {n}.")
            if n % 4 == 1:
                await desk.done("anna", "completeTask", taskId=id, result="It was easy.")
        if n % 5 == 1:
            await desk.done(
                "dora", "assignCase", caseId=case, assigneeId=ids["ben"], assigneeGroupId=ids["group Second line"]
            )
        if n % 5 == 2:
            line = {"supportLineId": ids["line 2"], "assigneeGroupId": ids["group Second line"]}
            await desk.done("anna", "escalateCase", caseId=case, reason="Too hot.", **line)
        elif n % 2 == 0:
            await bring(desk, case, DELIVERED[n // 2 % len(DELIVERED)])
        await desk.done(("anna", "dora")[n % 2], "watchCase", caseId=case, watch=True)


def engine_of(desk: Desk) -> Engine:
    engine: Engine = desk.app.engine
    return engine


LOOKING = ("anna", "anna of one group", "anna of no group", "ben", "otto", "vera", "paul", "nobody")


async def begin(desk: Desk, who: str) -> Context:
    """The context of an operation of one of those who look; an agent may see no more than a group's cases."""
    parts = desk.app.state.desk
    login, _, narrowed = who.partition(" of ")
    if login == "nobody":
        return Context(Session(parts, None), None, None)
    actor = await Session(parts, parts.tokens.read(desk.token(login), parts.clock())).actor()
    if narrowed:
        actor = replace(actor, own_groups=(1,) if narrowed == "one group" else ())
    return Context(Session(parts, None), actor, None)
