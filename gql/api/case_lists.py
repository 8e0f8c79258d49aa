"""Lists of cases: how they are narrowed and ordered, and the page they come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import strawberry
from tortoise.expressions import Q, Subquery

from gql import store
from gql.actor import Actor
from gql.api.scalars import Cursor, key, keys
from gql.cursor import Reading
from gql.engine.declare import Connection, computed, form, total, value
from gql.enums import CaseOrderField, CasePriority, Direction
from gql.errors import NotFound
from gql.store.sight import NOTHING
from gql.store.words import begins_word, sought

T = TypeVar("T")


@form
class CaseFilter:
    """Narrows a list of cases. Fields are joined by and; values of one field by or. An id that is none of the right
    kind matches nothing."""

    search: str | None = None
    """Words that subject, number, description, contact, account or messages have words beginning with."""
    status_ids: list[strawberry.ID] | None = None
    include_final: bool | None = None
    """Whether cases in a final status are shown. Left out: they are not, but in a dashboard's figures of its period."""
    priorities: list[CasePriority] | None = None
    category_ids: list[strawberry.ID] | None = None
    assignee_ids: list[strawberry.ID] | None = None
    assignee_group_ids: list[strawberry.ID] | None = None
    support_line_ids: list[strawberry.ID] | None = None
    contact_id: strawberry.ID | None = None
    account_id: strawberry.ID | None = None
    unassigned: bool | None = None
    """Whether nobody is assigned."""


@form
class CaseOrder:
    """How a list of cases is ordered."""

    field: CaseOrderField
    direction: Direction = Direction.DESC


def reading_cursor(reading: Reading) -> Cursor:
    return Cursor(reading.cursor())


@value
class CasePage(Connection[T], Generic[T]):
    """A page of cases."""

    total_count: int = total()
    """How many there are in all; counted only when asked for."""
    cursor: Cursor = computed(reading_cursor)
    """Where the log stood before the page was read; subscribe after it."""


# What the filter says, as columns and the values they may have. A customer sees nobody working on a case, so for him
# a filter by assignee, group or line finds nothing, and every case is unassigned.


def _columns(filter: CaseFilter, actor: Actor) -> dict[str, list[Any]]:
    staff = actor.is_staff
    narrowing: dict[str, list[Any] | None] = {
        "status_id": _keys(store.CaseStatus, filter.status_ids),
        "priority": None if filter.priorities is None else list(set(filter.priorities)),
        "category_id": _keys(store.CaseCategory, filter.category_ids),
        "assignee_id": _keys(store.User, filter.assignee_ids, seen=staff),
        "assignee_group_id": _keys(store.Group, filter.assignee_group_ids, seen=staff),
        "support_line_id": _keys(store.SupportLine, filter.support_line_ids, seen=staff),
        "contact_id": _keys(store.Contact, None if filter.contact_id is None else [filter.contact_id]),
        "account_id": _keys(store.Account, None if filter.account_id is None else [filter.account_id]),
    }
    return {column: values for column, values in narrowing.items() if values is not None}


def _keys(model: Any, ids: list[strawberry.ID] | None, *, seen: bool = True) -> list[int] | None:
    return None if ids is None else keys(model, ids) if seen else []


async def case_named(actor: Actor, case_id: strawberry.ID | None = None) -> None:
    """Raises NotFound for a case that is not there for the viewer."""
    if case_id is not None and not await store.is_seen(actor, key(store.Case, case_id)):
        raise NotFound(field="caseId")


def narrowed(actor: Actor, lookups: store.Lookups, filter: CaseFilter | None = None) -> Q:
    """Cases that the filter lets through; without one, those that are not final."""
    wanted = filter or CaseFilter()
    found = Q()
    for column, values in _columns(wanted, actor).items():
        found &= among(column, values)
    if not wanted.include_final:
        found &= ~Q(status_id__in=lookups.final_status_ids)
    if wanted.unassigned is not None:
        if actor.is_staff:
            found &= Q(assignee_id__isnull=wanted.unassigned)
        elif not wanted.unassigned:
            found &= NOTHING
    for word in sought(wanted.search):
        found &= mentioning(word, actor)
    return found


def among(column: str, values: list[Any]) -> Q:
    """Rows whose column has one of the values."""
    return Q(**{f"{column}__in": values}) if values else NOTHING  # type: ignore[arg-type]


def mentioning(word: str, actor: Actor) -> Q:
    """Cases with a word that begins so in what the actor may read of them (R-153)."""
    found = begins_word(word, "words")
    for model, column, of in (
        (store.Contact, "contact_id", "id"),
        (store.Account, "account_id", "id"),
        (store.PortalMessage, "id", "case_id"),
        (store.FeedPost, "id", "case_id"),
    ):
        rows = model.filter(model.visible_to(actor) & begins_word(word, "words"))
        found |= Q(**{f"{column}__in": Subquery(rows.values(of))})  # type: ignore[arg-type]
    return found


def listed(actor: Actor, lookups: store.Lookups, filter: CaseFilter | None = None) -> Q:
    """The same, but without a filter the viewer's own: an agent's unfinished ones, all of a customer's (R-150)."""
    if filter is not None:
        return narrowed(actor, lookups, filter)
    if actor.is_staff:
        return narrowed(actor, lookups) & Q(assignee_id=actor.user_id)
    return Q(contact_id=actor.contact_id)


def could_have_fitted(
    former: Mapping[str, Any], actor: Actor, lookups: store.Lookups, filter: CaseFilter | None
) -> bool:
    """The plain twin of `listed`, on columns as they were; words that cannot be known afterwards count as found."""
    if filter is None:
        if actor.is_staff:
            return former["assignee_id"] == actor.user_id and former["status_id"] not in lookups.final_status_ids
        return bool(former["contact_id"] == actor.contact_id)
    if any(former[column] not in values for column, values in _columns(filter, actor).items()):
        return False
    if not filter.include_final and former["status_id"] in lookups.final_status_ids:
        return False
    if filter.unassigned is None:
        return True
    return filter.unassigned == (former["assignee_id"] is None if actor.is_staff else True)


ORDERS = {
    CaseOrderField.REGISTERED_AT: "registered_at",
    CaseOrderField.CHANGED_AT: "changed_at",
    CaseOrderField.PRIORITY: "priority",
}


def ordered(actor: Actor, order_by: CaseOrder | None = None) -> str:
    """The column of an order; the newest first without one."""
    if order_by is None:
        return "-registered_at"
    column = ORDERS[order_by.field]
    if column == "changed_at" and not actor.is_staff:
        column = "customer_changed_at"
    return f"-{column}" if order_by.direction is Direction.DESC else column
