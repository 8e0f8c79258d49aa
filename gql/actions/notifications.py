"""What the viewer wants to hear, and has heard."""

from __future__ import annotations

from typing import Any

from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.store.cases import Case, CaseWatch
from gql.store.log import Notification


async def read(work: Work, up_to: Place) -> int:
    """Marks the actor's notifications as read, up to a place in the log; answers how many are left unread."""
    mine = Notification.filter(Notification.visible_to(work.actor), read_at__isnull=True)
    await mine.filter(entry_id__lte=up_to.position).update(read_at=work.now)
    return await mine.count()


async def watch(work: Work, case_id: int | None, *, watching: bool) -> Case:
    """Whether the actor hears of everything that happens to the case. Raises NotFound."""
    case = await work.see(case_id)
    person: dict[str, Any] = {"user_id": work.actor.user_id, "contact_id": work.actor.contact_id}
    if watching:
        await CaseWatch.get_or_create(case_id=case.id, **person)
    else:
        await CaseWatch.filter(case_id=case.id, **person).delete()
    return case
