"""Fills an empty desk with the demo's people and stories, through the desk's own actions and in the order of time."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.transactions import in_transaction

from gql.actions import assignment, cases, conversation, lifecycle, logins, notifications, people
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import DESK, Actor
from gql.cursor import Place
from gql.demo.people import ACCOUNTS, EMPLOYEES, Employee
from gql.demo.stories import STORIES
from gql.demo.stories.shape import Cancel, Close, Escalate, Feed, Portal, Reopen, Resolve, Step, Story, Take, Wait
from gql.enums import CaseOrigin, CasePriority, Role
from gql.store import Account, Contact, Entry, Group, Login, Lookups, SupportLine, User
from gql.tokens import hash_password

PASSWORD = "demo"
SEED = 20

Say = Callable[[str], None]


@dataclass(slots=True)
class Played:
    """One case of a story: who plays which part, and the case once it was registered."""

    story: Story
    contact: Contact
    by: dict[str, Employee]
    case_id: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demo, once they are in the database."""

    users: dict[str, User]
    actors: dict[str, Actor]
    contacts: dict[str, list[Contact]]
    lines: dict[int, SupportLine]
    groups: dict[int, Group]


async def is_played() -> bool:
    """Whether the demo is there already. Raises NotADemo for a desk that is somebody's own."""
    if not await Login.exists():
        return False
    if {employee.login for employee in EMPLOYEES} <= {login.name for login in await Login.all()}:
        return True
    raise NotADemo("This database holds a desk already; the demo wants one of its own.")


class NotADemo(Exception):
    """The database is in use for something else."""


async def play(lookups: Lookups, now: datetime, say: Say) -> int:
    """Plays all stories, so that the last ends just before `now`; all of it is there afterwards, or nothing is.

    Answers how many cases there are. Nothing is rung: nobody listens yet.
    """
    chance = random.Random(SEED)
    async with in_transaction():
        cast = await _cast(lookups, now - timedelta(days=120))
        deeds = _schedule(cast, chance, now)
        for count, (at, played, step) in enumerate(deeds, 1):
            await _do(cast, lookups, at, played, step)
            if count % 250 == 0 or count == len(deeds):
                say(f"demo data: {count} of {len(deeds)} steps played")
        await _have_read(cast, lookups, now - timedelta(hours=12))
    return sum(1 for _, _, step in deeds if step is None)


async def _cast(lookups: Lookups, at: datetime) -> Cast:
    lines = {line.level: line for line in await SupportLine.all()}
    groups = {level: await Group.filter(support_lines=line.id).order_by("id").get() for level, line in lines.items()}
    hashed = await hash_password(PASSWORD)
    users: dict[str, User] = {}
    actors: dict[str, Actor] = {}
    contacts: dict[str, list[Contact]] = {}
    async with _working(DESK, at, lookups) as work:
        for employee in EMPLOYEES:
            user = await logins.add_employee(
                work,
                login=employee.login,
                password_hash=hashed,
                name=employee.name,
                role=Role(employee.role),
                email=employee.email,
                time_zone=employee.time_zone,
                group_ids=[groups[level].id for level in employee.lines],
            )
            users[employee.login] = user
            actors[employee.login] = Actor(role=user.role, user_id=user.id)
        for account in ACCOUNTS:
            kept: Account = await people.add_account(work, name=account.name)
            contacts[account.name] = []
            for person in account.contacts:
                contact = await people.add_contact(
                    work, name=person.name, email=person.email, phone=person.phone, account_id=kept.id
                )
                if person.login:
                    await logins.let_in(work, contact, login=person.login, password_hash=hashed)
                contacts[account.name].append(contact)
    return Cast(users, actors, contacts, lines, groups)


async def _have_read(cast: Cast, lookups: Lookups, at: datetime) -> None:
    """Everybody has read what was there half a day ago."""
    last = await Entry.filter(at__lt=at).order_by("-id").first()
    for actor in cast.actors.values():
        async with _working(actor, at, lookups) as work:
            await notifications.read(work, Place(last.id if last else 0))


def _schedule(cast: Cast, chance: random.Random, now: datetime) -> list[tuple[datetime, Played, Step | None]]:
    """What happens when: each story ends in the past, long ago when its case is closed, lately when it is open."""
    deeds: list[tuple[datetime, Played, Step | None]] = []
    for story in STORIES:
        for variant in story.variants:
            contact = chance.choice(cast.contacts[variant["account"]])
            by = {
                "first": _of_line(1, chance),
                "second": _of_line(2, chance),
                "third": _of_line(3, chance),
                "lead": next(e for e in EMPLOYEES if e.role == "SUPERVISOR"),
            }
            names = {slot: employee.name.split()[0] for slot, employee in by.items()}
            told = story.told(variant, {**names, "customer": contact.name.split()[0]})
            played = Played(told, contact, by)
            ended = bool(told.steps) and isinstance(told.steps[-1], Close | Cancel)
            ago = chance.uniform(1, 75) if ended else chance.uniform(0.01, 2.5) ** 1.3
            length = timedelta(minutes=sum(step.gap_minutes for step in told.steps))
            at = now - timedelta(days=ago) - length
            deeds.append((at, played, None))
            for step in told.steps:
                at += timedelta(minutes=step.gap_minutes)
                deeds.append((at, played, step))
    return sorted(deeds, key=lambda deed: deed[0])


def _of_line(level: int, chance: random.Random) -> Employee:
    return chance.choice([e for e in EMPLOYEES if level in e.lines and e.role == "AGENT"])


@asynccontextmanager
async def _working(actor: Actor, at: datetime, lookups: Lookups) -> Any:
    async with unit_of_work(actor, at, lookups, ring=lambda: None) as work:
        yield work


async def _do(cast: Cast, lookups: Lookups, at: datetime, played: Played, step: Step | None) -> None:
    if step is None:
        await _register(cast, lookups, at, played)
        return
    customer = isinstance(step, Portal) and step.by == "customer"
    actor = Actor(contact_id=played.contact.id) if customer else cast.actors[played.by[step.by].login]
    async with _working(actor, at, lookups) as work:
        await _step(work, cast, played, step)


async def _register(cast: Cast, lookups: Lookups, at: datetime, played: Played) -> None:
    story, origin = played.story, CaseOrigin(played.story.origin)
    by_customer = origin is CaseOrigin.PORTAL
    actor = Actor(contact_id=played.contact.id) if by_customer else cast.actors[played.by["first"].login]
    async with _working(actor, at, lookups) as work:
        case = await cases.register(
            work,
            subject=story.subject,
            description=story.description,
            contact_id=played.contact.id,
            category_id=lookups.category(story.category).id,
            priority=CasePriority[story.priority],
            origin=None if by_customer else origin,
            assignee_group_id=None if by_customer else cast.groups[1].id,
        )
    played.case_id = case.id


async def _step(work: Work, cast: Cast, played: Played, step: Step) -> None:
    lookups, case_id = work.lookups, played.case_id
    match step:
        case Feed():
            mentioned = [cast.users[played.by[slot].login].id for slot in step.mentions]
            await conversation.post_to_feed(work, case_id, body=step.body, mention_ids=mentioned)
        case Portal():
            await conversation.post_to_portal(work, case_id, body=step.body)
        case Take():
            await lifecycle.take(work, case_id)
        case Escalate():
            await assignment.escalate(
                work,
                case_id,
                support_line_id=cast.lines[step.line].id,
                assignee_id=cast.users[played.by[step.to].login].id if step.to else None,
                assignee_group_id=cast.groups[step.line].id,
                reason=step.reason,
            )
        case Wait():
            await lifecycle.change_status(work, case_id, status_id=lookups.status("WAITING").id, reason=step.reason)
        case Resolve():
            code = next(row for row in lookups.closure_codes.values() if row.name == step.closure)
            await lifecycle.resolve(work, case_id, resolution=step.resolution, closure_code_id=code.id)
        case Close():
            await lifecycle.change_status(work, case_id, status_id=lookups.status("CLOSED").id)
        case Cancel():
            code = next(row for row in lookups.closure_codes.values() if row.name == step.closure)
            await lifecycle.cancel(work, case_id, closure_code_id=code.id, reason=step.reason)
        case Reopen():
            await lifecycle.reopen(work, case_id, reason=step.reason)
