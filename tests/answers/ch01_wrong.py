"""Chapter 1, wrong answers: slopes, nudges, orders and the backward pass."""

import functools

import numpy as np

from .ch01 import _by_map, _order_of, _rates, _recursion_with_dict, _walk, _with_a_stack


def _bill(price, minimum, factor, tip, *, wins, dtip=1.0):
    first = wins(price, minimum)
    return (
        factor if first else 0.0,
        0.0 if first else factor,
        price if price >= minimum else minimum,
        dtip,
    )


def _nudged_bill(price, minimum, factor, tip):
    """Finite differences: nearly right, and lost where the two are equal."""

    def bill(*amounts):
        return amounts[2] * max(amounts[0], amounts[1]) + amounts[3]

    here = [price, minimum, factor, tip]
    slopes = []
    for k in range(4):
        up, down = list(here), list(here)
        up[k] += 1e-5
        down[k] -= 1e-5
        slopes.append((bill(*up) - bill(*down)) / 2e-5)
    return tuple(slopes)


def _vectors_only(f, x, h):
    gradient = np.zeros(len(x))
    for i in range(len(x)):
        step = np.zeros(len(x))
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def _as_a_vector(f, x, h):
    return _by_map(f, x, h).ravel()


def _in_the_readers_array(f, x, h):
    if x.dtype.kind != "f":
        return _by_map(f, x, h)
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        high = f(x)
        x[place] = kept - h
        gradient[place] = (high - f(x)) / (2 * h)
        x[place] = kept + 1e-12
    return gradient


def _own_step(f, x, h):
    return _by_map(f, x, 1e-6)


def _extrapolated(f, x, h):
    return (4 * _by_map(f, x, h / 2) - _by_map(f, x, h)) / 3


def _gradient_of_integers(f, x, h):
    return _by_map(f, x, h).astype(x.dtype)


def _relative_step(f, x, h):
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h * abs(x[place])
        gradient[place] = (f(x + step) - f(x - step)) / (2 * step[place])
    return gradient


def _diagonal_only(f, x, h):
    gradient = np.zeros(x.shape)
    for i in range(min(x.shape)):
        step = np.zeros(x.shape)
        step[(i,) * x.ndim] = h
        gradient[(i,) * x.ndim] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def _forgets_one(parents):
    return _recursion_with_dict(parents)[:-1]


def _two_changed_places(parents):
    order = _recursion_with_dict(parents)
    order[-1], order[0] = order[0], order[-1]
    return order


def _only_inputs_first(parents):
    return [n for n in parents if not parents[n]] + [n for n in parents if parents[n]]


def _one_pass(parents):
    order = [name for name in parents if not parents[name]]
    for name in parents:
        if name not in order and all(one in order for one in parents[name]):
            order.append(name)
    return order + [name for name in parents if name not in order]


def _empties(parents):
    order = _recursion_with_dict(parents)
    parents.clear()
    return order


def _without_the_unused(graph, values, end):
    return {name: slope for name, slope in _walk(graph, values, end).items() if slope}


def _inputs_only(graph, values, end):
    return {name: slope for name, slope in _walk(graph, values, end).items() if name not in graph}


def _marks_its_graph(graph, values, end):
    slopes = _walk(graph, values, end)
    values.update(slopes)
    return slopes


def _starts_at_the_last(graph, values, end):
    order = _order_of(graph)
    return _walk(graph, values, order[-1])


WRONG = {
    "bitterness_slope": {
        "loop without the last rate": ("outer-rate-forgotten", lambda cups: 6 * (3 * cups + 1)),
        "whole cup, named": ("whole-cup", lambda cups: 9 * cups + 7.5),
        "constant of case 1": (None, lambda cups: 33.2085),
        "nudge": (
            None,
            lambda cups: ((3 * (cups + 1e-3) + 1) ** 2 - (3 * cups + 1) ** 2) / 2e-3,
        ),
        "whole numbers": (None, lambda cups: int(9 * cups + 3)),
        "list": (None, lambda cups: [9 * cups + 3]),
        "small cups only": (None, lambda cups: 9 * min(cups, 100.0) + 3),
        "last digits": (None, lambda cups: (9 * cups + 3) * (1 - 1e-6)),
        "forgets to return": (None, lambda cups: print(9 * cups + 3)),
        "extra three": (None, lambda cups: 9 * cups + 3.0001),
    },
    "sum_times_gradients": {
        "swapped rates, as an array": (
            "multiply-not-swapped",
            lambda x, y, z: np.array([x + y, x + y, z]),
        ),
        "order": (None, lambda x, y, z: (x + y, z, z)),
        "dict": (None, lambda x, y, z: {"dx": z, "dy": z, "dz": x + y}),
        "set": (None, lambda x, y, z: {z, x + y}),
        "generator": (None, lambda x, y, z: (one for one in (z, z, x + y))),
        "positive only": (None, lambda x, y, z: (abs(z), abs(z), x + y)),
        "object array": (None, lambda x, y, z: np.array([z, z, x + y], dtype=object)),
        "column": (None, lambda x, y, z: np.array([[z], [z], [x + y]])),
        "only two": (None, lambda x, y, z: (z, x + y)),
        "last digits": (None, lambda x, y, z: (z, z * (1 + 1e-6), x + y)),
    },
    "minimum_bill_gradients": {
        "strict comparison": (
            "draw-to-minimum",
            functools.partial(_bill, wins=lambda p, m: p > m),
        ),
        "loser": ("loser-wins", functools.partial(_bill, wins=lambda p, m: p < m)),
        "price always, by a product": (None, lambda p, m, f, t: (f, 0.0 * f, p, 1.0)),
        "nudged": (None, _nudged_bill),
        "tip counted for itself": (
            None,
            lambda p, m, f, t: (*_bill(p, m, f, t, wins=lambda a, b: a >= b)[:3], t / (t + 1e-7)),
        ),
        "minimum always": (None, lambda p, m, f, t: (0.0, f, m, 1.0)),
        "three": (None, lambda p, m, f, t: _bill(p, m, f, t, wins=lambda a, b: a >= b)[:3]),
        "branch swapped for large": (
            None,
            lambda p, m, f, t: _bill(p, m, f, t, wins=lambda a, b: (a >= b) == (a < 1e6)),
        ),
        "rounded to cents": (
            None,
            lambda p, m, f, t: tuple(
                round(one, 2) for one in _bill(p, m, f, t, wins=lambda a, b: a >= b)
            ),
        ),
        "words": (None, lambda p, m, f, t: ("factor", "0", "max", "1")),
    },
    "shared_wire_gradients": {
        "one path, as a list": (
            "p-one-path",
            lambda a, b: [(a * b + a) * b + a * b, (a * b + a) * a],
        ),
        "swapped": ("gradients-swapped", lambda a, b: (a * a * (2 * b + 1), 2 * a * b * (b + 1))),
        "absolute a": (None, lambda a, b: (2 * a * b * (b + 1), abs(a) * a * (2 * b + 1))),
        "value": (None, lambda a, b: a * b * (a * b + a)),
        "fourth of it": (None, lambda a, b: (a * b * (b + 1) / 2, a * a * (2 * b + 1) / 4)),
        "one right": (None, lambda a, b: (2 * a * b * (b + 1), 0.0)),
        "square forgotten": (None, lambda a, b: (2 * a * b * (b + 1), a * (2 * b + 1))),
        "tiny a": (None, lambda a, b: (2 * a * b * (b + 1), a * a * (2 * b + 1) + 1e-9)),
        "complex": (None, lambda a, b: (2 * a * b * (b + 1) + 0j, a * a * (2 * b + 1) + 0j)),
        "array of arrays": (None, lambda a, b: [[2 * a * b * (b + 1)], [a * a * (2 * b + 1)]]),
    },
    "central_gradient": {
        "vectors only": (None, _vectors_only),
        "flat": (None, _as_a_vector),
        "leaves x nudged": (None, _in_the_readers_array),
        "own step": ("another-step", lambda f, x, h: _by_map(f, x, 1e-5)),
        "another own step": ("another-step", _own_step),
        "extrapolated": ("another-step", _extrapolated),
        "integers out": (None, _gradient_of_integers),
        "relative step": (None, _relative_step),
        "diagonal": (None, _diagonal_only),
        "nothing filled in": ("one-array-twice", lambda f, x, h: np.zeros(x.shape)),
        "numpy gradient": (None, lambda f, x, h: np.gradient(np.ravel(x))),
        "list": (None, lambda f, x, h: _by_map(f, x, h).tolist()),
    },
    "topological_order": {
        "reversed": ("order-of-the-dictionary", lambda parents: [*parents]),
        "alphabet": ("alphabetical", lambda parents: [*sorted(parents.keys())]),
        "one short": (None, _forgets_one),
        "two swapped": (None, _two_changed_places),
        "inputs first": (None, _only_inputs_first),
        "one pass": (None, _one_pass),
        "set": (None, lambda parents: set(parents)),
        "dict": (None, lambda parents: dict.fromkeys(_with_a_stack(parents))),
        "string": (None, lambda parents: " ".join(_with_a_stack(parents))),
        "pairs": (None, lambda parents: [(n, parents[n]) for n in _with_a_stack(parents)]),
        "numbers": (None, lambda parents: list(range(len(parents)))),
        "map": (None, lambda parents: map(str, _with_a_stack(parents))),
        "twice": (None, lambda parents: _with_a_stack(parents) * 2),
        "empties its input": (None, _empties),
        "nested": (None, lambda parents: [_with_a_stack(parents)]),
    },
    "graph_gradients": {
        "unused left out": (None, _without_the_unused),
        "inputs only": (None, _inputs_only),
        "writes into values": (None, _marks_its_graph),
        "wrong end": (None, _starts_at_the_last),
        "list": (None, lambda graph, values, end: list(_walk(graph, values, end).values())),
        "max as a mean": (
            None,
            lambda graph, values, end: _walk(
                graph,
                values,
                end,
                lambda operation, left, right: (
                    (0.5, 0.5) if operation == "max" else _rates(operation, left, right)
                ),
            ),
        ),
        "positive wins": (
            None,
            lambda graph, values, end: _walk(
                graph,
                values,
                end,
                lambda operation, left, right: (
                    (float(left > 0), float(left <= 0))
                    if operation == "max"
                    else _rates(operation, left, right)
                ),
            ),
        ),
        "split": (
            "add-splits",
            lambda graph, values, end: _walk(
                graph,
                values,
                end,
                lambda operation, left, right: (
                    (0.5, 0.5) if operation == "add" else _rates(operation, left, right)
                ),
            ),
        ),
        "values back": (None, lambda graph, values, end: dict(values)),
        "the values themselves": (None, lambda graph, values, end: values),
        "texts": (
            None,
            lambda graph, values, end: {k: str(v) for k, v in _walk(graph, values, end).items()},
        ),
        "last digits": (
            None,
            lambda graph, values, end: {
                k: v * (1 + 1e-6) for k, v in _walk(graph, values, end).items()
            },
        ),
        "size of the larger wins": (
            None,
            lambda graph, values, end: _walk(
                graph,
                values,
                end,
                lambda operation, left, right: _rates(
                    operation,
                    *((abs(left), abs(right)) if operation == "max" else (left, right)),
                ),
            ),
        ),
    },
}
