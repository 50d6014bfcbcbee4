"""Chapter 3: the sigmoid and its relatives, the pushes, and a neuron trained."""

import math
import statistics

import numpy as np


def _s(z):
    return 1 / (1 + math.exp(-z))


def _p(X, w, b):
    """Probabilities said once for the answers that need them, one after the other."""
    return np.array([_s(float(row @ w) + b) for row in X])


def _steady(z):
    """The sigmoid from an exponential that never overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def _output_in_place(X, w, b):
    out = X.dot(w)
    out += b
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


def _slope_complex(z):
    return (1 / (1 + np.exp(-(z + 1e-30j)))).imag / 1e-30


def _slope_in_place(z):
    out = np.exp(-z)
    out += 1
    np.divide(1, out, out=out)
    out -= out * out
    return out


def _tanh_rows(da, a):
    return np.vstack([row * (1 - np.square(out)) for row, out in zip(da, a, strict=True)])


def _tanh_in_place(da, a):
    out = np.multiply(a, a)
    np.subtract(1, out, out=out)
    out *= da
    return out


def _leak_sign(dy, z, slope):
    left = (1 - np.sign(z)) / 2  # 1 on the left, a half in the corner, 0 on the right
    return dy * (1 - np.ceil(left) * (1 - slope))


def _leak_choose(dy, z, slope):
    return np.choose((z > 0).astype(int), [slope * dy, dy])


def _logistic_columns(X, y, w, b):
    error = _p(X, w, b) - y
    return np.array([statistics.fmean(map(float, error * column)) for column in X.T]), math.fsum(
        error
    ) / len(y)


def _logistic_signs(X, y, w, b):
    side = 2 * y - 1  # -1 and 1
    push = -side / (1 + np.exp(side * (X @ w + b))) / len(y)
    return push @ X, float(push.sum())


def _logistic_complex(X, y, w, b):
    def loss(w, b):
        z = X @ w + b
        return np.mean(np.log(1 + np.exp(z)) - y * z)

    h = 1e-30j
    dw = [loss(w + h * one, b).imag / 1e-30 for one in np.eye(len(w))]
    return np.array(dw), loss(w, b + h).imag / 1e-30


def _squared_columns(X, y, w, b):
    p = _p(X, w, b)
    push = 2 * (p - y) * (p - p * p)
    return np.array([statistics.fmean(map(float, push * column)) for column in X.T]), np.mean(push)


def _squared_complex(X, y, w, b):
    def loss(w, b):
        return np.mean((1 / (1 + np.exp(-(X @ w + b))) - y) ** 2)

    h = 1e-30j
    dw = [loss(w + h * one, b).imag / 1e-30 for one in np.eye(len(w))]
    return [np.array(dw), loss(w, b + h).imag / 1e-30]


def _entropy_masks(z, y):
    wrong_by = np.where(y == 1, -z, z)  # the logit of what did not happen
    out = np.empty_like(z)
    far = wrong_by > 0
    out[far] = wrong_by[far] + np.log1p(np.exp(-wrong_by[far]))
    out[~far] = np.log1p(np.exp(wrong_by[~far]))
    return out.mean()


def _entropy_fsum(z, y):
    terms = []
    for v, label in zip(z.tolist(), y.tolist(), strict=True):
        terms += [max(v, 0.0), -v * label, math.log1p(math.exp(-abs(v)))]
    return math.fsum(terms) / len(z)


def _line_solve(w1, w2, b, p):
    z = math.log(p) - math.log(1 - p)
    points = [[x1, (z - b - w1 * x1) / w2] for x1 in (-1.0, 2.0)]
    return tuple(np.linalg.solve([[x1, 1.0] for x1, _ in points], [x2 for _, x2 in points]))


def _fit_momentum(X, y):
    mean, std = X.mean(0), X.std(0)
    A = np.c_[(X - mean) / std, np.ones(len(y))]
    theta, v = np.zeros(A.shape[1]), 0.0
    for _ in range(4000):
        v = 0.8 * v - 1.0 * A.T @ (_steady(A @ theta) - y) / len(y)
        theta = theta + v
    w = theta[:-1] / std
    return w, theta[-1] - np.dot(w, mean)


def _fit_newton(X, y):
    mean, std = X.mean(0), X.std(0)
    A = np.c_[(X - mean) / std, np.ones(len(y))]
    theta = np.zeros(A.shape[1])
    for _ in range(25):
        p = _steady(A @ theta)
        theta += np.linalg.lstsq((A.T * (p * (1 - p))) @ A, A.T @ (y - p), rcond=None)[0]
    return [theta[:-1] / std, float(theta[-1] - (theta[:-1] / std) @ mean)]


def _fit_min_max(X, y):
    low, span = X.min(0), np.ptp(X, axis=0)
    A = np.c_[(X - low) / span - 0.5, np.ones(len(y))]
    theta = np.ones(A.shape[1])
    for _ in range(20000):
        theta -= 4.0 * A.T @ (_steady(A @ theta) - y) / len(y)
    w = theta[:-1] / span
    return w, theta[-1] - 0.5 * theta[:-1].sum() - w @ low


def _fit_other_start(X, y):
    mean, std = X.mean(0), X.std(0)
    Z = (X - mean) / std
    w, b = np.full(X.shape[1], -2.0), 1.0
    for _ in range(6000):
        dz = (_steady(Z @ w + b) - y) / len(y)
        w, b = w - 2 * dz @ Z, b - 2 * dz.sum()
    return w / std, b - (w * mean / std).sum()


RIGHT = {
    "neuron_output": {
        "one by one": _p,
        "in place": _output_in_place,
        "steady": lambda X, w, b: _steady(X @ w + b),
        "float32": lambda X, w, b: _steady(X @ w + b).astype(np.float32),
        "column of ones": lambda X, w, b: _steady(np.c_[X, np.ones(len(X))] @ np.r_[w, b]),
        "from the odds": lambda X, w, b: 1 - 1 / (1 + np.exp(X @ w + b)),
        "vectorize": lambda X, w, b: np.vectorize(_s)(X @ w + b),
    },
    "sigmoid_slope": {
        "complex step": _slope_complex,
        "in place": _slope_in_place,
        "hyperbolic": lambda z: 0.25 / np.cosh(z / 2) ** 2,
        "fromiter": lambda z: np.fromiter((_s(v) * (1 - _s(v)) for v in z), dtype=float),
        "steady": lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2,
        "float32": lambda z: (_steady(z) * _steady(-z)).astype(np.float32),
    },
    "tanh_gradient": {
        "rows": _tanh_rows,
        "in place": _tanh_in_place,
        "float32": lambda da, a: (da * (1 - a * a)).astype(np.float32),
        "through the sigmoid": lambda da, a: 4 * da * (1 + a) / 2 * (1 - a) / 2,
        "vectorize": lambda da, a: np.vectorize(lambda d, v: d - d * v * v)(da, a),
        "from z again": lambda da, a: da * (1 - np.tanh(np.arctanh(a)) ** 2),
    },
    "leaky_relu_gradient": {
        "sign": _leak_sign,
        "choose": _leak_choose,
        "clipped": lambda dy, z, slope: dy * (z > 0).astype(float).clip(slope, 1),
        "maximum": lambda dy, z, slope: dy * np.maximum(z > 0, slope),
        "heaviside": lambda dy, z, slope: dy * (slope + (1 - slope) * np.heaviside(z, 0)),
        "from the output": lambda dy, z, slope: (
            dy * np.where(np.maximum(z, slope * z) > 0, 1, slope)
        ),
        "float32": lambda dy, z, slope: np.where(z > 0, dy, slope * dy).astype(np.float32),
    },
    "logistic_gradients": {
        "columns": _logistic_columns,
        "labels of both signs": _logistic_signs,
        "complex step": _logistic_complex,
        "list": lambda *g: list(_logistic_columns(*g)),
        "averages of two groups": lambda X, y, w, b: (
            np.average(X, axis=0, weights=_p(X, w, b)) * _p(X, w, b).mean() - y @ X / len(y),
            _p(X, w, b).mean() - y.mean(),
        ),
    },
    "decision_line": {
        "two points": _line_solve,
        "arctanh": lambda w1, w2, b, p: (-w1 / w2, (2 * math.atanh(2 * p - 1) - b) / w2),
        "array": lambda w1, w2, b, p: np.array([-w1, math.log(p / (1 - p)) - b]) / w2,
        "base two": lambda w1, w2, b, p: [
            -w1 / w2,
            ((math.log2(p) - math.log2(1 - p)) * math.log(2) - b) / w2,
        ],
        "from the other class": lambda w1, w2, b, p: (
            -(w1 / w2),
            -(math.log((1 - p) / p) + b) / w2,
        ),
    },
    "squared_error_neuron": {
        "columns": _squared_columns,
        "complex step": _squared_complex,
        "labels apart": lambda X, y, w, b: (
            -2 * np.mean(((y - _p(X, w, b)) * _p(X, w, b) * (1 - _p(X, w, b)))[:, None] * X, 0),
            -2 * np.mean((y - _p(X, w, b)) * _p(X, w, b) * (1 - _p(X, w, b))),
        ),
        "dot products": lambda X, y, w, b: (
            np.array([np.dot(column, _pushes(X, y, w, b)) for column in X.T]),
            math.fsum(_pushes(X, y, w, b)),
        ),
    },
    "cross_entropy_from_logits": {
        "masks": _entropy_masks,
        "fsum": _entropy_fsum,
        "logaddexp of two": lambda z, y: np.mean(
            y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
        ),
        "reduce": lambda z, y: np.mean(np.logaddexp.reduce(np.stack([0 * z, z])) - z * y),
        "relu of the wrong side": lambda z, y: (
            np.mean(np.maximum((1 - 2 * y) * z, 0)) + np.mean(np.log1p(np.exp(-np.abs(z))))
        ),
    },
    "fit_neuron": {
        "momentum": _fit_momentum,
        "newton": _fit_newton,
        "min-max": _fit_min_max,
        "another start": _fit_other_start,
    },
}


def _pushes(X, y, w, b):
    p = _p(X, w, b)
    return 2 / len(y) * (p - y) * p * (1 - p)
