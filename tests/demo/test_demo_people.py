"""The demo's people are complete and invented."""

from __future__ import annotations

import re
from collections import Counter
from zoneinfo import available_timezones

from gql.demo.people import ACCOUNTS, EMPLOYEES

PEOPLE = [person for account in ACCOUNTS for person in account.contacts]
EMAILS = [each.email for each in PEOPLE] + [each.email for each in EMPLOYEES]
# ranges that regulators keep free for films and books
FICTION = re.compile(
    r"\+46 8 465 004 \d\d|\+46 31 390 06 \d\d|\+44 20 7946 0\d{3}|\+44 1\d\d 496 0\d{3}|\+33 1 99 00 \d\d \d\d"
    r"|\+49 30 23125 \d{3}|\+1 \d{3} 555 01\d\d|\+61 2 5550 \d{4}"
)


def test_there_are_fourteen_accounts_with_two_to_five_contacts() -> None:
    assert len({account.name for account in ACCOUNTS}) == 14
    assert all(2 <= len(account.contacts) <= 5 for account in ACCOUNTS)


def test_vera_belongs_to_the_first_account_and_paul_to_the_second() -> None:
    assert "vera" in {person.login for person in ACCOUNTS[0].contacts}
    assert "paul" in {person.login for person in ACCOUNTS[1].contacts}


def test_every_account_has_somebody_with_a_login() -> None:
    assert all(any(person.login for person in account.contacts) for account in ACCOUNTS)


def test_nobody_shares_a_name_an_address_a_number_or_a_login() -> None:
    for values in (
        [each.name for each in PEOPLE] + [each.name for each in EMPLOYEES],
        EMAILS,
        [each.phone for each in PEOPLE],
        [each.login for each in PEOPLE if each.login] + [each.login for each in EMPLOYEES],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_addresses_and_numbers_reach_nobody() -> None:
    assert all(re.fullmatch(r"[a-z.]+@[a-z-]+\.example", email) for email in EMAILS)
    assert [each.phone for each in PEOPLE if not FICTION.fullmatch(each.phone)] == []
    for account in ACCOUNTS:
        assert len({person.email.split("@")[1] for person in account.contacts}) == 1


def test_the_cast_works_where_everybody_knows_it_to_work() -> None:
    cast = {each.login: (each.role, each.lines) for each in EMPLOYEES}
    assert cast["anna"] == ("AGENT", (1,))
    assert cast["ben"] == ("AGENT", (2,))
    assert cast["dora"] == ("SUPERVISOR", ())
    assert cast["otto"] == ("ADMINISTRATOR", ())
    assert Counter(line for each in EMPLOYEES for line in each.lines) == {1: 4, 2: 3, 3: 1}
    assert all(each.time_zone in available_timezones() for each in EMPLOYEES)
