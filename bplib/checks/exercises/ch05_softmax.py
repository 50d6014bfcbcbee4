"""Chapter 5: probabilities from scores, and the gradient of their cross-entropy."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception

_SIZES = ((7, 4), (5, 3), (9, 6), (4, 10), (6, 5), (3, 7))


def _softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _naive(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def _scores(rng, i):
    """(m, k); in case 4 with scores of ±1000, for which exp alone is no match."""
    z = rng.normal(scale=1.5, size=_SIZES[i % 6])
    if i == 3:
        z[0] -= 1000
        z[1] += 1000
        z[2, 0] = 900
    return z


def _softmax_rows(z):
    """z (m, k) -> (m, k)"""
    return _softmax(z)


def _softmax_loop(z):
    out = np.zeros_like(z)
    for i, row in enumerate(z):
        e = [np.exp(score - max(row)) for score in row]
        out[i] = np.array(e) / sum(e)
    return out


def _softmax_by_logs(z):
    top = z.max(axis=1)
    return np.exp(z - (top + np.log(np.exp((z.T - top).T).sum(axis=1)))[:, None])


def _softmax_by_ratios(z):
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2)


softmax_rows = Exercise(
    name="softmax_rows",
    chapter=5,
    minutes=5,
    statement=(
        "Return the probabilities of every row: p = exp(z) divided by the sum of the row's "
        "exponentials, for scores of any size. z (m, k) -> (m, k)."
    ),
    reference=_softmax_rows,
    cases=lambda rng, i: (_scores(rng, i),),
    returns=("p",),
    equivalents=(_softmax_loop, _softmax_by_logs, _softmax_by_ratios),
    misconceptions=(
        Misconception(
            "no-shift",
            "right for small scores. For large ones exp leaves the range of a float: take the "
            "largest score of each row away first.",
            _naive,
        ),
        Misconception(
            "one-shift-for-all",
            "one number is taken away from the whole table. A row far below it becomes 0/0: each "
            "row has a largest score of its own.",
            lambda z: _naive(z - z.max()),
        ),
        Misconception(
            "shifted-by-the-smallest",
            "the smallest score is taken away, which makes all exponents positive and large ones "
            "larger; take the largest away.",
            lambda z: _naive(z - z.min(axis=1, keepdims=True)),
        ),
        Misconception(
            "down-the-columns",
            "each column adds up to 1; a row is a sample, so each row should.",
            lambda z: _softmax(z, axis=0),
        ),
        Misconception(
            "whole-table",
            "the whole table adds up to 1; each row is a sample with probabilities of its own.",
            lambda z: _softmax(z.reshape(1, -1)).reshape(z.shape),
        ),
        Misconception(
            "divided-by-the-whole-sum",
            "the division is by the sum of the whole table; each row has a sum of its own.",
            lambda z: (lambda e: e / e.sum())(np.exp(z - z.max(axis=1, keepdims=True))),
        ),
        Misconception(
            "not-divided",
            "the exponentials are there, and not divided by the sum of their row.",
            lambda z: np.exp(z - z.max(axis=1, keepdims=True)),
        ),
        Misconception(
            "no-exponential",
            "the scores are divided by their sum. Some are negative: the exponential comes first.",
            lambda z: z / z.sum(axis=1, keepdims=True),
        ),
        Misconception(
            "absolute-values",
            "the sizes of the scores are divided by their sum, so a very low score counts as much "
            "as a high one; the exponential is what makes scores positive.",
            lambda z: np.abs(z) / np.abs(z).sum(axis=1, keepdims=True),
        ),
        Misconception(
            "sigmoid",
            "this is the sigmoid of each score, and a row does not add up to 1.",
            lambda z: 1 / (1 + np.exp(-z)),
        ),
        Misconception(
            "winner-takes-all",
            "the highest score gets everything; softmax leaves something to the others.",
            lambda z: np.eye(z.shape[1])[z.argmax(axis=1)],
        ),
        Misconception(
            "logarithm",
            "these are the logarithms of the probabilities.",
            lambda z: np.log(np.maximum(_softmax(z), 1e-300)),
        ),
        Misconception(
            "turned-over",
            "the lowest score gets the highest probability: a minus is in the exponent.",
            lambda z: _softmax(-z),
        ),
    ),
    hints=(
        "Make the scores positive with exp, then divide each row by its sum. What would exp(1000) "
        "be?",
        "A probability does not change when the same number is taken away from all scores of its "
        "row. Which number makes every exponent 0 or less?",
        "Subtract `z.max(axis=1, keepdims=True)`; `keepdims` leaves a column, so that it lines up "
        "with the rows. The sum wants the same axis, and keepdims again.",
    ),
    another="""
def softmax_rows(z):
    p = np.empty_like(z)
    for i, row in enumerate(z):
        e = np.exp(row - row.max())
        p[i] = e / e.sum()
    return p
""",
    after=(
        "Nothing was approximated: e^(z − c) / Σ e^(z − c) is exactly e^z / Σ e^z, for every c."
    ),
)


# ── softmax and cross-entropy ────────────────────────────────────────────────────────────────────


def _labelled(rng, i):
    z = _scores(rng, i)
    m, k = z.shape
    labels = rng.integers(0, k, size=m)
    labels[:3] = rng.permutation(k)[:3]  # three classes at least, and 0 not always the right one
    if i == 3:  # here the pushes are 0 or 1 but for rounding, whatever the right class is
        labels[2] = 1
    return z, labels


def _cross_entropy(z, labels):
    top = z.max(axis=1)
    log_sum = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return np.mean(log_sum - z[np.arange(len(z)), labels])


def _one_hot(z, labels):
    return np.eye(z.shape[1])[labels]


def _ce_gradient(z, labels):
    """z (m, k), labels (m,) -> (m, k)"""
    return (_softmax(z) - _one_hot(z, labels)) / len(z)


def _ce_by_index(z, labels):
    dz = _softmax(z)
    dz[np.arange(len(z)), labels] -= 1
    dz /= len(z)
    return dz


def _ce_loop(z, labels):
    m, k = z.shape
    dz = np.zeros((m, k))
    for i in range(m):
        p = _softmax(z[i : i + 1])[0]
        for c in range(k):
            dz[i, c] = (p[c] - (c == labels[i])) / m
    return dz


def _ce_the_long_way(z, labels):
    rows = []
    for scores, label in zip(z, labels, strict=True):
        p = _softmax(scores[None])[0]
        # row `label` of the Jacobian, divided by p[label] before it can become 0/0
        rows.append(-((np.arange(len(p)) == label) - p))
    return np.array(rows) / len(z)


def _every_row(z, labels):
    p = _softmax(z)
    p[:, labels] -= 1
    return p / len(z)


def _through(g, p):
    return p * (g - (g * p).sum(axis=1, keepdims=True))


def _from_p(make):
    """A wrong answer made from the probabilities p and the one-hot labels y."""
    return lambda z, labels: make(_softmax(z), _one_hot(z, labels), len(z))


cross_entropy_gradient = Exercise(
    name="cross_entropy_gradient",
    chapter=5,
    minutes=10,
    statement=(
        "L is the mean over the batch of the cross-entropy of softmax(z) with the labels. Return "
        "its gradient at the scores z. z (m, k), labels (m,) whole numbers from 0 -> (m, k)."
    ),
    reference=_ce_gradient,
    cases=_labelled,
    returns=("dz",),
    loss=None,
    equivalents=(_ce_by_index, _ce_loop, _ce_the_long_way),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the mean over the batch is missing its 1/m.",
            _from_p(lambda p, y, m: p - y),
        ),
        Misconception(
            "1/m-twice",
            "1/m is applied twice.",
            _from_p(lambda p, y, m: (p - y) / m**2),
        ),
        Misconception(
            "mean-over-all-entries",
            "the division is by all m·k entries; the loss is a mean over the m samples.",
            _from_p(lambda p, y, m: (p - y) / p.size),
        ),
        Misconception(
            "k-for-m",
            "the division is by k, the number of classes; the mean runs over the m samples.",
            _from_p(lambda p, y, m: (p - y) / p.shape[1]),
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped: what was said minus what was true, p − y.",
            _from_p(lambda p, y, m: (y - p) / m),
        ),
        Misconception(
            "labels-forgotten",
            "these are the probabilities; the 1 of the right class is never subtracted.",
            _from_p(lambda p, y, m: p / m),
        ),
        Misconception(
            "class-numbers-subtracted",
            "the number of the class is subtracted from all probabilities of its row. A label says "
            "at which place a 1 is subtracted.",
            lambda z, labels: (_softmax(z) - labels[:, None]) / len(z),
        ),
        Misconception(
            "every-row",
            "`p[:, labels] -= 1` takes a 1 away in these columns from every row. Each row has one "
            "right class: give the rows as well.",
            _every_row,
        ),
        Misconception(
            "diagonal-only",
            "only the right score gets a push. Softmax ties all scores of a row together; p(1 − p) "
            "is the diagonal of its Jacobian, and the rest is missing.",
            _from_p(lambda p, y, m: -y * (1 - p) / m),
        ),
        Misconception(
            "one-slope-too-many",
            "p − y is multiplied by p(1 − p): that slope has cancelled already.",
            _from_p(lambda p, y, m: (p - y) * p * (1 - p) / m),
        ),
        Misconception(
            "jacobian-once-more",
            "p − y goes through the Jacobian of softmax, which has cancelled already; this is "
            "half the gradient of the squared error of the probabilities.",
            _from_p(lambda p, y, m: _through(p - y, p) / m),
        ),
        Misconception(
            "softmax-twice",
            "softmax is applied twice; the scores become probabilities once.",
            _from_p(lambda p, y, m: (_softmax(p) - y) / m),
        ),
        Misconception(
            "scores-for-probabilities",
            "the scores stand where their probabilities belong: softmax is missing.",
            lambda z, labels: (z - _one_hot(z, labels)) / len(z),
        ),
        Misconception(
            "sigmoids",
            "each score goes through a sigmoid of its own; the classes share one softmax.",
            lambda z, labels: (
                (np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z))) - _one_hot(z, labels)) / len(z)
            ),
        ),
        Misconception(
            "down-the-columns",
            "softmax runs down the columns; each row is a sample.",
            lambda z, labels: (_softmax(z, axis=0) - _one_hot(z, labels)) / len(z),
        ),
        Misconception(
            "no-shift",
            "right for small scores. For large ones exp leaves the range of a float: take the "
            "largest score of each row away first.",
            lambda z, labels: (_naive(z) - _one_hot(z, labels)) / len(z),
        ),
        Misconception(
            "counted-from-1",
            "the 1 is subtracted one class too early, as if the labels were counted from 1.",
            lambda z, labels: (_softmax(z) - _one_hot(z, labels - 1)) / len(z),
        ),
        Misconception(
            "loss-for-its-gradient",
            "this is the loss itself; its gradient has one slope for each score.",
            _cross_entropy,
        ),
        Misconception(
            "added-over-the-batch",
            "the rows are added up; the scores belong to one sample each, and so do their "
            "gradients.",
            _from_p(lambda p, y, m: (p - y).sum(axis=0) / m),
        ),
    ),
    hints=(
        "For one sample it is: what was said minus what was true. Which table of 0 and 1 says "
        "what was true?",
        "Softmax of every row first; you may call your `softmax_rows`. Then take 1 away in one "
        "place of each row, and divide once for the mean.",
        "`np.eye(k)[labels]` is the table of one-hot rows. Or pick one entry in each row with two "
        "lists of the same length, the rows' numbers and the labels.",
    ),
    another="""
def cross_entropy_gradient(z, labels):
    m = len(z)
    dz = np.exp(z - z.max(axis=1, keepdims=True))
    dz /= dz.sum(axis=1, keepdims=True)
    dz[np.arange(m), labels] -= 1  # one entry in each row
    return dz / m
""",
    after="Every row adds up to 0: what the right class gains, the others lose.",
)
