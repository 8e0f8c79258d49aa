"""Who is at a case at the moment, for colleagues."""

from __future__ import annotations

import strawberry

from gql import store
from gql.actor import Actor
from gql.api.case_lists import case_named
from gql.api.mutations import DeskInfo, Payload, told
from gql.api.people import User
from gql.api.scalars import key
from gql.engine.declare import form, given, value
from gql.enums import DeskAction, Doing
from gql.errors import DeskError
from gql.presence import Presence, Room
from gql.rules.permissions import desk_refusal

MOST_PRESENT = 50


@value
class Present:
    """What a colleague does at a case."""

    user: User
    doing: Doing


@value
class CasePresence:
    """Who is at a case at the moment. Nothing of it is stored."""

    people: list[Present]
    """By name. At most 50."""


async def at_the_case(actor: Actor, case_id: strawberry.ID) -> None:
    """Raises NotFound for a case that the viewer does not see, Forbidden for customers."""
    await case_named(actor, case_id)
    refused = desk_refusal(DeskAction.SET_PRESENCE, actor)
    if refused is not None:
        raise refused


async def presence_at(actor: Actor, room: Room) -> CasePresence:
    """Of those who are there, what they do."""
    doing = dict(room.doing)
    there = store.User.filter(store.User.visible_to(actor), id__in=list(doing)).order_by("name_key", "id")
    users = await there.limit(MOST_PRESENT) if doing else []
    return CasePresence(people=[Present(user=given(User, user), doing=doing[user.id]) for user in users])


# ---------------------------------------------------------------- the subscription


def room_of(board: Presence, case_id: strawberry.ID) -> Room:
    return board.at(key(store.Case, case_id))


async def who_is_there(actor: Actor, board: Presence, case_id: strawberry.ID) -> CasePresence:
    await case_named(actor, case_id)  # it may have left the viewer's sight
    return await presence_at(actor, room_of(board, case_id))


# ---------------------------------------------------------------- saying so


@form
class SetPresenceInput:
    """For setPresence."""

    case_id: strawberry.ID
    doing: Doing | None = None
    """Null where the viewer has left the case."""


@value
class SetPresencePayload(Payload):
    """Who is at the case now."""

    presence: CasePresence | None


@strawberry.type
class PresenceMutations:
    @strawberry.mutation(
        description="Tells colleagues what the viewer does at a case at the moment. It holds for 15 seconds: a client "
        "says it again every 5, and null when it leaves. Of several clients of the viewer's the last word counts."
    )
    async def set_presence(self, info: DeskInfo, input: SetPresenceInput) -> SetPresencePayload:
        actor, board = info.context.actor, info.context.board
        try:
            await at_the_case(actor, input.case_id)
        except DeskError as error:
            return SetPresencePayload(presence=None, errors=told(error))
        room = room_of(board, input.case_id)
        assert actor.user_id is not None
        board.say(key(store.Case, input.case_id), actor.user_id, input.doing)
        return SetPresencePayload(presence=await presence_at(actor, room))
