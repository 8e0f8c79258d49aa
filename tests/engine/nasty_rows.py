"""Tables made to be nasty: words of SQL for names, columns of every type, relations that may be null or hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

NOTHING = Q(id__isnull=True)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: staff that sees all, staff that sees the beasts of `pens` alone, or a visitor."""

    role: str
    id: int
    pens: tuple[int, ...] | None = None

    @property
    def is_staff(self) -> bool:
        return self.role == "keeper"

    @property
    def sight(self) -> Asker:
        return replace(self, id=0)


class Diet(StrEnum):
    GRASS = "grass"
    MEAT = "meat"
    ALL = "all sorts"


class Mood(IntEnum):
    FOUL = -1
    EVEN = 0
    FINE = 1


class Rank(Model):
    """Kept in memory."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(40)
    from_ = fields.CharField(40, source_field="from")
    above: fields.ForeignKeyNullableRelation[Rank] = fields.ForeignKeyField("nasty.Rank", null=True)
    above_id: int | None
    seat: fields.ForeignKeyNullableRelation[Town] = fields.ForeignKeyField("nasty.Town", null=True)
    seat_id: int | None

    class Meta:
        table = "select"

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        return Q()


class Town(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(40)
    order = fields.IntField()
    hidden = fields.BooleanField(default=False)
    around: fields.ForeignKeyNullableRelation[Town] = fields.ForeignKeyField(
        "nasty.Town", null=True, related_name="within"
    )
    around_id: int | None

    class Meta:
        table = "group"
        ordering = ["order", "id"]

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        return Q() if actor.is_staff else Q(hidden=False)


class Keeper(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(40)
    class_ = fields.CharField(40, source_field="class", null=True)
    shown = fields.BooleanField(default=True)
    rank: fields.ForeignKeyRelation[Rank] = fields.ForeignKeyField("nasty.Rank", related_name="keepers")
    rank_id: int
    town: fields.ForeignKeyNullableRelation[Town] = fields.ForeignKeyField("nasty.Town", null=True)
    town_id: int | None
    boss: fields.ForeignKeyNullableRelation[Keeper] = fields.ForeignKeyField(
        "nasty.Keeper", null=True, related_name="crew"
    )
    boss_id: int | None

    class Meta:
        table = "user"

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        return Q() if actor.is_staff else Q(shown=True) | Q(id=actor.id)


class Pen(Model):
    """With ids beyond 32 bits."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(40)
    keeper: fields.ForeignKeyRelation[Keeper] = fields.ForeignKeyField("nasty.Keeper", related_name="pens")
    keeper_id: int
    town: fields.ForeignKeyRelation[Town] = fields.ForeignKeyField("nasty.Town", related_name="pens")
    town_id: int

    class Meta:
        table = "where"

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        return Q() if actor.is_staff else Q(town_id__in=Subquery(Town.filter(Town.visible_to(actor)).values("id")))


class Club(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(40)
    members: fields.ManyToManyRelation[Beast] = fields.ManyToManyField(
        "nasty.Beast", through="from", forward_key="beast_id", backward_key="club_id", related_name="clubs"
    )
    meets_in: fields.ManyToManyRelation[Town] = fields.ManyToManyField(
        "nasty.Town", through="limit", forward_key="town_id", backward_key="club_id", related_name="clubs"
    )

    class Meta:
        table = "having"
        ordering = ["-name"]

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        return Q() if actor.is_staff else ~Q(name="The secret ones")


class Beast(Model):
    """A column of every type, needed and not."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(40)
    blurb: str | None = fields.TextField(null=True)
    tame = fields.BooleanField()
    wild: bool | None = fields.BooleanField(null=True)
    legs = fields.SmallIntField()
    weight: int | None = fields.IntField(null=True)
    born = fields.BigIntField()
    length = fields.FloatField()
    height: float | None = fields.FloatField(null=True)
    diet = fields.CharEnumField(Diet, max_length=20)
    other_diet: Diet | None = fields.CharEnumField(Diet, max_length=20, null=True)
    mood = fields.IntEnumField(Mood)
    former_mood: Mood | None = fields.IntEnumField(Mood, null=True)
    seen_at = fields.DatetimeField()
    fed_at: datetime | None = fields.DatetimeField(null=True)
    tag = fields.UUIDField()
    other_tag: UUID | None = fields.UUIDField(null=True)
    notes: Any = fields.JSONField()
    more_notes: Any = fields.JSONField(null=True)
    payload: Any = fields.JSONField(null=True)
    mother: fields.ForeignKeyNullableRelation[Beast] = fields.ForeignKeyField(
        "nasty.Beast", null=True, related_name="children"
    )
    mother_id: int | None
    pen: fields.ForeignKeyNullableRelation[Pen] = fields.ForeignKeyField("nasty.Pen", null=True, related_name="beasts")
    pen_id: int | None
    keeper: fields.ForeignKeyRelation[Keeper] = fields.ForeignKeyField("nasty.Keeper", related_name="beasts")
    keeper_id: int
    rank: fields.ForeignKeyNullableRelation[Rank] = fields.ForeignKeyField("nasty.Rank", null=True)
    rank_id: int | None
    clubs: fields.ManyToManyRelation[Club]

    class Meta:
        table = "table"

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        if not actor.is_staff:
            return Q(tame=True) | Q(keeper_id=actor.id)
        if actor.pens is None:
            return Q()
        mine = Q(keeper_id=actor.id) | Q(pen_id__isnull=True)
        return mine | Q(pen_id__in=list(actor.pens)) if actor.pens else mine


class Words(Model):
    id = fields.IntField(primary_key=True)
    body = fields.TextField()
    heard_by: fields.ManyToManyRelation[Keeper] = fields.ManyToManyField(
        "nasty.Keeper", through="heard", forward_key="keeper_id", backward_key="words_id", related_name="heard"
    )

    class Meta:
        table = "values"

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        return Q()


class Event(Model):
    """Of several kinds in one table."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(20)
    at = fields.DatetimeField()
    secret = fields.BooleanField(default=False)
    beast: fields.ForeignKeyNullableRelation[Beast] = fields.ForeignKeyField(
        "nasty.Beast", null=True, related_name="events"
    )
    beast_id: int | None
    by_keeper: fields.ForeignKeyNullableRelation[Keeper] = fields.ForeignKeyField(
        "nasty.Keeper", null=True, related_name="did"
    )
    by_keeper_id: int | None
    by_beast: fields.ForeignKeyNullableRelation[Beast] = fields.ForeignKeyField(
        "nasty.Beast", null=True, related_name="did"
    )
    by_beast_id: int | None
    words: fields.ForeignKeyNullableRelation[Words] = fields.ForeignKeyField("nasty.Words", null=True)
    words_id: int | None
    payload: Any = fields.JSONField()

    class Meta:
        table = "index"

    @staticmethod
    def visible_to(actor: Asker) -> Q:
        if actor.is_staff and actor.pens is None:
            return Q(beast_id__isnull=False)
        seen = Q(beast_id__in=Subquery(Beast.filter(Beast.visible_to(actor)).values("id")))
        return seen if actor.is_staff else seen & Q(secret=False)


BIG = 2**40
DAWN = datetime(2024, 2, 29, 6, 0, tzinfo=UTC)
NAMES = (
    "Ada", "Bo", "Bo", "Cléo", "D'Arcy", 'E "the Elk"', "🜁", "Ümit", "void", "brittle", "", "100%", "a_b", "A_B", "Zed",
)  # fmt: skip


async def fill() -> None:
    """Rows of every sort: nulls, hidden ones, ones that point to hidden ones, and texts of all kinds."""
    ranks = [await Rank.create(id=n, name=f"rank {n}", from_=f"from {n}", above_id=n - 1 or None) for n in (1, 2, 3)]
    towns = [
        await Town.create(id=n, name=f"Town {n}", order=7 - n // 2, hidden=n in (2, 5), around_id=around)
        for n, around in ((1, None), (2, 1), (3, 2), (4, 3), (5, None), (6, 5))
    ]
    keepers = [
        await Keeper.create(
            id=n,
            name=f"Keeper {n}",
            class_=None if n % 3 == 0 else f"class {n}",
            shown=n not in (2, 5),
            rank=ranks[n % 3],
            town=None if n == 4 else towns[n % 6],
            boss_id=n - 1 or None,
        )
        for n in range(1, 8)
    ]
    await Rank.filter(id=1).update(seat_id=2)
    await Rank.filter(id=2).update(seat_id=3)
    pens = [await Pen.create(id=BIG + n, name=f"Pen {n}", keeper=keepers[n], town=towns[n % 6]) for n in range(5)]
    clubs = [
        await Club.create(id=n + 1, name=name)
        for n, name in enumerate(("Swimmers", "The secret ones", "Nobody's", "Climbers"))
    ]
    await clubs[0].meets_in.add(towns[0], towns[1], towns[2])
    await clubs[1].meets_in.add(towns[3])
    await clubs[3].meets_in.add(towns[2], towns[4])
    for n, name in enumerate(NAMES, 1):
        beast = await Beast.create(
            id=n,
            name=name,
            blurb=(None, "", "A beast.\n\tIt “bites”.")[n % 3],
            tame=n % 4 != 0,
            wild=(None, True, False)[n % 3],
            legs=(0, 2, 4, -4, 32767)[n % 5],
            weight=(None, 0, 2**31 - 1, -(2**31))[n % 4],
            born=2**33 if n == 7 else n * 1000,
            length=(0.1, 1.0, 1e100, -2.5, 1 / 3)[n % 5],
            height=(None, 0.0, 12345678.9)[n % 3],
            diet=list(Diet)[n % 3],
            other_diet=None if n % 2 else list(Diet)[n % 3],
            mood=list(Mood)[n % 3],
            former_mood=None if n % 2 else list(Mood)[n % 3],
            seen_at=DAWN + timedelta(days=n % 4, microseconds=(0, 1, 250_000)[n % 3]),
            fed_at=None if n % 2 else datetime(1912, 6, 23, tzinfo=UTC) + timedelta(hours=n),
            tag=UUID(int=n),
            other_tag=None if n % 2 else UUID(int=2**127 + n),
            notes=({}, {"a": [1, None, {"b": "ü"}]}, [], {"t": "text"}, 1.5, True)[n % 6],
            more_notes=(None, {"n": n})[n % 2],
            payload=(None, {}, {"said": "hear", "deep": {"er": n}, "many": "many"}, {"said": 7, "deep": None})[n % 4],
            mother_id=n // 2 or None,
            pen=None if n % 6 == 0 else pens[n % 5],
            keeper=keepers[n % 7],
            rank=None if n % 2 else ranks[n % 3],
        )
        await beast.clubs.add(*[clubs[index] for index in {n % 2, n % 5 % 4} if n != 11])
    words = [await Words.create(id=n, body=f"words {n}") for n in (1, 2, 3)]
    await words[0].heard_by.add(*keepers[:3])
    await words[2].heard_by.add(keepers[4])
    payloads: dict[str, list[Any]] = {
        "Arrived": [{"from": {"id": 1}}, {"from": {"id": 2}}, {"from": {"id": 99}}, {"from": None}, {}],
        "Fed": [{"food": "hay", "amount": 3}, {"food": None, "amount": 2**31}, {"amount": "12"}, {"food": 5}],
        "Moved": [{"rank": 1, "keeper": {"id": 1}}, {"rank": 2, "keeper": {"id": 2}}, {"rank": None}, {"rank": 77}],
        "Spoke": [{}, {"loud": True}, {"loud": None}],
    }
    for n in range(1, 61):
        kind = list(payloads)[n * 7 % 4]
        await Event.create(
            id=BIG * 2 + n,
            kind=kind,
            at=DAWN + timedelta(minutes=n // 2),
            secret=n % 5 == 0,
            beast_id=None if n % 11 == 0 else (n * n) % 15 + 1,
            by_keeper=keepers[n % 7] if n % 3 == 0 else None,
            by_beast_id=n % 15 + 1 if n % 3 == 1 else None,
            words=words[n % 3] if kind == "Spoke" else None,
            payload=payloads[kind][n % len(payloads[kind])],
        )
