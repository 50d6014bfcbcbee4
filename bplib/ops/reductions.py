"""Sums and means over some axes or over all of them."""

from __future__ import annotations

import math

from bplib import expect
from bplib.backend import Array, Cache, quiet, xp_of
from bplib.errors import DTypeError, ShapeError, kind_of

Axis = int | tuple[int, ...] | None


def sum(x: Array, axis: Axis = None, keepdims: bool = False) -> tuple[Array, Cache]:
    """Sum over the given axes: y = Σ x.

    Arguments:
        x: float array of any shape.
        axis: the axis or axes to sum over, a whole number or a tuple of them; None for all.
        keepdims: whether these axes stay, with length 1.

    Returns:
        `y`, shaped as `x` without these axes, and the cache.

    Raises:
        ShapeError: where x is empty or does not have such an axis, or an axis is named twice.
        DTypeError: where x is not a float array, or an axis is not a whole number.

    Source: chapter 1, "Three habits": add distributes.
    """
    expect.floats("sum", x=x)
    axes = _axes("sum", x, axis)
    with quiet():
        y = x.sum(axis=axes, keepdims=keepdims)
    return y, (x, axes, y.shape)


def sum_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of a sum: dx = dy, for every entry that was added into that entry of y.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `sum`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, axes, shape = cache
    expect.upstream("sum_backward", "dy", dy, "y", shape, x)
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    return xp_of(dy).broadcast_to(dy.reshape(kept), x.shape).copy()


def mean(x: Array, axis: Axis = None, keepdims: bool = False) -> tuple[Array, Cache]:
    """Mean over the given axes: y = Σ x / n, where n entries are averaged.

    Arguments:
        x: float array of any shape.
        axis: the axis or axes to average over, a whole number or a tuple of them; None for all.
        keepdims: whether these axes stay, with length 1.

    Returns:
        `y`, shaped as `x` without these axes, and the cache.

    Raises:
        ShapeError: where x is empty or does not have such an axis, or an axis is named twice.
        DTypeError: where x is not a float array, or an axis is not a whole number.

    Source: chapter 2, "Sum, mean, half"; a sum and a division.
    """
    expect.floats("mean", x=x)
    total, cache = sum(x, _axes("mean", x, axis), keepdims)
    n = math.prod(x.shape[axis] for axis in cache[1])
    return total / n, (cache, n)


def mean_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of a mean: dx = (gradient of the sum) / n.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `mean`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    sum_cache, n = cache
    expect.upstream("mean_backward", "dy", dy, "y", sum_cache[2], sum_cache[0])
    return sum_backward(dy / n, sum_cache)


def _axes(op: str, x: Array, axis: Axis) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for one in axes:
        if isinstance(one, bool) or not isinstance(one, int):
            raise DTypeError(f"{op}: axis is {kind_of(one)}; whole numbers are needed.")
        if not -x.ndim <= one < x.ndim:
            raise ShapeError(f"{op}: axis {one} does not exist; x has shape {x.shape}.")
    positions = tuple(one % x.ndim for one in axes)
    if len(set(positions)) != len(positions):
        raise ShapeError(f"{op}: axis {axis} names one axis twice.")
    return positions
