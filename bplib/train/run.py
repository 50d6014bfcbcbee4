"""A training in progress, as callbacks see it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np

from bplib import expect
from bplib.backend import Array
from bplib.errors import NotReadyError
from bplib.layers import Layer
from bplib.optim import Optimizer
from bplib.train.history import History
from bplib.train.interrupt import Shield


@dataclass(eq=False)
class Part:
    """How much of an epoch is done.

    Fields:
        order: (m,), the rows in this epoch's order.
        total: the sum of the losses of the samples so far.
        predictions: of each batch so far, where there are metrics.
        targets: of the same batches.
    """

    order: np.ndarray
    total: float = 0.0
    predictions: list[Array] = field(default_factory=list)
    targets: list[Array] = field(default_factory=list)


@dataclass(eq=False)
class Run:
    """A training in progress: what a callback may read, and how it speaks up.

    Fields:
        net: the network; its parameters may be read at any moment.
        optimizer: the optimizer; a callback may set its lr.
        history: what was recorded in the epochs that are finished.
        epochs: how many there will be.
        steps_per_epoch: how many there are in each.
        names: what the history gets in every epoch.
        shield: what holds Ctrl-C back.
        epoch: the epoch that runs, 1 for the first; 0 before it.
        step: the steps that were made in this epoch.
        loss: of the last batch.
        stopping: why training ends after this epoch; None while nobody wants it to.
        part: how much of the epoch is done; None between two epochs.
    """

    net: Layer
    optimizer: Optimizer
    history: History
    epochs: int
    steps_per_epoch: int
    names: tuple[str, ...]
    shield: Shield = field(repr=False)
    epoch: int = 0
    step: int = 0
    loss: float = float("nan")
    stopping: str | None = None
    part: Part | None = field(default=None, repr=False)

    def stop(self, reason: str = "a callback asked to stop") -> None:
        """Ask for an end after this epoch; the reason is in the history."""
        if self.stopping is None:
            self.stopping = str(reason)

    def record(self, values: Mapping[str, float]) -> None:
        """Add numbers to the history of the epoch that was finished last.

        Arguments:
            values: one number for each name.

        Raises:
            NotReadyError: before the first epoch is finished.
            DTypeError: for something that is not a number.
        """
        numbers = {name: expect.number("Run.record", name, n) for name, n in values.items()}
        if not self.history.epochs:
            raise NotReadyError("Run.record: no epoch is finished yet; call it in after_epoch.")
        self.history._add(numbers)

    def uninterrupted(self) -> AbstractContextManager[None]:
        """A context at whose end Ctrl-C is heard, and not before: for what must happen whole."""
        return self.shield
