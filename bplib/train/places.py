"""Where each layer stands inside a network."""

from __future__ import annotations

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
