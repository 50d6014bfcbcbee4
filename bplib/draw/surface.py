"""The surface of a loss over two parameters, with the paths that walk on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bplib.draw import text
from bplib.draw.figure import _look, figure
from bplib.draw.style import BLUE, BORDER, INK, ORANGE, PAPER, PURPLE, RED
from bplib.errors import DTypeError, ShapeError, need

Range = tuple[float, float]
_PATH_COLOURS = (PURPLE, ORANGE, BLUE, RED)
_PATH_MARKS = ("o", "s", "^", "D")


def loss_surface(
    loss: Callable[[Any, Any], Any],
    theta0_range: Range,
    theta1_range: Range,
    *,
    path: Any = None,
    minimum: Sequence[float] | None = None,
    levels: int = 10,
    resolution: int = 81,
    log: bool = True,
    labels: tuple[str, str] = ("θ₀", "θ₁"),
    loss_name: str = "loss",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw a loss of two parameters as contour lines, with paths of gradient descent.

    Arguments:
        loss: loss(theta0, theta1) of two numbers, or of two arrays of one shape, entry by entry.
        theta0_range: (low, high).
        theta1_range: (low, high).
        path: array (steps, 2) of (θ₀, θ₁), or a dict of such arrays by name.
        minimum: (θ₀, θ₁), marked with a cross.
        levels: number of contour lines.
        resolution: grid points along each axis.
        log: whether the lines stand at equal ratios above the lowest value; at equal distances
            otherwise.
        labels: of the two axes.
        loss_name: what the alternative text calls the loss.
        title: a line above the axes.
        ax: axes to draw into; a new figure's where it is None.

    Returns:
        The matplotlib Figure.

    Raises:
        DTypeError: where loss is not a function.
        ShapeError: for a path or a minimum of another shape.
        ValueError: for a range with low ≥ high, or a loss that is constant or nowhere finite there.
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.loss_surface")
    if not callable(loss):
        raise DTypeError(
            f"draw.loss_surface: loss is a function of two numbers, not a {type(loss).__name__}."
        )
    low0, high0 = _range("theta0_range", theta0_range)
    low1, high1 = _range("theta1_range", theta1_range)
    paths = _paths(path)
    theta0, theta1 = np.linspace(low0, high0, resolution), np.linspace(low1, high1, resolution)
    grid = evaluate(loss, theta0, theta1)
    span = np.array([high0 - low0, high1 - low1])
    with _look():
        if ax is None:
            _, ax = figure(height=4.2)
        _contours(ax, theta0, theta1, grid, levels, log)
        for (name, points), colour, mark in zip(
            paths.items(), _cycle(_PATH_COLOURS), _cycle(_PATH_MARKS), strict=False
        ):
            _draw_path(ax, points, span, colour, mark, name)
        if minimum is not None:
            at = np.asarray(minimum, dtype=float)
            if at.shape != (2,):
                raise ShapeError(
                    f"draw.loss_surface: minimum has shape {at.shape}; it is a pair (θ₀, θ₁)."
                )
            ax.plot(*at, "x", color=INK, ms=9, mew=2.2, zorder=6, label="minimum")
        ax.set(xlim=(low0, high0), ylim=(low1, high1), xlabel=labels[0], ylabel=labels[1])
        ax.grid(False)
        if title:
            ax.set_title(title)
        if len(paths) > 1 or minimum is not None:
            _legend(ax)
    fig = ax.figure
    if not hasattr(fig, "_bplib_alt"):
        fig._bplib_alt = _describe(loss_name, labels, theta0_range, theta1_range, paths, minimum)
    return fig


def evaluate(loss: Callable[[Any, Any], Any], theta0: Any, theta1: Any) -> Any:
    """The loss at every pair (theta0[j], theta1[i]), as an array (len(theta1), len(theta0)).

    A function that works entry by entry on arrays is called once; any other one for every pair.
    """
    a, b = np.meshgrid(theta0, theta1)
    probes = [(0, 0), (len(theta1) - 1, len(theta0) // 2)]
    try:
        grid = np.asarray(loss(a, b), dtype=float)
        right = grid.shape == a.shape and all(
            np.allclose(grid[i, j], float(loss(a[i, j], b[i, j]))) for i, j in probes
        )
    except (TypeError, ValueError, IndexError, ArithmeticError):
        right = False
    if right:
        return grid
    return np.array(
        [[float(loss(float(p), float(q))) for p, q in zip(*row, strict=True)]
         for row in zip(a, b, strict=True)]
    )  # fmt: skip


def _range(name: str, given: Any) -> Range:
    values = np.asarray(given, dtype=float)
    if values.shape != (2,) or not values[0] < values[1]:
        raise ValueError(f"draw.loss_surface: {name} is {given}; it needs (low, high), low < high.")
    return float(values[0]), float(values[1])


def _paths(path: Any) -> dict[str, Any]:
    if path is None:
        return {}
    named = dict(path) if isinstance(path, Mapping) else {"": path}
    out = {}
    for name, points in named.items():
        points = np.asarray(points, dtype=float)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            which = f"path '{name}'" if name else "path"
            raise ShapeError(
                f"draw.loss_surface: {which} has shape {points.shape}; "
                "it needs (steps, 2), one row (θ₀, θ₁) for each step."
            )
        out[str(name)] = points
    return out


def _cycle(values: Sequence[Any]) -> Any:
    while True:
        yield from values


def _contours(ax: Any, theta0: Any, theta1: Any, grid: Any, levels: int, log: bool) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    finite = grid[np.isfinite(grid)]
    if not finite.size:
        raise ValueError("draw.loss_surface: the loss is nowhere a finite number in these ranges.")
    low, high = float(finite.min()), float(finite.max())
    spread = high - low
    if spread <= 1e-12 * max(abs(low), abs(high)):
        raise ValueError("draw.loss_surface: the loss is the same everywhere in these ranges.")
    # From 0 (lowest) to 1, rounded: where a line runs must not hang on the last bits of the loss.
    height = np.round((grid - low) / spread, 9)
    if log:
        edges = np.round(np.geomspace(4e-3, 1.0, levels), 9)
    else:
        edges = np.round(np.linspace(0.0, 1.0, levels + 1)[1:], 9)
    colours = LinearSegmentedColormap.from_list("bplib", ["#FBFCFD", "#E6EDF3", "#C6D5E1"])
    shades = colours(np.linspace(0, 1, len(edges)))
    ax.contourf(theta0, theta1, height, levels=[-1e-9, *edges], colors=shades)
    ax.contour(theta0, theta1, height, levels=edges, colors="#93A5B5", linewidths=0.8)


def _thinned(points: Any, span: Any, least: float = 1 / 700) -> Any:
    """The points of a path without those that lie closer than a pixel to the one before."""
    places = np.round((points - points[0]) / span, 9)
    kept = [0]
    for i in range(1, len(places)):
        # Not a number once a path has left every range; such a step is kept as it is.
        if not np.all(np.abs(places[i] - places[kept[-1]]) < least):
            kept.append(i)
    if kept[-1] != len(points) - 1:
        kept.append(len(points) - 1)
    return points[kept]


def _draw_path(ax: Any, points: Any, span: Any, colour: str, mark: str, name: str) -> None:
    points = _thinned(points, span)
    many = len(points) > 60
    ax.plot(
        points[:, 0], points[:, 1], "-" if many else f"-{mark}", color=colour, lw=1.8,
        ms=5, mec=PAPER, mew=0.7, zorder=5, label=name or None,
    )  # fmt: skip
    ax.plot(*points[0], mark, color=PAPER, mec=colour, mew=2.0, ms=8, zorder=6)


def _legend(ax: Any) -> None:
    legend = ax.legend(loc="best", frameon=True, framealpha=0.92, edgecolor=BORDER)
    legend.get_frame().set_linewidth(0.8)


def _describe(
    name: str,
    labels: tuple[str, str],
    range0: Any,
    range1: Any,
    paths: dict[str, Any],
    minimum: Any,
) -> str:
    n = text.number
    sentence = (
        f"Contour lines of the {name} for {labels[0]} from {n(range0[0])} to {n(range0[1])} and "
        f"{labels[1]} from {n(range1[0])} to {n(range1[1])}."
    )
    for key, points in paths.items():
        start, end = points[0], points[-1]
        sentence += (
            f" Path{' ' + key if key else ''}: {len(points) - 1} steps from "
            f"({n(start[0], 3)}, {n(start[1], 3)}) to ({n(end[0], 3)}, {n(end[1], 3)})."
        )
    if minimum is not None:
        sentence += f" The minimum is at ({n(minimum[0], 3)}, {n(minimum[1], 3)})."
    return sentence
