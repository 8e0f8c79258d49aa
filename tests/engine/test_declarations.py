"""What is wrong with a declaration is told when the engine is made: all at once, and in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import strawberry
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.expressions import Q
from tortoise.models import Model

from gql.engine.check import DeclarationError, check
from gql.engine.declare import (
    Connection,
    Node,
    always,
    batched,
    column,
    computed,
    each,
    global_id,
    many,
    node,
    one,
    one_of,
    payload,
    row_id,
    value,
)
from gql.engine.execution import Engine


class Author(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(80)
    born_at = fields.DatetimeField(null=True)

    class Meta:
        table = "toy_author"

    @staticmethod
    def visible_to(actor: object) -> Q:
        return Q()


class Novel(Model):
    id = fields.BigIntField(primary_key=True)
    title = fields.CharField(80)
    blurb = fields.TextField(null=True)
    pages = fields.IntField()
    printed = fields.BooleanField(default=True)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField("toys.Author", related_name="novels")
    translator: fields.ForeignKeyNullableRelation[Author] = fields.ForeignKeyField(
        "toys.Author", null=True, related_name="translations"
    )
    payload: Any = fields.JSONField(default=dict)

    class Meta:
        table = "toy_novel"

    @staticmethod
    def visible_to(actor: object) -> Q:
        return Q()


def heading(title: str, author: Author) -> str:
    return f"{author.name}: {title}"


def misspelt(titel: str, actor: object, pagse: int) -> str:
    return f"{titel}, {pagse} pages, for {actor}"


async def lengths(actor: object, keys: list[int]) -> list[int]:
    return [0 for _ in keys]


async def loud(pages: list[int]) -> list[int]:
    return pages


@value
class Nobody:
    """Nobody at all."""

    name: str


def nobody(title: str) -> Nobody:
    return Nobody(name=title)


@node(Author)
class GoodAuthor(Node):
    """Whatever can be declared, declared well."""

    name: str
    born_at: datetime | None
    novels: Connection[GoodNovel] = many("author", order="title")
    shelf: list[GoodNovel] = each("author")


@node(Novel)
class GoodNovel(Node):
    """The same, of the other model."""

    title: str
    blurb: str | None
    pages: int
    printed: bool
    author: GoodAuthor
    translator: GoodAuthor | None
    by: str = column("author.name")
    editor: GoodAuthor = always("translator")
    heading: str = computed(heading)
    length: int = batched(lengths, of="pages")
    told: str | None = payload("told")
    whoever: GoodAuthor | None = one_of("author", "translator", otherwise=nobody)


@node(Novel)
class BadNovel(Node):
    """A fault in each field."""

    tilte: str
    blurb: str
    pages: str
    title: int
    printed: datetime
    translator: GoodAuthor
    by: str = column("author.nam")
    via: str = column("athor.name")
    born: datetime = column("author.born_at")
    nowhere: GoodAuthor = always("editor")
    heading: str = computed(misspelt)
    whoever: GoodAuthor = one_of("author", "ghost", otherwise=misspelt)
    length: int = batched(lengths, of="length")
    loud: int = batched(loud)
    others: list[GoodNovel] = each("author", of="author_nr")


@node(Author)
class BadAuthor(Node):
    """What is wrong with rows that belong to this one, and with what is not in its table."""

    told: str | None = payload("told")
    shelf: list[GoodNovel] = each("writer")
    novels: Connection[GoodNovel] = many("writer")
    sorted: Connection[GoodNovel] = many("author", order="-titel")
    loose: Connection[GoodNovel] = many("author", order="blurb")


FAULTS_OF_THE_NOVEL = [
    "BadNovel.blurb: the column may be null, the field may not",
    "BadNovel.born: the column may be null, the field may not",
    "BadNovel.by: Author has no column or relation 'nam'",
    "BadNovel.heading: misspelt asks for 'pagse', which Novel does not have",
    "BadNovel.heading: misspelt asks for 'titel', which Novel does not have",
    "BadNovel.length: Novel has no column 'length'",
    "BadNovel.loud: loud does not ask for 'keys'",
    "BadNovel.nowhere: Novel has no relation 'editor'",
    "BadNovel.others: Novel has no column 'author_nr'",
    "BadNovel.pages: str from a IntField",
    "BadNovel.printed: datetime from a BooleanField",
    "BadNovel.tilte: Novel has no column or relation 'tilte'",
    "BadNovel.title: int from a CharField",
    "BadNovel.translator: the relation may be null, the field may not",
    "BadNovel.via: Novel has no relation 'athor'",
    "BadNovel.whoever: Novel has no relation 'ghost'",
    "BadNovel.whoever: misspelt asks for 'pagse', which Novel does not have",
    "BadNovel.whoever: misspelt asks for 'titel', which Novel does not have",
]
FAULTS_OF_THE_AUTHOR = [
    "BadAuthor.loose: Novel is ordered by 'blurb', which may be null",
    "BadAuthor.novels: Novel has no relation 'writer'",
    "BadAuthor.shelf: Novel has no relation 'writer'",
    "BadAuthor.sorted: Novel is ordered by 'titel', which it does not have",
    "BadAuthor.told: Author has no column 'payload'",
]


def titled(title: str) -> Q:
    return Q(title=title)


@value
class GoodQuery:
    """Roots that are declared well."""

    novel: GoodNovel | None = one(titled)


@pytest.fixture
async def models() -> AsyncIterator[None]:
    """The declarations are compared with models that Tortoise has looked over."""
    async with TortoiseContext() as orm:
        await orm.init(db_url="sqlite://:memory:", modules={"toys": [__name__]})
        yield


compared = pytest.mark.usefixtures("models")


def faults(*types: type) -> list[str]:
    with pytest.raises(DeclarationError) as told:
        check(list(types))
    return str(told.value).splitlines()


@compared
async def test_what_is_declared_well_has_no_fault() -> None:
    shape = Engine(strawberry.Schema(GoodQuery), lambda error: None).shape
    assert set(shape.models) == {Author, Novel}


@compared
async def test_every_fault_is_told_in_words_and_names_its_field() -> None:
    assert faults(BadNovel) == FAULTS_OF_THE_NOVEL


@compared
async def test_what_is_wrong_with_rows_elsewhere_is_told_too() -> None:
    assert faults(BadAuthor) == FAULTS_OF_THE_AUTHOR


@compared
async def test_the_faults_of_all_types_are_told_at_once() -> None:
    assert faults(GoodNovel, BadNovel, GoodAuthor, BadAuthor) == FAULTS_OF_THE_AUTHOR + FAULTS_OF_THE_NOVEL


@compared
async def test_no_engine_is_made_of_a_schema_with_a_fault() -> None:
    @strawberry.type
    class Query:
        bad: BadNovel | None = None
        good: GoodNovel | None = None

    with pytest.raises(DeclarationError) as told:
        Engine(strawberry.Schema(Query), lambda error: None)
    assert str(told.value).splitlines() == FAULTS_OF_THE_NOVEL


@compared
async def test_a_description_is_the_text_under_the_attribute() -> None:
    @node(Novel)
    class Told(Node):
        """A novel,
        told of."""

        title: str
        """What stands
        on the cover."""
        pages: int

    definition = Told.__strawberry_definition__  # type: ignore[attr-defined]
    shown = {field.python_name: field.description for field in definition.fields}
    assert definition.description == "A novel, told of."
    assert (shown["title"], shown["pages"]) == ("What stands on the cover.", None)


@pytest.mark.parametrize(
    ("id", "key"),
    [
        ("Novel_1", 1),
        ("Novel_999999999999999999", 999_999_999_999_999_999),
        ("Novel_9999999999999999999", None),
        ("Novel_0", None),
        ("Novel_01", None),
        ("Novel_-1", None),
        ("Novel_1 ", None),
        ("Novel_1\n", None),
        ("Novel_1.0", None),
        ("Novel_٣", None),
        ("Novel_", None),
        ("novel_1", None),
        ("Author_1", None),
        ("Novel_1_1", None),
        ("1", None),
        ("", None),
        ("\0", None),
    ],
)
def test_only_an_id_of_the_model_as_it_was_given_out_names_a_row(id: str, key: int | None) -> None:
    assert row_id(Novel, id) == key


def test_an_id_above_what_the_column_holds_names_no_row() -> None:
    assert row_id(Author, "Author_2147483647") == 2_147_483_647
    assert row_id(Author, "Author_2147483648") is None


def test_an_id_of_a_row_names_it_again() -> None:
    assert row_id(Novel, global_id(Novel(id=12))) == 12
