"""The case number's mask."""

from __future__ import annotations

import re

from gql.errors import Invalid

SLOT = re.compile(r"\{0(?::(0+))?\}")


def case_number(mask: str, count: int) -> str:
    """The mask with the count in its slot: `SR{0:00000000}` and 12 give `SR00000012` (R-8). Raises Invalid."""
    [padding] = checked_mask(mask)
    return SLOT.sub(str(count).zfill(len(padding)), mask)


def checked_mask(mask: str, field: str | None = None) -> list[str]:
    """The padding of the mask's one slot. Raises Invalid for what is no mask."""
    slots = SLOT.findall(mask)
    if len(slots) != 1 or len(mask) > 500 or not SLOT.sub("", mask).isprintable():
        raise Invalid("A mask has up to 500 characters and one slot, such as {0} or {0:00000000}.", field=field)
    return [str(slot) for slot in slots]
