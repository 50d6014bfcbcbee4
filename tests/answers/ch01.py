"""Chapter 1: slopes of short formulas, nudges, orders, and a whole backward pass."""

import collections
import functools
import graphlib

import numpy as np

# ── slopes ───────────────────────────────────────────────────────────────────────────────────────


def _chain_in_a_loop(cups):
    slope = 1.0
    for rate in (0.5, 2 * (3 * cups + 1), 3):
        slope *= rate
    return slope


def _shared_in_place(a, b):
    grads = np.zeros(3)  # a, b, p
    p = a * b
    grads[2] += p + a
    grads[0] += p
    grads[2] += p
    grads[0] += grads[2] * b
    grads[1] += grads[2] * a
    return grads[:2]


Slopes = collections.namedtuple("Slopes", "dx dy dz")


# ── nudges ───────────────────────────────────────────────────────────────────────────────────────


def _by_map(f, x, h):
    units = np.eye(x.size)
    return np.fromiter(
        ((f(x + h * u.reshape(x.shape)) - f(x - h * u.reshape(x.shape))) / (2 * h) for u in units),
        dtype=float,
    ).reshape(x.shape)


def _by_iterator(f, x, h):
    work = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(work)
    walk = np.nditer(work, flags=["multi_index"])
    while not walk.finished:
        place = walk.multi_index
        kept = work[place].copy()
        work[place] = kept + h
        high = f(work)
        work[place] = kept - h
        gradient[place] = (high - f(work)) / (h + h)
        work[place] = kept
        walk.iternext()
    return gradient


def _by_recursion(f, x, h, k=0):
    x = np.asarray(x, dtype=float)
    if k == x.size:
        return np.empty(x.shape)
    gradient = _by_recursion(f, x, h, k + 1)
    step = np.zeros(x.size)
    step[k] = h
    step = step.reshape(x.shape)
    gradient[np.unravel_index(k, x.shape)] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def _with_a_stack(parents):
    order, waiting = [], list(parents)
    while waiting:
        name = waiting.pop()
        missing = [one for one in parents[name] if one not in order]
        if missing:
            waiting += [name, *missing]
        elif name not in order:
            order.append(name)
    return order


def _recursion_with_dict(parents):
    done = {}

    def visit(name):
        if name not in done:
            for one in parents[name]:
                visit(one)
            done[name] = True

    for name in sorted(parents):
        visit(name)
    return list(done)


def _by_ancestors(parents):
    @functools.cache
    def ancestors(name):
        return frozenset().union(*(ancestors(one) | {one} for one in parents[name]))

    return sorted(parents, key=lambda name: len(ancestors(name)))


# ── the whole pass ───────────────────────────────────────────────────────────────────────────────


def _rates(operation, left, right):
    return {
        "add": (1.0, 1.0),
        "multiply": (right, left),
        "max": (1.0, 0.0) if left >= right else (0.0, 1.0),
    }[operation]


def _order_of(graph):
    return list(
        graphlib.TopologicalSorter({n: [*row[1:]] for n, row in graph.items()}).static_order()
    )


def _walk(graph, values, end, rates=_rates):
    slopes = dict.fromkeys(values, 0.0)
    slopes[end] = 1.0
    for name in reversed(_order_of(graph)):
        if name in graph:
            operation, left, right = graph[name]
            for parent, rate in zip(
                (left, right), rates(operation, values[left], values[right]), strict=True
            ):
                slopes[parent] += slopes[name] * rate
    return slopes


def _collected(graph, values, end):
    slopes = collections.defaultdict(float, {end: 1.0})
    for name in _order_of(graph)[::-1]:
        for k, parent in enumerate(graph.get(name, ("",))[1:]):
            row = graph[name]
            slopes[parent] += slopes[name] * _rates(row[0], values[row[1]], values[row[2]])[k]
    return {name: np.array(slopes[name]) for name in values}


def _forward_mode(graph, values, end):
    def seen_from(source):
        dots = {name: float(name == source) for name in values}
        for name in _order_of(graph):
            if name in graph and name != source:
                operation, left, right = graph[name]
                to_left, to_right = _rates(operation, values[left], values[right])
                dots[name] = to_left * dots[left] + to_right * dots[right]
        return dots[end]

    return {name: seen_from(name) for name in values}


def _linear_system(graph, values, end):
    names = list(values)
    local = np.zeros((len(names), len(names)))
    for name, (operation, left, right) in graph.items():
        rates = _rates(operation, values[left], values[right])
        for parent, rate in zip((left, right), rates, strict=True):
            local[names.index(parent), names.index(name)] += rate
    one = np.array([float(name == end) for name in names])
    return dict(zip(names, np.linalg.solve(np.eye(len(names)) - local, one), strict=True))


RIGHT = {
    "bitterness_slope": {
        "loop": _chain_in_a_loop,
        "polynomial": lambda cups: np.polyval(np.polyder([4.5, 3, 0.5]), cups),
        "0-d array": lambda cups: np.array(9.0) * cups + 3,
        "log derivative": lambda cups: 0.5 * (3 * cups + 1) ** 2 * 2 * 3 / (3 * cups + 1),
        "float32": lambda cups: np.float32(9 * cups + 3),
        "sum of paths": lambda cups: sum([0.5 * (3 * cups + 1)] * 2) * 3,
    },
    "sum_times_gradients": {
        "named tuple": lambda x, y, z: Slopes(z, z, x + y),
        "array": lambda x, y, z: np.array([z, z, x + y]),
        "matrix product": lambda x, y, z: np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0]]) @ [x, y, z],
        "starred": lambda *w: (w[2],) * 2 + (sum(w[:2]),),
        "0-d arrays": lambda x, y, z: tuple(map(np.array, (z, z, x + y))),
    },
    "minimum_bill_gradients": {
        "booleans": lambda p, m, f, t: (f * (p >= m), f * (p < m), max(m, p), True),
        "where": lambda p, m, f, t: (
            np.where(p >= m, f, 0.0),
            np.where(p >= m, 0.0, f),
            np.maximum(p, m),
            1,
        ),
        "array": lambda p, m, f, t: np.array(
            [f * np.heaviside(p - m, 1), f * np.heaviside(m - p, 0), max(p, m), 1]
        ),
        "stable sort": lambda p, m, f, t: [
            *(f * np.eye(2)[sorted((0, 1), key=lambda k: -(p, m)[k])[0]]),
            max(p, m),
            t / t,
        ],
    },
    "shared_wire_gradients": {
        "in place": _shared_in_place,
        "logarithms": lambda a, b: (
            (a * b * (a * b + a)) * (1 / a + (b + 1) / (a * b + a)),
            (a * b * (a * b + a)) * (1 / b + a / (a * b + a)),
        ),
        "paths": lambda a, b: tuple(
            np.sum(rows)
            for rows in ([(a * b + a) * b, a * b * b, a * b], [(a * b + a) * a, a * b * a])
        ),
        "factored": lambda a, b: (2 * a * b * (b + 1), a * a * (2 * b + 1)),
    },
    "central_gradient": {
        "map": _by_map,
        "iterator": _by_iterator,
        "recursion": _by_recursion,
        "single precision": lambda f, x, h: _by_map(f, x, h).astype(np.float32),
        "list comprehension": lambda f, x, h: np.array(
            [
                (f(x + step) - f(x - step)) / h / 2
                for step in h * np.eye(x.size).reshape(-1, *x.shape)
            ]
        ).reshape(x.shape),
    },
    "topological_order": {
        "stack": _with_a_stack,
        "dict": _recursion_with_dict,
        "ancestors": _by_ancestors,
        "standard library": lambda parents: list(
            graphlib.TopologicalSorter(parents).static_order()
        ),
        "tuple": lambda parents: tuple(_with_a_stack(parents)),
        "array": lambda parents: np.array(_with_a_stack(parents)),
    },
    "graph_gradients": {
        "standard library": _walk,
        "defaultdict": _collected,
        "forward mode": _forward_mode,
        "linear system": _linear_system,
    },
}
