"""Chapter 7, wrong answers: passes, operations, bytes, growth, and a way back in segments."""

import itertools
import math

import numpy as np

from .ch07 import _one_by_one


def _w(sizes):
    return sum(a * b for a, b in itertools.pairwise(sizes))


def _f(sizes, m):
    return 2 * m * _w(sizes), 4 * m * _w(sizes) - 2 * m * sizes[0] * sizes[1]


def _p(sizes):
    return _w(sizes) + sum(sizes[1:])


def _line(x, y):
    return np.polyfit(x, y, 1)[0]


def _changes_dy(forwards, backwards, x, dy, k):
    dy *= 1
    return _one_by_one(forwards, backwards, x, dy, k) + 0 * dy


def _first_segment_twice(forwards, backwards, x, dy, k):
    dx = _one_by_one(forwards, backwards, x, dy, k)
    return backwards[0](x, dx)


def _forward_only(forwards, backwards, x, dy, k):
    for f in forwards:
        x = f(x)
    return x


def _stale(forwards, backwards, x, dy, k):
    """Each layer is walked back at the input of the one before it."""
    kept = [x, x]
    for f in forwards[:-2]:
        kept.append(f(kept[-1]))
    for back, entered in zip(reversed(backwards), reversed(kept), strict=True):
        dy = back(entered, dy)
    return dy


WRONG = {
    "nudging_passes": {
        "weights alone, NumPy": (
            "biases-forgotten",
            lambda sizes: 2 * int(np.dot(sizes[:-1], sizes[1:])),
        ),
        "each once, a loop": ("one-side", lambda sizes: sum((a + 1) * b
                                                            for a, b in itertools.pairwise(sizes))),
        "neurons": ("neurons-counted", lambda sizes: sum(sizes) + sum(sizes)),
        "multiplied out": (None, lambda sizes: 2 * math.prod(sizes)),
        "three times": (None, lambda sizes: 3 * _p(sizes)),
        "first layer only": (None, lambda sizes: 2 * (sizes[0] + 1) * sizes[1]),
        "last layer missing": (None, lambda sizes: 2 * _p(sizes[:-1])),
        "one bias a layer": ("bias-of-each-layer", lambda sizes: 2 * (_w(sizes) + len(sizes) - 1)),
        "a list": (None, lambda sizes: [2 * _p(sizes)]),
    },
    "dense_flops": {
        "swapped": ("swapped", lambda sizes, m: _f(sizes, m)[::-1]),
        "one sample, an array": ("batch-forgotten", lambda sizes, m: np.array(_f(sizes, 1))),
        "twice": ("gradient-of-the-data", lambda sizes, m: (2 * m * _w(sizes), 4 * m * _w(sizes))),
        "half of everything": (
            "multiplications-only",
            lambda sizes, m: [count / 2 for count in _f(sizes, m)],
        ),
        "the sum": (None, lambda sizes, m: sum(_f(sizes, m))),
        "forward three times": (None, lambda sizes, m: (_f(sizes, m)[0], 3 * _f(sizes, m)[0])),
        "squared batch": (None, lambda sizes, m: _f(sizes, m * m)),
        "whole step": (
            "whole-step",
            lambda sizes, m: (_f(sizes, m)[0], _f(sizes, m)[0] + _f(sizes, m)[1]),
        ),
        "negative": (None, lambda sizes, m: (_f(sizes, m)[0], -_f(sizes, m)[1])),
    },
    "growth_exponent": {
        "plain line": ("no-logarithms", lambda sizes, times: _line(sizes, times)),
        "semilog": (
            "one-logarithm",
            lambda sizes, times: _line(sizes, np.log10(times) * np.log(10)),
        ),
        "first and last": (
            "ends-only",
            lambda sizes, times: math.log(times[-1] / times[0], sizes[-1] / sizes[0]),
        ),
        "both numbers": (None, lambda sizes, times: np.polyfit(np.log(sizes), np.log(times), 1)),
        "rounded": (None, lambda sizes, times: round(_line(np.log(sizes), np.log(times)), 2)),
        "turned round": ("axes-swapped", lambda sizes, times: _line(np.log(times), np.log(sizes))),
        "power of ten": (None, lambda sizes, times: 10 ** _line(np.log(sizes), np.log(times))),
        "minus": (None, lambda sizes, times: -_line(np.log(sizes), np.log(times))),
        "mean of quotients": (
            None,
            lambda sizes, times: np.mean(np.log(times) / np.log(sizes)),
        ),
    },
    "cache_bytes": {
        "with the data": (
            "data-counted",
            lambda sizes, m, itemsize: sum(m * n * itemsize for n in sizes[:-1]),
        ),
        "all": ("everything-counted", lambda sizes, m, itemsize: m * itemsize * sum(sizes)),
        "numbers": (
            "numbers-not-bytes",
            lambda sizes, m, itemsize: sum(m * n for n in sizes[1:-1]),
        ),
        "bits": (None, lambda sizes, m, itemsize: 8 * m * itemsize * sum(sizes[1:-1])),
        "largest": (None, lambda sizes, m, itemsize: m * itemsize * max(sizes[1:-1], default=0)),
        "weights": ("weights-instead", lambda sizes, m, itemsize: itemsize * _w(sizes)),
        "kilobytes": (None, lambda sizes, m, itemsize: m * itemsize * sum(sizes[1:-1]) / 1000),
        "crashes on two layers": (
            None,
            lambda sizes, m, itemsize: m * itemsize * (sizes[1:-1][0] + sum(sizes[2:-1])),
        ),
        "a product": (None, lambda sizes, m, itemsize: m * itemsize * math.prod(sizes[1:-1])),
    },
    "activations_held": {
        "rounded down": ("rounded-down", lambda n, k: k + int(n / k)),
        "exactly": ("not-whole", lambda n, k: k + n / k),
        "segment alone": ("entries-forgotten", lambda n, k: math.ceil(n / k)),
        "root": ("best-case", lambda n, k: 2 * n**0.5),
        "less one": (None, lambda n, k: k - 1 + math.ceil(n / k)),
        "rounded to the nearest": (None, lambda n, k: k + round(n / k)),
        "twice": (None, lambda n, k: 2 * (k + math.ceil(n / k))),
        "n itself": (None, lambda n, k: n),
        "the other way": (None, lambda n, k: n + math.ceil(k / n)),
    },
    "checkpointed_gradient": {
        "output": ("output-returned", _forward_only),
        "first layer twice": (None, _first_segment_twice),
        "input of the layer before": (None, _stale),
        "one layer only": (
            None,
            lambda forwards, backwards, x, dy, k: backwards[0](x, dy),
        ),
        "dy itself": (None, lambda forwards, backwards, x, dy, k: dy),
        "a list": (None, lambda *given: [_one_by_one(*given)]),
        "transposed": (None, lambda *given: _one_by_one(*given).T),
        "minus": (None, lambda *given: -_one_by_one(*given)),
        "a mean over rows": (None, lambda *given: _one_by_one(*given).mean(axis=0)),
    },
}  # fmt: skip
