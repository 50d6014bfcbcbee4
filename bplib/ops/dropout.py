"""Dropout: a random part of the numbers is left out while training."""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, Cache, quietly, xp_of


@quietly
def dropout(
    x: Array, rate: float, rng: np.random.Generator, training: bool = True
) -> tuple[Array, Cache]:
    """Leave out each number with a chance, and enlarge the others: y = x mask / (1 - rate).

    The mask holds a 1 with chance 1 - rate, and else a 0, for each number alone. Because the kept
    numbers grow by 1 / (1 - rate), the mean of y is x, and evaluation needs no factor: there,
    y = x. The mask is drawn on the host in float32, so one seed gives one mask whatever the dtype
    and the device.

    Arguments:
        x: float array of any shape.
        rate: the chance that a number is left out, at least 0 and below 1.
        rng: the random generator that the mask is drawn from; evaluation draws nothing.
        training: whether numbers are left out.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where rate is below 0, or 1 or above.
        ShapeError: for an empty array.
        DTypeError: where x is not a float array, rate no number, rng no Generator, or training
            neither True nor False.

    Source: N. Srivastava et al. (2014), Dropout: A Simple Way to Prevent Neural Networks from
        Overfitting, Journal of Machine Learning Research 15, section 4; the factor while training
        in section 10.
    """
    expect.floats("dropout", x=x)
    rate = expect.share("dropout", "rate", rate)
    expect.generator("dropout", rng)
    if not expect.flag("dropout", "training", training):
        y = +x
        return y, (y, None, 1.0)
    kept = xp_of(x).asarray(rng.random(x.shape, dtype=np.float32) >= rate)
    factor = 1 / (1 - rate)
    y = _left_out(x, kept, factor)
    return y, (y, kept, factor)  # the next layer keeps y anyway, and x may be forgotten


@quietly
def dropout_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of dropout: dx = dy mask / (1 - rate), with the mask of the forward pass.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `dropout`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y, kept, factor = cache
    expect.upstream("dropout_backward", "dy", dy, "y", y.shape, y)
    return +dy if kept is None else _left_out(dy, kept, factor)


def _left_out(x: Array, kept: Array, factor: float) -> Array:
    y = xp_of(x).where(kept, x, 0)  # not x * kept: 0 times inf would be NaN
    y *= factor
    return y
