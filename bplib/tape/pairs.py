"""Every pair by its name, and how to call it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from bplib import losses, ops
from bplib.backend import Array
from bplib.errors import DTypeError


class Pair(NamedTuple):
    """A forward function, its backward function, and how to call them."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    array_arguments: tuple[str, ...]
    other_arguments: tuple[str, ...]
    is_loss: bool

    def sort_arguments(self, given: tuple, named: dict[str, Any]) -> tuple[list, dict[str, Any]]:
        """Split a call's arguments into arrays, in order, and the pair's other settings."""
        wanted = self.array_arguments + self.other_arguments
        named = {**dict(zip(wanted, given, strict=False)), **named}
        missing = [name for name in self.array_arguments if name not in named]
        if missing or len(given) > len(wanted) or not set(named) <= set(wanted):
            raise DTypeError(f"{self.forward.__name__}: the arguments are ({', '.join(wanted)}).")
        return [named.pop(name) for name in self.array_arguments], named

    def with_cache(self, cache: Any) -> Callable[[Array], Any]:
        """The backward function as a function of the upstream gradient alone."""
        return (
            partial(self.backward, cache) if self.is_loss else partial(self.backward, cache=cache)
        )


def _pair(module: ModuleType, name: str) -> Pair:
    forward = getattr(module, name)
    arguments = inspect.signature(forward).parameters.values()
    return Pair(
        forward,
        getattr(module, f"{name}_backward"),
        # An argument that is an array may be differentiated; the others are settings.
        tuple(each.name for each in arguments if each.annotation == "Array"),
        tuple(each.name for each in arguments if each.annotation != "Array"),
        module is losses,
    )


PAIRS = {
    name: _pair(module, name)
    for module in (ops, losses)
    for name in module.__all__
    if f"{name}_backward" in module.__all__
}
"""Every pair by name. A new pair in `bplib.ops` is an operation of the tape without further ado."""
