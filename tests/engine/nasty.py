"""A schema made to be nasty, declared over the tables of `nasty_rows`: whatever makes an executor stumble."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import Info
from strawberry.types.lazy_type import LazyType
from tortoise.context import TortoiseContext
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.transactions import in_transaction

from gql.engine import declare
from gql.engine.declare import (
    Connection,
    Node,
    always,
    any_node,
    at_key,
    batched,
    choice,
    column,
    computed,
    each,
    form,
    given,
    interface,
    many,
    node,
    one,
    one_of,
    payload,
    row_id,
    total,
    value,
)
from gql.engine.execution import Engine
from gql.engine.referee import Referee
from tests.engine import nasty_rows as rows
from tests.engine.nasty_rows import NOTHING, Asker, Diet, Mood

T = TypeVar("T")


class Told(Exception):
    """What clients may read."""


def explain(error: BaseException) -> tuple[str, str] | None:
    return ("TOLD", str(error)) if isinstance(error, Told) else None


for shown in (Diet, Mood):
    declare.enum(shown)


@dataclass
class Lists:
    """What is kept in memory."""

    ranks: dict[int, rows.Rank]

    def by_model(self) -> Mapping[type[Model], Mapping[int, Any]]:
        return {rows.Rank: self.ranks}


class Context:
    """One request; `asker` is None where nobody is signed in."""

    def __init__(self, engine: Engine, asker: Asker | None, lookups: Lists) -> None:
        self._asker, self.lookups, self.reading = asker, lookups, "here"
        self.memory = lookups.by_model()
        self.referee = Referee(self, self.memory, engine.shape)
        self.done: dict[str, Any] = {}

    @property
    def actor(self) -> Asker:
        if self._asker is None:
            raise Told("Sign in first.")
        return self._asker

    @property
    def sight(self) -> Asker | None:
        return None if self._asker is None else self._asker.sight


NastyInfo = Info[Context, Any]


# ---------------------------------------------------------------- plain values, their interface and their union


@interface
class Shape:
    """An interface of values."""

    sides: int


@value
class Round(Shape):
    """A value with a row in it."""

    radius: float
    owner: Keeper | None
    old: str | None = strawberry.field(default=None, deprecation_reason="Nobody reads it.")


@value
class Square(Shape):
    """A value with values in it."""

    width: int
    inner: Shape | None
    moods: list[Mood]


Figure = Annotated[Round | Square, strawberry.union("Figure")]


@value
class Measures:
    """Values of a beast's own row."""

    legs: int
    weight: int | None
    length: float
    taken_at: datetime
    diet: Diet
    keeper: Keeper
    rank: Rank | None
    shapes: list[Shape]


# ---------------------------------------------------------------- functions of columns


def measured(
    legs: int,
    weight: int | None,
    length: float,
    seen_at: datetime,
    diet: Diet,
    keeper: rows.Keeper | None,
    rank: rows.Rank | None,
) -> Measures | None:
    if legs == 0:
        return None
    inner = Square(sides=4, width=1, inner=None, moods=[])
    return Measures(
        legs=legs,
        weight=weight,
        length=length,
        taken_at=seen_at,
        diet=diet,
        keeper=given(Keeper, keeper),
        rank=given(Rank, rank),
        shapes=[inner, Round(sides=1, radius=0.5, owner=given(Keeper, keeper))],
    )


def fragile(name: str) -> str | None:
    if name.startswith("B"):
        raise Told(f"{name} cannot be told.")
    return name.upper() or None


def brittle(name: str) -> str:
    if name == "brittle":
        raise RuntimeError("hunter2")
    return None if name == "void" else name  # type: ignore[return-value]


def coded(name: str) -> str | None:
    if name == "Ada":
        raise GraphQLError("Too much of it.", extensions={"code": "LIMIT"})
    return name


def born_at(born: int) -> int:
    """More than GraphQL's Int can show, for some."""
    return born


def moods(mood: Mood, former_mood: Mood | None) -> list[Mood]:
    return [mood] if former_mood is None else [mood, former_mood]


def holes(legs: int, weight: int | None) -> list[int | None] | None:
    return None if legs == 0 else [legs, None, weight]


def strict(legs: int, weight: int | None) -> list[int]:
    return [legs, weight]  # type: ignore[list-item]


def ranks_below(rank: rows.Rank | None, lookups: Lists) -> list[Rank]:
    return [given(Rank, found) for found in lookups.ranks.values() if rank and found.above_id == rank.id]


def asked_by(actor: Asker, name: str) -> str:
    return f"{actor.role} {actor.id} asks for {name}"


def place(reading: str, id: int) -> str:
    return f"{id} {reading}"


def leading(leader_id: int) -> int:
    return leader_id


async def luck(actor: Asker, keys: list[int]) -> list[int | None]:
    return [None if key % 5 == 0 else key * actor.id for key in keys]


async def sure_luck(actor: Asker, keys: list[int]) -> list[int]:
    return [None if key == 5 else key for key in keys]  # type: ignore[misc]


async def bad_luck(actor: Asker, keys: list[str]) -> list[str]:
    if any(key.startswith("Z") for key in keys):
        raise Told("Not with Zed.")
    return [key[::-1] for key in keys]


@value
class Company:
    """What a batch answers to an argument, with rows in it of which some are hidden."""

    leader_id: strawberry.Private[int]
    leader: Keeper | None = at_key(leading)
    deputy: Keeper | None
    keepers: list[Keeper | None]
    ranks: list[Rank]
    guests: list[Company]


async def company(lookups: Lists, keys: list[int], size: int = 2) -> list[Company | None]:
    if size < 0:
        raise Told("No company is that small.")
    keepers = await rows.Keeper.all().order_by("id")

    def around(key: int, guests: list[Company]) -> Company:
        others = [given(Keeper, keeper) for keeper in keepers if keeper.id != key][:size]
        ranks = [given(Rank, rank) for rank in lookups.ranks.values()][:size]
        deputy = others[0] if others else None
        return Company(leader_id=key, deputy=deputy, keepers=list(others), ranks=ranks, guests=guests)

    return [None if key % 4 == 0 else around(key, [around(key + 1, []), around(1, [])][:size]) for key in keys]


# ---------------------------------------------------------------- interfaces of rows


@interface
class Someone:
    """Who may do something."""

    name: str


@value
class Nobody(Someone):
    """Who did what nobody did."""

    why: str


def nobody(kind: str, by_keeper_id: int | None, actor: Asker) -> Someone:
    return Nobody(name="Nobody", why=f"{kind} by {'someone hidden' if by_keeper_id else 'chance'}, to {actor.role}")


@interface
class Ranked:
    """Who may have a rank."""

    rank: Rank | None


@node(rows.Rank, lookup=True)
class Rank(Node):
    """In memory, with relations to others in memory and to rows."""

    name: str
    from_: str
    above: Rank | None
    seat: Town | None
    loud: str = computed(lambda name: name.upper())


@node(rows.Town)
class Town(Node):
    name: str
    order: int
    around: Town | None
    pens: Connection[Pen] = many("town", order="name")
    within: list[Town] = each("around")


def of_diets(diets: list[Diet] | None = None, tame: bool | None = None) -> Q:
    found = Q() if diets is None else Q(diet__in=diets) if diets else NOTHING
    return found if tame is None else found & Q(tame=tame)


def asks(actor: Asker, reading: str) -> str:
    return f"{actor.role} {actor.id}, {reading}"


@value
class Herd(Connection[T], Generic[T]):
    """A page that is counted."""

    total_count: int = total()
    page_of: str = computed(asks)


@node(rows.Keeper)
class Keeper(Node, Someone):
    """Whose rank is needed, and in memory."""

    name: str
    class_: str | None
    rank: Rank
    town: Town | None
    boss: Keeper | None
    crew: Connection[Keeper] = many("boss", order="name", page=2, backward=True)
    beasts: Herd[Beast] = many("keeper", where=of_diets, order="mood", page=3)
    heard: list[Spoke] = each("words__heard_by")


@node(rows.Pen)
class Pen(Node):
    """Whose keeper and town may be hidden though they are needed."""

    name: str
    keeper: Keeper
    town: Town
    keepers_name: str = column("keeper.name")
    keepers_rank: str = column("keeper.rank.from_")
    beasts: Connection[Beast] = many("pen", where=of_diets, order="-seen_at", backward=True)


@node(rows.Club)
class Club(Node):
    name: str
    members: Herd[Beast] = many("clubs", where=of_diets, order="name", page=4, backward=True)
    towns: list[Town] = each("clubs")


def of_kinds(actor: Asker, kinds: list[str] | None = None, secret: bool | None = None) -> Q:
    found = Q() if kinds is None else Q(kind__in=kinds) if kinds else NOTHING
    return found if secret is None or not actor.is_staff else found & Q(secret=secret)


@node(rows.Beast)
class Beast(Node, Someone, Ranked):
    """A field of every sort."""

    name: str
    blurb: str | None
    tame: bool
    wild: bool | None
    legs: int
    weight: int | None
    born: int = computed(born_at)
    length: float
    height: float | None
    diet: Diet
    other_diet: Diet | None
    mood: Mood
    former_mood: Mood | None
    seen_at: datetime
    fed_at: datetime | None
    tag: str
    other_tag: str | None
    notes: JSON
    more_notes: JSON | None
    said: str | None = payload("said")
    deeper: int | None = payload("deep.er")
    many_: int | None = payload("many")
    mother: Beast | None
    pen: Pen | None
    keeper: Keeper
    rank: Rank | None
    measures: Measures | None = computed(measured)
    fragile: str | None = computed(fragile)
    brittle: str = computed(brittle)
    coded: str | None = computed(coded)
    moods: list[Mood] = computed(moods)
    holes: list[int | None] | None = computed(holes)
    strict: list[int] = computed(strict)
    below: list[Rank] = computed(ranks_below)
    asked_by: str = computed(asked_by)
    place: str = computed(place)
    luck: int | None = batched(luck)
    sure_luck: int = batched(sure_luck)
    bad_luck: str | None = batched(bad_luck, of="name")
    company: Company | None = batched(company, of="keeper_id")
    clubs: list[Club] = each("members")
    club_towns: list[Town] = each("clubs__members")
    siblings: list[Beast] = each("mother", of="mother_id")
    children: Connection[Beast] = many("mother", where=of_diets, order="-name", page=2, backward=True)
    events: Herd[Event] = many("beast", where=of_kinds, order="id", backward=True)


@node(rows.Event, interface=True)
class Event(Node):
    """Something that happened."""

    at: datetime
    beast: Beast = always("beast")
    by: Someone = one_of("by_keeper", "by_beast", otherwise=nobody)
    told: str = computed(lambda kind, payload: f"{kind} {sorted(payload)}")


@node(rows.Event, kind="Arrived")
class Arrived(Event):
    """From a town that may be hidden, gone, or never named, though it is needed."""

    from_: Town = payload("from.id")


@node(rows.Event, kind="Fed")
class Fed(Event):
    """With values that may be of the wrong type, or not there."""

    food: str | None = payload("food")
    amount: int = payload("amount")


@node(rows.Event, kind="Moved")
class Moved(Event):
    """With a rank in memory, and a keeper who may be hidden."""

    rank: Rank | None = payload("rank")
    from_: Keeper | None = payload("keeper.id")


@node(rows.Event, kind="Spoke")
class Spoke(Event):
    """With what stands in another table."""

    body: str = column("words.body")
    heard_by: list[Keeper] = each("heard", of="words_id")
    loud: bool | None = payload("loud")


# ---------------------------------------------------------------- roots


@form
class BeastFilter:
    """Everything a filter may be asked."""

    name: str | None = None
    diets: list[Diet] | None = None
    moods: list[Mood | None] | None = None
    keeper_ids: list[strawberry.ID] | None = None
    seen_from: datetime | None = None
    tame: bool | None = None
    heavier: int | None = None
    longer: float | None = None
    in_club: str | None = None
    either: list[BeastFilter] | None = None


@form
class BeastOrder:
    """By a column, in a direction that has a default."""

    by: str = "name"
    down: bool = False


@choice
class BeastKey:
    """Names one beast."""

    id: strawberry.ID | None = strawberry.UNSET
    name: str | None = strawberry.UNSET


def beasts_matching(actor: Asker, filter: BeastFilter | None = None, mine: bool = False) -> Q:
    found = Q(keeper_id=actor.id) if mine else Q()
    if filter is None:
        return found
    if filter.name is not None:
        found &= Q(name__contains=filter.name)
    if filter.diets is not None:
        found &= Q(diet__in=filter.diets) if filter.diets else NOTHING
    if filter.moods is not None:
        moods = [mood for mood in filter.moods if mood is not None]
        found &= Q(mood__in=moods) if moods else NOTHING
    if filter.keeper_ids is not None:
        keys = [row_id(rows.Keeper, id) or 0 for id in filter.keeper_ids]
        found &= Q(keeper_id__in=keys) if keys else NOTHING
    if filter.seen_from is not None:
        found &= Q(seen_at__gte=filter.seen_from)
    if filter.tame is not None:
        found &= Q(tame=filter.tame)
    if filter.heavier is not None:
        found &= Q(weight__gt=filter.heavier) | Q(weight__isnull=True)
    if filter.longer is not None:
        found &= Q(length__gt=filter.longer)
    if filter.in_club is not None:
        members = rows.Club.filter(name=filter.in_club, members__id__isnull=False).values("members__id")
        found &= Q(id__in=Subquery(members))
    if filter.either:
        either = NOTHING
        for other in filter.either[:3]:
            either |= beasts_matching(actor, other)
        found &= either
    return found


ORDERS = ("name", "born", "seen_at", "mood", "diet", "id")


def beasts_ordered(order: BeastOrder | None = None) -> str:
    if order is None:
        return "-seen_at"
    if order.by not in ORDERS:
        raise Told(f"{order.by} is no order.")
    return f"-{order.by}" if order.down else order.by


def keyed(by: BeastKey) -> Q:
    if by.id:
        return Q(id=row_id(rows.Beast, by.id) or 0)
    return Q(name=by.name or "")


def called(name: str, hidden: bool | None = None) -> Q:
    return Q(name=name) if hidden is None else Q(name=name, hidden=hidden)


async def counted(actor: Asker) -> int:
    return await rows.Beast.filter(rows.Beast.visible_to(actor)).count()


async def counted_never(actor: Asker) -> int:
    if actor.role == "visitor":
        raise Told("Visitors do not count.")
    return None  # type: ignore[return-value]


def own_key(actor: Asker) -> int | None:
    return actor.id


def no_key(actor: Asker) -> int | None:
    return None


def hidden_key(actor: Asker) -> int:
    return 2


def all_ranks(lookups: Lists) -> list[Rank]:
    return [given(Rank, rank) for rank in lookups.ranks.values()]


@value
class Office:
    """What is no row, and leads to rows."""

    me: Keeper | None = at_key(own_key)
    nobody: Keeper | None = at_key(no_key)
    hidden: Keeper | None = at_key(hidden_key)
    hidden_needed: Keeper = at_key(hidden_key)
    beast: Beast | None = at_key(own_key)
    count: int = computed(counted)
    uncounted: int | None = computed(counted_never)
    uncounted_needed: int = computed(counted_never)
    ranks: list[Rank] = computed(all_ranks)
    towns: list[Town] = each()
    clubs: list[Club] = each()
    beasts: Herd[Beast] = many(where=of_diets, order="name", page=3)
    events: Connection[Event] = many(where=of_kinds, order="-id", page=3)


def office(actor: Asker) -> Office | None:
    return None if actor.id == 5 else Office()


def anybodys_office(actor: Asker) -> Office:
    return Office()


@value
class Query:
    """Roots of every sort."""

    node: Node | None = any_node()
    beast: Beast | None = one(keyed)
    town: Town | None = one(called)
    towns: Connection[Town] = many(order="order", page=4)
    beasts: Herd[Beast] = many(where=beasts_matching, order=beasts_ordered, page=5, backward=True)
    keepers: Connection[Keeper] = many(order="name")
    pens: Connection[Pen] = many(order="-id", backward=True)
    clubs: Herd[Club] = many(order="name")
    events: Herd[Event] = many(where=of_kinds, order="-at", page=10, backward=True)
    office: Office | None = computed(office)
    open_office: Office = computed(anybodys_office)

    @strawberry.field
    async def me(self, info: NastyInfo) -> Keeper | None:
        return given(Keeper, await info.context.referee.row(rows.Keeper, info.context.actor.id))

    @strawberry.field
    def ranks(self, info: NastyInfo) -> list[Rank]:
        info.context.actor  # noqa: B018
        return [given(Rank, rank) for rank in info.context.lookups.ranks.values()]

    @strawberry.field
    async def shapes(self, info: NastyInfo, count: int = 3) -> list[Shape]:
        owner = given(Keeper, await info.context.referee.row(rows.Keeper, 1))
        round = Round(sides=1, radius=1.5, owner=owner, old="old")
        square = Square(sides=4, width=2, inner=round, moods=[Mood.FINE])
        return [round, square, Square(sides=4, width=3, inner=square, moods=[])][:count]

    @strawberry.field
    async def figures(self, info: NastyInfo) -> list[Figure | None]:
        owner = given(Keeper, await info.context.referee.row(rows.Keeper, 2))
        return [Round(sides=1, radius=1.0, owner=owner), None, Square(sides=4, width=1, inner=None, moods=[])]

    @strawberry.field
    def fails(self) -> int | None:
        raise Told("As it should.")


@value
class Named:
    """What a mutation answers: a row, which is read again, and a value."""

    beast: Beast | None
    measures: Measures | None
    times: int


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def rename(self, info: NastyInfo, id: strawberry.ID, name: str) -> Named | None:
        row = await rows.Beast.get_or_none(id=row_id(rows.Beast, id) or 0)
        if row is None:
            raise Told("There is no such beast.")
        row.name = name
        await row.save()
        RENAMED.append(name)
        return Named(beast=given(Beast, row), measures=None, times=len(RENAMED))


RENAMED: list[str] = []
"""The names that mutations gave, each time one was run; the tests look into it."""


def shown_instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


INSTANT = strawberry.scalar(name="DateTime", serialize=shown_instant, parse_value=datetime.fromisoformat)


class Names(NameConverter):
    def from_generic(self, object_type: Any, types: list[Any]) -> str:
        held = types[0].resolve_type() if isinstance(types[0], LazyType) else types[0]
        name = self.get_name_from_type(held)
        return f"{name}{object_type.name}"


def make_schema() -> strawberry.Schema:
    return strawberry.Schema(
        Query,
        Mutation,
        types=[Arrived, Fed, Moved, Spoke, Nobody, Round, Square],
        config=StrawberryConfig(name_converter=Names(), scalar_map={datetime: INSTANT}),
    )


ASKERS: dict[str, Asker | None] = {
    "keeper": Asker("keeper", 1),
    "keeper of two pens": Asker("keeper", 2, (rows.BIG + 1, rows.BIG + 3)),
    "keeper of no pens": Asker("keeper", 3, ()),
    "visitor": Asker("visitor", 4),
    "another visitor": Asker("visitor", 5),
    "nobody": None,
}


@dataclass(repr=False)
class Zoo:
    """The schema on a database with its rows in it."""

    engine: Engine
    lists: Lists
    orm: TortoiseContext

    def begin(self, who: str) -> Context:
        """The context of one request by one of the ASKERS."""
        return Context(self.engine, ASKERS[who], self.lists)


@asynccontextmanager
async def zoo(connections: Mapping[str, Any]) -> AsyncIterator[Zoo]:
    """Fills the database that the one connection leads to, as Tortoise is told of it."""
    apps = {"nasty": {"models": [rows.__name__], "default_connection": next(iter(connections))}}
    async with TortoiseContext() as orm:
        await orm.init(config={"connections": dict(connections), "apps": apps, "use_tz": True, "timezone": "UTC"})
        await orm.generate_schemas(safe=True)
        if not await rows.Rank.exists():
            async with in_transaction():
                await rows.fill()
        yield Zoo(Engine(make_schema(), explain), Lists({rank.id: rank for rank in await rows.Rank.all()}), orm)
