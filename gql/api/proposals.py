"""Whom a case may be given to: the groups of a support line, and the employees in them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Annotated, Any

import strawberry
from tortoise.functions import Count

from gql import store
from gql.actor import Actor
from gql.api.lookups import Group, SupportLine
from gql.api.people import User
from gql.api.scalars import key
from gql.engine.declare import at_key, given, value
from gql.rules.assignment import Colleague, is_away, proposed


def their_key(user_id: int) -> int:
    return user_id


@value
class ProposedAssignee:
    """An employee to whom a case may be given."""

    user_id: strawberry.Private[int]
    user: User = at_key(their_key)
    is_out_of_office: bool
    """Whether the employee is away now. He can be given the case all the same."""


@value
class AssignmentProposals:
    """Whom a case may be given to on a support line. Others may be named too: this is what a client offers first."""

    support_line: SupportLine
    groups: list[Group]
    """The line's groups in use, its default first. At most 51."""
    assignees: list[ProposedAssignee]
    """Active members of these groups, each once, those with the fewest open cases first and those who are away last. At
    most 50."""


async def assignment_proposals(
    actor: Actor,
    lookups: store.Lookups,
    clock: Callable[[], datetime],
    keys: list[int],
    line: Annotated[
        strawberry.ID | None, strawberry.argument(description="The support line; left out: the line of the case.")
    ] = None,
) -> list[AssignmentProposals | None]:
    """The proposals for lines, by their keys, or for the one that is named instead; none for customers."""
    if not actor.is_staff:
        return [None for _ in keys]
    asked = keys if line is None else [key(store.SupportLine, line)] * len(keys)
    # a case stays on a line that was retired, but none comes there any more
    lines = [row for row in lookups.lines.values() if row.id in asked and (row.in_use or line is None)]
    groups = {line.id: lookups.groups_of(line) for line in lines}
    colleagues = await _colleagues({group.id for held in groups.values() for group in held}, lookups, clock())
    made = {line.id: _proposals(line, groups[line.id], colleagues) for line in lines}
    return [made.get(id) for id in asked]


def _proposals(line: store.SupportLine, groups: list[store.Group], colleagues: list[Colleague]) -> AssignmentProposals:
    people = proposed(colleagues, {group.id for group in groups})
    return AssignmentProposals(
        support_line=given(SupportLine, line),
        groups=[given(Group, group) for group in groups],
        assignees=[ProposedAssignee(user_id=one.id, is_out_of_office=one.is_away) for one in people],
    )


async def _colleagues(group_ids: Collection[int], lookups: store.Lookups, now: datetime) -> list[Colleague]:
    """The active members of groups: one statement for them, and another for how many open cases each has."""
    members = store.User.filter(active=True, groups__id__in=list(group_ids))
    columns = ("id", "name_key", "out_of_office__from_at", "out_of_office__until_at", "groups__id")
    found: dict[tuple[Any, ...], set[int]] = {}
    for *person, group_id in await members.values_list(*columns):
        found.setdefault(tuple(person), set()).add(group_id)
    load = await _open_cases(lookups) if found else {}
    return [
        Colleague(id, name, frozenset(groups), is_away(from_at, until_at, now), load.get(id, 0))
        for (id, name, from_at, until_at), groups in found.items()
    ]


async def _open_cases(lookups: store.Lookups) -> dict[int, int]:
    """How many open cases each employee has, those that the viewer may not see among them."""
    # what the index holds is counted, so that no row is looked at
    cases = store.Case.filter(status_id__in=lookups.open_status_ids, assignee_id__isnull=False)
    rows: list[Any] = (
        await cases.annotate(number=Count("status_id")).group_by("assignee_id").values_list("assignee_id", "number")
    )
    return dict(rows)
