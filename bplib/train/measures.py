"""Metrics by name, and a network measured on data it does not learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bplib import expect, metrics
from bplib.backend import Array, xp_of
from bplib.errors import DomainError, DTypeError, kind_of, unknown
from bplib.layers import Layer
from bplib.layers.mode import mode
from bplib.train.given import network, together
from bplib.train.kinds import KINDS
from bplib.train.logits import once
from bplib.train.pair import Pair, name_of, number, pair_of
from bplib.train.reading import measuring

Metrics = dict[str, Callable[[Array, Array], float]]


def metrics_of(given: Any, pair: Pair) -> Metrics:
    """The metrics that were asked for, by the names that they get in the history.

    Arguments:
        given: a name of `bplib.metrics`, a function (prediction, target) -> number, or several of
            them in a list.
        pair: the loss, which knows what a prediction means to the metrics of the library.

    Returns:
        Functions by name, in the order given.

    Raises:
        UnknownNameError: for a name that does not exist.
        DTypeError: for something that is neither a name nor a function.
        DomainError: where two have one name, or one that the history needs.
    """
    if isinstance(given, str) or callable(given):
        given = [given]
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise DTypeError(f"{pair.asks}: metrics is {kind_of(given)}; a list of names is needed.")
    found: Metrics = {}
    for i, one in enumerate(given):
        name, function = _named(i, one, pair)
        if name in found or name == "loss" or name.startswith("validation_"):
            place = f"metrics[{i}]"
            raise DomainError(f"{pair.asks}: {place} is called '{name}', and so is another curve.")
        found[name] = function
    return found


def _named(i: int, one: Any, pair: Pair) -> tuple[str, Callable[[Array, Array], float]]:
    if isinstance(one, str):
        if one not in KINDS:
            raise unknown("metric", one, KINDS)
        return one, measuring(one, pair)
    if not callable(one):
        what = f"metrics[{i}] is {kind_of(one)}"
        raise DTypeError(f"{pair.asks}: {what}; a name or a function is needed.")
    name = name_of(one)
    if name in KINDS and one is getattr(metrics, name):
        return name, measuring(name, pair)
    return name, one


def evaluate(
    net: Layer, loss: Any, X: Array, y: Array, *, batch_size: int = 256, metrics: Any = ()
) -> dict[str, float]:
    """How good a network is on data, in evaluation mode and in batches.

    Arguments:
        net: the network; its mode is the same afterwards.
        loss: as `fit` takes it.
        X: (m, …), the samples.
        y: m targets.
        batch_size: samples in a batch, at least 1.
        metrics: as `fit` takes them.

    Returns:
        The mean of the loss over all samples as "loss", and each metric by its name. A loss that
        weighs its samples, as by class_weights, has another mean in each batch; of all samples
        together it is that of a batch_size of at least m.

    Raises:
        ShapeError: where X and y are empty or differ in length.
        DTypeError: for arguments that are not what they should be.
        DomainError: for a batch_size below 1, a metric that the loss has no numbers for, or a net
            that ends in the Softmax or Sigmoid that the loss applies itself.
        UnknownNameError: for a metric that does not exist.
        NotReadyError: for a loss whose backward half is not found.
    """
    pair = pair_of(loss, "evaluate")
    once("evaluate", network("evaluate", net), pair)
    together("evaluate", X=X, y=y)
    size = expect.count("evaluate", "batch_size", batch_size)
    return measured(net, pair, X, y, size, metrics_of(metrics, pair))


def measured(
    net: Layer, pair: Pair, X: Array, y: Array, size: int, metrics: Metrics
) -> dict[str, float]:
    """The same, of arguments that were looked at.

    Arguments:
        net: the network.
        pair: the loss.
        X: the samples.
        y: their targets.
        size: of a batch.
        metrics: functions by name.

    Returns:
        Numbers by name.
    """
    total, predictions = 0.0, []
    with mode(net, training=False):
        for start in range(0, len(X), size):
            target = y[start : start + size]
            prediction = net.forward(X[start : start + size])
            loss, _ = pair.measure(prediction, target)
            total += number(pair.asks, pair.name, loss) * len(target)
            if metrics:
                predictions.append(prediction)
    return {"loss": total / len(X)} | numbers(pair.asks, metrics, predictions, [y])


def numbers(
    asks: str, metrics: Metrics, predictions: list[Array], targets: list[Array]
) -> dict[str, float]:
    """Every metric of predictions that were made in batches, over all of them at once.

    Arguments:
        asks: who measures.
        metrics: functions by name.
        predictions: one array for each batch; not looked at where there is no metric.
        targets: the same samples, in batches too, or in one array.

    Returns:
        Numbers by name.
    """
    if not metrics:
        return {}
    prediction, target = _joined(predictions), _joined(targets)
    return {name: number(asks, name, one(prediction, target)) for name, one in metrics.items()}


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else xp_of(*parts).concatenate(parts)
