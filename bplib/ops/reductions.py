"""Sums, means, variances and largest entries, over some axes or over all of them."""

from __future__ import annotations

import math

from bplib import expect
from bplib.backend import Array, Cache, quietly, xp_of
from bplib.errors import DomainError, ShapeError

Axis = int | tuple[int, ...] | None


@quietly
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
        DTypeError: where x is not a float array, an axis is not a whole number, or keepdims is
            neither True nor False.

    Source: chapter 1, "Three habits": add distributes.
    """
    expect.floats("sum", x=x)
    axes, keepdims = _axes("sum", x, axis), expect.flag("sum", "keepdims", keepdims)
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
    return xp_of(dy).broadcast_to(dy.reshape(_kept(x.shape, axes)), x.shape).copy()


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
        DTypeError: where x is not a float array, an axis is not a whole number, or keepdims is
            neither True nor False.

    Source: chapter 2, "Sum, mean, half"; a sum and a division.
    """
    expect.floats("mean", x=x)
    axes = _axes("mean", x, axis)
    total, cache = sum(x, axes, expect.flag("mean", "keepdims", keepdims))
    n = math.prod(x.shape[axis] for axis in axes)
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


@quietly
def var(x: Array, axis: Axis = None, keepdims: bool = False, ddof: int = 0) -> tuple[Array, Cache]:
    """Variance over the given axes: y = Σ (x - mean)² / (n - ddof), over n entries each.

    Arguments:
        x: float array of any shape.
        axis: the axis or axes of the entries that are compared, a whole number or a tuple of
            them; None for all.
        keepdims: whether these axes stay, with length 1.
        ddof: what is taken off n, a whole number from 0 to n - 1: 0 for the spread of these very
            entries, 1 for an unbiased estimate from a sample.

    Returns:
        `y`, shaped as `x` without these axes, in the square of x's unit, and the cache.

    Raises:
        DomainError: where ddof is negative, or n - ddof is not positive.
        ShapeError: where x is empty or does not have such an axis, or an axis is named twice.
        DTypeError: where x is not a float array, an axis or ddof is not a whole number, or
            keepdims is neither True nor False.

    Source: R. A. Fisher (1918), The Correlation between Relatives on the Supposition of Mendelian
        Inheritance, p. 399; n - 1 after F. W. Bessel.
    """
    expect.floats("var", x=x)
    axes, keepdims = _axes("var", x, axis), expect.flag("var", "keepdims", keepdims)
    n = math.prod(x.shape[axis] for axis in axes)
    ddof = expect.whole("var", "ddof", ddof)
    if not 0 <= ddof < n:
        raise DomainError(f"var: ddof is {ddof}; for n = {n} it must be from 0 to {n - 1}.")
    deviation = x - x.sum(axis=axes, keepdims=True) / n
    y = (deviation * deviation).sum(axis=axes, keepdims=keepdims) / (n - ddof)
    return y, (deviation, axes, y.shape, n - ddof)


@quietly
def var_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of a variance: dx = dy 2 (x - mean) / (n - ddof).

    The mean moves with x too, but what goes through it is Σ (x - mean), which is 0.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `var`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    deviation, axes, shape, divisor = cache
    expect.upstream("var_backward", "dy", dy, "y", shape, deviation)
    return deviation * (dy.reshape(_kept(deviation.shape, axes)) * (2 / divisor))


def max(x: Array, axis: Axis = None, keepdims: bool = False) -> tuple[Array, Cache]:
    """The largest entry over the given axes: y = max x.

    A tie has one winner, the first in the order in which the entries are read, row by row.

    Arguments:
        x: float array of any shape.
        axis: the axis or axes to search, a whole number or a tuple of them; None for all.
        keepdims: whether these axes stay, with length 1.

    Returns:
        `y`, shaped as `x` without these axes, and the cache.

    Raises:
        ShapeError: where x is empty or does not have such an axis, or an axis is named twice.
        DTypeError: where x is not an array of real floats, an axis is not a whole number, or
            keepdims is neither True nor False.

    Source: chapter 1, "Three habits": max routes.
    """
    expect.reals("max", x=x)
    axes, keepdims = _axes("max", x, axis), expect.flag("max", "keepdims", keepdims)
    y = x.max(axis=axes, keepdims=keepdims)
    order = (*(axis for axis in range(x.ndim) if axis not in axes), *sorted(axes))
    n = math.prod(x.shape[axis] for axis in axes)
    winner = x.transpose(order).reshape(-1, n).argmax(axis=1)
    return y, (x, order, winner, y.shape)


def max_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of a maximum: dx = dy for the entry that won, 0 for the others.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `max`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, order, winner, shape = cache
    expect.upstream("max_backward", "dy", dy, "y", shape, x)
    xp = xp_of(dy)
    rows = xp.zeros((winner.size, x.size // winner.size), dtype=dy.dtype)
    rows[xp.arange(winner.size), winner] = dy.reshape(-1)
    back = sorted(range(x.ndim), key=order.__getitem__)
    return rows.reshape(tuple(x.shape[axis] for axis in order)).transpose(tuple(back))


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape))


def _axes(op: str, x: Array, axis: Axis) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for one in axes:
        expect.whole(op, "axis", one, "whole numbers are needed")
        if not -x.ndim <= one < x.ndim:
            raise ShapeError(f"{op}: axis {one} does not exist; x has shape {x.shape}.")
    positions = tuple(int(one) % x.ndim for one in axes)
    if len(set(positions)) != len(positions):
        raise ShapeError(f"{op}: axis {axis} names one axis twice.")
    return positions
