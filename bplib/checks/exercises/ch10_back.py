"""Chapter 10: back through a shortcut and a layer norm, and gradients shortened together."""

from __future__ import annotations

import math

import numpy as np

from bplib import ops

from ..declare import Exercise, Misconception

_SIZES = ((7, 3, 5), (5, 4, 9), (3, 6, 4), (9, 5, 7), (4, 7, 3), (6, 3, 8))


def _block_case(rng, i):
    m, n, h = _SIZES[i]
    W, b, V = rng.normal(size=(n, h)) / math.sqrt(n), rng.normal(size=h), rng.normal(size=(h, n))
    return rng.normal(size=(m, n)), W, b, V, rng.normal(size=(m, n))


def _block(x, W, b, V, dy, slope=None, shortcut=None, da=None):
    """dx, dW, db, dV, with one of the factors replaced where it is given."""
    z = x @ W + b
    a = np.tanh(z)
    dz = (dy @ V.T if da is None else da(dy, x, V)) * (1 - a**2 if slope is None else slope(z, a))
    dx = (dy if shortcut is None else shortcut(dy, x)) + dz @ W.T
    return dx, x.T @ dz, dz.sum(axis=0), a.T @ dy


def _with(**replaced):
    return lambda x, W, b, V, dy: _block(x, W, b, V, dy, **replaced)


def _changed(change):
    return lambda x, W, b, V, dy: change(*_block(x, W, b, V, dy), x, W, b, V, dy)


def _block_by_pairs(x, W, b, V, dy):
    z, first = ops.linear(x, W, b)
    a, bend = ops.tanh(z)
    _, second = ops.linear(a, V, np.zeros(V.shape[1]))
    da, dV, _ = ops.linear_backward(dy, second)
    dx, dW, db = ops.linear_backward(ops.tanh_backward(da, bend), first)
    return dy + dx, dW, db, dV


def _block_by_rows(x, W, b, V, dy):
    dx, dW, db, dV = dy.copy(), np.zeros_like(W), np.zeros_like(b), np.zeros_like(V)
    for i in range(len(x)):
        a = np.tanh(x[i] @ W + b)
        dz = (V @ dy[i]) * (1 - a**2)
        dx[i] += W @ dz
        dW += np.outer(x[i], dz)
        db += dz
        dV += np.outer(a, dy[i])
    return dx, dW, db, dV


def _block_by_cosh(x, W, b, V, dy):
    z = x @ W + b
    dz = np.inner(dy, V) / np.cosh(z) ** 2
    return (
        np.einsum("ij,kj->ik", dz, W) + dy, np.einsum("ij,ik->jk", x, dz),
        np.ones(len(x)) @ dz, np.tanh(z).T @ dy,
    )  # fmt: skip


residual_gradients = Exercise(
    name="residual_gradients",
    chapter=10,
    minutes=10,
    statement=(
        "A block with a shortcut: y = x + tanh(x @ W + b) @ V. dy is the gradient that has arrived "
        "at y. Return dx, dW, db and dV."
    ),
    reference=lambda x, W, b, V, dy: _block(x, W, b, V, dy),
    cases=_block_case,
    case_note=lambda x, W, b, V, dy: f"m={len(x)}, n={W.shape[0]}, h={W.shape[1]}",
    returns=("dx", "dW", "db", "dV"),
    loss=lambda x, W, b, V, dy: np.sum((x + np.tanh(x @ W + b) @ V) * dy),
    equivalents=(_block_by_pairs, _block_by_rows, _block_by_cosh),
    misconceptions=(
        Misconception(
            "shortcut-forgotten",
            "x reaches y along two paths; dx has only the one through the layers.",
            _with(shortcut=lambda dy, x: 0.0),
        ),
        Misconception(
            "block-forgotten",
            "x reaches y along two paths; dx has only the shortcut.",
            _changed(lambda dx, dW, db, dV, x, W, b, V, dy: (dy * 1.0, dW, db, dV)),
        ),
        Misconception(
            "slope-forgotten",
            "the slope of tanh is missing on the way through the layers.",
            _with(slope=lambda z, a: 1.0),
        ),
        Misconception(
            "slope-from-z",
            "1 − a² was taken at the sums z. It wants what tanh puts out.",
            _with(slope=lambda z, a: 1 - z**2),
        ),
        Misconception(
            "ones-for-dy",
            "the shortcut was given 1, the rate; it hands on what arrives, dy.",
            _with(shortcut=lambda dy, x: 1.0),
        ),
        Misconception(
            "x-handed-back",
            "x itself was added on the way back; the shortcut hands back dy.",
            _with(shortcut=lambda dy, x: x),
        ),
        Misconception(
            "x-in-dy",
            "the gradient that goes into the block was made from dy + x; x is no gradient.",
            _with(da=lambda dy, x, V: (dy + x) @ V.T),
        ),
        Misconception(
            "bias-averaged",
            "db was averaged over the batch; a 1/m, if any, is in dy already.",
            _changed(lambda dx, dW, db, dV, x, *_: (dx, dW, db / len(x), dV)),
        ),
        Misconception(
            "bias-not-summed",
            "db has a row for each sample; all of them use the same bias, so add them up.",
            lambda x, W, b, V, dy: (
                *_block(x, W, b, V, dy)[:2],
                dy @ V.T * (1 - np.tanh(x @ W + b) ** 2),
                _block(x, W, b, V, dy)[3],
            ),
        ),
        Misconception(
            "sums-for-activations",
            "dV was made with the sums z; what V multiplies is the tanh of them.",
            _changed(lambda dx, dW, db, dV, x, W, b, V, dy: (dx, dW, db, (x @ W + b).T @ dy)),
        ),
    ),
    hints=(
        "An add hands what arrives to both of its sides.",
        "Through the layers it is chapter 5: a.T @ dy for V, then dy @ V.T times the slope of "
        "tanh for the sums, and with that dW, db and the way on to x.",
        "dx is dy plus what comes back through the layers.",
    ),
    after="However small the slope of tanh, dy itself comes through.",
    another="""
def residual_gradients(x, W, b, V, dy):
    a = np.tanh(x @ W + b)
    da = np.inner(dy, V)
    dz = da - da * a**2
    dW, dV = np.einsum("ij,ik->jk", x, dz), np.einsum("ij,ik->jk", a, dy)
    return dy + np.inner(dz, W), dW, dz.sum(axis=0), dV
""",
)


def _norm_case(rng, i):
    m, n = ((7, 4), (5, 3), (3, 6), (9, 5), (4, 7), (6, 8))[i]
    x = rng.normal(size=(m, n)) * rng.uniform(0.2, 5.0, size=(m, 1)) + rng.normal(size=(m, 1))
    eps = (1e-5, 0.1, 1e-3, 0.5, 1e-5, 0.02)[i]
    return x, rng.normal(size=n), rng.normal(size=n), rng.normal(size=(m, n)), eps


def _norm(x, eps, axis=1, ddof=0):
    var = x.var(axis=axis, keepdims=True, ddof=ddof)
    root = np.sqrt(var + eps)
    return (x - x.mean(axis=axis, keepdims=True)) / root, root


def _layer_norm(x, scale, shift, dy, eps):
    return _assemble(_norm(x, eps), dy * scale, dy)


def _assemble(hat, g, dy, axis=1, mean=True, var=True):
    x_hat, root = hat
    dx = g.copy()
    if mean:
        dx = dx - g.mean(axis=axis, keepdims=True)
    if var:
        dx = dx - x_hat * (g * x_hat).mean(axis=axis, keepdims=True)
    return dx / root, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def _wrong_norm(**changed):
    def wrong(x, scale, shift, dy, eps):
        return _assemble(_norm(x, eps), dy * scale, dy, **changed)

    return wrong


def _norm_in_rows(x, scale, shift, dy, eps):
    """Row by row with the whole Jacobian of x_hat."""
    n = x.shape[1]
    dx, dscale = np.zeros_like(x), np.zeros(n)
    for i, row in enumerate(x):
        root = np.sqrt(np.mean((row - row.mean()) ** 2) + eps)
        x_hat = (row - row.mean()) / root
        jacobian = (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n) / root
        dx[i] = (dy[i] * scale) @ jacobian
        dscale += dy[i] * x_hat
    return dx, dscale, np.sum(dy, axis=0)


def _norm_in_steps(x, scale, shift, dy, eps):
    n = x.shape[1]
    centred = x - x.mean(axis=1)[:, np.newaxis]
    root = np.sqrt(np.mean(centred * centred, axis=1) + eps)[:, np.newaxis]
    x_hat, dx_hat = centred / root, dy * scale
    droot = -np.sum(dx_hat * centred, axis=1, keepdims=True) / root**2
    dcentred = dx_hat / root + centred * droot / (n * root)
    return dcentred - dcentred.mean(axis=1, keepdims=True), (dy * x_hat).sum(0), dy.sum(0)


layer_norm_gradients = Exercise(
    name="layer_norm_gradients",
    chapter=10,
    minutes=60,
    statement=(
        "Layer norm, y = scale * x_hat + shift with mean and (biased) variance over each row, eps "
        "added to the variance under the root. dy is the gradient that has arrived at y. Return "
        "dx, dscale and dshift."
    ),
    reference=_layer_norm,
    cases=_norm_case,
    case_note=lambda x, scale, shift, dy, eps: f"m={x.shape[0]}, n={x.shape[1]}, eps={eps:g}",
    returns=("dx", "dscale", "dshift"),
    loss=lambda x, scale, shift, dy, eps: np.sum((scale * _norm(x, eps)[0] + shift) * dy),
    tolerance=1e-8,
    equivalents=(
        lambda x, scale, shift, dy, eps: ops.layer_norm_backward(
            dy, ops.layer_norm(x, scale, shift, eps)[1]
        ),
        _norm_in_rows,
        _norm_in_steps,
    ),
    misconceptions=(
        Misconception(
            "mean-and-variance-as-constants",
            "mean and variance were treated as constants in dx; each number moves them too.",
            _wrong_norm(mean=False, var=False),
        ),
        Misconception(
            "variance-as-a-constant",
            "the path through the variance is missing in dx.",
            _wrong_norm(var=False),
        ),
        Misconception(
            "mean-as-a-constant",
            "the path through the mean is missing in dx.",
            _wrong_norm(mean=False),
        ),
        Misconception(
            "down-the-columns",
            "the means on the way back run down the columns, as in batch norm; here they run along "
            "each row.",
            _wrong_norm(axis=0),
        ),
        Misconception(
            "batch-norm",
            "this is batch norm: mean and variance of each column. Here they are those of a row.",
            lambda x, scale, shift, dy, eps: _assemble(
                _norm(x, eps, axis=0), dy * scale, dy, axis=0
            ),
        ),
        Misconception(
            "scale-forgotten",
            "dx lacks scale: x_hat is multiplied by it on its way to y.",
            lambda x, scale, shift, dy, eps: _assemble(_norm(x, eps), dy, dy),
        ),
        Misconception(
            "scale-outside",
            "dx was multiplied by scale at the end. It differs from column to column, so it "
            "belongs inside the means.",
            lambda x, scale, shift, dy, eps: (
                _assemble(_norm(x, eps), dy, dy)[0] * scale,
                *_assemble(_norm(x, eps), dy, dy)[1:],
            ),
        ),
        Misconception(
            "unbiased",
            "the variance was divided by n − 1; here it is the mean over n.",
            lambda x, scale, shift, dy, eps: _assemble(_norm(x, eps, ddof=1), dy * scale, dy),
        ),
        Misconception(
            "eps-forgotten",
            "eps is missing under the root.",
            lambda x, scale, shift, dy, eps: _assemble(_norm(x, 0.0), dy * scale, dy),
        ),
        Misconception(
            "per-row-scale",
            "dscale and dshift were added up along the rows; they belong to the columns.",
            lambda x, scale, shift, dy, eps: (
                _layer_norm(x, scale, shift, dy, eps)[0],
                (dy * _norm(x, eps)[0]).sum(axis=1),
                dy.sum(axis=1),
            ),
        ),
    ),
    hints=(
        "As batch norm, with rows for columns; but scale and shift still belong to the columns.",
        "First x_hat and the root with keepdims=True, then dy times scale, then (10.6) with the "
        "means along each row.",
        "dx is (g − its mean − x_hat times the mean of g · x_hat) over the root; dscale and dshift "
        "are sums over the rows of the table.",
    ),
    after="Nothing in it knows of other samples: each row is by itself.",
    another="""
def layer_norm_gradients(x, scale, shift, dy, eps):
    def off(t):  # minus its mean along the row
        return t - t.mean(axis=1, keepdims=True)

    root = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat, g = off(x) / root, dy * scale
    along = np.einsum("ij,ij->i", g, x_hat)[:, np.newaxis] / x.shape[1]
    dx = (off(g) - along * x_hat) / root
    return dx, np.einsum("ij,ij->j", dy, x_hat), dy.sum(axis=0)
""",
)
