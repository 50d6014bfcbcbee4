"""How the time of a step grows with the parameters, the batch and the depth."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.case import Case
from benchmarks.paired import Pace, Ratio, alternate
from benchmarks.report import Claim, Section, table
from benchmarks.worker import Worker

LOW, HIGH = 0.9, 1.1
ABOVE_FLOOR = 10
"""A point counts where the step takes so many times as long as where the quantity is smallest: what
it takes there does not grow with it, such as calling, or updating the weights for one sample."""
PICTURE = Path(__file__).with_name("growth.svg")


@dataclass(frozen=True)
class Sweep:
    """One quantity that grows while everything else stays.

    Fields:
        quantity: its name.
        smallest: the case with as little of it as there can be.
        cases: one for each point.
        size: what the point's case has of it.
        alone: whether nothing else grows with it; only then is the exponent promised.
    """

    quantity: str
    smallest: Case
    cases: tuple[Case, ...]
    size: Callable[[Case], int]
    alone: bool = True


SWEEPS = (
    Sweep(
        "parameters",
        Case((2, 256, 10), 256),
        tuple(Case((n, 256, 10), 256) for n in (256, 1024, 4096, 8192, 16384, 32768)),
        lambda case: case.parameters,
    ),
    Sweep(
        "parameters, by width",
        Case((2, 2, 2, 10), 256),
        tuple(Case((w, w, w, 10), 256) for w in (64, 128, 256, 512, 1024, 2048)),
        lambda case: case.parameters,
        alone=False,
    ),
    Sweep(
        "batch",
        Case((512, 512, 512, 10), 1),
        tuple(Case((512, 512, 512, 10), m) for m in (16, 64, 128, 256, 512, 1024, 2048, 4096)),
        lambda case: case.batch,
    ),
    Sweep(
        "depth",
        Case((256, 10), 256),
        # The last layer is small, and the first hands no gradient on: of few layers, that is much.
        tuple(Case((256,) * (depth + 1) + (10,), 256) for depth in (1, 4, 8, 16, 32, 64)),
        lambda case: len(case.sizes) - 2,
    ),
)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """p of the power law seconds ≈ c · sizeᵖ, by least squares on the logarithms."""
    return statistics.linear_regression(
        [math.log(size) for size in sizes], [math.log(each) for each in seconds]
    ).slope


def above(floor: Sequence[float], points: Sequence[Sequence[float]]) -> list[int]:
    """The places of the points whose median is well above the floor's."""
    least = ABOVE_FLOOR * statistics.median(floor)
    return [i for i, seconds in enumerate(points) if statistics.median(seconds) >= least]


def measure(sweep: Sweep, pace: Pace, environment: Mapping[str, str]) -> list[list[float]]:
    """The seconds of every round, first those of the floor, then point by point."""
    with ExitStack() as stack:
        workers = {
            str(i): stack.enter_context(Worker("layers", case, environment))
            for i, case in enumerate((sweep.smallest, *sweep.cases))
        }
        return list(alternate(workers, pace).values())


def fitted(sizes: Sequence[int], points: Sequence[Sequence[float]]) -> Ratio:
    """The exponent of every round: the median, and the middle half of them."""
    found = [exponent(sizes, turn) for turn in zip(*points, strict=True)]
    return Ratio(*statistics.quantiles(found * 2, n=4, method="inclusive"))


def run(pace: Pace, environment: Mapping[str, str], picture: Path | None = PICTURE) -> Section:
    """Times every sweep, fits the exponents, and draws them."""
    claims: list[Claim] = []
    rows, drawn = [], []
    for sweep in SWEEPS:
        print(f"  {sweep.quantity} ...", flush=True)
        floor, *points = measure(sweep, pace, environment)
        counted = above(floor, points)
        sizes = [sweep.size(case) for case in sweep.cases]
        what = f"time grows with {sweep.quantity} to the power"
        if len(counted) < 3:
            rows.append([sweep.quantity, "too few points above the floor", "–"])
            if sweep.alone:
                claims.append(Claim(what, "too few points", f"{LOW} to {HIGH}", False))
            continue
        found = fitted([sizes[i] for i in counted], [points[i] for i in counted])
        if sweep.alone:
            holds = LOW <= found.median <= HIGH
            claims.append(Claim(what, str(found), f"{LOW} to {HIGH}", holds))
        rows.append(
            [sweep.quantity, f"{sizes[counted[0]]:,} to {sizes[counted[-1]]:,}", str(found)]
        )
        medians = [statistics.median(seconds) for seconds in points]
        drawn.append((sweep.quantity, sizes, medians, counted, found.median))
    text = "The time of a training step (float32, SGD) while one quantity grows. A point counts "
    text += f"where the step takes at least {ABOVE_FLOOR} times as long as with one sample, with "
    text += "two inputs, with layers of width 2, or with the last layer alone. Parameters are "
    text += "added by more inputs, so that nothing else grows. By the width of every layer, the "
    text += "work on activations grows too, and with the root of the parameters: the exponent is "
    text += "then smaller until the products outweigh it, and nothing is promised.\n\n"
    text += table(["", "from … to", "exponent"], rows)
    if picture is not None and drawn:
        draw(drawn, picture)
        text += "\n\n![Time of a step against parameters, batch and depth, on logarithmic axes: "
        text += f"the points, and the straight lines fitted to those that count.]({picture.name})"
    return Section("How the cost grows", text, claims)


def draw(drawn: Sequence[tuple], path: Path) -> None:
    """Small figures side by side; hollow points are too near the floor to count."""
    import matplotlib

    from bplib.draw.style import BLUE, GREY, RC

    matplotlib.use("Agg")
    with matplotlib.rc_context({**RC, "figure.figsize": (3.2 * len(drawn), 3.4)}):
        from matplotlib import pyplot
        from matplotlib.ticker import NullFormatter

        figure, axes = pyplot.subplots(1, len(drawn), sharey=True, squeeze=False)
        for axis, (quantity, sizes, medians, counted, power) in zip(axes[0], drawn, strict=True):
            x, y = [sizes[i] for i in counted], [1e3 * medians[i] for i in counted]
            factors = [b / a**power for a, b in zip(x, y, strict=True)]
            middle = statistics.geometric_mean(factors)
            ends = [x[0], x[-1]]
            axis.plot(ends, [middle * size**power for size in ends], color=GREY, linewidth=1.2)
            near = [i for i in range(len(sizes)) if i not in counted]
            axis.plot(x, y, "o", color=BLUE)
            axis.plot([sizes[i] for i in near], [1e3 * medians[i] for i in near], "o",
                      color=BLUE, markerfacecolor="none")  # fmt: skip
            axis.set(xscale="log", yscale="log", xlabel=quantity, title=f"exponent {power:.2f}")
            axis.xaxis.set_minor_formatter(NullFormatter())
            if sizes[-1] < 10_000:
                axis.set_xticks(sizes[::-2], [f"{size:,}" for size in sizes[::-2]])
        axes[0][0].set_ylabel("one step (ms)")
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)
