"""The lists an administrator keeps, and support lines with their groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import strawberry

from gql import store
from gql.actor import Actor
from gql.api.mutations import DeskInfo
from gql.api.scalars import Cursor, row_cursor
from gql.engine.declare import Connection, Node, column, computed, each, given, many, node, value
from gql.enums import Role

if TYPE_CHECKING:
    from gql.api.people import User


@node(store.ClosureCode, lookup=True)
class ClosureCode(Node):
    """Why a case ended."""

    code: str
    """Stable name for programs: RESOLVED_SUCCESSFULLY, WORKAROUND_GIVEN, INFORMATION_PROVIDED, NO_FAULT_FOUND,
    CREATED_BY_MISTAKE, NO_LONGER_RELEVANT, NOT_COVERED_BY_THE_AGREEMENT, or an administrator's own."""
    name: str
    order: int = column("position")
    """Place among the closure codes when they are listed."""
    in_use: bool
    """Whether cases can still get it; a retired one stays on the cases that have it."""
    cursor: Cursor = computed(row_cursor(store.ClosureCode))
    """Where the closure code stood; give it back as `unlessChangedSince`."""


def following(next_ids: list[int], lookups: store.Lookups) -> list[CaseStatus]:
    return [given(CaseStatus, lookups.statuses[id]) for id in next_ids if lookups.statuses[id].in_use]


def caption(name: str, button_caption: str) -> str:
    return button_caption or name


@node(store.CaseStatus, lookup=True)
class CaseStatus(Node):
    """A stage of a case. Its flags, not its name, decide what the desk does."""

    code: str
    """Stable name for programs: NEW, IN_PROGRESS, WAITING, RESOLVED, REOPENED, CLOSED, CANCELED, or an
    administrator's own."""
    name: str
    is_active: bool
    """Someone should be working on the case: staff are told of assignments."""
    is_final: bool
    """Work on the case has stopped for good."""
    is_resolved: bool
    """The customer has the resolution and may answer it."""
    is_paused: bool
    """The clocks stand still."""
    description: str
    """What the status is for, in words for staff and customers; may be empty."""
    order: int = column("position")
    """Place among the statuses when they are listed."""
    button_caption: str = computed(caption)
    """What a button says that leads here; the name where the administrator gave nothing else."""
    close_on_save: bool
    """Whether a client leaves the case's page once it has brought the case here. The desk does nothing with it."""
    default_closure_code: ClosureCode | None
    """What a case gets that is resolved or ends here without a closure code."""
    in_use: bool
    """Whether cases can still come here; a retired status is not listed in `lookups`."""
    next_statuses: list[CaseStatus] = computed(following)
    """Statuses that may follow; a case tells which of them are open to the viewer."""
    cursor: Cursor = computed(row_cursor(store.CaseStatus))
    """Where the status stood; give it back as `unlessChangedSince`."""


@node(store.CaseCategory, lookup=True)
class CaseCategory(Node):
    """Incident, service request, or another kind the administrator added."""

    code: str
    """Stable name for programs: INCIDENT, SERVICE_REQUEST, CONSULTATION, or an administrator's own."""
    name: str
    is_incident: bool
    """Whether its cases are incidents: whoever is assigned one is given a task, which ends with it."""
    description: str
    """What the category is for; may be empty."""
    order: int = column("position")
    """Place among the categories when they are listed."""
    in_use: bool
    """Whether cases can still get it; a retired category stays on the cases that have it."""
    cursor: Cursor = computed(row_cursor(store.CaseCategory))
    """Where the category stood; give it back as `unlessChangedSince`."""


@node(store.SatisfactionLevel, lookup=True)
class SatisfactionLevel(Node):
    """A grade the customer can give, and what it does to the case."""

    name: str
    points: int
    """More is better; how many points there are is the desk's choice."""
    colour: str | None
    """Colour to show it in, as `#rrggbb`."""
    status_after: CaseStatus | None
    """Status that a resolved case takes when this grade is given; null where the grade leaves it."""
    in_use: bool
    """Whether customers can give it; a grade that was retired stays on the cases that have it."""
    cursor: Cursor = computed(row_cursor(store.SatisfactionLevel))
    """Where the grade stood; give it back as `unlessChangedSince`."""


@node(store.Group)
class Group(Node):
    """Colleagues who can be given a case together."""

    name: str
    in_use: bool
    """Whether cases can still be given to it; a retired group keeps those that it has."""
    members: Connection[Annotated[User, strawberry.lazy("gql.api.people")]] = many("groups", order="name_key")
    cursor: Cursor = computed(row_cursor(store.Group))
    """Where the group stood; give it back as `unlessChangedSince`."""


@node(store.SupportLine)
class SupportLine(Node):
    """A step of the desk: first line, second line, and up. Escalation goes from one to another."""

    name: str
    level: int
    """Order of the line; a higher one is called when a lower one cannot resolve the case."""
    in_use: bool
    """Whether cases can still come to it; a retired line keeps those that it has."""
    groups: list[Group] = each("support_lines")
    """Groups that work on the line. At most 50."""
    cursor: Cursor = computed(row_cursor(store.SupportLine))
    """Where the support line stood; give it back as `unlessChangedSince`."""


T = TypeVar("T")


def rows_of(rows: Callable[[store.Lookups], Mapping[int, Any]], shown: type[T]) -> Callable[..., list[T]]:
    """A list from memory: the rows in use, and the others where they are asked for."""

    def listed(lookups: store.Lookups, with_retired: bool = False) -> list[T]:
        return [given(shown, row) for row in rows(lookups).values() if row.in_use or with_retired]

    return listed


def rows_for_staff(rows: Callable[[store.Lookups], Mapping[int, Any]], shown: type[T]) -> Callable[..., list[T]]:
    """The same, and nothing for customers."""
    listed = rows_of(rows, shown)

    def listed_for_staff(lookups: store.Lookups, with_retired: bool, sight: Actor) -> list[T]:
        return listed(lookups, with_retired) if sight.is_staff else []

    return listed_for_staff


grades = rows_of(lambda lookups: lookups.satisfaction_levels, SatisfactionLevel)


@value
class Lookups:
    """The desk's lists. An enum is used instead wherever the code itself chooses between the values."""

    with_retired: strawberry.Private[bool] = False
    case_statuses: list[CaseStatus] = computed(rows_of(lambda lookups: lookups.statuses, CaseStatus))
    case_categories: list[CaseCategory] = computed(rows_of(lambda lookups: lookups.categories, CaseCategory))
    closure_codes: list[ClosureCode] = computed(rows_of(lambda lookups: lookups.closure_codes, ClosureCode))
    satisfaction_levels: list[SatisfactionLevel] = computed(grades)
    """Grades that customers can give, fewest points first."""
    support_lines: list[SupportLine] = computed(rows_for_staff(lambda lookups: lookups.lines, SupportLine))
    """None for customers."""
    groups: list[Group] = computed(rows_for_staff(lambda lookups: lookups.groups, Group))
    """None for customers."""


def lists_of_the_desk(
    info: DeskInfo,
    include_retired: Annotated[
        bool | None, strawberry.argument(description="Whether retired rows are listed too; administrators only.")
    ] = False,
) -> Lookups:
    """The lists an administrator keeps: statuses, categories, lines and the like. Each is short and whole."""
    administrator = info.context.actor.may(Role.ADMINISTRATOR)
    return Lookups(with_retired=bool(include_retired) and administrator)
