"""Functions of one number, applied to every entry of an array."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, quiet, xp_of
from bplib.errors import DomainError


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
    with quiet():
        y = xp_of(x).exp(x)
    return y, y


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
    with quiet():
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
    with quiet():
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
    with quiet():
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
    with quiet():
        return x.clip(low, high), (x, low, high)


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
    with quiet():  # an end may be too large for float32
        inside = (x >= low) & (x <= high)
    return xp_of(dy, x).where(inside, dy, 0)
