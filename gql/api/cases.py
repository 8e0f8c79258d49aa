"""The case, and what can be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

from gql import store
from gql.actions import cases, notifications
from gql.actor import Actor as Asking
from gql.api.history import HistoryEntry, entries_matching
from gql.api.lookups import CaseCategory, CaseStatus, ClosureCode, Group, SupportLine
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import Account, Contact, User
from gql.api.scalars import Cursor, key, maybe
from gql.cursor import Reading
from gql.engine.declare import Connection, Node, batched, choice, computed, form, given, many, node, value
from gql.enums import CaseAction, CaseOrigin, CasePriority
from gql.errors import Invalid
from gql.rules import lifecycle
from gql.rules.permissions import open_actions
from gql.store.cases import LONGEST_NUMBER
from gql.store.sight import NOTHING


@value
class CaseOutcome:
    """How a case ended."""

    resolution: str | None
    """What was done, in words for the customer."""
    closure_code: ClosureCode | None
    resolved_at: datetime | None
    """When it was resolved, by the desk's clock."""
    ended_at: datetime | None
    """When its status became final."""


def outcome_of(
    resolution: str | None,
    closure_code: store.ClosureCode | None,
    resolved_at: datetime | None,
    ended_at: datetime | None,
) -> CaseOutcome | None:
    """Null while the case is open; a case that was brought back is open again."""
    if resolved_at is None and ended_at is None:
        return None
    code = given(ClosureCode, closure_code) if closure_code else None
    return CaseOutcome(resolution=resolution, closure_code=code, resolved_at=resolved_at, ended_at=ended_at)


def seen_change(changed_at: datetime, customer_changed_at: datetime, sight: Asking) -> datetime:
    return changed_at if sight.is_staff else customer_changed_at


def case_cursor(version: int, customer_version: int, sight: Asking, reading: Reading) -> Cursor:
    return Cursor(reading.cursor(version if sight.is_staff else customer_version))


def next_statuses(status: store.CaseStatus, sight: Asking, lookups: store.Lookups) -> list[CaseStatus]:
    return [given(CaseStatus, row) for row in lifecycle.next_statuses(status, sight, lookups)]


async def watched(actor: Asking, keys: list[int]) -> list[bool]:
    mine = store.CaseWatch.filter(case_id__in=keys, user_id=actor.user_id, contact_id=actor.contact_id)
    found: set[Any] = set(await mine.values_list("case_id", flat=True))
    return [key in found for key in keys]


@node(store.Case)
class Case(Node):
    """A request or an incident that the desk answers for."""

    number: str
    """Number people say aloud, made by the desk's mask."""
    subject: str
    description: str | None
    status: CaseStatus
    priority: CasePriority
    category: CaseCategory
    origin: CaseOrigin
    """How the case reached the desk."""

    contact: Contact | None
    """The contact the case is for. A contact, an account, or both are named."""
    account: Account | None
    """The account the case is for."""

    assignee: User | None
    """Who works on it; null while it waits in the queue, and for customers."""
    assignee_group: Group | None
    """Which colleagues it waits for. Null for customers."""
    support_line: SupportLine | None
    """Null for customers."""

    outcome: CaseOutcome | None = computed(outcome_of)
    """How it was resolved or why it was cancelled; null until then."""

    history: Connection[HistoryEntry] = many("case", where=entries_matching, order="id", page=50, backward=True)
    """Processing history, oldest first, as far as the viewer may see it."""

    viewer_actions: list[CaseAction] = computed(open_actions)
    """What the viewer may do with the case now. Asked of the same rules that guard the mutations."""
    next_statuses: list[CaseStatus] = computed(next_statuses)
    """Statuses `changeCaseStatus` may take the case to from here."""
    viewer_watches: bool = batched(watched)
    """Whether the viewer hears of everything that happens to the case."""

    registered_at: datetime
    changed_at: datetime = computed(seen_change)
    """When the case itself last changed, as far as the viewer sees it; posts do not change it."""
    cursor: Cursor = computed(case_cursor)
    """The last entry this answer includes: subscribe after it, or give it back as `unlessChangedSince`."""


@choice
class CaseKey:
    """Names one case."""

    id: strawberry.ID | None = strawberry.UNSET
    number: str | None = strawberry.UNSET


def keyed(by: CaseKey) -> Q:
    if by.id:
        return Q(id=key(store.Case, by.id))
    number = by.number or ""
    if "\0" in number:
        raise Invalid("A number cannot hold the NUL character.", field="number")
    return Q(number=number) if len(number) <= LONGEST_NUMBER else NOTHING


# ---------------------------------------------------------------- mutations


@form
class RegisterCaseInput:
    """For registerCase."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the case is registered once."""
    subject: str | None = None
    """Required of employees; for customers made from the category when left out."""
    description: str | None = None
    contact_id: strawberry.ID | None = None
    account_id: strawberry.ID | None = None
    category_id: strawberry.ID | None = None
    """Left out by an employee: the desk's default, Incident. Customers choose one."""
    priority: CasePriority | None = None
    origin: CaseOrigin | None = None
    """Left out: CALL for an agent, PORTAL for a customer."""
    assignee_id: strawberry.ID | None = None
    assignee_group_id: strawberry.ID | None = None


@form
class TakeCaseInput:
    """For takeCase."""

    case_id: strawberry.ID


@form
class AssignCaseInput:
    """For assignCase. At least one of assignee and assignee group is given; what is left out stays, null clears."""

    case_id: strawberry.ID
    assignee_id: strawberry.Maybe[strawberry.ID | None]
    assignee_group_id: strawberry.Maybe[strawberry.ID | None]
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class EscalateCaseInput:
    """For escalateCase. At least one of assignee and assignee group is given; the one left out is cleared."""

    case_id: strawberry.ID
    support_line_id: strawberry.ID
    assignee_id: strawberry.ID | None = None
    assignee_group_id: strawberry.ID | None = None
    reason: str | None = None
    """For staff only."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class EditCaseInput:
    """For editCase. A field that is left out stays as it is; null takes the value away."""

    case_id: strawberry.ID
    subject: strawberry.Maybe[str | None]
    description: strawberry.Maybe[str | None]
    contact_id: strawberry.Maybe[strawberry.ID | None]
    """Setting it sets the account; an account that does not fit the contact clears it."""
    account_id: strawberry.Maybe[strawberry.ID | None]
    priority: strawberry.Maybe[CasePriority | None]
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class ChangeCaseStatusInput:
    """For changeCaseStatus."""

    case_id: strawberry.ID
    status_id: strawberry.ID
    assignee_id: strawberry.ID | None = None
    """With IN_PROGRESS: who, when it is not the viewer."""
    reason: str | None = None
    """For staff only."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class ResolveCaseInput:
    """For resolveCase."""

    case_id: strawberry.ID
    resolution: str
    """What was done, in words for the customer."""
    closure_code_id: strawberry.ID | None = None
    """Left out: the desk's default, Resolved successfully."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class ReopenCaseInput:
    """For reopenCase."""

    case_id: strawberry.ID
    reason: str | None = None
    """For staff only."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class CancelCaseInput:
    """For cancelCase."""

    case_id: strawberry.ID
    closure_code_id: strawberry.ID | None = None
    """Required of employees."""
    reason: str | None = None
    """For staff only, when staff gives it."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class WatchCaseInput:
    """For watchCase."""

    case_id: strawberry.ID
    watch: bool


@value
class CasePayload(Payload):
    """The case as it now is, also beside NOT_NOW and CHANGED; null for other errors, or when doing it took the case
    out of the viewer's sight."""

    case: Case | None


def answered(case: store.Case) -> CasePayload:
    return CasePayload(case=given(Case, case))


@strawberry.type
class CaseMutations:
    @action
    async def register_case(self, info: DeskInfo, input: RegisterCaseInput) -> CasePayload:
        """Registers a case. A contact or an account is named; the other follows where it can."""
        return answered(
            await cases.register(
                work_of(info),
                subject=input.subject,
                description=input.description,
                contact_id=key(store.Contact, input.contact_id),
                account_id=key(store.Account, input.account_id),
                category_id=key(store.CaseCategory, input.category_id),
                priority=input.priority,
                origin=input.origin,
                assignee_id=key(store.User, input.assignee_id),
                assignee_group_id=key(store.Group, input.assignee_group_id),
            )
        )

    @action
    async def take_case(self, info: DeskInfo, input: TakeCaseInput) -> CasePayload:
        """Starts processing: the viewer becomes the assignee and the case goes in progress."""
        return answered(await cases.take(work_of(info), key(store.Case, input.case_id)))

    @action
    async def assign_case(self, info: DeskInfo, input: AssignCaseInput) -> CasePayload:
        """Hands a case to an assignee, a group, or both, on the same support line."""
        return answered(
            await cases.assign(
                work_of(info),
                key(store.Case, input.case_id),
                assignee_id=maybe(input.assignee_id, lambda id: key(store.User, id)),
                assignee_group_id=maybe(input.assignee_group_id, lambda id: key(store.Group, id)),
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def escalate_case(self, info: DeskInfo, input: EscalateCaseInput) -> CasePayload:
        """Moves a case to another support line with a new assignee, group, or both; the one not named is cleared."""
        return answered(
            await cases.escalate(
                work_of(info),
                key(store.Case, input.case_id),
                support_line_id=key(store.SupportLine, input.support_line_id),
                assignee_id=key(store.User, input.assignee_id),
                assignee_group_id=key(store.Group, input.assignee_group_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def edit_case(self, info: DeskInfo, input: EditCaseInput) -> CasePayload:
        """Changes what is written on a case: subject, description, priority, contact and account."""
        return answered(
            await cases.edit(
                work_of(info),
                key(store.Case, input.case_id),
                subject=maybe(input.subject),
                description=maybe(input.description),
                contact_id=maybe(input.contact_id, lambda id: key(store.Contact, id)),
                account_id=maybe(input.account_id, lambda id: key(store.Account, id)),
                priority=maybe(input.priority),
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def change_case_status(self, info: DeskInfo, input: ChangeCaseStatusInput) -> CasePayload:
        """Moves a case to another of its `nextStatuses`: on hold, back to work, closed, or a status the administrator
        added. Steps that carry more than a status have a mutation of their own."""
        return answered(
            await cases.change_status(
                work_of(info),
                key(store.Case, input.case_id),
                status_id=key(store.CaseStatus, input.status_id),
                assignee_id=key(store.User, input.assignee_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def resolve_case(self, info: DeskInfo, input: ResolveCaseInput) -> CasePayload:
        """Records the resolution."""
        return answered(
            await cases.resolve(
                work_of(info),
                key(store.Case, input.case_id),
                resolution=input.resolution,
                closure_code_id=key(store.ClosureCode, input.closure_code_id),
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def reopen_case(self, info: DeskInfo, input: ReopenCaseInput) -> CasePayload:
        """Brings a resolved or waiting case back; the assignee is cleared."""
        return answered(
            await cases.reopen(
                work_of(info),
                key(store.Case, input.case_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def cancel_case(self, info: DeskInfo, input: CancelCaseInput) -> CasePayload:
        """Ends a case that needs no answer, with the reason."""
        return answered(
            await cases.cancel(
                work_of(info),
                key(store.Case, input.case_id),
                closure_code_id=key(store.ClosureCode, input.closure_code_id),
                reason=input.reason,
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def watch_case(self, info: DeskInfo, input: WatchCaseInput) -> CasePayload:
        """Follows or stops following a case."""
        return answered(await notifications.watch(work_of(info), key(store.Case, input.case_id), watching=input.watch))
