"""The schema that the cases are run on: fields that answer, fail, come late or hold nothing, as a document asks."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as fields_of
from datetime import date
from typing import Annotated, Any

import orjson
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import Info
from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from gql.engine import declare
from gql.engine.declare import Connection, Node, always, any_node, computed, many, node, one, value
from gql.engine.referee import Referee, Shape


class Told(Exception):
    """What clients may read."""


def explain(error: BaseException) -> tuple[str, str] | None:
    return ("TOLD", str(error)) if isinstance(error, Told) else None


@dataclass(frozen=True)
class Somebody:
    """Who asks."""

    id: int


class Context:
    """Who asks is always the same; what mutations did is counted, in their order."""

    actor, sight, reading = Somebody(7), Somebody(0), "here"
    lookups: Mapping[str, Any] = {}
    memory: Mapping[type[Model], Mapping[int, Any]] = {}

    def __init__(self, shape: Shape) -> None:
        self.referee = Referee(self, self.memory, shape)
        self.done: dict[str, Any] = {}
        self.tally = 0
        self.told: list[str] = []


CaseInfo = Info[Context, Any]


# ---------------------------------------------------------------- what resolvers are asked to do


@declare.enum
class How(enum.Enum):
    """What becomes of a value."""

    FINE = "fine"
    NULL = "null"
    FAILS = "fails"


@declare.enum
class Holds(enum.Enum):
    """What a list holds."""

    ALL = "all"
    NONE = "none"
    HOLE = "hole"
    FAULT = "fault"
    NULL = "null"
    FAILS = "fails"


def made(how: How, value: Any) -> Any:
    if how is How.FAILS:
        raise Told("It failed.")
    return value if how is How.FINE else None


def held(holds: Holds, items: list[Any]) -> Any:
    match holds:
        case Holds.ALL:
            return items
        case Holds.NONE:
            return []
        case Holds.HOLE:
            return [items[0], None, *items[1:]]
        case Holds.FAULT:
            return [items[0], Told("The item failed."), *items[1:]]
        case Holds.NULL:
            return None
        case Holds.FAILS:
            raise Told("The list failed.")


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


# ---------------------------------------------------------------- objects with objects in them


@strawberry.type
class Link:
    """One of a chain: its leaves do what the chain was asked to, its links are always there."""

    how: strawberry.Private[How]

    @strawberry.field
    def name(self) -> str | None:
        return made(self.how, "link")

    @strawberry.field
    def name_needed(self) -> str:
        return made(self.how, "link")

    @strawberry.field
    async def late(self) -> str | None:
        return await later(made(self.how, "late"))

    @strawberry.field
    async def late_needed(self) -> str:
        return await later(made(self.how, "late"))

    @strawberry.field
    def fine(self) -> str:
        return "fine"

    @strawberry.field
    async def late_fine(self) -> str:
        return await later("late and fine")

    @strawberry.field
    def link(self) -> Link | None:
        return self

    @strawberry.field
    def link_needed(self) -> Link:
        return self

    @strawberry.field
    async def late_link(self) -> Link | None:
        return await later(self)

    @strawberry.field
    async def late_link_needed(self) -> Link:
        return await later(self)

    @strawberry.field
    def links(self) -> list[Link | None] | None:
        return [self, self]

    @strawberry.field
    def links_needed(self) -> list[Link]:
        return [self, self]

    @strawberry.field
    def missing(self) -> Link | None:
        return None

    @strawberry.field
    def missing_needed(self) -> Link:
        return None  # type: ignore[return-value]


@strawberry.type
class Lists:
    """The same list of numbers in all four nullabilities, at once and late, and of objects."""

    holds: strawberry.Private[Holds]

    @strawberry.field
    def loose(self) -> list[int | None] | None:
        return held(self.holds, [1, 2])

    @strawberry.field
    def items(self) -> list[int] | None:
        return held(self.holds, [1, 2])

    @strawberry.field
    def whole(self) -> list[int | None]:
        return held(self.holds, [1, 2])

    @strawberry.field
    def strict(self) -> list[int]:
        return held(self.holds, [1, 2])

    @strawberry.field
    async def late_loose(self) -> list[int | None] | None:
        return await later(held(self.holds, [1, 2]))

    @strawberry.field
    async def late_items(self) -> list[int] | None:
        return await later(held(self.holds, [1, 2]))

    @strawberry.field
    async def late_whole(self) -> list[int | None]:
        return await later(held(self.holds, [1, 2]))

    @strawberry.field
    async def late_strict(self) -> list[int]:
        return await later(held(self.holds, [1, 2]))

    @strawberry.field
    def promises(self) -> list[int | None] | None:
        """Each item comes late by itself."""
        return [later(item) for item in held(self.holds, [1, 2])]  # type: ignore[misc]

    @strawberry.field
    def promises_strict(self) -> list[int]:
        return [later(item) for item in held(self.holds, [1, 2])]  # type: ignore[misc]

    @strawberry.field
    def grid(self) -> list[list[int | None]] | None:
        return [[1, 2], held(self.holds, [3, 4])]

    @strawberry.field
    def grid_strict(self) -> list[list[int]] | None:
        return [[1, 2], held(self.holds, [3, 4])]

    @strawberry.field
    def boxes(self) -> list[Box | None] | None:
        return held(self.holds, [Box(number=1), Box(number=2)])

    @strawberry.field
    def boxes_strict(self) -> list[Box] | None:
        return held(self.holds, [Box(number=1), Box(number=2)])

    @strawberry.field
    def tuple(self) -> list[int]:
        return (1, 2, 3)  # type: ignore[return-value]

    @strawberry.field
    def generated(self) -> list[int]:
        return (number for number in (1, 2, 3))  # type: ignore[return-value]

    @strawberry.field
    def text(self) -> list[str] | None:
        return "not a list"  # type: ignore[return-value]

    @strawberry.field
    def number(self) -> list[int] | None:
        return 7  # type: ignore[return-value]


# ---------------------------------------------------------------- values without resolvers


@value
class Box:
    """A plain value, of which nothing has to be resolved."""

    number: int
    label: str | None = None
    colour: Colour | None = None
    inner: Box | None = None
    inners: list[Box] = strawberry.field(default_factory=list)
    old: int | None = strawberry.field(default=None, deprecation_reason="Nobody opens it.")


@declare.enum
class Colour(enum.IntEnum):
    """A colour, whose value is not its name."""

    RED = 1
    GREEN = 2
    DARK_BLUE = 3


@strawberry.type
class Leaves:
    """Values that their types can or cannot show."""

    @strawberry.field
    def int_of_bool(self) -> int | None:
        return True

    @strawberry.field
    def int_of_whole_float(self) -> int | None:
        return 3.0  # type: ignore[return-value]

    @strawberry.field
    def int_of_float(self) -> int | None:
        return 3.5  # type: ignore[return-value]

    @strawberry.field
    def int_of_text(self) -> int | None:
        return "12"  # type: ignore[return-value]

    @strawberry.field
    def int_of_words(self) -> int | None:
        return "twelve"  # type: ignore[return-value]

    @strawberry.field
    def int_too_large(self) -> int | None:
        return 2**31

    @strawberry.field
    def int_largest(self) -> int | None:
        return 2**31 - 1

    @strawberry.field
    def int_smallest(self) -> int | None:
        return -(2**31)

    @strawberry.field
    def float_of_int(self) -> float | None:
        return 3

    @strawberry.field
    def float_of_text(self) -> float | None:
        return "3.5"  # type: ignore[return-value]

    @strawberry.field
    def float_of_nothing(self) -> float | None:
        return float("nan")

    @strawberry.field
    def float_without_end(self) -> float | None:
        return float("inf")

    @strawberry.field
    def text_of_int(self) -> str | None:
        return 12  # type: ignore[return-value]

    @strawberry.field
    def text_of_bool(self) -> str | None:
        return True  # type: ignore[return-value]

    @strawberry.field
    def text_of_float(self) -> str | None:
        return 1.5  # type: ignore[return-value]

    @strawberry.field
    def text_of_list(self) -> str | None:
        return ["a"]  # type: ignore[return-value]

    @strawberry.field
    def text_of_box(self) -> str | None:
        return {"a": 1}  # type: ignore[return-value]

    @strawberry.field
    def text_empty(self) -> str:
        return ""

    @strawberry.field
    def text_of_all_sorts(self) -> str:
        return 'a "quoted" \\ line\n\tand 🜁 ünïcode'

    @strawberry.field
    def bool_of_int(self) -> bool | None:
        return 1  # type: ignore[return-value]

    @strawberry.field
    def bool_of_zero(self) -> bool | None:
        return 0  # type: ignore[return-value]

    @strawberry.field
    def bool_of_text(self) -> bool | None:
        return "true"  # type: ignore[return-value]

    @strawberry.field
    def id_of_int(self) -> strawberry.ID | None:
        return 7  # type: ignore[return-value]

    @strawberry.field
    def id_of_float(self) -> strawberry.ID | None:
        return 1.5  # type: ignore[return-value]

    @strawberry.field
    def colour(self) -> Colour:
        return Colour.DARK_BLUE

    @strawberry.field
    def colours(self) -> list[Colour]:
        return [Colour.RED, Colour.RED, Colour.GREEN]

    @strawberry.field
    def no_colour(self) -> Colour | None:
        return "mauve"  # type: ignore[return-value]

    @strawberry.field
    def even(self) -> Even | None:
        return 4  # type: ignore[return-value]

    @strawberry.field
    def odd(self) -> Even | None:
        return 5  # type: ignore[return-value]

    @strawberry.field
    def odd_needed(self) -> Even:
        return 5  # type: ignore[return-value]

    @strawberry.field
    def evens(self) -> list[Even | None]:
        return [2, 3, 4]  # type: ignore[list-item]

    @strawberry.field
    def day(self) -> date:
        return date(2024, 2, 29)


class Even:
    """Stands for the scalar in annotations."""


def shown_even(number: Any) -> int:
    if not isinstance(number, int) or number % 2:
        raise Told(f"{number} is odd.")
    return number


def read_even(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number % 2:
        raise Told(f"{number!r} is no even number.")
    return number


EVEN = strawberry.scalar(name="Even", serialize=shown_even, parse_value=read_even)


# ---------------------------------------------------------------- arguments and inputs


@strawberry.input
class Label:
    """Of which one field is needed."""

    text: str
    size: int = 12
    bold: bool | None = strawberry.UNSET


@strawberry.input
class Parcel:
    """With everything an input may hold."""

    weight: int | None = strawberry.UNSET
    colour: Colour | None = strawberry.UNSET
    label: Label | None = strawberry.UNSET
    labels: list[Label] | None = strawberry.UNSET
    inside: list[Parcel] | None = strawberry.UNSET
    tags: list[str | None] | None = strawberry.UNSET
    even: Even | None = strawberry.UNSET
    from_: int | None = strawberry.field(default=strawberry.UNSET, name="from")


@strawberry.input(one_of=True)
class Key:
    """Exactly one way to name something."""

    id: strawberry.ID | None = strawberry.UNSET
    number: int | None = strawberry.UNSET
    label: Label | None = strawberry.UNSET


def plain(given: Any) -> Any:
    """An argument as JSON can show it; what was left out of an input stays out."""
    if is_dataclass(given):
        shown = {f.name: getattr(given, f.name) for f in fields_of(given)}
        return {name: plain(value) for name, value in shown.items() if value is not strawberry.UNSET}
    if isinstance(given, list):
        return [plain(item) for item in given]
    return given.name if isinstance(given, enum.Enum) else given


def told(given: Any) -> str:
    return "left out" if given is strawberry.UNSET else orjson.dumps(plain(given)).decode()


@strawberry.type
class Hears:
    """Every field tells what its argument was."""

    @strawberry.field
    def int(self, of: int | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def int_needed(self, of: int) -> str | None:
        return told(of)

    @strawberry.field
    def int_or_five(self, of: int | None = 5) -> str | None:
        return told(of)

    @strawberry.field
    def int_needed_or_five(self, of: int = 5) -> str | None:
        return told(of)

    @strawberry.field
    def int_strictly(self, of: int) -> str:
        return told(of)

    @strawberry.field
    def float(self, of: float | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def text(self, of: str | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def bool(self, of: bool | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def id(self, of: strawberry.ID | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def colour(self, of: Colour | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def colour_or_red(self, of: Colour = Colour.RED) -> str | None:
        return told(of)

    @strawberry.field
    def even(self, of: Even | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def day(self, of: date | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def list(self, of: list[int | None] | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def list_items(self, of: list[int] | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def list_whole(self, of: list[int | None]) -> str | None:
        return told(of)

    @strawberry.field
    def list_strict(self, of: list[int]) -> str | None:
        return told(of)

    @strawberry.field
    def grid(self, of: list[list[int | None] | None] | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def label(self, of: Label | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def parcel(self, of: Parcel | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def parcels(self, of: list[Parcel] | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def key(self, of: Key | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def keys(self, of: list[Key] | None = strawberry.UNSET) -> str | None:
        return told(of)

    @strawberry.field
    def two(self, first: int | None = strawberry.UNSET, second: int | None = 2) -> str | None:
        return f"{told(first)}, {told(second)}"


# ---------------------------------------------------------------- interfaces and unions


@strawberry.interface
class Named:
    name: str


@strawberry.interface
class Animal(Named):
    legs: int | None = 4

    @strawberry.field
    def mother(self) -> Animal | None:
        return None


@strawberry.type
class Dog(Animal):
    barks: bool = True
    friend: Pet | None = None

    @strawberry.field
    def mother(self) -> Animal | None:
        return Dog(name=f"{self.name}'s mother") if "mother" not in self.name else None


@strawberry.type
class Cat(Animal):
    meows: bool = True
    lives: int = 9

    @strawberry.field
    def mother(self) -> Animal | None:
        return Cat(name=f"{self.name}'s mother") if "mother" not in self.name else None


@strawberry.type
class Fish:
    """In the union, and no animal with a mother."""

    name: str | None = None
    fins: int = 5


@strawberry.type
class Robot(Named):
    """Named, and nobody's pet."""

    volts: int = 12


Pet = Annotated[Dog | Cat | Fish, strawberry.union("Pet")]


def rex() -> Dog:
    return Dog(name="Rex", friend=Cat(name="Tom"))


# ---------------------------------------------------------------- rows


class Pebble(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(20)
    weight = fields.IntField(null=True)
    colour = fields.IntEnumField(Colour)
    under: fields.ForeignKeyNullableRelation[Pebble] = fields.ForeignKeyField(
        "cases.Pebble", null=True, related_name="over"
    )
    under_id: int | None

    class Meta:
        table = "pebble"

    @staticmethod
    def visible_to(actor: object) -> Q:
        return ~Q(name="hidden")


async def lay_stones() -> None:
    for id, name, weight, under in (
        (1, "one", 10, None), (2, "two", None, 1), (3, "three", 30, 1), (4, "hidden", 40, 1), (5, "five", 50, 4),
    ):  # fmt: skip
        await Pebble.create(id=id, name=name, weight=weight, colour=list(Colour)[id % 3], under_id=under)


def at_least(weight: int | None = None, colours: list[Colour] | None = None) -> Q:
    found = Q() if weight is None else Q(weight__gte=weight)
    return found if colours is None else found & Q(colour__in=colours)


def one_heavier(weight: int | None) -> str | None:
    if weight is None:
        raise Told("It was never weighed.")
    return f"{weight + 1}"


def named(name: str) -> Q:
    return Q(name=name)


@node(Pebble)
class Stone(Node):
    """A row, with rows over and under it."""

    name: str
    weight: int | None
    colour: Colour
    under: Stone | None
    firmly_under: Stone = always("under")
    over: Connection[Stone] = many("under", where=at_least, order="id", page=2, backward=True)
    heavier: str | None = computed(one_heavier)
    surely_heavier: str = computed(one_heavier)


# ---------------------------------------------------------------- roots


@value
class Query:
    node: Node | None = any_node()
    stone: Stone | None = one(named)
    stones: Connection[Stone] = many(where=at_least, order="id", page=3, backward=True)

    @strawberry.field
    def word(self) -> str:
        return "word"

    @strawberry.field
    async def late_word(self) -> str:
        return await later("late word")

    @strawberry.field
    def nothing(self) -> str | None:
        return None

    @strawberry.field(deprecation_reason="Say `word`.")
    def old_word(self) -> str:
        return "olde worde"

    @strawberry.field
    def chain(self, how: How = How.FINE) -> Link | None:
        return Link(how=how)

    @strawberry.field
    async def late_chain(self, how: How = How.FINE) -> Link | None:
        return await later(Link(how=how))

    @strawberry.field
    def chain_needed(self, how: How = How.FINE) -> Link:
        return Link(how=how)

    @strawberry.field
    def refused(self) -> str | None:
        raise Told("Not on a Sunday.")

    @strawberry.field
    async def late_refused(self) -> str | None:
        return await later(Told("Not on a late Sunday."))

    @strawberry.field
    def refused_needed(self) -> str:
        raise Told("Not on a Sunday.")

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("the password is hunter2")

    @strawberry.field
    def given_fault(self) -> str | None:
        """An exception as a value."""
        return Told("It was handed over.")  # type: ignore[return-value]

    @strawberry.field
    def lists(self, holds: Holds = Holds.ALL) -> Lists | None:
        return Lists(holds=holds)

    @strawberry.field
    def box(self) -> Box:
        tiny = Box(number=3, label="tiny", colour=Colour.GREEN)
        return Box(number=1, label="large", inner=Box(number=2, inner=tiny), inners=[tiny, Box(number=4)])

    @strawberry.field
    def boxes(self, count: int = 2) -> list[Box]:
        return [Box(number=number, label=f"box {number}") for number in range(1, count + 1)]

    @strawberry.field
    def leaves(self) -> Leaves:
        return Leaves()

    @strawberry.field
    def hears(self) -> Hears:
        return Hears()

    @strawberry.field
    def animal(self) -> Animal:
        return rex()

    @strawberry.field
    def animals(self) -> list[Animal]:
        return [rex(), Cat(name="Tom", lives=7)]

    @strawberry.field
    def named(self) -> list[Named]:
        return [rex(), Robot(name="R2")]

    @strawberry.field
    async def late_animals(self) -> list[Animal]:
        return await later([rex(), Cat(name="Tom")])

    @strawberry.field
    def pets(self) -> list[Pet]:
        return [rex(), Cat(name="Tom"), Fish(), Fish(name="Wanda")]

    @strawberry.field
    def pet(self) -> Pet | None:
        return None

    @strawberry.field
    def strays(self) -> list[Pet | None] | None:
        """One of them is no pet."""
        return [rex(), Robot(name="R2"), Fish()]  # type: ignore[list-item]

    @strawberry.field
    def dog(self) -> Dog:
        return rex()

    @strawberry.field
    def again(self) -> Query:
        return Query()


@strawberry.type
class Done:
    """What a mutation answers."""

    tally: int
    query: Query

    @strawberry.field
    def so_far(self, info: CaseInfo) -> list[str]:
        return list(info.context.told)

    @strawberry.field
    async def so_far_later(self, info: CaseInfo) -> list[str]:
        await later(None)
        return list(info.context.told)

    @strawberry.field
    def fails(self) -> str | None:
        raise Told("The payload failed.")

    @strawberry.field
    def fails_needed(self) -> str:
        raise Told("The payload failed.")


def counted(context: Context, by: int, name: str) -> Done:
    context.tally += by
    context.told.append(name)
    return Done(tally=context.tally, query=Query())


@strawberry.type
class Mutation:
    @strawberry.mutation
    def add(self, info: CaseInfo, by: int = 1, name: str = "add") -> Done | None:
        return counted(info.context, by, name)

    @strawberry.mutation
    async def add_later(self, info: CaseInfo, by: int = 1, name: str = "later") -> Done | None:
        await later(None)
        return counted(info.context, by, name)

    @strawberry.mutation
    def fail(self, info: CaseInfo) -> Done | None:
        info.context.told.append("fail")
        raise Told("It was not done.")

    @strawberry.mutation
    async def fail_later(self, info: CaseInfo) -> Done | None:
        await later(None)
        info.context.told.append("fail later")
        raise Told("It was not done.")

    @strawberry.mutation
    def fail_needed(self, info: CaseInfo) -> Done:
        info.context.told.append("fail needed")
        raise Told("It was not done.")

    @strawberry.mutation
    def count(self, info: CaseInfo) -> int:
        info.context.tally += 1
        return info.context.tally


class Names(NameConverter):
    def from_generic(self, object_type: Any, types: list[Any]) -> str:
        return f"{self.get_name_from_type(types[0])}{object_type.name}"


SCHEMA = strawberry.Schema(
    Query,
    Mutation,
    types=[Dog, Cat, Robot, Fish],
    config=StrawberryConfig(name_converter=Names(), scalar_map={Even: EVEN}),
)
