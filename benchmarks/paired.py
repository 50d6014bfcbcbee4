"""Workers take turns, and what is compared is always neighbours in time."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.worker import Worker


@dataclass(frozen=True)
class Ratio:
    """A quotient of two times: the median of the rounds, and the middle half of them."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


@dataclass(frozen=True)
class Pace:
    """How long everybody is measured.

    Fields:
        rounds: how often each has its turn.
        turn: seconds that a turn lasts.
    """

    rounds: int
    turn: float


FULL = Pace(rounds=15, turn=0.25)
QUICK = Pace(rounds=5, turn=0.08)


def order(names: Sequence[str], turn: int) -> list[str]:
    """Who comes when in a round: each pair of rounds begins further on, and the second runs back.

    So nobody always follows the same one, whose heat and memory traffic it would inherit.
    """
    first = turn // 2 % len(names)
    turned = [*names[first:], *names[:first]]
    return turned if turn % 2 == 0 else turned[::-1]


def alternate(workers: Mapping[str, Worker], pace: Pace) -> dict[str, list[float]]:
    """The seconds that a step takes, for each worker and round."""
    seconds: dict[str, list[float]] = {name: [] for name in workers}
    for turn in range(pace.rounds):
        for name in order(list(workers), turn):
            seconds[name].append(workers[name].seconds(pace.turn))
    return seconds


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Our time as a part of theirs: the ratio of every round, of which the median is taken."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    if len(ratios) == 1:
        ratios *= 2
    return Ratio(*statistics.quantiles(ratios, n=4, method="inclusive"))


def in_words(seconds: Sequence[float]) -> str:
    """The median time with its unit, to three digits."""
    median = statistics.median(seconds)
    unit, factor = ("s", 1) if median >= 1 else ("ms", 1e3) if median >= 1e-3 else ("µs", 1e6)
    number = median * factor
    return f"{number:.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"
