"""Chapter 12: how far confidence lies from truth."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _answers(rng, i):
    m, k, n_bins = ((40, 3, 5), (55, 4, 8), (33, 5, 10), (48, 6, 4), (60, 3, 7), (37, 7, 6))[i]
    z = rng.normal(scale=(1.5, 2.5, 2.0, 1.2, 3.0, 2.0)[i], size=(m, k))
    p = _softmax(z)
    cheated = _softmax(z * (0.5, 0.4, 2.0, 1.0, 0.3, 0.6)[i])
    labels = np.array([rng.choice(k, p=row) for row in cheated])
    if i == 3:
        p, labels = _on_edges(rng, m, k)
    for row, top in ((0, 1), (-1, k - 1)):  # both are right, and would be wrong with label 0
        p[row] = np.roll(p[row], top - int(p[row].argmax()))
        labels[row] = top
    return p, labels, n_bins


def _on_edges(rng, m, k):
    """Confidences on the edges of the bins, which matter: a quarter is a number without error."""
    top = np.repeat([0.5, 0.0, 1.0, 0.0], (5, 14, 1, m - 20))
    top[5:19], top[20:] = rng.uniform(0.6, 0.66, 14), rng.uniform(0.8, 0.9, m - 20)
    # bins of both signs: an answer that changes its bin changes the sum of the sizes
    right = np.repeat([True, False, True], (7, 13, m - 20))
    order = np.concatenate([[m - 1], rng.permutation(m - 2), [m - 2]])  # the ends are right
    top, right, best = top[order], right[order], rng.integers(k, size=m)
    rest = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    p = np.array([np.roll(np.append(c, (1 - c) * rest), b) for c, b in zip(top, best, strict=True)])
    return p, np.where(right, best, (best + rng.integers(1, k, size=m)) % k)


def _groups(confidence, n_bins):
    return np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)


def _table(p, labels, n_bins):
    """For each bin: number, sum of confidence, sum of right answers."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    group = _groups(confidence, n_bins)
    return np.array(
        [np.bincount(group, weights=w, minlength=n_bins) for w in (1 + 0 * confidence, confidence,
                                                                   right.astype(float))]
    )  # fmt: skip


def _gap(p, labels, n_bins):
    """p (m, k), labels (m,) whole numbers from 0, n_bins -> a number"""
    _, said, true = _table(p, labels, n_bins)
    return np.abs(true - said).sum() / len(p)


def _gap_loop(p, labels, n_bins):
    total = 0.0
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    for b in range(n_bins):
        inside = (confidence > b / n_bins) & (confidence <= (b + 1) / n_bins)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def _gap_digitize(p, labels, n_bins):
    confidence = np.max(p, axis=1)
    right = np.equal(np.argmax(p, axis=1), labels)
    group = np.digitize(confidence, np.arange(1, n_bins) / n_bins, right=True)
    return sum(abs((right[group == g] - confidence[group == g]).sum()) for g in set(group)) / len(p)


def _gap_lists(p, labels, n_bins):
    sums: dict[int, float] = {}
    for row, label in zip(p.tolist(), labels.tolist(), strict=True):
        top = max(row)
        g = min(int(np.ceil(top * n_bins)), n_bins)
        sums[g] = sums.get(g, 0.0) + (row.index(top) == label) - top
    return sum(map(abs, sums.values())) / len(p)


def _bins(combine):
    """A wrong answer from the gaps and counts of the bins that hold something."""

    def wrong(p, labels, n_bins):
        count, said, true = _table(p, labels, n_bins)
        held = count > 0
        return combine((true - said)[held] / count[held], count[held], n_bins)

    return wrong


def _with_edges(inside):
    """A wrong answer from bins whose edges belong elsewhere."""

    def wrong(p, labels, n_bins):
        confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
        bins = [inside(confidence * n_bins, b, n_bins) for b in range(n_bins + 1)]
        return sum(abs((right[held] - confidence[held]).sum()) for held in bins) / len(p)

    return wrong


def _of_the_middle(p, labels, n_bins):
    count, _, true = _table(p, labels, n_bins)
    return np.abs(true - count * (np.arange(n_bins) + 0.5) / n_bins).sum() / len(p)


_ABOVE = (
    "a confidence that equals an edge belongs to the bin below it, b/n < confidence <= (b+1)/n; "
    "here it goes to the bin above"
)


def _of_the_label(p, labels, n_bins):
    own = p[np.arange(len(p)), labels]
    right = p.argmax(axis=1) == labels
    group = _groups(own, n_bins)
    return sum(abs((right[group == g] - own[group == g]).sum()) for g in set(group)) / len(p)


calibration_gap = Exercise(
    name="calibration_gap",
    chapter=12,
    minutes=15,
    statement=(
        "Equation (12.3): group the answers by their confidence, n_bins bins of equal width, "
        "b/n_bins < confidence <= (b+1)/n_bins. Mean of |share right - mean confidence|, weighted "
        "by how many are in the bin. p (m, k), labels (m,), n_bins -> a number."
    ),
    reference=_gap,
    cases=_answers,
    case_note=lambda p, labels, n_bins: (
        f"{len(p)} answers, {n_bins} bins"
        + (", some confidences on an edge" * bool((p.max(axis=1) == 1).any()))
    ),
    returns=("gap",),
    equivalents=(_gap_loop, _gap_digitize, _gap_lists),
    misconceptions=(
        Misconception(
            "bins-count-alike",
            "every bin counts alike here; one with many answers counts more.",
            _bins(lambda gaps, count, n: np.abs(gaps).mean()),
        ),
        Misconception(
            "empty-bins-counted",
            "the sum over the bins is divided by the number of bins; weigh each by its share of "
            "the answers.",
            _bins(lambda gaps, count, n: np.abs(gaps).sum() / n),
        ),
        Misconception(
            "not-weighted",
            "the gaps are added as they are; each is weighted by its share of the answers.",
            _bins(lambda gaps, count, n: np.abs(gaps).sum()),
        ),
        Misconception(
            "signs-cancel",
            "too sure in one bin makes up for too timid in another here: the sizes are missing.",
            _bins(lambda gaps, count, n: abs((gaps * count).sum() / count.sum())),
        ),
        Misconception(
            "squared",
            "the gaps are squared; (12.3) takes their sizes.",
            _bins(lambda gaps, count, n: (gaps**2 * count).sum() / count.sum()),
        ),
        Misconception(
            "largest-gap",
            "this is the largest gap of all bins; the mean over the answers is asked.",
            _bins(lambda gaps, count, n: np.abs(gaps).max()),
        ),
        Misconception(
            "not-divided",
            "the gaps are weighted by the number in the bin, and the division by m is missing.",
            _bins(lambda gaps, count, n: (np.abs(gaps) * count).sum()),
        ),
        Misconception(
            "probability-of-the-label",
            "the probability of the right class stands in the place of the confidence, which is "
            "the largest of the row, right or wrong.",
            _of_the_label,
        ),
        Misconception(
            "edge-to-the-bin-above",
            f"{_ABOVE}.",
            _with_edges(lambda c, b, n: np.minimum(np.floor(c), n - 1) == b),
        ),
        Misconception(
            "edge-above-and-one-lost",
            f"{_ABOVE}, and a confidence of 1 goes nowhere.",
            _with_edges(lambda c, b, n: (np.floor(c) == b) & (c < n)),
        ),
        Misconception(
            "edge-above-and-one-alone",
            f"{_ABOVE}, and a confidence of 1 to a bin of its own.",
            _with_edges(lambda c, b, n: np.floor(c) == b),
        ),
        Misconception(
            "edges-in-both-bins",
            "a confidence that equals an edge is counted in both bins; it belongs to the one "
            "below it.",
            _with_edges(lambda c, b, n: (c >= b) & (c <= b + 1) & (b < n)),
        ),
        Misconception(
            "edges-in-no-bin",
            "a confidence that equals an edge is in no bin; it belongs to the one below it.",
            _with_edges(lambda c, b, n: (c > b) & (c < b + 1)),
        ),
        Misconception(
            "one-bin-too-few",
            "there is one bin too few; n bins have n + 1 edges.",
            lambda p, labels, n_bins: _gap(p, labels, n_bins - 1),
        ),
        Misconception(
            "one-bin-too-many",
            "there is one bin too many here.",
            lambda p, labels, n_bins: _gap(p, labels, n_bins + 1),
        ),
        Misconception(
            "middle-of-the-bin",
            "the middle of the bin stands in the place of the mean confidence of those in it.",
            _of_the_middle,
        ),
        Misconception(
            "root-of-squares",
            "this is the root of the mean square of the gaps; (12.3) takes the mean of their "
            "sizes.",
            _bins(lambda gaps, count, n: np.sqrt((gaps**2 * count).sum() / count.sum())),
        ),
        Misconception(
            "truth-less-confidence",
            "too sure in one bin makes up for too timid in another here: the sizes are missing.",
            _bins(lambda gaps, count, n: (gaps * count).sum() / count.sum()),
        ),
        Misconception(
            "confidence-less-truth",
            "too sure in one bin makes up for too timid in another here: the sizes are missing.",
            _bins(lambda gaps, count, n: -(gaps * count).sum() / count.sum()),
        ),
        Misconception(
            "one-answer-at-a-time",
            "every answer is its own group here: |1 or 0 − confidence| for each of them.",
            lambda p, labels, n_bins: np.abs((p.argmax(axis=1) == labels) - p.max(axis=1)).mean(),
        ),
    ),
    hints=(
        "Two numbers for each answer: its confidence, and whether it is right. Then group.",
        "In each group that is not empty: the mean of the one, the mean of the other, and how many "
        "there are.",
        "Add up count / m times the size of the difference of the two means.",
    ),
    after="0 would be a network that knows what it knows. `metrics.calibration_error` is this.",
    another="""
def calibration_gap(p, labels, n_bins):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    group = np.minimum(np.ceil(confidence * n_bins).astype(int), n_bins)
    # count/m times |mean - mean| is |sum - sum| / m
    apart = np.bincount(group, weights=right - confidence)
    return np.abs(apart).sum() / len(p)
""",
)
