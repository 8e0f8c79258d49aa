"""The demo desk as a stranger meets it: one command, the cast, and something in every list."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx2
import pytest

from gql.store import Case, Lookups, database
from tests.processes import process

pytestmark = pytest.mark.slow

CAST = {"anna": "AGENT", "ben": "AGENT", "dora": "SUPERVISOR", "otto": "ADMINISTRATOR", "vera": None, "paul": None}
SIGN_IN = """mutation($login: String!) { signIn(input: {login: $login, password: "demo"}) {
  token viewer { user { role groups { name } } contact { account { name } } unreadCount } errors { message } } }"""


async def ask(client: httpx2.AsyncClient, url: str, query: str, token: str = "", **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = (await client.post(f"{url}/graphql", json=body, headers=headers)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def test_the_demo_has_its_cast_and_cases_in_all_statuses_and_lines(tmp_path: Any) -> None:
    address = f"sqlite:///{tmp_path}/demo.db"
    demo = ("-m", "gql", "demo", "--port", "0")
    async with process(*demo, CASELINE_DATABASE_URL=address) as first:
        assert "making the demo data" in "".join(first.said)
        async with httpx2.AsyncClient(timeout=30) as client:
            tokens = {}
            for login, role in CAST.items():
                signed = (await ask(client, first.url, SIGN_IN, login=login))["signIn"]
                assert signed["errors"] == []
                user = signed["viewer"]["user"]
                assert (user["role"] if user else None) == role
                tokens[login] = signed["token"]
            mine = await ask(client, first.url, "{ cases { totalCount } }", tokens["anna"])
            assert mine["cases"]["totalCount"] > 0
            for customer in ("vera", "paul"):
                own = await ask(
                    client,
                    first.url,
                    "{ cases { nodes { history { nodes { __typename } } } } }",
                    tokens[customer],
                )
                kinds = {entry["__typename"] for case in own["cases"]["nodes"] for entry in case["history"]["nodes"]}
                assert "PortalMessage" in kinds
    async with process(*demo, CASELINE_DATABASE_URL=address) as second:
        assert "making the demo data" not in "".join(second.said)
    async with database.opened(address):
        cases, statuses = await Case.all(), (await Lookups.read()).statuses
    assert 190 <= len(cases) <= 220
    assert set(Counter(case.status_id for case in cases)) == set(statuses)
    assert len({case.support_line_id for case in cases}) == 3
    assert min(Counter(case.status_id for case in cases).values()) >= 5
