"""What is said about a case: posts for colleagues, messages for the customer and back."""

from __future__ import annotations

import pytest

from tests.running import Desk


@pytest.mark.rule("R-172")
async def test_a_post_arrives_at_whoever_subscribed(desk: Desk) -> None:
    case = await desk.register()
    async with desk.stream(
        "ben", "subscription($c: ID!) { feedPostAdded(caseId: $c) { body actor { name } cursor } }", c=case["id"]
    ) as posts:
        await desk.done("anna", "postToFeed", caseId=case["id"], body="It burns again.")
        item = await posts.next()
    assert (item["body"], item["actor"]["name"]) == ("It burns again.", "Anna Weber")
