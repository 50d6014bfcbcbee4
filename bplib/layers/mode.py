"""Training or evaluation for a while, and afterwards every layer as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bplib.layers.base import Layer


def modes(layer: Layer) -> Callable[[], None]:
    """The modes that a layer and all layers inside it are in, taken down.

    Arguments:
        layer: the layer.

    Returns:
        A function that puts each of them into its own mode again.
    """
    before = [(one, one.training) for one in layer.walk()]

    def again() -> None:
        for one, training in before:
            one.training = training

    return again


@contextmanager
def mode(layer: Layer, training: bool) -> Iterator[None]:
    """A layer and all layers inside it in one mode, and afterwards each in its own again.

    Arguments:
        layer: the layer.
        training: True for training mode, False for evaluation mode.

    Returns:
        The context manager.
    """
    as_before = modes(layer)
    try:
        layer.train() if training else layer.eval()
        yield
    finally:
        as_before()
