"""GraphiQL, as a browser meets it; web/test/graphiql.mjs drives the browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, NoReturn

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gql import static_pages

pytestmark = pytest.mark.anyio

WEB = Path(__file__).resolve().parent.parent / "web"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AS_A_BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def _cannot(reason: str) -> NoReturn:
    """Skips here; in CI the browser test must run."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _browser() -> str:
    """The path of Chromium, when everything that the browser test needs is there."""
    if shutil.which("node") is None:
        _cannot("no node on this machine")
    if not (static_pages.GRAPHIQL / "index.html").exists():
        _cannot("the GraphiQL page is not built: cd web && npm ci && npm run build")
    if not (WEB / "node_modules/playwright-core").exists():
        _cannot("no playwright-core: cd web && npm ci")
    for name in (os.environ.get("CHROMIUM"), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    _cannot("no Chromium on this machine; CHROMIUM may name one")


async def _a_case(desk: Any) -> str:
    contacts = await desk.run("anna", "{ contacts(first: 1) { nodes { id } } }")
    registered = await desk.run(
        "anna",
        "mutation($input: RegisterCaseInput!) { registerCase(input: $input) { case { id } errors { message } } }",
        input={"subject": "The printer hums", "contactId": contacts["contacts"]["nodes"][0]["id"]},
    )
    assert registered["registerCase"]["errors"] == []
    case_id = registered["registerCase"]["case"]["id"]
    assert isinstance(case_id, str)
    return case_id


@pytest.mark.browser
async def test_the_page_runs_a_query_and_sees_a_subscription_deliver_without_any_outside_request(desk: Any) -> None:
    environment = {**os.environ, "CHROMIUM": _browser()}
    command = ["node", str(WEB / "test/graphiql.mjs"), desk.url, desk.token("anna"), await _a_case(desk)]
    with anyio.fail_after(120):
        browser = await anyio.run_process(command, check=False, env=environment)
    assert browser.returncode == 0, (browser.stdout + browser.stderr).decode()


def test_without_a_build_the_page_says_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_pages, "GRAPHIQL", tmp_path / "never built")

    page = static_pages.graphiql_page()

    assert page.status_code == 200
    assert "cd web &amp;&amp; npm ci &amp;&amp; npm run build" in bytes(page.body).decode()
    assert page.headers["content-security-policy"] == static_pages.POLICY
    browser = TestClient(Starlette(routes=static_pages.static_routes()))
    assert browser.get("/static/graphiql/assets/index.js").status_code == 404


def test_the_page_learns_where_the_api_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = '<script type="application/json" id="ide-config">{"url": "/graphql"}</script>'
    (tmp_path / "index.html").write_text(built)
    monkeypatch.setattr(static_pages, "GRAPHIQL", tmp_path)

    page = bytes(static_pages.graphiql_page(path="/desk/</script>").body).decode()

    assert page == built.replace("/graphql", "/desk/\\u003c/script>")


def test_files_with_a_digest_are_kept_by_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/index-4f2a.js").write_text("0")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    monkeypatch.setattr(static_pages, "GRAPHIQL", tmp_path)
    browser = TestClient(Starlette(routes=static_pages.static_routes()))

    script = browser.get("/static/graphiql/assets/index-4f2a.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/static/graphiql/favicon.svg").headers["cache-control"] == "no-cache"


async def test_the_page_forbids_foreign_origins_by_its_policy(desk: Any) -> None:
    async with httpx2.AsyncClient(base_url=desk.url) as browser:
        page = await browser.get("/graphql", headers=AS_A_BROWSER)

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = {name: sources.split() for name, _, sources in _directives(page.headers["content-security-policy"])}
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    named = {source for sources in policy.values() for source in sources}
    assert named <= {"'self'", "'none'", "'unsafe-inline'", "data:"}
    assert [name for name, sources in policy.items() if "'unsafe-inline'" in sources] == ["style-src"]


def _directives(policy: str) -> list[tuple[str, str, str]]:
    return [directive.strip().partition(" ") for directive in policy.split(";")]
