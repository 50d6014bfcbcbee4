"""Chapter 12: how far confidence lies from truth, and the slope that finds the temperature."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

# ── the calibration error ────────────────────────────────────────────────────────────────────────


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _answers(rng, i):
    m, k, n_bins = ((40, 3, 5), (55, 4, 8), (33, 5, 10), (48, 6, 4), (60, 3, 7), (37, 7, 6))[i]
    z = rng.normal(scale=(1.5, 2.5, 2.0, 1.2, 3.0, 2.0)[i], size=(m, k))
    p = _softmax(z)
    cheated = _softmax(z * (0.5, 0.4, 2.0, 1.0, 0.3, 0.6)[i])
    labels = np.array([rng.choice(k, p=row) for row in cheated])
    for row, top in ((0, 1), (-1, k - 1)):  # both are right, and would be wrong with label 0
        p[row] = np.roll(p[row], top - int(p[row].argmax()))
        labels[row] = top
    return p, labels, n_bins


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
    case_note=lambda p, labels, n_bins: f"{len(p)} answers, {n_bins} bins",
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


# ── the slope in s = 1/T ─────────────────────────────────────────────────────────────────────────


def _scores(rng, i):
    m, k = ((7, 3), (9, 4), (5, 6), (12, 5), (8, 3), (6, 7))[i]
    z = rng.normal(scale=(1.0, 2.0, 3.0, 1.5, 200.0, 0.7)[i], size=(m, k)) + 0.5
    s = float(rng.uniform(0.3, 2.5))
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
    case_note=lambda z, labels, s: f"m={z.shape[0]}, k={z.shape[1]}",
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
