"""A dense layer twice: as nodes and wires, and as the matrix products that say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplib.draw import text
from bplib.draw.figure import _look, alt
from bplib.draw.style import GREEN, GREY, INK, MIST, PAPER, PURPLE, RED, WIRE
from bplib.errors import ShapeError, need, unknown

_CELL = 0.8, 0.62  # width and height of a cell of a table
_MIDDLE = -4.0  # height of the middle of the wires
_MARKED = "#F6E6EF"  # PURPLE, much paler: numbers stand on it
_FOCI = "z", "W", "x", "b"
Focus = tuple[str, int] | tuple[str, int, int] | None


def dense_layer(x: Any, W: Any, b: Any, delta: Any, *, focus: Focus = None) -> Any:
    """Draw z = x W + b for one sample: wires on the left, and on the right the three products.

    The products are x W + b = z, xᵀ δ = dW and δ Wᵀ = dx. What takes part in the number in
    focus is marked in both halves.

    Arguments:
        x: (n_in,), the inputs.
        W: (n_in, n_out), the weights.
        b: (n_out,), the biases.
        delta: (n_out,), δ, the gradient that has arrived at z.
        focus: ("z", k), ("W", j, k), ("x", j) or ("b", k): whose value, for z, or gradient, for
            the others, is marked, counted from 0; nothing where it is None.

    Returns:
        The matplotlib Figure, with its alternative text.

    Raises:
        ShapeError: where the shapes do not fit, or the focus lies outside them.
        UnknownNameError: for a focus on something else.
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.dense_layer")
    from matplotlib.figure import Figure

    x, W, b, delta = (np.asarray(one, dtype=float) for one in (x, W, b, delta))
    if (
        W.shape != (x.size, b.size)
        or not x.ndim == b.ndim == delta.ndim == 1
        or b.shape != delta.shape
    ):
        raise ShapeError(
            f"draw.dense_layer: x {x.shape}, W {W.shape}, b {b.shape} and delta {delta.shape} do "
            "not fit; they are (n_in,), (n_in, n_out), (n_out,) and (n_out,)."
        )
    if focus is not None:
        _look_at(focus, W.shape)
    with _look():
        fig = Figure(figsize=(7.4, 3.9))
        fig.set_layout_engine("none")
        ax = fig.add_axes((0.0, 0.0, 1.0, 1.0))
        ax.set(xlim=(0, 15.0), ylim=(-7.9, 0))
        ax.set_axis_off()
        _wires(ax, x, W, b, delta, focus)
        _products(ax, x, W, b, delta, focus)
    return alt(fig, _in_words(x, W, b, delta, focus))


def _look_at(focus: Any, shape: tuple[int, ...]) -> None:
    name, *places = focus
    if name not in _FOCI:
        raise unknown("focus", str(name), _FOCI)
    sizes = {"z": shape[1:], "b": shape[1:], "x": shape[:1], "W": shape}[name]
    inside = [0 <= place < size for place, size in zip(places, sizes, strict=False)]
    if len(places) != len(sizes) or not all(inside):
        raise ShapeError(f"draw.dense_layer: focus is {focus}; {name} has shape {sizes}.")


def _touched(focus: Focus, j: int, k: int) -> bool:
    """Whether the wire from input j to output k takes part in what is in focus."""
    if focus is None:
        return False
    name, *places = focus
    return {"z": places == [k], "x": places == [j], "W": places == [j, k], "b": False}[name]


def _wires(ax: Any, x: Any, W: Any, b: Any, delta: Any, focus: Focus) -> None:
    left, right = 0.8, 4.3
    starts, ends = _spread(x.size, 4.4), _spread(b.size, 2.4)
    for j, k in np.ndindex(W.shape):
        hot = _touched(focus, j, k)
        line = {"color": PURPLE, "lw": 3.2} if hot else {"color": WIRE, "lw": 1.1}
        ax.plot((left, right), (starts[j], ends[k]), zorder=2 if hot else 1, **line)
        at = 0.27 + 0.06 * k  # beside the crossings
        place = left + at * (right - left), starts[j] + at * (ends[k] - starts[j])
        paper = {"boxstyle": "round,pad=0.12", "fc": PAPER, "ec": "none"}
        _write(ax, *place, _number(W[j, k]), INK, size=9.5, bbox=paper)
    inputs, outputs = W @ delta, x @ W + b
    for j, y in enumerate(starts):
        _node(ax, left, y, f"x{_low(j)}", x[j], inputs[j], focus == ("x", j))
    for k, y in enumerate(ends):
        hot = focus is not None and focus[0] != "x" and focus[-1] == k
        _node(ax, right, y, f"z{_low(k)}", outputs[k], delta[k], hot)


def _spread(n: int, height: float) -> Any:
    return _MIDDLE + np.linspace(height / 2, -height / 2, n) if n > 1 else np.array([_MIDDLE])


def _node(ax: Any, x: float, y: float, name: str, value: float, gradient: float, hot: bool) -> None:
    from matplotlib.patches import Ellipse

    edge, width = (PURPLE, 2.6) if hot else (WIRE, 1.1)
    ax.add_patch(Ellipse((x, y), 1.0, 0.98, fc=PAPER, ec=edge, lw=width, zorder=4))
    _write(ax, x, y, _number(value), GREEN, weight="bold")
    _write(ax, x, y + 0.72, name, GREY, size=9.5)
    _write(ax, x, y - 0.76, _number(gradient), RED, weight="bold")


def _write(
    ax: Any, x: float, y: float, said: str, colour: str, size: float = 10, **more: Any
) -> None:
    ax.text(x, y, said, color=colour, fontsize=size, ha="center", va="center", zorder=5, **more)


def _products(ax: Any, x: Any, W: Any, b: Any, delta: Any, focus: Focus) -> None:
    """The three products, one on each line; `hot` has the marked cells of each of their tables."""
    hot = _marks(focus, *W.shape)
    pen = _Pen(ax, -1.75)
    pen.table("x", x[None], GREEN, hot("z", "x")).sign("·").table("W", W, INK, hot("z", "W"))
    pen.sign("+").table("b", b[None], INK, hot("z", "k")).sign("=")
    pen.table("z", (x @ W + b)[None], GREEN, hot("z", "k"))
    pen = _Pen(ax, -4.25)
    pen.table("xᵀ", x[:, None], GREEN, hot("W", "j").T).sign("·")
    pen.table("δ", delta[None], RED, hot("W", "k")).sign("=")
    pen.table("dW", np.outer(x, delta), RED, hot("W", "W")).sign(" ")
    pen.table("db = δ", delta[None], RED, hot("b", "k"))
    pen = _Pen(ax, -6.65)
    pen.table("δ", delta[None], RED, hot("x", "z")).sign("·")
    pen.table("Wᵀ", W.T, INK, hot("x", "W").T).sign("=")
    pen.table("dx", (W @ delta)[None], RED, hot("x", "j"))


def _marks(focus: Focus, n: int, k: int) -> Callable[[str, str], Any]:
    """hot(name, part): the marked cells of a part of the product that makes `name`.

    The parts: "x" and "z" whole rows, "j" and "k" the one entry in them, "W" what is used of W.
    """
    name, *at = focus or ("",)
    j = np.arange(n) == at[0] if name in ("x", "W") else np.full(n, True)
    columns = np.arange(k) == at[-1] if name in ("z", "b", "W") else np.full(k, True)
    parts = {
        "x": np.full((1, n), True),
        "z": np.full((1, k), True),
        "j": j[None],
        "k": columns[None],
        "W": j[:, None] & columns,
    }
    return lambda made, part: parts[part] & (made == name)


class _Pen:
    """Writes tables and signs from left to right, all centred on one line."""

    def __init__(self, ax: Any, y: float) -> None:
        self.ax, self.x, self.y = ax, 5.6, y

    def table(self, name: str, values: Any, colour: str, marked: Any) -> _Pen:
        from matplotlib.patches import Rectangle

        (width, height), (rows, columns) = _CELL, values.shape
        top = self.y + rows * height / 2
        for (i, j), value in np.ndenumerate(values):
            fill, edge, above = (_MARKED, PURPLE, 3) if marked[i, j] else (MIST, PAPER, 2)
            x, y = self.x + j * width, top - (i + 1) * height
            look: dict[str, Any] = {"fc": fill, "ec": edge, "lw": 1.6, "zorder": above}
            self.ax.add_patch(Rectangle((x, y), width, height, **look))
            _write(self.ax, x + width / 2, y + height / 2, _number(value), colour)
        middle = self.x + columns * width / 2
        _write(self.ax, middle, top + 0.32, f"{name}  ({rows}, {columns})", GREY, size=8.5)
        self.x += columns * width
        return self

    def sign(self, mark: str) -> _Pen:
        _write(self.ax, self.x + 0.31, self.y, mark, INK, size=12)
        self.x += 0.62
        return self


def _number(value: float) -> str:
    return text.number(value, 3)


def _low(k: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(k + 1))


def _in_words(x: Any, W: Any, b: Any, delta: Any, focus: Focus) -> str:
    def row(values: Any) -> str:
        return ", ".join(_number(value) for value in values)

    words = (
        f"A dense layer with inputs {row(x)}, weights "
        f"{'; '.join(row(one) for one in W)} and biases {row(b)}. Forward it gives "
        f"{row(x @ W + b)}. With the gradient {row(delta)} arriving, the inputs receive "
        f"{row(W @ delta)} and the weights {'; '.join(row(one) for one in np.outer(x, delta))}."
    )
    if focus is not None:
        words += f" Marked: what makes {_name(focus)}."
    return words


def _name(focus: Any) -> str:
    name, *at = focus
    index = "".join(map(_low, at))
    return f"z{index}" if name == "z" else f"the gradient of {name}{index}"
