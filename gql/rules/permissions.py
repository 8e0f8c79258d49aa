"""The tables of actions and who may do them: asked by every action, and by what tells the viewer his actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gql.actor import Actor
from gql.enums import CaseAction, DeskAction, PortalRole, Role
from gql.errors import DeskError, Forbidden, NotNow
from gql.rules.lifecycle import Status, StatusBook, leads_to, next_statuses, reopens, resolved_statuses, steps

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
    return bool(resolved_statuses(status, actor, book))


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


NO_WORD_MORE = "The case is {status}: the conversation with the customer has ended."

PERMISSIONS: dict[CaseAction, Permission] = {
    CaseAction.TAKE: Permission(Role.AGENT, False, _can_be_taken, "A case that is {status} cannot be taken."),
    CaseAction.ASSIGN: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be assigned."),
    CaseAction.ESCALATE: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be escalated."),
    CaseAction.RECLASSIFY: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be reclassified."),
    CaseAction.EDIT: Permission(Role.AGENT, False, _not_final, "A case that is {status} cannot be edited."),
    CaseAction.CHANGE_STATUS: Permission(Role.AGENT, False, _something_follows, "No status follows {status}."),
    CaseAction.RESOLVE: Permission(Role.AGENT, False, _can_be_resolved, "A case that is {status} cannot be resolved."),
    CaseAction.REOPEN: Permission(Role.AGENT, False, _can_be_reopened, "A case that is {status} cannot be reopened."),
    CaseAction.CANCEL: Permission(Role.AGENT, True, _can_be_cancelled, "A case that is {status} cannot be cancelled."),
    CaseAction.MERGE: Permission(Role.SUPERVISOR, False, _not_final, "A case that is {status} cannot be merged."),
    CaseAction.LINK: Permission(Role.AGENT, False, _always, ""),
    CaseAction.POST_TO_FEED: Permission(Role.AGENT, False, _always, ""),
    CaseAction.POST_TO_PORTAL: Permission(Role.AGENT, True, _not_final, NO_WORD_MORE),
    CaseAction.ADD_TASK: Permission(Role.AGENT, False, _not_final, "A case that is {status} is given no task."),
    CaseAction.CHANGE_TASK: Permission(Role.AGENT, False, _always, ""),
    CaseAction.RECORD_CALL: Permission(Role.AGENT, False, _always, ""),
    CaseAction.RATE: Permission(Role.SUPERVISOR, True, _always, ""),
    CaseAction.REWRITE: Permission(Role.AGENT, False, _always, ""),
    CaseAction.EDIT_MESSAGE: Permission(Role.AGENT, False, _not_final, NO_WORD_MORE),
    CaseAction.HIDE_MESSAGE: Permission(Role.SUPERVISOR, False, _always, ""),
    CaseAction.COMPLAIN: Permission(Role.AGENT, True, _always, ""),
}


@dataclass(frozen=True, slots=True)
class DeskPermission:
    """Who may do an action that is not about one case."""

    role: Role
    """The lowest role of employees that may."""
    customers: bool = False
    """Whether customers may."""
    organisation: bool = False
    """Whether a customer who administers his organisation may, within it (R-141)."""


DESK_PERMISSIONS: dict[DeskAction, DeskPermission] = {
    DeskAction.REGISTER_CASE: DeskPermission(Role.AGENT, customers=True),
    DeskAction.SET_PRESENCE: DeskPermission(Role.AGENT),
    DeskAction.ADD_CONTACT: DeskPermission(Role.AGENT),
    DeskAction.EDIT_CONTACT: DeskPermission(Role.AGENT),
    DeskAction.ADD_ACCOUNT: DeskPermission(Role.AGENT),
    DeskAction.EDIT_ACCOUNT: DeskPermission(Role.AGENT),
    DeskAction.INVITE_USER: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.EDIT_USER: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.DEACTIVATE_USER: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.REACTIVATE_USER: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.RESET_PASSWORD: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.INVITE_PORTAL_USER: DeskPermission(Role.ADMINISTRATOR, organisation=True),
    DeskAction.CHANGE_PORTAL_USER: DeskPermission(Role.ADMINISTRATOR, organisation=True),
    DeskAction.DEACTIVATE_PORTAL_USER: DeskPermission(Role.ADMINISTRATOR, organisation=True),
    DeskAction.RESET_PORTAL_PASSWORD: DeskPermission(Role.ADMINISTRATOR, organisation=True),
    DeskAction.ERASE_CONTACT: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.SET_OUT_OF_OFFICE: DeskPermission(Role.AGENT),
    DeskAction.SET_OTHERS_OUT_OF_OFFICE: DeskPermission(Role.SUPERVISOR),
    DeskAction.CHANGE_LOOKUP: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.CHANGE_SETTING: DeskPermission(Role.ADMINISTRATOR),
    DeskAction.READ_AUDIT_TRAIL: DeskPermission(Role.ADMINISTRATOR),
}


LEADING_ON = {CaseAction.TAKE, CaseAction.CHANGE_STATUS, CaseAction.RESOLVE, CaseAction.REOPEN, CaseAction.CANCEL}
"""Actions that lead to another status."""


def _forbidden(role: Role, customers: bool, actor: Actor) -> Forbidden | None:
    if actor.may(role) if actor.is_staff else customers:
        return None
    return Forbidden(f"{'Your role' if actor.is_staff else 'A customer'} may not do this.")


def is_a_colleagues(contact_id: int | None, actor: Actor) -> bool:
    """Whether a case that a customer sees is another's: he reads it, and does nothing to it (R-141)."""
    return not actor.is_staff and contact_id != actor.contact_id


def refusal(
    action: CaseAction, status: Status, contact_id: int | None, actor: Actor, book: StatusBook
) -> DeskError | None:
    """Why the actor may not do it to a case that he sees, now; None when he may."""
    permission = PERMISSIONS[action]
    forbidden = _forbidden(permission.role, permission.customers and not is_a_colleagues(contact_id, actor), actor)
    if forbidden is not None:
        return forbidden
    if not permission.state(status, actor, book):
        return NotNow(permission.not_now.format(status=status.name.lower()) + _instead(action, status, actor, book))
    return None


def _instead(action: CaseAction, status: Status, actor: Actor, book: StatusBook) -> str:
    """For an action that leads to another status: which ones can be reached (R-23)."""
    names = [to.name for _, to in steps(status, actor, book)] if action in LEADING_ON else []
    return f" These follow: {', '.join(names)}." if names else ""


def desk_refusal(action: DeskAction, actor: Actor) -> Forbidden | None:
    """Why the actor may not do what is not about one case; None when he may."""
    permission = DESK_PERMISSIONS[action]
    customers = permission.customers or (permission.organisation and actor.administers_organisation)
    return _forbidden(permission.role, customers, actor)


def open_desk_actions(sight: Actor) -> list[DeskAction]:
    """What the viewer may do beside what each case tells."""
    return [action for action in DeskAction if desk_refusal(action, sight) is None]


def open_actions(
    status: Status,
    assignee_id: int | None,
    contact_id: int | None,
    merged_into_id: int | None,
    actor: Actor,
    lookups: StatusBook,
) -> list[CaseAction]:
    """What the viewer may do with the case now. Taking what is his, or another's in progress, is not offered.

    What is written on the portal of a case that was merged reaches the one that goes on, so it is offered there.
    """
    refused = {action: refusal(action, status, contact_id, actor, lookups) for action in CaseAction}
    possible = [action for action, error in refused.items() if error is None]
    if merged_into_id is not None and isinstance(refused[CaseAction.POST_TO_PORTAL], NotNow):
        possible.append(CaseAction.POST_TO_PORTAL)
    if assignee_id is not None and status.id == lookups.status("IN_PROGRESS").id and CaseAction.TAKE in possible:
        possible.remove(CaseAction.TAKE)
    return possible


# ---------------------------------------------------------------- the tables for people to read

EMPLOYEES = {role.value.capitalize(): Actor(role=role, user_id=0) for role in Role}
ORGANISATION = Actor.customer(0, 0, 0, PortalRole.ADMINISTRATOR)


def permissions_page() -> str:
    """The tables of docs/permissions.md: who may do what, asked of the rules themselves."""
    cases = [
        (
            action.value,
            *(_forbidden(permission.role, False, actor) is None for actor in EMPLOYEES.values()),
            permission.customers,
            permission.not_now.replace("{status}", "...") or "in any status",
        )
        for action, permission in PERMISSIONS.items()
    ]
    customers = (Actor(contact_id=0), ORGANISATION)
    desk = [
        (action.value, *(desk_refusal(action, actor) is None for actor in (*EMPLOYEES.values(), *customers)))
        for action in DESK_PERMISSIONS
    ]
    return (
        _table(("about a case", *EMPLOYEES, "Customer, his own case", "refused by its status"), cases)
        + "\n"
        + _table(("not about one case", *EMPLOYEES, "Customer", "Organisation's administrator"), desk)
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str | bool]]) -> str:
    shown = [[("yes" if cell else "") if isinstance(cell, bool) else cell for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *shown]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
