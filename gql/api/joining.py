"""What cases are to each other: merging them, linking them, and taking links away."""

from __future__ import annotations

from typing import Any

import strawberry

from gql import store
from gql.actions import joining
from gql.api.cases import Case, CasePayload, answered
from gql.api.history import HistoryEntry
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.scalars import key
from gql.engine.declare import computed, form, given, node, payload, value
from gql.enums import CaseLinkKind


@node(store.Entry, kind="CaseParentChanged")
class CaseParentChanged(HistoryEntry):
    """The case became part of another, or is so no more; of one that goes from one to another there is an entry of
    each."""

    parent: Case | None = payload("parent.id")
    """Null when there is none, or the viewer may not see it."""
    former_parent: Case | None = payload("former_parent.id")
    """Null when there was none, or the viewer may not see it."""


@node(store.Entry, kind="CaseChildAdded")
class CaseChildAdded(HistoryEntry):
    """Another case became part of this one, and its history tells it too."""

    child: Case | None = payload("child.id")
    """Null when the viewer may not see it."""


@node(store.Entry, kind="CaseChildRemoved")
class CaseChildRemoved(HistoryEntry):
    """Another case is no longer part of this one, and its history tells it too."""

    child: Case | None = payload("child.id")
    """Null when the viewer may not see it."""


@node(store.Entry, kind="CaseComplainedAbout")
class CaseComplainedAbout(HistoryEntry):
    """The customer complained about the case."""

    complaint: Case | None = payload("complaint.id")
    """The case that the complaint is; null when the viewer may not see it."""


@node(store.Entry, kind="CaseMerged")
class CaseMerged(HistoryEntry):
    """Another case was joined to this one. Both show one history from now on, so read it again; each entry is seen by
    those who see the case that it belongs to."""

    from_: Case | None = payload("from.id")
    """The case that ended. Null when the viewer may not see it."""


def link_of(payload: dict[str, Any]) -> CaseLinkKind:
    return CaseLinkKind(payload["link"])


@node(store.Entry, kind="CaseLinked")
class CaseLinked(HistoryEntry):
    """The case was linked with another. The other's history tells it from its side."""

    link: CaseLinkKind = computed(link_of)
    """What this case is to the other."""
    other: Case | None = payload("other.id")
    """Null when the viewer may not see it."""


@node(store.Entry, kind="CaseUnlinked")
class CaseUnlinked(HistoryEntry):
    """A link with another case was taken away. The other's history tells it too."""

    link: CaseLinkKind = computed(link_of)
    """What this case was to the other."""
    other: Case | None = payload("other.id")
    """Null when the viewer may not see it."""


@form
class MergeCasesInput:
    """For mergeCases."""

    case_id: strawberry.ID
    """The case that ends."""
    into_case_id: strawberry.ID
    """The case that goes on."""


@value
class MergeCasesPayload(Payload):
    """Both cases as they now are."""

    ended: Case | None
    into: Case | None


@form
class LinkCasesInput:
    """For linkCases."""

    case_id: strawberry.ID
    to_case_id: strawberry.ID
    kind: CaseLinkKind
    """What the first is to the other: `DUPLICATES`, say."""


@form
class UnlinkCasesInput:
    """For unlinkCases."""

    case_id: strawberry.ID
    to_case_id: strawberry.ID
    kind: CaseLinkKind
    """What the first is to the other."""


@strawberry.type
class JoiningMutations:
    @action
    async def merge_cases(self, info: DeskInfo, input: MergeCasesInput) -> MergeCasesPayload:
        """Joins one case to another: the first is cancelled and its conversation is shown on the second. What was part
        of the first, and its open tasks, are the second's then. What is written on the first later reaches the
        second."""
        case, into = key(store.Case, input.case_id), key(store.Case, input.into_case_id)
        ended, goes_on = await joining.merge(work_of(info), case, into)
        return MergeCasesPayload(ended=given(Case, ended), into=given(Case, goes_on))

    @action
    async def link_cases(self, info: DeskInfo, input: LinkCasesInput) -> CasePayload:
        """Links a case with another, from both sides. What is linked already stays so."""
        case, to = key(store.Case, input.case_id), key(store.Case, input.to_case_id)
        return answered(await joining.link(work_of(info), case, to, input.kind))

    @action
    async def unlink_cases(self, info: DeskInfo, input: UnlinkCasesInput) -> CasePayload:
        """Takes a link away, from both sides."""
        case, to = key(store.Case, input.case_id), key(store.Case, input.to_case_id)
        return answered(await joining.unlink(work_of(info), case, to, input.kind))
