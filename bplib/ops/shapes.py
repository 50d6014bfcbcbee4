"""Moving numbers without changing them: other shapes, other orders, arrays side by side."""

from __future__ import annotations

import math

from bplib import expect
from bplib.backend import Array, Cache, xp_of
from bplib.errors import DTypeError, ShapeError

Shape = int | tuple[int, ...]


def reshape(x: Array, shape: Shape) -> tuple[Array, Cache]:
    """The same numbers in the same order under another shape: y = x, read row by row.

    Arguments:
        x: float array of any shape.
        shape: the new shape, whole numbers; one of them may be -1, which stands for what is left.

    Returns:
        `y`, of the new shape, and the cache.

    Raises:
        ShapeError: where the shape does not hold as many numbers as x, or x is empty.
        DTypeError: where x is not a float array, or the shape is not made of whole numbers.

    Source: a permutation of the entries, and the derivative of a permutation is its inverse.
    """
    expect.floats("reshape", x=x)
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    _whole_numbers("reshape", "shape", sizes)
    left = math.prod(size for size in sizes if size != -1)
    holes = sum(size == -1 for size in sizes)
    fits = holes <= 1 and left > 0 and (x.size % left == 0 if holes else x.size == left)
    if not fits or min(sizes, default=1) < -1:
        raise ShapeError(
            f"reshape: x has shape {x.shape}, which is {x.size} "
            f"{'entry' if x.size == 1 else 'entries'}; they do not fit into the shape {shape}."
        )
    y = x.copy().reshape(tuple(sizes))
    return y, (y, x.shape)


def reshape_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of a reshape: dx = dy, under the shape of x.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `reshape`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y, shape = cache
    expect.upstream("reshape_backward", "dy", dy, "y", y.shape, y)
    return dy.copy().reshape(shape)


def transpose(x: Array, axes: tuple[int, ...] | None = None) -> tuple[Array, Cache]:
    """The axes in another order: for a matrix, y = xᵀ.

    Arguments:
        x: float array of any shape.
        axes: which axis of x comes first, second and so on; None turns their order round.

    Returns:
        `y`, with the sizes of x in the new order, and the cache.

    Raises:
        ShapeError: where axes does not name every axis of x once, or x is empty.
        DTypeError: where x is not a float array, or an axis is not a whole number.

    Source: M. B. Giles (2008), Collected Matrix Derivative Results for Forward and Reverse Mode
        Algorithmic Differentiation, section 2.2.
    """
    expect.floats("transpose", x=x)
    if axes is None:
        order = tuple(range(x.ndim))[::-1]
    else:
        named = axes if isinstance(axes, tuple | list) else (axes,)
        _whole_numbers("transpose", "axes", named)
        order = tuple(axis + x.ndim if axis < 0 else axis for axis in named)
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError(
            f"transpose: x has shape {x.shape}, but axes is {axes}; it must name every axis once."
        )
    y = x.transpose(order).copy()
    return y, (x, order)


def transpose_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of a transpose: dx = dy with its axes back in their places; for a matrix, dyᵀ.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `transpose`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, order = cache
    shape = tuple(x.shape[axis] for axis in order)
    expect.upstream("transpose_backward", "dy", dy, "y", shape, x)
    back = sorted(range(len(order)), key=order.__getitem__)
    return dy.transpose(tuple(back)).copy()


def concatenate(*arrays: Array, axis: int = 0) -> tuple[Array, Cache]:
    """Arrays one after the other along an axis: y = [a, b, …].

    Arguments:
        arrays: one or more float arrays; their shapes differ along that axis at most.
        axis: the axis along which they follow each other, a whole number.

    Returns:
        `y`, as long along the axis as all arrays together, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, there is no such axis, or an array is empty.
        DTypeError: where there is no array; for integers, or float32 against float64.

    Source: a permutation of the entries; its inverse cuts the gradient where the arrays met.
    """
    if not arrays:
        raise DTypeError("concatenate: arrays is missing; at least one array is needed.")
    expect.floats("concatenate", **{f"arrays[{i}]": a for i, a in enumerate(arrays)})
    _whole_numbers("concatenate", "axis", (axis,))
    first = arrays[0]
    if not -first.ndim <= axis < first.ndim:
        raise ShapeError(
            f"concatenate: axis {axis} does not exist; arrays[0] has shape {first.shape}."
        )
    along = axis % first.ndim
    for i, other in enumerate(arrays):
        if _without(other.shape, along) != _without(first.shape, along):
            raise ShapeError(
                f"concatenate: arrays[{i}] has shape {other.shape}, but arrays[0] has shape "
                f"{first.shape}; the two may differ along axis {axis} alone."
            )
    y = xp_of(first).concatenate(arrays, axis=along)
    return y, (tuple(a.shape[along] for a in arrays), along, y)


def concatenate_backward(dy: Array, cache: Cache) -> tuple[Array, ...]:
    """Gradients of a concatenation: each array receives its own piece of dy, da = dy[its place].

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `concatenate`.

    Returns:
        One gradient for each array, of its shape, in a tuple.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    sizes, along, y = cache
    expect.upstream("concatenate_backward", "dy", dy, "y", y.shape, y)
    pieces, start = [], 0
    for size in sizes:
        place = (slice(None),) * along + (slice(start, start + size),)
        pieces.append(dy[place].copy())
        start += size
    return tuple(pieces)


def _whole_numbers(op: str, name: str, values: tuple) -> None:
    for one in values:
        expect.whole(op, name, one, "whole numbers are needed")


def _without(shape: tuple[int, ...], axis: int) -> tuple:
    return (*shape[:axis], None, *shape[axis + 1 :])
