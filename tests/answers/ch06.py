"""Chapter 6: slopes, relative errors, and the judge."""

import cmath
import functools
import math
import operator

import numpy as np


class _Slope:
    """A function that is an object."""

    def __call__(self, f, x, v):
        return (f(x + 1e-40j * v) / 1e-40).imag


def _tiny_parts(f, x, v):
    total = 0.0
    for index in np.ndindex(x.shape):
        nudged = x.astype(complex)
        nudged[index] += 1e-25j
        total += v[index] * cmath.phase(1) + v[index] * f(nudged).imag / 1e-25
    return total


def _line(f, x, v, h):
    ends = [f(np.add(x, t * v)) for t in (-h, h)]
    return functools.reduce(lambda a, b: b - a, ends) / (2 * h)


def _recursive_length(entries):
    return entries[0] ** 2 + _recursive_length(entries[1:]) if len(entries) else 0.0


def _by_recursion(claimed, measured):
    lengths = [
        math.sqrt(_recursive_length(list(np.ravel(g))))
        for g in (claimed - measured, claimed, measured)
    ]
    return lengths[0] / max(lengths[1:]) if max(lengths[1:]) else 0


def _last(claimed, measured):
    place, found = 0, -1
    while place < len(claimed):
        c, m = np.ravel(claimed[place]), np.ravel(measured[place])
        if math.dist(c, m) > 1e-6 * max(math.hypot(*c), math.hypot(*m)):
            found = place
        place += 1
    return found


def _entrywise(f, gradient, x, seed):
    x = np.asarray(x) * 1.0
    g = gradient(x)
    apart = 0.0
    for index, one in np.ndenumerate(g):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        apart = max(apart, abs((f(ahead) - f(behind)) / 2e-5 - one))
    return bool(apart <= 1e-6 * np.abs(g).max())


def _two_directions(f, gradient, x, seed):
    rng = np.random.default_rng(seed)
    x = x.astype(float)
    scale = np.sqrt(np.sum(gradient(x) ** 2))

    def agrees():
        v = rng.choice([-1.0, 1.0], x.shape) * rng.uniform(1, 2, x.shape)
        slope = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5
        return not abs(slope - np.vdot(gradient(x), v)) > 1e-7 * max(scale, abs(slope))

    return all(agrees() for _ in range(2))


def _with_numpy_bool(f, gradient, x, seed):
    return np.bool_(_entrywise(f, gradient, x, seed))


RIGHT = {
    "complex_slope": {
        "an object": _Slope(),
        "entry by entry": _tiny_parts,
        "einsum of all entries": lambda f, x, v: np.einsum(
            "i,i->", v.ravel(), [f(x + 1e-30j * u.reshape(x.shape)).imag / 1e-30
                                 for u in np.eye(x.size)]
        ),
        "in place, on a copy": lambda f, x, v: f(np.add(x, 1e-99j * v)).imag * 1e99,
        "the conjugate": lambda f, x, v: np.conj(f(x - 1e-30j * v)).imag / 1e-30,
        "other names": lambda function, point, direction: np.float64(
            function(point + complex(0, 1e-50) * direction).imag / 1e-50
        ),
    },
    "directional_slope": {
        "reduce": _line,
        "a generator": lambda f, x, v, h: sum(s * f(x + s * h * v) for s in (-1, 1)) / h / 2,
        "map": lambda f, x, v, h: operator.sub(*map(f, (x + h * v, x - h * v))) / (h + h),
        "np.gradient": lambda f, x, v, h: np.gradient([f(x + k * v) for k in (-h, 0.0, h)], h)[1],
        "a polynomial": lambda f, x, v, h: np.polyfit(
            [-1, 0, 1], [f(x + t * h * v) for t in (-1, 0, 1)], 2
        )[1] / h,
    },
    "weighted_slope": {
        "tensordot": lambda f, x, v, dy, h: np.tensordot(
            dy, f(x + h * v) - f(x - h * v)
        ) / (2 * h),
        "trace": lambda f, x, v, dy, h: np.trace(dy.T @ (f(x + h * v) - f(x - h * v))) / h / 2,
        "math.fsum": lambda f, x, v, dy, h: math.fsum(
            ((dy * f(x + h * v)) - (dy * f(x - h * v))).ravel().tolist()
        ) / (2 * h),
        "row by row": lambda f, x, v, dy, h: sum(
            d @ (a - b) for d, a, b in zip(dy, f(x + h * v), f(x - h * v), strict=True)
        ) * 0.5 / h,
    },
    "relative_error": {
        "recursion": _by_recursion,
        "vdot": lambda claimed, measured: 0.0 if not np.any([claimed, measured]) else (
            np.vdot(claimed - measured, claimed - measured)
            / max(np.vdot(claimed, claimed), np.vdot(measured, measured))
        ) ** 0.5,
        "hypot": lambda claimed, measured: math.hypot(*(claimed - measured).flat)
        / (max(math.hypot(*claimed.flat), math.hypot(*measured.flat)) or 1),
        "a whole 0": lambda claimed, measured: 0 if not claimed.any() and not measured.any()
        else np.linalg.norm(measured - claimed)
        / np.maximum(np.linalg.norm(measured), np.linalg.norm(claimed)),
    },
    "first_wrong": {
        "while": _last,
        "numpy integer": lambda claimed, measured: np.int64(_last(claimed, measured)),
        "a float": lambda claimed, measured: float(_last(claimed, measured)),
        "slices": lambda claimed, measured: max(
            [-1, *(i for i in range(len(claimed)) if _last([claimed[i]], [measured[i]]) == 0)]
        ),
    },
    "gradient_is_right": {
        "entry by entry": _entrywise,
        "two directions": _two_directions,
        "NumPy's bool": _with_numpy_bool,
        "complex arithmetic apart": lambda f, gradient, x, seed: not any(
            not _two_directions(f, gradient, x, seed + k) for k in range(3)
        ),
    },
}  # fmt: skip
