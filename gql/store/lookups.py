"""The lists an administrator keeps, and the snapshot of them that a process holds in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import SettingType
from gql.store.people import Group
from gql.store.settings import DESK_SETTINGS, GROUP_OF_LEVEL, SettingDefinition, as_text, values_in_force
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
    button_caption = fields.CharField(250, default="", db_default="")
    """What a button says that leads here; empty where the name will do (R-27)."""
    close_on_save = fields.BooleanField(default=False, db_default=False)
    """Whether a client leaves the case's page once the case is here (R-27)."""
    default_closure_code: fields.ForeignKeyNullableRelation[ClosureCode] = fields.ForeignKeyField(
        "models.ClosureCode", null=True, on_delete=fields.RESTRICT
    )
    """What a case gets that is resolved or ends here without a closure code (R-25)."""
    default_closure_code_id: int | None
    in_use = fields.BooleanField(default=True)
    """False when an administrator retired it: what is used is never deleted (R-28)."""
    version = fields.IntField(default=1, db_default=1)

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
    is_incident = fields.BooleanField(default=False, db_default=False)
    """Whether its assignee is given a task, as for incidents (R-14, R-50)."""
    in_use = fields.BooleanField(default=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "case_category"
        ordering = ["position"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q()


class ClosureCode(Model):
    """Why a case ended."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(64, unique=True)
    name = fields.CharField(250, unique=True)
    position = fields.SmallIntField()
    in_use = fields.BooleanField(default=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "closure_code"
        ordering = ["position"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return Q()


class SatisfactionLevel(Model):
    """A grade that customers can give, and the status it leads to; retired, never deleted (R-86, R-87)."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(250, unique=True)
    points = fields.SmallIntField()
    colour = fields.CharField(7, null=True)
    """As `#rrggbb`."""
    status_after: fields.ForeignKeyNullableRelation[CaseStatus] = fields.ForeignKeyField(
        "models.CaseStatus", null=True, on_delete=fields.RESTRICT
    )
    status_after_id: int | None
    """Null where the grade leaves the case where it is."""
    in_use = fields.BooleanField(default=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "satisfaction_level"
        ordering = ["points", "id"]

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
    in_use = fields.BooleanField(default=True, db_default=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "support_line"
        ordering = ["level"]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return staff_only(actor)


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
    satisfaction_levels: dict[int, SatisfactionLevel]
    lines: dict[int, SupportLine]
    groups: dict[int, Group]
    """With the lines that they work on."""
    settings: dict[str, Any]
    """The value in force of each of `DESK_SETTINGS`, by code."""

    @classmethod
    async def read(cls) -> Lookups:
        return cls(
            statuses={row.id: row for row in await CaseStatus.all()},
            categories={row.id: row for row in await CaseCategory.all()},
            closure_codes={row.id: row for row in await ClosureCode.all()},
            satisfaction_levels={row.id: row for row in await SatisfactionLevel.all()},
            lines={row.id: row for row in await SupportLine.all()},
            groups={row.id: row for row in await Group.all().prefetch_related("support_lines")},
            settings=await values_in_force(),
        )

    def status(self, code: str) -> CaseStatus:
        """One of the seven statuses that the desk ships; the only place that finds one by its code."""
        return next(row for row in self.statuses.values() if row.code == code)

    def category(self, code: str) -> CaseCategory:
        return next(row for row in self.categories.values() if row.code == code)

    def closure_code(self, code: str) -> ClosureCode:
        return next(row for row in self.closure_codes.values() if row.code == code)

    def line_at(self, level: int) -> SupportLine:
        return next(row for row in self.lines.values() if row.level == level)

    def groups_of(self, line: SupportLine) -> list[Group]:
        """The groups in use that work on a line, its default group before the others (R-58).

        A setting may name the default, also one that is not among the line's groups; else it is the first of these.
        """
        named = self.settings.get(GROUP_OF_LEVEL.get(line.level, ""), "")
        in_use = [group for group in self.groups.values() if group.in_use]
        default = [group for group in in_use if group.name == named]
        return default + [group for group in in_use if line in group.support_lines and group not in default]

    def default_group(self, line_id: int) -> Group | None:
        """The group that gets the cases of a line that are nobody's; None for a line without groups."""
        return next(iter(self.groups_of(self.lines[line_id])), None)

    def choices(self, setting: SettingDefinition) -> dict[str, str] | None:
        """What a setting can be set to, as text, with the name of each; None where it is more than a few."""
        rows: list[tuple[Any, str]]
        match setting.type:
            case SettingType.BOOLEAN:
                rows = [(True, "Yes"), (False, "No")]
            case SettingType.CHOICE:
                rows = [(word, _spoken(word)) for word in setting.choices]
            case SettingType.CASE_STATUS:
                open_ones = [s for s in self.statuses.values() if not s.is_final and not s.is_resolved]
                rows = [(row.code, row.name) for row in open_ones if row.in_use]
            case SettingType.CASE_CATEGORY:
                rows = [(row.code, row.name) for row in self.categories.values() if row.in_use]
            case SettingType.CLOSURE_CODE:
                rows = [(row.code, row.name) for row in self.closure_codes.values() if row.in_use]
            case SettingType.SUPPORT_LINE:
                rows = [(row.level, row.name) for row in self.lines.values() if row.in_use]
            case SettingType.GROUP:
                named = [(row.name, row.name) for row in self.groups.values() if row.in_use]
                rows = [("", "The first of the line's groups"), *named]
            case _:
                return None
        return {as_text(value): name for value, name in rows}

    def unfounded_settings(self) -> list[str]:
        """The codes of settings that name what cannot be chosen (any more)."""
        held = {code: self.choices(setting) for code, setting in DESK_SETTINGS.items()}
        return [code for code, given in held.items() if given is not None and as_text(self.settings[code]) not in given]

    @property
    def final_status_ids(self) -> list[int]:
        return [row.id for row in self.statuses.values() if row.is_final]

    @property
    def open_status_ids(self) -> list[int]:
        return [row.id for row in self.statuses.values() if not row.is_final]

    @cached_property
    def by_model(self) -> dict[type[Model], dict[int, Any]]:
        """The lists that everybody sees, as the engine wants them: rows by id, by model."""
        return {
            CaseStatus: self.statuses,
            CaseCategory: self.categories,
            ClosureCode: self.closure_codes,
            SatisfactionLevel: self.satisfaction_levels,
        }

    @cached_property
    def by_model_for_staff(self) -> dict[type[Model], dict[int, Any]]:
        """The same with the lists that customers do not see."""
        return {**self.by_model, SupportLine: self.lines, Group: self.groups}


def _spoken(word: str) -> str:
    """A word of a program as people say it; a country's two letters stay."""
    return word.replace("_", " ").capitalize() if len(word) > 2 else word or "None"
