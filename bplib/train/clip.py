"""Shorter gradients, before each update."""

from __future__ import annotations

from bplib import expect
from bplib.optim import clip_by_global_norm
from bplib.train.callback import Callback
from bplib.train.run import Run


class ClipGradients(Callback):
    """All gradients shortened together before each update; see `bplib.optim.clip_by_global_norm`.

    Arguments:
        limit: the largest length that they may have, a positive finite number.

    Attributes:
        limit: as given.

    Raises:
        DTypeError: where limit is not a number.
        DomainError: where it is not positive and finite.
    """

    def __init__(self, limit: float) -> None:
        self.limit = expect.positive("ClipGradients", "limit", limit)

    def before_update(self, run: Run) -> None:
        """Shorten what is too long."""
        clip_by_global_norm(run.optimizer.parameters, self.limit)

    def __repr__(self) -> str:
        return f"ClipGradients({self.limit:g})"
