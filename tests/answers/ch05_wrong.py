"""Chapter 5, wrong answers: a layer, the bend before it, softmax, two losses, a network."""

import numpy as np

from .ch05 import _ce_equal, _layer_in_place, _softmax_in_place, network


def _layer(**parts):
    def answer(x, W, b, delta):
        given = dict(zip(("dx", "dW", "db"), _layer_in_place(x, W, b, delta), strict=True))
        changed = {name: make(x, W, b, delta) for name, make in parts.items()}
        return tuple({**given, **changed}.values())

    return answer


def _layer_ruins_delta(x, W, b, delta):
    delta /= len(x)
    return delta @ W.T, x.T @ delta, delta.sum(axis=0)


def _bend(slope):
    return lambda delta_next, W_next, z: delta_next @ W_next.T * slope(z)


def _bend_right(delta_next, W_next, z):
    return (delta_next @ W_next.T) * (1 - np.tanh(z) ** 2)


def _bend_ruins_z(delta_next, W_next, z):
    np.tanh(z, out=z)
    return delta_next @ W_next.T * (1 - z**2)


def _slope_by_nudge(z):
    h = 1e-3
    return (np.tanh(z + h) - np.tanh(z)) / h


def _clipped(z):
    e = np.exp(np.clip(z, -50, 50))
    return e / e.sum(axis=1, keepdims=True)


def _with_epsilon(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-6)


def _softmax_ruins_z(z):
    z -= z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def _no_keepdims(z):
    e = np.exp(z - z.max(axis=1))
    return e / e.sum(axis=1)


def _p(make):
    return lambda z, labels: make(_softmax_in_place(z), np.eye(z.shape[1])[labels], len(z))


def _ce_nudged(z, labels):
    def loss(s):
        p = np.exp(s - s.max(axis=1, keepdims=True))
        return -np.mean(np.log((p / p.sum(axis=1, keepdims=True))[np.arange(len(s)), labels]))

    out = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        up = z.copy()
        up[place] += 1e-3
        out[place] = (loss(up) - loss(z)) / 1e-3
    return out


def _ce_changes_labels(z, labels):
    out = _ce_equal(z, labels)
    labels += 1
    return out


def _a(make):
    return lambda z, y: make(1 / (1 + np.exp(-z)), y, len(z))


def _renamed(X, labels, parameters):
    return {name[1:]: one for name, one in network(X, labels, parameters).items()}


def _scaled(factor):
    def answer(X, labels, parameters):
        found = network(X, labels, parameters)
        return {name: one * factor(len(X)) for name, one in found.items()}

    return answer


def _without_the_biases(X, labels, parameters):
    found = network(X, labels, parameters)
    return {name: one * (name[1] != "b") for name, one in found.items()}


def _two_layers_only(X, labels, parameters):
    first = {name: parameters[name] for name in ("W1", "b1", "W2", "b2")}
    return network(X, labels, first)


def _as_tuple(X, labels, parameters):
    return tuple(network(X, labels, parameters).values())


def _steps(X, labels, parameters):
    found = network(X, labels, parameters)
    return {"d" + name: value - found["d" + name] for name, value in parameters.items()}


def _updates(X, labels, parameters):
    found = network(X, labels, parameters)
    for name in parameters:
        parameters[name] -= 0.1 * found["d" + name]
    return found


WRONG = {
    "layer_gradients": {
        "bias by np.mean": ("bias-averaged", _layer(db=lambda x, W, b, d: np.mean(d, 0))),
        "weights by einsum, over m": (
            "1/m-again-in-the-weights",
            _layer(dW=lambda x, W, b, d: np.einsum("ij,ik->jk", x, d) / x.shape[0]),
        ),
        "bias kept as a row": (None, _layer(db=lambda x, W, b, d: d.sum(0, keepdims=True))),
        "bias in dx": (None, _layer(dx=lambda x, W, b, d: (d + b) @ W.T)),
        "output for input": (None, _layer(dW=lambda x, W, b, d: W * d.sum(0))),
        "ruins delta": (None, _layer_ruins_delta),
        "transpose missing": (None, _layer(dx=lambda x, W, b, d: d @ W)),
        "only two": (None, lambda x, W, b, delta: (delta @ W.T, x.T @ delta)),
        "positive": (None, _layer(dx=lambda x, W, b, d: np.abs(d @ W.T))),
        "last row's bias": (None, _layer(db=lambda x, W, b, d: d[-1] * 1.0)),
    },
    "one_layer_back": {
        "z for a, by factors": (
            "slope-of-the-wrong-quantity",
            _bend(lambda z: (1 - z) * (1 + z)),
        ),
        "gradient at a": (
            "slope-forgotten",
            lambda delta_next, W_next, z: np.inner(delta_next, W_next),
        ),
        "halved": (None, _bend(lambda z: (1 - np.tanh(z) ** 2) / 2)),
        "nudged": (None, _bend(_slope_by_nudge)),
        "one over cosh": (None, _bend(lambda z: 1 / np.cosh(z))),
        "ruins z": (None, _bend_ruins_z),
        "list": (None, lambda delta_next, W_next, z: _bend_right(delta_next, W_next, z).tolist()),
        "summed over the batch": (
            None,
            lambda delta_next, W_next, z: (_bend_right(delta_next, W_next, z)).sum(axis=0),
        ),
        "transpose missing": (
            None,
            lambda delta_next, W_next, z: (delta_next @ W_next) * (1 - np.tanh(z) ** 2),
        ),
    },
    "softmax_rows": {
        "naive": ("no-shift", lambda z: (np.exp(z).T / np.exp(z).sum(1)).T),
        "columns by T": ("down-the-columns", lambda z: _softmax_in_place(z.T).T.copy()),
        "clipped": (None, _clipped),
        "epsilon": (None, _with_epsilon),
        "ruins z": (None, _softmax_ruins_z),
        "no keepdims": (None, _no_keepdims),
        "base 2": (None, lambda z: _softmax_in_place(z * np.log(2))),
        "cooler": (None, lambda z: _softmax_in_place(z / 2)),
        "first row": (None, lambda z: _softmax_in_place(z)[0]),
        "nan to number": (None, lambda z: np.nan_to_num(np.exp(z) / np.exp(z).sum(1)[:, None])),
    },
    "cross_entropy_gradient": {
        "sum of losses": ("missing-1/m", lambda z, labels: _ce_equal(z, labels) * len(labels)),
        "y - p by hand": ("sign-flipped", lambda z, labels: -_ce_equal(z, labels)),
        "np.mean of p - y": (None, _p(lambda p, y, m: np.mean(p - y))),
        "squared": (None, _p(lambda p, y, m: (p - y) ** 2 / m)),
        "nudged": (None, _ce_nudged),
        "changes the labels": (None, _ce_changes_labels),
        "half": (None, _p(lambda p, y, m: (p - y) / (2 * m))),
        "sizes": (None, _p(lambda p, y, m: np.abs(p - y) / m)),
        "only the right column": (None, _p(lambda p, y, m: (p - y).max(axis=1) / m)),
    },
    "sigmoid_square_delta": {
        "p - y": ("delta-of-cross-entropy", _a(lambda a, y, m: np.subtract(a, y) / m)),
        "by np.mean": (
            "mean-over-all-entries",
            _a(lambda a, y, m: (2 * (a - y) / a.size) * (a - a * a)),
        ),
        "a squared": (None, _a(lambda a, y, m: 2 * (a - y) * a * a / m)),
        "slope of the error": (None, _a(lambda a, y, m: 2 * (a - y) * (a - y) * (1 - a + y) / m)),
        "positive": (None, _a(lambda a, y, m: np.abs(2 * (a - y) * a * (1 - a)) / m)),
        "four times": (None, _a(lambda a, y, m: 4 * (a - y) * a * (1 - a) / m)),
        "summed": (None, _a(lambda a, y, m: (2 * (a - y) * a * (1 - a)).sum(axis=0) / m)),
        "rounded": (None, _a(lambda a, y, m: np.round(2 * (a - y) * a * (1 - a) / m, 6))),
        "quarter for the slope": (None, _a(lambda a, y, m: (a - y) / 2 / m)),
    },
    "any_depth_gradients": {
        "times m": ("missing-1/m", _scaled(lambda m: m)),
        "no slope": (
            "slope-forgotten",
            lambda X, labels, parameters: network(X, labels, parameters, slope=lambda a: 1.0),
        ),
        "names without d": (None, _renamed),
        "half": (None, _scaled(lambda m: 0.5)),
        "no biases": (None, _without_the_biases),
        "two layers only": (None, _two_layers_only),
        "a tuple": (None, _as_tuple),
        "the step made": (None, _steps),
        "updates the parameters": (None, _updates),
        "positive weights": (
            None,
            lambda X, labels, parameters: network(X, labels, parameters, passes=np.abs),
        ),
    },
}
