"""The two pictures of a threshold: the scores on a line, and the ROC curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bplib.draw.style import BLUE, FONT, GREY, INK, ORANGE, PURPLE, WIRE
from bplib.draw.svg import NAMESPACE
from bplib.draw.text import coordinate as c
from bplib.draw.text import escape, number

WIDTH, SCORES_HEIGHT, ROC_HEIGHT = 340.0, 190.0, 290.0
LEFT, RIGHT = 16.0, 324.0
ROWS = (122.0, 52.0)
"""How far down the 0s and the 1s lie."""
CORNER, SIDE = (58.0, 238.0), 216.0
"""Where (0, 0) of the ROC curve lies, and how long its axes are."""
TICKS = 5


class Scale:
    """From a score to its place on the line, with a little room at both ends."""

    def __init__(self, scores: np.ndarray) -> None:
        low, high = float(scores.min()), float(scores.max())
        room = 0.06 * (high - low) if high > low else 1.0
        self.low, self.high = low - room, high + room

    def place(self, score: float) -> float:
        """The place of a score; infinity is the right end."""
        share = (min(score, self.high) - self.low) / (self.high - self.low)
        return LEFT + share * (RIGHT - LEFT)


def scores_panel(scores: Any, labels: Any, called: int, at: float, words: Sequence[str]) -> str:
    """The scores, falling, as marks: discs are 0s, triangles 1s; filled ones are called 1.

    `words` are the names of the two classes and of the axis.
    """
    scale = Scale(scores)
    parts = []
    for y, label, colour in zip(ROWS, (0, 1), (BLUE, PURPLE), strict=True):
        mark = "●▲"[label]
        parts.append(_text(LEFT, y - 26, mark, colour=colour, bold=True))
        parts.append(_text(LEFT + 18, y - 26, words[label], bold=True))
    for i, (score, label) in enumerate(zip(scores, labels, strict=True)):
        x, y = scale.place(score), ROWS[label] + (0, -10, 10)[i % 3]
        parts.append(_mark(i, x, y, int(label), filled=i < called))
    axis = 152.0
    parts.append(_line(LEFT, axis, RIGHT, axis, WIRE, 1))
    for tick in _ticks(scale):
        x = scale.place(tick)
        parts.append(_line(x, axis, x, axis + 5, WIRE, 1))
        parts.append(_text(x, axis + 18, number(tick, 3), "middle", GREY, size=12))
    parts.append(_text((LEFT + RIGHT) / 2, axis + 34, words[2], "middle", size=13))
    parts.append(
        f'<line data-k="tau" x1="{c(at)}" x2="{c(at)}" y1="8" y2="{c(axis)}" stroke="{ORANGE}" '
        'stroke-width="3"/>'
    )
    return "".join(parts)


def roc_panel(curve: Any, here: tuple[float, float]) -> str:
    """The ROC curve with a marked point."""
    x0, y0 = CORNER
    parts = [_line(x0, y0, x0 + SIDE, y0, WIRE, 1), _line(x0, y0, x0, y0 - SIDE, WIRE, 1)]
    for tick in (0, 0.5, 1):
        x, y = on_curve(tick, tick)
        parts.append(_text(x, y0 + 17, number(tick, 2), "middle", GREY, size=12))
        parts.append(_text(x0 - 8, y + 4, number(tick, 2), "end", GREY, size=12))
    diagonal = (*on_curve(0, 0), *on_curve(1, 1))
    parts.append(_line(*diagonal, GREY, 1.2, dash="4 4"))
    points = [on_curve(x, y) for x, y in zip(*curve[:2], strict=True)]
    path = "M" + "L".join(f"{c(x)} {c(y)}" for x, y in points)
    parts.append(f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="2"/>')
    parts.append(_text(x0 + SIDE / 2, y0 + 38, "false positive rate", "middle", size=13))
    turn = f' transform="rotate(-90 18 {c(y0 - SIDE / 2)})"'
    middle = y0 - SIDE / 2
    parts.append(_text(18, middle, "true positive rate (recall)", "middle", size=13, more=turn))
    x, y = on_curve(*here)
    parts.append(
        f'<circle data-k="here" cx="{c(x)}" cy="{c(y)}" r="7" fill="{ORANGE}" stroke="{INK}" '
        'stroke-width="1.5"/>'
    )
    return "".join(parts)


def on_curve(false_positive_rate: float, true_positive_rate: float) -> tuple[float, float]:
    """Where a point of the ROC curve lies."""
    return CORNER[0] + SIDE * false_positive_rate, CORNER[1] - SIDE * true_positive_rate


def table_panel(cells: Sequence[Sequence[int]], lines: Sequence[str], words: Sequence[str]) -> str:
    """The confusion matrix and the shares below it, as text, for the still picture."""
    columns = (155, 275)
    parts = [_text(columns[j], 22, f"called {words[j]}", "middle", size=12) for j in (0, 1)]
    for i in (0, 1):
        y = 54 + 34 * i
        parts.append(_text(LEFT, y, words[i], size=12))
        for j in (0, 1):
            parts.append(_text(columns[j], y, str(cells[i][j]), "middle", size=18, bold=i == j))
    for k, line in enumerate(lines):
        parts.append(_text(LEFT, 124 + 22 * k, line, size=13))
    return "".join(parts)


def svg(inner: str, width: float, height: float) -> str:
    """A panel of the live figure, without words of its own: the page says them."""
    return (
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {c(width)} {c(height)}" width="{c(width)}" '
        f'height="{c(height)}" aria-hidden="true" font-family="{FONT}">{inner}</svg>'
    )


def _ticks(scale: Scale) -> list[float]:
    rough = (scale.high - scale.low) / TICKS
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * min((k for k in (1, 2, 5, 10) if k * power >= rough * 0.999), default=10)
    first = int(np.ceil(scale.low / step))
    last = int(np.floor(scale.high / step))
    return [k * step for k in range(first, last + 1)]


def _mark(i: int, x: float, y: float, label: int, *, filled: bool) -> str:
    colour = (BLUE, PURPLE)[label]
    style = f'fill="{colour if filled else "#FFFFFF"}" stroke="{colour}" stroke-width="1.6"'
    if label:
        points = f"{c(x)},{c(y - 6)} {c(x - 5.5)},{c(y + 4.5)} {c(x + 5.5)},{c(y + 4.5)}"
        return f'<polygon data-i="{i}" points="{points}" {style}/>'
    return f'<circle data-i="{i}" cx="{c(x)}" cy="{c(y)}" r="5" {style}/>'


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = ""
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{c(x1)}" y1="{c(y1)}" x2="{c(x2)}" y2="{c(y2)}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashes}/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    anchor: str = "start",
    colour: str = INK,
    *,
    size: float = 14,
    bold: bool = False,
    more: str = "",
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{c(x)}" y="{c(y)}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{colour}"{weight}{more}>{escape(words)}</text>'
    )
