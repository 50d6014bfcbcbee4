"""Chapter 12: answers of a learner at night, right ones and wrong ones."""

import warnings

import numpy as np

from .ch12_reader_wrong import TABLE, nats, reader, units


def _means(count):
    def wrong(X_train, y_train, X):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a class without pictures
            means = [X_train[y_train == k].mean(axis=0) for k in range(count(y_train))]
        return np.argmin([((X - mean) ** 2).sum(1) for mean in means], axis=0)

    return wrong


def _undoubled(X_train, y_train, X):
    means = np.stack([X_train[y_train == k].mean(axis=0) for k in range(y_train.max() + 1)])
    return ((means**2).sum(axis=1) - X @ means.T).argmin(axis=1)


def _taken(score):
    def wrong(a):
        best = max(range(len(a)), key=lambda i: score(a[i]))
        return best, a[best].mean(), a[best].std(ddof=1)

    return wrong


def _gap(inside, said=lambda top, b, n: top.mean(), apart=abs):
    """A loop over the bins; inside(confidence, b, n) says who is in."""

    def gap(p, labels, n):
        top, right, total = p.max(axis=1), p.argmax(axis=1) == labels, 0.0
        for b in range(n):
            held = inside(top, b, n)
            if held.any():
                total += held.sum() / len(p) * apart(right[held].mean() - said(top[held], b, n))
        return total

    return gap


def _as_asked(top, b, n):
    return (top > b / n) & (top <= (b + 1) / n)


def _counted(group):
    """By counting with bincount; group(confidence, n) says which bin."""

    def gap(p, labels, n):
        apart = (p.argmax(axis=1) == labels) - p.max(axis=1)
        return np.abs(np.bincount(group(p.max(axis=1), n), weights=apart)).sum() / len(p)

    return gap


def _few_edges(top, b, n):
    edges = np.linspace(0, 1, n)
    return (top > edges[b]) & (top <= edges[b + 1]) if b + 1 < n else top < 0


def _share(z, s, axis=1):
    e = np.exp(s * z - (s * z).max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _naive(z, labels, s):
    with np.errstate(all="ignore"):
        e = np.exp(s * z)
        p = e / e.sum(axis=1, keepdims=True)
    return np.sum((p - np.eye(z.shape[1])[labels]) * z) / len(z)


def _one_top_for_all(z, labels, s):
    with np.errstate(all="ignore"):
        e = np.exp(s * z - (s * z).max())
        p = e / e.sum(axis=1, keepdims=True)
    return np.sum((p - np.eye(z.shape[1])[labels]) * z) / len(z)


def _shifted_scores(z, labels, s):
    """The rows of p − y sum to nothing, so the scores may be shifted."""
    away = z - z.max(axis=1, keepdims=True)
    return np.sum((_share(z, s) - np.eye(z.shape[1])[labels]) * away) / len(z)


def _sets(statistics, which=(True, True, True)):
    def sets(*parts):
        mean, std = statistics(*parts)
        return [(X - mean) / std if on else X for X, on in zip(parts, which, strict=True)]

    return sets


def _training(X_train, X_val, X_new):
    return units(X_train)


def _one_less(X_train, X_val, X_new):
    mean = X_train.mean(axis=0)
    std = np.sqrt(((X_train - mean) ** 2).sum(axis=0) / (len(X_train) - 1))
    return mean, std + (std == 0)


def _with_validation(X_train, X_val, X_new):
    return units(np.vstack([X_train, X_val]))


def _of_training(*given):
    """All five losses on the training pictures, T and loss from there."""
    found = {}

    def pick(z, y, z_train, labels):
        found.update({T: nats(z_train / T, labels) for T in TABLE})
        return min(found, key=found.get)

    p, T, _ = reader(pick=pick)(*given)
    return p, T, found[T]


def _loss_at_one(*given):
    found = []

    def pick(z, y, z_train, labels):
        found.append(nats(z, y))
        return min(TABLE, key=lambda T: nats(z / T, y))

    p, T, _ = reader(pick=pick)(*given)
    return p, T, found[0]


def _summed(*given):
    p, T, loss = reader()(*given)
    return p, T, sum([loss] * len(given[3]))


RIGHT = {
    "choose_setting": {"one array": lambda a: np.array(_taken(np.mean)(a))},
    "calibration_gap": {
        "edges from linspace": _gap(
            lambda top, b, n: np.digitize(top, np.linspace(0, 1, n + 1), right=True) == b + 1
        ),
        "labels as floats": lambda p, labels, n: _gap(_as_asked)(p, labels.astype(float), n),
    },
    "temperature_slope": {"shifted scores": _shifted_scores},
    "whole_reader": {"five and a table": reader()},
}

WRONG = {
    "temperature_slope": {
        "overflow": (None, _naive),
        "underflow": (None, _one_top_for_all),
    },
    "calibration_gap": {
        "bins of the upper half": (
            None, _gap(lambda top, b, n: (2 * top - 1 > b / n) & (2 * top - 1 <= (b + 1) / n))
        ),
        "as many in each": (
            None,
            lambda p, labels, n: sum(
                abs(np.sum((p.argmax(1) == labels)[i] - p.max(1)[i])) / len(p)
                for i in np.array_split(np.argsort(p.max(1)), n)
            ),
        ),
    },
}  # fmt: skip

NAMED = {
    "nearest_mean_predict": {
        "last-class-missing": [_means(lambda y: y.max())],
        "ten-classes": [_means(lambda y: 10)],
        "product-less-the-whole-square": [_undoubled],
    },
    "choose_setting": {
        "median-chosen": [_taken(np.median)],
        "worst-run-chosen": [_taken(min)],
        "mean-less-spread": [_taken(lambda row: row.mean() - row.std(ddof=1))],
        "seeds-for-settings": [lambda a: (
            int(a.mean(0).argmax()), a.mean(0).max(), a[:, a.mean(0).argmax()].std(ddof=1)
        )],
    },
    "calibration_gap": {
        "edge-to-the-bin-above": [
            _counted(lambda top, n: np.clip((top * n).astype(int), 0, n - 1)),
        ],
        "edge-above-and-one-lost": [
            _gap(lambda top, b, n: (top >= b / n) & (top < (b + 1) / n)),
            _gap(lambda top, b, n: np.digitize(top, np.linspace(0, 1, n + 1)) == b + 1),
        ],
        "edge-above-and-one-alone": [_counted(lambda top, n: (top * n).astype(int))],
        "edges-in-both-bins": [_gap(lambda top, b, n: (top >= b / n) & (top <= (b + 1) / n))],
        "edges-in-no-bin": [_gap(lambda top, b, n: (top > b / n) & (top < (b + 1) / n))],
        "one-bin-too-few": [_gap(_few_edges)],
        "middle-of-the-bin": [_gap(_as_asked, said=lambda top, b, n: (2 * b + 1) / (2 * n))],
        "truth-less-confidence": [_gap(_as_asked, apart=lambda gap: gap)],
        "confidence-less-truth": [_gap(_as_asked, apart=lambda gap: -gap)],
    },
    "temperature_slope": {
        "s-taken-for-t": [lambda z, labels, T: -np.sum(
            (_share(z, 1 / T) - np.eye(z.shape[1])[labels]) * z / T**2) / len(z)
        ],
        "softmax-over-the-samples": [lambda z, labels, s: np.sum(
            (_share(z, s, axis=0) - np.eye(z.shape[1])[labels]) * z) / len(z)
        ],
    },
    "whole_reader": {
        "m-minus-1": [reader(sets=_sets(_one_less))],
        "statistics-with-validation": [reader(sets=_sets(_with_validation))],
        "only-training-standardised": [reader(sets=_sets(_training, (True, False, False)))],
        "validation-as-it-is": [reader(sets=_sets(_training, (True, False, True)))],
        "nothing-standardised": [reader(sets=_sets(_training, (False, False, False)))],
        "temperature-and-loss-of-training": [_of_training],
        "loss-without-temperature": [_loss_at_one],
        "loss-summed": [_summed],
    },
}  # fmt: skip
