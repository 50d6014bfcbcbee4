"""Training or evaluation for a while, and afterwards every layer as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bplib.layers.base import Layer


@contextmanager
def mode(layer: Layer, training: bool) -> Iterator[None]:
    """A layer and all layers inside it in one mode, and afterwards each in its own again.

    Arguments:
        layer: the layer.
        training: True for training mode, False for evaluation mode.

    Returns:
        The context manager.
    """
    before = [(one, one.training) for one in layer.walk()]
    try:
        layer.train() if training else layer.eval()
        yield
    finally:
        for one, was in before:
            one.training = was
