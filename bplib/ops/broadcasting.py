"""Broadcasting and its backward: what was copied forward is summed backward."""

from __future__ import annotations

from bplib.backend import Array


def sum_to_shape(dz: Array, shape: tuple[int, ...]) -> Array:
    """The gradient of an input of the given shape that broadcasting stretched to `dz.shape`.

    Stretching copies one number to many places; each place sends a gradient back, and a number
    that is used many times receives the sum over its uses: dx = Σ dz over the axes that were
    added in front, and over the axes that had length 1.

    Arguments:
        dz: the gradient of the stretched array.
        shape: the shape before stretching.

    Returns:
        An array of that shape; dz itself where nothing was stretched.

    Source: chapter 1, equation 1.10, the sum over paths; NumPy's broadcasting rules.
    """
    if dz.shape == shape:
        return dz
    added = dz.ndim - len(shape)
    stretched = tuple(
        added + axis for axis, size in enumerate(shape) if size == 1 and dz.shape[added + axis] != 1
    )
    return dz.sum(axis=tuple(range(added)) + stretched).reshape(shape)
