"""Arrays whose rows belong together: row i of each is sample i."""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import ShapeError


def samples(op: str, arrays: tuple[Any, ...]) -> int:
    """How many samples the arrays hold, one in each row of each.

    Arguments:
        op: who asks; it opens the sentence.
        arrays: arrays of any dtype whose first axes are equally long.

    Returns:
        The number of samples m, at least 1.

    Raises:
        DTypeError: for something that is not an array.
        ShapeError: for no array, one without rows, or different numbers of rows.
    """
    if not arrays:
        raise ShapeError(f"{op}: no array was given; name at least one, such as X.")
    for i, array in enumerate(arrays):
        expect.plain(op, f"argument {i + 1}", array, "an array is needed")
        if array.ndim == 0 or len(array) == 0:
            raise ShapeError(
                f"{op}: argument {i + 1} has shape {array.shape}; it holds no samples."
            )
        if len(array) != len(arrays[0]):
            raise ShapeError(
                f"{op}: argument {i + 1} has {len(array)} samples, "
                f"but argument 1 has {len(arrays[0])}."
            )
    return len(arrays[0])


def take(arrays: tuple[Array, ...], rows: np.ndarray) -> tuple[Array, ...]:
    """The same rows of every array, as fresh arrays on the device where each lives.

    Arguments:
        arrays: arrays with equally long first axes.
        rows: (k,) whole numbers.

    Returns:
        One array for each, with k rows.
    """
    return tuple(array[xp_of(array).asarray(rows)] for array in arrays)
