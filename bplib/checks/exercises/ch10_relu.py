"""Chapter 10: which ReLUs are on, how often, and which are dead."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception


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
        Misconception(
            "bias-behind-the-bend",
            "the bias was added behind the ReLU; it belongs to the sum.",
            lambda X, W, b: (np.maximum(X @ W, 0) + b > 0).mean(axis=0),
        ),
        Misconception(
            "bias-subtracted",
            "the bias was subtracted from the sums; it is added.",
            lambda X, W, b: (X @ W - b > 0).mean(axis=0),
        ),
        Misconception(
            "dead-ones-marked",
            "this marks the dead ones; asked is how often each is on.",
            lambda X, W, b: (~(X @ W + b > 0).any(axis=0)).astype(float),
        ),
        Misconception(
            "negative-counted",
            "this is how often each sum is below 0; on is above 0.",
            lambda X, W, b: (X @ W + b < 0).mean(axis=0),
        ),
        Misconception(
            "not-averaged",
            "this says for each sample whether the neuron is on; average it over the samples.",
            lambda X, W, b: (X @ W + b > 0).astype(float),
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
