"""Nested dicts and lists of numbers and arrays, as text with the arrays beside it.

In the text a list is a pair: ["array", 3] is the fourth array, ["list", […]] is a list. Everything
else stands for itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bplib.backend import Array, xp_of
from bplib.errors import DomainError, DTypeError, kind_of

KEPT = "numbers, text, booleans, None, and lists and dicts of these are"


def packed(state: Mapping[str, Any]) -> tuple[str, dict[str, Array]]:
    """The state as JSON, and its arrays by name.

    Arguments:
        state: arrays, numbers, text, booleans and None, in dicts, lists and tuples.

    Returns:
        The text, and the arrays in order: "slots.0.mean" is state["slots"][0]["mean"].

    Raises:
        DTypeError: for anything else in it, or a key that is not text.
        DomainError: where two arrays would get one name.
    """
    arrays: dict[str, Array] = {}

    def walk(place: str, value: Any) -> Any:
        if hasattr(value, "dtype") and hasattr(value, "shape"):
            if place in arrays:
                raise DomainError(f"save: two arrays would be called '{place}'; rename one.")
            arrays[place] = value
            return ["array", len(arrays) - 1]
        lead = f"{place}." if place else ""
        if isinstance(value, Mapping):
            for key in value:
                if not isinstance(key, str):
                    raise DTypeError(f"save: the name {key!r} is {kind_of(key)}; text is needed.")
            return {key: walk(f"{lead}{key}", inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return ["list", [walk(f"{lead}{i}", inner) for i, inner in enumerate(value)]]
        if value is None or isinstance(value, str | bool | int | float):
            return value
        raise DTypeError(f"save: {place} is {kind_of(value)}, which is not kept; arrays, {KEPT}.")

    return json.dumps(walk("", state)), arrays


def unpacked(text: str, arrays: list[Array]) -> dict[str, Any]:
    """The state again; a tuple comes back as a list.

    Arguments:
        text: of `packed`.
        arrays: in the same order.

    Returns:
        The nested dict, with the arrays themselves in it.
    """

    def build(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: build(inner) for key, inner in value.items()}
        if isinstance(value, list):
            kind, inner = value
            return arrays[inner] if kind == "array" else [build(one) for one in inner]
        return value

    return build(json.loads(text))


def beside(state: Any, own: Any) -> Any:
    """The state with every array brought to the device of its counterpart.

    Arguments:
        state: nested dicts and lists with NumPy arrays in them.
        own: the same things in their places here, as far as there are any.

    Returns:
        A fresh nested dict or list; an array without a counterpart stays as it is.
    """
    if isinstance(state, dict):
        inside = own if isinstance(own, Mapping) else {}
        return {key: beside(inner, inside.get(key)) for key, inner in state.items()}
    if isinstance(state, list):
        listed = list(own) if isinstance(own, list | tuple) else []
        listed += [None] * len(state)
        return [beside(inner, mine) for inner, mine in zip(state, listed, strict=False)]
    if hasattr(state, "shape") and hasattr(own, "shape"):
        return xp_of(own).asarray(state)
    return state
