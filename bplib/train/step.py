"""One step and one epoch: what `fit` repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bplib.backend import Array
from bplib.data.rows import take
from bplib.layers import Buffer, Parameter
from bplib.train.callback import Callbacks
from bplib.train.culprit import bad_gradient, bad_loss, finite, spoilt_gradient
from bplib.train.measures import Metrics, measured, numbers
from bplib.train.pair import Pair, number
from bplib.train.run import Part, Run


@dataclass(eq=False)
class Task:
    """What is learned from, and how it is measured.

    Fields:
        pair: the loss.
        X: (m, …), the samples.
        y: their targets.
        batch_size: samples in a batch.
        rng: what the order is drawn from.
        validation: samples and targets to measure by, or None.
        metrics: functions by name.
        parameters: all of the network's.
        buffers: all of the network's.
    """

    pair: Pair
    X: Array
    y: Array
    batch_size: int
    rng: np.random.Generator
    validation: tuple[Array, Array] | None
    metrics: Metrics
    parameters: list[Parameter]
    buffers: list[Buffer]


def epoch(task: Task, run: Run, callbacks: Callbacks) -> None:
    """All samples once in a new order, or what is left of them; then what that brought.

    Arguments:
        task: the data.
        run: the training.
        callbacks: what is done beside it.

    Raises:
        DivergedError: where a loss or a gradient is not finite.
    """
    if run.part is None:
        run.part = Part(task.rng.permutation(len(task.X)))
        run.epoch += 1
        run.step = 0
    part = run.part
    for start in range(run.step * task.batch_size, len(part.order), task.batch_size):
        # As data.batches does it; the rows are kept to say which sample was to blame.
        rows = part.order[start : start + task.batch_size]
        batch = *take((task.X, task.y), rows), rows
        prediction = step(task, run, callbacks, batch)
        part.total += run.loss * len(rows)
        if task.metrics:
            part.predictions.append(prediction)
            part.targets.append(batch[1])
        callbacks.call("after_step", run)
    row = {"loss": part.total / len(task.X)}
    row |= numbers(task.pair.asks, task.metrics, part.predictions, part.targets)
    if task.validation is not None:
        found = measured(run.net, task.pair, *task.validation, task.batch_size, task.metrics)
        row |= {f"validation_{name}": value for name, value in found.items()}
    with run.shield:
        run.history._finish(row)
        run.part = None
    callbacks.call("after_epoch", run)


def step(
    task: Task, run: Run, callbacks: Callbacks, batch: tuple[Array, Array, np.ndarray]
) -> Array:
    """One step down the gradient of one batch; it happens whole or not at all.

    Arguments:
        task: the loss, and what the network holds.
        run: the training.
        callbacks: what is done beside it.
        batch: the samples, their targets, and which rows they are.

    Returns:
        The prediction that the step was made from.

    Raises:
        DivergedError: where the loss or a gradient is not finite; nothing has moved then.
    """
    net, optimizer, pair = run.net, run.optimizer, task.pair
    remembered = [(buffer, buffer.value.copy()) for buffer in task.buffers]
    try:
        prediction = net.forward(batch[0])
        loss, cache = pair.measure(prediction, batch[1])
        run.loss = number(pair.asks, pair.name, loss)
        if not math.isfinite(run.loss):
            raise bad_loss(run, pair, batch, run.loss)
        for parameter in task.parameters:
            parameter.grad = None
        net.backward_parameters(pair.gradient(prediction, cache))
        if not finite(p.grad for p in optimizer.parameters if p.grad is not None):
            raise bad_gradient(run, pair, batch)
        if callbacks.has("before_update"):
            callbacks.call("before_update", run)
            if not finite(p.grad for p in optimizer.parameters if p.grad is not None):
                raise spoilt_gradient(run)
    except BaseException:
        # The forward pass has changed what layers remember, such as running means.
        for buffer, value in remembered:
            buffer.value[...] = value
        raise
    with run.shield:
        optimizer.step()
        run.step += 1
        for scheduler in callbacks.schedulers:
            scheduler.step()
    return prediction
