"""The gradient that comes into a loss: one number, 1 where nothing follows the loss."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array
from bplib.errors import DTypeError, ShapeError, kind_of

_NEEDED = "one number is needed, the gradient of the final loss"


def one_number(backward: str, dloss: Array, like: Array) -> Array:
    """The upstream gradient of a loss in the dtype of its arrays.

    Arguments:
        backward: who asks; it opens the sentence.
        dloss: a Python number, or an array of floats with no axes.
        like: an array of the dtype that is wanted.

    Returns:
        A number that takes the dtype of the array it is multiplied with.

    Raises:
        ShapeError: where dloss is an array with axes.
        DTypeError: where it is no number, holds integers, is complex beside a real loss, or lives
            on another device.
    """
    if type(dloss) is float or type(dloss) is int:
        return dloss
    shape = getattr(dloss, "shape", None)
    if shape is None:
        raise DTypeError(f"{backward}: dloss is {kind_of(dloss)}; {_NEEDED}.")
    if shape != ():
        raise ShapeError(f"{backward}: dloss has shape {shape}; {_NEEDED}.")
    kind = dloss.dtype.kind
    if kind != "f" and not (kind == "c" and like.dtype.kind == "c"):
        raise DTypeError(f"{backward}: dloss is {dloss.dtype}; a float is needed.")
    if type(dloss) is not type(like):
        expect.together(backward, dloss=dloss, **{"the loss": like})
    return dloss.astype(like.dtype)
