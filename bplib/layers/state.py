"""A layer's arrays by their names: what they are called, and whether a saved state fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bplib.backend import Array, xp_of
from bplib.errors import (
    DomainError,
    DTypeError,
    ShapeError,
    UnknownNameError,
    kind_of,
    unknown,
)

if TYPE_CHECKING:
    from bplib.layers.base import Layer


def named(layer: Layer, listing: str) -> dict[str, Any]:
    """Everything that a layer holds, by name; what two inner layers share has a name in each.

    Arguments:
        layer: the outermost one.
        listing: "own_parameters" or "own_buffers".

    Returns:
        The layer's own things by their own names, then "0.W", "0.b" and so on.

    Raises:
        DomainError: where two things of the layer have one name.
    """
    below = {
        f"{place}.{name}": thing
        for place, child in layer.children().items()
        for name, thing in named(child, listing).items()
    }
    lower = {id(thing) for thing in below.values()}
    found: dict[str, Any] = {}
    for thing in getattr(layer, listing)():
        if id(thing) in lower:
            continue
        if thing.name in found or thing.name in below:
            raise DomainError(
                f"{type(layer).__name__}: two of its arrays are called '{thing.name}'; rename one."
            )
        found[thing.name] = thing
    return found | below


def load(layer: str, holders: Mapping[str, Any], state: Mapping[str, Array]) -> None:
    """Write a saved state into the arrays of a layer, all of it or nothing.

    Arguments:
        layer: the layer's class, for the sentences.
        holders: the layer's parameters and buffers by name.
        state: arrays by the same names, each of the shape and dtype of what it replaces.

    Raises:
        UnknownNameError: where a name is missing, or belongs to nothing in the layer.
        ShapeError: where an array has another shape.
        DTypeError: where the state is no dict of arrays, or an array has another dtype or lives
            elsewhere.
    """
    if not isinstance(state, Mapping):
        raise DTypeError(
            f"load_state_dict: state is {kind_of(state)}; a dict of arrays by name is needed."
        )
    for name in state:
        if name not in holders:
            raise unknown("parameter or buffer", str(name), holders)
    for name, holder in holders.items():
        if name not in state:
            raise UnknownNameError(
                f"load_state_dict: the state has no '{name}', which this {layer} has."
            )
        _check(name, state[name], holder.value, layer)
    for name, holder in holders.items():
        holder.value[...] = state[name]


def _check(name: str, came: Array, value: Array, layer: str) -> None:
    if not (hasattr(came, "shape") and hasattr(came, "dtype")):
        raise DTypeError(f"load_state_dict: {name} is {kind_of(came)}; an array is needed.")
    if came.shape != value.shape:
        raise ShapeError(
            f"load_state_dict: {name} has shape {came.shape} in the state, but {value.shape} in "
            f"this {layer}."
        )
    if came.dtype != value.dtype:
        raise DTypeError(
            f"load_state_dict: {name} is {came.dtype} in the state, but {value.dtype} in this "
            f"{layer}."
        )
    xp_of(came, value)
