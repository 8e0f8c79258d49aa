"""The schema: its roots, and how its types are named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import strawberry
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, Undefined
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.lazy_type import LazyType

from gql.api.administration import AdministrationMutations
from gql.api.assignment import AssignmentMutations
from gql.api.audit import AuditEntry, audited
from gql.api.calls import CallMutations, callers
from gql.api.case_lists import CasePage, listed, ordered
from gql.api.cases import Case, CaseMutations, keyed
from gql.api.conversation import ConversationMutations, mention_suggestions
from gql.api.dashboard import Dashboard, figures
from gql.api.history import HistoryEntry
from gql.api.joining import JoiningMutations
from gql.api.lifecycle import LifecycleMutations
from gql.api.lines import LineMutations
from gql.api.lookups import Lookups, lists_of_the_desk
from gql.api.notifications import NotificationMutations
from gql.api.out_of_office import OutOfOfficeMutations
from gql.api.people import (
    Account,
    Contact,
    OtherContact,
    PeopleMutations,
    Staff,
    SystemActor,
    User,
    contacts_matching,
    employees_matching,
    named,
)
from gql.api.portal import PortalMutations
from gql.api.presence import PresenceMutations
from gql.api.rating import RatingAsked, RatingMutations, rating_asked
from gql.api.scalars import SCALARS
from gql.api.settings import Setting, settings_of_the_desk
from gql.api.signing_in import SigningInMutations, Viewer, viewer_of
from gql.api.streams import Subscription
from gql.api.tasks import Task, TaskMutations, tasks_listed
from gql.api.users import UserMutations
from gql.engine.declare import Connection, Node, any_node, asked, computed, many, one, value
from gql.engine.documents import manifest_of


@value
class Query:
    """What the service answers."""

    node: Node | None = any_node()
    """Any object by its id; null when it does not exist or is not for the viewer's eyes."""
    case: Case | None = one(keyed)
    """One case, by id or by its number. Exactly one of the two is given."""
    cases: CasePage[Case] = many(where=listed, order=ordered)
    """Cases the viewer may see. Without a filter: those assigned to the viewer whose status is not final; for a
    customer, all of his own. `filter: {}` lists every open case, `{includeFinal: true}` all."""
    tasks: Connection[Task] = many(where=tasks_listed, order="due_key")
    """Tasks the viewer may see, those that are due first before the others, without a date last. Without a filter: the
    viewer's own open ones. None for customers."""
    contacts: Connection[Contact] = many(where=contacts_matching, order="name_key")
    """Contacts whose name, e-mail or account matches."""
    contacts_by_phone: list[Contact] = asked(callers)
    """Contacts with a telephone number, however it is written: who is calling. At most 20; none for customers."""
    accounts: Connection[Account] = many(where=named, order="name_key")
    """Accounts whose name matches."""
    users: Connection[User] = many(where=employees_matching, order="name_key")
    """Employees who can be made assignees, optionally of one group or support line; `includeInactive` adds those who
    were deactivated."""

    rating_asked: RatingAsked | None = strawberry.field(
        resolver=rating_asked,
        description="What a letter's token lets its reader grade, without a login. Asking records nothing. Null for a "
        "token that is none, has expired, or whose case is the reader's no more.",
    )
    audit_trail: Connection[AuditEntry] = many(where=audited)
    """What was changed about the desk itself, newest first: lists, settings, logins. None for others than
    administrators; nobody can change it."""
    mention_suggestions: list[User] = strawberry.field(
        resolver=mention_suggestions,
        description="Colleagues to mention in the feed of a case: active, and with sight of it. Those who have to do "
        "with the case come first. At most 50.",
    )
    dashboard: Dashboard = asked(figures)
    """Figures about the cases the viewer may see. The filter means what it means in `cases`, but cases that have ended
    count in the figures of the period unless it says `includeFinal: false`; without a filter, every case counts."""

    viewer: Viewer = computed(viewer_of)
    """The signed-in user or portal user, with what is theirs."""
    lookups: Lookups = strawberry.field(resolver=lists_of_the_desk, description=lists_of_the_desk.__doc__)
    settings: list[Setting] = computed(settings_of_the_desk)
    """The desk's own settings, in the order in which a page shows them. None for others than administrators."""


@strawberry.type(
    description="What a person can ask the desk to do. Each mutation takes one `input` and answers a payload whose "
    "`errors` is empty when it was done, and says why when it was not."
)
class Mutation(
    SigningInMutations,
    CaseMutations,
    AssignmentMutations,
    LifecycleMutations,
    JoiningMutations,
    ConversationMutations,
    RatingMutations,
    PresenceMutations,
    NotificationMutations,
    PeopleMutations,
    UserMutations,
    PortalMutations,
    TaskMutations,
    CallMutations,
    OutOfOfficeMutations,
    AdministrationMutations,
    LineMutations,
):
    pass


class Names(NameConverter):
    """Pages are named by what they hold: `CaseConnection`, `HistoryEdge`."""

    def from_generic(self, object_type: Any, types: list[Any]) -> str:
        held = types[0].resolve_type() if isinstance(types[0], LazyType) else types[0]
        listed_as = getattr(held, "__listed__", "") or self.get_name_from_type(types[0])
        kind = "Edge" if object_type.name == "Edge" else "Connection"
        return f"{listed_as}{kind}"


@cache
def make_schema() -> strawberry.Schema:
    """The desk's schema, made once in a process."""
    schema = strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        types=[*HistoryEntry.__subclasses__(), SystemActor, Staff, OtherContact],
        config=StrawberryConfig(name_converter=Names(), scalar_map=SCALARS),
    )
    for type_ in schema._schema.type_map.values():
        _without_null_defaults(type_)
    return schema


def _without_null_defaults(type_: Any) -> None:
    """`= null` says no more than leaving the default out does."""
    if isinstance(type_, GraphQLInputObjectType):
        stated = list(type_.fields.values())
    elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        stated = [argument for field in type_.fields.values() for argument in field.args.values()]
    else:
        return
    for input_value in stated:
        if input_value.default_value is None:
            input_value.default_value = Undefined


def manifest(folder: Path) -> dict[str, str]:
    """The documents of a folder by their SHA-256. Raises ValueError with all that does not fit the schema."""
    return manifest_of(folder, make_schema()._schema)


def printed() -> str:
    """The schema as `schema.graphql` has it."""
    return make_schema().as_str() + "\n"
