"""What a comparison of kernels means: the one line to set, or that there is nothing to set."""

from __future__ import annotations

from dataclasses import dataclass

from bplib.blas.kernels import VARIABLE
from bplib.blas.measure import DTYPES, Alternative, Comparison, Speedup

WORTH = 1.15
"""How many times as fast the alternative must be in each dtype, in three rounds of four. Below
that, a variable in the environment is a thing to remember for a gain that nobody notices; and the
book and its training run in both dtypes, so one of them does not pay for the other."""


@dataclass(frozen=True)
class Advice:
    """What to do, and why.

    Fields:
        kernels: what OPENBLAS_CORETYPE should be; "" where nothing should be set.
        found: what was measured, in a few words.
        remedy: the line to set, with its gain, or what else the reader should know; often empty.
        certain: False where the machine was too busy to tell.
    """

    kernels: str
    found: str
    remedy: str = ""
    certain: bool = True


def advise(comparison: Comparison) -> Advice:
    """Decides whether other kernels are worth setting.

    Arguments:
        comparison: of `measure.compare`.

    Returns:
        The alternative that is faster in both dtypes, beyond doubt and by enough to notice;
        where several are, the fastest. Otherwise nothing to set.
    """
    speeds = [f"{comparison.gflops[dtype]:.0f} in {dtype}" for dtype in DTYPES]
    found = [f"{' and '.join(speeds)} (GFLOP/s on one core)"]
    best, unsure = None, None
    for other in comparison.alternatives:
        if other.failed:
            found.append(f"{other.kernels} kernels could not be timed: {other.failed}")
            continue
        found.append(_in_words(other))
        if all(gain.low >= WORTH for gain in other.speedups.values()):
            best = max(best or other, other, key=_least)
        elif _least(other) >= WORTH:
            unsure = other
    said = "; ".join(found)
    if best is not None:
        how = "before Python starts (bplib book and the make targets do)"
        return Advice(best.kernels, said, f"set {VARIABLE}={best.kernels} {how}")
    if unsure is not None:
        busy = (
            f"{unsure.kernels} kernels may be faster, but the machine is too busy to tell; "
            "repeat this when it is quiet"
        )
        return Advice("", said, busy, certain=False)
    return Advice("", f"{said}; nothing to set" if comparison.alternatives else said)


def _least(other: Alternative) -> float:
    return min(gain.median for gain in other.speedups.values())


def _in_words(other: Alternative) -> str:
    single, double = (_gain(other.speedups[dtype]) for dtype in DTYPES)
    return f"{other.kernels} kernels are {single} times as fast in float32, {double} in float64"


def _gain(gain: Speedup) -> str:
    """The median, with the middle half of the rounds where it is not the same to two digits."""
    low, median, high = (f"{number:.2f}" for number in (gain.low, gain.median, gain.high))
    return median if low == high else f"{median} ({low} to {high})"
