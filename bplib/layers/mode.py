"""Training or evaluation for a while, and afterwards every layer as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bplib.layers.base import Layer


class Modes:
    """The modes that a layer and all layers inside it are in, taken down.

    A copy of a net that holds one has the modes of the copy's layers.

    Arguments:
        layer: the layer.
    """

    def __init__(self, layer: Layer) -> None:
        self._before = [(one, one.training) for one in layer.walk()]

    def restore(self) -> None:
        """Put each layer into its own mode again."""
        for layer, training in self._before:
            layer.training = training


@contextmanager
def mode(layer: Layer, training: bool) -> Iterator[None]:
    """A layer and all layers inside it in one mode, and afterwards each in its own again.

    Arguments:
        layer: the layer.
        training: True for training mode, False for evaluation mode.

    Returns:
        The context manager.
    """
    before = Modes(layer)
    try:
        layer.train() if training else layer.eval()
        yield
    finally:
        before.restore()
