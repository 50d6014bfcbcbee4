"""What a drawn graph is made of: wires, rounded boxes and texts, with their places in pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from bplib.draw.style import WIRE

SYMBOL, LABEL = 16.0, 15.0
"""Font sizes: in a node, and on a wire."""
GAP, MARGIN, RADIUS = 32.0, 20.0, 20.0
"""Room between layers, around the picture, and the radius of an operation."""


@dataclass
class Line:
    """A wire or an outline: SVG path data."""

    key: str
    d: str
    colour: str = WIRE
    width: float = 1.7
    fill: str = "none"


@dataclass
class Shape:
    """A rounded box."""

    key: str
    x: float
    y: float
    w: float
    h: float
    fill: str
    stroke: str
    dashed: bool = False


@dataclass
class Text:
    """One line of text; `anchor` is start, middle or end, `y` the baseline.

    `more` is shown while the pointer rests on it, where the picture stands in the page itself.
    """

    key: str
    x: float
    y: float
    content: str
    colour: str
    size: float = LABEL
    anchor: str = "start"
    bold: bool = False
    more: str = ""


@dataclass
class Picture:
    """Everything to be drawn, wires first."""

    width: float
    height: float
    items: list[Line | Shape | Text] = field(default_factory=list)
