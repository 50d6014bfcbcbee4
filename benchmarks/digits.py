"""The handwritten digits, cut into a training and a test part, the same for every library."""

from __future__ import annotations

import numpy as np

from bplib import data

EPOCHS = {32: 50, 200: 150}
"""By batch size: enough for 97 of 100."""
SIZES = (64, 100, 10)
Part = tuple[np.ndarray, np.ndarray]


def parts() -> tuple[Part, Part]:
    """((X, y), (X, y)): four fifths to train with, the rest to test; grey levels from 0 to 1."""
    digits = data.digits()
    X = (digits.X / 16).astype(np.float32)
    split = data.split(X, digits.y, rng=np.random.default_rng(0), stratify=digits.y,
                       fractions=(0.8, 0.2))  # fmt: skip
    (X_train, y_train), (X_test, y_test) = split
    return (X_train, y_train), (X_test, y_test)
