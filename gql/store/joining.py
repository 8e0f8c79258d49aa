"""What cases are to each other: parents, typed links, and histories that are shared."""

from __future__ import annotations

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from gql.actor import Actor
from gql.enums import CaseLinkKind
from gql.store.cases import Case, of_cases_seen_by_staff
from gql.store.log import Entry
from gql.store.people import Contact
from gql.store.written import is_on_postgres


class CaseLink(Model):
    """One side of a link between two cases; the other side is a row of its own. Staff's alone."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", on_delete=fields.RESTRICT, related_name="links"
    )
    case_id: int
    to_case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", on_delete=fields.RESTRICT, related_name="linked_from"
    )
    to_case_id: int
    kind = fields.CharEnumField(CaseLinkKind, max_length=32)
    """What `case` is to `to_case`."""

    class Meta:
        table = "case_link"
        ordering = ["id"]
        unique_together = [("case_id", "to_case_id", "kind")]

    @staticmethod
    def visible_to(actor: Actor) -> Q:
        return of_cases_seen_by_staff(actor) & of_cases_seen_by_staff(actor, "to_case_id")


async def one_at_a_time() -> None:
    """Waits until nobody else joins cases, until the transaction ends.

    Taken before any case is locked, by whoever locks several or asks how they hang together: so two who make each the
    other's parent do not both find that they may, and two who lock the same cases do not wait for each other. SQLite
    has one writer anyway.
    """
    if is_on_postgres(Case):
        await Case._meta.db.execute_query("SELECT pg_advisory_xact_lock(7078, 1)")


async def join_threads(ended: Case, into: Case) -> None:
    """Shows all that is shown on the one case on the other too. Both are locked, and saved by whoever holds them."""
    await Case.filter(thread_id=ended.id).exclude(id=ended.id).update(thread_id=into.id)
    await Entry.filter(thread_id=ended.id).update(thread_id=into.id)
    ended.merged_into_id, ended.thread_id, into.thread_id = into.id, into.id, into.id


async def may_be_seen_together(one: Case, other: Case) -> bool:
    """Whether there may be a customer who sees both, for each is his own or his account's (`Case.visible_to`)."""
    if one.contact_id is not None and one.contact_id == other.contact_id:
        return True
    if one.account_id is not None and one.account_id == other.account_id:
        return True
    pairs = ((one.contact_id, other.account_id), (other.contact_id, one.account_id))
    of_account = [Q(id=contact, account_id=account) for contact, account in pairs if contact and account]
    return bool(of_account) and await Contact.filter(Q(*of_account, join_type=Q.OR)).exists()


async def lies_within(key: int | None, ancestor: int) -> bool:
    """Whether a case is another, or part of it, or part of what is part of it."""
    while key is not None and key != ancestor:
        key = (await Case.get(id=key).only("parent_id")).parent_id
    return key is not None
