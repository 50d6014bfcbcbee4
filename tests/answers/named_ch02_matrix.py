"""Chapter 2, the matrix and the scales: every mistake with a name, in another style."""

import functools
import math
import statistics

import numpy as np

# ── the gradient for many columns ────────────────────────────────────────────────────────────────


def _by_rows(X, y, theta, push=lambda e: 2 * e, divide=lambda m, n: m, keep=True):
    m, n = X.shape
    total = np.zeros(n)
    for row, target in zip(X, y, strict=True):
        error = sum(a * b for a, b in zip(row, theta, strict=True)) - target
        total = total + push(error) * row if keep else push(error) * row
    return total / divide(m, n)


def _by_entries(X, y, theta, divide=lambda m, n: m):
    m, n = X.shape
    out = []
    for j in range(n):
        out.append(2 * math.fsum((X[i] @ theta - y[i]) * X[i, j] for i in range(m)) / divide(m, n))
    return np.asarray(out)


def _nudged_loss(loss):
    """The slopes of a loss that was read wrongly; exact for squares."""

    def gradient(X, y, theta):
        units = np.eye(len(theta))
        return np.array([(loss(X @ (theta + u), y) - loss(X @ (theta - u), y)) / 2 for u in units])

    return gradient


def _into_a_copy(X, y, theta):
    moved = theta.copy()
    moved -= _by_rows(X, y, theta)
    return moved


GRADIENT = {
    "missing-1/m": (
        functools.partial(_by_rows, divide=lambda m, n: 1),
        lambda X, y, t: np.einsum("ij,i->j", X, 2 * (X @ t - y)),
        _nudged_loss(lambda p, y: np.sum((p - y) ** 2)),
    ),
    "1/m-twice": (
        functools.partial(_by_entries, divide=lambda m, n: m * m),
        lambda A, b, w: np.mean(2 / len(b) * (A @ w - b)[:, None] * A, axis=0),
    ),
    "factor-2-lost": (
        functools.partial(_by_rows, push=lambda e: e),
        lambda X, y, t: np.tensordot(X @ t - y, X, 1) / len(y),
    ),
    "factor-2-and-1/m-lost": (
        functools.partial(_by_rows, push=lambda e: e, divide=lambda m, n: 1),
        lambda X, y, t: (X @ t - y) @ X,
    ),
    "sign-flipped": (
        functools.partial(_by_rows, push=lambda e: -2 * e),
        lambda X, y, t: 2 * np.mean((y - X.dot(t))[:, None] * X, axis=0),
    ),
    "n-for-m": (
        functools.partial(_by_entries, divide=lambda m, n: n),
        lambda X, y, t: 2 * X.T @ (X @ t - y) / len(t),
    ),
    "averaged-before-multiplying": (
        lambda X, y, t: np.array([2 * (X @ t - y).mean() * column.mean() for column in X.T]),
    ),
    "summed-before-multiplying": (
        lambda X, y, t: np.sum(X @ t - y) * np.ones(len(y)) @ X * 2 / len(y),
    ),
    "targets-forgotten": (
        _nudged_loss(lambda p, y: np.mean(p**2)),
        lambda X, y, t: 2 / len(X) * X.T @ X @ t,
    ),
    "not-added-over-the-rows": (
        lambda X, y, t: np.array([2 * (r @ t - v) * r for r, v in zip(X, y, strict=True)]) / len(y),
    ),
    "m-times-n": (
        functools.partial(_by_rows, divide=lambda m, n: m * n),
        lambda X, y, t: 2 * np.matmul(X.T, X @ t - y) / np.prod(X.shape),
    ),
    "averaged-along-the-rows": (
        lambda X, y, t: np.array([np.mean(2 * (r @ t - v) * r) for r, v in zip(X, y, strict=True)]),
    ),
    "summed-along-the-rows": (lambda X, y, t: 2 / len(y) * (X @ t - y) * np.einsum("ij->i", X),),
    "square-for-its-slope": (functools.partial(_by_rows, push=lambda e: 2 * e**2),),
    "last-row-only": (functools.partial(_by_rows, keep=False),),
    "loss-for-its-gradient": (
        lambda X, y, t: statistics.fmean(map(float, (X @ t - y) ** 2)),
        lambda X, y, t: np.linalg.norm(X @ t - y) ** 2 / len(y),
    ),
    "step-made": (_into_a_copy,),
}

# ── how fast ─────────────────────────────────────────────────────────────────────────────────────


def _eigenvalues(X, centred=False):
    A = np.array([c - c.mean() for c in X.T]).T if centred else X
    gram = np.zeros((X.shape[1], X.shape[1]))
    for row in A:
        gram += np.multiply.outer(row, row)
    return np.sort(np.linalg.eigvals(gram / len(X)).real)


LIMIT = {
    "2-over-the-wrong-matrix": (lambda X: 2 / _eigenvalues(X)[-1],),
    "1-over-the-hessian": (lambda X: 1 / (2 * max(_eigenvalues(X))),),
    "missing-1/m": (lambda X: 1 / np.linalg.norm(X, ord=2) ** 2,),
    "smallest-eigenvalue": (lambda X: 2 / np.min(2 * _eigenvalues(X)),),
    "limit-upside-down": (lambda X: np.linalg.svd(X)[1].max() ** 2 / X.shape[0],),
    "trace": (lambda X: 1 / np.trace(X.T @ X / len(X)), lambda X: 1 / _eigenvalues(X).sum()),
    "largest-diagonal-entry": (lambda X: 1 / max((c @ c) / len(c) for c in X.T),),
    "covariance": (
        lambda X: 1 / np.linalg.eigvalsh(np.cov(X.T, bias=True)).max(),
        lambda X: 1 / _eigenvalues(X, centred=True)[-1],
    ),
    "n-for-m": (lambda X: X.shape[1] / np.linalg.eigvalsh(X.T @ X)[-1],),
    "singular-value-not-squared": (lambda X: len(X) / np.linalg.svd(X, compute_uv=False).max(),),
    "2-over-the-sum": (lambda X: 2 / np.linalg.eigvalsh(X.T @ X).max(),),
    "best-rate": (lambda X: 2 / (2 * _eigenvalues(X)[[0, -1]]).sum(),),
    "one-for-each-direction": (lambda X: 1 / _eigenvalues(X),),
}

# ── scales ───────────────────────────────────────────────────────────────────────────────────────


def _two_points(height):
    """The raw line through its heights at x = 0 and x = 1."""

    def line(slope, intercept, mean, std):
        low, high = (height(x, slope, intercept, mean, std) for x in (0.0, 1.0))
        return high - low, low

    return line


def _overwriting(slope, intercept, mean, std):
    slope /= std
    intercept -= slope * mean / std
    return slope, intercept


RAW = {
    "slope-multiplied": (_two_points(lambda x, a, b, mean, std: a * (x - mean) * std + b),),
    "multiplied-and-unchanged": (lambda a, b, mean, std: np.array([a, b]) * [std, 1],),
    "intercept-unchanged": (_two_points(lambda x, a, b, mean, std: a * x / std + b),),
    "mean-not-scaled": (_two_points(lambda x, a, b, mean, std: a * (x / std - mean) + b),),
    "wrong-sign": (_two_points(lambda x, a, b, mean, std: a * (x + mean) / std + b),),
    "mean-subtracted": (_two_points(lambda x, a, b, mean, std: a * x / std + b - mean),),
    "intercept-divided-too": (_two_points(lambda x, a, b, mean, std: (a * (x - mean) + b) / std),),
    "slope-unchanged": (_two_points(lambda x, a, b, mean, std: a * (x - mean) + b),),
    "slope-divided-twice": (_overwriting,),
    "slope-left-out": (lambda a, b, mean, std: [a / std, b + (0 - mean) / std],),
}


def _column_by_column(train, test, mean=None, width=None, own=False):
    """Column by column; `own` takes the test part's own statistics."""
    mean = mean or (lambda c: c.sum() / len(c))
    width = width or (lambda c: math.sqrt(((c - c.sum() / len(c)) ** 2).sum() / len(c)))
    out = [np.zeros(train.shape), np.zeros(test.shape)]
    for j in range(train.shape[1]):
        for table, source in zip((train, test), (train, test if own else train), strict=True):
            which = 0 if table is train else 1
            column = source[:, j]
            out[which][:, j] = (table[:, j] - mean(column)) / width(column)
    return tuple(out)


def _both_at_once(train, test):
    rows = np.vstack((train, test))
    mean, std = np.average(rows, axis=0), np.sqrt(rows.var(axis=0))
    return [(part - mean) / std for part in (train, test)]


def _whole_table(train, test):
    mean, std = train.mean(), train.std()
    return (train - mean) / std, (test - mean) / std


def _train_first_in_place(train, test):
    train = train.copy()
    train -= train.mean(axis=0)
    train /= train.std(axis=0)
    return train, (test - train.mean(axis=0)) / train.std(axis=0)


def _without_brackets(train, test):
    mean, std = train.mean(0), train.std(0)
    return [table - mean / std for table in (train, test)]


def _rows(train, test):
    return [np.array([(row - row.mean()) / row.std() for row in table]) for table in (train, test)]


def _mean_of_one_width_of_other(train, test):
    return _column_by_column(train, test)[0], np.array(
        [
            [(v - m) / s for v, m, s in zip(row, train.mean(0), test.std(0), strict=True)]
            for row in test
        ]
    )


SCALES = {
    "test-with-its-own-statistics": (functools.partial(_column_by_column, own=True),),
    "statistics-of-both": (_both_at_once,),
    "one-mean-for-all": (_whole_table,),
    "sample-deviation": (
        functools.partial(_column_by_column, width=lambda c: statistics.stdev(map(float, c))),
    ),
    "variance-for-deviation": (functools.partial(_column_by_column, width=np.var),),
    "not-centred": (
        functools.partial(_column_by_column, mean=lambda c: 0.0),
        lambda train, test: (train / train.std(0), test / train.std(0)),
    ),
    "not-scaled": (lambda *two: [table - two[0].mean(axis=0) for table in two],),
    "min-max-scaling": (functools.partial(_column_by_column, mean=min, width=np.ptp),),
    "test-untouched": (_train_first_in_place,),
    "brackets-missing": (_without_brackets,),
    "mean-added": (functools.partial(_column_by_column, mean=lambda c: -np.mean(c)),),
    "row-by-row": (_rows,),
    "deviation-of-the-test-rows": (_mean_of_one_width_of_other,),
}


def _descend(z, y, start=(0.0, 0.0), rate=0.4, steps=200):
    a, b = start
    for _ in range(steps):
        error = a * z + b - y
        a, b = a - rate * 2 * np.mean(error * z), b - rate * 2 * np.mean(error)
    return a, b


def _scaled(x):
    return (x - x.mean()) / x.std()


def _mapped(back, scale_y=False):
    def line(x, y):
        a, b = _descend(_scaled(x), _scaled(y) if scale_y else y)
        return back(a, b, x.mean(), x.std())

    return line


def _only_the_slope(x, y):
    a = 0.0
    for _ in range(200):
        a -= 0.4 / np.mean(x * x) * np.mean((a * x - y) * x)
    return a, 0.0


FIT = {
    "left-in-scaled-units": (lambda x, y: _descend(_scaled(x), y),),
    "mapped-back-without-the-shift": (_mapped(lambda a, b, mean, std: (a / std, b)),),
    "stopped-in-the-valley": (lambda x, y: _descend(x, y, rate=0.001, steps=1000),),
    "x-from-y": (lambda x, y: (lambda c: (1 / c[0], -c[1] / c[0]))(np.polyfit(y, x, 1)),),
    "through-the-origin": (_only_the_slope,),
    "slope-and-intercept-swapped": (
        _mapped(lambda a, b, mean, std: (b - a * mean / std, a / std)),
    ),
    "y-left-in-scaled-units": (
        _mapped(lambda a, b, mean, std: (a / std, b - a * mean / std), scale_y=True),
    ),
    "mapped-back-the-wrong-way": (_mapped(lambda a, b, mean, std: (a * std, b + a * mean)),),
}

NAMED = {
    "mse_gradient": GRADIENT,
    "learning_rate_limit": LIMIT,
    "line_in_raw_units": RAW,
    "standardise": SCALES,
    "fit_line": FIT,
}
