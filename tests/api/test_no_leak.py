"""Nothing of staff's side, and nothing of other customers, reaches a customer by any road that the schema has."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from gql.actions import closing
from gql.actions.unit_of_work import unit_of_work
from gql.actor import DESK
from gql.engine.declare import global_id
from gql.enums import PortalRole
from gql.settings import Settings
from gql.store import (
    Account,
    AuditEntry,
    Case,
    CaseLink,
    Contact,
    Entry,
    FormerText,
    Group,
    Notification,
    SupportLine,
    Task,
    User,
    database,
)
from gql.store.words import name_key, searchable
from tests.api.setting_up import put, row_id
from tests.api.test_organisations import let_in
from tests.api.test_rating import letter
from tests.running import Desk, Socket, app_lookups, running

ON_A_SOCKET = 90
"""How many streams are asked for on one socket, of the hundred that may run there."""
LEVELS = 4
"""How many objects deep documents ask; the slow proof asks deeper."""
MOST_TOKENS = 900
"""Documents that would be longer are cut in several."""

CANARY = "qwxcanary"
"""Begins every word that no customer may ever read."""


def canary(place: str) -> str:
    return f"{CANARY}{place}"


PLACES = {
    *("group", "line", "email", "worker"),  # employees and how they are arranged
    *("call", "callnotes", "latecall"),  # what was telephoned about
    *("task", "tasktext", "tasktitle", "taskresult", "latetask"),  # what is to be done about a case
    *("post", "statusreason", "reopenreason", "cancelreason", "escalatereason"),  # what staff says among itself
    *("account", "contact", "contactmail", "contactphone", "colleague"),  # other customers
    *("subject", "description", "message", "edited", "resolution"),  # their cases
    *("former", "formermail"),  # who had a case before
    *("comment", "latecomment", "editedpost", "rewritten", "removed", "hidden"),  # what was said and is so no more
    *("latepost", "latereason", "latesubject", "latemessage"),  # what is said while streams run
}
"""Where a canary sits; each place has a word of its own."""

OF_COLLEAGUES = {"colleague", "subject", "description", "message", "edited", "resolution"}
"""Places that a colleague's case has too, which an observer of the organisation reads."""


# ---------------------------------------------------------------- the desk, with canaries in it


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without limits, which are no defence against leaks: what is too much at once can be asked for bit by bit."""
    none = {"limit_characters": 10**6, "limit_tokens": 10**6, "limit_depth": 50, "limit_cost": 10**9}
    return settings.model_copy(update=none)


@pytest.fixture
async def full_desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk with cases of vera's and of others, and a canary wherever customers must not look."""
    async with database.opened(settings.database_url):
        former = {"name": canary("former"), "email": f"{canary('formermail')}@customer.example"}
        await Contact.filter(name="Paul Okafor").update(**former, words=searchable(*former.values()))
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
    given = {"email": f"{canary('contactmail')}@other.example", "phone": f"{canary('contactphone')} 4711"}
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
        desk.ids["Case of paul"] = case["id"]
    await desk.register(
        subject=canary("subject"), contactId=None, accountId=ids["account of Vera Lindqvist"], assigneeId=ids["anna"]
    )


async def _veras(desk: Desk) -> None:
    """Cases of vera's: one with all that can happen, one that another had before, and one that another has now."""
    ids = desk.ids
    case = await desk.register("vera", subject="Broken door", description="It creaks.")
    id = case["id"]
    desk.ids |= {
        "Case of vera": id,
        "Contact of vera": ids["vera"],
        "Account of vera": ids["account of Vera Lindqvist"],
    }
    await desk.done("vera", "watchCase", caseId=id, watch=True)
    await desk.done("anna", "watchCase", caseId=id, watch=True)
    await _work_on(desk, id)
    nodes = (await desk.case("anna", id, "tasks { nodes { id } }"))["tasks"]["nodes"]
    desk.ids["Task of vera"] = nodes[0]["id"]
    await desk.done("anna", "resolveCase", caseId=id, resolution="Oiled the hinge.", openTasks="KEEP")
    await desk.done("anna", "reopenCase", caseId=id, reason=canary("reopenreason"))
    await desk.done("vera", "postToPortal", caseId=id, body="It creaks again.")
    graded = await desk.register("vera", subject="Loud fan")
    await desk.done("anna", "resolveCase", caseId=graded["id"], resolution="Oiled the fan.")
    await desk.done("vera", "rateCase", by={"caseId": graded["id"]}, levelId=ids["Good"], comment="Quiet now.")
    desk.ids["graded case of vera"] = graded["id"]
    await desk.done("vera", "complain", caseId=graded["id"], body="It is loud again.")
    waiting = await desk.register("vera", subject="Slow lift")
    await desk.done("anna", "resolveCase", caseId=waiting["id"], resolution="Oiled the lift.")
    await _asked_again(desk, waiting["id"])
    over = await desk.register("vera", subject="Stuck window")
    input = {"caseId": over["id"], "closureCodeId": ids["No fault found"], "reason": canary("cancelreason")}
    await desk.done("anna", "cancelCase", **input)

    moved = await desk.register("paul", subject="Cold room")
    await desk.done("paul", "postToPortal", caseId=moved["id"], body="It is freezing.")
    await desk.done("anna", "editCase", caseId=moved["id"], contactId=ids["vera"])
    await desk.done("anna", "reclassifyCase", caseId=moved["id"], categoryId=ids["CONSULTATION"])
    gone = await desk.register("vera", subject="Warm room")
    await desk.done("vera", "watchCase", caseId=gone["id"], watch=True)
    await desk.done("anna", "editCase", caseId=gone["id"], contactId=ids["paul"])
    await desk.done("anna", "editCase", caseId=gone["id"], subject=canary("edited"))
    await desk.done("paul", "postToPortal", caseId=gone["id"], body=canary("message"))


async def _asked_again(desk: Desk, id: str) -> None:
    """A case has waited for its grade since yesterday, and the desk itself asks for it."""
    now = datetime.now(UTC)
    await put(desk, id, resolved_at=now - timedelta(hours=30))
    with desk.database():
        async with unit_of_work(DESK, now, app_lookups(desk), desk.app.state.desk.realtime.ring) as work:
            assert await closing.ask_again(work, [row_id(id)]) == 1


async def _work_on(desk: Desk, id: str, late: str = "") -> None:
    """All that staff can do to a case without the customer's seeing it, and steps the customer does see."""
    ids = desk.ids
    groups = sorted(value for name, value in ids.items() if name.startswith("group "))
    reason = canary("latereason" if late else "statusreason")
    escalated = canary("latereason" if late else "escalatereason")
    await desk.done("anna", "postToFeed", caseId=id, body=canary(f"{late}post"), mentionIds=[ids["cleo"], ids["ben"]])
    call = {
        "direction": "OUTGOING",
        "durationMinutes": 5,
        "result": canary(f"{late}call"),
        "notes": canary("callnotes"),
    }
    await desk.done("anna", "recordCall", caseId=id, contactId=ids["paul"], **call)
    given = {"title": canary(f"{late}task"), "description": canary("tasktext"), "ownerId": ids["cleo"]}
    task = (await desk.done("anna", "addTask", "task { id }", caseId=id, **given))["task"]["id"]
    await desk.done("cleo", "editTask", taskId=task, title=canary(f"{late}task" if late else "tasktitle"))
    await desk.done("cleo", "completeTask", taskId=task, result=canary("taskresult"))
    await desk.done("anna", "addTask", caseId=id, **given)
    await _talk(desk, id, late)
    await desk.done("cleo", "setPresence", caseId=id, doing="TYPING")
    await desk.done("anna", "assignCase", caseId=id, assigneeId=ids["cleo"], assigneeGroupId=groups[1])
    other = (await desk.register("dora", subject=canary("subject"), contactId=ids["paul"]))["id"]
    await desk.done("dora", "editCase", caseId=id, parentId=other)
    joined = (await desk.register("dora", subject=canary("subject"), contactId=ids["paul"]))["id"]
    await desk.done("dora", "postToPortal", caseId=joined, body=canary("message"))
    await desk.done("dora", "mergeCases", caseId=joined, intoCaseId=id)
    await desk.done("paul", "postToPortal", caseId=joined, body=canary("message"))
    for kind in ("DUPLICATES", "CAUSED_BY"):
        await desk.done("dora", "linkCases", caseId=id, toCaseId=other, kind=kind)
    await desk.done("dora", "unlinkCases", caseId=id, toCaseId=other, kind="CAUSED_BY")
    for line in ("line 2", "line 3"):
        input = {"supportLineId": ids[line], "assigneeId": ids["cleo"], "assigneeGroupId": groups[2]}
        await desk.done("dora", "escalateCase", caseId=id, reason=escalated, **input)
    await desk.done("anna", "changeCaseStatus", caseId=id, statusId=ids["WAITING"], reason=reason)
    await desk.done("anna", "changeCaseStatus", caseId=id, statusId=ids["IN_PROGRESS"], assigneeId=ids["cleo"])
    await desk.done("anna", "postToPortal", caseId=id, body="We are at it.")
    await desk.done("anna", "editCase", caseId=id, priority="HIGH" if late else "LOW")


async def _talk(desk: Desk, id: str, late: str) -> None:
    """Colleagues comment and like, and what was said to them and to the customer is said otherwise, or hidden."""
    body = {place: "Hello." if late else canary(place) for place in ("rewritten", "removed", "hidden")}
    posts, messages = [], []
    for place in ("rewritten", "removed"):
        said = await desk.done("anna", "postToFeed", "feedPost { id }", caseId=id, body=canary(place))
        posts.append(said["feedPost"]["id"])
    for place in body:  # while streams run, the customer may read it until it is hidden
        said = await desk.done("anna", "postToPortal", "portalMessage { id }", caseId=id, body=body[place])
        messages.append(said["portalMessage"]["id"])
    desk.ids |= {"Post on the case of vera": posts[0], "Message on the case of vera": messages[2]}
    mentioned = [desk.ids["ben"]]
    await desk.done("cleo", "commentOnPost", postId=posts[0], body=canary(f"{late}comment"), mentionIds=mentioned)
    await desk.done("cleo", "likePost", postId=posts[0], like=True)
    await desk.done("anna", "editPost", postId=posts[0], body=canary("editedpost"))
    await desk.done("anna", "removePost", postId=posts[1])
    await desk.done("anna", "editMessage", messageId=messages[0], body="We are looking into it.")
    await desk.done("anna", "removeMessage", messageId=messages[1])
    for mutation in ("hideMessage", "showMessage"):
        await desk.done("dora", mutation, messageId=messages[0])
    await desk.done("dora", "hideMessage", messageId=messages[2])
    await desk.done("anna", "editMessage", messageId=messages[2], body=f"{canary('hidden')} still")


async def ids_known_to_staff(desk: Desk) -> list[str]:
    """Ids of everything that there is, and of what wears another type's name."""
    with desk.database():
        rows: list[Any] = []
        for model in (
            Account,
            AuditEntry,
            Case,
            CaseLink,
            Contact,
            Entry,
            FormerText,
            Group,
            Notification,
            SupportLine,
            Task,
            User,
        ):
            rows += await model.all()
    lookups = app_lookups(desk)
    rows += [*lookups.statuses.values(), *lookups.categories.values(), *lookups.closure_codes.values()]
    rows += lookups.satisfaction_levels.values()
    return [str(global_id(row)) for row in rows]


# ---------------------------------------------------------------- documents that ask for everything


MEANT = {
    "statusIds": {"CaseStatus"},
    "categoryIds": {"CaseCategory"},
    "assigneeIds": {"User"},
    "assigneeGroupIds": {"Group"},
    "supportLineIds": {"SupportLine"},
    "mentionIds": {"User", "Contact"},
    "statusId": {"CaseStatus"},
    "categoryId": {"CaseCategory"},
    "closureCodeId": {"ClosureCode"},
    "assigneeId": {"User", "Contact"},
    "assigneeGroupId": {"Group"},
    "groupId": {"Group"},
    "supportLineId": {"SupportLine"},
    "line": {"SupportLine"},
    "contactId": {"Contact"},
    "accountId": {"Account"},
    "actorId": {"User", "Contact"},
    "levelId": {"SatisfactionLevel"},
    "notificationIds": {"Notification"},
    "userId": {"User"},
    "replacementId": {"User"},
    "caseId": {"Case"},
    "toCaseId": {"Case"},
    "intoCaseId": {"Case"},
    "parentId": {"Case"},
    "fromEntryId": {"Entry"},
    "postId": {"Entry"},
    "messageId": {"Entry"},
    "taskId": {"Task"},
    "ownerId": {"User"},
    "memberIds": {"User"},
    "groupIds": {"Group"},
    "caseStatusId": {"CaseStatus"},
    "caseCategoryId": {"CaseCategory"},
    "satisfactionLevelId": {"SatisfactionLevel"},
    "nextStatusIds": {"CaseStatus"},
    "statusAfterId": {"CaseStatus"},
    "defaultClosureCodeId": {"ClosureCode"},
}
"""Of what type the ids are that an argument means."""


class Documents:
    """Makes documents from the schema that select every field of every type, so and so deep."""

    def __init__(self, schema: GraphQLSchema, levels: int) -> None:
        self.schema, self.levels = schema, levels

    @classmethod
    async def of(cls, desk: Desk, levels: int = LEVELS) -> Documents:
        told: Any = await desk.run(None, get_introspection_query())
        return cls(build_client_schema(told), levels)

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
                yield from self.asking(
                    head.replace("@", f"__typename ... on {possible.name} {{ @ }}"), possible, levels
                )
        else:
            yield from self.asking(head, type, 0)
            for field, text in self._composites(type, levels):
                below = head.replace("@", f"__typename {text} {{ @ }}")
                yield from self.asking(below, get_named_type(field.type), levels - 1)

    def _composites(self, type: Any, levels: int) -> Iterator[tuple[Any, str]]:
        for name, field in type.fields.items():
            if not is_leaf_type(get_named_type(field.type)):
                page = f"(first: {20 if levels >= self.levels - 2 else 2})" if "first" in field.args else ""
                alias = "may_be_from: " if name == "from" and not is_non_null_type(field.type) else ""
                yield field, f"{alias}{name}{page}"

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
            selected = self._leaves(type)
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
            if name in ("node", "case", "ratingAsked", "mentionSuggestions"):
                continue  # these are asked by every id, and every token, there is
            needed = {"dashboard": "period: YEAR", "contactsByPhone": 'phone: "4711"'}.get(name, "")
            assert needed or not any(map(is_required_argument, field.args.values())), f"say here how to ask {name}"
            page = "first: 20" if "first" in field.args else ""
            all = "{includeFinal: true}" if name == "cases" else "{}"
            filter = f"filter: {all}, " if "filter" in field.args else ""
            given = f"({filter}{page}{needed})" if page or needed else ""
            yield from self.asking(
                f"{{ __typename {name}{given} {{ @ }} }}", get_named_type(field.type), self.levels - 1
            )

    def about(self, type: str) -> list[str]:
        """Everything about one object of a type, by its id."""
        found = self.schema.type_map[type]
        head = f"query($id: ID!) {{ __typename node(id: $id) {{ __typename ... on {type} {{ @ }} }} }}"
        documents = list(self.asking(head, found, self.levels - 1))
        if type == "Case":
            documents += self.asking("query($id: ID!) { __typename case(by: {id: $id}) { @ } }", found, 2)
            suggested = "query($id: ID!) { __typename mentionSuggestions(caseId: $id, first: 20) { @ } }"
            documents += self.asking(suggested, self.schema.type_map["User"], 1)
        return documents

    def by_letter(self) -> Iterator[str]:
        """Everything that a letter's token shows."""
        head = "query($token: String!) { __typename ratingAsked(token: $token) { @ } }"
        return self.asking(head, self.schema.type_map["RatingAsked"], 1)

    def shallow(self, id: str) -> str:
        """All fields of an object, without what it points at."""
        model = id.partition("_")[0]
        type = "HistoryEntry" if model == "Entry" else model
        head = f"query($id: ID!) {{ __typename node(id: $id) {{ __typename ... on {type} {{ @ }} }} }}"
        [document] = self.asking(head, self.schema.type_map[type], 0)
        return document

    def lists(self) -> Iterator[tuple[str, str, str, Any]]:
        """For each argument of a list, below Query or below an object: who holds the list, a document that asks for it
        by `$value` (and `$id` of the holder), the argument's name and type."""
        for holder in ("Query", "Contact", "Account", "Case"):
            head = "{ @ }" if holder == "Query" else f"{{ node(id: $id) {{ ... on {holder} {{ @ }} }} }}"
            for name, field in self.schema.type_map[holder].fields.items():  # type: ignore[attr-defined]
                pages: Any = get_named_type(field.type)
                if "first" not in field.args or "nodes" not in pages.fields:
                    continue
                count = "totalCount " if "totalCount" in pages.fields else ""
                leaves = " ".join(self._leaves(get_named_type(pages.fields["nodes"].type)))
                for argument, type, passed in _arguments(field.args):
                    stated = f"query($value: {type}{', $id: ID!' if holder != 'Query' else ''})"
                    asked = f"{name}({passed}) {{ {count}nodes {{ {leaves} }} }}"
                    yield holder, f"{stated} {head.replace('@', asked)}", argument, type

    def _leaves(self, type: Any) -> list[str]:
        return ["__typename", *(name for name, f in type.fields.items() if is_leaf_type(get_named_type(f.type)))]

    def mutation(self, name: str) -> str:
        """A mutation whose payload is asked for everything."""
        assert self.schema.mutation_type is not None
        field = self.schema.mutation_type.fields[name]
        payload = get_named_type(field.type)
        head = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ __typename {name}(input: $input) {{ @ }} }}"
        return max(self.asking(head, payload, 2), key=len)

    def subscription(self, name: str, given: Iterable[str]) -> list[str]:
        """A stream whose items are asked for everything; `given` are arguments beside `after`."""
        assert self.schema.subscription_type is not None
        field = self.schema.subscription_type.fields[name]
        variables = {argument: field.args[argument].type for argument in ("after", *given) if argument in field.args}
        stated = ", ".join(f"${variable}: {type}" for variable, type in variables.items())
        passed = ", ".join(f"{variable}: ${variable}" for variable in variables)
        head = (
            f"subscription({stated}) {{ {name}({passed}) {{ @ }} }}"
            if variables
            else f"subscription {{ {name} {{ @ }} }}"
        )
        return list(self.asking(head, get_named_type(field.type), 2))


def _arguments(args: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Name, type and place of each value that a list can be asked by."""
    for argument, given in args.items():
        type = get_nullable_type(given.type)
        if argument in ("first", "after", "last", "before", "orderBy"):
            continue
        if is_input_object_type(type):
            for name, field in type.fields.items():
                yield name, get_nullable_type(field.type), f"{argument}: {{{name}: $value}}"
        else:
            yield argument, type, f"{argument}: $value"


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


async def ask_everything(desk: Desk, login: str, heard: Heard, *, levels: int = LEVELS, below: int = 1) -> None:
    """Everything from every root, about every object there is, and all below some objects of each type."""
    documents = await Documents.of(desk, levels)
    for document in documents.questions():
        await asked(desk, login, heard, document)
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for id in await ids_known_to_staff(desk):
        shown = (await asked(desk, login, heard, documents.shallow(id), id=id))["node"]
        if shown is not None:
            seen[shown["__typename"]].append(id)
    for type, ids in seen.items():
        for document in documents.about(type):
            for id in ids[:below]:
                await asked(desk, login, heard, document, id=id)


async def ask_by_arguments(desk: Desk, login: str, heard: Heard) -> set[str]:
    """Every argument of every list with every value that staff know; the canaries by which something was found."""
    known = await ids_known_to_staff(desk)
    found = set()
    for holder, document, argument, type in (await Documents.of(desk)).lists():
        values: list[Any] = [canary(place) for place in PLACES]
        named = get_named_type(type)
        if named.name == "ID":
            values = [id for id in known if id.partition("_")[0] in MEANT[argument]]
        elif named.name == "Boolean":
            values = [True, False]
        elif isinstance(named, GraphQLEnumType):
            values = list(named.values)
        elif named.name == "DateTime":
            values = ["2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
        for value in values:
            variables = {"value": [value] if is_list_type(type) else value}
            if holder != "Query":
                variables["id"] = desk.ids[f"{holder} of vera"]
            data = await asked(desk, login, heard, document, **variables)
            if named.name == "String" and '"nodes": [{' in json.dumps(data):
                found.add(value.removeprefix(CANARY))
    return found


async def try_every_mutation(desk: Desk, login: str, heard: Heard) -> None:
    """Every mutation with every id that staff know wherever one can be named; what it answers is asked for whole."""
    known = await ids_known_to_staff(desk)
    documents = await Documents.of(desk)
    assert documents.schema.mutation_type is not None
    values: dict[str, Any] = {
        "login": login,
        "password": "demo",
        "oldPassword": "forgotten",
        "newPassword": "correct horse",
        "statusId": desk.ids["WAITING"],
        "supportLineId": desk.ids["line 2"],
        "categoryId": desk.ids["INCIDENT"],
        "caseId": desk.ids["Case of vera"],
        "contactId": desk.ids["vera"],
        "accountId": desk.ids["account of Vera Lindqvist"],
        "resolution": "Done.",
        "watch": True,
        "by": {"caseId": desk.ids["Case of vera"]},
        "levelId": desk.ids["Good"],
        "body": "A word.",
        "name": "A name",
        "title": "A title",
        "code": "A_CODE",
        "points": 6,
        "level": 4,
        "caseStatusId": desk.ids["WAITING"],
        "caseCategoryId": desk.ids["CONSULTATION"],
        "closureCodeId": desk.ids["No fault found"],
        "satisfactionLevelId": desk.ids["Good"],
        "groupId": next(id for name, id in desk.ids.items() if name.startswith("group Third")),
        "direction": "INCOMING",
        "result": "A result",
        "taskId": desk.ids["Task of vera"],
        "toCaseId": desk.ids["Case of vera"],
        "intoCaseId": desk.ids["Case of vera"],
        "kind": "RELATED",
        "postId": desk.ids["Post on the case of vera"],
        "messageId": desk.ids["Message on the case of vera"],
        "like": True,
        "subject": "A subject",
        "notificationIds": ["Notification_1"],
        "read": True,
        "preferences": [],
        "untilAt": "2100-01-01T00:00:00Z",
        "upTo": desk.app.state.desk.cursors.seal(10**6),
        "everywhere": False,
        "userId": desk.ids["cleo"],
        "token": "",
    }
    fields = documents.schema.mutation_type.fields
    for name in sorted(fields, key=["resolveCase", "cancelCase"].count):  # the end of a case comes last
        inputs: Any = get_named_type(fields[name].args["input"].type)
        values["role"] = "OBSERVER" if "Portal" in name else "AGENT"
        least = {f: values[f] for f, given in inputs.fields.items() if is_required_input_field(given)}
        if name == "registerCase":
            least |= {"subject": "A subject", "categoryId": desk.ids["INCIDENT"]}
            least |= {} if login == "vera" else {"contactId": desk.ids["vera"]}
        tried = [least]
        for argument, given in inputs.fields.items():
            if get_named_type(given.type).name == "ID":
                ids = [id for id in known if id.partition("_")[0] in MEANT[argument]]
                tried += [least | {argument: [id] if is_list_type(given.type) else id} for id in ids]
            if argument == "unlessChangedSince":
                tried.append(least | {argument: desk.app.state.desk.cursors.seal(0, 1)})
        for input in tried:
            await asked(desk, login, heard, documents.mutation(name), input=input)


async def listen_to_everything(desk: Desk, login: str, heard: Heard) -> None:
    """Every stream, narrowed in every way, from the beginning of the log, while staff and another customer work on."""
    documents = await Documents.of(desk)
    known = [id for id in await ids_known_to_staff(desk) if id.startswith("Case_")]
    beginning = {"after": desk.app.state.desk.cursors.seal(0)}
    wanted: list[tuple[str, dict[str, Any]]] = []
    ways: dict[str, list[dict[str, Any]]] = {
        "caseHistoryAdded": [{}, {"kinds": ["FEED_POST", "TASK", "CALL", "SYSTEM"]}, *({"caseId": id} for id in known)],
        "feedPostAdded": [{}, *({"caseId": id} for id in known)],
        "portalMessageAdded": [{}, *({"caseId": id} for id in known)],
        "casesChanged": [
            {},
            *({"filter": {}}, {"filter": {"includeFinal": True}}, {"filter": {"search": CANARY}}),
            *({"filter": {"unassigned": unassigned}} for unassigned in (True, False)),
            {"filter": {"assigneeIds": [desk.ids[login] for login in ("anna", "ben", "cleo")]}},
        ],
        "notificationReceived": [{}],
        "presenceChanged": [{"caseId": id} for id in known],
        "lookupsChanged": [{}],
        "unreadCountChanged": [{}],
        "dashboardChanged": [{"period": "YEAR"}, {"period": "YEAR", "filter": {"includeFinal": True}}],
    }
    for field, narrowings in ways.items():
        for narrowing in narrowings:
            wanted += [(d, {**beginning, **narrowing}) for d in documents.subscription(field, narrowing)]
    assert documents.schema.subscription_type is not None
    assert documents.schema.subscription_type.fields.keys() == ways.keys()

    async with AsyncExitStack() as opened, asyncio.TaskGroup() as hearing:
        sockets = [await opened.enter_async_context(desk.socket(login)) for _ in range(0, len(wanted), ON_A_SOCKET)]
        for number, (document, variables) in enumerate(wanted):
            payload = {"query": document, "variables": variables}
            socket = sockets[number // ON_A_SOCKET]
            await socket.send({"id": str(number), "type": "subscribe", "payload": payload})
        until = {"query": END, "variables": {"id": desk.ids["Case of vera"]}}
        for socket in sockets:
            await socket.send({"id": "end", "type": "subscribe", "payload": until})
            hearing.create_task(_hear(socket, heard))
        await _work_on(desk, desk.ids["Case of vera"], late="late")
        await desk.done("anna", "editCase", caseId=desk.ids["Case of paul"], subject=canary("latesubject"))
        await desk.done("paul", "postToPortal", caseId=desk.ids["Case of paul"], body=canary("latemessage"))
        third = next(id for name, id in desk.ids.items() if name.startswith("group Third"))
        await desk.done("otto", "editGroup", groupId=third, name=canary("group"))
        await desk.done("otto", "editSupportLine", supportLineId=desk.ids["line 3"], name=canary("line"))
        await desk.done("otto", "changeSetting", code="CaseCodeMask", value=f"{canary('mask')}{{0}}")
        await desk.done("otto", "editCaseCategory", caseCategoryId=desk.ids["CONSULTATION"], name="Advice")
        await desk.done("anna", "postToPortal", caseId=desk.ids["Case of vera"], body="The end.")


QUIET = 2.0
"""Seconds without a word after the end; dashboards tell something once a second at most."""
BEFORE_THE_END = 240.0
"""Seconds after which a test gives up on somebody who hears nothing of all that is done meanwhile."""
END = "subscription($id: ID!) { portalMessageAdded(caseId: $id) { __typename body } }"


async def _hear(socket: Socket, heard: Heard) -> None:
    """All that comes by a socket, until nothing more does after the end."""
    ended = False
    while True:
        try:
            message = await socket.receive(QUIET if ended else BEFORE_THE_END)
        except TimeoutError:
            assert ended, "the end was not heard"
            return
        text = json.dumps(message, ensure_ascii=False)
        ended = ended or "The end." in text
        item = message["payload"]["data"] if message["type"] == "next" else {}
        heard.hear(text, {"__typename": "Subscription", **item})


# ---------------------------------------------------------------- the proof


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-174")
async def test_a_customer_who_asks_everything_hears_nothing_of_staff_or_of_other_customers(full_desk: Desk) -> None:
    heard = Heard()
    await ask_everything(full_desk, "vera", heard)
    assert heard.canaries == set()


@pytest.mark.slow
@pytest.mark.rule("R-160")
@pytest.mark.rule("R-174")
async def test_a_customer_who_asks_everything_below_each_object_hears_nothing_either(full_desk: Desk) -> None:
    heard = Heard()
    await ask_everything(full_desk, "vera", heard, below=1_000)
    assert heard.canaries == set()


@pytest.mark.rule("R-160")
@pytest.mark.rule("R-153")
async def test_a_customer_finds_and_counts_nothing_by_any_argument(full_desk: Desk) -> None:
    heard = Heard()
    assert await ask_by_arguments(full_desk, "vera", heard) == set()
    assert heard.canaries == set()


@pytest.mark.rule("R-161")
@pytest.mark.rule("R-174")
async def test_no_mutation_tells_a_customer_anything_in_its_payload_or_errors(full_desk: Desk) -> None:
    heard = Heard()
    await try_every_mutation(full_desk, "vera", heard)
    assert heard.canaries == set()


@pytest.mark.rule("R-173")
@pytest.mark.rule("R-174")
async def test_no_stream_carries_anything_of_staff_or_of_others_to_a_customer(full_desk: Desk) -> None:
    heard = Heard()
    await listen_to_everything(full_desk, "vera", heard)
    assert heard.canaries == set()


@pytest.mark.rule("R-141")
@pytest.mark.rule("R-160")
@pytest.mark.rule("R-174")
async def test_an_observer_hears_what_is_his_colleagues_and_nothing_of_staff_or_of_other_organisations(
    full_desk: Desk,
) -> None:
    await let_in(full_desk, "Vida Holm", "vida", PortalRole.OBSERVER, full_desk.ids["account of Vera Lindqvist"])
    heard = Heard()
    await ask_everything(full_desk, "vida", heard)
    await ask_by_arguments(full_desk, "vida", heard)
    assert "colleague" in heard.canaries
    assert heard.canaries <= OF_COLLEAGUES


@pytest.mark.slow
async def test_an_agent_who_asks_the_same_reaches_nearly_all_fields_and_hears_every_canary(full_desk: Desk) -> None:
    heard = Heard()
    await listen_to_everything(full_desk, "anna", heard)
    found = await ask_by_arguments(full_desk, "anna", heard)
    await ask_everything(full_desk, "anna", heard)
    await ask_everything(full_desk, "otto", heard)  # what was said before it was edited is for administrators
    token = await letter(full_desk, full_desk.ids["graded case of vera"])
    for document in (await Documents.of(full_desk)).by_letter():
        await asked(full_desk, "anna", heard, document, token=token)
    await try_every_mutation(full_desk, "anna", heard)

    fields = {(type.name, field) for type in (await Documents.of(full_desk)).objects() for field in type.fields}
    assert len(fields & heard.fields) >= 0.95 * len(fields), str(sorted(fields - heard.fields))
    assert heard.canaries == PLACES | {"mask"}  # the setting that was changed while streams ran
    reasons = {place for place in PLACES if place.endswith("reason")}
    unsearchable = {"contactphone", "resolution", "group", "line", "rewritten", "removed", *reasons}
    assert found == PLACES - unsearchable


# ---------------------------------------------------------------- what moves for a customer


async def for_staff_alone(desk: Desk, id: str) -> None:
    """All that changes a case without a customer's seeing it."""
    ids = desk.ids
    group = next(value for name, value in ids.items() if name.startswith("group Second"))
    await desk.done("anna", "postToFeed", caseId=id, body="Hush.", mentionIds=[ids["ben"]])
    await desk.done("anna", "recordCall", caseId=id, direction="INCOMING", result="Hm")
    task = (await desk.done("anna", "addTask", "task { id }", caseId=id, title="Hm"))["task"]["id"]
    await desk.done("anna", "editTask", taskId=task, ownerId=ids["ben"])
    await desk.done("ben", "cancelTask", taskId=task)
    other = (await desk.register("dora", contactId=ids["paul"]))["id"]
    await desk.done("anna", "editCase", caseId=id, parentId=other)
    await desk.done("dora", "mergeCases", caseId=other, intoCaseId=id)
    third = (await desk.register("dora", contactId=ids["paul"]))["id"]
    await desk.done("anna", "linkCases", caseId=id, toCaseId=third, kind="CAUSED_BY")
    await desk.done("anna", "unlinkCases", caseId=id, toCaseId=third, kind="CAUSED_BY")
    await desk.done("anna", "assignCase", caseId=id, assigneeId=ids["ben"])
    await desk.done("anna", "assignCase", caseId=id, assigneeId=None, assigneeGroupId=group)
    await desk.done("dora", "escalateCase", caseId=id, supportLineId=ids["line 3"], assigneeId=ids["ben"], reason="Hm.")
    await desk.done("ben", "watchCase", caseId=id, watch=True)


def without_cursors(shown: Any) -> Any:
    """An answer but for places in the log, which may move and which nobody can read."""
    if isinstance(shown, dict):
        return {name: without_cursors(value) for name, value in shown.items() if name != "cursor"}
    return [without_cursors(value) for value in shown] if isinstance(shown, list) else shown


@pytest.mark.rule("R-174")
async def test_a_change_for_staff_alone_moves_nothing_a_customer_can_ask_for(desk: Desk) -> None:
    case = await desk.register("vera", categoryId=desk.ids["INCIDENT"])
    await desk.register("vera")
    await desk.done("vera", "watchCase", caseId=case["id"], watch=True)
    await desk.done("anna", "takeCase", caseId=case["id"])
    documents = [*(await Documents.of(desk)).questions(), "{ cases(orderBy: {field: CHANGED_AT}) { nodes { id } } }"]
    about = (await Documents.of(desk)).about("Case")

    async def everything() -> Any:
        shown = [await desk.run("vera", document) for document in documents]
        return without_cursors(shown + [await desk.run("vera", document, id=case["id"]) for document in about])

    before = await everything()
    await for_staff_alone(desk, case["id"])
    assert await everything() == before
    await desk.done("anna", "editCase", caseId=case["id"], priority="LOW")
    assert await everything() != before


@pytest.mark.rule("R-174")
async def test_a_change_for_staff_alone_brings_no_item_to_any_stream_of_a_customer(desk: Desk) -> None:
    case = await desk.register("vera", subject="Lamp", categoryId=desk.ids["INCIDENT"])
    await desk.done("vera", "watchCase", caseId=case["id"], watch=True)
    streams = {
        "subscription { caseHistoryAdded { summary } }": {"summary": "Edited: priority."},
        "subscription { casesChanged { case { priority } } }": {"case": {"priority": "LOW"}},
        'subscription { casesChanged(filter: {search: "lamp"}) { fits } }': {"fits": True},
        "subscription { casesChanged(filter: {unassigned: true}) { fits } }": {"fits": True},
        "subscription { notificationReceived { entry { summary } } }": {"entry": {"summary": "Edited: priority."}},
    }
    async with desk.socket("vera") as socket:
        subscribed = [await socket.subscribe(document) for document in streams]
        silent = [await socket.subscribe(f"subscription {{ {field} {{ id }} }}") for field in ("feedPostAdded",)]
        silent += [await socket.subscribe("subscription { casesChanged(filter: {unassigned: false}) { fits } }")]
        await for_staff_alone(desk, case["id"])
        await desk.done("anna", "editCase", caseId=case["id"], priority="LOW")
        first = {}
        for _ in subscribed:
            message = await socket.receive()
            [item] = message["payload"]["data"].values()
            first[message["id"]] = item
        assert [first[stream.key] for stream in subscribed] == list(streams.values())
        await silent[0].nothing(0.3)


@pytest.mark.rule("R-174")
@pytest.mark.rule("R-30")
async def test_of_a_step_that_is_partly_for_staff_a_customer_hears_the_other_part(desk: Desk) -> None:
    case = await desk.register("vera")
    show = "__typename audience summary actor { name }"
    async with desk.stream("vera", f"subscription {{ caseHistoryAdded {{ {show} }} }}") as entries:
        await desk.done("anna", "takeCase", caseId=case["id"])
        assert await entries.next() == {
            "__typename": "CaseStatusChanged",
            "audience": "CUSTOMER",
            "summary": "Status changed from New to In progress.",
            "actor": {"name": "Anna Weber"},
        }
        await entries.nothing(0.3)
    assert [entry["__typename"] for entry in await desk.history("anna", case["id"], show)] == [
        "CaseRegistered",
        "CaseAssigned",
        "CaseStatusChanged",
    ]
