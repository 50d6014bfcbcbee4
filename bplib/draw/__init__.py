"""Figures and interactive figures: the only home of matplotlib."""

from bplib.draw.curves import error_curves, fit_line, learning_curves, slope
from bplib.draw.dense import dense_layer
from bplib.draw.depth import depth
from bplib.draw.figure import alt, figure, save, show, svg_of
from bplib.draw.graph import Drawing, graph
from bplib.draw.network import network
from bplib.draw.network_stepper import network_stepper
from bplib.draw.pad import DrawingPad, pad
from bplib.draw.page import Page
from bplib.draw.player import player
from bplib.draw.race import Course, race
from bplib.draw.stepper import stepper
from bplib.draw.strokes import block_counts, stroke_bitmap, stroke_image
from bplib.draw.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, SKY, style
from bplib.draw.surface import loss_surface
from bplib.draw.threshold import threshold

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "PURPLE",
    "RED",
    "SKY",
    "Course",
    "Drawing",
    "DrawingPad",
    "Page",
    "alt",
    "block_counts",
    "dense_layer",
    "depth",
    "error_curves",
    "figure",
    "fit_line",
    "graph",
    "learning_curves",
    "loss_surface",
    "network",
    "network_stepper",
    "pad",
    "player",
    "race",
    "save",
    "show",
    "slope",
    "stepper",
    "stroke_bitmap",
    "stroke_image",
    "style",
    "svg_of",
    "threshold",
]
