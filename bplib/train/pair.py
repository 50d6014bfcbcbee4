"""A loss and its gradient, whichever way they were given."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from bplib.backend import Array, to_numpy
from bplib.errors import DTypeError, NotReadyError, ShapeError, kind_of

NUMBERS = (int, float, np.floating)

NEEDED = "a loss such as losses.mse, or a pair (forward, backward), is needed"


class Pair(NamedTuple):
    """The two halves of a loss.

    Fields:
        name: what a sentence calls it.
        forward: (prediction, target) -> (loss, cache).
        backward: (cache) -> the gradient of the prediction.
        asks: who was given it; it opens the sentences.
    """

    name: str
    forward: Callable[..., tuple[Array, Any]]
    backward: Callable[..., Array]
    asks: str = "fit"

    def measure(self, prediction: Array, target: Array) -> tuple[Array, Any]:
        """The loss of a batch and its cache.

        Arguments:
            prediction: what the network says.
            target: what it should say.

        Returns:
            What the first half returned.

        Raises:
            DTypeError: where that is not two things.
        """
        found = self.forward(prediction, target)
        if isinstance(found, tuple) and len(found) == 2:
            return found
        what = f"{len(found)} things" if isinstance(found, tuple) else kind_of(found)
        raise DTypeError(
            f"{self.asks}: the loss {self.name} returned {what}; it returns two things, the loss "
            "and the cache that its backward half needs."
        )

    def gradient(self, prediction: Array, cache: Any) -> Array:
        """The gradient of a batch's predictions, from the loss that was measured last.

        Arguments:
            prediction: what the network said.
            cache: of the loss.

        Returns:
            What the second half returned, shaped as prediction.

        Raises:
            ShapeError: where it has another shape; some layers would stretch it, silently.
            DTypeError: where it is no array, or of another precision.
        """
        found = self.backward(cache)
        shape = getattr(found, "shape", None)
        if shape == prediction.shape and found.dtype == prediction.dtype:
            return found
        half = f"{self.asks}: the backward half of {self.name} returned"
        if shape is None:
            raise DTypeError(
                f"{half} {kind_of(found)}; the gradient of the prediction is needed, an array of "
                f"shape {prediction.shape}."
            )
        if shape != prediction.shape:
            raise ShapeError(f"{half} shape {shape}, but the prediction has {prediction.shape}.")
        raise DTypeError(f"{half} {found.dtype}, but the prediction is {prediction.dtype}.")


def pair_of(loss: Any, asks: str = "fit") -> Pair:
    """The pair of a loss; the half called `<name>_backward` is found beside the first one.

    Arguments:
        loss: a function of `bplib.losses` or of another module, functools.partial of one, with
            its settings, or both halves as a tuple.
        asks: who was given it.

    Returns:
        The two halves.

    Raises:
        DTypeError: for something else.
        NotReadyError: where the second half is not found.
    """
    if isinstance(loss, tuple):
        if len(loss) != 2 or not all(map(callable, loss)):
            raise DTypeError(f"{asks}: loss is a tuple, but no pair of functions; {NEEDED}.")
        return Pair(name_of(loss[0]), *loss, asks)
    if not callable(loss) or isinstance(loss, type):
        raise DTypeError(f"{asks}: loss is {kind_of(loss)}; {NEEDED}.")
    name = name_of(loss)
    module = sys.modules.get(getattr(without_settings(loss), "__module__", None) or "")
    backward = getattr(module, f"{name}_backward", None)
    if backward is None:
        raise NotReadyError(
            f"{asks}: no {name}_backward stands beside {name}; give both as a pair, "
            "(forward, backward)."
        )
    return Pair(name, loss, backward, asks)


def apart(function: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """A function itself, and what functools.partial has given it already.

    Arguments:
        function: a function, or partial of one, also of a partial.

    Returns:
        The function, its settings by place, and those by name.
    """
    placed: tuple[Any, ...] = ()
    named: dict[str, Any] = {}
    while isinstance(function, partial):
        placed, named = (*function.args, *placed), {**function.keywords, **named}
        function = function.func
    return function, placed, named


def without_settings(function: Any) -> Any:
    """A function itself, without what functools.partial has given it already.

    Arguments:
        function: a function, or partial of one, also of a partial.

    Returns:
        The function.
    """
    return apart(function)[0]


def name_of(function: Any) -> str:
    """What a sentence and the history call a loss or a metric.

    Arguments:
        function: a function, partial of one, or another thing that can be called.

    Returns:
        Its name, or that of its class where it has none.
    """
    function = without_settings(function)
    return getattr(function, "__name__", type(function).__name__)


def number(asks: str, name: str, value: Array) -> float:
    """The value of a loss or a metric as a Python number.

    Arguments:
        asks: who measures.
        name: of the loss or the metric.
        value: a number, or an array that holds one.

    Returns:
        The number.

    Raises:
        ShapeError: for an array of another size.
        DTypeError: for something that is not a number.
    """
    if isinstance(value, NUMBERS):
        return float(value)
    if not hasattr(value, "shape"):
        raise DTypeError(f"{asks}: {name} returned {kind_of(value)}; one number is needed.")
    if value.shape not in ((), (1,)):
        raise ShapeError(f"{asks}: {name} returned shape {value.shape}; one number is needed.")
    if value.dtype.kind not in "fiub":
        raise DTypeError(f"{asks}: {name} returned {value.dtype}; a real number is needed.")
    return float(to_numpy(value).item())
