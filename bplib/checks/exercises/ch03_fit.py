"""Chapter 3: a whole neuron, trained."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch03_shared import sigmoid


def _cases(rng, i):
    m, n = ((60, 3), (80, 4), (50, 3), (70, 5), (90, 3), (65, 4))[i % 6]
    centre, width = rng.uniform(20.0, 60.0, size=n), rng.uniform(3.0, 9.0, size=n)
    Z = rng.normal(size=(m, n))
    z = Z @ rng.uniform(0.5, 1.2, size=n) + rng.uniform(-0.6, 0.6)
    y = (rng.uniform(size=m) < sigmoid(z)).astype(float)
    # Two pairs of neighbours with opposite labels: no cut separates them all, so a best w exists.
    Z[1], Z[3] = Z[0] + 0.01, Z[2] - 0.01
    y[:4] = [0.0, 1.0, 1.0, 0.0]
    return centre + width * Z, y


def _newton(A, y, steps=40):
    """The minimum of the mean cross-entropy over the weights of all columns of A."""
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        p = sigmoid(A @ theta)
        H = A.T @ (A * (p * (1.0 - p))[:, np.newaxis])
        theta = theta - np.linalg.solve(H, A.T @ (p - y))
    return theta


def _standard(X):
    mean, std = X.mean(axis=0), X.std(axis=0)
    return (X - mean) / std, mean, std


def _ones(Z):
    return np.column_stack([Z, np.ones(len(Z))])


def _fitted(X, y):
    """Weights and bias for the standardised inputs, and what was done to the inputs."""
    Z, mean, std = _standard(X)
    theta = _newton(_ones(Z), y)
    return theta[:-1], theta[-1], mean, std


def _fit_neuron(X, y):
    w, b, mean, std = _fitted(X, y)
    return w / std, b - w / std @ mean


def _by_descent(X, y):
    Z, mean, std = _standard(X)
    A, theta, pace = _ones(Z), np.zeros(X.shape[1] + 1), 0.0
    for _ in range(300):  # with momentum, for this is run thousands of times by the tests
        pace = 0.75 * pace - 4.0 * A.T @ (sigmoid(A @ theta) - y) / len(y)
        theta = theta + pace
    w = theta[:-1] / std
    return w, theta[-1] - w @ mean


def _centred_only(X, y):
    mean = X.mean(axis=0)
    theta = _newton(_ones(X - mean), y)
    return theta[:-1], theta[-1] - theta[:-1] @ mean


def _by_columns(X, y):
    order = np.arange(X.shape[1])[::-1]
    w, b = _fit_neuron(X[:, order], y)
    return w[order], b


def _map(change):
    """Wrong answers that map the right fit back in a wrong way: change(w, b, mean, std)."""
    return lambda X, y: change(*_fitted(X, y))


def _no_bias(X, y):
    return _newton(X / X.std(axis=0), y) / X.std(axis=0), 0.0


def _no_bias_standardised(X, y):
    Z, mean, std = _standard(X)
    w = _newton(Z, y)
    return w / std, -(w / std) @ mean


def _straight_line(X, y):
    theta = np.linalg.lstsq(_ones(X), y, rcond=None)[0]
    return theta[:-1], theta[-1]


def _squared_error(X, y):
    w, b, mean, std = _fitted(X, y)
    A, theta = _ones((X - mean) / std), np.append(w, b)
    for _ in range(200):  # Gauss and Newton, half of each step
        p = sigmoid(A @ theta)
        J = A * (p * (1.0 - p))[:, np.newaxis]
        theta = theta + 0.5 * np.linalg.lstsq(J, y - p, rcond=None)[0]
    w = theta[:-1] / std
    return w, theta[-1] - w @ mean


fit_neuron = Exercise(
    name="fit_neuron",
    chapter=3,
    statement=(
        "Train a neuron with the mean cross-entropy and return its (w, b) for the raw inputs, "
        "each right to five digits. X (m, n), y (m,) of 0.0 and 1.0 -> (n,) and a number."
    ),
    minutes=90,
    reference=_fit_neuron,
    cases=_cases,
    returns=("w", "b"),
    tolerance=1e-5,
    equivalents=(_by_descent, _centred_only, _by_columns),
    misconceptions=(
        Misconception(
            "units-not-mapped-back",
            "these are the weights for the standardised inputs; raw inputs need others.",
            _map(lambda w, b, mean, std: (w, b)),
        ),
        Misconception(
            "bias-not-mapped-back",
            "the weights are right; the bias is still the one for standardised inputs, "
            "and the means have to be taken off it.",
            _map(lambda w, b, mean, std: (w / std, b)),
        ),
        Misconception(
            "bias-mapped-with-the-wrong-weights",
            "the weights are right; the bias was mapped back with the weights of the standardised "
            "inputs.",
            _map(lambda w, b, mean, std: (w / std, b - w @ mean)),
        ),
        Misconception(
            "bias-mapped-with-the-wrong-sign",
            "the weights are right; in the bias the means are added where they come off.",
            _map(lambda w, b, mean, std: (w / std, b + w / std @ mean)),
        ),
        Misconception(
            "multiplied-by-the-deviation",
            "the weights were multiplied by the deviations; a wider input needs a smaller weight.",
            _map(lambda w, b, mean, std: (w * std, b - (w * std) @ mean)),
        ),
        Misconception(
            "labels-swapped",
            "the signs are flipped: this neuron says the probability of y = 0.",
            _map(lambda w, b, mean, std: (-w / std, -b + w / std @ mean)),
        ),
        Misconception(
            "no-bias",
            "this neuron was trained without a bias on the raw inputs.",
            _no_bias,
        ),
        Misconception(
            "no-bias-while-training",
            "this neuron was trained without a bias on the standardised inputs.",
            _no_bias_standardised,
        ),
        Misconception(
            "straight-line",
            "this is the least-squares line through the labels; there is no sigmoid in it.",
            _straight_line,
        ),
        Misconception(
            "squared-error",
            "this neuron has the least squared error; the cross-entropy is asked for.",
            _squared_error,
        ),
        Misconception(
            "order-swapped",
            "w and b have changed places.",
            lambda X, y: _fit_neuron(X, y)[::-1],
        ),
    ),
    hints=(
        "In raw units the valley is long and thin, as in chapter 2. Choose better units first, "
        "and map the result back at the end.",
        "Standardise each column, train with the gradients of `logistic_gradients` until nothing "
        "moves any more, then put z = (x - mean) / std into the sum and multiply out.",
        "For standardised columns a learning rate of 2 and a few thousand steps will do. Each raw "
        "weight is the trained one over its deviation; the bias loses what the means bring.",
    ),
    another="""
def fit_neuron(X, y):
    centre = X.mean(axis=0)
    A = np.column_stack([X - centre, np.ones(len(y))])
    theta = np.zeros(A.shape[1])
    for _ in range(30):  # Newton: the curvature chooses the step
        p = 1 / (1 + np.exp(-(A @ theta)))
        theta -= np.linalg.solve(A.T @ (A * (p * (1 - p))[:, None]), A.T @ (p - y))
    return theta[:-1], theta[-1] - theta[:-1] @ centre
""",
    after=(
        "The same minimum from any start, because the loss is convex; Newton's method finds it in "
        "a dozen steps, and units do not matter to it."
    ),
)
