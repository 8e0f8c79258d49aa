"""Rows that an input names: found with the actor's rights, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from tortoise.models import Model

from gql.errors import NotFound, Required
from gql.events.event import Named
from gql.rules import assignment
from gql.store.cases import Case, employees_who_see
from gql.store.lookups import CaseCategory, ClosureCode
from gql.store.people import Group, User

if TYPE_CHECKING:
    from gql.actions.unit_of_work import Work

M = TypeVar("M", bound=Model)


async def found(work: Work, model: type[M], key: int | None, what: str, field: str) -> M | None:
    """A row that is named, where one is. Raises NotFound."""
    return None if key is None else await work.find(model, key, what, field=field)


def assignee_named(user: User | None, *, field: str | None = "assigneeId") -> User:
    """The employee who is named and `held` to be given a case. Raises NotFound, Invalid."""
    if user is None:
        raise NotFound("employee", field=field)
    assignment.can_be_assigned(user.active, user.name, field)
    return user


async def must_see(work: Work, case: Case, users: Sequence[User], field: str) -> None:
    """What is said or given to employees about a case is for those who see it. Raises NotFound, with the names of those
    who do not (R-160)."""
    if users and work.lookups.settings["AgentSight"] == "OWN_GROUPS":
        seeing = await User.filter(employees_who_see(case, own_groups=True), id__in=[user.id for user in users])
        blind = [user.name for user in users if user not in seeing]
        if blind:
            raise NotFound(f"employee among those who see the case: {', '.join(blind)}", field=field)


def category_named(work: Work, key: int | None) -> CaseCategory:
    """The category that is named; employees who name none get the usual one. Raises Required, NotFound."""
    if key is None:
        if not work.actor.is_staff:
            raise Required("Choose a category.", field="categoryId")
        return work.lookups.category(work.lookups.settings["CaseCategoryDef"])
    category = work.lookups.categories.get(key)
    if category is None or not category.in_use:
        raise NotFound("category", field="categoryId")
    return category


def closure_code_named(work: Work, key: int | None) -> ClosureCode | None:
    """The closure code that is named, where one is. Raises NotFound."""
    if key is None:
        return None
    code = work.lookups.closure_codes.get(key)
    if code is None or not code.in_use:
        raise NotFound("closure code", field="closureCodeId")
    return code


async def name_of(model: type[User] | type[Group], key: int | None) -> Named | None:
    """An employee or a group with the name it has now, for the history."""
    row = await model.get_or_none(id=key) if key is not None else None
    return named(row)


def named(row: User | Group | None) -> Named | None:
    """The same, of a row at hand."""
    return Named(row.id, row.name) if row else None
