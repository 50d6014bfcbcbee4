"""Chapter 7: passes, operations, bytes, growth, and a way back in segments."""

import functools
import itertools
import math
import operator

import numpy as np


def _count_entries(sizes):
    count = 0
    for left, right in itertools.pairwise(sizes):
        for _ in range(right):
            count += left + 1
    return count + count


def _recursive_passes(sizes):
    if len(sizes) < 2:
        return 0
    return 2 * (sizes[0] + 1) * sizes[1] + _recursive_passes(sizes[1:])


def _flops_as_arrays(sizes, m):
    n = np.array(sizes)
    per_layer = 2 * m * n[:-1] * n[1:]
    return np.array([per_layer.sum(), 2 * per_layer.sum() - per_layer[0]])


def _exponent_by_hand(sizes, times):
    x, y = [math.log(s) for s in sizes], [math.log(t) for t in times]
    n = len(x)
    top = n * math.fsum(map(operator.mul, x, y)) - math.fsum(x) * math.fsum(y)
    return top / (n * math.fsum(v * v for v in x) - math.fsum(x) ** 2)


def _bytes_of_arrays(sizes, m, itemsize):
    return sum(len(bytes(m * n)) for n in sizes[1:-1]) * itemsize


def _simulated(n, k):
    lengths = [0] * k
    for layer in range(n):
        lengths[layer % k] += 1
    return k + max(lengths)


def _with_slices(forwards, backwards, x, dy, k):
    parts = np.array_split(np.arange(len(forwards)), k)
    entries = [x]
    for part in parts[:-1]:
        entries.append(functools.reduce(lambda a, i: forwards[i](a), part, entries[-1]))
    while parts:
        part, entry = parts.pop(), entries.pop()
        inside = list(itertools.accumulate(part[:-1], lambda a, i: forwards[i](a), initial=entry))
        for i, entered in zip(part[::-1], inside[::-1], strict=True):
            dy = backwards[i](entered, dy)
    return dy


def _from_the_data_each_time(forwards, backwards, x, dy, k):
    """No memory at all, and n²/2 layers."""
    for i in reversed(range(len(forwards))):
        entered = x
        for f in forwards[:i]:
            entered = f(entered)
        dy = backwards[i](entered, dy)
    return dy


def _by_closures(forwards, backwards, x, dy, k):
    def back(i, entered, dy):
        if i == len(forwards):
            return dy
        return backwards[i](entered, back(i + 1, forwards[i](entered), dy))

    return back(0, x, dy)


def _one_by_one(forwards, backwards, x, dy, k):
    kept = {0: x}
    for i, f in enumerate(forwards, start=1):
        kept[i] = f(kept[i - 1])
    for i in sorted(range(len(forwards)), key=lambda i: -i):
        dy = backwards[i](kept.pop(i), dy)
    return dy


RIGHT = {
    "nudging_passes": {
        "a loop over neurons": _count_entries,
        "recursion": _recursive_passes,
        "a float": lambda sizes: 2.0 * sum((a + 1) * b for a, b in itertools.pairwise(sizes)),
        "NumPy": lambda sizes: 2 * np.sum((np.array(sizes[:-1]) + 1) * np.array(sizes[1:])),
    },
    "dense_flops": {
        "an array": _flops_as_arrays,
        "a list": lambda sizes, m: list(_flops_as_arrays(sizes, m)),
        "products one by one": lambda sizes, m: (
            sum(2 * m * a * b for a, b in itertools.pairwise(sizes)),
            2 * m * sizes[0] * sizes[1]
            + sum(4 * m * a * b for a, b in itertools.pairwise(sizes[1:])),
        ),
        "floats": lambda sizes, m: tuple(map(float, _flops_as_arrays(sizes, m))),
    },
    "growth_exponent": {
        "by hand": _exponent_by_hand,
        "corrcoef": lambda sizes, times: np.corrcoef(np.log(sizes), np.log(times))[0, 1]
        * np.log(times).std() / np.log(sizes).std() if np.log(times).std() else 0.0,
        "Polynomial.fit": lambda sizes, times: np.polynomial.Polynomial.fit(
            np.log(sizes), np.log(times), 1
        ).convert().coef[1],
        "pinv": lambda sizes, times: (
            np.linalg.pinv(np.vander(np.log(sizes), 2)) @ np.log(times)
        )[0],
    },
    "cache_bytes": {
        "bytes": _bytes_of_arrays,
        "NumPy": lambda sizes, m, itemsize: np.prod([m, itemsize, sum(sizes[1:-1])]),
        "unpacked": lambda sizes, m, itemsize: functools.reduce(
            lambda total, n: total + m * n * itemsize, sizes[1:-1], 0
        ),
        "all less the ends": lambda sizes, m, itemsize: m * itemsize * float(
            sum(sizes) - sizes[0] - sizes[-1]
        ),
    },
    "activations_held": {
        "dealt out": _simulated,
        "divmod": lambda n, k: k + sum(divmod(n + k - 1, k)[:1]),
        "rounded by NumPy": lambda n, k: k + int(np.ceil(n / k)),
        "other names": lambda layers, segments: segments + -(-layers // segments),
    },
    "checkpointed_gradient": {
        "array_split and reduce": _with_slices,
        "nothing kept": _from_the_data_each_time,
        "closures": _by_closures,
        "everything kept": _one_by_one,
    },
}  # fmt: skip
