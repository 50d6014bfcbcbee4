"""Addition, multiplication and their relatives, entry by entry.

One input may stretch to the shape of the other (a row added to every row of a matrix); both at
once, as in (m, 1) with (m,), is refused. A plain Python number may stand in the place of an array.
"""

from __future__ import annotations

import math
from numbers import Real

import numpy as np

from bplib import expect
from bplib.backend import Array, Cache, quietly, xp_of
from bplib.errors import DomainError, DTypeError, kind_of
from bplib.ops.broadcasting import sum_to_shape


@quietly
def add(x: Array, y: Array) -> tuple[Array, Cache]:
    """Sum of two arrays: z = x + y.

    Arguments:
        x: float array of any shape, or a number.
        y: the same; one shape may stretch to the other.

    Returns:
        `z`, of the larger shape, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: for integers, or float32 against float64.

    Source: chapter 1, "Three habits": add distributes.
    """
    x, y = expect.operands("add", x, y)
    z = x + y
    return z, (z, x.shape, y.shape)  # the inputs may be forgotten: their shapes are enough


@quietly
def add_backward(dz: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients of x + y: dx = dz, dy = dz, each summed to its input's shape.

    Arguments:
        dz: the upstream gradient, of z's shape.
        cache: of `add`.

    Returns:
        `dx`, `dy`, shaped as `x` and `y`.

    Raises:
        ShapeError: where dz does not have z's shape.
        DTypeError: for integers, or float32 against float64.
    """
    z, x_shape, y_shape = cache
    expect.upstream("add_backward", "dz", dz, "z", z.shape, z)
    # + copies: dz is the caller's
    return sum_to_shape(+dz, x_shape), sum_to_shape(+dz, y_shape)


@quietly
def subtract(x: Array, y: Array) -> tuple[Array, Cache]:
    """Difference of two arrays: z = x - y.

    Arguments:
        x: float array of any shape, or a number.
        y: the same; one shape may stretch to the other.

    Returns:
        `z`, of the larger shape, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: for integers, or float32 against float64.

    Source: chapter 1, "Three habits": add distributes, here with a minus.
    """
    x, y = expect.operands("subtract", x, y)
    z = x - y
    return z, (z, x.shape, y.shape)


@quietly
def subtract_backward(dz: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients of x - y: dx = dz, dy = -dz, each summed to its input's shape.

    Arguments:
        dz: the upstream gradient, of z's shape.
        cache: of `subtract`.

    Returns:
        `dx`, `dy`, shaped as `x` and `y`.

    Raises:
        ShapeError: where dz does not have z's shape.
        DTypeError: for integers, or float32 against float64.
    """
    z, x_shape, y_shape = cache
    expect.upstream("subtract_backward", "dz", dz, "z", z.shape, z)
    return sum_to_shape(+dz, x_shape), sum_to_shape(-dz, y_shape)


@quietly
def multiply(x: Array, y: Array) -> tuple[Array, Cache]:
    """Product of two arrays, entry by entry: z = x y.

    Arguments:
        x: float array of any shape, or a number.
        y: the same; one shape may stretch to the other.

    Returns:
        `z`, of the larger shape, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: for integers, or float32 against float64.

    Source: chapter 1, "Three habits": multiply swaps.
    """
    x, y = expect.operands("multiply", x, y)
    return x * y, (x, y)


@quietly
def multiply_backward(dz: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients of x y: dx = dz y, dy = dz x, each summed to its input's shape.

    Arguments:
        dz: the upstream gradient, of z's shape.
        cache: of `multiply`.

    Returns:
        `dx`, `dy`, shaped as `x` and `y`.

    Raises:
        ShapeError: where dz does not have z's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, y = _arrived("multiply_backward", dz, cache)
    return sum_to_shape(dz * y, x.shape), sum_to_shape(dz * x, y.shape)


@quietly
def divide(x: Array, y: Array) -> tuple[Array, Cache]:
    """Quotient of two arrays, entry by entry: z = x / y.

    Arguments:
        x: float array of any shape, or a number.
        y: the same, without a 0; one shape may stretch to the other.

    Returns:
        `z`, of the larger shape, and the cache.

    Raises:
        DomainError: where an entry of y is 0.
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: for integers, or float32 against float64.

    Source: the quotient rule; NIST Digital Library of Mathematical Functions, section 1.4.
    """
    x, y = expect.operands("divide", x, y)
    expect.everywhere("divide", "y", y, y != 0, "division needs y ≠ 0")
    z = x / y
    return z, (x, y, z)


@quietly
def divide_backward(dz: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients of x / y: dx = dz / y, dy = -dz z / y, each summed to its input's shape.

    Arguments:
        dz: the upstream gradient, of z's shape.
        cache: of `divide`.

    Returns:
        `dx`, `dy`, shaped as `x` and `y`.

    Raises:
        ShapeError: where dz does not have z's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, y, z = cache
    expect.upstream("divide_backward", "dz", dz, "z", z.shape, z)
    dx = dz / y
    return sum_to_shape(dx, x.shape), sum_to_shape(-dx * z, y.shape)


def negative(x: Array) -> tuple[Array, Cache]:
    """The array with its sign turned: y = -x.

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: chapter 1, "Three habits": multiply swaps, here with the constant -1.
    """
    expect.floats("negative", x=x)
    return -x, x


def negative_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of -x: dx = -dy.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `negative`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    expect.upstream("negative_backward", "dy", dy, "y", cache.shape, cache)
    return -dy


@quietly
def power(x: Array, exponent: float) -> tuple[Array, Cache]:
    """A fixed power of every entry: y = x ** exponent.

    The exponent is not learned; for a learned one p write exp(p log x).

    Arguments:
        x: float array of any shape.
        exponent: a plain number, finite.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where the power is not a real number: a negative entry with a fractional
            exponent, a zero with a negative exponent; or where the exponent is not finite.
        ShapeError: for an empty array.
        DTypeError: where x is not a float array, or exponent is not a plain number.

    Source: the power rule; NIST Digital Library of Mathematical Functions, section 4.7.
    """
    expect.floats("power", x=x)
    if isinstance(exponent, bool) or not isinstance(exponent, Real):
        raise DTypeError(
            f"power: exponent is {kind_of(exponent)}; a plain number is needed "
            "(for a learned exponent p write exp(p * log(x)))."
        )
    if not math.isfinite(exponent):
        raise DomainError(f"power: exponent is {exponent:g}; it must be finite.")
    # A number of NumPy's would turn a float32 array into float64.
    exponent = int(exponent) if isinstance(exponent, int | np.integer) else float(exponent)
    if x.dtype.kind == "f":
        if exponent < 0:
            expect.everywhere("power", "x", x, x != 0, f"the exponent {exponent:g} needs x ≠ 0")
        if not float(exponent).is_integer():
            expect.everywhere("power", "x", x, x >= 0, f"the exponent {exponent:g} needs x ≥ 0")
    return x**exponent, (x, exponent)


@quietly
def power_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of x ** p: dx = dy p x ** (p - 1).

    At x = 0 with 0 < p < 1 the slope is infinite: `dx` is inf there, with the sign of dy, and NaN
    where dy is 0 as well.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `power`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, exponent = cache
    expect.upstream("power_backward", "dy", dy, "y", x.shape, x)
    if exponent == 0:
        return dy * 0
    return dy * (exponent * x ** (exponent - 1))


@quietly
def maximum(x: Array, y: Array) -> tuple[Array, Cache]:
    """The larger of two arrays, entry by entry: z = max(x, y).

    A tie has one winner, and it is `x`.

    Arguments:
        x: float array of any shape, or a number.
        y: the same; one shape may stretch to the other.

    Returns:
        `z`, of the larger shape, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: for integers, float32 against float64, or complex arrays (no order).

    Source: chapter 1, "Three habits": max routes.
    """
    x, y = expect.operands("maximum", x, y)
    if x.dtype.kind == "c":  # a complex y beside a real x was refused already
        raise DTypeError("maximum: complex numbers have no larger one; use real arrays.")
    return xp_of(x).maximum(x, y), (x, y)


@quietly
def maximum_backward(dz: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients of max(x, y): dx = dz where x ≥ y, dy = dz where x < y, 0 elsewhere.

    Each is summed to its input's shape.

    Arguments:
        dz: the upstream gradient, of z's shape.
        cache: of `maximum`.

    Returns:
        `dx`, `dy`, shaped as `x` and `y`.

    Raises:
        ShapeError: where dz does not have z's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, y = _arrived("maximum_backward", dz, cache)
    x_wins, xp = x >= y, xp_of(dz)
    dx, dy = xp.where(x_wins, dz, 0), xp.where(x_wins, 0, dz)
    return sum_to_shape(dx, x.shape), sum_to_shape(dy, y.shape)


def _arrived(op: str, dz: Array, cache: Cache) -> tuple[Array, Array]:
    x, y = cache
    shape = x.shape if x.shape == y.shape else np.broadcast_shapes(x.shape, y.shape)
    expect.upstream(op, "dz", dz, "z", shape, x)
    return x, y
