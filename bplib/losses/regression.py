"""Losses of predicted numbers: the distance from what was measured, squared, halved or bent."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, quietly, xp_of
from bplib.errors import ShapeError
from bplib.losses.upstream import one_number


@quietly
def mse(prediction: Array, target: Array) -> tuple[Array, Cache]:
    """Mean squared error: L = (1/N) Σ (prediction - target)², over all N entries.

    Arguments:
        prediction: (m,) or (m, n_out), float array.
        target: what was measured, of the same shape and unit as prediction.

    Returns:
        `L`, one number, at least 0, in the square of the target's unit, and the cache.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for integers, or float32 against float64.

    Source: chapter 2, "How wrong, in one number"; A.-M. Legendre (1805), Nouvelles méthodes pour
        la détermination des orbites des comètes, pp. 72–75; C. F. Gauss (1809), Theoria motus
        corporum coelestium, §§ 175–179.
    """
    difference = _difference("mse", prediction, target)
    return _mean(difference * difference), difference


@quietly
def mse_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the mean squared error: dprediction = dloss (2/N) (prediction - target).

    Arguments:
        cache: of `mse`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dprediction`, shaped as the prediction.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    dloss = one_number("mse_backward", dloss, cache)
    return cache * (dloss * 2 / cache.size)


@quietly
def half_mse(prediction: Array, target: Array) -> tuple[Array, Cache]:
    """Half the mean squared error: L = (1/2N) Σ (prediction - target)², over all N entries.

    The ½ cancels the 2 of the derivative; the best prediction is the same as for `mse`.

    Arguments:
        prediction: (m,) or (m, n_out), float array.
        target: what was measured, of the same shape and unit as prediction.

    Returns:
        `L`, one number, at least 0, in the square of the target's unit, and the cache.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for integers, or float32 against float64.

    Source: chapter 2, "Sum, mean, half"; C. M. Bishop (2006), Pattern Recognition and
        Machine Learning, equation 3.12, divided by N.
    """
    difference = _difference("half_mse", prediction, target)
    return _mean(difference * difference) / 2, difference


@quietly
def half_mse_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of half the mean squared error: dprediction = dloss (1/N) (prediction - target).

    Arguments:
        cache: of `half_mse`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dprediction`, shaped as the prediction.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    return mse_backward(cache, one_number("half_mse_backward", dloss, cache) / 2)


@quietly
def mae(prediction: Array, target: Array) -> tuple[Array, Cache]:
    """Mean absolute error: L = (1/N) Σ |prediction - target|, over all N entries.

    Arguments:
        prediction: (m,) or (m, n_out), float array.
        target: what was measured, of the same shape and unit as prediction.

    Returns:
        `L`, one number, at least 0, in the target's unit, and the cache.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for integers, or float32 against float64.

    Source: P.-S. Laplace (1774), Mémoire sur la probabilité des causes par les événements;
        I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 6.2.1.2.
    """
    difference = _difference("mae", prediction, target)
    return _mean(abs(difference)), difference


@quietly
def mae_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the mean absolute error: dprediction = dloss (1/N) sign(prediction - target).

    The corner at prediction = target gets slope 0.

    Arguments:
        cache: of `mae`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dprediction`, shaped as the prediction.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    dloss = one_number("mae_backward", dloss, cache)
    return xp_of(cache).sign(cache) * (dloss / cache.size)


@quietly
def huber(prediction: Array, target: Array, delta: float = 1.0) -> tuple[Array, Cache]:
    """Huber loss: squared near the target, linear far from it, so that outliers pull less.

    With d = prediction - target, L = (1/N) Σ of ½ d² where |d| ≤ δ, and of δ (|d| - ½ δ) elsewhere.

    Arguments:
        prediction: (m,) or (m, n_out), float array.
        target: what was measured, of the same shape and unit as prediction.
        delta: δ, the distance where it turns, a positive finite number in the target's unit.

    Returns:
        `L`, one number, at least 0, in the square of the target's unit, and the cache.

    Raises:
        DomainError: where delta is not positive and finite.
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for integers, or float32 against float64, or a delta that is not a number.

    Source: P. J. Huber (1964), Robust Estimation of a Location Parameter, Annals of Mathematical
        Statistics 35, 73–101.
    """
    delta = expect.positive("huber", "delta", delta)
    difference = _difference("huber", prediction, target)
    size = abs(difference)
    near = xp_of(size).minimum(size, delta)
    return _mean(near * (size - near / 2)), (difference, delta)


@quietly
def huber_backward(cache: Cache, dloss: Array = 1.0) -> Array:
    """Gradient of the Huber loss: dprediction = dloss (1/N) d, with d cut off at -δ and δ.

    As in `huber`, d = prediction - target.

    Arguments:
        cache: of `huber`.
        dloss: the gradient of the final loss with respect to this one, one number.

    Returns:
        `dprediction`, shaped as the prediction.

    Raises:
        ShapeError: where dloss is not one number.
        DTypeError: where dloss is an array of integers.
    """
    difference, delta = cache
    dloss = one_number("huber_backward", dloss, difference)
    return difference.clip(-delta, delta) * (dloss / difference.size)


def _difference(loss: str, prediction: Array, target: Array) -> Array:
    expect.floats(loss, prediction=prediction, target=target)
    if prediction.shape != target.shape:
        raise ShapeError(
            f"{loss}: prediction has shape {prediction.shape}, but target has shape "
            f"{target.shape}; the two must be equal."
        )
    return prediction - target


def _mean(values: Array) -> Array:
    return values.sum() / values.size  # NumPy's `mean` is the same sum, and slower to start
