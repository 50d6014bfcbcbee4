"""Chapter 11: how good it is, in numbers."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _called_cases(rng, i):
    # true positives, false positives, false negatives, true negatives: pairwise different
    counts = ((4, 3, 5, 8), (7, 4, 3, 9), (3, 5, 4, 11), (9, 6, 4, 3), (5, 7, 3, 14), (8, 3, 6, 5))[
        i % 6
    ]
    called = np.repeat([1, 1, 0, 0], counts)
    labels = np.repeat([1, 0, 1, 0], counts)
    order = rng.permutation(np.arange(2, len(called)))
    order = np.concatenate([[0], order, [1]])  # true positives at both ends
    return called[order], labels[order]


def _four(called, labels):
    return tuple(
        int(np.sum((called == c) & (labels == t))) for c, t in ((1, 1), (1, 0), (0, 1), (0, 0))
    )


def _shares(TP, FP, FN, TN):
    return TP / (TP + FP), TP / (TP + FN), 2 * TP / (2 * TP + FP + FN)


def _precision_recall_f1(called, labels):
    return _shares(*_four(called, labels))


def _by_products(called, labels):
    TP = called @ labels
    precision, recall = TP / called.sum(), TP / labels.sum()
    return precision, recall, 2 * precision * recall / (precision + recall)


def _by_loop(called, labels):
    TP = FP = FN = 0
    for c, t in zip(called, labels, strict=True):
        TP += c == 1 and t == 1
        FP += c == 1 and t == 0
        FN += c == 0 and t == 1
    return TP / (TP + FP), TP / (TP + FN), TP / (TP + (FP + FN) / 2)


def _by_means(called, labels):
    precision, recall = labels[called == 1].mean(), called[labels == 1].mean()
    return precision, recall, 2 / (1 / precision + 1 / recall)


def _changed(change):
    """A wrong answer made from the four counts and the three right shares."""

    def wrong(called, labels):
        counts = _four(called, labels)
        return change(*counts, *_shares(*counts))

    return wrong


precision_recall_f1 = Exercise(
    name="precision_recall_f1",
    chapter=11,
    statement=(
        "Return precision, recall and F1 of class 1. called (m,) and labels (m,) hold 0 and 1; "
        "both values occur in both -> three numbers."
    ),
    minutes=3,
    reference=_precision_recall_f1,
    cases=_called_cases,
    returns=("precision", "recall", "F1"),
    equivalents=(_by_products, _by_loop, _by_means),
    misconceptions=(
        Misconception(
            "swapped",
            "precision and recall have changed places: precision is asked about those that are "
            "called, recall about those that are 1.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (r, p, f)),
        ),
        Misconception(
            "arithmetic-mean",
            "precision and recall are right; F1 is their harmonic mean, which is lower.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (p, r, (p + r) / 2)),
        ),
        Misconception(
            "geometric-mean",
            "precision and recall are right; F1 is their harmonic mean, not the root of their "
            "product.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (p, r, (p * r) ** 0.5)),
        ),
        Misconception(
            "f1-without-2",
            "precision and recall are right; the harmonic mean has a 2 above the line.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (p, r, f / 2)),
        ),
        Misconception(
            "product-for-f1",
            "precision and recall are right; F1 is not their product.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (p, r, p * r)),
        ),
        Misconception(
            "accuracy-for-precision",
            "the first is the accuracy; precision looks at those that are called, and at nobody "
            "else.",
            _changed(lambda TP, FP, FN, TN, p, r, f: ((TP + TN) / (TP + FP + FN + TN), r, f)),
        ),
        Misconception(
            "specificity-for-recall",
            "the second is the share of the 0s that is left alone; recall looks at the 1s.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (p, TN / (TN + FP), f)),
        ),
        Misconception(
            "of-class-0",
            "these are the numbers of class 0; the 1s are the positives.",
            _changed(lambda TP, FP, FN, TN, p, r, f: _shares(TN, FN, FP, TP)),
        ),
        Misconception(
            "divided-by-all",
            "the found ones are divided by all samples, and not by those that are called, and "
            "those that are 1.",
            _changed(lambda TP, FP, FN, TN, p, r, f: (TP / (TP + FP + FN + TN),) * 2 + (f,)),
        ),
    ),
    hints=(
        "Which samples is the precision asked about? And the recall?",
        "Of those with called 1, the share with label 1; of those with label 1, the share called.",
        "called @ labels counts those that are both; divide by called.sum(), and by labels.sum().",
    ),
    another="""
def precision_recall_f1(called, labels):
    precision = labels[called == 1].mean()
    recall = called[labels == 1].mean()
    return precision, recall, 2 / (1 / precision + 1 / recall)
""",
    after="Nothing in the three knows how many true negatives there were.",
)
