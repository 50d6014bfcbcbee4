"""Chapter 4: the network with one hidden layer that several exercises share."""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib import losses, ops

SIZES = ((3, 5), (4, 3), (5, 7), (7, 4), (6, 3), (4, 6))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def weights(rng, n, h):
    """W (n, h), b (h,), v (h,), c: random, none of them near 0 as a whole."""
    W, b, v = rng.normal(size=(n, h)), rng.normal(size=h), rng.normal(size=h)
    return W, b, v, float(rng.normal() + rng.choice([-1.0, 1.0]) * 0.5)


def sample(rng, i):
    """x (n,) and y, a label in the first cases and something in between later."""
    n, _ = SIZES[i % 6]
    y = (1.0, 0.0, 1.0)[i] if i < 3 else float(rng.uniform(0.1, 0.9))
    return rng.normal(size=n), y


def network_case(rng, i):
    """x, y, W, b, v, c."""
    x, y = sample(rng, i)
    return x, y, *weights(rng, *SIZES[i % 6])


def network_loss(x, y, W, b, v, c):
    return (sigmoid(sigmoid(x @ W + b) @ v + c) - y) ** 2


def reference_gradients(x, y, W, b, v, c):
    """dW, db, dv, dc by the pairs of the library."""
    z, cache_z = ops.linear(x[np.newaxis], W, b)
    h, cache_h = ops.sigmoid(z)
    z_o, cache_zo = ops.linear(h, v[:, np.newaxis], np.array([c]))
    o, cache_o = ops.sigmoid(z_o)
    _, cache = losses.mse(o, np.array([[y]]))
    delta_o = ops.sigmoid_backward(losses.mse_backward(cache), cache_o)
    behind: Any = ops.linear_backward(delta_o, cache_zo)
    dh, dv, dc = behind
    _, dW, db = ops.linear_backward(ops.sigmoid_backward(dh, cache_h), cache_z)
    return dW, db, dv[:, 0], float(dc[0])


def _slope(a, z):
    return a * (1.0 - a)


def gradients(
    x, y, W, b, v, c, *, error=lambda o, y: 2.0 * (o - y), out_slope=_slope, hidden_slope=_slope,
    back=lambda v, delta_o: v * delta_o,
):  # fmt: skip
    """dW, db, dv, dc by hand, with one of the factors replaced where it is given."""
    z = x @ W + b
    h = sigmoid(z)
    z_o = h @ v + c
    o = sigmoid(z_o)
    delta_o = error(o, y) * out_slope(o, z_o)
    delta = back(v, delta_o) * hidden_slope(h, z)
    return np.outer(x, delta), delta, h * delta_o, delta_o


def with_factor(**replaced):
    """A wrong reference: `gradients` with one factor replaced."""

    def wrong(x, y, W, b, v, c):
        return gradients(x, y, W, b, v, c, **replaced)

    return wrong


def with_change(change):
    """A wrong reference: the right dW, db, dv, dc handed to change(…, x, y, W, b, v, c)."""

    def wrong(x, y, W, b, v, c):
        return change(*gradients(x, y, W, b, v, c), x, y, W, b, v, c)

    return wrong
