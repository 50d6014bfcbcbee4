"""Chapter 7: how times grow, and what is kept in memory."""

from __future__ import annotations

import math

import numpy as np

from ..declare import Exercise, Misconception
from .ch07_flops import SIZES, weights


def _growth(rng, i):
    sizes = np.array(
        [
            (3, 9, 27, 90),
            (10, 100, 1000, 10_000, 100_000),
            (5, 7, 9, 12, 20, 33),
            (64, 128, 256, 512),
            (2000, 4000, 9000),
            (16, 81, 256, 625, 1296),
        ][i],
        float,
    )
    p = (1.0, 2.0, 0.5, 1.37, 3.0, 0.0)[i]
    noise = np.exp(0.03 * rng.standard_normal(len(sizes)))
    return sizes, 10.0 ** -rng.uniform(2, 6) * sizes**p * noise


def _slope(x, y):
    x, y = x - x.mean(), y - y.mean()
    return x @ y / (x @ x)


growth_exponent = Exercise(
    name="growth_exponent",
    chapter=7,
    minutes=5,
    statement=(
        "sizes and times, two arrays: something of that size took that long. If times go like "
        "c · sizes**p, what is p? Fit a straight line to the logarithms, by least squares, and "
        "return its slope."
    ),
    reference=lambda sizes, times: _slope(np.log(sizes), np.log(times)),
    cases=_growth,
    case_note=lambda sizes, times: f"{len(sizes)} points",
    returns=("p",),
    tolerance=1e-8,
    equivalents=(
        lambda sizes, times: np.polyfit(np.log(sizes), np.log(times), 1)[0],
        lambda sizes, times: np.linalg.lstsq(
            np.stack([np.log2(sizes), np.ones(len(sizes))], axis=1), np.log2(times), rcond=None
        )[0][0],
        lambda sizes, times: np.cov(np.log10(sizes), np.log10(times))[0, 1]
        / np.var(np.log10(sizes), ddof=1),
    ),
    misconceptions=(
        Misconception(
            "no-logarithms",
            "that is the slope through the sizes and times themselves. A power is a straight line "
            "only between their logarithms.",
            lambda sizes, times: _slope(sizes, times),
        ),
        Misconception(
            "one-logarithm",
            "only the times were turned into logarithms; that would fit an exponential.",
            lambda sizes, times: _slope(sizes, np.log(times)),
        ),
        Misconception(
            "other-logarithm",
            "only the sizes were turned into logarithms.",
            lambda sizes, times: _slope(np.log(sizes), times),
        ),
        Misconception(
            "ends-only",
            "that is the slope between the first and the last point. Use them all.",
            lambda sizes, times: np.log(times[-1] / times[0]) / np.log(sizes[-1] / sizes[0]),
        ),
        Misconception(
            "through-the-origin",
            "the line was forced through the origin, so the constant c is missing.",
            lambda sizes, times: np.log(sizes) @ np.log(times) / (np.log(sizes) @ np.log(sizes)),
        ),
        Misconception(
            "axes-swapped",
            "the line goes the wrong way round: how the size grows with the time.",
            lambda sizes, times: _slope(np.log(times), np.log(sizes)),
        ),
        Misconception(
            "intercept",
            "that is the height of the line, the logarithm of c. The slope is the exponent.",
            lambda sizes, times: np.polyfit(np.log(sizes), np.log(times), 1)[1],
        ),
        Misconception(
            "mean-of-neighbours",
            "that is the mean of the slopes between neighbours; least squares weighs all points.",
            lambda sizes, times: np.mean(np.diff(np.log(times)) / np.diff(np.log(sizes))),
        ),
    ),
    hints=(
        "The logarithm of c · sizes**p is log c + p · log sizes.",
        "Take the logarithm of both arrays; then it is a line through points, chapter 2.",
        "`np.polyfit(x, y, 1)` returns slope and height of the line; its first number is asked.",
    ),
    after="The kind of logarithm does not matter: another base stretches both axes alike.",
    another="""
def growth_exponent(sizes, times):
    x, y = np.log(sizes), np.log(times)
    x, y = x - x.mean(), y - y.mean()
    return x @ y / (x @ x)
""",
)  # fmt: skip


def _with_precision(rng, i):
    return SIZES[i], (7, 3, 11, 32, 6, 64)[i], (8, 4, 8, 4, 8, 4)[i]


def _cache(sizes, m, itemsize):
    return m * sum(sizes[1:-1]) * itemsize


cache_bytes = Exercise(
    name="cache_bytes",
    chapter=7,
    minutes=5,
    statement=(
        "The bytes that a dense network keeps from forward to backward, formula (7.2): the "
        "activations of its hidden layers for all m samples, itemsize bytes for a number. The data "
        "are there anyway and do not count."
    ),
    reference=_cache,
    cases=_with_precision,
    case_note=lambda sizes, m, itemsize: f"sizes {sizes}, m={m}, {itemsize} bytes",
    returns=("held",),
    equivalents=(
        lambda sizes, m, itemsize: sum(m * n * itemsize for n in list(sizes)[1:-1]),
        lambda sizes, m, itemsize: sum(
            np.empty((m, n), np.float64 if itemsize == 8 else np.float32).nbytes
            for n in sizes[1:-1]
        ),
        lambda sizes, m, itemsize: itemsize * m * (sum(sizes) - sizes[0] - sizes[-1]),
    ),
    misconceptions=(
        Misconception(
            "data-counted",
            "the data were counted too. They are there anyway.",
            lambda sizes, m, itemsize: m * sum(sizes[:-1]) * itemsize,
        ),
        Misconception(
            "output-counted",
            "the output was counted too. No later layer needs it as its input.",
            lambda sizes, m, itemsize: m * sum(sizes[1:]) * itemsize,
        ),
        Misconception(
            "everything-counted",
            "the data and the output were counted too; only the hidden layers' activations are "
            "kept.",
            lambda sizes, m, itemsize: m * sum(sizes) * itemsize,
        ),
        Misconception(
            "batch-forgotten",
            "that is for one sample. Every one of the m samples has its own activations.",
            lambda sizes, m, itemsize: sum(sizes[1:-1]) * itemsize,
        ),
        Misconception(
            "numbers-not-bytes",
            "that is how many numbers are kept. Each takes itemsize bytes.",
            lambda sizes, m, itemsize: m * sum(sizes[1:-1]),
        ),
        Misconception(
            "weights-instead",
            "those are the weights. What is kept for the way back are activations.",
            lambda sizes, m, itemsize: weights(sizes) * itemsize,
        ),
        Misconception(
            "always-eight",
            "every number was given 8 bytes. A float32 has 4.",
            lambda sizes, m, itemsize: m * sum(sizes[1:-1]) * 8,
        ),
        Misconception(
            "before-and-after",
            "each hidden layer was counted twice, before and after its activation. The slope of a "
            "ReLU can be told from its output.",
            lambda sizes, m, itemsize: 2 * m * sum(sizes[1:-1]) * itemsize,
        ),
    ),
    hints=(
        "Which arrays does the way back need that are not there anyway?",
        "Each linear layer needs its input: for all but the first, that is a hidden activation, "
        "(m, n).",
        "m times the sum of all widths but the first and the last, times itemsize.",
    ),
    after="It grows with the batch, while weights and gradients stay as they are.",
    another="""
def cache_bytes(sizes, m, itemsize):
    _, *hidden, _ = sizes
    return itemsize * sum(m * n for n in hidden)
""",
)


def _layers_and_segments(rng, i):
    return ((64, 8), (100, 7), (10, 3), (1000, 32), (23, 4), (50, 6))[i]


activations_held = Exercise(
    name="activations_held",
    chapter=7,
    minutes=5,
    statement=(
        "n equal layers in k segments, as equal as whole numbers allow. How many activations are "
        "held at the worst moment: the k entries, and those of the longest segment?"
    ),
    reference=lambda n, k: k + -(-n // k),
    cases=_layers_and_segments,
    case_note=lambda n, k: f"{n} layers, {k} segments",
    returns=("held",),
    equivalents=(
        lambda n, k: k + math.ceil(n / k),
        lambda n, k: k + max(len(part) for part in np.array_split(np.arange(n), k)),
        lambda n, k: k + n // k + (n % k > 0),
    ),
    misconceptions=(
        Misconception(
            "rounded-down",
            "where n is not a multiple of k, some segments are one longer. The longest counts.",
            lambda n, k: k + n // k,
        ),
        Misconception(
            "not-whole",
            "segments hold whole layers, so the longest is a whole number.",
            lambda n, k: k + n / k,
        ),
        Misconception(
            "entries-forgotten",
            "those are the activations of one segment. What enters the others is held as well.",
            lambda n, k: -(-n // k),
        ),
        Misconception(
            "segment-forgotten",
            "those are the entries. The segment that is being walked back holds activations too.",
            lambda n, k: k,
        ),
        Misconception(
            "best-case",
            "that is the least for any number of segments, 2√n. Here k is given.",
            lambda n, k: 2 * math.sqrt(n),
        ),
        Misconception(
            "all-segments",
            "the activations of all segments were added up, but only one segment is alive at a "
            "time.",
            lambda n, k: k + n,
        ),
        Misconception(
            "remainder-in-one",
            "the layers that are left over were all put into one segment. Spread them, one each.",
            lambda n, k: k + n // k + n % k,
        ),
        Misconception(
            "multiplied",
            "the two are held together, so they add up.",
            lambda n, k: k * -(-n // k),
        ),
    ),
    hints=(
        "Two terms: what enters the segments, and what the longest of them holds.",
        "The longest segment has n / k layers, rounded up.",
        "`-(-n // k)` rounds up, and so does `math.ceil(n / k)`; add k.",
    ),
    after="Smallest where both terms are equal, at the root of n.",
    another="""
def activations_held(n, k):
    longest = len(range(0, n, k))  # one for each k layers, and one for the rest
    return k + longest
""",
)
