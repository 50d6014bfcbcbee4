"""Losses as pairs: how wrong a batch of predictions is, and which way is better.

    loss, cache = mse(prediction, target)            # one number, the mean over all entries
    dprediction = mse_backward(cache)                # its gradient, shaped as the prediction

Prediction and target have exactly the same shape: (m,) against (m, 1) is refused, because NumPy
would quietly compare every prediction with every target. Every loss is a mean over all entries,
so over the batch of m samples and, where there are several outputs, over these too.
"""

from bplib.losses.regression import (
    half_mse,
    half_mse_backward,
    huber,
    huber_backward,
    mae,
    mae_backward,
    mse,
    mse_backward,
)

__all__ = [
    "half_mse",
    "half_mse_backward",
    "huber",
    "huber_backward",
    "mae",
    "mae_backward",
    "mse",
    "mse_backward",
]
