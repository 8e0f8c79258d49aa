"""What the operator sets: read from the environment, checked at once, told in words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gql.settings import Settings, WrongSettings, read_settings, settings_page

SECRET = "0123456789abcdef0123456789abcdef"


def wrong(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    """What is said about an environment that cannot be meant, line by line."""
    for name, value in variables.items():
        monkeypatch.setenv(f"CASELINE_{name.upper()}", value)
    with pytest.raises(WrongSettings) as told:
        read_settings()
    return str(told.value).splitlines()


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CASELINE_{name.upper()}", raising=False)


def test_a_desk_needs_no_setting_at_all() -> None:
    settings = read_settings()
    assert (settings.database_url, settings.broadcast_url, settings.port) == ("sqlite://caseline.db", "memory://", 8000)
    assert settings.token_minutes == 720
    assert settings.replay_days == 30
    assert settings.secret is None


def test_a_variable_of_the_environment_sets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_PORT", "9000")
    monkeypatch.setenv("CASELINE_SECRET", SECRET)
    settings = read_settings()
    assert settings.port == 9000
    assert settings.secret is not None
    assert settings.secret.get_secret_value() == SECRET


def test_an_option_of_the_command_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_PORT", "9000")
    monkeypatch.setenv("CASELINE_HOST", "0.0.0.0")
    settings = read_settings(port=9001, host=None)
    assert (settings.port, settings.host) == (9001, "0.0.0.0")


def test_variables_of_other_programs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("CASELINE_OF_SOMETHING_ELSE", "1")
    assert read_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("port", "eight", "0 to 65535"),
        ("port", "65536", "0 to 65535"),
        ("port", "-1", "0 to 65535"),
        ("database_pool", "1", "2 to 100"),
        ("database_pool", "101", "2 to 100"),
        ("database_url", "mysql://root@db/caseline", "`postgres://user:password@host:port/name`"),
        ("broadcast_url", "kafka://localhost", "`redis://host:port`"),
        ("token_minutes", "14", "15 to 720"),
        ("token_minutes", "721", "15 to 720"),
        ("replay_days", "0", "1 to 3650"),
        ("poll_seconds", "0", "up to 2"),
        ("poll_seconds", "soon", "up to 2"),
        ("poll_seconds", "2.1", "up to 2"),
        ("log_format", "xml", "`json` for programs"),
    ],
)
def test_a_wrong_value_is_told_with_its_name_and_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    [line] = wrong(monkeypatch, **{name: value})
    assert line.startswith(f"CASELINE_{name.upper()} is {value!r}: ")
    assert expected in line


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = wrong(monkeypatch, port="eight", log_format="xml", token_minutes="5")
    assert sorted(line.split()[0] for line in lines) == [
        "CASELINE_LOG_FORMAT",
        "CASELINE_PORT",
        "CASELINE_TOKEN_MINUTES",
    ]


def test_a_short_secret_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = wrong(monkeypatch, secret="hunter2")
    assert line.startswith("CASELINE_SECRET is (hidden): ")
    assert "32 characters or more" in line
    assert "hunter2" not in line


def test_a_password_in_a_wrong_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = wrong(
        monkeypatch, database_url="mysql://desk:hunter2@db/caseline", broadcast_url="kafka://desk:hunter2@bus:9092"
    )
    assert len(lines) == 2
    assert "hunter2" not in "".join(lines)


def test_the_secret_is_not_shown_with_the_settings() -> None:
    assert SECRET not in repr(read_settings(secret=SECRET))


def test_settings_do_not_change_while_the_desk_runs() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_the_page_has_a_row_for_each_setting() -> None:
    rows = settings_page().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [f"CASELINE_{name.upper()}" for name in Settings.model_fields]
    assert all(row.count("|") == 4 and row.split("|")[3].strip() for row in rows)
