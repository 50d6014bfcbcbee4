"""Numbers that say how good a prediction is. For reading, not for training: no gradients here.

    accuracy(net.forward(X), labels)            # scores (m, k), or class numbers (m,)
    r2(prediction, target)

The prediction comes first, as in the losses. Classes are whole numbers from 0, and results are
Python floats or NumPy arrays, wherever the prediction lives.
"""

from typing import TYPE_CHECKING

from bplib.errors import misspelt
from bplib.metrics.calibration import calibration_error
from bplib.metrics.classification import (
    accuracy,
    confusion_matrix,
    f1,
    precision,
    recall,
    top_k_accuracy,
)
from bplib.metrics.ranking import RocCurve, auc, roc_curve
from bplib.metrics.regression import r2, rmse

__all__ = [
    "RocCurve",
    "accuracy",
    "auc",
    "calibration_error",
    "confusion_matrix",
    "f1",
    "precision",
    "r2",
    "recall",
    "rmse",
    "roc_curve",
    "top_k_accuracy",
]

if not TYPE_CHECKING:  # with it, a checker of types would let every name pass
    __getattr__ = misspelt("metrics", __all__)
