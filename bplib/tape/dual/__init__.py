"""Forward mode: hand the same functions dual numbers, and the derivative comes out with the value.

    x = Dual(np.array([0.0, 1.0]), np.array([1.0, 0.0]))      # where we are, and where we go
    y, cache = ops.exp(x)                                      # the same pair as ever
    y.value, y.tangent                                         # eˣ, and how fast it moves

A pair calls the array module of its input. That of a dual number (`bplib.tape.dual.module`) has
NumPy's functions as far as pairs call them, and each computes a tangent beside the value. So the
forward half of a pair is its own forward mode, and its backward half on dual numbers is a second
derivative: no rule is written for it anywhere. `tape.jvp` and `tape.hvp` are these two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplib.backend import xp_of
from bplib.tape.dual.number import Dual, primal

__all__ = ["Dual", "lifted", "primal"]


def lifted(value: Any, beside: Dual) -> Any:
    """An array as a Dual that does not move: what stands beside dual numbers in one operation.

    Arguments:
        value: anything; arrays in a tuple are lifted there.
        beside: a Dual; what is no array, or lives in another place, stays as it is.

    Returns:
        The same, its arrays lifted.
    """
    if isinstance(value, tuple):
        return tuple(lifted(one, beside) for one in value)
    is_array = hasattr(value, "dtype") and hasattr(value, "shape")
    if not is_array or isinstance(value, Dual | np.generic):
        return value
    return Dual(value) if xp_of(value) is xp_of(primal(beside)) else value
