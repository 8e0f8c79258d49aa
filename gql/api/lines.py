"""What administrators do to support lines and groups."""

from __future__ import annotations

import strawberry

from gql import store
from gql.actions import lookups
from gql.api.administration import fields_of
from gql.api.lookups import Group, SupportLine
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.scalars import Cursor, key
from gql.engine.declare import form, given, value

# ---------------------------------------------------------------- support lines


@form
class AddSupportLineInput:
    """For addSupportLine."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the support line is added once."""
    name: str
    level: int
    """Order of the lines, from 1; each line has its own."""
    group_ids: list[strawberry.ID] | None = None
    """Groups that work on the line, at most 50; the first that was made is its default, where no setting names one."""


@form
class EditSupportLineInput:
    """For editSupportLine. A field that is left out stays as it is."""

    support_line_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    level: strawberry.Maybe[int | None]
    """Order of the lines, from 1; each line has its own."""
    group_ids: strawberry.Maybe[list[strawberry.ID] | None]
    """Groups that work on the line, at most 50; the first that was made is its default, where no setting names one."""
    in_use: strawberry.Maybe[bool | None]
    """False retires it: it stays where it is used, and is offered no more."""
    unless_changed_since: Cursor | None = None
    """Refuse when the support line was changed after this, which was read with it."""


@value
class SupportLinePayload(Payload):
    """The support line as it now is, also beside CHANGED; null for other errors."""

    support_line: SupportLine | None


# ---------------------------------------------------------------- groups


@form
class AddGroupInput:
    """For addGroup."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the group is added once."""
    name: str
    member_ids: list[strawberry.ID] | None = None
    """All employees who are to be members, at most 500."""


@form
class EditGroupInput:
    """For editGroup. A field that is left out stays as it is."""

    group_id: strawberry.ID
    name: strawberry.Maybe[str | None]
    member_ids: strawberry.Maybe[list[strawberry.ID] | None]
    """All employees who are to be members, at most 500."""
    in_use: strawberry.Maybe[bool | None]
    """False retires it: it stays where it is used, and is offered no more."""
    unless_changed_since: Cursor | None = None
    """Refuse when the group was changed after this, which was read with it."""


@value
class GroupPayload(Payload):
    """The group as it now is, also beside CHANGED; null for other errors."""

    group: Group | None


@strawberry.type
class LineMutations:
    @action
    async def add_support_line(self, info: DeskInfo, input: AddSupportLineInput) -> SupportLinePayload:
        """Adds a support line. Administrators only."""
        row = await lookups.add(work_of(info), lookups.LINES, fields_of(input))
        return SupportLinePayload(support_line=given(SupportLine, row))

    @action
    async def edit_support_line(self, info: DeskInfo, input: EditSupportLineInput) -> SupportLinePayload:
        """Changes a support line, retires it or brings it back. Administrators only."""
        row_id = key(store.SupportLine, input.support_line_id)
        unless = info.context.place(input.unless_changed_since)
        row = await lookups.edit(work_of(info), lookups.LINES, row_id, fields_of(input), unless)
        return SupportLinePayload(support_line=given(SupportLine, row))

    @action
    async def add_group(self, info: DeskInfo, input: AddGroupInput) -> GroupPayload:
        """Adds a group. Administrators only."""
        row = await lookups.add(work_of(info), lookups.GROUPS, fields_of(input))
        return GroupPayload(group=given(Group, row))

    @action
    async def edit_group(self, info: DeskInfo, input: EditGroupInput) -> GroupPayload:
        """Changes a group, retires it or brings it back. Administrators only."""
        row_id = key(store.Group, input.group_id)
        unless = info.context.place(input.unless_changed_since)
        row = await lookups.edit(work_of(info), lookups.GROUPS, row_id, fields_of(input), unless)
        return GroupPayload(group=given(Group, row))
