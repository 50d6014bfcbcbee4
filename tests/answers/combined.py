"""Two slips in one answer: no single name fits, and what is measured is said.

SAID[exercise] are (function, words, …): the words that the sentence has to hold.
"""

import functools

import numpy as np

from .ch01 import _by_map, _walk
from .ch02 import _curve, _d, _gradient_loops, _step
from .ch02_wrong import _z


def _late_column(X, y, theta):
    """Off by one: the last column is never reached."""
    out = np.zeros(X.shape[1])
    for j in range(X.shape[1] - 1):
        out[j] = 2 * np.mean((X @ theta - y) * X[:, j])
    return out


def _early_sum(x, y, a, b, out=None):
    out = [0.0, 0.0] if out is None else out
    error = a * x + b - y
    for k in range(len(x)):
        out[0] += 2 * error[k] * x[k] / len(x)
        out[1] = 2 * error[k] / len(x)
    return tuple(out)


def _kept_between_calls(x, y, a, b, out=[0.0, 0.0]):  # noqa: B006  (that is the mistake)
    for k, d in enumerate(_d(x, y, a, b)):
        out[k] += d
    return tuple(out)


def _test_row_by_row(train, test):
    z = _z(train, test)[0]
    return z, np.array([(row - row.mean()) / row.std() for row in test])


SAID = {
    "slope_between_points": [
        (lambda x0, y0, x1, y1: -(x1 - x0) / (y1 - y0), "returns −1.301; 0.7684 is due"),
        (lambda x0, y0, x1, y1: ((y1 - y0) / (x1 - x0)) ** 2, "yours is its square"),
        (lambda x0, y0, x1, y1: -2 * (y1 - y0) / (x1 - x0), "wrong sign and is 2.00 times"),
    ],
    "bitterness_slope": [
        (lambda cups: -3 * (3 * cups + 1) / 2, "with the wrong sign and is 2.00 times too small"),
        (lambda cups: 2 * 3 * (3 * cups + 1) * 3, "6.00 times too large"),
    ],
    "sum_times_gradients": [
        (
            lambda x, y, z: (-z, z / 2, x + y),
            "`dx`: returns 8.241, with the wrong sign",
            "`dy`: returns −4.12, 2.00 times too small",
            "`dz` is right.",
        ),
        (lambda x, y, z: (z, -z, -(x + y)), "The same goes for `dz`. `dx` is right."),
    ],
    "minimum_bill_gradients": [
        (
            lambda p, m, f, t: (f * (p >= m), f * (p < m), -max(p, m), -1),
            "`dfactor`: returns −",
            "The same goes for `dtip`. `dprice` and `dminimum` are right.",
        ),
    ],
    "shared_wire_gradients": [
        (
            lambda a, b: (-2 * a * b * (b + 1), a * a * (2 * b + 1) / 2),
            "with the wrong sign; ",
            "`db`: returns 5.295, 2.00 times too small",
        ),
    ],
    "central_gradient": [
        (
            lambda f, x, h: -2 * _by_map(f, x, h),
            "every entry has the wrong sign and is 2.00 times too large",
        ),
        (lambda f, x, h: _by_map(f, x, h)[::-1], "axis 0 are right but in reverse order"),
    ],
    "graph_gradients": [
        (
            lambda graph, values, end: {k: -2 * v for k, v in _walk(graph, values, end).items()},
            "with the wrong sign and is 2.00 times too large",
        ),
        (
            lambda graph, values, end: {**_walk(graph, values, end), end: 0.5},
            "`bill`: returns 0.5; 1 is due. The other 11 are right.",
        ),
    ],
    "predict_line": [
        (lambda x, a, b: -2 * (a * x + b), "wrong sign and is 2.00 times too large"),
        (lambda x, a, b: (a * x + b)[::-1], "right but in reverse order"),
        (lambda x, a, b: a * x[:, None] + b * np.ones(len(x)), "averaged over axis 1, of length 3"),
        (lambda x, a, b: np.roll(a * x + b, 1), "the right values are all there, in other places"),
        (lambda x, a, b: (a * x + b)[:-1], "returns shape (2,); shape (3,) is due"),
    ],
    "mean_squared_error": [
        (lambda p, t: -np.sum((p - t) ** 2), "wrong sign and is 3.00 times too large, and 3 is"),
        (lambda p, t: np.sum((p - t) ** 2) / len(p) ** 2 / 2, "6.00 times too small"),
        (lambda p, t: (p - t) ** 2, "the mean of its entries is the right number"),
    ],
    "line_gradients": [
        (
            lambda *g: (-_d(*g)[0], _d(*g)[1] * len(g[0])),
            "`dtheta1`: returns 105.4, 3.00 times too large, and 3 is the batch size",
            "`dtheta0`: returns −930.5, with the",
        ),
        (lambda *g: (-_d(*g)[0], -_d(*g)[1] / 2), "`dtheta1`: returns −17.57, with the wrong sign"),
        (lambda *g: tuple(-len(g[0]) * d for d in _d(*g)), "The same goes for `dtheta1`."),
        (_early_sum, "`dtheta1`: returns ", "`dtheta0` is right."),
        (_kept_between_calls, "Case 1 is right."),
    ],
    "curve_gradients": [
        (
            lambda *g: _curve(*g) * [-1, 2, 1],
            "`dtheta0`: returns −3.916, with the wrong sign",
            "`dtheta1`: returns 6.68, 2.00 times too large",
            "`dtheta2` is right.",
        ),
        (lambda *g: -len(g[0]) * _curve(*g), "wrong sign and is 4.00 times too large, and 4 is"),
    ],
    "gradient_step": [
        (
            lambda *g: (_step(*g)[0], -_step(*g)[1]),
            "`theta1`: returns 13.03, with the wrong sign",
            "`theta0` is right.",
        ),
    ],
    "equal_learning_rates": [
        (
            lambda lr, m: (lr, lr / m**2, 2 * lr / m),
            "`lr_half_mean`: returns 0.006171, 2.00 times",
            "`lr_half_sum` is right.",
        ),
    ],
    "mse_gradient": [
        (
            lambda *g: -_gradient_loops(*g) * len(g[1]),
            "wrong sign and is 7.00 times too large, and 7 is the batch size",
        ),
        (lambda *g: _gradient_loops(*g) * 7 / 6, "1.17 times too large"),
        (
            lambda *g: _gradient_loops(*g) * len(g[1]) / (len(g[1]) - 1),
            "1.17 times too large, and 7/6 is m/(m − 1)",
        ),
        (lambda *g: -_gradient_loops(*g) / 2, "wrong sign and is 2.00 times too small"),
        (_late_column, "1 of 3 entries is wrong; at [2] it is 0; "),
        (lambda *g: np.abs(_gradient_loops(*g)), "have the wrong sign, the others are right"),
        (lambda *g: _gradient_loops(*g)[:, None], "with an axis too many"),
        (
            lambda *g: _gradient_loops(*g).astype(int),
            "is an array of integers made, or a mask returned?",
        ),
    ],
    "learning_rate_limit": [
        (lambda X: -1 / np.linalg.norm(X, 2) ** 2, "wrong sign and is 7.00 times too small"),
        (lambda X: (len(X) / np.linalg.norm(X, 2) ** 2) ** 2, "yours is its square"),
    ],
    "line_in_raw_units": [
        (
            lambda a, b, mean, std: (-a / std, b + mean),
            "`theta0`: returns −11.42, with the wrong",
            "`theta1` is wrong too.",
        ),
    ],
    "standardise": [
        (
            lambda A, B: (_z(A, B)[0], -2 * _z(A, B)[1]),
            "wrong sign and is 2.00 times too large",
            "`Z_train` is right.",
        ),
        (lambda A, B: (-_z(A, B)[0], _z(A, B, source=B)[1]), "`Z_test`: shape (5, 3) is right; "),
        (_test_row_by_row, "`Z_test`: shape (5, 3) is right; every entry is wrong"),
        (lambda A, B: (_z(A, B)[0].T, _z(A, B)[1]), "right once it is transposed. `Z_test` is"),
        (functools.partial(_z, epsilon=0.001), "The same goes for `Z_test`."),
    ],
}
