"""Chapter 10: back through a block with a shortcut."""

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
        Misconception(
            "shortcut-subtracted",
            "dy was subtracted; where paths meet, gradients add.",
            _with(shortcut=lambda dy, x: -dy),
        ),
        Misconception(
            "one-plus-times-dy",
            "what comes back through the layers was multiplied by dy once more; it has dy in it.",
            lambda x, W, b, V, dy: (
                dy * (1 + _block(x, W, b, V, dy, shortcut=lambda dy, x: 0.0)[0]),
                *_block(x, W, b, V, dy)[1:],
            ),
        ),
        Misconception(
            "tanh-twice",
            "tanh was taken once more of what had come out already; the slope is 1 − a².",
            _with(slope=lambda z, a: 1 - np.tanh(a) ** 2),
        ),
        Misconception(
            "slope-of-sigmoid",
            "a(1 − a) is the slope of the sigmoid; that of tanh is 1 − a².",
            _with(slope=lambda z, a: a * (1 - a)),
        ),
        Misconception(
            "square-forgotten",
            "1 − a was taken for the slope; it is 1 − a².",
            _with(slope=lambda z, a: 1 - a),
        ),
        Misconception(
            "slope-missing-in-dx",
            "dW and db have the slope of tanh in them, and dx has not.",
            lambda x, W, b, V, dy: (dy + dy @ V.T @ W.T, *_block(x, W, b, V, dy)[1:]),
        ),
        Misconception(
            "slope-missing-in-the-weights",
            "dx has the slope of tanh in it, and dW and db have not.",
            lambda x, W, b, V, dy: (
                _block(x, W, b, V, dy)[0],
                *_block(x, W, b, V, dy, slope=lambda z, a: 1.0)[1:],
            ),
        ),
        Misconception(
            "bias-along-the-rows",
            "db was added up along each row; it runs down the batch.",
            lambda x, W, b, V, dy: (
                *_block(x, W, b, V, dy)[:2],
                (dy @ V.T * (1 - np.tanh(x @ W + b) ** 2)).sum(axis=1),
                _block(x, W, b, V, dy)[3],
            ),
        ),
        Misconception(
            "all-averaged",
            "dW, db and dV were averaged over the batch; a 1/m, if any, is in dy already.",
            _changed(lambda dx, dW, db, dV, x, *_: (dx, dW / len(x), db / len(x), dV / len(x))),
        ),
        Misconception(
            "dy-overwritten",
            "dV was made from dx: `dx = dy` makes no copy, and `dx += …` changes dy with it.",
            lambda x, W, b, V, dy: (
                *_block(x, W, b, V, dy)[:3],
                np.tanh(x @ W + b).T @ _block(x, W, b, V, dy)[0],
            ),
        ),
        Misconception(
            "bias-left-out",
            "the bias was left out on the way forward.",
            lambda x, W, b, V, dy: _block(x, W, 0 * b, V, dy),
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
