"""Chapter 8, wrong answers: dual numbers, stretching, products with tables, a tape."""

import numpy as np

from .ch08 import _by_einsum, _fit, _hvp_half_tanh, _with_two


def _loop(update, x=1.0, t=0.0):
    """Heron's loop, written with a quotient of its own: update(x, t, q, s, s_moves)."""

    def root_and_slope(s, s_moves, rounds):
        guess, moves = x, t if not callable(t) else t(s_moves)
        for _ in range(rounds):
            q = s / guess
            moves = update(guess, moves, q, s, s_moves)
            guess = (guess + q) / 2
        return guess, moves

    return root_and_slope


def _replaced_too_early(s, s_moves, rounds):
    x, t = 1.0, 0.0
    for _ in range(rounds):
        x = (x + s / x) / 2
        q = s / x
        t = (t + (s_moves - q * t) / x) / 2
    return x, t


def _last_tangent_missing(s, s_moves, rounds):
    before = (1.0, 0.0)
    pair = before
    for k in range(rounds):
        before, pair = pair, _with_two(s, s_moves, k + 1)
    return pair[0], before[1]


def _one_round_more(s, s_moves, rounds):
    return _with_two(s, s_moves, rounds + 1)


def _nudged_root(s, s_moves, rounds):
    return _with_two(s, 0, rounds)[0], (
        _with_two(s + 1e-4 * s_moves, 0, rounds)[0] - _with_two(s, 0, rounds)[0]
    ) / 1e-4


def _padded(dz, shape):
    return (1,) * (dz.ndim - len(shape)) + tuple(shape)


def _over(reduce, *, front=True, ones=True, keep=True):
    """Axis by axis, some of them left out."""

    def unstretch(dz, shape):
        while front and dz.ndim > len(shape):
            dz = reduce(dz, axis=0)
        start = dz.ndim - len(shape)
        for axis in reversed(range(len(shape))):
            if ones and shape[axis] == 1:
                dz = reduce(dz, axis=start + axis, keepdims=keep)
        return dz + 0.0

    return unstretch


def _slices(which):
    def unstretch(dz, shape):
        for axis, size in enumerate(_padded(dz, shape)):
            if size == 1:
                dz = np.take(dz, [which], axis=axis)
        return dz.reshape(shape)

    return unstretch


def _overwritten_copies(dz, shape):
    dx = np.zeros(_padded(dz, shape))
    for index in np.ndindex(dz.shape):
        dx[tuple(np.minimum(index, np.array(dx.shape) - 1))] = dz[index]
    return dx.reshape(shape)


def _first_numbers(dz, shape):
    return np.array(list(dz.flat)[: np.prod(shape, dtype=int)]).reshape(shape)


def _flat_sum(dz, shape):
    return np.ones(shape) * np.sum(list(dz.flat))


def _trailing(dz, shape):
    extra = dz.ndim - len(shape)
    if extra:
        dz = dz.sum(axis=tuple(range(dz.ndim - extra, dz.ndim)))
    for axis in range(len(shape)):
        if shape[axis] == 1:
            dz = np.add.reduce(dz, axis=axis, keepdims=True)
    return dz


def _how_many(dz, shape):
    return _by_einsum(np.ones(dz.shape), shape)


def _halves(dz, shape):
    return _by_einsum(dz, shape) / 2


def _negative(dz, shape):
    return -_by_einsum(dz, shape)


def _small_lost(dz, shape):
    return _by_einsum(np.round(dz, 6), shape)


def _tuple_of_one(dz, shape):
    return (_by_einsum(dz, shape),)


def _tangent(x, W, b, u, V, c, *, of_x=1.0, of_W=1.0, of_b=1.0):
    return of_x * (u @ W) + of_W * (x @ V) + of_b * np.tile(c, (len(x), 1))


def _a(x, W, b):
    return np.tanh(np.matmul(x, W) + b[None])


def _jvp(**parts):
    return lambda x, W, b, u, V, c: (1 - _a(x, W, b) ** 2) * _tangent(x, W, b, u, V, c, **parts)


def _bias_summed(x, W, b, u, V, c):
    return (1 - _a(x, W, b) ** 2) * (u @ W + x @ V + c.sum())


def _in_place(x, W, b, u, V, c):
    x @= np.eye(x.shape[1])
    b += c
    return (1 - _a(x, W, b - c) ** 2) * _tangent(x, W, b, u, V, c)


def _averaged(x, W, b, u, V, c):
    return _jvp()(x, W, b, u, V, c) / len(x)


def _both(x, W, b, u, V, c):
    a = _a(x, W, b)
    return a, (1 - a**2) * _tangent(x, W, b, u, V, c)


def _hv(weight, m=True):
    """Sample by sample, with a weight of (p, y, z) for each."""

    def logistic_hvp(X, y, theta, v):
        total = np.zeros(len(v))
        for row, label in zip(X, y, strict=True):
            z = row @ theta
            total += weight(1 / (1 + np.exp(-z)), label, z) * (row @ v) * row
        return total / (len(X) if m else 1)

    return logistic_hvp


def _gradients(X, y, theta):
    return np.mean((1 / (1 + np.exp(-X @ theta)) - y)[:, None] * X, axis=0)


def _table(X, theta):
    p = 1 / (1 + np.exp(-X @ theta))
    return (X.T * (p - p**2)) @ X / len(X)


def _transposed(X, y, theta, v):
    return _hvp_half_tanh(X, y, theta, v)[:, None]


def _by_parameters(X, y, theta, v):
    return _hvp_half_tanh(X, y, theta, v) * len(X) / X.shape[1]


def _forward_differences(X, y, theta, v):
    return (_gradients(X, y, theta + 1e-3 * v) - _gradients(X, y, theta)) / 1e-3


def _tape(
    program,
    inputs,
    *,
    back=None,
    shrink=_fit,
    seed=lambda z: np.ones(()),
    late=False,
    names_only=False,
    newest=False,
    put="sum",
    skip_unused=False,
):
    """A tape of objects, with parts that can go wrong."""
    rules = {
        "add": lambda g, z, x, y: [g, g],
        "multiply": lambda g, z, x, y: [g * y, g * x],
        "matmul": lambda g, z, x, y: [g @ y.T, x.T @ g],
        "tanh": lambda g, z, x, y: [g * (1 - z * z)],
        "sum": lambda g, z, x, y: [np.full(x.shape, 1.0) * g],
        **(back or {}),
    }
    env = {name: {"name": name, "value": np.asarray(v)} for name, v in inputs.items()}
    first, steps = dict(env), []
    for result, operation, names in program:
        given = [env[name] for name in names]
        x, y = given[0]["value"], given[-1]["value"]
        if operation in ("add", "multiply", "matmul"):
            value = {"add": np.add, "multiply": np.multiply, "matmul": np.matmul}[operation](x, y)
        else:
            value = np.tanh(x) if operation == "tanh" else np.sum(x)
        thing = {"name": result, "value": value}
        env[result] = thing
        steps.append((operation, names, given, thing))

    def key(thing):
        return thing["name"] if names_only else id(thing)

    found = {key(thing): seed(thing["value"])}
    for operation, names, given, thing in steps[::-1]:
        g = found.get(key(thing))
        if g is None:
            continue
        now = [env[name]["value"] for name in names] if late else [one["value"] for one in given]
        z = env[thing["name"]]["value"] if late else thing["value"]
        sent = [
            shrink(one, like)
            for one, like in zip(rules[operation](g, z, now[0], now[-1]), now, strict=True)
        ]
        if put == "one side" and len(given) == 2 and given[0] is given[1]:
            given, sent = given[1:], sent[1:]
        for parent, one in zip(given, sent, strict=True):
            place = key(parent)
            if put == "last" or place not in found:
                found[place] = one
            elif put == "into":
                np.add(found[place], one, out=found[place])
            else:
                found[place] = found[place] + one
    asked = env if newest else first
    return {
        name: np.array(found.get(key(asked[name]), np.zeros(np.shape(value))))
        for name, value in inputs.items()
        if not skip_unused or key(asked[name]) in found
    }


def _wrong_tape(**parts):
    return lambda program, inputs: _tape(program, inputs, **parts)


def _first_entries(program, inputs):
    return {name: g.ravel()[0] for name, g in _tape(program, inputs).items()}


def _as_list(program, inputs):
    return list(_tape(program, inputs).values())


def _renames_its_inputs(program, inputs):
    found = _tape(program, inputs)
    inputs.update(found)
    return found


def _empties_the_program(program, inputs):
    found = _tape(program, inputs)
    while program:
        program.pop()
    return found


def _with_the_end(program, inputs):
    return {**_tape(program, inputs), "end of it": 1.0}


def _loses_rows(dz, like):
    return np.asarray(dz) if np.ndim(dz) <= np.ndim(like) else dz[-1]


WRONG = {
    "dual_times": {
        "slopes times slopes": ("tangents-multiplied", lambda a, s, b, t: [a * b, s * t]),
        "componentwise sum": ("tangents-added", lambda a, s, b, t: np.array([a * b, s + t])),
        "own values": ("not-swapped", lambda a, s, b, t: (a * b, np.dot([a, b], [s, t]))),
        "b stands still": ("first-moves-alone", lambda a, s, b, t: (b * a, b * s)),
        "a stands still": ("second-moves-alone", lambda a, s, b, t: (b * a, t * a)),
        "a whole step": ("square-kept", lambda a, s, b, t: (a * b, (a + s) * (b + t) - a * b)),
        "quotient": ("difference", lambda a, s, b, t: (a * b, b * s - a * t)),
        "sum in front": ("values-added", lambda a, s, b, t: (b + a, b * s + a * t)),
        "turned round": ("tangent-first", lambda a, s, b, t: (b * s + a * t, b * a)),
        "tangent alone": (None, lambda a, s, b, t: b * s + a * t),
        "as complex numbers": (
            None,
            lambda a, s, b, t: ((complex(a, s) * complex(b, t)).real, s * b + a * t),
        ),
        "absolute": (None, lambda a, s, b, t: (abs(a * b), s * b + a * t)),
        "halved": (None, lambda a, s, b, t: (a * b, (s * b + a * t) / 2)),
    },
    "root_and_slope": {
        "x replaced too early": ("value-first", _replaced_too_early),
        "times its own tangent": (
            "nothing-moves",
            _loop(lambda x, t, q, s, u: t * (1 - q / x) / 2),
        ),
        "plus in the quotient": (
            "quotient-sign",
            _loop(lambda x, t, q, s, u: (t + (u + q * t) / x) / 2),
        ),
        "below stands still": (
            "x-stands-still-below",
            _loop(lambda x, t, q, s, u: t / 2 + u / x / 2),
        ),
        "before stands still": (
            "x-stands-still-before",
            _loop(lambda x, t, q, s, u: (u - q * t) / x / 2),
        ),
        "straight path": ("x-stands-still", _loop(lambda x, t, q, s, u: u / x / 2)),
        "not halved": ("half-forgotten", _loop(lambda x, t, q, s, u: t + (u - q * t) / x)),
        "numerator over x": ("not-squared", _loop(lambda x, t, q, s, u: (t + u - q * t) / 2)),
        "starts at 1": (
            "first-guess-moves",
            _loop(lambda x, t, q, s, u: (t + (u - q * t) / x) / 2, t=1.0),
        ),
        "starts as s": (
            "first-guess-moves-with-s",
            _loop(lambda x, t, q, s, u: (t + (u - q * t) / x) / 2, t=lambda u: u),
        ),
        "for a unit": ("unit-nudge", lambda s, u, rounds: _with_two(s, 1.0, rounds)),
        "power rule": (
            "slope-of-the-root",
            lambda s, u, rounds: [_with_two(s, u, rounds)[0], 0.5 * s**-0.5 * u],
        ),
        "a round behind": ("one-round-less", _last_tangent_missing),
        "a round too many": (None, _one_round_more),
        "nudged": (None, _nudged_root),
        "x alone": (None, lambda s, u, rounds: _with_two(s, u, rounds)[0]),
        "sign": (None, lambda s, u, rounds: _with_two(s, -u, rounds)),
    },
    "unstretch": {
        "averages": ("averaged", _over(np.mean)),
        "no ones": ("front-only", _over(np.sum, ones=False)),
        "no front": ("ones-only", _over(np.sum, front=False)),
        "squeezed": ("axis-dropped", _over(np.sum, keep=False)),
        "rows": (
            "first-axis-always",
            lambda dz, shape: (
                np.ones(len(dz)) @ dz.reshape(len(dz), -1)
                if dz.ndim == 2
                else np.einsum("i...->...", dz)
            ),
        ),
        "one number": ("everything", _flat_sum),
        "a slice": ("first-copy", _slices(0)),
        "written over": ("last-copy", _overwritten_copies),
        "first numbers": ("cut-off", _first_numbers),
        "trailing axes": ("from-behind", _trailing),
        "copies": ("copies-counted", _how_many),
        "maxima": ("largest", _over(np.max)),
        "halves": (None, _halves),
        "negative": (None, _negative),
        "rounded": (None, _small_lost),
        "a tuple": (None, _tuple_of_one),
    },
    "layer_jvp": {
        "x constant": ("x-stands-still", _jvp(of_x=0.0)),
        "W constant": ("weights-stand-still", _jvp(of_W=0.0)),
        "b constant": ("bias-stands-still", _jvp(of_b=0.0)),
        "tangents meet": (
            "tangents-multiplied",
            lambda x, W, b, u, V, c: (1 - _a(x, W, b) ** 2) * (np.einsum("ij,jk->ik", u, V) + c),
        ),
        "z moves": ("slope-forgotten", _tangent),
        "squared z": (
            "slope-from-z",
            lambda x, W, b, u, V, c: _tangent(x, W, b, u, V, c) * (1 - np.square(x @ W + b)),
        ),
        "a (1 - a)": (
            "slope-of-the-sigmoid",
            lambda x, W, b, u, V, c: (_a(x, W, b) - _a(x, W, b) ** 2) * _tangent(x, W, b, u, V, c),
        ),
        "through the tanh": (
            "tanh-of-the-tangent",
            lambda *given: np.tanh(_tangent(*given)),
        ),
        "cosh of the tangent": (
            "slope-at-the-tangent",
            lambda *given: _tangent(*given) / np.cosh(_tangent(*given)) ** 2,
        ),
        "two layers subtracted": (
            "whole-step",
            lambda x, W, b, u, V, c: -_a(x, W, b) + _a(u + x, V + W, c + b),
        ),
        "times z": (
            "product-of-everything",
            lambda x, W, b, u, V, c: (b + x @ W) * _tangent(x, W, b, u, V, c),
        ),
        "bias summed": (None, _bias_summed),
        "writes into b": (None, _in_place),
        "averaged": (None, _averaged),
        "value too": (None, _both),
        "negative": (None, lambda *given: -_jvp()(*given)),
    },
    "logistic_hvp": {
        "summed": ("missing-1/m", _hv(lambda p, y, z: p - p * p, m=False)),
        "no slope": ("slope-forgotten", _hv(lambda p, y, z: 1.0)),
        "chapter 2": ("least-squares", lambda X, y, theta, v: 2 / len(X) * (X.T @ X) @ v),
        "z (1 - z)": ("slope-from-z", _hv(lambda p, y, z: z - z * z)),
        "p": ("p-alone", _hv(lambda p, y, z: p)),
        "slope squared": ("slope-twice", _hv(lambda p, y, z: (p - p * p) ** 2)),
        "squared errors": ("errors-squared", _hv(lambda p, y, z: (y - p) ** 2)),
        "errors": ("errors", _hv(lambda p, y, z: p - y)),
        "gradient": ("gradient-only", lambda X, y, theta, v: _gradients(X, y, theta)),
        "outer product": (
            "gradient-squared",
            lambda X, y, theta, v: np.outer(_gradients(X, y, theta), _gradients(X, y, theta)) @ v,
        ),
        "diagonal": (
            "diagonal-only",
            lambda X, y, theta, v: np.diag(_table(X, theta)) * v,
        ),
        "rows added": ("v-of-ones", lambda X, y, theta, v: _table(X, theta).sum(axis=1)),
        "unit vector": (
            "v-shortened",
            lambda X, y, theta, v: _table(X, theta) @ v / np.linalg.norm(v),
        ),
        "quadratic form": (
            "curvature-along-v",
            lambda X, y, theta, v: float(v @ _table(X, theta) @ v),
        ),
        "minus": ("sign-flipped", _hv(lambda p, y, z: p * p - p)),
        "a column": (None, _transposed),
        "1/n": (None, _by_parameters),
        "forward differences": (None, _forward_differences),
        "the table": (None, lambda X, y, theta, v: _table(X, theta)),
    },
    "tape_gradients": {
        "late": ("latest-values", _wrong_tape(late=True)),
        "names alone": ("gradients-by-name", _wrong_tape(names_only=True)),
        "the newest": ("latest-gradients", _wrong_tape(newest=True)),
        "the last wins": ("overwritten", _wrong_tape(put="last")),
        "one of two sides": ("same-argument-once", _wrong_tape(put="one side")),
        "out=": ("added-in-place", _wrong_tape(put="into")),
        "as stretched": ("stretch-forgotten", _wrong_tape(shrink=lambda dz, like: dz)),
        "squared inputs": (
            "slope-from-z",
            _wrong_tape(back={"tanh": lambda g, z, x, y: [g - g * x * x]}),
        ),
        "no slope": ("slope-forgotten", _wrong_tape(back={"tanh": lambda g, z, x, y: [1 * g]})),
        "own values": (
            "multiply-not-swapped",
            _wrong_tape(
                back={
                    "multiply": lambda g, z, x, y: [g * (x + 0 * y), g * (y + 0 * x)],
                }
            ),
        ),
        "halves": (
            "add-splits",
            _wrong_tape(back={"add": lambda g, z, x, y: [0.5 * g, 0.5 * g]}),
        ),
        "a mean": (
            "sum-averages",
            _wrong_tape(back={"sum": lambda g, z, x, y: [np.full(x.shape, g / x.size)]}),
        ),
        "seed": ("starts-with-its-value", _wrong_tape(seed=lambda z: np.array(z))),
        "no seed": ("nothing-to-start-from", _wrong_tape(seed=lambda z: np.zeros(z.shape))),
        "averaged copies": (
            "stretch-averaged",
            _wrong_tape(shrink=lambda dz, like: _fit(dz, like) * np.size(like) / np.size(dz)),
        ),
        "unused left out": (None, _wrong_tape(skip_unused=True)),
        "a list": (None, _as_list),
        "single numbers": (None, _first_entries),
        "writes into inputs": (None, _renames_its_inputs),
        "empties the program": (None, _empties_the_program),
        "one more": (None, _with_the_end),
        "last row": (None, _wrong_tape(shrink=_loses_rows)),
    },
}
