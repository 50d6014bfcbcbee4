"""Normalisation: mean 0 and variance 1, over the batch or over each sample, then a learned scale.

Both pairs carry the whole gradient: x moves the result directly, through the mean, and through the
variance.
"""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, FixedArray, quietly, xp_of
from bplib.errors import DTypeError, ShapeError


@quietly
def batch_norm(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: FixedArray | None = None,
    variance: FixedArray | None = None,
    eps: float = 1e-5,
) -> tuple[Array, Cache]:
    """Normalise each column over the batch: y = γ x̂ + β, x̂ = (x - mean) / √(variance + ε).

    Without mean and variance these are the batch's own, as in training; the variance is then the
    biased one, Σ (x - mean)² / m. With them, as in evaluation, they are constants. Where an entry
    is so far from the mean that its square overflows (1e154 in float64, 1e19 in float32), x̂ is 0.

    Arguments:
        x: (m, n), float array, a batch of m rows; at least 2 where they give the variance.
        gamma: (n,), float array, the scale of each column.
        beta: (n,), float array, the mean of each column of y.
        mean: (n,), float array, in x's unit, or None for the batch's own.
        variance: (n,), float array, at least 0, in the square of x's unit; given with mean or not
            at all.
        eps: ε, a positive number that keeps a constant column from a division by 0.

    Returns:
        `y` (m, n), and the cache, which holds the batch's mean and variance for `batch_statistics`.

    Raises:
        ShapeError: where a shape does not fit, there is 1 row in training, or an array is empty.
        DomainError: where eps is not positive, or a variance is negative.
        DTypeError: where one of mean and variance is missing; for integers, or float32 against
            float64.

    Source: S. Ioffe, C. Szegedy (2015), Batch Normalization: Accelerating Deep Network Training by
        Reducing Internal Covariate Shift, algorithm 1.
    """
    expect.floats("batch_norm", x=x, gamma=gamma, beta=beta)
    eps = expect.positive("batch_norm", "eps", eps)
    if x.ndim != 2:
        raise ShapeError(f"batch_norm: x has shape {x.shape}; it needs two axes, (m, n).")
    _of_width("batch_norm", x, gamma=gamma, beta=beta)
    own = mean is None and variance is None
    if own:
        if len(x) < 2:
            raise ShapeError(
                "batch_norm: x has 1 row, which has no variance; 2 rows are needed, or mean and "
                "variance, as in evaluation."
            )
        mean, variance, x_hat = _centred(x, 0)
    elif mean is None or variance is None:
        there, missing = ("variance", "mean") if mean is None else ("mean", "variance")
        raise DTypeError(
            f"batch_norm: {there} is given, but {missing} is not; evaluation needs both, "
            "training neither."
        )
    else:
        x_hat = _around(x, mean, variance)
    scale = 1 / xp_of(x).sqrt(variance + eps)
    x_hat *= scale
    y = x_hat * gamma
    y += beta
    return y, (x_hat, gamma, scale, mean, variance, own)


@quietly
def batch_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Gradients of batch_norm: dγ = Σ dy x̂, dβ = Σ dy, and along three paths dx.

    dx = γ / √(variance + ε) (dy - dβ/m - x̂ dγ/m), sums being over the batch of m rows. What is
    taken off came through the mean and through the variance; where these were given, nothing is.

    Arguments:
        dy: (m, n), the upstream gradient.
        cache: of `batch_norm`.

    Returns:
        `dx` (m, n), `dgamma` (n,), `dbeta` (n,).

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x_hat, gamma, scale, _, _, own = cache
    expect.upstream("batch_norm_backward", "dy", dy, "y", x_hat.shape, x_hat)
    m = len(x_hat)
    dgamma, dbeta = (dy * x_hat).sum(axis=0), dy.sum(axis=0)
    if not own:
        return dy * (gamma * scale), dgamma, dbeta
    dx = dy - dbeta / m
    dx -= x_hat * (dgamma / m)
    dx *= gamma * scale
    return dx, dgamma, dbeta


def batch_statistics(cache: Cache) -> tuple[Array, Array]:
    """The mean and the biased variance that a call of `batch_norm` normalised with.

    mean = Σ x / m, variance = Σ (x - mean)² / m, or what the call was given.

    Arguments:
        cache: of `batch_norm`.

    Returns:
        `mean` (n,) and `variance` (n,), those of the cache: read them, do not change them.

    Raises:
        DTypeError: where the cache is not one of `batch_norm`.

    Source: S. Ioffe, C. Szegedy (2015), algorithm 1.
    """
    if not isinstance(cache, tuple) or len(cache) != 6:
        raise DTypeError("batch_statistics: cache is not one of batch_norm.")
    return cache[3], cache[4]


@quietly
def layer_norm(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> tuple[Array, Cache]:
    """Normalise each sample over its last axis: y = γ x̂ + β, x̂ = (x - mean) / √(variance + ε).

    Mean and variance are those of one sample's n numbers, the variance the biased one, so training
    and evaluation are the same. Where the square of x - mean overflows, x̂ is 0.

    Arguments:
        x: (…, n), float array, n at least 2.
        gamma: (n,), float array, the scale of each place.
        beta: (n,), float array, what is added to each place.
        eps: ε, a positive number that keeps a constant sample from a division by 0.

    Returns:
        `y`, shaped as `x`, and the cache.

    Raises:
        ShapeError: where a shape does not fit, n is 1, or an array is empty.
        DomainError: where eps is not positive.
        DTypeError: for integers, or float32 against float64.

    Source: J. L. Ba, J. R. Kiros, G. E. Hinton (2016), Layer Normalization, equation 3.
    """
    expect.floats("layer_norm", x=x, gamma=gamma, beta=beta)
    eps = expect.positive("layer_norm", "eps", eps)
    if x.ndim == 0 or x.shape[-1] < 2:
        raise ShapeError(
            f"layer_norm: x has shape {x.shape}; its last axis needs at least 2 numbers."
        )
    _of_width("layer_norm", x, gamma=gamma, beta=beta)
    _, variance, x_hat = _centred(x, -1)
    scale = 1 / xp_of(x).sqrt(variance + eps)
    x_hat *= scale
    y = x_hat * gamma
    y += beta
    return y, (x_hat, gamma, scale)


@quietly
def layer_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Gradients of layer_norm: dγ = Σ dy x̂, dβ = Σ dy over the samples, and along three paths dx.

    dx = (g - mean of g - x̂ · mean of g x̂) / √(variance + ε), with g = dy γ and the means over the
    last axis.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `layer_norm`.

    Returns:
        `dx`, shaped as `x`, `dgamma` (n,), `dbeta` (n,).

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x_hat, gamma, scale = cache
    expect.upstream("layer_norm_backward", "dy", dy, "y", x_hat.shape, x_hat)
    n = x_hat.shape[-1]
    dgamma = (dy * x_hat).reshape(-1, n).sum(axis=0)
    dbeta = dy.reshape(-1, n).sum(axis=0)
    dx = dy * gamma
    through_variance = (dx * x_hat).sum(axis=-1, keepdims=True) / n
    dx -= dx.sum(axis=-1, keepdims=True) / n
    dx -= x_hat * through_variance
    dx *= scale
    return dx, dgamma, dbeta


def _centred(x: Array, axis: int) -> tuple[Array, Array, Array]:
    """Mean and variance over an axis, and a fresh x - mean."""
    n, keepdims = x.shape[axis], axis == -1
    mean = x.sum(axis=axis, keepdims=keepdims) / n
    centred = x - mean
    return mean, (centred * centred).sum(axis=axis, keepdims=keepdims) / n, centred


def _around(x: Array, mean: Array, variance: Array) -> Array:
    """A fresh x - mean, after a look at what was given."""
    expect.floats("batch_norm", x=x, mean=mean, variance=variance)
    _of_width("batch_norm", x, mean=mean, variance=variance)
    possible = variance >= 0
    expect.everywhere("batch_norm", "variance", variance, possible, "a variance is never negative")
    return x - mean


def _of_width(op: str, x: Array, **arrays: Array) -> None:
    n = x.shape[-1]
    for name, array in arrays.items():
        if array.shape != (n,):
            raise ShapeError(
                f"{op}: {name} has shape {array.shape}, but x has shape {x.shape}; "
                f"{name} needs the shape ({n},)."
            )
