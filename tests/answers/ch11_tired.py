"""Chapter 11: answers of a learner at night, right ones and wrong ones."""

import numpy as np


def _three(share):
    """Precision, recall and F1 as they come out of two shares of the four counts."""

    def wrong(called, labels):
        pairs = ((1, 1), (1, 0), (0, 1), (0, 0))
        counts = [int(np.sum((called == c) & (labels == t))) for c, t in pairs]
        p, r = share(*counts)
        return p, r, 2 * p * r / (p + r)

    return wrong


def _third(share):
    def wrong(called, labels):
        TP = int(np.sum(called * labels))
        FP, FN = int(called.sum()) - TP, int(labels.sum()) - TP
        return TP / (TP + FP), TP / (TP + FN), share(TP, FP, FN)

    return wrong


def _stopping(best, less=0.0):
    """With something else to begin with, or with a gain that is asked for."""

    def wrong(losses, patience):
        lowest, kept, waited = best, 0, 0
        for i, loss in enumerate(losses):
            if loss < lowest - less:
                lowest, kept, waited = loss, i, 0
            else:
                waited += 1
                if waited >= patience:
                    return kept + 1, i + 1
        return kept + 1, len(losses)

    return wrong


def _walk(thresholds, reached=np.greater_equal, corner=True):
    def curve(scores, labels):
        x, y = ([0.0], [0.0]) if corner else ([], [])
        for tau in thresholds(scores):
            called = reached(scores, tau)
            x.append(np.mean(called[labels == 0]))
            y.append(np.mean(called[labels == 1]))
        return np.array(x), np.array(y)

    return curve


def _falling(scores):
    return sorted(set(scores.tolist()), reverse=True)


def _last_first(scores, labels):
    """A sort from behind: what comes later among equals is passed earlier."""
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], -i))
    truth = labels[order]
    return tuple(
        np.concatenate([[0.0], np.cumsum(truth == k) / np.sum(truth == k)]) for k in (0, 1)
    )


def _above_and_the_end(scores, labels):
    """With > in the place of >= every point is that of the threshold before; (1, 1) is added."""
    x, y = _walk(_falling, np.greater, corner=False)(scores, labels)
    return np.append(x, 1.0), np.append(y, 1.0)


def _validated(columns=lambda A: (A.mean(0), A.std(0)), fold=None, folds_of=np.unique, m=None):
    def errors(X, y, alphas, folds):
        squares = np.zeros(len(alphas))
        for number in folds_of(folds):
            a, b = folds != number, folds == number
            mean, std = columns(X[a])
            Z = (X[a] - mean) / std
            if fold is not None:
                mean, std = fold(X[b])
            new, over = (X[b] - mean) / std, a.sum() if m is None else m(y)
            for k, alpha in enumerate(alphas):
                H = Z.T @ Z / over + alpha * np.eye(X.shape[1])
                w = np.linalg.solve(H, Z.T @ (y[a] - y[a].mean()) / over)
                squares[k] += np.sum((new @ w + y[a].mean() - y[b]) ** 2)
        return squares / len(y)

    return errors


def _twice_standardised(X, y, alphas, folds):
    """With everybody's numbers first; inside the loop that makes no difference any more."""
    return _validated()((X - X.mean(0)) / X.std(0), y, alphas, folds)


RIGHT = {
    "soft_threshold": {"a share of each": lambda a, t: a * np.maximum(1 - t / np.abs(a), 0)},
    "dropout_both_ways": {"one array": lambda x, dy, keep, r: np.stack([x, dy]) * keep / (1 - r)},
    "early_stopping_epoch": {"as floats": lambda v, p: np.array(_stopping(np.inf)(v, p), float)},
    "roc_points": {"above, and the end": _above_and_the_end},
    "auc_by_counting": {
        "nearly equal counts half": lambda s, t: np.mean(
            [(a - b > 1e-9) + 0.5 * (abs(a - b) <= 1e-9) for a in s[t == 1] for b in s[t == 0]]
        ),
    },
    "cross_validated_errors": {"standardised twice": _twice_standardised},
}

WRONG = {
    "early_stopping_epoch": {
        "no loss above 100": (None, _stopping(100.0)),
        "no loss above 1": (None, _stopping(1.0)),
        "better by a thousandth": (None, _stopping(float("inf"), 1e-3)),
        "better by a ten-thousandth": (None, _stopping(float("inf"), 1e-4)),
    },
}

NAMED = {
    "soft_threshold": {
        "half-the-price": [lambda a, t: np.where(2 * np.abs(a) > t, a - np.copysign(t, a) / 2, 0)],
    },
    "precision_recall_f1": {
        "specificity-throughout": [
            _three(lambda TP, FP, FN, TN: (TP / (TP + FP), TN / (TN + FP))),
        ],
        "accuracy-throughout": [
            _three(lambda TP, FP, FN, TN: ((TP + TN) / (TP + FP + FN + TN), TP / (TP + FN))),
        ],
        "divided-by-all-throughout": [
            _three(lambda TP, FP, FN, TN: [TP / (TP + FP + FN + TN)] * 2),
        ],
        "f1-without-twice": [_third(lambda TP, FP, FN: 2 * TP / (TP + FP + FN))],
        "overlap-for-f1": [_third(lambda TP, FP, FN: TP / (TP + FP + FN))],
    },
    "roc_points": {
        "ties-one-by-one-from-behind": [_last_first],
        "threshold-twice": [_walk(lambda scores: sorted(scores.tolist(), reverse=True))],
        "end-missing": [_walk(_falling, np.greater, corner=False)],
        "above-not-at-least": [_walk(_falling, np.greater)],
    },
    "auc_by_counting": {
        "right-less-wrong": [
            lambda s, t: float(np.mean([np.sign(a - b) for a in s[t == 1] for b in s[t == 0]])),
        ],
    },
    "cross_validated_errors": {
        "fold-by-its-own-statistics": [_validated(fold=lambda B: (B.mean(0), B.std(0)))],
        "fold-as-it-is": [_validated(fold=lambda B: (0, 1))],
        "not-divided-by-the-deviation": [_validated(columns=lambda A: (A.mean(0), 1))],
        "columns-as-they-are": [_validated(columns=lambda A: (0, 1))],
        "last-fold-forgotten": [_validated(folds_of=lambda folds: range(folds.max()))],
        "m-of-everybody": [_validated(m=len)],
    },
}
