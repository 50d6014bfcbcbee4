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
    arguments: tuple[str, ...]
    required: tuple[str, ...]
    array_arguments: tuple[str, ...]
    fixed_arguments: tuple[str, ...]
    is_loss: bool
    takes_any_number: bool  # of arrays, as concatenate does

    def sort_arguments(self, given: tuple, named: dict[str, Any]) -> tuple[list, dict[str, Any]]:
        """Split a call's arguments into arrays, in order, and the pair's other settings."""
        if self.takes_any_number:
            if not given or not set(named) <= set(self.arguments) - set(self.array_arguments):
                raise self._wrong_arguments()
            return list(given), named
        named = {**dict(zip(self.arguments, given, strict=False)), **named}
        missing = [name for name in self.required if name not in named]
        if missing or len(given) > len(self.arguments) or not set(named) <= set(self.arguments):
            raise self._wrong_arguments()
        return [named.pop(name) for name in self.array_arguments], named

    def run(self, arrays: list, constants: dict[str, Any]) -> tuple[Array, Any]:
        """The forward function's result and cache."""
        if self.takes_any_number:
            return self.forward(*arrays, **constants)
        # By name, since a setting may stand before the arrays, as the condition of `where` does.
        return self.forward(**dict(zip(self.array_arguments, arrays, strict=True)), **constants)

    def _wrong_arguments(self) -> DTypeError:
        wanted = f"{'*' if self.takes_any_number else ''}{', '.join(self.arguments)}"
        return DTypeError(f"{self.forward.__name__}: the arguments are ({wanted}).")

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
        tuple(each.name for each in arguments),
        tuple(each.name for each in arguments if each.default is each.empty),
        # An argument that is an array may be differentiated; the others are settings, and among
        # these may be arrays that get no gradient, such as labels.
        tuple(each.name for each in arguments if each.annotation == "Array"),
        tuple(each.name for each in arguments if "FixedArray" in each.annotation),
        module is losses,
        any(each.kind is each.VAR_POSITIONAL for each in arguments),
    )


PAIRS = {
    name: _pair(module, name)
    for module in (ops, losses)
    for name in module.__all__
    if f"{name}_backward" in module.__all__
}
"""Every pair by name. A new pair in `bplib.ops` is an operation of the tape without further ado."""
