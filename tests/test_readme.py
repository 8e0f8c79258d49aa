"""What README shows can be pasted as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from gql.settings import Settings
from tests.running import Desk

README = (Path(__file__).parents[1] / "README.md").read_text()
SNIPPETS = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)


def snippet(name: str) -> str:
    """The one snippet that uses a field."""
    [found] = [text for text in SNIPPETS if re.search(rf"\b{name}\b", text)]
    return str(found)


async def test_its_mutations_and_its_subscription_run_as_they_stand(desk: Desk) -> None:
    signed_in = (await desk.run(None, snippet("signIn")))["signIn"]
    assert signed_in["token"]
    assert desk.ids["vera"] == "Contact_1", "README names this contact"

    registered = (await desk.run("anna", snippet("registerCase")))["registerCase"]
    again = (await desk.run("anna", snippet("registerCase")))["registerCase"]
    assert registered["errors"] == []
    assert registered["case"]["account"]["name"] == "Westhaven Hospital"
    assert again["case"]["id"] == registered["case"]["id"]

    async with desk.stream("ben", snippet("caseHistoryAdded")) as history:
        worked = await desk.run("anna", snippet("takeCase"), id=registered["case"]["id"])
        assert all(payload["errors"] == [] for payload in worked.values())
        items = await history.take(5)
    assert [item.get("body") for item in items] == [
        *(None, None, None),  # assigned, in progress, and the task of an incident
        "Same fault as last week, I think.",
        "We are on it.",
    ]


def test_it_names_the_settings_that_it_uses() -> None:
    used = set(re.findall(r"CASELINE_([A-Z_]+)", README))
    assert used <= {name.upper() for name in Settings.model_fields}
