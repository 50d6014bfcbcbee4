"""Functions of one number, applied to every entry, and the choice between two arrays."""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, Cache, FixedArray, quietly, xp_of
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of
from bplib.ops.broadcasting import sum_to_shape


@quietly
def exp(x: Array) -> tuple[Array, Cache]:
    """The exponential of every entry: y = eˣ.

    `y` is inf where eˣ does not fit the dtype: x > 709.78 in float64, x > 88.72 in float32.

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: (eˣ)' = eˣ; NIST Digital Library of Mathematical Functions, section 4.7.
    """
    expect.floats("exp", x=x)
    y = xp_of(x).exp(x)
    return y, y


@quietly
def exp_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of eˣ, from the output: dx = dy y.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `exp`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y = cache
    expect.upstream("exp_backward", "dy", dy, "y", y.shape, y)
    return dy * y


def log(x: Array) -> tuple[Array, Cache]:
    """The natural logarithm of every entry: y = ln x.

    Arguments:
        x: float array of any shape, every entry > 0.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where an entry is not positive.
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: (ln x)' = 1/x; NIST Digital Library of Mathematical Functions, section 4.7.
    """
    expect.floats("log", x=x)
    if x.dtype.kind == "f":
        expect.everywhere("log", "x", x, x > 0, "log needs x > 0")
    return xp_of(x).log(x), x


@quietly
def log_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of ln x: dx = dy / x.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `log`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x = cache
    expect.upstream("log_backward", "dy", dy, "y", x.shape, x)
    return dy / x


def sqrt(x: Array) -> tuple[Array, Cache]:
    """The square root of every entry: y = √x.

    At x = 0 the value is 0 and the slope is infinite.

    Arguments:
        x: float array of any shape, every entry ≥ 0.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where an entry is negative.
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: (√x)' = 1 / (2 √x); NIST Digital Library of Mathematical Functions, section 4.7.
    """
    expect.floats("sqrt", x=x)
    if x.dtype.kind == "f":
        expect.everywhere("sqrt", "x", x, x >= 0, "sqrt needs x ≥ 0")
    y = xp_of(x).sqrt(x)
    return y, y


@quietly
def sqrt_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of √x, from the output: dx = dy / (2 y).

    Where x = 0, `dx` is inf with the sign of dy, and NaN where dy is 0 as well.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `sqrt`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y = cache
    expect.upstream("sqrt_backward", "dy", dy, "y", y.shape, y)
    return dy / (2 * y)


def abs(x: Array) -> tuple[Array, Cache]:
    """The size of every entry, without its sign: y = |x|.

    The corner at x = 0 gets slope 0.

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not a float array, or is complex.

    Source: |x|' = sign x for x ≠ 0; R. T. Rockafellar (1970), Convex Analysis, section 23: at 0
        every slope from -1 to 1 is a subgradient, and 0 is the one in the middle.
    """
    expect.reals("abs", x=x)
    return xp_of(x).abs(x), x


def abs_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of |x|: dx = dy sign(x), with sign(0) = 0.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `abs`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x = cache
    expect.upstream("abs_backward", "dy", dy, "y", x.shape, x)
    return dy * xp_of(x).sign(x)


@quietly
def clip(x: Array, low: float, high: float) -> tuple[Array, Cache]:
    """Every entry, but none below or above the ends: y = min(max(x, low), high).

    Outside the slope is 0. Inside it is 1, and at the two ends too, where the entry stays as it is.

    Arguments:
        x: float array of any shape.
        low: the lower end, a plain number in the unit of x; -inf for none.
        high: the upper end, the same, not below low; inf for none.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where low is above high, or an end is NaN.
        ShapeError: for an empty array.
        DTypeError: where x is not a float array or is complex, or an end is not a plain number.

    Source: chapter 1, "Three habits": max routes, here twice.
    """
    expect.reals("clip", x=x)
    low, high = expect.number("clip", "low", low), expect.number("clip", "high", high)
    if not low <= high:
        raise DomainError(f"clip: low is {low:g} and high is {high:g}; low ≤ high is needed.")
    return x.clip(low, high), (x, low, high)


@quietly
def clip_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of clip: dx = dy where low ≤ x ≤ high, 0 elsewhere.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `clip`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, low, high = cache
    expect.upstream("clip_backward", "dy", dy, "y", x.shape, x)
    # an end may be too large for float32
    inside = (x >= low) & (x <= high)
    return xp_of(dy).where(inside, dy, 0)


@quietly
def where(condition: FixedArray, x: Array, y: Array) -> tuple[Array, Cache]:
    """A choice between two arrays, entry by entry: z = x where the condition holds, y elsewhere.

    The condition is not differentiated: a small change of x does not change the choice.

    Arguments:
        condition: array of booleans, such as `x > 0`.
        x: float array of any shape, or a number.
        y: the same. One of the three shapes is the largest, and the other two stretch to it.

    Returns:
        `z`, of the largest shape, and the cache.

    Raises:
        ShapeError: where the shapes do not fit, or an array is empty.
        DTypeError: where the condition does not hold booleans; for integers, or float32 against
            float64.

    Source: chapter 1, "Three habits": max routes, here by a condition of one's own.
    """
    x, y = expect.operands("where", x, y, meet=False)
    kind = getattr(getattr(condition, "dtype", None), "kind", None)
    if kind != "b":
        what = kind_of(condition) if kind is None else f"an array of {condition.dtype}"
        raise DTypeError(f"where: condition is {what}; an array of booleans is needed.")
    expect.together("where", condition=condition, x=x, y=y)
    xp = xp_of(condition)
    shapes = condition.shape, x.shape, y.shape
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        shape = None
    if shape not in shapes:
        raise ShapeError(
            f"where: condition has shape {shapes[0]}, x has shape {shapes[1]} and y has shape "
            f"{shapes[2]}; the smaller ones must stretch to the largest."
        )
    z = xp.where(condition, x, y)
    return z, (condition, x.shape, y.shape, z)


@quietly
def where_backward(dz: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients of where: dx = dz where the condition holds, dy = dz elsewhere, 0 for the other.

    Each is summed to its input's shape.

    Arguments:
        dz: the upstream gradient, of z's shape.
        cache: of `where`.

    Returns:
        `dx`, `dy`, shaped as `x` and `y`.

    Raises:
        ShapeError: where dz does not have z's shape.
        DTypeError: for integers, or float32 against float64.
    """
    condition, x_shape, y_shape, z = cache
    expect.upstream("where_backward", "dz", dz, "z", z.shape, z)
    xp = xp_of(dz)
    dx, dy = xp.where(condition, dz, 0), xp.where(condition, 0, dz)
    return sum_to_shape(dx, x_shape), sum_to_shape(dy, y_shape)
