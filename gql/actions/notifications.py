"""What somebody wants to hear, and has heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tortoise.queryset import QuerySet

from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import NotificationChannel, NotificationReason
from gql.errors import Forbidden, NotFound
from gql.events.people import NotificationsMarked
from gql.rules.notifications import Preferences, reasons_for, with_preference
from gql.rules.permissions import is_a_colleagues
from gql.store.cases import Case, CaseWatch
from gql.store.log import Notification
from gql.store.people import Contact, User


async def read(work: Work, up_to: Place) -> int:
    """Marks the actor's notifications as read, up to a place in the log; answers how many are left unread."""
    unread = _unread(work)
    _marked(work, await unread.filter(entry_id__lte=up_to.position).update(read_at=work.now))
    return await unread.count()


async def mark(work: Work, keys: Sequence[int], *, read: bool) -> list[Notification]:
    """Marks some of the actor's notifications as read, or as unread again (R-187). Raises NotFound."""
    named = Notification.filter(Notification.visible_to(work.actor), id__in=keys)
    if len(await named.values_list("id", flat=True)) != len(set(keys)):
        raise NotFound("notification", field="notificationIds")
    changing = named.filter(read_at__isnull=read)
    _marked(work, await changing.update(read_at=work.now if read else None))
    found = {row.id: row for row in await named}
    return [found[key] for key in dict.fromkeys(keys)]


def _unread(work: Work) -> QuerySet[Notification]:
    return Notification.filter(Notification.visible_to(work.actor), read_at__isnull=True)


def _marked(work: Work, changed: int) -> None:
    if changed:
        work.record_elsewhere(NotificationsMarked())


async def prefer(
    work: Work, wanted: Sequence[tuple[NotificationReason, NotificationChannel, bool]]
) -> Preferences | None:
    """What the actor wants to be told of by which channel; what is not named stays (R-185). Raises Forbidden."""
    model: Any = User if work.actor.is_staff else Contact
    person = await model.filter(id=work.actor.user_id or work.actor.contact_id).select_for_update().get()
    for reason, channel, yes in wanted:
        if reason not in reasons_for(work.actor):
            raise Forbidden(
                "Customers are told of their own cases and of those they watch, and of nothing else.",
                field="preferences",
            )
        person.notification_preferences = with_preference(person.notification_preferences, reason, channel, yes)
    await person.save(update_fields=["notification_preferences"])
    preferences: Preferences | None = person.notification_preferences
    return preferences


async def watch(work: Work, case_id: int | None, *, watching: bool) -> Case:
    """Whether the actor hears of everything that happens to the case. Raises NotFound, Forbidden."""
    case = await work.see(case_id)
    if is_a_colleagues(case.contact_id, work.actor):
        raise Forbidden("A colleague's case is read, not watched.")
    person: dict[str, Any] = {"user_id": work.actor.user_id, "contact_id": work.actor.contact_id}
    if watching:
        await CaseWatch.get_or_create(case_id=case.id, **person)
    else:
        await CaseWatch.filter(case_id=case.id, **person).delete()
    return case
