"""What a layer holds: collected from the lists of its class, and looked for where it is in none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bplib.errors import DomainError, DTypeError, kind_of
from bplib.layers.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from bplib.layers.base import Layer

LISTINGS = ("own_parameters", "own_buffers", "own_generators")
LOST = {
    "own_parameters": "it would never be learned, moved or saved",
    "own_buffers": "it would never be moved or saved",
    "own_generators": "no check and no resumed training could repeat what it draws",
    "children": "what is inside would never be learned, moved or saved",
}


def _kinds() -> dict[str, Any]:
    """What each list holds; asked for late, because `numpy.random` is slow to import."""
    return dict(zip(LISTINGS, (Parameter, Buffer, np.random.Generator), strict=True))


def refuse_overridden(cls: type) -> None:
    """A class says what is its own; what is collected from all layers is not its to say.

    Arguments:
        cls: a new class of layers.

    Raises:
        DTypeError: where it writes `parameters`, `buffers` or `generators` itself.
    """
    for listing in LISTINGS:
        collects = listing.removeprefix("own_")
        if collects in vars(cls):
            raise DTypeError(
                f"{cls.__name__}: {collects}() collects what all layers inside list, and stays as "
                f"it is; list the layer's own in {listing}(), and its inner layers in children()."
            )


def collected(layer: Layer, listing: str) -> list[Any]:
    """What a layer and the layers inside it list, each once, a layer's own before its children's.

    Arguments:
        layer: the outermost one.
        listing: "own_parameters", "own_buffers" or "own_generators".

    Returns:
        A fresh list.
    """
    found = {id(one): one for part in layer.walk() for one in getattr(part, listing)()}
    return list(found.values())


def look_through(layer: Layer) -> None:
    """Every list holds what it should, and every attribute that should be in a list is in one.

    Arguments:
        layer: the outermost one.

    Raises:
        DTypeError: where a list holds something else.
        DomainError: where an attribute is in no list.
    """
    layers = {}
    for one in _walk(layer):
        layers[id(one)] = one
        for listing, kind in _kinds().items():
            _check_list(one, listing, kind)
    listed = {id(one) for listing in LISTINGS for one in collected(layer, listing)} | layers.keys()
    for one in layers.values():
        for name, value in vars(one).items():
            if name != "_cache":
                _check_attribute(one, name, value, listed)


def _walk(layer: Layer) -> Iterator[Layer]:
    """As `Layer.walk`, with a look at what `children` returns."""
    yield layer
    children = layer.children()
    name = type(layer).__name__
    if not isinstance(children, dict):
        raise DTypeError(
            f"{name}: children() returned {kind_of(children)}; a dict of layers by their places "
            "is needed."
        )
    for place, child in children.items():
        if not _is_layer(child):
            raise DTypeError(f"{name}: children()[{place!r}] is {kind_of(child)}, not a Layer.")
        yield from _walk(child)


def _is_layer(one: Any) -> bool:
    from bplib.layers.base import Layer  # here: it imports this module

    return isinstance(one, Layer)


def _check_list(layer: Layer, listing: str, kind: type) -> None:
    own, name = getattr(layer, listing)(), type(layer).__name__
    what = f"numpy.random.{kind.__name__}" if kind is np.random.Generator else kind.__name__
    if not isinstance(own, list | tuple):
        raise DTypeError(f"{name}: {listing}() returned {kind_of(own)}; a list is needed.")
    for one in own:
        if not isinstance(one, kind):
            hint = ""
            if hasattr(one, "dtype"):
                hint = "; an array goes into the value of one"
            raise DTypeError(
                f"{name}: {listing}() lists {kind_of(one)}, where a {what} is needed{hint}."
            )


def _check_attribute(layer: Layer, name: str, value: Any, listed: set[int]) -> None:
    inside = value.values() if isinstance(value, dict) else value
    several = isinstance(value, dict | list | tuple)
    for one in inside if several else (value,):
        listing = _belongs_in(one)
        if listing is None or id(one) in listed or _only_groups(one, listed):
            continue
        raise DomainError(
            f"{type(layer).__name__}: its attribute {name} {'holds' if several else 'is'} "
            f"{kind_of(one)} that {listing}() does not list, so {LOST[listing]}."
        )


def _belongs_in(one: Any) -> str | None:
    if _is_layer(one):
        return "children"
    return next((listing for listing, kind in _kinds().items() if isinstance(one, kind)), None)


def _only_groups(one: Any, listed: set[int]) -> bool:
    """Whether a layer is another way to hold layers that are listed, as a part of a row is."""
    inner = one.children().values() if _is_layer(one) else ()
    return bool(inner) and all(id(child) in listed for child in inner)
