"""The lists an administrator keeps, and support lines with their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from gql import store
from gql.api.mutations import DeskInfo
from gql.engine.declare import Connection, Node, each, given, many, node, value

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


@value
class Lookups:
    """The desk's lists. An enum is used instead wherever the code itself chooses between the values."""

    @strawberry.field
    def case_statuses(self, info: DeskInfo) -> list[CaseStatus]:
        return [given(CaseStatus, row) for row in info.context.lookups.statuses.values() if row.in_use]

    @strawberry.field
    def case_categories(self, info: DeskInfo) -> list[CaseCategory]:
        return [given(CaseCategory, row) for row in info.context.lookups.categories.values() if row.in_use]

    @strawberry.field
    def closure_codes(self, info: DeskInfo) -> list[ClosureCode]:
        return [given(ClosureCode, row) for row in info.context.lookups.closure_codes.values() if row.in_use]

    @strawberry.field(description="None for customers.")
    async def support_lines(self, info: DeskInfo) -> list[SupportLine]:
        rows = await info.context.referee.visible(store.SupportLine).order_by("level")
        return [given(SupportLine, row) for row in rows]

    @strawberry.field(description="None for customers.")
    async def groups(self, info: DeskInfo) -> list[Group]:
        return [given(Group, row) for row in await info.context.referee.visible(store.Group).order_by("id")]
