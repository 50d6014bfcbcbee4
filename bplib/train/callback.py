"""What may be done beside training: the moments at which a callback is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bplib.errors import DomainError, DTypeError, kind_of
from bplib.optim import Optimizer, Scheduler
from bplib.train.run import Run


class Callback:
    """Something that is done beside training; every method may be left out.

    A function of one argument is a callback too: it is called after each epoch, with the Run.

        def show(run):
            print(run.epoch, run.history.last["loss"])
            if run.history.last["loss"] < 0.01:
                run.stop("the loss is small enough")

        fit(..., callbacks=[show])
    """

    def begin(self, run: Run) -> None:
        """Called before the first step, also where training goes on from a checkpoint."""

    def before_update(self, run: Run) -> None:
        """Called in each step when the gradients are there and no parameter has moved yet."""

    def after_step(self, run: Run) -> None:
        """Called after each step, when all parameters have moved."""

    def after_epoch(self, run: Run) -> None:
        """Called after each epoch, when its numbers are in the history."""

    def end(self, run: Run) -> None:
        """Called once when training has ended, by itself or by Ctrl-C, but not by an error."""

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint has to remember: numbers, texts and arrays, also nested."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there; called after `begin`."""


MOMENTS = ("begin", "before_update", "after_step", "after_epoch", "end")


class _Function(Callback):
    """A plain function, called after each epoch."""

    def __init__(self, function: Callable[[Run], Any]) -> None:
        self.function = function

    def after_epoch(self, run: Run) -> None:
        self.function(run)


class Callbacks:
    """All callbacks of a training, and which of them has something to do at which moment.

    Arguments:
        given: what `fit` was given: callbacks, functions of one argument, Schedulers.
        optimizer: of the training, whose lr the Schedulers set.

    Attributes:
        schedulers: the Schedulers, which belong to the step itself.
        given: all others, as Callbacks.

    Raises:
        DTypeError: for anything else.
        DomainError: for a Scheduler of another optimizer.
    """

    def __init__(self, given: Iterable[Any], optimizer: Optimizer) -> None:
        if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
            raise DTypeError(f"fit: callbacks is {kind_of(given)}; a list is needed.")
        everything = list(given)
        self.schedulers = [one for one in everything if isinstance(one, Scheduler)]
        if any(one.optimizer is not optimizer for one in self.schedulers):
            raise DomainError("fit: a Scheduler in callbacks sets the lr of another optimizer.")
        self.given = [
            _as_callback(i, one)
            for i, one in enumerate(everything)
            if not isinstance(one, Scheduler)
        ]
        self.then()

    def then(self, *own: Callback) -> None:
        """What `fit` itself does beside training, at each moment after all that was given."""
        # A moment that nobody uses costs nothing.
        self._at = {
            moment: [
                getattr(one, moment)
                for one in (*self.given, *own)
                if getattr(type(one), moment) is not getattr(Callback, moment)
            ]
            for moment in MOMENTS
        }

    def call(self, moment: str, run: Run) -> None:
        """Call every callback that has something to do at a moment, in the order given."""
        for method in self._at[moment]:
            method(run)


def _as_callback(i: int, one: Any) -> Callback:
    if isinstance(one, Callback):
        return one
    if isinstance(one, type) and issubclass(one, Callback):
        name = one.__name__
        raise DTypeError(f"fit: callbacks[{i}] is the class {name}; make one of it: {name}(…).")
    if callable(one):
        return _Function(one)
    if type(one).__name__ == "Checkpoint":  # which is made of callbacks, and cannot be named here
        raise DTypeError(f"fit: callbacks[{i}] is a Checkpoint; pass it as checkpoint=… instead.")
    raise DTypeError(
        f"fit: callbacks[{i}] is {kind_of(one)}; a Callback, a Scheduler or a function of one "
        "argument is needed."
    )
