"""Chapter 10, wrong answers, with the name that each should get."""

import math

import numpy as np


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _outputs(x, w, b):
    found = []
    for w_l, b_l in zip(w, b, strict=True):
        x = _sigmoid(w_l * x + b_l)
        found.append(x)
    return np.array(found)


def _slope(x, w, b):
    a = _outputs(x, w, b)
    return math.prod(w * a * (1 - a))


def _block(x, W, b, V, dy):
    a = np.tanh(x @ W + b)
    dz = dy @ V.T * (1 - a * a)
    return dy + dz @ W.T, x.T @ dz, dz.sum(0), a.T @ dy


def _bent(bend):
    """The right answer with another slope, made of x, z and a."""

    def wrong(x, W, b, V, dy):
        z = x @ W + b
        dz = dy @ V.T * bend(x, z, np.tanh(z))
        return dy + dz @ W.T, x.T @ dz, dz.sum(0), np.tanh(z).T @ dy

    return wrong


def _then(change):
    return lambda x, W, b, V, dy: change(*_block(x, W, b, V, dy), x, dy)


def _hat(x, eps):
    root = np.sqrt(np.var(x, axis=1) + eps)[:, np.newaxis]
    return (x - np.mean(x, axis=1)[:, np.newaxis]) / root, root


def _norm(x, scale, shift, dy, eps):
    x_hat, root = _hat(x, eps)
    g = scale * dy
    n = x.shape[1]
    dx = g - g.sum(1)[:, None] / n - x_hat * (g * x_hat).sum(1)[:, None] / n
    return dx / root, np.sum(dy * x_hat, 0), np.sum(dy, 0)


def _dx(change):
    """The right dscale and dshift with another dx, made of g, x_hat and root."""

    def wrong(x, scale, shift, dy, eps):
        return change(scale * dy, *_hat(x, eps)), *_norm(x, scale, shift, dy, eps)[1:]

    return wrong


def _all(gradients):
    return np.concatenate([g.ravel() for g in gradients])


def _to(norm):
    return lambda gradients, limit: [g * min(1.0, limit / norm(gradients)) for g in gradients]


WRONG = {
    "initial_std": {
        "no root": (
            "variance",
            lambda n_in, n_out, rule: {"lecun": 1 / n_in, "glorot": 1 / ((n_in + n_out) / 2),
                                       "he": 2 / n_in}[rule],
        ),
        "the course": (
            "glorot-as-lecun",
            lambda n_in, n_out, rule: math.sqrt((1 + (rule == "he")) / n_in),
        ),
        "n_out": (
            "fan-out",
            lambda n_in, n_out, rule: (
                {"lecun": n_out, "glorot": (n_in + n_out) / 2, "he": n_out / 2}[rule] ** -0.5
            ),
        ),
        "no 2 for He": (
            "he-as-lecun",
            lambda n_in, n_out, rule: np.sqrt(
                2 / (n_in + n_out) if rule == "glorot" else 1 / n_in
            ),
        ),
        "1 above": (
            "glorot-without-2",
            lambda n_in, n_out, rule: {"lecun": 1, "glorot": 1, "he": math.sqrt(2)}[rule]
            / math.sqrt(n_in + n_out * (rule == "glorot")),
        ),
        "bounds": (
            "uniform-bound",
            lambda n_in, n_out, rule: math.sqrt(
                {"lecun": 3 / n_in, "glorot": 6 / (n_in + n_out), "he": 6 / n_in}[rule]
            ),
        ),
        "large": (
            "turned-round",
            lambda n_in, n_out, rule: (
                {"lecun": n_in, "glorot": (n_in + n_out) / 2, "he": n_in / 2}[rule] ** 0.5
            ),
        ),
        "always He": (None, lambda n_in, n_out, rule: math.sqrt(2 / n_in)),
        "a hundredth": (None, lambda n_in, n_out, rule: 0.01),
    },
    "sigmoid_chain_slope": {
        "no weights": (
            "weights-forgotten",
            lambda x, w, b: math.exp(np.log(_outputs(x, w, b) * (1 - _outputs(x, w, b))).sum()),
        ),
        "a quarter each": ("the-bound", lambda x, w, b: math.prod(w) * 0.25 ** len(w)),
        "a sum": ("added", lambda x, w, b: w @ (_outputs(x, w, b) - _outputs(x, w, b) ** 2)),
        "positive": ("sign-lost", lambda x, w, b: np.abs(_slope(x, w, b))),
        "no first weight": ("first-weight-forgotten", lambda x, w, b: _slope(x, w, b) / w[0]),
        "the output": (None, lambda x, w, b: _outputs(x, w, b)[-1]),
        "last neuron only": (
            None,
            lambda x, w, b: w[-1] * _outputs(x, w, b)[-1] * (1 - _outputs(x, w, b)[-1]),
        ),
        "values multiplied": (None, lambda x, w, b: np.prod(w * _outputs(x, w, b))),
        "all rates": (None, lambda x, w, b: w * _outputs(x, w, b) * (1 - _outputs(x, w, b))),
    },
    "share_on": {
        "off": ("off-counted", lambda X, W, b: 1 - np.mean(X @ W + b > 0, axis=0)),
        "not below": ("zero-is-on", lambda X, W, b: 1 - np.mean(X @ W + b < 0, axis=0)),
        "no bias": ("bias-forgotten", lambda X, W, b: np.mean(X @ W > 0, 0)),
        "how many": ("counted", lambda X, W, b: np.count_nonzero(X @ W + b > 0, axis=0) * 1.0),
        "how much": ("mean-activation", lambda X, W, b: np.mean((X @ W + b).clip(0), 0)),
        "by sample": ("along-the-rows", lambda X, W, b: np.mean(W.T @ X.T + b[:, None] > 0, 0)),
        "ever": ("alive-or-not", lambda X, W, b: 1.0 * ((X @ W + b).max(axis=0) > 0)),
        "none": (None, lambda X, W, b: np.zeros(len(b))),
        "positive biases": (None, lambda X, W, b: 1.0 * (b > 0)),
        "the sums": (None, lambda X, W, b: (X @ W + b).mean(axis=0)),
        "in per cent": (None, lambda X, W, b: 100 * np.mean(X @ W + b > 0, axis=0)),
    },
    "residual_gradients": {
        "plain layers": (
            "shortcut-forgotten",
            _then(lambda dx, dW, db, dV, x, dy: (dx - dy, dW, db, dV)),
        ),
        "the road alone": (
            "block-forgotten",
            _then(lambda dx, dW, db, dV, x, dy: (dy.copy(), dW, db, dV)),
        ),
        "no bend": ("slope-forgotten", _bent(lambda x, z, a: np.ones_like(z))),
        "z for a": ("slope-from-z", _bent(lambda x, z, a: (1 - z) * (1 + z))),
        "mean": (
            "bias-averaged",
            _then(lambda dx, dW, db, dV, x, dy: (dx, dW, db / x.shape[0], dV)),
        ),
        "plus one": (
            "ones-for-dy",
            _then(lambda dx, dW, db, dV, x, dy: (1 + (dx - dy), dW, db, dV)),
        ),
        "sigmoid's slope": (None, _bent(lambda x, z, a: a * (1 - a))),
        "shortcut subtracted": (
            None,
            _then(lambda dx, dW, db, dV, x, dy: (dx - 2 * dy, dW, db, dV)),
        ),
        "all averaged": (
            None,
            _then(lambda dx, dW, db, dV, x, dy: (dx, dW / len(x), db / len(x), dV / len(x))),
        ),
        "three results": (None, lambda *given: _block(*given)[:3]),
    },
    "layer_norm_gradients": {
        "constants": ("mean-and-variance-as-constants", _dx(lambda g, x_hat, root: g / root)),
        "variance constant": (
            "variance-as-a-constant",
            _dx(lambda g, x_hat, root: (g - g.mean(1, keepdims=True)) / root),
        ),
        "mean constant": (
            "mean-as-a-constant",
            _dx(lambda g, x_hat, root: (g - x_hat * (g * x_hat).mean(1, keepdims=True)) / root),
        ),
        "columns": (
            "down-the-columns",
            _dx(lambda g, x_hat, root: (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / root),
        ),
        "no eps": (
            "eps-forgotten",
            lambda x, scale, shift, dy, eps: _norm(x, scale, shift, dy, 0.0),
        ),
        "scale at the end": (
            "scale-outside",
            lambda x, scale, shift, dy, eps: (
                _norm(x, np.ones_like(scale), shift, dy, eps)[0] * scale,
                *_norm(x, scale, shift, dy, eps)[1:],
            ),
        ),
        "sums for means": (
            None,
            _dx(lambda g, x_hat, root: (
                g - g.sum(1, keepdims=True) - x_hat * (g * x_hat).sum(1, keepdims=True)) / root),
        ),
        "not divided": (
            None,
            _dx(lambda g, x_hat, root: g - g.mean(1, keepdims=True)
                - x_hat * (g * x_hat).mean(1, keepdims=True)),
        ),
        "dshift first": (
            None,
            lambda *given: (_norm(*given)[0], _norm(*given)[2], _norm(*given)[1]),
        ),
        "dx alone": (None, lambda *given: _norm(*given)[0]),
    },
    "clip_together": {
        "one by one": (
            "each-by-itself",
            lambda gradients, limit: [
                g * min(1.0, limit / math.sqrt((g * g).sum())) for g in gradients
            ],
        ),
        "normalised": (
            "always-scaled",
            lambda gradients, limit: [
                limit * g / np.linalg.norm(_all(gradients)) for g in gradients
            ],
        ),
        "entries": (
            "entry-by-entry",
            lambda gradients, limit: [np.maximum(np.minimum(g, limit), -limit) for g in gradients],
        ),
        "no root": ("root-forgotten", _to(lambda gradients: np.sum(_all(gradients) ** 2))),
        "sum of lengths": (
            "lengths-added",
            _to(lambda gradients: sum(np.sqrt((g * g).sum()) for g in gradients)),
        ),
        "largest": ("largest-entry", _to(lambda gradients: np.abs(_all(gradients)).max())),
        "sum of sizes": (None, _to(lambda gradients: np.abs(_all(gradients)).sum())),
        "longest array": (
            None, _to(lambda gradients: max(np.linalg.norm(g) for g in gradients)),
        ),
        "one array": (None, lambda gradients, limit: _all(gradients)),
        "halved": (None, lambda gradients, limit: [g / 2 for g in gradients]),
    },
}  # fmt: skip
