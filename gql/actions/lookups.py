"""Administering the desk's lists and settings: one description of each list, and one way to change them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tortoise.expressions import F, Q
from tortoise.functions import Count
from tortoise.models import Model

from gql.actions.edits import LEFT_OUT, alone, unless_changed
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import DeskAction, LookupKind
from gql.errors import DeskError, Limit, NotFound, NotNow
from gql.events.event import Change, Named
from gql.events.lookups import LookupChanged
from gql.rules import lookups as rules
from gql.store.lookups import CaseCategory, CaseStatus, ClosureCode, Lookups, SatisfactionLevel, SupportLine
from gql.store.people import Group, User
from gql.store.settings import as_text

M = TypeVar("M", bound=Model)

Given = Mapping[str, Any]
"""Fields of an input by their names, with plain values: keys where the input has ids."""
Told = dict[str, str | None]
"""Fields of a row by the names that the API has for them, as text."""
Rows = Callable[[Lookups], dict[int, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a list's rows that an administrator gives."""

    check: Callable[[Any, str], Any]
    """Makes what is kept of what was given; raises what is wrong with it."""
    column: str = ""
    """Where it is kept, when that has another name."""
    otherwise: Any = LEFT_OUT
    """What a new row has where nothing is given; LEFT_OUT where something must be."""
    unique: bool = False
    names: Rows | None = None
    """The list that it names a row of, or several rows."""
    shown: str = ""
    """What the row shows it as, when the input has another name for it."""


@dataclass(frozen=True, slots=True)
class Links:
    """Rows of another kind that a row of a list holds, by their keys."""

    relation: str
    model: type[Model]
    noun: str
    most: int
    open: Mapping[str, Any]
    """What is true of a row that can be taken in."""
    back: str = ""
    """Where such a row has those that hold it, when there is a limit to these."""
    most_back: int = 0
    shown_there: bool = False
    """Whether a row of the other kind tells of it too, and is changed by it."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """One of the desk's lists, as administrators see it."""

    kind: LookupKind
    model: type[M]
    rows: Rows
    fields: Mapping[str, Field]
    links: Mapping[str, Links] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        return self.kind.value.replace("_", " ").lower()

    @property
    def id_field(self) -> str:
        """How the inputs of the API name a row of it."""
        return f"{_camel(self.kind.value.lower())}Id"


def _statuses(lookups: Lookups) -> dict[int, Any]:
    return lookups.statuses


def _closure_codes(lookups: Lookups) -> dict[int, Any]:
    return lookups.closure_codes


def _key(value: Any, field: str) -> Any:
    return value


CODE = Field(rules.code, unique=True)
NAME = Field(rules.name, unique=True)
DESCRIPTION = Field(rules.description, otherwise="")
ORDER = Field(rules.counted, "position", otherwise=None)
IN_USE = Field(rules.flag, otherwise=True)
FLAG = Field(rules.flag, otherwise=False)
MEANING = FLAG
"""Of a row for good, as its code: inputs that edit have no such field."""

STATUSES = Listing(
    LookupKind.CASE_STATUS,
    CaseStatus,
    _statuses,
    {
        "code": CODE,
        "name": NAME,
        "description": DESCRIPTION,
        "order": ORDER,
        "is_active": MEANING,
        "is_paused": MEANING,
        "is_resolved": MEANING,
        "is_final": MEANING,
        "next_status_ids": Field(_key, "next_ids", otherwise=(), names=_statuses, shown="next_statuses"),
        "button_caption": Field(rules.caption, otherwise=""),
        "close_on_save": FLAG,
        "default_closure_code_id": Field(_key, otherwise=None, names=_closure_codes, shown="default_closure_code"),
        "in_use": IN_USE,
    },
)
CATEGORIES = Listing(
    LookupKind.CASE_CATEGORY,
    CaseCategory,
    lambda lookups: lookups.categories,
    {
        "code": CODE,
        "name": NAME,
        "description": DESCRIPTION,
        "order": ORDER,
        "is_incident": MEANING,
        "in_use": IN_USE,
    },
)
CLOSURE_CODES = Listing(
    LookupKind.CLOSURE_CODE,
    ClosureCode,
    _closure_codes,
    {"code": CODE, "name": NAME, "order": ORDER, "in_use": IN_USE},
)
SATISFACTION_LEVELS = Listing(
    LookupKind.SATISFACTION_LEVEL,
    SatisfactionLevel,
    lambda lookups: lookups.satisfaction_levels,
    {
        "name": NAME,
        "points": Field(rules.counted),
        "colour": Field(rules.colour, otherwise=None),
        "status_after_id": Field(_key, otherwise=None, names=_statuses, shown="status_after"),
        "in_use": IN_USE,
    },
)
LINES = Listing(
    LookupKind.SUPPORT_LINE,
    SupportLine,
    lambda lookups: lookups.lines,
    {"name": NAME, "level": Field(rules.counted, unique=True), "in_use": IN_USE},
    {"group_ids": Links("groups", Group, "group", rules.MOST_GROUPS, {"in_use": True})},
)
GROUPS = Listing(
    LookupKind.GROUP,
    Group,
    lambda lookups: lookups.groups,
    {"name": NAME, "in_use": IN_USE},
    {
        "member_ids": Links(
            "members",
            User,
            "employee",
            rules.MOST_MEMBERS,
            {"active": True},
            back="groups",
            most_back=rules.MOST_MEMBERSHIPS,
            shown_there=True,
        )
    },
)


# ---------------------------------------------------------------- rows of lists


async def add(work: Work, listing: Listing[M], given: Given) -> M:
    """Adds a row. Raises Forbidden, Required, Invalid, NotFound, NotNow, Limit."""
    lookups = await the_lists_alone(work, DeskAction.CHANGE_LOOKUP)
    rules.there_is_room(len(listing.rows(lookups)))
    otherwise = {name: None if f.otherwise is LEFT_OUT else f.otherwise for name, f in listing.fields.items()}
    return await _change(work, listing, lookups, listing.model(), {**otherwise, **given}, added=True)


async def edit(work: Work, listing: Listing[M], key: int | None, given: Given, unless: Place | None = None) -> M:
    """Changes a row; what is left out stays.

    Raises Forbidden, Required, Invalid, NotFound, NotNow, Limit, and Changed when it changed after `unless` (R-171).
    """
    lookups = await the_lists_alone(work, DeskAction.CHANGE_LOOKUP)
    row = listing.rows(lookups).get(key) if key is not None else None
    if row is None:
        raise NotFound(listing.noun, field=listing.id_field)
    unless_changed(row, unless)
    return await _change(work, listing, lookups, row, given, added=False)


async def the_lists_alone(work: Work, action: DeskAction) -> Lookups:
    """The lists as they are now, which nobody else changes until the work is done. Raises Forbidden."""
    work.may(action)
    await alone()
    return await Lookups.read()


async def _change(work: Work, listing: Listing[M], lookups: Lookups, row: M, given: Given, *, added: bool) -> M:
    rows, unfounded = listing.rows(lookups), set(lookups.unfounded_settings())
    before: Told = {} if added else _told(listing, lookups, row)
    with _paths_of_the_input():
        for name, stated in listing.fields.items():
            if name in given:
                _put(stated, name, given[name], lookups, row, [other for other in rows.values() if other is not row])
        held = {name: stated for name, stated in listing.links.items() if name in given}
        links = [await _links(stated, row, name, given[name]) for name, stated in held.items()]
        after = _told(listing, lookups, row)
        changed = [name for name in after if before.get(name) != after[name]]
        _sound(lookups, row, set(changed))
        for code in set(lookups.unfounded_settings()) - unfounded:
            raise NotNow(f"The setting {code} names it: change that first.", field=changed[-1])
    shown = {name: _camel(stated.shown or name) for name, stated in listing.fields.items()}
    changes = [Change(shown[name], before.get(name), after[name]) for name in changed]
    changes += [link.change for link in links if link.former != link.now]
    if changes:
        row.version += 0 if added else 1  # type: ignore[attr-defined]
        await _save(listing, rows, row, added=added)
        for link in links:
            await link.save(row)
        named = Named(row.pk, row.name)  # type: ignore[attr-defined]
        work.record_elsewhere(LookupChanged(listing.kind.value, named, added, tuple(changes)))
    return row


def _put(stated: Field, name: str, value: Any, lookups: Lookups, row: Any, others: list[Any]) -> None:
    """Puts what was given into the row. Raises Required, Invalid, NotFound, Limit."""
    column = stated.column or name
    if stated.names is not None:
        value = _named(stated.names(lookups), value, getattr(row, column, None), name)
    elif name == "order":
        last = len(others) + 1
        value = last if value is None else min(stated.check(value, name), last)
    else:
        value = stated.check(value, name)
    if stated.unique:
        rules.not_taken(value, [getattr(other, column) for other in others], name)
    setattr(row, column, value)


def _named(rows: dict[int, Any], value: Any, before: Any, field: str) -> Any:
    """The key, or the keys, once each. Raises NotFound for what is not there, or was retired and is newly named."""
    several = field.endswith("_ids")
    keys = list(dict.fromkeys(value or ())) if several else [] if value is None else [value]
    known = set(before or ()) if several else {before}
    if not all(key in rows and (rows[key].in_use or key in known) for key in keys):
        raise NotFound("row in use", field=field)
    return keys if several else value


def _sound(lookups: Lookups, row: Any, changed: set[str]) -> None:
    """Whether the desk goes on working with the row as it now is. Raises Invalid, NotNow."""
    needed_by: list[str] = []
    needed: CaseStatus | ClosureCode | None = None
    if isinstance(row, CaseStatus):
        rules.sound_status(row)
        needed = lookups.closure_codes.get(row.default_closure_code_id or 0)
        levels = lookups.satisfaction_levels.values()
        needed_by = [f"The grade {level.name}" for level in levels if level.in_use and level.status_after_id == row.pk]
    elif isinstance(row, ClosureCode):
        statuses = lookups.statuses.values()
        needed_by = [f"The status {s.name}" for s in statuses if s.in_use and s.default_closure_code_id == row.pk]
    elif isinstance(row, SatisfactionLevel):
        needed = lookups.statuses.get(row.status_after_id or 0)
    if "in_use" in changed:
        rules.not_needed(row.in_use, needed_by)
        rules.not_without(row.in_use, needed)


async def _save(listing: Listing[M], rows: dict[int, M], row: M, *, added: bool) -> None:
    """Writes the row; others of an ordered list make room for it."""
    await row.save(force_create=added)
    if "order" in listing.fields:
        places = {id: place for place, id in enumerate(rules.placed(list(rows), row.pk, row.position), 1)}  # type: ignore[attr-defined]
        for other in rows.values():
            if other.position != places[other.pk]:  # type: ignore[attr-defined]
                await listing.model.filter(pk=other.pk).update(position=places[other.pk])


def _told(listing: Listing[M], lookups: Lookups, row: M) -> Told:
    """The row's fields as text: rows that it names by their names, and null for what is empty."""
    told: Told = {}
    for name, stated in listing.fields.items():
        value = getattr(row, stated.column or name, None)
        if stated.names is not None:
            keys = value if isinstance(value, list) else [] if value is None else [value]
            value = ", ".join(stated.names(lookups)[key].name for key in keys if key in stated.names(lookups))
        told[name] = None if value is None or value == "" else as_text(value)
    return told


# ---------------------------------------------------------------- rows that a row holds


@dataclass(frozen=True, slots=True)
class _Held:
    """What a row held and is to hold of another kind."""

    stated: Links
    former: list[Any]
    now: list[Any]

    @property
    def change(self) -> Change:
        return Change(self.stated.relation, _names(self.former), _names(self.now))

    async def save(self, row: Any) -> None:
        held = getattr(row, self.stated.relation)
        gone, come = ([one for one in a if one not in b] for a, b in ((self.former, self.now), (self.now, self.former)))
        if self.stated.shown_there:
            others = self.stated.model.filter(id__in=[one.pk for one in gone + come])
            await others.order_by("id").select_for_update()  # so that two who lock several never wait for each other
            await others.update(version=F("version") + 1)
        if gone:
            await held.remove(*gone)
        if come:
            await held.add(*come)


async def _links(stated: Links, row: Any, name: str, keys: list[int] | None) -> _Held:
    """What a row is to hold. Raises Limit, and NotFound for what is not there, or was retired and is new to it."""
    wanted = set(keys or ())
    if len(wanted) > stated.most:
        raise Limit(f"At most {stated.most} are taken here.", field=name)
    former = await getattr(row, stated.relation).all().order_by("id") if row.pk is not None else []
    kept = Q(id__in=[one.pk for one in former]) | Q(**stated.open)
    now = await stated.model.filter(kept, id__in=list(wanted)).order_by("id") if wanted else []
    if len(now) < len(wanted):
        raise NotFound(stated.noun, field=name)
    if stated.back:
        new = stated.model.filter(id__in=[one.pk for one in now if one not in former])
        full: Any = await new.annotate(held=Count(stated.back)).filter(held__gte=stated.most_back).first()
        if full is not None:
            raise Limit(f"{full.name} is in {stated.most_back} {stated.back} already.", field=name)
    return _Held(stated, former, now)


def _names(rows: list[Any]) -> str | None:
    return ", ".join(row.name for row in rows) or None


# ---------------------------------------------------------------- names


@contextmanager
def _paths_of_the_input() -> Iterator[None]:
    """What is wrong is told by the names that the input has for its fields."""
    try:
        yield
    except DeskError as error:
        error.field = tuple(_camel(part) for part in error.field)
        raise


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)
