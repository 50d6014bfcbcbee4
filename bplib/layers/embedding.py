"""Words, or anything else that has a place in a list, as rows of learned numbers."""

from __future__ import annotations

import math

import numpy as np

from bplib import expect, ops
from bplib.backend import Array, FixedArray
from bplib.layers.base import Layer
from bplib.layers.parameter import Parameter


class Embedding(Layer):
    """A learned row of numbers for each word: y = W[labels]; see `bplib.ops.embedding`.

    What goes in are whole numbers, which cannot be moved by a small step: there is no `dx`, and
    `backward` returns None. An Embedding therefore stands first in a net.

    Arguments:
        n_words: how many words, or other things, there are, at least 1.
        n_out: how many numbers stand for each of them, at least 1.
        rng: the random generator that W is drawn from, standard normal numbers.
        dtype: float32 or float64, what y has.

    Attributes:
        W: Parameter, (n_words, n_out).

    Raises:
        DomainError: where a size is below 1.
        DTypeError: for a size that is not whole, another dtype, or an rng that is not a Generator.

    Source: Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin (2003), A Neural Probabilistic Language
        Model, Journal of Machine Learning Research 3, section 2.
    """

    def __init__(
        self, n_words: int, n_out: int, *, rng: np.random.Generator, dtype: type = np.float64
    ) -> None:
        expect.count("Embedding", "n_words", n_words)
        expect.count("Embedding", "n_out", n_out)
        expect.generator("Embedding", rng)
        expect.precision("Embedding", dtype)
        self.W = Parameter(rng.standard_normal((n_words, n_out)).astype(dtype), "W")

    @property
    def takes_labels(self) -> bool:
        """True: the places of words go in."""
        return True

    def forward(self, labels: FixedArray) -> Array:
        """The rows of a batch of words.

        Arguments:
            labels: array of whole numbers from 0 to n_words - 1, of any shape.

        Returns:
            `y` (…, n_out), of the shape of labels and one axis more.

        Raises:
            DomainError: where a label is negative or above n_words - 1.
            ShapeError: where there are no labels.
            DTypeError: where a label is not a whole number.
        """
        y, self._cache = ops.embedding(self.W.value, labels)
        return y

    def backward(self, dy: Array) -> None:
        """Add to `W.grad` the rows of `dy`, each at its word; there is nothing to return."""
        self.W.accumulate(ops.embedding_backward(dy, self._last_cache()))

    def flops(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Rows are copied forward and added backward."""
        return 0, math.prod(shape) * self.W.value.shape[1]

    def own_parameters(self) -> list[Parameter]:
        """`W` alone."""
        return [self.W]

    def __repr__(self) -> str:
        n_words, n_out = self.W.value.shape
        return f"Embedding({n_words} → {n_out}, {self.W.value.dtype})"
