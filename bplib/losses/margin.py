"""The loss of a score that should be on the right side of 0, and clearly so."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, FixedArray, quietly, xp_of
from bplib.losses import labels as allowed
from bplib.losses.upstream import one_number


@quietly
def hinge(scores: Array, labels: FixedArray) -> tuple[Array, Cache]:
    """Hinge loss of two classes, -1 and +1: L = (1/N) Σ max(0, 1 - y s), over all N entries.

    A score s on the right side of 0 and at least 1 away from it costs nothing. This is the binary
    loss of the support vector machine; for k classes give k columns, each one against the rest.

    Arguments:
        scores: (m,) or (m, k), float array.
        labels: of the same shape; -1 and 1, integers or floats.

    Returns:
        `L`, one number, at least 0, in the unit of the scores, and the cache.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for scores that are not floats, or float32 against float64.
        DomainError: where a label is neither -1 nor 1.

    Source: C. Cortes, V. Vapnik (1995), Support-Vector Networks, Machine Learning 20, 273–297; T.
        Hastie, R. Tibshirani, J. Friedman (2009), The Elements of Statistical Learning, 2nd
        edition, equation 12.25.
    """
    allowed.same_shape("hinge", "scores", scores, labels)
    expect.reals("hinge", scores=scores)
    y = labels.astype(scores.dtype)
    expect.everywhere("hinge", "labels", y, abs(y) == 1, "its labels are -1 and 1")
    short = 1 - y * scores
    return xp_of(scores).maximum(short, 0).sum() / y.size, (short, y)


@quietly
def hinge_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the hinge loss: dscores = -dloss (1/N) y where y s < 1, and 0 elsewhere.

    The corner at y s = 1 gets slope 0, as ReLU'(0) does.

    Arguments:
        cache: of `hinge`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dscores`, shaped as the scores.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    short, y = cache
    dloss = one_number("hinge_backward", dloss, y)
    return (short > 0) * y * (-dloss / y.size)
