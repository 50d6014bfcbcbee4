"""Chapter 4, wrong answers: the network with one hidden layer."""

import numpy as np

from .ch04 import (
    _forward_rows,
    _gradients_one_matrix,
    _gradients_summed,
    _s,
    _step_output_after,
    _tanh_outer,
    _train_recursive,
    _train_with,
)


def _ruins_x(x, W, b, v, c):
    x += 1
    return _forward_rows(x - 1, W, b, v, c)


def _scaled_gradients(*factors):
    def wrong(*given):
        return tuple(k * one for k, one in zip(factors, _gradients_summed(*given), strict=True))

    return wrong


def _positive(gradients):
    """Right where every weight is positive."""

    def wrong(x, y, W, b, v, c, *more):
        return gradients(x, y, np.abs(W), b, np.abs(v), c, *more)

    return wrong


def _forward_nudges(x, y, W, b, v, c):
    def loss(p):
        W_, b_, v_, c_ = p
        return (_s(_s(x @ W_ + b_) @ v_ + c_) - y) ** 2

    out, h = [], 1e-5
    for k, one in enumerate((W, b, v, np.array(c))):
        slopes = np.zeros(one.shape)
        for place in np.ndindex(one.shape):
            moved = [np.array(p) for p in (W, b, v, c)]
            moved[k][place] += h
            slopes[place] = (loss(moved) - loss((W, b, v, c))) / h
        out.append(slopes)
    return (*out[:3], float(out[3]))


def _back_through_W(x, y, W, b, v, c):
    """The delta sent on to x, and used for W's own gradient."""
    dW, db, dv, dc = _gradients_summed(x, y, W, b, v, c)
    return dW * W, db, dv, dc


def _relu_in_the_middle(x, y, W, b, v, c):
    h = np.maximum(x @ W + b, 0)
    o = _s(h @ v + c)
    e = 2 * (o - y) * o * (1 - o)
    return np.outer(x, e * v * (h > 0)), e * v * (h > 0), e * h, e


def _into_v(x, y, W, b, v, c):
    found = _gradients_summed(x, y, W, b, v, c)
    v[:] = found[2]
    return found[0], found[1], v, found[3]


def _step(x, y, W, b, v, c, lr, *, rates=(1, 1, 1, 1)):
    found = _gradients_summed(x, y, W, b, v, c)
    return tuple(p - k * lr * d for p, k, d in zip((W, b, v, c), rates, found, strict=True))


def _step_in_place(x, y, W, b, v, c, lr):
    dW, db, dv, dc = _gradients_summed(x, y, W, b, v, c)
    W -= lr * dW
    b -= lr * db
    v -= lr * dv
    return W, b, v, c - lr * dc


def _v_too_early_alone(x, y, W, b, v, c, lr):
    """As the published one, with v moved early and c late: the same numbers."""
    h = _s(x @ W + b)
    o = _s(h @ v + c)
    e = 2 * (o - y) * o * (1 - o)
    v = v - lr * e * h
    d = e * v * h * (1 - h)
    return W - lr * np.outer(x, d), b - lr * d, v, c - lr * e


def _two_steps(x, y, W, b, v, c, lr):
    return _step_output_after(x, y, *_step_output_after(x, y, W, b, v, c, lr), lr)


def _tanh_with(slope, out=lambda o: 1.0):
    def wrong(x, y, W, b, v, c):
        h = np.tanh(x @ W + b)
        o = h @ v + c
        e = 2 * (o - y) * out(o)
        d = e * v * slope(h)
        return np.outer(x, d), d, e * h, e

    return wrong


def _train_decayed(X, y, W, b, v, c, lr, steps):
    now = (W, b, v, c)
    for k in range(steps):
        now = _train_recursive(X, y, *now, lr / (k + 1), 1)
    return now


def _train_momentum(X, y, W, b, v, c, lr, steps):
    now, speed = (W, b, v, c), (0.0, 0.0, 0.0, 0.0)
    for _ in range(steps):
        each = [_gradients_summed(x_i, y_i, *now) for x_i, y_i in zip(X, y, strict=True)]
        mean = [sum(parts) / len(X) for parts in zip(*each, strict=True)]
        speed = tuple(0.9 * s + g for s, g in zip(speed, mean, strict=True))
        now = tuple(p - lr * s for p, s in zip(now, speed, strict=True))
    return now


def _train_into_W(X, y, W, b, v, c, lr, steps):
    out = _train_recursive(X, y, W, b, v, c, lr, steps)
    W[:] = out[0]
    return (W, *out[1:])


def _train_in_a_row(X, y, W, b, v, c, lr, steps):
    for _ in range(steps):
        for x_i, y_i in zip(X, y, strict=True):
            W, b, v, c = _step(x_i, y_i, W, b, v, c, lr)
    return W, b, v, c


WRONG = {
    "forward_pass": {
        "reshaped": (
            "weights-read-across",
            lambda x, W, b, v, c: _forward_rows(x, W.ravel().reshape(W.shape[::-1]).T, b, v, c),
        ),
        "no bias behind": (
            "output-bias-forgotten",
            lambda x, W, b, v, c: _forward_rows(x, W, b, v, 0.0),
        ),
        "no biases at all": (None, lambda x, W, b, v, c: _forward_rows(x, W, 0 * b, v, 0.0)),
        "one bias for all": (
            None,
            lambda x, W, b, v, c: _forward_rows(x, W, np.full_like(b, b[0]), v, c),
        ),
        "biases the other way": (None, lambda x, W, b, v, c: _forward_rows(x, W, -b, v, -c)),
        "relu": (None, lambda x, W, b, v, c: (np.maximum(x @ W + b, 0), 0.5)),
        "only o": (None, lambda *given: _forward_rows(*given)[1]),
        "o first": (None, lambda *given: _forward_rows(*given)[::-1]),
        "rounded": (None, lambda *given: tuple(np.round(one, 4) for one in _forward_rows(*given))),
        "ruins x": (None, _ruins_x),
        "o in an array": (
            None,
            lambda *given: (_forward_rows(*given)[0], np.array([_forward_rows(*given)[1]])),
        ),
        "a step": (None, lambda *given: tuple(np.rint(one) for one in _forward_rows(*given))),
    },
    "output_delta": {
        "no square": ("error-alone", lambda o, y: -(y - o)),
        "quarter": (None, lambda o, y: 2 * (o - y) / 4),
        "positive": (None, lambda o, y: abs(2 * (o - y) * o * (1 - o))),
        "for y = 1": (None, lambda o, y: 2 * (o - 1) * o * (1 - o)),
        "cross-entropy's do": (None, lambda o, y: (o - y) / (o * (1 - o) + 1e-12)),
        "four": (None, lambda o, y: 4 * (o - y) * o * (1 - o)),
        "slope twice": (None, lambda o, y: 2 * (o - y) * (o * (1 - o)) ** 2),
        "a floor": (None, lambda o, y: 2 * (o - y) * max(o * (1 - o), 1e-3)),
        "rounded": (None, lambda o, y: round(2 * (o - y) * o * (1 - o), 4)),
        "text": (None, lambda o, y: str(2 * (o - y) * o * (1 - o))),
        "an array of one": (None, lambda o, y: np.array([2 * (o - y) * o * (1 - o)])),
        "the pair": (None, lambda o, y: (2 * (o - y), 2 * (o - y) * o * (1 - o))),
    },
    "hidden_deltas": {
        "by list, no slope": (
            "slope-forgotten",
            lambda h, v, d: np.array([d * one for one in v]),
        ),
        "one for all": ("summed", lambda h, v, d: h * (1 - h) * (d * v).sum()),
        "positive weights": (None, lambda h, v, d: d * np.abs(v) * h * (1 - h)),
        "a number": (None, lambda h, v, d: float(np.sum(d * v * h * (1 - h)))),
        "a column": (None, lambda h, v, d: (d * v * h * (1 - h))[:, None]),
        "a table": (None, lambda h, v, d: np.outer(v, h * (1 - h)) * d),
        "divided by v": (None, lambda h, v, d: d / v * h * (1 - h)),
        "reversed": (None, lambda h, v, d: (d * v * h * (1 - h))[::-1].copy()),
        "slope twice": (None, lambda h, v, d: d * v * (h * (1 - h)) ** 2),
        "clipped": (None, lambda h, v, d: np.clip(d * v * h * (1 - h), -0.01, 0.01)),
        "half precision": (None, lambda h, v, d: (d * v * h * (1 - h)).astype(np.float16)),
        "into v": (None, lambda h, v, d: np.multiply(v, d * h * (1 - h), out=v)),
        "softmax, the diagonal": (None, lambda h, v, d: d * v * h * (1 - h / h.sum())),
    },
    "network_gradients": {
        "all halves": ("factor-2-lost", _scaled_gradients(0.5, 0.5, 0.5, 0.5)),
        "all negative": ("sign-flipped", _scaled_gradients(-1, -1, -1, -1)),
        "no biases": ("biases-forgotten", _scaled_gradients(1, 0, 1, 0)),
        "hidden halved": (None, _scaled_gradients(0.5, 0.5, 1, 1)),
        "no output bias": (None, _scaled_gradients(1, 1, 1, 0)),
        "positive weights": (None, _positive(_gradients_summed)),
        "forward nudges": (None, _forward_nudges),
        "W left in": (None, _back_through_W),
        "relu": (None, _relu_in_the_middle),
        "into v": (None, _into_v),
        "in another order": (None, lambda *given: _gradients_one_matrix(*given)[::-1]),
        "transposed": (
            None,
            lambda *given: (lambda g: (g[0].T, *g[1:]))(_gradients_one_matrix(*given)),
        ),
        "without dc": (None, lambda *given: _gradients_one_matrix(*given)[:3]),
        "rounded": (
            None,
            lambda *given: tuple(np.round(one, 5) for one in _gradients_summed(*given)),
        ),
    },
    "network_update": {
        "too early, c late": ("updated-too-early", _v_too_early_alone),
        "no biases": ("biases-stay", lambda *given: _step(*given, rates=(1, 0, 1, 0))),
        "up": ("uphill", lambda *given: _step(*given, rates=(-1, -1, -1, -1))),
        "twice as far": (None, lambda *given: _step(*given, rates=(2, 2, 2, 2))),
        "hidden layer twice": (None, lambda *given: _step(*given, rates=(2, 2, 1, 1))),
        "two steps": (None, _two_steps),
        "in place": (None, _step_in_place),
        "output up": (None, lambda *given: _step(*given, rates=(1, 1, -1, -1))),
        "c stays": (None, lambda *given: _step(*given, rates=(1, 1, 1, 0))),
        "nothing moves": (None, lambda *given: tuple(map(np.copy, given[2:6]))),
        "without c": (None, lambda *given: _step(*given)[:3]),
        "positive weights": (None, _positive(_step)),
    },
    "tanh_network_gradients": {
        "sigmoid's slope": ("slope-of-the-sigmoid", _tanh_with(lambda h: h - h * h)),
        "sigmoid behind": (
            "output-slope-kept",
            _tanh_with(lambda h: 1 - h * h, lambda o: o - o * o),
        ),
        "one plus": (None, _tanh_with(lambda h: 1 + h * h)),
        "slope twice": (None, _tanh_with(lambda h: (1 - h * h) ** 2)),
        "a quarter": (None, _tanh_with(lambda h: 0.25)),
        "all sigmoids": ("the-other-network", _gradients_summed),
        "positive weights": (None, _positive(_tanh_outer)),
        "in another order": (None, lambda *given: _tanh_outer(*given)[::-1]),
        "only W": (None, lambda *given: _tanh_outer(*given)[0]),
        "sigmoid's slope from tanh": (None, _tanh_with(lambda h: _s(h) * (1 - _s(h)))),
        "rounded": (None, lambda *given: tuple(np.round(one, 4) for one in _tanh_outer(*given))),
        "clipped": (
            None,
            lambda *given: tuple(np.clip(one, -0.1, 0.1) for one in _tanh_outer(*given)),
        ),
    },
    "train_network": {
        "in a row": ("sample-by-sample", _train_in_a_row),
        "summed": (
            "missing-1/m",
            lambda X, y, W, b, v, c, lr, steps: _train_recursive(
                X, y, W, b, v, c, lr * len(y), steps
            ),
        ),
        "one more": (
            "one-step-too-many",
            lambda *given: _train_recursive(*given[:-1], given[-1] + 1),
        ),
        "without biases": (
            "biases-stay",
            _train_with(lambda *given: _scaled_gradients(1, 0, 1, 0)(*given)),
        ),
        "uphill": ("uphill", _train_with(_scaled_gradients(-1, -1, -1, -1))),
        "halved": (None, _train_with(_scaled_gradients(0.5, 0.5, 0.5, 0.5))),
        "slower and slower": (None, _train_decayed),
        "momentum": (None, _train_momentum),
        "into W": (None, _train_into_W),
        "three samples only": (
            None,
            lambda X, y, *more: _train_recursive(X[:3], y[:3], *more),
        ),
        "one big step": (
            None,
            lambda X, y, W, b, v, c, lr, steps: _train_recursive(X, y, W, b, v, c, lr * steps, 1),
        ),
        "hidden layer alone": (None, _train_with(_scaled_gradients(1, 1, 0, 0))),
        "not trained": (
            None,
            lambda X, y, W, b, v, c, lr, steps: (W.copy(), b.copy(), v.copy(), c),
        ),
        "without c": (None, lambda *given: _train_recursive(*given)[:3]),
    },
}
