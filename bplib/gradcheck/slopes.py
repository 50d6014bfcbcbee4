"""Slopes measured by nudging, and how far rounding lets them be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DTypeError
from bplib.gradcheck.subject import Subject

METHODS = ("directions", "entries", "complex")
STEP = 1e-5
COMPLEX_STEP = 1e-30


class Slopes:
    """Slopes of s = Σ dy · value along directions in one input at a time."""

    def __init__(self, subject: Subject, dy: Array, method: str) -> None:
        self.subject, self.dy, self.method = subject, dy, method

    def along(self, i: int, x: Array, v: Array) -> tuple[float, float]:
        """The measured slope along v, and how much of it may be rounding error."""
        if self.method == "complex":
            reached = self._number(i, x + 1j * COMPLEX_STEP * v)
            if reached.dtype.kind != "c":
                raise DTypeError(
                    f"gradcheck: the complex step does not reach the result of "
                    f"{self.subject.what}; use method='directions'."
                )
            return float(reached.imag) / COMPLEX_STEP, 0.0
        slope = central(lambda z: float(self._number(i, z)), x, v, STEP)
        return slope, self._rounding(i, x) / STEP

    def corner(self, i: int, x: Array, v: Array) -> tuple[float, float] | None:
        """The slopes just before and after x along v where they stay apart for a smaller step.

        On a smooth stretch their difference shrinks with the step; at a corner it does not.
        """
        if self.method == "complex":
            return None
        here = float(self._number(i, x))

        def sides(h: float) -> tuple[float, float]:
            before, after = self._number(i, x - h * v), self._number(i, x + h * v)
            return (here - float(before)) / h, (float(after) - here) / h

        near, far = sides(STEP / 10), sides(STEP)
        jump, jump_before = abs(near[1] - near[0]), abs(far[1] - far[0])
        visible = 100 * self._rounding(i, x) / (STEP / 10)
        return near if jump > 0.5 * jump_before and jump > visible else None

    def _rounding(self, i: int, x: Array) -> float:
        """How far rounding may move s: one part in 2⁵² of everything that is summed."""
        summed = float(to_numpy(abs(self.dy * self._value(i, x)).sum()))
        return 4 * float(np.finfo(np.float64).eps) * summed

    def _value(self, i: int, x: Array) -> Array:
        inputs = list(self.subject.inputs)
        inputs[i] = x
        if x.dtype.kind == "c":
            inputs = [value.astype(np.complex128) for value in inputs]
        return self.subject.value(*inputs)

    def _number(self, i: int, x: Array) -> Any:
        return to_numpy((self.dy * self._value(i, x)).sum())


def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = STEP) -> Array:
    """The gradient of a function of one array, measured entry by entry with central differences.

    gᵢ ≈ (f(x + h eᵢ) - f(x - h eᵢ)) / 2h. It costs two calls of `f` for each entry.

    Arguments:
        f: a function that returns one number.
        x: a float array of any shape.
        h: the step, > 0; 10⁻⁵ is near the best for float64 values of about 1.

    Returns:
        An array shaped as `x`, in float64.

    Raises:
        DTypeError: for an array of integers, whose entries cannot be nudged by a small step.
        DomainError: where `h` is not positive.

    Source: J. Nocedal, S. Wright (2006), Numerical Optimization, section 8.1; chapter 1.
    """
    expect.floats("numerical_gradient", x=x)
    h = expect.positive("numerical_gradient", "h", h)
    x = x.astype(np.float64)
    slopes = xp_of(x).zeros_like(x)
    for index in np.ndindex(x.shape):
        slopes[index] = central(f, x, unit(x, index), h)
    return slopes


def central(f: Callable[[Array], float], x: Array, v: Array, h: float) -> float:
    """The central difference of f at x along v."""
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def scale(x: Array) -> float:
    """The typical size of an array's entries: their root mean square, 1 if all are zero."""
    return float(to_numpy((x * x).mean())) ** 0.5 or 1.0


def unit(x: Array, index: tuple[int, ...]) -> Array:
    """Zeros shaped as x, with a one at the index."""
    v = xp_of(x).zeros_like(x)
    v[index] = 1
    return v


def normal_like(x: Array, rng: np.random.Generator) -> Array:
    """Random normal numbers shaped as x, where x lives."""
    return xp_of(x).asarray(rng.standard_normal(x.shape))
