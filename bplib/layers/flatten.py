"""From a batch of images, or of anything with several axes, to a batch of rows."""

from __future__ import annotations

from bplib import expect, ops
from bplib.backend import Array
from bplib.errors import ShapeError
from bplib.layers.base import Layer


class Flatten(Layer):
    """All numbers of a sample in one row: y (m, n) = x (m, …), read row by row."""

    def forward(self, x: Array) -> Array:
        """The output for a batch, (m, n): n numbers for each of the m samples of `x` (m, …)."""
        expect.floats("Flatten", x=x)
        if x.ndim == 0:
            raise ShapeError("Flatten: x has shape (); its first axis must be that of the samples.")
        y, self._cache = ops.reshape(x, (len(x), -1))
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of the input: `dx`, shaped as the last `x`."""
        return ops.reshape_backward(dy, self._last_cache())

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Nothing is computed."""
        return 0, 0
