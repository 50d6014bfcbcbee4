"""How long the gradients are, and how far they move the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bplib import expect
from bplib.backend import Array, quiet, to_numpy, xp_of
from bplib.train.callback import Callback
from bplib.train.run import Run


class GradientStatistics(Callback):
    """For each parameter the length of its gradient, and how far a step moves it.

    The history gets two curves for each parameter, means over the steps that were looked at:
    "gradient_norm.0.W" = ‖∂L/∂W‖ and "update_ratio.0.W" = ‖ΔW‖ / ‖W‖, with W after the step and
    0 for 0 / 0. A healthy ratio is about 10⁻³; one far below says that a layer does not learn, one
    near 1 that it jumps. `history.plot("update_ratio")` draws them all.

    Arguments:
        every: looks at the first step of an epoch and at every so many-th after it, at least 1.
            Each look copies the parameters once.

    Attributes:
        every: as given.

    Raises:
        DTypeError: where every is not whole.
        DomainError: where it is below 1.

    Source: A. Karpathy (2015), CS231n Convolutional Neural Networks for Visual Recognition, Neural
        Networks part 3, on the ratio of updates to weights.
    """

    def __init__(self, every: int = 10) -> None:
        self.every = expect.count("GradientStatistics", "every", every)
        self._sums: dict[str, float] = {}
        self._looks = 0
        self._before: dict[str, Array] = {}

    def begin(self, run: Run) -> None:
        """Forget an earlier training."""
        self._sums, self._looks, self._before = {}, 0, {}

    def before_update(self, run: Run) -> None:
        """Measure the gradients, and remember where the parameters are."""
        if run.step == 0:
            self._sums, self._looks = {}, 0
        if run.step % self.every:
            return
        self._looks += 1
        for name, parameter in run.net.named_parameters().items():
            if parameter.grad is not None:
                self._add(f"gradient_norm.{name}", norm(parameter.grad))
                self._before[name] = parameter.value.copy()

    def after_step(self, run: Run) -> None:
        """Measure how far they have gone."""
        if not self._before:
            return
        for name, parameter in run.net.named_parameters().items():
            before = self._before.pop(name, None)
            if before is not None:
                moved, length = norm(parameter.value - before), norm(parameter.value)
                self._add(f"update_ratio.{name}", moved / length if moved else 0.0)

    def after_epoch(self, run: Run) -> None:
        """The means of the epoch go into the history, all norms first."""
        run.record({name: self._sums[name] / self._looks for name in sorted(self._sums)})

    def state_dict(self) -> dict[str, Any]:
        """The sums of an epoch that is not finished."""
        return {"sums": self._sums, "looks": self._looks}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._sums, self._looks = dict(state["sums"]), state["looks"]

    def __repr__(self) -> str:
        return f"GradientStatistics(every={self.every})"

    def _add(self, name: str, value: float) -> None:
        self._sums[name] = self._sums.get(name, 0.0) + value


def norm(x: Array) -> float:
    """The Euclidean length of all entries together, also where their squares leave the range.

    Arguments:
        x: float array of any shape.

    Returns:
        √(Σ x²) as a Python number.
    """
    with quiet():
        scale = float(to_numpy(abs(x).max()))
        if scale == 0 or not math.isfinite(scale):
            return scale
        flat = (x / scale).reshape(-1)
        return scale * math.sqrt(float(to_numpy(xp_of(flat).vdot(flat, flat))))
