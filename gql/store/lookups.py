"""The lists an administrator keeps, and the snapshot of them that a process holds in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from tortoise import fields
from tortoise.expressions import Q
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from gql.actor import Actor
from gql.store.people import Group
from gql.store.sight import staff_only


class CaseStatus(Model):
    """A stage of a case. Code reads the flags; at most one of paused, resolved and final is set (R-24)."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(64, unique=True)
    name = fields.CharField(250)
    description = fields.TextField(default="")
    position = fields.SmallIntField()
    is_active = fields.BooleanField(default=False)
    is_final = fields.BooleanField(default=False)
    is_resolved = fields.BooleanField(default=False)
    is_paused = fields.BooleanField(default=False)
    next_ids: Any = fields.JSONField(default=list)
    """Ids of the statuses that may follow."""
    in_use = fields.BooleanField(default=True)
    """False when an administrator retired it: what is used is never deleted (R-28)."""

    class Meta:
        table = "case_status"
        ordering = ["position"]
        constraints = [
            CheckConstraint(
                check="CASE WHEN is_paused THEN 1 ELSE 0 END + CASE WHEN is_resolved THEN 1 ELSE 0 END "
                "+ CASE WHEN is_final THEN 1 ELSE 0 END <= 1",
                name="case_status_one_flag",
            )
        ]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q()


class CaseCategory(Model):
    """Incident, service request, or another kind the administrator added (R-12, R-13)."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(64, unique=True)
    name = fields.CharField(250)
    description = fields.TextField(default="")
    position = fields.SmallIntField()
    in_use = fields.BooleanField(default=True)

    class Meta:
        table = "case_category"
        ordering = ["position"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q()


class ClosureCode(Model):
    """Why a case ended."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    position = fields.SmallIntField()
    in_use = fields.BooleanField(default=True)

    class Meta:
        table = "closure_code"
        ordering = ["position"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q()


class SupportLine(Model):
    """A step of the desk: first line, second line, and up."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    level = fields.SmallIntField(unique=True)
    groups: fields.ManyToManyRelation[Group] = fields.ManyToManyField(
        "models.Group",
        through="support_line_group",
        forward_key="group_id",
        backward_key="line_id",
        related_name="support_lines",
    )

    class Meta:
        table = "support_line"
        ordering = ["level"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return staff_only(actor)


class DeskSetting(Model):
    """A setting of the desk itself, by its code; the administrator's, not the operator's."""

    code = fields.CharField(64, primary_key=True)
    value = fields.TextField()
    """As JSON."""

    class Meta:
        table = "desk_setting"


class CaseCounter(Model):
    """The one row that holds the last case number given out (R-8)."""

    id = fields.IntField(primary_key=True)
    given_out = fields.BigIntField(default=0)

    class Meta:
        table = "case_counter"


@dataclass(frozen=True)
class Lookups:
    """The short lists whole, by id, as they were when read; rows that were retired are among them."""

    statuses: dict[int, CaseStatus]
    categories: dict[int, CaseCategory]
    closure_codes: dict[int, ClosureCode]
    settings: dict[str, Any]

    @classmethod
    async def read(cls) -> Lookups:
        return cls(
            statuses={row.id: row for row in await CaseStatus.all()},
            categories={row.id: row for row in await CaseCategory.all()},
            closure_codes={row.id: row for row in await ClosureCode.all()},
            settings={row.code: orjson.loads(row.value) for row in await DeskSetting.all()},
        )

    def status(self, code: str) -> CaseStatus:
        """One of the seven statuses that the desk ships; the only place that finds one by its code."""
        return next(row for row in self.statuses.values() if row.code == code)

    def category(self, code: str) -> CaseCategory:
        return next(row for row in self.categories.values() if row.code == code)

    def closure_code(self, name: str) -> ClosureCode:
        return next(row for row in self.closure_codes.values() if row.name == name)

    @property
    def final_status_ids(self) -> list[int]:
        return [row.id for row in self.statuses.values() if row.is_final]

    @cached_property
    def by_model(self) -> dict[type[Model], dict[int, Any]]:
        """The lists as the engine wants them: rows by id, by model."""
        return {CaseStatus: self.statuses, CaseCategory: self.categories, ClosureCode: self.closure_codes}
