"""Ways in: signing in and out, passwords, and who may come in at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q, Subquery
from tortoise.transactions import in_transaction

from gql.actions.unit_of_work import Work
from gql.actor import Actor
from gql.enums import PortalRole, Role
from gql.errors import Invalid, NotFound, Unauthenticated
from gql.events.people import LoginChanged
from gql.rules import text
from gql.store.lookups import Lookups
from gql.store.people import Contact, EndedToken, Group, Login, User, is_known
from gql.store.words import name_key, searchable
from gql.store.written import Written
from gql.tokens import Invitation, Token, fits, hash_password

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
    rows = await STANDING.records(token.login_id, token.generation, token.id)
    actor = _actor(rows[0]) if rows else None
    if actor is None:
        raise Unauthenticated("The token was ended: sign in again.")
    if actor.role is Role.AGENT and lookups.settings["AgentSight"] == "OWN_GROUPS":
        return replace(actor, own_groups=tuple(row[0] for row in await GROUPS_OF.records(actor.user_id)))
    return actor


async def still_known(actor: Actor) -> None:
    """A customer does nothing while he is erased nor after it, though his token was good a moment ago (R-204).

    Raises Unauthenticated. Who comes by a letter has no token: what he asks for tells him.
    """
    if actor.contact_id is not None and not await is_known(actor.contact_id) and actor.login_id is not None:
        raise Unauthenticated("The token was ended: sign in again.")


WHO = (
    *("id", "user_id", "contact_id", "user__role", "user__active", "user__name", "user__time_zone"),
    *("portal_role", "contact__account_id"),
)
"""What is asked of a login to know who comes in by it."""


def _actor(who: Sequence[Any]) -> Actor | None:
    """Who comes in, of WHO as it was read; None for an employee who may not."""
    id, user_id, contact_id, role, active, name, zone, portal_role, account_id = who
    if user_id is None:
        return Actor.customer(id, contact_id, account_id, PortalRole(portal_role) if portal_role else None)
    return Actor(id, Role(role), user_id, None, None, name, zone) if active else None


def _standing(id: int, generation: int, token: str) -> Any:
    ended = Subquery(EndedToken.filter(token=token).values("login_id"))
    good = Login.filter(id=id, generation=generation, active=True).filter(~Q(id__in=ended))
    return good.values_list(*WHO)


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
        known = {row[1]: (row[0], _actor(row[1:])) for row in await logins.values_list("generation", *WHO)}
        agents = [actor.user_id for _, actor in known.values() if actor is not None and actor.role is Role.AGENT]
        groups = await _own_groups(agents, lookups)
        for token in some:
            generation, actor = known.get(token.login_id, (0, None))
            if actor is not None and token.id not in ended and generation == token.generation:
                own = groups.get(actor.user_id)
                actors[token.id] = actor if own is None else replace(actor, own_groups=own)
    return actors


async def _own_groups(user_ids: Sequence[int | None], lookups: Lookups) -> dict[int | None, tuple[int, ...]]:
    """The groups of agents who see no other groups' cases; nothing where they see all."""
    if not user_ids or lookups.settings["AgentSight"] != "OWN_GROUPS":
        return {}
    groups: dict[int | None, list[int]] = {user_id: [] for user_id in user_ids}
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
    await end_all(work, login)
    return login


async def sign_out(work: Work, token: Token, *, everywhere: bool) -> None:
    """Ends the token that asks, or all tokens of the login."""
    login = await Login.filter(id=token.login_id).select_for_update().get()
    if everywhere:
        await end_all(work, login)
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
    user = User(name=text.required(name, text.NAME, "name", "A name"), email=email, role=role, time_zone=time_zone)
    await add_user(user, login, password_hash, await Group.filter(id__in=list(group_ids)))
    return user


async def add_user(user: User, login: str, password_hash: str, groups: Sequence[Group]) -> Login:
    """Adds an employee with a login, in some groups. Raises Required, Invalid, Limit."""
    user.name_key, user.words = name_key(user.name), searchable(user.name, user.email)
    await user.save()
    way_in = await add_login(login, password_hash, user_id=user.id)
    for group in groups:
        await group.members.add(user)
    way_in.user = user
    return way_in


async def let_in(
    work: Work, contact: Contact, *, login: str, password_hash: str, role: PortalRole = PortalRole.MEMBER
) -> None:
    """Gives a contact a login for the portal. Raises Required, Invalid, Limit."""
    await add_login(login, password_hash, contact_id=contact.id, portal_role=role)


async def reset_password(work: Work, login_name: str, *, password_hash: str) -> None:
    """A new password, without the old one; opens a login that was shut. Raises NotFound."""
    login = await by_name(login_name)
    login.active = True
    login.password_hash = password_hash
    if login.user_id is not None:
        await User.filter(id=login.user_id).update(active=True)
    await end_all(work, login)


async def invited(invitation: Invitation | None, lookups: Lookups) -> Actor:
    """Who may set a password by a token. Raises Invalid for a token that is none, was used or has expired."""
    if invitation is None:
        raise _used_up()
    try:
        return await actor_of(Token(invitation.login_id, invitation.generation, "", invitation.expires_at), lookups)
    except Unauthenticated:
        raise _used_up() from None


async def set_password(work: Work, invitation: Invitation, *, password_hash: str) -> Login:
    """Sets the actor's password, by a token that was handed to him and is used up with it. Raises Invalid."""
    login = await Login.filter(id=work.actor.login_id).select_for_update().get()
    if login.generation != invitation.generation:
        raise _used_up()
    login.password_hash = password_hash
    await end_all(work, login)
    return login


def _used_up() -> Invalid:
    return Invalid("This token was used or has expired: ask for another.", field="token")


async def moved(work: Work, contact_id: int) -> None:
    """The contact came to another account: his login has no more than a member's rights there (R-141)."""
    for login in await Login.filter(contact_id=contact_id).select_for_update():
        login.portal_role = PortalRole.MEMBER
        await login.save(update_fields=["portal_role"])
        work.record_elsewhere(LoginChanged(login.id))


async def by_name(name: str) -> Login:
    """A login, locked. Raises NotFound."""
    login = await Login.filter(name=name_key(name)).select_for_update().first()
    if login is None:
        raise NotFound("login")
    return login


async def add_login(name: str, password_hash: str, **whose: Any) -> Login:
    """A login for an employee or a contact. Raises Required, Invalid, Limit."""
    login = Login(name=await free_name(name), password_hash=password_hash, **whose)
    try:
        async with in_transaction():  # a savepoint: losing a race for the name must not end the unit of work
            await login.save()
    except IntegrityError:
        raise _taken() from None
    return login


async def free_name(name: str, *, but: Login | None = None) -> str:
    """A name to sign in with that nobody has, or nobody but that login. Raises Required, Invalid, Limit."""
    key = name_key(text.required(name, text.NAME, "login", "A login"))
    holder = await Login.get_or_none(name=key)
    if holder is not None and (but is None or holder.id != but.id):
        raise _taken()
    return key


def _taken() -> Invalid:
    return Invalid("This login is taken.", field="login")


async def end_all(work: Work, login: Login) -> None:
    """Keeps what was changed of a login, and ends its tokens everywhere."""
    login.generation += 1
    await login.save(update_fields=["name", "generation", "active", "password_hash", "portal_role"])
    work.record_elsewhere(LoginChanged(login.id))


async def hashed(password: str) -> str:
    """The hash of a password that is good enough. Raises Invalid, Limit."""
    if len(password) < 8:
        raise Invalid("A password has 8 characters or more.", field="newPassword")
    text.checked(password, LONGEST_PASSWORD, "newPassword")
    return await hash_password(password)
