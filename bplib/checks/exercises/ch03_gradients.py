"""Chapter 3: the gradients of one neuron, with the loss that fits it and with another."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch03_shared import (
    cross_entropy,
    labels,
    sigmoid,
    weights_and_samples,
)


def _cases(rng, i):
    X, w, b = weights_and_samples(rng, i)
    return X, labels(rng, len(X)), w, b


def _from_push(push):
    """Both gradients from push(z, y, m), what comes back to every z."""

    def gradients(X, y, w, b):
        dz = push(X @ w + b, y, len(y))
        return X.T @ dz, dz.sum()

    return gradients


_logistic_gradients = _from_push(lambda z, y, m: (sigmoid(z) - y) / m)
_squared_error_neuron = _from_push(
    lambda z, y, m: 2.0 * (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z) / m
)


def _loop(push):
    """The same, one sample and one weight after the other."""

    def gradients(X, y, w, b):
        dw, db = [0.0] * len(w), 0.0
        for x_i, y_i in zip(X, y, strict=True):
            dz = push(float(np.dot(x_i, w)) + b, y_i, len(y))
            dw = [d + dz * x_ij for d, x_ij in zip(dw, x_i, strict=True)]
            db += dz
        return np.array(dw), db

    return gradients


def _with_ones(X, y, w, b):
    A = np.column_stack([X, np.ones(len(y))])
    d = A.T @ (sigmoid(A @ np.append(w, b)) - y) / len(y)
    return d[:-1], d[-1]


def _change(change):
    """Wrong answers that change the two right gradients: change(dw, db, X)."""
    return (
        lambda X, y, w, b: change(*_logistic_gradients(X, y, w, b), X),
        lambda X, y, w, b: change(*_squared_error_neuron(X, y, w, b), X),
    )


_missing_m = _change(lambda dw, db, X: (dw * len(X), db * len(X)))
_m_twice = _change(lambda dw, db, X: (dw / len(X), db / len(X)))
_flipped = _change(lambda dw, db, X: (-dw, -db))
_db_summed = _change(lambda dw, db, X: (dw, db * len(X)))
_dw_summed = _change(lambda dw, db, X: (dw * len(X), db))
_swapped = _change(lambda dw, db, X: (db, dw))
_n_for_m = _change(
    lambda dw, db, X: (dw * len(X) / X.shape[1], db * len(X) / X.shape[1]),
)


def _averaged_first(X, y, w, b):
    mean = np.mean(sigmoid(X @ w + b) - y)
    return mean * X.mean(axis=0), mean


def _slope(p):
    return p * (1.0 - p)


logistic_gradients = Exercise(
    name="logistic_gradients",
    chapter=3,
    statement=(
        "Return (dw, db) for the mean cross-entropy of the labels y and p = sigma(X @ w + b). "
        "X (m, n), y (m,), w (n,), b -> (n,) and a number."
    ),
    minutes=10,
    reference=_logistic_gradients,
    cases=_cases,
    returns=("dw", "db"),
    loss=lambda X, y, w, b: cross_entropy(X @ w + b, y),
    equivalents=(
        _loop(lambda z, y, m: (1.0 / (1.0 + np.exp(-z)) - y) / m),
        _with_ones,
        lambda X, y, w, b: (
            np.mean((sigmoid(X @ w + b) - y)[:, np.newaxis] * X, axis=0),
            np.mean(sigmoid(X @ w + b) - y),
        ),
        lambda X, y, w, b: (
            np.einsum("ij,i->j", X, sigmoid(X @ w + b) - y) / X.shape[0],
            np.mean(sigmoid(X @ w + b)) - np.mean(y),
        ),
    ),
    misconceptions=(
        Misconception("missing-1/m", "the mean over the batch is missing its 1/m.", _missing_m[0]),
        Misconception(
            "1/m-twice",
            "1/m is applied twice, perhaps once in a mean and once by hand.",
            _m_twice[0],
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped: the push is prediction minus truth.",
            _flipped[0],
        ),
        Misconception(
            "slope-multiplied-in-again",
            "the sigmoid's slope p(1 − p) is multiplied in; with the cross-entropy it has "
            "cancelled.",
            _from_push(lambda z, y, m: (sigmoid(z) - y) * _slope(sigmoid(z)) / m),
        ),
        Misconception(
            "squared-error",
            "this is the gradient of the mean squared error; the loss is the cross-entropy.",
            _squared_error_neuron,
        ),
        Misconception(
            "factor-2",
            "there is a 2 too many: no square, no 2.",
            _from_push(lambda z, y, m: 2.0 * (sigmoid(z) - y) / m),
        ),
        Misconception(
            "stopped-at-p",
            "this is the gradient at p, carried to the weights without going through the sigmoid.",
            _from_push(lambda z, y, m: (sigmoid(z) - y) / _slope(sigmoid(z)) / m),
        ),
        Misconception(
            "logit-for-probability",
            "z stands where p belongs: the sigmoid is missing from the error.",
            _from_push(lambda z, y, m: (z - y) / m),
        ),
        Misconception(
            "decision-for-probability",
            "the error was taken from the decision, 0 or 1; it is taken from the probability.",
            _from_push(lambda z, y, m: ((z > 0) - y) / m),
        ),
        Misconception(
            "bias-left-out",
            "the bias is missing from z, so the probabilities are those of another neuron.",
            lambda X, y, w, b: _logistic_gradients(X, y, w, 0.0),
        ),
        Misconception(
            "db-summed",
            "dw is right; db is the sum of the errors where it should be their mean.",
            _db_summed[0],
        ),
        Misconception(
            "dw-summed",
            "db is right; dw is missing its 1/m.",
            _dw_summed[0],
        ),
        Misconception(
            "db-zero",
            "dw is right; db is 0, as if the bias had no part in it.",
            lambda X, y, w, b: (_logistic_gradients(X, y, w, b)[0], 0.0),
        ),
        Misconception(
            "n-for-m",
            "the division is by n, the number of inputs; the mean runs over the m samples.",
            _n_for_m[0],
        ),
        Misconception(
            "order-swapped",
            "dw and db have changed places.",
            _swapped[0],
        ),
        Misconception(
            "labels-forgotten",
            "the labels y are never subtracted.",
            _from_push(lambda z, y, m: sigmoid(z) / m),
        ),
        Misconception(
            "averaged-before-multiplying",
            "db is right; for dw the errors are averaged before they meet X. Each error multiplies "
            "its own row, and the mean comes after.",
            _averaged_first,
        ),
        Misconception(
            "last-sample-only",
            "only the last sample's push is there: `=` overwrites the sum where `+=` adds to it.",
            lambda X, y, w, b: (
                (sigmoid(X[-1] @ w + b) - y[-1]) * X[-1] / len(y),
                (sigmoid(X[-1] @ w + b) - y[-1]) / len(y),
            ),
        ),
        Misconception(
            "db-not-added",
            "dw is right; db still has one number for each sample, and they have to be added.",
            lambda X, y, w, b: (
                _logistic_gradients(X, y, w, b)[0],
                (sigmoid(X @ w + b) - y) / len(y),
            ),
        ),
    ),
    hints=(
        "One sample first: what comes back to its z, and what does each weight multiply there?",
        "What comes back to z is (3.11), divided by m. The bias gets it whole, weight j gets it "
        "times input j, and all samples are added up.",
        "Give the pushes a name, shape (m,). X transposed times them is the one answer, "
        "their sum the other.",
    ),
    another="""
def logistic_gradients(X, y, w, b):
    A = np.column_stack([X, np.ones(len(y))])  # b is one of the weights
    p = 1 / (1 + np.exp(-(A @ np.append(w, b))))
    d = A.T @ (p - y) / len(y)
    return d[:-1], d[-1]
""",
    after=(
        "The same two lines serve the last layer of every network that answers yes or no; "
        "with a column of ones they become one."
    ),
)


squared_error_neuron = Exercise(
    name="squared_error_neuron",
    chapter=3,
    statement=(
        "Return (dw, db) for L = mean((sigma(X @ w + b) - y)**2). "
        "X (m, n), y (m,), w (n,), b -> (n,) and a number."
    ),
    minutes=10,
    reference=_squared_error_neuron,
    cases=_cases,
    returns=("dw", "db"),
    loss=lambda X, y, w, b: np.mean((sigmoid(X @ w + b) - y) ** 2),
    equivalents=(
        _loop(lambda z, y, m: 2.0 * (sigmoid(z) - y) * _slope(sigmoid(z)) / m),
        lambda X, y, w, b: (
            np.mean(
                (2.0 * (sigmoid(X @ w + b) - y) * _slope(sigmoid(X @ w + b)))[:, None] * X, axis=0
            ),
            np.mean(2.0 * (sigmoid(X @ w + b) - y) * _slope(sigmoid(X @ w + b))),
        ),
        _from_push(lambda z, y, m: (sigmoid(z) - y) / (1.0 + np.cosh(z)) / m),
    ),
    misconceptions=(
        Misconception(
            "slope-forgotten",
            "the slope of the sigmoid is missing: the squared error meets p, and between p and z "
            "stands the sigmoid.",
            _from_push(lambda z, y, m: 2.0 * (sigmoid(z) - y) / m),
        ),
        Misconception(
            "push-of-the-cross-entropy",
            "p − y alone is the push of the cross-entropy; with the squared error more of the path "
            "stays.",
            _logistic_gradients,
        ),
        Misconception(
            "slope-from-z",
            "the slope was made with z: a(1 − a) wants the output a = σ(z).",
            _from_push(lambda z, y, m: 2.0 * (sigmoid(z) - y) * _slope(z) / m),
        ),
        Misconception(
            "sigmoid-twice",
            "the slope was taken at p; it belongs to z. Perhaps the sigmoid was applied to "
            "the output once more.",
            _from_push(lambda z, y, m: 2.0 * (sigmoid(z) - y) * _slope(sigmoid(sigmoid(z))) / m),
        ),
        Misconception(
            "slope-of-tanh",
            "1 − p² is the slope of tanh; the sigmoid has another.",
            _from_push(lambda z, y, m: 2.0 * (sigmoid(z) - y) * (1.0 - sigmoid(z) ** 2) / m),
        ),
        Misconception(
            "slope-twice",
            "the slope of the sigmoid is multiplied in twice.",
            _from_push(lambda z, y, m: 2.0 * (sigmoid(z) - y) * _slope(sigmoid(z)) ** 2 / m),
        ),
        Misconception(
            "factor-2-lost",
            "the 2 that comes down from the square is missing.",
            _from_push(lambda z, y, m: (sigmoid(z) - y) * _slope(sigmoid(z)) / m),
        ),
        Misconception("missing-1/m", "the mean over the batch is missing its 1/m.", _missing_m[1]),
        Misconception(
            "1/m-twice",
            "1/m is applied twice, perhaps once in a mean and once by hand.",
            _m_twice[1],
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped: the error is prediction minus truth.",
            _flipped[1],
        ),
        Misconception(
            "error-of-the-logit",
            "the error was taken between z and y; the loss compares p with y.",
            _from_push(lambda z, y, m: 2.0 * (z - y) * _slope(sigmoid(z)) / m),
        ),
        Misconception(
            "bias-left-out",
            "the bias is missing from z, so the probabilities are those of another neuron.",
            lambda X, y, w, b: _squared_error_neuron(X, y, w, 0.0),
        ),
        Misconception(
            "db-summed",
            "dw is right; db is a sum over the samples where it should be a mean.",
            _db_summed[1],
        ),
        Misconception("dw-summed", "db is right; dw is missing its 1/m.", _dw_summed[1]),
        Misconception("order-swapped", "dw and db have changed places.", _swapped[1]),
        Misconception(
            "n-for-m",
            "the division is by n, the number of inputs; the mean runs over the m samples.",
            _n_for_m[1],
        ),
    ),
    hints=(
        "Three links for each sample: the square, the sigmoid, the sum. Multiply their rates.",
        "Twice the error, times the slope of the sigmoid said from its output, times the input "
        "that the weight multiplies.",
        "The push is (3.15), divided by m. From there on everything is as with the cross-entropy.",
    ),
    another="""
def squared_error_neuron(X, y, w, b):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    pushes = 2 * (p - y) * p * (1 - p)
    return np.mean(pushes[:, None] * X, axis=0), np.mean(pushes)
""",
    after=(
        "Where p is nearly 0 or 1 the push is nearly nothing, right or wrong: "
        "that factor is the whole difference to the cross-entropy."
    ),
)
