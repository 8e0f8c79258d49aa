"""What is done to the desk's settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from gql.actions import cases, people
from gql.actions.edits import unless_another
from gql.actions.lookups import the_lists_alone
from gql.actions.unit_of_work import Work
from gql.cursor import Place, version_of_value
from gql.enums import DeskAction
from gql.errors import NotFound
from gql.events.lookups import SettingChanged
from gql.rules import settings as setting_rules
from gql.rules import text
from gql.store.settings import DESK_SETTINGS, DeskSetting, SettingDefinition, as_text

FOLLOWED: Mapping[str, Callable[[Any], Awaitable[None]]] = {
    "CaseLastNumber": cases.number_after,
    "DefaultPhoneRegion": people.compare_phones,
}
"""What is done with a setting's new value, where something is made of it."""


async def change_setting(work: Work, code: str, value: str | None, *, unless: Place | None = None) -> SettingDefinition:
    """Sets a setting, or with None takes it back to its default.

    Raises Forbidden, NotFound, Invalid, Limit, and Changed when it was changed after `unless` (R-171).
    """
    lookups = await the_lists_alone(work, DeskAction.CHANGE_SETTING)
    setting = DESK_SETTINGS.get(text.required(code, text.NAME, "code", "A code"))
    if setting is None:
        raise NotFound("setting", field="code")
    before = lookups.settings[code]
    unless_another(version_of_value(code, as_text(before)), unless, setting)
    given = as_text(setting.default) if value is None else value
    understood = setting_rules.understood(setting, given, lookups.choices(setting), "value")
    if understood != before:
        await DeskSetting.filter(code=code).delete()
        if understood != setting.default:
            await DeskSetting.create(code=code, value=orjson.dumps(understood).decode())
        if code in FOLLOWED:
            await FOLLOWED[code](understood)
        work.record_elsewhere(SettingChanged.of(code, as_text(before), as_text(understood)))
    return setting
