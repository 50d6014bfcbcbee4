"""Chapter 8, right answers: dual numbers, stretching, products with tables never made, a tape."""

import cmath
import fractions
import functools
import math
import operator

import numpy as np


class _Two:
    """A dual number of somebody's own."""

    def __init__(self, value, slope=0.0):
        self.pair = (value, slope)

    def __mul__(self, other):
        (a, s), (b, t) = self.pair, other.pair
        return _Two(a * b, s * b + t * a)

    def __add__(self, other):
        return _Two(*map(operator.add, self.pair, other.pair))

    def __truediv__(self, other):
        (a, s), (b, t) = self.pair, other.pair
        return _Two(a / b, s / b - a * t / b**2)


def _exactly(a, a_moves, b, b_moves):
    a, s, b, t = map(fractions.Fraction, (a, a_moves, b, b_moves))
    return float(a * b), float(s * b + a * t)


def _polynomials(a, a_moves, b, b_moves):
    return tuple(np.convolve([a, a_moves], [b, b_moves])[:2])


def _with_two(s, s_moves, rounds):
    x, half, s = _Two(1.0), _Two(0.5), _Two(s, s_moves)
    for _ in range(rounds):
        x = half * (x + s / x)
    return x.pair


def _root_by_complex_step(s, s_moves, rounds):
    x, s = 1.0 + 0j, complex(s, 1e-30 * s_moves)
    for _ in range(rounds):
        x = (x + s / x) / 2
    return np.array([x.real, x.imag / 1e-30])


def _root_folded(s, s_moves, rounds):
    def one_round(state, _):
        x, t = state
        return (x + s / x) / 2, t / 2 + (s_moves - s / x * t) / (2 * x)

    return functools.reduce(one_round, range(rounds), (1.0, 0.0))


def _root_by_a_walk_back(s, s_moves, rounds):
    guesses = [1.0]
    while len(guesses) <= rounds:
        guesses.append(guesses[-1] / 2 + s / guesses[-1] / 2)
    ds, dx = 0.0, 1.0
    for x in guesses[-2::-1]:
        ds += dx / (2 * x)
        dx *= 0.5 - s / (2 * x * x)
    return guesses[-1], ds * s_moves


def _by_einsum(dz, shape):
    letters = "abcdefgh"[: dz.ndim]
    kept = letters[dz.ndim - len(shape) :]
    stay = "".join(one for one, size in zip(kept, shape, strict=True) if size != 1)
    return np.einsum(f"{letters}->{stay}", dz).reshape(shape)


def _by_ones(dz, shape):
    while dz.ndim > len(shape):
        dz = np.tensordot(np.ones(len(dz)), dz, axes=1)
    for axis in [i for i, size in enumerate(shape) if size == 1]:
        dz = np.expand_dims(np.add.reduce(dz, axis=axis), axis)
    return dz


def _by_add_at(dz, shape):
    dx = np.zeros(shape)
    padded = (1,) * (dz.ndim - len(shape)) + shape
    places = [np.arange(full) % size for full, size in zip(dz.shape, padded, strict=True)]
    np.add.at(dx.reshape(padded), np.ix_(*places), dz)
    return dx


def _by_recursion(dz, shape):
    if dz.ndim > len(shape):
        return _by_recursion(sum(dz), shape)
    for axis, size in enumerate(shape):
        if size != dz.shape[axis]:
            return _by_recursion(np.sum(dz, axis, keepdims=True), shape)
    return dz


def _layer_in_pieces(x, W, b, x_moves, W_moves, b_moves):
    both = np.hstack([x, x_moves, np.ones((len(x), 1))])
    z_moves = both @ np.vstack([W_moves, W, b_moves])
    e = np.exp(-2 * np.abs(x @ W + b))
    return 4 * e / (1 + e) ** 2 * z_moves


def _layer_einsum(x, W, b, x_moves, W_moves, b_moves):
    a = np.tanh(np.einsum("mn,nh->mh", x, W) + b)
    moves = np.einsum("mn,nh->mh", x_moves, W)
    moves += np.einsum("mn,nh->mh", x, W_moves)
    moves += b_moves
    moves *= (1 - a) * (1 + a)
    return moves


def _layer_by_numbers(x, W, b, x_moves, W_moves, b_moves):
    out = []
    for row, moves in zip(x.tolist(), x_moves.tolist(), strict=True):
        line = []
        for j in range(len(b)):
            z = complex(b[j], 1e-40 * b_moves[j])
            for i, (value, tangent) in enumerate(zip(row, moves, strict=True)):
                z += complex(value, 1e-40 * tangent) * complex(W[i, j], 1e-40 * W_moves[i, j])
            line.append(cmath.tanh(z).imag / 1e-40)
        out.append(line)
    return np.array(out)


def _layer_transposed(x, W, b, x_moves, W_moves, b_moves):
    z = W.T @ x.T + b[:, None]
    moves = W.T @ x_moves.T + W_moves.T @ x.T + b_moves[:, None]
    return (moves / np.cosh(z) ** 2).T


def _hvp_signs(X, y, theta, v):
    s = np.where(y > 0, 1.0, -1.0)  # labels of -1 and 1: the same Hessian
    q = 1 / (1 + np.exp(s * (X @ theta)))
    return ((q * (1 - q) * (X @ v)) @ X) / y.size


def _hvp_half_tanh(X, y, theta, v):
    t = np.tanh(X @ theta / 2)
    return X.T @ ((1 - t * t) / 4 * (X @ v)) / X.shape[0]


def _hvp_square_roots(X, y, theta, v):
    p = 1 / (1 + np.exp(-X @ theta))
    A = np.sqrt(p * (1 - p) / len(X))[:, None] * X
    return A.T @ (A @ v)


def _hvp_by_numbers(X, y, theta, v):
    total = [0.0] * len(v)
    for row in X:
        p = 1 / (1 + math.exp(-math.fsum(row * theta)))
        pull = p * (1 - p) * math.fsum(row * v)
        total = [old + pull * entry for old, entry in zip(total, row, strict=True)]
    return np.array(total) / len(X)


def _hvp_whole_table(X, y, theta, v):
    p = np.exp(-np.logaddexp(0, -X @ theta))
    return np.mean([s * np.outer(r, r) for s, r in zip(p - p * p, X, strict=True)], axis=0) @ v


def _fit(dz, like):
    dz = np.asarray(dz)
    while np.ndim(dz) > np.ndim(like):
        dz = dz.sum(0)
    for axis, size in enumerate(np.shape(like)):
        if size == 1:
            dz = dz.sum(axis, keepdims=True)
    return dz


def _closures(program, inputs):
    """Each step leaves a function behind that sends its gradient back."""
    slots = {name: [value, np.zeros(np.shape(value))] for name, value in inputs.items()}
    names, undo = dict(slots), []
    for result, operation, arguments in program:
        given = [names[name] for name in arguments]
        x, y = given[0], given[-1]
        match operation:
            case "add":
                value, back = x[0] + y[0], lambda g, x, y, z: (g, g)
            case "multiply":
                value, back = x[0] * y[0], lambda g, x, y, z: (g * y, g * x)
            case "matmul":
                value, back = x[0] @ y[0], lambda g, x, y, z: (g @ y.T, x.T @ g)
            case "tanh":
                value, back = np.tanh(x[0]), lambda g, x, y, z: ((1 - z * z) * g,)
            case _:
                value, back = x[0].sum(), lambda g, x, y, z: (np.broadcast_to(g, x.shape),)
        slot = names[result] = [value, np.zeros(np.shape(value))]

        def send(slot=slot, given=given, back=back):
            sent = back(slot[1], given[0][0], given[-1][0], slot[0])
            for one, g in zip(given, sent, strict=True):
                one[1] = one[1] + _fit(g, one[0])

        undo.append(send)
    slot[1] = np.ones(())
    while undo:
        undo.pop()()
    return {name: gradient for name, (_, gradient) in slots.items()}


def _pulled(operation, g, z, x, y):
    return {
        "add": lambda: [g, g],
        "multiply": lambda: [g * y, g * x],
        "matmul": lambda: [np.dot(g, y.T), np.dot(x.T, g)],
        "tanh": lambda: [g - g * z**2],
        "sum": lambda: [np.full(x.shape, g)],
    }[operation]()


def _names_taken_back(program, inputs):
    """By name after all: a result's gradient is taken out before its arguments get theirs."""
    values, notes = dict(inputs), []
    for result, operation, names in program:
        given = [values[name] for name in names]
        function = {
            "add": np.add,
            "multiply": np.multiply,
            "matmul": np.matmul,
            "tanh": np.tanh,
            "sum": np.sum,
        }[operation]
        values[result] = function(*given)
        notes.append((result, operation, names, given, values[result]))
    heap = {program[-1][0]: np.float64(1.0)}
    for result, operation, names, given, z in notes[::-1]:
        if result not in heap:
            continue
        g, x, y = heap.pop(result), given[0], given[-1]
        rates = _pulled(operation, g, z, x, y)
        for name, one, value in zip(names, rates, given, strict=True):
            heap[name] = heap.get(name, 0.0) + _fit(one, value)
    return {
        name: np.broadcast_to(heap.get(name, 0.0), np.shape(value)).copy()
        for name, value in inputs.items()
    }


def _pushed(operation, x, s, y, t):
    return {
        "add": lambda: (x + y, s + t),
        "multiply": lambda: (x * y, s * y + x * t),
        "matmul": lambda: (x @ y, s @ y + x @ t),
        "tanh": lambda: (np.tanh(x), s / np.cosh(x) ** 2),
        "sum": lambda: (x.sum(), s.sum()),
    }[operation]()


def _forwards(program, inputs):
    """Forward mode: a run for each entry of each input."""
    found = {name: np.zeros(np.shape(value)) for name, value in inputs.items()}
    for moved in inputs:
        for place in np.ndindex(found[moved].shape):
            pairs = {n: (np.asarray(v), np.zeros(np.shape(v))) for n, v in inputs.items()}
            pairs[moved][1][place] = 1.0
            for result, operation, names in program:
                (x, s), (y, t) = pairs[names[0]], pairs[names[-1]]
                pairs[result] = _pushed(operation, x, s, y, t)
            found[moved][place] = pairs[result][1]
    return found


def _forwards_of_floats(program, inputs):
    """The same with lists for what is asked back, and single numbers as floats."""
    found = _forwards(program, inputs)
    return {name: found[name] if found[name].ndim else float(found[name]) for name in inputs}


RIGHT = {
    "dual_times": {
        "a class": lambda a, s, b, t: (_Two(a, s) * _Two(b, t)).pair,
        "fractions": _exactly,
        "polynomials": _polynomials,
        "a list": lambda a, s, b, t: [b * a, t * a + b * s],
        "a dot product": lambda a, s, b, t: (a * b, np.dot([s, a], [b, t])),
    },
    "root_and_slope": {
        "a class": _with_two,
        "complex step": _root_by_complex_step,
        "folded": _root_folded,
        "a walk back": _root_by_a_walk_back,
    },
    "unstretch": {
        "einsum": _by_einsum,
        "ones": _by_ones,
        "add.at": _by_add_at,
        "recursion": _by_recursion,
    },
    "layer_jvp": {
        "one product": _layer_in_pieces,
        "einsum": _layer_einsum,
        "numbers": _layer_by_numbers,
        "columns as samples": _layer_transposed,
    },
    "logistic_hvp": {
        "labels of -1 and 1": _hvp_signs,
        "half a tanh": _hvp_half_tanh,
        "square roots": _hvp_square_roots,
        "numbers": _hvp_by_numbers,
        "the whole table": _hvp_whole_table,
    },
    "tape_gradients": {
        "closures": _closures,
        "names taken back": _names_taken_back,
        "forwards": _forwards,
        "forwards, floats": _forwards_of_floats,
    },
}
