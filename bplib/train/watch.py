"""One curve of the history, and when it was best."""

from __future__ import annotations

import math
from typing import Any

from bplib import expect
from bplib.errors import DomainError, DTypeError, kind_of, unknown
from bplib.train.kinds import should_rise
from bplib.train.run import Run


class Watch:
    """One curve of the history, and when it was best.

    Arguments:
        asks: who watches; it opens the sentences.
        monitor: the curve's name.
        larger_is_better: whether it should rise or fall; None for what its name says.
        min_delta: how far it has to go beyond the best so far to count, at least 0.

    Attributes:
        best: the best number so far; NaN before there is one.
        epoch: when that was; 0 before.

    Raises:
        DTypeError: for a monitor that is not text, a larger_is_better that is neither True nor
            False, or a min_delta that is not a number.
        DomainError: where min_delta is negative or not finite.
    """

    def __init__(
        self, asks: str, monitor: str, larger_is_better: bool | None, min_delta: float = 0.0
    ) -> None:
        if not isinstance(monitor, str):
            raise DTypeError(f"{asks}: monitor is {kind_of(monitor)}; a curve's name is needed.")
        self.min_delta = expect.not_negative(asks, "min_delta", min_delta)
        self.asks = asks
        self.monitor = monitor
        if larger_is_better is None:
            self.larger_is_better = should_rise(monitor)
        else:
            self.larger_is_better = expect.flag(asks, "larger_is_better", larger_is_better)
        self.begin()

    def begin(self, run: Run | None = None) -> None:
        """Forget what was; the curve has to be one that the history will have."""
        if run is not None and self.monitor not in run.names:
            if self.monitor == "validation_loss":
                raise DomainError(
                    f"{self.asks}: it watches validation_loss, but there is no validation data; "
                    "pass validation=(X, y) to fit, or monitor='loss'."
                )
            raise unknown("curve in the history", self.monitor, run.names)
        if run is not None and self.larger_is_better is None:
            raise DomainError(
                f"{self.asks}: '{self.monitor}' does not say whether it should rise or fall; pass "
                "larger_is_better=True or larger_is_better=False."
            )
        self.best = math.nan
        self.epoch = 0

    def improved(self, run: Run) -> bool:
        """Whether the epoch that was just finished is the best one so far; NaN never is."""
        now = run.history.last[self.monitor]
        gain = now - self.best if self.larger_is_better else self.best - now
        if self.epoch and not gain > self.min_delta or math.isnan(now):
            return False
        self.best, self.epoch = now, run.epoch
        return True

    @property
    def curve(self) -> str:
        """The curve, and which way it gets better: what its best number is the best of."""
        return f"{self.monitor}, {'rising' if self.larger_is_better else 'falling'}"

    def __str__(self) -> str:
        """Curve and direction, as they are given to whoever watches."""
        settings = f"monitor={self.monitor!r}"
        if self.larger_is_better is not None:
            settings += f", larger_is_better={self.larger_is_better}"
        return settings + (f", min_delta={self.min_delta:g}" if self.min_delta else "")

    @property
    def verdict(self) -> str:
        """What became of the curve, in words."""
        if not self.epoch:
            return f"{self.monitor} was never a number"
        return f"{self.monitor} was best in epoch {self.epoch} ({self.best:.4g})"

    def state_dict(self) -> dict[str, Any]:
        """The best number so far, and when that was."""
        return {"best": self.best, "epoch": self.epoch}

    def load_state_dict(self, state: Any) -> None:
        """Go on from there."""
        self.best, self.epoch = state["best"], state["epoch"]
