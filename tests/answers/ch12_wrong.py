"""Chapter 12, wrong answers: nearest means, a choice, gaps, slopes, blocks."""

import numpy as np

from .ch12 import _histograms, _least_squares_means, _statistics, _trace, _windows


def _norms(X_train, y_train, X, order=None, of=np.mean):
    """(classes, q) distances."""
    means = [of(X_train[y_train == k], axis=0) for k in range(max(y_train) + 1)]
    return np.array([[np.linalg.norm(x - mean, order) for x in X] for mean in means])


def _neighbour(X_train, y_train, X):
    return np.array([y_train[np.argmin([np.linalg.norm(x - t) for t in X_train])] for x in X])


def _farthest_picture(X_train, y_train, X):
    return np.array([y_train[np.argmax([np.linalg.norm(x - t) for t in X_train])] for x in X])


def _row(choose, mean, spread):
    def wrong(a):
        i = int(choose(a))
        return i, mean(a[i]), spread(a[i])

    return wrong


def _std(row):
    return np.sqrt(np.sum((row - row.mean()) ** 2) / (len(row) - 1))


def _highest(a):
    return np.argmax(np.average(a, axis=1))


def _bins(p, labels, n):
    """(count, said, true) of the bins that hold something."""
    top, right = p.max(1), (p.argmax(1) == labels) * 1.0
    for b in range(n):
        inside = (top > b / n) & (top <= (b + 1) / n)
        if any(inside):
            yield inside.sum(), top[inside].mean(), right[inside].mean()


def _p(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def _right(z, labels):
    return np.take_along_axis(z, labels[:, None], axis=1)[:, 0]


WRONG = {
    "nearest_mean_predict": {
        "norms, the largest": ("farthest", lambda *given: _norms(*given).argmax(axis=0)),
        "one neighbour": ("nearest-picture", _neighbour),
        "one norm": ("city-blocks", lambda *given: _norms(*given, order=1).argmin(axis=0)),
        "largest entry": ("largest-difference", lambda *g: _norms(*g, order=np.inf).argmin(axis=0)),
        "medians": ("medians", lambda *given: _norms(*given, of=np.median).argmin(axis=0)),
        "sums": ("sums-for-means", lambda *given: _norms(*given, of=np.sum).argmin(axis=0)),
        "farthest picture": (None, _farthest_picture),
        "all of the first class": (None, lambda X_train, y_train, X: np.zeros(len(X), dtype=int)),
        "from one": (None, lambda *given: _least_squares_means(*given) + 1),
        "distances": (None, lambda *given: _norms(*given).min(axis=0)),
        "a table": (None, lambda *given: _norms(*given).T),
    },
    "choose_setting": {
        "luckiest": ("best-single-run", _row(lambda a: np.argmax(np.max(a, 1)), np.mean, _std)),
        "max of the best": ("best-run-for-mean", _row(_highest, max, _std)),
        "population": ("divided-by-all-seeds", _row(_highest, np.mean, lambda row: row.std())),
        "squares": ("variance", _row(_highest, np.mean, lambda row: np.cov(row)[()])),
        "standard error": (
            "error-of-the-mean", _row(_highest, np.mean, lambda row: _std(row) / len(row) ** 0.5)
        ),
        "max less min": ("range", _row(_highest, np.mean, lambda row: max(row) - min(row))),
        "lowest": ("worst", _row(lambda a: np.argmin(a.sum(1)), np.mean, _std)),
        "from one": ("counted-from-one", lambda a: (1 + _statistics(a)[0], *_statistics(a)[1:])),
        "best seed": (None, lambda a: _statistics(a.T)),
        "means alone": (None, lambda a: a.mean(axis=1)),
        "index alone": (None, lambda a: int(_highest(a))),
        "median of the best": (None, _row(_highest, np.median, _std)),
        "swapped": (None, lambda a: (_statistics(a)[0], *_statistics(a)[:0:-1])),
    },
    "calibration_gap": {
        "plain mean": (
            "bins-count-alike", lambda *g: np.mean([abs(s - t) for _, s, t in _bins(*g)])
        ),
        "over all bins": (
            "empty-bins-counted", lambda *g: sum(abs(s - t) for _, s, t in _bins(*g)) / g[2]
        ),
        "plain sum": ("not-weighted", lambda *g: sum(abs(s - t) for _, s, t in _bins(*g))),
        "overall": (
            "signs-cancel",
            lambda p, labels, n: abs((p.argmax(1) == labels).mean() - p.max(1).mean()),
        ),
        "worst bin": ("largest-gap", lambda *g: max(abs(s - t) for _, s, t in _bins(*g))),
        "counts": ("not-divided", lambda *g: sum(c * abs(s - t) for c, s, t in _bins(*g))),
        "mean of sizes": (
            "one-answer-at-a-time",
            lambda p, labels, n: np.abs(p.max(1) - (p.argmax(1) == labels)).mean(),
        ),
        "root of squares": (
            None,
            lambda *g: np.sqrt(sum(c * (s - t) ** 2 for c, s, t in _bins(*g)) / len(g[0])),
        ),
        "one bin more": (None, lambda p, labels, n: _histograms(p, labels, n + 1)),
        "accuracy": (None, lambda p, labels, n: (p.argmax(1) == labels).mean()),
        "in per cent": (None, lambda *g: 100 * _histograms(*g)),
    },
    "temperature_slope": {
        "summed": ("missing-1/m", lambda z, y, s: np.sum((_p(s * z) * z).sum(1) - _right(z, y))),
        "turned round": ("sign-flipped", lambda z, y, s: np.mean(_right(z - 0, y)
                                                                 - (_p(s * z) * z).sum(1))),
        "softmax of z": ("s-forgotten", lambda z, y, s: ((_p(z) * z).sum(1) - _right(z, y)).mean()),
        "for T": ("slope-in-t", lambda z, y, s: -_trace(z, y, s) * s * s),
        "scaled": (
            "s-once-more", lambda z, y, s: np.mean((_p(s * z) * s * z).sum(1) - _right(s * z, y))
        ),
        "quotient": ("divided-by-s", lambda z, y, s: _trace(z, y, 1.0 / s)),
        "no truth": ("truth-forgotten", lambda z, y, s: np.einsum("ik,ik", _p(s * z), z) / len(z)),
        "mean of the table": (
            "mean-over-all-entries",
            lambda z, y, s: np.mean((_p(z * s) - np.eye(z.shape[1])[y]) * z),
        ),
        "the loss": (None, lambda z, y, s: -np.log(_right(_p(s * z) + 1e-300, y)).mean()),
        "of the truth alone": (None, lambda z, y, s: -_right(z, y).mean()),
        "row by row": (None, lambda z, y, s: (_p(s * z) * z).sum(1) - _right(z, y)),
        "twice": (None, lambda z, y, s: 2 * _trace(z, y, s)),
    },
    "count_blocks": {
        "mean of windows": ("means-for-counts", lambda b: _windows(b) / 16.0),
        "zeros": ("white-counted", lambda b: _windows(1 - b)),
        "strided": ("one-pixel-a-block", lambda b: np.array([row[::4] for row in b[::4]])),
        "darkest": (
            "any-dark", lambda b: b.reshape(len(b) // 4, 4, -1, 4).max(axis=3).max(axis=1)
        ),
        "sixteen": ("sixteen-in-a-row", lambda b: np.add.reduceat(b.ravel(), np.arange(0, b.size,
                    16)).reshape(len(b) // 4, -1)),
        "on its side": ("transposed", lambda b: _windows(b.T)),
        "fours of rows": ("rows-only", lambda b: np.add.reduceat(b, np.arange(0, len(b), 4))),
        "fours of columns": (None, lambda b: np.add.reduceat(b, np.arange(0, b.shape[1], 4), 1)),
        "all": (None, lambda b: b.sum()),
        "half as fine": (None, lambda b: _windows(b).astype(int) // 2),
        "upside down": (None, lambda b: _windows(b)[::-1]),
    },
}  # fmt: skip
