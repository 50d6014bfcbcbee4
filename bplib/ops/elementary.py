"""The exponential and the logarithm, entry by entry."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, quiet, xp_of


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
