"""The table of execution cases: documents, and what GraphQL's specification says that they are answered with."""

from types import ModuleType

from tests.engine.cases import (
    abstract,
    arguments,
    directives,
    fragments,
    inputs,
    introspection,
    leaves,
    lists,
    mutations,
    nulls,
    operations,
    rows,
    selections,
    variables,
)
from tests.engine.cases.case import REFUSED, Case

MODULES: tuple[ModuleType, ...] = (
    selections,
    fragments,
    directives,
    operations,
    arguments,
    inputs,
    variables,
    leaves,
    lists,
    nulls,
    abstract,
    introspection,
    mutations,
    rows,
)

__all__ = ["MODULES", "REFUSED", "Case"]
