"""A row of layers that remembers little of its forward pass, and computes the rest again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bplib import expect
from bplib.backend import Array
from bplib.errors import DomainError
from bplib.layers import Layer
from bplib.layers.snapshot import Snapshot
from bplib.net.sequential import Sequential


class Checkpointed(Sequential):
    """A Sequential that keeps what enters each segment, and computes the rest again in backward.

    The row of n layers is cut into segments. On the way forward a segment's caches are thrown away
    as soon as its output is there, except in the last one. On the way back each segment runs
    forward once more from what entered it, and then backward: one forward pass more in time, and
    about √(2n) of n caches in memory.

    The gradients are those of Sequential to the last bit: dropout draws the same masks again, and
    running statistics move once for each batch. Between forward and backward the parameters must
    stay as they are, as for every layer. A second backward after one forward is possible, and
    costs one more forward pass, since the first one has freed what entered the segments.

    Without a number of segments there are about √(2n), and the later the shorter: what entered the
    later ones is free again when the earlier, longer ones run. A segment begins at a layer that
    learns something, so that an activation, whose output the next layer keeps anyway, is not cut
    off from what it belongs to.

    The n in √(2n) is that of the layers which learn. A tanh and the dense layer after it keep one
    array together, so 32 dense layers and 32 tanh keep 32 arrays in a Sequential and 8 here: a
    quarter, as little as any cuts can reach where each segment runs again once. What a step needs
    for itself, such as the gradient on its way, comes on top of both.

    Arguments:
        layers: as of Sequential.
        segments: how many, from 1 to the number of layers, or None for about √(2n).

    Attributes:
        layers: the layers as a tuple.
        segments: the same layers, a tuple for each segment.

    Raises:
        DTypeError: where something is no layer, or segments is not a whole number.
        DomainError: as Sequential, and where segments is below 1 or above the number of layers.

    Source: T. Chen, B. Xu, C. Zhang, C. Guestrin (2016), Training Deep Nets with Sublinear Memory
        Cost, section 4; A. Griewank, A. Walther (2008), Evaluating Derivatives, chapter 12.
    """

    def __init__(self, *layers: Layer, segments: int | None = None) -> None:
        super().__init__(*layers)
        self._rows = []
        begin = 0
        for segment in _cut(layers, segments):
            self._rows.append(Sequential(*segment))
            self._rows[-1]._begin = begin  # so that an error names the place in the whole row
            begin += len(segment)
        self._alive: int | None = None

    @property
    def segments(self) -> tuple[tuple[Layer, ...], ...]:
        """The layers of each segment."""
        return tuple(row.layers for row in self._rows)

    def forward(self, x: Array) -> Array:
        """The output of the last layer for the batch `x`; only the last segment keeps caches."""
        self.drop_cache()
        entries = []
        for row in self._rows:
            entries.append(_Entry(x, Snapshot(row)))
            x = row.forward(x)
            if row is not self._rows[-1]:
                row.drop_cache()
        self._cache = entries
        self._alive = len(entries) - 1
        return x

    def backward(self, dy: Array) -> Array:
        """The gradient `dx`, shaped as the input, for `dy`, shaped as the output."""
        self._last_cache()
        for layer in self._backwards():
            dy = self._back(layer, layer.backward, dy)
        return dy

    def backward_parameters(self, dy: Array) -> None:
        """The parameters' gradients alone, back to the first layer that learns something."""
        first = self._first_that_learns()
        if first is None:
            return
        self._last_cache()
        for layer in self._backwards(first):
            if layer is self.layers[first]:
                self._back(layer, layer.backward_parameters, dy)
            else:
                dy = self._back(layer, layer.backward, dy)

    def _back(self, layer: Layer, backward: Callable[[Array], Any], dy: Array) -> Any:
        try:
            return backward(dy)
        except Exception as error:
            self._say_where(error, layer)
            raise

    def _backwards(self, first: int = 0) -> Iterator[Layer]:
        """The layers from the last to the given one; each has its cache, and then loses it."""
        place = len(self.layers)
        for k in reversed(range(len(self._rows))):
            if place <= first:
                return
            self._prepare(k)
            for layer in reversed(self._rows[k].layers):
                place -= 1
                if place >= first:
                    yield layer
                layer.drop_cache()
            if k > 0:  # what entered the first segment is the caller's
                self._cache[k].x = None

    def _prepare(self, k: int) -> None:
        """Segment k gets its caches: the last one has those of the forward pass."""
        has_them, self._alive = self._alive == k, None
        if has_them:
            return
        # What entered is missing where an earlier backward has passed: from there on, again.
        start = max(i for i in range(k + 1) if self._cache[i].x is not None)
        for i in range(start, k):
            self._cache[i + 1].x = self._again(i)
            self._rows[i].drop_cache()
        self._again(k)

    def _again(self, k: int) -> Array:
        now = Snapshot(self._rows[k])
        self._cache[k].start.restore()
        try:
            return self._rows[k].forward(self._cache[k].x)
        finally:
            now.restore()

    def drop_cache(self) -> None:
        """Forget the last forward pass, with all inner layers."""
        super().drop_cache()
        self._alive = None

    def __repr__(self) -> str:
        sizes = ", ".join(str(len(row)) for row in self._rows)
        name = type(self).__name__
        return super().__repr__().replace(f"{name}(", f"{name}(segments of {sizes}:", 1)


class _Entry:
    """What entered a segment, and what else it started from."""

    def __init__(self, x: Array | None, start: Snapshot) -> None:
        self.x, self.start = x, start


def _cut(layers: tuple[Layer, ...], segments: int | None) -> list[tuple[Layer, ...]]:
    n = len(layers)
    places = [i for i, layer in enumerate(layers) if i == 0 or layer.parameters()]
    if segments is None:
        # k segments of k, k - 1, …, 1 pieces hold k (k + 1) / 2 of them.
        segments = next(k for k in range(1, n + 1) if k * (k + 1) >= 2 * len(places))
    elif expect.count("Checkpointed", "segments", segments) > n:
        raise DomainError(
            f"Checkpointed: segments is {segments}, but there {'is' if n == 1 else 'are'} {n} "
            f"layer{'' if n == 1 else 's'}; a segment has at least one."
        )
    if segments > len(places):
        places = list(range(n))
    starts = [places[i] for i in _starts(len(places), segments)]
    return [layers[i:j] for i, j in zip(starts, [*starts[1:], n], strict=True)]


def _starts(pieces: int, segments: int) -> list[int]:
    """Where to cut so that no segment, with what is kept before it, is longer than it must be."""
    sizes = [1] * segments
    for _ in range(pieces - segments):
        sizes[min(range(segments), key=lambda k: k + sizes[k])] += 1
    return [sum(sizes[:k]) for k in range(segments)]
