"""What the operator sets, read once from the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_TWICE = "; twice that for staff."


class WrongSettings(Exception):
    """A setting has a value that cannot be meant; says its name, the value and what is expected."""


class Settings(BaseSettings):
    """Settings of one server process. Each is the environment variable `CASELINE_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="CASELINE_", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite://caseline.db",
        description="Where the data is kept: `sqlite://relative.db`, `sqlite:///absolute/path.db` or "
        "`postgres://user:password@host:port/name`.",
    )
    database_pool: int = Field(10, ge=2, le=100, description="PostgreSQL connections of one process, 2 to 100.")
    broadcast_url: str = Field(
        "memory://",
        description="How processes wake each other: `memory://` for a single process, "
        "`redis://host:port` for any number.",
    )
    secret: SecretStr | None = Field(
        None,
        description="Key that signs tokens and seals cursors, 32 characters or more; the same for all processes. "
        "Left out, one is made and kept in the database.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on, 0 to 65535; 0 takes a free one.")
    token_minutes: int = Field(
        720, ge=15, le=720, description="How long a sign-in lasts, in minutes: 15 to 720 (12 hours)."
    )
    replay_days: int = Field(
        30, ge=1, le=3650, description="How many days back a stream may resume from a cursor, 1 to 3650."
    )
    poll_seconds: float = Field(
        1.0, gt=0, le=2, description="How often the log is looked at when no broadcast came, in seconds, up to 2."
    )
    clock: bool = Field(
        True,
        description="Whether a serving process also does what waits for time, such as closing cases that stay "
        "resolved: `false` where `caseline worker` does.",
    )
    limit_body: int = Field(640_000, ge=10_000, description="Bytes of a request" + _TWICE)
    limit_characters: int = Field(15_000, ge=1_000, description="Characters of a document" + _TWICE)
    limit_tokens: int = Field(1_000, ge=100, description="Tokens of a document" + _TWICE)
    limit_depth: int = Field(8, ge=2, description="How many fields may be inside each other" + _TWICE)
    limit_aliases: int = Field(15, ge=0, description="Aliases of an operation" + _TWICE)
    limit_directives: int = Field(50, ge=0, description="Directives of an operation" + _TWICE)
    limit_cost: int = Field(5_000, ge=100, description="Cost of an operation, as docs/limits.md counts it" + _TWICE)
    deadline_seconds: float = Field(
        30.0, gt=0, le=600, description="After how many seconds an operation is stopped, up to 600."
    )
    trusted_documents: Path | None = Field(
        None,
        description="File of documents that clients may name by their hash, made by `caseline schema --documents`.",
    )
    only_trusted_documents: bool = Field(
        False, description="Whether no other documents than the trusted ones are answered: `true` or `false`."
    )
    document_megabytes: int = Field(
        32, ge=1, le=10_000, description="Memory of one process for the documents it remembers, in megabytes."
    )
    log_format: str = Field("text", description="How the process logs: `text` for people or `json` for programs.")

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("a secret has 32 characters or more")
        return value

    @field_validator("only_trusted_documents")
    @classmethod
    def _some_are_trusted(cls, value: bool, others: ValidationInfo) -> bool:
        if value and others.data.get("trusted_documents") is None:
            raise ValueError("then CASELINE_TRUSTED_DOCUMENTS names them")
        return value

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in ("text", "json"):
            raise ValueError("expected `text` or `json`")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite://", "postgres://", "postgresql://")):
            raise ValueError("expected an address that begins with `sqlite://` or `postgres://`")
        return value

    @field_validator("broadcast_url")
    @classmethod
    def _known_broadcast(cls, value: str) -> str:
        if not value.startswith(("memory://", "redis://", "rediss://")):
            raise ValueError("expected `memory://` or an address that begins with `redis://`")
        return value


def read_settings(**given: Any) -> Settings:
    """Settings from the environment, with `given` before it. Raises WrongSettings, in words, for all at once."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as wrong:
        told = []
        for error in wrong.errors():
            name = str(error["loc"][0])
            expected = Settings.model_fields[name].description
            value = "(hidden)" if name == "secret" else re.sub(r"(//[^:@]*:).*@", r"\1(hidden)@", repr(error["input"]))
            reason = error["msg"].removeprefix("Value error, ")
            told.append(f"CASELINE_{name.upper()} is {value}: {reason}. {expected}")
        raise WrongSettings("\n".join(told)) from None


def settings_page() -> str:
    """The page of docs/settings.md: every setting with its default and what it means."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `CASELINE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"
