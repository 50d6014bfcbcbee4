"""A training in a file: after a kill it goes on as if nothing had happened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from bplib import expect, io
from bplib.backend import xp_of
from bplib.errors import DomainError
from bplib.io.nested import beside
from bplib.io.place import named, writable
from bplib.train.callback import Callback, Callbacks
from bplib.train.run import Part, Run
from bplib.train.sameness import (
    SETTING,
    first_difference,
    generators,
    kind_of_training,
    remembering,
    settings_at_the_end,
)
from bplib.train.step import Task


class Checkpoint:
    """Where a training is kept, so that it can go on after a kill, bit for bit.

    After an epoch, everything that the next one depends on is written to the file, whole or not at
    all: parameters and buffers, the optimizer, schedules, the random generators of `fit` and of
    the network, history, and what callbacks remember. Where the file is there when `fit` begins,
    training goes on after its last epoch. What of an epoch was not finished is done again.

    A training with another net, batch size, loss or optimizer or setting of it, with other data or
    another curve to stop by is refused. For data the file keeps a SHA-256 of each array, those of
    validation too: of all entries, or, beyond 64 MiB, of evenly spaced rows. What changes a
    learning rate on the way is a Scheduler or a callback.

        fit(..., epochs=50, checkpoint="run.safetensors")       # after every epoch
        fit(..., epochs=50, checkpoint=train.Checkpoint("run.safetensors", every=10))

    Arguments:
        path: the file, usually `….safetensors`; its folder exists.
        every: after how many epochs it is written, at least 1; it always is after the last.
        steps: for epochs that take long, after how many steps it is written inside an epoch too,
            at least 1; training goes on from there then.

    Attributes:
        path, every, steps: as given.

    Raises:
        DTypeError: for a path that is none, or numbers that are not whole.
        DomainError: where a number is below 1.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, every: int = 1, steps: int | None = None
    ) -> None:
        self.path = named("Checkpoint: path", path)
        self.every = expect.count("Checkpoint", "every", every)
        self.steps = None if steps is None else expect.count("Checkpoint", "steps", steps)

    def __repr__(self) -> str:
        steps = "" if self.steps is None else f", steps={self.steps}"
        return f"Checkpoint({str(self.path)!r}, every={self.every}{steps})"


class Keeper(Callback):
    """Writes a Checkpoint when it is time to, and goes on from it at the beginning.

    Arguments:
        checkpoint: where and when.
        task: the data.
        callbacks: what is done beside training.
    """

    def __init__(self, checkpoint: Checkpoint, task: Task, callbacks: Callbacks) -> None:
        self.path, self.checkpoint = checkpoint.path, checkpoint
        self.task, self.callbacks = task, callbacks
        self.kind: dict[str, Any] = {}

    def after_step(self, run: Run) -> None:
        """Write the file in the middle of an epoch, where that is wanted."""
        steps = self.checkpoint.steps
        if steps is not None and run.step % steps == 0 and run.step < run.steps_per_epoch:
            self._write(run)

    def after_epoch(self, run: Run) -> None:
        """Write the file after an epoch, where it is time to."""
        last = run.epoch == run.epochs or run.stopping is not None
        if last or run.epoch % self.checkpoint.every == 0:
            self._write(run)

    def _write(self, run: Run) -> None:
        io.save(self.path, {"kind": self.kind, **_state(self.task, run, self.callbacks)})

    def begin(self, run: Run) -> None:
        """Take over what is in the file, if there is one and it fits; nothing changes if not."""
        writable("fit: checkpoint", self.path)
        task, callbacks = self.task, self.callbacks
        self.kind = kind_of_training(task, run, callbacks)
        if not os.path.exists(self.path):
            return
        state = io.load(self.path).state
        if "kind" not in state or "training" not in state:
            raise DomainError(f"fit: {self.path} holds no training; choose another file for it.")
        self._compare(state)
        position = state["training"]
        if position["epoch"] > run.epochs:
            raise DomainError(
                f"fit: {self.path} holds {position['epoch']} epochs of training already, and "
                f"epochs is {run.epochs}; choose more epochs or another file."
            )
        state = beside(state, _state(task, run, callbacks))
        run.net.load_state_dict(state["net"])
        run.optimizer.load_state_dict(state["optimizer"])
        for scheduler, saved in zip(callbacks.schedulers, state["schedulers"], strict=True):
            scheduler.load_state_dict(saved)
        for rng, saved in zip(generators(task, run), state["generators"], strict=True):
            rng.bit_generator.state = saved
        for callback, saved in zip(remembering(callbacks), state["callbacks"], strict=True):
            callback.load_state_dict(saved)
        run.history._continue(position["history"], position["finished"])
        run.epoch, run.step, run.stopping = (
            position[name] for name in ("epoch", "step", "stopping")
        )
        run.part = _part(position["part"], task)

    def _compare(self, state: Mapping[str, Any]) -> None:
        theirs = state["kind"]
        for name, value in self.kind.items():
            came = theirs.get(name)
            if came == value:
                continue
            if name == SETTING and value == settings_at_the_end(state["optimizer"]):
                continue  # the same optimizer goes on, after something changed its lr
            if isinstance(value, list):
                came, value = first_difference(came or [], value)
            raise DomainError(
                f"fit: {self.path} holds another training, its {name} is {came}, and here it is "
                f"{value}; choose another file to begin anew."
            )
        self.kind = theirs  # as it began


def _part(saved: Mapping[str, Any] | None, task: Task) -> Part | None:
    if saved is None:
        return None
    xp = xp_of(task.X)
    lists = ([xp.asarray(array) for array in saved[name]] for name in ("predictions", "targets"))
    return Part(saved["order"], saved["total"], *lists)


def _state(task: Task, run: Run, callbacks: Callbacks) -> dict[str, Any]:
    return {
        "net": run.net.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "schedulers": [one.state_dict() for one in callbacks.schedulers],
        "generators": [rng.bit_generator.state for rng in generators(task, run)],
        "callbacks": [one.state_dict() for one in remembering(callbacks)],
        "training": {
            "epoch": run.epoch,
            "step": run.step,
            "stopping": run.stopping,
            "finished": run.history.epochs,
            "history": run.history._curves,
            "part": None if run.part is None else vars(run.part),
        },
    }
