"""Ways in: signing in and out, passwords, and who may come in at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Q, Subquery

from gql.actions.unit_of_work import Work
from gql.actor import Actor
from gql.enums import Role
from gql.errors import Invalid, NotFound, Unauthenticated
from gql.events import LoginChanged
from gql.rules import text
from gql.store.lookups import Lookups
from gql.store.people import Contact, EndedToken, Group, Login, User
from gql.store.words import name_key, searchable
from gql.store.written import Written
from gql.tokens import Token, fits, hash_password

LONGEST_PASSWORD = 1_000
AT_ONCE = 5_000
"""Tokens that are looked up in one go, for a statement takes only so many parameters."""


async def sign_in(name: str, password: str) -> Login:
    """The login that the password opens. Raises Invalid, alike for a wrong password and an unknown login."""
    login = await Login.get_or_none(name=name_key(name)) if "\0" not in name else None
    good = len(password) <= LONGEST_PASSWORD and await fits(password, login.password_hash if login else None)
    if login is None or not good or not login.active:
        raise Invalid("This login and this password do not belong together.", field="password")
    return login


async def actor_of(token: Token, lookups: Lookups) -> Actor:
    """Who asks with the token, now. Raises Unauthenticated when it was ended, or the login may not come in."""
    for id, user_id, contact_id, role, active, name in await STANDING.records(
        token.login_id, token.generation, token.id
    ):
        if user_id is None:
            return Actor(id, contact_id=contact_id)
        if active:
            groups: tuple[int, ...] | None = None
            if role == Role.AGENT.value and lookups.settings["AgentSight"] == "OWN_GROUPS":
                groups = tuple(row[0] for row in await GROUPS_OF.records(user_id))
            return Actor(id, Role(role), user_id, None, groups, name)
    raise Unauthenticated("The token was ended: sign in again.")


def _standing(id: int, generation: int, token: str) -> Any:
    ended = Subquery(EndedToken.filter(token=token).values("login_id"))
    good = Login.filter(id=id, generation=generation, active=True).filter(~Q(id__in=ended))
    return good.values_list("id", "user_id", "contact_id", "user__role", "user__active", "user__name")


STANDING = Written(Login, _standing)
GROUPS_OF = Written(Group, lambda user: Group.filter(members=user).order_by("id").values_list("id"))


async def actors_of(tokens: Sequence[Token], lookups: Lookups) -> dict[str, Actor]:
    """Who asks with each of many tokens, by the token's id, now. Tokens that are good no more are left out."""
    actors: dict[str, Actor] = {}
    for begin in range(0, len(tokens), AT_ONCE):
        some = tokens[begin : begin + AT_ONCE]
        ids = [token.id for token in some]
        ended: set[Any] = set(await EndedToken.filter(token__in=ids).values_list("token", flat=True))
        logins = Login.filter(id__in={token.login_id for token in some}, active=True)
        known = {row[0]: row for row in await logins.values_list(*_STANDING)}
        groups = await _own_groups([row[2] for row in known.values() if row[4] is Role.AGENT], lookups)
        for token in some:
            login = known.get(token.login_id)
            if login is None or token.id in ended or login[1] != token.generation or login[5] is False:
                continue
            id, _, user_id, contact_id, role, _, name = login
            actors[token.id] = Actor(id, role, user_id, contact_id, groups.get(user_id), name)
    return actors


_STANDING = ("id", "generation", "user_id", "contact_id", "user__role", "user__active", "user__name")


async def _own_groups(user_ids: list[int], lookups: Lookups) -> dict[int, tuple[int, ...]]:
    """The groups of agents who see no other groups' cases; nothing where they see all."""
    if not user_ids or lookups.settings["AgentSight"] != "OWN_GROUPS":
        return {}
    groups: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
    memberships: Any = Group.filter(members__id__in=user_ids).order_by("id").values_list("members__id", "id")
    for user_id, group_id in await memberships:
        groups[user_id].append(group_id)
    return {user_id: tuple(ids) for user_id, ids in groups.items()}


async def change_password(work: Work, *, old: str, new: str) -> Login:
    """Changes the actor's password and ends all tokens he has (one is to be issued anew). Raises Invalid, Limit."""
    login = await Login.filter(id=work.actor.login_id).select_for_update().get()
    if len(old) > LONGEST_PASSWORD or not await fits(old, login.password_hash):
        raise Invalid("This is not the present password.", field="oldPassword")
    login.password_hash = await hashed(new)
    await _end_all(work, login)
    return login


async def sign_out(work: Work, token: Token, *, everywhere: bool) -> None:
    """Ends the token that asks, or all tokens of the login."""
    login = await Login.filter(id=token.login_id).select_for_update().get()
    if everywhere:
        await _end_all(work, login)
        return
    await EndedToken.filter(expires_at__lt=work.now).delete()
    await EndedToken.get_or_create(token=token.id, defaults={"login_id": login.id, "expires_at": token.expires_at})
    work.record_elsewhere(LoginChanged(login.id))


async def add_employee(
    work: Work,
    *,
    login: str,
    password_hash: str,
    name: str,
    role: Role,
    email: str | None = None,
    time_zone: str = "",
    group_ids: Sequence[int] = (),
) -> User:
    """An employee with a login, in some groups. Raises Required, Invalid, Limit."""
    written = text.required(name, text.NAME, "name", "A name")
    user = await User.create(
        name=written,
        name_key=name_key(written),
        email=email,
        role=role,
        time_zone=time_zone,
        words=searchable(written, email),
    )
    await _add_login(login, password_hash, user_id=user.id)
    for group in await Group.filter(id__in=list(group_ids)):
        await group.members.add(user)
    return user


async def let_in(work: Work, contact: Contact, *, login: str, password_hash: str) -> None:
    """Gives a contact a login for the portal. Raises Required, Invalid, Limit."""
    await _add_login(login, password_hash, contact_id=contact.id)


async def deactivate(work: Work, login_name: str) -> None:
    """Shuts a login out, everywhere and at once. Raises NotFound."""
    login = await _by_name(login_name)
    login.active = False
    await _end_all(work, login)


async def reset_password(work: Work, login_name: str, *, password_hash: str) -> None:
    """A new password, without the old one; opens a login that was shut. Raises NotFound."""
    login = await _by_name(login_name)
    login.active = True
    login.password_hash = password_hash
    await _end_all(work, login)


async def change_role(work: Work, login_name: str, *, role: Role) -> None:
    """Another role for an employee, who signs in again to have it: all tokens of the old one end. Raises NotFound."""
    login = await _by_name(login_name)
    if login.user_id is None:
        raise NotFound("employee")
    await User.filter(id=login.user_id).update(role=role)
    await _end_all(work, login)


async def _by_name(name: str) -> Login:
    login = await Login.filter(name=name_key(name)).select_for_update().first()
    if login is None:
        raise NotFound("login")
    return login


async def _add_login(
    name: str, password_hash: str, *, user_id: int | None = None, contact_id: int | None = None
) -> None:
    key = name_key(text.required(name, text.NAME, "login", "A login"))
    if await Login.exists(name=key):
        raise Invalid("This login is taken.", field="login")
    await Login.create(name=key, password_hash=password_hash, user_id=user_id, contact_id=contact_id)


async def _end_all(work: Work, login: Login) -> None:
    login.generation += 1
    await login.save(update_fields=["generation", "active", "password_hash"])
    work.record_elsewhere(LoginChanged(login.id))


async def hashed(password: str) -> str:
    """The hash of a password that is good enough. Raises Invalid, Limit."""
    if len(password) < 8:
        raise Invalid("A password has 8 characters or more.", field="newPassword")
    text.checked(password, LONGEST_PASSWORD, "newPassword")
    return await hash_password(password)
