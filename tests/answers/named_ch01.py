"""Chapters 0 and 1: every mistake that has a name, made by somebody else, in another style."""

import functools
import graphlib
import itertools
import math
import operator

import numpy as np

# ── chapter 0 ────────────────────────────────────────────────────────────────────────────────────


def _difference_quotient(first, second, *, top=operator.sub, bottom=operator.sub):
    return top(second[1], first[1]) / bottom(second[0], first[0])


SLOPE = {
    "upside-down": (
        lambda x0, y0, x1, y1: np.divide(*np.subtract([x1, y1], [x0, y0])),
        lambda a, b, c, d: 1 / ((d - b) / (c - a)),
    ),
    "one-end-swapped": (
        lambda x0, y0, x1, y1: -np.diff([y0, y1])[0] / np.diff([x0, x1]).item(),
        lambda a, b, c, d: _difference_quotient((c, b), (a, d)),
    ),
    "rise-only": (
        lambda x0, y0, x1, y1: functools.reduce(operator.sub, (y1, y0)),
        lambda x0, y0, x1, y1: np.array([x1, y1])[1] - np.array([x0, y0])[1],
    ),
    "from-the-origin": (
        lambda x0, y0, x1, y1: np.tan(np.arctan2(y1, x1)),
        lambda x0, y0, x1, y1: _difference_quotient((0, 0), (x1, y1)),
    ),
    "missing-brackets": (
        lambda p, q, r, s: s - (q / r) - p,
        lambda x0, y0, x1, y1: np.float64(y1) - np.float64(y0) / x1 - x0,
    ),
    "sums-for-differences": (
        lambda x0, y0, x1, y1: sum((y0, y1)) / sum((x0, x1)),
        lambda *p: _difference_quotient(p[:2], p[2:], top=operator.add, bottom=operator.add),
    ),
    "points-mixed-up": (
        lambda x0, y0, x1, y1: (x1 - y1) / (x0 - y0),
        lambda *p: _difference_quotient((p[0], p[2]), (p[1], p[3])),
    ),
    "whole-numbers": (
        lambda x0, y0, x1, y1: math.floor((y1 - y0) / (x1 - x0)),
        lambda x0, y0, x1, y1: np.floor_divide(y1 - y0, x1 - x0),
    ),
    "product-for-quotient": (
        lambda x0, y0, x1, y1: math.prod((y1 - y0, x1 - x0)),
        lambda x0, y0, x1, y1: np.prod(np.subtract([x0, y0], [x1, y1])),
    ),
    "sign-thrown-away": (
        lambda x0, y0, x1, y1: (((y1 - y0) / (x1 - x0)) ** 2) ** 0.5,
        lambda x0, y0, x1, y1: abs(y1 - y0) / abs(x1 - x0),
    ),
}

# ── slopes of short formulas ─────────────────────────────────────────────────────────────────────


def _refund(cups):
    return 0.5 * (3 * cups + 1) ** 2


def _along(*rates):
    slope = 1.0
    for rate in rates:
        slope = slope * rate
    return slope


class _Node:
    """A number that remembers its rate: a learner's own small forward mode."""

    def __init__(self, value, rate):
        self.value, self.rate = value, rate

    def times(self, k):
        return _Node(k * self.value, k * self.rate)


def _square_that_forgets_a_path(cups):
    spoons = _Node(3 * cups + 1, 3.0)
    return _Node(spoons.value**2, spoons.value * spoons.rate).times(0.5).rate


BITTERNESS = {
    "inner-rate-forgotten": (
        lambda cups: _along(2 * (3 * cups + 1), 0.5),
        lambda n: 0.5 * 2 * math.sqrt((3 * n + 1) ** 2),
    ),
    "slope-in-the-wrong-place": (lambda cups: _along(3, 2 * cups, 0.5),),
    "rates-added": (lambda cups: sum([3, 2 * (3 * cups + 1), 0.5]),),
    "value-for-slope": (lambda cups: np.square(1 + 3 * cups) / 2,),
    "outer-rate-forgotten": (
        lambda cups: np.polyval(np.polyder([9, 6, 1]), cups),
        lambda cups: np.imag((3 * (cups + 1e-30j) + 1) ** 2) / 1e-30,
    ),
    "square-is-one-path": (_square_that_forgets_a_path,),
    "square-not-differentiated": (lambda cups: _along(3, (3 * cups + 1) ** 2, 0.5),),
    "whole-cup": (lambda cups: np.diff([_refund(cups), _refund(cups + 1)])[0],),
    "pot-forgotten": (
        lambda cups: _along(3, 2 * (3 * cups), 0.5),
        lambda cups: np.polyval(np.polyder([4.5, 0, 0]), cups),
    ),
    "brackets-missing": (lambda cups: 0.5 * 2 * 3 * 3 * cups + 1,),
}


def _steps(f, values):
    """Slopes by complex steps, for a formula that was read wrongly."""
    return [
        f(*(complex(v, 1e-30 * (k == j)) for k, v in enumerate(values))).imag / 1e-30
        for j in range(len(values))
    ]


SUM_TIMES = {
    "multiply-not-swapped": (lambda x, y, z: ((q := x + y), q, z),),
    "upstream-forgotten": (lambda x, y, z: [1, 1, np.add(x, y)],),
    "add-splits": (lambda x, y, z: np.array([0.5 * z, 0.5 * z, x + y]),),
    "product-first": (lambda x, y, z: _steps(lambda a, b, c: a + b * c, (x, y, z)),),
    "values-for-slopes": (
        lambda x, y, z: tuple(v * d for v, d in zip((x, y, z), (z, z, x + y), strict=True)),
    ),
    "sum-counts-as-product": (lambda *v: tuple(_steps(lambda a, b, c: a * b * c, v)),),
    "z-counts-as-added": (lambda x, y, z: np.r_[z, z, 1.0],),
    "product-for-the-sum": (lambda x, y, z: (z, z, math.prod((x, y))),),
    "f-for-its-slope": (lambda x, y, z: [z, z, np.dot([x, y], [z, z])],),
    "add-multiplies": (lambda x, y, z: (*(v * z for v in (x, y)), x + y),),
}

# ── the bill ─────────────────────────────────────────────────────────────────────────────────────


def _bill_in_steps(price, minimum, factor, tip, **spoilt):
    """Backwards, line by line; `spoilt` replaces what arrives at a name."""
    due = max(price, minimum)
    dtaxed, dtip = 1.0, spoilt.get("dtip", 1.0)
    dfactor = spoilt.get("dfactor", dtaxed * due)
    ddue = spoilt.get("ddue", dtaxed * factor)
    winner = np.array([price >= minimum, price < minimum], dtype=float)
    return *(ddue * winner), dfactor, dtip


def _bill_with(shares):
    def gradients(price, minimum, factor, tip):
        first, second = shares(np.array([price, minimum]))
        return factor * first, factor * second, np.maximum(price, minimum), 1

    return gradients


BILL = {
    "draw-paid-twice": (
        _bill_with(lambda two: two == two.max()),
        lambda p, m, f, t: (f if p >= m else 0, f if m >= p else 0, max(p, m), 1),
    ),
    "draw-to-minimum": (
        _bill_with(lambda two: np.eye(2)[1 - np.argmax(two[::-1])]),
        lambda p, m, f, t: (f if p > m else 0, 0 if p > m else f, max(p, m), 1),
    ),
    "draw-to-nobody": (_bill_with(lambda two: two > two[::-1]),),
    "draw-shared": (
        _bill_with(lambda two: np.heaviside(two - two[::-1], 0.5)),
        _bill_with(lambda two: (two == two.max()) / (two == two.max()).sum()),
    ),
    "loser-wins": (_bill_with(lambda two: np.eye(2)[1 - np.argmin(two[::-1])]),),
    "max-distributes": (_bill_with(lambda two: (1, 1)), _bill_with(np.ones_like)),
    "factor-not-passed-on": (functools.partial(_bill_in_steps, ddue=1.0),),
    "tip-taxed": (lambda p, m, f, t: _bill_in_steps(p, m, f, t, dtip=f),),
    "tip-forgotten": (functools.partial(_bill_in_steps, dtip=0.0),),
    "factor-times-price": (lambda p, m, f, t: _bill_in_steps(p, m, f, t, dfactor=p),),
    "tip-for-its-slope": (lambda p, m, f, t: _bill_in_steps(p, m, f, t, dtip=t),),
    "factor-counts-as-added": (functools.partial(_bill_in_steps, dfactor=1.0),),
    "price-always-wins": (_bill_with(lambda two: [1, 0]),),
    "max-multiplies": (lambda p, m, f, t: _bill_in_steps(p, m, f, t, ddue=f * max(p, m)),),
}

# ── the shared wire ──────────────────────────────────────────────────────────────────────────────


def _overwritten_dp(a, b):
    p = a * b
    s = p + a
    ds = p
    dp = s
    dp = ds
    return ds + dp * b, dp * a


def _through_f_only(a, b):
    p = a * b
    grads = {"p": p + a, "s": p}
    return grads["s"] + grads["p"] * b, grads["p"] * a


def _overwritten_da(a, b):
    p = a * b
    s = p + a
    dp = s + p
    da = p
    da = dp * b
    return da, dp * a


def _times_equal(a, b):
    p = a * b
    dp = p + a
    dp *= p
    return p + dp * b, dp * a


def _recursive_sends(a, b):
    p = a * b
    grads = {"a": 0.0, "b": 0.0, "p": 0.0}

    def send(to, gradient):
        grads[to] += gradient
        if to == "p":
            send("a", grads["p"] * b)
            send("b", grads["p"] * a)

    send("p", p + a)  # from f
    send("a", p)  # from s
    send("p", p)
    return grads["a"], grads["b"]


def _shared_in_steps(a, b, at_f=lambda p, s: (s, p), at_s=lambda ds: (ds, ds), swap=False):
    p = a * b
    s = p + a
    dp, ds = at_f(p, s)
    to_p, to_a = at_s(ds)
    dp = dp + to_p
    return (to_a + dp * a, dp * b) if swap else (to_a + dp * b, dp * a)


SHARED_WIRE = {
    "p-overwritten": (_overwritten_dp,),
    "p-one-path": (_through_f_only,),
    "a-one-path": (_overwritten_da,),
    "paths-multiplied": (_times_equal,),
    "sent-too-early": (_recursive_sends,),
    "multiply-not-swapped": (
        lambda a, b: _shared_in_steps(a, b, at_f=lambda p, s: (p, s), swap=True),
    ),
    "gradients-swapped": (lambda a, b: list(reversed(_shared_in_steps(a, b))),),
    "s-left-out": (lambda a, b: _shared_in_steps(a, b, at_f=lambda p, s: (s, 0)),),
    "multiply-not-swapped-at-f": (lambda a, b: _shared_in_steps(a, b, lambda p, s: (p, s)),),
    "upstream-forgotten": (functools.partial(_shared_in_steps, at_s=lambda ds: (1, 1)),),
    "upstream-forgotten-at-a": (functools.partial(_shared_in_steps, at_s=lambda ds: (ds, 1)),),
}

# ── nudges ───────────────────────────────────────────────────────────────────────────────────────


def _nudged(slope):
    """One row of nudges for each entry; `slope` says what is made of the function's values."""

    def gradient(f, x, h):
        start = np.asarray(x, dtype=float)
        units = h * np.identity(start.size)
        found = [slope(f, start, one.reshape(start.shape), h) for one in units]
        return np.array(found).reshape(start.shape)

    return gradient


def _row_loop(func, arr, eps):
    out = np.zeros(np.shape(arr))
    for i in range(arr.shape[0]):
        up = np.array(arr, dtype=float)
        down = up.copy()
        up[i] = up[i] + eps
        down[i] = down[i] - eps
        out[i] = (func(up) - func(down)) / (2 * eps)
    return out


def _walks_and_leaves(f, x, h):
    work, slopes = 1.0 * x, []
    walk = np.nditer(np.zeros(x.shape), flags=["multi_index"])
    for _ in walk:
        here = work[walk.multi_index]
        work[walk.multi_index] += h
        high = f(work)
        work[walk.multi_index] = here - h
        slopes.append((high - f(work)) / h / 2)
    return np.reshape(slopes, x.shape)


def _in_x_itself(f, x, h):
    slopes = np.zeros(x.shape)
    for place in itertools.product(*map(range, x.shape)):
        kept = x[place]
        x[place] = kept + h
        high = f(x)
        x[place] = kept - h
        slopes[place] = (high - f(x)) / (2 * h)
    return slopes


def _copies_of_integers(f, x, h):
    slopes = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        up, down = np.copy(x), np.copy(x)
        up[place] = x[place] + h
        down[place] = x[place] - h
        slopes[place] = (f(up) - f(down)) / (2 * h)
    return slopes


def _two_names_for_one(f, x, h):
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up = down = x.astype(float)
        up[place] += h
        down[place] -= h
        slopes[place] = (f(up) - f(down)) / (2 * h)
    return slopes


def _up_is_the_work(f, x, h):
    up = x.astype(float)
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        down = up.copy()
        up[place] += h
        down[place] -= h
        slopes[place] = (f(up) - f(down)) / (2 * h)
    return slopes


def _returns_too_soon(f, x, h):
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h
        slopes[place] = (f(x + step) - f(x - step)) / (2 * h)
        return slopes


NUDGES = {
    "forward-difference": (_nudged(lambda f, x, u, h: (f(x + u) - f(x)) / h),),
    "backward-difference": (_nudged(lambda f, x, u, h: (f(x) - f(x - u)) / h),),
    "missing-2": (_nudged(lambda f, x, u, h: (f(x + u) - f(x - u)) / h),),
    "divided-then-multiplied": (_nudged(lambda f, x, u, h: (f(x + u) - f(x - u)) / 2 * h),),
    "sign-flipped": (_nudged(lambda f, x, u, h: (f(x - u) - f(x + u)) / (2 * h)),),
    "not-divided": (_nudged(lambda f, x, u, h: f(x + u) - f(x - u)),),
    "all-at-once": (lambda f, x, h: np.ones(x.shape) * ((f(x + h) - f(x - h)) / 2 / h),),
    "whole-rows": (_row_loop,),
    "never-put-back": (_walks_and_leaves,),
    "never-put-back-nor-copied": (_in_x_itself,),
    "integers-swallow-the-nudge": (_copies_of_integers,),
    "one-array-twice": (_two_names_for_one,),
    "nudges-pile-up": (_up_is_the_work,),
    "return-in-the-loop": (_returns_too_soon,),
    "another-step": (
        lambda f, x, h: _nudged(lambda f, x, u, h: (f(x + u) - f(x - u)) / (2 * h))(f, x, 1e-4),
    ),
}

# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def _visit_all(parents, leave=None, arrive=None, starts=None):
    order, done = [], set()

    def visit(name):
        if name in done:
            return
        done.add(name)
        if arrive:
            arrive(order, name)
        [visit(one) for one in parents[name]]
        if leave:
            leave(order, name)

    for name in parents if starts is None else starts(parents):
        visit(name)
    return order


def _without_memory(parents):
    def above(name):
        return sum((above(one) for one in parents[name]), []) + [name]

    used = set().union(*parents.values())
    return sum((above(name) for name in parents if name not in used), [])


def _rings_from_the_end(parents):
    order, waiting = [], [n for n in parents if all(n not in row for row in parents.values())]
    while waiting:
        name = waiting.pop(0)
        if name not in order:
            order.append(name)
            waiting += parents[name]
    return list(reversed(order))


def _fewest_first(parents):
    counts = {}
    for name, above in parents.items():
        counts.setdefault(len(above), []).append(name)
    return sum((counts[k] for k in sorted(counts)), [])


ORDERS = {
    "order-of-the-dictionary": (lambda parents: tuple(name for name, _ in parents.items()),),
    "ends-first": (
        lambda parents: _visit_all(parents, leave=lambda order, name: order.insert(0, name)),
    ),
    "alphabetical": (lambda parents: np.sort(list(parents)),),
    "fewest-parents-first": (_fewest_first,),
    "nearest-the-end-last": (_rings_from_the_end,),
    "once-for-every-path": (_without_memory,),
    "itself-before-its-parents": (lambda parents: _visit_all(parents, arrive=list.append),),
    "inputs-left-out": (
        lambda parents: _visit_all(
            parents, leave=lambda order, name: order.append(name) if parents[name] else None
        ),
    ),
    "dictionary-turned-round": (lambda parents: list(reversed(parents)),),
    "one-start-only": (
        lambda parents: _visit_all(parents, leave=list.append, starts=lambda p: list(p)[:1]),
    ),
}

# ── the whole pass ───────────────────────────────────────────────────────────────────────────────


def _pair(operation, left, right):
    match operation:
        case "add":
            return 1, 1
        case "multiply":
            return right, left
    return (1, 0) if left >= right else (0, 1)


def _kahn(graph, values):
    users = {name: sum(row[1:].count(name) for row in graph.values()) for name in values}
    ready = [name for name in values if users[name] == 0]
    for name in ready:
        for parent in graph.get(name, ("",))[1:]:
            users[parent] -= 1
            if users[parent] == 0:
                ready.append(parent)
    return ready


def _pass(graph, values, end, pair=_pair, order=_kahn, store=operator.add, start=1, others=0):
    """A learner's pass: from whoever is used by nobody, up to the inputs."""
    slopes = {name: float(others) for name in values}
    slopes[end] = start(values[end]) if callable(start) else start
    for name in order(graph, values):
        if name in graph:
            operation, left, right = graph[name]
            rates = pair(operation, values[left], values[right])
            for parent, rate in zip((left, right), rates, strict=True):
                slopes[parent] = store(slopes[parent], slopes[name] * rate)
    return slopes


def _rates_where(wanted, rates):
    return functools.partial(
        _pass, pair=lambda op, x, y: rates(x, y) if op == wanted else _pair(op, x, y)
    )


def _pass_it_on_at_once(graph, values, end):
    slopes = dict.fromkeys(values, 0.0)
    slopes[end] = 1.0
    waiting = [end]
    while waiting:
        name = waiting.pop()
        if name in graph:
            operation, left, right = graph[name]
            for parent, rate in zip(
                (left, right), _pair(operation, values[left], values[right]), strict=True
            ):
                slopes[parent] += slopes[name] * rate
            waiting += [right, left]
    return slopes


def _a_dict_of_the_two_sides(graph, values, end):
    slopes = dict.fromkeys(values, 0.0) | {end: 1.0}
    for name in _kahn(graph, values):
        if name in graph:
            operation, left, right = graph[name]
            to_left, to_right = _pair(operation, values[left], values[right])
            for parent, rate in {left: to_left, right: to_right}.items():
                slopes[parent] += slopes[name] * rate
    return slopes


def _only_rates(graph, values, end):
    slopes = {name: float(name == end) for name in values}
    for operation, *sides in graph.values():
        for parent, rate in zip(sides, _pair(operation, *map(values.get, sides)), strict=True):
            slopes[parent] = slopes[parent] + rate
    return slopes


GRAPHS = {
    "overwritten": (functools.partial(_pass, store=lambda old, new: new),),
    "sent-again": (_pass_it_on_at_once,),
    "same-parent-once": (_a_dict_of_the_two_sides,),
    "order-of-the-dictionary": (functools.partial(_pass, order=lambda graph, values: graph),),
    "order-of-the-dictionary-reversed": (
        functools.partial(_pass, order=lambda graph, values: reversed(graph)),
    ),
    "multiply-not-swapped": (_rates_where("multiply", lambda x, y: (x, y)),),
    "add-splits": (_rates_where("add", lambda x, y: (0.5, 0.5)),),
    "max-distributes": (_rates_where("max", lambda x, y: (1, 1)),),
    "draw-paid-twice": (_rates_where("max", lambda x, y: (x >= y, y >= x)),),
    "draw-to-the-right": (_rates_where("max", lambda x, y: (x > y, not x > y)),),
    "loser-wins": (_rates_where("max", lambda x, y: (x < y, not x < y)),),
    "nothing-to-start-from": (functools.partial(_pass, start=0.0),),
    "starts-with-its-value": (functools.partial(_pass, start=float),),
    "max-skipped": (_rates_where("max", lambda x, y: (0, 0)),),
    "rates-for-gradients": (_only_rates,),
    "ones-to-start-from": (functools.partial(_pass, others=1.0),),
}

NAMED = {
    "slope_between_points": SLOPE,
    "bitterness_slope": BITTERNESS,
    "sum_times_gradients": SUM_TIMES,
    "minimum_bill_gradients": BILL,
    "shared_wire_gradients": SHARED_WIRE,
    "central_gradient": NUDGES,
    "topological_order": ORDERS,
    "graph_gradients": GRAPHS,
}

# Meant as the mistake of that name, and not seen to be: the name fits one step and one order.
UNNAMED = {
    "central_gradient": {
        "another-step": (_nudged(lambda f, x, u, h: (f(x + u / 2) - f(x - u / 2)) / h),),
    },
    "topological_order": {
        "ends-first": (lambda p: list(graphlib.TopologicalSorter(p).static_order())[::-1],),
    },
}
