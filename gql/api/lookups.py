"""The lists an administrator keeps, and support lines with their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from gql import store
from gql.actor import Actor
from gql.engine.declare import Connection, Node, computed, each, given, many, node, value

if TYPE_CHECKING:
    from gql.api.people import User


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


@node(store.CaseCategory, lookup=True)
class CaseCategory(Node):
    """Incident, service request, or another kind the administrator added."""

    code: str
    """Stable name for programs: INCIDENT, SERVICE_REQUEST, CONSULTATION, or an administrator's own."""
    name: str


@node(store.ClosureCode, lookup=True)
class ClosureCode(Node):
    """Why a case ended."""

    name: str


@node(store.Group)
class Group(Node):
    """Colleagues who can be given a case together."""

    name: str
    members: Connection[Annotated[User, strawberry.lazy("gql.api.people")]] = many("groups", order="name_key")


@node(store.SupportLine)
class SupportLine(Node):
    """A step of the desk: first line, second line, and up. Escalation goes from one to another."""

    name: str
    level: int
    """Order of the line; a higher one is called when a lower one cannot resolve the case."""
    groups: list[Group] = each("support_lines")
    """Groups that work on the line. At most 50."""


def statuses_in_use(lookups: store.Lookups) -> list[CaseStatus]:
    return [given(CaseStatus, row) for row in lookups.statuses.values() if row.in_use]


def categories_in_use(lookups: store.Lookups) -> list[CaseCategory]:
    return [given(CaseCategory, row) for row in lookups.categories.values() if row.in_use]


def closure_codes_in_use(lookups: store.Lookups) -> list[ClosureCode]:
    return [given(ClosureCode, row) for row in lookups.closure_codes.values() if row.in_use]


@value
class Lookups:
    """The desk's lists. An enum is used instead wherever the code itself chooses between the values."""

    case_statuses: list[CaseStatus] = computed(statuses_in_use)
    case_categories: list[CaseCategory] = computed(categories_in_use)
    closure_codes: list[ClosureCode] = computed(closure_codes_in_use)
    support_lines: list[SupportLine] = each()
    """None for customers."""
    groups: list[Group] = each()
    """None for customers."""


def lists_of_the_desk(actor: Actor) -> Lookups:
    """For whoever is signed in."""
    return Lookups()
