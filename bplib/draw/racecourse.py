"""The map that a race is run on: contour lines, minima, axes, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bplib.draw import text
from bplib.draw.compact import keep
from bplib.draw.style import GREY, INK, PAPER, WIRE
from bplib.draw.surface import evaluate
from bplib.errors import ShapeError

Range = tuple[float, float]
WIDTH, HEIGHT = 480, 380
"""Of the map with its axes, in the units of its view box."""
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 48
FAR = 3
"""A place further out than so many maps is drawn there."""
LEVELS, RESOLUTION = 11, 81


def places(points: Any, range0: Range, range1: Range) -> list[tuple[int, int]]:
    """Where points (k, 2) stand on the map, in whole units from its upper left corner."""
    return [(round(x), round(y)) for x, y in _exact(points, range0, range1)]


def _exact(points: Any, range0: Range, range1: Range) -> list[tuple[float, float]]:
    """The same, rounded only so far that it is the same on every processor."""
    (low0, high0), (low1, high1) = range0, range1
    share = np.column_stack(
        [(points[:, 0] - low0) / (high0 - low0), (high1 - points[:, 1]) / (high1 - low1)]
    )
    share = np.clip(np.nan_to_num(share, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR)
    x = LEFT + share[:, 0] * (WIDTH - LEFT - RIGHT)
    y = TOP + share[:, 1] * (HEIGHT - TOP - BOTTOM)
    return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(x, y, strict=True)]


def background(
    loss: Callable[[Any, Any], Any], range0: Range, range1: Range, minima: Sequence[Sequence[float]]
) -> list[str]:
    """What stands behind the paths, and what stands in front of them: the margins with the axes."""
    for name, (low, high) in (("theta0_range", range0), ("theta1_range", range1)):
        if not low < high:
            raise ValueError(
                f"draw.race: {name} is ({low}, {high}); it needs (low, high), low < high."
            )
    behind = [
        f'<path d="{d}" fill="none" stroke="#93A5B5"/>' for d in _contours(loss, range0, range1)
    ]
    for minimum in minima:
        at = np.asarray(minimum, dtype=float)
        if at.shape != (2,):
            raise ShapeError(f"draw.race: a minimum has shape {at.shape}; it is a pair (θ₀, θ₁).")
        x, y = places(at[np.newaxis], range0, range1)[0]
        behind.append(
            f'<path d="M{x - 6} {y - 6}l12 12m0 -12l-12 12" stroke="{INK}" stroke-width="2.4"/>'
        )
    return ["".join(behind), _margins() + _axes(range0, range1)]


def _contours(loss: Callable[[Any, Any], Any], range0: Range, range1: Range) -> list[str]:
    """One path for each level, at equal ratios above the lowest value."""
    from contourpy import contour_generator

    theta0, theta1 = np.linspace(*range0, RESOLUTION), np.linspace(*range1, RESOLUTION)
    grid = evaluate(loss, theta0, theta1)
    low, high = float(np.nanmin(grid)), float(np.nanmax(grid))
    if not np.isfinite(grid).all() or high - low <= 1e-12 * max(abs(low), abs(high)):
        raise ValueError("draw.race: the loss is the same everywhere here, or not a number.")
    # From 0 to 1, rounded: where a line runs must not hang on the last bits of the loss.
    height = np.round((grid - low) / (high - low), 9)
    lines = contour_generator(theta0, theta1, height)
    found = []
    for level in np.round(np.geomspace(1e-4, 0.8, LEVELS), 9):
        parts = []
        for line in lines.lines(float(level)):
            corners = _exact(np.asarray(line), range0, range1)
            kept = [corners[i] for i in keep(corners, 0.3)]
            if len(kept) > 1:
                c = text.coordinate
                parts.append("M" + "L".join(f"{c(x)} {c(y)}" for x, y in kept))
        if parts:
            found.append("".join(parts))
    return found


def _margins() -> str:
    """White over everything that a path draws beside the map."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    return (
        f'<path d="M3 3H{WIDTH - 3}V{HEIGHT}H3ZM{LEFT} {TOP}V{bottom}H{right}V{TOP}Z" '
        f'fill="{PAPER}"/><rect x="{LEFT}" y="{TOP}" width="{right - LEFT}" '
        f'height="{bottom - TOP}" fill="none" stroke="{WIRE}"/>'
    )


def _axes(range0: Range, range1: Range) -> str:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    out = []
    for value in _ticks(range0):
        x, _ = places(np.array([[value, range1[0]]]), range0, range1)[0]
        out.append(_word(x, bottom + 19, text.number(value), "middle"))
    for value in _ticks(range1):
        _, y = places(np.array([[range0[0], value]]), range0, range1)[0]
        out.append(_word(LEFT - 6, y + 5, text.number(value), "end"))
    out.append(_word((LEFT + right) // 2, HEIGHT - 8, "θ₀", "middle", INK))
    out.append(_word(10, (TOP + bottom) // 2, "θ₁", "start", INK))
    return "".join(out)


def _word(x: int, y: int, word: str, anchor: str, colour: str = GREY) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="15" text-anchor="{anchor}" fill="{colour}">{word}</text>'
    )


def _ticks(span: Range) -> list[float]:
    """Round numbers inside a range, three to seven of them."""
    low, high = span
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(s for s in (power, 2 * power, 5 * power, 10 * power) if s >= rough)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [float(round(k * step, 9)) for k in range(first, last + 1)]
