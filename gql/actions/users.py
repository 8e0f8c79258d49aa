"""Employees: inviting them, what they are, shutting them out and letting them in again."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import F, Q, Subquery

from gql.actions import logins, portal, tasks
from gql.actions.edits import LEFT_OUT, alone, unless_changed
from gql.actions.unit_of_work import Work
from gql.cursor import Place
from gql.enums import DeskAction, LookupKind, Role, TaskStatus
from gql.errors import Limit, NotFound, NotNow, Required
from gql.events.cases import CaseAssigned
from gql.events.event import Change, Named
from gql.events.lookups import LookupChanged
from gql.events.people import LoginChanged, PasswordReset, UserChanged, UserDeactivated, UserInvited, UserReactivated
from gql.rules import text
from gql.rules.lookups import MOST_MEMBERSHIPS
from gql.store.joining import one_at_a_time
from gql.store.people import Group, Login, User
from gql.store.tasks import Task
from gql.store.words import name_key, searchable


async def invite(
    work: Work,
    *,
    login: str,
    name: str,
    role: Role,
    email: str | None = None,
    time_zone: str | None = None,
    group_ids: Sequence[int] = (),
) -> Login:
    """Adds an employee with a login that has no password yet. Raises Forbidden, Required, Invalid, NotFound, Limit."""
    work.may(DeskAction.INVITE_USER)
    user = User(name=text.required(name, text.NAME, "name", "A name"), role=role)
    user.email = text.email(email, "email")
    user.time_zone = _zone(time_zone)
    if group_ids:
        await alone()
    groups = await _groups(work, group_ids)
    way_in = await logins.add_user(user, login, "", ())
    given = _described(user, groups)
    changes = tuple(Change(field, None, after) for field, after in given.items() if after is not None)
    work.record_elsewhere(UserInvited(Named(user.id, user.name), changes))
    await _put_into(work, user, [], groups)
    return way_in


async def edit(
    work: Work,
    user_id: int | None,
    *,
    name: str | None = LEFT_OUT,
    email: str | None = LEFT_OUT,
    role: Role | None = LEFT_OUT,
    time_zone: str | None = LEFT_OUT,
    group_ids: Sequence[int] | None = LEFT_OUT,
    unless: Place | None = None,
) -> User:
    """Changes an employee; what is left out stays, null clears. With another role he signs in again to have it.

    Raises Forbidden, Required, Invalid, NotFound, NotNow, Limit, and Changed when he changed after `unless` (R-171).
    """
    work.may(DeskAction.EDIT_USER)
    if group_ids is not LEFT_OUT:
        await alone()
    user = await _employee(work, user_id)
    unless_changed(user, unless)
    former = groups = await Group.filter(members=user.id).order_by("id")
    before, former_role = _described(user, groups), user.role
    if name is not LEFT_OUT:
        user.name = text.required(name, text.NAME, "name", "A name")
    if email is not LEFT_OUT:
        user.email = text.email(email, "email")
    if time_zone is not LEFT_OUT:
        user.time_zone = _zone(time_zone)
    if role is not LEFT_OUT:
        if role is None:
            raise Required("An employee has a role.", field="role")
        if role is not Role.ADMINISTRATOR:
            await _administrators_but(user)
        user.role = role
    if group_ids is not LEFT_OUT:
        groups = await _groups(work, group_ids or (), groups)
    now = _described(user, groups)
    changes = tuple(Change(field, before[field], now[field]) for field in now if now[field] != before[field])
    if not changes:
        return user
    user.name_key, user.words = name_key(user.name), searchable(user.name, user.email)
    user.version += 1
    await user.save()
    work.record_elsewhere(UserChanged(Named(user.id, user.name), changes))
    await _put_into(work, user, former, groups)
    for login in await _logins(user):
        if user.role is former_role:
            work.record_elsewhere(LoginChanged(login.id))
        else:
            await logins.end_all(work, login)
    return user


async def deactivate(work: Work, user_id: int | None) -> User:
    """Shuts an employee out, everywhere and at once; his open cases and tasks go to others (decision 20).

    Raises Forbidden, NotFound, and NotNow for the last who could administer the desk.
    """
    work.may(DeskAction.DEACTIVATE_USER)
    user = await _employee(work, user_id)
    if not user.active:
        return user
    await _administrators_but(user)
    user.active, user.version = False, user.version + 1
    await user.save(update_fields=["active", "version"])
    for login in await _logins(user):
        login.active = False
        await logins.end_all(work, login)
    released = await _release(work, user)
    work.record_elsewhere(UserDeactivated(Named(user.id, user.name), released))
    return user


async def reactivate(work: Work, user_id: int | None) -> User:
    """Lets an employee in again, with the password he had. Raises Forbidden, NotFound."""
    work.may(DeskAction.REACTIVATE_USER)
    user = await _employee(work, user_id)
    if user.active:
        return user
    user.active, user.version = True, user.version + 1
    await user.save(update_fields=["active", "version"])
    for login in await _logins(user):
        login.active = True
        await logins.end_all(work, login)
    work.record_elsewhere(UserReactivated(Named(user.id, user.name)))
    return user


async def reset_password(work: Work, user_id: int | None) -> Login:
    """Takes an employee's password away and ends all his tokens. Raises Forbidden, NotFound, NotNow."""
    work.may(DeskAction.RESET_PASSWORD)
    user = await _employee(work, user_id)
    login = next(iter(await _logins(user)), None)
    if login is None or not user.active:
        raise NotNow("He may not come in: reactivate him first.")
    login.password_hash = ""
    await logins.end_all(work, login)
    work.record_elsewhere(PasswordReset(Named(user.id, user.name)))
    login.user = user
    return login


async def shut_out(work: Work, login_name: str) -> None:
    """Deactivates whoever the login belongs to. Raises what deactivating an employee or a portal user does."""
    login = await logins.by_name(login_name)
    if login.user_id is not None:
        await deactivate(work, login.user_id)
    else:
        await portal.deactivate(work, login.contact_id)


async def _release(work: Work, user: User) -> int:
    """Puts the cases that have not ended back to their groups, else to the default group of their line (R-58), and
    hands his tasks over; how many cases."""
    await one_at_a_time()
    final = work.lookups.final_status_ids
    his = Q(assignee_id=user.id) & ~Q(status_id__in=final)
    tasked = Task.filter(owner_id=user.id, status=TaskStatus.OPEN)
    held = await work.all_cases(his | Q(id__in=Subquery(tasked.values("case_id"))))
    cases = [case for case in held if case.assignee_id == user.id and case.status_id not in final]
    named = {group.id: Named(group.id, group.name) for group in await Group.all()}
    for case in cases:
        case.assignee_id = None
        if case.assignee_group_id is None:
            default = work.lookups.default_group(case.support_line_id)
            case.assignee_group_id = default.id if default else None
        group = None if case.assignee_group_id is None else named[case.assignee_group_id]
        work.record(case, CaseAssigned(None, group))
    await tasks.hand_over(work, user, held)
    return len(cases)


async def _employee(work: Work, user_id: int | None) -> User:
    """The employee, locked, and with him the administrators. Raises NotFound."""
    # all by their ids: two who shut each other out must not wait for each other
    wanted = Q(id=user_id) | Q(role=Role.ADMINISTRATOR, active=True)
    rows = await User.filter(User.visible_to(work.actor), wanted).order_by("id").select_for_update(no_key=True)
    user = next((row for row in rows if row.id == user_id), None)
    if user is None:
        raise NotFound("employee", field="userId")
    return user


async def _logins(user: User) -> list[Login]:
    return await Login.filter(user_id=user.id).order_by("id").select_for_update(no_key=True)


async def _administrators_but(user: User) -> None:
    """Sees that somebody else can administer the desk when he no longer does; `_employee` has locked them, so that of
    two at once the second waits for the first. Raises NotNow."""
    if not user.active or user.role is not Role.ADMINISTRATOR:
        return
    others = Login.filter(user__role=Role.ADMINISTRATOR, user__active=True, active=True).exclude(user_id=user.id)
    if not await others.exclude(password_hash="").exists():
        raise NotNow("Nobody else could administer the desk.", field="userId")


async def _groups(work: Work, ids: Sequence[int], former: Sequence[Group] = ()) -> list[Group]:
    """Groups that are named. Raises Limit, and NotFound for what is not there, or was retired and is new to him."""
    wanted = set(ids)
    if len(wanted) > MOST_MEMBERSHIPS:
        raise Limit(f"An employee is in {MOST_MEMBERSHIPS} groups at most.", field="groupIds")
    named = Group.filter(Group.visible_to(work.actor), id__in=wanted).order_by("id")
    groups = [group for group in await named if group.in_use or group in former] if wanted else []
    if len(groups) < len(wanted):
        raise NotFound("group", field="groupIds")
    return groups


async def _put_into(work: Work, user: User, former: list[Group], groups: list[Group]) -> None:
    """Makes these the groups of the employee, `alone`; each that he joins or leaves is changed by it."""
    for group in sorted({*former} ^ {*groups}, key=lambda group: group.id):
        before = await _members(group)
        await (group.members.remove(user) if group in former else group.members.add(user))
        await Group.filter(id=group.id).update(version=F("version") + 1)
        change = Change("members", before, await _members(group))
        named = Named(group.id, group.name)
        work.record_elsewhere(LookupChanged(LookupKind.GROUP.value, named, False, (change,)))


async def _members(group: Group) -> str | None:
    """Who is in a group, as text."""
    return ", ".join([user.name for user in await group.members.all().order_by("id")]) or None


def _described(user: User, groups: Sequence[Group]) -> dict[str, str | None]:
    """What is known of an employee, as text; what is empty is null."""
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role.value,
        "timeZone": user.time_zone or None,
        "groups": ", ".join(group.name for group in groups) or None,
    }


def _zone(name: str | None) -> str:
    """A time zone by its IANA name; nothing where the desk's is meant. Raises Invalid, Limit."""
    zone = text.checked(name, text.NAME, "timeZone") or ""
    text.time_zone(zone, "timeZone")
    return zone
