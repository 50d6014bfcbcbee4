"""Chapter 11: cross-validation without a leak."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _validation_cases(rng, i):
    m, n, k = ((13, 3, 4), (17, 4, 3), (16, 5, 7), (19, 4, 5), (23, 6, 4), (15, 3, 5))[i % 6]
    folds = np.concatenate([np.repeat([0, 1, 2], [3, 4, m - 7])])
    folds = rng.permutation(folds)
    folds[0], folds[-1] = 1, 2
    folds[1:8] = (0, 1, 2, 0, 2, 0, 1)
    X = rng.normal(size=(m, n)) * rng.uniform(0.5, 4.0, size=n) + rng.normal(size=n) * 3
    y = X @ rng.normal(size=n) + rng.normal(size=m) + 5.0 * rng.normal()
    alphas = np.sort(rng.uniform(0.05, 3.0, size=k))
    return X, y, alphas, folds


def _errors(
    X,
    y,
    alphas,
    folds,
    *,
    statistics=lambda train, fold: train,
    centre=lambda train, everybody: train.mean(),
    strength=lambda alpha, m: alpha,
    swap=False,
    fit_on=lambda train, m: train,
    ddof=0,
    mean=lambda squares, folds: squares.mean(axis=0),
):
    """What is handed in replaces one part of the right answer."""
    squares = np.zeros((len(y), len(alphas)))
    for fold in np.unique(folds):
        train = folds == fold if swap else folds != fold
        test = ~train
        of = statistics(train, test)
        shift, scale = X[of].mean(axis=0), X[of].std(axis=0, ddof=ddof)
        from_ = fit_on(train, len(y))
        Z, middle = (X[from_] - shift) / scale, centre(y[from_], y)
        new = (X[test] - shift) / scale
        for k, alpha in enumerate(alphas):
            H = Z.T @ Z / len(Z) + strength(alpha, len(Z)) * np.eye(X.shape[1])
            w = np.linalg.solve(H, Z.T @ (y[from_] - middle) / len(Z))
            squares[test, k] += (new @ w + middle - y[test]) ** 2
    return mean(squares / (len(np.unique(folds)) - 1 if swap else 1), folds)


def _cross_validated_errors(X, y, alphas, folds):
    return _errors(X, y, alphas, folds)


def _errors_svd(X, y, alphas, folds):
    total = np.zeros(len(alphas))
    for fold in set(folds.tolist()):
        train = np.flatnonzero(folds != fold)
        test = np.flatnonzero(folds == fold)
        shift, scale = np.mean(X[train], 0), np.std(X[train], 0)
        U, s, V = np.linalg.svd((X[train] - shift) / scale, full_matrices=False)
        b = U.T @ (y[train] - y[train].mean())
        for k, alpha in enumerate(alphas):
            w = V.T @ (s * b / (s**2 + len(train) * alpha))
            said = (X[test] - shift) / scale @ w + y[train].mean()
            total[k] += np.sum((y[test] - said) ** 2)
    return total / len(y)


def _errors_longer_table(X, y, alphas, folds):
    said = np.empty((len(alphas), len(y)))
    for fold in range(folds.max() + 1):
        inside = folds == fold
        A, t = X[~inside], y[~inside]
        Z = (A - A.mean(axis=0)) / A.std(axis=0)
        for k, alpha in enumerate(alphas):
            longer = np.vstack([Z, np.sqrt(len(Z) * alpha) * np.eye(Z.shape[1])])
            target = np.append(t - t.mean(), np.zeros(Z.shape[1]))
            w = np.linalg.lstsq(longer, target, rcond=None)[0]
            said[k, inside] = (X[inside] - A.mean(axis=0)) / A.std(axis=0) @ w + t.mean()
    return np.mean((said - y) ** 2, axis=1)


def _errors_with_ones(X, y, alphas, folds):
    out = []
    for alpha in alphas:
        squares = []
        for fold in np.unique(folds):
            seen = folds != fold
            shift, scale = X[seen].mean(axis=0), X[seen].std(axis=0)
            A = np.column_stack([(X - shift) / scale, np.ones(len(X))])
            price = np.append(np.full(X.shape[1], alpha), 0.0)
            H = A[seen].T @ A[seen] / seen.sum() + np.diag(price)
            theta = np.linalg.inv(H) @ A[seen].T @ y[seen] / seen.sum()
            squares.extend((A[~seen] @ theta - y[~seen]) ** 2)
        out.append(np.mean(squares))
    return np.array(out)


def _part(**change):
    return lambda X, y, alphas, folds: _errors(X, y, alphas, folds, **change)


cross_validated_errors = Exercise(
    name="cross_validated_errors",
    chapter=11,
    statement=(
        "For each alpha, return the mean squared error over all samples, each predicted by a ridge "
        "that was trained on the other folds. A ridge standardises the columns, takes the mean "
        "off y, minimises half the mean squared error plus alpha/2 times the sum of the squared "
        "weights, and adds the mean again to what it says; the deviation divides by the number of "
        "samples. "
        "X (m, n), y (m,), alphas (k,), folds (m,) with the number of each sample's fold -> (k,)."
    ),
    minutes=60,
    reference=_cross_validated_errors,
    cases=_validation_cases,
    returns=("errors",),
    tolerance=1e-7,
    equivalents=(_errors_svd, _errors_longer_table, _errors_with_ones),
    misconceptions=(
        Misconception(
            "statistics-of-everybody",
            "the columns are standardised with everybody's mean and deviation, those of the fold "
            "that is to be predicted included.",
            _part(statistics=lambda train, fold: train | True),
        ),
        Misconception(
            "mean-of-everybody",
            "the mean that is taken off y is everybody's; the fold that is to be predicted may not "
            "be in it.",
            _part(centre=lambda train, everybody: everybody.mean()),
        ),
        Misconception(
            "trained-on-everybody",
            "the ridge is trained on all samples, and knows those that it is asked about.",
            _part(
                statistics=lambda train, fold: train | True,
                fit_on=lambda train, m: np.full(m, True),
            ),
        ),
        Misconception(
            "mean-not-taken-off",
            "the mean of y is not taken off, so the ridge has no intercept.",
            _part(centre=lambda train, everybody: 0.0),
        ),
        Misconception(
            "sum-for-mean",
            "the price is set against the summed squares, not against their mean: alpha is too "
            "weak by the number of training samples.",
            _part(strength=lambda alpha, m: alpha / m),
        ),
        Misconception(
            "half-the-price",
            "the price is half of what it should be: the ½ stands before the squared error and "
            "before the weights alike.",
            _part(strength=lambda alpha, m: alpha / 2),
        ),
        Misconception(
            "twice-the-price",
            "the price is twice what it should be; the slope of alpha/2 times w² is alpha w.",
            _part(strength=lambda alpha, m: 2 * alpha),
        ),
        Misconception(
            "m-minus-1",
            "the deviation divides by the number of training samples minus one; here it divides by "
            "their number.",
            _part(ddof=1),
        ),
        Misconception(
            "mean-of-means",
            "the mean is taken in each fold and then over the folds; they differ in size, and each "
            "sample counts once.",
            _part(
                mean=lambda squares, folds: np.mean(
                    [squares[folds == fold].mean(axis=0) for fold in np.unique(folds)], axis=0
                )
            ),
        ),
        Misconception(
            "roles-swapped",
            "one fold is trained on and the others are predicted; it is the other way round.",
            _part(swap=True),
        ),
        Misconception(
            "root-taken",
            "this is the root of the mean squared error.",
            lambda X, y, alphas, folds: np.sqrt(_errors(X, y, alphas, folds)),
        ),
    ),
    hints=(
        "Loop over the folds. What may be computed from the fold that is to be predicted? Nothing.",
        "Inside the loop: mean and deviation of the training rows, the mean of their y, then for "
        "each alpha the weights, what they say of the fold, and its squared errors.",
        "The weights solve (Zᵀ Z / m_train + alpha I) w = Zᵀ (y − mean) / m_train. Add up all "
        "squared errors and divide by m at the end.",
    ),
    another="""
def cross_validated_errors(X, y, alphas, folds):
    total = np.zeros(len(alphas))
    for fold in np.unique(folds):
        seen = folds != fold
        shift, scale = X[seen].mean(axis=0), X[seen].std(axis=0)
        Z, new = (X[seen] - shift) / scale, (X[~seen] - shift) / scale
        middle, m_seen = y[seen].mean(), seen.sum()
        for k, alpha in enumerate(alphas):
            H = Z.T @ Z / m_seen + alpha * np.eye(X.shape[1])
            w = np.linalg.solve(H, Z.T @ (y[seen] - middle) / m_seen)
            total[k] += np.sum((new @ w + middle - y[~seen]) ** 2)
    return total / len(y)
""",
    after="The price with the smallest of these errors is the one to train with, on everything.",
)
