"""Chapter 5, a layer and two losses: every mistake that has a name, in another style."""

import math

import numpy as np

# ── back through one layer ───────────────────────────────────────────────────────────────────────


def _wires(x, W, b, delta):
    """The right answer, wire by wire."""
    (m, n), k = x.shape, len(b)
    dx, dW, db = np.zeros((m, n)), np.zeros((n, k)), np.zeros(k)
    for i, j, c in np.ndindex(m, n, k):
        dx[i, j] += delta[i, c] * W[j, c]
        dW[j, c] += delta[i, c] * x[i, j]
        db[c] += delta[i, c] * (j == 0)
    return dx, dW, db


def _then(change):
    """The right answer, wire by wire, and one thing done to it at the end."""
    return lambda x, W, b, delta: change(*_wires(x, W, b, delta), x, W, b, delta)


LAYER = {
    "1/m-again": (
        _then(lambda dx, dW, db, x, *_: (dx, dW / x.shape[0], db / x.shape[0])),
        lambda x, W, b, d: (np.inner(d, W), np.einsum("ij,ik->jk", x, d) / len(d), np.mean(d, 0)),
    ),
    "1/m-again-in-the-weights": (_then(lambda dx, dW, db, x, *_: (dx, np.divide(dW, len(x)), db)),),
    "bias-averaged": (
        _then(lambda dx, dW, db, x, *_: [dx, dW, db / len(x)]),
        lambda x, W, b, d: (np.inner(d, W), (d.T @ x).T.copy(), np.average(d, axis=0)),
    ),
    "bias-not-summed": (_then(lambda dx, dW, db, x, W, b, d: (dx, dW, 1.0 * d)),),
    "bias-along-the-rows": (
        _then(lambda dx, dW, db, x, W, b, d: (dx, dW, d @ np.ones(len(b)))),
        lambda x, W, b, d: (d @ W.T, x.T @ d, np.array([sum(row) for row in d])),
    ),
    "bias-one-number": (_then(lambda dx, dW, db, *_: (dx, dW, db.sum())),),
    "bias-first-row": (_then(lambda dx, dW, db, x, W, b, d: (dx, dW, np.array([*next(iter(d))]))),),
    "bias-times-input": (_then(lambda dx, dW, db, *_: (dx, dW, dW.copy())),),
    "bias-times-itself": (_then(lambda dx, dW, db, x, W, b, d: (dx, dW, np.multiply(db, b))),),
    "weights-transposed": (
        _then(lambda dx, dW, *rest: (dx, np.array(dW.T), rest[0])),
        lambda x, W, b, d: (d @ W.T, np.einsum("ik,ij->kj", d, x), d.sum(0)),
    ),
    "inputs-transposed": (_then(lambda dx, dW, db, *_: (np.array(dx.T), dW, db)),),
    "added-before-multiplying": (
        lambda x, W, b, d: (d @ W.T, x.sum(0)[:, None] * d.sum(0), d.sum(0)),
    ),
    "first-two-swapped": (_then(lambda dx, dW, db, *_: (dW, dx, db)),),
    "sign-flipped": (
        lambda x, W, b, d: tuple(-one for one in _wires(x, W, b, d)),
        lambda x, W, b, d: _wires(x, W, b, -d),
    ),
}


# ── one layer back ───────────────────────────────────────────────────────────────────────────────


def _entry_by_entry(slope, arrives=lambda row, d: math.fsum(row * d)):
    """Every entry on its own: what arrives at a, times a slope of one number."""

    def answer(delta_next, W_next, z):
        out = np.empty(z.shape)
        for i, j in np.ndindex(z.shape):
            out[i, j] = arrives(W_next[j], delta_next[i]) * slope(math.tanh(z[i, j]), z[i, j])
        return out

    return answer


def _logistic(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


BACK = {
    "slope-of-the-wrong-quantity": (_entry_by_entry(lambda a, z: 1 - z * z),),
    "slope-forgotten": (
        _entry_by_entry(lambda a, z: 1.0),
        lambda d, W, z: np.einsum("ik,jk->ij", d, W),
    ),
    "tanh-taken-twice": (
        _entry_by_entry(lambda a, z: 1 - math.tanh(a) ** 2),
        lambda d, W, z: d @ W.T / np.cosh(np.tanh(z)) ** 2,
    ),
    "value-for-slope": (_entry_by_entry(lambda a, z: a),),
    "square-forgotten": (_entry_by_entry(lambda a, z: 1 - a),),
    "slope-of-the-sigmoid": (
        _entry_by_entry(lambda a, z: _logistic(z) * _logistic(-z)),
        lambda d, W, z: (d @ W.T) * np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ),
    "formula-of-the-sigmoid": (_entry_by_entry(lambda a, z: a - a * a),),
    "slope-of-relu": (
        _entry_by_entry(lambda a, z: float(z > 0)),
        lambda d, W, z: np.where(z > 0, d @ W.T, 0.0),
    ),
    "sign-flipped": (_entry_by_entry(lambda a, z: a * a - 1),),
    "1/m-again": (
        lambda d, W, z: np.inner(d, W) / np.cosh(z) ** 2 / z.shape[0],
        lambda d, W, z: np.inner(d / len(d), W) * (1 - np.tanh(z) ** 2),
    ),
    "slope-added": (lambda d, W, z: np.inner(d, W) + 1 / np.cosh(z) ** 2,),
    "upstream-forgotten": (_entry_by_entry(lambda a, z: 1 - a * a, lambda row, d: sum(row)),),
    "stops-at-a": (_entry_by_entry(lambda a, z: a * a),),
}


# ── softmax ──────────────────────────────────────────────────────────────────────────────────────


def _row_by_row(score, share=lambda e: e / e.sum()):
    """Every row on its own: positive numbers made from it, and their shares."""
    return lambda z: np.array([share(score(row)) for row in z])


def _from_the_top(row):
    return np.exp(row - max(row))


def _in_plain_python(z):
    with np.errstate(all="ignore"):
        e = [[np.exp(one) for one in row] for row in z]
        return np.array([[one / sum(row) for one in row] for row in e])


def _by_the_whole_sum(z):
    rows = [_from_the_top(row) for row in z]
    return np.array(rows) / sum(row.sum() for row in rows)


SOFTMAX = {
    "no-shift": (_row_by_row(np.exp), _in_plain_python),
    "one-shift-for-all": (lambda z: _row_by_row(np.exp)(z - np.max(z)),),
    "shifted-by-the-smallest": (_row_by_row(lambda row: np.exp(row - row.min())),),
    "down-the-columns": (
        lambda z: np.stack([_from_the_top(c) / _from_the_top(c).sum() for c in z.T], axis=1),
    ),
    "whole-table": (lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),),
    "divided-by-the-whole-sum": (_by_the_whole_sum,),
    "not-divided": (_row_by_row(_from_the_top, lambda e: e),),
    "no-exponential": (_row_by_row(lambda row: row),),
    "absolute-values": (_row_by_row(np.abs), _row_by_row(lambda row: np.sqrt(row**2))),
    "sigmoid": (_row_by_row(_logistic, lambda e: e),),
    "winner-takes-all": (
        _row_by_row(lambda row: 1.0 * (row == row.max())),
        lambda z: (z == z.max(axis=1)[:, None]).astype(float),
    ),
    "logarithm": (
        _row_by_row(_from_the_top, lambda e: np.log(np.clip(e / e.sum(), 1e-300, None))),
    ),
    "turned-over": (_row_by_row(lambda row: np.exp(row.min() - row)),),
}


# ── softmax and cross-entropy ────────────────────────────────────────────────────────────────────


def _sample_by_sample(push, over=lambda z: len(z)):
    """Every sample on its own; push(p, right, z) is a row, with right the number of its class."""

    def answer(z, labels):
        rows = []
        for row, right in zip(z, labels.tolist(), strict=True):
            e = _from_the_top(row)
            rows.append(push(e / e.sum(), right, row))
        return np.array(rows) / over(z)

    return answer


def _less_one(p, right):
    p = p.copy()
    p[right] -= 1
    return p


def _right_one(p, right):
    out = np.zeros_like(p)
    out[right] = p[right] - 1
    return out


def _jacobian(p):
    return np.diag(p) - np.outer(p, p)


def _softmax_of(row):
    return _from_the_top(row) / _from_the_top(row).sum()


def _column_wise(z, labels):
    e = np.exp(z - z.max(axis=0))
    p = e / e.sum(axis=0)
    p[range(len(p)), labels] -= 1
    return p / len(p)


def _straight_exp(z, labels):
    with np.errstate(all="ignore"):
        p = np.array([np.exp(row) / np.exp(row).sum() for row in z])
    p[range(len(p)), labels] -= 1
    return p / len(p)


def _all_at_these_columns(z, labels):
    p = _sample_by_sample(lambda p, right, z: p, lambda z: 1)(z, labels)
    for column in set(labels.tolist()):
        p[:, column] -= 1
    return p / len(p)


def _mean_surprise(z, labels):
    surprise = [np.logaddexp.reduce(row) - row[right] for row, right in zip(z, labels, strict=True)]
    return np.mean(surprise)


CROSS_ENTROPY = {
    "missing-1/m": (_sample_by_sample(lambda p, right, z: _less_one(p, right), lambda z: 1),),
    "1/m-twice": (
        _sample_by_sample(lambda p, right, z: _less_one(p, right), lambda z: len(z) * len(z)),
    ),
    "mean-over-all-entries": (
        _sample_by_sample(lambda p, right, z: _less_one(p, right), np.size),
        _sample_by_sample(lambda p, right, z: _less_one(p, right) / len(p)),
    ),
    "k-for-m": (_sample_by_sample(lambda p, right, z: _less_one(p, right), lambda z: len(z.T)),),
    "sign-flipped": (_sample_by_sample(lambda p, right, z: -_less_one(p, right)),),
    "labels-forgotten": (_sample_by_sample(lambda p, right, z: p),),
    "class-numbers-subtracted": (_sample_by_sample(lambda p, right, z: p - right),),
    "every-row": (_all_at_these_columns,),
    "diagonal-only": (
        _sample_by_sample(lambda p, right, z: _right_one(p, right)),
        _sample_by_sample(lambda p, right, z: (np.arange(len(p)) == right) * (p - 1)),
    ),
    "one-slope-too-many": (
        _sample_by_sample(lambda p, right, z: _less_one(p, right) * (p - p * p)),
        _sample_by_sample(lambda p, right, z: _less_one(p, right) @ np.diag(p * (1 - p))),
    ),
    "jacobian-once-more": (
        _sample_by_sample(lambda p, right, z: _jacobian(p) @ _less_one(p, right)),
    ),
    "softmax-twice": (_sample_by_sample(lambda p, right, z: _less_one(_softmax_of(p), right)),),
    "scores-for-probabilities": (_sample_by_sample(lambda p, right, z: _less_one(z, right)),),
    "sigmoids": (_sample_by_sample(lambda p, right, z: _less_one(_logistic(z), right)),),
    "down-the-columns": (_column_wise,),
    "no-shift": (_straight_exp,),
    "counted-from-1": (_sample_by_sample(lambda p, right, z: _less_one(p, right - 1)),),
    "loss-for-its-gradient": (_mean_surprise,),
    "added-over-the-batch": (
        lambda z, labels: _sample_by_sample(lambda p, right, z: _less_one(p, right))(z, labels).sum(
            axis=0
        ),
    ),
}


# ── sigmoid and squares ──────────────────────────────────────────────────────────────────────────


def _number_by_number(factors, over=lambda z: len(z)):
    def answer(z, y):
        out = [factors(_logistic(u), v, u) for u, v in zip(z.ravel(), y.ravel(), strict=True)]
        return np.reshape(out, z.shape) / over(z)

    return answer


SQUARES = {
    "delta-of-cross-entropy": (_number_by_number(lambda a, y, z: a - y),),
    "slope-forgotten": (_number_by_number(lambda a, y, z: 2 * (a - y)),),
    "factor-2-lost": (_number_by_number(lambda a, y, z: (a - y) * (a - a * a)),),
    "missing-1/m": (_number_by_number(lambda a, y, z: 2 * (a - y) * (a - a * a), lambda z: 1),),
    "factor-2-and-1/m-lost": (
        _number_by_number(lambda a, y, z: (a - y) * (a - a * a), lambda z: 1),
    ),
    "1/m-twice": (
        _number_by_number(lambda a, y, z: 2 * (a - y) * (a - a * a), lambda z: len(z) ** 2),
    ),
    "mean-over-all-entries": (
        _number_by_number(lambda a, y, z: 2 * (a - y) * (a - a * a), np.size),
    ),
    "slope-of-the-wrong-quantity": (_number_by_number(lambda a, y, z: 2 * (a - y) * (z - z * z)),),
    "sigmoid-taken-twice": (
        _number_by_number(lambda a, y, z: 2 * (a - y) * _logistic(a) * _logistic(-a)),
    ),
    "slope-of-tanh": (_number_by_number(lambda a, y, z: 2 * (a - y) * (1 - a) * (1 + a)),),
    "sign-flipped": (_number_by_number(lambda a, y, z: 2 * (y - a) * (a - a * a)),),
    "error-forgotten": (_number_by_number(lambda a, y, z: a - a * a, lambda z: 1),),
    "square-for-its-slope": (_number_by_number(lambda a, y, z: (a - y) * (a - y) * (a - a * a)),),
    "scores-for-outputs": (_number_by_number(lambda a, y, z: 2 * (z - y) * (a - a * a)),),
}


NAMED = {
    "layer_gradients": LAYER,
    "one_layer_back": BACK,
    "softmax_rows": SOFTMAX,
    "cross_entropy_gradient": CROSS_ENTROPY,
    "sigmoid_square_delta": SQUARES,
}
