"""The naive twin: the desk's schema by strawberry, Tortoise models and dataloaders, as their documentation teaches.

Run by `bench.serve`, with BENCH_DATABASE_URL and BENCH_SECRET in the environment.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from broadcaster import Broadcast
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info
from tortoise import Tortoise
from tortoise.expressions import Q

from bench.peers import models
from gql.enums import CasePriority
from gql.store.database import MODELS

KEY = OctKey.import_key(os.environ["BENCH_SECRET"])
broadcast = Broadcast("memory://")
strawberry.enum(CasePriority)


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    end_cursor: str | None


def page_info(rows: list[Any], more: bool, *, backward: bool = False) -> PageInfo:
    last = base64.urlsafe_b64encode(json.dumps(rows[-1].pk).encode()).decode() if rows else None
    return PageInfo(has_next_page=more and not backward, has_previous_page=more and backward, end_cursor=last)


@strawberry.interface
class Actor:
    name: str


@strawberry.type
class SystemActor(Actor):
    pass


@strawberry.type
class User(Actor):
    id: strawberry.ID

    @classmethod
    def of(cls, row: models.User) -> User:
        return cls(id=strawberry.ID(f"User_{row.id}"), name=row.name)


@strawberry.type
class CaseStatus:
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, row: models.CaseStatus) -> CaseStatus:
        return cls(id=strawberry.ID(f"CaseStatus_{row.id}"), name=row.name)


@strawberry.type
class Account:
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, row: models.Account) -> Account:
        return cls(id=strawberry.ID(f"Account_{row.id}"), name=row.name)


@strawberry.input
class CaseFilter:
    include_final: bool | None = None


@strawberry.type
class CaseConnection:
    nodes: list[Case]
    page_info: PageInfo


def visible(info: Info) -> Q:
    """The cases of the viewer's sight."""
    viewer = info.context["viewer"]
    return (
        Q(assignee_id=viewer.user_id)
        | Q(assignee_group_id__isnull=True)
        | Q(assignee_group_id__in=info.context["groups"])
    )


async def page_of_cases(found: Q, filter: CaseFilter | None, first: int) -> CaseConnection:
    if not (filter and filter.include_final):
        found &= Q(status__is_final=False)
    rows = await models.Case.filter(found).order_by("-registered_at", "-id").limit(first + 1)
    return CaseConnection(nodes=[Case.of(row) for row in rows[:first]], page_info=page_info(rows, len(rows) > first))


@strawberry.type
class Contact(Actor):
    id: strawberry.ID
    row: strawberry.Private[models.Contact]

    @classmethod
    def of(cls, row: models.Contact) -> Contact:
        return cls(id=strawberry.ID(f"Contact_{row.id}"), name=row.name, row=row)

    @strawberry.field
    async def account(self, info: Info) -> Account | None:
        return await info.context["account"].load(self.row.account_id) if self.row.account_id else None

    @strawberry.field
    async def cases(self, info: Info, filter: CaseFilter | None = None, first: int = 20) -> CaseConnection:
        return await page_of_cases(visible(info) & Q(contact_id=self.row.id), filter, first)


@strawberry.type
class ContactConnection:
    nodes: list[Contact]
    page_info: PageInfo


@strawberry.interface
class HistoryEntry:
    id: strawberry.ID
    at: datetime
    row: strawberry.Private[models.Entry]

    @classmethod
    def of(cls, row: models.Entry) -> HistoryEntry:
        return KINDS[row.kind](id=strawberry.ID(f"Entry_{row.id}"), at=row.at, row=row)

    @strawberry.field
    async def actor(self, info: Info) -> Actor:
        if self.row.actor_user_id:
            return await info.context["user"].load(self.row.actor_user_id)
        if self.row.actor_contact_id:
            return await info.context["contact"].load(self.row.actor_contact_id)
        return SystemActor(name="Desk")


@strawberry.type
class FeedPost(HistoryEntry):
    @strawberry.field
    async def body(self, info: Info) -> str:
        return await info.context["feed_post"].load(self.row.feed_post_id)


@strawberry.type
class PortalMessage(HistoryEntry):
    @strawberry.field
    async def body(self, info: Info) -> str:
        return await info.context["portal_message"].load(self.row.portal_message_id)


@strawberry.type
class CaseStatusChanged(HistoryEntry):
    @strawberry.field(name="from")
    async def from_(self, info: Info) -> CaseStatus:
        return await info.context["status"].load(self.row.payload["from"]["id"])

    @strawberry.field
    async def to(self, info: Info) -> CaseStatus:
        return await info.context["status"].load(self.row.payload["to"]["id"])


KINDS: dict[str, Any] = {kind.__name__: kind for kind in (FeedPost, PortalMessage, CaseStatusChanged)}


@strawberry.type
class HistoryConnection:
    nodes: list[HistoryEntry]
    page_info: PageInfo


@strawberry.type
class Case:
    id: strawberry.ID
    number: str
    subject: str
    priority: CasePriority
    registered_at: datetime
    row: strawberry.Private[models.Case]

    @classmethod
    def of(cls, row: models.Case) -> Case:
        return cls(
            id=strawberry.ID(f"Case_{row.id}"),
            number=row.number,
            subject=row.subject,
            priority=row.priority,
            registered_at=row.registered_at,
            row=row,
        )

    @strawberry.field
    async def status(self, info: Info) -> CaseStatus:
        return await info.context["status"].load(self.row.status_id)

    @strawberry.field
    async def contact(self, info: Info) -> Contact | None:
        return await info.context["contact"].load(self.row.contact_id) if self.row.contact_id else None

    @strawberry.field
    async def account(self, info: Info) -> Account | None:
        return await info.context["account"].load(self.row.account_id) if self.row.account_id else None

    @strawberry.field
    async def assignee(self, info: Info) -> User | None:
        return await info.context["user"].load(self.row.assignee_id) if self.row.assignee_id else None

    @strawberry.field
    async def history(self, info: Info, last: int = 50) -> HistoryConnection:
        rows = await models.Entry.filter(case_id=self.row.id).order_by("-id").limit(last + 1)
        shown = [HistoryEntry.of(row) for row in reversed(rows[:last])]
        return HistoryConnection(nodes=shown, page_info=page_info(rows, len(rows) > last, backward=True))


@strawberry.type
class Viewer:
    user: User | None


@strawberry.input(one_of=True)
class CaseKey:
    id: strawberry.ID | None = strawberry.UNSET
    number: str | None = strawberry.UNSET


def key(id: str) -> int:
    return int(id.partition("_")[2])


@strawberry.type
class Query:
    @strawberry.field
    async def cases(self, info: Info, filter: CaseFilter | None = None, first: int = 20) -> CaseConnection:
        return await page_of_cases(visible(info), filter, first)

    @strawberry.field
    async def case(self, info: Info, by: CaseKey) -> Case | None:
        named = Q(id=key(by.id)) if by.id else Q(number=by.number)
        row = await models.Case.filter(visible(info) & named).first()
        return Case.of(row) if row else None

    @strawberry.field
    async def contacts(self, info: Info, first: int = 20) -> ContactConnection:
        rows = await models.Contact.all().order_by("name_key", "id").limit(first + 1)
        shown = [Contact.of(row) for row in rows[:first]]
        return ContactConnection(nodes=shown, page_info=page_info(rows, len(rows) > first))

    @strawberry.field
    async def viewer(self, info: Info) -> Viewer:
        return Viewer(user=User.of(info.context["viewer"].user))


@strawberry.type
class NewPost:
    id: strawberry.ID
    cursor: str
    at: datetime
    body: str
    actor: Annotated[User, strawberry.lazy("bench.peers.naive")]


@strawberry.type
class UserError:
    code: str
    message: str


@strawberry.type
class FeedPostPayload:
    feed_post: NewPost | None
    errors: list[UserError]


@strawberry.input
class PostToFeedInput:
    case_id: strawberry.ID
    body: str


async def must_see(info: Info, case_id: int) -> None:
    if not await models.Case.filter(visible(info), id=case_id).exists():
        raise ValueError("There is no such case.")


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def post_to_feed(self, info: Info, input: PostToFeedInput) -> FeedPostPayload:
        viewer, case_id = info.context["viewer"], key(input.case_id)
        await must_see(info, case_id)
        row = await models.PeerPost.create(
            case_id=case_id, at=datetime.now(UTC), actor_user_id=viewer.user_id, body=input.body
        )
        post = NewPost(
            id=strawberry.ID(f"Entry_{row.id}"),
            cursor=str(row.id),
            at=row.at,
            body=row.body,
            actor=User.of(viewer.user),
        )
        await broadcast.publish(f"case {case_id}", post)
        return FeedPostPayload(feed_post=post, errors=[])


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def feed_post_added(self, info: Info, case_id: strawberry.ID) -> AsyncGenerator[NewPost, None]:
        await let_in(info.context, info.context["connection_params"].get("authorization"))
        await must_see(info, key(case_id))
        async with broadcast.subscribe(f"case {key(case_id)}") as events:
            async for event in events:
                yield event.message


schema = strawberry.Schema(
    Query, Mutation, Subscription, types=[FeedPost, PortalMessage, CaseStatusChanged, SystemActor]
)


known: dict[str, tuple[float, dict[str, Any]]] = {}


async def let_in(context: dict[str, Any], header: str | None) -> None:
    """Finds out who asks: the token is read, its login is looked up, and the groups of the employee.

    As in the desk, a viewer who is known is asked about again after a second.
    """
    since, who = known.get(header or "", (0.0, {}))
    if not who or time.monotonic() - since > 1:
        who = await asked(header or "")
        known[header or ""] = time.monotonic(), who
    context.update(who)


async def asked(header: str) -> dict[str, Any]:
    claims = jwt.decode(header.removeprefix("Bearer "), KEY, algorithms=["HS256"]).claims
    if claims["exp"] <= datetime.now(UTC).timestamp():
        raise PermissionError("The token has expired.")
    viewer = await models.Login.get(id=int(claims["sub"]), generation=claims["gen"], active=True).select_related("user")
    if await models.EndedToken.exists(token=claims["jti"]):
        raise PermissionError("The token was ended.")
    groups = await models.Group.filter(members=viewer.user_id).values_list("id", flat=True)
    return {"viewer": viewer, "groups": list(groups)}


def loader(model: Any, shown: Any) -> DataLoader[int, Any]:
    async def load(keys: list[int]) -> list[Any]:
        rows = {row.id: row for row in await model.filter(id__in=keys)}
        return [shown(rows[key]) if key in rows else None for key in keys]

    return DataLoader(load_fn=load)


class View(GraphQL[dict[str, Any], None]):
    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        context = {
            "status": loader(models.CaseStatus, CaseStatus.of),
            "account": loader(models.Account, Account.of),
            "contact": loader(models.Contact, Contact.of),
            "user": loader(models.User, User.of),
            "feed_post": loader(models.FeedPost, lambda row: row.body),
            "portal_message": loader(models.PortalMessage, lambda row: row.body),
        }
        if request.scope["type"] == "http":
            await let_in(context, request.headers.get("authorization"))
        return context


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    address = os.environ["BENCH_DATABASE_URL"].replace("postgres://", "asyncpg://")
    config = {
        "connections": {"default": f"{address}?minsize=10&maxsize=10"},
        "apps": {"models": {"models": [*MODELS, "bench.peers.models"], "default_connection": "default"}},
        "use_tz": True,
    }
    await Tortoise.init(config, _enable_global_fallback=True)
    await broadcast.connect()
    yield
    await broadcast.disconnect()
    await Tortoise.close_connections()


view = View(schema)
app = Starlette(lifespan=lifespan, routes=[Route("/graphql", view), WebSocketRoute("/graphql", view)])
