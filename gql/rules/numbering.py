"""The case number's mask."""

from __future__ import annotations

import re

from gql.errors import Invalid

SLOT = re.compile(r"\{0(?::(0+))?\}")


def case_number(mask: str, count: int) -> str:
    """The mask with the count in its slot: `SR{0:00000000}` and 12 give `SR00000012` (R-8). Raises Invalid."""
    slots = SLOT.findall(mask)
    if len(slots) != 1 or len(mask) > 500:
        raise Invalid("A mask has up to 500 characters and one slot, such as {0} or {0:00000000}.")
    return SLOT.sub(str(count).zfill(len(slots[0])), mask)
