"""How the book looks: colours, fonts and sizes, in one place.

The colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008), which readers with
any common kind of colour vision tell apart. The same thing has the same colour everywhere.
"""

from __future__ import annotations

from typing import Any

from bplib.errors import need

GREEN = "#009E73"
"""Forward: values."""
RED = "#D55E00"
"""Backward: gradients."""
BLUE = "#0072B2"
"""Data."""
ORANGE = "#E69F00"
"""The model and its predictions."""
PURPLE = "#CC79A7"
"""A path, or a second series."""
SKY = "#56B4E9"
"""A third series."""
GREY = "#5F6B75"
"""What is only there for orientation."""
INK = "#1F2933"
"""Text and outlines."""
PAPER = "#FFFFFF"
"""Background of every figure, also in a dark theme."""
BORDER = "#D5DBE1"
"""Thin frame around a figure."""
MIST = "#F1F4F7"
"""Fill of a quiet shape."""
WIRE = "#8A96A3"
"""A wire of a graph."""

SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
"""Colours of several series, in the order of use."""
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
"""Line styles of several series, so that they differ without colour too."""

FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
"""Fonts of the drawings that are not made with matplotlib; Verdana is DejaVu's sibling."""
SIZE = (6.8, 3.8)
"""Width and height of a figure in inches; 6.8 in are 653 px on a page."""

RC: dict[str, Any] = {
    "figure.figsize": SIZE,
    "figure.facecolor": PAPER,
    "figure.dpi": 96,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.14,
    "figure.constrained_layout.h_pad": 0.12,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "bplib",
    "svg.fonttype": "path",
    # Whether a point may be left out of a line hangs on the last bits of its coordinates.
    "path.simplify": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 10.5,
    "axes.labelcolor": INK,
    "axes.labelpad": 6,
    "axes.titlecolor": INK,
    "axes.edgecolor": WIRE,
    "axes.linewidth": 0.9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.facecolor": PAPER,
    "grid.color": "#E6EAEE",
    "grid.linewidth": 0.8,
    "xtick.color": WIRE,
    "ytick.color": WIRE,
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "text.color": INK,
    "lines.linewidth": 2.0,
    "lines.markersize": 6,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 10,
    "legend.handlelength": 2.4,
    "image.cmap": "cividis",
}
"""matplotlib's settings for the book."""


def style() -> None:
    """Give every figure from here on the look of the book.

    Sets matplotlib's defaults, and in Jupyter shows figures as SVG that is the same on every run
    and every processor, with their alternative text. Call it once, at the top of a notebook.

    Raises:
        MissingExtraError: where matplotlib is not installed.
    """
    matplotlib = need("matplotlib", "book", "draw.style")
    from cycler import cycler

    from bplib.draw.figure import register_with_ipython

    matplotlib.rcParams.update(RC)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=SERIES)
    register_with_ipython()
