"""Chapter 11: what holds a network back, and how good it is."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np

# ── soft threshold ───────────────────────────────────────────────────────────────────────────────


def _threshold_in_place(a, alpha):
    size = np.abs(a)
    size -= alpha
    size[size < 0] = 0
    return np.copysign(size, a)


def _threshold_select(a, alpha):
    return np.select([a > alpha, a < -alpha], [a - alpha, a + alpha], 0.0)


def _threshold_by_trying(a, alpha):
    """Of the three places where the minimum may be, the cheapest."""
    tried = np.stack([np.maximum(a - alpha, 0), np.minimum(a + alpha, 0), 0 * a])
    price = (tried - a) ** 2 / 2 + alpha * np.abs(tried)
    return np.take_along_axis(tried, price.argmin(axis=0)[np.newaxis], axis=0)[0]


# ── dropout ──────────────────────────────────────────────────────────────────────────────────────


def _dropout_stacked(x, dy, keep, rate):
    both = np.stack([x, dy]) * keep
    both /= 1 - rate
    return both[0], both[1]


def _dropout_indices(x, dy, keep, rate):
    places = np.nonzero(keep)
    y, dx = np.zeros(x.shape), np.zeros(x.shape)
    y[places], dx[places] = x[places] / (1 - rate), dy[places] / (1 - rate)
    return y, dx


def _dropout_rows(x, dy, keep, rate):
    rows = [(u * k / (1 - rate), v * k / (1 - rate)) for u, v, k in zip(x, dy, keep, strict=True)]
    return tuple(np.array(side) for side in zip(*rows, strict=True))


def _dropout_slope(x, dy, keep, rate):
    """The way back from the way forward: it is linear, so a step of one is exact."""

    def forward(x):
        return np.divide(np.multiply(x, keep), 1 - rate)

    return forward(x), dy * forward(np.ones_like(x))


# ── early stopping ───────────────────────────────────────────────────────────────────────────────


def _stop_while(losses, patience):
    epoch = best = 1
    while epoch < len(losses) and epoch - best < patience:
        epoch += 1
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
    return best, epoch


def _stop_windows(losses, patience):
    lows = [k for k in range(len(losses)) if all(losses[k] < v for v in losses[:k])]
    for here, after in itertools.zip_longest(lows, lows[1:], fillvalue=len(losses) + patience):
        if after - here > patience:
            return here + 1, min(here + 1 + patience, len(losses))
    raise AssertionError


def _stop_recursive(losses, patience, epoch=1, best=1):
    if epoch - best == patience or epoch == len(losses):
        return [best, epoch]
    better = losses[epoch] < losses[best - 1]
    return _stop_recursive(losses, patience, epoch + 1, epoch + 1 if better else best)


def _stop_arrays(losses, patience):
    return tuple(np.array(_stop_while(losses, patience)))


# ── precision, recall, F1 ────────────────────────────────────────────────────────────────────────


def _counted(called, labels):
    n = Counter(zip(called.tolist(), labels.tolist(), strict=True))
    TP, FP, FN = n[1, 1], n[1, 0], n[0, 1]
    return TP / (TP + FP), TP / (TP + FN), TP / (TP + (FP + FN) / 2)


def _sets(called, labels):
    ones, found = set(np.flatnonzero(labels)), set(np.flatnonzero(called))
    both = len(ones & found)
    return both / len(found), both / len(ones), 2 * both / (len(ones) + len(found))


def _table(called, labels):
    C = np.zeros((2, 2))
    np.add.at(C, (labels, called), 1)
    p, r = C[1, 1] / C[:, 1].sum(), C[1, 1] / C[1].sum()
    return np.array(p), np.array(r), np.array(2 * p * r / (p + r))


def _codes(called, labels):
    TN, FN, FP, TP = np.bincount(2 * called + labels, minlength=4)
    return [TP / (TP + FP), TP / (TP + FN), 2 / (2 + (FP + FN) / TP)]


# ── ROC and its area ─────────────────────────────────────────────────────────────────────────────


def _roc_search(scores, labels):
    out = []
    for label in (0, 1):
        own = np.sort(scores[labels == label])
        below = np.searchsorted(own, np.unique(scores)[::-1], side="left")
        out.append(np.append(0.0, 1 - below / len(own)))
    return out


def _roc_groups(scores, labels):
    tied = defaultdict(list)
    for s, t in zip(scores.tolist(), labels.tolist(), strict=True):
        tied[s].append(t)
    x, y = [0], [0]
    for s in sorted(tied, reverse=True):
        y.append(y[-1] + sum(tied[s]))
        x.append(x[-1] + len(tied[s]) - sum(tied[s]))
    return np.array(x) / x[-1], np.array(y) / y[-1]


def _roc_einsum(scores, labels):
    t = np.concatenate([[np.inf], np.sort(np.array(list(set(scores.tolist()))))[::-1]])
    called = (scores[:, np.newaxis] >= t).astype(float)
    zeros, ones = (labels == 0).astype(float), (labels == 1).astype(float)
    return np.einsum("ij,i->j", called, zeros) / zeros.sum(), ones @ called / ones.sum()


def _roc_upwards(scores, labels):
    x, y = [], []
    for tau in np.unique(scores):
        x.insert(0, np.count_nonzero((scores >= tau) & (labels == 0)))
        y.insert(0, np.count_nonzero((scores >= tau) & (labels == 1)))
    zero = np.count_nonzero(labels == 0)
    return np.array([0, *x]) / zero, np.array([0, *y]) / (len(labels) - zero)


def _auc_ranks(scores, labels):
    order = np.sort(scores)
    ranks = (np.searchsorted(order, scores) + np.searchsorted(order, scores, "right") + 1) / 2
    ones = int(labels.sum())
    return (ranks[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(labels) - ones))


def _auc_product(scores, labels):
    ones, zeros = scores[labels == 1], scores[labels == 0]
    points = [
        2 if a > b else 1 if math.isclose(a, b, rel_tol=0, abs_tol=0) else 0
        for a, b in itertools.product(ones, zeros)
    ]
    return sum(points) / (2 * len(points))


def _auc_matrix(scores, labels):
    S = np.sign(np.subtract.outer(scores, scores))
    ones = labels == 1
    return 0.5 + 0.5 * (ones @ S @ ~ones) / (ones.sum() * (~ones).sum())


def _auc_area(scores, labels):
    return float(np.trapezoid(*_roc_groups(scores, labels)[::-1]))


# ── cross-validation ─────────────────────────────────────────────────────────────────────────────


def _eigen(X, y, alphas, folds):
    """All prices at once, in the directions of the eigenvectors."""
    total = np.zeros(len(alphas))
    for fold in np.unique(folds):
        a, b = folds != fold, folds == fold
        centred = X[a] - X[a].mean(axis=0)
        scale = np.sqrt((centred**2).mean(axis=0))
        Z, new = centred / scale, (X[b] - X[a].mean(axis=0)) / scale
        values, V = np.linalg.eigh(Z.T @ Z / a.sum())
        c = V.T @ (Z.T @ (y[a] - y[a].mean())) / a.sum()
        weights = V @ (c[:, np.newaxis] / (values[:, np.newaxis] + alphas))  # (n, k)
        total += ((new @ weights + y[a].mean() - y[b][:, np.newaxis]) ** 2).sum(axis=0)
    return total / len(y)


def _dual(X, y, alphas, folds):
    """By the products of samples in the place of the products of columns."""
    said = np.empty((len(y), len(alphas)))
    for fold in set(folds.tolist()):
        a, b = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        shift, scale = X[a].mean(axis=0), X[a].std(axis=0)
        Z, new = (X[a] - shift) / scale, (X[b] - shift) / scale
        for k, alpha in enumerate(alphas):
            K = Z @ Z.T + len(a) * alpha * np.eye(len(a))
            said[b, k] = new @ Z.T @ np.linalg.solve(K, y[a] - y[a].mean()) + y[a].mean()
    return ((said - y[:, np.newaxis]) ** 2).mean(axis=0)


def _augmented(X, y, alphas, folds):
    out = []
    for alpha in alphas:
        squares = []
        for fold in sorted(set(folds.tolist())):
            a = folds != fold
            Z = (X - X[a].mean(0)) / X[a].std(0)
            tall = np.concatenate([Z[a], math.sqrt(alpha * a.sum()) * np.eye(X.shape[1])])
            goal = np.concatenate([y[a] - y[a].mean(), np.zeros(X.shape[1])])
            w, *_ = np.linalg.lstsq(tall, goal, rcond=None)
            squares += list((Z[~a] @ w + y[a].mean() - y[~a]) ** 2)
        out.append(sum(squares) / len(squares))
    return np.array(out)


def _by_functions(X, y, alphas, folds):
    def fit(A, t, alpha):
        shift, scale, middle = A.mean(axis=0), A.std(axis=0), t.mean()
        Z = (A - shift) / scale
        w = np.linalg.inv(Z.T @ Z + alpha * len(A) * np.identity(A.shape[1])) @ Z.T @ (t - middle)
        return lambda B: (B - shift) / scale @ w + middle

    def squares(alpha):
        for fold in np.unique(folds):
            model = fit(X[folds != fold], y[folds != fold], alpha)
            yield from (model(X[folds == fold]) - y[folds == fold]) ** 2

    return np.array([np.mean(list(squares(alpha))) for alpha in alphas])


RIGHT = {
    "soft_threshold": {
        "in place": _threshold_in_place,
        "select": _threshold_select,
        "by trying": _threshold_by_trying,
        "numbers": lambda a, t: np.array([math.copysign(max(abs(v) - t, 0), v) for v in a]),
    },
    "dropout_both_ways": {
        "stacked": _dropout_stacked,
        "indices": _dropout_indices,
        "rows": _dropout_rows,
        "from its slope": _dropout_slope,
        "a list": lambda x, dy, keep, rate: [v / (1 - rate) * keep for v in (x, dy)],
    },
    "early_stopping_epoch": {
        "while": _stop_while,
        "gaps between lows": _stop_windows,
        "recursion": _stop_recursive,
        "whole numbers of NumPy": _stop_arrays,
    },
    "precision_recall_f1": {
        "a counter": _counted,
        "sets": _sets,
        "a table": _table,
        "codes": _codes,
    },
    "roc_points": {
        "searchsorted": _roc_search,
        "groups": _roc_groups,
        "einsum": _roc_einsum,
        "upwards": _roc_upwards,
    },
    "auc_by_counting": {
        "ranks": _auc_ranks,
        "product": _auc_product,
        "a matrix of signs": _auc_matrix,
        "area": _auc_area,
    },
    "cross_validated_errors": {
        "eigenvectors": _eigen,
        "products of samples": _dual,
        "longer table": _augmented,
        "functions": _by_functions,
    },
}
