"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from gql.enums import Role


@dataclass(frozen=True, slots=True)
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

    @property
    def is_staff(self) -> bool:
        """Whether the actor sees what is for staff: employees, and the desk itself."""
        return self.contact_id is None

    @property
    def sees_all(self) -> bool:
        """Whether every case is in the actor's sight."""
        return self.is_staff and self.own_groups is None

    @property
    def sight(self) -> Actor:
        """Nobody in particular with the same sight: what depends on no more than this is alike for all who share it.

        The ids are of no row, so that what was taken to be alike and is not shows too little rather than too much.
        """
        return _sight(self)

    def may(self, role: Role) -> bool:
        """Whether the actor has the role or a higher one; the desk itself may everything."""
        return self.is_staff and (self.role is None or self.role.includes(role))


@lru_cache(maxsize=10_000)
def _sight(actor: Actor) -> Actor:
    return replace(
        actor,
        login_id=0,
        name=None,
        user_id=None if actor.user_id is None else 0,
        contact_id=None if actor.contact_id is None else 0,
    )


DESK = Actor()
"""The desk acting by itself."""
