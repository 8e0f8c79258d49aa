"""The desk's own settings, described so that a page can be made of them."""

from __future__ import annotations

import strawberry

from gql import store
from gql.actor import Actor
from gql.api.scalars import Cursor
from gql.cursor import Reading, version_of_value
from gql.engine.declare import computed, value
from gql.enums import Role, SettingType
from gql.store.settings import DESK_SETTINGS, SettingDefinition, as_text


@value
class SettingChoice:
    """One of the values that a setting can have."""

    value: str
    name: str
    """What people call it."""


def in_force(definition: SettingDefinition, lookups: store.Lookups) -> str:
    return as_text(lookups.settings[definition.code])


def setting_cursor(definition: SettingDefinition, lookups: store.Lookups, reading: Reading) -> Cursor:
    return Cursor(reading.cursor(version_of_value(definition.code, in_force(definition, lookups))))


def choices_of(definition: SettingDefinition, lookups: store.Lookups) -> list[SettingChoice] | None:
    choices = lookups.choices(definition)
    return None if choices is None else [SettingChoice(value=v, name=name) for v, name in choices.items()]


@value
class Setting:
    """A setting of the desk: its value, and what a page needs to offer another."""

    definition: strawberry.Private[SettingDefinition]
    code: str
    type: SettingType
    description: str
    """What it means, with its unit."""
    default: str
    """The value it has where none was set."""
    choices: list[SettingChoice] | None = computed(choices_of)
    """All values it can have; null where any that fits the type will do."""
    least: int | None
    """Smallest number it can be; null where it is no number."""
    most: int | None
    """Largest number it can be, or most characters it can have; null where there is no such bound."""
    value: str = computed(in_force)
    """As text: `true` or `false`, digits, or the text itself."""
    cursor: Cursor = computed(setting_cursor)
    """Where the value stood; give it back as `unlessChangedSince`."""


def shown(definition: SettingDefinition) -> Setting:
    return Setting(
        definition=definition,
        code=definition.code,
        type=definition.type,
        description=definition.description,
        default=as_text(definition.default),
        least=definition.least,
        most=definition.most,
    )


def settings_of_the_desk(actor: Actor) -> list[Setting]:
    """For administrators; none for others."""
    return [shown(setting) for setting in DESK_SETTINGS.values()] if actor.may(Role.ADMINISTRATOR) else []
