"""How near predicted numbers are to what was measured."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, quietly, to_numpy, xp_of
from bplib.errors import DomainError, ShapeError


@quietly
def r2(prediction: Array, target: Array) -> float:
    """How much of the spread of the targets the predictions explain: 1 is all of it.

    R² = 1 − Σᵢ (targetᵢ − predictionᵢ)² / Σᵢ (targetᵢ − mean of the targets)². Always predicting
    the mean gives 0, and worse than that is negative. With several columns of targets it is the
    mean of their R².

    Arguments:
        prediction: (m,) or (m, k), m at least 2.
        target: what was measured, of the same shape and unit as prediction.

    Returns:
        A Python float, at most 1, without a unit.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are not 1-D or 2-D.
        DTypeError: for integers, or float32 against float64.
        DomainError: where a column of the targets is constant: there is nothing to explain.

    Source: S. Wright (1921), Correlation and Causation, Journal of Agricultural Research 20,
        557–585, who named it the coefficient of determination.
    """
    _check_pair("r2", prediction, target, ranks=(1, 2))
    if len(target) < 2:
        raise ShapeError(
            f"r2: target has shape {target.shape}; a spread needs at least two targets."
        )
    xp = xp_of(prediction, target)
    constant = to_numpy(xp.all(target == target[:1], axis=0))
    if constant.any():
        where = "target" if target.ndim == 1 else f"column {int(constant.argmax())} of target"
        raise DomainError(f"r2: {where} is constant, so there is no spread to explain.")
    centre = xp.mean(target, axis=0)
    unexplained = xp.sum((target - prediction) ** 2, axis=0)
    spread = xp.sum((target - centre) ** 2, axis=0)
    return float(to_numpy(1.0 - xp.mean(unexplained / spread)))


@quietly
def rmse(prediction: Array, target: Array) -> float:
    """The size of a typical error, in the unit of the targets.

    RMSE = √(mean of (prediction − target)²), over all entries: the root of ``losses.mse``.

    Arguments:
        prediction: an array of any shape that is not empty.
        target: what was measured, of the same shape and unit as prediction.

    Returns:
        A Python float, at least 0, in the unit of target.

    Raises:
        ShapeError: where the shapes differ, (m,) against (m, 1) included, or are empty.
        DTypeError: for integers, or float32 against float64.

    Source: T. Hastie, R. Tibshirani, J. Friedman (2009), The Elements of Statistical Learning, 2nd
        edition, section 2.4, on squared error.
    """
    _check_pair("rmse", prediction, target)
    xp = xp_of(prediction, target)
    return float(to_numpy(xp.sqrt(xp.mean((prediction - target) ** 2))))


def _check_pair(
    function: str, prediction: Array, target: Array, ranks: tuple[int, ...] = ()
) -> None:
    expect.reals(function, prediction=prediction, target=target)
    if prediction.shape != target.shape:
        raise ShapeError(
            f"{function}: prediction has shape {prediction.shape}, but target has shape "
            f"{target.shape}; the two must be equal."
        )
    if ranks and target.ndim not in ranks:
        raise ShapeError(f"{function}: target has shape {target.shape}; it must be (m,) or (m, k).")
