"""Chapter 9: one epoch of mini-batches."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception


def _people(rng, i):
    N, n, size = ((11, 3, 4), (23, 5, 6), (17, 4, 7), (13, 6, 5), (29, 3, 8), (19, 7, 3))[i % 6]
    X, y = rng.normal(size=(N, n)), rng.normal(size=N)
    order = rng.permutation(N)
    return X, y, rng.normal(size=n), order, size, rng.uniform(0.03, 0.1)


def _walk(theta, batches, lr, factor=lambda rows: 2 / len(rows[1])):
    for X, y in batches:
        theta = theta - lr * factor((X, y)) * X.T @ (X @ theta - y)
    return theta


def _cut(order, size):
    return [order[start : start + size] for start in range(0, len(order), size)]


def _epoch(X, y, theta, order, batch_size, lr):
    return _walk(theta, [(X[rows], y[rows]) for rows in _cut(order, batch_size)], lr)


def _sample_by_sample(X, y, theta, order, batch_size, lr):
    theta = theta.copy()
    for rows in _cut(order, batch_size):
        gradient = np.zeros_like(theta)
        for i in rows:
            gradient += 2 * (np.dot(X[i], theta) - y[i]) * X[i] / len(rows)
        theta -= lr * gradient
    return theta


def _shuffled_first(X, y, theta, order, batch_size, lr):
    X, y = X[order], y[order]
    ends = range(batch_size, len(y), batch_size)
    return _walk(theta, zip(np.split(X, ends), np.split(y, ends), strict=True), lr)


def _with_a_counter(X, y, theta, order, batch_size, lr):
    start = 0
    while start < len(order):
        rows = order[start : start + batch_size]
        error = np.einsum("ij,j->i", X[rows], theta) - y[rows]
        theta = theta - 2 * lr * np.mean(error[:, np.newaxis] * X[rows], axis=0)
        start += batch_size
    return theta


def _starts(X, y, theta, order, batch_size, lr):
    """The batches are cut from the data as they lie; only their order is shuffled."""
    starts = [start for start in order if start % batch_size == 0]
    rows = [np.arange(s, min(s + batch_size, len(y))) for s in starts]
    return _walk(theta, [(X[one], y[one]) for one in rows], lr)


def _all_at_the_start(X, y, theta, order, batch_size, lr):
    steps = [
        2 / len(rows) * X[rows].T @ (X[rows] @ theta - y[rows]) for rows in _cut(order, batch_size)
    ]
    return theta - lr * sum(steps)


sgd_epoch = Exercise(
    name="sgd_epoch",
    chapter=9,
    minutes=15,
    statement=(
        "One epoch of mini-batch gradient descent for the mean squared error of X @ theta: take "
        "the samples in the order given, a permutation of their numbers, cut it into batches of "
        "batch_size (the last may be smaller), and make one step with the gradient of each "
        "batch's mean, one after the other. X (N, n), y (N,), theta (n,), order (N,) whole "
        "numbers -> theta (n,)."
    ),
    reference=_epoch,
    cases=_people,
    case_note=lambda X, y, theta, order, batch_size, lr: (
        f"N={len(y)}, n={len(theta)}, batch_size={batch_size}"
    ),
    returns=("theta",),
    equivalents=(_sample_by_sample, _shuffled_first, _with_a_counter),
    misconceptions=(
        Misconception(
            "last-batch-dropped",
            "the samples that do not fill a whole batch were left out; the last batch is smaller.",
            lambda X, y, theta, order, batch_size, lr: _epoch(
                X, y, theta, order[: len(order) // batch_size * batch_size], batch_size, lr
            ),
        ),
        Misconception(
            "order-ignored",
            "the samples were taken as they lie; the order given was not used.",
            lambda X, y, theta, order, batch_size, lr: _epoch(
                X, y, theta, np.arange(len(y)), batch_size, lr
            ),
        ),
        Misconception(
            "targets-left-behind",
            "the rows of X were dealt and the targets left where they were: each sample now has "
            "somebody else's target.",
            lambda X, y, theta, order, batch_size, lr: _epoch(
                X[order], y, theta, np.arange(len(y)), batch_size, lr
            ),
        ),
        Misconception(
            "starts-shuffled",
            "the batches were cut from the data as they lie, and only the batches were shuffled; "
            "the samples have to be dealt.",
            _starts,
        ),
        Misconception(
            "all-from-one-place",
            "all gradients were taken at the first theta; each step begins where the last ended.",
            _all_at_the_start,
        ),
        Misconception(
            "one-batch-only",
            "one step with the first batch was made; an epoch goes through all of them.",
            lambda X, y, theta, order, batch_size, lr: _epoch(
                X, y, theta, order[:batch_size], batch_size, lr
            ),
        ),
        Misconception(
            "all-in-one-batch",
            "one step was made with all samples; the row is cut into batches.",
            lambda X, y, theta, order, batch_size, lr: _epoch(X, y, theta, order, len(y), lr),
        ),
        Misconception(
            "last-batch-too-light",
            "every batch was divided by batch_size; the last one has fewer samples, and its mean "
            "is over those.",
            lambda X, y, theta, order, batch_size, lr: _walk(
                theta,
                [(X[rows], y[rows]) for rows in _cut(order, batch_size)],
                lr,
                lambda rows: 2 / batch_size,
            ),
        ),
        Misconception(
            "divided-by-all",
            "the sum over a batch was divided by all samples; the mean of the batch is asked.",
            lambda X, y, theta, order, batch_size, lr: _walk(
                theta,
                [(X[rows], y[rows]) for rows in _cut(order, batch_size)],
                lr,
                lambda rows: 2 / len(y),
            ),
        ),
        Misconception(
            "sum-for-mean",
            "the gradient of the sum was taken; the 1/m of the batch's mean is missing.",
            lambda X, y, theta, order, batch_size, lr: _walk(
                theta,
                [(X[rows], y[rows]) for rows in _cut(order, batch_size)],
                lr,
                lambda rows: 2.0,
            ),
        ),
        Misconception(
            "two-forgotten",
            "the 2 of the square is missing.",
            lambda X, y, theta, order, batch_size, lr: _epoch(
                X, y, theta, order, batch_size, lr / 2
            ),
        ),
        Misconception(
            "uphill",
            "the steps go uphill; subtract the gradient.",
            lambda X, y, theta, order, batch_size, lr: _epoch(X, y, theta, order, batch_size, -lr),
        ),
    ),
    hints=(
        "A loop over the starts 0, batch_size, 2 · batch_size … of the row `order`.",
        "A piece of `order`, from one start to the next, holds the numbers of a batch. Take these "
        "rows from X and from y alike.",
        "In the loop: theta = theta − lr · (2 / len(rows)) · X[rows]ᵀ (X[rows] theta − y[rows]).",
    ),
    after="That is SGD: a new permutation for every epoch, and this.",
    another="""
def sgd_epoch(X, y, theta, order, batch_size, lr):
    ends = range(batch_size, len(order), batch_size)
    for rows in np.split(order, ends):
        errors = X[rows] @ theta - y[rows]
        theta = theta - 2 * lr * (errors[:, np.newaxis] * X[rows]).mean(axis=0)
    return theta
""",
)
