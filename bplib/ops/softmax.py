"""Scores into probabilities that sum to one, and the logarithm of these.

A softmax couples the entries of a row: when one score rises, its probability rises and all others
fall. So its Jacobian is a full matrix, J = diag(s) - s sᵀ, and not the diagonal s (1 - s).
"""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, quietly, xp_of
from bplib.errors import ShapeError


@quietly
def softmax(x: Array, axis: int = -1) -> tuple[Array, Cache]:
    """Probabilities from scores: sᵢ = exp(xᵢ) / Σⱼ exp(xⱼ) along an axis.

    The largest score is subtracted first, which changes nothing but keeps exp from overflowing.

    Arguments:
        x: float array of any shape with at least one axis, the scores (logits).
        axis: the axis along which the probabilities sum to one.

    Returns:
        `s`, of the same shape, from 0 to 1, and the cache.

    Raises:
        ShapeError: where x is empty or does not have such an axis.
        DTypeError: where x is not a float array, or axis is not a whole number.

    Source: J. S. Bridle (1990), Probabilistic Interpretation of Feedforward Classification Network
        Outputs; I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, equation 6.29.
    """
    s = _shifted("softmax", x, axis)
    xp_of(x).exp(s, out=s)
    s /= s.sum(axis=axis, keepdims=True)
    return s, (s, axis)


@quietly
def softmax_backward(ds: Array, cache: Cache) -> Array:
    """Gradient of the softmax, from the output: dx = J ds = s (ds - Σ s ds), J = diag(s) - s sᵀ.

    Arguments:
        ds: the upstream gradient, of s's shape.
        cache: of `softmax`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where ds does not have s's shape.
        DTypeError: for integers, or float32 against float64.
    """
    s, axis = cache
    expect.upstream("softmax_backward", "ds", ds, "s", s.shape, s)
    dx = ds - (s * ds).sum(axis=axis, keepdims=True)
    dx *= s
    return dx


@quietly
def log_softmax(x: Array, axis: int = -1) -> tuple[Array, Cache]:
    """Logarithms of probabilities, from scores: yᵢ = xᵢ - ln Σⱼ exp(xⱼ) along an axis.

    Finite where the probability itself is too small for the dtype.

    Arguments:
        x: float array of any shape with at least one axis, the scores (logits).
        axis: the axis along which the probabilities sum to one.

    Returns:
        `y`, of the same shape, at most 0, and the cache.

    Raises:
        ShapeError: where x is empty or does not have such an axis.
        DTypeError: where x is not a float array, or axis is not a whole number.

    Source: the logarithm of `softmax`; P. Blanchard, D. J. Higham, N. J. Higham (2021), Accurately
        computing the log-sum-exp and softmax functions, IMA Journal of Numerical Analysis 41.
    """
    y = _shifted("log_softmax", x, axis)
    xp = xp_of(x)
    y -= xp.log(xp.exp(y).sum(axis=axis, keepdims=True))
    return y, (y, axis)


@quietly
def log_softmax_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the log-softmax, from the output: dx = dy - s Σ dy, with s = exp(y).

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `log_softmax`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y, axis = cache
    expect.upstream("log_softmax_backward", "dy", dy, "y", y.shape, y)
    return dy - xp_of(y).exp(y) * dy.sum(axis=axis, keepdims=True)


def _shifted(op: str, x: Array, axis: int) -> Array:
    """x minus its largest entry along the axis: all entries ≤ 0, the largest 0."""
    expect.floats(op, x=x)
    expect.whole(op, "axis", axis)
    if not -x.ndim <= axis < x.ndim:
        raise ShapeError(f"{op}: axis {axis} does not exist; x has shape {x.shape}.")
    return x - x.real.max(axis=axis, keepdims=True)
