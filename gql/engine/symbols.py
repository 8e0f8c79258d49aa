"""Stand-ins for numbers and texts that are not known yet: a condition made with them serves every value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Unkept(Exception):
    """Something looked at the value of a symbol, so that what it made holds for that value only."""


_asking = False
"""Whether a declared function runs with symbols, so that they refuse. It never waits: one flag serves the process."""


@contextmanager
def asking() -> Iterator[None]:
    """Symbols refuse to be compared, cut or formatted meanwhile. They do not for those who render them."""
    global _asking
    _asking = True
    try:
        yield
    finally:
        _asking = False


class Symbol:
    """A number or a text that is found later."""

    find: Callable[[Any], Any]
    """Finds the value in what an execution is given."""
    made_of: Symbol | None = None
    """The symbol that this one was made of."""

    def through(self, function: Callable[[Any], int]) -> Any:
        """A symbol for the number that a function makes of the value."""
        find = self.find
        made = symbol(int, lambda env: function(find(env)))
        made.made_of = self
        return made


def _guarded(kept: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: Any, *arguments: Any, **named: Any) -> Any:
        if _asking:
            raise Unkept
        return kept(self, *arguments, **named)

    return guarded


_HARMLESS = {
    "__new__", "__init__", "__class__", "__getattribute__", "__setattr__", "__delattr__", "__hash__", "__bool__",
    "__init_subclass__", "__subclasshook__", "__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__dir__",
}  # fmt: skip


def _symbolic(kind: type) -> type:
    guards = {
        name: _guarded(getattr(kind, name))
        for name in dir(kind)
        if name not in _HARMLESS and callable(getattr(kind, name))
    }
    whether = int.__bool__ if kind is int else lambda self: str.__len__(self) > 0
    own = {"__hash__": kind.__hash__, "__bool__": whether}
    return type(f"Symbolic{kind.__name__}", (kind, Symbol), guards | own)


_KINDS = {int: _symbolic(int), str: _symbolic(str)}


def symbol(kind: type, find: Callable[[Any], Any], *, empty: bool = False) -> Any:
    """A symbol for a number or a text. Whether it is 0 or "" may be asked of it, so that must be known."""
    made = _KINDS[kind](kind() if empty else kind(1))
    made.find = find
    return made
