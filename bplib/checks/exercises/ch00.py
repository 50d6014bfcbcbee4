"""Chapter 0, the welcome: one prediction and one function, both done within two minutes."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception, Prediction


def slope_reference(x0: float, y0: float, x1: float, y1: float) -> float:
    """Slope of the straight line through (x0, y0) and (x1, y1)."""
    return (y1 - y0) / (x1 - x0)


def _as_polynomial(x0: float, y0: float, x1: float, y1: float) -> float:
    return float(np.polynomial.Polynomial.fit([x0, x1], [y0, y1], 1).convert().coef[1])


def _as_array(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    rise, run = np.array([y1, x1]) - np.array([y0, x0])
    return np.array(rise / run)


def _backwards(x0: float, y0: float, x1: float, y1: float) -> float:
    return (y0 - y1) / (x0 - x1)


def _two_terms(x0: float, y0: float, x1: float, y1: float) -> float:
    run = x1 - x0
    return y1 / run - y0 / run


def _points(rng: np.random.Generator, i: int) -> tuple[float, float, float, float]:
    """Two points well apart, none on an axis.

    Case 3 (i = 2) falls, case 4 runs from right to left, below zero, and case 5 is tiny.
    """
    size = 1e-6 if i == 4 else 1.0
    x0, run = rng.uniform(0.5, 4.0), rng.uniform(1.5, 4.0)
    y0, rise = rng.uniform(0.5, 4.0), rng.uniform(1.5, 6.0)
    if i == 2:
        rise = -rise
    if i == 3:
        x0, y0, run = -x0, -y0 - rise, -run
    return size * x0, size * y0, size * (x0 + run), size * (y0 + rise)


slope_between_points = Exercise(
    name="slope_between_points",
    chapter=0,
    minutes=2,
    statement=(
        "Write `slope_between_points(x0, y0, x1, y1)`: the slope of the straight line through the "
        "points (x0, y0) and (x1, y1), which is how far y moves for one step of x."
    ),
    reference=slope_reference,
    cases=_points,
    returns=("slope",),
    case_note=lambda x0, y0, x1, y1: f"from ({x0:.3g}, {y0:.3g}) to ({x1:.3g}, {y1:.3g})",
    equivalents=(_as_polynomial, _as_array, _backwards, _two_terms),
    misconceptions=(
        Misconception(
            "upside-down",
            "the fraction is upside down: this is how far x moves for one step of y.",
            lambda x0, y0, x1, y1: (x1 - x0) / (y1 - y0),
        ),
        Misconception(
            "one-end-swapped",
            "the two differences run in opposite directions. Start both at the same point.",
            lambda x0, y0, x1, y1: (y1 - y0) / (x0 - x1),
        ),
        Misconception(
            "rise-only",
            "this is how far y moves over the whole way; a slope is for one step of x.",
            lambda x0, y0, x1, y1: y1 - y0,
        ),
        Misconception(
            "from-the-origin",
            "y1/x1 is the slope of the line from the origin (0, 0); the line starts at (x0, y0).",
            lambda x0, y0, x1, y1: y1 / x1,
        ),
        Misconception(
            "missing-brackets",
            "without brackets Python divides first: y1 − (y0/x1) − x0.",
            lambda x0, y0, x1, y1: y1 - y0 / x1 - x0,
        ),
        Misconception(
            "sums-for-differences",
            "the coordinates are added; a slope compares how far each of them moved.",
            lambda x0, y0, x1, y1: (y0 + y1) / (x0 + x1),
        ),
        Misconception(
            "points-mixed-up",
            "the differences mix an x with a y. (x0, y0) is one point, (x1, y1) the other.",
            lambda x0, y0, x1, y1: (y1 - x1) / (y0 - x0),
        ),
        Misconception(
            "points-mixed-up-and-upside-down",
            "the differences mix an x with a y. (x0, y0) is one point, (x1, y1) the other.",
            lambda x0, y0, x1, y1: (y0 - x0) / (y1 - x1),
        ),
        Misconception(
            "whole-numbers",
            "`//` throws away everything after the decimal point; `/` keeps it.",
            lambda x0, y0, x1, y1: (y1 - y0) // (x1 - x0),
        ),
        Misconception(
            "product-for-quotient",
            "rise times run is an area; the slope is a quotient.",
            lambda x0, y0, x1, y1: (y1 - y0) * (x1 - x0),
        ),
        Misconception(
            "sign-thrown-away",
            "a line that falls has a negative slope; the sign belongs to it.",
            lambda x0, y0, x1, y1: abs((y1 - y0) / (x1 - x0)),
        ),
    ),
    hints=(
        "A slope says how far y moves for one step of x. How far does y move, over how many steps?",
        "Two differences, both taken from the first point to the second: one of the y, one of the "
        "x. One of them is divided by the other.",
        "From (1, 2) to (3, 8) y moves by 8 − 2 = 6 and x by 3 − 1 = 2, so the slope is 6 / 2. "
        "Write the same with names, and mind the brackets around each difference.",
    ),
    another="""
def slope_between_points(x0, y0, x1, y1):
    slope, _ = np.polyfit([x0, x1], [y0, y1], 1)
    return slope
""",
    after=(
        "Swapping the two points changes the sign of both differences, so "
        "`(y0 - y1) / (x0 - x1)` is the same slope."
    ),
)

first_prediction = Prediction(
    name="first_prediction",
    chapter=0,
    minutes=1,
    statement="A straight line goes through (1, 2) and (3, 8). What is its slope?",
    answer=3.0,
    wrong=(
        (1 / 3, "upside-down", "x over y: the slope is how far y moves for one step of x."),
        (6.0, "rise-only", "y moves by 6, but over two steps of x; the slope is for one step."),
        (2.0, "run-only", "2 is how far x moves. How far does y move in one step of x?"),
        (-3.0, "wrong-sign", "y grows as x grows, so the line climbs and its slope is positive."),
        (8 / 3, "from-the-origin", "8/3 is the slope from (0, 0) to (3, 8); start at (1, 2)."),
        (4.0, "difference-in-a-point", "compare y with y and x with x, from point to point."),
    ),
    hints=(
        "A slope is how far y moves for one step of x.",
        "From the first point to the second: by how much does x move, and by how much does y?",
        "y moves by 8 − 2 over 3 − 1 steps of x; share the one among the other.",
    ),
    after="A slope is a rate: y moves that many times as far as x, wherever you stand on the line.",
)

EXERCISES = (first_prediction, slope_between_points)
