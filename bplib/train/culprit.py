"""Which number was the first that is not finite: looked for only when there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

import numpy as np

from bplib.backend import Array, quiet, to_numpy, xp_of
from bplib.errors import DivergedError
from bplib.layers import Layer
from bplib.train.pair import Pair
from bplib.train.places import places
from bplib.train.run import Run

HELPS = (
    "the weights from before this step are kept, and a smaller lr, standardised X or "
    "train.ClipGradients usually help"
)


def finite(arrays: Iterable[Array]) -> bool:
    """Whether all entries are finite, at the price of one dot product for each array.

    Arguments:
        arrays: float arrays of any shape.

    Returns:
        False where there is NaN or an infinity.
    """
    arrays = list(arrays)
    if not arrays:
        return True
    total: Any
    if isinstance(arrays[0], np.ndarray):
        total = sum([float(np.vdot(array, array)) for array in arrays])  # never a warning
    else:
        with quiet():  # one number comes back from the device, not one for each array
            total = to_numpy(sum(xp_of(array).vdot(array, array) for array in arrays))
    if math.isfinite(total):
        return True
    # The squares may be too large where the numbers are not.
    return all(_all_finite(array) for array in arrays)


def bad_loss(
    run: Run, pair: Pair, batch: tuple[Array, Array, np.ndarray], value: float
) -> DivergedError:
    """The error for a loss that is not finite: it says where that came from.

    Arguments:
        run: the training.
        pair: the loss.
        batch: the samples, their targets, and which rows they are.
        value: of the loss.

    Returns:
        The error; the caller raises it.
    """
    x, target, rows = batch
    for name, array in (("X", x), ("y", target)):
        if array.dtype.kind == "f" and not _all_finite(array):
            host = to_numpy(array).reshape(len(array), -1)
            i, j = (int(k) for k in np.argwhere(~np.isfinite(host))[0])
            return _error(
                run,
                f"the loss is {value:g}, because row {int(rows[i])} of {name} holds "
                f"{host[i, j]:g}; the weights from before this step are kept, and such samples "
                "have to be repaired or left out",
            )
    for name, parameter in run.net.named_parameters().items():
        if not _all_finite(parameter.value):
            where = f"{name} was not finite before this step"
            return _error(run, f"the loss is {value:g}, because {where}; start from other weights")
    first = _first_output(run.net, x)
    where = f"first in the output of {first}" if first else f"first in {pair.name} itself"
    return _error(run, f"the loss is {value:g}, {where}; {HELPS}")


def bad_gradient(run: Run, pair: Pair, batch: tuple[Array, Array, np.ndarray]) -> DivergedError:
    """The error for a gradient that is not finite although the loss is.

    Arguments:
        run: the training.
        pair: the loss.
        batch: the samples, their targets, and which rows they are.

    Returns:
        The error; the caller raises it.
    """
    named = run.net.named_parameters().items()
    bad = [name for name, p in named if p.grad is not None and not _all_finite(p.grad)]
    x, target, _ = batch
    first = _first_gradient(run.net, pair, x, target)
    where = f", first in {first}" if first else ""
    return _error(
        run,
        f"the loss is {run.loss:.4g}, but the gradient of {bad[-1]} is not finite{where}; {HELPS}",
    )


def spoilt_gradient(run: Run) -> DivergedError:
    """The error for a gradient that was finite before the callbacks had their say.

    Arguments:
        run: the training.

    Returns:
        The error; the caller raises it.
    """
    named = run.net.named_parameters().items()
    bad = [name for name, p in named if p.grad is not None and not _all_finite(p.grad)]
    return _error(
        run,
        f"the gradient of {bad[0]} is not finite after before_update of the callbacks, and was "
        "before; the weights from before this step are kept",
    )


def _error(run: Run, what: str) -> DivergedError:
    where = f"in epoch {run.epoch}, step {run.step + 1}"
    run.history.ended = f"diverged {where}"
    return DivergedError(f"fit: {where}, {what}.", run.history)


def _all_finite(array: Array) -> bool:
    return bool(to_numpy(xp_of(array).isfinite(array).all()))


def _first_output(net: Layer, x: Array) -> str:
    """The first layer whose output is not finite, "" where there is none this time."""
    found: list[str] = []

    def after(label: str, layer: Layer, result: Any) -> None:
        if not found and not _all_finite(result):
            found.append(label)

    with _spied(net, ("forward",), after):
        net.forward(x)
    return found[0] if found else ""


def _first_gradient(net: Layer, pair: Pair, x: Array, target: Array) -> str:
    """The first place on the way back where a gradient is not finite, "" for none this time."""
    found: list[str] = []

    def after(label: str, layer: Layer, result: Any) -> None:
        own = [p.grad for p in layer.parameters()]
        if not found and not all(_all_finite(g) for g in (result, *own) if g is not None):
            found.append(label)

    with _spied(net, ("backward", "backward_parameters"), after):
        net.zero_grad()
        prediction = net.forward(x)
        dprediction = pair.gradient(prediction, pair.measure(prediction, target)[1])
        if not _all_finite(dprediction):
            return f"that of {pair.name} itself"
        net.backward_parameters(dprediction)
    return found[0] if found else ""


def _spied(net: Layer, methods: tuple[str, ...], after: Callable[..., None]) -> ExitStack:
    """A context in which every layer tells what its methods return.

    The network is run again in it, which for random layers is another draw.
    """
    stack = ExitStack()
    stack.enter_context(quiet())
    for place, layer in places(net).items():
        label = f"layer {place}, {layer!r}" if place else repr(layer)
        for method in methods:
            if method not in vars(layer):  # one that stands in two places tells of the first
                setattr(layer, method, _telling(getattr(layer, method), label, layer, after))
                stack.callback(delattr, layer, method)
    return stack


def _telling(
    method: Callable[..., Any], label: str, layer: Layer, after: Callable[..., None]
) -> Callable[..., Any]:
    def told(*arguments: Any) -> Any:
        result = method(*arguments)
        after(label, layer, result)
        return result

    return told
