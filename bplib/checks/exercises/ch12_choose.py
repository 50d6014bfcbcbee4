"""Chapter 12: choosing a setting by several runs of each."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

_SIZES = ((4, 3), (5, 4), (3, 6), (6, 5), (5, 3), (7, 4))


def _runs(rng, i):
    k, seeds = _SIZES[i]
    table = rng.uniform(0.90, 0.94, size=(k, seeds))
    best = {0: 0, 1: k - 1}.get(i, int(rng.integers(k)))
    table[best] = rng.uniform(0.95, 0.96, size=seeds)
    if i % 2:  # the best is not the steadiest
        table[best, :2] = 0.945, 0.975
        table[(best + 1) % k] = rng.uniform(0.930, 0.931, size=seeds)
    lucky = (best + 1 + i % (k - 1)) % k  # one run of another setting is the best of all
    table[lucky] = rng.uniform(0.90, 0.93, size=seeds)
    table[lucky, int(rng.integers(seeds))] = rng.uniform(0.97, 0.99)
    return (table,)


def _choose(accuracies):
    """accuracies (settings, seeds) -> (best, mean, std)"""
    best = int(accuracies.mean(axis=1).argmax())
    return best, accuracies[best].mean(), accuracies[best].std(ddof=1)


def _by_loop(accuracies):
    best, highest = 0, -np.inf
    for i, row in enumerate(accuracies):
        if sum(row) / len(row) > highest:
            best, highest = i, sum(row) / len(row)
    row = accuracies[best]
    return best, highest, np.sqrt(sum((v - highest) ** 2 for v in row) / (len(row) - 1))


def _by_sums(accuracies):
    best = np.argmax(accuracies.sum(axis=1))
    row = accuracies[best]
    return best, row.sum() / row.size, np.sqrt(np.var(row, ddof=1))


def _by_cov(accuracies):
    best = np.argsort(-np.einsum("ij->i", accuracies), kind="stable")[0]
    return int(best), np.average(accuracies[best]), float(np.sqrt(np.cov(accuracies[best])))


def _of(choose, mean=np.mean, spread=lambda row: row.std(ddof=1)):
    def wrong(accuracies):
        best = int(choose(accuracies))
        return best, mean(accuracies[best]), spread(accuracies[best])

    return wrong


def _right(accuracies):
    return accuracies.mean(axis=1).argmax()


choose_setting = Exercise(
    name="choose_setting",
    chapter=12,
    minutes=10,
    statement=(
        "Row i of accuracies (settings, seeds) holds the validation accuracies of setting i, one "
        "for each seed. Return (best, mean, std): which setting has the highest mean, that mean, "
        "and its spread over the seeds, the standard deviation with seeds - 1."
    ),
    reference=_choose,
    cases=_runs,
    case_note=lambda accuracies: f"{len(accuracies)} settings, {accuracies.shape[1]} seeds",
    returns=("best", "mean", "std"),
    tolerance=1e-8,
    equivalents=(_by_loop, _by_sums, _by_cov),
    misconceptions=(
        Misconception(
            "best-single-run",
            "the setting with the best single run was taken. One lucky seed is no reason.",
            _of(lambda a: a.max(axis=1).argmax()),
        ),
        Misconception(
            "best-run-for-mean",
            "the setting is right; its best run stands in the place of its mean.",
            _of(_right, mean=np.max),
        ),
        Misconception(
            "divided-by-all-seeds",
            "best and mean are right. The spread is divided by the number of seeds; with few of "
            "them that is too small, and seeds - 1 is asked (ddof=1).",
            _of(_right, spread=np.std),
        ),
        Misconception(
            "variance",
            "best and mean are right. This is the variance; its root is the standard deviation.",
            _of(_right, spread=lambda row: row.var(ddof=1)),
        ),
        Misconception(
            "error-of-the-mean",
            "best and mean are right. This is the spread over the root of the number of seeds, "
            "which says how well the mean is known.",
            _of(_right, spread=lambda row: row.std(ddof=1) / np.sqrt(len(row))),
        ),
        Misconception(
            "range",
            "best and mean are right. This is the largest less the smallest accuracy.",
            _of(_right, spread=np.ptp),
        ),
        Misconception(
            "counted-from-one",
            "mean and spread are right; the settings are counted from 0.",
            lambda a: (int(_right(a)) + 1, *_choose(a)[1:]),
        ),
        Misconception(
            "worst",
            "this is the setting with the lowest mean.",
            _of(lambda a: a.mean(axis=1).argmin()),
        ),
        Misconception(
            "steadiest",
            "this is the setting with the smallest spread; the highest mean is asked.",
            _of(lambda a: a.std(axis=1).argmin()),
        ),
        Misconception(
            "spread-of-everything",
            "best and mean are right. The spread is that of all runs of all settings.",
            lambda a: (*_choose(a)[:2], a.std(ddof=1)),
        ),
    ),
    hints=(
        "One number for each setting first, then choose among these.",
        "`accuracies.mean(axis=1)` has the means; argmax says where the largest is.",
        "The row of the best has its mean, and its `std` with `ddof=1`.",
    ),
    after="Say mean and spread together, always. A difference within the spread is none.",
    another="""
def choose_setting(accuracies):
    totals = np.einsum("ij->i", accuracies)
    best = max(range(len(totals)), key=lambda i: totals[i])
    row = accuracies[best]
    mean = row.sum() / row.size
    return best, mean, np.sqrt(((row - mean) ** 2).sum() / (row.size - 1))
""",
)
