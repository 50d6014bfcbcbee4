"""Picking entries, and sending a gradient back to where they were picked from."""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, Cache, quietly, to_numpy, xp_of
from bplib.errors import DTypeError, ShapeError, kind_of


def getitem(x: Array, index: Any) -> tuple[Array, Cache]:
    """Some entries of an array: y = x[index].

    Arguments:
        x: float array of any shape.
        index: what NumPy allows between the brackets: whole numbers, slices, `...`, None, arrays
            of whole numbers or of booleans, or a tuple of these. An array may stay on the host;
            it is moved to where x lives.

    Returns:
        `y`, of the shape that NumPy gives it, and the cache.

    Raises:
        ShapeError: where such an entry does not exist, the parts of the index do not fit
            together, or nothing is picked.
        DTypeError: where x is not a float array, or the index is of another kind.

    Source: a matrix of zeros and ones; its transpose adds up what was picked more than once.
    """
    expect.floats("getitem", x=x)
    parts = _parts(x, index)
    try:
        y = x[parts]
    except IndexError:
        raise ShapeError(
            f"getitem: the arrays of the index do not fit together; x has shape {x.shape}."
        ) from None
    if y.size == 0:
        raise ShapeError(f"getitem: the index picks nothing of x, whose shape is {x.shape}.")
    kinds = {part.dtype.kind for part in parts if hasattr(part, "dtype")}
    # A view of x becomes an array of its own; an index with arrays has made a copy already.
    return y if kinds else y.copy(), (x, parts, y.shape, bool(kinds - {"b"}))


@quietly
def getitem_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of picking: dx = Σ of dy over the times that an entry was picked, 0 for the others.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `getitem`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, parts, shape, may_repeat = cache
    expect.upstream("getitem_backward", "dy", dy, "y", shape, x)
    xp = xp_of(dy)
    dx = xp.zeros(x.shape, dtype=dy.dtype)
    if may_repeat:
        xp.add.at(dx, parts, dy)
    else:
        dx[parts] = dy
    return dx


def _parts(x: Array, index: Any) -> tuple:
    """The index as a tuple whose arrays live beside x; every number in it exists along its axis.

    NumPy would say so itself, but CuPy takes an index that is too large to mean another entry.
    """
    given = index if isinstance(index, tuple) else (index,)
    parts = tuple(_part(x, one) for one in given)
    used = sum(_axes_used(part) for part in parts)
    if used > x.ndim:
        raise ShapeError(f"getitem: the index asks for {used} axes, but x has shape {x.shape}.")
    if sum(part is Ellipsis for part in parts) > 1:
        raise ShapeError("getitem: the index holds more than one '...'.")
    axis = 0
    for part in parts:
        if part is Ellipsis:
            axis += x.ndim - used
        else:
            _expect_there(x, axis, part)
            axis += _axes_used(part)
    return parts


def _part(x: Array, part: Any) -> Any:
    if part is None or part is Ellipsis:
        return part
    if isinstance(part, slice):
        for bound in (part.start, part.stop, part.step):
            if bound is not None and not _is_whole(bound):
                raise DTypeError(
                    f"getitem: a slice holds {kind_of(bound)}; whole numbers are needed."
                )
        if part.step == 0:
            raise ShapeError("getitem: a slice has the step 0; it would never end.")
        return part
    if _is_whole(part):
        return int(part)
    if isinstance(part, list):
        part = np.asarray(part)
    kind = getattr(getattr(part, "dtype", None), "kind", "")
    if kind in ("i", "u") and part.shape == ():
        return int(to_numpy(part))
    if kind not in ("i", "u", "b") or part.shape == ():
        what = f"of {part.dtype} values" if hasattr(part, "dtype") else kind_of(part)
        raise DTypeError(
            f"getitem: the index is {what}; whole numbers, slices, or arrays of whole numbers "
            "or of booleans are needed."
        )
    if isinstance(part, np.ndarray):
        return xp_of(x).asarray(part)
    expect.together("getitem", x=x, index=part)
    return part


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _axes_used(part: Any) -> int:
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if hasattr(part, "dtype") and part.dtype.kind == "b" else 1


def _expect_there(x: Array, axis: int, part: Any) -> None:
    if part is None or isinstance(part, slice):
        return
    if hasattr(part, "dtype") and part.dtype.kind == "b":
        if part.shape != x.shape[axis : axis + part.ndim]:
            raise ShapeError(
                f"getitem: the booleans have shape {part.shape}, but x has shape {x.shape}; "
                f"they must agree from axis {axis} on."
            )
        return
    size = x.shape[axis]
    if isinstance(part, int):
        low = high = part
    elif part.size == 0:
        return
    else:
        low, high = int(to_numpy(part.min())), int(to_numpy(part.max()))
    if low < -size or high >= size:
        wrong = low if low < -size else high
        raise ShapeError(
            f"getitem: index {wrong} does not exist along axis {axis}; x has shape {x.shape}."
        )
