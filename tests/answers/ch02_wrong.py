"""Chapter 2, wrong answers: the line, its gradients, steps, and the matrix."""

import functools

import numpy as np

from .ch02 import (
    _curve,
    _d,
    _gradient_loops,
    _step,
)


def _ruins_x(x, theta0, theta1):
    x *= theta0
    x += theta1
    return x


def _curve_nudged(x, y, *theta):
    def loss(t):
        return np.mean((np.polyval(t, x) - y) ** 2)

    h = 1e-4
    return tuple((loss(theta + h * u) - loss(theta - h * u)) / (2 * h) for u in np.eye(3))


def _step_two(x, y, a, b, lr):
    return _step(x, y, *_step(x, y, a, b, lr), lr)


def _square_only(X, y, theta):
    k = min(X.shape)
    out = np.zeros(X.shape[1])
    out[:k] = (2 * X.T @ (X @ theta - y) / len(y))[:k]
    return out


def _overwrites_y(X, y, theta):
    y -= X @ theta
    return -2 * X.T @ y / len(y)


def _into_theta(X, y, theta):
    theta[:] = 2 * X.T @ (X @ theta - y) / len(y)
    return theta


def _few_iterations(X):
    v = np.ones(X.shape[1])
    for _ in range(3):
        v = X.T @ (X @ v)
        v /= np.linalg.norm(v)
    return len(X) / np.linalg.norm(X @ v) ** 2


def _z(X_train, X_test, *, ddof=0, epsilon=0.0, source=None):
    rows = X_train if source is None else source
    mean, std = rows.mean(axis=0), rows.std(axis=0, ddof=ddof) + epsilon
    return (X_train - mean) / std, (X_test - mean) / std


def _z_ruins(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    X_train -= mean
    X_train /= std
    return X_train, (X_test - mean) / std


def _fit_short(x, y, steps=5):
    mean, std = x.mean(), x.std()
    z, a, b = (x - mean) / std, 0.0, 0.0
    for _ in range(steps):
        e = a * z + b - y
        a, b = a - 0.2 * np.mean(e * z), b - 0.2 * np.mean(e)
    return a / std, b - a * mean / std


def _diverges(x, y):
    a = b = 0.0
    with np.errstate(all="ignore"):
        for _ in range(3000):
            e = a * x + b - y
            a, b = a - 0.1 * 2 * np.mean(e * x), b - 0.1 * 2 * np.mean(e)
    return a, b


WRONG = {
    "predict_line": {
        "swapped, polyval": (
            "slope-and-intercept-swapped",
            lambda x, a, b: np.polyval([b, a], x),
        ),
        "positive slope": (None, lambda x, a, b: abs(a) * x + b),
        "positive x": (None, lambda x, a, b: a * np.abs(x) + b),
        "ruins x": (None, _ruins_x),
        "column": (None, lambda x, a, b: (a * x + b)[:, None]),
        "list": (None, lambda x, a, b: [a * v + b for v in x]),
        "mean prediction": (None, lambda x, a, b: np.mean(a * x + b)),
        "whole numbers": (None, lambda x, a, b: (a * x + b).astype(int)),
        "last digits": (None, lambda x, a, b: (a * x + b) * (1 + 1e-6)),
        "matrix": (None, lambda x, a, b: np.matrix(a * x + b)),
        "masked": (None, lambda x, a, b: np.ma.masked_greater(a * x + b, 0)),
        "clipped": (None, lambda x, a, b: np.maximum(a * x + b, 0)),
    },
    "mean_squared_error": {
        "sum, by dot": ("sum-for-mean", lambda p, t: (p - t) @ (p - t)),
        "sorted first": (None, lambda p, t: np.mean((np.sort(p) - np.sort(t)) ** 2)),
        "as an array": (None, lambda p, t: np.array([np.mean((p - t) ** 2)])),
        "median": (None, lambda p, t: np.median((p - t) ** 2)),
        "column against row": (None, lambda p, t: np.mean((p[:, None] - t) ** 2)),
        "relative": (None, lambda p, t: np.mean((p / t - 1) ** 2)),
        "epsilon": (None, lambda p, t: np.mean((p - t) ** 2) + 1e-6),
        "positive misses only": (None, lambda p, t: np.mean(np.maximum(p - t, 0) ** 2)),
        "changes the prediction": (None, lambda p, t: np.mean(np.square(p.__isub__(t)))),
        "text": (None, lambda p, t: str(np.mean((p - t) ** 2))),
    },
    "line_gradients": {
        "halved, by loop": (
            "factor-2-lost",
            lambda x, y, a, b: tuple(d / 2 for d in _d(x, y, a, b)),
        ),
        "swapped list": ("gradients-swapped", lambda x, y, a, b: _d(x, y, a, b)[::-1]),
        "positive x": (None, lambda x, y, a, b: _d(np.abs(x), y, a, b)),
        "positive slope": (None, lambda x, y, a, b: _d(x, y, abs(a), b)),
        "dict": (None, lambda x, y, a, b: dict(enumerate(_d(x, y, a, b)))),
        "forward nudge": (
            None,
            lambda x, y, a, b: (
                (np.mean(((a + 1e-4) * x + b - y) ** 2) - np.mean((a * x + b - y) ** 2)) / 1e-4,
                _d(x, y, a, b)[1],
            ),
        ),
        "per person": (None, lambda x, y, a, b: (2 * (a * x + b - y) * x, 2 * (a * x + b - y))),
        "divided by m - 1": (
            None,
            lambda x, y, a, b: tuple(d * len(x) / (len(x) - 1) for d in _d(x, y, a, b)),
        ),
        "normalised": (
            None,
            lambda x, y, a, b: tuple(np.array(_d(x, y, a, b)) / np.linalg.norm(_d(x, y, a, b))),
        ),
        "last digits": (None, lambda x, y, a, b: [d * (1 + 1e-6) for d in _d(x, y, a, b)]),
    },
    "curve_gradients": {
        "reversed, as an array": ("order-reversed", lambda *g: _curve(*g)[::-1].copy()),
        "sum, einsum": ("missing-1/m", lambda x, y, a, b, c: _curve(x, y, a, b, c) * len(x)),
        "nudged": (None, lambda *g: np.round(_curve_nudged(*g), 4)),
        "positive x": (None, lambda x, *g: _curve(np.abs(x), *g)),
        "cube": (None, lambda x, y, a, b, c: _curve(x, y, a, b, c) * [np.mean(x), 1, 1]),
        "two of three": (None, lambda *g: _curve(*g)[:2]),
        "column": (None, lambda *g: _curve(*g)[:, None]),
        "one wrong sign": (None, lambda *g: _curve(*g) * [1, -1, 1]),
        "object": (None, lambda *g: _curve(*g).astype(object)),
        "last digits": (None, lambda *g: _curve(*g) * (1 + 1e-6)),
    },
    "gradient_step": {
        "uphill, array": (
            "uphill",
            lambda x, y, a, b, lr: np.array([a, b]) + lr * np.array(_d(x, y, a, b)),
        ),
        "two steps": (None, _step_two),
        "positive slope": (None, lambda x, y, a, b, lr: _step(x, y, abs(a), b, lr)),
        "never negative": (None, lambda *g: [max(t, 0) for t in _step(*g)]),
        "fixed rate": ("rate-of-the-chapter", lambda x, y, a, b, lr: _step(x, y, a, b, 0.001)),
        "clipped gradient": (
            None,
            lambda x, y, a, b, lr: [
                t - lr * np.clip(d, -100, 100) for t, d in zip((a, b), _d(x, y, a, b), strict=True)
            ],
        ),
        "sign of the gradient": (
            None,
            lambda x, y, a, b, lr: [
                t - lr * np.sign(d) for t, d in zip((a, b), _d(x, y, a, b), strict=True)
            ],
        ),
        "only one": (None, lambda *g: _step(*g)[0]),
        "rate in the order of the other": (
            None,
            lambda x, y, a, b, lr: [a - lr * _d(x, y, a, b)[0], b - lr**2 * _d(x, y, a, b)[1]],
        ),
        "last digits": (None, lambda *g: [t * (1 + 1e-6) for t in _step(*g)]),
    },
    "equal_learning_rates": {
        "upside down, array": (
            "all-upside-down",
            lambda lr, m: lr * np.array([0.5, m, m / 2]),
        ),
        "reversed": (None, lambda lr, m: (2 * lr / m, lr / m, 2 * lr)),
        "m of case 1": (None, lambda lr, m: (2 * lr, lr / 3, 2 * lr / 3)),
        "whole division": ("whole-numbers", lambda lr, m: (2 * lr, lr // m, 2 * lr // m)),
        "root of m": (None, lambda lr, m: (2 * lr, lr / m**0.5, 2 * lr / m**0.5)),
        "m - 1": (None, lambda lr, m: (2 * lr, lr / (m - 1), 2 * lr / (m - 1))),
        "rounded": (None, lambda lr, m: tuple(round(v, 6) for v in (2 * lr, lr / m, 2 * lr / m))),
        "dict": (None, lambda lr, m: {"half": 2 * lr, "sum": lr / m, "half sum": 2 * lr / m}),
        "four": (None, lambda lr, m: (lr, 2 * lr, lr / m, 2 * lr / m)),
        "texts": (None, lambda lr, m: ("2 lr", "lr/m", "2 lr/m")),
    },
    "mse_gradient": {
        "sum, loops": ("missing-1/m", lambda X, y, t: _gradient_loops(X, y, t) * len(y)),
        "sign, float32": (
            "sign-flipped",
            lambda X, y, t: -_gradient_loops(X, y, t).astype(np.float32),
        ),
        "square only": (None, _square_only),
        "overwrites y": (None, _overwrites_y),
        "into theta": (None, _into_theta),
        "column": (None, lambda X, y, t: _gradient_loops(X, y, t)[:, None]),
        "broadcast": (
            None,
            lambda X, y, t: 2 * X.T @ (X @ t[:, None] - y) / len(y),
        ),
        "matrix": (None, lambda X, y, t: np.matrix(_gradient_loops(X, y, t))),
        "first entry": (None, lambda X, y, t: _gradient_loops(X, y, t)[0]),
        "last digits": (None, lambda X, y, t: _gradient_loops(X, y, t) * (1 + 1e-6)),
        "with decay": (None, lambda X, y, t: _gradient_loops(X, y, t) + 1e-4 * t),
        "tuple": (None, lambda X, y, t: tuple(_gradient_loops(X, y, t))),
        "clipped": (None, lambda X, y, t: np.clip(_gradient_loops(X, y, t), -1, 1)),
    },
    "learning_rate_limit": {
        "safe rate": ("1-over-the-hessian", lambda X: len(X) / np.linalg.norm(X, 2) ** 2 / 2),
        "few iterations": (None, _few_iterations),
        "frobenius": ("trace", lambda X: len(X) / np.linalg.norm(X) ** 2),
        "row norms": (None, lambda X: 1 / np.max((X**2).sum(axis=1))),
        "largest entry": (None, lambda X: 1 / np.max(np.abs(X)) ** 2),
        "array": (None, lambda X: np.array([len(X) / np.linalg.norm(X, 2) ** 2])),
        "complex": (None, lambda X: (len(X) / np.linalg.eigvals(X.T @ X).astype(complex))[0]),
        "a bit below": (None, lambda X: 0.999999 * len(X) / np.linalg.norm(X, 2) ** 2),
        "condition": (None, lambda X: 1 / np.linalg.cond(X)),
        "sum norm": (None, lambda X: len(X) / np.linalg.norm(X.T @ X, 1)),
    },
    "line_in_raw_units": {
        "unchanged intercept": (
            "intercept-unchanged",
            lambda a, b, mean, std: np.array([a / std, b]),
        ),
        "positive slope": (None, lambda a, b, mean, std: (abs(a) / std, b - abs(a) * mean / std)),
        "positive mean": (None, lambda a, b, mean, std: (a / std, b - a * abs(mean) / std)),
        "positive intercept": (None, lambda a, b, mean, std: (a / std, abs(b) - a * mean / std)),
        "swapped": (None, lambda a, b, mean, std: (b - a * mean / std, a / std)),
        "variance": (None, lambda a, b, mean, std: (a / std**2, b - a * mean / std**2)),
        "a function": (None, lambda a, b, mean, std: lambda x: a * (x - mean) / std + b),
        "text": (None, lambda a, b, mean, std: f"{a / std} x + {b - a * mean / std}"),
        "rounded": (
            None,
            lambda a, b, mean, std: (round(a / std, 3), round(b - a * mean / std, 3)),
        ),
        "epsilon": (
            None,
            lambda a, b, mean, std: (a / (std + 1e-6), b - a * mean / (std + 1e-6)),
        ),
    },
    "standardise": {
        "sample deviation": ("sample-deviation", functools.partial(_z, ddof=1)),
        "epsilon": (None, functools.partial(_z, epsilon=1e-6)),
        "ruins its input": (None, _z_ruins),
        "test first": (None, lambda A, B: _z(A, B)[::-1]),
        "stacked": (None, lambda A, B: np.vstack(_z(A, B))),
        "statistics of test": ("statistics-of-the-test-rows", lambda A, B: _z(A, B, source=B)),
        "median": (None, lambda A, B: tuple((T - np.median(A, 0)) / A.std(0) for T in (A, B))),
        "clipped": (None, lambda A, B: tuple(np.clip(T, -1, 1) for T in _z(A, B))),
        "train only": (None, lambda A, B: _z(A, B)[0]),
        "matrices": (None, lambda A, B: tuple(map(np.matrix, _z(A, B)))),
        "whole numbers": (None, lambda A, B: tuple(T.astype(int) for T in _z(A, B))),
        "one column": (None, lambda A, B: (np.c_[_z(A, B)[0][:, :1], A[:, 1:]], _z(A, B)[1])),
        "lists": (None, lambda A, B: tuple(T.tolist() for T in _z(A, B))),
        "last digits": (None, lambda A, B: tuple(T * (1 + 1e-6) for T in _z(A, B))),
    },
    "fit_line": {
        "swapped, polyfit": (
            "slope-and-intercept-swapped",
            lambda x, y: tuple(np.polyfit(x, y, 1)[::-1]),
        ),
        "too few steps": (None, _fit_short),
        "nearly enough steps": (None, functools.partial(_fit_short, steps=50)),
        "diverges": ("exploded", _diverges),
        "rising only": (
            None,
            lambda x, y: (lambda a: (a, y.mean() - a * x.mean()))(abs(np.polyfit(x, y, 1)[0])),
        ),
        "first and last": (
            None,
            lambda x, y: (
                (y[-1] - y[0]) / (x[-1] - x[0]),
                y[0] - (y[-1] - y[0]) / (x[-1] - x[0]) * x[0],
            ),
        ),
        "rounded": (None, lambda x, y: tuple(np.round(np.polyfit(x, y, 1), 3))),
        "slope only": (None, lambda x, y: np.polyfit(x, y, 1)[0]),
        "flat": (None, lambda x, y: (0.0, y.mean())),
        "ridge": (
            None,
            lambda x, y: (lambda a: (a, y.mean() - a * x.mean()))(
                np.cov(x, y)[0, 1] / (np.var(x, ddof=1) + 0.01)
            ),
        ),
        "polynomial object": (None, lambda x, y: np.poly1d(np.polyfit(x, y, 1))),
        "never returns": (None, lambda x, y: np.polyfit(x, y, 1) and None),
    },
}
