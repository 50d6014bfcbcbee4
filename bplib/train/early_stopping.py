"""An end when nothing gets better any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bplib import expect
from bplib.backend import Array
from bplib.io.nested import beside
from bplib.train.callback import Callback
from bplib.train.run import Run
from bplib.train.watch import Watch


class EarlyStopping(Callback):
    """An end when the validation loss has not fallen for a while, and the best weights back.

    However training ends, also when all epochs are done or by Ctrl-C, the network has the
    parameters and buffers of its best epoch afterwards. The optimizer stays where it is.

    Arguments:
        patience: after how many epochs without a new best to stop, at least 1.
        monitor: the curve of the history to watch.
        min_delta: how far it has to go beyond the best so far to count, at least 0.
        larger_is_better: whether the curve should rise; None for what its name says: an accuracy
            rises, a loss falls. A metric of your own needs True or False.

    Attributes:
        best: the best number so far; NaN before there is one.
        best_epoch: when that was; 0 before.

    Raises:
        DTypeError: for a patience that is not whole, a min_delta that is not a number, or a
            larger_is_better that is neither True, False nor None.
        DomainError: where patience is below 1 or min_delta negative; in `fit`, where there is no
            validation data to watch, or nothing says which way the curve gets better.
        UnknownNameError: in `fit`, for a curve that the history will not have.

    Source: L. Prechelt (1998), Early Stopping – But When?, Neural Networks: Tricks of the Trade,
        section 2.
    """

    def __init__(
        self,
        patience: int,
        *,
        monitor: str = "validation_loss",
        min_delta: float = 0.0,
        larger_is_better: bool | None = None,
    ) -> None:
        self.patience = expect.count("EarlyStopping", "patience", patience)
        self._watch = Watch("EarlyStopping", monitor, larger_is_better, min_delta)
        self._weights: dict[str, Array] | None = None

    @property
    def best(self) -> float:
        """The best number so far; NaN before there is one."""
        return self._watch.best

    @property
    def best_epoch(self) -> int:
        """The epoch it is from."""
        return self._watch.epoch

    def begin(self, run: Run) -> None:
        """Forget an earlier training."""
        self._watch.begin(run)
        self._weights = None

    def after_epoch(self, run: Run) -> None:
        """Keep the weights of a new best; stop when there has been none for too long."""
        if self._watch.improved(run):
            self._weights = run.net.state_dict()
        elif run.epoch - self.best_epoch >= self.patience:
            run.stop(f"EarlyStopping, {self._watch.verdict}")

    def end(self, run: Run) -> None:
        """Give the network the best weights, all of them or none."""
        if self._weights is not None:
            with run.uninterrupted():
                run.net.load_state_dict(beside(self._weights, run.net.state_dict()))

    def state_dict(self) -> dict[str, Any]:
        """The best number, its epoch and its weights."""
        return {**self._watch.state_dict(), "weights": self._weights}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._watch.load_state_dict(state)
        self._weights = state["weights"]

    def __repr__(self) -> str:
        return f"EarlyStopping({self.patience}, {self._watch})"
