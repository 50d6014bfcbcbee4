"""Chapter 10: forward and back through a layer norm."""

from __future__ import annotations

import numpy as np

from bplib import ops

from ..declare import Exercise, Misconception


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


def _along(t):
    return t.mean(axis=1, keepdims=True)


def _over(x, root):
    return (x - _along(x)) / root, root


def _dx(make):
    """The right dscale and dshift with another dx, made of g, x_hat, root and x."""

    def wrong(x, scale, shift, dy, eps):
        return make(dy * scale, *_norm(x, eps), x), *_layer_norm(x, scale, shift, dy, eps)[1:]

    return wrong


def _through(g, x_hat, root, share):
    """dx step by step, with a mean that counts `share` too much, through the variance and again."""
    dcentred = (g - share * x_hat * _along(g * x_hat)) / root
    return dcentred - share * _along(dcentred)


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
        Misconception(
            "eps-outside-the-root",
            "eps was added to the root; it is added to the variance, under the root.",
            lambda x, scale, shift, dy, eps: _assemble(
                _over(x, x.std(axis=1, keepdims=True) + eps), dy * scale, dy
            ),
        ),
        Misconception(
            "root-forgotten",
            "the variance was divided by, not its root.",
            lambda x, scale, shift, dy, eps: _assemble(
                _over(x, x.var(axis=1, keepdims=True) + eps), dy * scale, dy
            ),
        ),
        Misconception(
            "not-divided",
            "dx is not divided by the root at the end.",
            _dx(lambda g, x_hat, root, x: root * _assemble((x_hat, root), g, g)[0]),
        ),
        Misconception(
            "divided-twice",
            "dx was divided by the variance, not by its root.",
            _dx(lambda g, x_hat, root, x: _assemble((x_hat, root), g, g)[0] / root),
        ),
        Misconception(
            "first-term-alone-divided",
            "only g was divided by the root; the whole bracket is.",
            _dx(lambda g, x_hat, root, x: g / root - _along(g) - x_hat * _along(g * x_hat)),
        ),
        Misconception(
            "sums-for-means",
            "both paths took sums along the row in the place of means: the 1/n is missing.",
            _dx(
                lambda g, x_hat, root, x: (
                    (g - g.shape[1] * (_along(g) + x_hat * _along(g * x_hat))) / root
                )
            ),
        ),
        Misconception(
            "x-hat-forgotten-in-front",
            "the mean of g · x_hat was subtracted alike from all; each number feels the variance "
            "by its own x_hat.",
            _dx(lambda g, x_hat, root, x: (g - _along(g) - _along(g * x_hat)) / root),
        ),
        Misconception(
            "variance-added",
            "the path through the variance has the wrong sign: a larger root makes x_hat smaller.",
            _dx(lambda g, x_hat, root, x: (g - _along(g) + x_hat * _along(g * x_hat)) / root),
        ),
        Misconception(
            "mean-added",
            "the path through the mean has the wrong sign: the mean is subtracted.",
            _dx(lambda g, x_hat, root, x: (g + _along(g) - x_hat * _along(g * x_hat)) / root),
        ),
        Misconception(
            "factor-2-lost",
            "the path through the variance is half as large as it should be: the slope of a square "
            "is twice the number.",
            _dx(lambda g, x_hat, root, x: (g - _along(g) - x_hat * _along(g * x_hat) / 2) / root),
        ),
        Misconception(
            "batch-size-for-n",
            "the paths through mean and variance were divided by the number of samples; the means "
            "run along a row, so by n.",
            _dx(
                lambda g, x_hat, root, x: _through(g, x_hat, root, x.shape[1] / x.shape[0]),
            ),
        ),
        Misconception(
            "scale-in-both-sums",
            "dscale and dshift were made from dy · scale; they take dy as it arrived. (`dy *= "
            "scale` changes dy itself.)",
            lambda x, scale, shift, dy, eps: _assemble(_norm(x, eps), dy * scale, dy * scale),
        ),
        Misconception(
            "scale-in-dscale",
            "dscale was made from dy · scale; scale is multiplied by x_hat, so it gets dy · x_hat.",
            lambda x, scale, shift, dy, eps: (
                *_layer_norm(x, scale, shift, dy, eps)[:1],
                scale * _layer_norm(x, scale, shift, dy, eps)[1],
                dy.sum(axis=0),
            ),
        ),
        Misconception(
            "x-for-x-hat",
            "dscale was made with x; scale multiplies x_hat.",
            lambda x, scale, shift, dy, eps: (
                *_layer_norm(x, scale, shift, dy, eps)[:1],
                (dy * x).sum(axis=0),
                dy.sum(axis=0),
            ),
        ),
        Misconception(
            "averaged",
            "dscale and dshift were averaged over the samples; over paths, gradients add.",
            lambda x, scale, shift, dy, eps: (
                *_layer_norm(x, scale, shift, dy, eps)[:1],
                *(one / len(x) for one in _layer_norm(x, scale, shift, dy, eps)[1:]),
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
