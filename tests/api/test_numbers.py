"""Case numbers when many register at once, in several server processes, and when some of them fail."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from gql.actions import cases
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.store import Case, CaseCounter, Contact, Lookups, database
from tests.processes import Process, serving
from tests.running import REGISTER, Desk

Register = Callable[[], Coroutine[Any, Any, str]]

SIGN_IN = 'mutation { signIn(input: {login: "anna", password: "demo"}) { token } }'


def numbered(first: int, last: int) -> list[str]:
    return [f"SR{number:08}" for number in range(first, last + 1)]


@asynccontextmanager
async def registering(server: Process, contact_id: str) -> AsyncIterator[Register]:
    """A client of a server process, signed in as anna: each call registers a case and answers its number."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
        signed_in = await client.post("/graphql", json={"query": SIGN_IN})
        client.headers["authorization"] = f"Bearer {signed_in.json()['data']['signIn']['token']}"

        async def register() -> str:
            given = {"subject": "The printer is on fire", "contactId": contact_id}
            response = await client.post("/graphql", json={"query": REGISTER, "variables": {"input": given}})
            payload = response.json()["data"]["registerCase"]
            assert payload["errors"] == [], payload
            return str(payload["case"]["number"])

        yield register


async def veras_id(database_url: str) -> str:
    async with database.opened(database_url, pool_size=2):
        return f"Contact_{(await Contact.get(name='Vera Lindqvist')).id}"


async def stored(database_url: str) -> list[str]:
    """The numbers of all cases, in their order."""
    async with database.opened(database_url, pool_size=2):
        return sorted(await Case.all().values_list("number", flat=True))  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.rule("R-8")
async def test_of_200_cases_registered_at_once_in_two_processes_each_has_a_number_and_none_is_left_out(
    database_url: str,
) -> None:
    contact = await veras_id(database_url)
    async with (
        serving(database_url) as one,
        serving(database_url) as other,
        registering(one, contact) as register_in_one,
        registering(other, contact) as register_in_other,
    ):
        registered = (register() for _ in range(100) for register in (register_in_one, register_in_other))
        numbers = await asyncio.gather(*registered)
    assert sorted(numbers) == numbered(1, 200) == await stored(database_url)


@pytest.mark.slow
@pytest.mark.rule("R-8")
async def test_a_process_that_is_killed_while_registering_leaves_no_gap(database_url: str) -> None:
    contact = await veras_id(database_url)
    async with (
        serving(database_url) as one,
        serving(database_url) as other,
        registering(one, contact) as register_in_one,
        registering(other, contact) as register_in_other,
    ):
        told = []

        async def keep_registering(register: Register) -> None:
            with suppress(httpx2.HTTPError):
                while True:
                    told.append(await register())

        ends = [asyncio.create_task(keep_registering(register_in_one)) for _ in range(8)]
        async with asyncio.timeout(20):
            while len(told) < 20:
                await asyncio.sleep(0.001)
        await one.stop(signal.SIGKILL)
        await asyncio.gather(*ends)
        told += [await register_in_other() for _ in range(3)]
    kept = await stored(database_url)
    assert kept == numbered(1, len(kept))
    assert set(told) <= set(kept), "no number that was told is lost"
    assert sorted(told)[-1] == kept[-1]


@pytest.mark.rule("R-8")
async def test_registrations_that_are_refused_in_between_leave_no_gap(desk: Desk) -> None:
    vera = desk.ids["vera"]
    refused: list[dict[str, Any]] = [
        {"contactId": vera},
        {"subject": "Fire"},
        {"subject": "Fire", "contactId": vera, "accountId": desk.ids["account of Paul Okafor"]},
        {"subject": "Fire", "contactId": vera, "assigneeId": "User_999"},
        {"subject": "Fire", "contactId": vera, "requestId": ""},
    ]
    answers = await asyncio.gather(
        *(
            desk.register("anna") if i % 2 else desk.refused("anna", "registerCase", **refused[i // 2 % 5])
            for i in range(40)
        )
    )
    numbers = [answer["number"] for answer in answers if "number" in answer]
    assert sorted(numbers) == numbered(1, 20)


@pytest.mark.rule("R-8")
async def test_a_registration_that_fails_after_its_number_was_drawn_leaves_no_gap(desk: Desk) -> None:
    await desk.register()
    with desk.database():
        lookups, vera = await Lookups.read(), await Contact.get(name="Vera Lindqvist")

        async def fail() -> str:
            drawn = ""
            with suppress(RuntimeError):
                async with unit_of_work(DESK, datetime.now(UTC), lookups, ring=lambda: None) as work:
                    drawn = (await cases.register(work, subject="Fire", contact_id=vera.id)).number
                    raise RuntimeError("the power went out")
            return drawn

        assert await fail() == "SR00000002"
        drawn = await asyncio.gather(*(fail() if i % 2 else desk.register() for i in range(20)))
        kept = [case["number"] for case in drawn if isinstance(case, dict)]
        assert sorted(kept) == numbered(2, 11)
        assert (await CaseCounter.get(id=1)).given_out == 11
    assert (await desk.register())["number"] == "SR00000012"


@pytest.mark.rule("R-8")
@pytest.mark.rule("R-170")
async def test_what_is_sent_twice_at_once_takes_one_number(desk: Desk) -> None:
    sent = [desk.register(requestId=f"attempt {attempt}") for attempt in range(5) for _ in range(3)]
    numbers = [case["number"] for case in await asyncio.gather(*sent)]
    assert sorted(set(numbers)) == numbered(1, 5)
    assert all(re.fullmatch(r"SR\d{8}", number) for number in numbers)
    assert (await desk.register())["number"] == "SR00000006"
