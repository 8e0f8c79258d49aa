"""Nothing of staff's side, and nothing of other customers, reaches a customer by any road that the schema has."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gql.engine.declare import global_id
from gql.settings import Settings
from gql.store import Account, Case, Contact, Entry, Group, Notification, SupportLine, User, database
from gql.store.words import name_key, searchable
from tests.running import Desk, app_lookups, running

LEVELS = 6
"""How many objects deep each document asks."""
MOST_TOKENS = 900
"""Documents that would be longer are cut in several."""

CANARY = "qwxcanary"
"""Begins every word that no customer may ever read."""


def canary(place: str) -> str:
    return f"{CANARY}{place}"


PLACES = (
    "group line email worker "  # employees and how they are arranged
    "post statusreason reopenreason cancelreason escalatereason "  # what staff says among itself
    "contact contactmail contactphone colleague account "  # other customers
    "subject description message edited resolution "  # their cases
    "former formermail "  # who had a case before
    "latepost latereason lateworker latesubject latemessage"  # and what is said while streams run
).split()
"""Where a canary sits; each place has a word of its own."""


# ---------------------------------------------------------------- the desk, with canaries in it


@pytest.fixture
async def full_desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk with cases of vera's and of others, and a canary wherever customers must not look."""
    async with database.opened(settings.database_url):
        for group in await Group.all():
            await Group.filter(id=group.id).update(name=f"{group.name} {canary('group')}")
        for line in await SupportLine.all():
            await SupportLine.filter(id=line.id).update(name=f"{line.name} {canary('line')}")
        for user in await User.all():
            name = f"Cleo {canary('worker')}" if user.name == "Cleo Marsh" else user.name
            email = f"{canary('email')}{user.id}@caseline.example"
            await User.filter(id=user.id).update(
                name=name, email=email, name_key=name_key(name), words=searchable(name, email)
            )
    async with running(settings) as desk:
        desk.ids |= {"cleo": desk.ids[f"Cleo {canary('worker')}"]}
        await _others(desk)
        await _veras(desk)
        yield desk


async def _others(desk: Desk) -> None:
    """Cases of paul and of a colleague of vera's."""
    ids = desk.ids
    account = await desk.done("anna", "addAccount", "account { id }", name=canary("account"))
    given = {"email": f"{canary('contactmail')}@other.example", "phone": canary("contactphone")}
    contact = await desk.done(
        "anna", "addContact", "contact { id }", name=canary("contact"), accountId=account["account"]["id"], **given
    )
    colleague = await desk.done(
        "anna",
        "addContact",
        "contact { id }",
        name=canary("colleague"),
        accountId=ids["account of Vera Lindqvist"],
    )
    for id in (contact["contact"]["id"], colleague["contact"]["id"], ids["paul"]):
        case = await desk.register(subject=canary("subject"), description=canary("description"), contactId=id)
        await desk.done("anna", "postToPortal", caseId=case["id"], body=canary("message"))
        await desk.done("anna", "editCase", caseId=case["id"], subject=canary("edited"))
        await desk.done("anna", "resolveCase", caseId=case["id"], resolution=canary("resolution"))
    await desk.register(
        subject=canary("subject"), contactId=None, accountId=ids["account of Vera Lindqvist"], assigneeId=ids["anna"]
    )


async def _veras(desk: Desk) -> None:
    """Cases of vera's: one with all that can happen, one that another had before, and one that another has now."""
    ids = desk.ids
    case = await desk.register("vera", subject="Broken door", description="It creaks.")
    id = case["id"]
    await desk.done("vera", "watchCase", caseId=id, watch=True)
    await desk.done("anna", "watchCase", caseId=id, watch=True)
    await _work_on(desk, id)
    await desk.done("anna", "resolveCase", caseId=id, resolution="Oiled the hinge.")
    await desk.done("anna", "reopenCase", caseId=id, reason=canary("reopenreason"))
    await desk.done("vera", "postToPortal", caseId=id, body="It creaks again.")
    over = await desk.register("vera", subject="Stuck window")
    input = {"caseId": over["id"], "closureCodeId": ids["No fault found"], "reason": canary("cancelreason")}
    await desk.done("anna", "cancelCase", **input)

    former = await desk.done(
        "anna", "addContact", "contact { id }", name=canary("former"), email=f"{canary('formermail')}@x.example"
    )
    moved = await desk.register(subject="Cold room", contactId=former["contact"]["id"])
    await desk.done("anna", "editCase", caseId=moved["id"], contactId=ids["vera"])
    gone = await desk.register("vera", subject="Warm room")
    await desk.done("vera", "watchCase", caseId=gone["id"], watch=True)
    await desk.done("anna", "editCase", caseId=gone["id"], contactId=ids["paul"])
    await desk.done("anna", "editCase", caseId=gone["id"], subject=canary("edited"))
    await desk.done("paul", "postToPortal", caseId=gone["id"], body=canary("message"))


async def _work_on(desk: Desk, id: str, late: str = "") -> None:
    """All that staff can do to a case without the customer's seeing it, and steps the customer does see."""
    ids = desk.ids
    groups = sorted(value for name, value in ids.items() if name.startswith("group "))
    reason = canary("latereason" if late else "statusreason")
    escalated = canary("latereason" if late else "escalatereason")
    await desk.done("anna", "postToFeed", caseId=id, body=canary(f"{late}post"), mentionIds=[ids["cleo"], ids["ben"]])
    await desk.done("anna", "assignCase", caseId=id, assigneeId=ids["cleo"], assigneeGroupId=groups[1])
    for line in ("line 2", "line 3"):
        input = {"supportLineId": ids[line], "assigneeId": ids["cleo"], "assigneeGroupId": groups[2]}
        await desk.done("dora", "escalateCase", caseId=id, reason=escalated, **input)
    await desk.done("anna", "changeCaseStatus", caseId=id, statusId=ids["WAITING"], reason=reason)
    await desk.done("anna", "changeCaseStatus", caseId=id, statusId=ids["IN_PROGRESS"], assigneeId=ids["cleo"])
    await desk.done("anna", "postToPortal", caseId=id, body="We are at it.")
    await desk.done("anna", "editCase", caseId=id, priority="HIGH" if late else "LOW")


async def ids_known_to_staff(desk: Desk) -> list[str]:
    """Ids of everything that there is, and of what wears another type's name."""
    with desk.database():
        rows: list[Any] = []
        for model in (Account, Case, Contact, Entry, Group, Notification, SupportLine, User):
            rows += await model.all()
    lookups = app_lookups(desk)
    rows += [*lookups.statuses.values(), *lookups.categories.values(), *lookups.closure_codes.values()]
    return [str(global_id(row)) for row in rows]


# ---------------------------------------------------------------- documents that ask for everything


class Documents:
    """Makes documents from the schema that select every field of every type, so and so deep."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema

    @classmethod
    async def of(cls, desk: Desk) -> Documents:
        return cls(build_client_schema(await desk.run(None, get_introspection_query())))  # type: ignore[arg-type]

    def objects(self) -> list[GraphQLObjectType]:
        types = self.schema.type_map.values()
        return [t for t in types if isinstance(t, GraphQLObjectType) and not t.name.startswith("__")]

    def asking(self, head: str, type: Any, levels: int) -> Iterator[str]:
        """Documents that together select all below a place. `head` has `@` where the selection goes."""
        fragments: dict[str, str] = {}
        name = self._fragment(type, levels, fragments)
        document = " ".join([head.replace("@", f"...{name}"), *fragments.values()])
        if len(re.findall(r"\w+|\.{3}|\S", document)) <= MOST_TOKENS:
            yield document
        elif isinstance(type, GraphQLInterfaceType | GraphQLUnionType):
            for possible in self.schema.get_possible_types(type):
                yield from self.asking(head.replace("@", f"__typename ... on {possible.name} {{ @ }}"), possible, levels)
        else:
            yield from self.asking(head, type, 0)
            for field, text in self._composites(type, levels):
                below = head.replace("@", f"__typename {text} {{ @ }}")
                yield from self.asking(below, get_named_type(field.type), levels - 1)

    def _composites(self, type: Any, levels: int) -> Iterator[tuple[Any, str]]:
        for name, field in type.fields.items():
            if not is_leaf_type(get_named_type(field.type)):
                page = f"(first: {20 if levels >= LEVELS - 2 else 2})" if "first" in field.args else ""
                yield field, f"{name}{page}"

    def _fragment(self, type: Any, levels: int, made: dict[str, str]) -> str:
        name = f"{type.name}{levels}"
        if name in made:
            return name
        made[name] = ""
        selected = ["__typename"]
        if isinstance(type, GraphQLInterfaceType | GraphQLUnionType):
            possible = self.schema.get_possible_types(type)
            selected += [f"...{self._fragment(one, levels, made)}" for one in possible]
        else:
            selected += [n for n, field in type.fields.items() if is_leaf_type(get_named_type(field.type))]
            for field, text in self._composites(type, levels) if levels else ():
                below = get_named_type(field.type)
                inside = "__typename cursor node { __typename }" if text == "edges" else ""
                inside = inside or f"...{self._fragment(below, levels - 1, made)}"
                selected.append(f"{text} {{ {inside} }}")
        made[name] = f"fragment {name} on {type.name} {{ {' '.join(selected)} }}"
        return name

    def questions(self) -> Iterator[str]:
        """Everything from each root of Query that asks for no id."""
        assert self.schema.query_type is not None
        for name, field in self.schema.query_type.fields.items():
            if name in ("node", "case"):
                continue  # these are asked by every id there is
            assert not any(map(is_required_argument, field.args.values())), f"say here how to ask {name}"
            page = "first: 20" if "first" in field.args else ""
            filter = "filter: {includeFinal: true}, " if "filter" in field.args else ""
            given = f"({filter}{page})" if page else ""
            yield from self.asking(f"{{ __typename {name}{given} {{ @ }} }}", get_named_type(field.type), LEVELS - 1)

    def about(self, type: str) -> list[str]:
        """Everything about one object of a type, by its id."""
        found = self.schema.type_map[type]
        head = f"query($id: ID!) {{ __typename node(id: $id) {{ __typename ... on {type} {{ @ }} }} }}"
        documents = list(self.asking(head, found, LEVELS - 1))
        if type == "Case":
            documents += self.asking("query($id: ID!) { __typename case(by: {id: $id}) { @ } }", found, 2)
        return documents

    def mutation(self, name: str) -> str:
        """A mutation whose payload is asked for everything."""
        assert self.schema.mutation_type is not None
        field = self.schema.mutation_type.fields[name]
        payload = get_named_type(field.type)
        head = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ __typename {name}(input: $input) {{ @ }} }}"
        return max(self.asking(head, payload, 2), key=len)

    def subscription(self, name: str, given: dict[str, str]) -> list[str]:
        """A stream whose items are asked for everything; `given` are types of arguments beside `after`."""
        assert self.schema.subscription_type is not None
        field = self.schema.subscription_type.fields[name]
        variables = {"after": "Cursor", **given}
        stated = ", ".join(f"${variable}: {type}" for variable, type in variables.items())
        passed = ", ".join(f"{variable}: ${variable}" for variable in variables)
        head = f"subscription({stated}) {{ __typename {name}({passed}) {{ @ }} }}"
        return list(self.asking(head, get_named_type(field.type), 2))


class Heard:
    """All that somebody was answered: the canaries in it, and the fields that had a value."""

    def __init__(self) -> None:
        self.canaries: set[str] = set()
        self.fields: set[tuple[str, str]] = set()
        self.answers = 0

    def hear(self, text: str, data: Any) -> None:
        self.answers += 1
        assert '"INTERNAL"' not in text, text
        self.canaries |= {word.removeprefix(CANARY) for word in re.findall(rf"{CANARY}[a-z]*", text.casefold())}
        self._walk(data)

    def _walk(self, value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                self._walk(item)
        elif isinstance(value, dict):
            for name, below in value.items():
                if "__typename" in value and below is not None:
                    self.fields.add((value["__typename"], name))
                self._walk(below)


async def asked(desk: Desk, login: str, heard: Heard, document: str, **variables: Any) -> Any:
    response = await desk.post({"query": document, "variables": variables}, login=login)
    answer = response.json()
    codes = {error["extensions"]["code"] for error in answer.get("errors") or ()}
    assert not codes, (document, answer["errors"])
    heard.hear(response.text, answer.get("data"))
    return answer.get("data")


async def ask_everything(desk: Desk, login: str, heard: Heard) -> None:
    """Every document from every root, and every document about every object there is."""
    documents = await Documents.of(desk)
    for document in documents.questions():
        await asked(desk, login, heard, document)
    about: dict[str, list[str]] = {}
    for id in await ids_known_to_staff(desk):
        shown = await asked(desk, login, heard, "query($id: ID!) { node(id: $id) { __typename id } }", id=id)
        model = id.partition("_")[0]
        type = shown["node"]["__typename"] if shown["node"] else "FeedPost" if model == "Entry" else model
        if type not in about:
            about[type] = documents.about(type)
        for document in about[type] if shown["node"] else about[type][:1]:
            await asked(desk, login, heard, document, id=id)


async def test_x(full_desk: Desk) -> None:
    import time
    documents = await Documents.of(full_desk)
    q = list(documents.questions())
    print(len(q), max(map(len, q)))
    for t in ("Case", "Contact", "Account", "FeedPost", "CaseEscalated", "Notification", "User"):
        print(t, len(documents.about(t)))
    for login in ("vera", "anna"):
        heard = Heard()
        t = time.time()
        await ask_everything(full_desk, login, heard)
        print(login, heard.answers, time.time() - t, heard.canaries)
        every = {(o.name, f) for o in documents.objects() for f in o.fields}
        print(len(every), len(every & heard.fields), sorted(every - heard.fields))
    assert 0
