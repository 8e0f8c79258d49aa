"""What cases are to each other: parents, typed links, and merging."""

from __future__ import annotations

from tortoise.expressions import Q

from gql.actions import tasks
from gql.actions.lifecycle import call_off
from gql.actions.unit_of_work import Work
from gql.enums import CaseAction, CaseLinkKind
from gql.errors import Invalid, Limit, NotFound, NotNow
from gql.events.cases import CaseChildAdded, CaseChildRemoved, CaseLinked, CaseMerged, CaseParentChanged, CaseUnlinked
from gql.events.event import Event, Named
from gql.store.cases import Case
from gql.store.joining import CaseLink, join_threads, lies_within, may_be_seen_together, one_at_a_time

MOST_LINKS = 100


async def set_parent(work: Work, case: Case, parent_id: int | None) -> None:
    """Makes a case part of another, or of none (R-156); under `one_at_a_time`. Raises NotFound, Invalid, NotNow."""
    if parent_id == case.id:
        raise Invalid("A case is not part of itself.", field="parentId")
    parent = None if parent_id is None else await work.case(parent_id, CaseAction.LINK, field="parentId")
    if parent_id == case.parent_id:
        return
    if parent is not None and parent.merged_into_id is not None:
        goes_on = await Case.get(id=parent.thread_id)
        raise NotNow(f"{parent.number} was merged: name {goes_on.number}, which goes on.", field="parentId")
    if parent is not None and await lies_within(parent.id, case.id):
        raise Invalid(f"{parent.number} is part of this case.", field="parentId")
    former = await _held(work, case.parent_id)
    await _go(work, case, former, parent)


async def _held(work: Work, case_id: int | None) -> Case | None:
    """A case of which the actor knows nothing perhaps, locked to be told on."""
    return None if case_id is None else (await work.all_cases(Q(id=case_id)))[0]


async def _go(work: Work, case: Case, former: Case | None, parent: Case | None) -> None:
    """Takes a case out of one and puts it into another; all sides tell it.

    The way out and the way in are told apart, for a customer may see one of the two and not the other.
    """
    case.parent_id = parent.id if parent else None
    if former is not None:
        both = await may_be_seen_together(case, former)
        tell_of(work, case, former, CaseParentChanged(None, numbered(former), for_customer=both))
        tell_of(work, former, case, CaseChildRemoved(numbered(case), for_customer=both))
    if parent is not None:
        both = await may_be_seen_together(case, parent)
        tell_of(work, case, parent, CaseParentChanged(numbered(parent), None, for_customer=both))
        tell_of(work, parent, case, CaseChildAdded(numbered(case), for_customer=both))


def tell_of(work: Work, case: Case, other: Case, event: Event) -> None:
    """Records on one case what tells of another."""
    work.record(case, event).other_case_id = other.id


async def merge(work: Work, case_id: int | None, into_case_id: int | None) -> tuple[Case, Case]:
    """Ends a case and joins its conversation to another, which goes on; answers both.

    What was part of the first and what was to be done about it goes along. The step is the desk's own: it asks no list
    of statuses (R-23), but never leaves a final one (R-22).

    Raises NotFound, Forbidden, NotNow, Invalid.
    """
    await one_at_a_time()
    ended = await work.case(case_id, CaseAction.MERGE)
    if case_id == into_case_id:
        raise Invalid("A case is not merged into itself.", field="intoCaseId")
    into = await work.case(into_case_id, CaseAction.MERGE, field="intoCaseId")
    code = work.lookups.closure_code(work.lookups.settings["CaseMergeClosureCode"])
    call_off(work, ended, code, f"Merged into {into.number}.")
    await join_threads(ended, into)
    both = await may_be_seen_together(ended, into)
    tell_of(work, into, ended, CaseMerged(numbered(ended), for_customer=both))
    await _bring_parts(work, ended, into)
    await tasks.bring_along(work, ended, into)
    return ended, into


async def _bring_parts(work: Work, ended: Case, into: Case) -> None:
    """Makes the parts of a case that ended parts of the one that goes on; that one, were it among them, of none."""
    was_part = await lies_within(into.id, ended.id)
    for part in await work.all_cases(Q(parent_id=ended.id) & ~Q(id=into.id)):
        await _go(work, part, ended, into)
    if was_part:
        await _go(work, into, await _held(work, into.parent_id), None)


async def link(work: Work, case_id: int | None, to_case_id: int | None, kind: CaseLinkKind) -> Case:
    """Links a case with another, from both sides; what is linked already stays so.

    Raises NotFound, Invalid, Limit, Forbidden.
    """
    case, to = await _both(work, case_id, to_case_id)
    if not await CaseLink.exists(case_id=case.id, to_case_id=to.id, kind=kind):
        if case.thread_id is not None and case.thread_id == to.thread_id:
            raise Invalid("The cases were merged: they are one.", field="toCaseId")
        await add_link(work, case, to, kind, field="toCaseId")
    return case


async def add_link(work: Work, case: Case, to: Case, kind: CaseLinkKind, *, field: str) -> None:
    """Links two cases that the work holds; under `one_at_a_time`. Raises Limit."""
    for side, other, seen_as in ((case, to, kind), (to, case, kind.inverse)):
        if await CaseLink.filter(case_id=side.id).count() >= MOST_LINKS:
            raise Limit(f"{side.number} has {MOST_LINKS} links already.", field=field)
        await CaseLink.create(case_id=side.id, to_case_id=other.id, kind=seen_as)
        work.record(side, CaseLinked(seen_as.value, numbered(other)))


async def unlink(work: Work, case_id: int | None, to_case_id: int | None, kind: CaseLinkKind) -> Case:
    """Takes a link away, from both sides. Raises NotFound, Invalid, Forbidden."""
    case, to = await _both(work, case_id, to_case_id)
    for side, other, seen_as in ((case, to, kind), (to, case, kind.inverse)):
        if not await CaseLink.filter(case_id=side.id, to_case_id=other.id, kind=seen_as).delete():
            raise NotFound("link", field="kind")
        work.record(side, CaseUnlinked(seen_as.value, numbered(other)))
    return case


async def _both(work: Work, case_id: int | None, to_case_id: int | None) -> tuple[Case, Case]:
    await one_at_a_time()
    case = await work.case(case_id, CaseAction.LINK)
    if case_id == to_case_id:
        raise Invalid("A case is not linked with itself.", field="toCaseId")
    return case, await work.case(to_case_id, CaseAction.LINK, field="toCaseId")


def numbered(case: Case) -> Named:
    """A case as events name it."""
    return Named(case.id, case.number)
