"""The command `caseline`, as a stranger types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from gql.api.schema import printed
from gql.settings import WrongSettings
from tests.commands import typed
from tests.processes import serving

COMMANDS = ["serve", "demo", "migrate", "schema", "doctor", "admin", "deactivate"]


def caseline(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gql", *arguments],
        input=given,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command() -> None:
    told = typed("--help")
    assert told.exit_code == 0
    assert [command for command in COMMANDS if command not in told.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    told = typed(command, "--help")
    assert told.exit_code == 0
    assert f"{command} [OPTIONS]" in told.stdout
    assert len(told.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CASELINE_PORT", "99999", "0 to 65535"),
        ("CASELINE_PORT", "http", "0 to 65535"),
        ("CASELINE_DATABASE_URL", "mysql://somewhere/desk", "postgres://"),
        ("CASELINE_DATABASE_URL", "postgres://nobody-named-a-database@127.0.0.1", "postgres://"),
        ("CASELINE_BROADCAST_URL", "kafka://somewhere", "redis://"),
        ("CASELINE_BROADCAST_URL", "redis://", "redis://"),
        ("CASELINE_SECRET", "short", "32 characters"),
        ("CASELINE_TOKEN_MINUTES", "5", "15 to 720"),
        ("CASELINE_LOG_FORMAT", "xml", "json"),
    ],
)
def test_a_wrong_setting_is_told_with_its_name_and_what_is_expected(name: str, value: str, expected: str) -> None:
    told = typed("serve", **{name: value}).exception
    assert isinstance(told, WrongSettings)
    assert name in str(told)
    assert expected in str(told)


def test_what_a_person_can_mend_is_told_without_a_traceback() -> None:
    told = caseline("serve", CASELINE_PORT="99999")
    assert told.returncode == 2
    assert "CASELINE_PORT" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_secret_is_not_repeated_when_it_is_wrong() -> None:
    assert "hunter2" not in str(typed("serve", CASELINE_SECRET="hunter2").exception)


def test_schema_prints_the_schema_and_knows_a_stale_file(tmp_path: Path) -> None:
    assert typed("schema").stdout == printed()
    fresh, stale = tmp_path / "fresh.graphql", tmp_path / "stale.graphql"
    fresh.write_text(printed())
    stale.write_text("type Query { nothing: Int }\n")
    assert typed("schema", "--check", str(fresh)).exit_code == 0
    assert typed("schema", "--check", str(stale)).exit_code == 1


def test_an_empty_place_is_migrated_once_and_then_healthy(tmp_path: Path) -> None:
    given = {"CASELINE_DATABASE_URL": f"sqlite:///{tmp_path}/desk.db"}
    unfit = caseline("doctor", **given)
    assert unfit.returncode == 1
    assert "caseline migrate" in unfit.stderr

    refused = caseline("serve", "--port", "0", **given)
    assert refused.returncode != 0
    assert "Run `caseline migrate`" in refused.stderr
    for command in ("admin", "deactivate"):
        early = caseline(command, "root", given="correct horse\ncorrect horse\n", **given)
        assert (early.returncode, "Traceback" in early.stderr) == (2, False)
        assert "Run `caseline migrate`" in early.stderr
    assert not (tmp_path / "desk.db").exists()

    assert "applied" in caseline("migrate", **given).stderr
    assert "up to date" in caseline("migrate", **given).stderr

    fit = caseline("doctor", **given)
    assert fit.returncode == 0, fit.stderr
    assert "nothing holds it back" in fit.stderr


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("this is no database, but somebody's notes")
    unreachable = "postgres://desk:hunter2@127.0.0.1:1/desk"
    for command, address, reason in (
        ("migrate", unreachable, "127.0.0.1:1/desk cannot be opened"),
        ("doctor", unreachable, "127.0.0.1:1/desk cannot be opened"),
        ("serve", unreachable, "127.0.0.1:1/desk cannot be opened"),
        ("migrate", f"sqlite://{tmp_path}/nowhere/desk.db", f"there is no folder {tmp_path}/nowhere"),
        ("migrate", f"sqlite://{tmp_path}/notes.db", "notes.db cannot be opened"),
    ):
        refused = caseline(command, CASELINE_DATABASE_URL=address)
        assert refused.returncode == 2
        assert reason in refused.stderr
        assert "Traceback" not in refused.stderr
        assert "hunter2" not in refused.stderr


async def test_a_port_that_is_taken_is_told(database_url: str) -> None:
    async with serving(database_url) as server:
        port = server.url.rpartition(":")[2]
        refused = caseline("serve", "--port", port, CASELINE_DATABASE_URL=database_url)
        assert refused.returncode == 3
        assert "address already in use" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_logs_have_no_colours_where_nobody_looks_at_them(tmp_path: Path) -> None:
    told = caseline(
        "doctor",
        CASELINE_DATABASE_URL=f"sqlite:///{tmp_path}/desk.db",
        CASELINE_BROADCAST_URL="redis://127.0.0.1:1",
    )
    assert "\x1b" not in told.stderr + told.stdout


async def test_doctor_draws_a_new_epoch_when_a_backup_was_put_back(database_url: str) -> None:
    def epoch(*arguments: str) -> str:
        told = caseline("doctor", *arguments, CASELINE_DATABASE_URL=database_url).stderr
        return told.partition("epoch ")[2].split()[0]

    before = epoch()
    assert epoch() == before
    assert epoch("--restored") != before


async def test_serve_says_where_it_listens_and_stops_when_asked(database_url: str) -> None:
    async with serving(database_url) as server:
        async with httpx2.AsyncClient() as client:
            health = await client.get(f"{server.url}/health")
        assert health.status_code == 200
        assert health.json()["log"]["heldSeconds"] == 0
        assert await server.stop(signal.SIGTERM) == 0


async def test_the_first_administrator_is_made_and_may_sign_in_until_shut_out(database_url: str) -> None:
    given = {"CASELINE_DATABASE_URL": database_url}
    weak = caseline("admin", "root", given="short\nshort\n", **given)
    assert weak.returncode == 2
    assert "8 characters" in weak.stderr

    made = caseline("admin", "Root", "--name", "Rosa Root", given="correct horse\ncorrect horse\n", **given)
    assert made.returncode == 0, made.stderr
    sign_in = """mutation { signIn(input: {login: "root", password: "correct horse"}) {
      viewer { user { name role } } errors { code } } }"""
    async with serving(database_url) as server, httpx2.AsyncClient() as client:

        async def signed() -> object:
            answer = await client.post(f"{server.url}/graphql", json={"query": sign_in})
            return answer.json()["data"]["signIn"]

        user = {"name": "Rosa Root", "role": "ADMINISTRATOR"}
        assert await signed() == {"viewer": {"user": user}, "errors": []}
        assert caseline("deactivate", "root", **given).returncode == 0
        assert await signed() == {"viewer": None, "errors": [{"code": "INVALID"}]}
    assert caseline("deactivate", "nobody", **given).returncode == 2
