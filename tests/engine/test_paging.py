"""Pages by keyset: what may be asked for, cursors of a list, and that turning pages shows every row once."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import anyio
import orjson
import pytest
from graphql import GraphQLError
from hypothesis import given, settings
from hypothesis import strategies as st
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.models import Model

from gql.engine.paging import LARGEST, PageAsked, decode, encode, order_keys, page_asked, reversed_keys
from gql.engine.referee import Page


class Rank(IntEnum):
    LOW = 1
    HIGH = 2


class Runner(Model):
    id = fields.IntField(primary_key=True)
    big = fields.BigIntField(default=0)
    name = fields.CharField(80, default="")
    small = fields.SmallIntField(default=0)
    rank = fields.IntEnumField(Rank, default=Rank.LOW)
    at = fields.DatetimeField(null=True)
    fast = fields.BooleanField(default=False)

    class Meta:
        table = "toy_runner"


def code(arguments: dict[str, Any], default: int = 25) -> str:
    """How a page is refused."""
    with pytest.raises(GraphQLError) as refused:
        page_asked(arguments, default)
    return str((refused.value.extensions or {})["code"])


def cursor_of(values: object, *keys: str) -> str:
    """A cursor as a client could forge it, who knows how a list of that order marks its own."""
    if isinstance(values, list) and keys:
        values = [keys[0], *values]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def opened(cursor: str, *keys: str) -> list[Any] | None:
    """The values in a cursor; None when it is refused as INVALID."""
    try:
        return decode(cursor, keys, Runner)
    except GraphQLError as refused:
        if refused.extensions != {"code": "INVALID"}:
            raise
        return None


# ---------------------------------------------------------------- what is asked for


def test_a_page_has_the_default_size_when_none_is_named() -> None:
    assert page_asked({}, 25) == PageAsked(25, False, None, None)
    assert page_asked({"first": None}, 50) == PageAsked(50, False, None, None)


def test_a_page_of_no_rows_and_one_of_the_most_are_served() -> None:
    assert page_asked({"first": 0}, 25).size == 0
    assert page_asked({"first": LARGEST}, 25).size == LARGEST == 100


@pytest.mark.parametrize("end", ["first", "last"])
def test_a_page_above_the_most_is_a_limit_and_a_negative_one_invalid(end: str) -> None:
    assert code({end: 101}) == "LIMIT"
    assert code({end: 2**31 - 1}) == "LIMIT"
    assert code({end: -1}) == "INVALID"
    assert code({end: -(2**31)}) == "INVALID"


def test_a_given_last_wins_over_the_default_of_first() -> None:
    assert page_asked({"first": 25, "last": 3}, 25) == PageAsked(3, True, None, None)


def test_first_and_last_together_are_invalid() -> None:
    assert code({"first": 2, "last": 3}) == "INVALID"


def test_the_paging_arguments_are_taken_out_of_a_fields_arguments() -> None:
    arguments = {"filter": 1, "first": 2, "after": "a", "before": "b"}
    assert page_asked(arguments, 25) == PageAsked(2, False, "a", "b")
    assert arguments == {"filter": 1}


# ---------------------------------------------------------------- orders and cursors


def test_ties_are_broken_by_the_primary_key_in_the_same_direction() -> None:
    assert order_keys("name", Runner) == ("name", "id")
    assert order_keys("-name", Runner) == ("-name", "-id")
    assert order_keys("id", Runner) == ("id",)
    assert order_keys("-id", Runner) == ("-id",)


@given(st.lists(st.from_regex(r"-?[a-z]+", fullmatch=True), max_size=4).map(tuple))
def test_an_order_reversed_twice_is_itself(keys: tuple[str, ...]) -> None:
    assert reversed_keys(reversed_keys(keys)) == keys


@given(
    st.builds(
        Runner,
        id=st.integers(1, 2**31 - 1),
        big=st.integers(-(2**63) + 1, 2**63 - 1),
        name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80),
        rank=st.sampled_from(Rank),
        at=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    )
)
def test_a_cursor_gives_back_the_values_of_its_row(runner: Runner) -> None:
    keys = ("big", "-name", "rank", "-at", "id")
    assert opened(encode(runner, keys), *keys) == [runner.big, runner.name, runner.rank, runner.at, runner.id]


@given(st.text(max_size=60))
def test_no_text_at_all_is_more_than_a_refused_cursor(text: str) -> None:
    found = opened(text, "-at", "-id")
    assert found is None or [type(value) for value in found] == [datetime, int]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(st.lists(VALUES, max_size=6) | VALUES)
def test_a_forged_cursor_holds_what_the_columns_hold_or_nothing(values: object) -> None:
    keys = ("at", "name", "rank", "big", "id")
    assert opened(cursor_of(values), *keys) is None
    found = opened(cursor_of(values, *keys), *keys)
    if found is not None:
        at, name, rank, big, id_ = found
        assert at.tzinfo is UTC
        assert "\0" not in name
        assert rank in Rank
        assert abs(big) < 2**63
        assert abs(id_) < 2**31


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        (("id",), [2**31]),
        (("id",), [-(2**31)]),
        (("id",), [True]),
        (("id",), [1.0]),
        (("id",), ["1"]),
        (("id",), [None]),
        (("id",), [1, 1]),
        (("id",), []),
        (("id",), {"id": 1}),
        (("id",), 1),
        (("id",), None),
        (("big",), [2**63]),
        (("rank",), [2**15]),
        (("small",), [2**15]),
        (("small",), [-(2**15)]),
        (("rank",), [3]),
        (("rank",), [-1]),
        (("name",), ["n" * 81]),
        (("name",), ["a\0b"]),
        (("name",), [7]),
        (("name",), [None]),
        (("at",), ["2026-01-01T00:00:00"]),
        (("at",), ["0001-01-01T00:00:00+14:00"]),
        (("at",), ["9999-12-31T23:59:59-14:00"]),
        (("at",), ["soon"]),
        (("at",), [7]),
        (("at",), [None]),
        (("fast",), [True]),
    ],
)
def test_a_cursor_with_what_no_row_can_have_is_refused(keys: tuple[str, ...], values: object) -> None:
    assert opened(cursor_of(values, *keys), *keys) is None


def test_a_cursor_of_another_order_is_refused() -> None:
    runner = Runner(id=4, name="Vera", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert opened(encode(runner, ("name", "id")), "-name", "-id") is None
    assert opened(encode(runner, ("name", "id")), "at", "id") is None
    assert opened(encode(runner, ("id",)), "at", "id") is None


# ---------------------------------------------------------------- turning pages


@asynccontextmanager
async def runners(*names: str) -> AsyncIterator[list[Runner]]:
    """A database with some runners in it."""
    async with TortoiseContext() as orm:
        await orm.init(db_url="sqlite://:memory:", modules={"toys": [__name__]})
        await orm.generate_schemas()
        yield [await Runner.create(name=name) for name in names]


async def _walk(rows: list[tuple[str, Rank]], order: str, size: int, *, backward: bool) -> list[int]:
    """The ids that turning pages shows, of rows in a database; each page is compared with what it says of itself."""
    keys, found, place = order_keys(order, Runner), list[int](), None
    async with runners():
        await Runner.bulk_create([Runner(name=name, rank=rank) for name, rank in rows])
        while True:
            asked = PageAsked(size, backward, None if backward else place, place if backward else None)
            page = await Page.read(Runner.all(), keys, Runner, asked)
            assert await page.total() == len(rows)
            ids = [runner.id for runner in page.nodes]
            assert ids == [edge.node.id for edge in page.edges]
            assert page.page_info.start_cursor == (page.edges[0].cursor if ids else None)
            assert page.page_info.end_cursor == (page.edges[-1].cursor if ids else None)
            info = page.page_info
            more, behind = info.has_next_page, info.has_previous_page
            if backward:
                more, behind = behind, more
            found = ids + found if backward else found + ids
            assert behind == (place is not None)
            assert more == (len(found) < len(rows))
            if not more:
                return found
            place = info.start_cursor if backward else info.end_cursor


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("order", ["name", "-name", "rank", "-rank", "id", "-id"])
@settings(max_examples=12, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Rank)), max_size=9),
    size=st.integers(1, 4),
)
def test_turning_pages_shows_every_row_once_in_its_order(
    order: str, backward: bool, rows: list[tuple[str, Rank]], size: int
) -> None:
    async def walk() -> list[int]:
        return await _walk(rows, order, size, backward=backward)

    falling, column = order.startswith("-"), order.lstrip("-")
    numbered = [{"id": at, "name": name, "rank": rank} for at, (name, rank) in enumerate(rows, 1)]
    wanted = sorted(numbered, key=lambda row: (row[column], row["id"]), reverse=falling)
    assert anyio.run(walk) == [row["id"] for row in wanted]


async def test_a_row_that_comes_in_front_of_the_place_does_not_move_the_pages() -> None:
    async with runners("b", "d", "f", "h"):
        keys = order_keys("name", Runner)
        one = await Page.read(Runner.all(), keys, Runner, PageAsked(2, False, None, None))
        await Runner.create(name="a")
        await Runner.create(name="e")
        await Runner.filter(name="b").delete()
        two = await Page.read(Runner.all(), keys, Runner, PageAsked(2, False, one.page_info.end_cursor, None))
        assert [runner.name for runner in two.nodes] == ["e", "f"]


async def test_a_page_can_lie_between_two_cursors() -> None:
    async with runners(*"abcde") as rows:
        keys = order_keys("name", Runner)
        after, before = encode(rows[0], keys), encode(rows[4], keys)
        page = await Page.read(Runner.all(), keys, Runner, PageAsked(10, False, after, before))
        assert [runner.name for runner in page.nodes] == ["b", "c", "d"]


async def test_a_page_of_no_rows_still_says_whether_there_are_more() -> None:
    async with runners("a"):
        page = await Page.read(Runner.all(), ("id",), Runner, PageAsked(0, False, None, None))
        assert (page.nodes, page.page_info.has_next_page, page.page_info.end_cursor) == ([], True, None)
