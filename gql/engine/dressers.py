"""What makes the part of an answer that stands for a value: dressers, and how one is made of another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLNonNull,
)

from gql.engine.levels import Bail

if TYPE_CHECKING:
    from gql.engine.plan import Run


class Dresser:
    """Makes what the answer holds of a value: `dresser(value, run)`, awaited when it `waits`."""

    __slots__ = ("_make", "asks", "waits")

    def __init__(self, make: Callable[[Any, Any], Any], *, waits: bool = False, asks: bool = False) -> None:
        self._make, self.waits, self.asks = make, waits, asks or waits
        """`asks`: whether it needs the run, so that what it makes is not the same for everyone."""

    def __call__(self, value: Any, run: Run | None) -> Any:
        return self._make(value, run)

    async def all(self, values: Iterable[Any], run: Run | None) -> list[Any]:
        """What is made of each of several values."""
        if self.waits:
            return [await self._make(value, run) for value in values]
        return [self._make(value, run) for value in values]


class Together(Dresser):
    """A dresser that waits, and reads what several values need by one statement. `alone` is the same for one value,
    where there is a shorter way."""

    __slots__ = ("_alone",)

    def __init__(
        self,
        make: Callable[[list[Any], Any], Awaitable[list[Any]]],
        alone: Callable[[Any, Any], Awaitable[Any]] | None = None,
    ) -> None:
        super().__init__(make, waits=True)
        self._alone = alone or self._first

    def __call__(self, value: Any, run: Run | None) -> Awaitable[Any]:
        return self._alone(value, run)

    async def _first(self, value: Any, run: Run | None) -> Any:
        return (await self._make([value], run))[0]

    async def all(self, values: Iterable[Any], run: Run | None) -> list[Any]:
        return await self._make(list(values), run)  # type: ignore[no-any-return]


def reaching(path: list[str]) -> Callable[[Any], Any]:
    def reach(value: Any) -> Any:
        for name in path:
            value = getattr(value, name)
        return value

    return reach


def then(find: Callable[[Any], Any], dress: Dresser) -> Dresser:
    if dress.waits:
        return Together(lambda values, run: dress.all(map(find, values), run))
    return Dresser(lambda value, run: dress(find(value), run), asks=dress.asks)


def promised_if(stated: Any, dress: Dresser) -> Dresser:
    return promised(dress) if isinstance(stated, GraphQLNonNull) else dress


def promised(dress: Dresser) -> Dresser:
    """Null is no answer."""
    if dress.waits:

        async def later(values: list[Any], run: Any) -> list[Any]:
            return [shown if shown is not None else _null() for shown in await dress.all(values, run)]

        async def alone(value: Any, run: Any) -> Any:
            shown = await dress(value, run)
            return shown if shown is not None else _null()

        return Together(later, alone)

    def at_once(value: Any, run: Any) -> Any:
        made = dress(value, run)
        return made if made is not None else _null()

    return Dresser(at_once, asks=dress.asks)


def _null() -> Any:
    raise Bail("null in a promised place")


def listed(value: Any) -> Any:
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
        raise Bail("no list")
    return value


def leaf(stated: Any) -> Dresser:
    serialize = stated.coerce_output_value if hasattr(stated, "coerce_output_value") else stated.serialize

    def dress(value: Any, run: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Exception):
            raise value
        made = serialize(value)
        if made is None:
            raise Bail(f"{stated.name} of nothing")
        return made

    return Dresser(dress)
