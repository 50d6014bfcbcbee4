"""Chapter 4: training a network with one hidden layer."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception
from .ch04_shared import SIZES, gradients, reference_gradients, sigmoid, weights


def _mean_gradients(X, y, parameters, **changes):
    """The gradients of the mean loss over the samples."""
    each = [gradients(x_i, y_i, *parameters, **changes) for x_i, y_i in zip(X, y, strict=True)]
    return [sum(parts) / len(X) for parts in zip(*each, strict=True)]


def _train_network(X, y, W, b, v, c, lr, steps):
    """X (m, n), y (m,), W (n, h), b (h,), v (h,), c, lr numbers, steps -> W, b, v, c"""
    parameters = [W, b, v, c]
    for _ in range(steps):
        grads = _mean_gradients(X, y, parameters)
        parameters = [p - lr * g for p, g in zip(parameters, grads, strict=True)]
    return tuple(parameters)


def _train_rows(X, y, W, b, v, c, lr, steps):
    for _ in range(steps):
        h = sigmoid(X @ W + b)
        o = sigmoid(h @ v + c)
        delta_o = 2 * (o - y) * o * (1 - o) / len(y)
        delta = np.outer(delta_o, v) * h * (1 - h)
        W, b = W - lr * X.T @ delta, b - lr * delta.sum(axis=0)
        v, c = v - lr * delta_o @ h, c - lr * delta_o.sum()
    return W, b, v, c


def _train_pairs(X, y, W, b, v, c, lr, steps):
    for _ in range(steps):
        dW, db, dv, dc = np.zeros_like(W), np.zeros_like(b), np.zeros_like(v), 0.0
        for x_i, y_i in zip(X, y, strict=True):
            one = reference_gradients(x_i, y_i, W, b, v, c)
            dW += one[0]
            db += one[1]
            dv += one[2]
            dc += one[3]
        rate = lr / len(X)
        W, b, v, c = W - rate * dW, b - rate * db, v - rate * dv, c - rate * dc
    return W, b, v, c


def _train_backwards(X, y, W, b, v, c, lr, steps):
    """The samples in another order: a mean has none."""
    return _train_network(X[::-1], y[::-1], W, b, v, c, lr, steps)


def _trained(update):
    """A wrong training: update(X, y, parameters, lr) makes one step."""

    def wrong(X, y, W, b, v, c, lr, steps):
        parameters = [W, b, v, c]
        for _ in range(steps):
            parameters = update(X, y, parameters, lr)
        return tuple(parameters)

    return wrong


def _moved(parameters, grads, lr):
    return [p - lr * g for p, g in zip(parameters, grads, strict=True)]


def _one_by_one(X, y, parameters, lr):
    for x_i, y_i in zip(X, y, strict=True):
        parameters = _moved(parameters, gradients(x_i, y_i, *parameters), lr)
    return parameters


def _last_only(X, y, parameters, lr):
    return _moved(parameters, gradients(X[-1], y[-1], *parameters), lr)


def _never_cleared(X, y, W, b, v, c, lr, steps):
    parameters, total = [W, b, v, c], [0.0, 0.0, 0.0, 0.0]
    for _ in range(steps):
        grads = _mean_gradients(X, y, parameters)
        total = [t + g for t, g in zip(total, grads, strict=True)]
        parameters = _moved(parameters, total, lr)
    return tuple(parameters)


def _all_too_early(X, y, parameters, lr):
    W, b, v, c = parameters
    h = sigmoid(X @ W + b)
    o = sigmoid(h @ v + c)
    delta_o = 2 * (o - y) * o * (1 - o) / len(y)
    v, c = v - lr * delta_o @ h, c - lr * delta_o.sum()
    delta = np.outer(delta_o, v) * h * (1 - h)
    return [W - lr * X.T @ delta, b - lr * delta.sum(axis=0), v, c]


def _biases_stay(X, y, parameters, lr):
    dW, db, dv, dc = _mean_gradients(X, y, parameters)
    return _moved(parameters, (dW, 0 * db, dv, 0.0), lr)


def _train_cases(rng, i):
    n, h = SIZES[i % 6]
    m = (4, 7, 3, 5, 9, 8)[i % 6]
    y = rng.choice([0.0, 1.0], size=m) if i % 2 else rng.uniform(0.1, 0.9, size=m)
    y[0], y[1] = 1.0, 0.0
    X = rng.normal(size=(m, n))
    steps = (3, 5, 4, 6, 3, 4)[i % 6]
    return X, y, *weights(rng, n, h), float(rng.uniform(0.8, 3.0)), steps


TRAIN_NETWORK = Exercise(
    name="train_network",
    chapter=4,
    minutes=40,
    statement=(
        "Gradient descent on the mean of (o − y)² over the samples: `steps` steps, each with the "
        "gradients of all samples. Return the last (W, b, v, c). X (m, n), y (m,), W (n, h), "
        "b (h,), v (h,), c and lr numbers, steps a whole number."
    ),
    reference=_train_network,
    cases=_train_cases,
    returns=("W", "b", "v", "c"),
    tolerance=1e-8,
    equivalents=(_train_rows, _train_pairs, _train_backwards),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the gradients of the samples are added up and not divided by their number; the loss "
            "is a mean.",
            _trained(lambda X, y, p, lr: _moved(p, _mean_gradients(X, y, p), lr * len(X))),
        ),
        Misconception(
            "1/m-twice",
            "the division by the number of samples is made twice.",
            _trained(lambda X, y, p, lr: _moved(p, _mean_gradients(X, y, p), lr / len(X))),
        ),
        Misconception(
            "sample-by-sample",
            "the parameters move after every sample, so the next sample meets another network. Add "
            "up the gradients of all samples first.",
            _trained(_one_by_one),
        ),
        Misconception(
            "sample-by-sample-1/m",
            "the parameters move a little after every sample. Add up the gradients of all samples "
            "first, then make one step.",
            _trained(lambda X, y, p, lr: _one_by_one(X, y, p, lr / len(X))),
        ),
        Misconception(
            "last-sample-only",
            "only the last sample counts: its gradients have overwritten the others.",
            _trained(_last_only),
        ),
        Misconception(
            "last-sample-over-m",
            "only the last sample counts, divided by m: `=` where the gradients should be added.",
            _trained(lambda X, y, p, lr: _last_only(X, y, p, lr / len(X))),
        ),
        Misconception(
            "never-cleared",
            "the gradients of earlier steps are still in the sum; start each step at zero.",
            _never_cleared,
        ),
        Misconception(
            "one-step-too-many",
            "this is where one more step would have led.",
            lambda X, y, W, b, v, c, lr, steps: _train_network(X, y, W, b, v, c, lr, steps + 1),
        ),
        Misconception(
            "one-step-too-few",
            "one step is missing.",
            lambda X, y, W, b, v, c, lr, steps: _train_network(X, y, W, b, v, c, lr, steps - 1),
        ),
        Misconception(
            "one-step-only",
            "this is where the first step leads; a `return` inside the loop does that, or steps "
            "that all begin at the start.",
            lambda X, y, W, b, v, c, lr, steps: _train_network(X, y, W, b, v, c, lr, 1),
        ),
        Misconception(
            "uphill",
            "every step goes with the gradient, and the loss grows. Go against it.",
            _trained(lambda X, y, p, lr: _moved(p, _mean_gradients(X, y, p), -lr)),
        ),
        Misconception(
            "updated-too-early",
            "the delta went back through the new v. All gradients first, then all updates.",
            _trained(_all_too_early),
        ),
        Misconception(
            "biases-stay",
            "b and c have not moved. They have gradients too.",
            _trained(_biases_stay),
        ),
    ),
    hints=(
        "Two loops: the outer one makes steps, the inner one walks through the samples and adds up "
        "their gradients.",
        "Inside a step the parameters stand still until all samples have been seen. What does the "
        "mean do to each sample's gradients?",
        "At the start of each step, four sums at zero. For each sample, add what "
        "`network_gradients` returns. After the inner loop, every parameter minus lr times its sum "
        "divided by the number of samples.",
    ),
    another="""
def train_network(X, y, W, b, v, c, lr, steps):
    for _ in range(steps):  # all samples at once, a row each
        h = 1 / (1 + np.exp(-(X @ W + b)))
        o = 1 / (1 + np.exp(-(h @ v + c)))
        delta_o = 2 / len(y) * (o - y) * o * (1 - o)
        delta = np.outer(delta_o, v) * h * (1 - h)
        W, b = W - lr * X.T @ delta, b - lr * delta.sum(axis=0)
        v, c = v - lr * h.T @ delta_o, c - lr * delta_o.sum()
    return W, b, v, c
""",
    after=(
        "With m = 4 and the corners as X, this learns XOR. The other way to write it puts all "
        "samples into one product; chapter 5 begins there."
    ),
)
