"""Slopes measured by nudging, and how far rounding lets them be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DTypeError
from bplib.gradcheck.subject import Subject

METHODS = ("directions", "entries", "complex")
STEP = 1e-5
COMPLEX_STEP = 1e-30


class Sides(NamedTuple):
    """The slopes just before and just after a place where they stay apart.

    Fields:
        left: the slope just before.
        right: the slope just after.
        jump: whether they grow as the step shrinks, as at a jump and never at a corner.
    """

    left: float
    right: float
    jump: bool


class Slopes:
    """Slopes of s = Σ dy · value along directions in one input at a time."""

    def __init__(self, subject: Subject, y: Array, dy: Array, method: str, h: float) -> None:
        self.subject, self.dy, self.method, self.h = subject, dy, method, h
        self.here = float(to_numpy((dy * y).sum()))
        # How far rounding may move s: one part in 2⁵² of everything that is summed.
        self.rounding = 4 * float(np.finfo(np.float64).eps) * float(to_numpy(abs(dy * y).sum()))

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
        return self._central(i, x, v, self.h), self.rounding / self.h

    def finer(self, i: int, x: Array, v: Array, slope: float) -> tuple[float, float, float]:
        """The slope without what the step's square adds, its rounding, and how sure it is.

        From the steps h, h/2 and h/4 come two such slopes; where the step is short enough for the
        function, they differ by little more than rounding.
        """
        half, quarter = (self._central(i, x, v, self.h / n) for n in (2, 4))
        first, second = (4 * half - slope) / 3, (4 * quarter - half) / 3
        return second, 6 * self.rounding / self.h, abs(second - first)

    def apart(self, i: int, x: Array, v: Array) -> Sides | None:
        """The slopes just before and after x along v where they stay apart for a smaller step.

        On a smooth stretch their difference shrinks with the step. At a corner it stays, and at a
        jump it grows, since the value differs by the same however short the step.
        """
        if self.method == "complex":
            return None
        here, rounding = self.here, self.rounding

        def sides(h: float) -> tuple[float, float, float]:
            before, after = self._number(i, x - h * v), self._number(i, x + h * v)
            left, right = (here - float(before)) / h, (float(after) - here) / h
            return left, right, abs(right - left)

        far, near = sides(self.h), sides(self.h / 10)
        if not (near[2] > 0.5 * far[2] and near[2] > 1000 * rounding / self.h):
            return None
        nearest = sides(self.h / 100)
        if near[2] < 10_000 * rounding / self.h:  # a smaller step would show rounding alone
            return Sides(near[0], near[1], near[2] > 2 * far[2])
        if nearest[2] < 0.5 * near[2]:
            return None
        return Sides(near[0], near[1], nearest[2] > 2 * near[2])

    def _central(self, i: int, x: Array, v: Array, h: float) -> float:
        return central(lambda z: float(self._number(i, z)), x, v, h)

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
