"""Chapter 3, wrong answers: the sigmoid and its relatives, the pushes, and a neuron trained."""

import math

import numpy as np

from .ch03 import (
    _entropy_masks,
    _fit_newton,
    _leak_choose,
    _logistic_signs,
    _output_in_place,
    _p,
    _slope_in_place,
    _squared_columns,
    _steady,
    _tanh_in_place,
)


def _ruins_x(X, w, b):
    X *= w
    return _steady(X.sum(axis=1) + b)


def _into_dy(dy, z, slope):
    dy[z <= 0] *= slope
    return dy


def _into_da(da, a):
    da *= 1 - a * a
    return da


def _scaled(gradients, dw, db):
    """Two gradients with a factor each, functions of (m, n)."""

    def wrong(X, y, w, b):
        one, other = gradients(X, y, w, b)
        return dw(*X.shape) * one, db(*X.shape) * other

    return wrong


def _line(w1, w2, b, p):
    return -w1 / w2, (math.log(p / (1 - p)) - b) / w2


def _quiet(function):
    def wrong(z, y):
        with np.errstate(all="ignore"):
            return function(z, y)

    return wrong


def _by_p(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() / len(y)


def _few_steps(X, y):
    mean, std = X.mean(0), X.std(0)
    Z = (X - mean) / std
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(10):
        dz = (_steady(Z @ w + b) - y) / len(y)
        w, b = w - Z.T @ dz, b - dz.sum()
    return w / std, b - w / std @ mean


WRONG = {
    "neuron_output": {
        "no sigmoid, ones": (
            "logits-returned",
            lambda X, w, b: np.c_[X, np.ones(len(X))] @ [*w, b],
        ),
        "other class": ("exponent-sign", lambda X, w, b: 1 - _p(X, w, b)),
        "overwrites X": (None, _ruins_x),
        "column": (None, lambda X, w, b: _p(X, w, b)[:, None]),
        "positive z": (None, lambda X, w, b: _steady(np.abs(X @ w + b))),
        "positive b": (None, lambda X, w, b: _steady(X @ w + abs(b))),
        "rounded": (None, lambda X, w, b: _p(X, w, b).round(3)),
        "first": (None, lambda X, w, b: _p(X, w, b)[0]),
        "list": (None, lambda X, w, b: _p(X, w, b).tolist()),
        "last digits": (None, lambda X, w, b: _output_in_place(X, w, b) * (1 + 1e-6)),
        "base two": (None, lambda X, w, b: 1 / (1 + 2.0 ** -(X @ w + b))),
    },
    "sigmoid_slope": {
        "z for a, expanded": ("z-in-place-of-the-output", lambda z: z - z**2),
        "tanh": (None, lambda z: 1 - np.tanh(z) ** 2),
        "minus, in place": ("minus-sign", lambda z: -_slope_in_place(z)),
        "nudged": (None, lambda z: (_steady(z + 0.01) - _steady(z - 0.01)) / 0.02),
        "half": (None, lambda z: _slope_in_place(z) / 2),
        "largest": (None, lambda z: np.max(_slope_in_place(z))),
        "a quarter": (None, lambda z: np.full_like(z, 0.25)),
        "right half": (None, lambda z: np.where(z > 0, _slope_in_place(z), 0)),
        "list": (None, lambda z: _slope_in_place(z).tolist()),
        "overwrites z": (None, lambda z: np.multiply(z, 0, out=z) + 0.25),
        "last digits": (None, lambda z: _slope_in_place(z) * (1 + 1e-6)),
    },
    "tanh_gradient": {
        "sigmoid's, expanded": ("slope-of-the-sigmoid", lambda da, a: da * a - da * a**2),
        "no upstream": ("upstream-forgotten", lambda da, a: (1 - a) * (1 + a)),
        "into da": (None, _into_da),
        "plus": (None, lambda da, a: da * (1 + a**2)),
        "halved": (None, lambda da, a: _tanh_in_place(da, a) / 2),
        "transposed": (None, lambda da, a: _tanh_in_place(da, a).T.copy()),
        "positive upstream": (None, lambda da, a: _tanh_in_place(np.abs(da), a)),
        "summed": (None, lambda da, a: _tanh_in_place(da, a).sum(axis=0)),
        "cube": (None, lambda da, a: da * (1 - np.abs(a) ** 3)),
        "last digits": (None, lambda da, a: _tanh_in_place(da, a) * (1 + 1e-6)),
    },
    "leaky_relu_gradient": {
        "relu, by product": ("relu", lambda dy, z, slope: dy * np.heaviside(z, 0)),
        "corner, by maximum": (
            "corner-to-the-right",
            lambda dy, z, slope: dy * np.maximum(z >= 0, slope),
        ),
        "half in the corner": (
            None,
            lambda dy, z, slope: dy * (slope + (1 - slope) * np.heaviside(z, 0.5)),
        ),
        "into dy": (None, _into_dy),
        "corner dead": (None, lambda dy, z, slope: dy * (z > 0) + slope * dy * (z < 0)),
        "divided": (None, lambda dy, z, slope: np.where(z > 0, dy, dy / slope)),
        "added": (None, lambda dy, z, slope: np.where(z > 0, dy, dy + slope)),
        "transposed": (None, lambda dy, z, slope: _leak_choose(dy, z, slope).T.copy()),
        "size of z": (None, lambda dy, z, slope: np.where(np.abs(z) > 0, dy, slope * dy)),
        "last digits": (None, lambda dy, z, slope: _leak_choose(dy, z, slope) * (1 + 1e-6)),
    },
    "logistic_gradients": {
        "sum": ("missing-1/m", _scaled(_logistic_signs, lambda m, n: m, lambda m, n: m)),
        "uphill": ("sign-flipped", _scaled(_logistic_signs, lambda m, n: -1, lambda m, n: -1)),
        "halves": (None, _scaled(_logistic_signs, lambda m, n: 0.5, lambda m, n: 0.5)),
        "only db turned": (None, _scaled(_logistic_signs, lambda m, n: 1, lambda m, n: -1)),
        "m - 1": (
            None,
            _scaled(_logistic_signs, lambda m, n: m / (m - 1), lambda m, n: m / (m - 1)),
        ),
        "positive inputs": (None, lambda X, y, w, b: _logistic_signs(np.abs(X), y, w, b)),
        "positive bias": (None, lambda X, y, w, b: _logistic_signs(X, y, w, abs(b))),
        "dw alone": (None, lambda X, y, w, b: _logistic_signs(X, y, w, b)[0]),
        "one array": (None, lambda X, y, w, b: np.append(*_logistic_signs(X, y, w, b))),
        "column": (
            None,
            lambda X, y, w, b: (
                _logistic_signs(X, y, w, b)[0][:, None],
                _logistic_signs(X, y, w, b)[1],
            ),
        ),
        "db of one entry": (
            None,
            lambda X, y, w, b: (
                _logistic_signs(X, y, w, b)[0],
                np.array([_logistic_signs(X, y, w, b)[1]]),
            ),
        ),
        "last digits": (
            None,
            _scaled(_logistic_signs, lambda m, n: 1 + 1e-6, lambda m, n: 1 + 1e-6),
        ),
    },
    "decision_line": {
        "boundary": ("always-a-half", lambda w1, w2, b, p: np.array([-w1, -b]) / w2),
        "p for z": ("p-for-logit", lambda w1, w2, b, p: (-w1 / w2, (p - b) / w2)),
        "positive weight": (None, lambda w1, w2, b, p: _line(w1, abs(w2), b, p)),
        "positive bias": (None, lambda w1, w2, b, p: _line(w1, w2, abs(b), p)),
        "both turned": (None, lambda w1, w2, b, p: tuple(-v for v in _line(w1, w2, b, p))),
        "slope alone": (None, lambda w1, w2, b, p: -w1 / w2),
        "three": (None, lambda w1, w2, b, p: (w1, w2, b - math.log(p / (1 - p)))),
        "text": (None, lambda w1, w2, b, p: "x2 = {} x1 + {}".format(*_line(w1, w2, b, p))),
        "rounded": (None, lambda w1, w2, b, p: tuple(round(v, 2) for v in _line(w1, w2, b, p))),
        "1 - p": (None, lambda w1, w2, b, p: (-w1 / w2, (math.log(1 - p) - b) / w2)),
        "last digits": (
            None,
            lambda w1, w2, b, p: tuple(v * (1 + 1e-6) for v in _line(w1, w2, b, p)),
        ),
    },
    "squared_error_neuron": {
        "cross-entropy's": ("push-of-the-cross-entropy", _logistic_signs),
        "twice that": (
            "slope-forgotten",
            _scaled(_logistic_signs, lambda m, n: 2, lambda m, n: 2),
        ),
        "half": (
            "factor-2-lost",
            _scaled(_squared_columns, lambda m, n: 0.5, lambda m, n: 0.5),
        ),
        "half in one": (None, _scaled(_squared_columns, lambda m, n: 0.5, lambda m, n: 1)),
        "positive inputs": (None, lambda X, y, w, b: _squared_columns(np.abs(X), y, w, b)),
        "positive bias": (None, lambda X, y, w, b: _squared_columns(X, y, w, abs(b))),
        "largest slope": (
            None,
            _scaled(_logistic_signs, lambda m, n: 0.5, lambda m, n: 0.5),
        ),
        "swapped labels": (None, lambda X, y, w, b: _squared_columns(X, 1 - y, w, b)),
        "dict": (None, lambda *g: dict(zip(("dw", "db"), _squared_columns(*g), strict=True))),
        "last digits": (
            None,
            _scaled(_squared_columns, lambda m, n: 1 + 1e-6, lambda m, n: 1 + 1e-6),
        ),
    },
    "cross_entropy_from_logits": {
        "through p": ("by-way-of-p", _quiet(_by_p)),
        "softplus as it stands": (
            "exponential-overflows",
            _quiet(lambda z, y: np.mean(np.log(1 + np.exp(z)) - z * y)),
        ),
        "epsilon inside": (
            None,
            _quiet(
                lambda z, y: (
                    -np.mean(
                        y * np.log(_steady(z) + 1e-9) + (1 - y) * np.log(1 - _steady(z) + 1e-9)
                    )
                )
            ),
        ),
        "clipped logits": (None, lambda z, y: _entropy_masks(np.clip(z, -30, 30), y)),
        "hinge": (None, lambda z, y: np.mean(np.maximum(0, 1 - (2 * y - 1) * z))),
        "nothing for NaN": (
            None,
            _quiet(lambda z, y: np.nan_to_num(-(y * np.log(_steady(z)))).mean()),
        ),
        "array": (None, lambda z, y: np.array([_entropy_masks(z, y)])),
        "far side only": (None, lambda z, y: np.mean(np.maximum(z, 0) - z * y)),
        "m - 1": (None, lambda z, y: _entropy_masks(z, y) * len(z) / (len(z) - 1)),
        "last digits": (None, lambda z, y: _entropy_masks(z, y) * (1 + 1e-6)),
    },
    "fit_neuron": {
        "standardised, left there": (
            "units-not-mapped-back",
            lambda X, y: _fit_newton((X - X.mean(0)) / X.std(0), y),
        ),
        "turned": ("labels-swapped", lambda X, y: _fit_newton(X, 1 - y)),
        "few steps": (None, _few_steps),
        "zeros": (None, lambda X, y: (np.zeros(X.shape[1]), 0.0)),
        "right on average": (
            None,
            lambda X, y: (np.zeros(X.shape[1]), math.log(y.mean() / (1 - y.mean()))),
        ),
        "one vector": (None, lambda X, y: np.append(*_fit_newton(X, y))),
        "w alone": (None, lambda X, y: _fit_newton(X, y)[0]),
        "positive weights": (
            None,
            lambda X, y: (2 * np.abs(_fit_newton(X, y)[0]), _fit_newton(X, y)[1]),
        ),
        "sure of it": (None, lambda X, y: tuple(3 * v for v in _fit_newton(X, y))),
        "nearly": (None, lambda X, y: tuple(v * (1 + 1e-3) for v in _fit_newton(X, y))),
    },
}
