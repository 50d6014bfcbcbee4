"""What may be done beside training: the moments at which a callback is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bplib.errors import DomainError, DTypeError, UnknownNameError, kind_of
from bplib.optim import Optimizer, Scheduler
from bplib.optim.schedules import Schedule
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

ELSEWHERE = {
    "afterbatch": "after_step",
    "afterupdate": "after_step",
    "beforeepoch": "after_epoch",
    "beforestep": "before_update",
    "epochend": "after_epoch",
    "onbatchend": "after_step",
    "onbegin": "begin",
    "onend": "end",
    "onepochbegin": "after_epoch",
    "onepochend": "after_epoch",
    "onfitend": "end",
    "onfitstart": "begin",
    "ontrainbatchend": "after_step",
    "ontrainbegin": "begin",
    "ontrainend": "end",
    "ontrainepochend": "after_epoch",
    "ontrainstart": "begin",
}
"""What a moment is called elsewhere, without its underscores, and what is nearest to it here."""


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
        UnknownNameError: for a callback with a method that is nearly called as one of Callback.
    """

    def __init__(self, given: Iterable[Any], optimizer: Optimizer) -> None:
        if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
            raise DTypeError(f"fit: callbacks is {kind_of(given)}; a list is needed.")
        everything = list(given)
        self.schedulers = [one for one in everything if isinstance(one, Scheduler)]
        if any(one.optimizer is not optimizer for one in self.schedulers):
            raise DomainError("fit: a Scheduler in callbacks sets the lr of another optimizer.")
        for one in self.schedulers:
            one.check()
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

    def has(self, moment: str) -> bool:
        """Whether there is anything to do at a moment."""
        return bool(self._at[moment])

    def call(self, moment: str, run: Run) -> None:
        """Call every callback that has something to do at a moment, in the order given."""
        for method in self._at[moment]:
            method(run)


def _as_callback(i: int, one: Any) -> Callback:
    if isinstance(one, Callback):
        _well_spelt(i, one)
        return one
    if isinstance(one, type) and issubclass(one, Callback):
        name = one.__name__
        raise DTypeError(f"fit: callbacks[{i}] is the class {name}; make one of it: {name}(…).")
    if isinstance(one, Schedule):
        raise DTypeError(
            f"fit: callbacks[{i}] is the schedule {one.name}, which has no optimizer yet; pass "
            "optim.Scheduler(optimizer, schedule)."
        )
    if callable(one):
        return _Function(one)
    if type(one).__name__ == "Checkpoint":  # which is made of callbacks, and cannot be named here
        raise DTypeError(f"fit: callbacks[{i}] is a Checkpoint; pass it as checkpoint=… instead.")
    raise DTypeError(
        f"fit: callbacks[{i}] is {kind_of(one)}; a Callback, a Scheduler or a function of one "
        "argument is needed."
    )


def _well_spelt(i: int, one: Callback) -> None:
    """No method has nearly the name of one that is called; Python would not say a word of it."""
    kind, names = type(one), (*MOMENTS, "state_dict", "load_state_dict")
    own = [name for name in dir(kind) if not name.startswith("_") and name not in names]
    for name in own:
        meant = _meant(name, names)
        overridden = meant and getattr(kind, meant) is not getattr(Callback, meant)
        if meant and not overridden and callable(getattr(kind, name)):
            raise UnknownNameError(
                f"fit: callbacks[{i}] is {kind_of(one)} with a method '{name}', which is "
                f"never called; did you mean '{meant}'? If not, call it _{name}."
            )


def _meant(name: str, names: tuple[str, ...]) -> str | None:
    """The method that was probably meant."""
    import difflib  # here, because hardly any callback has other methods

    letters = name.lower().replace("_", "")
    if letters in ELSEWHERE:
        return ELSEWHERE[letters]
    # Short ones are near to too much: a method `send` is no misspelt `end`.
    spelled = {one.replace("_", ""): one for one in names}
    if letters in spelled:
        return spelled[letters]
    long = [one for one in spelled if len(one) > 5]
    return next((spelled[near] for near in difflib.get_close_matches(letters, long, 1, 0.8)), None)
