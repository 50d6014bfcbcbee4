"""The gradient that comes into a loss: one number, 1 where nothing follows the loss."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array
from bplib.errors import DTypeError, ShapeError


def one_number(backward: str, dloss: Array, like: Array) -> Array:
    """The upstream gradient of a loss in the dtype of its arrays.

    Arguments:
        backward: who asks; it opens the sentence.
        dloss: a Python number, or an array of floats with no axes.
        like: an array of the dtype that is wanted.

    Returns:
        A number that takes the dtype of the array it is multiplied with.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers, or lives on another device.
    """
    if isinstance(dloss, int | float) and not hasattr(dloss, "dtype"):
        return dloss
    if getattr(dloss, "shape", None) != ():
        raise ShapeError(f"{backward}: dloss must be one number, the gradient of the final loss.")
    if dloss.dtype.kind not in "fc":
        raise DTypeError(f"{backward}: dloss is {dloss.dtype}; a float is needed.")
    if type(dloss) is not type(like):
        expect.together(backward, dloss=dloss, **{"the loss": like})
    return dloss.astype(like.dtype)
