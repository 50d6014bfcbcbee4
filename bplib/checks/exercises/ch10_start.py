"""Chapter 10: a chain of sigmoid neurons, the size of first weights, and ReLUs that are dead."""

from __future__ import annotations

import math

import numpy as np

from bplib import ops

from ..declare import Exercise, Misconception

_RULES = ("lecun", "glorot", "he")
_VARIANCE = {
    "lecun": lambda n_in, n_out: 1 / n_in,
    "glorot": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
}


def _start(rng, i):
    # every rule twice: into a narrower layer and into a wider one
    return *((64, 30), (9, 40), (784, 100), (5, 17), (300, 10), (12, 50))[i], _RULES[i // 2]


def _std(n_in, n_out, rule):
    return math.sqrt(_VARIANCE[rule](n_in, n_out))


def _chosen(n_in, n_out, rule):
    if rule == "glorot":
        return (2 / (n_in + n_out)) ** 0.5
    return ((1 if rule == "lecun" else 2) / n_in) ** 0.5


initial_std = Exercise(
    name="initial_std",
    chapter=10,
    minutes=2,
    statement=(
        "The standard deviation of first weights by LeCun's, Glorot's or He's rule: rule is "
        '"lecun", "glorot" or "he".'
    ),
    reference=_std,
    cases=_start,
    case_note=lambda n_in, n_out, rule: f"{n_in} → {n_out}, {rule}",
    returns=("std",),
    equivalents=(
        _chosen,
        lambda n_in, n_out, rule: np.sqrt(
            {"lecun": 2 / (2 * n_in), "he": 2 / n_in, "glorot": 1 / np.mean([n_in, n_out])}[rule]
        ),
        lambda n_in, n_out, rule: math.exp(0.5 * math.log(_VARIANCE[rule](n_in, n_out))),
    ),
    misconceptions=(
        Misconception(
            "variance",
            "that is the variance. The standard deviation is its root.",
            lambda n_in, n_out, rule: _VARIANCE[rule](n_in, n_out),
        ),
        Misconception(
            "glorot-as-lecun",
            "for Glorot this is 1/√n_in, which is LeCun's rule, as in a well-known course.",
            lambda n_in, n_out, rule: _std(n_in, n_out, "lecun" if rule == "glorot" else rule),
        ),
        Misconception(
            "fan-out",
            "this was made with n_out; LeCun and He count the inputs of a neuron.",
            lambda n_in, n_out, rule: _std(n_out, n_in, rule),
        ),
        Misconception(
            "he-as-lecun",
            "for He the 2 is missing, which makes up for what a ReLU takes away.",
            lambda n_in, n_out, rule: _std(n_in, n_out, "lecun" if rule == "he" else rule),
        ),
        Misconception(
            "glorot-without-2",
            "for Glorot the 2 above is missing: it is one over the mean of n_in and n_out.",
            lambda n_in, n_out, rule: _std(n_in, n_out, rule) / (2**0.5 if rule == "glorot" else 1),
        ),
        Misconception(
            "uniform-bound",
            "that is the bound of even weights with this variance; their standard deviation is "
            "smaller by √3.",
            lambda n_in, n_out, rule: math.sqrt(3) * _std(n_in, n_out, rule),
        ),
        Misconception(
            "turned-round",
            "this is one over the answer: the more inputs, the smaller the weights.",
            lambda n_in, n_out, rule: 1 / _std(n_in, n_out, rule),
        ),
    ),
    hints=(
        "(10.4) has all three, as variances.",
        "A standard deviation is the root of a variance.",
        "1 / n_in, 2 / (n_in + n_out) and 2 / n_in, each under a root.",
    ),
    after="Behind a ReLU He, else LeCun or Glorot; then measure.",
    another="""
def initial_std(n_in, n_out, rule):
    variance = {"lecun": 1 / n_in, "glorot": 2 / (n_in + n_out), "he": 2 / n_in}
    return np.sqrt(variance[rule])
""",
)


def _sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def _chain_case(rng, i):
    depth = (3, 4, 5, 3, 7, 6)[i]
    x, w, b = float(rng.uniform(0.2, 2.0)), rng.normal(0, 1.5, depth), rng.normal(size=depth)
    x *= (-1) ** (i // 2)
    if np.prod(w) * (-1) ** i > 0:  # a negative slope in the first case, a positive one next
        w[-1] *= -1
    return x, w, b


def _walk(x, w, b):
    """What goes in, the sums and what comes out of every neuron."""
    entered, z, a = [], [], []
    for w_l, b_l in zip(w, b, strict=True):
        entered.append(x)
        z.append(w_l * x + b_l)
        x = _sigmoid(z[-1])
        a.append(x)
    return np.array(entered), np.array(z), np.array(a)


def _chain_slope(x, w, b):
    _, _, a = _walk(x, w, b)
    return float(np.prod(w * a * (1 - a)))


def _by_pairs(x, w, b):
    a, caches = np.array([x]), []
    for w_l, b_l in zip(w, b, strict=True):
        a, cache = ops.sigmoid(w_l * a + b_l)
        caches.append(cache)
    da = np.ones(1)
    for w_l, cache in zip(w[::-1], caches[::-1], strict=True):
        da = w_l * ops.sigmoid_backward(da, cache)
    return da[0]


def _tangent(x, w, b):
    moves = 1.0
    for w_l, b_l in zip(w, b, strict=True):
        z, moves = w_l * x + b_l, w_l * moves
        x = _sigmoid(z)
        moves *= _sigmoid(z) * _sigmoid(-z)
    return moves


def _recursive(x, w, b):
    if len(w) == 0:
        return 1.0
    a = _sigmoid(w[0] * x + b[0])
    return w[0] * a * (1 - a) * _recursive(a, w[1:], b[1:])


sigmoid_chain_slope = Exercise(
    name="sigmoid_chain_slope",
    chapter=10,
    minutes=5,
    statement=(
        "Sigmoid neurons in a row, the first with w[0] and b[0], each fed with what the one before "
        "it says. How far does the last one move for a unit of x?"
    ),
    reference=_chain_slope,
    cases=_chain_case,
    case_note=lambda x, w, b: f"{len(w)} neurons",
    returns=("dx",),
    loss=lambda x, w, b: _walk(x, w, b)[2][-1],
    equivalents=(_by_pairs, _tangent, _recursive),
    misconceptions=(
        Misconception(
            "weights-forgotten",
            "the slopes of the sigmoids are there; each neuron also multiplies by its weight.",
            lambda x, w, b: float(np.prod((a := _walk(x, w, b)[2]) * (1 - a))),
        ),
        Misconception(
            "slope-from-z",
            "a(1 − a) was taken at the sums z. It wants what came out.",
            lambda x, w, b: float(np.prod(w * (z := _walk(x, w, b)[1]) * (1 - z))),
        ),
        Misconception(
            "the-bound",
            "that is the bound, with a quarter for every slope. The sums are not 0 here.",
            lambda x, w, b: float(np.prod(w / 4)),
        ),
        Misconception(
            "first-weight-forgotten",
            "the first weight is missing: the path begins at x, before it.",
            lambda x, w, b: float(np.prod((a := _walk(x, w, b)[2]) * (1 - a)) * np.prod(w[1:])),
        ),
        Misconception(
            "added",
            "the rates were added; along a path they multiply.",
            lambda x, w, b: float(np.sum(w * (a := _walk(x, w, b)[2]) * (1 - a))),
        ),
        Misconception(
            "all-from-x",
            "every neuron was fed with x; each is fed with what the one before it says.",
            lambda x, w, b: float(np.prod(w * (a := _sigmoid(w * x + b)) * (1 - a))),
        ),
        Misconception(
            "slope-at-the-input",
            "the slopes were taken from what enters each neuron; they are made from what leaves "
            "it.",
            lambda x, w, b: float(np.prod(w * (e := _walk(x, w, b)[0]) * (1 - e))),
        ),
        Misconception(
            "sign-lost",
            "that is the size of the slope; a negative weight turns its sign round.",
            lambda x, w, b: abs(_chain_slope(x, w, b)),
        ),
    ),
    hints=(
        "Walk forward, and multiply one rate after the other.",
        "Each neuron contributes its weight times the slope of its sigmoid.",
        "`slope *= w_l * a * (1 - a)`, with a the new activation.",
    ),
    after="At most the product of the |w|/4, and mostly far below it.",
    another="""
def sigmoid_chain_slope(x, w, b):
    outputs = []
    for w_l, b_l in zip(w, b):
        x = 1 / (1 + np.exp(-(w_l * x + b_l)))
        outputs.append(x)
    a = np.array(outputs)
    return np.prod(w * a * (1 - a))
""",
)


def _relu_case(rng, i):
    m, n, h = ((7, 3, 9), (5, 4, 11), (9, 5, 12), (6, 3, 10), (11, 4, 8), (8, 6, 13))[i]
    X, W = rng.normal(size=(m, n)), rng.normal(size=(n, h))
    sums = np.sort(X @ W, axis=0)
    # Neuron k is on for about k of the samples; two are dead, one is on for all.
    on = rng.permutation(np.arange(h) % (m + 1))
    b = -np.where(
        on == 0,
        sums[-1] + 0.3,
        np.where(on == m, sums[0] - 0.3, sums[(-on) % m, np.arange(h)] - 1e-3),
    )
    still = rng.integers(h)
    W[:, still], b[still] = 0.0, 0.0  # its sum is 0 for every sample: off
    return X, W, b


def _share_on(X, W, b):
    return (X @ W + b > 0).mean(axis=0)


def _unit_by_unit(X, W, b):
    return np.array(
        [sum(float(row @ W[:, k] + b[k] > 0) for row in X) / len(X) for k in range(len(b))]
    )


share_on = Exercise(
    name="share_on",
    chapter=10,
    minutes=5,
    statement=(
        "A layer of ReLU neurons, relu(X @ W + b). For each of them: the share of the rows of X "
        "for which it is on. The dead ones have 0. A sum of exactly 0 is off."
    ),
    reference=_share_on,
    cases=_relu_case,
    case_note=lambda X, W, b: f"m={X.shape[0]}, n={X.shape[1]}, {len(b)} neurons",
    returns=("share",),
    equivalents=(
        _unit_by_unit,
        lambda X, W, b: np.count_nonzero(np.maximum(X @ W + b, 0), axis=0) / X.shape[0],
        lambda X, W, b: 1 - np.sum(X @ W + b <= 0, axis=0) / len(X),
        lambda X, W, b: (np.sign(X @ W + b) == 1).astype(float).sum(axis=0) / len(X),
    ),
    misconceptions=(
        Misconception(
            "along-the-rows",
            "this is a share for each sample; the mean runs down the columns, over the samples.",
            lambda X, W, b: (X @ W + b > 0).mean(axis=1),
        ),
        Misconception(
            "off-counted",
            "this is how often each neuron is off.",
            lambda X, W, b: (X @ W + b <= 0).mean(axis=0),
        ),
        Misconception(
            "zero-is-on",
            "a neuron whose sum is exactly 0 passes nothing back: the slope at 0 is 0, so it is "
            "off.",
            lambda X, W, b: (X @ W + b >= 0).mean(axis=0),
        ),
        Misconception(
            "counted",
            "this is for how many rows each neuron is on; divide by the number of rows.",
            lambda X, W, b: (X @ W + b > 0).sum(axis=0).astype(float),
        ),
        Misconception(
            "bias-forgotten",
            "the bias was left out of the sums.",
            lambda X, W, b: (X @ W > 0).mean(axis=0),
        ),
        Misconception(
            "mean-activation",
            "this is how much each neuron says on average, not how often it says anything.",
            lambda X, W, b: np.maximum(X @ W + b, 0).mean(axis=0),
        ),
        Misconception(
            "one-for-all",
            "this is one number for the whole layer; each neuron has its own.",
            lambda X, W, b: float((X @ W + b > 0).mean()),
        ),
        Misconception(
            "alive-or-not",
            "this says whether each neuron is on at all, not how often.",
            lambda X, W, b: (X @ W + b > 0).any(axis=0).astype(float),
        ),
        Misconception(
            "divided-by-neurons",
            "the count was divided by the number of neurons; it is a share of the rows.",
            lambda X, W, b: (X @ W + b > 0).sum(axis=0) / len(b),
        ),
    ),
    hints=(
        "Make the table of all sums, a row for each sample and a column for each neuron.",
        "Which entries are above 0? True counts as 1, so a mean is a share.",
        "The mean of `Z > 0` down the columns, axis 0.",
    ),
    after="Where it is 0, no row gives the neuron's weights a gradient: they stay as they are.",
    another="""
def share_on(X, W, b):
    slopes = np.heaviside(X @ W + b, 0.0)  # the slope of ReLU at every sum
    return np.einsum("ik->k", slopes) / len(X)
""",
)  # fmt: skip
