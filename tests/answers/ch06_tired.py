"""Chapter 6: the mistakes of its exercises, made by somebody who writes otherwise."""

import math

import numpy as np

from .ch06 import _last


def _length(g):
    return math.sqrt(sum(float(one) ** 2 for one in np.ravel(g)))


def _slopes(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    found = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        found[index] = (above - f(x)) / (2 * h)
        x[index] = kept
    return found


def _one_sided(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    here, found = f(x), np.empty(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        found[index] = (f(x) - here) / h
        x[index] -= h
    return found


def _agree(c, m, limit):
    scale = max(_length(c), _length(m))
    return scale == 0 or _length(c - m) / scale < limit


def _in_integers(f, x, v, h):
    ahead, behind = np.array(x), np.array(x)
    ahead[:] = ahead + h * v
    behind[:] = behind - h * v
    return (f(ahead) - f(behind)) / (h + h)


def _rounded_away(f, gradient, x, seed):
    found = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        nudged = np.array(x)
        nudged[index] += 1e-5 if x.dtype.kind == "f" else 0
        above = f(nudged)
        nudged[index] -= 2e-5 if x.dtype.kind == "f" else 1
        found[index] = (above - f(nudged)) / 2e-5
    return bool(_agree(gradient(x), found, 1e-6))


def _largest(claimed, measured):
    pairs = zip(claimed, measured, strict=True)
    errors = [_length(c - m) / max(_length(c), _length(m)) for c, m in pairs]
    return errors.index(max(errors)) if max(errors) > 1e-6 else -1


def _not_to_the_end(claimed, measured):
    place = len(claimed)
    while (place := place - 1) > 0:
        if not _agree(claimed[place], measured[place], 1e-6):
            return place
    return -1


def _scan(apart):
    def answer(claimed, measured):
        place = -1
        for i in range(len(claimed)):
            if apart(np.ravel(claimed[i]), np.ravel(measured[i])):
                place = i
        return place

    return answer


def _zero_by_zero(f, gradient, x, seed):
    measured, claimed = _slopes(f, x), gradient(np.array(x, dtype=float))
    with np.errstate(invalid="ignore"):
        error = np.linalg.norm(claimed - measured) / np.float64(
            max(np.linalg.norm(claimed), np.linalg.norm(measured))
        )
    return bool(error < 1e-6)


NAMED = {
    "complex_slope": {
        "not-divided": [lambda f, x, v: np.imag(f(np.add(x, 1e-30j * v)))],
        "divided-by-2h": [lambda f, x, v: 0.5 * f(x + 1e-60j * v).imag / 1e-60],
        "size-instead-of-imaginary-part": [lambda f, x, v: np.hypot(*_parts(f(x + 1e-30j * v)))],
        "step-too-long": [lambda f, x, v: np.imag(f(x + 0.01j * v)) * 100],
        "direction-made-a-unit": [
            lambda f, x, v: f(x + 1e-30j * v / np.sqrt(np.sum(v**2))).imag / 1e-30,
        ],
    },
    "directional_slope": {
        "forward-difference": [lambda f, x, v, h: -(f(x) - f(np.add(x, v * h))) / h],
        "missing-2": [lambda f, x, v, h: np.subtract(f(x + v * h), f(x - v * h)) * h**-1],
        "sign-flipped": [lambda f, x, v, h: np.diff([f(x + h * v), f(x - h * v)])[0] / (2 * h)],
        "not-divided": [lambda f, x, v, h: -f(x - h * v) + f(x + h * v)],
        "step-forgotten": [lambda f, x, v, h: 0.5 * (f(x + v) - f(x - v)) / h],
        "integers-swallow-the-nudge": [_in_integers],
    },
    "weighted_slope": {
        "forward-difference": [
            lambda f, x, v, dy, h: float(np.vdot(dy, f(x + h * v)) - np.vdot(dy, f(x))) / h,
        ],
        "moved-by-weights-too": [
            lambda f, x, v, dy, h: np.subtract(f(x + h * dy * v), f(x - h * dy * v)).sum() / h / 2,
        ],
        "direction-forgotten": [
            lambda f, x, v, dy, h: np.vdot(dy, f(x + h * np.ones_like(v)) - f(x - h)) / (2 * h),
        ],
        "sign-flipped": [
            lambda f, x, v, dy, h: (np.vdot(f(x - h * v), dy) - np.vdot(f(x + h * v), dy)) / h / 2,
        ],
        "rows-only": [
            lambda f, x, v, dy, h: dy[0] @ (f(x + h * v)[0] - f(x - h * v)[0]) / (2 * h),
        ],
    },
    "relative_error": {
        "sum-of-lengths": [
            lambda c, m: 0.0 if not np.any([c, m]) else _length(c - m) / (_length(c) + _length(m)),
        ],
        "divided-by-claimed": [
            lambda c, m: np.divide(np.linalg.norm(m - c), np.linalg.norm(c)),
        ],
        "smaller-length": [
            lambda c, m: 0 if not np.any([c, m]) else np.divide(
                _length(c - m), min(_length(c), _length(m))
            ),
        ],
        "largest-entries": [
            lambda c, m: 0.0 if not np.any([c, m]) else float(
                abs(c - m).max() / np.max([abs(c), abs(m)])
            ),
        ],
        "root-forgotten": [
            lambda c, m: 0.0 if not np.any([c, m]) else np.vdot(c - m, c - m)
            / max(np.vdot(c, c), np.vdot(m, m)),
        ],
    },
    "first_wrong": {
        "largest-error": [_largest],
        "counted-from-the-end": [
            lambda c, m: -1 if _last(c, m) == -1 else list(reversed(range(len(c))))[_last(c, m)],
        ],
        "difference-not-relative": [_scan(lambda c, m: math.dist(c, m) > 1e-6)],
        "compared-exactly": [_scan(lambda c, m: bool((c != m).any()))],
        "sums-compared": [
            _scan(lambda c, m: abs(math.fsum(c) - math.fsum(m)) > 1e-6 * math.hypot(*m)),
        ],
        "one-further": [lambda c, m: _last(c, m) + (_last(c, m) >= 0)],
        "place-0-missed": [_not_to_the_end, lambda c, m: _last(c, m) or -1],
        "given-up-too-soon": [
            lambda c, m: -1 if math.dist(c[-1].flat, m[-1].flat) < 1e-6 * _length(m[-1]) else 5,
        ],
        "limit-too-wide": [_scan(lambda c, m: math.dist(c, m) > 0.01 * math.hypot(*m))],
    },
    "gradient_is_right": {
        "absolute-difference": [
            lambda f, gradient, x, seed: not (abs(_slopes(f, x) - gradient(x * 1.0)) > 1e-6).any(),
        ],
        "allclose": [
            lambda f, gradient, x, seed: np.allclose(gradient(x * 1.0), _slopes(f, x), rtol=1e-6),
        ],
        "first-entries-only": [
            lambda f, gradient, x, seed: bool(_agree(
                np.ravel(gradient(x * 1.0))[:3], _slopes(f, x).ravel()[:3], 1e-6
            )),
        ],
        "forward-difference": [
            lambda f, gradient, x, seed: bool(_agree(gradient(x * 1.0), _one_sided(f, x), 1e-6)),
        ],
        "too-lenient": [
            lambda f, gradient, x, seed: bool(_agree(gradient(x * 1.0), _slopes(f, x), 0.05)),
        ],
        "lengths-compared": [
            lambda f, gradient, x, seed: math.isclose(
                _length(gradient(x * 1.0)), _length(_slopes(f, x)), rel_tol=1e-6
            ),
        ],
        "integers-swallow-the-nudge": [_rounded_away],
        "zero-by-zero": [_zero_by_zero],
        "always-false": [lambda f, gradient, x, seed: f(x) != f(x)],
    },
}  # fmt: skip


def _parts(number):
    return number.real, number.imag
