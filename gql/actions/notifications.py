"""The viewer's own notifications."""

from __future__ import annotations

from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.store.log import Notification


async def read(work: Work, up_to: Place) -> int:
    """Marks the actor's notifications as read, up to a place in the log; answers how many are left unread."""
    mine = Notification.filter(Notification.visible_to(work.actor), read_at__isnull=True)
    await mine.filter(entry_id__lte=up_to.position).update(read_at=work.now)
    return await mine.count()
