"""What each metric of the library asks of a prediction, and which way it gets better."""

from __future__ import annotations

from typing import NamedTuple

from bplib import losses


class Kind(NamedTuple):
    """What is known about a metric by its name.

    Fields:
        larger_is_better: whether it should rise.
        asks: for "classes", "scores" of all classes, the "score" of class 1, "probabilities", or
            "values" just as the network says them.
    """

    larger_is_better: bool
    asks: str


KINDS = {
    "accuracy": Kind(True, "classes"),
    "auc": Kind(True, "score"),
    "calibration_error": Kind(False, "probabilities"),
    "f1": Kind(True, "classes"),
    "precision": Kind(True, "classes"),
    "r2": Kind(True, "values"),
    "recall": Kind(True, "classes"),
    "rmse": Kind(False, "values"),
    "top_k_accuracy": Kind(True, "scores"),
}
"""Every name that `fit(metrics=[…])` knows."""


def should_rise(curve: str) -> bool | None:
    """Which way a curve of the history gets better.

    Arguments:
        curve: its name, of training or of validation.

    Returns:
        True for one that should rise, False for one that should fall, None where the name says
        nothing about it.
    """
    name = curve.removeprefix("validation_")
    if name == "loss" or name in losses.__all__:
        return False
    return KINDS[name].larger_is_better if name in KINDS else None
