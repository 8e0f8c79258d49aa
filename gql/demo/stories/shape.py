"""What a story is made of: the case as it was registered, and the steps people took with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

Slot = Literal["first", "second", "third", "lead"]
"""A part that an employee plays: somebody of the first, second or third line, or the supervisor."""

Speaker = Literal["customer", "first", "second", "third", "lead"]

Category = Literal["INCIDENT", "SERVICE_REQUEST", "CONSULTATION"]
Priority = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
Origin = Literal["CALL", "EMAIL", "PORTAL", "CHAT", "WEB", "API"]

Resolved = Literal["Resolved successfully", "Workaround given", "Information provided"]
Canceled = Literal["No fault found", "Created by mistake", "No longer relevant"]

Variant = Mapping[str, str]
"""The words that make one case of a story; `account` is the name of the company whose case it is."""

# the fields of a step that are filled with a variant's words
TEXTS = frozenset({"body", "reason", "resolution"})


@dataclass(frozen=True, slots=True)
class Feed:
    """An internal note; `@{second}` in the body is a mention of that slot."""

    by: Slot
    body: str
    mentions: tuple[Slot, ...] = ()
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Portal:
    """A message that the customer writes or reads; the customer's own reopens a waiting or resolved case."""

    by: Speaker
    body: str
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Take:
    by: Slot
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Escalate:
    """Hands the case to another line: to somebody there, or (`to` is None) to that line's group."""

    by: Slot
    line: int
    to: Slot | None
    reason: str
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Wait:
    """Puts the case on hold until the customer answers."""

    by: Slot
    reason: str
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Resolve:
    by: Slot
    resolution: str
    closure: Resolved
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Close:
    by: Slot
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Cancel:
    by: Slot
    closure: Canceled
    reason: str
    gap_minutes: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Reopen:
    by: Slot
    reason: str
    gap_minutes: int = field(kw_only=True)


Step = Feed | Portal | Take | Escalate | Wait | Resolve | Close | Cancel | Reopen
"""What somebody did; `gap_minutes` is the time since the step before, or since the case was registered."""


@dataclass(frozen=True, slots=True)
class Story:
    """A case as it might come in, told once and true of several customers: one case for each variant.

    Subject, description and the steps' texts are templates for `str.format`. Their fields are the variant's words and
    the given names of those who take part: `{customer}`, `{first}`, `{second}`, `{third}`, `{lead}`.
    """

    category: Category
    subject: str
    description: str
    priority: Priority
    origin: Origin
    variants: tuple[Variant, ...]
    steps: tuple[Step, ...] = ()

    def told(self, variant: Variant, names: Mapping[str, str]) -> Story:
        """The story of one variant with all words filled in; `names` are given names by slot, and the customer's."""
        words = {**variant, **names}
        return replace(
            self,
            subject=_filled(self.subject, words),
            description=_filled(self.description, words),
            variants=(variant,),
            steps=tuple(_told(step, words) for step in self.steps),
        )


def at(account: str, **words: str) -> Variant:
    """A variant: the company whose case it is, and the words of it."""
    return {"account": account, **words}


def _told(step: Step, words: Mapping[str, str]) -> Step:
    texts: dict[str, Any] = {
        each.name: _filled(getattr(step, each.name), words) for each in fields(step) if each.name in TEXTS
    }
    return replace(step, **texts)


def _filled(template: str, words: Mapping[str, str]) -> str:
    # a template may begin with a word that is written small elsewhere: "{printer} jams"
    text = template.format_map(words)
    return text[:1].upper() + text[1:]
