"""Training from the first epoch to the last, and whatever ends it before."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array
from bplib.errors import DTypeError, kind_of
from bplib.layers import Layer
from bplib.layers.mode import mode
from bplib.optim import Optimizer
from bplib.train import given
from bplib.train.callback import Callbacks
from bplib.train.checkpoint import Checkpoint, Keeper
from bplib.train.history import History
from bplib.train.interrupt import Shield
from bplib.train.logits import once
from bplib.train.measures import metrics_of
from bplib.train.pair import pair_of
from bplib.train.progress import Progress
from bplib.train.run import Run
from bplib.train.step import Task, epoch


def fit(
    net: Layer,
    loss: Any,
    X: Array,
    y: Array,
    optimizer: Optimizer,
    *,
    epochs: int,
    rng: np.random.Generator,
    batch_size: int = 32,
    validation: tuple[Array, Array] | None = None,
    metrics: Any = (),
    callbacks: Iterable[Any] = (),
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
    progress: bool | None = None,
) -> History:
    """Train a network: for every batch, a step down the gradient of its mean loss.

    θ ← θ − (what the optimizer makes of ∂L/∂θ), for every batch of every epoch. In each epoch all
    samples come once, in a new order; the last batch holds what is left. The loss of an epoch is
    the mean over its samples, each taken before the step that it leads to; of a loss that weighs
    its samples, the mean of what it says of each batch.

    Ctrl-C ends training between two steps, and the history says so. A loss or gradient that is
    not finite ends it with an error before anything moves. In all cases the layers are in the
    mode afterwards that they were in before, and a new net is in training mode: for the outputs
    of a net with Dropout or BatchNorm use `net.predict(X)`, or `net.eval()` before `net.forward`.

    A loss of your own is two functions, given as a pair:

        def fourth_power(prediction, target):
            error = prediction - target
            return (error**4).mean(), error                        # the loss, and the cache

        def fourth_power_backward(cache, dloss=1.0):
            return dloss * 4 * cache**3 / cache.size               # shaped as the prediction

        fit(net, (fourth_power, fourth_power_backward), X, y, ...)

    Arguments:
        net: the network; its parameters and buffers are changed in place.
        loss: a function of `bplib.losses`; functools.partial of one, with its settings; or a pair
            (forward, backward) of functions of that form, as above.
        X: (m, …), the samples, on the device of the network and in its dtype.
        y: m targets, as the loss takes them.
        optimizer: of the network's parameters, or of some of them.
        epochs: how often all samples come, at least 1. Those in a checkpoint are counted.
        rng: the random generator that every epoch's order is drawn from.
        batch_size: samples in a batch, at least 1; more than m make one batch of all.
        validation: (X, y) to measure by after each epoch, in evaluation mode.
        metrics: names of `bplib.metrics`, which get what they ask for, classes, scores or
            probabilities, as the loss means its predictions; or functions (prediction, target) ->
            number, which get both as they are. They are computed from all predictions of an epoch
            at once, which are kept until then.
        callbacks: what is done beside training, in this order: callbacks such as
            `train.EarlyStopping(5)`, functions of one argument, which are called after each epoch
            with the `train.Run`, and `optim.Scheduler`s, which step after each step.
        checkpoint: a file to keep the training in, or a `train.Checkpoint`. Where the file is
            there, training goes on from it.
        progress: whether to show a bar; None shows it in a notebook and in a terminal, unless the
            environment says that nobody looks: by TQDM_DISABLE=1, by BPLIB_PROGRESS=memory, as in
            `make test` and `make sync`, or under pytest.

    Returns:
        The History: "loss", "validation_loss", and each metric, as lists of a number an epoch.

    Raises:
        DivergedError: where a loss or a gradient is not finite; its `history` is there.
        ShapeError: where X and y are empty or do not match, or as the layers and the loss raise.
        DTypeError: for arguments that are not what they should be.
        DomainError: for numbers out of their range, an optimizer of other parameters, a checkpoint
            of another training, a metric that the loss has no numbers for, or a net that ends in
            the Softmax or Sigmoid that the loss applies itself.
        UnknownNameError: for a metric that does not exist, or a misspelt method of a Callback.
        NotReadyError: for a loss whose backward half is not found, or a Scheduler that is not its
            optimizer's newest.
        FormatError, MissingFileError, FileAccessError, MissingExtraError: where a checkpoint is
            damaged, its folder does not exist or is closed, or safetensors or, for progress=True,
            tqdm is not installed.

    Source: H. Robbins, S. Monro (1951), A Stochastic Approximation Method, Annals of Mathematical
        Statistics 22, 400–407; I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning,
        algorithm 8.1.
    """
    pair = pair_of(loss)
    given.moved_by(optimizer, given.network("fit", net))
    once("fit", net, pair)
    m = given.together("fit", X=X, y=y)
    epochs = expect.count("fit", "epochs", epochs)
    size = min(expect.count("fit", "batch_size", batch_size), m)
    given.last_batch(net, m, size)
    pairs = given.validation_pair(validation, X, y)
    rng = expect.generator("fit", rng)
    held = net.parameters(), net.buffers()
    task = Task(pair, X, y, size, rng, pairs, metrics_of(metrics, pair), *held)
    names = ["loss", *task.metrics]
    names += [f"validation_{name}" for name in names] if pairs else []
    bar = Progress(progress)
    done = Callbacks(callbacks, optimizer)
    kept = _kept(checkpoint)
    done.then(*([] if kept is None else [Keeper(kept, task, done)]), bar)
    history = History(tuple(name for name in names if name not in ("loss", "validation_loss")))
    run = Run(net, optimizer, history, epochs, -(-m // size), tuple(names), Shield())
    with mode(net, training=True):
        run.shield.up()
        try:
            _run(task, run, done)
        finally:
            run.shield.down()
            bar.close()
    return history


def _kept(checkpoint: Any) -> Checkpoint | None:
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return checkpoint
    if not isinstance(checkpoint, str | os.PathLike):
        raise DTypeError(
            f"fit: checkpoint is {kind_of(checkpoint)}; the name of a file or a train.Checkpoint "
            "is needed."
        )
    return Checkpoint(checkpoint)


def _run(task: Task, run: Run, callbacks: Callbacks) -> None:
    """All epochs, and the end."""
    try:
        try:
            callbacks.call("begin", run)
            while run.part is not None or (run.stopping is None and run.epoch < run.epochs):
                epoch(task, run, callbacks)
            run.history.ended = run.stopping or "as planned"
        except KeyboardInterrupt:
            _interrupted(run)
        callbacks.call("end", run)
    except KeyboardInterrupt:
        _interrupted(run)


def _interrupted(run: Run) -> None:
    """Say how far it came."""
    run.history.interrupted = True
    if run.epoch == 0:
        run.history.ended = "interrupted before the first step"
    elif run.epoch == run.history.epochs:
        run.history.ended = f"interrupted after epoch {run.epoch}"
    else:
        steps = f"{run.step} of {run.steps_per_epoch} steps"
        run.history.ended = f"interrupted in epoch {run.epoch}, after {steps}"
