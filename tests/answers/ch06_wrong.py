"""Chapter 6, wrong answers: slopes, relative errors, and the judge."""

import numpy as np

from .ch06 import _entrywise, _last, _two_directions

_norm = np.linalg.norm


def _changes_x(f, x, v, h):
    x += h * v
    ahead = f(x)
    x -= 2 * h * v
    return (ahead - f(x)) / (2 * h)


def _loop_of_entries(f, x, v, h):
    total = 0.0
    for index in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[index] = 1
        total += (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    return total


def _unfinished_loop(claimed, measured):
    for place in reversed(range(len(claimed))):
        scale = max(_norm(claimed[place]), _norm(measured[place]))
        return place if _norm(claimed[place] - measured[place]) > 1e-6 * scale else -1
    return -1


def _biases_only(claimed, measured):
    return max((i for i in (1, 3, 5) if _last([claimed[i]], [measured[i]]) == 0), default=-1)


def _stops_at_the_first(claimed, measured):
    for i, (c, m) in enumerate(zip(claimed, measured, strict=True)):
        if _norm(c - m) / max(_norm(c), _norm(m)) >= 1e-6:
            return i
    return -1


def _by_allclose_loop(claimed, measured):
    found = -1
    for i in range(len(claimed)):
        if not np.allclose(claimed[i], measured[i], rtol=1e-6):
            found = i
    return found


def _negative_index(claimed, measured):
    place = _last(claimed, measured)
    return place - len(claimed) if place >= 0 else -1


def _falls(f, gradient, x, seed):
    x = np.asarray(x, dtype=float)
    step = gradient(x)
    length = np.sqrt((step**2).sum())
    if length == 0:
        return False
    return f(x - 1e-3 * step / length) < f(x)


def _first_by_return_in_the_loop(f, gradient, x, seed):
    x = x.astype(float)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        slope, claimed = (f(ahead) - f(behind)) / 2e-5, gradient(x)[index]
        return bool(abs(slope - claimed) <= 1e-6 * max(abs(slope), abs(claimed)))


def _sums(f, gradient, x, seed):
    x = x * 1.0
    slope = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    claimed = gradient(x).sum()
    return bool(abs(slope - claimed) <= 1e-6 * max(abs(slope), abs(claimed), _norm(gradient(x))))


WRONG = {
    "complex_slope": {
        "the real part, by np.real": ("real-part", lambda f, x, v: np.real(f(x + 1e-50j * v))),
        "ones for v": (
            "direction-forgotten",
            lambda f, x, v: f(x + 1e-60j * np.ones_like(x)).imag / 1e-60,
        ),
        "two sides": (
            None,
            lambda f, x, v: (f(x + 1e-30j * v).imag - f(x - 1e-30j * v).imag) / 1e-30,
        ),
        "central, with loops": (
            "central-difference",
            lambda f, x, v: (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5,
        ),
        "minus": (None, lambda f, x, v: f(x - 1e-30j * v).imag / 1e-30),
        "complex": (None, lambda f, x, v: f(x + 1e-30j * v) / 1e-30),
        "squared step": (None, lambda f, x, v: f(x + 1e-30j * v).imag / 1e-30**2),
        "list": (None, lambda f, x, v: [f(x + 1e-30j * v).imag / 1e-30]),
        "rounded": (None, lambda f, x, v: round(f(x + 1e-30j * v).imag / 1e-30, 6)),
        "angle": (None, lambda f, x, v: np.angle(f(x + 1e-30j * v)) / 1e-30),
    },
    "directional_slope": {
        "changes x": (None, _changes_x),
        "all entries, added up": ("direction-forgotten", _loop_of_entries),
        "unit vector": (
            "direction-made-a-unit",
            lambda f, x, v, h: (f(x + h * v / _norm(v)) - f(x - h * v / _norm(v))) / (2 * h),
        ),
        "brackets": (
            "divided-then-multiplied",
            lambda f, x, v, h: 0.5 * (f(x + v * h) - f(x - v * h)) * h,
        ),
        "backward difference": (None, lambda f, x, v, h: (f(x) - f(x - h * v)) / h),
        "h of one's own": ("another-step", lambda f, x, v, h: _loop_free(f, x, v, 1e-7)),
        "array": (None, lambda f, x, v, h: (f(x + h * v) - f(x - h * v)) / (2 * h) * v),
        "absolute": (None, lambda f, x, v, h: abs(f(x + h * v) - f(x - h * v)) / (2 * h)),
        "second difference": (
            None,
            lambda f, x, v, h: (f(x + h * v) - 2 * f(x) + f(x - h * v)) / h**2,
        ),
        "without a return": (None, lambda f, x, v, h: print(end="")),
    },
    "weighted_slope": {
        "ones, by np.sum": (
            "all-ones",
            lambda f, x, v, dy, h: (f(x + h * v).sum() - f(x - h * v).sum()) / (2 * h),
        ),
        "mean": (
            "mean-instead-of-sum",
            lambda f, x, v, dy, h: np.average(dy * (f(x + h * v) - f(x - h * v))) / (2 * h),
        ),
        "v and dy swapped": (
            "weights-as-direction",
            lambda f, x, v, dy, h: np.vdot(v, f(x + h * dy) - f(x - h * dy)) / (2 * h),
        ),
        "table": (None, lambda f, x, v, dy, h: dy * (f(x + h * v) - f(x - h * v)) / (2 * h)),
        "rows": (
            None,
            lambda f, x, v, dy, h: (dy * (f(x + h * v) - f(x - h * v))).sum(axis=0) / (2 * h),
        ),
        "times v as well": (
            None,
            lambda f, x, v, dy, h: np.sum(v * dy * (f(x + h * v) - f(x - h * v))) / (2 * h),
        ),
        "twice": (
            "missing-2",
            lambda f, x, v, dy, h: np.einsum("ij,ij", dy, f(x + h * v) - f(x - h * v)) / h,
        ),
        "weights inside": (
            None,
            lambda f, x, v, dy, h: np.sum(f(dy * (x + h * v)) - f(dy * (x - h * v))) / (2 * h),
        ),
        "absolute": (
            None,
            lambda f, x, v, dy, h: np.sum(np.abs(dy * (f(x + h * v) - f(x - h * v)))) / (2 * h),
        ),
    },
    "relative_error": {
        "without the zeros": (
            "zero-by-zero",
            lambda c, m: np.divide(_norm(c - m), max(_norm(c), _norm(m))),
        ),
        "a little below, 1e-8": (
            "floor-below",
            lambda c, m: (
                np.sqrt(np.sum((c - m) ** 2))
                / (max(np.sqrt(np.sum(c**2)), np.sqrt(np.sum(m**2))) + 1e-8)
            ),
        ),
        "entry by entry, the worst": (
            None,
            lambda c, m: np.max(np.abs(c - m) / np.maximum(np.abs(c), 1e-300)),
        ),
        "the difference alone": ("not-divided", lambda c, m: np.sqrt(((c - m) ** 2).sum())),
        "percent": (
            None,
            lambda c, m: 100 * _norm(c - m) / max(_norm(c), _norm(m), 1e-300),
        ),
        "array": (None, lambda c, m: np.abs(c - m) / max(_norm(c), _norm(m), 1e-300)),
        "size and size": (
            "lengths-subtracted",
            lambda c, m: (
                0.0
                if not c.any() and not m.any()
                else abs(_norm(c) - _norm(m)) / max(_norm(c), _norm(m))
            ),
        ),
        "None for zeros": (
            None,
            lambda c, m: _norm(c - m) / max(_norm(c), _norm(m)) if c.any() or m.any() else None,
        ),
        "mean of the lengths": (
            None,
            lambda c, m: 2 * _norm(c - m) / max(_norm(c) + _norm(m), 1e-300),
        ),
    },
    "first_wrong": {
        "first from the input, in a loop": ("seen-from-the-input", _stops_at_the_first),
        "allclose in a loop": ("allclose", _by_allclose_loop),
        "return inside the loop": ("given-up-too-soon", _unfinished_loop),
        "biases only": (None, _biases_only),
        "negative": (None, _negative_index),
        "the layer": (
            "layer-instead-of-place",
            lambda claimed, measured: max(_last(claimed, measured), -2) // 2,
        ),
        "None where all agree": (
            None,
            lambda claimed, measured: p if (p := _last(claimed, measured)) >= 0 else None,
        ),
        "the name": (
            None,
            lambda claimed, measured: "W1 b1 W2 b2 W3 b3".split()[_last(claimed, measured)],
        ),
        "how many": (
            None,
            lambda claimed, measured: sum(
                _last([c], [m]) == 0 for c, m in zip(claimed, measured, strict=True)
            ),
        ),
    },
    "gradient_is_right": {
        "falls": ("loss-falls", lambda f, gradient, x, seed: bool(_falls(f, gradient, x, seed))),
        "sums": ("all-ones-direction", _sums),
        "return in the loop": ("first-entry-only", _first_by_return_in_the_loop),
        "turned round": (
            None,
            lambda f, gradient, x, seed: not _entrywise(f, gradient, x, seed),
        ),
        "a word": (None, lambda f, gradient, x, seed: str(_entrywise(f, gradient, x, seed))),
        "a number": (None, lambda f, gradient, x, seed: int(_entrywise(f, gradient, x, seed))),
        "whole numbers refused": (
            "integers-swallow-the-nudge",
            lambda f, gradient, x, seed: (
                x.dtype.kind == "f" and _two_directions(f, gradient, x, seed)
            ),
        ),
        "yes to all": ("always-true", lambda f, gradient, x, seed: f(x) == f(x)),
        "the gradient itself": (None, lambda f, gradient, x, seed: gradient(x * 1.0)),
    },
}


def _loop_free(f, x, v, h):
    return (f(x + h * v) - f(x - h * v)) / (2 * h)
