"""Whether a probability means what it says: of what is called 80 % sure, 80 % should be right."""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy
from bplib.errors import ShapeError
from bplib.losses.labels import rows_sum_to_one
from bplib.metrics import given


def calibration_error(probabilities: Array, labels: Array, n_bins: int = 15) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, on average.

    ECE = Σ over the bins of (m_b/m) |share that is right in b - mean confidence in b|, with bins of
    equal width, b/n < confidence ≤ (b+1)/n, and 0 itself in the first. For (m, k) the confidence is
    the largest probability of a row, and right means that this class is the label. For (m,) it
    is the probability of class 1, and right means that the label is 1.

    Arguments:
        probabilities: (m, k), floats whose rows sum to 1, or (m,), floats from 0 to 1.
        labels: (m,), class numbers from 0; 0 and 1 for probabilities (m,).
        n_bins: n, at least 1. Few bins hide errors that cancel, many are noisy.

    Returns:
        A Python float from 0, said and true are one, to 1.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where probabilities are not floats, or labels or n_bins are not whole.
        DomainError: where a number is no probability, a row does not sum to 1, a label names no
            class, or n_bins is below 1.

    Source: C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger (2017), On Calibration of Modern Neural
        Networks, equation 3.
    """
    expect.reals("calibration_error", probabilities=probabilities)
    n = expect.count("calibration_error", "n_bins", n_bins)
    if probabilities.ndim not in (1, 2):
        raise ShapeError(
            f"calibration_error: probabilities has shape {probabilities.shape}; it needs (m, k), "
            "or (m,) for the probability of class 1."
        )
    if probabilities.shape[1:] == (1,):
        raise ShapeError(
            f"calibration_error: probabilities has shape {probabilities.shape}; for the "
            "probability of class 1 it needs (m,), as probabilities[:, 0] has."
        )
    if probabilities.ndim == 2:
        rows_sum_to_one("calibration_error", "probabilities", probabilities)
        labels = given.numbers("calibration_error", "labels", labels, probabilities.shape[1])
        right = probabilities.argmax(axis=1)
        confidence = probabilities.max(axis=1)
    else:
        inside = (probabilities >= 0) & (probabilities <= 1)
        expect.everywhere(
            "calibration_error", "probabilities", probabilities, inside, "each lies between 0 and 1"
        )
        labels = given.sides("calibration_error", labels)
        right, confidence = 1, probabilities
    given.one_each("calibration_error", "probabilities", probabilities, labels)
    return _gap(to_numpy(confidence).astype(np.float64), to_numpy(labels == right), n)


def _gap(confidence: np.ndarray, right: np.ndarray, n: int) -> float:
    edges = np.linspace(0, 1, n + 1)[1:-1]
    place = np.searchsorted(edges, confidence)
    surplus = np.bincount(place, weights=right - confidence, minlength=n)
    return float(abs(surplus).sum() / len(confidence))
