"""Reads who watches a case, what decides whether a notification reaches somebody, and who stands in for the absent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from gql.rules.assignment import is_away
from gql.rules.notifications import Addressee, Person
from gql.store.cases import CaseWatch
from gql.store.people import Login, User
from gql.store.written import Written

WATCHES_OF_CASE = Written(CaseWatch, lambda key: CaseWatch.filter(case_id=key).values_list("user_id", "contact_id"))
WATCHES_OF_THREAD = Written(
    CaseWatch, lambda key: CaseWatch.filter(case__thread_id=key).values_list("user_id", "contact_id")
)


async def watchers(cases: Sequence[int], threads: Mapping[int, int]) -> dict[int, list[Person]]:
    """Who watches these cases, and for cases that share the history of a thread, who watches any of those."""
    found: dict[int, list[Person]] = {}
    for case, thread in threads.items():
        found[case] = [Person(*who) for who in await WATCHES_OF_THREAD.records(thread)]
    if len(cases) == 1:
        found[cases[0]] = [Person(*who) for who in await WATCHES_OF_CASE.records(cases[0])]
    for watch in await CaseWatch.filter(case_id__in=cases) if len(cases) > 1 else ():
        found.setdefault(watch.case_id, []).append(Person(watch.user_id, watch.contact_id))
    return found


async def addressees(people: Collection[Person], now: datetime) -> dict[Person, Addressee]:
    """Those of the people who can be told, and their replacements while they are away: employees who are active, and
    customers who can sign in.

    One statement for all employees, another for those who stand in for somebody who is away, and one for customers.
    """
    known: dict[Person, Addressee] = {}
    asked: set[int] = set()
    wanted = {person.user_id for person in people if person.user_id is not None}
    while wanted:
        asked |= wanted
        for user_id, addressee in await _employees(wanted, now):
            known[Person(user_id=user_id)] = addressee
        wanted = {each.replacement_id for each in known.values() if each.replacement_id is not None} - asked
    contacts = {person.contact_id for person in people if person.contact_id is not None}
    if contacts:
        logins = Login.filter(contact_id__in=contacts, active=True)
        for contact_id, preferences in await logins.values_list("contact_id", "contact__notification_preferences"):
            known[Person(contact_id=contact_id)] = Addressee(preferences)
    return known


async def _employees(ids: Collection[int], now: datetime) -> list[tuple[int, Addressee]]:
    rows = await User.filter(id__in=ids, active=True).values_list(
        "id",
        "notification_preferences",
        "out_of_office__from_at",
        "out_of_office__until_at",
        "out_of_office__replacement_id",
    )
    return [
        (id, Addressee(preferences, away, replacement_id if away else None))
        for id, preferences, from_at, until_at, replacement_id in rows
        for away in (is_away(from_at, until_at, now),)
    ]
