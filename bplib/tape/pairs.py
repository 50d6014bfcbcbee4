"""Every pair by its name, and how to call it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from bplib import losses, ops
from bplib.backend import Array
from bplib.errors import DTypeError


class Pair(NamedTuple):
    """A forward function, its backward function, and how to call them.

    All questions about their arguments are answered once, when the table is made, so that
    recording an operation costs little more than the operation itself.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    arguments: tuple[str, ...]
    required: tuple[str, ...]
    array_arguments: tuple[str, ...]
    fixed_arguments: tuple[str, ...]
    is_loss: bool
    takes_any_number: bool  # of arrays, as concatenate does
    takes_wanted: bool  # its backward function can leave out gradients that nobody wants
    in_order: bool  # the arrays stand first, so they need no names
    settings: frozenset[str]
    needed: frozenset[str]  # the settings without a default

    def sort_arguments(
        self, given: tuple, named: dict[str, Any]
    ) -> tuple[tuple | list, dict[str, Any]]:
        """Split a call's arguments into arrays, in order, and the pair's other settings."""
        if self.takes_any_number:
            if not given or not named.keys() <= self.settings:
                raise self._wrong_arguments()
            return given, named
        if self.in_order and len(given) == len(self.array_arguments):
            if self.needed <= named.keys() <= self.settings:
                return given, named
        named = {**dict(zip(self.arguments, given, strict=False)), **named}
        missing = [name for name in self.required if name not in named]
        if missing or len(given) > len(self.arguments) or not set(named) <= set(self.arguments):
            raise self._wrong_arguments()
        return [named.pop(name) for name in self.array_arguments], named

    def run(self, arrays: list, constants: dict[str, Any]) -> tuple[Array, Any]:
        """The forward function's result and cache."""
        if self.in_order:
            return self.forward(*arrays, **constants)
        # By name, since a setting may stand before the arrays, as the condition of `where` does.
        return self.forward(**dict(zip(self.array_arguments, arrays, strict=True)), **constants)

    def pull(self, dy: Array, cache: Any, wanted: tuple[bool, ...]) -> tuple[Array | None, ...]:
        """What the backward function sends to each array for the gradient dy; None to a constant.

        A loss sends its target nothing, since that is a constant.
        """
        if self.is_loss:
            sent = self.backward(cache, dy)
        elif self.takes_wanted:
            sent = self.backward(dy, cache, wanted)
        else:
            sent = self.backward(dy, cache)
        if not isinstance(sent, tuple):
            return (sent, *(None for _ in wanted[1:]))
        if all(wanted):
            return sent
        return tuple([one if want else None for one, want in zip(sent, wanted, strict=True)])

    def name_of(self, place: int) -> str:
        """What the array at a place among the arguments is called."""
        if self.takes_any_number:
            return f"{self.array_arguments[0]}[{place}]"
        return self.array_arguments[place]

    def _wrong_arguments(self) -> DTypeError:
        wanted = f"{'*' if self.takes_any_number else ''}{', '.join(self.arguments)}"
        return DTypeError(f"{self.forward.__name__}: the arguments are ({wanted}).")


def _pair(module: ModuleType, name: str) -> Pair:
    forward, backward = getattr(module, name), getattr(module, f"{name}_backward")
    arguments = inspect.signature(forward).parameters.values()
    names = [each.name for each in arguments]
    # An argument that is an array may be differentiated; the others are settings, and among
    # these may be arrays that get no gradient, such as labels.
    arrays = [each.name for each in arguments if each.annotation == "Array"]
    settings = [each for each in arguments if each.annotation != "Array"]
    return Pair(
        forward,
        backward,
        arguments=tuple(names),
        required=tuple(each.name for each in arguments if each.default is each.empty),
        array_arguments=tuple(arrays),
        fixed_arguments=tuple(each.name for each in settings if "Array" in each.annotation),
        is_loss=module is losses,
        takes_any_number=any(each.kind is each.VAR_POSITIONAL for each in arguments),
        takes_wanted="wanted" in inspect.signature(backward).parameters,
        in_order=names[: len(arrays)] == arrays,
        settings=frozenset(each.name for each in settings),
        needed=frozenset(each.name for each in settings if each.default is each.empty),
    )


PAIRS = {
    name: _pair(module, name)
    for module in (ops, losses)
    for name in module.__all__
    if f"{name}_backward" in module.__all__
}
"""Every pair by name. A new pair in `bplib.ops` is an operation of the tape without further ado."""
