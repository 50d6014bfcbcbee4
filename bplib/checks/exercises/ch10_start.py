"""Chapter 10: a chain of sigmoid neurons, and the size of first weights."""

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
        Misconception(
            "two-outside-the-root",
            "for Glorot and He the 2 stands outside the root; it belongs to the variance, and the "
            "root is of all of it.",
            lambda n_in, n_out, rule: (
                _std(n_in, n_out, rule) * (1 if rule == "lecun" else math.sqrt(2))
            ),
        ),
        Misconception(
            "two-outside-the-root-for-glorot",
            "for Glorot the 2 stands outside the root; it belongs to the variance.",
            lambda n_in, n_out, rule: (
                _std(n_in, n_out, rule) * (math.sqrt(2) if rule == "glorot" else 1)
            ),
        ),
        Misconception(
            "two-outside-the-root-for-he",
            "for He the 2 stands outside the root; it belongs to the variance.",
            lambda n_in, n_out, rule: (
                _std(n_in, n_out, rule) * (math.sqrt(2) if rule == "he" else 1)
            ),
        ),
        Misconception(
            "lecun-and-he-swapped",
            "LeCun and He have changed places: He's variance has the 2.",
            lambda n_in, n_out, rule: _std(
                n_in, n_out, {"lecun": "he", "he": "lecun"}.get(rule, rule)
            ),
        ),
        Misconception(
            "variances-averaged",
            "for Glorot 1/n_in and 1/n_out were averaged; n_in and n_out are.",
            lambda n_in, n_out, rule: (
                math.sqrt((1 / n_in + 1 / n_out) / 2)
                if rule == "glorot"
                else _std(n_in, n_out, rule)
            ),
        ),
        Misconception(
            "fan-out-for-he",
            "for He this was made with n_out; what is summed up in a neuron are its n_in inputs.",
            lambda n_in, n_out, rule: (
                _std(n_out, n_in, rule) if rule == "he" else _std(n_in, n_out, rule)
            ),
        ),
        Misconception(
            "uniform-bound-for-glorot",
            "√6 above is the bound of even weights by Glorot's rule; the standard deviation has "
            "√2.",
            lambda n_in, n_out, rule: (
                _std(n_in, n_out, rule) * (math.sqrt(3) if rule == "glorot" else 1)
            ),
        ),
        Misconception(
            "one-rule-for-all",
            "that is LeCun's rule whatever `rule` says.",
            lambda n_in, n_out, rule: _std(n_in, n_out, "lecun"),
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


def _falling(x, w, b):
    slope = 1.0
    for w_l, b_l in zip(w, b, strict=True):
        x = _sigmoid(-(w_l * x + b_l))
        slope *= w_l * x * (1 - x)
    return float(slope)


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
        Misconception(
            "bias-forgotten",
            "the biases were left out of the sums.",
            lambda x, w, b: _chain_slope(x, w, 0 * b),
        ),
        Misconception(
            "sigmoid-twice",
            "the sigmoid was taken once more of what had come out already: the slope is a(1 − a) "
            "with the output a itself.",
            lambda x, w, b: float(np.prod(w * (s := _sigmoid(_walk(x, w, b)[2])) * (1 - s))),
        ),
        Misconception(
            "last-neuron-alone",
            "that is the rate of the last neuron alone; those of all of them multiply.",
            lambda x, w, b: float(w[-1] * (a := _walk(x, w, b)[2][-1]) * (1 - a)),
        ),
        Misconception(
            "first-neuron-alone",
            "that is the rate of the first neuron alone; does the `return` stand in the loop?",
            lambda x, w, b: _chain_slope(x, w[:1], b[:1]),
        ),
        Misconception(
            "slope-of-tanh",
            "1 − a² is the slope of tanh; that of the sigmoid is a(1 − a).",
            lambda x, w, b: float(np.prod(w * (1 - _walk(x, w, b)[2] ** 2))),
        ),
        Misconception(
            "slope-turned-round",
            "a(a − 1) has the wrong sign: the sigmoid rises everywhere.",
            lambda x, w, b: float(np.prod(w * (a := _walk(x, w, b)[2]) * (a - 1))),
        ),
        Misconception(
            "minus-in-the-exponent",
            "the exponent lacks its minus: 1 / (1 + exp(z)) falls, and σ(z) rises.",
            _falling,
        ),
        Misconception(
            "last-weight-forgotten",
            "the last weight is missing; every neuron multiplies by its own.",
            lambda x, w, b: float(np.prod((a := _walk(x, w, b)[2]) * (1 - a)) * np.prod(w[:-1])),
        ),
        Misconception(
            "last-slope-forgotten",
            "the slope of the last sigmoid is missing.",
            lambda x, w, b: float(np.prod(w) * np.prod((a := _walk(x, w, b)[2][:-1]) * (1 - a))),
        ),
        Misconception(
            "x-multiplied-in",
            "x itself was multiplied in; x is where the path begins, not a rate on it.",
            lambda x, w, b: x * _chain_slope(x, w, b),
        ),
        Misconception(
            "output-returned",
            "that is what the last neuron says; asked is how far it moves.",
            lambda x, w, b: float(_walk(x, w, b)[2][-1]),
        ),
        Misconception(
            "bound-in-size",
            "that is the bound (10.1), a limit for the size; the sums are not 0 here.",
            lambda x, w, b: float(np.prod(np.abs(w) / 4)),
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
