"""Chapter 12: the slope that finds the temperature."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _scores(rng, i):
    m, k = ((7, 3), (9, 4), (5, 6), (12, 5), (8, 3), (6, 7))[i]
    z = rng.normal(scale=(1.0, 2.0, 3.0, 1.5, 200.0, 0.7)[i], size=(m, k)) + 0.5
    s = float(rng.uniform(0.3, 2.5))
    if i == 4:  # too large for an exponential, and one row far from another
        z[0] += 3000.0
        z[1] -= 3000.0
    return z, rng.permutation(np.concatenate([np.arange(k), rng.integers(k, size=m)]))[:m], s


def _loss(z, labels, s):
    scaled = s * z
    top = scaled.max(axis=1)
    logs = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top
    return np.mean(logs - scaled[np.arange(len(z)), labels])


def _own(z, labels):
    return z[np.arange(len(z)), labels]


def _slope(z, labels, s):
    """z (m, k), labels (m,) whole numbers from 0, s a number -> a number"""
    return np.mean((_softmax(s * z) * z).sum(axis=1) - _own(z, labels))


def _slope_chain(z, labels, s):
    p = _softmax(s * z)
    p[np.arange(len(z)), labels] -= 1
    return (p / len(z) * z).sum()


def _slope_loop(z, labels, s):
    total = 0.0
    for row, label in zip(z, labels, strict=True):
        e = np.exp(s * (row - row.max()))
        total += e @ row / e.sum() - row[label]
    return total / len(z)


def _slope_einsum(z, labels, s):
    m, k = z.shape
    return np.einsum("ik,ik->", _softmax(z * s) - np.eye(k)[labels], z) / m


temperature_slope = Exercise(
    name="temperature_slope",
    chapter=12,
    minutes=15,
    statement=(
        "L is the mean cross-entropy of softmax(s · z) with the labels. Return dL/ds. "
        "z (m, k), labels (m,) whole numbers from 0, s a number -> a number. Scores may be large."
    ),
    reference=_slope,
    cases=_scores,
    case_note=lambda z, labels, s: (
        f"m={z.shape[0]}, k={z.shape[1]}"
        + (", scores of some thousands" * bool(np.abs(z).max() > 1000))
    ),
    returns=("ds",),
    loss=_loss,
    equivalents=(_slope_chain, _slope_loop, _slope_einsum),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the 1/m of the mean is missing.",
            lambda z, labels, s: _slope(z, labels, s) * len(z),
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped: what was said minus what was true.",
            lambda z, labels, s: -_slope(z, labels, s),
        ),
        Misconception(
            "s-forgotten",
            "the probabilities are those of softmax(z); the scores are s · z.",
            lambda z, labels, s: _slope(z, labels, 1.0),
        ),
        Misconception(
            "slope-in-t",
            "this is the slope in T = 1/s.",
            lambda z, labels, s: -(s**2) * _slope(z, labels, s),
        ),
        Misconception(
            "s-once-more",
            "the answer is multiplied by s. The score s · z moves at the rate z when s moves.",
            lambda z, labels, s: s * _slope(z, labels, s),
        ),
        Misconception(
            "divided-by-s",
            "the scores were divided: here s is taken for the temperature.",
            lambda z, labels, s: _slope(z, labels, 1 / s),
        ),
        Misconception(
            "s-taken-for-t",
            "this is the slope in T of the scores z / T, at T = s; here the scores are s · z.",
            lambda z, labels, s: -_slope(z, labels, 1 / s) / s**2,
        ),
        Misconception(
            "softmax-over-the-samples",
            "the probabilities of a column sum to 1 here; those of a row do, one row for each "
            "sample.",
            lambda z, labels, s: (
                ((_softmax(s * z.T).T - np.eye(z.shape[1])[labels]) * z).sum() / len(z)
            ),
        ),
        Misconception(
            "truth-forgotten",
            "this is the mean score under the probabilities; the score of the truth is not taken "
            "off.",
            lambda z, labels, s: np.mean((_softmax(s * z) * z).sum(axis=1)),
        ),
        Misconception(
            "right-score-only",
            "only the right score gets a push here; all scores move when s moves.",
            lambda z, labels, s: np.mean((_own(_softmax(s * z), labels) - 1) * _own(z, labels)),
        ),
        Misconception(
            "z-forgotten",
            "these are the sizes of p − y; each score moves at its own rate, z.",
            lambda z, labels, s: (
                np.abs(_softmax(s * z) - np.eye(z.shape[1])[labels]).sum() / len(z)
            ),
        ),
        Misconception(
            "mean-over-all-entries",
            "the division is by all entries; the loss is a mean over the samples.",
            lambda z, labels, s: _slope(z, labels, s) / z.shape[1],
        ),
    ),
    hints=(
        "Call the scaled scores u = s · z. You know the gradient of L at u from chapter 5.",
        "At u arrives (p − y)/m. How far does u move when s moves by one?",
        "Multiply (p − y)/m with z entry by entry, and add up everything.",
    ),
    after="Zero where the mean score under p is the score of the truth: as sure as it should be.",
    another="""
def temperature_slope(z, labels, s):
    m, k = z.shape
    e = np.exp(s * z - (s * z).max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    delta = (p - np.eye(k)[labels]) / m  # the gradient at the scores s z
    return np.einsum("ik,ik->", delta, z)
""",
)
