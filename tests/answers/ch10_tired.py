"""Chapter 10, late in the evening: mistakes as they were made, and right answers in odd styles."""

import math

import numpy as np


def _chain(rate=lambda w, z, a, before: w * a * (1 - a), out=lambda z: 1 / (1 + np.exp(-z))):
    """The slope in a loop, with another rate or another bend."""

    def answer(x, w, b):
        slope = 1.0
        for w_l, b_l in zip(w, b, strict=True):
            z = w_l * x + b_l
            x, before = out(z), x
            slope *= rate(w_l, z, x, before)
        return slope

    return answer


def _a(x, w, b):
    for w_l, b_l in zip(w, b, strict=True):
        x = 1 / (1 + np.exp(-(w_l * x + b_l)))
    return x


def _std(**other):
    """The three rules, with some of them made otherwise."""

    def answer(n_in, n_out, rule):
        rules = {
            "lecun": lambda i, o: i**-0.5,
            "glorot": lambda i, o: ((i + o) / 2) ** -0.5,
            "he": lambda i, o: (i / 2) ** -0.5,
        }
        return {**rules, **other}[rule](n_in, n_out)

    return answer


def _row_by_row(dx=None, root=None, sums=None):
    """Layer norm in a loop over the samples: dx is (g, x_hat, root, m) -> a row."""

    def answer(x, scale, shift, dy, eps):
        n, found = x.shape[1], []
        dscale, dshift = np.zeros(n), np.zeros(n)
        for row, up in zip(x, dy, strict=True):
            var = np.sum((row - np.sum(row) / n) ** 2) / n
            r = math.sqrt(var + eps) if root is None else root(var, eps)
            x_hat, g = (row - np.sum(row) / n) / r, up * scale
            right = (g - g.sum() / n - x_hat * np.dot(g, x_hat) / n) / r
            found.append(right if dx is None else dx(g, x_hat, r, len(x)))
            one, two = (up * x_hat, up) if sums is None else sums(up, x_hat, g, row, len(x))
            dscale, dshift = dscale + one, dshift + two
        return np.array(found), dscale, dshift

    return answer


def _as_with_m(g, x_hat, root, m):
    inner = (g - x_hat * np.dot(g, x_hat) / m) / root
    return inner - inner.sum() / m


def _scale_in_place(x, scale, shift, dy, eps):
    dy = dy.copy()
    x_hat = (x.T - x.mean(axis=1)).T / np.sqrt(x.var(axis=1) + eps)[:, np.newaxis]
    dy *= scale
    dx = dy - dy.mean(axis=1)[:, np.newaxis] - x_hat * np.mean(dy * x_hat, axis=1)[:, np.newaxis]
    return dx / np.sqrt(x.var(axis=1) + eps)[:, np.newaxis], (dy * x_hat).sum(0), dy.sum(0)


def _block(
    slope=lambda z, a: (1 - a) * (1 + a), change=lambda dx, dW, db, dV, *more: (dx, dW, db, dV)
):
    def answer(x, W, b, V, dy):
        z = np.dot(x, W) + b
        a = np.tanh(z)
        dz = np.inner(dy, V) * slope(z, a)
        given = dy + np.inner(dz, W), np.dot(x.T, dz), np.add.reduce(dz), np.dot(a.T, dy)
        return change(*given, x, W, V, dy, a, dz)

    return answer


def _overwritten(x, W, b, V, dy):
    a = np.tanh(x @ W + b)
    dy = dy.copy()
    dz = dy @ V.T * (1 - a**2)
    dx = dy
    dx += dz @ W.T
    return dx.copy(), x.T @ dz, dz.sum(axis=0), a.T @ dy


def _loop(length, factor=lambda limit, n: limit / n if n > limit else 1.0):
    def answer(gradients, limit):
        n = length(gradients)
        return [factor(limit, n) * g for g in gradients]

    return answer


def _root(gradients):
    total = 0.0
    for g in gradients:
        total += np.sum(np.square(g))
    return total**0.5


def _on_the_way(gradients, limit):
    total, found = 0.0, []
    for g in gradients:
        total += float(np.vdot(g, g))
        found.append(g * min(1.0, limit / math.sqrt(total)))
    return found


_clip = _loop(_root)

RIGHT = {
    "share_on": {
        "sigmoid above a half": lambda X, W, b: (1 / (1 + np.exp(-X @ W - b)) > 0.5).mean(0),
    },
    "layer_norm_gradients": {"row by row": _row_by_row()},
    "residual_gradients": {"float32": lambda *given: [np.float32(one) for one in _block()(*given)]},
    "clip_together": {
        "a tuple": lambda gradients, limit: tuple(_clip(gradients, limit)),
        "float32": lambda gradients, limit: [np.float32(g) for g in _clip(gradients, limit)],
    },
}  # fmt: skip

NAMED = {
    "sigmoid_chain_slope": {
        "bias-forgotten": (lambda x, w, b: _chain()(x, w, np.zeros(len(w))),),
        "sigmoid-twice": (
            _chain(lambda w, z, a, before: w * math.exp(-a) / (1 + math.exp(-a)) ** 2),
        ),
        "last-neuron-alone": (lambda x, w, b: _chain()(_a(x, w[:-1], b[:-1]), w[-1:], b[-1:]),),
        "first-neuron-alone": (lambda x, w, b: _chain()(x, [w[0]], [b[0]]),),
        "slope-of-tanh": (_chain(lambda w, z, a, before: w * (1 + a) * (1 - a)),),
        "slope-turned-round": (_chain(lambda w, z, a, before: w * a * (a - 1)),),
        "minus-in-the-exponent": (_chain(out=lambda z: 1 / (1 + np.exp(z))),),
        "last-weight-forgotten": (lambda x, w, b: _chain()(x, w, b) / w[-1],),
        "last-slope-forgotten": (
            lambda x, w, b: _chain()(x, w, b) / (_a(x, w, b) - _a(x, w, b) ** 2),
        ),
        "x-multiplied-in": (lambda x, w, b: _chain()(x, w, b) * x,),
        "output-returned": (_a,),
        "bound-in-size": (_chain(lambda w, z, a, before: abs(w) * 0.25),),
    },
    "initial_std": {
        "two-outside-the-root": (
            _std(glorot=lambda i, o: 2 / math.sqrt(i + o), he=lambda i, o: 2 / math.sqrt(i)),
        ),
        "two-outside-the-root-for-glorot": (_std(glorot=lambda i, o: 2 / (i + o) ** 0.5),),
        "two-outside-the-root-for-he": (_std(he=lambda i, o: 2 / i**0.5),),
        "lecun-and-he-swapped": (
            _std(lecun=lambda i, o: (2 / i) ** 0.5, he=lambda i, o: (1 / i) ** 0.5),
        ),
        "variances-averaged": (
            _std(glorot=lambda i, o: np.sqrt(np.mean([1 / i, 1 / o]))),
        ),
        "fan-out-for-he": (_std(he=lambda i, o: (2 / o) ** 0.5),),
        "uniform-bound-for-glorot": (_std(glorot=lambda i, o: math.sqrt(6 / (i + o))),),
        "one-rule-for-all": (lambda n_in, n_out, rule: 1 / math.sqrt(n_in),),
    },
    "share_on": {
        "bias-behind-the-bend": (
            lambda X, W, b: np.mean((X @ W) * (X @ W > 0) + b > 0, axis=0),
        ),
        "bias-subtracted": (lambda X, W, b: np.mean(X @ W > b, axis=0),),
        "dead-ones-marked": (lambda X, W, b: np.all(X @ W + b <= 0, axis=0),),
        "negative-counted": (lambda X, W, b: np.count_nonzero(X @ W + b < 0, axis=0) / len(X),),
        "not-averaged": (lambda X, W, b: np.heaviside(X @ W + b, 0.0),),
    },
    "layer_norm_gradients": {
        "eps-outside-the-root": (_row_by_row(root=lambda var, eps: math.sqrt(var) + eps),),
        "root-forgotten": (_row_by_row(root=lambda var, eps: var + eps),),
        "not-divided": (
            _row_by_row(lambda g, h, r, m: g - g.mean() - h * np.mean(g * h)),
        ),
        "divided-twice": (
            _row_by_row(lambda g, h, r, m: (g - g.mean() - h * np.mean(g * h)) / r**2),
        ),
        "first-term-alone-divided": (
            _row_by_row(lambda g, h, r, m: g / r - g.mean() - h * np.mean(g * h)),
        ),
        "sums-for-means": (_row_by_row(lambda g, h, r, m: (g - g.sum() - h * np.dot(g, h)) / r),),
        "x-hat-forgotten-in-front": (
            _row_by_row(lambda g, h, r, m: (g - np.mean(g + g * h)) / r),
        ),
        "variance-added": (
            _row_by_row(lambda g, h, r, m: (g - g.mean() + h * np.mean(g * h)) / r),
        ),
        "mean-added": (_row_by_row(lambda g, h, r, m: (g + g.mean() - h * np.mean(g * h)) / r),),
        "factor-2-lost": (
            _row_by_row(lambda g, h, r, m: (g - g.mean() - 0.5 * h * np.mean(g * h)) / r),
        ),
        "batch-size-for-n": (_row_by_row(_as_with_m),),
        "scale-in-both-sums": (
            _row_by_row(sums=lambda up, h, g, x, m: (g * h, g)), _scale_in_place,
        ),
        "scale-in-dscale": (_row_by_row(sums=lambda up, h, g, x, m: (g * h, up)),),
        "x-for-x-hat": (_row_by_row(sums=lambda up, h, g, x, m: (up * x, up)),),
        "averaged": (_row_by_row(sums=lambda up, h, g, x, m: (up * h / m, up / m)),),
    },
    "residual_gradients": {
        "shortcut-subtracted": (
            _block(change=lambda dx, dW, db, dV, x, W, V, dy, a, dz: (dz @ W.T - dy, dW, db, dV)),
        ),
        "one-plus-times-dy": (
            _block(change=lambda dx, dW, db, dV, x, W, V, dy, a, dz: (
                dy + dy * (dz @ W.T), dW, db, dV
            )),
        ),
        "tanh-twice": (_block(lambda z, a: np.cosh(a) ** -2.0),),
        "slope-of-sigmoid": (_block(lambda z, a: a - a**2),),
        "square-forgotten": (_block(lambda z, a: 1 - a),),
        "slope-missing-in-dx": (
            _block(change=lambda dx, dW, db, dV, x, W, V, dy, a, dz: (
                dy + dy @ (W @ V).T, dW, db, dV
            )),
        ),
        "slope-missing-in-the-weights": (
            _block(change=lambda dx, dW, db, dV, x, W, V, dy, a, dz: (
                dx, x.T @ dy @ V.T, (dy @ V.T).sum(0), dV
            )),
        ),
        "bias-along-the-rows": (
            _block(change=lambda dx, dW, db, dV, x, W, V, dy, a, dz: (dx, dW, dz.sum(1), dV)),
        ),
        "all-averaged": (
            _block(change=lambda dx, dW, db, dV, x, *more: (
                dx, *(one / x.shape[0] for one in (dW, db, dV))
            )),
        ),
        "dy-overwritten": (_overwritten,),
        "bias-left-out": (lambda x, W, b, V, dy: _block()(x, W, np.zeros_like(b), V, dy),),
    },
    "clip_together": {
        "longest-array": (_loop(lambda gs: max(_root([g]) for g in gs)),),
        "length-so-far": (_on_the_way,),
        "sizes-added": (_loop(lambda gs: sum(np.linalg.norm(g.ravel(), 1) for g in gs)),),
        "means-of-squares-added": (_loop(lambda gs: sum(np.mean(g**2) for g in gs) ** 0.5),),
        "upside-down": (_loop(_root, lambda limit, n: max(1.0, n / limit)),),
        "upside-down-within-1": (_loop(_root, lambda limit, n: n / limit if n < limit else 1.0),),
        "lengthened-only": (_loop(_root, lambda limit, n: limit / n if n < limit else 1.0),),
        "root-forgotten-in-the-factor": (
            _loop(_root, lambda limit, n: limit / (n * n) if limit < n else 1.0),
        ),
        "set-to-zero": (_loop(_root, lambda limit, n: float(n <= limit)),),
    },
}  # fmt: skip

WRONG = {
    "clip_together": {
        "one long row": (None, lambda gs, limit: np.concatenate([np.ravel(g) for g in gs])),
        "a number among them": (None, lambda gs, limit: [1.0, *_clip(gs, limit)[1:]]),
        "nothing but NaN": (None, lambda gs, limit: [g * np.nan for g in gs]),
        "the first alone": (None, lambda gs, limit: _clip(gs, limit)[:1]),
    },
}

SAID = {
    "clip_together": [
        (_loop(lambda gs: _root(gs[:1])), "all arrays together have the length", "yours is 1"),
        (_loop(lambda gs: _root(gs) + 1e-6), "last digits"),
        (_loop(_root, lambda limit, n: min(1.0, limit / n) ** 2), "yours come to"),
        (lambda gs, limit: [g - 0.01 for g in gs], "no longer a multiple"),
        (lambda gs, limit: [g * 0.9**k for k, g in enumerate(gs)], "have the factors 1, 0.9"),
        (lambda gs, limit: [np.ravel(g) for g in _clip(gs, limit)], "at [0] there is shape"),
        (lambda gs, limit: (_clip(gs, limit), 1.0), "at [0] there is a list"),
    ],
}
