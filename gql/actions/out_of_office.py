"""When employees are away, and who stands in."""

from __future__ import annotations

from datetime import datetime

from gql.actions.unit_of_work import Work
from gql.enums import DeskAction
from gql.errors import Invalid, NotFound
from gql.events.event import Change, Named
from gql.events.people import OutOfOfficeEnded, OutOfOfficeSet
from gql.store.people import OutOfOffice, User


async def leave(
    work: Work, user_id: int | None, *, from_at: datetime | None, until_at: datetime, replacement_id: int | None
) -> User:
    """Somebody will be away, or is from now on; what was set before is replaced (R-186).

    Without a user, the actor himself. Raises Forbidden, NotFound, Invalid.
    """
    user = await _absentee(work, user_id)
    from_at = work.now if from_at is None else from_at
    if until_at <= max(from_at, work.now):
        raise Invalid("The absence ends after it begins, and not in the past.", field="untilAt")
    replacement = None
    if replacement_id is not None:
        replacement = await work.find(User, replacement_id, "user", field="replacementId")
        if replacement.id == user.id:
            raise Invalid("Nobody stands in for himself.", field="replacementId")
        if not replacement.active:
            raise Invalid(f"{replacement.name} is not active.", field="replacementId")
    former = await _absence(user)
    absence, before = former or OutOfOffice(), _described(former)
    if former and (former.from_at, former.until_at, former.replacement_id) == (from_at, until_at, replacement_id):
        return user
    absence.from_at, absence.until_at, absence.replacement = from_at, until_at, replacement
    await absence.save()
    if former is None:
        user.out_of_office = absence
        await user.save(update_fields=["out_of_office_id"])
    work.record_elsewhere(OutOfOfficeSet(Named(user.id, user.name), _changes(before, _described(absence))))
    return user


async def come_back(work: Work, user_id: int | None) -> User:
    """Somebody is not away any more, nor will be. Without a user, the actor himself. Raises Forbidden, NotFound."""
    user = await _absentee(work, user_id)
    ended = await _absence(user)
    if ended is not None:
        user.out_of_office_id = None
        await user.save(update_fields=["out_of_office_id"])
        await ended.delete()
        work.record_elsewhere(OutOfOfficeEnded(Named(user.id, user.name), _changes(_described(ended), {})))
    return user


async def _absentee(work: Work, user_id: int | None) -> User:
    own = user_id is None or user_id == work.actor.user_id
    key = work.actor.user_id if own else user_id
    user = await User.filter(User.visible_to(work.actor), id=key).select_for_update().first()
    if user is None and user_id is not None:
        raise NotFound("user", field="userId")
    work.may(DeskAction.SET_OUT_OF_OFFICE if own else DeskAction.SET_OTHERS_OUT_OF_OFFICE)
    assert user is not None
    return user


async def _absence(user: User) -> OutOfOffice | None:
    """What was set for him, with who stands in."""
    return await OutOfOffice.filter(id=user.out_of_office_id or 0).select_related("replacement").first()


def _described(absence: OutOfOffice | None) -> dict[str, str | None]:
    """What the audit trail tells of an absence."""
    if absence is None:
        return {}
    return {
        "fromAt": absence.from_at.isoformat().replace("+00:00", "Z"),
        "untilAt": absence.until_at.isoformat().replace("+00:00", "Z"),
        "replacement": absence.replacement.name if absence.replacement else None,
    }


def _changes(before: dict[str, str | None], after: dict[str, str | None]) -> tuple[Change, ...]:
    changed = [field for field in after or before if before.get(field) != after.get(field)]
    return tuple(Change(field, before.get(field), after.get(field)) for field in changed)
