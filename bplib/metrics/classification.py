"""How often the predicted class is the right one, over all samples and class by class.

For a class c, a sample is a true positive where c is predicted and right, a false positive where
it is predicted and wrong, a false negative where it is right and was not predicted.
"""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DomainError, ShapeError, unknown
from bplib.metrics import given

AVERAGES = ("macro", "micro")


def accuracy(prediction: Array, labels: Array) -> float:
    """The share of samples whose class is predicted right.

    accuracy = (number of samples with predicted class = label) / m.

    Arguments:
        prediction: (m,), class numbers, or (m, k), scores such as logits or probabilities; the
            largest one of a row wins, the first of them where several are equal.
        labels: (m,), class numbers from 0.

    Returns:
        A Python float from 0 to 1.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where class numbers are not whole.
        DomainError: where a label names no class, or a score is NaN.

    Source: I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 5.1.2.
    """
    predicted, right, _ = given.classes("accuracy", prediction, labels)
    return float((predicted == right).mean())


def top_k_accuracy(scores: Array, labels: Array, k: int = 5) -> float:
    """The share of samples whose label is among the k classes with the largest scores.

    top-k accuracy = (number of samples whose label has rank < k) / m, where the rank is the number
    of classes ahead of it. Of equal scores the lower class number is ahead, so that k = 1 is
    `accuracy`, and a network that says the same of every class gains nothing by it.

    Arguments:
        scores: (m, n_classes), floats such as logits or probabilities.
        labels: (m,), class numbers from 0 to n_classes - 1.
        k: how many classes may be named, from 1 to n_classes.

    Returns:
        A Python float from 0 to 1.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where scores are not floats, or labels or k are not whole.
        DomainError: where a label names no class, a score is NaN, or k is out of range.

    Source: O. Russakovsky et al. (2015), ImageNet Large Scale Visual Recognition Challenge, section
        4.1.
    """
    given.scores("top_k_accuracy", "scores", scores)
    if scores.ndim != 2:
        raise ShapeError(f"top_k_accuracy: scores has shape {scores.shape}; it needs (m, k).")
    given.several("top_k_accuracy", "scores", scores)
    n_classes = scores.shape[1]
    if expect.count("top_k_accuracy", "k", k) > n_classes:
        raise DomainError(f"top_k_accuracy: k is {k}, but scores has {n_classes} columns.")
    labels = given.numbers("top_k_accuracy", "labels", labels, n_classes)
    given.one_each("top_k_accuracy", "scores", scores, labels)
    xp = xp_of(scores)
    own = scores[xp.arange(len(labels)), labels][:, None]
    ahead = (scores > own) | ((scores == own) & (xp.arange(n_classes) < labels[:, None]))
    return float(to_numpy((ahead.sum(axis=1) < k).mean()))


def confusion_matrix(prediction: Array, labels: Array, n_classes: int | None = None) -> np.ndarray:
    """How often each class was taken for each other one.

    C[i, j] = number of samples with label i and predicted class j; the diagonal is what is right.

    Arguments:
        prediction: (m,), class numbers, or (m, k), scores; the largest one of a row wins.
        labels: (m,), class numbers from 0.
        n_classes: k; where it is left out, the number of columns of the scores, or one more than
            the largest class number.

    Returns:
        `C` (k, k), a NumPy array of integers that sum to m.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where class numbers are not whole.
        DomainError: where a label or prediction names no class, or a score is NaN.

    Source: K. Pearson (1904), On the Theory of Contingency and its Relation to Association and
        Normal Correlation, for the table.
    """
    predicted, right, k = given.classes("confusion_matrix", prediction, labels, n_classes)
    return np.bincount(right * k + predicted, minlength=k * k).reshape(k, k)


def precision(
    prediction: Array, labels: Array, average: str | None = "macro"
) -> float | np.ndarray:
    """Of the samples that were predicted as a class, the share that is: how far to trust it.

    precision = TP / (TP + FP) for each class, and 0 for a class that is never predicted.

    Arguments:
        prediction: (m,), class numbers, or (m, k), scores; the largest one of a row wins.
        labels: (m,), class numbers from 0.
        average: "macro", the mean over the classes that occur in labels or predictions; "micro",
            all samples counted together; None, every class by itself.

    Returns:
        A Python float from 0 to 1; with None a NumPy array (k,), 0 for a class that does not occur.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where class numbers are not whole.
        DomainError: where a label names no class, or a score is NaN.
        UnknownNameError: for another average.

    Source: C. J. van Rijsbergen (1979), Information Retrieval, 2nd edition, chapter 7.
    """
    hits, predicted, right = _counts("precision", prediction, labels)
    return _averaged("precision", average, hits, predicted, predicted + right > 0)


def recall(prediction: Array, labels: Array, average: str | None = "macro") -> float | np.ndarray:
    """Of the samples that are of a class, the share that was predicted so: how much of it is found.

    recall = TP / (TP + FN) for each class, and 0 for a class that no label names.

    Arguments:
        prediction: (m,), class numbers, or (m, k), scores; the largest one of a row wins.
        labels: (m,), class numbers from 0.
        average: "macro", the mean over the classes that occur in labels or predictions; "micro",
            all samples counted together; None, every class by itself.

    Returns:
        A Python float from 0 to 1; with None a NumPy array (k,), 0 for a class that does not occur.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where class numbers are not whole.
        DomainError: where a label names no class, or a score is NaN.
        UnknownNameError: for another average.

    Source: C. J. van Rijsbergen (1979), Information Retrieval, 2nd edition, chapter 7.
    """
    hits, predicted, right = _counts("recall", prediction, labels)
    return _averaged("recall", average, hits, right, predicted + right > 0)


def f1(prediction: Array, labels: Array, average: str | None = "macro") -> float | np.ndarray:
    """Precision and recall in one number, their harmonic mean: high only where both are.

    F₁ = 2 TP / (2 TP + FP + FN) for each class, and 0 for a class that does not occur.

    Arguments:
        prediction: (m,), class numbers, or (m, k), scores; the largest one of a row wins.
        labels: (m,), class numbers from 0.
        average: "macro", the mean over the classes that occur in labels or predictions; "micro",
            all samples counted together; None, every class by itself.

    Returns:
        A Python float from 0 to 1; with None a NumPy array (k,), 0 for a class that does not occur.

    Raises:
        ShapeError: where the shapes do not fit, or are empty.
        DTypeError: where class numbers are not whole.
        DomainError: where a label names no class, or a score is NaN.
        UnknownNameError: for another average.

    Source: C. J. van Rijsbergen (1979), Information Retrieval, 2nd edition, chapter 7, where it is
        1 - E with equal weights.
    """
    hits, predicted, right = _counts("f1", prediction, labels)
    return _averaged("f1", average, 2 * hits, predicted + right, predicted + right > 0)


def _counts(metric: str, prediction: Array, labels: Array) -> tuple[np.ndarray, ...]:
    """For each class: how often it was predicted and right, predicted, and right."""
    predicted, right, k = given.classes(metric, prediction, labels)
    hits = right[predicted == right]
    hit, said, there = (np.bincount(c, minlength=k) for c in (hits, predicted, right))
    return hit, said, there


def _averaged(
    metric: str, average: str | None, parts: np.ndarray, wholes: np.ndarray, occurs: np.ndarray
) -> float | np.ndarray:
    """Parts / wholes for each class, 0 where there is no whole; averaged as asked."""
    if average == "micro":
        return float(parts.sum() / wholes.sum())
    if average not in (None, "macro"):
        raise unknown(f"average of {metric}", str(average), AVERAGES)
    shares = parts / np.maximum(wholes, 1)
    return shares if average is None else float(shares[occurs].mean())
