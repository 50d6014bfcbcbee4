"""Computed gradients held against measured slopes, argument by argument."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bplib.backend import Array, to_numpy, xp_of
from bplib.gradcheck.report import ArgumentReport, Kink
from bplib.gradcheck.slopes import Slopes, normal_like, scale, unit

MOST_ENTRIES = 1000
MEASURED = 1e-2  # a relative error above this that passes as rounding shows nothing
HIDDEN = (
    "not shown wrong, but not measured either: rounding of the function's values hides slopes "
    "as small as these; subtract what is constant, or try method='complex'"
)
TOO_LONG = (
    "nothing is shown either way: steps of {h:g} of x's size and shorter ones measure slopes that "
    "differ by as much; try a smaller h, such as {smaller:g}, or method='complex'"
)


class Comparison:
    """Measured slopes against computed gradients, argument by argument."""

    def __init__(
        self, slopes: Slopes, rng: np.random.Generator, directions: int, tolerance: float
    ) -> None:
        self.slopes, self.subject, self.method = slopes, slopes.subject, slopes.method
        self.rng, self.directions, self.tolerance = rng, directions, tolerance

    def of(self, i: int, dx: Array) -> ArgumentReport:
        """What is to be said of `dx`, the computed gradient of input `i`."""
        name, x = self.subject.names[i], self.subject.inputs[i]
        if dx is None:
            note = f"no gradient was returned for {name}"
            return ArgumentReport(name, x.shape, self.method, False, np.inf, note=note)
        if getattr(dx, "shape", None) != x.shape:
            note = f"the gradient has shape {getattr(dx, 'shape', None)}, {name} has {x.shape}"
            return ArgumentReport(name, x.shape, self.method, False, np.inf, note=note)
        if not to_numpy(xp_of(dx).isfinite(dx).all()):
            note = "the gradient holds NaN or inf"
            return ArgumentReport(name, x.shape, self.method, False, np.inf, note=note)
        if self.method != "entries":
            found = [self._along(i, x, dx) for _ in range(self.directions)]
            if all(smooth_and_agrees for _, smooth_and_agrees in found):
                worst = max(error for error, _ in found)
                note = HIDDEN if worst > MEASURED else ""
                return ArgumentReport(name, x.shape, self.method, True, worst, note=note)
        return self._entry_by_entry(i, x, dx)

    def _along(self, i: int, x: Array, dx: Array) -> tuple[float, bool]:
        v = normal_like(x, self.rng) * scale(x)
        found = self._held_against(i, x, v, float(to_numpy((dx * v).sum())))
        return found.error, found.agrees and self.slopes.apart(i, x, v) is None

    def _held_against(self, i: int, x: Array, v: Array, said: float) -> _Found:
        """What backward says of the slope along v, against what is measured.

        Where a central difference disagrees, a finer one decides, since it may be the difference
        that is wrong: it misses what the function does within one step. What differs by no more
        than the finer one changes with its own step is not decided.
        """
        measured, noise = self.slopes.along(i, x, v)
        error, agrees = self._agree(said, measured, noise)
        if agrees or self.method == "complex":
            return _Found(measured, error, agrees)
        measured, noise, change = self.slopes.finer(i, x, v, measured)
        error, agrees = self._agree(said, measured, noise)
        uncertain = not agrees and change > noise and abs(said - measured) <= 10 * change
        return _Found(measured, error, agrees, uncertain)

    def _agree(self, said: float, measured: float, noise: float) -> tuple[float, bool]:
        """The relative error, and whether it passes: small, or within the rounding of s itself.

        The rounding error shrinks with the function's values, so a gradient of 1e-9 that is wrong
        by a factor of two is still found in a function whose values are that small.
        """
        off = abs(said - measured)
        if said == 0 and off <= noise:
            return 0.0, True
        error = off / max(abs(said), abs(measured)) if off else 0.0
        return error, error <= self.tolerance or off <= noise

    def _entry_by_entry(self, i: int, x: Array, dx: Array) -> ArgumentReport:
        indices = list(np.ndindex(x.shape))
        if len(indices) > MOST_ENTRIES:
            chosen = self.rng.choice(len(indices), MOST_ENTRIES, replace=False)
            indices = [indices[k] for k in sorted(chosen)]
        entries = [self._entry(i, x, dx, index) for index in indices]
        worst = max(entries, key=lambda one: (not one.agrees, not one.uncertain, one.error))
        left_out = x.size - len(indices)
        notes = [f"{len(indices)} entries measured, {left_out} left out"] if left_out else []
        if worst.agrees and worst.error > MEASURED:
            notes.append(HIDDEN)
        if worst.uncertain:
            notes.append(TOO_LONG.format(h=self.slopes.h, smaller=self.slopes.h / 100))
        return ArgumentReport(
            self.subject.names[i],
            x.shape,
            "entries",
            worst.agrees,
            worst.error,
            worst.at,
            worst.said,
            worst.measured,
            tuple(entry.kink for entry in entries if entry.kink is not None),
            "; ".join(notes),
            worst.uncertain,
        )

    def _entry(self, i: int, x: Array, dx: Array, index: tuple[int, ...]) -> _Entry:
        size = scale(x)
        said, v = float(to_numpy(dx[index])), unit(x, index) * size
        found = self._held_against(i, x, v, said * size)
        measured = found.measured / size
        sides = self.slopes.apart(i, x, v)
        if sides is None:
            return _Entry(index, said, measured, found.error, found.agrees, found.uncertain)
        left, right = sides.left / size, sides.right / size
        slack = self.tolerance * max(abs(left), abs(right))
        between = min(left, right) - slack <= said <= max(left, right) + slack
        agrees = between and not sides.jump
        error = 0.0 if agrees else np.inf if sides.jump else found.error
        kink = Kink(index, left, right, said, sides.jump)
        return _Entry(index, said, measured, error, agrees, False, kink)


class _Found(NamedTuple):
    measured: float
    error: float
    agrees: bool
    uncertain: bool = False


class _Entry(NamedTuple):
    at: tuple[int, ...]
    said: float
    measured: float
    error: float
    agrees: bool
    uncertain: bool = False
    kink: Kink | None = None
