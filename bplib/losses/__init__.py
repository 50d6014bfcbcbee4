"""Losses as pairs: how wrong a batch of predictions is, and which way is better.

    loss, cache = mse(prediction, target)            # one number, the mean over all entries
    dprediction = mse_backward(cache)                # its gradient, shaped as the prediction

Prediction and target have exactly the same shape: (m,) against (m, 1) is refused, because NumPy
would quietly compare every prediction with every target. Every loss is a mean over all entries,
so over the batch of m samples and, where there are several outputs, over these too. Those that
compare a row of logits with one class, `softmax_cross_entropy` and `kl_divergence`, are a mean
over the rows.
"""

from typing import TYPE_CHECKING

from bplib.errors import misspelt
from bplib.losses.classification import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_backward,
    kl_divergence,
    kl_divergence_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)
from bplib.losses.margin import hinge, hinge_backward
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
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "half_mse",
    "half_mse_backward",
    "hinge",
    "hinge_backward",
    "huber",
    "huber_backward",
    "kl_divergence",
    "kl_divergence_backward",
    "mae",
    "mae_backward",
    "mse",
    "mse_backward",
    "softmax_cross_entropy",
    "softmax_cross_entropy_backward",
]

if not TYPE_CHECKING:  # with it, a checker of types would let every name pass
    __getattr__ = misspelt("losses", __all__)
