"""The settings of the desk itself, by their codes: what there is, and what an administrator has set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from tortoise import fields
from tortoise.models import Model

from gql.enums import CaseOrigin, CasePriority, SettingType
from gql.store.phones import REGIONS


class DeskSetting(Model):
    """A setting of the desk itself, by its code; the administrator's, not the operator's."""

    code = fields.CharField(64, primary_key=True)
    """One of `DESK_SETTINGS`."""
    value = fields.TextField()
    """As JSON."""

    class Meta:
        table = "desk_setting"


@dataclass(frozen=True, slots=True)
class SettingDefinition:
    """A knob for the administrator. What an admin page needs to show one, and the desk to check a value."""

    code: str
    type: SettingType
    default: str | int | bool
    description: str
    """What it means, with its unit."""
    choices: tuple[str, ...] = ()
    """The words that a CHOICE is made of."""
    least: int | None = None
    """Bounds of a NUMBER."""
    most: int | None = None
    """Bounds of a NUMBER; of any text the number of its characters."""


GROUP_OF_LEVEL = {1: "FirstSupportLine", 2: "SecondSupportLine", 3: "ThirdSupportLine"}
"""The settings that name the default groups of support lines, by the levels of these (R-58)."""

DESK_SETTINGS: dict[str, SettingDefinition] = {
    setting.code: setting
    for setting in (
        SettingDefinition(
            "CaseCodeMask",
            SettingType.CASE_NUMBER_MASK,
            "SR{0:00000000}",
            "How case numbers look: up to 500 characters with one slot, `{0}` or `{0:00000000}`, for the count.",
            most=500,
        ),
        SettingDefinition(
            "CaseLastNumber",
            SettingType.NUMBER,
            0,
            "Last count of a desk that this one continues: the next case has the one after it. It can only be raised.",
            least=0,
            most=2_147_483_647,
        ),
        SettingDefinition("CaseStatusDef", SettingType.CASE_STATUS, "NEW", "Status of a new case."),
        SettingDefinition(
            "CasePriorityDef",
            SettingType.CHOICE,
            "MEDIUM",
            "Priority of a new case, when none is given.",
            choices=tuple(priority.name for priority in CasePriority),
        ),
        SettingDefinition(
            "CaseOriginDef",
            SettingType.CHOICE,
            "CALL",
            "Origin of a case that an employee registers, when none is given.",
            choices=tuple(origin.name for origin in CaseOrigin),
        ),
        SettingDefinition(
            "PortalCaseOriginDef",
            SettingType.CHOICE,
            "PORTAL",
            "Origin of a case that a customer registers.",
            choices=tuple(origin.name for origin in CaseOrigin),
        ),
        SettingDefinition(
            "CaseCategoryDef",
            SettingType.CASE_CATEGORY,
            "INCIDENT",
            "Category of a case that an employee registers, when none is given.",
        ),
        SettingDefinition("CaseServiceLevelDef", SettingType.SUPPORT_LINE, 1, "Support line of a new case."),
        *(
            SettingDefinition(
                code,
                SettingType.GROUP,
                "",
                f"Default group of the support line at level {level}; empty: the first of the line's groups.",
            )
            for level, code in GROUP_OF_LEVEL.items()
        ),
        SettingDefinition(
            "CaseClosureCodeDef",
            SettingType.CLOSURE_CODE,
            "RESOLVED_SUCCESSFULLY",
            "Closure code of a resolved case, when none is given.",
        ),
        SettingDefinition(
            "CaseMergeClosureCode",
            SettingType.CLOSURE_CODE,
            "MERGED",
            "Closure code of a case that ends because it was merged into another.",
        ),
        SettingDefinition(
            "CustomerCancelClosureCode",
            SettingType.CLOSURE_CODE,
            "NO_LONGER_RELEVANT",
            "Closure code of a case that its customer cancels.",
        ),
        SettingDefinition(
            "ClearAssigneeOnCaseReopening",
            SettingType.BOOLEAN,
            True,
            "Whether a case that is reopened loses its assignee, so that its group is told.",
        ),
        SettingDefinition(
            "CloseResolvedCases",
            SettingType.BOOLEAN,
            True,
            "Whether the desk closes, once a day at 03:00, cases that stayed resolved for the two periods below.",
        ),
        SettingDefinition(
            "RequestRatingAgain",
            SettingType.BOOLEAN,
            True,
            "Whether the desk asks the customer of a resolved case again for a grade, at 03:00 after the first period.",
        ),
        SettingDefinition(
            "FirstReevaluationWaitingDays",
            SettingType.NUMBER,
            1,
            "Days of 24 hours that a resolved case waits for a grade before its customer is asked again; 0: he is not.",
            least=0,
            most=365,
        ),
        SettingDefinition(
            "SecondReevaluationWaitingDays",
            SettingType.NUMBER,
            1,
            "Days of 24 hours that it waits after that before the desk closes it; 0: it is not closed.",
            least=0,
            most=365,
        ),
        SettingDefinition(
            "RatingLinkDays",
            SettingType.NUMBER,
            30,
            "For how many days after it was made a letter's link lets its customer grade the case.",
            least=1,
            most=365,
        ),
        SettingDefinition(
            "DefaultTimeZone",
            SettingType.TIME_ZONE,
            "",
            "IANA name of the time zone of those who have none of their own; empty for the server's.",
        ),
        SettingDefinition(
            "DefaultPhoneRegion",
            SettingType.CHOICE,
            "",
            "Region, such as DE, of telephone numbers that name no country; empty: these are compared by their digits.",
            choices=("", *REGIONS),
        ),
        SettingDefinition(
            "AgentSight",
            SettingType.CHOICE,
            "ALL",
            "Which cases agents see: ALL, or OWN_GROUPS for their own, their groups' and nobody's.",
            choices=("ALL", "OWN_GROUPS"),
        ),
        SettingDefinition(
            "NotifyOfOwnAssignment",
            SettingType.BOOLEAN,
            False,
            "Whether somebody who gives a case to himself is told of it, like anybody else whom one is given to.",
        ),
    )
}
"""Every setting by its code, in the order in which they are shown. The key stays as it is, once it was released."""


async def values_in_force() -> dict[str, Any]:
    """The value of every setting: what was set, else the default."""
    stored = {row.code: orjson.loads(row.value) for row in await DeskSetting.all()}
    return {code: stored.get(code, setting.default) for code, setting in DESK_SETTINGS.items()}


def desk_settings_page() -> str:
    """The table of docs/settings.md: every setting of the desk with its default and what it means."""
    rows = ["| code | default | meaning |", "|---|---|---|"]
    for setting in DESK_SETTINGS.values():
        default = "" if setting.default == "" else f"`{as_text(setting.default)}`"
        rows.append(f"| `{setting.code}` | {default} | {setting.description} |")
    return "\n".join(rows) + "\n"


def as_text(value: str | int | bool) -> str:
    """A value as people and clients read it: `true`, `12`, or the text itself."""
    return str(value).lower() if isinstance(value, bool) else str(value)
