"""Dropout with a memory of its mode and of its generator."""

from __future__ import annotations

import math

import numpy as np

from bplib import expect, ops
from bplib.backend import Array
from bplib.layers.base import Layer


class Dropout(Layer):
    """Leave numbers out while training, and nothing while evaluating; see `bplib.ops.dropout`.

    y = x mask / (1 - rate) in training mode, y = x after `eval()`.

    Arguments:
        rate: the chance that a number is left out, at least 0 and below 1.
        rng: the random generator that every forward pass in training mode draws its mask from.

    Attributes:
        rate, rng: as given.

    Raises:
        DomainError: where rate is below 0, or 1 or above.
        DTypeError: where rate is no number, or rng no Generator.

    Source: N. Srivastava et al. (2014), Dropout: A Simple Way to Prevent Neural Networks from
        Overfitting, Journal of Machine Learning Research 15, section 4.
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        self.rate = expect.share("Dropout", "rate", rate)
        self.rng = expect.generator("Dropout", rng)

    def forward(self, x: Array) -> Array:
        """The output for a batch: `y`, shaped as the float array `x`."""
        y, self._cache = ops.dropout(x, self.rate, self.rng, self.training)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of the input, `dx`, through the mask of the last forward pass."""
        return ops.dropout_backward(dy, self._last_cache())

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """A comparison and a product forward, a product backward; nothing while evaluating."""
        n = math.prod(shape)
        return (2 * n, n) if self.training else (0, 0)

    def own_generators(self) -> list[np.random.Generator]:
        """The generator of the masks."""
        return [self.rng]

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"
