"""Chapter 7: the mistakes of its exercises, made by somebody who writes otherwise."""

import itertools
import math

import numpy as np


def _between(sizes):
    return [math.prod(pair) for pair in itertools.pairwise(sizes)]


def _step(sizes, m):
    products = [2 * m * w for w in _between(sizes)]
    return sum(products), 2 * sum(products) - products[0]


def _inputs(forwards, x):
    return list(itertools.accumulate(forwards, lambda a, f: f(a), initial=x))


def _walk(backwards, places, entered, dy):
    for i in places:
        dy = backwards[i](entered[i], dy)
    return dy


def _ends(n, k):
    return [n * s // k for s in range(k + 1)]


def _segments(n, k):
    ends = _ends(n, k)
    return [range(a, b) for a, b in itertools.pairwise(ends)]


def _entry_of(forwards, x, k):
    kept = _inputs(forwards, x)
    return [kept[part[0]] for part in _segments(len(forwards), k) for _ in part]


NAMED = {
    "nudging_passes": {
        "forward-difference": [lambda sizes: 1 + sum(_between(sizes)) + sum(sizes[1:])],
        "inputs-have-biases": [lambda sizes: 2 * (sum(_between(sizes)) + sum(sizes))],
        "one-more": [lambda sizes: 1 + 2 * int(np.dot(np.add(sizes[:-1], 1), sizes[1:]))],
        "bias-of-each-input": [lambda sizes: 2 * int(np.dot(sizes[:-1], np.add(sizes[1:], 1)))],
        "bias-of-each-layer": [lambda sizes: sum(2 * ab + 2 for ab in _between(sizes))],
    },
    "dense_flops": {
        "backward-like-forward": [lambda sizes, m: [2 * m * sum(_between(sizes))] * 2],
        "last-layer-spared": [
            lambda sizes, m: (
                _step(sizes, m)[0], 2 * m * (sum(_between(sizes)) + sum(_between(sizes)[:-1]))
            ),
        ],
        "first-layer-spared-altogether": [
            lambda sizes, m: (_step(sizes, m)[0], 4 * m * sum(_between(sizes[1:]))),
        ],
        "biases-counted": [
            lambda sizes, m: (
                2 * m * sum((a + 1) * b for a, b in itertools.pairwise(sizes)),
                4 * m * sum((a + 1) * b for a, b in itertools.pairwise(sizes))
                - 2 * m * sizes[0] * sizes[1],
            ),
        ],
    },
    "growth_exponent": {
        "other-logarithm": [lambda sizes, times: np.polyfit(np.log(sizes), times, 1)[0]],
        "through-the-origin": [
            lambda sizes, times: np.linalg.lstsq(
                np.log(sizes)[:, None], np.log(times), rcond=None
            )[0][0],
        ],
        "intercept": [
            lambda sizes, times: (np.log(times) - np.polyfit(np.log(sizes), np.log(times), 1)[0]
                                  * np.log(sizes)).mean(),
        ],
        "mean-of-neighbours": [
            lambda sizes, times: np.average(
                [np.log(b / a) / np.log(q / p) for (a, b), (p, q) in zip(
                    itertools.pairwise(times), itertools.pairwise(sizes), strict=True)]
            ),
        ],
    },
    "cache_bytes": {
        "output-counted": [lambda sizes, m, itemsize: m * itemsize * (sum(sizes) - sizes[0])],
        "batch-forgotten": [lambda sizes, m, itemsize: sum(n * itemsize for n in sizes[1:-1])],
        "always-eight": [
            lambda sizes, m, itemsize: sum(np.empty((m, n)).nbytes for n in sizes[1:-1]),
        ],
        "before-and-after": [
            lambda sizes, m, itemsize: sum(m * n * itemsize * 2 for n in sizes[1:-1]),
        ],
    },
    "activations_held": {
        "segment-forgotten": [lambda n, k: len(_segments(n, k))],
        "all-segments": [lambda n, k: k + sum(map(len, _segments(n, k)))],
        "remainder-in-one": [lambda n, k: k + sum(divmod(n, k))],
        "multiplied": [lambda n, k: k * math.ceil(n / k)],
    },
    "checkpointed_gradient": {
        "not-reversed": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, range(len(backwards)), _inputs(forwards, x), dy
            ),
        ],
        "segments-in-order": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, [i for part in _segments(len(forwards), k) for i in part[::-1]],
                _inputs(forwards, x), dy,
            ),
        ],
        "not-back-inside": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, [i for part in _segments(len(forwards), k)[::-1] for i in part],
                _inputs(forwards, x), dy,
            ),
        ],
        "entry-for-every-layer": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, range(len(backwards))[::-1], _entry_of(forwards, x, k), dy
            ),
        ],
        "output-instead-of-input": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, range(len(backwards))[::-1], _inputs(forwards, x)[1:], dy
            ),
        ],
        "left-over-layers": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, range(len(backwards) // k * k)[::-1], _inputs(forwards, x), dy
            ),
        ],
        "last-segment-missing": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, range(_ends(len(backwards), k)[-2])[::-1], _inputs(forwards, x), dy
            ),
        ],
        "data-for-every-layer": [
            lambda forwards, backwards, x, dy, k: _walk(
                backwards, range(len(backwards))[::-1], [x] * len(backwards), dy
            ),
        ],
    },
}  # fmt: skip
