"""Chapter 2: the line, its gradients, steps, and the matrix."""

import math
import statistics

import numpy as np


def _d(x, y, a, b):
    """Both gradients of the line, said once for the answers that need them."""
    e = [a * p + b - q for p, q in zip(x, y, strict=True)]
    return [2 * math.fsum(map(float.__mul__, e, map(float, x))) / len(e), 2 * math.fsum(e) / len(e)]


def _in_place(x, theta0, theta1):
    out = x.copy()
    out *= theta0
    out += theta1
    return out


def _running_mean(prediction, target):
    mean = 0.0
    for k, (p, t) in enumerate(zip(prediction, target, strict=True), start=1):
        mean += ((p - t) ** 2 - mean) / k
    return mean


def _trace(prediction, target):
    e = (prediction - target)[:, None]
    return np.trace(e @ e.T) / len(e)


def _curve(x, y, a, b, c):
    return np.einsum("ij,i->j", np.vander(x, 3), 2 * (np.polyval([a, b, c], x) - y)) / len(x)


def _curve_running(x, y, a, b, c):
    grads = np.zeros(3)
    for p, q in zip(x, y, strict=True):
        grads += 2 * (a * p**2 + b * p + c - q) * np.array([p * p, p, 1])
    grads /= x.shape[0]
    return list(grads)


def _curve_complex(x, y, *theta):
    out = []
    for k in range(3):
        moved = [complex(t, 1e-30 * (j == k)) for j, t in enumerate(theta)]
        error = moved[0] * x**2 + moved[1] * x + moved[2] - y
        out.append(np.mean(error**2).imag / 1e-30)
    return tuple(out)


def _step(x, y, a, b, lr):
    return [t - lr * d for t, d in zip((a, b), _d(x, y, a, b), strict=True)]


def _gradient_columns(X, y, theta):
    return np.array([2 * statistics.fmean(map(float, (X @ theta - y) * c)) for c in X.T])


def _gradient_in_place(X, y, theta):
    error = X.dot(theta)
    np.subtract(error, y, out=error)
    out = np.empty(X.shape[1])
    np.dot(error, X, out=out)
    out *= 2 / error.size
    return out


def _gradient_loops(X, y, theta):
    m, n = X.shape
    out = np.zeros(n)
    for i in range(m):
        error = -y[i]
        for j in range(n):
            error += X[i, j] * theta[j]
        for j in range(n):
            out[j] += 2 * error * X[i, j] / m
    return out


def _limit_iteration(X):
    v = np.ones(X.shape[1])
    for _ in range(20000):
        v = X.T @ (X @ v)
        v /= np.linalg.norm(v)
    return len(X) / np.linalg.norm(X @ v) ** 2


def _raw_by_fit(slope, intercept, mean, std):
    x = np.array([mean - std, mean, mean + 2 * std])
    return np.linalg.lstsq(np.c_[x, np.ones(3)], slope * (x - mean) / std + intercept)[0]


def _z_list(X_train, X_test):
    columns = [(statistics.fmean(c), statistics.pstdev(map(float, c))) for c in X_train.T.tolist()]
    return [
        np.array([[(v - m) / s for v, (m, s) in zip(row, columns, strict=True)] for row in X])
        for X in (X_train, X_test)
    ]


def _z_in_place(X_train, X_test):
    A, B = X_train.copy(), X_test.copy()
    mean = A.mean(axis=0, keepdims=True)
    A -= mean
    B -= mean
    std = np.linalg.norm(A, axis=0) / np.sqrt(len(A))
    A /= std
    B /= std
    return A, B


def _fit_normal(x, y):
    m = len(x)
    A = np.array([[np.dot(x, x), x.sum()], [x.sum(), m]])
    return tuple(np.linalg.solve(A, [np.dot(x, y), y.sum()]))


def _fit_newton(x, y):
    theta = np.zeros(2)
    X = np.column_stack([x, np.ones(len(x))])
    H = 2 * X.T @ X / len(x)
    for _ in range(3):
        theta = theta - np.linalg.solve(H, 2 * X.T @ (X @ theta - y) / len(x))
    return theta


def _fit_momentum(x, y):
    mean, std = x.mean(), x.std()
    z = (x - mean) / std
    theta, v = np.zeros(2), np.zeros(2)
    for _ in range(400):
        error = theta[0] * z + theta[1] - y
        v = 0.5 * v - 0.2 * 2 * np.array([np.mean(error * z), np.mean(error)])
        theta = theta + v
    return theta[0] / std, theta[1] - theta[0] * mean / std


RIGHT = {
    "predict_line": {
        "in place": _in_place,
        "outer": lambda x, a, b: np.add.outer(np.multiply(a, x), b).ravel(),
        "fromiter": lambda x, a, b: np.fromiter((a * v + b for v in x), dtype=float),
        "vectorize": lambda x, a, b: np.vectorize(lambda v: a * v + b)(x),
        "interpolation": lambda x, a, b: np.interp(x, [-500, 500], [b - 500 * a, b + 500 * a]),
        "float32": lambda x, a, b: (a * x + b).astype(np.float32),
        "polynomial": lambda x, a, b: np.poly1d([a, b])(x),
    },
    "mean_squared_error": {
        "running mean": _running_mean,
        "trace": _trace,
        "fsum": lambda p, t: math.fsum((p - t) ** 2) / len(p),
        "variance and bias": lambda p, t: np.var(p - t) + np.mean(p - t) ** 2,
        "einsum": lambda p, t: np.einsum("i,i", p - t, p - t) / p.size,
        "0-d array": lambda p, t: np.array(np.mean(np.square(t - p))),
        "average": lambda p, t: np.average((p - t) ** 2, weights=np.ones(len(p))),
    },
    "line_gradients": {
        "fsum": lambda x, y, a, b: tuple(_d(x, y, a, b)),
        "list": _d,
        "gradient of the mean": lambda x, y, a, b: (
            2 * (a * np.mean(x * x) + b * np.mean(x) - np.mean(x * y)),
            2 * (a * np.mean(x) + b - np.mean(y)),
        ),
        "einsum": lambda x, y, a, b: np.einsum(
            "ji,i->j", np.stack([x, np.ones(len(x))]), 2 * (a * x + b - y) / len(x)
        ),
        "complex step": lambda x, y, a, b: (
            np.mean(((a + 1e-30j) * x + b - y) ** 2).imag / 1e-30,
            np.mean((a * x + b + 1e-30j - y) ** 2).imag / 1e-30,
        ),
    },
    "curve_gradients": {
        "einsum": _curve,
        "running": _curve_running,
        "complex step": _curve_complex,
        "starred": lambda x, y, *t: tuple(
            2 * np.mean((np.polyval(t, x) - y) * x ** (2 - k)) for k in range(3)
        ),
    },
    "gradient_step": {
        "list": _step,
        "array": lambda *g: np.array(_step(*g)),
        "negated": lambda x, y, a, b, lr: (
            a + lr * -_d(x, y, a, b)[0],
            b + lr * -_d(x, y, a, b)[1],
        ),
        "matrix form": lambda x, y, a, b, lr: tuple(
            (np.eye(2) - 2 * lr / len(x) * (X := np.c_[x, x * 0 + 1]).T @ X) @ [a, b]
            + 2 * lr / len(x) * X.T @ y
        ),
    },
    "equal_learning_rates": {
        "array": lambda lr, m: np.array([2, 1 / m, 2 / m]) * lr,
        "outer": lambda lr, m: np.outer([1, 1 / m], [1, 2]).ravel()[[1, 2, 3]] * lr,
        "list": lambda lr, m: [lr / 0.5, lr / m, lr / (m / 2)],
        "logarithms": lambda lr, m: tuple(
            np.exp(np.log(lr) + s) for s in (np.log(2), -np.log(m), np.log(2) - np.log(m))
        ),
    },
    "mse_gradient": {
        "columns": _gradient_columns,
        "in place": _gradient_in_place,
        "three loops": _gradient_loops,
        "float32": lambda X, y, t: (2 * X.T @ (X @ t - y) / len(y)).astype(np.float32),
        "row vector": lambda X, y, t: ((X @ t - y)[None] @ X)[0] * 2 / len(X),
        "tensordot": lambda X, y, t: np.tensordot(X @ t - y, X, axes=1) / (len(X) / 2),
    },
    "learning_rate_limit": {
        "power iteration": _limit_iteration,
        "singular values": lambda X: len(X) / np.linalg.svd(X, compute_uv=False)[0] ** 2,
        "general eigenvalues": lambda X: len(X) / np.abs(np.linalg.eigvals(X.T @ X)).max(),
        "spectral norm": lambda X: 1 / np.linalg.norm(X.T @ X / len(X), 2),
        "two over the hessian": lambda X: (
            2
            / max(
                np.linalg.eigvalsh(
                    np.cov(X.T, bias=True) * 2 + 2 * np.outer(X.mean(axis=0), X.mean(axis=0))
                )
            )
        ),
    },
    "line_in_raw_units": {
        "fit": _raw_by_fit,
        "array": lambda a, b, mean, std: np.array([a, b * std - a * mean]) / std,
        "polynomial": lambda a, b, mean, std: tuple(
            np.polyadd(np.polymul([a], [1 / std, -mean / std]), [b])
        ),
        "list": lambda a, b, mean, std: [a / std, b + a * (0 - mean) / std],
    },
    "standardise": {
        "lists inside": _z_list,
        "in place on copies": _z_in_place,
        "starred list": lambda A, B: [(T - A.mean(0)) / A.std(0) for T in (A, B)],
        "transposed": lambda A, B: tuple(
            ((T.T - A.T.mean(1)[:, None]) / A.T.std(1)[:, None]).T for T in (A, B)
        ),
        "moments": lambda A, B: tuple(
            (T - A.mean(0)) / np.sqrt(((A - A.mean(0)) ** 2).mean(0)) for T in (A, B)
        ),
        "apply along axis": lambda A, B: (
            np.apply_along_axis(lambda c: (c - c.mean()) / c.std(), 0, A),
            (B - A.mean(0)) / A.std(0),
        ),
    },
    "fit_line": {
        "normal equations": _fit_normal,
        "newton": _fit_newton,
        "momentum": _fit_momentum,
        "polyfit": lambda x, y: np.polyfit(x, y, 1),
        "pinv": lambda x, y: np.linalg.pinv(np.c_[x, np.ones_like(x)]) @ y,
    },
}
