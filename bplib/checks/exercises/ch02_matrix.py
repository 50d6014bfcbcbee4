"""Chapter 2: many columns at once, and how fast one may go."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch02_shared import mean_square


def _matrix_cases(rng, i):
    m, n = ((7, 3), (5, 4), (11, 6), (4, 7), (9, 5), (13, 8))[i % 6]
    return rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)


def _design_cases(rng, i):
    m, n = ((7, 3), (5, 4), (11, 6), (8, 7), (9, 5), (13, 8))[i % 6]
    scales = 10.0 ** rng.uniform(-1.0, 1.0, size=n)
    return (rng.normal(0.5, 1.0, size=(m, n)) * scales,)


def _split_cases(rng, i):
    m, k, n = ((7, 5, 3), (11, 4, 6), (9, 7, 5), (8, 3, 4), (13, 6, 7), (10, 9, 8))[i % 6]
    centre = rng.normal(0.0, 30.0, size=n)
    spread = 10.0 ** rng.uniform(-1.0, 2.0, size=n)
    return (
        centre + spread * rng.normal(size=(m, n)),
        centre + spread * rng.normal(0.4, 1.3, size=(k, n)),
    )


def _matrix_loss(X, y, theta):
    return mean_square(X @ theta, y)


def _mse_gradient(X, y, theta):
    return 2.0 / len(y) * X.T @ (X @ theta - y)


def _mse_gradient_loop(X, y, theta):
    gradient = np.zeros_like(theta)
    for row, target in zip(X, y, strict=True):
        gradient += 2.0 * (row @ theta - target) * row
    return gradient / len(y)


def _mse_gradient_einsum(X, y, theta):
    return 2.0 / X.shape[0] * np.einsum("ij,i->j", X, np.einsum("ij,j->i", X, theta) - y)


def _mse_gradient_expanded(X, y, theta):
    return 2.0 * (X.T @ X @ theta - X.T @ y) / len(y)


def _mse_gradient_mean(X, y, theta):
    return np.mean(-2.0 * (y - X @ theta)[:, np.newaxis] * X, axis=0)


def _learning_rate_limit(X):
    return 1.0 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]


def _limit_by_power(X):
    H = 2.0 * X.T @ X / X.shape[0]
    v = np.ones(H.shape[0])
    for _ in range(30):
        H = H @ H / np.linalg.norm(H)
    v = H @ v
    v /= np.linalg.norm(v)
    return 2.0 / (2.0 * np.mean((X @ v) ** 2))


def _standardise(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


def _standardise_columns(X_train, X_test):
    Z_train, Z_test = np.empty_like(X_train), np.empty_like(X_test)
    for j in range(X_train.shape[1]):
        mean = X_train[:, j].sum() / X_train.shape[0]
        std = np.sqrt(np.mean((X_train[:, j] - mean) ** 2))
        Z_train[:, j] = (X_train[:, j] - mean) / std
        Z_test[:, j] = (X_test[:, j] - mean) / std
    return Z_train, Z_test


def _standardise_moments(X_train, X_test):
    ones = np.full(len(X_train), 1.0 / len(X_train))
    mean = ones @ X_train
    centred = X_train - mean
    std = np.sqrt(np.einsum("ij,ij->j", centred, centred) / len(X_train))
    return centred / std, (X_test - mean) / std


def _standardise_affine(X_train, X_test):
    scale = 1.0 / np.var(X_train, axis=0) ** 0.5
    shift = -np.average(X_train, axis=0) * scale
    return X_train * scale + shift, X_test * scale + shift


def _standardise_together(X_train, X_test):
    both = np.concatenate([X_train, X_test])
    Z = (both - both.mean(axis=0)) / both.std(axis=0)
    return Z[: len(X_train)], Z[len(X_train) :]


def _standardise_with(centre, spread):
    """Standardise with other statistics of the training rows."""

    def standardise(X_train, X_test):
        mean, std = centre(X_train), spread(X_train)
        return (X_train - mean) / std, (X_test - mean) / std

    return standardise


mse_gradient = Exercise(
    name="mse_gradient",
    chapter=2,
    statement=(
        "Return dL/dtheta for L = mean((X @ theta - y)**2). X (m, n), y (m,), theta (n,) -> (n,)."
    ),
    minutes=10,
    reference=_mse_gradient,
    cases=_matrix_cases,
    returns=("dtheta",),
    loss=_matrix_loss,
    equivalents=(
        _mse_gradient_loop,
        _mse_gradient_einsum,
        _mse_gradient_expanded,
        _mse_gradient_mean,
    ),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the mean over the batch is missing its 1/m.",
            lambda X, y, t: 2 * X.T @ (X @ t - y),
        ),
        Misconception(
            "1/m-twice",
            "1/m is applied twice, perhaps once in a mean and once by hand.",
            lambda X, y, t: 2 * X.T @ (X @ t - y) / len(y) ** 2,
        ),
        Misconception(
            "factor-2-lost",
            "the 2 that comes down from the square is missing; "
            "this is the gradient of half the mean squared error.",
            lambda X, y, t: X.T @ (X @ t - y) / len(y),
        ),
        Misconception(
            "factor-2-and-1/m-lost",
            "both the 2 of the square and the 1/m of the mean are missing; "
            "this is the gradient of half the summed squares.",
            lambda X, y, t: X.T @ (X @ t - y),
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped: with y - X @ theta as the error, "
            "the chain rule brings one more minus.",
            lambda X, y, t: 2 * X.T @ (y - X @ t) / len(y),
        ),
        Misconception(
            "n-for-m",
            "the division is by n, the number of columns, and the mean runs over the m rows.",
            lambda X, y, t: 2 * X.T @ (X @ t - y) / X.shape[1],
        ),
        Misconception(
            "averaged-before-multiplying",
            "the errors are averaged over the rows before they meet X; "
            "each error multiplies its own row, and the mean comes after.",
            lambda X, y, t: 2 * np.mean(X @ t - y) * X.mean(axis=0),
        ),
        Misconception(
            "summed-before-multiplying",
            "the errors and the rows are added up separately; "
            "each error multiplies its own row before anything is added.",
            lambda X, y, t: 2 * np.sum(X @ t - y) * X.sum(axis=0) / len(y),
        ),
        Misconception(
            "targets-forgotten",
            "the prediction stands where the error should: y is never subtracted.",
            lambda X, y, t: 2 * X.T @ (X @ t) / len(y),
        ),
        Misconception(
            "not-added-over-the-rows",
            "each row's push is there, but they are never added: "
            "theta is used by every row, and its gradient is the sum of all their pushes.",
            lambda X, y, t: 2 * (X @ t - y)[:, np.newaxis] * X / len(y),
        ),
    ),
    hints=(
        "Work out one entry of the gradient with indices: in which rows is theta[j] used, "
        "and what does it multiply there?",
        "The error is one number per row, shape (m,). The gradient is one number per column, "
        "shape (n,). So the sum must run over the rows.",
        "A product with X transposed sums over the rows; what it should multiply is the error. "
        "Then give the square its factor and the mean its division.",
    ),
    after=(
        "This one line is the gradient of every linear model with squared loss, of any width; "
        "`np.mean(2 * error[:, None] * X, axis=0)` says it row by row."
    ),
)


learning_rate_limit = Exercise(
    name="learning_rate_limit",
    chapter=2,
    statement=(
        "Gradient descent on L = mean((X @ theta - y)**2) converges for every learning rate "
        "below a limit and diverges above it. Return that limit. X (m, n) -> number."
    ),
    minutes=15,
    reference=_learning_rate_limit,
    cases=_design_cases,
    returns=("limit",),
    tolerance=1e-7,
    equivalents=(
        lambda X: len(X) / np.linalg.norm(X, 2) ** 2,
        lambda X: 1.0 / (np.linalg.svd(X, compute_uv=False)[0] ** 2 / X.shape[0]),
        lambda X: 1.0 / np.linalg.eigvalsh(X @ X.T / len(X)).max(),
        lambda X: 2.0 / np.max(np.linalg.eigvals(2.0 / len(X) * X.T @ X).real),
        _limit_by_power,
    ),
    misconceptions=(
        Misconception(
            "2-over-the-wrong-matrix",
            "this is 2/lambda with the largest eigenvalue of X.T @ X / m; the rule 2/lambda wants "
            "the Hessian, which is twice that matrix.",
            lambda X: 2.0 * _learning_rate_limit(X),
        ),
        Misconception(
            "1-over-the-hessian",
            "this is 1/lambda with the largest eigenvalue of the Hessian: a safe rate, "
            "half of the limit; the limit is 2/lambda.",
            lambda X: 0.5 * _learning_rate_limit(X),
        ),
        Misconception(
            "missing-1/m",
            "the matrix is X.T @ X without its 1/m, so the limit comes out m times too small.",
            lambda X: _learning_rate_limit(X) / len(X),
        ),
        Misconception(
            "smallest-eigenvalue",
            "this uses the smallest eigenvalue; the steepest direction is the first to diverge, "
            "and it belongs to the largest.",
            lambda X: len(X) / np.linalg.svd(X, compute_uv=False)[-1] ** 2,
        ),
        Misconception(
            "limit-upside-down",
            "this is the eigenvalue itself; the limit is one over it.",
            lambda X: 1.0 / _learning_rate_limit(X),
        ),
        Misconception(
            "trace",
            "this uses the sum of all the eigenvalues (the trace); "
            "the limit needs the largest one alone.",
            lambda X: len(X) / np.sum(X**2),
        ),
        Misconception(
            "largest-diagonal-entry",
            "this uses the largest diagonal entry of the matrix; the steepest direction usually "
            "lies across the axes, so its eigenvalue is larger.",
            lambda X: 1.0 / np.mean(X**2, axis=0).max(),
        ),
        Misconception(
            "covariance",
            "the columns were centred first, as a covariance does; "
            "gradient descent sees X as it is.",
            lambda X: _learning_rate_limit(X - X.mean(axis=0)),
        ),
        Misconception(
            "n-for-m",
            "the division is by n, the number of columns, and the mean runs over the m rows.",
            lambda X: _learning_rate_limit(X) * X.shape[1] / X.shape[0],
        ),
        Misconception(
            "singular-value-not-squared",
            "this uses the largest singular value of X; the eigenvalue of X.T @ X is its square.",
            lambda X: len(X) / np.linalg.norm(X, 2),
        ),
    ),
    hints=(
        "Which matrix says how the gradient changes when theta moves? Far from the minimum or "
        "near it, that matrix is the same.",
        "In an eigenvector's direction a step multiplies the distance to the minimum by "
        "1 - lr * eigenvalue of the Hessian. Which eigenvalue is the first to leave (-1, 1)?",
        "The Hessian is 2 X.T @ X / m, and `np.linalg.eigvalsh` gives the eigenvalues of a "
        "symmetric matrix in rising order. The limit is 2 over one of them.",
    ),
    after=(
        "y plays no part: how fast you may go depends on the inputs alone; "
        "`len(X) / np.linalg.norm(X, 2)**2` is the same number from a singular value."
    ),
)


standardise = Exercise(
    name="standardise",
    chapter=2,
    statement=(
        "Return (Z_train, Z_test): every column minus its mean, divided by its standard deviation "
        "(population form, divided by m), where mean and deviation are those of the training "
        "rows alone. X_train (m, n), X_test (k, n) -> arrays of the same shapes."
    ),
    minutes=8,
    reference=_standardise,
    cases=_split_cases,
    returns=("Z_train", "Z_test"),
    equivalents=(_standardise_columns, _standardise_moments, _standardise_affine),
    misconceptions=(
        Misconception(
            "test-with-its-own-statistics",
            "the training part is right; the test part was standardised with its own mean and "
            "deviation, so the same person would get another z in another test set.",
            lambda A, B: (_standardise(A, A)[0], _standardise(B, B)[0]),
        ),
        Misconception(
            "statistics-of-both",
            "mean and deviation were taken over training and test rows together: "
            "the test set has leaked into the training.",
            _standardise_together,
        ),
        Misconception(
            "one-mean-for-all",
            "one mean and one deviation were used for the whole table; "
            "each column has its own unit, so each needs its own (axis=0).",
            _standardise_with(np.mean, np.std),
        ),
        Misconception(
            "sample-deviation",
            "the deviation divides by m - 1 (ddof=1); the one asked for divides by m.",
            _standardise_with(lambda A: A.mean(axis=0), lambda A: A.std(axis=0, ddof=1)),
        ),
        Misconception(
            "variance-for-deviation",
            "the columns are divided by their variance; the deviation is its root.",
            _standardise_with(lambda A: A.mean(axis=0), lambda A: A.var(axis=0)),
        ),
        Misconception(
            "not-centred",
            "the columns are divided by their deviation, but their mean is not subtracted.",
            _standardise_with(lambda A: 0.0, lambda A: A.std(axis=0)),
        ),
        Misconception(
            "not-scaled",
            "the mean is subtracted, but the division by the deviation is missing.",
            _standardise_with(lambda A: A.mean(axis=0), lambda A: 1.0),
        ),
        Misconception(
            "min-max-scaling",
            "this scales each column to lie between 0 and 1, another kind of scaling; "
            "here mean and deviation are asked for.",
            _standardise_with(lambda A: A.min(axis=0), lambda A: np.ptp(A, axis=0)),
        ),
        Misconception(
            "test-untouched",
            "the training part is right; the test part is unchanged, as it also is when its "
            "statistics are read from X_train after X_train itself was standardised.",
            lambda A, B: (_standardise(A, A)[0], B.copy()),
        ),
    ),
    hints=(
        "Imagine the test people arrive one at a time, next year, after training is over. "
        "What do you know by then?",
        "Two rows of statistics, one mean and one deviation a column, both of shape (n,), "
        "both from one of the two tables. Then both tables get the same treatment.",
        "`X_train.mean(axis=0)` and its sibling for the deviation are the only statistics. "
        "Subtract and divide in X_test with those very numbers.",
    ),
    after=(
        "The test columns do not come out with mean 0 and deviation 1, and they should not; "
        "`X * scale + shift` with two stored rows does the same to anybody who arrives later."
    ),
)
