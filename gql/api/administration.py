"""What administrators do to the desk's lists and settings."""

from __future__ import annotations

import dataclasses
from typing import Any

import strawberry
from tortoise.models import Model

from gql import store
from gql.actions import lookups, settings
from gql.api.lookups import CaseCategory, CaseStatus, ClosureCode, SatisfactionLevel
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.scalars import Cursor, key, keys
from gql.api.settings import Setting, shown
from gql.engine.declare import form, given, value
from gql.errors import Changed
from gql.store.settings import DESK_SETTINGS

IDS: dict[str, type[Model]] = {
    "next_status_ids": store.CaseStatus,
    "default_closure_code_id": store.ClosureCode,
    "status_after_id": store.CaseStatus,
    "group_ids": store.Group,
    "member_ids": store.User,
}
"""The models behind the ids that inputs hold."""


def fields_of(input: Any) -> dict[str, Any]:
    """The fields that an input gives, with keys for ids; those that were left out are not there."""
    stated = {field.name: getattr(input, field.name) for field in dataclasses.fields(input)}
    given = {name: value for name, value in stated.items() if value is not None}
    return {name: _plain(name, value) for name, value in given.items()}


def _plain(name: str, value: Any) -> Any:
    value = value.value if isinstance(value, strawberry.Some) else value
    model = IDS.get(name)
    if model is None or value is None:
        return value
    return keys(model, value) if isinstance(value, list) else key(model, value)


# ---------------------------------------------------------------- statuses


@form
class AddCaseStatusInput:
    """For addCaseStatus."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the status is added once."""
    code: str
    """Stable name for programs, in capitals; it never changes."""
    name: str
    description: str | None = None
    order: int | None = None
    """Place in the list, from 1; the others make room. Left out: the last."""
    is_active: bool | None = None
    """Someone should be working on the case. A status has one of the four flags, or none, for good."""
    is_paused: bool | None = None
    """The clocks stand still."""
    is_resolved: bool | None = None
    """The customer has the resolution and may answer it."""
    is_final: bool | None = None
    """Work on the case has stopped for good: nothing follows."""
    next_status_ids: list[strawberry.ID] | None = None
    """Statuses that may follow."""
    button_caption: str | None = None
    """What a button says that leads here; the name where it is empty."""
    close_on_save: bool | None = None
    """Whether a client leaves the case's page once it has brought the case here."""
    default_closure_code_id: strawberry.ID | None = None
    """What a case gets that is resolved or ends here without a closure code. A status of another kind does nothing with
    it."""


@form
class EditCaseStatusInput:
    """For editCaseStatus. A field that is left out stays as it is. Code and flags never change."""

    case_status_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    description: strawberry.Maybe[str | None]
    order: strawberry.Maybe[int | None]
    """Place in the list, from 1; the others make room."""
    next_status_ids: strawberry.Maybe[list[strawberry.ID] | None]
    """Statuses that may follow."""
    button_caption: strawberry.Maybe[str | None]
    """What a button says that leads here; the name where it is empty."""
    close_on_save: strawberry.Maybe[bool | None]
    """Whether a client leaves the case's page once it has brought the case here."""
    default_closure_code_id: strawberry.Maybe[strawberry.ID | None]
    """What a case gets that is resolved or ends here without a closure code. A status of another kind does nothing with
    it."""
    in_use: strawberry.Maybe[bool | None]
    """False retires it: it stays where it is used, and is offered no more."""
    unless_changed_since: Cursor | None = None
    """Refuse when the status was changed after this, which was read with it."""


@value
class CaseStatusPayload(Payload):
    """The status as it now is, also beside CHANGED; null for other errors."""

    case_status: CaseStatus | None


# ---------------------------------------------------------------- categories


@form
class AddCaseCategoryInput:
    """For addCaseCategory."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the category is added once."""
    code: str
    """Stable name for programs, in capitals; it never changes."""
    name: str
    description: str | None = None
    order: int | None = None
    """Place in the list, from 1; the others make room. Left out: the last."""
    is_incident: bool | None = None
    """Whether its cases are incidents, for good: whoever is assigned one is given a task, which ends with it."""


@form
class EditCaseCategoryInput:
    """For editCaseCategory. A field that is left out stays as it is. Code and flag never change."""

    case_category_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    description: strawberry.Maybe[str | None]
    order: strawberry.Maybe[int | None]
    """Place in the list, from 1; the others make room."""
    in_use: strawberry.Maybe[bool | None]
    """False retires it: it stays where it is used, and is offered no more."""
    unless_changed_since: Cursor | None = None
    """Refuse when the category was changed after this, which was read with it."""


@value
class CaseCategoryPayload(Payload):
    """The category as it now is, also beside CHANGED; null for other errors."""

    case_category: CaseCategory | None


# ---------------------------------------------------------------- closure codes


@form
class AddClosureCodeInput:
    """For addClosureCode."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the closure code is added once."""
    code: str
    """Stable name for programs, in capitals; it never changes."""
    name: str
    order: int | None = None
    """Place in the list, from 1; the others make room. Left out: the last."""


@form
class EditClosureCodeInput:
    """For editClosureCode. A field that is left out stays as it is."""

    closure_code_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    order: strawberry.Maybe[int | None]
    """Place in the list, from 1; the others make room."""
    in_use: strawberry.Maybe[bool | None]
    """False retires it: it stays where it is used, and is offered no more."""
    unless_changed_since: Cursor | None = None
    """Refuse when the closure code was changed after this, which was read with it."""


@value
class ClosureCodePayload(Payload):
    """The closure code as it now is, also beside CHANGED; null for other errors."""

    closure_code: ClosureCode | None


# ---------------------------------------------------------------- grades


@form
class AddSatisfactionLevelInput:
    """For addSatisfactionLevel."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the grade is added once."""
    name: str
    points: int
    """More is better; 1 to 1,000."""
    colour: str | None = None
    """As `#rrggbb`."""
    status_after_id: strawberry.ID | None = None
    """Status that a resolved case takes when this grade is given."""


@form
class EditSatisfactionLevelInput:
    """For editSatisfactionLevel. A field that is left out stays as it is."""

    satisfaction_level_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    points: strawberry.Maybe[int | None]
    """More is better; 1 to 1,000."""
    colour: strawberry.Maybe[str | None]
    """As `#rrggbb`."""
    status_after_id: strawberry.Maybe[strawberry.ID | None]
    """Status that a resolved case takes when this grade is given."""
    in_use: strawberry.Maybe[bool | None]
    """False retires it: it stays where it is used, and is offered no more."""
    unless_changed_since: Cursor | None = None
    """Refuse when the grade was changed after this, which was read with it."""


@value
class SatisfactionLevelPayload(Payload):
    """The grade as it now is, also beside CHANGED; null for other errors."""

    satisfaction_level: SatisfactionLevel | None


# ---------------------------------------------------------------- settings


@form
class ChangeSettingInput:
    """For changeSetting."""

    code: str
    value: str | None = None
    """As text, see `Setting`. Null or left out: back to the default."""
    unless_changed_since: Cursor | None = None
    """Refuse when the setting was changed after this, which was read with it."""


@value
class SettingPayload(Payload):
    """The setting as it now is, also beside CHANGED; null for other errors."""

    setting: Setting | None


@strawberry.type
class AdministrationMutations:
    @action
    async def add_case_status(self, info: DeskInfo, input: AddCaseStatusInput) -> CaseStatusPayload:
        """Adds a status. Administrators only."""
        row = await lookups.add(work_of(info), lookups.STATUSES, fields_of(input))
        return CaseStatusPayload(case_status=given(CaseStatus, row))

    @action
    async def edit_case_status(self, info: DeskInfo, input: EditCaseStatusInput) -> CaseStatusPayload:
        """Changes a status, retires it or brings it back. Administrators only."""
        row_id = key(store.CaseStatus, input.case_status_id)
        unless = info.context.place(input.unless_changed_since)
        row = await lookups.edit(work_of(info), lookups.STATUSES, row_id, fields_of(input), unless)
        return CaseStatusPayload(case_status=given(CaseStatus, row))

    @action
    async def add_case_category(self, info: DeskInfo, input: AddCaseCategoryInput) -> CaseCategoryPayload:
        """Adds a category. Administrators only."""
        row = await lookups.add(work_of(info), lookups.CATEGORIES, fields_of(input))
        return CaseCategoryPayload(case_category=given(CaseCategory, row))

    @action
    async def edit_case_category(self, info: DeskInfo, input: EditCaseCategoryInput) -> CaseCategoryPayload:
        """Changes a category, retires it or brings it back. Administrators only."""
        row_id = key(store.CaseCategory, input.case_category_id)
        unless = info.context.place(input.unless_changed_since)
        row = await lookups.edit(work_of(info), lookups.CATEGORIES, row_id, fields_of(input), unless)
        return CaseCategoryPayload(case_category=given(CaseCategory, row))

    @action
    async def add_closure_code(self, info: DeskInfo, input: AddClosureCodeInput) -> ClosureCodePayload:
        """Adds a closure code. Administrators only."""
        row = await lookups.add(work_of(info), lookups.CLOSURE_CODES, fields_of(input))
        return ClosureCodePayload(closure_code=given(ClosureCode, row))

    @action
    async def edit_closure_code(self, info: DeskInfo, input: EditClosureCodeInput) -> ClosureCodePayload:
        """Changes a closure code, retires it or brings it back. Administrators only."""
        row_id = key(store.ClosureCode, input.closure_code_id)
        unless = info.context.place(input.unless_changed_since)
        row = await lookups.edit(work_of(info), lookups.CLOSURE_CODES, row_id, fields_of(input), unless)
        return ClosureCodePayload(closure_code=given(ClosureCode, row))

    @action
    async def add_satisfaction_level(
        self, info: DeskInfo, input: AddSatisfactionLevelInput
    ) -> SatisfactionLevelPayload:
        """Adds a grade. Administrators only."""
        row = await lookups.add(work_of(info), lookups.SATISFACTION_LEVELS, fields_of(input))
        return SatisfactionLevelPayload(satisfaction_level=given(SatisfactionLevel, row))

    @action
    async def edit_satisfaction_level(
        self, info: DeskInfo, input: EditSatisfactionLevelInput
    ) -> SatisfactionLevelPayload:
        """Changes a grade, retires it or brings it back. Administrators only."""
        row_id = key(store.SatisfactionLevel, input.satisfaction_level_id)
        unless = info.context.place(input.unless_changed_since)
        row = await lookups.edit(work_of(info), lookups.SATISFACTION_LEVELS, row_id, fields_of(input), unless)
        return SatisfactionLevelPayload(satisfaction_level=given(SatisfactionLevel, row))

    @action
    async def change_setting(self, info: DeskInfo, input: ChangeSettingInput) -> SettingPayload:
        """Sets one of the desk's settings. Administrators only."""
        unless = info.context.place(input.unless_changed_since)
        try:
            setting = await settings.change_setting(work_of(info), input.code, input.value, unless=unless)
        except Changed as changed:
            changed.now = shown(DESK_SETTINGS[input.code])
            raise
        return SettingPayload(setting=shown(setting))
