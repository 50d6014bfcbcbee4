"""What has to be the same for a training to go on from a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bplib.backend import Array, to_numpy
from bplib.optim import Optimizer
from bplib.train.callback import Callback, Callbacks
from bplib.train.pair import Pair, apart
from bplib.train.run import Run
from bplib.train.step import Task
from bplib.train.watch import Watch

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""In the repr of a thing that has none of its own; it is another one in every process."""

WHOLE = 2**26
"""Bytes that are read to the last: 64 MiB, a fraction of a second. Of more, evenly spaced rows."""

SETTING = "setting of the optimizer"
"""The one thing that may also be as it was at the end."""


def kind_of_training(task: Task, run: Run, callbacks: Callbacks) -> dict[str, Any]:
    """What a training is: what has to be the same where another one goes on from it.

    Arguments:
        task: the data.
        run: the training, before its first step.
        callbacks: what is done beside it.

    Returns:
        Numbers, texts, and lists of texts, by the names that a sentence calls them.
    """
    named = {**run.net.named_parameters(), **run.net.named_buffers()}
    optimizer = run.optimizer
    return {
        "net": [ADDRESS.sub("", line.strip()) for line in repr(run.net).splitlines()],
        "parameter": [f"{n} {tuple(h.value.shape)} {h.value.dtype}" for n, h in named.items()],
        "optimizer": type(optimizer).__name__,
        "group of parameters": [f"{len(group['parameters'])} arrays" for group in optimizer.groups],
        "loss": _loss(task.pair),
        "X": f"{tuple(task.X.shape)} {task.X.dtype}",
        "y": f"{tuple(task.y.shape)} {task.y.dtype}",
        "batch_size": task.batch_size,
        "validation": "none" if task.validation is None else f"{len(task.validation[0])} samples",
        "metrics": list(task.metrics),
        "scheduler": [getattr(one.schedule, "name", "function") for one in callbacks.schedulers],
        "generator": [type(rng.bit_generator).__name__ for rng in generators(task, run)],
        "callback": [_callback(one) for one in remembering(callbacks)],
        SETTING: settings(optimizer, callbacks),
        "SHA-256 of the numbers in X": fingerprint(task.X),
        "SHA-256 of the numbers in y": fingerprint(task.y),
        "SHA-256 of the numbers in validation": _validation(task),
    }


def _loss(pair: Pair) -> str:
    """Its name, and the settings that functools.partial has given it."""
    _, placed, named = apart(pair.forward)
    given = [*map(_in_a_word, placed), *(f"{k}={_in_a_word(v)}" for k, v in sorted(named.items()))]
    return f"{pair.name}({', '.join(given)})" if given else pair.name


def _in_a_word(value: Any) -> str:
    """A setting of a loss; an array in full would be a long word."""
    if getattr(value, "ndim", 0):
        return f"<SHA-256 {fingerprint(value)}>"
    return ADDRESS.sub("", repr(value))


def _callback(one: Callback) -> str:
    """Its class, and the curve whose best number it remembers, where that is what it does."""
    watch = getattr(one, "_watch", None)
    return type(one).__name__ + (f" of {watch.curve}" if isinstance(watch, Watch) else "")


def _validation(task: Task) -> str:
    return "none" if task.validation is None else " ".join(map(fingerprint, task.validation))


def settings(optimizer: Optimizer, callbacks: Callbacks) -> list[str]:
    """The numbers of an optimizer, before a schedule has changed its learning rate.

    Arguments:
        optimizer: the optimizer.
        callbacks: among them the Schedulers, which know the learning rate at factor 1.

    Returns:
        One text for each number.
    """
    state = optimizer.state_dict()
    lr = callbacks.schedulers[-1].lr if callbacks.schedulers else optimizer.lr
    return _in_words({**state["settings"], "lr": lr}, state["groups"])


def settings_at_the_end(state: Mapping[str, Any]) -> list[str]:
    """The same of an optimizer's state, which may be that of one that has moved on.

    Arguments:
        state: what its state_dict returned.

    Returns:
        One text for each number.
    """
    return _in_words(state["settings"], state["groups"])


def _in_words(usual: Mapping[str, float], groups: Any) -> list[str]:
    words = [f"{name}={float(value)!r}" for name, value in usual.items()]
    for i, group in enumerate(groups):
        for name, value in group["own"].items():
            # The learning rate of a group follows that of the optimizer, at this distance.
            value = group["lr_ratio"] if name == "lr" else value
            called = "lr / lr of the optimizer" if name == "lr" else name
            words.append(f"{called}={float(value)!r} in group {i}")
    return words


def fingerprint(array: Array) -> str:
    """The first 16 hex digits of a SHA-256 of an array's entries, row by row.

    Of more than 64 MiB as many evenly spaced rows are read as fill these, the first and the last
    among them: other data are noticed, one changed row may not be.

    Arguments:
        array: of at least one row; on any device.

    Returns:
        The digits.
    """
    m = len(array)
    wanted = max(1, min(m, WHOLE * m // max(1, array.nbytes)))
    found = hashlib.sha256()
    if wanted == m:
        # In pieces, so that what is no row after row in memory is never copied as a whole.
        rows = max(1, m * 2**20 // max(1, array.nbytes))
        for start in range(0, m, rows):
            found.update(to_numpy(array[start : start + rows]).tobytes())
    else:
        for k in range(wanted):
            found.update(to_numpy(array[k * (m - 1) // max(1, wanted - 1)]).tobytes())
    return found.hexdigest()[:16]


def first_difference(theirs: list[str], ours: list[str]) -> tuple[str, str]:
    """Where two lists of texts part.

    Arguments:
        theirs: of the file.
        ours: of this training; not the same.

    Returns:
        What each of them has there; "none" after the end of the shorter one.
    """
    longest = max(len(theirs), len(ours))
    pairs = zip(*(side + ["none"] * (longest - len(side)) for side in (theirs, ours)), strict=True)
    return next((one, other) for one, other in pairs if one != other)


def generators(task: Task, run: Run) -> list[Any]:
    """All random generators that the rest of a training draws from.

    Arguments:
        task: its own.
        run: those of the network.

    Returns:
        The generators.
    """
    return [task.rng, *run.net.generators()]


def remembering(callbacks: Callbacks) -> list[Callback]:
    """The callbacks that have something to remember; others may come and go.

    Arguments:
        callbacks: all of them.

    Returns:
        Those that have a state_dict of their own.
    """
    return [one for one in callbacks.given if type(one).state_dict is not Callback.state_dict]
