"""What a setting of the desk may be set to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from gql.enums import SettingType
from gql.errors import Invalid
from gql.rules import numbering, text

Value = str | int | bool


class Definition(Protocol):
    """A setting, as far as its values are concerned."""

    @property
    def type(self) -> SettingType: ...
    @property
    def least(self) -> int | None: ...
    @property
    def most(self) -> int | None: ...


def understood(setting: Definition, given: str, choices: Mapping[str, str] | None, field: str) -> Value:
    """The value that a text means for a setting. Raises Invalid, Limit.

    `choices` are the texts that can be chosen, where there are only so many.
    """
    longest = text.REASON if setting.type is SettingType.NUMBER or setting.most is None else setting.most
    written = text.checked(given, longest, field) or ""
    if choices is not None and written not in choices:
        raise Invalid(f"Choose one of {', '.join(choices)}.", field=field)
    match setting.type:
        case SettingType.BOOLEAN:
            return written == "true"
        case SettingType.NUMBER:
            return _number(setting, written, field)
        case SettingType.SUPPORT_LINE:
            return int(written)
        case SettingType.TIME_ZONE:
            text.time_zone(written, field)
        case SettingType.CASE_NUMBER_MASK:
            numbering.checked_mask(written, field)
    return written


def _number(setting: Definition, written: str, field: str) -> int:
    least, most = setting.least, setting.most
    told = f"Give a whole number from {least} to {most}."
    if not written.removeprefix("-").isdecimal() or not written.isascii() or len(written) > 10:
        raise Invalid(told, field=field)
    number = int(written)
    if (least is not None and number < least) or (most is not None and number > most):
        raise Invalid(told, field=field)
    return number
