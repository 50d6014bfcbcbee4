"""Chapter 10: the mistakes of its exercises, made by somebody who writes otherwise."""

import math

import numpy as np

from .ch10 import _norm_step_by_step, _residual


def _steps(x, w, b):
    """(what enters, z, what leaves) of each neuron."""
    found = []
    for w_l, b_l in zip(w, b, strict=True):
        z = w_l * x + b_l
        a = 0.5 + 0.5 * math.tanh(z / 2)
        found.append((x, z, a))
        x = a
    return np.array(found).T


def _rows(x, eps, ddof=0):
    root = np.sqrt(x.var(1, ddof=ddof) + eps)[:, None]
    return (x - x.mean(1)[:, None]) / root, root


def _assembled(x_hat, root, dy, g):
    dx = (g - g.mean(1)[:, None] - x_hat * (g * x_hat).mean(1)[:, None]) / root
    return dx, np.einsum("ij,ij->j", dy, x_hat), dy.sum(0)


def _as_batch_norm(x, scale, shift, dy, eps):
    """The answer for the transpose, with the scale put where it fits."""
    x_hat = (x - x.mean(0)) / np.sqrt(x.var(0) + eps)
    g = dy * scale
    dx = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / np.sqrt(x.var(0) + eps)
    return dx, (dy * x_hat).sum(0), dy.sum(0)


def _sums(x, W, b, V, dy):
    dx, dW, db, _ = _residual(x, W, b, V, dy)
    return dx, dW, db, np.einsum("ij,ik->jk", np.einsum("ij,jk->ik", x, W) + b, dy)


def _unsummed(x, W, b, V, dy):
    dx, dW, _, dV = _residual(x, W, b, V, dy)
    return dx, dW, np.inner(dy, V) / np.cosh(x @ W + b) ** 2, dV


def _x_returned(x, W, b, V, dy):
    dx, *rest = _residual(x, W, b, V, dy)
    return (dx - dy + x, *rest)


def _x_in(x, W, b, V, dy):
    arrives = _residual(x, W, b, V, dy + x)
    right = _residual(x, W, b, V, dy)
    return arrives[0] - x, arrives[1], arrives[2], right[3]


NAMED = {
    "sigmoid_chain_slope": {
        "slope-from-z": [
            lambda x, w, b: math.prod(w) * math.prod(z - z**2 for z in _steps(x, w, b)[1]),
        ],
        "all-from-x": [
            lambda x, w, b: np.prod([w_l * _steps(x, [w_l], [b_l])[2, 0]
                                     * (1 - _steps(x, [w_l], [b_l])[2, 0])
                                     for w_l, b_l in zip(w, b, strict=True)]),
        ],
        "slope-at-the-input": [
            lambda x, w, b: math.prod(w) * math.prod(e - e * e for e in _steps(x, w, b)[0]),
        ],
    },
    "share_on": {
        "one-for-all": [lambda X, W, b: np.count_nonzero(X @ W + b > 0) / (len(X) * len(b))],
        "divided-by-neurons": [lambda X, W, b: np.sum(X @ W + b > 0, axis=0) / W.shape[1]],
    },
    "residual_gradients": {
        "x-handed-back": [_x_returned],
        "x-in-dy": [_x_in],
        "bias-not-summed": [_unsummed],
        "sums-for-activations": [_sums],
    },
    "layer_norm_gradients": {
        "batch-norm": [_as_batch_norm],
        "scale-forgotten": [
            lambda x, scale, shift, dy, eps: _norm_step_by_step(
                x, np.ones(len(scale)), shift, dy, eps
            ),
        ],
        "unbiased": [
            lambda x, scale, shift, dy, eps: _assembled(*_rows(x, eps, 1), dy, scale * dy),
        ],
        "per-row-scale": [
            lambda x, scale, shift, dy, eps: (
                _assembled(*_rows(x, eps), dy, scale * dy)[0],
                np.einsum("ij,ij->i", dy, _rows(x, eps)[0]),
                dy @ np.ones(len(scale)),
            ),
        ],
    },
    "clip_together": {
        "to-length-1": [
            lambda gradients, limit: [
                g / (n if n > limit else 1.0)
                for n in [math.sqrt(sum((one**2).sum() for one in gradients))]
                for g in gradients
            ],
        ],
        "mean-for-sum": [
            lambda gradients, limit: [
                g * min(1, limit * math.sqrt(sum(one.size for one in gradients)
                                             / sum((one**2).sum() for one in gradients)))
                for g in gradients
            ],
        ],
        "nothing-done": [lambda gradients, limit: [+g for g in gradients]],
    },
}  # fmt: skip
