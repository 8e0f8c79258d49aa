"""Two small models and an empty database, so that the database layer is tested without the desk's own."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise import fields
from tortoise.models import Model

from gql.store import database
from gql.store.fields import UtcDatetimeField

ROOT = Path(__file__).parent.parent.parent.parent


class Shelf(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(120, default="")
    room = fields.CharField(20, default="")
    height = fields.IntField(default=0)

    class Meta:
        table = "toy_shelf"
        unique_together = [("room", "name")]
        indexes = [("height", "id"), ("room",)]


class Book(Model):
    id = fields.IntField(primary_key=True)
    shelf: fields.ForeignKeyRelation[Shelf] = fields.ForeignKeyField("models.Shelf", on_delete=fields.CASCADE)
    shelf_id: int
    guests_on: fields.ManyToManyRelation[Shelf] = fields.ManyToManyField(
        "models.Shelf", through="toy_guest", related_name="guests"
    )
    title = fields.CharField(80, db_index=True)
    bound = fields.BooleanField(default=True)
    notes: Any = fields.JSONField(default=dict)
    at: datetime | None = UtcDatetimeField(null=True)

    class Meta:
        table = "toy_book"


def use(migrations: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the toys in the place of the desk's models, with one of the packages of migrations beside this file."""
    monkeypatch.setattr(database, "MODELS", (__name__,))
    monkeypatch.setattr(database, "READ_ALONE", ())
    monkeypatch.setattr(database, "MIGRATIONS", f"{__name__}.{migrations}")


SETTING = f"""
from gql.store import database
database.MODELS, database.READ_ALONE, database.MIGRATIONS = ("{__name__}",), (), "{__name__}.second"
"""
"""How a script for another process begins, to do the same."""


@asynccontextmanager
async def nowhere(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of a database that is not there yet, on `sqlite` or `postgres`; it is removed afterwards."""
    if kind == "sqlite":
        yield f"sqlite://{folder}/toy.db"
        return
    server = os.environ.get("CASELINE_TEST_POSTGRES_URL") or os.environ.get("CASELINE_TEST_DATABASE_URL")
    if server is None:
        pytest.skip("CASELINE_TEST_DATABASE_URL names no PostgreSQL server")
    server = server.rpartition("/")[0]
    name = f"caseline_toy_{secrets.token_hex(4)}"
    try:
        yield f"{server}/{name}"
    finally:
        connection = await asyncpg.connect(f"{server}/postgres")
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        finally:
            await connection.close()
