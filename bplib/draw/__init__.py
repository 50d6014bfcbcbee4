"""Figures and interactive figures: the only home of matplotlib."""

from bplib.draw.graph import Drawing, graph
from bplib.draw.style import style

__all__ = ["Drawing", "graph", "style"]
