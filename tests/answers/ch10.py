"""Chapter 10, right answers: starts, chains, dead units, layer norm, shortcuts, clipping."""

import functools
import itertools
import math

import numpy as np


def _backwards(x, w, b):
    """From the last neuron to the first, as backpropagation goes."""
    outputs = [x]
    for w_l, b_l in zip(w, b, strict=True):
        outputs.append(1 / (1 + math.exp(-w_l * outputs[-1] - b_l)))
    d = 1.0
    for w_l, a in zip(w[::-1], outputs[:0:-1], strict=True):
        d = d * a * (1 - a) * w_l
    return d


def _halves(x, w, b):
    """The sigmoid as a tanh."""
    rates = []
    for k in range(len(w)):
        t = np.tanh((w[k] * x + b[k]) / 2)
        x = (1 + t) / 2
        rates.append(w[k] * (1 - t) * (1 + t) / 4)
    return functools.reduce(lambda p, q: p * q, rates)


def _logarithms(x, w, b):
    total, sign = 0.0, 1.0
    for w_l, b_l in zip(w, b, strict=True):
        z = w_l * x + b_l
        x = 1 / (1 + np.exp(-z))
        total += np.log(abs(w_l)) + np.log(x) - np.log1p(np.exp(z))
        sign *= np.sign(w_l)
    return sign * np.exp(total)


def _complex_step(x, w, b):
    a = x + 1e-30j
    for w_l, b_l in zip(w, b, strict=True):
        a = 1 / (1 + np.exp(-(w_l * a + b_l)))
    return a.imag / 1e-30


def _match(n_in, n_out, rule):
    match rule:
        case "lecun":
            return n_in**-0.5
        case "glorot":
            return math.sqrt(2.0) / math.hypot(math.sqrt(n_in), math.sqrt(n_out))
        case "he":
            return math.sqrt(2) * n_in**-0.5


def _fans(n_in, n_out, rule):
    above, below = {"lecun": (1, n_in), "glorot": (2, n_in + n_out), "he": (2, n_in)}[rule]
    return np.float64(above / below) ** 0.5


def _with_counter(X, W, b):
    share = np.zeros(len(b))
    for i, k in np.ndindex(len(X), len(b)):
        if X[i].dot(W[:, k]) + b[k] > 0:
            share[k] += 1 / len(X)
    return share


def _residual(x, W, b, V, dy):
    a = np.tanh(np.einsum("ij,jk->ik", x, W) + b)
    d = np.einsum("ik,jk->ij", dy, V) * (1 + a) * (1 - a)
    return [dy + np.einsum("ik,jk->ij", d, W), np.einsum("ij,ik->jk", x, d), d.sum(0),
            np.einsum("ij,ik->jk", a, dy)]  # fmt: skip


def _residual_stacked(x, W, b, V, dy):
    """The shortcut as an identity beside the layers."""
    ones = np.ones((len(x), 1))
    a = np.tanh(np.hstack([x, ones]) @ np.vstack([W, b]))
    d = (dy @ V.T) / np.cosh(np.arctanh(a)) ** 2
    dWb = np.hstack([x, ones]).T @ d
    return np.hstack([dy, d]) @ np.vstack([np.eye(len(W)), W.T]), dWb[:-1], dWb[-1], a.T @ dy


def _residual_one_by_one(x, W, b, V, dy):
    a = np.tanh(x @ W + b)
    dx, dz = dy.copy(), np.zeros_like(a)
    for i, k in np.ndindex(*a.shape):
        dz[i, k] = sum(dy[i, j] * V[k, j] for j in range(V.shape[1])) * (1 - a[i, k] ** 2)
        for j in range(len(W)):
            dx[i, j] += dz[i, k] * W[j, k]
    return dx, x.T.dot(dz), dz.sum(axis=0), a.T.dot(dy)


def _residual_sech(x, W, b, V, dy):
    z = x @ W + b
    e = np.exp(-2 * np.abs(z))
    dz = (dy @ V.T) * 4 * e / (1 + e) ** 2
    return dy + dz @ W.T, x.T @ dz, np.add.reduce(dz), np.tanh(z).T @ dy


def _norm_turned(x, scale, shift, dy, eps):
    """As batch norm of the transpose."""
    t, g = x.T, (dy * scale).T
    root = np.sqrt(t.var(axis=0) + eps)
    t = (t - t.mean(axis=0)) / root
    dx = (g - g.mean(axis=0) - t * (g * t).mean(axis=0)) / root
    return dx.T, np.diag(t @ dy), np.ones(len(x)) @ dy


def _norm_projected(x, scale, shift, dy, eps):
    n = x.shape[1]
    P = np.eye(n) - np.ones((n, n)) / n  # takes the mean away
    centred = x @ P
    s = 1 / np.sqrt(np.einsum("ij,ij->i", centred, centred) / n + eps)[:, None]
    g = (dy * scale) @ P
    dx = s * g - s**3 * centred * np.sum(g * centred, axis=1)[:, None] / n
    return dx, np.sum(dy * centred * s, axis=0), dy.sum(axis=0)


def _norm_step_by_step(x, scale, shift, dy, eps):
    n = x.shape[1]
    mean = x.mean(1, keepdims=True)
    centred = x - mean
    var = (centred**2).mean(1, keepdims=True)
    root = (var + eps) ** 0.5
    dx_hat = dy * scale
    dinverse = (dx_hat * centred).sum(1, keepdims=True)
    dvar = -dinverse / root**2 / (2 * root)
    dcentred = dx_hat / root + 2 * centred * dvar / n
    dmean = -dcentred.sum(1, keepdims=True)
    return dcentred + dmean / n, (dy * centred / root).sum(0), dy.sum(0)


def _norm_by_loops(x, scale, shift, dy, eps):
    m, n = x.shape
    dx, dscale, dshift = np.zeros((m, n)), np.zeros(n), np.zeros(n)
    for i in range(m):
        mu = sum(x[i]) / n
        r = math.sqrt(sum((v - mu) ** 2 for v in x[i]) / n + eps)
        h = [(v - mu) / r for v in x[i]]
        g = [dy[i, j] * scale[j] for j in range(n)]
        g1, g2 = sum(g) / n, sum(p * q for p, q in zip(g, h, strict=True)) / n
        for j in range(n):
            dx[i, j] = (g[j] - g1 - h[j] * g2) / r
            dscale[j] += dy[i, j] * h[j]
            dshift[j] += dy[i, j]
    return dx, dscale, dshift


def _in_a_row(gradients, limit):
    row = np.hstack([np.ravel(g) for g in gradients])
    factor = min(limit, np.linalg.norm(row)) / np.linalg.norm(row)
    return [factor * g for g in gradients]


def _hypot(gradients, limit):
    norm = math.hypot(*itertools.chain.from_iterable(g.ravel().tolist() for g in gradients))
    return [*(g.copy() if norm <= limit else g / (norm / limit) for g in gradients)]


def _squared(gradients, limit):
    total = sum((g * g).sum() for g in gradients)
    if total <= limit**2:
        return [1.0 * g for g in gradients]
    return [g * limit / total**0.5 for g in gradients]


RIGHT = {
    "initial_std": {
        "match": _match,
        "numerator and denominator": _fans,
        "exponents": lambda n_in, n_out, rule: (
            {"lecun": n_in, "glorot": (n_in + n_out) / 2, "he": n_in / 2}[rule] ** -0.5
        ),
        "an array of no axes": lambda n_in, n_out, rule: np.sqrt(
            np.array(2.0 if rule != "lecun" else 1.0) / (n_in + n_out * (rule == "glorot"))
        ),
    },
    "sigmoid_chain_slope": {
        "backwards": _backwards,
        "by tanh": _halves,
        "logarithms": _logarithms,
        "complex step": _complex_step,
    },
    "share_on": {
        "a counter": _with_counter,
        "clip": lambda X, W, b: np.clip(np.sign(X @ W + b), 0, 1).mean(axis=0),
        "bincount": lambda X, W, b: (
            np.bincount(np.nonzero(X @ W + b > 0)[1], minlength=len(b)) / len(X)
        ),
        "transposed": lambda X, W, b: np.array([np.mean(z > 0) for z in W.T @ X.T + b[:, None]]),
    },
    "residual_gradients": {
        "einsum, a list": _residual,
        "an identity beside": _residual_stacked,
        "one by one": _residual_one_by_one,
        "without overflow": _residual_sech,
    },
    "layer_norm_gradients": {
        "transposed": _norm_turned,
        "projected": _norm_projected,
        "step by step": _norm_step_by_step,
        "loops": _norm_by_loops,
    },
    "clip_together": {
        "in a row": _in_a_row,
        "hypot": _hypot,
        "squares compared": _squared,
        "a tuple through frobenius": lambda gradients, limit: [
            g * min(1, limit / np.linalg.norm([np.linalg.norm(one) for one in gradients]))
            for g in gradients
        ],
    },
}
