"""One forward and one backward pass of a copy of a layer, watched from the outside."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from bplib.backend import Array, xp_of
from bplib.errors import BplibError
from bplib.layers.base import Layer
from bplib.layers.parameter import Buffer
from bplib.layers.place import with_whole_place


class Probe:
    """What the layers of a copy made and kept while one batch went through it, there and back.

    Arguments:
        layer: it is copied, and stays as it is.

    Attributes:
        layers: the copied layers by their places; the outermost one's is "".
        shapes: of what each of them returned; without those that were not called.
        flops: the operations of each, forward and backward; None where nobody has counted.
        kept: the bytes that each kept for backward, when there were most of them altogether.
    """

    def __init__(self, layer: Layer) -> None:
        self.layers = _placed(copy.deepcopy(layer))
        self.layers[""].drop_cache()
        self.layers[""].zero_grad()
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.flops: dict[str, tuple[int, int] | None] = dict.fromkeys(self.layers, (0, 0))
        self.kept: dict[str, int] = dict.fromkeys(self.layers, 0)
        self._on_the_way_back = False
        self._new_caches = False
        self._said = False
        # Arrays that were there before, by their addresses: these are not kept by a pass.
        self._there_before: dict[int, Array] = {}

    def run(self, x: Array) -> None:
        """Send a batch through, and zeros as the gradient of what it becomes back.

        Arguments:
            x: the batch.

        Raises:
            ShapeError, DTypeError, DomainError: what a layer says, after its place and name.
        """
        everything = [x]
        for place, layer in self.layers.items():
            everything += _arrays(vars(layer), set())
            everything += [one.value for one in (*layer.own_parameters(), *layer.own_buffers())]
            self._watch(place, layer)
        self._there_before = {id(block): block for block in map(_block, everything)}
        y = self.layers[""].forward(x)
        self._on_the_way_back = True
        self.layers[""].backward(xp_of(y).zeros_like(y))

    def _watch(self, place: str, layer: Layer) -> None:
        """Put a look at what happens around the two passes of one layer."""
        forward, backward = layer.forward, layer.backward

        def watched_forward(x: Array) -> Array:
            try:
                y = forward(x)
            except BplibError as error:
                if self._said:
                    raise
                self._said = True
                raise with_whole_place(error, "summary", place, layer) from None
            self.shapes[place] = y.shape
            self._new_caches = True
            self._count(place, layer.flops(x.shape))
            return y

        def watched_backward(dy: Array) -> Array:
            if self._new_caches:  # they are complete now, and begin to go
                self._new_caches = False
                self._look()
            return backward(dy)

        layer.forward = watched_forward  # type: ignore[method-assign]
        layer.backward = watched_backward  # type: ignore[method-assign]

    def _count(self, place: str, flops: tuple[int, int] | None) -> None:
        so_far = self.flops[place]
        if flops is None or so_far is None:
            self.flops[place] = None
        elif self._on_the_way_back:  # a forward pass that is made once more, for backward
            self.flops[place] = so_far[0], so_far[1] + flops[0]
        else:
            self.flops[place] = so_far[0] + flops[0], so_far[1] + flops[1]

    def _look(self) -> None:
        """What is kept just now; each block of memory counts once, where it is first met."""
        met = set(self._there_before)
        kept = {}
        for place, layer in self.layers.items():
            blocks = {id(block): block for block in map(_block, _arrays(vars(layer), set()))}
            kept[place] = sum(blocks[one].nbytes for one in blocks.keys() - met)
            met |= blocks.keys()
        if sum(kept.values()) > sum(self.kept.values()):
            self.kept = kept


def _placed(layer: Layer) -> dict[str, Layer]:
    """A layer and all layers inside it by their places, such as "1.0"; each of them once."""
    found = {id(layer): ("", layer)}

    def look_into(outer: Layer, begin: str) -> None:
        for name, child in outer.children().items():
            if id(child) not in found:
                found[id(child)] = begin + name, child
                look_into(child, f"{begin}{name}.")

    look_into(layer, "")
    return dict(found.values())


def _arrays(thing: Any, seen: set[int]) -> Iterator[Array]:
    """The arrays inside a thing, but not those of layers and parameters, which are their own."""
    if isinstance(thing, Layer | Buffer | type) or id(thing) in seen:
        return
    if hasattr(thing, "nbytes") and hasattr(thing, "dtype"):
        yield thing
        return
    seen.add(id(thing))
    inside: Any = ()
    if isinstance(thing, dict):
        inside = thing.values()
    elif isinstance(thing, tuple | list):
        inside = thing
    elif hasattr(thing, "__dict__"):
        inside = vars(thing).values()
    for one in inside:
        yield from _arrays(one, seen)


def _block(array: Array) -> Array:
    """The array whose memory this one is a view of, or itself."""
    while hasattr(getattr(array, "base", None), "nbytes"):
        array = array.base
    return array
