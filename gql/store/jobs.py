"""What waits for time: when each job of the desk's own is due, and who is at it."""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from gql.store.fields import UtcDatetimeField


class Job(Model):
    """One thing that the desk does by itself, again and again."""

    name = fields.CharField(64, primary_key=True)
    due_at: datetime = UtcDatetimeField()
    """When it is to be done next; it stays until it was done."""
    holder = fields.CharField(32, null=True)
    """The process that is at it."""
    leased_until: datetime | None = UtcDatetimeField(null=True)
    """When another process may take it over."""

    class Meta:
        table = "job"

    @staticmethod
    def visible_to(actor: object) -> Q:
        """Nobody asks for one by the API."""
        return Q(pk__in=[])

    @classmethod
    async def claim(cls, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        """Whether it is due and the holder's for that long: nobody else is at it, or his lease has ended.

        A lease that ends much later than one from now was taken by a clock that ran ahead.
        """
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * lease)
        due = cls.filter(free | Q(holder=holder), name=name, due_at__lte=now)
        return await due.update(holder=holder, leased_until=now + lease) == 1

    @classmethod
    async def bring_forward(cls, name: str, due_at: datetime) -> None:
        """It is due then at the latest."""
        await cls.filter(name=name, due_at__gt=due_at).update(due_at=due_at)

    @classmethod
    async def keep(cls, name: str, holder: str, until: datetime) -> bool:
        """Whether it is still the holder's, who keeps it until then; locks it for the transaction."""
        return await cls.filter(name=name, holder=holder).update(leased_until=until) == 1

    @classmethod
    async def done(cls, name: str, holder: str, due_at: datetime) -> None:
        """It was done, and is due again then."""
        await cls.filter(name=name, holder=holder).update(due_at=due_at, holder=None, leased_until=None)

    @classmethod
    async def late_since(cls, now: datetime) -> datetime | None:
        """Since when the one that waits longest has been due; None where nothing is."""
        first = await cls.filter(due_at__lte=now).order_by("due_at").first()
        return first.due_at if first else None

    @classmethod
    async def give_back(cls, name: str, holder: str) -> None:
        """It is not done yet; somebody else may go on at once."""
        await cls.filter(name=name, holder=holder).update(holder=None, leased_until=None)
