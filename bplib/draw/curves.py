"""Curves and points: learning curves, a line through data, a function with its slope, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bplib.draw import text
from bplib.draw.figure import _look, figure
from bplib.draw.style import BLUE, DASHES, GREEN, GREY, INK, ORANGE, PAPER, PURPLE, RED, SERIES
from bplib.errors import DomainError, DTypeError, ShapeError, need


def learning_curves(
    curves: Mapping[str, Any],
    *,
    log: bool | None = None,
    xlabel: str = "step",
    ylabel: str = "loss",
    title: str | None = None,
    first: int = 0,
    ax: Any = None,
) -> Any:
    """Draw how the loss falls, one curve for each name.

    Arguments:
        curves: values (steps,) by name, the first one at step `first`; one array for a single
            curve.
        log: whether the loss axis is logarithmic; when left out, it is where every value is
            positive and they span more than a factor of 30.
        xlabel: name of the axis of steps.
        ylabel: name of the loss axis, with its unit.
        title: a line above the axes.
        first: the number of the first step, 0 or, for epochs, 1.
        ax: axes to draw into; a new figure's where it is None.

    Returns:
        The matplotlib Figure.

    Raises:
        ShapeError: where there is no curve, or one is empty or has more than one axis.
        DTypeError: for a curve that holds no numbers.
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.learning_curves")
    series = _series("learning_curves", curves)
    if log is None:
        log = _spans_decades(series)
    with _look():
        if ax is None:
            _, ax = figure()
        for i, (name, values) in enumerate(series.items()):
            steps, shown = _thinned(np.where(np.isfinite(values), values, np.nan))
            ax.plot(
                steps + first,
                shown,
                color=SERIES[i % len(SERIES)],
                linestyle=DASHES[i % len(DASHES)],
                label=name,
                marker="o" if len(values) <= 12 else None,
                ms=4,
            )
        ax.set(xlabel=xlabel, ylabel=ylabel)
        if log:
            ax.set_yscale("log")
        if len(series) > 1 or next(iter(series)):
            ax.legend()
        if title:
            ax.set_title(title)
    n = text.number
    said = [
        f"{name or 'the curve'} goes from {n(values[0], 3)} to {n(values[-1], 3)} "
        f"in {len(values) - 1} steps"
        for name, values in series.items()
    ]
    return _described(ax, f"{ylabel} against {xlabel}: " + "; ".join(said) + ".")


def _series(caller: str, curves: Any) -> dict[str, Any]:
    if not isinstance(curves, Mapping):
        curves = {"": curves}
    if not curves:
        raise ShapeError(f"draw.{caller}: there is no curve to draw.")
    series = {}
    for name, values in curves.items():
        try:
            array = np.asarray(values, dtype=float)
        except (TypeError, ValueError):
            raise DTypeError(f"draw.{caller}: curve '{name}' holds no numbers.") from None
        if array.ndim != 1 or not array.size:
            raise ShapeError(
                f"draw.{caller}: curve '{name}' has shape {array.shape}; it needs (steps,)."
            )
        series[str(name)] = array
    return series


def _thinned(values: Any, buckets: int = 300) -> tuple[Any, Any]:
    """(steps, values) of a curve, of a long one the lowest and highest value of each bucket."""
    steps = np.arange(len(values))
    if len(values) <= 2 * buckets:
        return steps, values
    kept = {0, len(values) - 1}
    for part in np.array_split(steps, buckets):
        if not np.all(np.isnan(values[part])):
            kept |= {int(part[np.nanargmin(values[part])]), int(part[np.nanargmax(values[part])])}
    chosen = np.array(sorted(kept))
    return chosen, values[chosen]


def _spans_decades(series: Mapping[str, Any]) -> bool:
    values = np.concatenate([array[np.isfinite(array)] for array in series.values()])
    return bool(values.size and values.min() > 0 and values.max() / values.min() > 30)


def fit_line(
    x: Any,
    y: Any,
    theta0: float | None = None,
    theta1: float | None = None,
    *,
    residuals: bool = True,
    squares: bool = False,
    xlabel: str = "x",
    ylabel: str = "y",
    label: str | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw data and the line ŷ = θ₀x + θ₁, with the residuals between them.

    Arguments:
        x: data (m,).
        y: data (m,).
        theta0: the slope; left out together with theta1 to draw the data alone.
        theta1: the intercept.
        residuals: whether a thin line goes from every point to the prediction.
        squares: whether its square is drawn as an area.
        xlabel: name of the x axis, with its unit.
        ylabel: name of the y axis, with its unit.
        label: name of the line.
        title: a line above the axes.
        ax: axes to draw into; a new figure's where it is None.

    Returns:
        The matplotlib Figure.

    Raises:
        ShapeError: where x and y do not match or are empty, or the line is given by half.
        DTypeError: where they hold no numbers.
        DomainError: where they hold nan or infinity.
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.fit_line")
    x, y = _numbers("fit_line", "x", x), _numbers("fit_line", "y", y)
    if x.ndim != 1 or x.shape != y.shape or not x.size:
        raise ShapeError(
            f"draw.fit_line: x has shape {x.shape} and y {y.shape}; both need the same (m,), m ≥ 1."
        )
    if (theta0 is None) != (theta1 is None):
        raise ShapeError("draw.fit_line: a line needs both theta0 and theta1.")
    few, n = len(x) <= 40, text.number
    said = f"{len(x)} data points, {ylabel} against {xlabel}"
    with _look():
        if ax is None:
            _, ax = figure()
        ax.set(xlabel=xlabel, ylabel=ylabel)
        if theta0 is not None and theta1 is not None:
            predicted = theta0 * x + theta1
            said += f", and the line with slope {n(theta0, 3)} and intercept {n(theta1, 3)}"
            if residuals:
                _residuals(ax, x, y, predicted, few)
                said += ", with the residuals drawn between them"
            edge = np.array([x.min(), x.max()]) + np.array([-1, 1]) * 0.04 * (np.ptp(x) or 1.0)
            ax.plot(edge, theta0 * edge + theta1, color=ORANGE, lw=2.6, zorder=3,
                    label=label or "prediction ŷ")  # fmt: skip
        ax.plot(x, y, "o", color=BLUE, ms=7 if few else 4, mec=PAPER,
                mew=0.8 if few else 0.3, zorder=4, label="data")  # fmt: skip
        if theta0 is not None:
            ax.legend()
            if squares:
                _squares(ax, x, y, predicted)
        if title:
            ax.set_title(title)
    return _described(ax, said + ".")


def _numbers(caller: str, name: str, values: Any) -> Any:
    """An array of finite numbers, or a sentence that says why not."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise DTypeError(f"draw.{caller}: {name} holds no numbers.") from None
    if not np.all(np.isfinite(array)):
        raise DomainError(f"draw.{caller}: {name} holds values that are not finite.")
    return array


def _residuals(ax: Any, x: Any, y: Any, predicted: Any, few: bool) -> None:
    """A line from each point to its prediction: one broken line, for it is the smallest."""
    across = np.repeat(x, 3)
    upright = np.column_stack([y, predicted, np.full_like(y, np.nan)]).ravel()
    ax.plot(across, upright, color=GREY, lw=1.2 if few else 0.6, alpha=1.0 if few else 0.35,
            zorder=2)  # fmt: skip


def _squares(ax: Any, x: Any, y: Any, predicted: Any) -> None:
    """Every squared residual as a square that looks square on the page."""
    from matplotlib.patches import Rectangle

    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    for _ in range(2):  # the layout settles in the second round
        ax.figure.draw_without_rendering()
    box = ax.get_window_extent()
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    scale = (right - left) / (high - low) * box.height / box.width
    for at, value, guess in zip(x, y, predicted, strict=True):
        side = abs(value - guess)
        ax.add_patch(Rectangle((at, min(value, guess)), side * scale, side, lw=0.8,
                               facecolor=ORANGE, edgecolor=ORANGE, alpha=0.18,
                               zorder=1))  # fmt: skip
    ax.set(xlim=(left, right), ylim=(low, high))


def slope(
    f: Callable[[Any], Any],
    x_range: tuple[float, float],
    at: float,
    derivative: float | None = None,
    *,
    h: float | None = None,
    xlabel: str = "x",
    ylabel: str = "f(x)",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw a function, its tangent at one point, and the secant over a step h.

    The secant has the slope (f(at + h) − f(at)) / h.

    Arguments:
        f: function of a number.
        x_range: (low, high).
        at: the point.
        derivative: slope of the tangent; not drawn when left out.
        h: step of the secant, from `at` to `at + h`; not drawn when left out.
        xlabel: name of the x axis, with its unit.
        ylabel: name of the function.
        title: a line above the axes.
        ax: axes to draw into; a new figure's where it is None.

    Returns:
        The matplotlib Figure.

    Raises:
        ValueError: for a range with low ≥ high.
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.slope")
    low, high = (float(end) for end in x_range)
    if not low < high:
        raise ValueError(f"draw.slope: x_range is {x_range}; it needs (low, high), low < high.")
    x = np.linspace(low, high, 201)
    y = np.array([float(f(float(value))) for value in x])
    here, n = float(f(float(at))), text.number
    said = f"{ylabel} for {xlabel} from {n(low)} to {n(high)}"
    with _look():
        if ax is None:
            _, ax = figure()
        ax.plot(x, y, color=GREEN, label=ylabel, zorder=3)
        limits = ax.get_ylim()
        edge = np.array([low, high])
        if derivative is not None:
            ax.plot(edge, here + derivative * (edge - at), "--", color=RED, lw=1.8,
                    label=f"tangent, slope {n(derivative, 3)}")  # fmt: skip
            said += f"; the tangent at {n(at)} has slope {n(derivative, 3)}"
        if h is not None:
            there = float(f(float(at + h)))
            rate = (there - here) / h
            ax.plot(edge, here + rate * (edge - at), ":", color=PURPLE, lw=2.2,
                    label=f"secant, h = {n(h)}: slope {n(rate, 3)}")  # fmt: skip
            ax.plot([at, at + h], [here, there], "s", color=PURPLE, ms=6, zorder=4)
            said += f"; the secant over h = {n(h)} has slope {n(rate, 3)}"
        ax.plot([at], [here], "o", color=INK, ms=7, mec=PAPER, zorder=5)
        ax.set(xlabel=xlabel, ylabel=ylabel, ylim=limits, xlim=(low, high))
        if derivative is not None or h is not None:
            ax.legend()
        if title:
            ax.set_title(title)
    return _described(ax, said + ".")


def error_curves(
    h: Any,
    errors: Mapping[str, Any],
    *,
    best: Mapping[str, float] | None = None,
    xlabel: str = "step h",
    ylabel: str = "relative error",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw errors against a step on two logarithmic axes, for finite differences.

    Arguments:
        h: steps (k,), positive.
        errors: errors (k,) by name; zeros are left out.
        best: by name, the step to mark.
        xlabel: name of the axis of steps.
        ylabel: name of the axis of errors.
        title: a line above the axes.
        ax: axes to draw into; a new figure's where it is None.

    Returns:
        The matplotlib Figure.

    Raises:
        ShapeError: where a curve does not have one error for each step.
        DTypeError: for a curve that holds no numbers.
        ValueError: where a step is not positive.
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.error_curves")
    h = np.asarray(h, dtype=float)
    series = _series("error_curves", errors)
    if h.ndim != 1 or not h.size or not np.all(h > 0):
        raise ValueError("draw.error_curves: every step h must be positive.")
    for name, values in series.items():
        if values.shape != h.shape:
            raise ShapeError(
                f"draw.error_curves: '{name}' has {values.size} errors for {h.size} steps."
            )
    with _look():
        if ax is None:
            _, ax = figure()
        for i, (name, values) in enumerate(series.items()):
            colour = SERIES[i % len(SERIES)]
            ax.plot(h, np.where(values > 0, values, np.nan), color=colour, label=name,
                    linestyle=DASHES[i % len(DASHES)])  # fmt: skip
            if best and name in best:
                at = best[name]
                nearest = values[np.argmin(np.abs(np.log(h / at)))]
                ax.plot([at], [nearest], "o", color=colour, ms=8, mec=PAPER, zorder=5)
        ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
        ax.legend()
        if title:
            ax.set_title(title)
    n = text.number
    said = "; ".join(f"{name} falls to {n(np.nanmin(v), 1)} near h = {n(h[np.nanargmin(v)], 1)}"
                     for name, v in series.items())  # fmt: skip
    return _described(ax, f"{ylabel} against {xlabel}: {said}.")


def _described(ax: Any, sentence: str) -> Any:
    """The figure of `ax`, its alternative text extended by `sentence`."""
    fig = ax.figure
    before = getattr(fig, "_bplib_alt", "")
    if sentence[:2].isalpha():
        sentence = sentence[0].upper() + sentence[1:]
    fig._bplib_alt = f"{before} {sentence}".strip()
    return fig


__all__: Sequence[str] = ["error_curves", "fit_line", "learning_curves", "slope"]
