"""What a network says, in the form that a metric wants: its loss knows what the numbers mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bplib import expect, losses, metrics, ops
from bplib.backend import Array
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.train.kinds import KINDS
from bplib.train.pair import Pair, without_settings


def measuring(name: str, pair: Pair) -> Callable[[Array, Array], float]:
    """A metric of the library that takes what a network says, and the targets of its loss.

    Logits of `softmax_cross_entropy` and `kl_divergence` become classes by their largest, the score
    of class 1 by z₁ - z₀, and probabilities by softmax; a row of target probabilities becomes its
    largest class. Logits (m,) or (m, 1) of `binary_cross_entropy_with_logits` say class 1 where
    z > 0, with probability σ(z). Scores of `hinge` are read likewise, with -1 for 0; they are no
    probabilities, and of k columns the largest wins. Other losses do not say what is meant, and
    the metric gets prediction and target as they are.

    Arguments:
        name: of the metric.
        pair: the loss.

    Returns:
        A function (prediction, target) -> number.
    """
    metric = getattr(metrics, name)
    asks, loss = KINDS[name].asks, without_settings(pair.forward)
    if asks == "values":
        return metric
    read = next((read for known, read in READERS if known is loss), None)
    if read is None:
        return partial(_as_they_are, name, metric, pair.name)

    def measure(prediction: Array, target: Array) -> float:
        return metric(*read(name, asks, prediction, target))

    return measure


def _as_they_are(name: str, metric: Any, loss: str, prediction: Array, target: Array) -> float:
    try:
        return metric(prediction, target)
    except (ShapeError, DTypeError) as error:
        given = _example(KINDS[name].asks, prediction, target)
        raise type(error)(
            f"{str(error).removesuffix('.')}; {loss} does not say what its predictions mean, so "
            f"give fit a function that does, such as "
            f"def my_{name}(p, t): return metrics.{name}({given})."
        ) from None


def _example(asks: str, prediction: Array, target: Array) -> str:
    """What a function of the reader's own may do with such a prediction."""
    if prediction.ndim == 2 and prediction.shape[1] > 1:
        said = {"classes": "p.argmax(axis=1)", "score": "p[:, 1]"}.get(asks, "p")
    else:
        said = "p[:, 0]" if prediction.ndim == 2 else "p"
        said = f"({said} > 0.5).astype(int)" if asks == "classes" else said
    if target.ndim == 2 and target.shape[1] > 1:
        return f"{said}, t.argmax(axis=1)"
    return f"{said}, {'t[:, 0]' if target.ndim == 2 else 't'}.astype(int)"


def _of_rows(name: str, asks: str, logits: Array, target: Array) -> tuple[Array, Array]:
    """Of one logit for each class."""
    labels = target if target.ndim == 1 else target.argmax(axis=1)
    if asks == "score":
        if logits.shape[1] != 2:
            raise ShapeError(
                f"{name}: it is of two classes, but the prediction has shape {logits.shape}; "
                f"for one class against the rest give fit a function, such as "
                f"def {name}_of_class_1(z, y): return metrics.{name}(z[:, 1], y == 1)."
            )
        return logits[:, 1] - logits[:, 0], labels  # the order of softmax, without its rounding
    if asks == "probabilities":
        return ops.softmax(logits)[0], labels
    return logits, labels


def _of_logits(name: str, asks: str, logits: Array, target: Array) -> tuple[Array, Array]:
    """Of the logit of class 1 alone."""
    z, y = _column(name, logits), _column(name, target)
    expect.everywhere(name, "y", y, (y == 0) | (y == 1), "a class is 0 or 1")
    labels = y.astype(np.int64)
    if asks == "probabilities":
        return ops.sigmoid(z)[0], labels
    return _side(name, asks, z), labels


def _of_margins(name: str, asks: str, scores: Array, target: Array) -> tuple[Array, Array]:
    """Of a score whose side of 0 is the class, or one for each class."""
    if asks == "probabilities":
        raise DomainError(
            f"{name}: it asks for probabilities, and the scores of hinge are none; "
            "binary_cross_entropy_with_logits learns some."
        )
    if scores.ndim == 2 and scores.shape[1] > 1:
        ones = (target > 0).sum(axis=1)
        expect.everywhere(name, "the count of 1s in y", ones, ones == 1, "each row is of one class")
        return _of_rows(name, asks, scores, target)
    s, y = _column(name, scores), _column(name, target)
    return _side(name, asks, s), (y > 0).astype(np.int64)


def _column(name: str, values: Array) -> Array:
    """(m,) of what has one number for each sample."""
    if values.ndim == 1:
        return values
    if values.ndim != 2 or values.shape[1] != 1:
        raise ShapeError(
            f"{name}: it asks for one class for each sample, but the prediction has shape "
            f"{values.shape}, several questions each; for the first of them give fit a function, "
            f"such as def {name}_of_first(z, y): return "
            f"metrics.{name}({FIRST[KINDS[name].asks]}, y[:, 0].astype(int))."
        )
    return values[:, 0]


FIRST = {
    "classes": "(z[:, 0] > 0).astype(int)",
    "scores": "z",
    "score": "z[:, 0]",
    "probabilities": "ops.sigmoid(z[:, 0])[0]",
}
"""The first of several logits, for each thing that is asked for."""


def _side(name: str, asks: str, z: Array) -> Array:
    """The score itself, or the class that its side of 0 is."""
    if asks == "scores":
        raise DomainError(
            f"{name}: it asks for a score of each class, and here there is one score for two "
            "classes; 'accuracy' says how often it is right."
        )
    return z if asks == "score" else (z > 0).astype(np.int64)


READERS: tuple[tuple[Any, Callable[..., tuple[Array, Array]]], ...] = (
    (losses.softmax_cross_entropy, _of_rows),
    (losses.kl_divergence, _of_rows),
    (losses.binary_cross_entropy_with_logits, _of_logits),
    (losses.hinge, _of_margins),
)
"""How the predictions of each loss are read, by the loss."""
