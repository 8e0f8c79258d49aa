"""GraphQL over HTTP as the audits of graphql-http demand it, run by their own program against a real server."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.engine.toy import served

AUDITS = Path(__file__).with_name("audits")


@pytest.mark.skipif(
    shutil.which("node") is None or not (AUDITS / "node_modules").is_dir(),
    reason="needs Node.js, and `npm ci` in tests/engine/audits",
)
async def test_every_audit_is_passed() -> None:
    async with served() as made:
        audits = await asyncio.create_subprocess_exec(
            "node", "run.mjs", made.url.replace("ws://", "http://"), cwd=AUDITS, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            told, _ = await audits.communicate()
    results = json.loads(told)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
