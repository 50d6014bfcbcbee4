"""Chapter 3: every mistake that has a name, made by somebody else, in another style."""

import functools
import math
import operator
import statistics

import numpy as np

# ── what a neuron says ───────────────────────────────────────────────────────────────────────────


def _s(z):
    return 1 / (1 + math.exp(-z))


def _each(X, w, b, start=None, product=operator.mul, end=_s, after=0.0):
    """Row by row; what is handed in replaces one part of it."""
    out = []
    for row in X:
        z = b if start is None else start
        for x_j, w_j in zip(row, w, strict=True):
            z = z + product(x_j, w_j)
        out.append(end(z) + after)
    return np.array(out)


OUTPUT = {
    "logits-returned": (lambda X, w, b: _each(X, w, b, end=float),),
    "exponent-sign": (lambda X, w, b: _each(X, w, b, end=lambda z: 1 / (1 + math.exp(z))),),
    "brackets-missing": (lambda X, w, b: _each(X, w, b, end=lambda z: 1 / 1 + math.exp(-z)),),
    "bias-forgotten": (lambda X, w, b: _each(X, w, b, start=0.0),),
    "bias-subtracted": (lambda X, w, b: _each(X, w, b, start=-b),),
    "bias-for-each-input": (
        lambda X, w, b: _each(X, w, b, start=0.0, product=lambda x, w: x * w + b),
    ),
    "bias-outside": (lambda X, w, b: _each(X, w, b, start=0.0, after=b),),
    "sigmoid-of-each-input": (
        lambda X, w, b: _each(X, w, b, product=lambda x, w: _s(x * w), end=float),
    ),
    "tanh": (lambda X, w, b: _each(X, w, b, end=lambda z: 2 * _s(2 * z) - 1),),
    "decision-returned": (
        lambda X, w, b: np.round(_each(X, w, b)),
        lambda X, w, b: np.where(_each(X, w, b) > 0.5, 1.0, 0.0),
    ),
    "mean-for-sum": (
        lambda X, w, b: np.array([_s(statistics.fmean(map(float, row * w)) + b) for row in X]),
    ),
}

# ── slopes ───────────────────────────────────────────────────────────────────────────────────────


def _slopes(z, end):
    """One z after the other: end(z, a)."""
    return np.array([end(v, _s(v)) for v in z])


SIGMOID = {
    "z-in-place-of-the-output": (lambda z: _slopes(z, lambda v, a: v - v * v),),
    "value-for-slope": (lambda z: _slopes(z, lambda v, a: a),),
    "minus-sign": (
        lambda z: _slopes(z, lambda v, a: a * a - a),
        lambda z: -np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ),
    "square-of-the-output": (lambda z: 1 / (1 + np.exp(-z)) ** 2,),
    "one-minus-the-output": (
        lambda z: _slopes(z, lambda v, a: 1 - a),
        lambda z: np.exp(-z) / (1 + np.exp(-z)),
    ),
    "slope-of-tanh": (lambda z: _slopes(z, lambda v, a: (1 - a) * (1 + a)),),
    "sigmoid-twice": (lambda z: _slopes(z, lambda v, a: _s(a) * (1 - _s(a))),),
    "exponent-sign": (lambda z: _slopes(z, lambda v, a: math.exp(v) * a**2),),
    "denominator-not-squared-below": (lambda z: _slopes(z, lambda v, a: 1 / a - 1),),
}


def _back(da, a, rate, join=operator.mul):
    """The way back through an activation, entry by entry."""
    out = np.empty(a.shape)
    for place, value in np.ndenumerate(a):
        out[place] = join(da[place], rate(value))
    return out


TANH = {
    "slope-of-the-sigmoid": (lambda da, a: _back(da, a, lambda v: v * (1 - v)),),
    "upstream-forgotten": (lambda da, a: _back(np.ones_like(a), a, lambda v: 1 - v * v),),
    "tanh-twice": (lambda da, a: _back(da, a, lambda v: 1 / math.cosh(v) ** 2),),
    "not-squared": (lambda da, a: da - da * a,),
    "difference-squared": (lambda da, a: _back(da, a, lambda v: 1 - 2 * v + v * v),),
    "sign-flipped": (lambda da, a: _back(da, a, lambda v: v * v - 1),),
    "divided": (lambda da, a: _back(da, a, lambda v: 1 - v * v, join=operator.truediv),),
    "added": (lambda da, a: _back(da, a, lambda v: 1 - v * v, join=operator.add),),
    "value-for-slope": (lambda da, a: np.einsum("ij,ij->ij", da, a),),
    "upstream-squared-away": (lambda da, a: 1 - a * da * a * da,),
}


def _leak(dy, z, slope, right=lambda d, v, s: d, left=lambda d, v, s: s * d, side=None):
    out = []
    for drow, zrow in zip(dy, z, strict=True):
        for d, v in zip(drow, zrow, strict=True):
            on = v > 0 if side is None else side(d, v)
            out.append((right if on else left)(d, v, slope))
    return np.array(out).reshape(z.shape)


LEAK = {
    "relu": (lambda dy, z, s: _leak(dy, z, s, left=lambda d, v, s: 0.0),),
    "upstream-forgotten": (
        lambda dy, z, s: _leak(np.ones_like(dy), z, s),
        lambda dy, z, s: np.maximum(z > 0, s),
    ),
    "sign-of-the-upstream": (
        lambda dy, z, s: _leak(dy, z, s, side=lambda d, v: d > 0),
        lambda dy, z, s: np.maximum(dy, s * dy),
    ),
    "sides-swapped": (lambda dy, z, s: _leak(dy, z, s, side=lambda d, v: v <= 0),),
    "corner-to-the-right": (lambda dy, z, s: _leak(dy, z, s, side=lambda d, v: not v < 0),),
    "value-for-slope": (lambda dy, z, s: dy * np.maximum(z, s * z),),
    "forward-again": (lambda dy, z, s: np.maximum(z, s * z),),
    "leak-of-a-hundredth": (lambda dy, z, s: _leak(dy, z, 0.01),),
    "slope-without-the-upstream": (lambda dy, z, s: _leak(dy, z, s, left=lambda d, v, s: s),),
    "slope-times-z": (lambda dy, z, s: _leak(dy, z, s, left=lambda d, v, s: s * v),),
    "negative-slope": (lambda dy, z, s: _leak(dy, z, -s),),
    "leak-everywhere": (lambda dy, z, s: _leak(dy, z, s, right=lambda d, v, s: s * d),),
}

# ── the pushes ───────────────────────────────────────────────────────────────────────────────────


def _difference(p, y, z):
    return p - y


def _squared(p, y, z):
    return 2 * (p - y) * p * (1 - p)


def _walk(X, y, w, b, push=_difference, m=None, mb=None, store=operator.add, bias=None):
    """Sample by sample; what is handed in replaces one part of it."""
    dw, db = np.zeros(len(w)), 0.0
    for row, label in zip(X, y, strict=True):
        z = float(np.dot(row, w)) + (b if bias is None else bias)
        out = push(_s(z), label, z)
        dw, db = store(dw, out * row), store(db, out)
    m = len(y) if m is None else m
    return dw / m, db / (m if mb is None else mb)


def _pushing(push):
    return functools.partial(_walk, push=push)


def _not_added(X, y, w, b):
    errors = [_s(float(row @ w) + b) - label for row, label in zip(X, y, strict=True)]
    return _walk(X, y, w, b)[0], np.array(errors) / len(y)


LOGISTIC = {
    "missing-1/m": (lambda X, y, w, b: _walk(X, y, w, b, m=1),),
    "1/m-twice": (lambda X, y, w, b: _walk(X, y, w, b, m=len(y) ** 2),),
    "sign-flipped": (_pushing(lambda p, y, z: y - p),),
    "slope-multiplied-in-again": (_pushing(lambda p, y, z: (p - y) * (p - p * p)),),
    "squared-error": (_pushing(_squared),),
    "factor-2": (lambda X, y, w, b: _walk(X, y, w, b, m=len(y) / 2),),
    "stopped-at-p": (_pushing(lambda p, y, z: (1 - y) / (1 - p) - y / p),),
    "logit-for-probability": (_pushing(lambda p, y, z: z - y),),
    "decision-for-probability": (_pushing(lambda p, y, z: round(p) - y),),
    "bias-left-out": (lambda X, y, w, b: _walk(X, y, w, b, bias=0.0),),
    "db-summed": (lambda X, y, w, b: _walk(X, y, w, b, mb=1),),
    "dw-summed": (lambda X, y, w, b: _walk(X, y, w, b, m=1, mb=len(y)),),
    "db-zero": (lambda X, y, w, b: (_walk(X, y, w, b)[0], 0),),
    "n-for-m": (lambda X, y, w, b: _walk(X, y, w, b, m=len(w)),),
    "order-swapped": (lambda X, y, w, b: list(_walk(X, y, w, b))[::-1],),
    "labels-forgotten": (_pushing(lambda p, y, z: p),),
    "averaged-before-multiplying": (
        lambda X, y, w, b: (
            _walk(X, y, w, b)[1] * np.array([statistics.fmean(map(float, c)) for c in X.T]),
            _walk(X, y, w, b)[1],
        ),
    ),
    "last-sample-only": (lambda X, y, w, b: _walk(X, y, w, b, store=lambda old, new: new),),
    "db-not-added": (_not_added,),
}

_slow = functools.partial(_walk, push=_squared)

SQUARED = {
    "slope-forgotten": (_pushing(lambda p, y, z: 2 * (p - y)),),
    "push-of-the-cross-entropy": (_pushing(_difference),),
    "slope-from-z": (_pushing(lambda p, y, z: 2 * (p - y) * (z - z * z)),),
    "sigmoid-twice": (_pushing(lambda p, y, z: 2 * (p - y) * _s(p) * (1 - _s(p))),),
    "slope-of-tanh": (_pushing(lambda p, y, z: 2 * (p - y) * (1 - p) * (1 + p)),),
    "slope-twice": (_pushing(lambda p, y, z: 2 * (p - y) * (p - p * p) ** 2),),
    "factor-2-lost": (lambda X, y, w, b: _slow(X, y, w, b, m=2 * len(y)),),
    "missing-1/m": (lambda X, y, w, b: _slow(X, y, w, b, m=1),),
    "1/m-twice": (lambda X, y, w, b: _slow(X, y, w, b, m=len(y) ** 2),),
    "sign-flipped": (_pushing(lambda p, y, z: 2 * (y - p) * p * (1 - p)),),
    "error-of-the-logit": (_pushing(lambda p, y, z: 2 * (z - y) * p * (1 - p)),),
    "bias-left-out": (lambda X, y, w, b: _slow(X, y, w, b, bias=0.0),),
    "db-summed": (lambda X, y, w, b: _slow(X, y, w, b, mb=1),),
    "dw-summed": (lambda X, y, w, b: _slow(X, y, w, b, m=1, mb=len(y)),),
    "order-swapped": (lambda X, y, w, b: list(_slow(X, y, w, b))[::-1],),
    "n-for-m": (lambda X, y, w, b: _slow(X, y, w, b, m=len(w)),),
}

# ── the line ─────────────────────────────────────────────────────────────────────────────────────


def _solved(w1, w2, b, p, z=lambda p: math.log(p) - math.log(1 - p), bias=1, turn=-1):
    right = z(p) - bias * b
    return [turn * w1 / w2, right / w2]


def _z(z):
    return functools.partial(_solved, z=z)


LINE = {
    "p-for-logit": (_z(float),),
    "always-a-half": (_z(lambda p: 0.0),),
    "odds-upside-down": (_z(lambda p: math.log(1 / p - 1)),),
    "odds-without-logarithm": (_z(lambda p: 1 / (1 / p - 1)),),
    "sigmoid-of-p": (_z(_s),),
    "logarithm-of-p": (_z(math.log),),
    "base-ten": (_z(lambda p: math.log10(p / (1 - p))),),
    "slope-sign": (functools.partial(_solved, turn=1),),
    "bias-sign": (functools.partial(_solved, bias=-1),),
    "bias-forgotten": (functools.partial(_solved, bias=0),),
    "solved-for-x1": (lambda w1, w2, b, p: _solved(w2, w1, b, p),),
    "direction-of-the-weights": (
        lambda w1, w2, b, p: (-1 / _solved(w1, w2, b, p)[0], _solved(w1, w2, b, p)[1]),
    ),
    "intercept-not-divided": (lambda w1, w2, b, p: (-w1 / w2, math.log(p / (1 - p)) - b),),
    "order-swapped": (lambda w1, w2, b, p: np.array(_solved(w1, w2, b, p))[::-1].copy(),),
}

# ── the loss from logits ─────────────────────────────────────────────────────────────────────────


def _sum_of(z, y, term, divide=len):
    with np.errstate(all="ignore"):
        terms = [term(v, label) for v, label in zip(z, y, strict=True)]
        return sum(terms) / (divide(z) if divide else 1)


def _mean(term):
    return functools.partial(_sum_of, term=term)


def _right(v, label):
    return np.logaddexp(0.0, v) - label * v


def _kept_off(epsilon):
    def term(v, label):
        p = min(max(1 / (1 + np.exp(-v)), epsilon), 1 - epsilon)
        return -math.log(p if label else 1 - p)

    return term


def _through_p(v, label):
    p = 1 / (1 + np.exp(-v))
    return -(label * np.log(p) + (1 - label) * np.log(1 - p))


def _through_p_chosen(v, label):
    p = 1 / (1 + np.exp(-v))
    return -np.log(p) if label else -np.log(1 - p)


ENTROPY = {
    "by-way-of-p": (_mean(_through_p),),
    "by-way-of-p-chosen": (_mean(_through_p_chosen),),
    "clipped": (_mean(_kept_off(1e-7)),),
    "clipped-at-1e-8": (_mean(_kept_off(1e-8)),),
    "clipped-at-1e-12": (_mean(_kept_off(1e-12)),),
    "clipped-at-1e-15": (_mean(_kept_off(1e-15)),),
    "exponential-overflows": (_mean(lambda v, label: np.log(1 + np.exp(v)) - label * v),),
    "absolute-value-forgotten": (
        _mean(lambda v, label: np.log1p(np.exp(-v)) + max(v, 0) - label * v),
    ),
    "max-forgotten": (_mean(lambda v, label: np.logaddexp(0, -abs(v)) - label * v),),
    "label-term-forgotten": (_mean(lambda v, label: np.logaddexp(0, v)),),
    "label-term-added": (_mean(lambda v, label: np.logaddexp(0, v) + label * v),),
    "sum-for-mean": (functools.partial(_sum_of, term=_right, divide=None),),
    "one-for-each-sample": (lambda z, y: np.logaddexp(0, z) - z * y,),
    "labels-swapped": (_mean(lambda v, label: _right(v, 1 - label)),),
    "sign-flipped": (_mean(lambda v, label: label * v - np.logaddexp(0, v)),),
    "ones-only": (_mean(lambda v, label: _right(v, 1) if label else 0.0),),
    "in-bits": (_mean(lambda v, label: _right(v, label) * math.log2(math.e)),),
    "squared-error": (_mean(lambda v, label: (1 / (1 + np.exp(-v)) - label) ** 2),),
}

# ── a neuron trained ─────────────────────────────────────────────────────────────────────────────


def _p(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def _least(A, y, steps=60):
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        p = _p(A @ theta)
        theta = theta + np.linalg.solve(A.T @ np.diag(p * (1 - p)) @ A, A.T @ (y - p))
    return theta


def _trained(X, y, back, ones=True):
    mean, std = X.mean(axis=0), X.std(axis=0)
    Z = (X - mean) / std
    theta = _least(np.c_[Z, np.ones(len(y))] if ones else Z, y)
    return back(theta[: X.shape[1]], theta[-1] if ones else 0.0, mean, std)


def _back_with(back, **given):
    return lambda X, y: _trained(X, y, back, **given)


def _right_way(w, b, mean, std):
    return w / std, b - sum(w * mean / std)


FIT = {
    "units-not-mapped-back": (_back_with(lambda w, b, mean, std: (w, float(b))),),
    "bias-not-mapped-back": (_back_with(lambda w, b, mean, std: [w / std, b]),),
    "bias-mapped-with-the-wrong-weights": (
        _back_with(lambda w, b, mean, std: (w / std, b - sum(w * mean))),
    ),
    "bias-mapped-with-the-wrong-sign": (
        _back_with(lambda w, b, mean, std: (w / std, b + sum(w * mean / std))),
    ),
    "multiplied-by-the-deviation": (
        _back_with(lambda w, b, mean, std: (w * std, b - sum(w * mean * std))),
    ),
    "labels-swapped": (lambda X, y: _trained(X, 1 - y, _right_way),),
    "no-bias": (lambda X, y: (_least(X, y), 0.0),),
    "no-bias-while-training": (_back_with(_right_way, ones=False),),
    "straight-line": (
        lambda X, y: (
            np.linalg.lstsq(X - X.mean(0), y - y.mean())[0],
            y.mean() - X.mean(0) @ np.linalg.lstsq(X - X.mean(0), y - y.mean())[0],
        ),
    ),
    "order-swapped": (lambda X, y: list(_trained(X, y, _right_way))[::-1],),
}

NAMED = {
    "neuron_output": OUTPUT,
    "sigmoid_slope": SIGMOID,
    "tanh_gradient": TANH,
    "leaky_relu_gradient": LEAK,
    "logistic_gradients": LOGISTIC,
    "decision_line": LINE,
    "squared_error_neuron": SQUARED,
    "cross_entropy_from_logits": ENTROPY,
    "fit_neuron": FIT,
}
