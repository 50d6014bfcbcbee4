"""A long formula over a large array, piece by piece, so that its temporaries stay in the cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bplib.backend import Array

PIECE = 16_384
"""Entries in a piece: few enough for a dozen arrays of this length to fit the processor's cache,
and enough that starting each step of the formula anew costs little."""


def in_pieces(formula: Callable[[Array], tuple[Array, ...]], x: Array) -> tuple[Array, ...]:
    """The results of `formula(x)`, for a formula that treats every entry alike: yᵢ = f(xᵢ).

    A formula of fifty steps passes fifty times over arrays of x's size. Where these do not fit the
    cache, they come from memory every time, and asking the system for so much memory takes longer
    than the arithmetic.

    Arguments:
        formula: takes an array and returns arrays of its shape, in a tuple.
        x: array of any shape. A small one goes through whole, and so does one that is not on the
            host, where there is nothing to gain.

    Returns:
        What the formula returns, shaped as `x`.
    """
    if x.size <= PIECE or not isinstance(x, np.ndarray):
        return formula(x)
    entries = x.reshape(-1)
    wholes: tuple[Array, ...] = ()
    for start in range(0, x.size, PIECE):
        parts = formula(entries[start : start + PIECE])
        wholes = wholes or tuple(np.empty(x.size, part.dtype) for part in parts)
        for whole, part in zip(wholes, parts, strict=True):
            whole[start : start + PIECE] = part
    return tuple(whole.reshape(x.shape) for whole in wholes)
