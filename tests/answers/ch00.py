"""Chapter 0: the slope between two points."""

import functools
import operator

import numpy as np


def _loop(x0, y0, x1, y1):
    differences = []
    for first, second in ((x0, x1), (y0, y1)):
        differences.append(second - first)
    run, rise = differences
    return rise / run


def _decorated(function):
    @functools.wraps(function)
    def inner(*given, **named):
        return function(*given, **named)

    return inner


class _Slope:
    def __call__(self, x0, y0, x1, y1):
        return np.divide(y1 - y0, x1 - x0)


class _Counted:
    """An answer that counts its calls: state of its own is no fault."""

    def __init__(self):
        self.calls = 0

    def slope(self, x0, y0, x1, y1):
        self.calls += 1
        return (y1 - y0) / (x1 - x0)


RIGHT = {
    "slope_between_points": {
        "loop": _loop,
        "decorated": _decorated(lambda x0, y0, x1, y1: (y1 - y0) / (x1 - x0)),
        "callable object": _Slope(),
        "method": _Counted().slope,
        "starred": lambda *p: operator.truediv(p[3] - p[1], p[2] - p[0]),
        "defaults": lambda x0=0, y0=0, x1=1, y1=1: (y1 - y0) * (x1 - x0) ** -1,
        "partial": functools.partial(
            lambda power, x0, y0, x1, y1: (y1 - y0) * (x1 - x0) ** power, -1
        ),
        "polyfit": lambda x0, y0, x1, y1: np.polyfit([x0, x1], [y0, y1], 1)[0],
        "solve": lambda x0, y0, x1, y1: np.linalg.solve([[x0, 1], [x1, 1]], [y0, y1])[0],
        "longdouble": lambda x0, y0, x1, y1: np.longdouble(y1 - y0) / np.longdouble(x1 - x0),
        "angle": lambda x0, y0, x1, y1: np.tan(np.arctan((y1 - y0) / (x1 - x0))),
        "extra keyword": lambda x0, y0, x1, y1, *, digits=None: (y0 - y1) / (x0 - x1),
    }
}

WRONG = {
    "slope_between_points": {
        "upside down, in a loop": (
            "upside-down",
            lambda x0, y0, x1, y1: functools.reduce(operator.truediv, [x0 - x1, y0 - y1]),
        ),
        "run without sign": (None, lambda x0, y0, x1, y1: (y1 - y0) / abs(x1 - x0)),
        "steepness": (
            "sign-thrown-away",
            lambda x0, y0, x1, y1: np.hypot((y1 - y0) / (x1 - x0), 0.0),
        ),
        "never falls": (None, lambda x0, y0, x1, y1: max((y1 - y0) / (x1 - x0), 0.0)),
        "epsilon": (None, lambda x0, y0, x1, y1: (y1 - y0) / (x1 - x0 + 1e-8)),
        "last digits": (None, lambda x0, y0, x1, y1: (y1 - y0) / (x1 - x0) * (1 + 1e-6)),
        "rounded": (None, lambda x0, y0, x1, y1: round((y1 - y0) / (x1 - x0), 2)),
        "angle": (None, lambda x0, y0, x1, y1: np.arctan2(y1 - y0, x1 - x0)),
        "text": (None, lambda x0, y0, x1, y1: f"{(y1 - y0) / (x1 - x0)}"),
        "in brackets": (None, lambda x0, y0, x1, y1: [(y1 - y0) / (x1 - x0)]),
        "half precision": (None, lambda x0, y0, x1, y1: np.float16((y1 - y0) / (x1 - x0))),
        "complex": (None, lambda x0, y0, x1, y1: complex((y1 - y0) / (x1 - x0))),
        "with the intercept": (None, lambda x0, y0, x1, y1: np.polyfit([x0, x1], [y0, y1], 1)),
        "keyword only": (None, lambda *, x0, y0, x1, y1: (y1 - y0) / (x1 - x0)),
        "through the middles": (
            "sums-for-differences",
            lambda x0, y0, x1, y1: (y0 + y1) / 2 / ((x0 + x1) / 2),
        ),
    }
}
