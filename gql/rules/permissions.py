"""The table of actions and who may do them: asked by every action, and by `viewerActions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gql.actor import Actor
from gql.enums import CaseAction, Role
from gql.errors import DeskError, Forbidden, NotNow
from gql.rules.lifecycle import Status, StatusBook, leads_to, next_statuses, reopens

State = Callable[[Status, Actor, StatusBook], bool]


def _always(status: Status, actor: Actor, book: StatusBook) -> bool:
    return True


def _not_final(status: Status, actor: Actor, book: StatusBook) -> bool:
    return not status.is_final


def _can_be_taken(status: Status, actor: Actor, book: StatusBook) -> bool:
    in_progress = book.status("IN_PROGRESS")
    return status.id == in_progress.id or leads_to(status, in_progress)


def _something_follows(status: Status, actor: Actor, book: StatusBook) -> bool:
    return bool(next_statuses(status, actor, book))


def _can_be_resolved(status: Status, actor: Actor, book: StatusBook) -> bool:
    return leads_to(status, book.status("RESOLVED"))


def _can_be_reopened(status: Status, actor: Actor, book: StatusBook) -> bool:
    return reopens(status)


def _can_be_cancelled(status: Status, actor: Actor, book: StatusBook) -> bool:
    # a customer gives up his own case at any stage; an agent follows the lists of statuses
    return not status.is_final and (not actor.is_staff or leads_to(status, book.status("CANCELED")))


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do an action, and in which state of the case."""

    role: Role
    """The lowest role of employees that may."""
    customers: bool
    """Whether customers may, on their own cases."""
    state: State
    not_now: str
    """What is said in another state."""


PERMISSIONS: dict[CaseAction, Permission] = {
    CaseAction.TAKE: Permission(Role.AGENT, False, _can_be_taken, "A case that is {status} cannot be taken."),
    CaseAction.ASSIGN: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be assigned."),
    CaseAction.ESCALATE: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be escalated."),
    CaseAction.EDIT: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be edited."),
    CaseAction.CHANGE_STATUS: Permission(Role.AGENT, False, _something_follows, "No status follows {status}."),
    CaseAction.RESOLVE: Permission(Role.AGENT, False, _can_be_resolved, "A case that is {status} cannot be resolved."),
    CaseAction.REOPEN: Permission(Role.AGENT, False, _can_be_reopened, "A case that is {status} cannot be reopened."),
    CaseAction.CANCEL: Permission(Role.AGENT, True, _can_be_cancelled, "A case that is {status} cannot be cancelled."),
    CaseAction.POST_TO_FEED: Permission(Role.AGENT, False, _always, ""),
    CaseAction.POST_TO_PORTAL: Permission(
        Role.AGENT, True, _not_final, "The case is {status}: the conversation with the customer has ended."
    ),
}


def refusal(action: CaseAction, status: Status, actor: Actor, book: StatusBook) -> DeskError | None:
    """Why the actor may not do it to a case that he sees, now; None when he may."""
    permission = PERMISSIONS[action]
    if not (actor.may(permission.role) if actor.is_staff else permission.customers):
        return Forbidden(f"{'Your role' if actor.is_staff else 'A customer'} may not do this.")
    if not permission.state(status, actor, book):
        return NotNow(permission.not_now.format(status=status.name.lower()))
    return None


def open_actions(status: Status, assignee_id: int | None, actor: Actor, lookups: StatusBook) -> list[CaseAction]:
    """What the viewer may do with the case now. Taking what is his, or another's in progress, is not offered."""
    possible = [action for action in CaseAction if refusal(action, status, actor, lookups) is None]
    if assignee_id is not None and status.id == lookups.status("IN_PROGRESS").id and CaseAction.TAKE in possible:
        possible.remove(CaseAction.TAKE)
    return possible
