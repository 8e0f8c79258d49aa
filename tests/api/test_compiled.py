"""Every root of the desk's schema is answered by a plan, whatever is selected, and so is what the docs show."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphql import GraphQLNonNull, OperationType, get_named_type, is_abstract_type, is_leaf_type
from strawberry import ID

from gql.actor import Actor
from gql.api.dashboard import figures
from gql.api.lookups import Lookups
from gql.api.people import User
from gql.api.presence import CasePresence, Present
from gql.api.schema import make_schema
from gql.api.streams import CaseChange, LookupsChange, UnreadCount
from gql.engine import rows
from gql.engine.declare import Cursor, given
from gql.engine.documents import Operation
from gql.enums import Doing, LookupKind, Period, Role
from gql.store import Case, Entry, Notification
from gql.store import Lookups as Kept
from gql.store import User as Employee
from tests.api.busy import begin, engine_of, make_busy
from tests.engine.comparing import differences
from tests.running import Desk

SCHEMA = make_schema()._schema
QUERY: Any = SCHEMA.query_type
SUBSCRIPTION: Any = SCHEMA.subscription_type
DEEP = 4

ARGUMENTS = {
    "node": '(id: "Entry_1")',
    "case": '(by: {id: "Case_1"})',
    "contactsByPhone": '(phone: "+442079460018")',
    "ratingAsked": '(token: "none")',
    "mentionSuggestions": '(caseId: "Case_1")',
    "cases": "(filter: {includeFinal: true})",
    "dashboard": "(period: YEAR)",
    "dashboardChanged": "(period: YEAR)",
    "presenceChanged": '(caseId: "Case_1")',
}


def everything(type_: Any, depth: int = 0) -> str:
    """A selection of all that can be selected on a type, so deep."""
    if not is_abstract_type(type_):
        return f"{{ __typename {fields(type_, depth)} }}"
    shown = " ".join(f"... on {t.name} {{ {fields(t, depth)} }}" for t in SCHEMA.get_possible_types(type_))
    return f"{{ __typename {shown} }}"


def fields(type_: Any, depth: int) -> str:
    return " ".join(field(type_, name, depth) for name in type_.fields)


def field(type_: Any, name: str, depth: int) -> str:
    needed = any(isinstance(argument.type, GraphQLNonNull) for argument in type_.fields[name].args.values())
    assert not needed or (not depth and name in ARGUMENTS), f"{type_.name}.{name} needs an argument"
    asked = name if not depth else f"{name}Of{type_.name}: {name}"
    held = get_named_type(type_.fields[name].type)
    if is_leaf_type(held):
        return asked
    return f"{asked}{'' if depth else ARGUMENTS.get(name, '')} {everything(held, depth + 1)}" if depth < DEEP else ""


async def test_everything_below_every_root_is_compiled_for_whoever_looks(desk: Desk) -> None:
    await make_busy(desk)
    engine = engine_of(desk)
    for root in QUERY.fields:
        operation = Operation(f"{{ {field(QUERY, root, 0)} }}")
        prepared = engine.documents.prepare(operation)
        for who in ("anna", "anna of one group", "vera", "nobody"):
            compiled = engine.compiled
            with desk.database():
                answer = await engine.execute(prepared, operation, await begin(desk, who))
                referee = await engine.refer(prepared, operation, await begin(desk, who))
            assert differences(answer, referee) == [], (root, who)
            assert engine.compiled == compiled + (who != "nobody"), (root, who, engine.fallbacks)
    assert set(engine.fallbacks) == {"nobody"}


async def items_of(root: str) -> list[Any]:
    """What a stream may have to tell of."""
    if root == "unreadCountChanged":
        return [UnreadCount(count=3)]
    if root == "dashboardChanged":
        clock, lookups = (lambda: datetime.now(UTC)), await Kept.read()
        return [await figures(Actor(role=Role.AGENT, user_id=1), lookups, clock, Period.YEAR)]
    if root == "presenceChanged":
        return [CasePresence(people=[Present(user=given(User, await Employee.get(id=1)), doing=Doing.TYPING)])]
    if root == "notificationReceived":
        return list(await Notification.filter(user__name="Ben Castellano"))
    if root == "casesChanged":
        cursor = Cursor("c")
        cases = await Case.all()
        return [CaseChange(cursor=cursor, fits=True, case=case, case_id=ID(f"Case_{case.id}")) for case in cases]
    if root == "lookupsChanged":
        return [LookupsChange(cursor=Cursor("c"), changed=LookupKind.GROUP, lookups=Lookups())]
    entries = Entry.filter(case_id__isnull=False).select_related("feed_post", "portal_message")
    kind = {"feedPostAdded": "FeedPost", "portalMessageAdded": "PortalMessage"}.get(root)
    return list(await (entries.filter(kind=kind) if kind else entries))


async def test_everything_that_a_stream_tells_is_compiled(desk: Desk) -> None:
    await make_busy(desk)
    engine = engine_of(desk)
    for root in SUBSCRIPTION.fields:
        operation = Operation(f"subscription {{ {field(SUBSCRIPTION, root, 0)} }}")
        prepared = engine.documents.prepare(operation)
        with desk.database():
            items = await items_of(root)
            assert items, root
            for item in items[:: 1 + len(items) // 20]:
                compiled, context = engine.compiled, await begin(desk, "ben")
                answer = await engine.item(prepared, operation, item, context)
                referee = await engine.refer(prepared, operation, await begin(desk, "ben"), item)
                assert differences(answer, referee) == [], root
                assert engine.compiled == compiled + 1, (root, engine.fallbacks)


ROOT = Path(__file__).parents[2]
SHOWN = [
    text
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for text in re.findall(r"```graphql\n(.*?)```", page.read_text(), re.DOTALL)
]


async def test_what_the_documentation_shows_is_compiled(desk: Desk) -> None:
    case, engine = await desk.register("anna"), engine_of(desk)
    assert len(SHOWN) >= 6
    for text in SHOWN:
        operation = Operation(text, {"id": case["id"]})
        prepared = engine.documents.prepare(operation)
        if prepared.type is not OperationType.SUBSCRIPTION:
            compiled = engine.compiled
            with desk.database():
                answer = await engine.execute(prepared, operation, await begin(desk, "anna"))
            assert "errors" not in answer, (text, answer)
            assert engine.compiled == compiled + 1, (text, engine.fallbacks)


async def test_documents_that_share_a_list_share_its_generated_function(desk: Desk) -> None:
    await make_busy(desk)
    history = "history { nodes { __typename id ... on FeedPost { body } actor { name } } }"
    await desk.run("anna", f'{{ case(by: {{id: "Case_1"}}) {{ id {history} }} }}')
    compiled_before = rows.compiled.cache_info().misses
    await desk.run("anna", f'{{ case(by: {{id: "Case_1"}}) {{ id: number {history} }} }}')
    assert rows.compiled.cache_info().misses == compiled_before + 1  # of the case, which is shown in another way


async def test_the_desks_health_tells_how_many_operations_were_compiled_and_why_others_were_not(desk: Desk) -> None:
    engine = engine_of(desk)
    engine.compiled = 0
    engine.fallbacks.clear()
    await desk.run("anna", "{ cases { totalCount } }")
    await desk.run("anna", '{ contacts(search: "vera") { nodes { name } } }')
    await desk.run("anna", "{ __typename }")
    await desk.run(None, "{ __typename }")

    told = (await desk.get("/health")).json()["engine"]
    assert told == {"compiled": 3, "referred": {"nobody": 1}, "rebuilt": {"contacts_matching": 1}}
