"""Chapter 3: the sigmoid, the samples and the loss that several exercises share."""

from __future__ import annotations

import numpy as np


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-z))


def softplus(z):
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def cross_entropy(z, y):
    """The mean over samples, from logits."""
    return np.mean(softplus(z) - y * z)


def weights_and_samples(rng, i):
    """X (m, n), w (n,) and b, with logits of a few units on both sides of zero."""
    m, n = ((7, 3), (5, 4), (11, 6), (4, 3), (9, 5), (13, 8))[i % 6]
    X = rng.normal(0.3, 1.0, size=(m, n))
    w = rng.normal(size=n)
    b = rng.uniform(0.4, 1.5) * (-1.0 if i % 2 else 1.0)
    return X, w, b


def labels(rng, m):
    """m labels, 0.0 and 1.0 in random order, both of them there and not equally often."""
    y = np.zeros(m)
    y[: m // 3 + 1] = 1.0
    return rng.permutation(y)
