"""Chapter 11: the ROC curve and the area below it."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _score_cases(rng, i):
    m = (11, 14, 9, 17, 13, 20)[i % 6]
    labels = (rng.random(m) < 0.45).astype(int)
    labels[:5], labels[-1] = (1, 0, 0, 1, 0), 1
    scores = np.round(rng.normal(size=m) + 0.8 * labels, 1)
    scores[0] = scores.max() + 0.4  # a 1 that is ahead of all
    scores[2] = scores[3]  # a tie of a 0 and a 1
    scores[1] = 0.3  # a 0 above zero
    scores[4] = scores[-1] - 0.05  # a 0 that is just behind a 1
    return scores, labels


def _pairs(scores, labels):
    return scores[labels == 1][:, np.newaxis] - scores[labels == 0]


def _auc_by_counting(scores, labels):
    difference = _pairs(scores, labels)
    return np.mean((difference > 0) + (difference == 0) / 2)


def _auc_loop(scores, labels):
    ahead, pairs = 0.0, 0
    for s, one in zip(scores, labels, strict=True):
        for t, other in zip(scores, labels, strict=True):
            if one == 1 and other == 0:
                pairs += 1
                ahead += 1 if s > t else 0.5 if s == t else 0
    return ahead / pairs


def _auc_sign(scores, labels):
    return (1 + np.sign(_pairs(scores, labels)).mean()) / 2


def _auc_search(scores, labels):
    zeros, ones = np.sort(scores[labels == 0]), scores[labels == 1]
    below, not_above = (np.searchsorted(zeros, ones, side=side) for side in ("left", "right"))
    return (below + not_above).sum() / (2 * len(zeros) * len(ones))


def _auc_trapezoids(scores, labels):
    x, y = _roc_points(scores, labels)
    return np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2


auc_by_counting = Exercise(
    name="auc_by_counting",
    chapter=11,
    statement=(
        "Return the share of all pairs of a 1 and a 0 in which the 1 has the larger score; an "
        "equal score counts half. scores (m,), labels (m,) of 0 and 1 -> a number."
    ),
    minutes=8,
    reference=_auc_by_counting,
    cases=_score_cases,
    returns=("auc",),
    equivalents=(_auc_loop, _auc_sign, _auc_search, _auc_trapezoids),
    misconceptions=(
        Misconception(
            "ties-count-nothing",
            "a pair with equal scores counts half; here it counts nothing.",
            lambda scores, labels: np.mean(_pairs(scores, labels) > 0),
        ),
        Misconception(
            "ties-count-whole",
            "a pair with equal scores counts half; here it counts as much as one in order.",
            lambda scores, labels: np.mean(_pairs(scores, labels) >= 0),
        ),
        Misconception(
            "upside-down",
            "these are the pairs in which the 0 has the larger score.",
            lambda scores, labels: 1 - _auc_by_counting(scores, labels),
        ),
        Misconception(
            "counted-not-shared",
            "this is how many pairs there are; divide by all of them.",
            lambda scores, labels: _auc_by_counting(scores, labels) * _pairs(scores, labels).size,
        ),
        Misconception(
            "all-pairs",
            "the number of pairs in order is divided by all m(m − 1)/2 pairs; those of two 1s or "
            "of two 0s do not count.",
            lambda scores, labels: (
                _auc_by_counting(scores, labels)
                * _pairs(scores, labels).size
                / (len(scores) * (len(scores) - 1) / 2)
            ),
        ),
        Misconception(
            "m-squared",
            "the number of pairs in order is divided by m²; there are (number of 1s) · (number of "
            "0s) pairs.",
            lambda scores, labels: (
                _auc_by_counting(scores, labels) * _pairs(scores, labels).size / len(scores) ** 2
            ),
        ),
        Misconception(
            "ties-left-out",
            "pairs with equal scores are left out of the count altogether; they count half, and "
            "they count as pairs.",
            lambda scores, labels: (
                np.sum(_pairs(scores, labels) > 0) / np.sum(_pairs(scores, labels) != 0)
            ),
        ),
        Misconception(
            "against-the-mean",
            "each 1 is compared with the mean of the 0s; compare it with every one of them.",
            lambda scores, labels: np.mean(scores[labels == 1] > scores[labels == 0].mean()),
        ),
    ),
    hints=(
        "How many pairs of a 1 and a 0 are there? Compare the scores of every one.",
        "scores[labels == 1][:, np.newaxis] - scores[labels == 0] holds a difference for each.",
        "The mean of (difference > 0), plus half the mean of (difference == 0).",
    ),
    another="""
def auc_by_counting(scores, labels):
    difference = scores[labels == 1][:, np.newaxis] - scores[labels == 0]
    return (1 + np.sign(difference).mean()) / 2
""",
    after="The area under the curve, without the curve.",
)


def _rates(scores, labels, thresholds, reached=np.greater_equal):
    called = reached(scores, thresholds[:, np.newaxis])  # (k, m)
    return called[:, labels == 0].mean(axis=1), called[:, labels == 1].mean(axis=1)


def _thresholds(scores):
    return np.append(np.inf, np.unique(scores)[::-1])


def _roc_points(scores, labels):
    return _rates(scores, labels, _thresholds(scores))


def _roc_loop(scores, labels):
    x, y = [0.0], [0.0]
    for tau in sorted(set(scores.tolist()), reverse=True):
        called = scores >= tau
        x.append(np.sum(called & (labels == 0)) / np.sum(labels == 0))
        y.append(np.sum(called & (labels == 1)) / np.sum(labels == 1))
    return np.array(x), np.array(y)


def _roc_cumulative(scores, labels):
    order = np.argsort(-scores, kind="stable")
    falling, truth = scores[order], labels[order]
    last_of_a_tie = np.append(falling[1:] != falling[:-1], True)
    ones, zeros = truth.cumsum()[last_of_a_tie], (1 - truth).cumsum()[last_of_a_tie]
    return np.append(0, zeros) / zeros[-1], np.append(0, ones) / ones[-1]


def _roc_histogram(scores, labels):
    values, place = np.unique(scores, return_inverse=True)
    out = []
    for label in (0, 1):
        counts = np.bincount(place[labels == label], minlength=len(values))[::-1]
        out.append(np.concatenate([[0], counts.cumsum()]) / counts.sum())
    return tuple(out)


def _roc_one_by_one(scores, labels):
    truth = labels[np.argsort(-scores, kind="stable")]
    ones, zeros = np.append(0, truth.cumsum()), np.append(0, (1 - truth).cumsum())
    return zeros / zeros[-1], ones / ones[-1]


roc_points = Exercise(
    name="roc_points",
    chapter=11,
    statement=(
        "Return the points of the ROC curve, from (0, 0) to (1, 1): first all false positive "
        "rates, then all true positive rates. The threshold comes down through the scores; equal "
        "scores are passed together, so there is a point for each different score, and (0, 0). "
        "scores (m,), labels (m,) of 0 and 1 -> (k + 1,), (k + 1,), k different scores."
    ),
    minutes=20,
    reference=_roc_points,
    cases=_score_cases,
    returns=("x", "y"),
    equivalents=(_roc_loop, _roc_cumulative, _roc_histogram),
    misconceptions=(
        Misconception(
            "axes-swapped",
            "the two rates have changed places: the false positive rate comes first.",
            lambda scores, labels: _roc_points(scores, labels)[::-1],
        ),
        Misconception(
            "ties-one-by-one",
            "equal scores are passed one after the other, in an order that only chance decides; "
            "they are passed together.",
            _roc_one_by_one,
        ),
        Misconception(
            "corner-missing",
            "the point (0, 0), where nothing is called yet, is missing.",
            lambda scores, labels: tuple(v[1:] for v in _roc_points(scores, labels)),
        ),
        Misconception(
            "other-end-first",
            "these are the points from (1, 1) to (0, 0); the threshold comes down from above.",
            lambda scores, labels: tuple(v[::-1] for v in _roc_points(scores, labels)),
        ),
        Misconception(
            "counts-for-shares",
            "these are counts; divide them by the number of 0s and by the number of 1s.",
            lambda scores, labels: (
                _roc_points(scores, labels)[0] * np.sum(labels == 0),
                _roc_points(scores, labels)[1] * np.sum(labels == 1),
            ),
        ),
        Misconception(
            "shares-of-all",
            "both counts are divided by all m samples; each has its own class below the line.",
            lambda scores, labels: (
                _roc_points(scores, labels)[0] * np.mean(labels == 0),
                _roc_points(scores, labels)[1] * np.mean(labels == 1),
            ),
        ),
        Misconception(
            "precision-and-recall",
            "the first row is the share of the called ones that are 0; the false positive rate "
            "looks at the 0s, and asks how many of them are called.",
            lambda scores, labels: (
                np.append(
                    0.0, [np.mean(labels[scores >= t] == 0) for t in _thresholds(scores)[1:]]
                ),
                _roc_points(scores, labels)[1],
            ),
        ),
        Misconception(
            "above-not-at-least",
            "a score that equals the threshold is not called here; so the last point is missing, "
            "and (0, 0) comes twice.",
            lambda scores, labels: _rates(scores, labels, _thresholds(scores), np.greater),
        ),
        Misconception(
            "left-alone-for-called",
            "the first row is the share of the 0s that are left alone; one minus that is the false "
            "positive rate.",
            lambda scores, labels: (
                1 - _roc_points(scores, labels)[0],
                _roc_points(scores, labels)[1],
            ),
        ),
    ),
    hints=(
        "Which thresholds make a difference? How many points are there, if two scores are equal?",
        "np.unique gives the different scores, rising; go through them from the last.",
        "For each τ: np.mean(scores[labels == 0] >= τ) and the same for the 1s; (0, 0) in front.",
    ),
    another="""
def roc_points(scores, labels):
    thresholds = np.append(np.inf, np.unique(scores)[::-1])
    called = scores >= thresholds[:, np.newaxis]
    return called[:, labels == 0].mean(axis=1), called[:, labels == 1].mean(axis=1)
""",
    after="The area below it is what `auc_by_counting` counts.",
)
