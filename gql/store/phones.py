"""Telephone numbers: written as people like, compared in one form."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

REGIONS = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
"""Codes of the regions whose numbers are known: DE, US and so on."""
LONGEST_PHONE_KEY = 32


def phone_key(phone: str | None, region: str) -> str | None:
    """What a telephone number is found by: `+` and its digits where the country is known, else its digits alone.

    A number that names no country is one of the region, where a region is set. None where there are no digits, or more
    than a number has.
    """
    if phone is None:
        return None
    try:
        number = phonenumbers.parse(phone, region or None)
    except NumberParseException:
        digits = phonenumbers.normalize_digits_only(phone)
        return digits if 0 < len(digits) <= LONGEST_PHONE_KEY else None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
