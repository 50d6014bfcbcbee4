"""Chapter 3: the cross-entropy from logits, at any size."""

from __future__ import annotations

import math

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch03_shared import cross_entropy, labels, sigmoid, softplus


def _cases(rng, i):
    m = (7, 5, 11, 4, 9, 13)[i % 6]
    z, y = rng.normal(0.0, 2.0, size=m), labels(rng, m)
    if i == 1:  # sure and right, sure and wrong, on both sides
        z[:4], y[:4] = [1000.0, -1000.0, 1000.0, -1000.0], [1.0, 0.0, 0.0, 1.0]
    elif i == 4:  # p rounds to 1, and nothing overflows yet
        z[:4], y[:4] = [40.0, -40.0, 45.0, -50.0], [1.0, 0.0, 0.0, 1.0]
    elif i == 5:
        z *= 6.0
    return z, y


def _loop(z, y):
    total = 0.0
    for z_i, y_i in zip(z, y, strict=True):
        total += math.log1p(math.exp(-abs(z_i))) + (z_i if z_i > 0 else 0.0) - y_i * z_i
    return total / len(z)


def _naive(z, y):
    with np.errstate(all="ignore"):
        p = 1.0 / (1.0 + np.exp(-z))
        return np.mean(-y * np.log(p) - (1.0 - y) * np.log(1.0 - p))


def _chosen(z, y):
    with np.errstate(all="ignore"):
        p = 1.0 / (1.0 + np.exp(-z))
        return -np.mean(np.log(np.where(y == 1.0, p, 1.0 - p)))


def _clipped(epsilon):
    def wrong(z, y):
        p = np.clip(sigmoid(z), epsilon, 1.0 - epsilon)
        return np.mean(-y * np.log(p) - (1.0 - y) * np.log(1.0 - p))

    return wrong


def _overflowing(z, y):
    with np.errstate(all="ignore"):
        return np.mean(np.log(1.0 + np.exp(z)) - y * z)


def _without_absolute(z, y):
    with np.errstate(all="ignore"):
        return np.mean(np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-z)))


_CLIPPED = (
    "p is kept away from 0 and 1 by force. The NaN is gone, but where it clips the loss stands "
    "still, and with it the learning; write the loss as a function of z."
)

cross_entropy_from_logits = Exercise(
    name="cross_entropy_from_logits",
    chapter=3,
    statement=(
        "Return the mean binary cross-entropy of the labels y and sigma(z), right for every "
        "finite z. z (m,), y (m,) of 0.0 and 1.0 -> a number."
    ),
    minutes=15,
    reference=cross_entropy,
    cases=_cases,
    returns=("loss",),
    equivalents=(
        _loop,
        lambda z, y: np.mean(np.logaddexp(0.0, z) - y * z),
        lambda z, y: np.mean(np.logaddexp(0.0, np.where(y == 1.0, -z, z))),
        lambda z, y: np.mean(y * softplus(-z) + (1.0 - y) * softplus(z)),
    ),
    misconceptions=(
        Misconception(
            "by-way-of-p",
            "the loss goes by way of p, which rounds to 1 from z = 37 on; its logarithms then "
            "give inf and NaN. Write the loss as a function of z.",
            _naive,
        ),
        Misconception(
            "by-way-of-p-chosen",
            "only the probability of what happened is used, which avoids the NaN; but it goes by "
            "way of p, which rounds to 0 and 1, and the logarithm of 0 is minus infinity.",
            _chosen,
        ),
        Misconception("clipped", _CLIPPED, _clipped(1e-7)),
        Misconception("clipped-at-1e-8", _CLIPPED, _clipped(1e-8)),
        Misconception("clipped-at-1e-12", _CLIPPED, _clipped(1e-12)),
        Misconception("clipped-at-1e-15", _CLIPPED, _clipped(1e-15)),
        Misconception(
            "exponential-overflows",
            "the formula is right, but e to the z overflows near z = 710; "
            "take e to the z out of the bracket where z is positive.",
            _overflowing,
        ),
        Misconception(
            "absolute-value-forgotten",
            "the exponent needs the size of z: with −z in place of −|z| the left side is counted "
            "wrongly, and overflows.",
            _without_absolute,
        ),
        Misconception(
            "max-forgotten",
            "the term max(z, 0) is missing.",
            lambda z, y: np.mean(np.log1p(np.exp(-np.abs(z))) - y * z),
        ),
        Misconception(
            "label-term-forgotten",
            "the term y z is missing, so the labels have no part in it.",
            lambda z, y: np.mean(softplus(z)),
        ),
        Misconception(
            "label-term-added",
            "the term y z comes in with a plus, so the loss of an 8 grows with z.",
            lambda z, y: np.mean(softplus(z) + y * z),
        ),
        Misconception(
            "sum-for-mean",
            "this is the sum over the samples; the mean is asked for.",
            lambda z, y: np.sum(softplus(z) - y * z),
        ),
        Misconception(
            "one-for-each-sample",
            "there is one number for each sample; their mean is asked for.",
            lambda z, y: softplus(z) - y * z,
        ),
        Misconception(
            "labels-swapped",
            "the labels are taken the other way round: p is the probability of y = 1.",
            lambda z, y: np.mean(softplus(z) - (1.0 - y) * z),
        ),
        Misconception(
            "sign-flipped",
            "this is the mean logarithm of the likelihood; the loss has a minus before it.",
            lambda z, y: -cross_entropy(z, y),
        ),
        Misconception(
            "ones-only",
            "only the samples with y = 1 are counted; the others have a surprise, too.",
            lambda z, y: np.mean(y * softplus(-z)),
        ),
        Misconception(
            "in-bits",
            "the logarithm is to the base 2; here it is the natural one.",
            lambda z, y: cross_entropy(z, y) / math.log(2.0),
        ),
        Misconception(
            "squared-error",
            "this is the mean squared error of the probabilities.",
            lambda z, y: np.mean((sigmoid(z) - y) ** 2),
        ),
    ),
    hints=(
        "Never compute p. What are ln p and ln(1 − p) as functions of z?",
        "The loss is softplus minus y z. Softplus overflows on the right; there, write it as z "
        "plus a small correction.",
        "Three terms: the larger of z and 0, minus y z, plus `np.log1p` of an exponential whose "
        "exponent is never positive.",
    ),
    another="""
def cross_entropy_from_logits(z, y):
    return np.mean(np.logaddexp(0, z) - y * z)  # NumPy's ln(e^0 + e^z), safe
""",
    after=(
        "Far out the loss is |z| for the wrong answer and 0 for the right one; "
        "`np.logaddexp(0, z)` is NumPy's own safe softplus."
    ),
)
