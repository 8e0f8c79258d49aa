"""What text the desk takes: how long, and of which characters."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from gql.errors import Invalid, Limit, Required

SUBJECT = 500
NAME = 250
REASON = 2_000
BODY = 50_000
REQUEST_ID = 255


def checked(value: str | None, limit: int, field: str) -> str | None:
    """The text without blanks around it; None where nothing is left. Raises Limit, Invalid."""
    if value is None:
        return None
    if "\0" in value:
        raise Invalid("Text cannot hold the NUL character.", field=field)
    if len(value) > limit:
        raise Limit(f"At most {limit:,} characters are taken here; these are {len(value):,}.", field=field)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid("Text cannot hold half of a surrogate pair.", field=field) from None
    return value.strip() or None


def required(value: str | None, limit: int, field: str, what: str) -> str:
    """The same, where something must be left. Raises Required as well."""
    text = checked(value, limit, field)
    if text is None:
        raise Required(f"{what} is needed.", field=field)
    return text


def email(value: str | None, field: str) -> str | None:
    """An e-mail address; None where there is none. Raises Limit, Invalid."""
    address = checked(value, NAME, field)
    if address is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise Invalid("This is no e-mail address.", field=field)
    return address


def time_zone(name: str, field: str) -> None:
    """A time zone is given by its IANA name, or left empty. Raises Invalid."""
    try:
        if name:
            ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid("Give an IANA name, such as Europe/Berlin, or nothing.", field=field) from None
