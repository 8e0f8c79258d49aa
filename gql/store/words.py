"""How text is made searchable, alike on both databases."""

from __future__ import annotations

import re
import unicodedata

from tortoise.expressions import Q

from gql.errors import Invalid, Limit

MOST_WORDS = 50
"""In one search."""
LONGEST_KEY = 250
"""What the columns of names hold; a casefolded name can be longer than the name."""


def tokens(*texts: str | None) -> list[str]:
    """The words of the texts, casefolded."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", " ".join(text or "" for text in texts)).casefold())


def sought(search: str | None) -> list[str]:
    """The words of what somebody searches for. Raises Invalid, Limit."""
    if search is not None and "\0" in search:
        raise Invalid("A search cannot hold the NUL character.", field="search")
    words = list(dict.fromkeys(tokens(search)))
    if len(words) > MOST_WORDS:
        raise Limit(f"At most {MOST_WORDS} words are searched for at once.", field="search")
    return words


def searchable(*texts: str | None) -> str:
    """What the column `words` of a row holds: each word once, with a blank before it."""
    return "".join(f" {word}" for word in dict.fromkeys(tokens(*texts)))


def begins_word(word: str, *columns: str) -> Q:
    """Rows where one of the columns has a word that begins so. Takes a word of `sought`."""
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__contains": f" {word}"})
    return found


def name_key(name: str) -> str:
    """What names are ordered by and compared with, alike on both databases."""
    return unicodedata.normalize("NFKC", name).casefold().strip()[:LONGEST_KEY]
