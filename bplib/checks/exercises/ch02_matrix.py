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
        Misconception(
            "m-times-n",
            "the division is by m times n, all entries of X; the loss is a mean over the m rows.",
            lambda X, y, t: 2 * X.T @ (X @ t - y) / X.size,
        ),
        Misconception(
            "averaged-along-the-rows",
            "the mean runs along each row; every row uses every parameter, so it runs down the "
            "columns: axis=0.",
            lambda X, y, t: 2 * np.mean((X @ t - y)[:, np.newaxis] * X, axis=1),
        ),
        Misconception(
            "summed-along-the-rows",
            "the sum runs along each row; every row uses every parameter, so it runs down the "
            "columns.",
            lambda X, y, t: 2 * np.sum((X @ t - y)[:, np.newaxis] * X, axis=1) / len(y),
        ),
        Misconception(
            "averaged-to-one-number",
            "the product has added up over the people already; a mean of it makes one number out "
            "of all n slopes. The loss's mean is a division by m.",
            lambda X, y, t: 2 * np.mean(X.T @ (X @ t - y)),
        ),
        Misconception(
            "y-as-a-column",
            "y stands upright, (m, 1), so the error has become a table of m by m: every prediction "
            "minus every target.",
            lambda X, y, t: 2 * X.T @ (X @ t - y[:, np.newaxis]) / len(y),
        ),
        Misconception(
            "square-for-its-slope",
            "the squared error stands where its slope, twice the error, belongs.",
            lambda X, y, t: 2 * X.T @ (X @ t - y) ** 2 / len(y),
        ),
        Misconception(
            "last-row-only",
            "only the last row's push is there: `=` overwrites the sum where `+=` adds to it.",
            lambda X, y, t: 2 * (X[-1] @ t - y[-1]) * X[-1] / len(y),
        ),
        Misconception(
            "loss-for-its-gradient",
            "this is the loss itself; its gradient has one slope for each entry of theta.",
            lambda X, y, t: mean_square(X @ t, y),
        ),
        Misconception(
            "step-made",
            "this is theta after a step of rate 1; the gradient alone is asked for.",
            lambda X, y, t: t - 2 * X.T @ (X @ t - y) / len(y),
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
    another="""
def mse_gradient(X, y, theta):
    return 2 * np.mean((X @ theta - y)[:, None] * X, axis=0)
""",
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
        Misconception(
            "singular-value-alone",
            "this is one over the largest singular value of X. The eigenvalue of X.T @ X is its "
            "square, and the mean's 1/m is missing.",
            lambda X: 1.0 / np.linalg.norm(X, 2),
        ),
        Misconception(
            "root-of-all-squares",
            "`np.linalg.norm` of a matrix is the root of the sum of all its squared entries, near "
            "the largest eigenvalue and not the same; `eigvalsh` gives the eigenvalues.",
            lambda X: 1.0 / np.linalg.norm(X.T @ X / len(X)),
        ),
        Misconception(
            "covariance-of-a-sample",
            "`np.cov` centres the columns first and divides by m - 1; gradient descent sees X as "
            "it is.",
            lambda X: 1.0 / np.linalg.eigvalsh(np.cov(X.T))[-1],
        ),
        Misconception(
            "standardised-first",
            "the columns were standardised first; the limit asked for is that of X as it is.",
            lambda X: _learning_rate_limit((X - X.mean(axis=0)) / X.std(axis=0)),
        ),
        Misconception(
            "2-over-the-sum",
            "the matrix is X.T @ X without its 1/m, and the rule 2/lambda wants the Hessian, which "
            "is 2 X.T @ X / m.",
            lambda X: 2.0 * _learning_rate_limit(X) / len(X),
        ),
        Misconception(
            "best-rate",
            "this is the rate at which the steepest and the flattest direction shrink equally; the "
            "limit lies above it.",
            lambda X: len(X) / np.sum(np.linalg.svd(X, compute_uv=False)[[0, -1]] ** 2),
        ),
        Misconception(
            "one-for-each-direction",
            "there is one limit for each direction here; all of them have to hold, so the tightest "
            "one is the answer.",
            lambda X: len(X) / np.linalg.svd(X, compute_uv=False)[::-1] ** 2,
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
    another="""
def learning_rate_limit(X):
    largest = np.linalg.norm(X, 2)  # singular value; its square belongs to X^T X
    return len(X) / largest**2
""",
    after=(
        "y plays no part: how fast you may go depends on the inputs alone; "
        "`len(X) / np.linalg.norm(X, 2)**2` is the same number from a singular value."
    ),
)
