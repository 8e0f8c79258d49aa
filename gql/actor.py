"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from gql.enums import PortalRole, Role


@dataclass(frozen=True)
class Actor:
    """A signed-in employee (`user_id`, `role`), a customer (`contact_id`), or the desk itself (neither)."""

    login_id: int | None = None
    role: Role | None = None
    user_id: int | None = None
    contact_id: int | None = None
    own_groups: tuple[int, ...] | None = None
    """The only groups whose cases an agent sees, beside his own and nobody's; None where he sees all."""
    name: str | None = None
    """An employee's name, where it is known already."""
    time_zone: str = ""
    """An employee's own time zone; empty where he has none."""
    account_id: int | None = None
    """The account whose cases and contacts a customer sees beside his own; None where he sees his own only."""
    portal_role: PortalRole | None = None
    """A customer's role within that account; None where he has none there."""

    @classmethod
    def customer(cls, login_id: int, contact_id: int, account_id: int | None, role: PortalRole | None) -> Actor:
        """A customer: without an account, or as a member of one, he sees no more than what is his own (R-141)."""
        if account_id is None or role is None or role is PortalRole.MEMBER:
            return cls(login_id, contact_id=contact_id)
        return cls(login_id, contact_id=contact_id, account_id=account_id, portal_role=role)

    @property
    def is_staff(self) -> bool:
        """Whether the actor sees what is for staff: employees, and the desk itself."""
        return self.contact_id is None

    @property
    def sees_all(self) -> bool:
        """Whether every case is in the actor's sight."""
        return self.is_staff and self.own_groups is None

    @property
    def administers_organisation(self) -> bool:
        """Whether the actor is a customer who manages the portal users of his own account (R-141)."""
        return self.portal_role is PortalRole.ADMINISTRATOR

    @cached_property
    def sight(self) -> Actor:
        """Nobody in particular with the same sight: what depends on no more than this is alike for all who share it.

        The ids are of no row, so that what was taken to be alike and is not shows too little rather than too much.
        """
        return _sight(self)

    @property
    def ids(self) -> tuple[int | None, int | None]:
        """What of the viewer a statement is told that is the same text for everybody with his sight."""
        return self.user_id if self.is_staff else self.contact_id, self.account_id

    def with_ids(self, own: int | None, account: int | None) -> Actor:
        """Whoever has this sight and these `ids`."""
        someone = replace(self, user_id=own) if self.is_staff else replace(self, contact_id=own)
        return someone if self.account_id is None else replace(someone, account_id=account)

    def may(self, role: Role) -> bool:
        """Whether the actor has the role or a higher one; the desk itself may everything."""
        return self.is_staff and (self.role is None or self.role.includes(role))


@lru_cache(maxsize=10_000)
def _sight(actor: Actor) -> Actor:
    return replace(
        actor,
        login_id=0,
        name=None,
        time_zone="",
        user_id=None if actor.user_id is None else 0,
        contact_id=None if actor.contact_id is None else 0,
        account_id=None if actor.account_id is None else 0,
    )


DESK = Actor()
"""The desk acting by itself."""
