"""The layers inside a network: where each of them stands, and the mode that it is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bplib.layers import Layer


def places(net: Layer, place: str = "") -> dict[str, Layer]:
    """The layers that are not made of layers, by their places, from the first to the last.

    Arguments:
        net: the network.
        place: its own place.

    Returns:
        "1" for the second layer of a row, "1.0" for the first one inside that; "" for a network
        that is one layer.
    """
    children = net.children()
    if not children:
        return {place: net}
    found: dict[str, Layer] = {}
    for name, child in children.items():
        found |= places(child, f"{place}.{name}" if place else name)
    return found


@contextmanager
def mode(net: Layer, training: bool) -> Iterator[None]:
    """The network in training or evaluation mode, and afterwards every layer as it was.

    Arguments:
        net: the network.
        training: which of the two.

    Returns:
        The context manager.
    """
    before = [(layer, layer.training) for layer in net.walk()]
    if training:
        net.train()
    else:
        net.eval()
    try:
        yield
    finally:
        for layer, was in before:
            layer.training = was
