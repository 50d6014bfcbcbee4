"""Right answers in the styles of a whole class: other containers, dtypes, layouts and habits.

Recursion, generators, decorators, classes, closures, keyword calls, views, read-only arrays,
names of the reader's own: nothing of it makes a right value wrong.
"""

import collections
import dataclasses
import functools
import itertools
import math
import operator

import numpy as np

from .ch01 import _walk
from .ch02 import _d, _gradient_loops

# ── habits ───────────────────────────────────────────────────────────────────────────────────────


def logged(function):
    """A decorator that prints, as somebody does who is looking for a mistake."""

    @functools.wraps(function)
    def inner(*given):
        print("called with", *map(np.shape, given))
        return function(*given)

    return inner


class _Line:
    def __init__(self, slope, intercept):
        self.slope, self.intercept = slope, intercept

    def __call__(self, x):
        return self.slope * x + self.intercept

    @classmethod
    def predict(cls, x, theta0, theta1):
        return cls(theta0, theta1)(x)

    @staticmethod
    def loss(prediction, target):
        return float(np.mean((prediction - target) ** 2))


@dataclasses.dataclass
class _Dual:
    value: float
    dot: float = 0.0

    def __add__(self, other):
        other = other if isinstance(other, _Dual) else _Dual(other)
        return _Dual(self.value + other.value, self.dot + other.dot)

    def __mul__(self, other):
        other = other if isinstance(other, _Dual) else _Dual(other)
        return _Dual(self.value * other.value, self.dot * other.value + self.value * other.dot)

    __radd__, __rmul__ = __add__, __mul__


def _by_duals(formula, *values):
    for k in range(len(values)):
        yield formula(*(_Dual(v, float(j == k)) for j, v in enumerate(values))).dot


def _dual_refund(cups):
    spoons = 3 * cups + 1
    return 0.5 * (spoons * spoons)


def _dual_wire(a, b):
    p = a * b
    return p * (p + a)


def _sum_recursively(values):
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    return _sum_recursively(values[:half]) + _sum_recursively(values[half:])


def _read_only(array):
    array.setflags(write=False)
    return array


def _every_second(array):
    """The array as a view that is not contiguous."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]))
    wide[..., ::2] = array
    return wide[..., ::2]


class _Own(np.ndarray):
    """A subclass of somebody's own."""


def _pushes(x, y, a, b):
    for u, v in zip(x, y, strict=True):
        yield 2 * (a * u + b - v) / len(x), u


# ── a gradient by nudges ─────────────────────────────────────────────────────────────────────────


def _in_x_and_put_back(f, x, h):
    if x.dtype.kind != "f":
        return _in_x_and_put_back(f, x.astype(float), h)
    slopes = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        high = f(x)
        x[place] = kept - h
        slopes[place] = (high - f(x)) / (2 * h)
        x[place] = kept
    return slopes


def _with_a_closure(f, x, h):
    start = np.array(x, dtype=np.float64)

    def at(place, by):
        moved = start.copy()
        moved[place] += by
        return f(moved)

    places = itertools.product(*(range(n) for n in start.shape))
    flat = [(at(place, h) - at(place, -h)) / (h + h) for place in places]
    return np.array(flat).reshape(start.shape)


# ── graphs ───────────────────────────────────────────────────────────────────────────────────────


def _by_marks(parents):
    marks, order = collections.defaultdict(bool), collections.deque()

    def visit(name):
        if not marks[name]:
            marks[name] = True
            for parent in reversed(parents[name]):
                visit(parent)
            order.append(name)

    for name in sorted(parents, reverse=True):
        visit(name)
    return [*order]


def _whoever_is_ready(parents):
    left, order = set(parents), []
    while left:
        ready = {name for name in left if left.isdisjoint(parents[name])}
        order += sorted(ready)
        left -= ready
    return order


def _level_by_level(parents):
    @functools.cache
    def level(name):
        return 1 + max(map(level, parents[name]), default=-1)

    return np.array(sorted(parents, key=level), dtype=object).tolist()


def _with_classes(graph, values, end):
    class Node:
        def __init__(self, name):
            self.name, self.grad, self.users = name, None, []

        def slope(self):
            if self.grad is None:
                own = 1.0 if self.name == end else 0.0
                self.grad = own + sum(user.slope() * rate for user, rate in self.users)
            return self.grad

    nodes = {name: Node(name) for name in values}
    for name, (operation, left, right) in graph.items():
        first = operation != "max" or values[left] >= values[right]
        rates = {"add": (1, 1), "multiply": (values[right], values[left])}.get(
            operation, (first, not first)
        )
        for parent, rate in zip((left, right), rates, strict=True):
            nodes[parent].users.append((nodes[name], rate))
    return {name: node.slope() for name, node in nodes.items()}


# ── scales ───────────────────────────────────────────────────────────────────────────────────────


def _scaler(rows):
    mean, std = rows.mean(axis=0), rows.std(axis=0)
    return lambda table: (table - mean) / std


def _qr_fit(x, y):
    q, r = np.linalg.qr(np.c_[x, np.ones(len(x))])
    return np.linalg.solve(r, q.T @ y)


def _line_search(x, y):
    theta, X = np.zeros(2), np.c_[(x - x.mean()) / x.std(), np.ones(len(x))]
    for _ in range(200):
        g = X.T @ (X @ theta - y)
        if not np.any(np.abs(g) > 1e-13):
            break
        theta = theta - (g @ g) / (X @ g @ (X @ g)) * g
    slope = float(theta[0]) / x.std()
    return slope, float(theta[1]) - slope * x.mean()


RIGHT = {
    "slope_between_points": {
        "duck": lambda *points: np.subtract(points[3], points[1]) / np.subtract(*points[2::-2]),
        "memory": functools.lru_cache(lambda x0, y0, x1, y1: (y1 - y0) / (x1 - x0)),
        "ufunc": np.frompyfunc(lambda x0, y0, x1, y1: (y1 - y0) / (x1 - x0), 4, 1),
        "dispatch": functools.singledispatch(lambda a, b, c, d: (d - b) / (c - a)),
        "prints": logged(lambda x0, y0, x1, y1: (y1 - y0) / (x1 - x0)),
        "float32": lambda x0, y0, x1, y1: np.float32((y1 - y0) / (x1 - x0)),
        "compound": lambda x0, y0, x1, y1: (y := y1 - y0) / (x := x1 - x0) + 0 * x * y,
    },
    "bitterness_slope": {
        "own dual numbers": lambda cups: next(_by_duals(_dual_refund, cups)),
        "longdouble": lambda cups: np.longdouble(9) * cups + 3,
        "reduce": lambda cups: functools.reduce(operator.mul, (3, 2 * (3 * cups + 1), 0.5)),
        "python float": lambda x: float(np.dot([9.0, 3.0], [x, 1.0])),
        "default": lambda cups, rate=0.5, /: 2 * rate * (3 * cups + 1) * 3,
    },
    "sum_times_gradients": {
        "own dual numbers": lambda *v: tuple(_by_duals(lambda x, y, z: (x + y) * z, *v)),
        "mixed": lambda x, y, z: [float(z), np.float64(z), np.array(x + y)],
        "repeat": lambda x, y, z: (*itertools.repeat(z, 2), x + y),
        "read only": lambda x, y, z: _read_only(np.array([z, z, x + y])),
    },
    "minimum_bill_gradients": {
        "list of branches": lambda p, m, f, t: [[f, 0, p, 1], [0, f, m, 1]][p < m],
        "copysign": lambda p, m, f, t: (
            f * (0.5 + math.copysign(0.5, p - m)),
            f * (0.5 - math.copysign(0.5, p - m)),
            max(p, m),
            1.0,
        ),
        "integers": lambda p, m, f, t: (f * int(p >= m), f * int(p < m), max(m, p), 1),
        "argmax": lambda p, m, f, t: (*(f * np.eye(2)[np.argmax([p, m])]), max(p, m), 1),
    },
    "shared_wire_gradients": {
        "own dual numbers": lambda a, b: list(_by_duals(_dual_wire, a, b)),
        "powers": lambda a, b: (2 * a * b**2 + 2 * a * b, a**2 + 2 * a**2 * b),
        "vector": lambda a, b: a * np.array([2 * b * (b + 1), a * (2 * b + 1)]),
        "read only": lambda a, b: _read_only(np.array([2 * a * b * (b + 1), a * a * (2 * b + 1)])),
    },
    "central_gradient": {
        "in x, put back": _in_x_and_put_back,
        "closure": _with_a_closure,
        "fortran": lambda f, x, h: np.asfortranarray(_with_a_closure(f, x, h)),
        "apart": lambda func, point, step: _every_second(_with_a_closure(func, point, step)),
    },
    "topological_order": {
        "deque": _by_marks,
        "sets": _whoever_is_ready,
        "levels": _level_by_level,
        "words of NumPy": lambda parents: [np.str_(name) for name in _by_marks(parents)],
    },
    "graph_gradients": {
        "classes": _with_classes,
        "ordered": lambda graph, values, end: collections.OrderedDict(_walk(graph, values, end)),
        "sorted": lambda graph, values, end: dict(sorted(_walk(graph, values, end).items())),
        "other names": lambda g, v, last: _with_classes(g, v, last),
    },
    "predict_line": {
        "class method": _Line.predict,
        "object": np.vectorize(lambda v, theta0, theta1: theta0 * v + theta1),
        "read only": lambda x, a, b: _read_only(a * x + b),
        "view": lambda x, a, b: np.broadcast_to(a * x + b, (2, len(x)))[1],
        "apart": lambda x, a, b: _every_second(a * x + b),
        "longdouble": lambda x, a, b: x.astype(np.longdouble) * a + b,
        "own class": lambda x, a, b: (a * x + b).view(_Own),
        "nothing masked": lambda x, a, b: np.ma.array(a * x + b),
    },
    "mean_squared_error": {
        "static method": _Line.loss,
        "halves": lambda p, t: _sum_recursively((p - t) ** 2) / len(p),
        "names the other way round": lambda target, prediction: np.mean((target - prediction) ** 2),
        "backwards": lambda p, t: sum(((p - t) ** 2)[::-1]) / t.size,
        "float32": lambda p, t: np.mean((p - t).astype(np.float32) ** 2),
        "longdouble": lambda p, t: np.mean((p - t).astype(np.longdouble) ** 2),
    },
    "line_gradients": {
        "generator": lambda x, y, a, b: (
            sum(push * u for push, u in _pushes(x, y, a, b)),
            sum(push for push, _ in _pushes(x, y, a, b)),
        ),
        "float32 all along": lambda x, y, a, b: tuple(
            np.float32(2)
            * np.mean((np.float32(a) * x.astype(np.float32) + np.float32(b) - y.astype("f4")) * k)
            for k in (x.astype(np.float32), np.float32(1))
        ),
        "backwards": lambda x, y, a, b: tuple(_d(x[::-1], y[::-1], a, b)),
        "covariance": lambda x, y, a, b: (
            2 * (np.cov(x, a * x + b - y, bias=True)[0, 1] + x.mean() * (a * x + b - y).mean()),
            2 * (a * x + b - y).mean(),
        ),
    },
    "curve_gradients": {
        "map": lambda x, y, *t: [
            2 * np.mean((np.polyval(t, x) - y) * power) for power in (x**2, x, 1)
        ],
        "array": lambda x, y, *t: np.vander(x, 3).T @ (np.polyval(t, x) - y) / (len(x) / 2),
        "own dual numbers": lambda x, y, *t: tuple(
            _by_duals(
                lambda a, b, c: functools.reduce(
                    operator.add,
                    (
                        (e := a * float(u * u) + b * float(u) + c + float(-v)) * e * (1 / len(x))
                        for u, v in zip(x, y, strict=True)
                    ),
                ),
                *t,
            )
        ),
        "running sums": lambda x, y, *t: [
            list(itertools.accumulate(2 * (np.polyval(t, x) - y) * x**k))[-1] / len(x)
            for k in (2, 1, 0)
        ],
    },
    "gradient_step": {
        "in place": lambda x, y, a, b, lr: np.subtract(
            theta := np.array([a, b]), lr * np.array(_d(x, y, a, b)), out=theta
        ),
        "partial": functools.partial(
            lambda sign, x, y, a, b, lr: tuple(
                t + sign * lr * d for t, d in zip((a, b), _d(x, y, a, b), strict=True)
            ),
            -1,
        ),
        "swap at the end": lambda x, y, a, b, lr: (
            (new_b := b - lr * _d(x, y, a, b)[1], a - lr * _d(x, y, a, b)[0])[1],
            new_b,
        ),
        "float32": lambda x, y, a, b, lr: [
            np.float32(t - lr * d) for t, d in zip((a, b), _d(x, y, a, b), strict=True)
        ],
    },
    "equal_learning_rates": {
        "divmod": lambda lr, m: (lr * 2, lr / float(m), lr * 2 / float(m)),
        "generator": lambda lr, m: tuple(lr / k for k in (0.5, m, 0.5 * m)),
        "powers": lambda lr, m: (2 * lr, lr * m**-1.0, 2 * lr * m**-1.0),
        "division": lambda lr, m: np.divide(lr, [1 / 2, m, m / 2]),
    },
    "mse_gradient": {
        "fortran": lambda X, y, t: np.asfortranarray(X).T @ (X @ t - y) * 2 / len(y),
        "apart": lambda X, y, t: _every_second(_gradient_loops(X, y, t)),
        "read only": lambda X, y, t: _read_only(_gradient_loops(X, y, t)),
        "longdouble": lambda X, y, t: (
            2 * X.T.astype(np.longdouble) @ (X.astype(np.longdouble) @ t - y) / len(y)
        ),
        "float32 all along": lambda X, y, t: (
            np.float32(2 / len(y))
            * (X.astype("f4").T @ (X.astype("f4") @ t.astype("f4") - y.astype("f4")))
        ),
        "other order": lambda X, y, t: (
            2 * _sum_recursively([(r @ t - v) * r for r, v in zip(X, y, strict=True)]) / len(y)
        ),
        "reversed rows": lambda X, y, t: 2 * X[::-1].T @ (X @ t - y)[::-1] / len(y),
        "keywords": lambda X, y, theta: (
            np.einsum("ij,i->j", X, X @ theta - y, optimize=True) / (len(y) / 2)
        ),
        "own class": lambda X, y, t: _gradient_loops(X, y, t).view(_Own),
    },
    "learning_rate_limit": {
        "gram of rows": lambda X: len(X) / np.linalg.eigvalsh(X @ X.T)[-1],
        "float32": lambda X: np.float32(len(X) / np.linalg.norm(X, 2) ** 2),
        "condition": lambda X: len(X) / (np.linalg.cond(X) * np.linalg.norm(X, -2)) ** 2,
        "python float": lambda X: float(1 / np.linalg.svd(X / len(X) ** 0.5)[1][0] ** 2),
    },
    "line_in_raw_units": {
        "two heights": lambda a, b, mean, std: (a / std, -a * mean / std + b),
        "composed": lambda a, b, mean, std: tuple(
            np.polynomial.Polynomial([b, a])(np.polynomial.Polynomial([-mean / std, 1 / std])).coef[
                ::-1
            ]
        ),
        "interpolation": lambda a, b, mean, std: np.polyfit([mean, mean + std], [b, a + b], 1),
        "float32": lambda a, b, mean, std: [np.float32(a / std), np.float32(b - a / std * mean)],
    },
    "standardise": {
        "closure": lambda A, B: tuple(map(_scaler(A), (A, B))),
        "fortran": lambda A, B: [np.asfortranarray(_scaler(A)(T)) for T in (A, B)],
        "read only": lambda A, B: (_read_only(_scaler(A)(A)), _read_only(_scaler(A)(B))),
        "float32": lambda A, B: tuple(_scaler(A)(T).astype(np.float32) for T in (A, B)),
        "views of one": lambda A, B: np.split(_scaler(A)(np.vstack([A, B])), [len(A)]),
    },
    "fit_line": {
        "qr": _qr_fit,
        "line search": _line_search,
        "correlation": lambda x, y: (
            s := np.corrcoef(x, y)[0, 1] * y.std() / x.std(),
            y.mean() - s * x.mean(),
        ),
        "polynomial": lambda x, y: np.polynomial.Polynomial.fit(x, y, 1).convert().coef[::-1],
    },
}
