"""The case, and what can be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from gql import store
from gql.actions import cases, notifications
from gql.actor import Actor as Asking
from gql.api.case_lists import CasePage
from gql.api.history import FieldChange, HistoryEntry, entries_matching
from gql.api.lookups import CaseCategory, CaseStatus, ClosureCode, Group, SupportLine
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import Account, Actor, Contact, SystemActor, User
from gql.api.proposals import AssignmentProposals, assignment_proposals
from gql.api.satisfaction import Satisfaction, satisfaction_of
from gql.api.scalars import Cursor, key, maybe
from gql.api.tasks import Task, tasks_matching
from gql.cursor import Reading, version_of
from gql.engine.declare import (
    Connection,
    Node,
    always,
    batched,
    choice,
    computed,
    each,
    form,
    given,
    many,
    node,
    one_of,
    payload,
    value,
)
from gql.enums import CaseAction, CaseLinkKind, CaseOrigin, CasePriority
from gql.errors import Invalid
from gql.events.cases import CaseEdited as CaseWasEdited
from gql.rules import lifecycle
from gql.rules.permissions import is_a_colleagues, open_actions
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


def case_cursor(id: int, version: int, customer_version: int, sight: Asking, reading: Reading) -> Cursor:
    return Cursor(reading.cursor(version_of("Case", id, version if sight.is_staff else customer_version)))


@value
class CaseStep:
    """A step that leads on: a button of the workflow bar, whose caption the status has."""

    action: CaseAction
    """What the button does: CHANGE_STATUS and RESOLVE are `changeCaseStatus` and `resolveCase`, both with the status
    named, REOPEN is `reopenCase`, CANCEL `cancelCase`."""
    status: CaseStatus
    """Where it leads."""


def steps_of(status: store.CaseStatus, contact_id: int | None, actor: Asking, lookups: store.Lookups) -> list[CaseStep]:
    following = [] if is_a_colleagues(contact_id, actor) else lifecycle.steps(status, actor, lookups)
    return [CaseStep(action=action, status=given(CaseStatus, to)) for action, to in following]


def next_statuses(status: store.CaseStatus, sight: Asking, lookups: store.Lookups) -> list[CaseStatus]:
    return [given(CaseStatus, row) for row in lifecycle.next_statuses(status, sight, lookups)]


def thread_of(id: int, thread_id: int | None) -> int:
    """Whose history is shown: cases that were merged share one."""
    return thread_id or id


async def watched(actor: Asking, keys: list[int]) -> list[bool]:
    mine = store.CaseWatch.filter(case_id__in=keys, user_id=actor.user_id, contact_id=actor.contact_id)
    found: set[Any] = set(await mine.values_list("case_id", flat=True))
    return [key in found for key in keys]


def somebody() -> Actor:
    return SystemActor(name="Somebody")


@node(store.CaseWatch)
class CaseWatch(Node):
    """Somebody hears of everything that happens to a case."""

    watcher: Actor = one_of("user", "contact", otherwise=somebody)


@node(store.CaseLink)
class CaseLink(Node):
    """What a case is to another; the other shows it from its side."""

    kind: CaseLinkKind
    other: Annotated[Case, strawberry.lazy("gql.api.cases")] = always("to_case")


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

    assignment_proposals: AssignmentProposals | None = batched(assignment_proposals, of="support_line_id")
    """Whom it may be given to on its support line or, to escalate it, on another. Null for customers, and where no line
    in use is named."""

    parent: Annotated[Case, strawberry.lazy("gql.api.cases")] | None
    """The case this one is part of, also where it was merged with yet another (`mergedInto`). Null when the viewer may
    not see it."""
    children: CasePage[Annotated[Case, strawberry.lazy("gql.api.cases")]] = many("parent", order="-registered_at")
    """Cases that are part of this one, ended ones too."""
    merged_into: Annotated[Case, strawberry.lazy("gql.api.cases")] | None
    """The case that goes on in place of this one, which was ended by it. Null when the viewer may not see it."""
    links: list[CaseLink] = each("case")
    """What it is to other cases, in the order in which they were linked. None for customers. At most 100."""

    outcome: CaseOutcome | None = computed(outcome_of)
    """How it was resolved or why it was cancelled; null until then."""
    satisfaction: Satisfaction | None = computed(satisfaction_of)
    """The customer's grade; null until given."""

    history: Connection[HistoryEntry] = many(
        "thread_id", of=thread_of, where=entries_matching, order="id", page=50, backward=True
    )
    """Processing history, oldest first, as far as the viewer may see it."""

    tasks: Connection[Task] = many("case", where=tasks_matching, order="due_key")
    """What is to be done about it, those that are due first before the others. None for customers."""

    viewer_actions: list[CaseAction] = computed(open_actions)
    """What the viewer may do with the case now. Asked of the same rules that guard the mutations."""
    next_statuses: list[CaseStatus] = computed(next_statuses)
    """Statuses `changeCaseStatus` may take the case to from here."""
    steps: list[CaseStep] = computed(steps_of)
    """All that the workflow bar shows: each status that the viewer may bring the case to from here, and by which
    action."""
    viewer_watches: bool = batched(watched)
    """Whether the viewer hears of everything that happens to the case."""
    watchers: Connection[CaseWatch] = many("case", order="id")
    """Who hears of everything that happens to the case. Empty for customers."""

    registered_at: datetime
    changed_at: datetime = computed(seen_change)
    """When the case itself last changed, as far as the viewer sees it; posts do not change it."""
    cursor: Cursor = computed(case_cursor)
    """The last entry this answer includes: subscribe after it, or give it back as `unlessChangedSince`."""


def origin_of(payload: dict[str, Any]) -> CaseOrigin:
    return CaseOrigin(payload["origin"])


@node(store.Entry, kind="CaseRegistered")
class CaseRegistered(HistoryEntry):
    """The case came to the desk."""

    origin: CaseOrigin = computed(origin_of)


CUSTOMERS_ONLY_ID = ("contact", "account")
"""Fields whose change shows ids of people and companies, which other customers do not see."""


def changes_of(payload: dict[str, Any], sight: Asking) -> list[FieldChange]:
    edited = CaseWasEdited.of_payload(payload)
    shown = [c for c in edited.changes if sight.is_staff or c.field not in CUSTOMERS_ONLY_ID]
    return [FieldChange(field=c.field, before=c.before, after=c.after) for c in shown]


@node(store.Entry, kind="CaseEdited")
class CaseEdited(HistoryEntry):
    """What is written on the case was changed."""

    changes: list[FieldChange] = computed(changes_of)


@node(store.Entry, kind="CaseReclassified")
class CaseReclassified(HistoryEntry):
    """The case is of another category."""

    category: CaseCategory = payload("category.id")
    former_category: CaseCategory = payload("former_category.id")


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
    from_entry_id: strawberry.ID | None = None
    """A portal message of another case, or the entry of its registration, that the new one is made from. Subject,
    contact, account, category and origin that are left out are those of the other case, the description is what was
    written. The two are linked."""


@form
class ComplainInput:
    """For complain."""

    request_id: str | None = None
    """Any text the client made up for this attempt; sent twice, the complaint is registered once."""
    case_id: strawberry.ID
    """The case that the complaint is about."""
    body: str
    """What is wrong. Markdown, up to 50,000 characters."""


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
    parent_id: strawberry.Maybe[strawberry.ID | None]
    """The case that this one is part of; neither itself, nor a part of it, nor one that was merged."""
    unless_changed_since: Cursor | None = None
    """Refuse when the case changed after this."""


@form
class ReclassifyCaseInput:
    """For reclassifyCase. A field that is left out stays as it is."""

    case_id: strawberry.ID
    category_id: strawberry.Maybe[strawberry.ID | None]
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
                from_entry_id=key(store.Entry, input.from_entry_id),
            )
        )

    @action
    async def complain(self, info: DeskInfo, input: ComplainInput) -> CasePayload:
        """Registers a customer's complaint about his case, also after it has ended: another case, part of that one."""
        return answered(await cases.complain(work_of(info), key(store.Case, input.case_id), body=input.body))

    @action
    async def edit_case(self, info: DeskInfo, input: EditCaseInput) -> CasePayload:
        """Changes what is written on a case: subject, description, priority, contact, account and parent."""
        return answered(
            await cases.edit(
                work_of(info),
                key(store.Case, input.case_id),
                subject=maybe(input.subject),
                description=maybe(input.description),
                contact_id=maybe(input.contact_id, lambda id: key(store.Contact, id)),
                account_id=maybe(input.account_id, lambda id: key(store.Account, id)),
                priority=maybe(input.priority),
                parent_id=maybe(input.parent_id, lambda id: key(store.Case, id)),
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def reclassify_case(self, info: DeskInfo, input: ReclassifyCaseInput) -> CasePayload:
        """Changes what kind of case it is."""
        return answered(
            await cases.reclassify(
                work_of(info),
                key(store.Case, input.case_id),
                category_id=maybe(input.category_id, lambda id: key(store.CaseCategory, id)),
                unless=info.context.place(input.unless_changed_since),
            )
        )

    @action
    async def watch_case(self, info: DeskInfo, input: WatchCaseInput) -> CasePayload:
        """Follows or stops following a case."""
        return answered(await notifications.watch(work_of(info), key(store.Case, input.case_id), watching=input.watch))
