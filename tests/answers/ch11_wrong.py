"""Chapter 11, wrong answers: what holds a network back, and how good it is."""

import numpy as np

from .ch11 import (
    _auc_ranks,
    _by_functions,
    _counted,
    _dropout_indices,
    _eigen,
    _roc_groups,
    _stop_while,
    _threshold_select,
)


def _ruins_a(a, alpha):
    a[np.abs(a) < alpha] = 0
    return a - alpha * np.sign(a)


def _ruins_dy(x, dy, keep, rate):
    dy *= keep / (1 - rate)
    return x * keep / (1 - rate), dy


def _y(x, keep, rate):
    return np.where(keep > 0, x / (1 - rate), 0.0)


def _roc(change):
    return lambda scores, labels: change(*_roc_groups(scores, labels), scores, labels)


def _three(change):
    return lambda called, labels: change(*_counted(called, labels), called, labels)


def _each_tie_by_label(scores, labels):
    """Equal scores one by one, the 1s first."""
    truth = labels[np.lexsort((-labels, -scores))]
    return (np.append(0, np.cumsum(1 - truth)) / np.sum(1 - truth),
            np.append(0, np.cumsum(truth)) / np.sum(truth))  # fmt: skip


def _only_on_steps(scores, labels):
    x, y = _roc_groups(scores, labels)
    corner = np.append(True, np.diff(y) > 0)
    return x[corner], y[corner]


def _rows_as_folds(X, y, alphas, folds):
    """Leave one out, whatever the folds are."""
    return _eigen(X, y, alphas, np.arange(len(y)))


def _best_alone(X, y, alphas, folds):
    return _eigen(X, y, alphas, folds).min() * np.ones(len(alphas))


def _not_scaled(X, y, alphas, folds):
    total = np.zeros(len(alphas))
    for fold in np.unique(folds):
        a = folds != fold
        Z, new = X[a] - X[a].mean(axis=0), X[~a] - X[a].mean(axis=0)
        for k, alpha in enumerate(alphas):
            H = Z.T @ Z / a.sum() + alpha * np.eye(X.shape[1])
            w = np.linalg.solve(H, Z.T @ (y[a] - y[a].mean()) / a.sum())
            total[k] += np.sum((new @ w + y[a].mean() - y[~a]) ** 2)
    return total / len(y)


WRONG = {
    "soft_threshold": {
        "shrunk by a share": ("l2-for-l1", lambda a, t: a - a * t / (1 + t)),
        "kept whole": ("hard-threshold", lambda a, t: a * (a * a > t * t)),
        "sizes": ("sign-lost", lambda a, t: np.abs(_threshold_select(a, t))),
        "one side": ("positive-only", lambda a, t: np.clip(a - t, 0, None)),
        "pushed on": ("through-zero", lambda a, t: np.where(a > 0, a - t, a + t)),
        "minus": ("always-minus", lambda a, t: np.add(a, -t)),
        "plus": (None, lambda a, t: np.sign(a) * (np.abs(a) + t)),
        "half the price": (None, lambda a, t: _threshold_select(a, t / 2)),
        "squared price": (None, lambda a, t: _threshold_select(a, t * t)),
        "a list of zeros": (None, lambda a, t: np.zeros_like(a)),
        "writes into a": (None, _ruins_a),
    },
    "dropout_both_ways": {
        "by the rate": (
            "divided-by-the-rate",
            lambda x, dy, keep, rate: tuple(v * keep / rate for v in (x, dy)),
        ),
        "as the paper": (
            "not-enlarged",
            lambda x, dy, keep, rate: tuple(v * keep for v in (x, dy)),
        ),
        "no mask back": (
            "mask-forgotten-backward",
            lambda x, dy, keep, rate: (_y(x, keep, rate), dy / (1 - rate)),
        ),
        "handed on": ("backward-untouched", lambda x, dy, keep, rate: (_y(x, keep, rate), +dy)),
        "the other ones": (
            "mask-upside-down",
            lambda x, dy, keep, rate: _dropout_indices(x, dy, 1 - keep, rate),
        ),
        "swapped": (None, lambda x, dy, keep, rate: _dropout_indices(x, dy, keep, rate)[::-1]),
        "only forward": (None, lambda x, dy, keep, rate: _y(x, keep, rate)),
        "mask of the mean": (
            None,
            lambda x, dy, keep, rate: (x * keep / keep.mean(), dy * keep / keep.mean()),
        ),
        "squared factor": (
            None,
            lambda x, dy, keep, rate: _dropout_indices(x, dy / (1 - rate), keep, rate),
        ),
        "writes into dy": (None, _ruins_dy),
    },
    "early_stopping_epoch": {
        "impatient": ("one-epoch-too-soon", lambda v, p: _stop_while(v, p - 1)),
        "too patient": ("one-epoch-too-late", lambda v, p: _stop_while(v, p + 1)),
        "endless": ("never-stops", lambda v, p: _stop_while(v, 10**6)),
        "indices": ("counted-from-zero", lambda v, p: tuple(np.array(_stop_while(v, p)) - 1)),
        "last": ("last-weights-kept", lambda v, p: [_stop_while(v, p)[1]] * 2),
        "the other way round": (None, lambda v, p: _stop_while(v, p)[::-1]),
        "the largest": (None, lambda v, p: _stop_while(-v, p)),
        "the loss itself": (
            None,
            lambda v, p: (float(v[_stop_while(v, p)[0] - 1]), _stop_while(v, p)[1]),
        ),
        "epochs waited": (
            None,
            lambda v, p: (_stop_while(v, p)[0], _stop_while(v, p)[1] - _stop_while(v, p)[0]),
        ),
        "one number": (None, lambda v, p: _stop_while(v, p)[0]),
    },
    "precision_recall_f1": {
        "other order": ("swapped", _three(lambda p, r, f, c, t: (r, p, f))),
        "mean": ("arithmetic-mean", _three(lambda p, r, f, c, t: (p, r, np.mean([p, r])))),
        "root": ("geometric-mean", _three(lambda p, r, f, c, t: (p, r, np.sqrt(p * r)))),
        "product": ("product-for-f1", _three(lambda p, r, f, c, t: (p, r, p * r))),
        "zeros": ("of-class-0", lambda c, t: _counted(1 - c, 1 - t)),
        "accuracy": (
            "accuracy-for-precision",
            _three(lambda p, r, f, c, t: (np.mean(c == t), r, f)),
        ),
        "harmonic sum": (None, _three(lambda p, r, f, c, t: (p, r, 1 / (1 / p + 1 / r) * 4))),
        "smaller one": (None, _three(lambda p, r, f, c, t: (p, r, min(p, r)))),
        "percent": (None, _three(lambda p, r, f, c, t: (100 * p, 100 * r, 100 * f))),
        "false alarms": (None, _three(lambda p, r, f, c, t: (1 - p, r, f))),
        "misses": (None, _three(lambda p, r, f, c, t: (p, 1 - r, f))),
    },
    "roc_points": {
        "swapped": ("axes-swapped", _roc(lambda x, y, s, t: (y, x))),
        "no corner": ("corner-missing", _roc(lambda x, y, s, t: (x[1:], y[1:]))),
        "downwards": ("other-end-first", _roc(lambda x, y, s, t: (x[::-1], y[::-1]))),
        "counts": (
            "counts-for-shares",
            _roc(lambda x, y, s, t: (x * sum(t == 0), y * sum(t == 1))),
        ),
        "of all": ("shares-of-all", _roc(lambda x, y, s, t: (x * np.mean(t == 0), y * np.mean(t)))),
        "specificity": ("left-alone-for-called", _roc(lambda x, y, s, t: (1 - x, y))),
        "ones first": (None, _each_tie_by_label),
        "corners only": (None, _only_on_steps),
        "rising scores": (None, _roc(lambda x, y, s, t: _roc_groups(-s, t))),
        "what is left": (None, _roc(lambda x, y, s, t: (1 - x, 1 - y))),
        "x alone": (None, _roc(lambda x, y, s, t: x)),
    },
    "auc_by_counting": {
        "turned": ("upside-down", lambda s, t: _auc_ranks(-s, t)),
        "labels turned": ("upside-down", lambda s, t: _auc_ranks(s, 1 - t)),
        "counted": ("counted-not-shared", lambda s, t: _auc_ranks(s, t) * t.sum() * (1 - t).sum()),
        "strict": (
            "ties-count-nothing",
            lambda s, t: np.mean(np.subtract.outer(s[t == 1], s[t == 0]) > 0),
        ),
        "not strict": (
            "ties-count-whole",
            lambda s, t: np.mean(np.greater_equal.outer(s[t == 1], s[t == 0])),
        ),
        "minus a half": (None, lambda s, t: _auc_ranks(s, t) - 0.5),
        "gini": (None, lambda s, t: 2 * _auc_ranks(s, t) - 1),
        "means": (None, lambda s, t: s[t == 1].mean() - s[t == 0].mean()),
        "side by side": (None, lambda s, t: float(np.mean(np.diff(t[np.argsort(s)]) >= 0))),
        "a correlation": (None, lambda s, t: np.corrcoef(s, t)[0, 1]),
    },
    "cross_validated_errors": {
        "root": ("root-taken", lambda X, y, a, f: _eigen(X, y, a, f) ** 0.5),
        "half a price": ("half-the-price", lambda X, y, a, f: _eigen(X, y, a / 2, f)),
        "double price": ("twice-the-price", lambda X, y, a, f: _by_functions(X, y, 2 * a, f)),
        "leave one out": (None, _rows_as_folds),
        "not scaled": (None, _not_scaled),
        "best price": (None, _best_alone),
        "summed": (None, lambda X, y, a, f: _eigen(X, y, a, f) * len(y)),
        "half the square": (None, lambda X, y, a, f: _eigen(X, y, a, f) / 2),
        "squared price": (None, lambda X, y, a, f: _eigen(X, y, a**2, f)),
        "reversed": (None, lambda X, y, a, f: _eigen(X, y, a, f)[::-1].copy()),
    },
}
