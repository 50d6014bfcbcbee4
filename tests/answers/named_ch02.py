"""Chapter 2, the line: every mistake that has a name, made by somebody else, in another style."""

import functools
import math
import operator
import statistics

import numpy as np

# ── the line and its loss ────────────────────────────────────────────────────────────────────────


def _line_by_loop(x, slope, intercept, at=lambda v, s, i: s * v + i):
    out = []
    for value in x:
        out.append(at(value, slope, intercept))
    return np.array(out)


def _line_in_place(x, slope, intercept):
    out = np.array(x)
    out += intercept
    out *= slope
    return out


def _line_of_the_first(x, theta0, theta1):
    for value in x:
        prediction = theta0 * value + theta1
        return prediction


LINE = {
    "slope-and-intercept-swapped": (
        functools.partial(_line_by_loop, at=lambda v, s, i: i * v + s),
        lambda x, b, w: np.stack([np.ones(len(x)), x], axis=1) @ [b, w],
    ),
    "no-intercept": (
        lambda x, theta0, theta1: np.outer(x, [theta0])[:, 0],
        lambda x, theta0, theta1: np.vectorize(lambda v: theta0 * v)(x),
    ),
    "intercept-inside": (_line_in_place, lambda x, a, b: a * x + a * b),
    "intercept-subtracted": (lambda x, a, b: np.polyval([a, -b], x),),
    "slope-added": (lambda x, a, b: np.array([sum((a, v, b)) for v in x]),),
    "numbers-of-the-chapter": (lambda x, *theta: np.polyval([5, -10], x),),
    "return-in-the-loop": (_line_of_the_first,),
}


def _total(p, t, term, start=0.0, store=operator.add):
    total = start
    for one, other in zip(p, t, strict=True):
        total = store(total, term(one, other))
    return total


def _reset_in_the_loop(prediction, target):
    for k in range(len(target)):
        total = 0.0
        total += (prediction[k] - target[k]) ** 2
    return total / len(target)


def _back_after_one(prediction, target):
    total = 0.0
    for p, t in zip(prediction, target, strict=True):
        total += (p - t) ** 2
        return total / len(target)


def _square(p, t):
    return (p - t) ** 2


LOSS = {
    "sum-for-mean": (
        lambda p, t: _total(p, t, _square),
        lambda p, t: np.einsum("i,i->", p - t, p - t),
    ),
    "half-convention": (lambda p, t: 0.5 * _total(p, t, _square) / len(p),),
    "root-taken": (
        lambda p, t: np.linalg.norm(p - t) / math.sqrt(len(p)),
        lambda p, t: math.dist(p, t) / len(p) ** 0.5,
    ),
    "square-of-the-mean": (lambda p, t: (statistics.fmean(p) - statistics.fmean(t)) ** 2,),
    "absolute-errors": (
        lambda p, t: np.linalg.norm(p - t, 1) / p.size,
        lambda p, t: np.average(np.sqrt((p - t) ** 2)),
    ),
    "errors-not-squared": (lambda p, t: _total(p, t, operator.sub) / len(t),),
    "divided-by-m-minus-1": (lambda p, t: _total(p, t, _square) / (p.size - 1),),
    "difference-of-squares": (lambda p, t: (p @ p - t @ t) / len(p),),
    "last-person-only": (
        _reset_in_the_loop,
        lambda p, t: _total(p, t, _square, store=lambda old, new: new) / len(p),
    ),
    "first-person-only": (_back_after_one,),
    "doubled-for-squared": (lambda p, t: np.sum((p - t) * 2) / len(p),),
    "sum-for-difference": (lambda p, t: np.square(p + t).mean(),),
    "square-of-the-sum": (lambda p, t: _total(p, t, operator.sub) ** 2 / len(p),),
    "norm-not-squared": (lambda p, t: math.sqrt(_total(p, t, _square)) / len(p),),
    "variance-of-the-errors": (
        lambda p, t: np.mean((p - t) ** 2) - np.mean(p - t) ** 2,
        lambda p, t: statistics.pvariance(map(float, p - t)),
    ),
}

# ── the two gradients ────────────────────────────────────────────────────────────────────────────


def _walk(x, y, a, b, push=None, rate=None, divide=None, store=operator.add):
    """Person by person; what is handed in replaces one line of it."""
    grads = [0.0, 0.0]
    for u, v in zip(x, y, strict=True):
        error = a * u + b - v
        out = 2 * error if push is None else push(error, u, v)
        for k, r in enumerate((u, 1) if rate is None else rate(u)):
            grads[k] = store(grads[k], out * r)
    m = len(x)
    parts = (m, m) if divide is None else divide(m)
    return grads[0] / parts[0], grads[1] / parts[1]


def _design(x):
    return np.c_[x, np.ones(len(x))]


def _matrix_walk(x, y, a, b, push=lambda e: 2 * e, mean=True):
    X = _design(x)
    total = X.T @ push(X @ [a, b] - y)
    return total / len(x) if mean else total


def _nudges_of(loss):
    """Central differences of a loss that was read wrongly: exact for a square."""

    def gradients(x, y, a, b):
        def slope(f):
            return (f(1.0) - f(-1.0)) / 2.0

        return (
            slope(lambda h: loss((a + h) * x + b, y)),
            slope(lambda h: loss(a * x + b + h, y)),
        )

    return gradients


def _first_push(x, y, theta0, theta1):
    d0 = d1 = 0.0
    for i in range(len(x)):
        error = theta0 * x[i] + theta1 - y[i]
        d0 += 2 * error * x[i] / len(x)
        d1 += 2 * error / len(x)
        return d0, d1


LINE_GRADIENTS = {
    "missing-1/m": (
        functools.partial(_walk, divide=lambda m: (1, 1)),
        functools.partial(_matrix_walk, mean=False),
        _nudges_of(lambda p, y: np.sum((p - y) ** 2)),
    ),
    "1/m-twice": (
        functools.partial(_walk, divide=lambda m: (m**2, m**2)),
        _nudges_of(lambda p, y: np.mean((p - y) ** 2) / len(y)),
    ),
    "factor-2-lost": (
        functools.partial(_matrix_walk, push=lambda e: e),
        _nudges_of(lambda p, y: 0.5 * np.mean((p - y) ** 2)),
    ),
    "sign-flipped": (
        functools.partial(_walk, push=lambda e, u, v: -2 * e),
        lambda x, y, a, b: (2 * np.mean((y - a * x - b) * x), 2 * np.mean(y - a * x - b)),
    ),
    "gradients-swapped": (lambda *g: tuple(np.flip(_matrix_walk(*g))),),
    "x-forgotten": (functools.partial(_walk, rate=lambda u: (1, 1)),),
    "x-in-both": (functools.partial(_walk, rate=lambda u: (u, u)),),
    "averaged-before-multiplying": (
        lambda x, y, a, b: (
            2 * statistics.fmean(a * x + b - y) * statistics.fmean(x),
            2 * statistics.fmean(a * x + b - y),
        ),
    ),
    "brackets-lost": (
        lambda x, y, a, b: (-2 * np.mean((y - a * x + b) * x), -2 * np.mean(y - a * x + b)),
    ),
    "no-intercept": (lambda x, y, a, b: tuple(2 / len(x) * _design(x).T @ (x * a - y)),),
    "prediction-for-error": (functools.partial(_walk, push=lambda e, u, v: 2 * (e + v)),),
    "square-for-its-slope": (
        functools.partial(_walk, push=lambda e, u, v: 2 * e**2),
        functools.partial(_matrix_walk, push=lambda e: 2 * np.square(e)),
    ),
    "own-value": (lambda x, y, a, b: _walk(x, y, a, b, rate=lambda u: (a, 1)),),
    "last-person-only": (functools.partial(_walk, store=lambda old, new: new),),
    "first-person-only": (_first_push,),
    "mean-of-a-sum": (
        functools.partial(_walk, divide=lambda m: (1, m)),
        lambda x, y, a, b: (np.mean(2 * (a * x + b - y) @ x), np.mean(2 * (a * x + b - y))),
    ),
    "intercept-not-averaged": (
        lambda x, y, a, b: (np.mean(2 * (a * x + b - y) * x), np.sum(2 * (a * x + b - y))),
    ),
}

# ── the curve ────────────────────────────────────────────────────────────────────────────────────


def _curve(x, y, a, b, c, powers=(2, 1, 0), push=lambda e: 2 * e, divide=len):
    grads = np.zeros(3)
    for u, v in zip(x, y, strict=True):
        error = a * u * u + b * u + c - v
        grads += push(error) * np.array([u**k for k in powers])
    grads /= divide(x)
    return grads


CURVE = {
    "missing-1/m": (functools.partial(_curve, divide=lambda x: 1),),
    "1/m-twice": (functools.partial(_curve, divide=lambda x: len(x) ** 2),),
    "factor-2-lost": (functools.partial(_curve, push=lambda e: e),),
    "sign-flipped": (
        functools.partial(_curve, push=lambda e: -2 * e),
        lambda x, y, *t: list(np.vander(x, 3).T @ (y - np.polyval(t, x)) * 2 / len(x)),
    ),
    "derivative-of-x-squared": (
        lambda x, y, *t: np.array([2, 1, 1]) * _curve(x, y, *t, powers=(1, 1, 0)),
    ),
    "by-x-instead-of-theta": (
        lambda x, y, *t: (_curve(x, y, *t)[1] * 2, _curve(x, y, *t)[2], 0.0),
    ),
    "x-for-x-squared": (functools.partial(_curve, powers=(1, 1, 0)),),
    "parameter-left-in": (lambda x, y, a, b, c: _curve(x, y, a, b, c) * np.array([a, b, 1]),),
    "order-reversed": (functools.partial(_curve, powers=(0, 1, 2)),),
    "curve-left-out-of-the-error": (
        lambda x, y, a, b, c: tuple(2 * np.mean((b * x + c - y) * x**k) for k in (2, 1, 0)),
    ),
    "averaged-before-multiplying": (
        lambda x, y, *t: 2 * np.mean(np.polyval(t, x) - y) * np.vander(x, 3).mean(axis=0),
    ),
}

# ── steps ────────────────────────────────────────────────────────────────────────────────────────


def _moved(theta, grads, lr):
    theta = np.array(theta, dtype=float)
    theta -= lr * np.asarray(grads)
    return theta


def _one_by_one(x, y, a, b, lr):
    a -= lr * np.sum(2 * (a * x + b - y) * x) / len(x)
    b -= lr * np.sum(2 * (a * x + b - y)) / len(x)
    return a, b


def _other_one_first(x, y, a, b, lr):
    b -= lr * np.sum(2 * (a * x + b - y)) / len(x)
    a -= lr * np.sum(2 * (a * x + b - y) * x) / len(x)
    return [a, b]


def _inside_the_loop(x, y, a, b, lr):
    m = len(x)
    for i in range(m):
        error = a * x[i] + b - y[i]
        da, db = 2 / m * error * x[i], 2 / m * error
        a = a - lr * da
        b = b - lr * db
    return a, b


def _step_of(gradients):
    return lambda x, y, a, b, lr: _moved((a, b), gradients(x, y, a, b), lr)


STEP = {
    "updated-in-sequence": (_one_by_one,),
    "updated-in-sequence-theta1-first": (_other_one_first,),
    "uphill": (
        lambda x, y, a, b, lr: _moved((a, b), _matrix_walk(x, y, a, b), -lr),
        _step_of(LINE_GRADIENTS["sign-flipped"][0]),
    ),
    "no-learning-rate": (lambda x, y, a, b, lr: np.array([a, b]) - _matrix_walk(x, y, a, b),),
    "missing-1/m": (
        _step_of(LINE_GRADIENTS["missing-1/m"][0]),
        _step_of(LINE_GRADIENTS["missing-1/m"][1]),
    ),
    "1/m-twice": (_step_of(LINE_GRADIENTS["1/m-twice"][0]),),
    "factor-2-lost": (_step_of(LINE_GRADIENTS["factor-2-lost"][0]),),
    "intercept-not-updated": (lambda x, y, a, b, lr: (_step_of(_walk)(x, y, a, b, lr)[0], b),),
    "slope-not-updated": (lambda x, y, a, b, lr: [a, _step_of(_walk)(x, y, a, b, lr)[1]],),
    "step-returned": (lambda x, y, a, b, lr: -lr * _matrix_walk(x, y, a, b),),
    "gradients-swapped": (
        lambda x, y, a, b, lr: _moved((a, b), _matrix_walk(x, y, a, b)[::-1], lr),
    ),
    "change-returned-uphill": (lambda x, y, a, b, lr: [lr * d for d in _walk(x, y, a, b)],),
    "gradients-returned": (lambda x, y, a, b, lr: _matrix_walk(x, y, a, b),),
    "person-by-person": (_inside_the_loop,),
}

RATES = {
    "all-upside-down": (lambda lr, m: [lr * k for k in (1 / 2, m, m / 2)],),
    "half-the-wrong-way": (lambda lr, m: lr * np.array([1, 2 / m, 1 / m]) / 2,),
    "m-the-wrong-way": (lambda lr, m: (lr + lr, m * lr, m * (lr + lr)),),
    "half-forgotten-in-the-last": (lambda lr, m: np.multiply(lr, [2, 1 / m, 1 / m]),),
    "half-wrong-in-the-last": (lambda lr, m: (lr * 2, lr / m, lr / m / 2),),
    "halves-ignored": (lambda lr, m: [lr] + [lr / m] * 2,),
    "nothing-changes": (lambda lr, m: np.full(3, lr),),
    "last-two-swapped": (lambda lr, m: (2 * lr, lr / (m / 2), lr * m**-1),),
    "m-wrong-in-the-last": (lambda lr, m: (2 * lr, lr / m, lr / (0.5 / m)),),
}

NAMED = {
    "predict_line": LINE,
    "mean_squared_error": LOSS,
    "line_gradients": LINE_GRADIENTS,
    "curve_gradients": CURVE,
    "gradient_step": STEP,
    "equal_learning_rates": RATES,
}
