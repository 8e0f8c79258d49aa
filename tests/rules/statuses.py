"""The statuses that a desk begins with, as plain values, and some that a desk might add."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gql.actor import DESK, Actor
from gql.enums import Role


@dataclass(frozen=True)
class Status:
    id: int
    code: str
    name: str
    is_active: bool = False
    is_paused: bool = False
    is_resolved: bool = False
    is_final: bool = False
    in_use: bool = True
    next_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Book:
    statuses: dict[int, Status] = field(default_factory=dict)

    def status(self, code: str) -> Status:
        return next(status for status in self.statuses.values() if status.code == code)

    def with_(self, *changed: Status) -> Book:
        """The book with some statuses added or replaced."""
        return Book({**self.statuses, **{status.id: status for status in changed}})


NEW = Status(1, "NEW", "New", is_active=True, next_ids=(2, 3, 4, 7))
IN_PROGRESS = Status(2, "IN_PROGRESS", "In progress", is_active=True, next_ids=(3, 4, 7))
WAITING = Status(3, "WAITING", "Waiting for response", is_paused=True, next_ids=(2, 5, 4, 6, 7))
RESOLVED = Status(4, "RESOLVED", "Resolved", is_resolved=True, next_ids=(6, 5, 2))
REOPENED = Status(5, "REOPENED", "Reopened", is_active=True, next_ids=(2, 3, 4, 7))
CLOSED = Status(6, "CLOSED", "Closed", is_final=True)
CANCELED = Status(7, "CANCELED", "Canceled", is_final=True)
DELIVERED = (NEW, IN_PROGRESS, WAITING, RESOLVED, REOPENED, CLOSED, CANCELED)
BOOK = Book({status.id: status for status in DELIVERED})

# A desk's own statuses, each with what leads to it and from it.
ON_HOLD = replace(WAITING, id=11, code="ON_HOLD", name="On hold")
ANSWERED = replace(RESOLVED, id=12, code="ANSWERED", name="Answered")
JUNK = replace(CLOSED, id=13, code="JUNK", name="Junk")
TESTING = replace(IN_PROGRESS, id=14, code="TESTING", name="Testing")
RETIRED = replace(WAITING, id=15, code="AT_THE_SUPPLIER", name="At the supplier", in_use=False)
LONGER = BOOK.with_(
    replace(NEW, next_ids=(*NEW.next_ids, 11, 12, 13, 14, 15)), ON_HOLD, ANSWERED, JUNK, TESTING, RETIRED
)

AGENT = Actor(login_id=1, role=Role.AGENT, user_id=1)
COLLEAGUE = Actor(login_id=2, role=Role.AGENT, user_id=2)
SUPERVISOR = Actor(login_id=3, role=Role.SUPERVISOR, user_id=3)
ADMINISTRATOR = Actor(login_id=4, role=Role.ADMINISTRATOR, user_id=4)
CUSTOMER = Actor(login_id=5, contact_id=1)
EVERYBODY = {
    "the agent": AGENT,
    "the supervisor": SUPERVISOR,
    "the administrator": ADMINISTRATOR,
    "the customer": CUSTOMER,
    "the desk itself": DESK,
}
