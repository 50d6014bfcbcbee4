"""How well scores put one class ahead of the other, whatever threshold is chosen later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DomainError, ShapeError
from bplib.metrics import given


class RocCurve(NamedTuple):
    """The points of a receiver operating characteristic, from (0, 0) to (1, 1).

    Fields:
        false_positive_rate: (n,), of the negatives, the share with a score ≥ threshold.
        true_positive_rate: (n,), of the positives, the share with a score ≥ threshold.
        threshold: (n,), falling; the first is inf, which no score reaches.
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray


def roc_curve(scores: Array, labels: Array) -> RocCurve:
    """What share of each class is called positive, for every threshold that makes a difference.

    FPR = FP / (number of 0s), TPR = TP / (number of 1s), where score ≥ threshold is a positive.
    Samples with equal scores pass the threshold together, so a tie is one sloping step.

    Arguments:
        scores: (m,), finite floats; larger means more likely 1.
        labels: (m,), 0 and 1, integers or booleans; both occur.

    Returns:
        A `RocCurve` of three NumPy arrays, one point for each different score and one before.

    Raises:
        ShapeError: where the shapes differ, are not (m,), or are empty.
        DTypeError: where scores are not floats, or labels are not whole.
        DomainError: where a score is not finite, a label is not 0 or 1, or one class is missing.

    Source: T. Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27,
        861–874, algorithm 1.
    """
    return _curve("roc_curve", scores, labels)


def auc(scores: Array, labels: Array) -> float:
    """The area under the ROC curve: how likely a random 1 has a larger score than a random 0.

    AUC = Σ (FPRᵢ₊₁ - FPRᵢ)(TPRᵢ₊₁ + TPRᵢ)/2, the trapezoids. It is the share of pairs of a 1 and a
    0 in which the 1 has the larger score, an equal score counting half: 1 is a perfect order, 0.5
    a blind one.

    Arguments:
        scores: (m,), finite floats; larger means more likely 1.
        labels: (m,), 0 and 1, integers or booleans; both occur.

    Returns:
        A Python float from 0 to 1.

    Raises:
        ShapeError: where the shapes differ, are not (m,), or are empty.
        DTypeError: where scores are not floats, or labels are not whole.
        DomainError: where a score is not finite, a label is not 0 or 1, or one class is missing.

    Source: J. A. Hanley, B. J. McNeil (1982), The Meaning and Use of the Area under a Receiver
        Operating Characteristic (ROC) Curve, Radiology 143, 29–36.
    """
    curve = _curve("auc", scores, labels)
    return float(np.trapezoid(curve.true_positive_rate, curve.false_positive_rate))


def _curve(metric: str, scores: Array, labels: Array) -> RocCurve:
    expect.reals(metric, scores=scores)
    if scores.ndim != 1:
        way = ", as scores[:, 0] has" if scores.shape[1:] == (1,) else ""
        raise ShapeError(f"{metric}: scores has shape {scores.shape}; it needs (m,){way}.")
    finite = xp_of(scores).isfinite(scores)
    expect.everywhere(metric, "scores", scores, finite, "scores are finite")
    labels = given.sides(metric, labels)
    given.one_each(metric, "scores", scores, labels)
    score, positive = to_numpy(scores), to_numpy(labels) == 1
    for side, holds in ((0, ~positive), (1, positive)):
        if not holds.any():
            raise DomainError(f"{metric}: no label is {side}; an order needs both classes.")
    threshold, place = np.unique(score, return_inverse=True)
    rates = []
    for holds in (~positive, positive):
        found = np.bincount(place[holds], minlength=len(threshold))[::-1].cumsum()
        rates.append(np.concatenate([[0.0], found / holds.sum()]))
    return RocCurve(rates[0], rates[1], np.concatenate([[np.inf], threshold[::-1]]))
