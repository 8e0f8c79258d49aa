"""Renders declared conditions as SQL, each outline of its arguments once.

A condition is a function of the field's arguments that answers Tortoise's Q. It is called with symbols in place of
texts and numbers; those that come out of the rendering again are where each request's own values go. Which arguments
are given, enums, booleans and the lengths of lists are the outline: they may change the text. A symbol that does not
come out again was used for something that cannot be known: such a condition is rendered anew for each request, and so
is one of very many values. So the worst that can happen is slowness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from pypika_tortoise.context import SqlContext
from pypika_tortoise.queries import Table
from pypika_tortoise.terms import Parameterizer
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET
from tortoise.expressions import Q, ResolveContext
from tortoise.fields import CharField
from tortoise.filters import list_encoder
from tortoise.models import Model

from gql.engine.declared import call
from gql.engine.sources import GIVEN, needs_of
from gql.engine.sql import MARK, Env, Sql, Value
from gql.engine.symbols import Symbol, Unkept, asking, symbol

MOST_VALUES = 4_000
"""In all outlines kept for one condition of one sight, some half a kilobyte each; a client that makes up ever more
outlines begins anew."""
MOST_AT_ONCE = 100
"""In one of them; what has more is rarely asked for again."""


EVERYTHING = Sql()
"""The condition of a list that states none."""


def admit_long_texts(model: type[Model]) -> None:
    """Lets conditions on a model compare a column with texts that are longer than it holds, which no row has. Tortoise
    refuses them when they are compared too, by an error that is no client's to read."""
    for asked in model._meta.filters.values():
        if type(model._meta.fields_map.get(asked.get("field", ""))) is not CharField:
            continue
        encoder = asked.get("value_encoder")
        if encoder is None:
            asked["value_encoder"] = _text
        elif encoder is list_encoder:
            asked["value_encoder"] = _texts


def _text(value: Any, model: Any, column: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _texts(values: Iterable[Any], model: Any, column: Any) -> list[str]:
    return [_text(value, model, column) for value in values]


class _Parameters(Parameterizer):
    """Marks numbered values, so that they can be put into the order of the text."""

    def __init__(self) -> None:
        super().__init__(lambda n: f"{MARK}{n}{MARK}")

    def should_parameterize(self, value: Any) -> bool:
        # the stock one compares each value with "*"
        return isinstance(value, Symbol) or bool(super().should_parameterize(value))


def rendered(condition: Q, model: type[Model], context: SqlContext, alias: str = "t0") -> tuple[Sql, list[Any]]:
    """The condition as SQL on the table of that alias, and all its values. Raises TypeError for one that joins."""
    if not condition.children and not condition.filters:
        return Sql(), []
    table = Table(model._meta.db_table, alias=alias)
    found = condition.resolve(ResolveContext(model=model, table=table, annotations={}, custom_filters={}))
    if found.joins:
        raise TypeError(f"{model.__name__}: conditions reach other tables by Subquery, not by a join")
    if not found.where_criterion:
        return Sql(), []
    parameters = _Parameters()
    text = found.where_criterion.get_sql(context.copy(parameterizer=parameters, with_namespace=True))
    pieces = text.split(MARK)  # text, number, text, number, ... text
    values = [parameters.values[int(number) - 1] for number in pieces[1::2]]
    return Sql(MARK.join(pieces[::2]), tuple(_finder(value) for value in values)), values


def _finder(value: Any) -> Value:
    if isinstance(value, Symbol):
        return value.find
    return lambda env: value


class Condition:
    """A declared condition on a model, for one sight."""

    def __init__(
        self,
        function: Callable[..., Q] | None,
        model: type[Model],
        context: SqlContext,
        actor: Any,
        lookups: Any,
        rebuilt: Counter[str],
    ) -> None:
        """`rebuilt` counts how often a function had to be rendered for one request only, by its name."""
        self._function, self._model, self._context = function, model, context
        self._needs = needs_of(function) if function is not None else ()
        self._given = {"actor": actor, "lookups": lookups}
        self._kept: dict[Any, Sql | None] = {}
        self._values = 0
        self._rebuilt = rebuilt

    def of(self, arguments: dict[str, Any], given: Any) -> Sql:
        """The condition with these arguments of the field. Raises what the function raises for wrong ones."""
        if self._function is None:
            return EVERYTHING
        mine = {name: arguments[name] for name in self._needs if name in arguments}
        shape = tuple((name, outline(argument)) for name, argument in mine.items())
        kept = self._kept[shape] if shape in self._kept else self._new(shape, mine)
        if kept is not None:
            return kept
        self._rebuilt[self._function.__qualname__] += 1
        made = rendered(call(self._function, given, mine), self._model, self._context)[0]
        return Sql(made.text, made.values, of_one_request=True)

    def _new(self, shape: Any, mine: dict[str, Any]) -> Sql | None:
        """What is kept of an outline from now on; None also for one of too many values, of which nothing is."""
        values = sum(map(_values_in, mine.values()))
        if values > MOST_AT_ONCE:
            return None
        self._values += values
        if self._values > MOST_VALUES:
            self._kept.clear()
            self._values = values
        kept = self._kept[shape] = self._symbolically(mine)
        return kept

    def _symbolically(self, mine: dict[str, Any]) -> Sql | None:
        """The text that serves all arguments of this outline; None where there is none."""
        if any(name in GIVEN and name not in self._given for name in self._needs):
            return None
        assert self._function is not None
        symbols: list[Any] = []
        try:
            asked = {name: _symbolic(argument, (name,), symbols) for name, argument in mine.items()}
            asked |= {name: self._given[name] for name in self._needs if name in GIVEN}
            with asking():
                condition = self._function(**asked)
            sql, values = rendered(condition, self._model, self._context)
        except Exception:  # Unkept, or a fault that the real arguments will show
            return None
        came_out = {id(value) for value in values} | {id(v.made_of) for v in values if isinstance(v, Symbol)}
        return sql if all(id(made) in came_out for made in symbols) else None


def outline(argument: Any) -> Any:
    """What of an argument may change the text of a condition."""
    if argument is None or argument is UNSET or isinstance(argument, Enum | bool):
        return argument
    if isinstance(argument, list):
        return tuple(outline(item) for item in argument)
    if isinstance(argument, Some):
        return "some", outline(argument.value)
    if hasattr(argument, "__strawberry_definition__"):
        return tuple((name, outline(held)) for name, held in vars(argument).items())
    if isinstance(argument, int | str):
        return type(argument), bool(argument)
    return type(argument)


def _values_in(argument: Any) -> int:
    if isinstance(argument, list):
        return sum(map(_values_in, argument))
    if isinstance(argument, Some):
        return _values_in(argument.value)
    if hasattr(argument, "__strawberry_definition__") and not isinstance(argument, Enum):
        return sum(map(_values_in, vars(argument).values()))
    return 1


def _symbolic(argument: Any, path: tuple[Any, ...], made: list[Any]) -> Any:
    """The argument with symbols in place of its numbers and texts."""
    if argument is None or argument is UNSET or isinstance(argument, Enum | bool):
        return argument
    if isinstance(argument, list):
        return [_symbolic(item, (*path, n), made) for n, item in enumerate(argument)]
    if isinstance(argument, Some):
        return Some(_symbolic(argument.value, (*path, "value"), made))
    if hasattr(argument, "__strawberry_definition__"):
        copied = object.__new__(type(argument))
        copied.__dict__ |= {name: _symbolic(held, (*path, name), made) for name, held in vars(argument).items()}
        return copied
    if isinstance(argument, int | str):
        made.append(symbol(type(argument), lambda env: _at(env, path), empty=not argument))
        return made[-1]
    raise Unkept  # an instant, a fraction: no symbol stands for these


def _at(env: Env, path: tuple[Any, ...]) -> Any:
    found = env.arguments
    for step in path:
        found = found[step] if isinstance(found, dict | list) else getattr(found, step)
    return found
