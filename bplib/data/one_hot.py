"""Labels as rows of zeros with a single one."""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, ShapeError


def one_hot(labels: Array, n_classes: int, dtype: Any = np.float64) -> Array:
    """Class labels as rows that are 1 at the label and 0 elsewhere.

    Y[i, k] = 1 where k = labels[i], else 0.

    Arguments:
        labels: integer array of any shape, usually (m,), with entries from 0 to n_classes − 1.
        n_classes: number of classes, at least 1.
        dtype: float32 or float64, the dtype of the result.

    Returns:
        Y, of labels' shape with one more axis of n_classes at the end: (m, n_classes) for (m,).

    Raises:
        DTypeError: for labels that are not an array of integers, an n_classes that is not whole,
            or another dtype.
        ShapeError: for an empty array.
        DomainError: for a label that is negative or not below n_classes, or n_classes below 1.
    """
    expect.plain("one_hot", "labels", labels, "an array of integers is needed", recorded=False)
    if labels.dtype.kind not in "iu":
        raise DTypeError(
            f"one_hot: labels holds {labels.dtype} values; integers are needed, "
            "for example labels.astype(int)."
        )
    if labels.size == 0:
        raise ShapeError(f"one_hot: labels is empty, its shape is {labels.shape}.")
    n = expect.count("one_hot", "n_classes", n_classes)
    dtype = expect.precision("one_hot", dtype)
    allowed = (labels >= 0) & (labels < n)
    expect.everywhere(
        "one_hot", "labels", labels, allowed, f"n_classes={n} needs labels from 0 to {n - 1}"
    )
    return (labels[..., None] == xp_of(labels).arange(n)).astype(dtype)
