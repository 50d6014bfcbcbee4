"""A forward pass for its output alone."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, xp_of
from bplib.errors import DTypeError, ShapeError, kind_of
from bplib.layers.base import Layer
from bplib.layers.mode import mode


def predict_of(layer: Layer, x: Array, batch_size: int | None) -> Array:
    """The output of a layer in evaluation mode; see `Layer.predict`.

    Arguments:
        layer: any layer; its mode is the same afterwards, and its caches are empty.
        x: its rows are samples.
        batch_size: how many go through at once, or None for all.

    Returns:
        The output, one row for each sample.

    Raises:
        ShapeError: where x has no rows.
        DTypeError: where x is no array, or batch_size is not whole.
        DomainError: where batch_size is below 1.
    """
    if not (hasattr(x, "shape") and hasattr(x, "dtype")):
        raise DTypeError(f"predict: x is {kind_of(x)}; an array is needed.")
    if x.ndim == 0 or len(x) == 0:
        raise ShapeError(f"predict: x has shape {x.shape}; it holds no samples.")
    size = len(x) if batch_size is None else expect.count("predict", "batch_size", batch_size)
    parts = []
    try:
        with mode(layer, training=False):
            for start in range(0, len(x), size):
                parts.append(layer.forward(x[start : start + size]))
                layer.drop_cache()
    finally:
        layer.drop_cache()
    return parts[0] if len(parts) == 1 else xp_of(*parts).concatenate(parts)
