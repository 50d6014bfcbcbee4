"""Mini-batches: all samples once, in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array
from bplib.data.rows import samples, take


def batches(
    *arrays: Any, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[tuple[Array, ...]]:
    """Every sample once, in batches; with an rng in a new random order.

    Batch k holds the rows p[k · batch_size : (k + 1) · batch_size], where p is 0 … m − 1 or, with
    an rng, one permutation of it: the samples are shuffled, not the places where batches start,
    and every array in the same order. The last batch holds what is left, which may be fewer.

        for X_batch, y_batch in batches(X, y, batch_size=32, rng=rng):

    Arguments:
        *arrays: one or more arrays with m rows each; row i of every array is sample i.
        batch_size: rows in a batch, at least 1.
        rng: the random generator to draw the order from, once, at the call; None keeps the order.

    Returns:
        An iterator over tuples with one array for each that was given, the X of a batch and its
        y; each is a fresh copy.

    Raises:
        ShapeError: for no array, an empty one, or different numbers of rows.
        DTypeError: for something that is not an array, a batch_size that is not whole, or an rng
            that is not a Generator.
        DomainError: for a batch_size below 1.
    """
    m = samples("batches", arrays)
    size = expect.count("batches", "batch_size", batch_size)
    order = np.arange(m) if rng is None else expect.generator("batches", rng).permutation(m)
    return (take(arrays, order[start : start + size]) for start in range(0, m, size))
