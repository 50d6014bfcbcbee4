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
        said = float(to_numpy((dx * v).sum()))
        measured, noise = self.slopes.along(i, x, v)
        error, agrees = self._agree(said, measured, noise)
        return error, agrees and self.slopes.corner(i, x, v) is None

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
        worst = max(entries, key=lambda entry: (not entry.agrees, entry.error))
        left_out = x.size - len(indices)
        note = f"{len(indices)} entries measured, {left_out} left out" if left_out else ""
        if worst.agrees and worst.error > MEASURED:
            note = HIDDEN
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
            note,
        )

    def _entry(self, i: int, x: Array, dx: Array, index: tuple[int, ...]) -> _Entry:
        size = scale(x)
        said, v = float(to_numpy(dx[index])), unit(x, index) * size
        measured, noise = self.slopes.along(i, x, v)
        error, agrees = self._agree(said * size, measured, noise)
        corner = self.slopes.corner(i, x, v)
        if corner is None:
            return _Entry(index, said, measured / size, error, agrees)
        left, right = corner[0] / size, corner[1] / size
        slack = self.tolerance * max(abs(left), abs(right))
        between = min(left, right) - slack <= said <= max(left, right) + slack
        kink = Kink(index, left, right, said)
        return _Entry(index, said, measured / size, 0.0 if between else error, between, kink)


class _Entry(NamedTuple):
    at: tuple[int, ...]
    said: float
    measured: float
    error: float
    agrees: bool
    kink: Kink | None = None
